"""Loss curves: the losses of the first epochs under every rule that trains this network in its own way."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.network.changes import Changes
from core.network.network import Parameters
from core.network.rule import SWITCHED_ON, Rule
from core.studies.comparison import Alternative, LossesOfRules, alternatives
from core.writing.form import NumberFormat
from gui.debugger.labels import RULE_TEXTS
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.rules.state import alternative_text
from gui.widgets.parts.beside import Beside
from gui.widgets.parts.fact import Fact
from gui.widgets.parts.facts import FactList
from gui.widgets.parts.scroll import Scroll
from gui.widgets.plots.curves_picture import Curve

if TYPE_CHECKING:
    from gui.widgets.plots.curves_plot import CurvesPlot

_AT_ONCE = 0.05  # seconds of training before anything is shown, which most small networks need no more than
_SLICE = 0.008  # seconds of training between two turns of the event loop, so that the window stays alive
_DRAWN = 0.05  # the share of the work after which the curves are drawn again


class LossCurves(QWidget):
    """One numbered curve a rule, the one in use plain, the others dashed; the list beside says what each ends at.

    It trains only while it is in sight.

    Attributes:
        facts: the list. plot: the curves, made when they are first in sight.

    Signals:
        epoch_requested(int): go to that epoch.
    """

    epoch_requested = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._made_for: tuple[Parameters, Rule, float, Changes] | None = None
        self._losses: LossesOfRules | None = None
        self._groups: tuple[tuple[int, str, str], ...] = ()
        self._form = NumberFormat()
        self._drawn, self._pointed = -1.0, -1
        self.facts = FactList(theme)
        self._words = QLabel(wordWrap=True)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._train_slice)
        self._beside: Beside | None = None
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.addWidget(self._words)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scroll(content))
        theme.changed.connect(self._restyle)
        self._restyle()

    @cached_property
    def plot(self) -> CurvesPlot:
        """The plot; what it needs takes as long to load as all the rest."""
        from gui.widgets.plots.curves_plot import CurvesPlot

        plot = CurvesPlot(self._theme, "epoch", "loss")
        plot.setAccessibleName("Loss by epoch under every rule")
        plot.pointed.connect(self._read_out)
        plot.clicked.connect(lambda index: self.epoch_requested.emit(index + 1))
        return plot

    @property
    def words(self) -> str:
        """How far the training is, or what is shown."""
        return self._words.text()

    @property
    def is_training(self) -> bool:
        """Whether slices of training are under way."""
        return self._timer.isActive()

    def set_view(self, view: View) -> None:
        """Show the curves of the network, the learning rate and the rule of *view*."""
        if self._beside is None:
            self._beside = Beside(self._theme, self.plot, self.facts)
            self._column.addWidget(self._beside, 1)
        training = view.training
        key = (training.initial, training.rule, training.learning_rate, training.changes)
        if key != self._made_for:
            rules = alternatives(training.rule, training.network.T)
            rules = tuple(each for each in rules if each.name not in SWITCHED_ON)
            in_use = [each for each in rules if each.rule == training.rule]
            others = [each for each in rules if each.rule != training.rule]
            self._made_for = key
            self._losses = LossesOfRules(
                training.network,
                training.initial,
                (*in_use, *others),
                training.learning_rate,
                changes=training.changes,
            )
            self._losses.run(_AT_ONCE)
            self._drawn = -1.0
        if view.form != self._form:
            self._form, self._drawn = view.form, -1.0
        self._resume()

    def _resume(self) -> None:
        if self._losses is not None and self._losses.progress < 1:
            self._timer.start()
        if self._drawn < 0:
            self._draw()

    def pause(self) -> None:
        """Train no more until the next view."""
        self._timer.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing is trained."""
        super().hideEvent(event)
        self.pause()

    def _train_slice(self) -> None:
        if self._losses is None:
            return
        done = self._losses.run(_SLICE)
        if done:
            self._timer.stop()
        if done or self._losses.progress >= self._drawn + _DRAWN:
            self._draw()

    def _draw(self) -> None:
        losses = self._losses
        if losses is None:
            return
        self._drawn = losses.progress
        curves = [
            Curve(str(number), np.arange(1.0, len(found) + 1), np.array(found))
            for number, found in enumerate(losses.losses, 1)
        ]
        self.plot.set_curves(curves)
        self._say()

    def _read_out(self, index: int) -> None:
        self._pointed = index
        self._say()

    def _say(self) -> None:
        """The list: the losses at the epoch that is pointed at, else the last ones."""
        losses = self._losses
        if losses is None:
            return
        epochs = losses.epochs
        at = self._pointed if self._pointed >= 0 else epochs - 1
        facts = [Fact(f"at epoch {at + 1:,}", style="heading")]
        for number, (group, found) in enumerate(zip(losses.groups, losses.losses, strict=True), 1):
            right = self._form(found[at]) if at < len(found) else "…"
            facts.append(Fact(f"{number}  {_name(group)}", right, _alike(group), "strong" if number == 1 else "plain"))
        self.facts.set_facts(facts)
        done = losses.progress
        count = len(losses.groups)
        words = f"The first {epochs:,} epochs, from the same initial parameters. 1 is the rule in use."
        if count == 1:
            words = f"The first {epochs:,} epochs: every rule trains this network alike."
        self._words.setText(
            words if done == 1 else f"Training under {count} rules: {done:.0%} of {epochs:,} epochs each …"
        )
        ends = ", ".join(
            f"{_name(g)} {self._form(f[-1])}" for g, f in zip(losses.groups, losses.losses, strict=True) if f
        )
        self.plot.setAccessibleDescription(f"{words} Losses: {ends}.")

    def _restyle(self) -> None:
        px = self._theme.px
        self._words.setStyleSheet(f"font-size: {px(12)}px; color: {self._theme.palette.dim.name()};")
        self._column.setContentsMargins(px(10), px(6), px(10), px(6))
        self._column.setSpacing(px(4))


def _name(group: tuple[Alternative, ...]) -> str:
    """A named rule where there is one, else the first turned switch."""
    named = [each for each in group if each.name in RULE_TEXTS]
    return ", ".join(map(alternative_text, named or group[:1]))


def _alike(group: tuple[Alternative, ...]) -> str:
    """All that train alike."""
    names = ", ".join(map(alternative_text, group))
    return f"These train this network alike: {names}" if len(group) > 1 else names
