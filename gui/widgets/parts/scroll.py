"""Areas that scroll what does not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scroll(QScrollArea):
    """A frameless area that scrolls what does not fit."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        # Of our own: to hand out Qt's, Python makes all kinds of widgets to find out which of them it is.
        self.setViewport(QWidget())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        # Its lines stay where they are when it becomes longer: only what is new of its ground is painted.
        content.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.setWidget(content)  # which is opaque by that: nothing around it is painted again with it


class SteadyScroll(Scroll):
    """One that scrolls upright only, and keeps room for its bar, which is unseen where all fits.

    So the width of the content does not depend on its height; it would be laid out twice, and flicker.

    Signals:
        resized(): there is more room for the content, or less.
    """

    resized = Signal()

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.verticalScrollBar()
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(low < high))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell those who fit the content to the room."""
        super().resizeEvent(event)
        self.resized.emit()
