"""Draws what stands around the cells of a triangle: axes, the marks on cells, the legend in numbers."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPen

from gui.look.theme import Theme
from gui.widgets.bars.axis import ROW
from gui.widgets.bars.paint import TEXT
from gui.widgets.triangle.image import shades
from gui.widgets.triangle.picture import DECADES, Cell, TrianglePicture
from gui.widgets.triangle.scale import TriangleScale

_CENTRED = Qt.AlignmentFlag.AlignCenter
_LEAST_MARK = 9  # a mark on a cell is at least so large
_RAMP = 84
_UNKNOWN = "not known yet"


def left_margin(T: int, theme: Theme) -> float:
    """The room that the numbers of t need, with the mark of the current one."""
    return QFontMetricsF(theme.font(TEXT, bold=True)).horizontalAdvance(f"▶ {T:,}") + theme.px(6)


def paint_ground(painter: QPainter, scale: TriangleScale, theme: Theme) -> None:
    """Paints the outline of all cells that there are, known or not."""
    palette, area = theme.palette, scale.area
    painter.setPen(QPen(palette.line, 1))
    first, last = scale.rect((1, 1)).topLeft(), scale.rect((scale.T, scale.T)).bottomRight()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area.adjusted(-1, -1, 1, 1))
    painter.drawLines(
        [
            QLineF(first, last),
            QLineF(first.x() - 0.5, first.y(), first.x() - 0.5, last.y()),
            QLineF(first.x(), last.y() + 0.5, last.x(), last.y() + 0.5),
        ]
    )
    painter.restore()


def paint_axes(painter: QPainter, picture: TrianglePicture, scale: TriangleScale, theme: Theme) -> None:
    """Paints the numbers of t on the left and of k below, with those of the current cell lit."""
    palette, area, px, row = theme.palette, scale.area, theme.px, theme.px(ROW)
    metrics = QFontMetricsF(theme.font(TEXT))
    widest = metrics.horizontalAdvance(f"{scale.T:,}") + px(14)
    across, down = QFontMetricsF(theme.font(TEXT, bold=True)), metrics.height()
    rows, columns = scale.ticks((widest, px(26)))
    left, gap = area.left() - px(6), px(4)
    taken_row, taken_column = QRectF(), QRectF()
    painter.setFont(theme.font(TEXT, bold=True))
    painter.setPen(palette.accent)
    if picture.current is not None:
        t, k = picture.current
        middle = scale.rect(picture.current).center()
        if area.top() <= middle.y() <= area.bottom():
            text = f"▶ {t:,}"
            width = across.horizontalAdvance(text)
            taken_row = QRectF(left - width - 1, middle.y() - row / 2, width + 2, row)
            painter.drawText(taken_row, _CENTRED, text)
        if area.left() <= middle.x() <= area.right():
            width = across.horizontalAdvance(f"{k:,}")
            taken_column = QRectF(middle.x() - width / 2 - 1, area.bottom() + 1, width + 2, row)
            taken_column.moveRight(min(taken_column.right(), area.right()))
            painter.drawText(taken_column, _CENTRED, f"{k:,}")
    painter.setFont(theme.font(TEXT))
    painter.setPen(palette.dim)
    for t in rows:
        y = scale.rect((t, 1)).center().y()
        width = metrics.horizontalAdvance(f"{t:,}")
        box = QRectF(left - width - 1, y - down / 2, width + 2, down)
        if area.top() <= y <= area.bottom() and not box.adjusted(0, -gap, 0, gap).intersects(taken_row):
            painter.drawText(box, _CENTRED, f"{t:,}")
    for k in columns:
        x = scale.rect((1, k)).center().x()
        width = metrics.horizontalAdvance(f"{k:,}")
        box = QRectF(x - width / 2 - 1, area.bottom() + 1, width + 2, row)
        fits = area.left() <= x and box.right() <= area.right() + px(8)
        if fits and not box.adjusted(-gap, 0, gap, 0).intersects(taken_column):
            painter.drawText(box, _CENTRED, f"{k:,}")
    for name, top in (("t", 0.0), ("k", area.bottom() + 1)):
        corner = QRectF(0, top, left, row)
        painter.drawText(corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)


def paint_mark(painter: QPainter, scale: TriangleScale, cell: Cell, colour: QColor, theme: Theme) -> None:
    """Outlines *cell*, large enough to be seen, on a rim of the ground's colour that keeps it apart from any shade."""
    box, least = scale.rect(cell), theme.px(_LEAST_MARK)
    wider, higher = max(least - box.width(), 0) / 2, max(least - box.height(), 0) / 2
    box = box.adjusted(-wider, -higher, wider, higher)
    if not box.intersects(scale.area):
        return
    painter.save()
    painter.setClipRect(scale.area.adjusted(-least, -least, least, least))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(theme.palette.panel, theme.px(4)), QPen(colour, theme.px(2))):
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(box)
    painter.restore()


def paint_guides(painter: QPainter, scale: TriangleScale, cell: Cell, theme: Theme) -> None:
    """Leads from both axes to *cell*."""
    middle, area = scale.rect(cell).center(), scale.area
    if not area.contains(middle):
        return
    painter.setPen(QPen(theme.palette.accent, 1, Qt.PenStyle.DotLine))
    painter.drawLine(QLineF(area.left(), middle.y(), middle.x(), middle.y()))
    painter.drawLine(QLineF(middle.x(), middle.y(), middle.x(), area.bottom()))


def legend_texts(picture: TrianglePicture) -> tuple[str, str]:
    """What the palest and the darkest shade stand for."""
    return f"≤ {picture.form(picture.largest / 10**DECADES)}", picture.form(picture.largest)


def paint_legend(painter: QPainter, picture: TrianglePicture, area: QRectF, theme: Theme) -> None:
    """Paints over *area* the shades with their sizes, and what a blank means where there is room for it."""
    px, palette, row = theme.px, theme.palette, theme.px(ROW)
    font = theme.font(TEXT)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    x, width = area.left(), area.right()

    def write(text: str) -> None:
        nonlocal x
        wide = metrics.horizontalAdvance(text)
        painter.setPen(palette.dim)
        painter.drawText(QRectF(x, 0, wide + 2, row), Qt.AlignmentFlag.AlignVCenter, text)
        x += wide + px(6)

    if picture.largest > 0:
        low, high = legend_texts(picture)
        write(low)
        room = width - x - metrics.horizontalAdvance(high) - px(8)
        ramp = QRectF(x, round(row / 2 - px(11) / 2), max(min(px(_RAMP), room), px(12)), px(11))
        gradient = QLinearGradient(ramp.topLeft(), ramp.topRight())
        colours = shades(palette, picture.hue)[1:]
        for n in range(0, len(colours), 8):
            gradient.setColorAt(n / (len(colours) - 1), colours[n])
        painter.fillRect(ramp, gradient)
        painter.setPen(QPen(palette.panel, 1))
        for decade in range(1, DECADES):
            at = round(ramp.left() + ramp.width() * decade / DECADES) + 0.5
            painter.drawLine(QPointF(at, ramp.bottom() - px(3)), QPointF(at, ramp.bottom()))
        x = ramp.right() + px(6)
        write(high)
        x += px(10)
    if (picture.rows < picture.T) and x + px(20) + metrics.horizontalAdvance(_UNKNOWN) <= width:
        box = QRectF(x, round(row / 2 - px(11) / 2), px(14), px(11))
        painter.setPen(QPen(palette.border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        x = box.right() + px(5)
        write(_UNKNOWN)
