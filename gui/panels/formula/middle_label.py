"""A label of one line whose middle gives way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class MiddleLabel(QLabel):
    """A label of plain words: where they are too long, the end is said all the same, and less of the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._parts = ("", "", "")

    def set_parts(self, parts: tuple[str, str, str]) -> None:
        """Say the beginning, the middle and the end; all of it is the tooltip."""
        if parts != self._parts:
            self._parts = parts
            self.setToolTip("".join(parts))
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is more room, or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        begun, middle, end = self._parts
        metrics = self.fontMetrics()
        room = self.contentsRect().width() - metrics.horizontalAdvance(begun) - metrics.horizontalAdvance(end) - 1
        self.setText(f"{begun}{metrics.elidedText(middle, Qt.TextElideMode.ElideRight, max(room, 0))}{end}")
