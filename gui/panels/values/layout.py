"""Where the cells of the values panel stand: pure geometry, in logical pixels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from core.network.arrays import Array
from core.writing.form import NumberFormat
from gui.look.theme import Theme
from gui.panels.values.cells import Cells, Row

NUMBER, LABEL, NAME = 13, 11, 14  # sizes of text
_CELL, _TALL = 24, 38
# Size of numbers and room beside them, the roomiest first: the first that shows all columns is taken.
_FITS = ((NUMBER, 8), (NUMBER, 6), (NUMBER, 4), (12, 3), (11, 2), (10, 1))


@dataclass(frozen=True, slots=True)
class ValuesLayout:
    """The grid of all cells; its origin is the corner of the first cell, right of the labels, below the header.

    *left*: the room of the labels, *entry_room* that of the entry labels in it. *top*: the header. *foot*: the
    total below the rows. *tops*: where each row but the last begins, and where they end. *number*: size of its text.
    """

    columns: int
    left: float
    entry_room: float
    top: float
    foot: float
    tops: tuple[float, ...]
    cell_width: float
    gap: float
    padding: float
    number: float

    @property
    def rows(self) -> int:
        """How many rows scroll; the total, which follows them, does not."""
        return len(self.tops) - 1

    @property
    def pitch(self) -> float:
        """From one column to the next."""
        return self.cell_width + self.gap

    @property
    def width(self) -> float:
        """All columns, without the labels."""
        return self.columns * self.pitch - self.gap

    @property
    def height(self) -> float:
        """All rows, without header and total."""
        return self.tops[-1]

    def seen(self, size: QSizeF) -> QSizeF:
        """The room for cells in a viewport of *size*; the total follows the rows or stands at the bottom."""
        high = max(size.height() - self.top - self.foot, 0.0)
        return QSizeF(max(size.width() - self.left, 0.0), min(high, self.height))

    def rect(self, row: int, column: int) -> QRectF:
        """The cell in row *row* and column *column*; not of the total."""
        return QRectF(
            column * self.pitch, self.tops[row], self.cell_width, self.tops[row + 1] - self.tops[row] - self.gap
        )

    def row_at(self, y: float) -> int | None:
        """The row at a height."""
        return bisect_right(self.tops, y) - 1 if 0 <= y < self.height else None

    def column_at(self, x: float) -> int | None:
        """The column at an abscissa."""
        column = int(x // self.pitch)
        return column if 0 <= column < self.columns else None

    def rows_within(self, start: float, end: float) -> range:
        """The rows of which something shows between two heights."""
        return range(max(bisect_right(self.tops, start) - 1, 0), min(bisect_right(self.tops, end), self.rows))

    def columns_within(self, start: float, end: float) -> range:
        """The columns of which something shows between two abscissas."""
        return range(max(int(start // self.pitch), 0), min(ceil(end / self.pitch), self.columns))

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The cell at a point."""
        row, column = self.row_at(point.y()), self.column_at(point.x())
        return None if row is None or column is None else (row, column)


def lay_out(cells: Cells, theme: Theme, number_width: float, room: float) -> ValuesLayout:
    """The layout of *cells* with numbers of *number_width* at full size, closer where *room* is narrow."""
    made = [_layout(cells, theme, number_width * size / NUMBER, size, padding) for size, padding in _FITS]
    return next((layout for layout in made if layout.left + layout.width <= room), made[0])


def _layout(cells: Cells, theme: Theme, number_width: float, number: float, side: float) -> ValuesLayout:
    names, labels = QFontMetricsF(theme.font(NAME, bold=True)), QFontMetricsF(theme.font(LABEL))
    padding, T = float(theme.px(side)), cells.columns
    words = max(labels.horizontalAdvance(text) for text in (f"▶ t = {T}", f"at t = {T}"))
    entry_room = max(labels.horizontalAdvance(row.entry_label) for row in cells.rows)
    name_room = max(names.horizontalAdvance(row.label) for row in cells.rows if is_name(row))
    word_room = max(labels.horizontalAdvance(row.label) for row in cells.rows if not is_name(row))
    left = theme.px(20) + max(name_room + theme.px(8) + entry_room, word_room) + theme.px(4)
    heights = [theme.px(_TALL if row.kind == "predicted" else _CELL) + theme.px(2) for row in cells.rows[:-1]]
    return ValuesLayout(
        T,
        left,
        entry_room,
        labels.height() + theme.px(10),
        theme.px(_CELL + 12),
        tuple(accumulate(heights, initial=0.0)),
        ceil(max(number_width + 2 * padding, words + padding)),
        theme.px(2),
        padding,
        number,
    )


def is_name(row: Row) -> bool:
    """Whether the label of a row is a symbol, rather than a word."""
    return row.kind not in ("letters", "predicted")


def number_width(arrays: Iterable[Array], form: NumberFormat, theme: Theme) -> float:
    """Room for the widest number of *arrays* in bold, whether it is known yet or not: stepping moves nothing."""
    metrics = QFontMetricsF(theme.font(NUMBER, bold=True))
    extremes = {-0.5}
    for array in arrays:
        finite = array[np.isfinite(array)]
        for signed in (finite[finite > 0], finite[finite < 0]):
            if signed.size:
                # Large numbers have most digits before the point, tiny ones a power of ten.
                extremes |= {float(signed.min()), float(signed.max())}
    return max(metrics.horizontalAdvance(form(value)) for value in extremes)
