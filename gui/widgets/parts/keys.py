"""The keys that a widget takes for itself."""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

ARROWS = {  # how far down and right each leads
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ALONG = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
GRID = "grid"  # a property of what moves a cell by the arrow keys, and leaves the other keys to the window
LETTERS = "letters"  # a property of a list whose letters are the window's: nothing in it is looked for by its first
SHIFTED = (*PLAIN, Qt.KeyboardModifier.ShiftModifier)  # where Shift changes nothing: plus needs it on many keyboards

_BEGINS_NOTHING = (Qt.Key.Key_Space, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, *ALONG)
_BEGINS_NO_NUMBER = (Qt.Key.Key_H, Qt.Key.Key_O, Qt.Key.Key_P, Qt.Key.Key_U)


class NumberField(QLineEdit):
    """A field for numbers: while it is empty, a key that begins none is left to the window.

    Attributes:
        predicts: whether only a number is wanted; else its name may stand before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.predicts = False

    def leaves(self, event: QKeyEvent) -> bool:
        """Whether a plain key is the window's: the question mark always, some others of an empty field."""
        if event.modifiers() not in SHIFTED or Qt.Key.Key_Escape <= event.key() <= Qt.Key.Key_Backtab:
            return False
        if event.key() == Qt.Key.Key_Question:
            return True
        left = (*_BEGINS_NOTHING, *(_BEGINS_NO_NUMBER if self.predicts else ()))
        return not self.text() and event.key() in left


def asks_for_key(event: QEvent) -> TypeGuard[QKeyEvent]:
    """Whether Qt asks if a key is the widget's, which accepts it, before it takes it for a shortcut."""
    return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride


def watches(event: QInputEvent) -> bool:
    """Whether a click means to keep what is clicked in sight, rather than to go there."""
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def led_along(key: int, start: int, last: int) -> int | None:
    """Where a key of `ALONG` leads from place *start* of 0..*last*; None for all other keys."""
    targets = {
        Qt.Key.Key_Left: max(start - 1, 0),
        Qt.Key.Key_Right: min(start + 1, last),
        Qt.Key.Key_Home: 0,
        Qt.Key.Key_End: last,
    }
    return targets.get(Qt.Key(key))
