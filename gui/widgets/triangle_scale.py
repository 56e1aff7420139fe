"""Where everything in a triangle stands: pure geometry, in the widget's pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from gui.ticks import round_ticks
from gui.widgets.triangle_picture import Cell

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
        x, y = (floor(point.x()) - self.area.left()), (floor(point.y()) - self.area.top())
        if width >= 1:
            x = point.x() - self.area.left()
        if height >= 1:
            y = point.y() - self.area.top()
        first = floor(self.top + max(y, 0) / height), floor(self.left + max(x, 0) / width)
        last = (
            first[0] if height >= 1 else ceil(self.top + (y + 1) / height) - 1,
            first[1] if width >= 1 else ceil(self.left + (x + 1) / width) - 1,
        )
        most = self.T - 1
        return (min(first[0], most) + 1, min(first[1], most) + 1), (min(last[0], most) + 1, min(last[1], most) + 1)

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
        across, down = (max(int(length // gap), 2) for length, gap in zip(self._lengths, least, strict=True))
        return self._round(self.top, down), self._round(self.left, across)

    def starts(self, count: int, before: float) -> NDArray[np.intp]:
        """The first 0-based cell under each of *count* pixels side by side, where *before* cells are out of view."""
        return np.minimum(before + np.arange(count) * (self.span / count), self.T - 1).astype(np.intp)

    @property
    def _lengths(self) -> tuple[float, float]:
        return self.area.width(), self.area.height()

    def _round(self, before: float, most: int) -> list[int]:
        found = round_ticks(before + 1, before + self.span, most)
        return sorted({max(round(tick), 1) for tick in found})

    def _within(self, left: float, top: float, span: float) -> TriangleScale:
        most = self.T - span
        return replace(self, left=min(max(left, 0.0), most), top=min(max(top, 0.0), most), span=span)
