"""A label whose words can be selected and copied."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel

from gui.look.names import lowered


class CopiedLabel(QLabel):
    """A label of plain words that the mouse can select, from where it is pressed until they are others.

    Ready for the mouse all the time, Qt would make a document of every new text, and paint it twice.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._words = ""
        self._heights: dict[int, int] = {}  # of these words by width, for which the layouts ask again and again

    def set_words(self, words: str) -> None:
        """Say *words*."""
        if words != self.text():
            if self.textInteractionFlags():
                self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            self._heights.clear()
            rich = lowered(words)
            self._words = words
            self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
            self.setText(rich or words)

    def text(self) -> str:
        """The words."""
        return self._words

    def heightForWidth(self, width: int) -> int:
        """The height of the words at *width*."""
        found = self._heights.get(width)
        if found is None:
            found = self._heights[width] = super().heightForWidth(width)
        return found

    def changeEvent(self, event: QEvent) -> None:
        """In another font the words have other heights."""
        self._heights.clear()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select."""
        if not self.textInteractionFlags():
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        super().mousePressEvent(event)
