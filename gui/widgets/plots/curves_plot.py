"""Several curves in one plot, on top of `gui.widgets.plots.line_plot`, the wrapper around pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QPen

from gui.look.theme import Theme
from gui.widgets.plots.curves_picture import Curve, end, look, spread
from gui.widgets.plots.line_picture import Line, Numbers, thinned
from gui.widgets.plots.line_plot import LinePlot

_TEXT = 11
_MARKS = 22  # pixels at zoom 1 that the marks at the ends take


class CurvesPlot(LinePlot):
    """A line, and dashed curves beside it, each with its mark at the end; pointing means a point of the line."""

    _from_zero = False  # curves are told apart by the room between them

    def __init__(self, theme: Theme, x_name: str, y_name: str) -> None:
        self._curves: tuple[Curve, ...] = ()
        self._drawn: list[tuple[Any, Any]] = []  # pyqtgraph's curve and text of each; the line is drawn by itself
        super().__init__(theme, x_name, y_name)

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What is shown, the line first."""
        return self._curves

    def set_curves(self, curves: Sequence[Curve], line: Line | None = None) -> None:
        """Shows *curves*, the first of them as the line, which *line* says more of."""
        self._curves = tuple(curves)
        while len(self._drawn) < len(curves):
            curve, mark = self._item.plot(connect="finite", antialias=True), self.make_text()
            curve.setZValue(-1)
            mark.setAnchor((0, 0.5))
            self._drawn.append((curve, mark))
            self._dress(len(self._drawn) - 1)
        plain = Line(curves[0].x, curves[0].y, tip=lambda index: f"{self._names['bottom']} {index + 1:,}")
        self.set_line(line or plain)

    def _draw(self) -> None:
        super()._draw()
        curves = [(self._along_x(curve.x), self._along_y(curve.y)) for curve in self._curves]
        for (curve, _), (x, y) in zip(self._drawn[1:], curves[1:], strict=False):
            curve.setData(*thinned(x, y, self.width()))
        for _, mark in self._drawn:
            mark.hide()
        for curve, _ in self._drawn[len(curves) :]:
            curve.clear()
        (_, right), (low, high) = self._box.viewRange()
        gap = self._theme.px(_TEXT + 2) * (high - low) / max(self._box.height(), 1)
        column = right - self._wide(_MARKS, right)
        ends = {number: found for number, pair in enumerate(curves) if (found := end(*pair)) is not None}
        heights = spread([y for _, y in ends.values()], gap, low + gap / 2, high - gap / 2)
        for number, height in zip(ends, heights, strict=True):
            mark = self._drawn[number][1]
            mark.setText(self._curves[number].mark)
            mark.setPos(column, height)
            mark.show()
        # Thin lines lead from the ends to their marks, which may have had to move.
        self._brackets.setData(
            np.array([at for x, _ in ends.values() for at in (x, column)]),
            np.array([at for (_, y), height in zip(ends.values(), heights, strict=True) for at in (y, height)]),
        )

    def _fit(self, x: Numbers, y: Numbers) -> None:
        """Over all the curves, with room for the marks at their ends."""
        others = [(self._along_x(curve.x), self._along_y(curve.y)) for curve in self._curves[1:]]
        super()._fit(np.concatenate([x, *(x for x, _ in others)]), np.concatenate([y, *(y for _, y in others)]))
        (left, right), _ = self._box.viewRange()
        self._item.setXRange(left, right + self._wide(_MARKS, right), padding=0)

    def _wide(self, pixels: int, right: float) -> float:
        """How much of the axis, up to *right*, so many *pixels* at zoom 1 take."""
        width: float = self._theme.px(pixels) * (right - self._box.viewRange()[0][0]) / max(self._box.width(), 1)
        return width

    def _dress(self, number: int) -> None:
        hue, dashes = look(number - 1) if number else ("plain", ())
        colour, (curve, mark) = self._theme.palette.families[hue], self._drawn[number]
        curve.setPen(_pen(colour, self._theme.px(15) / 10, dashes))
        mark.setColor(colour)
        mark.setFont(self._theme.font(_TEXT, bold=True))

    def _restyle(self) -> None:
        for number in range(len(self._drawn)):
            self._dress(number)
        super()._restyle()
        self._brackets.setPen(_pen(self._theme.palette.border, 1))
        self._item.layout.setContentsMargins(0, 0, self._theme.px(4), 0)


def _pen(colour: QColor, width: float, dashes: Sequence[float] = ()) -> QPen:
    """A pen of *width* pixels, whatever the scales of the axes."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(dashes)
    return pen
