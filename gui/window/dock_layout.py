"""Where the docks of the window stand: arranged for its size and zoom, until the user arranges them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMainWindow, QTabWidget

from gui.look.theme import Theme
from gui.window.dock import Dock

# From which size, in pixels at zoom 1, docks are arranged how; "tight" is for all below.
_ARRANGEMENTS = (("roomy", 1360, 860), ("compact", 1100, 640))
_FRONT = ("contributions", "values", "parameters")  # the tabs that are in front at first, the foremost last
_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
_UPRIGHT, _LEVEL = Qt.Orientation.Vertical, Qt.Orientation.Horizontal


@dataclass(frozen=True, slots=True)
class DockSpec:
    """A dock of the window: its id, its title, and where it stands where there is room for all."""

    id: str
    title: str
    area: Qt.DockWidgetArea


DOCKS = (
    DockSpec("program", "Program", _LEFT),
    DockSpec("parameters", "Parameters", _RIGHT),
    DockSpec("values", "Values", _RIGHT),
    DockSpec("attention", "Attention", _RIGHT),
    DockSpec("contributions", "Contributions", _BOTTOM),
    DockSpec("loss", "Loss", _BOTTOM),
    DockSpec("sheet", "Sheet", _BOTTOM),
    DockSpec("rules", "Rules", _BOTTOM),
    DockSpec("timeline", "Timeline", _BOTTOM),
)


class DockLayout(QObject):
    """Makes the docks of *window* and arranges them, anew whenever its size or zoom call for another arrangement.

    Attributes:
        docks: every dock by its id.
    """

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._arrangement, self._arranged_zoom = "", theme.zoom
        self._arranging = self._is_users = False
        self._hidden: set[str] = set()
        # Only once all panels have their new sizes, so that the least sizes of before hold nothing up.
        self._refit = QTimer(self, singleShot=True, interval=0)
        self._refit.timeout.connect(self._arrange_again)
        window.setDockNestingEnabled(True)
        window.setAnimated(False)  # panels would be laid out at one passing size after the other
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, _LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        upright = "timeline"
        self.docks = {spec.id: Dock(spec.id, spec.title, theme, window, upright=spec.id == upright) for spec in DOCKS}
        for dock in self.docks.values():
            dock.dockLocationChanged.connect(self._take_over)
            dock.topLevelChanged.connect(self._take_over)
            dock.topLevelChanged.connect(lambda _floating, dock=dock: self._float(dock))

    def reset(self) -> None:
        """Put every dock where it belongs for the window's size and zoom, whatever the user did."""
        self._arranging = True
        self._arrangement = arrangement = self._fitting_arrangement()
        for spec in DOCKS:
            dock = self.docks[spec.id]
            self._window.removeDockWidget(dock)
            tight = arrangement == "tight" and spec.id != "timeline"
            self._window.addDockWidget(_RIGHT if tight else spec.area, dock)
            dock.setFloating(False)  # only once it has a place again
            dock.show()
        {"roomy": self._stack, "compact": self._tab, "tight": self._tab_all}[arrangement]()
        self.share_room()
        for front in _FRONT:
            self.docks[front].raise_()
        self._hidden = self._hidden_docks()
        self._arranging = self._is_users = False

    def share_room(self) -> None:
        """Give every dock the size that it has in the arrangement in force."""
        if self._arrangement == "roomy":
            self._share(_LEVEL, program=230, parameters=388)
            self._share(_UPRIGHT, contributions=238, timeline=64)
            self._share(_UPRIGHT, parameters=400, values=380)
        elif self._arrangement == "compact":
            self._share(_LEVEL, program=212, parameters=340)
            self._share(_UPRIGHT, parameters=280, contributions=320)
            self._share(_UPRIGHT, timeline=64)
        else:
            self._share(_LEVEL, parameters=270)

    def fit(self) -> None:
        """The window has another size, or its text another zoom, which may call for another arrangement."""
        if self._fitting_arrangement() != self._arrangement or self._arranged_zoom != self._theme.zoom:
            self._arranged_zoom = self._theme.zoom
            self._refit.start()

    def hand_over(self) -> None:
        """The layout is the user's from now on."""
        self._is_users = True

    def state(self) -> str:
        """The user's layout of docks, for local settings only; empty while he has not changed ours."""
        from gui.window import layout_state

        return layout_state.taken(self._window, self.docks) if self._has_users_layout() else ""

    def restore(self, state: str) -> bool:
        """Put the docks as they were when *state* was taken; whether that was possible. It is the user's from then."""
        from gui.window import layout_state

        layout = layout_state.read(state, tuple(self.docks))
        if layout is None:
            return False
        self._arranging = True
        layout_state.build(self._window, self.docks, layout)
        self._arranging = False
        self._is_users = True
        return True

    def _fitting_arrangement(self) -> str:
        width, height = self._window.width() / self._theme.zoom, self._window.height() / self._theme.zoom
        return next((name for name, *least in _ARRANGEMENTS if width >= least[0] and height >= least[1]), "tight")

    def _arrange_again(self) -> None:
        """Arrange for the size and zoom in force, unless the user has; the tabs and the focus stay where they were."""
        if self._has_users_layout():
            return
        focused = self._window.focusWidget()
        chosen = [
            dock
            for name, dock in self.docks.items()
            if name not in _FRONT and self._window.tabifiedDockWidgets(dock) and not dock.visibleRegion().isEmpty()
        ]
        self.reset()
        for dock in chosen:
            dock.raise_()
        if focused is not None and focused.isVisible():
            focused.setFocus()

    def _stack(self) -> None:
        """Roomy: two docks on the right, two below."""
        self._window.splitDockWidget(self.docks["contributions"], self.docks["timeline"], _UPRIGHT)
        self._join("contributions", "loss", "sheet", "rules")
        self._window.splitDockWidget(self.docks["parameters"], self.docks["values"], _UPRIGHT)
        self._join("values", "attention")

    def _tab(self) -> None:
        """Compact: all but the timeline on the right, in two stacks of tabs."""
        self._window.addDockWidget(_RIGHT, self.docks["contributions"])
        self._join("contributions", "loss", "sheet", "rules")
        self._join("parameters", "values", "attention")

    def _tab_all(self) -> None:
        """Tight: all in one stack of tabs, the timeline left to the menu, the rest for the formula."""
        self._join("program", "parameters", "values", "attention", "contributions", "loss", "sheet", "rules")
        self.docks["timeline"].hide()

    def _join(self, first: str, *others: str) -> None:
        for name in others:
            self._window.tabifyDockWidget(self.docks[first], self.docks[name])
            first = name

    def _share(self, orientation: Qt.Orientation, **lengths: int) -> None:
        """Give docks their *lengths*, in pixels at zoom 1."""
        docks = [self.docks[name] for name in lengths]
        self._window.resizeDocks(docks, [self._theme.px(length) for length in lengths.values()], orientation)

    def _has_users_layout(self) -> bool:
        return self._is_users or self._hidden_docks() != self._hidden

    def _hidden_docks(self) -> set[str]:
        return {name for name, dock in self.docks.items() if dock.isHidden()}

    def _take_over(self) -> None:
        """The user moved or floated a dock."""
        if not self._arranging:
            self._is_users = True

    def _float(self, dock: Dock) -> None:
        if dock.isFloating() and not self._arranging:
            dock.stand_apart()
