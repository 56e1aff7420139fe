"""What the Parameters panel shows of a parameter at any step: against the terms of slow loops."""

from functools import cache

import numpy as np
import pytest

from core.program.program import Address, Phase
from core.sources.opening import open_source
from gui.panels.parameters.blocks import blocks
from tests import oracles
from tests.gui.views import view_at

SHEETS = ["attention", "embedding"]

pytestmark = pytest.mark.without_qt


@cache
def addends(sheet):
    source = open_source(sheet)
    return oracles.terms(source.network, source.parameters, source.rule)


@cache
def lines(sheet):
    return oracles.listing(open_source(sheet).network)


def picture(block):
    assert block.picture is not None
    return block.picture


def is_upright(sheet, name):
    """A matrix of one row and several columns is shown transposed, beside its gradient and its new value."""
    rows, *columns = open_source(sheet).network.parameter_shapes[name]
    return rows == 1 and any(size > 1 for size in columns)


def called(sheet, name):
    return f"{name}ᵀ" if is_upright(sheet, name) else name


def place(sheet, phase, name, indices=()):
    return next(
        i
        for i, line in enumerate(lines(sheet), 1)
        if (line.phase, line.quantity, line.indices) == (phase, name, indices)
    )


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_gradient_is_the_sum_of_the_terms_so_far_and_says_where_it_begins(sheet):
    names = [name for name in addends(sheet) if name != "Omega"]
    begins = {
        name: next(i for i, line in enumerate(lines(sheet), 1) if line.quantity == name and line.phase == "backward")
        for name in names
    }
    for position in range(1, len(lines(sheet)) + 1, 3):
        view = view_at(position, source=sheet)
        for name in names:
            done = [
                line.indices for line in lines(sheet)[:position] if line.phase == "backward" and line.quantity == name
            ]
            block = blocks(view, name)[1]
            if not done:
                assert (block.picture, block.sign) == (None, "")
                assert block.title == f"∂L/∂{called(sheet, name)} from step {begins[name]}"
                continue
            total = sum(addends(sheet)[name][indices] for indices in done if indices)
            shown = picture(block).values
            np.testing.assert_allclose(shown, np.reshape(total, shown.shape), rtol=1e-12, atol=1e-14)
            here = lines(sheet)[position - 1]
            adds = here.phase == "backward" and here.quantity == name
            reads = here.phase == "update" and here.quantity == name
            assert block.sign == ("▶" if adds or reads else "✓")
            assert block.summing is adds
            assert block.state == ("so far" if adds and here.indices else "")
            if adds:
                terms = len(addends(sheet)[name])
                counted = f"all {terms} terms" if not here.indices else f"{len(done)} of {terms} terms"
                assert counted in block.hint
                entry = view.entry[::-1] if is_upright(sheet, name) else view.entry
                assert picture(block).current == (frozenset({entry}) if shown.size > 1 else frozenset())


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_new_value_appears_at_its_update(sheet):
    source = open_source(sheet)
    for name, terms in addends(sheet).items():
        if name == "Omega":
            continue
        position = place(sheet, "update", name)
        before, here, last = (
            blocks(view_at(at, source=sheet), name)[2] for at in (position - 1, position, len(lines(sheet)))
        )
        assert (before.picture, before.title) == (None, f"{called(sheet, name)} new at step {position}")
        new = source.parameters[name] - source.learning_rate * sum(terms.values())
        for block in (here, last):
            np.testing.assert_allclose(
                picture(block).values, np.reshape(new, picture(block).values.shape), rtol=1e-12, atol=1e-14
            )
        assert here.title == f"▶ {called(sheet, name)} new"
        assert last.sign == ("▶" if position == len(lines(sheet)) else "✓")


def test_the_value_is_marked_where_the_step_reads_it_and_in_it_what_a_letter_picks():
    sheet = "attention"
    value = blocks(view_at(place(sheet, "forward", "h", (2,))), "U")[0]
    assert (value.sign, value.outlined, value.title) == ("▶", True, "▶ Uᵀ")
    assert picture(value).current == {(1, 0)}  # the letter read second is e, the second of the alphabet
    assert value.hint.endswith("; the step at the cursor reads it")
    other = blocks(view_at(place(sheet, "forward", "h", (2,))), "V")[0]
    assert (other.sign, other.outlined, picture(other).current) == ("", False, frozenset())
    row = blocks(view_at(place("embedding", "forward", "x", (3,)), source="embedding"), "E")[0]
    assert picture(row).current == {(2, 0), (2, 1)}  # l


def test_rows_and_columns_are_named_by_letters_where_they_count_letters():
    view = view_at(Address(Phase.UPDATE, "c"))
    assert picture(blocks(view, "V")[0]).row_labels == ("h", "e", "l", "o")
    assert picture(blocks(view, "U")[1]).row_labels == ("h", "e", "l", "o")
    assert picture(blocks(view, "W")[0]).row_labels == ()
    assert picture(blocks(view, "V")[0]).cell_name(1, 0) == "V[“e”, 1]"


def test_equal_blocks_look_the_same_and_a_step_that_changes_nothing_of_one_leaves_it_equal():
    first, second = (place("attention", "forward", "Omega", (t,)) for t in (1, 2))
    before, after = view_at(first), view_at(second)
    assert blocks(before, "V") == blocks(after, "V")
    assert blocks(before, "W")[0] == blocks(after, "W")[0]
    term = place("attention", "backward", "V", (2,))
    assert blocks(view_at(term), "V")[1] != blocks(view_at(term + 1), "V")[1]
