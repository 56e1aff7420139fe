"""A page that waits for a step where there is something to compare, and leads there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui.look.theme import Theme
from gui.widgets.parts.scroll import Scroll


class Waiting(QStackedWidget):
    """*content*, or words on why there is none, with a button to where there is.

    Attributes:
        go: the button.

    Signals:
        go_asked(): go there.
    """

    go_asked = Signal()

    def __init__(self, theme: Theme, content: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._words = QLabel(wordWrap=True)
        self.go = QPushButton("Go to ∂L/∂V")
        self.go.setToolTip("Go to the first step that rules may differ in")
        self.go.clicked.connect(self.go_asked)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.addWidget(self._words)
        self._column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch()
        self.addWidget(Scroll(page))
        self.addWidget(Scroll(content))
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def words(self) -> str:
        """Why there is nothing, "" where there is something."""
        return "" if self.currentIndex() else self._words.text()

    def show_words(self, words: str, *, leads: bool = True) -> None:
        """Show *words*, with "" the content; *leads*: whether going elsewhere helps."""
        self._words.setText(words)
        self.go.setVisible(leads)
        self.setCurrentIndex(0 if words else 1)

    def _restyle(self) -> None:
        px = self._theme.px
        self._words.setStyleSheet(f"font-size: {px(12)}px; color: {self._theme.palette.dim.name()};")
        self._column.setContentsMargins(px(12), px(12), px(12), px(8))
        self._column.setSpacing(px(8))
