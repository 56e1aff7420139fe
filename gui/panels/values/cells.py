"""The values panel as rows and columns of text: what stands in every cell, and how it is read and copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.epoch.epoch import made_at
from core.network.symbols import family, meaning, parse, symbol
from core.program.program import Address
from core.writing.form import exact
from core.writing.shown import visible
from gui.debugger.labels import axis_labels
from gui.panels.values.table import Quantity, ValuesTable
from gui.widgets.matrix.picture import MatrixPicture
from gui.widgets.matrix.shades import shade_codes

Kind = Literal["letters", "number", "strip", "predicted", "total"]
_FOLDED_BEYOND = 8  # longer vectors are a strip of shades until they are unfolded
_INDICES = {"A": "ₜ,ᵢ", "alpha": "ₜ,ᵢ"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of cells.

    *name*: its quantity. *entry*: which entry of a vector. *label*: in the family's colour, only on the first row
    of a quantity. *entry_label*: a letter or a number. *folds*: whether the label folds and unfolds a vector.
    """

    kind: Kind
    name: str
    entry: int = 0
    label: str = ""
    entry_label: str = ""
    folds: bool = False

    @property
    def family(self) -> str:
        """The family that colours the label."""
        return family(symbol(self.name, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A quantity made ready to be drawn: its picture and the shade of every entry, a row a timestep."""

    quantity: Quantity
    picture: MatrixPicture
    codes: NDArray[np.uint8]


class Cells:
    """A table laid out in rows: columns are timesteps, counted from 0; the last row is the total loss.

    *rows*; *table*; *shown*: by the name of the quantity.
    """

    def __init__(self, table: ValuesTable, unfolded: Mapping[str, bool], before: Cells | None = None) -> None:
        """*unfolded*: the user's own choices. What is the same in *before* is taken from there."""
        self.table = table
        self.network = table.epoch.network
        self.shown: dict[str, Shown] = {}
        for quantity in table.quantities:
            old = before.shown.get(quantity.name) if before else None
            if old is None or old.quantity != quantity:
                picture = quantity.picture()
                old = Shown(quantity, picture, shade_codes(picture))
            self.shown[quantity.name] = old
        self.rows = tuple(self._rows(unfolded))
        self._rows_of: dict[tuple[str, bool], list[int]] = {}
        for i, row in enumerate(self.rows):
            names = (row.name,) if row.kind != "letters" else ("y", "xo" if self.network.embedding_size else "x")
            for name in names:
                self._rows_of.setdefault((name, row.kind != "total"), []).append(i)

    @property
    def columns(self) -> int:
        """One a timestep."""
        return self.network.T

    def is_unfolded(self, name: str) -> bool:
        """Whether every entry of the quantity *name* has its row."""
        return all(row.kind != "strip" for row in self.rows if row.name == name)

    def exists(self, row: int, column: int) -> bool:
        """Whether there is such a cell; a timestep attends to none after it, and the total is one cell."""
        if not (0 <= row < len(self.rows) and 0 <= column < self.columns):
            return False
        found = self.rows[row]
        if found.kind == "number":
            return self.shown[found.name].picture.exists(column, found.entry)
        return found.kind != "total" or column == 0

    def symbol(self, row: int, column: int) -> str:
        """The symbol of a cell."""
        found = self.rows[row]
        if found.kind == "total":
            return "L"
        if found.kind == "letters":
            return symbol("x" if self.network.embedding_size is None else "xo", column + 1)
        if found.kind == "strip" and found.name in _INDICES:
            return self.shown[found.name].quantity.symbol(column + 1, column)
        return self.shown[found.name].quantity.symbol(column + 1, found.entry)

    def is_known(self, row: int, column: int) -> bool:
        """Whether the steps so far have made all of a cell; the letters are given."""
        found = self.rows[row]
        if found.kind == "letters":
            return True
        if found.kind == "total":
            return self.table.total_known
        picture = self.shown[found.name].picture
        last = column if found.name in _INDICES else picture.columns - 1
        return picture.is_known(column, found.entry if found.kind == "number" else last)

    def cells_of(self, symbols: Iterable[str]) -> frozenset[tuple[int, int]]:
        """The cells of *symbols*; a strip of attention stands for all of its timestep."""
        cells = set()
        for found in map(parse, symbols):
            column = found.indices[0] - 1 if found.indices else 0
            for i in self._rows_of.get((found.name, bool(found.indices)), ()):
                row = self.rows[i]
                if column >= 0 and (len(found.indices) < 2 or row.kind == "strip" or row.entry == found.indices[1] - 1):
                    cells.add((i, column))
        return frozenset(cells)

    @cached_property
    def written(self) -> frozenset[tuple[int, int]]:
        """The cells that the step at the cursor makes."""
        return self.cells_of(self.table.written)

    @cached_property
    def read(self) -> frozenset[tuple[int, int]]:
        """The cells that the step at the cursor reads."""
        return self.cells_of(self.table.read)

    def changed(self, before: Cells) -> frozenset[tuple[int, int]]:
        """The cells that look other than in *before*, which has the same rows, epoch and form; not of the total."""
        found = set((before.written ^ self.written) | (before.read ^ self.read))
        for i, row in enumerate(self.rows[:-1]):
            old, new = before.shown[row.name], self.shown[row.name]
            if old is not new and row.kind != "letters":
                # The last timestep known may be so in part, and the one after it says where it will appear.
                ends = {known + by for known in (old.quantity.known, new.quantity.known) for by in (-1, 0)}
                differ = old.codes != new.codes  # by what is known, and by the largest number in the matrix
                shades = differ[:, row.entry] if row.kind == "number" else differ.any(axis=1)
                found |= {(i, int(column)) for column in (*np.flatnonzero(shades), *ends) if 0 <= column < self.columns}
        return frozenset(found)

    def address(self, row: int, column: int) -> Address | None:
        """The step that makes a cell."""
        return made_at(self.symbol(row, column), self.network)

    def placeholder(self, row: int, column: int) -> str:
        """What stands in a cell that is not computed yet: where it will be, once a row."""
        found = self.rows[row]
        if found.kind == "total":
            return f"at step {self.table.program.forward.last:,}"
        return self.shown[found.name].picture.placeholder(column, found.entry) or "·"

    def text(self, row: int, column: int) -> str:
        """What stands in a known cell; of a strip, how many numbers it holds."""
        found = self.rows[row]
        if found.kind == "letters":
            read, wanted = self._letters(column)
            return f"{read} → {wanted}"
        if found.kind == "total":
            return self.shown["L"].quantity.form(self.table.epoch.tape.total)
        if found.kind == "predicted":
            return self.predicted(column) + (" ✓" if self.is_right(column) else "")
        if found.kind == "strip":
            count = column + 1 if found.name in _INDICES else self.shown[found.name].picture.columns
            return f"{count} number{'s' if count > 1 else ''}"
        value = float(self.shown[found.name].picture.values[column, found.entry])
        return (
            f"{value:.0f}"
            if self.shown[found.name].quantity.is_one_hot
            else self.shown[found.name].quantity.form(value)
        )

    def predicted(self, column: int) -> str:
        """The letter with the largest probability."""
        return visible(self.network.alphabet[self.table.epoch.predicted(column + 1)])

    def wanted(self, column: int) -> str:
        """The letter that should have been predicted."""
        return self._letters(column)[1]

    def is_right(self, column: int) -> bool:
        """Whether the wanted letter was predicted."""
        return self.table.epoch.predicted(column + 1) == self.network.targets[column]

    def title(self, row: int, column: int) -> str:
        """How a cell is called."""
        found = self.rows[row]
        if found.kind == "total":
            return "Total loss L"
        if found.kind == "letters":
            return self.network.spoken(f"{'Input' if self.network.reads_numbers else 'Letter'} at t = {column + 1}")
        if found.kind == "predicted":
            return f"Prediction at t = {column + 1}"
        if found.kind == "strip":
            return f"{meaning(found.name).text} at t = {column + 1}"
        return self.shown[found.name].picture.title(column, found.entry)

    def reading(self, row: int, column: int) -> str:
        """A cell in words and in full."""
        found = self.rows[row]
        if not self.is_known(row, column):
            made = self.address(row, column)
            step = f", step {self.table.program.position(made):,}" if made is not None else ""
            return (f"at t = {column + 1}" if found.kind != "total" else "after the last timestep") + step
        if found.kind == "letters":
            read, wanted = self._letters(column)
            has_target = self.network.has_target(column + 1)
            return f"reads {read}, wanted {wanted}" if has_target else f"reads {read}, no target"
        if found.kind == "predicted":
            right = ", right" if self.is_right(column) else ""
            return f"predicted {self.predicted(column)} · wanted {self.wanted(column)}{right}"
        if found.kind == "total":
            return exact(self.table.epoch.tape.total)
        if found.kind == "strip":
            return self.text(row, column)
        picture = self.shown[found.name].picture
        return exact(picture.values[column, found.entry]) + picture.moved(column, found.entry)

    def tooltip(self, row: int, column: int) -> str:
        """Name and number in full; of an unknown cell, where it will appear."""
        return f"{self.title(row, column)}: {self.reading(row, column)}"

    def clipboard(self, row: int, column: int) -> str:
        """A cell for another program: numbers in full with the hyphen as minus; empty where nothing is known."""
        found = self.rows[row]
        if not self.exists(row, column) or not self.is_known(row, column):
            return ""
        if found.kind == "total":
            return repr(float(self.table.epoch.tape.total))
        if found.kind == "strip":
            picture = self.shown[found.name].picture
            return " ".join(filter(None, (picture.clipboard(column, entry) for entry in range(picture.columns))))
        if found.kind == "number":
            return self.shown[found.name].picture.clipboard(column, found.entry)
        return self.text(row, column)

    def row_name(self, row: int) -> str:
        """A row's label in full: ``Ωₜ e``."""
        found = self.rows[row]
        named = next(
            r.label for r in self.rows if r.name == found.name and r.label and r.kind in (found.kind, "number")
        )
        return f"{found.label or named} {found.entry_label}".strip()

    def _letters(self, column: int) -> tuple[str, str]:
        return visible(self.network.input_letter(column + 1)), visible(self.network.target_letter(column + 1))

    def _rows(self, unfolded: Mapping[str, bool]) -> Iterator[Row]:
        yield Row("letters", "x", label="input" if self.network.reads_numbers else self.network.spoken("letter"))
        for quantity in self.table.quantities:
            name, count = quantity.name, self.shown[quantity.name].picture.columns
            label = meaning(name).text + _INDICES.get(name, "ₜ")
            folds = count > 1
            if folds and not unfolded.get(name, count <= _FOLDED_BEYOND and not quantity.is_one_hot):
                yield Row("strip", name, label=label, folds=True)
            else:
                labels = _entry_labels(quantity, count)
                for entry in range(count):
                    first = entry == 0
                    yield Row("number", name, entry, label if first else "", labels[entry], folds and first)
            if name == "yhat" and self.network.by_letter:
                yield Row("predicted", name, label="predicted")
        yield Row("total", "L", label="L")


def _entry_labels(quantity: Quantity, count: int) -> tuple[str, ...]:
    if count == 1:
        return ("",)
    if quantity.name in _INDICES:
        return tuple(map(str, range(1, count + 1)))
    return axis_labels(quantity.epoch.network, quantity.name)[0]
