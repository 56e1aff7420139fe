"""Draws the values panel: what is in sight of its cells, the labels beside them, the header, and the total."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QRegion

from gui.look.theme import Metrics, Theme, mix
from gui.panels.values.cells import Cells, Row, Shown
from gui.panels.values.layout import LABEL, NAME, ValuesLayout, is_name
from gui.widgets.matrix.paint import paint_mark
from gui.widgets.matrix.shades import ABSENT, NEUTRAL, UNKNOWN, edge, shade_image, shade_table

Cell = tuple[int, int]
Font = tuple[float, bool]
_TOTAL = "the total loss"
OUTLINE = 4  # how far an outline may stand out of its cell, in pixels at zoom 1
LABELS = -1  # the column of the labels, where the keyboard folds and unfolds


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands out for now: the lit symbol, the user's own cell, whether the keyboard is here."""

    highlight: str
    selected: Cell | None
    focused: bool


class ValuesPaint:
    """Paints cells in one layout under one theme."""

    def __init__(self, layout: ValuesLayout, theme: Theme) -> None:
        self._layout = layout
        self._theme = theme
        self._colours = shade_table(theme.palette, None)
        self._number, self._strong = (layout.number, False), (layout.number, True)
        self._strips: dict[str, tuple[Shown, QImage]] = {}
        self._asked = QRegion()

    def show(self, cells: Cells) -> None:
        """Paint *cells* from now on."""
        self._cells = cells
        self._written = cells.written
        framed = ("number", "strip")
        self._read = {cell for cell in cells.read if cells.rows[cell[0]].kind in framed}

    def paint(self, painter: QPainter, size: QSizeF, offset: QPointF, marks: Marks, asked: QRegion) -> None:
        """Paints what is *asked* of a viewport of *size*, scrolled by *offset*."""
        layout = self._layout
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = layout.seen(size)
        reach = OUTLINE * self._theme.zoom
        area = QRectF(asked.boundingRect()).adjusted(-reach, -reach, reach, reach)
        corner = offset - QPointF(layout.left, layout.top)
        self._asked = asked.translated(corner.toPoint())
        within = area.translated(corner) & QRectF(offset, seen)
        rows = layout.rows_within(within.top(), within.bottom())
        columns = layout.columns_within(within.left(), within.right())
        painter.save()
        painter.translate(layout.left - offset.x(), layout.top - offset.y())
        painter.setClipRect(QRectF(offset, seen).adjusted(-2, 0, 2, 0))
        self._contents(painter, rows, columns)
        self._outlines(painter, rows, columns, marks)
        painter.restore()
        painter.save()
        painter.setClipRect(QRectF(0, layout.top, layout.left, seen.height()))
        painter.translate(0, layout.top - offset.y())
        if area.left() < layout.left:
            for row in layout.rows_within(offset.y(), offset.y() + seen.height()):
                self._label(painter, row, layout.tops[row], marks)
        painter.restore()
        if offset.x() > 0:
            painter.setPen(QPen(self._theme.palette.line, 1))
            painter.drawLine(QPointF(layout.left - 2.5, 0), QPointF(layout.left - 2.5, layout.top + seen.height()))
        painter.save()
        painter.setClipRect(QRectF(layout.left, 0, seen.width(), layout.top))
        painter.translate(layout.left - offset.x(), 0)
        if area.top() < layout.top:
            self._header(painter, layout.columns_within(offset.x(), offset.x() + seen.width()))
        painter.restore()
        if area.bottom() > layout.top + seen.height():
            painter.save()
            painter.translate(0, layout.top + seen.height())
            self._total(painter, size.width(), marks)
            painter.restore()

    def _contents(self, painter: QPainter, rows: range, columns: range) -> None:
        """Grounds first, then the numbers on them, so that the painter seldom changes its pen."""
        cells, layout = self._cells, self._layout
        numbers: list[tuple[int, int, QRectF]] = []
        unknown: list[tuple[QRectF, str, bool]] = []
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self._theme.px(3)
        for i in rows:
            row = cells.rows[i]
            codes = cells.shown[row.name].codes if row.kind == "number" else None
            for j in columns:
                code = int(codes[j, row.entry]) if codes is not None else 0
                if code == ABSENT:
                    continue
                rect = layout.rect(i, j)
                if not self._asked.intersects(rect.adjusted(-1, -1, 1, 1).toAlignedRect()):
                    continue
                if not cells.is_known(i, j):
                    unknown.append((rect, cells.placeholder(i, j), row.kind in ("number", "strip")))
                elif codes is not None:
                    shade = code if code < UNKNOWN else NEUTRAL
                    painter.setPen(edge(self._theme.palette, None, shade))
                    painter.setBrush(self._colours[shade])
                    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
                    numbers.append((i, j, rect))
                elif row.kind == "strip":
                    self._strip(painter, rect, row.name, j)
                elif row.kind == "letters":
                    self._centred(painter, rect, cells.text(i, j), self._number, self._theme.palette.ink)
                else:
                    self._prediction(painter, rect, cells.text(i, j), cells.wanted(j))
                painter.setPen(Qt.PenStyle.NoPen)
        self._unknown(painter, unknown)
        for i, j, rect in numbers:
            if (j, cells.rows[i].entry) in cells.shown[cells.rows[i].name].picture.marked:
                paint_mark(painter, rect, self._theme.palette.accent, self._theme.px(8))
        self._numbers(painter, [place for place in numbers if place[:2] not in self._written], self._number)
        self._numbers(painter, [place for place in numbers if place[:2] in self._written], self._strong)

    def _numbers(self, painter: QPainter, places: list[tuple[int, int, QRectF]], font: Font) -> None:
        """Numbers aligned right, so that their points stand under each other."""
        metrics = self._metrics(font)
        painter.setPen(self._theme.palette.ink)
        for i, j, rect in places:
            box = metrics.level(rect.adjusted(0, 0, -self._layout.padding, 0))
            metrics.write(painter, box, self._cells.text(i, j), 1)

    def _prediction(self, painter: QPainter, rect: QRectF, predicted: str, wanted: str) -> None:
        half = rect.height() / 2
        palette = self._theme.palette
        self._centred(painter, rect.adjusted(0, 0, 0, -half), predicted, self._strong, palette.ink)
        self._centred(painter, rect.adjusted(0, half, 0, 0), wanted, (LABEL, False), palette.dim)

    def _centred(self, painter: QPainter, rect: QRectF, text: str, font: Font, colour: QColor) -> None:
        painter.setPen(colour)
        metrics = self._metrics(font)
        metrics.write(painter, metrics.level(rect), metrics.elided(text, rect.width()), 0.5)

    def _metrics(self, font: Font) -> Metrics:
        return self._theme.metrics(font[0], bold=font[1])

    def _strip(self, painter: QPainter, rect: QRectF, name: str, column: int) -> None:
        """All entries of a vector as one row of shades."""
        shown = self._cells.shown[name]
        if name not in self._strips or self._strips[name][0] is not shown:
            self._strips[name] = shown, shade_image(shown.codes, self._colours)
        count = shown.picture.columns
        inside = rect.adjusted(0, rect.height() / 4, 0, -rect.height() / 4)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(inside, self._strips[name][1], QRectF(0, column, count, 1))
        painter.setPen(QPen(self._theme.palette.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inside)

    def _unknown(self, painter: QPainter, places: list[tuple[QRectF, str, bool]]) -> None:
        """Dashed frames, and in the first of a row where its number will appear."""
        palette, radius = self._theme.palette, self._theme.px(3)
        pen = QPen(mix(palette.line, palette.border, 0.35), 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for rect, _, framed in places:
            if framed:
                painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        for rect, words, _ in places:
            self._centred(painter, rect, words, (LABEL, False), palette.dim)

    def _outlines(self, painter: QPainter, rows: range, columns: range, marks: Marks) -> None:
        lit = self._cells.cells_of([marks.highlight] if marks.highlight else [])
        accent = self._theme.palette.accent
        for places, width in ((self._read - lit - self._written, 1), (lit - self._written, 1.5), (self._written, 2.5)):
            for i, j in places:
                if i in rows and j in columns:
                    self._outline(painter, self._layout.rect(i, j), accent, width)
        if marks.selected is not None and marks.selected[1] != LABELS and marks.selected[0] < self._layout.rows:
            self._selection(painter, self._layout.rect(*marks.selected), marks)

    def _selection(self, painter: QPainter, rect: QRectF, marks: Marks) -> None:
        if marks.focused:
            self._outline(painter, rect, self._theme.palette.panel, 4)
        self._outline(painter, rect, self._theme.palette.ink, 2 if marks.focused else 1)

    def _outline(self, painter: QPainter, rect: QRectF, colour: QColor, width: float) -> None:
        radius = self._theme.px(3)
        painter.setPen(QPen(colour, width * max(self._theme.zoom, 1)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _label(self, painter: QPainter, index: int, top: float, marks: Marks) -> None:
        row, theme, layout = self._cells.rows[index], self._theme, self._layout
        height = layout.tops[index + 1] - layout.tops[index] - layout.gap
        left, small = theme.px(20), theme.metrics(LABEL)
        box = QRectF(left, top, layout.left - left - theme.px(8), height)
        if row.folds:
            self._arrow(painter, QPointF(theme.px(10), top + height / 2), unfolded=row.kind != "strip")
        half = height / 2 if row.kind == "predicted" else 0.0
        self._named(painter, row, box.adjusted(0, 0, 0, -half))
        painter.setPen(theme.palette.dim)
        if half:
            small.write(painter, box.adjusted(0, half, 0, 0), "wanted")
        small.write(painter, box, row.entry_label, 1)
        if marks.selected == (index, LABELS):
            self._selection(painter, QRectF(1, top, layout.left - theme.px(4), height), marks)

    def _named(self, painter: QPainter, row: Row, box: QRectF) -> None:
        theme = self._theme
        painter.setPen(theme.palette.families[row.family] if is_name(row) else theme.palette.dim)
        theme.metrics(NAME if is_name(row) else LABEL).write(painter, box, row.label)

    def _arrow(self, painter: QPainter, centre: QPointF, *, unfolded: bool) -> None:
        size = 3.5 * self._theme.zoom
        corners = ((-1, -0.5), (0, 0.5), (1, -0.5)) if unfolded else ((-0.5, -1), (0.5, 0), (-0.5, 1))
        painter.setPen(QPen(self._theme.palette.dim, 1.5 * self._theme.zoom))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([centre + QPointF(x, y) * size for x, y in corners]))

    def _header(self, painter: QPainter, columns: range) -> None:
        layout, theme = self._layout, self._theme
        for j in columns:
            here = j + 1 == self._cells.table.t
            painter.setPen(theme.palette.accent if here else theme.palette.dim)
            box = QRectF(j * layout.pitch, theme.px(3), layout.cell_width, layout.top - theme.px(4))
            self._metrics((LABEL, here)).write(painter, box, f"{'▶ ' if here else ''}t = {j + 1}", 0.5)

    def _total(self, painter: QPainter, width: float, marks: Marks) -> None:
        """The total loss, under a line, in sight however the rows are scrolled."""
        cells, layout, theme = self._cells, self._layout, self._theme
        row = len(cells.rows) - 1
        painter.setPen(QPen(theme.palette.line, 1))
        painter.drawLine(QPointF(0, 0.5), QPointF(width, 0.5))
        box = total_rect(layout, theme)
        self._named(painter, cells.rows[row], QRectF(theme.px(20), box.top(), layout.left, box.height()))
        if cells.is_known(row, 0):
            self._numbers(painter, [(row, 0, box)], self._strong)
        else:
            self._unknown(painter, [(box, cells.placeholder(row, 0), True)])
        painter.setPen(theme.palette.dim)
        beside = QRectF(box.right() + theme.px(8), box.top(), width - box.right() - theme.px(8), box.height())
        if theme.metrics(LABEL).width(_TOTAL) <= beside.width():
            theme.metrics(LABEL).write(painter, beside, _TOTAL)
        if (row, 0) in self._written:
            self._outline(painter, box, theme.palette.accent, 2.5)
        elif marks.highlight == "L":
            self._outline(painter, box, theme.palette.accent, 1.5)
        if marks.selected is not None and marks.selected[0] == row:
            self._selection(painter, box, marks)


def total_rect(layout: ValuesLayout, theme: Theme) -> QRectF:
    """The cell of the total loss, from the corner of the foot."""
    return QRectF(layout.left, theme.px(6), layout.cell_width, layout.foot - theme.px(12))
