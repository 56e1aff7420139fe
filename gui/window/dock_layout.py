"""Where the docks of the window stand: arranged for its size and zoom, until the user arranges them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QMainWindow, QTabWidget

from gui.look.theme import Theme
from gui.window.arrangements import TIGHT, TIMELINE_HEIGHT, Arrangement, fitting, lengths
from gui.window.dock import Dock
from gui.window.fold import Fold

_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_BELOW = Qt.DockWidgetArea.BottomDockWidgetArea
# In pixels at zoom 1: bars, tabs and a title above and below a card where the formula has a third; what a card needs.
_AROUND, _LEAST = 165, 48
_UPRIGHT, _LEVEL = Qt.Orientation.Vertical, Qt.Orientation.Horizontal


class DockSpec(NamedTuple):
    """A dock of the window: its id, its title, the question that it answers, and other words by which it is found."""

    id: str
    title: str
    question: str
    also: str = ""


DOCKS = (
    DockSpec("program", "Program", "Where am I", "tree, steps, list of steps, outline"),
    DockSpec("timeline", "Timeline", "Where am I", "scrub, slider, progress"),
    DockSpec("parameters", "Parameters", "What are the numbers", "weights, matrices, biases"),
    DockSpec("values", "Values", "What are the numbers", "all values, activations, variables, tape, table"),
    DockSpec("attention", "Attention", "What are the numbers", "attention weights, heat map, triangle"),
    DockSpec("watch", "Watch", "What are the numbers", "expressions, stops, breakpoints, notes, conditions"),
    DockSpec("contributions", "Contributions", "Where from", "bars, terms, parts of the gradient, vanishing"),
    DockSpec("loss", "Loss", "Where from", "loss curve, plot, chart, training curve"),
    DockSpec("why", "Why", "Where from", "origin, made of, trail, who uses it"),
    DockSpec("sheet", "Sheet", "Is it right", "printed numbers, worksheet, errata, verdicts"),
    DockSpec(
        "rules",
        "Rules",
        "Is it right",
        "compare rules, compare with autograd, gradient check, numerical derivative, finite difference, truncate, "
        "truncation, clip, gradient clipping, chunks",
    ),
)
_WANTED = ("rules", "why", "watch")  # hidden until they are asked for


class DockLayout(QObject):
    """Makes the docks of *window* and arranges them, anew whenever its size or zoom call for another arrangement.

    Attributes:
        docks: every dock by its id.
    """

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._arrangement, self._arranged_zoom = TIGHT, 0.0
        self._arranging = self._is_users = self._has_terms = self._is_open = False
        self._hidden: set[str] = set()
        self._sizes: dict[str, QSize] = {}
        self._gave_way: dict[str, str] = {}  # docks with nothing to show, and which stands in front of each instead
        self._aside: tuple[set[str], list[Dock]] | None = None
        # Only once all panels have their new sizes, so that the least sizes of before hold nothing up.
        self._refit = QTimer(self, singleShot=True, interval=0)
        self._refit.timeout.connect(self._fit_again)
        window.setDockNestingEnabled(True)
        window.setAnimated(False)  # panels would be laid out at one passing size after the other
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, _LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        upright = "timeline"
        self.docks = {spec.id: Dock(spec.id, spec.title, theme, window, upright=spec.id == upright) for spec in DOCKS}
        self._fold = Fold(window, self.docks, self._unfold_by_hand)
        for dock in self.docks.values():
            dock.dockLocationChanged.connect(self._take_over)
            dock.topLevelChanged.connect(self._take_over)
            dock.topLevelChanged.connect(lambda _floating, dock=dock: self._float(dock))

    def reset(self) -> None:
        """Put every dock where it belongs for the window's size and zoom, whatever the user did."""
        self._is_open = False
        self._arrange()

    def share_room(self) -> None:
        """Give every dock the size that it has in the arrangement in force, or that the user gave it."""
        self.docks["timeline"].bound(self._theme.px(TIMELINE_HEIGHT))
        for dock in self.docks.values():
            dock.card.ask_at_most(max(self._window.height() * 2 // 3 - self._theme.px(_AROUND), self._theme.px(_LEAST)))
        if self._is_users:
            for name, size in self._sizes.items():  # one by one: of several at once Qt gives each its share
                self._window.resizeDocks([self.docks[name]], [size.width()], _LEVEL)
                self._window.resizeDocks([self.docks[name]], [size.height()], _UPRIGHT)
            return
        for orientation, shares in zip((_LEVEL, _UPRIGHT), lengths(self._arrangement, *self._room()), strict=True):
            docks = [self.docks[name] for name in shares]
            self._window.resizeDocks(docks, [self._theme.px(length) for length in shares.values()], orientation)

    def fit(self) -> None:
        """The window has another size, or its text another zoom: the docks get their room, or another arrangement."""
        self._refit.start()

    def unfold(self) -> None:
        """There is something to see in the stack that is folded to its tabs at first."""
        if not self._has_terms:
            self._has_terms = True
            if self._arrangement is not TIGHT and self._fold.is_folded:
                self._fold.set_folded(False)
                self.fit()

    def bring(self, name: str) -> None:
        """Bring a dock to the front, whether it was closed, folded away or behind another tab."""
        dock = self.docks[name]
        dock.show()
        if self._is_folded(name):
            self._fold.set_folded(False)
            self._unfold_by_hand()
        dock.raise_()

    def in_sight(self) -> tuple[str, ...]:
        """The docks that can be seen: not closed, folded away or behind another tab."""
        if self._aside is not None:
            return tuple(name for name, dock in self.docks.items() if dock in self._aside[1])
        return tuple(name for name, dock in self.docks.items() if _is_front(dock) and not self._is_folded(name))

    def bring_into_sight(self, name: str) -> None:
        """Bring a dock to the front, unless it can be seen already."""
        if name not in self.in_sight():
            self.bring(name)

    def step_back(self, absent: Collection[str]) -> None:
        """Of *absent*, which have nothing to show, those in front give way to another tab, until they have again."""
        for name, other in [*self._gave_way.items()]:
            if name not in absent:
                del self._gave_way[name]
                if other in self.in_sight():
                    self.docks[name].raise_()
        for name in absent:
            behind = self._window.tabifiedDockWidgets(self.docks[name])
            others = [each for each, dock in self.docks.items() if dock in behind and each not in absent]
            if name in self.in_sight() and others:
                self._gave_way[name] = others[0]
                self.docks[others[0]].raise_()

    def set_aside(self) -> None:
        """Hide every dock, and arrange none, until they are brought back."""
        shown = {name for name, dock in self.docks.items() if not dock.isHidden()}
        self._aside = shown, [dock for dock in self.docks.values() if _is_front(dock)]
        self.show_alone("")

    def show_alone(self, name: str) -> None:
        """Of the docks that are set aside, show one; "" for none."""
        for other, dock in self.docks.items():
            dock.setVisible(other == name)
        if name:
            self.docks[name].bound(None)
            self._window.resizeDocks([self.docks[name]], [round(self._window.width() * 0.4)], _LEVEL)

    def bring_back(self) -> None:
        """The docks as they were when they were set aside."""
        if self._aside is None:
            return
        shown, fronts = self._aside
        self._aside = None
        for name, dock in self.docks.items():
            dock.setVisible(name in shown)
        self._fold.set_folded(self._fold.is_folded)
        for dock in fronts:
            dock.raise_()
        self.fit()

    def hand_over(self) -> None:
        """The layout is the user's from now on."""
        self._is_users = True
        shown = {name: dock for name, dock in self.docks.items() if dock.isVisible() and not dock.isFloating()}
        self._sizes = {name: dock.size() for name, dock in shown.items() if _is_front(dock) and dock.height() > 0}

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
        self._fold.set_folded(False)
        for name in layout.floating:
            self.docks[name].bound(None)
        layout_state.build(self._window, self.docks, layout)
        self._arranging = False
        self.hand_over()
        return True

    def _arrange(self) -> None:
        self._arranging, self._is_users = True, False
        self._arrangement, self._arranged_zoom = self._fitting(), self._theme.zoom
        made = self._arrangement
        stacks = ((_LEFT, made.left), (_RIGHT, made.upper), (_RIGHT, made.lower), (_BELOW, made.below))
        self._fold.set_folded(False)
        for dock in self.docks.values():
            self._window.removeDockWidget(dock)
        for area, names in (*stacks, (_BELOW, ("timeline",))):
            for before, name in zip((None, *names), names, strict=False):
                dock = self.docks[name]
                self._window.addDockWidget(area, dock)
                dock.setFloating(False)  # only once it has a place again
                dock.setVisible(name not in _WANTED and (name != "timeline" or made.has_timeline))
                if before is not None:
                    self._window.tabifyDockWidget(self.docks[before], dock)
        self._fold.take(made.folding, folded=made is TIGHT or not (self._has_terms or self._is_open))
        self.share_room()
        for front in made.fronts:
            self.docks[front].raise_()
        self._hidden = self._hidden_docks()
        self._arranging = False

    def _is_folded(self, name: str) -> bool:
        return name in self._arrangement.folding and self._fold.is_folded

    def _room(self) -> tuple[float, float]:
        """The window's size in pixels at zoom 1."""
        return self._window.width() / self._theme.zoom, self._window.height() / self._theme.zoom

    def _fitting(self) -> Arrangement:
        return fitting(*self._room())

    def _fit_again(self) -> None:
        """Arrange for the size and zoom in force, unless the user has; the tabs and the focus stay where they were."""
        if self._aside is not None:
            return
        same = self._fitting() is self._arrangement and self._theme.zoom == self._arranged_zoom
        if same or self._has_users_layout():
            self.share_room()
            return
        focused = self._window.focusWidget()
        chosen = [
            dock
            for name, dock in self.docks.items()
            if name not in self._arrangement.fronts
            and self._window.tabifiedDockWidgets(dock)
            and not dock.visibleRegion().isEmpty()
        ]
        wanted = [name for name in _WANTED if not self.docks[name].isHidden()]
        self._arrange()
        for name in wanted:
            self.docks[name].show()
        for dock in chosen:
            dock.raise_()
        if focused is not None and focused.isVisible():
            focused.setFocus()

    def _unfold_by_hand(self) -> None:
        self._is_open = True
        self.fit()

    def _has_users_layout(self) -> bool:
        return self._is_users or self._hidden_docks() != self._hidden

    def _hidden_docks(self) -> set[str]:
        return {name for name, dock in self.docks.items() if dock.isHidden() and name not in _WANTED}

    def _take_over(self) -> None:
        """The user moved or floated a dock."""
        if not self._arranging:
            self._is_users = True

    def _float(self, dock: Dock) -> None:
        if dock.isFloating() and not self._arranging:
            dock.bound(None)
            dock.stand_apart()
        else:
            self.fit()


def _is_front(dock: Dock) -> bool:
    """Whether its tab is the front one: Qt keeps the others outside of the window."""
    return dock.isVisible() and dock.x() + dock.width() > 0
