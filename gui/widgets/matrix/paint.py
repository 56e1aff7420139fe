"""Draws a matrix: cells, numbers, labels and the outlines that mark cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from gui.look.theme import Theme, mix
from gui.widgets.matrix.layout import LABEL_SIZE, NUMBER_SIZE, MatrixLayout, headed
from gui.widgets.matrix.picture import MatrixPicture
from gui.widgets.matrix.shades import ABSENT, NON_FINITE, UNKNOWN, edge, pooled, shade_image, shade_table

Cells = NDArray[np.bool_]  # True where cells in sight are meant

# With more cells than this in view, square corners: they cost half the time and few see them.
_ROUND_UP_TO = 600


@dataclass(frozen=True, slots=True)
class Marks:
    """The cells that stand out for now.

    *highlight*: the symbol that is lit everywhere.
    *hovered*: the cell under the mouse; its row and column labels are emphasised.
    *selected*: the user's own cell.
    *focused*: the keyboard is here.
    """

    highlight: str | None = None
    hovered: tuple[int, int] | None = None
    selected: tuple[int, int] | None = None
    focused: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """The rows and columns of which something shows."""

    rows: range
    columns: range

    def of(self, codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return codes[self.rows.start : self.rows.stop, self.columns.start : self.columns.stop]


def paint_mark(painter: QPainter, cell: QRectF, colour: QColor, side: float) -> None:
    """A corner on a cell whose number is changed or held itself."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    corner = cell.topRight() + QPointF(-1, 1)
    painter.drawPolygon(QPolygonF([corner, corner - QPointF(side, 0), corner + QPointF(0, side)]))


class MatrixPaint:
    """One picture made ready for painting under one theme."""

    def __init__(self, picture: MatrixPicture, codes: NDArray[np.uint8], theme: Theme) -> None:
        self._picture = picture
        self._codes = codes
        self._theme = theme
        self._colours = shade_table(theme.palette, picture.hue)
        self._lit: tuple[str, _Seen, Cells] | None = None

    def small(self, rows: int, columns: int) -> QImage:
        """The whole in at most *rows* by *columns* pixels, none smoothed away."""
        return shade_image(pooled(self._codes, rows, columns), self._colours)

    def paint(self, painter: QPainter, layout: MatrixLayout, view: QRectF, marks: Marks) -> None:
        """Paints what *view* (in the layout's coordinates) shows of the cells, then the labels beside it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = _Seen(layout.rows_within(view.top(), view.bottom()), layout.columns_within(view.left(), view.right()))
        painter.save()
        painter.translate(layout.left - view.left(), layout.top - view.top())
        # Outlines reach two pixels over the edge of the first and last cells.
        painter.setClipRect(view.adjusted(-2, -2, 2, 2))
        if layout.gap:
            self._cells(painter, layout, seen)
        elif seen.rows and seen.columns:
            self._dots(painter, layout, seen)
        self._outlines(painter, layout, seen, marks)
        painter.restore()
        self._labels(painter, layout, view, seen, marks)

    def _dots(self, painter: QPainter, layout: MatrixLayout, seen: _Seen) -> None:
        place = layout.rect(seen.rows[0], seen.columns[0]).united(layout.rect(seen.rows[-1], seen.columns[-1]))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, shade_image(seen.of(self._codes), self._colours))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._theme.palette.border)  # light dots have no contrast of their own
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _cells(self, painter: QPainter, layout: MatrixLayout, seen: _Seen) -> None:
        # A plain list: single elements of an array are slow to read.
        codes = seen.of(self._codes).tolist()
        places = [
            (i, j, code)
            for i, line in zip(seen.rows, codes, strict=True)
            for j, code in zip(seen.columns, line, strict=True)
            if code != ABSENT
        ]
        round_corners = len(places) <= _ROUND_UP_TO
        radius = self._theme.px(3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, round_corners)
        painter.setPen(Qt.PenStyle.NoPen)
        for i, j, code in places:
            rect = layout.rect(i, j)
            if code == NON_FINITE or (code >= UNKNOWN and layout.digits):
                self._odd_cell(painter, rect, code)
            elif round_corners:
                painter.setPen(edge(self._theme.palette, self._picture.hue, code))
                painter.setBrush(self._colours[code])
                painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
                painter.setPen(Qt.PenStyle.NoPen)
            else:
                painter.fillRect(rect, self._colours[code])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if layout.digits:
            numbers = [(i, j) for i, j, code in places if code < UNKNOWN or code == NON_FINITE]
            current = self._picture.current
            self._numbers(painter, layout, [cell for cell in numbers if cell not in current], bold=False)
            self._numbers(painter, layout, [cell for cell in numbers if cell in current], bold=True)
            for i, j in numbers:
                if (i, j) in self._picture.marked:
                    paint_mark(painter, layout.rect(i, j), self._theme.palette.accent, self._theme.px(8))
            self._placeholders(painter, layout, places)

    def _numbers(self, painter: QPainter, layout: MatrixLayout, cells: list[tuple[int, int]], *, bold: bool) -> None:
        """The numbers of *cells*, aligned right, so that their points stand under each other."""
        metrics = self._theme.metrics(NUMBER_SIZE, bold=bold)
        painter.setPen(self._theme.palette.ink)
        for i, j in cells:
            box = layout.rect(i, j).adjusted(0, 0, -layout.padding, 0)
            metrics.write(painter, metrics.level(box), self._picture.text(i, j), 1)

    def _odd_cell(self, painter: QPainter, rect: QRectF, code: int) -> None:
        """A cell without a finite number: dashed while its number is not computed, hatched if it is no number."""
        palette, radius = self._theme.palette, self._theme.px(3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if code == NON_FINITE:
            painter.setBrush(palette.shade(0.0))
            painter.drawRoundedRect(rect, radius, radius)
            painter.setBrush(QBrush(mix(palette.line, palette.border, 0.4), Qt.BrushStyle.BDiagPattern))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = QPen(mix(palette.line, palette.border, 0.35), 1)
            pen.setDashPattern([3, 3])
            painter.setPen(pen)
            rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)

    def _placeholders(self, painter: QPainter, layout: MatrixLayout, places: list[tuple[int, int, int]]) -> None:
        metrics = self._theme.metrics(LABEL_SIZE)
        room = layout.cell_width - self._theme.px(4)
        painter.setPen(self._theme.palette.dim)
        for i, j, code in places:
            if UNKNOWN <= code < NON_FINITE:
                text = self._picture.placeholder(i, j)
                fits = text and metrics.width(text) <= room
                metrics.write(painter, layout.rect(i, j), text if fits else "·", 0.5)

    def _outlines(self, painter: QPainter, layout: MatrixLayout, seen: _Seen, marks: Marks) -> None:
        palette = self._theme.palette
        outline = self._each if layout.digits else self._around
        if marks.highlight is not None:
            outline(painter, layout, seen, self._lit_cells(marks.highlight, seen), palette.accent, 1.5)
        current = np.zeros((len(seen.rows), len(seen.columns)), dtype=np.bool_)
        for i, j in self._picture.current:
            if i in seen.rows and j in seen.columns:
                current[i - seen.rows.start, j - seen.columns.start] = True
        outline(painter, layout, seen, current, palette.accent, 2.5)
        if marks.selected is not None:
            if marks.focused:
                self._outline(painter, layout, marks.selected, palette.panel, 4)
            self._outline(painter, layout, marks.selected, palette.ink, 2 if marks.focused else 1)

    def _lit_cells(self, symbol: str, seen: _Seen) -> Cells:
        """Which cells in sight are those of *symbol*, looked up anew only where others come into sight."""
        if self._lit is None or self._lit[:2] != (symbol, seen):
            symbols = self._picture.symbols
            lit = np.array([[symbols(i, j) == symbol for j in seen.columns] for i in seen.rows], dtype=np.bool_)
            lit = lit.reshape(len(seen.rows), len(seen.columns)) & (seen.of(self._codes) != ABSENT)
            self._lit = symbol, seen, lit
        return self._lit[2]

    def _each(
        self, painter: QPainter, layout: MatrixLayout, seen: _Seen, cells: Cells, colour: QColor, width: float
    ) -> None:
        """An outline of every one of *cells*."""
        for i, j in np.argwhere(cells).tolist():
            self._outline(painter, layout, (seen.rows[i], seen.columns[j]), colour, width)

    def _outline(
        self, painter: QPainter, layout: MatrixLayout, cell: tuple[int, int], colour: QColor, width: float
    ) -> None:
        """An outline of one cell, round a small one rather than in it."""
        radius = self._theme.px(3) if layout.digits else 0
        inset = 0.5 if layout.digits else -width / 2
        painter.setPen(QPen(colour, width * max(self._theme.zoom, 1)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(layout.rect(*cell).adjusted(inset, inset, -inset, -inset), radius, radius)

    def _around(
        self, painter: QPainter, layout: MatrixLayout, seen: _Seen, cells: Cells, colour: QColor, width: float
    ) -> None:
        """One outline round all of *cells* that touch: between small cells there is no room for more."""
        thick = ceil(width * max(self._theme.zoom, 1))
        framed = np.pad(cells, 1)
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            beside = np.roll(framed, (-down, -right), axis=(0, 1))[1:-1, 1:-1]
            for i, j in np.argwhere(cells & ~beside).tolist():
                rect = layout.rect(seen.rows[i], seen.columns[j])
                side = rect.adjusted(-thick, -thick, thick, thick)
                if down:
                    side.setTop(rect.bottom() if down > 0 else side.top())
                    side.setHeight(thick)
                else:
                    side.setLeft(rect.right() if right > 0 else side.left())
                    side.setWidth(thick)
                painter.fillRect(side, colour)

    def _labels(self, painter: QPainter, layout: MatrixLayout, view: QRectF, seen: _Seen, marks: Marks) -> None:
        """Row labels left of the cells and column labels above them, whichever way the cells are scrolled."""
        picture, theme = self._picture, self._theme
        metrics = theme.metrics(LABEL_SIZE)
        row, column = marks.hovered or (marks.selected if marks.focused else None) or (None, None)
        if picture.row_labels:
            painter.setClipRect(QRectF(0, layout.top, layout.left, view.height()))
            height = max(layout.cell_height, metrics.height())
            for i in headed(seen.rows, layout.pitch_y, metrics.height(), row):
                centre = layout.top - view.top() + i * layout.pitch_y + layout.cell_height / 2
                box = QRectF(0, centre - height / 2, layout.left - theme.px(6), height)
                self._label(painter, box, picture.row_labels[i], 1, lit=i == row)
        if picture.column_labels:
            needed = 0 if layout.digits else layout.heading + theme.px(6)
            painter.setClipRect(QRectF(layout.left, 0, view.width(), layout.top))
            width = max(layout.cell_width, needed)
            for j in headed(seen.columns, layout.pitch_x, needed, column):
                centre = layout.left - view.left() + j * layout.pitch_x + layout.cell_width / 2
                box = QRectF(centre - width / 2, 0, width, layout.top - theme.px(2))
                self._label(painter, box, picture.column_labels[j], 0.5, lit=j == column)

    def _label(self, painter: QPainter, box: QRectF, label: str, across: float, *, lit: bool) -> None:
        metrics = self._theme.metrics(LABEL_SIZE)
        painter.setPen(self._theme.palette.ink if lit else self._theme.palette.dim)
        metrics.write(painter, box, metrics.elided(label, int(box.width())), across)
