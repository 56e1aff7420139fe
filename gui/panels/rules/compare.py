"""Rules side by side: what each gives at this step, and the terms in which one of them differs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.studies.comparison import Comparison
from gui.debugger.labels import counted
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.rules.listing import Listing
from gui.panels.rules.state import (
    alternative_text,
    comparison_listing,
    comparison_rows,
    comparisons,
    difference_listing,
    title,
)
from gui.panels.rules.table import ListingTable
from gui.widgets.parts.segments import Picker

_ROOMY = 680  # from this width on, in pixels at zoom 1, the terms stand beside the rules
_CLIPPED = "The terms are the same: only their sum is clipped otherwise"
_ALIKE = "No other rule changes this gradient of this network."


class SideBySide(QWidget):
    """The rules in one table, the terms that differ under one of them in the other.

    Attributes:
        rules, terms: the tables. other: the choice of the rule whose terms are listed.

    Signals:
        rule_requested(Rule): form gradients by that rule.
        symbol_hovered(str): the mouse is on a term of that symbol, "" when it leaves.
    """

    rule_requested = Signal(object)
    symbol_hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._rows: tuple[Comparison | None, ...] = ()
        self._other = ""
        self._listed: tuple[object, ...] = ()
        self._terms_listing = Listing((), ())
        self.heading = QLabel(wordWrap=True)
        self.rules = ListingTable(theme, "Rules side by side")
        self.terms = ListingTable(theme, "Terms that differ", least=2)
        self.other = Picker()
        self.other.setToolTip("List the terms that differ under this rule; the arrow keys in the table choose it too")
        self.other.setAccessibleName("Compare the terms with")
        self.other.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.other.setMinimumContentsLength(11)
        self._lead = QLabel("Terms that differ:")
        self._count = QLabel()
        self._arrange()
        self.rules.chosen.connect(self._ask)
        self.rules.visited.connect(self._visit)
        self.other.activated.connect(lambda _at: self._compare_with(self.other.currentData()))
        self.terms.symbol_hovered.connect(self.symbol_hovered)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def count(self) -> str:
        """How many terms differ."""
        return self._count.text()

    def set_view(self, view: View) -> None:
        """Show what the rules give at the step of *view*."""
        self._view = view
        found = comparisons(view)
        self._rows = comparison_rows(found)
        self.heading.setText(title(view))
        self._offer([each for each in found if each.has_effect and not each.is_in_use])
        self.rules.set_listing(comparison_listing(found, view.form), self._marked())
        self._list_terms()

    def let_go(self) -> None:
        """Keep nothing of what was compared."""
        self._view, self._rows, self._listed, self._terms_listing = None, (), (), Listing((), ())

    # -- inside ---------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._lead)
        head.addWidget(self.other)
        head.addWidget(self._count, 1)
        self._head = head
        side = self._side = QWidget()
        self._below = QVBoxLayout(side)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.addLayout(head)
        self._below.addWidget(self.terms, 1)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._box.addWidget(self.rules, 3)
        self._box.addWidget(side, 2)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.heading)
        self._column.addLayout(self._box, 1)

    def _offer(self, candidates: list[Comparison]) -> None:
        """The rules to compare with; the one chosen stays while it is among them."""
        names: list[str] = [each.alternative.name for each in candidates]
        texts = [alternative_text(each.alternative) for each in candidates]
        if [(self.other.itemData(i), self.other.itemText(i)) for i in range(self.other.count())] != [
            *zip(names, texts, strict=True)
        ]:
            self.other.clear()
            for name, text in zip(names, texts, strict=True):
                self.other.addItem(text, name)
        if self._other not in names:
            self._other = names[0] if names else ""
        self.other.setCurrentIndex(names.index(self._other) if names else -1)
        self.other.setEnabled(bool(names))

    def _compared(self) -> Comparison | None:
        return next((row for row in self._rows if row is not None and row.alternative.name == self._other), None)

    def _marked(self) -> int:
        found = self._compared()
        return -1 if found is None else self._rows.index(found)

    def _list_terms(self) -> None:
        found, view = self._compared(), self._view
        if view is None or found is None:
            self._count.setText(_ALIKE)
            self.terms.set_listing(Listing((), ()))
        else:
            # Listing all terms of a text takes its time, and steps of one gradient share them.
            key = (view.epoch, view.step.address.quantity, view.entry, view.form, found.alternative.rule)
            if key != self._listed:
                self._listed, self._terms_listing = key, difference_listing(view, found.alternative.rule)
            rows = self._terms_listing.rows
            self._count.setText(counted(len(rows), self._terms_listing.columns[0].title) if rows else "none")
            self._count.setToolTip("" if rows else _CLIPPED)
            self.terms.set_listing(self._terms_listing)
        for widget in (self._lead, self.other, self.terms):
            widget.setVisible(found is not None)

    def _compare_with(self, name: str) -> None:
        if name != self._other and self._view is not None:
            self._other = name
            self.set_view(self._view)

    def _visit(self, row: int) -> None:
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        if found is not None and found.has_effect and not found.is_in_use:
            self._compare_with(found.alternative.name)

    def _ask(self, row: int) -> None:
        found = self._rows[row]
        if found is not None and not found.is_in_use:
            self.rule_requested.emit(found.alternative.rule)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The terms stand beside the rules where there is room, else below."""
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        beside = self.width() >= self._theme.px(_ROOMY)
        self._box.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def _restyle(self) -> None:
        px = self._theme.px
        # In style sheets, since a font that is set gets lost when a styled parent adopts the label.
        self.heading.setStyleSheet(f"font-size: {px(13)}px; font-weight: bold;")
        for label in (self._lead, self._count):
            label.setStyleSheet(f"font-size: {px(12)}px; color: {self._theme.palette.dim.name()};")
        self.other.setStyleSheet(
            f"QComboBox {{ combobox-popup: 0; font-size: {px(12)}px; min-height: {px(22)}px; padding: 0 {px(6)}px; }}"
        )
        self.heading.setContentsMargins(px(6), 0, 0, 0)
        self._lead.setContentsMargins(px(6), 0, 0, 0)
        self._column.setContentsMargins(px(4), px(6), px(4), px(4))
        self._column.setSpacing(px(4))
        self._head.setSpacing(px(8))
        self._below.setSpacing(px(4))
        self._box.setSpacing(px(10))
        self._turn()
