"""The attention of every timestep over those up to it: weights and scores as heat maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QLabel,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from core.epoch.epoch import Epoch
from core.network.held import held_cells
from core.network.network import Network
from core.network.symbols import meaning, parse, symbol, text
from core.writing.form import NumberFormat, exact
from core.writing.shown import visible
from gui.debugger.known import scores_known, timesteps_known
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.widgets.matrix.view import MatrixPicture, MatrixView
from gui.widgets.parts.segments import Segments

Choice = Literal["alpha", "A", "both"]
_CHOICES: dict[Choice, tuple[str, str]] = {
    "alpha": ("α weights", "Show the weights, which sum to 1 in every row"),
    "A": ("A scores", "Show the scores, from which softmax makes the weights"),
    "both": ("both", "Show weights and scores"),
}
_MAPS: tuple[Choice, ...] = ("alpha", "A")
_DENSE_BEYOND = 24  # with more timesteps the pattern says more than numbers that must be scrolled to


@dataclass(frozen=True, slots=True)
class HeatMap:
    """What one of the two maps shows; equal ones look the same.

    *name*: ``alpha`` or ``A``. *rows*: the rows begun, and *entries* how many cells the last of them has.
    *current*: the 0-based cells that the step at the cursor reads or writes.
    """

    name: Choice
    epoch: Epoch
    rows: int
    entries: int
    current: frozenset[tuple[int, int]]
    form: NumberFormat

    def picture(self) -> MatrixPicture:
        """The map as a matrix to be drawn."""
        tape, network = self.epoch.tape, self.epoch.network
        values = tape["alpha"] if self.name == "alpha" else tape["A"]
        assert values is not None
        known = np.tri(network.T, dtype=np.bool_)
        known[self.rows :] = False
        known[self.rows - 1 : self.rows, self.entries :] = False
        labels = tuple(f"{t} {visible(network.input_letter(t))}" for t in range(1, network.T + 1))
        return _AttentionPicture(
            values,
            f"Attention {'weights α' if self.name == 'alpha' else 'scores A'}",
            known=known,
            row_labels=labels,
            column_labels=labels,
            symbols=lambda i, j: symbol(self.name, i + 1, j + 1),
            cell_name=lambda i, j: text(symbol(self.name, i + 1, j + 1)),
            placeholder=lambda i, j: f"at t = {i + 1}" if j == 0 else "",
            hue="attention",
            format=self.form,
            triangular=True,
            current=self.current,
            marked=held_cells(network, self.name),
        )


class _AttentionPicture(MatrixPicture):
    """A map whose tooltips also say what the row adds up to."""

    __slots__ = ()

    def tooltip(self, row: int, column: int) -> str:
        """The number in full, who attends to whom, and the sum of the row once it is whole."""
        said = super().tooltip(row, column)
        if not self.is_known(row, row):
            return said
        total = exact(float(np.add.reduce(self.values[row, : row + 1])))
        name = text(symbol(parse(self.symbols(row, column) or "alpha").name, row + 1))
        return f"{said}\nThe row {name}: t = {row + 1} looks at 1 … {row + 1}, in sum {total}"


def heat_maps(view: View) -> tuple[HeatMap, HeatMap] | None:
    """The weights and the scores as far as they are known; None where the network has no attention."""
    if not view.network.attention:
        return None
    started, scores = scores_known(view)
    weights = timesteps_known(view, "alpha")
    read = (operand.symbol for operand in view.step.operands)
    touched = [parse(name) for name in (*view.step.formula.writes, *read)]
    current = {
        name: frozenset((s.indices[0] - 1, s.indices[1] - 1) for s in touched if s.name == name) for name in _MAPS
    }
    return (
        HeatMap("alpha", view.epoch, weights, weights, current["alpha"], view.form),
        HeatMap("A", view.epoch, started, scores, current["A"], view.form),
    )


class AttentionPanel(Panel):
    """Who looks at whom: one row a timestep, one column for each timestep that it can look at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Attention")
        self._maps: dict[Choice, HeatMap] = {}
        self._drawn: dict[Choice, HeatMap] = {}
        self._absent = QLabel()
        self._absent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._absent.setWordWrap(True)
        self._views = {name: MatrixView(theme) for name in _MAPS}
        self._headings = {name: QLabel(_CHOICES[name][0]) for name in _MAPS}
        self._parts: dict[Choice, QWidget] = {}
        self._both = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        for name, matrix in self._views.items():
            matrix.symbol_hovered.connect(self.symbol_hovered)
            matrix.symbol_clicked.connect(self.symbol_clicked)
            self._parts[name] = _under(self._headings[name], matrix)
            self._both.addWidget(self._parts[name], 1)
        self._switch = Segments(theme, "", [(label, tip) for label, tip in _CHOICES.values()])
        self._switch.setAccessibleName("Which map of attention is shown")
        self._switch.chosen.connect(self._choose)
        self._present = QWidget()
        self._column = QVBoxLayout(self._present)
        self._column.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addLayout(self._both, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._present)
        self._stack.addWidget(self._absent)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._choose()

    @property
    def choice(self) -> Choice:
        """Which of the maps are shown."""
        return next(choice for choice, (label, _) in _CHOICES.items() if label == self._switch.current)

    def matrix(self, name: Choice) -> MatrixView:
        """The view of the map *name*, ``alpha`` or ``A``."""
        return self._views[name]

    def render_view(self, view: View) -> None:
        """Show the maps of *view*; one that looks the same as before is left alone."""
        maps = heat_maps(view)
        if maps is None:
            words = f"Zₜ is {meaning(view.network.state).text}ₜ" if view.network.head.scores else "none looks back"
            self._absent.setText(f"This network has no attention: {words}.")
        self._stack.setCurrentWidget(self._absent if maps is None else self._present)
        self._maps = {heat_map.name: heat_map for heat_map in maps or ()}
        self._draw()

    def applies(self, network: Network) -> bool:
        """Whether there is attention."""
        return network.attention

    @property
    def looks(self) -> Mapping[str, str]:
        """Which of the maps are shown."""
        return {"attention": self.choice}

    def look(self, looks: Mapping[str, str]) -> None:
        """Show those."""
        for name, (label, _) in _CHOICES.items():
            if name == looks.get("attention"):
                self._switch.set_current(label)
                self._choose()

    def set_highlight(self, symbol: str) -> None:
        """Light up *symbol* in both maps."""
        for matrix in self._views.values():
            matrix.set_highlight(symbol)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Both maps stand side by side where that shows more of them."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """A map that has grown may need another arrangement."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        needed = sum(matrix.sizeHint().width() for matrix in self._views.values()) + self.theme.px(48)
        wide = self.width() >= needed or self.width() > self.height() * 3 // 2
        self._both.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _choose(self) -> None:
        for name, part in self._parts.items():
            part.setVisible(self.choice in (name, "both"))
            self._headings[name].setVisible(self.choice == "both")
        self._draw()

    def _draw(self) -> None:
        for name, heat_map in self._maps.items():
            before = self._drawn.get(name)
            if self.choice in (name, "both") and before != heat_map:
                self._drawn[name] = heat_map
                self._views[name].set_dense(heat_map.epoch.network.T > _DENSE_BEYOND)
                self._views[name].set_matrix(heat_map.picture())
                if before is None or before.current != heat_map.current:
                    # The first one last: where they are more than fit, their beginning counts.
                    for cell in sorted(heat_map.current, reverse=True)[:: max(len(heat_map.current) - 1, 1)]:
                        self._views[name].scroll_to(cell)

    def _restyle(self) -> None:
        theme, margin = self.theme, self.theme.px(12)
        self._column.setContentsMargins(margin, theme.px(6), margin, margin)
        self._column.setSpacing(theme.px(10))
        self._both.setSpacing(theme.px(16))
        self._absent.setStyleSheet(f"color: {theme.palette.dim.name()}; padding: {margin}px")
        for heading in self._headings.values():
            heading.setFont(theme.font(13, bold=True))
            heading.setStyleSheet(f"color: {theme.palette.families['attention'].name()}")


def _under(heading: QLabel, matrix: MatrixView) -> QWidget:
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(heading)
    layout.addWidget(matrix, 1)
    # A small map stays at the top.
    layout.addStretch()
    return part
