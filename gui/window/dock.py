"""A quiet dock: a dim title, two small buttons, and a card that holds the panel."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QWidget

from gui.look.theme import Theme
from gui.widgets.parts.dock_title import DockTitle
from gui.widgets.parts.still import UNBOUND, Still
from gui.window.screens import fitted

_APART, _LEAST = 24, QSize(360, 300)  # in pixels at zoom 1


class Card(Still):
    """The rounded sheet that a panel lies on, outlined while the keyboard is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")

    def set_marked(self, on: bool) -> None:
        """Outline it, with the title of its dock, or no longer."""
        dock = self.parentWidget()
        title = dock.titleBarWidget() if isinstance(dock, QDockWidget) else None
        for part in (self, title):
            if part is None:
                continue
            part.setProperty("marked", on)
            if part.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else it is to come: with the first formula
                part.style().polish(part)
                part.update()


class Dock(QDockWidget):
    """A panel's dock. It can be moved, floated, tabbed, closed and brought back."""

    def __init__(self, name: str, title: str, theme: Theme, parent: QWidget, *, upright: bool = False) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self._theme = theme
        self._has_stood_apart = False
        self.card = Card()
        self.card.setProperty("upright", upright)
        self.setWidget(self.card)
        self.setTitleBarWidget(DockTitle(self, theme, upright=upright))
        if upright:
            self.setFeatures(self.features() | QDockWidget.DockWidgetFeature.DockWidgetVerticalTitleBar)

    def bound(self, height: int | None) -> None:
        """Be at most *height* pixels high, None for no bound; a dock that floats has none."""
        self.setMaximumHeight(UNBOUND if height is None or self.isFloating() else height)

    def stand_apart(self) -> None:
        """Floating for the first time, lie beside the old place, large enough; later Qt knows where it was."""
        if self._has_stood_apart:
            return
        self._has_stood_apart = True
        px = self._theme.px
        least = QSize(px(_LEAST.width()), px(_LEAST.height()))
        place = self.geometry().topLeft() + QPoint(px(_APART), px(_APART))
        wished = QRect(place, self.size().expandedTo(self.sizeHint()).expandedTo(least))
        self.setGeometry(fitted(wished, self.screen().availableGeometry(), QMargins()))

    def focusNextPrevChild(self, onward: bool) -> bool:
        """In a window of its own, what had the keyboard and is hidden gives it to the whole."""
        if not self.isFloating():
            return super().focusNextPrevChild(onward)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Floating, it has a frame: with a title of our own Qt draws none."""
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(self._theme.palette.border)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
