"""A quiet dock: a dim title, two small buttons, and a card that holds the panel."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QWidget

from gui.theme import Theme
from gui.widgets.dock_title import DockTitle
from gui.widgets.still import Still


class Card(Still):
    """The rounded sheet that a panel lies on."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")


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
