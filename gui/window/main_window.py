"""The shell: docks, menus, toolbar and status bar. It has no logic; the composition root fills and connects it.

It appears empty, and is furnished once that has been painted: docks, icons and the style sheet take longer than Qt
itself, which is why what makes them is not imported at the top. Nor is the name Qt: all that hangs on it is made when
it is first said, which takes a fifth of the time until a bare window is painted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QRect, QTimer, Signal
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QMouseEvent,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QSizePolicy, QWidget

from gui.look.theme import Theme

if TYPE_CHECKING:
    from gui.window.dock import Dock

_RELEASE, _PAINTING = QEvent.Type.MouseButtonRelease, QEvent.Type.UpdateRequest
_LEAST = (640, 400)
_LEAST_FORMULA = 300  # the centre's height in pixels at zoom 1, where the window is at least three times as high


class MainWindow(QMainWindow):
    """The window of one debugger: empty until `furnish`.

    Attributes:
        may_close: asked before it closes. unheard(): a context in which no hand is listened to.

    Attributes, once it is furnished:
        actions_by_id: every action of the table. arrangement: where the docks stand. centre: the card of the formula.
        focus: which panel the keyboard is in. toolbar: the bar with words. place, hint: the lines of the status bar.

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
        self.may_close: Callable[[], bool] = lambda: True
        self.unheard: Callable[[], AbstractContextManager[None]] = nullcontext
        self._was_painted = self._is_furnished = False
        self.setObjectName("main")
        self.setWindowTitle("Chainrule")
        self.setMinimumSize(*_LEAST)  # said here, it never grows beyond the screen for what its docks would like
        ground = QPalette()
        ground.setColor(QPalette.ColorRole.Window, theme.palette.background)
        self.setPalette(ground)

    def furnish(self) -> None:
        """Bring in all that the first frame does without, and lay it out."""
        from gui.look.icons import application_icon
        from gui.widgets.parts.still import Still
        from gui.window.actions import make_actions
        from gui.window.dock import Card
        from gui.window.dock_layout import DockLayout
        from gui.window.panel_focus import PanelFocus
        from gui.window.toolbar import Toolbar

        theme = self._theme
        self._dress()  # first, so that nothing is made in one style and then measured in another
        self.setAcceptDrops(True)
        self.setWindowIcon(application_icon())
        self.actions_by_id = make_actions(self)
        self.centre = Card()
        self.setCentralWidget(self.centre)
        self.setContentsMargins(0, 0, 0, 0)
        self.arrangement = DockLayout(self, theme)
        self.focus = PanelFocus(self, self.centre, self.docks.values())
        self.toolbar = Toolbar(theme, self.actions_by_id, self)
        self.addToolBar(self.toolbar)
        self.place, self.hint = QLabel(), QLabel()
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        place = Still(self.place)
        place.setAutoFillBackground(True)  # opaque: every step has it painted, and nothing around it
        self.statusBar().addWidget(place, 1)
        self.statusBar().addPermanentWidget(self.hint)
        self.statusBar().setSizeGripEnabled(False)
        self._make_menus()
        self._is_furnished = True
        self._keep_formula()
        theme.changed.connect(self.restyle)
        self.arrangement.reset()

    @property
    def docks(self) -> dict[str, Dock]:
        """Every dock by its id."""
        return self.arrangement.docks

    def set_corner(self, widget: QWidget) -> None:
        """Put *widget* at the top right, beside the menus."""
        self.menuBar().setCornerWidget(widget)
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
        self.arrangement.bring(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may call for another arrangement."""
        super().resizeEvent(event)
        if self._is_furnished:
            self._keep_formula()
            self.arrangement.fit()

    def event(self, event: QEvent) -> bool:
        """A separator that was dragged makes the layout the user's: nothing else here takes the mouse."""
        if event.type() == _PAINTING:
            with self.unheard():
                return super().event(event)
        taken = super().event(event)
        if isinstance(event, QMouseEvent) and taken and self._is_furnished and event.type() == _RELEASE:
            self.arrangement.hand_over()
        return taken

    def _keep_formula(self) -> None:
        self.centre.setMinimumHeight(min(self._theme.px(_LEAST_FORMULA), self.height() // 3))

    def stand(self, place: QRect, maximized: bool) -> None:
        """Stand at *place*, if there is a screen there, or fill the screen."""
        if any(screen.availableGeometry().intersects(place) for screen in self.screen().virtualSiblings()):
            self.setGeometry(place)
        if maximized:
            self.showMaximized()

    def restyle(self) -> None:
        """Apply the theme's palette, zoom and font to the whole window."""
        self._dress()
        self._keep_formula()
        self.arrangement.fit()

    def _dress(self) -> None:
        from gui.look.style import qpalette, stylesheet

        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setFont(self._theme.font())
            application.setPalette(qpalette(self._theme))
        self.setStyleSheet(stylesheet(self._theme))

    def focusNextPrevChild(self, _onward: bool) -> bool:
        """What had the keyboard is hidden or can not have it any more: nothing beside it gets it by accident."""
        self.focus.go_home()
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first time, say so once the event loop is free."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def menu(self, name: str) -> QMenu:
        """The menu of that title."""
        return self._menus[name]

    def close_menus(self) -> None:
        """Close every menu that is open: what it offers was of the network that was."""
        popup = QApplication.activePopupWidget()
        while popup is not None and popup.close():
            popup = QApplication.activePopupWidget()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first, then say so."""
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    # -- inside ---------------------------------------------------------------------------------------------

    def _make_menus(self) -> None:
        from gui.window.actions import ACTIONS, MENUS, give_mnemonics
        from gui.window.dock_layout import DOCKS

        menus = self._menus = {name: self.menuBar().addMenu(f"&{name}") for name in MENUS}
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            action = self.actions_by_id[spec.id]
            if spec.group:
                groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
            menus[spec.menu].addAction(action)
        panels = QMenu("Panels", self)
        for menu in (*menus.values(), panels):  # when it opens, since texts say where an action leads
            menu.aboutToShow.connect(lambda menu=menu: give_mnemonics(menu.actions()))
            menu.setToolTipsVisible(True)  # what is off says why
        for question, specs in groupby(DOCKS, lambda spec: spec.question):
            panels.addSeparator()
            heading = panels.addAction(question)  # a section's own title would not be seen
            heading.setEnabled(False)
            heading.setToolTip("The panels below answer this")
            panels.addActions([self.docks[spec.id].toggleViewAction() for spec in specs])
        menus["View"].insertMenu(self.actions_by_id["zoom_in"], panels)
        for after in ("zoom_in", "theme_system", "next_panel", "reset_layout"):
            menus["View"].insertSeparator(self.actions_by_id[after])
        for after in ("start", "next_epoch", "previous_place", "skip_zero"):
            menus["Step"].insertSeparator(self.actions_by_id[after])
        for after in ("new_network", "save_lesson", "export_arrays", "quit"):
            menus["File"].insertSeparator(self.actions_by_id[after])
        for after in ("change", "copy_latex", "copy_parameters"):
            menus["Edit"].insertSeparator(self.actions_by_id[after])


def _dropped_file(data: QMimeData) -> str:
    """The first local file of what is dragged, empty where there is none."""
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")
