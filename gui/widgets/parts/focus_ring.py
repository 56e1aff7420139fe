"""The ring round a widget that has the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui.look.theme import Theme


def paint_focus_ring(painter: QPainter, area: QRect, theme: Theme, width: int = 2, radius: float = 4) -> None:
    """Paint a ring of that *width* just inside of *area*; pen, brush and antialiasing stay set."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.palette.accent, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2
    painter.drawRoundedRect(QRectF(area).adjusted(inset, inset, -inset, -inset), radius, radius)
