"""Where the cells of a matrix stand: pure geometry, in logical pixels, without any widget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from gui.look.theme import Metrics, Theme
from gui.widgets.matrix.picture import MatrixPicture

LABEL_SIZE = 11
NUMBER_SIZE = 13
DENSE_BEYOND = 64
NUMBERS = 24  # the height of a cell with a number in it
SIZES = (3, 5, 8, 12, 18, NUMBERS)
ROUNDING = 1.0  # what layouts and hints may differ by for being in whole pixels
_DENSE = 8
_GAPS = {12: 1, 18: 2, NUMBERS: 2}
_DIGITS_TO_ZERO = str.maketrans("123456789", "0" * 9)


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """The grid of one matrix; its origin is the corner of cell (0, 0), right of and below the labels.

    *left*, *top*: the room of the row and of the column labels; *heading* the width of the widest column label.
    *gap*: between two cells; each cell's own gap follows it. Without gaps the cells are one image.
    *padding*: between a number and the edges of its cell.
    *digits*: whether numbers stand in the cells.
    *flexible*: whether the cells take any size from 3 to 24 px that fits the room.
    """

    rows: int
    columns: int
    left: float
    top: float
    heading: float
    cell_width: float
    cell_height: float
    gap: float
    padding: float
    digits: bool
    flexible: bool

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


def lay_out(picture: MatrixPicture, theme: Theme, size: int | None) -> MatrixLayout:
    """The layout that *picture* likes best, with cells of *size*, one of `SIZES`; None fits dots into the room."""
    labels = theme.metrics(LABEL_SIZE)
    left = ceil(min(_widest(picture.row_labels, labels), theme.px(140))) + theme.px(8) if picture.row_labels else 0
    top = ceil(labels.height()) + theme.px(3) if picture.column_labels else 0
    padding = float(theme.px(8))
    digits = size == NUMBERS
    height = theme.px(size or _DENSE)
    return MatrixLayout(
        picture.rows,
        picture.columns,
        left,
        top,
        _widest(picture.column_labels, labels),
        _number_width(picture, theme) + 2 * padding if digits else height,
        height,
        theme.px(_GAPS[size]) if size in _GAPS else 0,
        padding,
        digits,
        size is None,
    )


def fit(layout: MatrixLayout, room: QSizeF, theme: Theme) -> MatrixLayout:
    """*layout* in less or more *room*: numbers give up padding only, dots take any size from 3 to 24 px."""
    wide = (room.width() - layout.left) / max(layout.columns, 1)
    if layout.flexible:
        high = (room.height() - layout.top) / max(layout.rows, 1)
        least, most = theme.px(SIZES[0]), theme.px(NUMBERS)
        # Whole pixels, so that all dots are equally large.
        width, height = (min(max(floor(size), least), most) for size in (wide, high))
        return replace(layout, cell_width=width, cell_height=height)
    if not layout.digits:
        return layout
    missing = layout.pitch_x - layout.gap / max(layout.columns, 1) - wide
    given = min(max(missing, 0.0), 2 * (layout.padding - theme.px(4)))
    return replace(layout, cell_width=layout.cell_width - given, padding=layout.padding - given / 2)


def next_size(layout: MatrixLayout, by: int, theme: Theme) -> int:
    """The one of `SIZES` that is *by* larger or, below 0, smaller than the cells of *layout*, or the last."""
    now = min(layout.cell_width, layout.cell_height)
    if by < 0:
        smaller = [size for size in SIZES if theme.px(size) < now]
        return smaller[max(by, -len(smaller))] if smaller else SIZES[0]
    larger = [size for size in SIZES if theme.px(size) > now and not layout.digits]
    return larger[min(by, len(larger)) - 1] if larger else NUMBERS


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a matrix stands in its room.

    *seen*: the room for cells that are in sight. *beside*: the width that the overview takes, 0 without one.
    """

    layout: MatrixLayout
    seen: QSizeF
    beside: int


def arrange(likes: MatrixLayout, room: QSizeF, theme: Theme, *, overview: QSizeF, bars: QSizeF) -> Arrangement:
    """*likes* in *room*, with an *overview* beside what does not fit; *bars*: how thick the scroll bars are."""
    room, beside = QSizeF(room), 0
    layout = fit(likes, room, theme)
    if layout.size().height() > room.height() or layout.size().width() > room.width() + ROUNDING:
        # In a narrow room the cells need all of it.
        is_roomy = 3 * overview.width() <= room.width() and overview.height() <= room.height()
        beside = int(overview.width()) if is_roomy else 0
        room.setWidth(room.width() - beside)
        layout = fit(likes, room, theme)
    # Each bar takes room that the other then has to scroll.
    if layout.size().height() > room.height():
        room.setWidth(room.width() - bars.width())
        layout = fit(likes, room, theme)
    if layout.size().width() > room.width() + ROUNDING:
        room.setHeight(room.height() - bars.height())
    return Arrangement(layout, room - QSizeF(layout.left, layout.top), beside)


def _widest(labels: tuple[str, ...], metrics: Metrics) -> float:
    """The width of the widest label. All digits are one width, so labels of the same shape need measuring once."""
    shapes = {label.translate(_DIGITS_TO_ZERO) for label in labels}
    return max(map(metrics.width, shapes), default=0.0)


def _number_width(picture: MatrixPicture, theme: Theme) -> float:
    """Room for the widest number in bold; at least the format's usual one, so that stepping moves nothing."""
    values = picture.values[picture.shown() & np.isfinite(picture.values)]
    # Large numbers have most digits before the point, tiny ones a power of ten.
    extremes = {
        -0.5,
        *(edge(part) for part in (values[values > 0], values[values < 0]) if part.size for edge in (np.min, np.max)),
    }
    texts = tuple(picture.format(float(value)) for value in extremes)
    return ceil(_widest(texts, theme.metrics(NUMBER_SIZE, bold=True)))


def headed(places: range, pitch: float, needed: float, lit: int | None) -> list[int]:
    """The rows or columns whose labels are shown, so that labels of size *needed* do not touch; *lit* is among them."""
    stride = label_stride(pitch, needed)
    return [
        place
        for place in places
        if place == lit or ((place + 1) % stride == 0 and (lit is None or abs(place - lit) * pitch >= needed))
    ]


def label_stride(pitch: float, needed: float) -> int:
    """How many rows or columns share one label so that labels of size *needed* do not touch."""
    stride = 1
    for factor in (2, 2.5, 2) * 6:
        if stride * pitch >= needed:
            break
        stride = round(stride * factor)
    return stride
