"""The word at the top right: what the network reads, to be typed over, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from gui.look.theme import Theme

_WIDE, _MENUS = 1100, 166  # pixels at zoom 1: what it would like, and what the names of the menus need
_APART = 206  # pixels at any zoom, around and between these
_LEAST = 52  # of the word, where the button beside it would be cut otherwise
_TIP = "Your own word: type it and press Enter. Hidden size, attention and η are kept (Ctrl+L)"


class WordField(QWidget):
    """A field that holds the text of the network.

    Attributes:
        field: the text. words: what the network is, or what is wrong with the text.

    Signals:
        word_asked(str): debug a network that reads this. more_asked(): choose more of it. left(): the field was left.
    """

    word_asked = Signal(str)
    more_asked = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = self._about = self._said = ""
        self._was_clicked = False
        self.words, self.field, self.more = QLabel(), QLineEdit(), QPushButton()
        self.words.setProperty("role", "dim")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.words.installEventFilter(self)
        self.field.setProperty("small", True)
        self.field.setAccessibleName("The word that the network reads")
        self.field.setToolTip(_TIP)
        self.field.returnPressed.connect(self._ask)
        self.field.textEdited.connect(lambda _text: self._say(self._about))
        self.field.installEventFilter(self)
        self.more.setText("More…")
        self.more.setProperty("small", True)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setToolTip("Choose all of a new network (Ctrl+N)")
        self.more.clicked.connect(self.more_asked)
        self._row = QHBoxLayout(self)
        self._parts: list[QWidget] = [self.more, self.field]  # as they are needed
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.field)
        self._row.addWidget(self.more)
        theme.changed.connect(self._restyle)
        self._restyle()

    def lead(self, widget: QWidget) -> None:
        """Let *widget* stand before the words."""
        self._row.insertWidget(0, widget, 1)
        self._parts.insert(0, widget)

    def show_network(self, text: str, about: str) -> None:
        """Show the *text* that the network reads, "" where it is of numbers, and what there is to say *about* it."""
        self._text, self._about = text, about
        self.field.setText(text)
        self.field.setPlaceholderText("" if text else "reads numbers")
        self.field.setCursorPosition(0)
        self._say(about)

    def refuse(self, problem: str) -> None:
        """Say why the typed text cannot be; it stays to be mended."""
        self._say(f"✗ {problem}")
        self.focus_field()

    def focus_field(self) -> None:
        """Take the keyboard, with the whole word selected; where it has no room, ask for more than the word."""
        if self.field.isHidden():
            self.more_asked.emit()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click takes the whole word; Escape puts the network's text back and leaves; leaving does so too."""
        if watched is self.words:
            if event.type() == QEvent.Type.Resize:
                self._say(self._said)
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.show_network(self._text, self._about)
            self.left.emit()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.show_network(self._text, self._about)
        if event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._was_clicked = event.reason() == Qt.FocusReason.MouseFocusReason
        if event.type() == QEvent.Type.MouseButtonRelease and self._was_clicked:
            self._was_clicked = False
            QTimer.singleShot(0, self.field.selectAll)  # after the click has put the cursor
        return super().eventFilter(watched, event)

    def _ask(self) -> None:
        """Ask for the word, unless it is the one that is there."""
        if self.field.text() == self._text:
            self.left.emit()
        else:
            self.word_asked.emit(self.field.text())

    def sizeHint(self) -> QSize:
        """The menu bar gives its corner what is asked for."""
        room = self.window().width() - self._theme.px(_MENUS) - _APART
        return QSize(min(self._theme.px(_WIDE), room), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer words fit, and parts."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """A part has another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Where there is no room for all, the word is left out first, then the button; what leads always stays."""
        room = self.width() - 2 * self._row.spacing()  # less what is around the words
        for part in self._parts:
            room -= part.minimumWidth() or part.minimumSizeHint().width()
            is_out = room < 0 and part is not self._parts[0]
            if part.isHidden() != is_out:
                part.setHidden(is_out)
            room -= self._row.spacing()

    def _say(self, words: str) -> None:
        """Say *words*, elided where the room is too narrow."""
        self._said = words
        shown = self.words.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.words.width())
        self.words.setText(shown)
        self.words.setToolTip(words)

    def _restyle(self) -> None:
        px = self._theme.px
        self._row.setContentsMargins(0, px(1), px(8), px(1))
        self._row.setSpacing(px(8))
        self.field.setMinimumWidth(px(_LEAST))
        self.field.setMaximumWidth(px(150))
        self.updateGeometry()
