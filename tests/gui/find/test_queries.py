"""Queries and what must stand first: on both sheets, back both ways, and in a network of one's own."""

import pytest

from core.network.initial import initial
from core.network.network import Network
from core.network.rule import EXACT
from core.sources.opening import open_source
from core.sources.own_network import build, for_word
from core.sources.source import Source
from gui.debugger.reasons import Moment
from gui.find.entries import Go, found
from tests.gui.views import view_at

# On sheet A, at step 62 of epoch 1, back term by term: the ids and where steps are stand for what is chosen.
COMMANDS = {
    "step over": "action:over", "step into": "action:into", "step out": "action:out", "next": "action:into",
    "go back": "action:previous_place", "step back": "action:back", "undo": "action:undo", "take back": "action:undo",
    "color": "action:theme_dark|action:theme_light|action:theme_system", "dark mode": "action:theme_dark",
    "dark": "action:theme_dark", "light": "action:theme_light", "font size": "action:zoom_in|action:zoom_out",
    "bigger": "action:zoom_in", "zoom": "action:zoom_in|action:zoom_out|action:zoom_reset",
    "full screen": "action:present", "projector": "action:present|action:zoom_in", "beamer": "",
    "shortcuts": "action:help", "help": "action:help", "F10": "action:over", "ctrl+t": "action:timesteps",
    "latex": "action:copy_latex|action:copy_steps", "copy gradients": "action:copy_gradients",
    "excel": "action:copy_parameters|action:copy_gradients|action:copy_tape|action:copy_terms",
    "csv": "action:export_arrays|action:export_terms", "exort terms": "action:export_terms",
    "quiz": "action:predict", "check my worksheet": "action:check_worksheet", "homework": "action:check_worksheet",
    "my answer is different": "action:your_number", "banana": "action:own_word", "new network": "action:new_network",
    "sheet b": "action:open_embedding", "attention sheet": "action:open_attention", "restart": "action:start",
    "bptt": "action:timesteps|40", "term by term": "action:timesteps", "skip zeros": "action:skip_zero",
    "reset layout": "action:reset_layout", "learning rate": "action:learning_rate", "eta": "action:learning_rate",
    "finish l3": "action:over", "go to epoch": "action:go_to_epoch", "next epoch": "action:next_epoch",
    "how do i change the color": "action:theme_dark|action:theme_light|action:theme_system",
    "exit": "action:quit", "tour": "action:help", "mouse": "action:help", "zoom in": "action:zoom_in",
    "zoom out": "action:zoom_out", "start over": "action:start", "reset": "action:start", "put back": "action:all_back",
    "let go": "action:all_back|action:find", "range": "action:change", "slope": "action:change", "nan": "action:watch",
    "import weights": "action:new_network", "train 50 epochs": "action:run_on|action:go_to_epoch",
    "save": "action:save_lesson", "session": "action:save_lesson", "open": "action:open_file", "close": "action:quit",
    "export": "action:export_arrays", "copy": "action:copy_parameters", "breakpoint": "action:run|action:stop",
    "present": "action:present", "smaller": "action:zoom_out", "version": "action:about", "play": "action:run",
}  # fmt: skip
PANELS = {
    "loss": "dock:loss", "loss curve": "dock:loss", "attention": "dock:attention", "sheet": "dock:sheet",
    "contributions": "dock:contributions", "bars": "dock:contributions", "timeline": "dock:timeline",
    "values": "dock:values", "weights": "dock:parameters", "gradient check": "dock:rules", "tree": "dock:program",
    "paramters": "dock:parameters", "clip": "dock:rules", "gradient clipping": "dock:rules", "truncate": "dock:rules",
    "finite difference": "dock:rules", "compare with autograd": "dock:rules", "where am i": "dock:program",
    "vanishing gradient": "dock:contributions",
}  # fmt: skip
OTHERS = {
    "autograd": "rule:exact", "exact rule": "rule:exact", "as printed": "rule:printed", "6 decimals": "form:decimals 6",
    "17 digits": "form:significant 17", "rounding": "form:decimals 2|form:decimals 3|form:decimals 4|form:decimals 6",
    "full precision": "form:decimals 8|form:significant 9|form:significant 17", "pytorch": "rule:exact",
    "erratum 1": "erratum:1", "your own text": "help:Your own text",
}  # fmt: skip
STEPS = {
    "h3": 19, "h[3]": 19, "h₃": 19, "h_3": 19, "hidden state 3": 19, "tanh 2": 10, "alpha 3 1": 23, "α₃,₁": 23,
    "softmax t=2": 13, "A 3 2": 21, "score 3 2": 21, "context 3": 24, "Omega 2": 15, "yhat 1": 7, "loss 3": 27,
    "total loss": 39, "t = 2": 9, "letter 2": 9, "∂L/∂Ω 2": 41, "dOmega 2": 41, "dW": 74, "sum of W": 74, "W": 74,
    "dW 3 3 2": 62, "dW (3, 3, 2)": 62, "term (3,3,2) of W": 62, "loss 3 via h3 W used at t = 2": 62, "dW 3": 58,
    "dV 2": 45, "gradient of V": 48, "W new": 119, "update of W": 119, "step 74": 74, "74": 74, "forward": 1,
    "go to t=3": 18, "jump to h2": 10, "take me to dW": 74, "error at 2": 41, "output weights": 48, "t=3": 18,
    "backward": 40, "dWhh": 74, "logits 2": 15, "0.0274": 74,
}  # fmt: skip
STEPS_B = {
    "h3": 15, "x 2": 8, "embedding 2": 8, "loss 3": 18, "total loss": 25, "dW 3 2": 44, "dE": 83, "sum of E": 83,
    "E new": 89, "softmax 2": 11, "∂L/∂Ω 2": 27,
}  # fmt: skip
STEPS_BY_TIME = {"dW 3 3 2": 75, "dW 2": 75, "dL/dh 2": 56, "h3": 19, "sum of W": 78, "W new": 91}
# Of an LSTM that reads one-hot letters, and of the word banana by a network like sheet A: what the step makes.
OF_LSTM = {
    "i3": "F i 3", "i": "F i 2", "C2": "F C 2", "cell state 2": "F C 2", "forget gate 2": "F f 2", "q2": "F q 2",
    "output gate 3": "F o 3", "candidate 2": "F q 2", "h3": "F h 3", "hidden state 2": "F h 2", "softmax 2": "F yhat 2",
    "dC2": "B C 2", "∂L/∂C₂": "B C 2", "dL/dC 2": "B C 2", "dh 2": "B h 2", "∂L/∂U_f": "B U_f", "dU_f": "B U_f",
    "U_f": "B U_f", "dUf": "B U_f", "dW_i 2": "B W_i 2", "sum of W_f": "B W_f", "term of W_i": "B W_i 1",
    "b_q": "B b_q", "W_i new": "U W_i", "update of b_o": "U b_o", "total loss": "F L", "loss 2": "F L 2",
    "c new": "U c",
    "dc": "B c", "W": "", "update gate 2": "",
}  # fmt: skip
OF_BANANA = {
    "h5": "F h 5", "dW 5 4 2": "B W 5 4 2", "softmax t=5": "F alpha 5", "letter 4": "F letter 4", "total loss": "F L",
    "sum of W": "B W", "W new": "U W", "dV 5": "B V 5", "A 5 3": "F A 5 3", "loss 5": "F L 5", "dOmega 5": "B Omega 5",
    "h6": "", "cell state 2": "",
}  # fmt: skip


def moment(source="attention", position=62, way="terms", **more):
    return Moment(view_at(position, 1, source, way=way), **more)


def first(query, at, recent=()):
    entries = found(query, at, recent)
    if not entries:
        return ""
    top = entries[0]
    return top.target.cursor.position if isinstance(top.target, Go) else top.id


@pytest.fixture(scope="module")
def sheet_a():
    return moment()


@pytest.mark.parametrize(("query", "wanted"), (COMMANDS | PANELS | OTHERS).items())
def test_words_find_what_is_meant(query, wanted, sheet_a):
    assert str(first(query, sheet_a)) in wanted.split("|")


@pytest.mark.parametrize(("query", "position"), STEPS.items())
def test_names_of_numbers_find_their_step_on_sheet_a(query, position, sheet_a):
    assert first(query, sheet_a) == position


@pytest.mark.parametrize(("query", "position"), STEPS_B.items())
def test_on_sheet_b(query, position):
    assert first(query, moment("embedding")) == position


@pytest.mark.parametrize(("query", "position"), STEPS_BY_TIME.items())
def test_timestep_by_timestep(query, position):
    assert first(query, moment(way="timesteps")) == position


def made_by(query, at):
    """What is made at the step that stands first: its phase's letter, its name, its indices; "" for none."""
    place = first(query, at)
    if not isinstance(place, int):
        return ""
    address = at.view.program[place]
    return " ".join([address.phase.name[0], address.quantity, *map(str, address.indices)])


def test_names_of_another_cell_and_words_for_its_gates_find_their_steps():
    network = Network(tuple("helo"), (0, 1, 2, 2), (1, 2, 2, 3), 2, None, False, "lstm")
    here = moment(
        Source("own", "Own", network, initial(network, "uniform", 3), EXACT, 0.1), position=12, way="timesteps"
    )
    assert {query: made_by(query, here) for query in OF_LSTM} == OF_LSTM
    assert found("cell state 2", moment())[0].reason == "This network has no C"


def test_in_a_word_of_ones_own_the_same_names_find_its_steps():
    here = moment(build(for_word("banana", open_source("attention"), 7)), position=12)
    assert {query: made_by(query, here) for query in OF_BANANA} == OF_BANANA
