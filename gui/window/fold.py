"""A stack of docks that is folded to its tabs, and unfolded by a click on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMainWindow, QTabBar

from gui.window.dock import Dock


class Fold(QObject):
    """Folds one stack of *docks* in *window*: a click on its front tab folds and unfolds it, another tab unfolds it.

    *unfolded*: what to do when the user has unfolded it, which has to get its room.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[str, Dock], unfolded: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._docks, self._unfolded = window, docks, unfolded
        self._names: tuple[str, ...] = ()
        self._is_folded = self._pressed_front = False

    @property
    def is_folded(self) -> bool:
        """Whether only the tabs are shown."""
        return self._is_folded

    def take(self, names: tuple[str, ...], *, folded: bool) -> None:
        """Be about the stack of *names* from now on, in place of the one before."""
        self.set_folded(False)
        self._names = names
        for bar in tab_bars(self._window):
            bar.installEventFilter(self)
        self.set_folded(folded)

    def set_folded(self, folded: bool) -> None:
        """Show only the tabs, or the docks again. One that floats or stands elsewhere is left alone."""
        self._is_folded = folded
        for name in self._names:
            dock = self._docks[name]
            dock.bound(0 if folded and self._window.tabifiedDockWidgets(dock) else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on a tab of the stack."""
        if isinstance(watched, QTabBar) and isinstance(event, QMouseEvent):
            tab = watched.tabAt(event.position().toPoint())
            if event.button() == Qt.MouseButton.LeftButton and self._is_ours(watched, tab):
                is_front = tab == watched.currentIndex()
                if event.type() == QEvent.Type.MouseButtonPress:
                    self._pressed_front = is_front
                    if not is_front and self._is_folded:
                        self._toggle()
                elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed_front and is_front:
                    self._pressed_front = False
                    self._toggle()
        return False

    def _is_ours(self, bar: QTabBar, tab: int) -> bool:
        titles = {self._docks[name].windowTitle() for name in self._names}
        return tab >= 0 and bar.tabText(tab) in titles

    def _toggle(self) -> None:
        self.set_folded(not self._is_folded)
        self._unfolded()


def tab_bars(window: QMainWindow) -> list[QTabBar]:
    """The tabs of all stacks of *window*: Qt makes new ones and destroys others as docks move, see `widgets_in`."""
    return [child for child in window.children() if isinstance(child, QTabBar)]
