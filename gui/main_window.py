"""The shell: docks, menus, toolbar and status bar. It has no logic; the composition root fills and connects it.

It appears empty, and is furnished once that has been painted: docks, icons and the style sheet take longer than Qt
itself, which is why what makes them is not imported at the top.
Docks are arranged for the window's size and zoom, anew whenever these call for it, until the user arranges them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QSizePolicy, QWidget

from gui.theme import Theme

if TYPE_CHECKING:
    from gui.dock import Card, Dock

LAYOUT_VERSION = 1
# From which size, in pixels at zoom 1, docks are arranged how; "tight" is for all below.
_ARRANGEMENTS = (("roomy", 1360, 860), ("compact", 1100, 640))
_LEAST = (640, 400)
_LEAST_FORMULA = 300  # the centre's height in pixels at zoom 1, where the window is at least three times as high
_FRONT = ("contributions", "values", "parameters")  # the tabs that are in front at first, the foremost last


@dataclass(frozen=True, slots=True)
class DockSpec:
    """A dock of the window: its id, its title, and the key that shows and focuses it."""

    id: str
    title: str
    area: Qt.DockWidgetArea


_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
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


class MainWindow(QMainWindow):
    """The window of one debugger: empty until `furnish`.

    Attributes, once it is furnished:
        actions_by_id: every action of the table. docks: every dock by its id. centre: the card of the formula.
        toolbar: the bar with words. place, hint: the two lines of the status bar.

    Signals:
        closing(): the window is about to close; what should be remembered is still there.
        painted(): the empty window has been painted for the first time.
        file_dropped(str): a file was dropped on the window.
    """

    closing = Signal()
    file_dropped = Signal(str)
    painted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._was_painted = self._is_furnished = False
        self._arrangement, self._arranged_zoom = "", theme.zoom
        self._arranging = self._is_users = False
        self._hidden: set[str] = set()
        # Only once all panels have their new sizes, so that the least sizes of before hold nothing up.
        self._refit = QTimer(self, singleShot=True, interval=0)
        self._refit.timeout.connect(self._arrange_again)
        self._marked: Card | None = None
        self.setObjectName("main")
        self.setWindowTitle("Chainrule")
        self.setMinimumSize(*_LEAST)  # said here, it never grows beyond the screen for what its docks would like
        self.setPalette(QPalette(theme.palette.background))

    def furnish(self) -> None:
        """Bring in all that the first frame does without, and lay it out."""
        from gui.actions import make_actions
        from gui.dock import Card, Dock
        from gui.icons import application_icon
        from gui.toolbar import Toolbar
        from gui.widgets.still import Still

        theme = self._theme
        self._dress()  # first, so that nothing is made in one style and then measured in another
        self.setAcceptDrops(True)
        self.setWindowIcon(application_icon())
        self.setDockNestingEnabled(True)
        self.setAnimated(False)  # panels would be laid out at one passing size after the other
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, self.tabPosition(_BOTTOM).North)
        self.actions_by_id: Mapping[str, QAction] = make_actions(self)
        self.centre = Card()
        self.setCentralWidget(self.centre)
        self.setContentsMargins(0, 0, 0, 0)
        self.setCorner(Qt.Corner.BottomLeftCorner, _LEFT)
        self.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        self.docks = {spec.id: Dock(spec.id, spec.title, theme, self, upright=spec.id == "timeline") for spec in DOCKS}
        for dock in self.docks.values():
            dock.dockLocationChanged.connect(self._take_over)
            dock.topLevelChanged.connect(self._take_over)
            dock.topLevelChanged.connect(lambda _floating, dock=dock: self._float(dock))
        self.toolbar = Toolbar(theme, self.actions_by_id, self)
        self.addToolBar(self.toolbar)
        self.place, self.hint = QLabel(), QLabel()
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.statusBar().addWidget(Still(self.place), 1)
        self.statusBar().addPermanentWidget(self.hint)
        self.statusBar().setSizeGripEnabled(False)
        self._make_menus()
        self._is_furnished = True
        self._keep_formula()
        theme.changed.connect(self.restyle)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._mark_focus)
        self.reset_layout()

    # -- layout ---------------------------------------------------------------------------------------------

    def reset_layout(self) -> None:
        """Put every dock where it belongs for the window's size and zoom, whatever the user did."""
        self._arranging = True
        self._arrangement = arrangement = self._fitting_arrangement()
        for spec in DOCKS:
            dock = self.docks[spec.id]
            self.removeDockWidget(dock)
            self.addDockWidget(_RIGHT if arrangement == "tight" and spec.id != "timeline" else spec.area, dock)
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
            self._share(Qt.Orientation.Horizontal, program=230, parameters=388)
            self._share(Qt.Orientation.Vertical, contributions=238, timeline=64)
            self._share(Qt.Orientation.Vertical, parameters=400, values=380)
        elif self._arrangement == "compact":
            self._share(Qt.Orientation.Horizontal, program=212, parameters=340)
            self._share(Qt.Orientation.Vertical, parameters=280, contributions=320)
            self._share(Qt.Orientation.Vertical, timeline=64)
        else:
            self._share(Qt.Orientation.Horizontal, parameters=270)

    def set_corner(self, widget: QWidget) -> None:
        """Put *widget* at the top right, beside the menus."""
        self.menuBar().setCornerWidget(widget, Qt.Corner.TopRightCorner)
        widget.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if _dropped_file(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Say which file was dropped."""
        event.acceptProposedAction()
        self.file_dropped.emit(_dropped_file(event.mimeData()))

    def show_dock(self, name: str) -> None:
        """Bring a dock to the front, whether it was closed or behind another tab."""
        dock = self.docks[name]
        dock.show()
        dock.raise_()

    def layout_state(self) -> QByteArray:
        """The user's layout of docks, for local settings only; empty while he has not changed ours."""
        return self.saveState(LAYOUT_VERSION) if self._has_users_layout() else QByteArray()

    def restore_layout(self, state: QByteArray) -> bool:
        """Put the docks as they were when *state* was taken; whether that was possible. It is the user's from then."""
        self._arranging = True
        restored = self.restoreState(state, LAYOUT_VERSION)
        self._arranging = False
        self._is_users = restored
        return restored

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may call for another arrangement."""
        super().resizeEvent(event)
        if self._is_furnished:
            self._keep_formula()
            if self._fitting_arrangement() != self._arrangement:
                self._refit.start()

    def event(self, event: QEvent) -> bool:
        """A separator that was dragged makes the layout the user's: nothing else here takes the mouse."""
        taken = super().event(event)
        if taken and event.type() == QEvent.Type.MouseButtonRelease:
            self._is_users = True
        return taken

    def _fitting_arrangement(self) -> str:
        width, height = self.width() / self._theme.zoom, self.height() / self._theme.zoom
        return next((name for name, *least in _ARRANGEMENTS if width >= least[0] and height >= least[1]), "tight")

    def _arrange_again(self) -> None:
        """Arrange for the size and zoom in force, unless the user has; the tabs and the focus stay where they were."""
        if self._has_users_layout():
            return
        focused = self.focusWidget()
        chosen = [
            dock
            for name, dock in self.docks.items()
            if name not in _FRONT and self.tabifiedDockWidgets(dock) and not dock.visibleRegion().isEmpty()
        ]
        self.reset_layout()
        for dock in chosen:
            dock.raise_()
        if focused is not None and focused.isVisible():
            focused.setFocus()

    def _stack(self) -> None:
        """Roomy: two docks on the right, two below."""
        docks = self.docks
        self.splitDockWidget(docks["contributions"], docks["timeline"], Qt.Orientation.Vertical)
        self._join("contributions", "loss", "sheet", "rules")
        self.splitDockWidget(docks["parameters"], docks["values"], Qt.Orientation.Vertical)
        self._join("values", "attention")

    def _tab(self) -> None:
        """Compact: all but the timeline on the right, in two stacks of tabs."""
        self.addDockWidget(_RIGHT, self.docks["contributions"])
        self._join("contributions", "loss", "sheet", "rules")
        self._join("parameters", "values", "attention")

    def _tab_all(self) -> None:
        """Tight: all in one stack of tabs, the timeline left to the menu, the rest for the formula."""
        self._join("program", "parameters", "values", "attention", "contributions", "loss", "sheet", "rules")
        self.docks["timeline"].hide()

    def _join(self, first: str, *others: str) -> None:
        for name in others:
            self.tabifyDockWidget(self.docks[first], self.docks[name])
            first = name

    def _share(self, orientation: Qt.Orientation, **lengths: int) -> None:
        """Give docks their *lengths*, in pixels at zoom 1."""
        docks = [self.docks[name] for name in lengths]
        self.resizeDocks(docks, [self._theme.px(length) for length in lengths.values()], orientation)

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

    def _keep_formula(self) -> None:
        self.centre.setMinimumHeight(min(self._theme.px(_LEAST_FORMULA), self.height() // 3))

    def restyle(self) -> None:
        """Apply the theme's palette, zoom and font to the whole window."""
        self._dress()
        self._keep_formula()
        if self._arranged_zoom != self._theme.zoom:
            self._arranged_zoom = self._theme.zoom
            self._refit.start()

    def _dress(self) -> None:
        from gui.style import qpalette, stylesheet

        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setFont(self._theme.font())
            application.setPalette(qpalette(self._theme))
            application.setStyleSheet(stylesheet(self._theme))

    # -- panels ---------------------------------------------------------------------------------------------

    def panels(self) -> list[QWidget]:
        """The panels that are shown, the formula first: what F6 goes round."""
        docked = [dock.card for dock in self.docks.values() if dock.isVisible() and not dock.visibleRegion().isEmpty()]
        return [self.centre, *docked]

    def focus_panel(self, by: int) -> None:
        """Move the keyboard *by* panels on."""
        panels, focused = self.panels(), self.focusWidget()
        here = next((i for i, panel in enumerate(panels) if focused is not None and panel.isAncestorOf(focused)), -1)
        panel = panels[(here + by) % len(panels)]
        targets = [child for child in panel.findChildren(QWidget) if child.isVisible() and _takes_tab(child)]
        (targets[0] if targets else panel).setFocus(Qt.FocusReason.TabFocusReason)

    def _mark_focus(self, _before: QWidget | None, focused: QWidget | None) -> None:
        """Outline the card that has the keyboard."""
        cards = [self.centre, *(dock.card for dock in self.docks.values())]
        card = next((card for card in cards if focused is not None and card.isAncestorOf(focused)), None)
        if card is not self._marked:
            for changed, on in ((self._marked, False), (card, True)):
                if changed is not None:
                    changed.set_marked(on)
            self._marked = card

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first time, say so once the event loop is free."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def menu(self, name: str) -> QMenu:
        """The menu of that title."""
        return self._menus[name]

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so first."""
        self.closing.emit()
        super().closeEvent(event)

    # -- inside ---------------------------------------------------------------------------------------------

    def _make_menus(self) -> None:
        from gui.actions import ACTIONS, MENUS

        menus = self._menus = {name: self.menuBar().addMenu(name) for name in MENUS}
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            action = self.actions_by_id[spec.id]
            if spec.group:
                groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
            menus[spec.menu].addAction(action)
        panels = QMenu("Panels", self)
        for dock in self.docks.values():
            panels.addAction(dock.toggleViewAction())
        menus["View"].insertMenu(self.actions_by_id["zoom_in"], panels)
        for after in ("zoom_in", "theme_system", "next_panel", "reset_layout"):
            menus["View"].insertSeparator(self.actions_by_id[after])
        for after in ("start", "next_epoch", "return", "skip_zero"):
            menus["Step"].insertSeparator(self.actions_by_id[after])
        for after in ("new_network", "save_file", "quit"):
            menus["File"].insertSeparator(self.actions_by_id[after])
        menus["Edit"].insertSeparator(self.actions_by_id["copy_parameters"])


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()


def _dropped_file(data: QMimeData) -> str:
    """The first local file of what is dragged, empty where there is none."""
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")
