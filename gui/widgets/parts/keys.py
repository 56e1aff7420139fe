"""The keys that a widget takes for itself."""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

ARROWS = {  # how far down and right each leads
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ALONG = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
SHIFTED = (*PLAIN, Qt.KeyboardModifier.ShiftModifier)  # where Shift changes nothing: plus needs it on many keyboards


def asks_for_key(event: QEvent) -> TypeGuard[QKeyEvent]:
    """Whether Qt asks if a key is the widget's, which accepts it, before it takes it for a shortcut."""
    return event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)


def led_along(key: int, start: int, last: int) -> int | None:
    """Where a key of `ALONG` leads from place *start* of 0..*last*; None for all other keys."""
    targets = {
        Qt.Key.Key_Left: max(start - 1, 0),
        Qt.Key.Key_Right: min(start + 1, last),
        Qt.Key.Key_Home: 0,
        Qt.Key.Key_End: last,
    }
    return targets.get(Qt.Key(key))
