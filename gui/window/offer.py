"""A bar below the toolbar that offers something, and is in nobody's way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QMainWindow, QPushButton, QSizePolicy, QToolBar

from gui.look.theme import Theme
from gui.widgets.parts.speech import announce


class OfferBar(QToolBar):
    """Words, and what can be done about them.

    Signals:
        taken(), declined(): what the user chose.
    """

    taken = Signal()
    declined = Signal()

    def __init__(self, window: QMainWindow, theme: Theme, take: str, decline: str) -> None:
        """*take*, *decline*: the texts of the two buttons, each with its mnemonic."""
        super().__init__("Offer", window)
        self._theme = theme
        self.setObjectName("offer")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        self.words = QLabel(wordWrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.words.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        self.take, self.decline = QPushButton(take), QPushButton(decline)
        for part in (self.words, self.take, self.decline):
            self.addWidget(part)
        for button in (self.take, self.decline):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.take.clicked.connect(self.taken)
        self.decline.clicked.connect(self.declined)
        window.addToolBarBreak()
        window.addToolBar(self)

    def offer(self, words: str) -> None:
        """Say what is offered, to a screen reader too."""
        self.words.setText(words)
        announce(self, words)
