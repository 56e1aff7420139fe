"""Areas that scroll what does not fit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_MOST_NESTED = 8  # sizes of the content that cause each other


class Scroll(QScrollArea):
    """A frameless area that scrolls what does not fit.

    A content that asks for more once it has less, and for less once it has more, has either.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._nested = 0
        # Of our own: to hand out Qt's, Python makes all kinds of widgets to find out which of them it is.
        self.setViewport(QWidget())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        # Its lines stay where they are when it becomes longer: only what is new of its ground is painted.
        content.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.setWidget(content)  # which is opaque by that: nothing around it is painted again with it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content has another size, and may be given yet another at once, over which Qt would run out of stack."""
        if event.type() != QEvent.Type.Resize:
            return super().eventFilter(watched, event)
        if self._nested == _MOST_NESTED:
            return False
        self._nested += 1
        try:
            return super().eventFilter(watched, event)
        finally:
            self._nested -= 1


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
