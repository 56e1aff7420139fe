"""What is changed or held, in the Watch panel: one button each, which lets it go."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from core.network.number import Number
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.what_if.state import told
from gui.widgets.parts.flow_layout import FlowLayout

_MOST = 12


class ChangeList(QWidget):
    """Numbers that are changed or held.

    Signals:
        let_go(Number): let that number be again as it was given or computed.
    """

    let_go = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown: tuple[tuple[Number, str], ...] = ()
        self.buttons: list[QPushButton] = []
        self._head, self._more = QLabel("Changed or held · click one to let it go"), QLabel()
        self._flow = FlowLayout()
        self._flow.set_gaps(theme.px(6), theme.px(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._head)
        column.addLayout(self._flow)
        column.addWidget(self._more)
        for label in (self._head, self._more):
            label.setProperty("role", "dim")

    def show_changes(self, view: View) -> None:
        """Show what *view* is changed by; nothing where it is not."""
        values = view.state.changes.values
        shown = tuple((number, told(view, number, value)) for number, value in values.items())
        self.setVisible(bool(shown))
        if shown == self._shown:
            return
        self._shown = shown
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.deleteLater()
        self.buttons = [QPushButton(text) for _, text in shown[:_MOST]]
        for button, (number, text) in zip(self.buttons, shown, strict=False):
            button.setProperty("small", True)
            button.setToolTip("Let it go: be again as it was given or computed; Undo brings it back")
            button.setAccessibleName(f"Let go of {text}")
            button.clicked.connect(partial(self._let_go, number))
            self._flow.addWidget(button)
        self._more.setText(f"and {len(shown) - _MOST:,} more")
        self._more.setVisible(len(shown) > _MOST)

    def _let_go(self, number: Number, _checked: bool = False) -> None:
        self.let_go.emit(number)
