"""What stands in every cell of the Values panel: against a listing of the steps and a slow forward pass."""

from functools import cache

import numpy as np
import pytest

from core.program.program import Address, Phase
from core.sources.opening import open_source
from gui.panels.values.cells import Cells
from gui.panels.values.table import values_table
from tests import oracles
from tests.gui.views import view_at

SHEETS = ["attention", "embedding"]

pytestmark = pytest.mark.without_qt


@cache
def slow(sheet):
    source = open_source(sheet)
    return oracles.forward(source.network, oracles.values(source.parameters))


def cells_at(position, sheet="attention", before=None):
    table = values_table(view_at(position, source=sheet))
    return Cells(table, {quantity.name: True for quantity in table.quantities}, before)


def numbers(cells):
    """Row, column, name, timestep and entry of every cell that holds a number of a timestep."""
    for i, row in enumerate(cells.rows):
        for column in range(cells.columns):
            if row.kind == "number" and cells.exists(i, column):
                yield i, column, row.name, column + 1, row.entry


def value(sheet, name, t, entry):
    found = getattr(slow(sheet), name)[t]
    return float(found[entry + 1] if name in ("A", "alpha") else np.ravel(found)[entry])


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_cell_is_known_once_its_step_is_made_and_holds_its_number(sheet):
    lines = oracles.listing(open_source(sheet).network)
    last = next(i for i, line in enumerate(lines) if line.phase == "backward")
    for position in (*range(1, last + 1, 3), last, len(lines)):
        made = {(line.quantity, *line.indices) for line in lines[:position] if line.phase == "forward"}
        cells = cells_at(position, sheet)
        for row, column, name, t, entry in numbers(cells):
            one_hot = name == "x" and sheet == "attention"
            step = "h" if name == "a" else "letter" if one_hot else name  # some have no step of their own
            known = cells.is_known(row, column)
            assert known is ((step, t, entry + 1)[: 3 if name == "A" else 2] in made), (position, name, t, entry)
            if known:
                expected = value(sheet, name, t, entry)
                assert float(cells.clipboard(row, column)) == pytest.approx(expected, rel=1e-12, abs=1e-14)
                assert cells.text(row, column) == (
                    f"{expected:.0f}" if one_hot else f"{expected:.4f}".replace("-", "−")
                )
            else:
                assert cells.clipboard(row, column) == ""
        total = len(cells.rows) - 1
        assert cells.is_known(total, 0) is (("L",) in made)
        assert cells.is_known(0, 3)  # the letters are given


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_cell_is_found_by_its_symbol_and_by_its_step(sheet):
    cells = cells_at(20, sheet)
    for row, column, name, t, entry in numbers(cells):
        symbol = cells.symbol(row, column)
        assert (row, column) in cells.cells_of([symbol])
        same = {cells.rows[i].name for i, _ in cells.cells_of([symbol])}
        assert same <= {name, "yhat"}  # the letter that is predicted is read from ŷ
        made = cells.address(row, column)
        assert made is None or made.indices[0] == t
        if name in ("A", "alpha"):
            assert entry < t
            assert symbol == f"{name}[{t},{entry + 1}]"
    assert cells.cells_of(["L"]) == {(len(cells.rows) - 1, 0)}
    assert not cells.cells_of(["W", "dL/dW"])
    assert cells.address(len(cells.rows) - 1, 0) == Address(Phase.FORWARD, "L")


def test_the_next_timestep_of_a_quantity_says_where_it_will_be_and_those_after_it_are_quiet():
    cells = cells_at(12)
    for i, row in enumerate(cells.rows[1:-1], start=1):
        if row.kind == "number" and row.entry == 0:
            unknown = [column for column in range(cells.columns) if not cells.is_known(i, column)]
            said = [cells.placeholder(i, column) for column in unknown]
            assert said == [f"at t = {unknown[0] + 1}", *["·"] * (len(unknown) - 1)] if unknown else not said
    assert cells.placeholder(len(cells.rows) - 1, 0) == "at step 39"
    ahead = next((i, c) for i, c, name, t, _ in numbers(cells) if (name, t) == ("h", 4))
    lines = oracles.listing(open_source("attention").network)
    made = next(i for i, line in enumerate(lines, 1) if (line.quantity, line.indices) == ("h", (4,)))
    assert cells.tooltip(*ahead) == f"h₄: at t = 4, step {made}"


def test_a_timestep_whose_scores_are_made_in_part_says_where_the_rest_will_be():
    lines = oracles.listing(open_source("attention").network)
    cells = cells_at(next(i for i, line in enumerate(lines, 1) if (line.quantity, line.indices) == ("A", (3, 2))))
    first = next(i for i, row in enumerate(cells.rows) if row.name == "A")
    assert [cells.is_known(first + i, 2) for i in range(3)] == [True, True, False]
    assert cells.placeholder(first + 2, 2) == "at t = 3"
    assert cells.placeholder(first + 2, 3) == "·"


def test_rows_are_named_by_quantity_and_letter():
    cells = cells_at(39)
    names = [cells.row_name(row) for row in range(len(cells.rows))]
    assert [name for name in names if name.startswith("Ω")] == ["Ωₜ h", "Ωₜ e", "Ωₜ l", "Ωₜ o"]
    assert [name for name in names if name.startswith("Aₜ")] == [f"Aₜ,ᵢ {i}" for i in (1, 2, 3, 4)]
    assert (names[0], names[-1]) == ("letter", "L")
    assert [cells.text(0, column) for column in range(4)] == ["h → e", "e → l", "l → l", "l → o"]


def test_a_prediction_is_the_likeliest_letter_and_is_ticked_where_it_was_wanted():
    cells = cells_at(39)
    row = next(i for i, row in enumerate(cells.rows) if row.kind == "predicted")
    for column, wanted in enumerate("ello"):
        likeliest = "helo"[int(np.argmax(slow("attention").yhat[column + 1]))]
        right = likeliest == wanted
        assert cells.text(row, column) == likeliest + " ✓" * right
        assert cells.reading(row, column) == f"predicted {likeliest} · wanted {wanted}{', right' * right}"


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_looks_other_after_a_step_is_painted_again_and_not_all_is(sheet):
    length = len(oracles.listing(open_source(sheet).network))
    before, repainted = cells_at(1, sheet), []
    for position in (*range(2, 41), length // 2, 7, length, 1):
        cells = cells_at(position, sheet, before)

        def look(found, row, column):
            known = found.is_known(row, column)
            shown = found.shown[found.rows[row].name]
            shade = shown.codes[column].tobytes() if found.rows[row].kind == "strip" else (
                shown.codes[column, found.rows[row].entry] if found.rows[row].kind == "number" else 0
            )  # fmt: skip
            text = found.text(row, column) if known else found.placeholder(row, column)
            return text, known, shade, (row, column) in found.written, (row, column) in found.read

        changed = cells.changed(before)
        for row in range(len(cells.rows) - 1):
            for column in range(cells.columns):
                if cells.exists(row, column) and look(cells, row, column) != look(before, row, column):
                    assert (row, column) in changed, (position, row, column)
        repainted.append(len(changed) / (len(cells.rows) * cells.columns))
        before = cells
    assert np.mean(repainted[:38]) < 0.5
