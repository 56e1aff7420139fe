"""The card of the cell: its lines, its sizes, attention, biases, and what its states are before the first timestep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QRadioButton

from core.network import cells, symbols
from core.network.cells import Biases
from core.network.network import CELL
from core.network.own_cell import CellError, typed
from core.sources.design import MOST_EMBEDDING, MOST_HIDDEN
from core.steps.cell_lines import typeset_cell, typeset_typed
from core.steps.template import Pieces
from gui.debugger.labels import counted
from gui.look.theme import Theme
from gui.new_network.fields.choices import Choice, Line
from gui.new_network.fields.own_lines import LinesField
from gui.new_network.fields.parts import Card, Entry, NumberField
from gui.new_network.fields.states import NamedFields
from gui.typesetting.typeset import TypesetError
from gui.widgets.formula.canvas import FormulaCanvas

_FIRST = (CELL, "relu", "sigmoid", "identity", "lstm", "gru")  # others follow by their names
_BIASES: dict[Biases, tuple[str, str]] = {
    "one": ("One in a line", "b beside W h"),
    "none": ("None", "No bias anywhere, beside the scores neither"),
    "two": ("Two in a line, as PyTorch", "One beside U x and one beside W h, each updated by itself"),
}
_OWN_BIASES: dict[Biases, tuple[str, str]] = {
    "one": ("As in the lines", "The lines have them, and the scores c"),
    "none": ("As in the lines, no c", "The lines have them, the scores have none"),
}
OWN = ""  # the choice of lines of one's own
_LAST = "The last line makes the hidden state"
_SIZE = 15  # of the letters of a line


class CellCard(Card):
    """The cell, hidden size, input, attention, biases and states.

    Attributes:
        cells, biases: what is chosen. own: lines of one's own, *own_field* where they are typed. lines: the cell as it
        is typeset. hidden, embedding: the sizes, *…_field* where they are typed. one_hot, embedded: what the input is.
        attention: the switch. terms: what it adds. states: the fields of the states before the first timestep. sizes:
        those of sizes that lines of one's own leave open.

    Signals:
        edited(): something is another than before.
    """

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        names = sorted(cells.cells(), key=_place)
        offered = {cell: (cells.title(cell), "What makes the hidden state") for cell in names}
        self.cells = Choice("Cell", offered | {OWN: ("Lines of your own", "Write down how a timestep is computed")})
        self.own_field = LinesField(theme)
        self.own = Entry(theme, self.own_field, _LAST, beneath=True)
        self.lines = FormulaCanvas(theme, size=_SIZE)
        self.hidden_field = NumberField(theme, "Hidden size", "H: how many numbers the hidden state has")
        self.hidden = Entry(theme, self.hidden_field, f"H, 1 to {MOST_HIDDEN}")
        self.one_hot, self.embedded = QRadioButton("&One-hot"), QRadioButton("&Embedding")
        self.one_hot.setToolTip("The input is a vector with a 1 at the letter")
        self.embedded.setToolTip("The input is the letter’s row of a matrix E, which is trained too")
        self.one_hot.setAccessibleName("Input: one-hot")
        self.embedded.setAccessibleName("Input: embedding")
        self._input = Line(theme, (self.one_hot, self.embedded))
        tip = "D: how many numbers an embedded letter has"
        self.embedding_field = NumberField(theme, "Size of the embedding", tip)
        self.embedding = Entry(theme, self.embedding_field, f"D, 1 to {MOST_EMBEDDING}")
        self.attention = QCheckBox("&Attend to all states so far")
        self._attention = Entry(theme, Line(theme, (self.attention,)), beneath=True)
        self.terms = self._attention.words
        self.attention.setAccessibleName("Attention")
        self.attention.setToolTip("Each output looks at all hidden states so far; all else stays as it is")
        self.biases = Choice("Biases", _BIASES)
        self.states = NamedFields(theme, "0", _state)
        self.sizes = NamedFields(theme, "H", self._size)
        self._sized: Mapping[str, str] = {}
        self.add("&Cell", self.cells, self.cells)
        self.add_wide(self.own)
        self.add("", self.lines)
        self.add("&Hidden size", self.hidden, self.hidden_field)
        self.add("Own sizes", self.sizes)
        self.add("Input", self._input)
        self.add("Embedding size", self.embedding)
        self.add("Attention", self._attention)
        self.add("&Biases", self.biases, self.biases)
        self._first = self.add("&Initial state", self.states)
        self._before, self._begun = CELL, ""  # the cell that was chosen last, and its lines, with which one begins
        self.cells.changed.connect(self._chosen)
        self.biases.changed.connect(self._chosen)
        self.own_field.textChanged.connect(self.edited)
        self.embedded.toggled.connect(self._chosen)
        self.attention.toggled.connect(self.edited)
        self.states.edited.connect(self.edited)
        self.sizes.edited.connect(self.edited)
        for field in (self.hidden_field, self.embedding_field):
            field.textChanged.connect(self.edited)
        self._reads_numbers = False

    @property
    def embedding_size(self) -> int | None:
        """D, or None where the input is one-hot."""
        return self.embedding_field.whole if self.embedded.isChecked() else None

    @property
    def bias(self) -> Biases:
        """How many biases a line has."""
        return self.biases.key

    @property
    def asked_lines(self) -> str | None:
        """The lines of one's own; None where another cell is chosen."""
        return self.own_field.toPlainText() if self.cells.key == OWN else None

    def fill(self, cell: str, lines: str | None, biases: Biases, initial: Mapping[str, str]) -> None:
        """Show this cell."""
        self.own_field.setPlainText(lines or "")
        self.cells.choose(cell if lines is None else OWN)
        self.biases.choose(biases)
        self.states.fill(initial)

    def fill_sizes(self, hidden: int, embedding: int | None, own: Mapping[str, str], *, attention: bool) -> None:
        """Show these; a size for the embedding stands ready where there is none."""
        self.hidden_field.setText(str(hidden))
        self.sizes.fill(own)
        self.embedding_field.setText(str(embedding or 2))
        (self.one_hot if embedding is None else self.embedded).setChecked(True)
        self.attention.setChecked(attention)
        self._chosen()

    def show_numbers(self, read: bool) -> None:
        """Leave out what is about letters where numbers are *read*."""
        self._reads_numbers = read
        self.show_row(self._input, not read)
        self.show_row(self.embedding, self.embedded.isChecked() and not read)

    def show_terms(self, counts: Sequence[int]) -> None:
        """Say what attention adds: terms *without* it and with it; nothing where they are not known."""
        without, with_attention = counts
        self.terms.setVisible(bool(without))
        words = f"{counted(without, 'term')} in ∂L/∂W without, {with_attention:,} with"
        self.terms.hint(words if without else "")

    def show_lines(self, sizes: Mapping[str, int]) -> None:
        """Show the lines as they are typeset, and of one's own what is wrong, where, and what fields they need.

        *sizes*: see `core.network.own_cell.typed`.
        """
        own = self.asked_lines
        if own is None:
            self._typeset(typeset_cell(self.cells.key, self.bias))
            self._show_fields(self.cells.key)
            return
        try:
            found = typed(own, sizes)
        except CellError as error:
            self.own_field.mark_problems(error.problems)
            self._typeset(typeset_typed(own))
        else:
            self.own_field.mark_problems(())
            self._typeset(typeset_cell(found.lines, self.bias))
            self._show_fields(found.lines)

    def _typeset(self, lines: Sequence[Pieces]) -> None:
        with suppress(TypesetError):  # while one types, what was there stays
            self.lines.set_lines(lines, f"The lines of {self.cells.currentText()}")
        self.show_row(self.lines, bool(lines))

    def _show_fields(self, cell: cells.Cell) -> None:
        """Show the fields of the states and of the open sizes of *cell*."""
        self.states.show_names(cells.states(cell), self.biases)
        self._first.setBuddy(self.states.first)
        self._sized = cells.open_sizes(cell)
        self.sizes.show_names([*self._sized], self.hidden_field)
        self.show_row(self.sizes, bool(self._sized))

    def _size(self, letter: str) -> tuple[str, str, str]:
        """How a size that the lines leave open is called."""
        of = f"how many numbers {self._sized[letter]}[t] has" if letter in self._sized else "a size of the lines"
        return letter, of, f"{of}; as many as H where it is empty"

    def _chosen(self) -> None:
        is_own = self.cells.key == OWN
        if is_own and self.own_field.toPlainText() in ("", self._begun):
            self._begun = cells.text(self._before).replace("a := ", "")
            self.own_field.setPlainText(self._begun)
        if not is_own:
            self._before = self.cells.key
        self.own.setVisible(is_own)
        self.biases.offer(_OWN_BIASES if is_own else _BIASES)
        self.show_row(self.embedding, self.embedded.isChecked() and not self._reads_numbers)
        self.show_lines({})
        self.edited.emit()


def _state(name: str) -> tuple[str, str, str]:
    """How a state before the first timestep is called."""
    more = f"the numbers of {name} before the first timestep; 0 where it is empty"
    return symbols.text(f"{name}[0]"), "the state before the first timestep", more


def _place(cell: str) -> tuple[int, str]:
    return (_FIRST.index(cell) if cell in _FIRST else len(_FIRST), cell)
