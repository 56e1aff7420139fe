"""Present: the formula, a counter and one panel of one's choice fill the screen, for a clicker in the hand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QToolBar, QWidget
from shiboken6 import isValid

from gui.look.theme import Theme
from gui.widgets.parts.segments import Picker
from gui.window.main_window import MainWindow

_ZOOM, _WIDTH, _HEIGHT = 5 / 3, 1280, 720  # at this size the smallest text, of 12 pixels, is shown with 20
_IDLE = (Qt.Key.Key_F5, Qt.Key.Key_B, Qt.Key.Key_Period)  # what clickers send besides; they must do nothing


class Present(QObject):
    """Fills the screen with the formula of *window*, and puts everything back.

    Signals:
        started(), ended(): while in between, what is shown is for a room. forward_asked(), back_asked(): the clicker.
    """

    started = Signal()
    ended = Signal()
    forward_asked = Signal()
    back_asked = Signal()

    def __init__(self, window: MainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self.is_on = False
        self._zoom = 1.0
        self._state = window.windowState()
        self._place = window.geometry()
        self._focused: QWidget | None = None
        self._hidden: list[QWidget] = []
        self.counter, self.choice = QLabel(), Picker()
        self.choice.setAccessibleName("Panel beside the formula")
        self.choice.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.choice.addItem("No panel", "")
        for name, dock in window.docks.items():
            self.choice.addItem(dock.windowTitle(), name)
        self.choice.currentIndexChanged.connect(self._show_panel)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._bar = QToolBar("Present", window)
        self._bar.setObjectName("present")
        self._bar.setMovable(False)
        self._bar.toggleViewAction().setVisible(False)
        for part in (self.counter, spacer, self.choice):
            self._bar.addWidget(part)
        window.addToolBar(self._bar)
        self._bar.hide()

    def lead(self, field: QWidget) -> QAction:
        """Have *field* in the bar; it is shown and hidden by the action that is returned. Its keys are its own."""
        found = self._bar.insertWidget(self._bar.actions()[-1], field)
        found.setVisible(False)
        return found

    def choose(self, dock: str) -> None:
        """Show that panel beside the formula."""
        self.choice.setCurrentIndex(self.choice.findData(dock))

    def show_place(self, position: int, length: int, epoch: int) -> None:
        """Say how far it is."""
        self.counter.setText(f"step {position:,} of {length:,}  ·  epoch {epoch:,}")

    def start(self) -> None:
        """Fill the screen; again, end."""
        if self.is_on:
            self.end()
            return
        window = self._window
        self.is_on = True
        self._zoom, self._state, self._place = self._theme.zoom, window.windowState(), window.geometry()
        self._focused = window.focusWidget()
        window.arrangement.set_aside()
        bars = window.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        parts: list[QWidget] = [window.menuBar(), *bars, window.statusBar()]  # of the bars one may offer something
        self._hidden = [part for part in parts if not part.isHidden()]
        for part in self._hidden:
            part.hide()
        self._bar.show()
        window.showFullScreen()
        self._theme.set_zoom(_ZOOM * max(min(window.width() / _WIDTH, window.height() / _HEIGHT), 1.0))
        self.counter.setFont(self._theme.font(18, bold=True))
        self._show_panel()
        self.started.emit()
        window.centre.setFocus()

    def end(self) -> None:
        """Everything as it was before."""
        window = self._window
        self.is_on = False
        self._bar.hide()
        for part in filter(isValid, self._hidden):
            part.show()
        window.setWindowState(self._state)
        window.setGeometry(self._place)  # not its size alone: that would leave it at the corner of the screen
        self._theme.set_zoom(self._zoom)
        window.arrangement.bring_back()
        self.ended.emit()
        if self._focused is not None and isValid(self._focused) and self._focused.isVisible():
            self._focused.setFocus()

    def takes(self, event: QKeyEvent) -> bool:
        """Take the keys of a clicker, and Escape, before anything else has them; whether it did."""
        if not self.is_on or event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        focused = QApplication.focusWidget()
        if focused is not None and self._bar.isAncestorOf(focused):
            return False
        asked = {Qt.Key.Key_PageDown: self.forward_asked.emit, Qt.Key.Key_PageUp: self.back_asked.emit,
                 Qt.Key.Key_Escape: self.end}.get(Qt.Key(event.key()))  # fmt: skip
        if asked is None and event.key() not in _IDLE:
            return False
        event.accept()
        if asked is not None and event.type() == QEvent.Type.KeyPress:
            asked()
        return True

    def _show_panel(self) -> None:
        if self.is_on:
            self._window.arrangement.show_alone(self.choice.currentData())
