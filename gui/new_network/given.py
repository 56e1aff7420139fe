"""Initial parameters of one's own: a field for each, typed, pasted or read from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from core.exports.array_files import read_npy, read_npz
from core.exports.tables import TableError, read_csv
from core.network.arrays import Array
from core.network.symbols import TABLE
from core.writing.form import exact
from core.writing.notation import NotationError, read
from gui.look.theme import Theme
from gui.new_network.fields import GAP, LABEL, Words, mark

NAMES = ("U", "W", "b", "V", "c", "E")
ONE_KIND = "One matrix or vector (*.csv *.tsv *.txt *.npy *.npz)"
ALL_KIND = "NumPy’s arrays by name (*.npz)"
_MOST_WRITTEN = 400  # numbers that are written out; more stay an array, of which the field says what it is
_MOST_LINES = 4
_ROW, _NAME = 32, 18
_INSIDE = 8  # the border and padding above and below the lines

Shape = tuple[int, ...]
AskFile = Callable[[str, str], Path | None]  # a title and the kinds of files, as Qt writes them


class GivenParameters(QWidget):
    """The fields of all parameters that the network has.

    Attributes:
        rows: one for each parameter there can be, by name. load: the button that reads all of them from one file.
        words: what was read, or why not.

    Signals:
        edited(): the numbers of a field are others.
    """

    edited = Signal()

    def __init__(self, theme: Theme, ask_file: AskFile) -> None:
        super().__init__()
        self._theme = theme
        self._ask_file = ask_file
        self.load = QPushButton("Read all from NP&Z…")
        self.load.setToolTip("Read every parameter from a file that NumPy’s savez wrote; never runs what is in it")
        self.load.clicked.connect(self._read_all)
        self.words = Words("Type or paste each one, from a spreadsheet or in any notation, or read it from a file.")
        self.rows = {name: ParameterRow(theme, name, ask_file) for name in NAMES}
        self._top = QHBoxLayout()
        self._top.addWidget(self.load, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.words, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._top)
        for row in self.rows.values():
            row.edited.connect(self.edited)
            self._column.addWidget(row)
        theme.changed.connect(self._restyle)
        self._restyle()

    def read(self, shapes: Mapping[str, Shape]) -> dict[str, Array]:
        """The arrays of the parameters that *shapes* has and that can be read; the others know what is wrong."""
        arrays: dict[str, Array] = {}
        for name, row in self.rows.items():
            row.setVisible(name in shapes)
            if name in shapes:
                array = row.read(shapes[name])
                if array is not None:
                    arrays[name] = array
        return arrays

    def _read_all(self) -> None:
        path = self._ask_file("Read all parameters", ALL_KIND)
        if path is None:
            return
        try:
            arrays = read_npz(path)
        except TableError as error:
            self.words.say(f"{path.name}: {error.problem}. Nothing was changed.")
            return
        used = [name for name in NAMES if name in arrays]
        if not used:
            self.words.say(f"{path.name}: expected arrays of the names {', '.join(NAMES)}; found {', '.join(arrays)}.")
            return
        for name in used:
            self.rows[name].set_array(arrays[name], path.name)
        unused = ", ".join(name for name in arrays if name not in NAMES)
        self.words.hint(f"Read from {path.name}: {', '.join(used)}." + (f" Not used: {unused}." if unused else ""))
        self.words.say("")
        self.edited.emit()

    def _restyle(self) -> None:
        self._top.setContentsMargins(self._theme.px(LABEL + GAP), 0, 0, 0)
        self._top.setSpacing(self._theme.px(GAP))
        self._column.setSpacing(self._theme.px(8))


class ParameterRow(QWidget):
    """The field of one parameter.

    Attributes:
        edit: takes the numbers. load: the button that reads them from a file. words: what is wrong with them.

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
        self._text = ""
        self.name, self.shape, self.words = QLabel(name), QLabel(), Words()
        self.name.setProperty("role", "strong")
        self.shape.setProperty("role", "dim")
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it would hide a single row
        self.edit.setAccessibleName(f"Numbers of {name}")
        self.edit.setToolTip(f"{name}: {TABLE[name].words}. Tabs, commas or spaces between numbers, a row a line")
        self.edit.textChanged.connect(self._edited)
        self.load = QPushButton("Read file…")
        self.load.setToolTip(f"Read {name} from a CSV, NPY or NPZ file")
        self.load.setAccessibleName(f"Read {name} from a CSV, NPY or NPZ file")
        self.load.clicked.connect(self._read_file)
        self._line = QHBoxLayout()
        for head in (self.name, self.shape):
            self._line.addWidget(head, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addWidget(self.edit, 1)
        self._line.addWidget(self.load, 0, Qt.AlignmentFlag.AlignTop)
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
        self._array = array
        self.edited.emit()

    def read(self, shape: Shape) -> Array | None:
        """The numbers, as far as they can be read for *shape*; `problem` is why not."""
        if shape != self._shape:
            self._shape = shape
            self.shape.setText("×".join(map(str, shape)))
            self.shape.setToolTip(f"{self._name} has {self.shape.text()} numbers")
            self._restyle()
        if self._array is not None:
            return self._array
        text = self.edit.toPlainText()
        if not text.strip():
            return None
        if self._read is None or self._read[:2] != (text, shape):
            found: Array | str
            try:
                found = read(text, shape).values
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
        self.words.say(problem)
        self.words.setVisible(bool(problem))
        mark(self.edit, bool(problem))
        self.edit.setAccessibleDescription(problem)

    def _edited(self) -> None:
        text = self.edit.toPlainText()
        if text == self._text:  # only its layout is another
            return
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
            array = _one(path, self._name)
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


def _one(path: Path, name: str) -> Array:
    """The array of parameter *name* in the file at *path*: the only one of a table, the one of that name of several."""
    kind = path.suffix.lower()
    if kind == ".npy":
        return read_npy(path)
    if kind != ".npz":
        return read_csv(path)
    arrays = read_npz(path)
    if name not in arrays:
        raise TableError(f"expected an array named {name}, found {', '.join(arrays) or 'none'}")
    return arrays[name]
