"""Initial parameters of one's own: a field for each that the network has, or all from one file."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.exports.tables import TableError
from core.network.arrays import Array
from core.network.network import Network
from core.network.symbols import meaning_in
from core.sources.parameter_names import OWN
from gui.look.theme import Theme
from gui.new_network.fields.parts import GAP, LABEL, Words
from gui.new_network.given.files import ALL_KIND, AskFile, all_arrays
from gui.new_network.given.row import ParameterRow


class GivenParameters(QWidget):
    """The fields of all parameters that the network has.

    Attributes:
        rows: one for each parameter that was asked for, by name. load: the button that reads all from one file.
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
        self.load = QPushButton("Rea&d all…")
        self.load.setToolTip(
            "Read every parameter from an NPZ, safetensors or JSON file, also by the names of PyTorch and Keras; "
            "never runs what is in it"
        )
        self.load.clicked.connect(self._read_all)
        self.turn = QPushButton("Transpose all")
        self.turn.setToolTip("Take rows as columns in U, W and V")
        self.turn.clicked.connect(self._turn_all)
        self.turn.hide()
        self.words = Words("Type or paste each one, from a spreadsheet or in any notation, or read it from a file.")
        self.rows: dict[str, ParameterRow] = {}
        self._has: tuple[str, ...] = ()
        self._top = QHBoxLayout()
        self._top.addWidget(self.load, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.turn, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.words, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._top)
        theme.changed.connect(self._restyle)
        self._restyle()

    def row(self, name: str) -> ParameterRow:
        """The field of a parameter, made when it is first asked for."""
        if name not in self.rows:
            self.rows[name] = row = ParameterRow(self._theme, name, self._ask_file)
            row.edited.connect(self.edited)
            row.hide()
            self._column.addWidget(row)
        return self.rows[name]

    def read(self, network: Network | None) -> dict[str, Array]:
        """The arrays of the parameters of *network* that can be read; the others know what is wrong.

        While there is no network, since another field is bad, the fields stay as they are.
        """
        arrays: dict[str, Array] = {}
        if network is None:
            return arrays
        self._arrange(tuple(network.parameter_shapes))
        for name, shape in network.parameter_shapes.items():
            row = self.row(name)
            row.say_meaning(meaning_in(name, network).words)
            array = row.read(shape)
            if array is not None:
                arrays[name] = array
        return arrays

    def _arrange(self, names: tuple[str, ...]) -> None:
        """Show the fields of these parameters, in their order."""
        if names == self._has:
            return
        self._has = names
        for place, name in enumerate(names, 1):
            self._column.insertWidget(place, self.row(name))
        before: QWidget = self.turn
        for name in names:
            for widget in (self.rows[name].edit, self.rows[name].turn, self.rows[name].load):
                QWidget.setTabOrder(before, widget)
                before = widget
        for name, row in self.rows.items():
            row.setVisible(name in names)

    def _read_all(self) -> None:
        path = self._ask_file("Read all parameters", ALL_KIND)
        if path is None:
            return
        try:
            found, left = all_arrays(path, tuple(dict.fromkeys((*OWN, *self._has))))
        except TableError as error:
            self.words.say(f"{path.name}: {error.problem}. Nothing was changed.")
            return
        for name, array in found.parameters.items():
            self.row(name).set_array(array, path.name)
        self.turn.setVisible(bool(found.doubt))
        unused = f" Not used: {', '.join(left)}." if left else ""
        self.words.hint(f"Read from {path.name}: {found.mapping}.{unused} {found.doubt}".rstrip())
        self.words.say("")
        self.edited.emit()

    def _turn_all(self) -> None:
        """As often as it is pressed; the words stay, which say why."""
        for name in ("U", "W", "V"):
            self.row(name).transpose()

    def _restyle(self) -> None:
        self._top.setContentsMargins(self._theme.px(LABEL + GAP), 0, 0, 0)
        self._top.setSpacing(self._theme.px(GAP))
        self._column.setSpacing(self._theme.px(8))
