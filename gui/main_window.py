"""The shell: docks, menus, toolbar and status bar. It has no logic; the composition root fills and connects it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QSizePolicy, QWidget

from gui.actions import ACTIONS, MENUS, make_actions
from gui.dock import Card, Dock
from gui.icons import application_icon
from gui.style import qpalette, stylesheet
from gui.theme import Theme
from gui.toolbar import Toolbar
from gui.widgets.still import Still

LAYOUT_VERSION = 1
_ROOMY = (1360, 860)  # from this size at zoom 1 the right column is stacked; below it is tabbed


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
    DockSpec("timeline", "Timeline", _BOTTOM),
)


class MainWindow(QMainWindow):
    """The window of one debugger.

    Attributes:
        actions_by_id: every action of the table. docks: every dock by its id. centre: the card of the formula.
        toolbar: the bar with words. place, hint: the two lines of the status bar.

    Signals:
        closing(): the window is about to close; what should be remembered is still there.
        painted(): the shell has been painted for the first time.
    """

    closing = Signal()
    painted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._was_painted = False
        self.setObjectName("main")
        self.setWindowTitle("Chainrule")
        self.setWindowIcon(application_icon())
        self.setDockNestingEnabled(True)
        self.setAnimated(False)  # panels would be laid out at one passing size after the other
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, self.tabPosition(_BOTTOM).North)
        self.actions_by_id: Mapping[str, QAction] = make_actions(self)
        self.centre = Card()
        self.setCentralWidget(self.centre)
        self.setContentsMargins(0, 0, 0, 0)
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, _LEFT),
            (Qt.Corner.BottomRightCorner, _RIGHT),
        ):
            self.setCorner(corner, area)
        self.docks = {spec.id: Dock(spec.id, spec.title, theme, self, upright=spec.id == "timeline") for spec in DOCKS}
        self.toolbar = Toolbar(theme, self.actions_by_id, self)
        self.addToolBar(self.toolbar)
        self.place, self.hint = QLabel(), QLabel()
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.statusBar().addWidget(Still(self.place), 1)
        self.statusBar().addPermanentWidget(self.hint)
        self.statusBar().setSizeGripEnabled(False)
        self._make_menus()
        theme.changed.connect(self.restyle)
        self.restyle()
        self.reset_layout()

    # -- layout ---------------------------------------------------------------------------------------------

    def reset_layout(self) -> None:
        """Put every dock where it belongs for the window's size: stacked where there is room, else tabbed."""
        roomy = self.width() >= _ROOMY[0] * self._theme.zoom and self.height() >= _ROOMY[1] * self._theme.zoom
        for spec in DOCKS:
            dock = self.docks[spec.id]
            self.removeDockWidget(dock)
            dock.setFloating(False)
            self.addDockWidget(spec.area, dock)
            dock.show()
        docks, px = self.docks, self._theme.px
        if roomy:
            self.splitDockWidget(docks["contributions"], docks["timeline"], Qt.Orientation.Vertical)
        else:
            self.addDockWidget(_RIGHT, docks["contributions"])
        for first, second in (("contributions", "loss"), ("loss", "sheet")):
            self.tabifyDockWidget(docks[first], docks[second])
        if roomy:
            self.splitDockWidget(docks["parameters"], docks["values"], Qt.Orientation.Vertical)
        else:
            self.tabifyDockWidget(docks["parameters"], docks["values"])
        self.tabifyDockWidget(docks["values"], docks["attention"])
        for front in ("contributions", "values", "parameters"):
            docks[front].raise_()
        self.resizeDocks(
            [docks["program"], docks["parameters"]],
            [px(230 if roomy else 200), px(388 if roomy else 340)],
            Qt.Orientation.Horizontal,
        )
        if roomy:
            self.resizeDocks([docks["contributions"], docks["timeline"]], [px(268), px(64)], Qt.Orientation.Vertical)
            self.resizeDocks([docks["parameters"], docks["values"]], [px(400), px(380)], Qt.Orientation.Vertical)
        else:
            self.resizeDocks([docks["parameters"], docks["contributions"]], [px(280), px(320)], Qt.Orientation.Vertical)
            self.resizeDocks([docks["timeline"]], [px(64)], Qt.Orientation.Vertical)

    def layout_state(self) -> QByteArray:
        """The layout of docks and toolbar, for local settings only."""
        return self.saveState(LAYOUT_VERSION)

    def restore_layout(self, state: QByteArray) -> bool:
        """Put the docks as they were when *state* was taken; whether that was possible."""
        return self.restoreState(state, LAYOUT_VERSION)

    def restyle(self) -> None:
        """Apply the theme's palette, zoom and font to the whole window."""
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
        menus["File"].insertSeparator(self.actions_by_id["quit"])


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()
