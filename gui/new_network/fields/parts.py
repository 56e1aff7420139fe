"""The parts of the form for a new network: cards of labelled rows, and fields with words that say what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.writing.notation import NotationError, read
from gui.look.theme import Theme

ROW = 30  # the height of a field, in pixels at zoom 1
LABEL, GAP = 120, 12  # the width of the labels, and what is between them and the fields
_LONGEST_NUMBER = 40
UNREADABLE_WHOLE = -1  # outside of what any whole number of a design may be, as `nan` is of the others


class Words(QLabel):
    """A hint to a field; in its place what is wrong there."""

    def __init__(self, hint: str = "") -> None:
        super().__init__(hint)
        self._hint = hint
        self.problem = ""
        self._is_calm = False
        self.setProperty("role", "dim")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def hint(self, words: str) -> None:
        """What to say where nothing is wrong."""
        self._hint = words
        self._show()

    def say(self, problem: str, *, calm: bool = False) -> None:
        """Say what is wrong, or again the hint where nothing is; what is only not there yet is said *calm*."""
        self.problem, self._is_calm = problem, calm
        self._show()

    def _show(self) -> None:
        is_bad = bool(self.problem) and not self._is_calm
        self.setText(f"✗ {self.problem}" if is_bad else self.problem or self._hint)
        mark(self, is_bad)


def mark(widget: QWidget, bad: bool) -> None:
    """Let the style sheet draw *widget* as bad, or as ever."""
    if bool(widget.property("bad")) != bad:
        widget.setProperty("bad", bad)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Entry(QWidget):
    """A field with its words, *beneath* it or beside it.

    Attributes:
        field: takes the keyboard. words: the hint, or what is wrong.
    """

    def __init__(
        self, theme: Theme, field: QWidget, hint: str = "", *, beneath: bool = False, button: QWidget | None = None
    ) -> None:
        """*button*: stands between both."""
        super().__init__()
        self._theme = theme
        self.field, self.words = field, Words(hint)
        self._beneath = beneath
        self._layout: QBoxLayout = QVBoxLayout(self) if beneath else QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        top = Qt.AlignmentFlag(0) if beneath else Qt.AlignmentFlag.AlignTop
        self._layout.addWidget(field, 0, top)
        if button is not None:
            self._layout.addWidget(button, 0, top)
        self._layout.addWidget(self.words, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def say(self, problem: str) -> None:
        """Mark the field and say *problem*; take both back where it is empty."""
        self.words.say(problem)
        mark(self.field, bool(problem))
        self.field.setAccessibleDescription(problem)

    def _restyle(self) -> None:
        self._layout.setSpacing(self._theme.px(3 if self._beneath else 10))


class NumberField(QLineEdit):
    """A field for one number; it takes any text, so that what is wrong with it can be said."""

    def __init__(self, theme: Theme, name: str, tip: str, wide: int = 72) -> None:
        super().__init__()
        self._theme = theme
        self._wide = wide
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setMaxLength(_LONGEST_NUMBER)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def whole(self) -> int:
        """The whole number, in the digits of any script; `UNREADABLE_WHOLE` where it is none."""
        text = self.text().strip()
        return int(text) if text.isdecimal() else UNREADABLE_WHOLE

    @property
    def real(self) -> float:
        """The number, in any notation; `nan` where it is none."""
        try:
            return float(read(self.text(), ()).values)
        except NotationError:
            return float("nan")

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.px(self._wide))


class Card(QFrame):
    """Rows of a form: a label on the left, what belongs to it on the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self._theme = theme
        self._labels: dict[QWidget, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def add(self, text: str, content: QWidget, buddy: QWidget | None = None) -> QLabel:
        """One more row, with its label; *buddy* takes the keyboard on the mnemonic of *text*."""
        label = QLabel(text)
        label.setProperty("role", "fact")
        label.setWordWrap(True)
        if buddy is not None:
            label.setBuddy(buddy)
        self._labels[content] = label
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(content, row, 1)
        self._restyle()
        return label

    def add_wide(self, content: QWidget) -> None:
        """One more row, which takes the place of the labels too."""
        self._grid.addWidget(content, self._grid.rowCount(), 0, 1, 2)

    def show_row(self, content: QWidget, shown: bool) -> None:
        """Show or hide the row of *content*, its label with it."""
        for widget in (self._labels[content], content):
            widget.setVisible(shown)

    def _restyle(self) -> None:
        px = self._theme.px
        self._grid.setContentsMargins(px(16), px(12), px(16), px(12))
        self._grid.setHorizontalSpacing(px(GAP))
        self._grid.setVerticalSpacing(px(8))
        for label in self._labels.values():
            label.setFixedWidth(px(LABEL))
            label.setMinimumHeight(px(ROW))
