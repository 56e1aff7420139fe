"""Choices of which one is on: a few side by side, or many in a list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from gui.look.theme import Theme


class Picker(QComboBox):
    """Choices in a list that opens below."""

    def __init__(self) -> None:
        super().__init__()
        # Said before there is a window around it: what Qt makes for the list without it keeps arrows at both ends.
        self.setStyleSheet("combobox-popup: 0;")


class Segments(QWidget):
    """A label and its choices, as buttons of which one is down.

    Signals:
        chosen(str): the user has chosen this one; not told when the program does.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, label: str, choices: Sequence[tuple[str, str]]) -> None:
        """*choices*: text and tooltip of each; the first is on."""
        super().__init__()
        self._theme = theme
        self.setAccessibleName(label)
        self._label = QLabel(label)
        self._group = QButtonGroup(self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._label)
        self._buttons: dict[str, QToolButton] = {}
        for text, tip in choices:
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"{label} {text}".strip())
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _on, text=text: self.chosen.emit(text))
            self._group.addButton(button)
            self._layout.addWidget(button)
            self._buttons[text] = button
        next(iter(self._buttons.values())).setChecked(True)
        self._label.setVisible(bool(label))
        theme.changed.connect(self._restyle)
        self._restyle()

    def button(self, text: str) -> QToolButton:
        """The button of a choice."""
        return self._buttons[text]

    @property
    def current(self) -> str:
        """The choice that is on."""
        return next(text for text, button in self._buttons.items() if button.isChecked())

    def set_current(self, text: str) -> None:
        """Turns on that choice, without a signal."""
        self._buttons[text].setChecked(True)

    def set_offered(self, texts: Sequence[str]) -> None:
        """Shows only these choices."""
        for text, button in self._buttons.items():
            if button.isHidden() == (text in texts):
                button.setVisible(text in texts)

    def _restyle(self) -> None:
        px = self._theme.px
        self._layout.setSpacing(px(3))
        # Lower than other buttons: they choose how to look, they do nothing.
        self.setStyleSheet(f"QToolButton {{ padding: {px(1)}px {px(8)}px; min-height: {px(20)}px; }}")
        for widget in (self._label, *self._buttons.values()):
            widget.setFont(self._theme.font(12))
