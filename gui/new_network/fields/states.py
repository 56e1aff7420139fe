"""Fields of numbers that have names, such as what the states of a cell are before the first timestep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.look.theme import Theme
from gui.new_network.fields.parts import ROW, Words, mark


class NamedFields(QWidget):
    """A field for each name, side by side; *empty*: what an empty one stands for. *called*: of each, its label, what it
    is, and more about it.

    Attributes:
        fields: where the numbers are typed, by name; those of other cells are kept. words: what is wrong with one.

    Signals:
        edited(): the numbers of a field are others.
    """

    edited = Signal()

    def __init__(self, theme: Theme, empty: str, called: Callable[[str], tuple[str, str, str]]) -> None:
        super().__init__()
        self._theme, self._empty, self._called = theme, empty, called
        self.fields: dict[str, QLineEdit] = {}
        self._labels: dict[str, QLabel] = {}
        self._shown: tuple[str, ...] = ()
        self.words = Words()
        self._row = QHBoxLayout()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self.words)
        self.words.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def texts(self) -> Mapping[str, str]:
        """What is typed, by name."""
        return {name: field.text() for name, field in self.fields.items()}

    @property
    def first(self) -> QLineEdit:
        """The first field that is shown."""
        return self.fields[self._shown[0]]

    def fill(self, texts: Mapping[str, str]) -> None:
        """Show *texts*, nothing in the other fields."""
        for name in {*self.fields, *texts}:
            self._field(name).setText(texts.get(name, ""))

    def show_names(self, names: Sequence[str], before: QWidget) -> None:
        """Show the fields of these states alone; Tab comes to them from the widget *before*."""
        self._shown = tuple(names)
        for name in names:
            self._field(name)
        for name, field in self.fields.items():
            for part in (self._labels[name], field):
                part.setVisible(name in names)
        for name in names:
            QWidget.setTabOrder(before, self.fields[name])
            before = self.fields[name]

    def say(self, problems: Mapping[str, str]) -> None:
        """Mark the fields of these names, and say the first of the problems."""
        for name, field in self.fields.items():
            mark(field, name in problems)
            field.setAccessibleDescription(problems.get(name, ""))
        self.words.say(next(iter(problems.values()), ""))
        self.words.setVisible(bool(problems))

    def problem(self, name: str) -> str:
        """What is wrong with the field of that name."""
        return self.fields[name].accessibleDescription()

    def _field(self, name: str) -> QLineEdit:
        if name not in self.fields:
            written, what, more = self._called(name)
            field, label = QLineEdit(), QLabel(written)
            label.setProperty("role", "strong")
            field.setPlaceholderText(self._empty)
            field.setAccessibleName(f"{written}, {what}")
            field.setToolTip(f"{written}: {more}")
            field.textChanged.connect(self.edited)
            self._row.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
            self._row.addWidget(field, 1)
            self.fields[name], self._labels[name] = field, label
            self._restyle()
        return self.fields[name]

    def _restyle(self) -> None:
        px = self._theme.px
        self._row.setSpacing(px(8))
        self._column.setSpacing(px(3))
        for label in self._labels.values():
            label.setFixedHeight(px(ROW))
