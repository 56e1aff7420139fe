"""What all panels have in common: they render a view, and emit what the user wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from core.network.network import Network
from core.network.number import Number
from gui.debugger.view import View
from gui.look.theme import Theme


class Panel(QWidget):
    """A dock's content. It holds no model and calls no other panel; one out of sight renders when it is shown.

    Signals:
        jump_requested(Address): go to that step of the current epoch.
        position_requested(int, int): go to that position of the current epoch, where the hand drags that began at the
        other one.
        epoch_requested(int): go to that epoch.
        symbol_hovered(str): the mouse is on that symbol, "" when it leaves.
        symbol_clicked(str, bool): go to the step that made that symbol, or watch it.
        entry_followed(int, int): follow that 0-based entry of the gradient.
        cursor_requested(Cursor): go to that step, in whichever epoch.
        menu_opened(QMenu, Number): what can be done with that number is to be put into the menu.

    Attributes:
        stands_at_cursor: whether it hides a hidden result itself; the others see the step before instead.
        follows_hand: whether it keeps up with a hand that scrubs in a long text; the others wait until it rests.
    """

    stands_at_cursor: ClassVar[bool] = False
    follows_hand: ClassVar[bool] = False

    jump_requested = Signal(object)
    position_requested = Signal(object, object)  # a position may exceed 32 bits
    epoch_requested = Signal(int)
    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)
    entry_followed = Signal(int, int)
    cursor_requested = Signal(object)
    menu_opened = Signal(QMenu, object)
    _came = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        # Opaque, as the card below it looks: what is painted in it has nothing around it painted again.
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._waiting: View | None = None
        # Docks that are arranged come into sight and go again: once that is done. A frame that was asked for before
        # may be painted first, but not with what is no longer so.
        self._came.connect(self.catch_up, Qt.ConnectionType.QueuedConnection)

    def show_view(self, view: View) -> None:
        """Render *view* now, or when the panel is next in sight."""
        self.keep(view)
        self.catch_up()

    def keep(self, view: View) -> None:
        """Render *view* once the panel may catch up."""
        self._waiting = view

    def catch_up(self) -> None:
        """Render what is kept, if the panel is in sight."""
        self.setUpdatesEnabled(True)
        if self._is_in_sight():
            self._render_waiting()

    def render_view(self, view: View) -> None:
        """Show *view*. Emits nothing and changes only what differs."""
        raise NotImplementedError

    def let_go(self) -> None:
        """Another network is open: keep nothing of the one before, also in parts that are not shown again soon."""

    def applies(self, _network: Network) -> bool:
        """Whether it has anything to show of a network; where not, it says so and stands behind others."""
        return True

    @property
    def looks(self) -> Mapping[str, str]:
        """How this panel is looked at, by the names of `core.lessons.lesson.LOOKS`: what a lesson keeps of it."""
        return {}

    def look(self, looks: Mapping[str, str]) -> None:
        """Look at it as *looks* say, as far as they name what it offers; nothing is told."""

    def offer(self, menu: QMenu, number: Number) -> None:
        """Have put into *menu* what can be done with *number*, which stands somewhere in the panel."""
        self.menu_opened.emit(menu, number)

    def set_highlight(self, symbol: str) -> None:
        """Light up *symbol* wherever this panel shows it, "" for none."""

    def come_into_sight(self, shown: bool) -> None:
        """Where the dock is *shown* again, render what came in while the panel was out of sight."""
        if shown:
            self._come()

    def showEvent(self, event: QShowEvent) -> None:
        """Render what came in while the panel was out of sight."""
        super().showEvent(event)
        self._come()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Folded away, the panel had no height."""
        super().resizeEvent(event)
        self._come()

    def _come(self) -> None:
        if self._waiting is not None:
            self.setUpdatesEnabled(False)
            self._came.emit()

    def _is_in_sight(self) -> bool:
        """Qt calls panels behind another tab visible too, and keeps them outside of the window."""
        if not self.isVisible():
            return False
        window = self.window()
        return QRect(self.mapTo(window, QPoint()), self.size()).intersects(window.rect())

    def _render_waiting(self) -> None:
        if self._waiting is not None:
            view, self._waiting = self._waiting, None
            self.render_view(view)
