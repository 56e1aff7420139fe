"""The formula panel uses its room: what is folded, what opens, where a result goes."""

import re

import pytest
from PySide6.QtCore import Qt

from core.network.rule import EXACT, PRINTED
from gui.panels.formula.picture import HEAD
from tests.gui.driving import click, number, settle

Key = Qt.Key
FLAGSHIP = 63  # term (3, 3, 3) of ∂L/∂W on sheet A


@pytest.fixture(autouse=True)
def exact(window):
    window.shell.resize(1440, 900)
    window.reset("attention")
    window.bench.model.set_rule(EXACT)
    window.go_to(FLAGSHIP)


def low(window):
    """Make the panel so low that the ladder of the flagship step does not fit."""
    window.shell.resize(1440, 690)
    settle()


def overflow(window):
    return window.bench.formula._scroll.verticalScrollBar().maximum()


def products(window):
    return [number(product) for product, _ in window.bench.formula.ladder.texts() if product]


def test_a_ladder_that_fits_is_shown_whole(window):
    window.shell.resize(1440, 1200)
    settle()
    assert [note for _, note in window.bench.formula.ladder.texts()][1:4] == ["value path", "key path", "query path"]
    assert overflow(window) == 0


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
    window.key(Key.Key_Down)
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
    assert window.bench.formula.title.text() == "Context Z₂"
    assert goes["Ω₂"] == "15"
    click(window.bench.formula.onward.buttons[0])
    assert window.place == (1, int(goes["Ω₂"]))
    assert window.bench.formula.title.text() == "Scores of the letters Ω₂"


def test_the_first_step_offers_three_things_to_try(window):
    window.go_to(1)
    links = window.bench.formula.to_try
    assert [button.isVisible() for button in links.buttons] == [True] * 3
    click(links.buttons[1])
    assert window.bench.formula.title.text().startswith("∂L/∂W: loss 4, via h₄")
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
