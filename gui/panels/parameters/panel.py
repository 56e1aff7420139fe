"""The parameters, their gradients so far, and their new values."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.program.program import Phase
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.parameters.blocks import blocks
from gui.panels.parameters.row import ParameterRow
from gui.widgets.parts.scroll import Scroll


class ParametersPanel(Panel):
    """Every parameter as a labelled matrix, beside it what the epoch makes of it.

    Signals:
        scale_asked(str): scale all of that parameter.
    """

    scale_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Parameters")
        self._rows: dict[str, ParameterRow] = {}
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.addStretch(1)
        self._current = ""  # the parameter whose gradient or update is computed
        self._scroll = Scroll(self._content)
        # It stays in sight where the rows, or the room for them, have other heights.
        self._scroll.verticalScrollBar().rangeChanged.connect(self._show_current)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def rows(self) -> dict[str, ParameterRow]:
        """The row of every parameter, by its name."""
        return dict(self._rows)

    def render_view(self, view: View) -> None:
        """Show the parameters of *view*; only what differs is drawn anew."""
        names = tuple(view.network.parameter_shapes)
        if tuple(self._rows) != names:
            self._make_rows(names)
        for name, row in self._rows.items():
            row.set_blocks(blocks(view, name))
        current = view.step.address.quantity if view.step.address.phase is not Phase.FORWARD else ""
        if current != self._current:
            self._current = current
            self._show_current()

    def _show_current(self) -> None:
        """Bring the parameter whose gradient or update is computed into sight, above all the part that is."""
        row, bar = self._rows.get(self._current), self._scroll.verticalScrollBar()
        if row is not None:
            for area in (row.rect(), row.current_area()):
                top, bottom = row.y() + area.top(), row.y() + area.bottom() + self.theme.px(4)
                room = self._scroll.viewport().height()  # the bar's page is told after its range
                bar.setValue(min(max(bar.value(), bottom - room), top))

    def set_highlight(self, symbol: str) -> None:
        """Light up the matrix of *symbol*."""
        for row in self._rows.values():
            row.set_highlight(symbol)

    def _make_rows(self, names: tuple[str, ...]) -> None:
        for row in self._rows.values():
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows = {name: ParameterRow(self.theme, self._content) for name in names}
        for place, row in enumerate(self._rows.values()):
            row.symbol_hovered.connect(self.symbol_hovered)
            row.symbol_clicked.connect(self.symbol_clicked)
            row.entry_followed.connect(self.entry_followed)
            row.scale_asked.connect(self.scale_asked)
            self._column.insertWidget(place, row)

    def _restyle(self) -> None:
        margin = self.theme.px(12)
        self._column.setContentsMargins(margin, self.theme.px(4), margin, margin)
        self._column.setSpacing(self.theme.px(14))
