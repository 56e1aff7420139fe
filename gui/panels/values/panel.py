"""All values of the forward pass by timestep."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.values.grid import ValuesGrid
from gui.panels.values.table import values_table


class ValuesPanel(Panel):
    """One column a timestep, one row a quantity or an entry of it.

    *Attributes*: `grid`, whose `cells` are what is shown.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Values")
        self.grid = ValuesGrid(theme)
        self.grid.symbol_hovered.connect(self.symbol_hovered)
        self.grid.symbol_clicked.connect(self.symbol_clicked)
        self.grid.jump_requested.connect(self.jump_requested)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.grid)
        theme.changed.connect(self._restyle)
        self._restyle()

    def render_view(self, view: View) -> None:
        """Show the values of *view*."""
        self.grid.set_table(values_table(view))

    def set_highlight(self, symbol: str) -> None:
        """Light up every cell of *symbol*."""
        self.grid.set_highlight(symbol)

    def _restyle(self) -> None:
        self._column.setContentsMargins(0, self.theme.px(2), self.theme.px(4), self.theme.px(4))
