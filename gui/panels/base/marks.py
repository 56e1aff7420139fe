"""The marks of lines in trees: ✓ done, ▶ current, ○ to come, and the ground of the current line.

They are drawn rather than written, since not every font has them.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen

from gui.look.theme import Palette, Theme


class State(IntEnum):
    """Where a line stands: all its steps are done, the cursor is on it or below it, or all are to come."""

    DONE = 0
    HERE = 1
    TO_COME = 2


_HERE, _DONE = ((-3.5, -4.5), (4.5, 0), (-3.5, 4.5)), ((-3.5, 0.5), (-1, 3), (4, -3.5))


def paint_mark(painter: QPainter, centre: QPointF, state: State, theme: Theme) -> None:
    """Draw the mark of *state* around *centre*."""
    pen, brush, outline = _mark(state, theme.palette, theme.zoom)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(brush)
    painter.drawPath(outline.translated(centre))
    painter.restore()


@lru_cache(maxsize=12)
def _mark(state: State, palette: Palette, zoom: float) -> tuple[QPen, QBrush, QPainterPath]:
    """What draws a mark around the origin: made once, since each line of a tree has one."""
    outline = QPainterPath()
    if state is State.TO_COME:
        outline.addEllipse(QPointF(), 3.5 * zoom, 3.5 * zoom)
    else:
        outline.addPolygon([QPointF(zoom * x, zoom * y) for x, y in (_HERE if state is State.HERE else _DONE)])
    if state is State.HERE:
        return QPen(Qt.PenStyle.NoPen), QBrush(palette.accent), outline
    pen = QPen(palette.dim, 1.3 * zoom, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    return pen, QBrush(Qt.BrushStyle.NoBrush), outline


def paint_stop(painter: QPainter, centre: QPointF, stop: str, theme: Theme) -> None:
    """Draw a stop that is ``on``, ``off``, or ``inside`` what stands there; nothing without one."""
    if not stop:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.palette.ink, theme.px(13) / 10))
    painter.setBrush(theme.palette.ink if stop == "on" else Qt.BrushStyle.NoBrush)
    radius = theme.px(45 if stop != "inside" else 25) / 10
    painter.drawEllipse(centre, radius, radius)
    painter.restore()


def paint_current_ground(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """Draw the highlight of a current line, with its bar at the left."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.palette.highlight)
    painter.drawRoundedRect(area, theme.px(4), theme.px(4))
    painter.setBrush(theme.palette.accent)
    painter.drawRoundedRect(QRectF(area.left(), area.top(), theme.px(3), area.height()), 1.5, 1.5)
    painter.restore()
