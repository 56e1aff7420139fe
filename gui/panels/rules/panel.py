"""The Rules panel: what other rules would give here, how they would train, and what the true derivative is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.rules.check import CheckTable
from gui.panels.rules.compare import SideBySide
from gui.panels.rules.curves import LossCurves
from gui.panels.rules.state import first_term, refusal
from gui.panels.rules.waiting import Waiting

_TABS = (
    ("Side by side", "What every rule gives at this step"),
    ("Loss curves", "How the loss would go on under every rule"),
    ("Check this term", "The rule’s numbers beside numerical derivatives"),
)
_LOOKS = ("side by side", "curves", "check")


class RulesPanel(Panel):
    """Three tabs; only the one in front computes anything.

    Attributes:
        tabs: the three. compare, curves, check: what is in them. waiting: their pages where there is nothing yet.

    Signals:
        rule_requested(Rule): form gradients by that rule.
    """

    stands_at_cursor = True

    rule_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Rules")
        self._view: View | None = None
        self.compare, self.curves, self.check = SideBySide(theme), LossCurves(theme), CheckTable(theme)
        self.waiting = (Waiting(theme, self.compare), Waiting(theme, self.check))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        pages = (self.waiting[0], self.curves, self.waiting[1])
        for page, (title, tip) in zip(pages, _TABS, strict=True):
            self.tabs.setTabToolTip(self.tabs.addTab(page, title), tip)
        self.tabs.tabBar().setAccessibleName("Ways to compare rules")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.tabs.currentChanged.connect(self._render_tab)
        self.compare.rule_requested.connect(self.rule_requested)
        self.compare.symbol_hovered.connect(self.symbol_hovered)
        self.check.symbol_hovered.connect(self.symbol_hovered)
        self.curves.epoch_requested.connect(self.epoch_requested)
        for waiting in self.waiting:
            waiting.go_asked.connect(self._go)

    def render_view(self, view: View) -> None:
        """Show the tab in front for *view*."""
        self._view = view
        self._render_tab()

    def let_go(self) -> None:
        """Neither table keeps what it was about."""
        self._view = None
        self.compare.let_go()
        self.check.let_go()

    def come_into_sight(self, shown: bool) -> None:
        """Where the dock goes behind another tab, training rests until it is *shown* again."""
        super().come_into_sight(shown)
        if shown:
            self._render_tab()
        else:
            self.curves.pause()

    @property
    def looks(self) -> Mapping[str, str]:
        """The tab in front."""
        return {"rules": _LOOKS[self.tabs.currentIndex()]}

    def look(self, looks: Mapping[str, str]) -> None:
        """Bring that tab to the front."""
        if "rules" in looks:
            self.tabs.setCurrentIndex(_LOOKS.index(looks["rules"]))

    def _render_tab(self) -> None:
        view, front = self._view, self.tabs.currentIndex()
        if view is None:
            return
        if front == 1:
            self.curves.set_view(view)
            return
        words = refusal(view)
        self.waiting[front // 2].show_words(words, leads=not view.hidden)
        if not words:
            (self.compare, self.check)[front // 2].set_view(view)

    def _go(self) -> None:
        if self._view is not None:
            self.jump_requested.emit(first_term(self._view))
