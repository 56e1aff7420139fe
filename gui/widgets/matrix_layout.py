"""Where the cells of a matrix stand: pure geometry, in logical pixels, without any widget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from gui.theme import Theme
from gui.widgets.matrix_picture import MatrixPicture

LABEL_SIZE = 11
NUMBER_SIZE = 13
DENSE_BEYOND = 64
_DIGITS_TO_ZERO = str.maketrans("123456789", "0" * 9)


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """The grid of one matrix; its origin is the corner of cell (0, 0), right of and below the labels.

    *left*, *top*: the room of the row and of the column labels.
    *gap*: between two cells; each cell's own gap follows it.
    *padding*: between a number and the edges of its cell.
    *dense*: cells are dots without numbers.
    """

    rows: int
    columns: int
    left: float
    top: float
    cell_width: float
    cell_height: float
    gap: float
    padding: float
    dense: bool

    @property
    def pitch_x(self) -> float:
        """From one column to the next."""
        return self.cell_width + self.gap

    @property
    def pitch_y(self) -> float:
        """From one row to the next."""
        return self.cell_height + self.gap

    @property
    def width(self) -> float:
        """All cells, without the row labels."""
        return max(self.columns * self.pitch_x - self.gap, 0.0)

    @property
    def height(self) -> float:
        """All cells, without the column labels."""
        return max(self.rows * self.pitch_y - self.gap, 0.0)

    def size(self) -> QSizeF:
        """All of it, with the labels."""
        return QSizeF(self.left + self.width, self.top + self.height)

    def rect(self, row: int, column: int) -> QRectF:
        """The cell in row *row* and column *column*."""
        return QRectF(column * self.pitch_x, row * self.pitch_y, self.cell_width, self.cell_height)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The (row, column) at a point; a gap belongs to the cell before it."""
        row, column = int(y // self.pitch_y), int(x // self.pitch_x)
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None

    def rows_within(self, start: float, end: float) -> range:
        """The rows of which something shows between two heights."""
        return range(max(int(start // self.pitch_y), 0), min(ceil(end / self.pitch_y), self.rows))

    def columns_within(self, start: float, end: float) -> range:
        """The columns of which something shows between two abscissas."""
        return range(max(int(start // self.pitch_x), 0), min(ceil(end / self.pitch_x), self.columns))


def lay_out(picture: MatrixPicture, texts: list[list[str]], theme: Theme, *, dense: bool) -> MatrixLayout:
    """The layout that *picture* likes best, however much room that needs."""
    labels = QFontMetricsF(theme.font(LABEL_SIZE))
    names = max((labels.horizontalAdvance(name) for name in picture.row_labels), default=0.0)
    left = min(names, theme.px(140)) + theme.px(8) if picture.row_labels else 0.0
    top = labels.height() + theme.px(3) if picture.column_labels else 0.0
    padding = float(theme.px(8))
    width = theme.px(8) if dense else _number_width(picture, texts, theme) + 2 * padding
    height = theme.px(8 if dense else 24)
    gap = 0 if dense else theme.px(2)
    return MatrixLayout(picture.rows, picture.columns, left, top, width, height, gap, padding, dense)


def fit(layout: MatrixLayout, room: QSizeF, theme: Theme) -> MatrixLayout:
    """*layout* in less or more *room*: numbers give up padding only, dots take any size from 3 to 24 px."""
    wide = (room.width() - layout.left) / max(layout.columns, 1)
    if layout.dense:
        high = (room.height() - layout.top) / max(layout.rows, 1)
        least, most = theme.px(3), theme.px(24)
        return replace(layout, cell_width=min(max(wide, least), most), cell_height=min(max(high, least), most))
    missing = layout.pitch_x - layout.gap / max(layout.columns, 1) - wide
    given = min(max(missing, 0.0), 2 * (layout.padding - theme.px(4)))
    return replace(layout, cell_width=layout.cell_width - given, padding=layout.padding - given / 2)


def _number_width(picture: MatrixPicture, texts: list[list[str]], theme: Theme) -> float:
    """Room for the widest number in bold; at least the format's usual one, so that stepping moves nothing."""
    metrics = QFontMetricsF(theme.font(NUMBER_SIZE, bold=True))
    # All digits are one width, so numbers of the same shape need measuring once.
    shapes = {text.translate(_DIGITS_TO_ZERO) for row in texts for text in row}
    shapes.add(picture.format(-0.5).translate(_DIGITS_TO_ZERO))
    return ceil(max(metrics.horizontalAdvance(shape) for shape in shapes))


def label_stride(pitch: float, needed: float) -> int:
    """How many rows or columns share one label so that labels of size *needed* do not touch."""
    stride = 1
    for factor in (2, 2.5, 2) * 6:
        if stride * pitch >= needed:
            break
        stride = round(stride * factor)
    return stride
