"""What is predicted and wanted by timestep, as two lines and as numbers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.network.symbols import symbol
from core.program.program import Address, Phase
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.loss.outputs import Outputs, outputs
from gui.widgets.parts.beside import Beside
from gui.widgets.parts.facts import FactList
from gui.widgets.parts.flow_layout import FlowLayout
from gui.widgets.parts.segments import Segments

if TYPE_CHECKING:
    from gui.widgets.plots.curves_plot import CurvesPlot

_MOST_ENTRIES = 8


class OutputsView(QWidget):
    """Two lines over the timesteps, the predicted one plain and the wanted one dashed, and beside them their numbers.

    Attributes:
        plot, facts: what shows it. entry: which number of several is shown.

    Signals:
        jump_requested(Address): go to the step that predicts. symbol_hovered(str): what is pointed at, "" when no more.
    """

    jump_requested = Signal(object)
    symbol_hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._shown: Outputs | None = None
        self.facts = FactList(theme)
        entries = [(str(i), f"Number {i} of what is predicted") for i in range(1, _MOST_ENTRIES + 1)]
        self.entry = Segments(theme, "entry", entries)
        self._readout = QLabel()
        self._column = QVBoxLayout(self)
        self._header = FlowLayout()
        self._header.addWidget(self.entry)
        self._header.addWidget(self._readout)
        self._column.addLayout(self._header)
        self._beside: Beside | None = None
        self.entry.chosen.connect(self._show_again)
        self.facts.chosen.connect(self._follow)
        theme.changed.connect(self._restyle)
        self._restyle()

    @cached_property
    def plot(self) -> CurvesPlot:
        """The plot, made when it is first in sight."""
        from gui.widgets.plots.curves_plot import CurvesPlot

        plot = CurvesPlot(self._theme, "timestep", "")
        plot.setAccessibleName("Predicted and wanted by timestep")
        plot.pointed.connect(self._read_out)
        plot.clicked.connect(self._click)
        return plot

    @property
    def readout(self) -> str:
        """Both numbers at the timestep that is pointed at, else at that of the cursor."""
        return self._readout.text()

    def set_view(self, view: View) -> None:
        """Show what is predicted up to the cursor of *view*."""
        self._view = view
        if self._beside is None:
            self._beside = Beside(self._theme, self.plot, self.facts)
            self._column.addWidget(self._beside, 1)
        count = min(view.network.K, _MOST_ENTRIES)
        self.entry.set_offered([str(i) for i in range(1, count + 1)])
        self.entry.setVisible(count > 1)
        if int(self.entry.current) > count:
            self.entry.set_current("1")
        found = self._shown = outputs(view, int(self.entry.current) - 1)
        self.plot.set_curves(found.curves, found.line)
        self.plot.setAccessibleDescription(found.summary)
        self._readout.setText(found.summary)
        self.facts.set_facts(found.facts)

    def _show_again(self) -> None:
        if self._view is not None:
            self.set_view(self._view)

    def _read_out(self, index: int) -> None:
        if self._shown is not None:
            self._readout.setText(self._shown.summary if index < 0 else self._shown.line.tip(index).split("\n")[0])
            self.symbol_hovered.emit(symbol("yhat", index + 1) if index >= 0 else "")

    def _click(self, index: int) -> None:
        if self._view is not None:
            self.jump_requested.emit(Address(Phase.FORWARD, "yhat", (index + 1,)))

    def _follow(self, index: int) -> None:
        if self._shown is not None and index < len(self._shown.leads):
            self.jump_requested.emit(self._shown.leads[index])

    def _restyle(self) -> None:
        px, dim = self._theme.px, self._theme.palette.dim.name()
        self._readout.setStyleSheet(f"font-size: {px(12)}px; color: {dim};")
        self._header.set_gaps(px(14), px(6))
        self._column.setContentsMargins(px(12), px(2), px(12), px(8))
        self._column.setSpacing(px(6))
