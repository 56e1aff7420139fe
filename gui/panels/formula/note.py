"""What is said beside a step: what was changed, what the sheet prints, and how the learner's own line stands."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from core.program.program import Address
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.formula import explain
from gui.widgets.parts.copied_label import CopiedLabel


class SheetNote(QFrame):
    """A framed line or more, none where there is nothing to say; errata are read in full on demand."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._own: Mapping[tuple[int, Address], str] = {}
        self._is_presented = False
        self.setObjectName("note")
        self.sheet = CopiedLabel()
        self.sheet.setProperty("role", "fact")
        self.errata = QToolButton()
        self.errata.setProperty("small", True)
        self.errata.setToolTip("Show what is wrong in the sheet here, in full")
        self.errata.setCheckable(True)
        self.errata.toggled.connect(self._show)
        self._beside = QHBoxLayout(self)
        self._beside.addWidget(self.sheet, 1)
        self._beside.addWidget(self.errata, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_step(self, view: View, *, presented: bool) -> None:
        """Say what there is to say of the step of *view*."""
        self._view, self._is_presented = view, presented
        self._show()

    def set_own_lines(self, own: Mapping[tuple[int, Address], str]) -> None:
        """Say at their steps, by epoch and address, how the learner's *own* lines stand."""
        self._own = own
        self._show()

    def _show(self) -> None:
        view = self._view
        if view is None:
            return
        changed, own = explain.changed_line(view), self._own.get((view.cursor.epoch, view.step.address))
        lines = [changed, *explain.sheet_lines(view, in_full=self.errata.isChecked()), own]
        said = "" if view.hidden else "\n".join(filter(None, lines))
        self.sheet.set_words(said)
        self.setVisible(bool(said))
        sheet = view.source.worksheet
        errata = sheet.errata_at(view.cursor.epoch, view.step.address) if sheet is not None else ()
        self.errata.setVisible(bool(errata) and not self._is_presented)
        self.errata.setText("Read them" if len(errata) > 1 else "Read it")  # which they are stands beside it

    def _restyle(self) -> None:
        px = self._theme.px
        self._beside.setContentsMargins(px(10), px(3), px(4), px(3))
