"""Where the keyboard is: Tab goes through what is in sight, F6 round the panels; what vanishes gives it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QWidget
from shiboken6 import isValid

from gui.window.dock import Card, Dock
from gui.window.reading_order import Area, reading_order


class PanelFocus(QObject):
    """Follows the focus among *centre*, the card of the formula, and *docks*, and outlines the card that has it."""

    def __init__(self, window: QMainWindow, centre: Card, docks: Iterable[Dock]) -> None:
        super().__init__(window)
        self._window, self._centre, self._docks = window, centre, tuple(docks)
        self._home: QWidget = centre
        self._marked: Card | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)
        for dock in self._docks:
            dock.visibilityChanged.connect(lambda shown, dock=dock: self._leave(dock, shown=shown))
            dock.topLevelChanged.connect(lambda _floats, dock=dock: self._share_home(dock))

    def set_home(self, widget: QWidget) -> None:
        """Let *widget*, the formula, have the keyboard wherever nothing else should: also after a click on a button."""
        self._home = widget
        self._window.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._window.setFocusProxy(widget)
        for dock in self._docks:
            dock.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._share_home(dock)

    def go_home(self) -> None:
        """Give the keyboard to the formula."""
        self._home.setFocus(Qt.FocusReason.OtherFocusReason)

    def panels(self) -> list[QWidget]:
        """The panels that are shown, the formula first: what F6 goes round."""
        return [self._centre, *(dock.card for dock in self._docks if _is_in_sight(dock))]

    def move(self, by: int) -> None:
        """Move the keyboard *by* panels on."""
        panels, focused = self.panels(), self._window.focusWidget()
        here = next((i for i, panel in enumerate(panels) if focused is not None and panel.isAncestorOf(focused)), -1)
        panel = panels[(here + by) % len(panels)]
        targets = [child for child in widgets_in(panel) if _takes_tab(child)]
        (targets[0] if targets else panel).setFocus(Qt.FocusReason.TabFocusReason)

    def tab(self, window: QWidget, by: int) -> None:
        """Move the keyboard *by* stops of *window* on, in reading order: 1 for Tab, −1 for Shift+Tab."""
        stops = self.stops(window)
        if not stops:
            return
        focused = window.focusWidget()
        here = stops.index(focused) if focused in stops else (-1 if by > 0 else 0)
        stop = stops[(here + by) % len(stops)]
        stop.setFocus(Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason)
        above = stop.parentWidget()
        while above is not None and above is not window:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(stop)
            above = above.parentWidget()

    def stops(self, window: QWidget) -> list[QWidget]:
        """What Tab visits in *window*: part by part (bars, docks, the formula), each in reading order."""
        return _in_order([w for w in widgets_in(window) if w.window() is window and _takes_tab(w)], window)

    # -- inside ---------------------------------------------------------------------------------------------

    def _share_home(self, dock: Dock) -> None:
        """A click on what takes no keys gives the keyboard home; in a window of its own, to that window."""
        # None takes the proxy away, which PySide's types do not know.
        dock.setFocusProxy(None if dock.isFloating() else self._home)  # type: ignore[arg-type]

    def _leave(self, dock: Dock, *, shown: bool) -> None:
        """What was closed, or goes behind another tab, keeps no keyboard."""
        focused = self._window.focusWidget() if isValid(self._window) else None  # docks go after their window
        if not shown and focused is not None and dock.isAncestorOf(focused):
            self.go_home()

    def _follow(self, _before: QWidget | None, focused: QWidget | None) -> None:
        """Outline the card that has the keyboard."""
        cards = [self._centre, *(dock.card for dock in self._docks)]
        card = next((card for card in cards if focused is not None and card.isAncestorOf(focused)), None)
        if card is not self._marked:
            for changed, on in ((self._marked, False), (card, True)):
                if changed is not None:
                    changed.set_marked(on)
            self._marked = card


def widgets_in(widget: QWidget) -> Iterator[QWidget]:
    """All that stands in *widget*, from the top down.

    What `findChildren` finds, Python holds as long as *widget* lives, even when it is gone itself.
    """
    for child in widget.children():
        if isinstance(child, QWidget):
            yield child
            yield from widgets_in(child)


def _is_in_sight(widget: QWidget) -> bool:
    """Whether any of it can be seen; behind another tab Qt calls it visible, and puts it outside of the window."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def _takes_tab(widget: QWidget) -> bool:
    """Whether Tab stops there: it is in sight, or scrolling in what is in sight brings it there."""
    if not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()):
        return False
    if widget.focusProxy() is not None:
        return False
    if _is_in_sight(widget):
        return True
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above is not None and _is_in_sight(above)


def _in_order(stops: list[QWidget], whole: QWidget) -> list[QWidget]:
    """*stops* within *whole* in reading order; what stands in one part of it, or scrolls together, stays together."""
    parts: dict[QWidget, list[QWidget]] = {}
    for stop in stops:
        parts.setdefault(_part(stop, whole), []).append(stop)
    areas: list[Area] = []
    for part in parts:
        place = part.mapTo(whole, QPoint())
        areas.append((place.x(), place.y(), part.width(), part.height()))
    order = [list(parts)[index] for index in reading_order(areas)]
    return [stop for part in order for stop in ([part] if parts[part] == [part] else _in_order(parts[part], part))]


def _part(stop: QWidget, whole: QWidget) -> QWidget:
    """The largest part of *whole* that holds *stop*: a bar, a dock, what scrolls, or the stop itself."""
    part, above = stop, stop.parentWidget()
    while above is not None and above is not whole:
        if isinstance(above, QScrollArea) or above.parentWidget() is whole.window():
            part = above
        above = above.parentWidget()
    return part
