"""What the window shows at one moment: a frozen snapshot that every panel renders from."""

from __future__ import annotations

from dataclasses import dataclass

from core.epoch.epoch import Epoch, made_at
from core.epoch.training import Training
from core.network.network import Network
from core.network.number import Number
from core.network.symbols import symbol
from core.program.cursor import Command, Cursor, can
from core.program.program import Address, Phase, Program
from core.sources.source import Source
from core.steps.evaluate import Step, evaluate
from core.studies.contributions import largest_entry
from core.watching.quantities import position_of
from core.writing.form import NumberFormat
from gui.debugger.state import State


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Everything a panel may read, at one position of the cursor.

    *state*: where it is and by which choices. *training*: for the losses that have been reached; panels only read it.
    *plain*: the same without any change; where there is none, that one itself.
    *entry*: the 0-based entry that is followed in a matrix-valued gradient or term; (i, 0) for vectors. *possible*:
    the commands that lead anywhere. *hidden*: whether the result of the step is not to be seen yet.
    """

    state: State
    training: Training
    plain: Training
    program: Program
    epoch: Epoch
    step: Step
    entry: tuple[int, int]
    possible: frozenset[Command]
    hidden: bool = False

    @property
    def source(self) -> Source:
        """The network and the worksheet that it came from, if any."""
        return self.state.source

    @property
    def cursor(self) -> Cursor:
        """Which step it is."""
        return self.state.cursor

    @property
    def form(self) -> NumberFormat:
        """How numbers are written."""
        return self.state.form

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place that one has come from by more than one step."""
        return self.state.back() is not self.state

    @property
    def can_go_forth(self) -> bool:
        """Whether there is a place that going back has left."""
        return self.state.forth() is not self.state

    @property
    def network(self) -> Network:
        """What is computed."""
        return self.epoch.network

    @property
    def is_changed(self) -> bool:
        """Whether this epoch is another than without the changes."""
        return self.was_changed_by(self.cursor.epoch)

    def was_changed_by(self, epoch: int) -> bool:
        """Whether a change has begun by *epoch*."""
        return self.state.changes.epochs[:1] <= (epoch,) if self.state.changes else False

    @property
    def original(self) -> Epoch | None:
        """The epoch without the changes, where they make another one of it and that one has been reached."""
        number = self.cursor.epoch
        return self.plain.epoch(number) if self.is_changed and self.plain.reached >= number else None

    @property
    def result(self) -> Number:
        """The number that the step computes: of several, the entry that is followed, or the largest."""
        step, address = self.step, self.step.address
        if address.is_term_of(self.network):
            return Number(symbol(f"dL/d{address.quantity}", *address.indices), self.entry)
        writes = step.formula.writes
        largest = self.entry[0] if len(writes) == step.value.size > 1 else 0
        return Number(writes[largest], self.entry if len(writes) == 1 else ())

    def is_known(self, symbol: str) -> bool:
        """Whether the steps up to the cursor have computed all of *symbol*; what is given is always known."""
        return made_at(symbol, self.network) is None or self._is_past(position_of(self.program, symbol))

    def has_step_of(self, symbol: str) -> bool:
        """Whether *symbol* is given, or a step stands for what makes it; without attention none makes Z, which is h."""
        made = made_at(symbol, self.network)
        return made is None or self.program.nearest(made) in self.program

    def is_past(self, address: Address) -> bool:
        """Whether the step at *address* is computed: it lies before the cursor, or is shown and not hidden."""
        return self._is_past(self.program.position(address))

    def _is_past(self, position: int) -> bool:
        return position <= self.cursor.position - self.hidden

    def origin(self, symbol: str) -> Cursor | None:
        """The step that made *symbol*, None for what was given."""
        made = made_at(symbol, self.network)
        if made is not None:
            return Cursor(self.cursor.epoch, self.program.place(made))
        if symbol in self.network.parameter_shapes and self.cursor.epoch > 1:
            update = Address(Phase.UPDATE, symbol)
            return Cursor(self.cursor.epoch - 1, self.program.position(update))
        return None


def snapshot(
    state: State, training: Training, program: Program, *, hidden: bool, plain: Training | None = None
) -> View:
    """What there is to see at the cursor of *state*, in an epoch that *training* has reached; *plain*: see `View`."""
    cursor = state.cursor
    epoch = training.epoch(cursor.epoch)
    step = evaluate(epoch, program[cursor.position], program.way)
    entry = state.entries.get(step.address.quantity)
    if entry is None:
        # Of an update, the entry that its gradient moves most.
        moved = epoch.gradients[step.address.quantity] if step.kind == "update" else step.value
        entry = largest_entry(moved, step.running)
    possible = frozenset(command for command in Command if can(program, cursor, command))
    return View(state, training, plain or training, program, epoch, step, entry, possible, hidden)
