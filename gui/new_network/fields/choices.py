"""Choices of a form: one of a list by its key, or a few side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from gui.look.theme import Theme
from gui.new_network.fields.parts import ROW
from gui.widgets.parts.segments import Picker

Key = TypeVar("Key", bound=str)


def stretchy(picker: Picker) -> None:
    """Let *picker* be as wide as its column, and narrower than its longest line where that is."""
    picker.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    picker.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class Choice(Picker, Generic[Key]):
    """One of several by its key. What the user has chosen is chosen again as soon as it is offered again.

    Signals:
        changed(): another is chosen, by whomever.
    """

    changed = Signal()

    def __init__(self, name: str, choices: Mapping[Key, tuple[str, str]]) -> None:
        """*choices*: by their keys a text and a tip."""
        super().__init__()
        self._offered: dict[Key, tuple[str, str]] = {}
        self._wish: Key | None = None
        self.setAccessibleName(name)
        stretchy(self)
        self.offer(choices)
        self.currentIndexChanged.connect(self._chosen)
        self.activated.connect(lambda _index: self._wished())

    @property
    def key(self) -> Key:
        """The key of what is chosen."""
        return list(self._offered)[self.currentIndex()]

    def offer(self, choices: Mapping[Key, tuple[str, str]]) -> None:
        """Offer these, the first where what was chosen is not among them."""
        if choices == self._offered:
            return
        before = self.key if self._offered else None
        self.blockSignals(True)
        self.clear()
        self._offered = dict(choices)
        for place, (text, tip) in enumerate(choices.values()):
            self.addItem(text)
            self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self._place(self._wish))
        self.blockSignals(False)
        self._say_tip()
        if before is not None and self.key != before:
            self.changed.emit()

    def choose(self, key: Key) -> None:
        """Choose that one; where it is not offered now, as soon as it is."""
        self._wish = key
        self.setCurrentIndex(self._place(key))

    def _place(self, key: Key | None) -> int:
        return list(self._offered).index(key) if key in self._offered else 0

    def _wished(self) -> None:
        self._wish = self.key

    def _chosen(self) -> None:
        self._say_tip()
        self.changed.emit()

    def _say_tip(self) -> None:
        self.setToolTip(self._offered[self.key][1])


_TABBED, _CLICKED = Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.ClickFocus  # Tab goes to the choice that is on


class Line(QWidget):
    """Choices in one line, and what belongs to the last of them."""

    def __init__(self, theme: Theme, choices: Sequence[QRadioButton | QCheckBox], last: QWidget | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self._group.setExclusive(len(choices) > 1)
        self._choices = choices
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for choice in choices:
            self._group.addButton(choice)
            if isinstance(choice, QRadioButton):
                choice.setFocusPolicy(_CLICKED)
                choice.toggled.connect(lambda on, choice=choice: choice.setFocusPolicy(_TABBED if on else _CLICKED))
            self._row.addWidget(choice, 0, Qt.AlignmentFlag.AlignTop)
        if last is None:
            self._row.addStretch(1)
        else:
            self._row.addWidget(last, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._row.setSpacing(self._theme.px(10))
        for choice in self._choices:
            choice.setFixedHeight(self._theme.px(ROW))
