"""Who gets a key: Space is Step wherever one neither types nor has come by Tab; a field or list keeps its own.

Pressing and resting with the mouse come by here too, on their way to who answers them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from gui.widgets.parts.keys import GRID, LETTERS, SHIFTED, NumberField, asks_for_key
from gui.window.main_window import MainWindow
from gui.window.panel_focus import widgets_in
from gui.workbench.explaining import explain

_TYPED = (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
_CHOSEN = (QComboBox, QAbstractItemView)  # they take letters and arrows for themselves
_PRESSED = (QAbstractButton, QTabBar, *_CHOSEN)  # Space is theirs where Tab has led there
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)
_TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_BY_HAND = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.OtherFocusReason)
_KINDS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.FocusIn, QEvent.Type.Polish)


class KeyYielding(QObject):
    """The event filter of the application: it claims plain keys for the widget that has the focus.

    Qt asks with a ShortcutOverride event before it takes a key for a shortcut; accepting it sends the key to
    the widget. Dialogs and open lists have keys of their own and are left alone. *pressed* takes what the mouse
    presses, and *keyed* any key, before all others: a second filter would cost as much again, at every event there is.
    """

    def __init__(
        self,
        window: MainWindow,
        pressed: Callable[[QWidget, QMouseEvent], bool],
        keyed: Callable[[QKeyEvent], bool],
    ) -> None:
        super().__init__(window)
        self._window, self._pressed, self._keyed = window, pressed, keyed
        window.unheard = self._unheard
        self._listen()
        self._came_by_key = False
        self._drops = False
        # It runs out when the event loop has nothing else to do: whatever a held key sent until then came too fast.
        self._busy = QTimer(self, singleShot=True, interval=0)
        for button in widgets_in(window):
            if isinstance(button, QAbstractButton | QComboBox):
                _take_no_click(button)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say whose key it is, and let the event go on."""
        # All that happens in the application comes by here, and classes are what costs least to ask.
        if isinstance(event, QMouseEvent):
            return isinstance(watched, QWidget) and self._pressed(watched, event)
        if isinstance(event, QHelpEvent):
            return isinstance(watched, QWidget) and event.type() == QEvent.Type.ToolTip and explain(watched, event)
        if isinstance(event, QKeyEvent) and self._keyed(event):
            return True
        kind = QWidget if isinstance(event, (QKeyEvent, QFocusEvent)) else (QAbstractButton, QComboBox)
        if not isinstance(watched, kind) or event.type() not in _KINDS or not self._is_ours(watched):
            return False
        if asks_for_key(event):
            return self._is_answered(watched, event)
        if isinstance(event, QKeyEvent):
            return self._is_taken(event, watched)
        if isinstance(event, QFocusEvent):
            if event.reason() in (*_BY_KEY, *_BY_HAND):
                self._came_by_key = event.reason() in _BY_KEY
        elif isinstance(watched, (QAbstractButton, QComboBox)):
            _take_no_click(watched)
        return False

    def _listen(self) -> None:
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    @contextmanager
    def _unheard(self) -> Iterator[None]:
        """What happens meanwhile does not come by here, since no hand makes it: so much costs this filter."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        try:
            yield
        finally:
            self._listen()

    def _is_ours(self, widget: QWidget) -> bool:
        window = widget.window()
        return window is self._window or (isinstance(window, QDockWidget) and window.parent() is self._window)

    def _is_answered(self, widget: QWidget, event: QKeyEvent) -> bool:
        """Claim the key for *widget*, or keep it from claiming what is the window's."""
        is_asked_first = widget is (QApplication.focusWidget() or widget.window())  # then those around it are asked
        if is_asked_first and not isinstance(widget, _TYPED):
            self._drops = event.isAutoRepeat() and self._busy.isActive()
            if self._drops:
                event.accept()
                return True
            self._busy.start()
        plain = event.modifiers() in SHIFTED and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
        if isinstance(widget, NumberField) and widget.leaves(event):
            event.ignore()
            return True
        if plain and event.key() != Qt.Key.Key_Escape and self._owns(widget, Qt.Key(event.key())):
            event.accept()
            return True
        return False

    def _owns(self, widget: QWidget, key: Qt.Key) -> bool:
        if isinstance(widget, _TYPED):
            return True
        if key == Qt.Key.Key_Space:
            return self._came_by_key and isinstance(widget, _PRESSED)
        if isinstance(widget, _CHOSEN):
            return not (_is_letter(key) and widget.property(LETTERS))
        return key in _ARROWS and bool(widget.property(GRID))

    def _is_taken(self, event: QKeyEvent, widget: QWidget) -> bool:
        """Tab goes by what is in sight; what a held key sent too fast goes nowhere."""
        if self._drops and event.isAutoRepeat():
            return True
        if event.key() in _TABS and event.modifiers() in SHIFTED and widget is widget.window().focusWidget():
            self._window.focus.tab(widget.window(), _TABS[Qt.Key(event.key())])
            return True
        return False


def _is_letter(key: Qt.Key) -> bool:
    return Qt.Key.Key_A <= key <= Qt.Key.Key_Z or key == Qt.Key.Key_Question


def _take_no_click(button: QWidget) -> None:
    """A click on a button leaves the keyboard to the formula; Tab leads to it as before."""
    button.setFocusPolicy(Qt.FocusPolicy(button.focusPolicy() & Qt.FocusPolicy.TabFocus))
