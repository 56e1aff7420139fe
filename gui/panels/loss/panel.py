"""The Loss panel: the loss of every epoch reached, with what the sheet prints; of numbers also what is predicted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.loss.outputs import shows_outputs
from gui.panels.loss.outputs_view import OutputsView
from gui.panels.loss.state import Losses, losses
from gui.widgets.parts.beside import Beside
from gui.widgets.parts.facts import FactList
from gui.widgets.parts.flow_layout import FlowLayout
from gui.widgets.parts.scroll import Scroll
from gui.widgets.parts.segments import Segments

if TYPE_CHECKING:
    from gui.widgets.plots.line_plot import LinePlot

_LINEAR, _LOGARITHMIC = "linear", "log"
_OUTPUTS = "ŷ and y by timestep"
_SUBJECTS = (
    ("loss by epoch", "The loss of every epoch reached"),
    (_OUTPUTS, "What is predicted, and what is wanted, as two lines over the timesteps"),
)


class LossPanel(Panel):
    """A line of losses by epoch, the current one dotted; the sheet's printed losses as hollow diamonds.

    Where numbers are predicted, a choice shows them over the timesteps instead, beside what is wanted.

    Attributes:
        subject: which of both is shown. outputs: what is predicted and wanted. plot, facts: the widgets that show the
        losses. loss_scale, epoch_scale: linear or logarithmic. below: the field for a loss to run to.

    Signals:
        below_asked(float): go to the first epoch whose loss is below that.
    """

    below_asked = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Loss")
        self._shown: Losses | None = None
        self._view: View | None = None
        self.subject = Segments(theme, "", _SUBJECTS)
        self.outputs = OutputsView(theme)
        self.facts = FactList(theme)
        self.loss_scale = Segments(theme, "loss", self._scales("losses"))
        self.epoch_scale = Segments(theme, "epoch", self._scales("epochs"))
        self.below = QLineEdit()
        self.below.setAccessibleName("First epoch with a loss below")
        self.below.setPlaceholderText("first below …")
        self.below.setToolTip("Type a loss and press Enter: train up to the first epoch whose loss is below it")
        self.below.returnPressed.connect(self._ask_below)
        self._readout = QLabel()
        self._words = QLabel(wordWrap=True)
        self._pages = QStackedWidget()
        self._beside: Beside | None = None
        self._arrange()
        self.facts.chosen.connect(self._follow)
        self.outputs.jump_requested.connect(self.jump_requested)
        self.outputs.symbol_hovered.connect(self.symbol_hovered)
        self.subject.chosen.connect(self._show_again)
        for scale in (self.loss_scale, self.epoch_scale):
            scale.chosen.connect(self._rescale)
        theme.changed.connect(self._restyle)
        self._restyle()

    @cached_property
    def plot(self) -> LinePlot:
        """The plot, made when the panel is first in sight: what it needs takes as long to load as all the rest."""
        from gui.widgets.plots.line_plot import LinePlot

        plot = LinePlot(self.theme, "epoch", "loss")
        plot.setAccessibleName("Loss by epoch")
        plot.pointed.connect(self._read_out)
        plot.clicked.connect(lambda index: self.epoch_requested.emit(index + 1))
        return plot

    @property
    def readout(self) -> str:
        """The epoch that the mouse or a key is at, the step and the loss; else a summary."""
        return self._readout.text()

    @property
    def words(self) -> str:
        """Why there is nothing to show, "" where there is something."""
        return "" if self._pages.currentIndex() else self._words.text()

    def render_view(self, view: View) -> None:
        """Show the losses known at the cursor of *view*."""
        self._view = view
        self.subject.setVisible(shows_outputs(view))
        if shows_outputs(view) and self.subject.current == _OUTPUTS:
            self.outputs.set_view(view)
            self._pages.setCurrentIndex(2)
            self.setAccessibleDescription(self.outputs.readout)
            return
        if self._beside is None:
            self._beside = Beside(self.theme, self.plot, self.facts)
            self._column.addWidget(self._beside, 1)
        found = self._shown = losses(view, self._shown)
        empty = not len(found.line.x)
        self._pages.setCurrentIndex(0 if empty else 1)
        self.setAccessibleDescription(found.summary)
        if empty:
            self._words.setText(found.summary)
            return
        self.plot.set_line(found.line)
        self.plot.setAccessibleDescription(found.summary)
        self._say(found)
        self.facts.set_facts(found.facts)

    def set_highlight(self, symbol: str) -> None:
        """Light the loss of the current epoch."""
        if self._beside is not None:
            self.plot.set_lit(on=symbol == "L")

    @property
    def looks(self) -> Mapping[str, str]:
        """The two scales."""
        return {"loss_axis": self.loss_scale.current, "epoch_axis": self.epoch_scale.current}

    def look(self, looks: Mapping[str, str]) -> None:
        """Scale so."""
        wanted = {**self.looks, **{name: look for name, look in looks.items() if name in self.looks}}
        if wanted != self.looks:
            self.loss_scale.set_current(wanted["loss_axis"])
            self.epoch_scale.set_current(wanted["epoch_axis"])
            self._rescale()

    @staticmethod
    def _scales(what: str) -> tuple[tuple[str, str], tuple[str, str]]:
        return (
            (_LINEAR, f"Equal distances for equal differences of {what}"),
            (_LOGARITHMIC, f"Equal distances for equal ratios of {what}"),
        )

    def _arrange(self) -> None:
        empty = QWidget()
        QVBoxLayout(empty).addWidget(self._words)
        self._header = FlowLayout()
        for widget in (self.loss_scale, self.epoch_scale, self.below, self._readout):
            self._header.addWidget(widget)
        full = QWidget()
        self._column = QVBoxLayout(full)
        self._column.addLayout(self._header)
        self._pages.addWidget(Scroll(empty))
        self._pages.addWidget(Scroll(full))
        self._pages.addWidget(Scroll(self.outputs))
        self._outer = QVBoxLayout(self)
        self._outer.setSpacing(0)
        self._outer.addWidget(self.subject, 0, Qt.AlignmentFlag.AlignLeft)
        self._outer.addWidget(self._pages, 1)

    def _show_again(self) -> None:
        if self._view is not None:
            self.render_view(self._view)

    def _ask_below(self) -> None:
        text = self.below.text().replace("−", "-").replace(",", ".").strip()
        try:
            asked = float(text)
        except ValueError:
            asked = math.nan
        if math.isfinite(asked):
            self.below_asked.emit(asked)
        else:
            self.below.selectAll()

    def _rescale(self) -> None:
        by_ratio = (scale.current == _LOGARITHMIC for scale in (self.epoch_scale, self.loss_scale))
        self.plot.set_logarithmic(x=next(by_ratio), y=next(by_ratio))

    def _say(self, found: Losses) -> None:
        """The summary; there is room for it and for what is said of the last point, so that pointing moves nothing."""
        if found.summary != self._readout.text():
            self._readout.setText(found.summary)
            wide = QFontMetrics(self.theme.font(12)).horizontalAdvance
            said = (found.summary, found.point(len(found.line.y) - 1))
            self._readout.setMinimumWidth(max(wide(f"{text}  ") for text in said))

    def _read_out(self, index: int) -> None:
        if self._shown is not None:
            self._readout.setText(self._shown.summary if index < 0 else self._shown.point(index))
            self.symbol_hovered.emit(self._shown.symbol(index))

    def _follow(self, index: int) -> None:
        if self._shown is not None and index in self._shown.leads:
            self.epoch_requested.emit(self._shown.leads[index])

    def _restyle(self) -> None:
        px, dim = self.theme.px, self.theme.palette.dim.name()
        # In style sheets, since a font that is set gets lost when a styled parent adopts the label.
        for label in (self._readout, self._words):
            label.setStyleSheet(f"font-size: {px(12)}px; color: {dim};")
        self._readout.setMinimumWidth(0)
        self.below.setFixedWidth(px(108))
        self._header.set_gaps(px(14), px(6))
        self._outer.setContentsMargins(0, 0, 0, 0)
        self.subject.setContentsMargins(px(12), px(4), 0, 0)
        self._column.setContentsMargins(px(12), px(6), px(12), px(8))
        self._column.setSpacing(px(6))
