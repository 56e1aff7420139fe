"""Try a range: the loss for every value of a number, where it stands, and the slopes there."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.studies.ranging import Ranged
from core.writing.form import NumberFormat, exact
from gui.look.theme import Theme
from gui.panels.what_if.state import Trial
from gui.widgets.plots.line_picture import Line
from gui.widgets.plots.line_plot import LinePlot


class SlopePlot(LinePlot):
    """A line, and through its dot two straight ones: that of the derivative, and dashed that of the rule."""

    _from_zero = False
    _whole_x = False

    def __init__(self, theme: Theme, x_name: str, y_name: str) -> None:
        self._slopes: tuple[float | None, float | None] = None, None
        super().__init__(theme, x_name, y_name)

    def set_slopes(self, true: float | None, by_rule: float | None) -> None:
        """Draw a line of the slope *true* through the dot, and one of the slope *by_rule*, where there is one."""
        self._slopes = true, by_rule
        self._draw()

    def _draw(self) -> None:
        super()._draw()
        if not hasattr(self, "_straight"):
            self._straight = [self._item.plot(antialias=True), self._item.plot(antialias=True)]
        palette, line = self._theme.palette, self._line
        for item, slope, style in zip(
            self._straight, self._slopes, (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine), strict=True
        ):
            if slope is None or line.current is None:
                item.clear()
                continue
            (left, right), (low, high) = self._box.viewRange()
            x0, y0 = float(line.x[line.current]), float(line.y[line.current])
            x = np.linspace(left, right, 201)
            y = y0 + slope * (x - x0)
            seen = (y >= low) & (y <= high)
            item.setPen(
                pg.mkPen(palette.accent if style is Qt.PenStyle.SolidLine else palette.ink, width=1.5, style=style)
            )
            item.setData(x[seen], y[seen])


class RangeCurves(QWidget):
    """The total loss over a range, and beside it a number that is watched.

    Attributes:
        loss, watched: the plots. words: the slopes.

    Signals:
        chosen(float): a value that was clicked.
    """

    chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "body")
        self.loss, self.watched = SlopePlot(theme, "value", "total loss"), SlopePlot(theme, "value", "")
        row = QHBoxLayout()
        for plot in (self.loss, self.watched):
            row.addWidget(plot)
            plot.setMaximumHeight(theme.px(190))
            plot.clicked.connect(lambda index, plot=plot: self.chosen.emit(float(plot.line.x[index])))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addLayout(row)

    def show_range(self, ranged: Ranged, trial: Trial, form: NumberFormat, watched: str) -> None:
        """Show *ranged*, the range of *trial*; *watched*: the name of the other number."""
        self.words.setText(slopes(ranged, form))
        x = np.sort(np.append(ranged.values, ranged.here))
        here = int(np.searchsorted(x, ranged.here))

        def line(y: np.ndarray[tuple[int, ...], np.dtype[np.float64]], at: float, name: str) -> Line:
            def tip(index: int) -> str:
                value = float(with_here[index])
                return f"{trial.name} {form(float(x[index]))}: {name} {form(value)}\nin full {exact(value)}"

            with_here = np.insert(y, here, at)
            return Line(x, with_here, here, form(at), tip=tip)

        self.loss.set_line(line(ranged.losses, ranged.loss, "total loss"))
        slope = ranged.slope if np.isfinite(ranged.slope) else None
        self.loss.set_slopes(slope, None if slope is None or ranged.is_true else ranged.by_rule)
        self.loss.setAccessibleName(f"Total loss over a range of {trial.name}")
        self.loss.setAccessibleDescription(self.words.text())
        self.watched.setVisible(ranged.watched is not None)
        if ranged.watched is not None and ranged.seen is not None:
            self.watched.set_line(line(ranged.watched, ranged.seen, watched))
            self.watched.set_name(watched)
            self.watched.setAccessibleName(f"{watched} over a range of {trial.name}")


def slopes(ranged: Ranged, form: NumberFormat) -> str:
    """The slope here, and that of the rule where it is another."""
    if not np.isfinite(ranged.slope):
        return f"The total loss is {form(ranged.loss)} here: the curve has no slope."
    true = f"Slope here: {form(ranged.slope)}, the derivative: its line touches the curve"
    if ranged.is_true or ranged.by_rule is None:
        return f"{true}."
    return f"{true}. The rule in use takes {form(ranged.by_rule)}: its line, dashed, does not."
