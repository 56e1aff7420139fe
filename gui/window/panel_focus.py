"""Which panel the keyboard is in: one in sight; F6 goes round them, and the card of the one that has it is outlined."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from gui.window.dock import Card, Dock


class PanelFocus(QObject):
    """Follows the focus among *centre*, the card of the formula, and *docks*."""

    def __init__(self, window: QWidget, centre: Card, docks: Iterable[Dock]) -> None:
        super().__init__(window)
        self._window, self._centre, self._docks = window, centre, tuple(docks)
        self._marked: Card | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._mark)
        for dock in self._docks:
            dock.visibilityChanged.connect(lambda shown, dock=dock: None if shown else self._leave(dock))

    def panels(self) -> list[QWidget]:
        """The panels that are shown, the formula first: what F6 goes round."""
        shown = (dock.card for dock in self._docks if dock.isVisible() and not dock.visibleRegion().isEmpty())
        return [self._centre, *shown]

    def move(self, by: int) -> None:
        """Move the keyboard *by* panels on."""
        panels, focused = self.panels(), self._window.focusWidget()
        here = next((i for i, panel in enumerate(panels) if focused is not None and panel.isAncestorOf(focused)), -1)
        panel = panels[(here + by) % len(panels)]
        targets = [child for child in panel.findChildren(QWidget) if child.isVisible() and _takes_tab(child)]
        (targets[0] if targets else panel).setFocus(Qt.FocusReason.TabFocusReason)

    def _leave(self, dock: Dock) -> None:
        """A dock is out of sight: the keyboard does not stay behind in it, but goes to the formula."""
        focused = self._window.focusWidget()
        if focused is not None and dock.isAncestorOf(focused):
            targets = [child for child in self._centre.children() if isinstance(child, QWidget)]
            (targets[0] if targets else self._centre).setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, _before: QWidget | None, focused: QWidget | None) -> None:
        """Outline the card that has the keyboard."""
        cards = [self._centre, *(dock.card for dock in self._docks)]
        card = next((card for card in cards if focused is not None and card.isAncestorOf(focused)), None)
        if card is not self._marked:
            for changed, on in ((self._marked, False), (card, True)):
                if changed is not None:
                    changed.set_marked(on)
            self._marked = card


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()
