"""The window's plain keys yield to a text field, a list, a table or a tree that has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)

from gui.panels.values.grid import ValuesGrid
from gui.widgets.matrix.view import MatrixView
from gui.widgets.parts.keys import SHIFTED, asks_for_key

_OWNERS = (QLineEdit, QAbstractSpinBox, QComboBox, QTextEdit, QPlainTextEdit, QAbstractItemView)
_GRIDS = (MatrixView, ValuesGrid)  # they move a cell by the arrow keys and leave the others to the window
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class KeyYielding(QObject):
    """An event filter for the application: it claims plain keys for the widget that has the focus.

    Qt asks with a ShortcutOverride event before it takes a key for a shortcut; accepting it sends the key to
    the widget.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the key, and let the event go on."""
        if asks_for_key(event):
            plain = event.modifiers() in SHIFTED and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
            is_press = event.key() == Qt.Key.Key_Space and isinstance(watched, QAbstractButton)
            is_move = event.key() in _ARROWS and isinstance(watched, _GRIDS)
            is_owned = event.key() != Qt.Key.Key_Escape and isinstance(watched, _OWNERS)
            if plain and (is_owned or is_press or is_move):
                event.accept()
                return True
        return False
