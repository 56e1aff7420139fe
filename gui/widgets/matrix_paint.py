"""Draws a matrix: cells, numbers, labels and the outlines that mark cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen

from gui.theme import Theme, mix
from gui.widgets.matrix_layout import LABEL_SIZE, NUMBER_SIZE, MatrixLayout, label_stride
from gui.widgets.matrix_picture import MatrixPicture
from gui.widgets.matrix_shades import ABSENT, NON_FINITE, UNKNOWN, shade_image, shade_table

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


class MatrixPaint:
    """One picture made ready for painting under one theme."""

    def __init__(self, picture: MatrixPicture, texts: list[list[str]], codes: NDArray[np.uint8], theme: Theme) -> None:
        self._picture = picture
        self._texts = texts
        self._codes = codes
        # Plain lists: single elements of an array are slow to read.
        self._code_rows: list[list[int]] = codes.tolist()
        self._theme = theme
        self._colours = shade_table(theme.palette, picture.hue)
        self._image: QImage | None = None
        # Measuring a text takes as long as drawing it.
        self._widths: dict[tuple[str, bool], float] = {}

    def paint(self, painter: QPainter, layout: MatrixLayout, view: QRectF, marks: Marks) -> None:
        """Paints what *view* (in the layout's coordinates) shows of the cells, then the labels beside it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = layout.rows_within(view.top(), view.bottom())
        columns = layout.columns_within(view.left(), view.right())
        painter.save()
        painter.translate(layout.left - view.left(), layout.top - view.top())
        # Outlines reach two pixels over the edge of the first and last cells.
        painter.setClipRect(view.adjusted(-2, -2, 2, 2))
        if layout.dense:
            self._dots(painter, layout)
        else:
            self._cells(painter, layout, rows, columns)
        self._outlines(painter, layout, rows, columns, marks)
        painter.restore()
        self._labels(painter, layout, view, rows, columns, marks)

    def _dots(self, painter: QPainter, layout: MatrixLayout) -> None:
        if self._image is None:
            self._image = shade_image(self._codes, self._colours)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(0, 0, layout.width, layout.height), self._image)

    def _cells(self, painter: QPainter, layout: MatrixLayout, rows: range, columns: range) -> None:
        places = [(i, j, code) for i in rows for j in columns if (code := self._code_rows[i][j]) != ABSENT]
        round_corners = len(places) <= _ROUND_UP_TO
        radius = self._theme.px(3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, round_corners)
        painter.setPen(Qt.PenStyle.NoPen)
        for i, j, code in places:
            rect = layout.rect(i, j)
            if code >= UNKNOWN:
                self._odd_cell(painter, rect, code)
            elif round_corners:
                painter.setBrush(self._colours[code])
                painter.drawRoundedRect(rect, radius, radius)
            else:
                painter.fillRect(rect, self._colours[code])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        numbers = [(i, j) for i, j, code in places if code < UNKNOWN or code == NON_FINITE]
        self._numbers(painter, layout, [cell for cell in numbers if cell not in self._picture.current], bold=False)
        self._numbers(painter, layout, [cell for cell in numbers if cell in self._picture.current], bold=True)
        self._placeholders(painter, layout, places)

    def _numbers(self, painter: QPainter, layout: MatrixLayout, cells: list[tuple[int, int]], *, bold: bool) -> None:
        """The numbers of *cells*, aligned right, so that their points stand under each other."""
        font = self._theme.font(NUMBER_SIZE, bold=bold)
        metrics = QFontMetricsF(font)
        baseline = (layout.cell_height + metrics.capHeight()) / 2
        right = layout.cell_width - layout.padding
        painter.setFont(font)
        painter.setPen(self._theme.palette.ink)
        pitch_x, pitch_y = layout.pitch_x, layout.pitch_y
        for i, j in cells:
            text = self._texts[i][j]
            width = self._widths.get((text, bold))
            if width is None:
                width = self._widths[text, bold] = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(j * pitch_x + right - width, i * pitch_y + baseline), text)

    def _odd_cell(self, painter: QPainter, rect: QRectF, code: int) -> None:
        """A cell without a finite number: dashed while it is not computed, hatched if it is no number."""
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
        font = self._theme.font(LABEL_SIZE)
        metrics = QFontMetricsF(font)
        room = layout.cell_width - self._theme.px(4)
        painter.setFont(font)
        painter.setPen(self._theme.palette.dim)
        for i, j, code in places:
            if UNKNOWN <= code < NON_FINITE:
                text = self._picture.placeholder(i, j)
                fits = text and metrics.horizontalAdvance(text) <= room
                painter.drawText(layout.rect(i, j), Qt.AlignmentFlag.AlignCenter, text if fits else "·")

    def _outlines(self, painter: QPainter, layout: MatrixLayout, rows: range, columns: range, marks: Marks) -> None:
        palette = self._theme.palette
        if marks.highlight is not None:
            symbols = self._picture.symbols
            for i, j in ((i, j) for i in rows for j in columns):
                if symbols(i, j) == marks.highlight and self._code_rows[i][j] != ABSENT:
                    self._outline(painter, layout, (i, j), palette.accent, 1.5)
        for cell in self._picture.current:
            if cell[0] in rows and cell[1] in columns:
                self._outline(painter, layout, cell, palette.accent, 2.5)
        if marks.selected is not None:
            if marks.focused:
                self._outline(painter, layout, marks.selected, palette.panel, 4)
            self._outline(painter, layout, marks.selected, palette.ink, 2 if marks.focused else 1)

    def _outline(
        self, painter: QPainter, layout: MatrixLayout, cell: tuple[int, int], colour: QColor, width: float
    ) -> None:
        radius = 0 if layout.dense else self._theme.px(3)
        inset = -width / 2 if layout.dense else 0.5
        painter.setPen(QPen(colour, width * max(self._theme.zoom, 1)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(layout.rect(*cell).adjusted(inset, inset, -inset, -inset), radius, radius)

    def _labels(
        self,
        painter: QPainter,
        layout: MatrixLayout,
        view: QRectF,
        rows: range,
        columns: range,
        marks: Marks,
    ) -> None:
        """Row labels left of the cells and column labels above them, whichever way the cells are scrolled."""
        picture, theme = self._picture, self._theme
        font = theme.font(LABEL_SIZE)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        lit = marks.hovered or (marks.selected if marks.focused else None) or (-1, -1)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        if picture.row_labels:
            stride = label_stride(layout.pitch_y, metrics.height())
            painter.setClipRect(QRectF(0, layout.top, layout.left, view.height()))
            for i in rows:
                if (i + 1) % stride == 0:
                    height = max(layout.cell_height, metrics.height())
                    centre = layout.top - view.top() + i * layout.pitch_y + layout.cell_height / 2
                    box = QRectF(0, centre - height / 2, layout.left - theme.px(6), height)
                    text = metrics.elidedText(picture.row_labels[i], Qt.TextElideMode.ElideRight, box.width())
                    painter.setPen(theme.palette.ink if i == lit[0] else theme.palette.dim)
                    painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, text)
        if picture.column_labels:
            widest = max(math.ceil(metrics.horizontalAdvance(name)) for name in picture.column_labels)
            needed = widest + theme.px(6) if layout.dense else 0
            stride = label_stride(layout.pitch_x, needed)
            painter.setClipRect(QRectF(layout.left, 0, view.width(), layout.top))
            for j in columns:
                if (j + 1) % stride == 0:
                    width = max(layout.cell_width, needed)
                    centre = layout.left - view.left() + j * layout.pitch_x + layout.cell_width / 2
                    box = QRectF(centre - width / 2, 0, width, layout.top - theme.px(2))
                    text = metrics.elidedText(picture.column_labels[j], Qt.TextElideMode.ElideRight, width)
                    painter.setPen(theme.palette.ink if j == lit[1] else theme.palette.dim)
                    painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | middle, text)
