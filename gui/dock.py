"""A quiet dock: a dim title, two small buttons, and a card that holds the panel."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QFrame, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.dock_title import DockTitle


class Card(QFrame):
    """The rounded sheet that a panel lies on."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def set_content(self, content: QWidget) -> None:
        """Put *content* on the card, in place of what was there."""
        while (item := self._layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        self._layout.addWidget(content)
        content.show()


class Dock(QDockWidget):
    """A panel's dock. It can be moved, floated, tabbed, closed and brought back."""

    def __init__(self, name: str, title: str, theme: Theme, parent: QWidget, *, upright: bool = False) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.card = Card()
        self.setWidget(self.card)
        self.setTitleBarWidget(DockTitle(self, theme, upright=upright))
        if upright:
            self.setFeatures(self.features() | QDockWidget.DockWidgetFeature.DockWidgetVerticalTitleBar)
            self.card.setProperty("upright", True)
