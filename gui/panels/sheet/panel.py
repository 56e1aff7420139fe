"""The Sheet panel: every number that the worksheet prints, checked against the computed one while stepping."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.answers.own_worksheet import OwnWorksheet
from gui.panels.base.panel import Panel
from gui.panels.sheet.errata import ErrataList
from gui.panels.sheet.table import SheetTable

_LOOKS = ("numbers", "errata", "mine")
NO_SHEET = "This network came from a file: no sheet to compare with."


class SheetPanel(Panel):
    """The printed numbers with their verdicts, what is wrong in the sheet, and the learner's own lines, a tab each.

    Signals:
        rule_requested(Rule): step with that rule. paths_requested(Rule): so too, and show the paths of attention.
    """

    rule_requested = Signal(object)
    paths_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Sheet")
        self.count = QLabel()
        self.count.setWordWrap(True)
        self.table = SheetTable(theme)
        self.table.cursor_requested.connect(self.cursor_requested)
        self.table.symbol_hovered.connect(self.symbol_hovered)
        self.errata = ErrataList(theme)
        page, numbers = QWidget(), QWidget()
        self._column = QVBoxLayout(numbers)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.count)
        self._column.addWidget(self.table, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.own = OwnWorksheet(theme)
        self.own.jump_requested.connect(self.jump_requested)
        self.own.cursor_requested.connect(self.cursor_requested)
        self.own.rule_requested.connect(self.rule_requested)
        self.own.paths_requested.connect(self.paths_requested)
        self.tabs.addTab(page, "Numbers")
        self.tabs.addTab(self.errata, "Errata")
        self.tabs.addTab(self.own, "Mine")
        self.tabs.setTabToolTip(0, "Every number that the sheet prints, beside the computed one")
        self.tabs.setTabToolTip(1, "What is wrong in this sheet")
        self.tabs.setTabToolTip(2, "Enter your own lines; the first that is wrong is found (Ctrl+B)")
        self.empty = QLabel(NO_SHEET)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(page)
        self._stack.addWidget(numbers)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.tabs)
        theme.changed.connect(self._restyle)
        self._restyle()

    def render_view(self, view: View) -> None:
        """Show what has been checked so far, and what concerns the current step."""
        sheet = view.source.worksheet
        self._stack.setCurrentIndex(1 if sheet is None else 0)
        self.tabs.setTabVisible(1, sheet is not None and bool(sheet.errata))
        self.own.set_view(view)
        self.table.set_view(view)
        _set_text(self.count, self.table.count)
        self.errata.set_view(view)
        if sheet is not None:
            here = len(sheet.errata_at(view.cursor.epoch, view.step.address))
            title = "Errata" + (f"  ▶ {here} here" if here else "")
            if title != self.tabs.tabText(1):
                self.tabs.setTabText(1, title)

    def focus_own_lines(self) -> None:
        """Bring the learner's own lines to the front, ready to be typed."""
        self.tabs.setCurrentWidget(self.own)
        self.own.editor.setFocus()

    def show_erratum(self, number: int) -> None:
        """Bring that erratum to the front."""
        self.tabs.setCurrentWidget(self.errata)
        self.errata.show_erratum(number)

    @property
    def looks(self) -> Mapping[str, str]:
        """The tab in front."""
        return {"sheet": _LOOKS[self.tabs.currentIndex()]}

    def look(self, looks: Mapping[str, str]) -> None:
        """Bring that tab to the front."""
        if "sheet" in looks:
            self.tabs.setCurrentIndex(_LOOKS.index(looks["sheet"]))

    def set_highlight(self, symbol: str) -> None:
        """Light up the numbers of *symbol*."""
        self.table.set_lit(symbol)

    def _restyle(self) -> None:
        px = self.theme.px
        self.count.setFont(self.theme.font(12))
        self.count.setContentsMargins(px(8), px(2), px(8), px(2))
        self.empty.setContentsMargins(px(16), px(16), px(16), px(16))


def _set_text(label: QLabel, text: str) -> None:
    if text != label.text():
        label.setText(text)
