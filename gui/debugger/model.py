"""The one mutable shared object: where the debugger stands, and the signals that say so."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from core.epoch.training import Training
from core.network.rule import Rule
from core.network.symbols import exists
from core.program.cursor import Command, Cursor, move, to_address, to_epoch
from core.program.program import Address, ForwardOrder, Way
from core.sources.source import Source
from core.writing.form import NumberFormat
from gui.debugger.state import State
from gui.debugger.view import View, snapshot

_PATIENCE = 0.05  # seconds that a jump to a later epoch may train before it shows progress
_SLICE = 0.005  # seconds of training between two turns of the event loop, so that the window stays alive


class DebuggerModel(QObject):
    """Network, epochs and cursor of one window. Panels never hold it; the composition root connects them.

    All that can be asked for is another `State`: `set` leads there.

    Signals:
        view_changed(View): the cursor, or anything else that panels show, is another one.
        source_changed(Source): another network has been opened; a view_changed follows.
        highlight_changed(str): the symbol that is lit everywhere, "" for none.
        training_started(int): training towards an epoch has begun; training_progressed(int) says how far it is;
        training_ended(): it has arrived or was cancelled.
        refused(str): a request that cannot be met, in words for the user.
    """

    view_changed = Signal(object)
    source_changed = Signal(object)
    highlight_changed = Signal(str)
    training_started = Signal(int)
    training_progressed = Signal(int)
    training_ended = Signal()
    refused = Signal(str)

    def __init__(self, source: Source, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = State.of(source)
        self._goal: State | None = None  # where training leads
        self._hovered = ""
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._train_slice)
        self._plain = self._training = self._new_training()  # without any change, and with them
        self._program = self._state.program
        self._view = self._look()

    # -- what there is --------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Where the debugger stands, and by which choices."""
        return self._state

    @property
    def view(self) -> View:
        """The snapshot that was announced last."""
        return self._view

    @property
    def known(self) -> View:
        """What may be seen of it: where its result is hidden, the snapshot of the step before."""
        if not self._view.hidden:
            return self._view
        before = replace(self._state.cursor, position=self._state.cursor.position - 1)
        return self._snapshot(replace(self._state, cursor=before), hidden=False)

    @property
    def hovered(self) -> str:
        """The symbol that the mouse or a key is on, "" for none."""
        return self._hovered

    @property
    def underway(self) -> View:
        """What is known, with the losses that training has reached by now."""
        return replace(self.known, training=self._training)

    def look_ahead(self, epochs: int, seconds: float) -> bool:
        """Train for so many *seconds* towards so many *epochs* from here, with changes and without; whether done."""
        until = self._state.cursor.epoch + epochs
        return self._plain.run(until, seconds) and self._training.run(until, seconds)

    @property
    def goal(self) -> State | None:
        """Where training leads, None where none is under way."""
        return self._goal

    @property
    def is_training(self) -> bool:
        """Whether training towards an epoch is under way; then nothing moves the cursor."""
        return self._goal is not None

    # -- moving ---------------------------------------------------------------------------------------------

    def do(self, command: Command) -> None:
        """Move by *command*, where it leads anywhere."""
        cursor = move(self._program, self._state.cursor, command, self._state.skip)
        is_single = command in (Command.INTO, Command.BACK)  # even into another epoch, or past terms that are zero
        self._travel(replace(self._state, cursor=cursor) if is_single else self._state.moved(cursor))

    def go_to_position(self, position: int, origin: int | None = None) -> None:
        """Stand at *position* of the current epoch; *origin*: where the hand that drags there began."""
        here = self._state.cursor
        there, began = (
            replace(here, position=min(max(each, 1), len(self._program)))
            for each in (position, origin or here.position)
        )
        self._travel(self._state.moved(there, began))

    def jump(self, address: Address) -> None:
        """Go to *address* in the current epoch, or to the step that stands for it."""
        self.jump_to(to_address(self._program, self._state.cursor, self._program.nearest(address)))

    def jump_to(self, cursor: Cursor) -> None:
        """Go to *cursor*."""
        self._travel(self._state.moved(cursor))

    def jump_to_epoch(self, epoch: int) -> None:
        """Go to step 1 of *epoch*."""
        try:
            self.jump_to(to_epoch(epoch))
        except ValueError as error:
            self.refused.emit(str(error))

    def go_back(self) -> None:
        """Return to where the last move of more than one step began."""
        self._travel(self._state.back())

    def go_forth(self) -> None:
        """Take the last `go_back` back."""
        self._travel(self._state.forth())

    def cancel_training(self) -> None:
        """Stop training and stay where the cursor was; what was reached is kept."""
        if self.is_training:
            self._end_training()
            self._announce()

    # -- choices --------------------------------------------------------------------------------------------

    def set(self, state: State) -> None:
        """Be in *state*: train as far as it asks, and tell what is another."""
        before, goal = self._state, self._goal
        if state == before:
            return
        is_opened = state.source is not before.source
        is_another = is_opened or (state.rule, state.learning_rate) != (before.rule, before.learning_rate)
        retrains = is_another or state.changes != before.changes
        # Training that is under way goes on to where it was to lead, but in another network.
        goal = (
            state
            if goal is None or is_opened
            else state.at(goal.arranged(state.order, state.chosen_way).ruled(state.rule))
        )
        is_underway = self.is_training and not retrains
        if retrains:
            self._end_training()
        self._state = state
        if is_opened or (state.order, state.way, state.rule.clips) != (before.order, before.way, before.rule.clips):
            self._program = state.program
        if is_another:
            self._plain = self._new_training()
            self._training = self._plain.changed(state.changes) if state.changes else self._plain
        elif retrains:
            self._training = self._training.changed(state.changes) if state.changes else self._plain
        if is_opened:
            self._hovered = ""
            self.highlight_changed.emit("")  # before the view: the new network may not have what was lit
            self.source_changed.emit(state.source)
        if is_underway:
            self._goal = goal
            self._announce()
        else:
            self._reach(goal)
        if state.watched != ("" if is_opened else before.watched):
            self.highlight_changed.emit(self._hovered or state.watched)

    def open(self, there: Source | State) -> None:
        """Debug another network by the choices of now: from its step 1, by its own rule and η, or as it stood."""
        state = State.of(there) if isinstance(there, Source) else there
        self.set(state.choosing_as(self._state))

    def set_rule(self, rule: Rule) -> None:
        """Form gradients by *rule*; retrains from epoch 1, the cursor stays at its step."""
        self.set(self._state.ruled(rule))

    def set_learning_rate(self, learning_rate: float) -> None:
        """Train at *learning_rate*; retrains from epoch 1, the cursor stays."""
        self.set(replace(self._state, learning_rate=learning_rate))

    def set_form(self, form: NumberFormat) -> None:
        """Write numbers as *form*."""
        self.set(replace(self._state, form=form))

    def set_order(self, order: ForwardOrder) -> None:
        """Order the forward pass; the cursor stays at its step."""
        self.set(self._state.arranged(order, self._state.chosen_way))

    def set_way(self, way: Way | None) -> None:
        """Go back term by term or timestep by timestep; the cursor goes to the step that stands for its own."""
        self.set(self._state.arranged(self._state.order, way))

    def set_skip_zero_terms(self, skip: bool) -> None:
        """Whether stepping passes by terms that must be zero."""
        self.set(replace(self._state, skips_zero_terms=skip))

    def set_predicts(self, predicts: bool) -> None:
        """Whether every result is hidden until it is predicted or revealed."""
        if predicts != self._state.predicts:
            self.set(replace(self._state, predicts=predicts, revealed=frozenset(), concealed=frozenset()))

    def reveal(self) -> None:
        """Show the result of this step."""
        self.set(self._state.shown(shows=True))

    def toggle_result(self) -> None:
        """Hide the result of this step, or show it again."""
        self.set(self._state.shown(shows=self._view.hidden))

    def follow_entry(self, row: int, column: int) -> None:
        """Follow one entry of the gradient at the cursor, until another is chosen."""
        name = self._view.step.address.quantity
        self.set(replace(self._state, entries={**self._state.entries, name: (row, column)}))

    def hover(self, symbol: str) -> None:
        """Light *symbol* everywhere while the mouse is on it; "" to stop. One that the network lacks is ignored."""
        if symbol != self._hovered and self._has(symbol):
            self._hovered = symbol
            self.highlight_changed.emit(symbol or self._state.watched)

    # -- inside ---------------------------------------------------------------------------------------------

    def _new_training(self) -> Training:
        source = self._state.source
        return Training(source.network, source.parameters, self._state.rule, self._state.learning_rate)

    def _travel(self, state: State) -> None:
        if not self.is_training and state != self._state:
            self._reach(state)

    def _has(self, symbol: str) -> bool:
        return not symbol or exists(symbol, self._state.source.network)

    def _reach(self, goal: State) -> None:
        """Be in *goal*, at once or when its epoch is trained."""
        if self._training.run(goal.cursor.epoch, _PATIENCE):
            self._state = goal
            self._announce()
            return
        self._goal = goal
        # Under another rule the old epoch may not be reached yet: stand where there is something to show.
        here = self._state.cursor
        epoch = min(here.epoch, max(self._training.reached, 1))
        self._state = replace(self._state, cursor=replace(here, epoch=epoch))
        if self._view.source is not self._state.source:
            self._announce()
        self.training_started.emit(goal.cursor.epoch)
        self.training_progressed.emit(self._training.reached)
        self._timer.start()

    def _train_slice(self) -> None:
        if self._goal is None:
            return
        done = self._training.run(self._goal.cursor.epoch, _SLICE)
        self.training_progressed.emit(self._training.reached)
        if done and self._goal is not None:
            self._state = self._goal
            self._end_training()
            self._announce()

    def _end_training(self) -> None:
        self._timer.stop()
        if self._goal is not None:
            self._goal = None
            self.training_ended.emit()

    def _announce(self) -> None:
        self._view = self._look()
        self.view_changed.emit(self._view)

    def _look(self) -> View:
        hidden = self._state.hides(self._program[self._state.cursor.position])
        return self._snapshot(self._state, hidden=hidden)

    def _snapshot(self, state: State, *, hidden: bool) -> View:
        return snapshot(state, self._training, self._program, hidden=hidden, plain=self._plain)
