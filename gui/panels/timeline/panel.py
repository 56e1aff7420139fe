"""The Timeline panel: a strip over the whole epoch, to see how far it is and to scrub."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy

from core.network.symbols import text
from core.program.program import Address, Phase, Program
from core.steps.formulas import formulas
from core.watching.stop import AtKind, AtStep
from core.watching.stops import places
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.widgets.timeline.bar import TimelineBar, TimelineGroup

_MOST_STOPS = 500  # more dots than that are a line
_LEAST_BAR = 640  # in pixels at zoom 1: below, the words leave their room to the bar


def timeline_groups(program: Program) -> Iterator[TimelineGroup]:
    """The stretches of an epoch: timesteps and the total loss, gradients, the update.

    In sheet A's order the hidden states come before the timesteps, which then are output stages.
    """
    timesteps = range(1, program.network.T + 1)
    if program.order == "stage":
        for t in timesteps:
            span = program.block(program.position(Address(Phase.FORWARD, "letter", (t,))))
            yield TimelineGroup(text(f"{program.network.state}[{t}]"), span.first, span.last, "hidden")
    for t in timesteps:
        span = program.timestep_span(t)
        yield TimelineGroup(f"t = {t}", span.first, span.last, "forward")
    yield TimelineGroup("total L", program.forward.last, program.forward.last, "total")
    for name in program.gradients:
        span = program.gradient_span(name)
        is_way_back = name == "Omega" and program.way == "timesteps"
        words = "Way back" if is_way_back else text(f"dL/d{name}")
        yield TimelineGroup(words, span.first, span.last, "backward")
    yield TimelineGroup("Update", program.update.first, program.update.last, "update")


def stop_positions(view: View) -> tuple[int, ...]:
    """Where running stops at a step or a kind of step, the first of many."""
    stops = [stop.at for stop in view.state.stops if stop.is_on and isinstance(stop.at, AtStep | AtKind)]
    found = (each.at(n) for at in stops for each in places(at, view.program) for n in range(1, each.count + 1))
    return tuple(sorted(set(islice(found, _MOST_STOPS))))


class TimelinePanel(Panel):
    """The position in words, and a bar on which it can be seen and moved."""

    stands_at_cursor = True
    follows_hand = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Timeline")
        self._view: View | None = None
        self.label = QLabel()
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = TimelineBar(theme)
        self.bar.set_hint(self.words_at)
        self.bar.scrubbed.connect(lambda position: self.position_requested.emit(position, self.bar.origin))
        layout = QHBoxLayout(self)
        layout.addWidget(self.label)
        layout.addWidget(self.bar, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def render_view(self, view: View) -> None:
        """Move the handle to the cursor; another program has other groups."""
        before, self._view = self._view, view
        if before is None or before.program is not view.program:
            self.bar.set_timeline(tuple(timeline_groups(view.program)), len(view.program))
        if before is None or before.program is not view.program or before.cursor != view.cursor:
            self.bar.set_position(view.cursor.position)
            self._say()
            self._fit()
        if before is None or (before.program, before.state.stops) != (view.program, view.state.stops):
            self.bar.set_stops(stop_positions(view))

    def words_at(self, position: int) -> str:
        """What stands at *position*: ``step 62: ∂L/∂W: loss 3, via h₃, W used at t = 2``."""
        if self._view is None:
            return ""
        view = self._view
        title = formulas(view.epoch, view.program.way)(view.program[position]).title
        return f"step {position:,}: {title}" + (" · a stop" if position in stop_positions(view) else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words give way where the bar needs the room; it says them too."""
        super().resizeEvent(event)
        self._fit()

    def _say(self) -> None:
        if self._view is not None:
            self.label.setText(f"step {self._view.cursor.position:,} of {len(self._view.program):,}")

    def _fit(self) -> None:
        """Room for the longest words, so that the bar keeps its place while stepping."""
        if self._view is None:
            return
        length = f"{len(self._view.program):,}"
        width = QFontMetrics(self.label.font()).horizontalAdvance(f"step {length} of {length}")
        self.label.setFixedWidth(width)
        self.label.setVisible(self.width() - width >= self.theme.px(_LEAST_BAR))

    def _restyle(self) -> None:
        px = self.theme.px
        self.label.setFont(self.theme.font(12))
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(px(12), px(4), 0, px(4))
            layout.setSpacing(0)
        self.bar.setMinimumWidth(px(120))
        self._fit()
