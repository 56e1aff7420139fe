"""Check this term: the rule's numbers beside derivatives that know nothing of rules."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from core.studies.contributions import MOST_TIMESTEPS
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.rules.listing import Listing
from gui.panels.rules.state import check_listing
from gui.panels.rules.table import ListingTable


class CheckTable(QWidget):
    """The table of the checks. Those of a long text take a while, so a button asks for them.

    Attributes:
        table: what it shows. ask: the button.

    Signals:
        symbol_hovered(str): the mouse is on a part that belongs to that symbol, "" when it leaves.
    """

    symbol_hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._words = QLabel(wordWrap=True)
        self.table = ListingTable(theme, "Check of this term")
        self.table.symbol_hovered.connect(self.symbol_hovered)
        self.ask = QPushButton("Check this term")
        self.ask.setToolTip("Differentiate numerically; in a long text this takes a moment")
        self.ask.clicked.connect(self._check)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._words)
        self._column.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.table, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def words(self) -> str:
        """What the table says, in a sentence."""
        return self._words.text()

    def set_view(self, view: View) -> None:
        """Check the step of *view*, or offer to."""
        before, self._view = self._view, view
        if view.network.T <= MOST_TIMESTEPS:
            self._check()
        elif before is None or (before.epoch, before.step.address, before.entry, before.form) != (
            view.epoch, view.step.address, view.entry, view.form,
        ):  # fmt: skip
            self._words.setText(f"With {view.network.T:,} timesteps this takes a moment.")
            self._show(Listing((), ()))

    def let_go(self) -> None:
        """Keep nothing of what was checked."""
        self._view = None

    def _check(self) -> None:
        if self._view is not None:
            listing, words = check_listing(self._view)
            self._words.setText(words)
            self._show(listing)

    def _show(self, listing: Listing) -> None:
        self.table.set_listing(listing)
        self.table.setAccessibleDescription(self._words.text() if listing.rows else "")
        self.table.setVisible(bool(listing.rows))
        self.ask.setVisible(not listing.rows)
        self._column.setStretch(0, 0 if listing.rows else 1)

    def _restyle(self) -> None:
        px = self._theme.px
        self._words.setStyleSheet(f"font-size: {px(12)}px;")
        self._words.setContentsMargins(px(6), 0, px(6), 0)
        self._column.setContentsMargins(px(4), px(6), px(4), px(4))
        self._column.setSpacing(px(4))
