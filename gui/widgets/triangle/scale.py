"""Where everything in a triangle stands: pure geometry, in the widget's pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from gui.widgets.parts.ticks import round_ticks
from gui.widgets.triangle.picture import Cell

_CLOSEST = 6  # how few cells fill the view at the largest zoom


@dataclass(frozen=True, slots=True)
class TriangleScale:
    """A window of *span* by *span* cells onto a triangle of *T* rows, shown in *area*.

    *left*, *top*: how many cells lie left of it and above it.
    """

    T: int
    area: QRectF
    left: float = 0.0
    top: float = 0.0
    span: float = 0.0

    @staticmethod
    def whole(T: int, area: QRectF) -> TriangleScale:
        """All cells."""
        return TriangleScale(T, area, 0.0, 0.0, float(T))

    @property
    def is_whole(self) -> bool:
        """Whether all cells are in view."""
        return self.span >= self.T

    @property
    def cell(self) -> tuple[float, float]:
        """The width and the height of a cell."""
        return self.area.width() / self.span, self.area.height() / self.span

    def rect(self, cell: Cell) -> QRectF:
        """Where *cell* stands; it may lie outside of the area."""
        (t, k), (width, height) = cell, self.cell
        x = self.area.left() + (k - 1 - self.left) * width
        return QRectF(x, self.area.top() + (t - 1 - self.top) * height, width, height)

    def box_at(self, point: QPointF) -> tuple[Cell, Cell] | None:
        """The first and the last cell under the pixel at *point*, None beside the area."""
        if not self.area.contains(point):
            return None
        width, height = self.cell
        rows = self._under(point.y() - self.area.top(), height, self.top)
        columns = self._under(point.x() - self.area.left(), width, self.left)
        return (rows[0], columns[0]), (rows[1], columns[1])

    def zoomed(self, factor: float, around: QPointF) -> TriangleScale:
        """*factor* times as large, with what is at *around* staying there."""
        span = min(max(self.span / factor, min(_CLOSEST, self.T)), self.T)
        x = min(max((around.x() - self.area.left()) / self.area.width(), 0), 1)
        y = min(max((around.y() - self.area.top()) / self.area.height(), 0), 1)
        grown = self.span - span
        return self._within(self.left + x * grown, self.top + y * grown, span)

    def panned(self, by: QPointF) -> TriangleScale:
        """Moved by so many pixels."""
        width, height = self.cell
        return self._within(self.left - by.x() / width, self.top - by.y() / height, self.span)

    def showing(self, cell: Cell) -> TriangleScale:
        """Moved no more than it takes to have *cell* in view."""
        t, k = cell
        left = min(max(self.left, k - self.span), k - 1)
        top = min(max(self.top, t - self.span), t - 1)
        return self._within(left, top, self.span)

    def ticks(self, least: tuple[float, float]) -> tuple[list[int], list[int]]:
        """Round numbers for t and for k, at least so many pixels apart (across, down)."""
        across, down = int(self.area.width() // least[0]), int(self.area.height() // least[1])
        return self._round(self.top, down), self._round(self.left, across)

    def starts(self, count: int, before: float) -> NDArray[np.intp]:
        """The first 0-based cell under each of *count* pixels side by side, where *before* cells are out of view."""
        found: NDArray[np.intp] = np.minimum(before + np.arange(count) * (self.span / count), self.T - 1).astype(
            np.intp
        )
        return found

    def _under(self, at: float, cell: float, before: float) -> tuple[int, int]:
        """The first and the last of the cells, *cell* pixels each, under the pixel that *at* is in."""
        if cell >= 1:
            first = last = floor(before + at / cell)
        else:
            first, last = floor(before + floor(at) / cell), ceil(before + (floor(at) + 1) / cell) - 1
        return min(max(first, 0), self.T - 1) + 1, min(max(last, 0), self.T - 1) + 1

    def _round(self, before: float, most: int) -> list[int]:
        found = round_ticks(before + 1, before + self.span, max(most, 2))
        return sorted({max(round(tick), 1) for tick in found})

    def _within(self, left: float, top: float, span: float) -> TriangleScale:
        most = self.T - span
        return replace(self, left=min(max(left, 0.0), most), top=min(max(top, 0.0), most), span=span)
