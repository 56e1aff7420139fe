"""The field of one parameter of one's own: typed, pasted or read from a file."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from core.exports.tables import TableError
from core.network.arrays import Array, frozen
from core.writing.form import exact
from core.writing.notation import NotationError, read
from core.writing.printed import unwrapped
from gui.look.theme import Theme
from gui.new_network.fields.parts import GAP, LABEL, Words, mark
from gui.new_network.given.files import ONE_KIND, AskFile, one_array

_MOST_WRITTEN = 400  # numbers that are written out; more stay an array, of which the field says what it is
_MOST_LINES = 4
_ROW, _NAME = 32, 48
_INSIDE = 8  # the border and padding above and below the lines

Shape = tuple[int, ...]


class ParameterRow(QWidget):
    """The field of one parameter.

    Attributes:
        edit: takes the numbers. load: the button that reads them from a file. words: what is wrong with them.
        turn: the button that transposes them, where only so they fit.

    Signals:
        edited(): the numbers are others.
    """

    edited = Signal()

    def __init__(self, theme: Theme, name: str, ask_file: AskFile) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._ask_file = ask_file
        self._array: Array | None = None  # what the field was filled with, until it is edited
        self._read: tuple[str, Shape, Array | str] | None = None  # reading thousands of numbers takes its time
        self._shape: Shape = ()
        self._text = self._origin = ""
        self._is_awaited = True  # nobody has typed anything yet, or wanted to go on without it
        self.name, self.shape, self.words = QLabel(name), QLabel(), Words()
        self.name.setProperty("role", "strong")
        self.shape.setProperty("role", "dim")
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it would hide a single row
        self.edit.setAccessibleName(f"Numbers of {name}")
        self.edit.setToolTip(f"{name}: tabs, commas or spaces between numbers, a row a line")
        self.edit.textChanged.connect(self._edited)
        self.load = QPushButton("Read file…")
        self.load.setToolTip(f"Read {name} from a CSV, NPY or NPZ file")
        self.load.setAccessibleName(f"Read {name} from a CSV, NPY or NPZ file")
        self.load.clicked.connect(self._read_file)
        self.turn = QPushButton("Transpose")
        self.turn.setToolTip(f"Take rows as columns: so {name} fits")
        self.turn.setAccessibleName(f"Transpose {name}")
        self.turn.clicked.connect(self.transpose)
        self.turn.hide()
        self._line = QHBoxLayout()
        for head in (self.name, self.shape):
            self._line.addWidget(head, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addWidget(self.edit, 1)
        for button in (self.turn, self.load):
            self._line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._line)
        self._column.addWidget(self.words)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_array(self, array: Array, origin: str) -> None:
        """Fill the field with *array*, which comes from *origin*; a long one is only named."""
        long = array.size > _MOST_WRITTEN
        rows = array.reshape(1, -1) if array.ndim < 2 else array
        text = "" if long else "\n".join("  ".join(map(exact, row)) for row in rows.tolist())
        size = "×".join(map(str, array.shape))
        self.edit.setPlainText(text)
        self.edit.setPlaceholderText(f"{size} numbers from {origin}; what is typed here replaces them" if long else "")
        self._array, self._origin = array, origin
        self.edited.emit()

    def transpose(self) -> None:
        """Take rows as columns, where the field was filled from a file."""
        if self._array is not None and self._array.ndim == 2:
            self.set_array(frozen(self._array.T), self._origin)

    def say_meaning(self, words: str) -> None:
        """Let the tip say what the parameter is, in *words*."""
        tip = f"{self._name}: {words}. Tabs, commas or spaces between numbers, a row a line"
        if tip != self.edit.toolTip():
            self.edit.setToolTip(tip)

    def read(self, shape: Shape) -> Array | None:
        """The numbers, as far as they can be read for *shape*; `problem` is why not."""
        if shape != self._shape:
            self._shape = shape
            self.shape.setText("×".join(map(str, shape)))
            self.shape.setToolTip(f"{self._name} has {self.shape.text()} numbers")
            self._restyle()
        found_shape = () if self._array is None else self._array.shape
        self.turn.setVisible(len(found_shape) == len(shape) == 2 and found_shape != shape == found_shape[::-1])
        if self._array is not None:
            return self._array
        text = self.edit.toPlainText()
        if not text.strip():
            return None
        if self._read is None or self._read[:2] != (text, shape):
            found: Array | str
            try:
                found = read(unwrapped(text), shape).values
            except NotationError as error:
                found = f"{self._name}: {error}."
            self._read = (text, shape, found)
        found = self._read[2]
        return None if isinstance(found, str) else found

    @property
    def problem(self) -> str:
        """Why the text cannot be read as numbers of the shape, or nothing."""
        found = self._read[2] if self._read is not None and self._array is None else ""
        return found if isinstance(found, str) and self.edit.toPlainText().strip() else ""

    def say(self, problem: str) -> None:
        """Mark the field and say *problem* beneath it; take both back where it is empty."""
        self.words.say(problem, calm=self._is_awaited)
        self.words.setVisible(bool(problem))
        mark(self.edit, bool(problem) and not self._is_awaited)
        self.edit.setAccessibleDescription(problem)

    def insist(self) -> None:
        """Somebody wants to go on: what is not there yet is missing now."""
        self._is_awaited = False
        self.say(self.words.problem)

    def _edited(self) -> None:
        text = self.edit.toPlainText()
        if text == self._text:  # only its layout is another
            return
        self._is_awaited = False
        self._text = text
        self._array = None
        self.edit.setPlaceholderText("")
        self._restyle()
        self.edited.emit()

    def _read_file(self) -> None:
        path = self._ask_file(f"Read {self._name}", ONE_KIND)
        if path is None:
            return
        try:
            array = one_array(path, self._name)
        except TableError as error:
            self.words.say(f"{path.name}: {error.problem}. Nothing was changed.")
            self.words.show()
            return
        self.set_array(array, path.name)
        self.edit.setFocus()

    def _restyle(self) -> None:
        px = self._theme.px
        lines = max(self.edit.blockCount(), 1 if len(self._shape) < 2 else self._shape[0])
        self._line.setSpacing(px(GAP))
        self._column.setSpacing(px(3))
        self.name.setFixedWidth(px(_NAME))
        self.shape.setFixedWidth(px(LABEL - _NAME - GAP))
        for head in (self.name, self.shape):
            head.setFixedHeight(px(_ROW))
        self.words.setContentsMargins(px(LABEL + GAP), 0, 0, 0)
        line = ceil(QFontMetricsF(self._theme.font()).lineSpacing())
        margin = max((px(_ROW - _INSIDE) - line) // 2 - 1, 0)  # one less, or Qt thinks that it has to scroll
        if margin != self.edit.document().documentMargin():
            self.edit.document().setDocumentMargin(margin)
        self.edit.setFixedHeight(px(_ROW) + line * (min(lines, _MOST_LINES) - 1))
