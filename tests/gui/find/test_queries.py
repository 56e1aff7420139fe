"""Queries and what must stand first: on both sheets, back both ways, and in a network of one's own."""

import pytest

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
    "exit": "action:quit",
}  # fmt: skip
PANELS = {
    "loss": "dock:loss", "loss curve": "dock:loss", "attention": "dock:attention", "sheet": "dock:sheet",
    "contributions": "dock:contributions", "bars": "dock:contributions", "timeline": "dock:timeline",
    "values": "dock:values", "weights": "dock:parameters", "gradient check": "dock:rules", "tree": "dock:program",
    "paramters": "dock:parameters",
}  # fmt: skip
OTHERS = {
    "autograd": "rule:exact", "exact rule": "rule:exact", "as printed": "rule:printed", "6 decimals": "form:decimals 6",
    "17 digits": "form:significant 17", "rounding": "form:decimals 2|form:decimals 3|form:decimals 4|form:decimals 6",
    "erratum 1": "erratum:1", "your own text": "help:Your own text",
}  # fmt: skip
STEPS = {
    "h3": 19, "h[3]": 19, "h₃": 19, "h_3": 19, "hidden state 3": 19, "tanh 2": 10, "alpha 3 1": 23, "α₃,₁": 23,
    "softmax t=2": 13, "A 3 2": 21, "score 3 2": 21, "context 3": 24, "Omega 2": 15, "yhat 1": 7, "loss 3": 27,
    "total loss": 39, "t = 2": 9, "letter 2": 9, "∂L/∂Ω 2": 41, "dOmega 2": 41, "dW": 74, "sum of W": 74, "W": 74,
    "dW 3 3 2": 62, "dW (3, 3, 2)": 62, "term (3,3,2) of W": 62, "loss 3 via h3 W used at t = 2": 62, "dW 3": 58,
    "dV 2": 45, "gradient of V": 48, "W new": 119, "update of W": 119, "step 74": 74, "74": 74, "forward": 1,
    "backward": 40, "dWhh": 74, "logits 2": 15, "0.0274": 74,
}  # fmt: skip
STEPS_B = {
    "h3": 15, "x 2": 8, "embedding 2": 8, "loss 3": 18, "total loss": 25, "dW 3 2": 44, "dE": 83, "sum of E": 83,
    "E new": 89, "softmax 2": 11, "∂L/∂Ω 2": 27,
}  # fmt: skip
STEPS_BY_TIME = {"dW 3 3 2": 75, "dW 2": 75, "dL/dh 2": 56, "h3": 19, "sum of W": 78, "W new": 91}


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
