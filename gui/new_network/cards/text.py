"""The card of what a new network reads and what is wanted of it: letters, words or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from core.network.task import listed
from core.sources.design import Design, timesteps
from core.sources.typed import MOST_CHARACTERS, NOTHING, Kind, TypedError
from gui.debugger.labels import counted
from gui.look.theme import Theme
from gui.new_network.fields.choices import Choice
from gui.new_network.fields.letters import LetterStrip
from gui.new_network.fields.parts import Card, Entry
from gui.new_network.fields.table import TableField

NOUNS: dict[Kind, str] = {"letters": "letter", "words": "word", "numbers": "row"}
_READS: dict[Kind, tuple[str, str]] = {
    "letters": ("A text, letter by letter", "A word or a sentence in any script"),
    "words": ("A text, word by word", "What stands between spaces is read at one timestep"),
    "numbers": ("Numbers", "A vector of numbers a timestep, typed or pasted from a spreadsheet"),
}
_NEXT, _OWN, _NUMBERS = "next", "own", "numbers"


class TextCard(Card):
    """What the network reads, and what it should say.

    Attributes:
        reads, wants: what that is. text_field, table: where it is typed, *text* and *rows* these with their words.
        targets_field, targets_table, *targets* and *target_rows* those of what is wanted. letters: how it is counted.

    Signals:
        edited(): something is another than before.
    """

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.reads = Choice("Inputs", _READS)
        self.wants = Choice("Targets", {_NEXT: ("", "")})
        self.text_field, self.targets_field = QLineEdit(), QLineEdit()
        self.text_field.setAccessibleName("Text")
        self.text_field.setToolTip("A word or a sentence in any script")
        self.targets_field.setAccessibleName("Targets of your own")
        self.targets_field.setToolTip(f"What should be said at each timestep; {NOTHING} where nothing is wanted")
        tip = "A row of numbers a timestep, pasted from a spreadsheet or in any notation; Ctrl+Enter creates"
        self.table = TableField(theme, "Numbers that are read", tip)
        self.targets_table = TableField(
            theme, "Numbers that are wanted", f"{tip}. An empty row wants nothing", "no target"
        )
        self.text, self.rows = Entry(theme, self.text_field, beneath=True), Entry(theme, self.table, beneath=True)
        self.targets = Entry(theme, self.targets_field, f"{NOTHING} where nothing is wanted", beneath=True)
        self.target_rows = Entry(theme, self.targets_table, "An empty row where nothing is wanted", beneath=True)
        self.letters = LetterStrip(theme)
        self.add("I&nputs", self.reads, self.reads)
        self._label = self.add("&Text", _either(self.text, self.rows), self.text_field)
        self.add("", self.letters)
        self.add("Tar&gets", self.wants, self.wants)
        self._own = _either(self.targets, self.target_rows)
        self.add("", self._own)
        self.reads.changed.connect(self._chosen)
        self.wants.changed.connect(self._chosen)
        for field in (self.text_field, self.targets_field):
            field.setMaxLength(2 * MOST_CHARACTERS + 2)  # Qt counts halves of surrogate pairs; too many are still told
            field.textChanged.connect(self.edited)
        for table in (self.table, self.targets_table):
            table.textChanged.connect(self.edited)
        self._chosen()

    @property
    def kind(self) -> Kind:
        """What is read."""
        return self.reads.key

    @property
    def wants_numbers(self) -> bool:
        """Whether numbers are wanted, and no letters or words."""
        return self.wants.key == _NUMBERS

    @property
    def asked(self) -> str:
        """What is read, as it is typed."""
        return self.table.toPlainText() if self.kind == _NUMBERS else self.text_field.text()

    @property
    def asked_targets(self) -> str | None:
        """The targets of one's own; None where they are the next letters."""
        if self.wants.key == _NEXT:
            return None
        return self.targets_table.toPlainText() if self.wants_numbers else self.targets_field.text()

    @property
    def input_entry(self) -> Entry:
        """Where what is read is typed."""
        return self.rows if self.kind == _NUMBERS else self.text

    @property
    def target_entry(self) -> Entry:
        """Where what is wanted is typed."""
        return self.target_rows if self.wants_numbers else self.targets

    def fill(self, reads: Kind, text: str, targets: str | None, *, wants_numbers: bool) -> None:
        """Show *text*, read as *reads*, and *targets* where they are not the next letters."""
        self.reads.choose(reads)
        self.wants.choose(_NUMBERS if wants_numbers else _NEXT if targets is None else _OWN)
        (self.table.setPlainText if reads == _NUMBERS else self.text_field.setText)(text)
        (self.targets_table.setPlainText if wants_numbers else self.targets_field.setText)(targets or "")
        self._chosen()

    def count(self, design: Design) -> None:
        """Show what *design* reads and wants at each timestep, as far as it can be read."""
        inputs, targets, wide = _counted(design)
        noun, T = NOUNS[self.kind], len(inputs)
        self.letters.set_letters(inputs, targets)
        self.targets_table.set_timesteps(T)
        if self.kind == _NUMBERS:
            one = ", since a row is one" if T == 1 < wide else ""
            self.rows.words.hint(f"{counted(T, 'timestep')} of {counted(wide, 'number')}{one}" if T else "")
        else:
            length = T + (self.asked_targets is None)
            self.text.words.hint(f"{counted(length, noun)}, {counted(T, 'timestep')}")

    def _chosen(self) -> None:
        """Show what belongs to the choices, and nothing else; what was typed elsewhere stays there."""
        kind = self.kind
        noun = NOUNS[kind]
        own = (f"{noun.capitalize()}s of your own", f"Type what should be said at each {noun}")
        numbers = ("Numbers", "A row of numbers a timestep, or nothing")
        follows = (f"The next {noun}", f"Each {noun} should be followed by the next one of the text")
        if kind == _NUMBERS:
            self.wants.offer({_NUMBERS: numbers, _OWN: ("Words", "A word or a letter a timestep, spaces between them")})
        else:
            self.wants.offer({_NEXT: follows, _OWN: own, _NUMBERS: numbers})
        self._label.setText("&Text" if kind != _NUMBERS else "&Table")
        self._label.setBuddy(self.input_entry.field)
        for entry in (self.text, self.rows):
            entry.setVisible(entry is self.input_entry)
        for entry in (self.targets, self.target_rows):
            entry.setVisible(entry is self.target_entry)
        self.show_row(self.letters, kind != _NUMBERS)
        self.show_row(self._own, self.wants.key != _NEXT)
        self.edited.emit()


def _either(*parts: QWidget) -> QWidget:
    """Room for one of *parts* at a time."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        column.addWidget(part)
    return both


def _counted(design: Design) -> tuple[Sequence[str], Sequence[str], int]:
    """What is read and what is wanted at each timestep, as far as it can be read, and how many numbers are read."""
    T = 0
    with suppress(TypedError):
        found = timesteps(replace(design, targets=design.targets if design.targets is None else ""))
        inputs = found.inputs or tuple(map(listed, found.read))
        T = len(inputs)
    if not T:
        return (), (), 0
    targets: Sequence[str] = ()
    with suppress(TypedError):
        wanted = timesteps(design)
        targets = [each or listed(None) for each in wanted.targets] or list(map(listed, wanted.wanted))
    return inputs, targets, len(found.read[0]) if found.read else 0
