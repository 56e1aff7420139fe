"""Copy steps as LaTeX: which of them, and whether with their results or with blanks to fill in."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QWidget

from core.program.program import Span
from core.steps.handout import handout
from gui.debugger.view import View

_MOST_STEPS = 500  # more make no hand-out


class CopySteps(QDialog):
    """Asks for a range of steps, at first *steps*, and copies them.

    Attributes:
        first, last: of the range. blanks: whether results are left out.
    """

    def __init__(self, view: View, steps: Span, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self.setWindowTitle("Copy steps as LaTeX")
        length = len(view.program)
        self.first, self.last = QSpinBox(), QSpinBox()
        for spin, value in ((self.first, steps.first), (self.last, steps.last)):
            spin.setRange(1, min(length, 2**31 - 1))
            spin.setValue(value)
        self.first.valueChanged.connect(self._keep_in_order)
        self._keep_in_order()
        self.blanks = QCheckBox("&Blanks in place of results")
        self.blanks.setToolTip("Lines to write on, for a hand-out")
        form = QFormLayout(self)
        form.addRow("&From step", self.first)
        form.addRow("&To step", self.last)
        if len(steps) > _MOST_STEPS:
            form.addRow(QLabel(f"Of {len(steps):,} steps the first {_MOST_STEPS}: no more are copied at once."))
        form.addRow(self.blanks)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)  # whose style has it without icons
        copy = buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.AcceptRole)
        copy.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def accept(self) -> None:
        """Put the steps on the clipboard."""
        view = self._view
        steps = range(self.first.value(), self.last.value() + 1)
        text = handout(view.epoch, view.program, steps, view.form, blanks=self.blanks.isChecked())
        QGuiApplication.clipboard().setText(text)
        super().accept()

    def _keep_in_order(self) -> None:
        first = self.first.value()
        self.last.setRange(first, min(len(self._view.program), first + _MOST_STEPS - 1))
