"""What a panel is given, made without a window."""

from __future__ import annotations

from dataclasses import replace

from core.epoch.training import Training
from core.program.cursor import Cursor
from core.program.program import Address, Way
from core.sources.opening import open_source
from core.sources.source import Source
from gui.debugger.state import State
from gui.debugger.view import View, snapshot


def view_at(
    place: int | Address,
    epoch: int = 1,
    source: str | Source = "attention",
    reached: int = 0,
    hidden: bool = False,
    way: Way = "terms",
) -> View:
    """The view at a step of *epoch*, which is a position or an address, after training has *reached* an epoch."""
    made = open_source(source) if isinstance(source, str) else source
    state = replace(State.of(made), chosen_way=way)
    program = state.program
    training = Training(state.source.network, state.source.parameters, state.rule, state.learning_rate)
    training.run(max(epoch, reached))
    position = place if isinstance(place, int) else program.position(place)
    return snapshot(replace(state, cursor=Cursor(epoch, position)), training, program, hidden=hidden)
