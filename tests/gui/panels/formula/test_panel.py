"""The formula panel uses its room: what is folded, what opens, where a result goes."""

import re

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED
from core.program.program import Address, Phase
from core.sources.source import Source
from core.steps import template as tex
from gui.panels.formula.picture import HEAD, MIDDLE
from gui.typesetting.typeset import FOLD
from tests.gui.driving import click, number, settle

Key = Qt.Key
PRODUCT = r"(-?[0-9.]+) \\cdot (?:\\left)?(\(?-?[0-9.]+)"
FLAGSHIP = 63  # term (3, 3, 3) of ∂L/∂W on sheet A


@pytest.fixture(autouse=True)
def exact(window):
    window.shell.resize(1440, 900)
    window.reset("attention")
    window.bench.model.set_rule(EXACT)
    window.go_to(FLAGSHIP)


def low(window):
    """Make the panel so low that the ladder of the flagship step does not fit."""
    window.shell.resize(1440, 650)
    settle()


def overflow(window):
    return window.bench.formula._scroll.verticalScrollBar().maximum()


def products(window):
    return [number(product) for product, _ in window.bench.formula.ladder.texts() if product]


def test_a_ladder_that_fits_is_shown_whole(window):
    window.shell.resize(1440, 1200)
    settle()
    notes = [note.partition(":")[0] for _, note in window.bench.formula.ladder.texts()]
    assert notes[1:4] == ["value path", "key path", "query path"]
    assert overflow(window) == 0


def test_what_the_paths_mean_stands_above_the_ladder_where_there_is_room(window):
    paths = window.bench.formula.paths
    assert paths.isVisible()
    assert paths.text().count(":") == 3
    assert paths.y() < window.bench.formula.ladder.y()
    window.shell.resize(1440, 560)
    settle()
    assert not paths.isVisible()


def test_where_it_does_not_fit_its_head_gives_way_and_the_result_is_in_sight(window):
    window.shell.resize(1440, 1200)
    settle()
    whole = products(window)
    low(window)
    ladder = window.bench.formula.ladder
    assert ladder.opener_rect(HEAD).isValid()
    assert products(window) == whole[3:]
    assert overflow(window) == 0
    click(ladder, ladder.opener_rect(HEAD).center())
    assert products(window) == whole


def test_a_sum_is_not_called_a_product(window):
    ladder = window.bench.formula.ladder
    assert ladder.heads == ["factor", "with its numbers", "so far"]
    window.bench.model.set_rule(PRINTED)
    settle()
    assert ladder.heads == ["factor", "with its numbers", "product so far"]


def test_products_have_their_heading_where_the_last_is_a_vector(window):
    window.reset("embedding")
    window.go_to(75)
    assert window.bench.formula.ladder.heads[-1] == "product so far"


def test_the_query_path_opens_and_closes_by_mouse(window):
    low(window)
    ladder, high = window.bench.formula.ladder, window.bench.formula.ladder.height()
    click(ladder, ladder.opener_rect(HEAD).center())
    shown = ladder.height()
    assert shown > high
    assert not ladder.operand_rect("s[3,2]").isValid()
    click(ladder, ladder.opener_rect(3).center())
    assert ladder.operand_rect("s[3,2]").isValid()
    assert ladder.height() > shown
    click(ladder, ladder.opener_rect(3).center())
    assert ladder.height() == shown


def test_the_key_path_opens_by_keys(window):
    low(window)
    ladder = window.bench.formula.ladder
    ladder.setFocus(Qt.FocusReason.TabFocusReason)
    window.key(Key.Key_Return)  # the head
    window.key(Key.Key_Down, times=2)
    before = ladder.height()
    window.key(Key.Key_Return)
    assert ladder.row_rect(2).height() > ladder.opener_rect(2).height()
    assert ladder.height() > before
    assert window.place == (1, FLAGSHIP)


def test_columns_stay_where_they_are_while_a_row_opens(window):
    ladder = window.bench.formula.ladder
    window.shell.resize(1440, 1200)
    settle()
    before = ladder.operand_rect("D[3]").left(), ladder.operand_rect("h[2]").left()
    click(ladder, ladder.opener_rect(2).center())
    assert (ladder.operand_rect("D[3]").left(), ladder.operand_rect("h[2]").left()) == before


def test_the_panel_says_where_a_result_goes_and_leads_there(window):
    window.shell.resize(1440, 1200)
    window.go_to(14)
    shown = [button.text() for button in window.bench.formula.onward.buttons if button.isVisible()]
    found = [re.fullmatch(r"(.+) \(step (\d+)\)", text) for text in shown]
    goes = {each[1]: each[2] for each in found if each is not None}
    assert len(goes) == len(shown)
    assert window.bench.formula.head.title.text() == "Context Z₂"
    assert goes["Ω₂"] == "15"
    click(window.bench.formula.onward.buttons[0])
    assert window.place == (1, int(goes["Ω₂"]))
    assert window.bench.formula.head.title.text() == "Scores of the letters Ω₂"


def test_the_first_step_offers_three_things_to_try(window):
    window.go_to(1)
    links = window.bench.formula.to_try
    assert [button.isVisible() for button in links.buttons] == [True] * 3
    click(links.buttons[1])
    assert window.bench.formula.head.title.text().startswith("∂L/∂W: loss 4, via h₄")
    assert not links.isVisible()


def test_what_an_update_makes_goes_to_the_next_epoch(window):
    window.go_to(119)
    click(window.bench.formula.onward.buttons[0])
    assert window.place == (2, 2)


def test_how_well_the_terms_add_up_is_said_once(window):
    window.go_to(74)
    formula, facts = window.bench.formula, window.bench.panels["contributions"].facts.facts
    assert formula.sentence.text().count("add up to it") == 1
    assert not any("agree" in fact.left for fact in facts)


def test_an_answer_covers_nothing_and_comes_into_sight(window):
    window.shell.resize(1024, 700)
    window.go_to(74)
    formula = window.bench.formula
    formula.prompt.field.setFocus()
    window.type("0.22")
    window.key(Key.Key_Return)
    answer, viewport = formula.prompt.answer, formula._scroll.viewport()
    assert answer.isVisible()
    assert formula.note.geometry().bottom() < answer.geometry().top()
    assert not answer.visibleRegion().isEmpty()
    at = answer.mapTo(viewport, answer.rect().topLeft()).y()
    assert at >= 0
    assert at + min(answer.height(), viewport.height()) <= viewport.height() + 1
    window.key(Key.Key_Escape)
    assert not answer.isVisible()


def own(word, H, *, attention=True, D=None):
    """A network that reads *word*, with drawn parameters."""
    letters = tuple(sorted(set(word)))
    inputs, targets = (tuple(map(letters.index, part)) for part in (word[:-1], word[1:]))
    network = Network(letters, inputs, targets, H, D, attention)
    draw = np.random.default_rng(7)
    values = {name: draw.normal(0, 0.5, shape) for name, shape in network.parameter_shapes.items()}
    return Source("own", "own", network, Parameters.checked(network, values), EXACT, 0.1)


def step_of(window, address):
    window.go_to(window.bench.model.view.program.position(address))


def names(view):
    return [part.symbol for part, _ in view._operands() if part.symbol != FOLD]


@pytest.mark.parametrize("by_key", [False, True])
def test_a_long_sum_opens_at_its_dots_stays_open_and_folds(window, by_key):
    window.reset(own("thermometers", 3))
    numbers = window.bench.formula.numbers

    def ask():
        if by_key:
            if not numbers.hasFocus():
                numbers.setFocus(Qt.FocusReason.TabFocusReason)
                window.key(Key.Key_Right, times=names(numbers).index("alpha[10,9]"))
            window.key(Key.Key_Return)
        else:
            click(numbers, numbers.operand_rect(FOLD).center())

    step_of(window, Address(Phase.FORWARD, "Z", (10,)))
    assert "h[5]" not in names(numbers)
    high, place = numbers.height(), window.place
    ask()
    assert [name for name in dict.fromkeys(names(numbers)) if name[0] == "h"] == [f"h[{t}]" for t in range(1, 11)]
    assert numbers.height() > 2 * high  # it flows over lines
    assert all(rect.right() <= numbers.width() for _, rect in numbers._operands())
    assert window.place == place
    if not by_key:
        step_of(window, Address(Phase.FORWARD, "L", ()))
        assert list(dict.fromkeys(names(numbers))) == [f"L[{t}]" for t in range(1, 12)]
    ask()
    assert not numbers.operand_rect("h[5]").isValid()
    assert not numbers.operand_rect("L[5]").isValid()


def test_what_is_copied_has_no_fold(window):
    window.reset(own("thermometers", 1))
    step_of(window, Address(Phase.FORWARD, "L", ()))
    numbers = window.bench.formula.numbers
    click(numbers, numbers.operand_rect(FOLD).center())
    window.press("copy_latex")
    assert "fewer" not in QApplication.clipboard().text()


def test_the_products_of_an_entry_open(window):
    window.reset(own("abcd", 8, D=5), way="terms")
    step_of(window, Address(Phase.BACKWARD, "E", (2, 2, 2)))
    window.bench.model.follow_entry(1, 0)
    settle()
    line = window.bench.formula.result.arithmetic
    folded = line.sizeHint().width()
    click(line, line.operand_rect(FOLD).center())
    whole = tex.plain(line._lines[0])
    products = [float(a) * float(b.strip("()")) for a, b in re.findall(PRODUCT, whole)]
    assert len(products) == 8
    assert sum(products) == pytest.approx(float(whole.partition(" = ")[2].partition(" ")[0]), abs=1e-3)
    click(line, line.operand_rect(FOLD).center())
    assert line.sizeHint().width() == folded


def notes(window):
    return [note for _, note in window.bench.formula.ladder.texts()]


def test_a_very_long_ladder_keeps_its_repeated_links_and_counts_the_others(window):
    window.reset(own("abc" * 9 + "ab", 1, attention=False), way="terms")
    step_of(window, Address(Phase.BACKWARD, "W", (28, 28, 5)))
    ladder = window.bench.formula.ladder
    shown = notes(window)
    middle = next(place for place, note in enumerate(shown) if note.startswith("⋯"))
    assert shown[middle - 4 : middle] == [
        "back in time, to h₂₇", "tanh′ at t = 27", "back in time, to h₂₆", "tanh′ at t = 26"]  # fmt: skip
    assert shown[middle + 1].startswith("back in time, to h₆")
    total = 1 + 24 + 23 + 1  # the error, a slope for each of h₂₈ … h₅, W between them, h₄
    left_out = int("".join(re.findall(r"\d+", shown[middle])))
    assert left_out + len(shown) - 1 == total
    click(ladder, ladder.opener_rect(MIDDLE).center())
    assert len(notes(window)) == total + 1
    step_of(window, Address(Phase.BACKWARD, "W", (28, 28, 4)))
    assert len(notes(window)) == total + 3  # it stays open
    click(ladder, ladder.opener_rect(MIDDLE).center())
    assert len(notes(window)) == len(shown)


def test_an_opened_head_stays_open_and_folds_back(window):
    low(window)
    ladder = window.bench.formula.ladder
    folded = products(window)
    click(ladder, ladder.opener_rect(HEAD).center())
    window.go_to(FLAGSHIP - 1)
    assert "value path" in "".join(notes(window))
    window.go_to(FLAGSHIP)
    click(ladder, ladder.opener_rect(HEAD).center())
    assert products(window) == folded
