"""Initial parameters of one's own: a field for each, typed, pasted or read from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from core.exports.array_files import READERS, read_named, read_npy
from core.exports.tables import TableError, read_csv
from core.network.arrays import Array, frozen
from core.network.symbols import meaning
from core.sources.parameter_names import OWN, Recognised, names_parameter, recognised
from core.writing.form import exact
from core.writing.notation import NotationError, read
from core.writing.printed import unwrapped
from gui.look.theme import Theme
from gui.new_network.fields import GAP, LABEL, Words, mark

ONE_KIND = "One matrix or vector (*.csv *.tsv *.txt *.npy *.npz *.safetensors *.json)"
ALL_KIND = "Arrays by name (*.npz *.safetensors *.json)"
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
        turn: the button that transposes the matrices, where nothing in the file told rows from columns.
        words: what was read, and as what, or why not.

    Signals:
        edited(): the numbers of a field are others.
    """

    edited = Signal()

    def __init__(self, theme: Theme, ask_file: AskFile) -> None:
        super().__init__()
        self._theme = theme
        self._ask_file = ask_file
        self.load = QPushButton("&Read all…")
        self.load.setToolTip(
            "Read every parameter from an NPZ, safetensors or JSON file, also by the names of PyTorch and Keras; "
            "never runs what is in it"
        )
        self.load.clicked.connect(self._read_all)
        self.turn = QPushButton("Trans&pose all")
        self.turn.setToolTip("Take rows as columns in U, W and V")
        self.turn.clicked.connect(self._turn_all)
        self.turn.hide()
        self.words = Words("Type or paste each one, from a spreadsheet or in any notation, or read it from a file.")
        self.rows = {name: ParameterRow(theme, name, ask_file) for name in OWN}
        self._top = QHBoxLayout()
        self._top.addWidget(self.load, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.turn, 0, Qt.AlignmentFlag.AlignTop)
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
            found, left = _all(path)
        except TableError as error:
            self.words.say(f"{path.name}: {error.problem}. Nothing was changed.")
            return
        for name, array in found.parameters.items():
            self.rows[name].set_array(array, path.name)
        self.turn.setVisible(bool(found.doubt))
        unused = f" Not used: {', '.join(left)}." if left else ""
        self.words.hint(f"Read from {path.name}: {found.mapping}.{unused} {found.doubt}".rstrip())
        self.words.say("")
        self.edited.emit()

    def _turn_all(self) -> None:
        """As often as it is pressed; the words stay, which say why."""
        for name in ("U", "W", "V"):
            self.rows[name].transpose()

    def _restyle(self) -> None:
        self._top.setContentsMargins(self._theme.px(LABEL + GAP), 0, 0, 0)
        self._top.setSpacing(self._theme.px(GAP))
        self._column.setSpacing(self._theme.px(8))


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
        self.name, self.shape, self.words = QLabel(name), QLabel(), Words()
        self.name.setProperty("role", "strong")
        self.shape.setProperty("role", "dim")
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it would hide a single row
        self.edit.setAccessibleName(f"Numbers of {name}")
        self.edit.setToolTip(f"{name}: {meaning(name).words}. Tabs, commas or spaces between numbers, a row a line")
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


def _all(path: Path) -> tuple[Recognised, list[str]]:
    """The parameters in the file at *path*, and the names of what else is in it."""
    arrays, left = read_named(path)
    found = recognised(arrays)
    broken = next((name for name in left if names_parameter(name)), None)
    if broken is not None:
        raise TableError(f"{broken}: {left[broken]}")
    if found.problem:
        raise TableError(found.problem)
    if not found.parameters:
        names = ", ".join([*arrays, *left]) or "none"
        raise TableError(f"expected arrays of the names {', '.join(OWN)}, or those of PyTorch or Keras; found {names}")
    return found, [*found.left, *left]


def _one(path: Path, name: str) -> Array:
    """The array of parameter *name* in the file at *path*: the only one of a table, the one of that name of several."""
    kind = path.suffix.lower()
    if kind == ".npy":
        return read_npy(path)
    if kind not in READERS:
        return read_csv(path)
    found, _ = _all(path)
    if name not in found.parameters:
        raise TableError(f"expected an array named {name}, found {found.mapping}")
    return found.parameters[name]
