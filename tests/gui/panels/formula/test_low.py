"""The steps of both sheets in the smallest window: what is too high lies down or goes side by side."""

from __future__ import annotations

import pytest

from core.network.rule import EXACT, PRINTED
from core.program.program import Phase
from gui.panels.formula.picture import HEAD
from tests.gui.driving import click, settle, texts_of

LONGEST = {"U": ("attention", 91), "E": ("embedding", 79)}  # the steps with the longest ladders above a matrix


@pytest.fixture(autouse=True)
def low(window):
    window.shell.resize(1280, 720)


def stand_at(window, name, rule=EXACT):
    sheet, position = LONGEST[name]
    window.reset(sheet)
    window.bench.model.set_rule(rule)
    window.go_to(position)
    settle()
    return window.bench.formula


@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_ladder_leaves_room_for_its_matrix_and_all_that_is_said_of_it(window, name):
    assert stand_at(window, name).overflow() == 0


@pytest.mark.parametrize("rule", [EXACT, PRINTED])
def test_the_result_of_the_longest_term_is_in_sight(window, rule):
    formula = stand_at(window, "E", rule)
    matrix = formula.result.matrix
    assert matrix.mapTo(formula, matrix.rect().bottomLeft()).y() < formula.prompt.y()


@pytest.mark.parametrize("way", ["terms", "timesteps"])
def test_the_ladders_of_an_lstm_are_whole_and_their_last_product_is_in_sight(window, way):
    window.reset("lstm", way=way)
    program, formula = window.bench.model.view.program, window.bench.formula
    for position in range(1, len(program) + 1):
        if program[position].phase is not Phase.BACKWARD:
            continue
        window.go_to(position)
        if formula.ladder.isVisible():
            last = formula.ladder.mapTo(formula, formula.ladder.rect().bottomLeft()).y()
            assert last < formula.prompt.y(), position
            assert formula.ladder.opener_rect(HEAD).isEmpty(), position


def test_what_the_symbols_stand_for_is_beside_the_formula_where_both_fit(window):
    window.reset("lstm", way="terms")
    window.go_to(32)  # three uses back: six links
    formula = window.bench.formula
    assert formula.overflow() == 0
    assert formula.further.x() > formula.symbols.geometry().right()
    stand_at(window, "U")
    assert formula.further.y() > formula.symbols.geometry().bottom()


def test_a_term_that_is_zero_says_why_once(window):
    window.reset("lstm", way="terms")
    window.go_to(60)
    formula = window.bench.formula
    assert formula.sentence.text().startswith("0, because")
    assert "because" not in formula.result.entry.text()


def test_a_term_higher_than_wide_lies_down_only_where_it_must(window):
    formula = stand_at(window, "E")
    upright = [*zip(*texts_of(formula.result.matrix), strict=True)]
    assert formula.result.name.text().endswith("ᵀ =")
    window.shell.resize(1440, 900)
    settle()
    assert [tuple(row) for row in texts_of(formula.result.matrix)] == upright
    assert "ᵀ" not in formula.result.name.text()


def test_a_click_in_a_matrix_that_lies_follows_the_entry_that_is_meant(window):
    formula = stand_at(window, "E")
    matrix = formula.result.matrix
    click(matrix, matrix.cell_rect(1, 0).center())
    assert window.bench.model.view.entry == (0, 1)
