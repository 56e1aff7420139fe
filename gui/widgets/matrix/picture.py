"""What a matrix view shows: the values, their labels and names, and how they read as text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.writing.form import NumberFormat, exact

_SPOKEN_NUMBERS = 12


def _nothing(_row: int, _column: int) -> None:
    return None


def _cell(row: int, column: int) -> tuple[int, ...]:
    return row, column


def _later(_row: int, _column: int) -> str:
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPicture:
    """One matrix, vector or heat map as it is to be drawn. Rows and columns count from 0.

    *values*: (rows, columns) float64.
    *name*: what a screen reader calls the whole.
    *known*: (rows, columns), False where the value is not computed yet; None where all are.
    *row_labels*, *column_labels*: one a row or column, or none at all.
    *symbols*: the symbol id of a cell, None where it has none; *entries*: which entry of that the cell is.
    *cell_name*: how a cell is called in its tooltip, such as ``h₂[1]``; None counts rows and columns from 1.
    *placeholder*: what stands in a cell that is not computed yet, such as ``at t = 2``, where it fits.
    *shade*: whether size and sign shade the cells.
    *hue*: the family whose colour shades from 0 to the largest value; None shades by sign, both ways from 0.
    *triangular*: cells above the diagonal do not exist.
    *current*: the cells that the current step computed.
    *selected*: the cell that the panel speaks of; None leaves the user's own selection alone.
    *before*: (rows, columns), what the values were without a change, None where there is none; *marked*: the cells
    whose numbers are changed or held themselves.
    """

    values: NDArray[np.float64]
    name: str
    known: NDArray[np.bool_] | None = None
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()
    symbols: Callable[[int, int], str | None] = _nothing
    entries: Callable[[int, int], tuple[int, ...]] = _cell
    cell_name: Callable[[int, int], str] | None = None
    placeholder: Callable[[int, int], str] = _later
    shade: bool = True
    hue: str | None = None
    format: NumberFormat = field(default_factory=NumberFormat)
    triangular: bool = False
    current: frozenset[tuple[int, int]] = frozenset()
    selected: tuple[int, int] | None = None
    before: NDArray[np.float64] | None = None
    marked: frozenset[tuple[int, int]] = frozenset()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.values.shape[0])

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.values.shape[1])

    def exists(self, row: int, column: int) -> bool:
        """Whether there is such a cell at all."""
        inside = 0 <= row < self.rows and 0 <= column < self.columns
        return inside and not (self.triangular and column > row)

    def is_known(self, row: int, column: int) -> bool:
        """Whether the cell exists and is computed."""
        return self.exists(row, column) and (self.known is None or bool(self.known[row, column]))

    def shown(self) -> NDArray[np.bool_]:
        """(rows, columns), True where a number stands."""
        known = np.ones(self.values.shape, dtype=np.bool_) if self.known is None else self.known
        return np.tril(known) if self.triangular else known

    def text(self, row: int, column: int) -> str:
        """The number as it is written in its cell; empty where none stands."""
        return self.format(float(self.values[row, column])) if self.is_known(row, column) else ""

    def texts(self) -> list[list[str]]:
        """Row by row, all numbers as they are written."""
        return [[self.text(row, column) for column in range(self.columns)] for row in range(self.rows)]

    def title(self, row: int, column: int) -> str:
        """The name of a cell."""
        if self.cell_name is not None:
            return self.cell_name(row, column)
        return f"{self.name}, row {row + 1}, column {column + 1}"

    def tooltip(self, row: int, column: int) -> str:
        """A cell's name and its value in full; of an unknown one, where it will appear."""
        if self.is_known(row, column):
            return f"{self.title(row, column)} = {exact(self.values[row, column])}{self.moved(row, column)}"
        return f"{self.title(row, column)}: {self.placeholder(row, column) or 'not computed yet'}"

    def moved(self, row: int, column: int) -> str:
        """What was in the cell without a change, and the difference; "" where the same."""
        words = ", changed or held" if (row, column) in self.marked else ""
        if self.before is None:
            return words
        was, now = float(self.before[row, column]), float(self.values[row, column])
        if was == now or math.isnan(was + now):
            return words
        by = f"{'+' if now >= was else ''}{self.format(now - was)}"
        return f"{words}\nwithout the change {self.format(was)}, difference {by}"

    def clipboard(self, row: int, column: int) -> str:
        """The cell's number in full, with the hyphen that programs read as minus; empty if unknown."""
        return repr(float(self.values[row, column])) if self.is_known(row, column) else ""

    def clipboard_table(self) -> str:
        """All numbers in full, tabs between columns: it pastes into a spreadsheet."""
        rows = range(self.rows)
        return "\n".join("\t".join(self.clipboard(i, j) for j in range(self.columns)) for i in rows)

    def row_name(self, row: int) -> str:
        """The label of a row, else its number."""
        return self.row_labels[row] if self.row_labels else str(row + 1)

    def column_name(self, column: int) -> str:
        """The label of a column, else its number."""
        return self.column_labels[column] if self.column_labels else str(column + 1)

    def spoken(self, row: int, column: int) -> str:
        """The cell's value as a screen reader says it."""
        if not self.is_known(row, column):
            return self.placeholder(row, column) or "not computed yet"
        value = float(self.values[row, column])
        return self.format.spoken(value) if math.isfinite(value) else _spoken_non_finite(value)

    def description(self) -> str:
        """The whole in words: its size and its first numbers, row by row."""
        parts = [f"{self.rows} by {self.columns} matrix"]
        left = _SPOKEN_NUMBERS
        total = sum(min(i + 1, self.columns) for i in range(self.rows)) if self.triangular else self.values.size
        for row in range(self.rows):
            cells = range(min(self.columns, row + 1 if self.triangular else self.columns, left))
            if not cells:
                break
            parts.append(f"row {self.row_name(row)}: " + ", ".join(self.spoken(row, j) for j in cells))
            left -= len(cells)
        if total > _SPOKEN_NUMBERS:
            parts.append(f"and {total - _SPOKEN_NUMBERS} more")
        return "; ".join(parts)


def _spoken_non_finite(value: float) -> str:
    if math.isnan(value):
        return "not a number"
    return "infinity" if value > 0 else "minus infinity"
