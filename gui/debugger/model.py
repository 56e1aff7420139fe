"""The one mutable shared object: where the debugger stands, and the signals that say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from core.epoch.training import Training
from core.network.rule import CHAINED, Rule
from core.network.symbols import exists
from core.program.cursor import Command, Cursor, can, move, to_address, to_epoch
from core.program.program import Address, ForwardOrder, Program
from core.sources.source import Source
from core.steps.chain import zero_reason
from core.steps.entry import Where
from core.steps.evaluate import evaluate
from core.studies.contributions import largest_entry
from core.writing.form import NumberFormat
from gui.debugger.view import View

_PATIENCE = 0.05  # seconds that a jump to a later epoch may train before it shows progress
_SLICE = 0.005  # seconds of training between two turns of the event loop, so that the window stays alive


class DebuggerModel(QObject):
    """Network, epochs and cursor of one window. Panels never hold it; the composition root connects them.

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
        self._program: Program
        self._cursor: Cursor
        self._form = NumberFormat()
        self._order: ForwardOrder = "timestep"
        self._skip_zero_terms = False
        self._predicts = False
        self._hovered = ""
        self._pinned = ""
        self._goal: Cursor | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._train_slice)
        self._start(source, source.rule, source.learning_rate)

    # -- what there is --------------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """The snapshot that was announced last."""
        return self._view

    @property
    def known(self) -> View:
        """What may be seen of it: where its result is hidden, the snapshot of the step before."""
        if not self._view.hidden:
            return self._view
        return self._snapshot(replace(self._cursor, position=self._cursor.position - 1))

    @property
    def source(self) -> Source:
        """The network that is debugged, and where it came from."""
        return self._source

    @property
    def rule(self) -> Rule:
        """How gradients are formed."""
        return self._training.rule

    @property
    def learning_rate(self) -> float:
        """η."""
        return self._training.learning_rate

    @property
    def skips_zero_terms(self) -> bool:
        """Whether stepping passes by terms that must be zero."""
        return self._skip_zero_terms

    @property
    def predicts(self) -> bool:
        """Whether every result is hidden until it is predicted or revealed."""
        return self._predicts

    @property
    def order(self) -> ForwardOrder:
        """The order of the forward pass."""
        return self._order

    @property
    def is_training(self) -> bool:
        """Whether training towards an epoch is under way."""
        return self._goal is not None

    @property
    def underway(self) -> View:
        """What is known, with the losses that training has reached by now."""
        return replace(self.known, training=self._training)

    @property
    def can_return(self) -> bool:
        """Whether a jump can be taken back."""
        return bool(self._jumps)

    @property
    def pinned(self) -> str:
        """The symbol that stays lit, "" for none."""
        return self._pinned

    def can(self, command: Command) -> bool:
        """Whether *command* leads anywhere; nothing does while training runs."""
        return not self.is_training and can(self._program, self._cursor, command)

    def destination(self, command: Command) -> Cursor:
        """Where *command* would lead."""
        return move(self._program, self._cursor, command, self._skip)

    # -- moving ---------------------------------------------------------------------------------------------

    def do(self, command: Command) -> None:
        """Move by *command*."""
        if self.can(command):
            self._move_to(self.destination(command))

    def go_to_position(self, position: int) -> None:
        """Stand at *position* of the current epoch; scrubbing, so not a jump to return from."""
        position = min(max(position, 1), len(self._program))
        self._move_to(Cursor(self._cursor.epoch, position))

    def jump(self, address: Address) -> None:
        """Go to *address* in the current epoch; `go_back` returns."""
        self.jump_to(to_address(self._program, self._cursor, address))

    def jump_to(self, cursor: Cursor) -> None:
        """Go to *cursor*; `go_back` returns."""
        if cursor != self._cursor and not self.is_training:
            self._jumps.append(self._cursor)
            self._move_to(cursor)

    def jump_to_epoch(self, epoch: int) -> None:
        """Go to step 1 of *epoch*."""
        try:
            self.jump_to(to_epoch(epoch))
        except ValueError as error:
            self.refused.emit(str(error))

    def go_back(self) -> None:
        """Return from the last jump."""
        if self._jumps and not self.is_training:
            self._move_to(self._jumps.pop())

    def cancel_training(self) -> None:
        """Stop training and stay where the cursor was; what was reached is kept."""
        if self._goal is not None:
            self._end_training()
            self._announce()

    # -- choices --------------------------------------------------------------------------------------------

    def open(
        self,
        source: Source,
        rule: Rule | None = None,
        learning_rate: float | None = None,
        cursor: Cursor | None = None,
    ) -> None:
        """Debug another network, from its step 1 or *cursor*, by its own rule and η or by others."""
        self._end_training()
        self.highlight_changed.emit("")  # before the view: the new network may not have what was lit
        self._start(
            source,
            source.rule if rule is None else rule,
            source.learning_rate if learning_rate is None else learning_rate,
        )
        self.source_changed.emit(source)
        if cursor is None or cursor == self._cursor:
            self.view_changed.emit(self._view)
        else:
            self._move_to(cursor)

    def set_rule(self, rule: Rule) -> None:
        """Form gradients by *rule*; retrains from epoch 1, the cursor stays."""
        if rule != self.rule:
            self._retrain(rule, self.learning_rate)

    def set_learning_rate(self, learning_rate: float) -> None:
        """Train at *learning_rate*; retrains from epoch 1, the cursor stays."""
        if learning_rate != self.learning_rate:
            self._retrain(self.rule, learning_rate)

    def set_form(self, form: NumberFormat) -> None:
        """Write numbers as *form*."""
        if form != self._form:
            self._form = form
            self._announce()

    def set_order(self, order: ForwardOrder) -> None:
        """Order the forward pass; the cursor stays at its step."""
        if order != self._order:
            address = self._program[self._cursor.position]
            self._order = order
            self._program = Program(self._source.network, order)
            self._cursor = Cursor(self._cursor.epoch, self._program.position(address))
            self._jumps.clear()
            self._announce()

    def set_skip_zero_terms(self, skip: bool) -> None:
        """Whether stepping passes by terms that must be zero."""
        if skip != self._skip_zero_terms:
            self._skip_zero_terms = skip
            self._announce()

    def set_predicts(self, predicts: bool) -> None:
        """Whether every result is hidden until it is predicted or revealed."""
        if predicts != self._predicts:
            self._predicts = predicts
            self._revealed.clear()
            self._concealed.clear()
            self._announce()

    def reveal(self) -> None:
        """Show the result of this step."""
        self._revealed.add(self._cursor)
        self._concealed.discard(self._cursor)
        self._announce()

    def toggle_result(self) -> None:
        """Hide the result of this step, or show it again."""
        if self._view.hidden:
            self.reveal()
        else:
            self._revealed.discard(self._cursor)
            self._concealed.add(self._cursor)
            self._announce()

    def follow_entry(self, row: int, column: int) -> None:
        """Follow one entry of the gradient at the cursor, until another is chosen."""
        self._entries[self._program[self._cursor.position].quantity] = (row, column)
        self._announce()

    def hover(self, symbol: str) -> None:
        """Light *symbol* everywhere while the mouse is on it; "" to stop. One that the network lacks is ignored."""
        if symbol != self._hovered and self._has(symbol):
            self._hovered = symbol
            self.highlight_changed.emit(symbol or self._pinned)

    def pin(self, symbol: str) -> None:
        """Keep *symbol* lit; the same one again, or "", lets go. One that the network lacks is ignored."""
        if not self._has(symbol):
            return
        self._pinned = "" if symbol == self._pinned else symbol
        self.highlight_changed.emit(self._hovered or self._pinned)

    # -- inside ---------------------------------------------------------------------------------------------

    @property
    def _skip(self) -> Callable[[Address], bool] | None:
        return self._must_be_zero if self._skip_zero_terms else None

    def _has(self, symbol: str) -> bool:
        return not symbol or exists(symbol, self._source.network)

    def _must_be_zero(self, address: Address) -> bool:
        return (
            address.is_term
            and address.quantity in CHAINED
            and zero_reason(Where(self._source.network, self.rule, address)) is not None
        )

    def _start(self, source: Source, rule: Rule, learning_rate: float) -> None:
        self._source = source
        self._training = Training(source.network, source.parameters, rule, learning_rate)
        self._program = Program(source.network, self._order)
        self._cursor = Cursor()
        self._jumps: list[Cursor] = []
        self._entries: dict[str, tuple[int, int]] = {}
        self._revealed: set[Cursor] = set()
        self._concealed: set[Cursor] = set()
        self._hovered = self._pinned = ""
        self._view = self._snapshot(self._cursor)

    def _retrain(self, rule: Rule, learning_rate: float) -> None:
        goal = self._goal or self._cursor
        self._end_training()
        self._training = Training(self._source.network, self._source.parameters, rule, learning_rate)
        self._move_to(goal)

    def _move_to(self, cursor: Cursor) -> None:
        if self.is_training:
            return
        if self._training.run(cursor.epoch, _PATIENCE):
            self._cursor = cursor
            self._announce()
            return
        self._goal = cursor
        # Under another rule the old epoch may not be reached yet: stand where there is something to show.
        self._cursor = replace(self._cursor, epoch=min(self._cursor.epoch, max(self._training.reached, 1)))
        self.training_started.emit(cursor.epoch)
        self.training_progressed.emit(self._training.reached)
        self._timer.start()

    def _train_slice(self) -> None:
        if self._goal is None:
            return
        done = self._training.run(self._goal.epoch, _SLICE)
        self.training_progressed.emit(self._training.reached)
        if done:
            self._cursor = self._goal
            self._end_training()
            self._announce()

    def _end_training(self) -> None:
        self._timer.stop()
        if self._goal is not None:
            self._goal = None
            self.training_ended.emit()

    def _announce(self) -> None:
        self._view = self._snapshot(self._cursor)
        self.view_changed.emit(self._view)

    def _hides(self, address: Address) -> bool:
        """Whether the result at the cursor is hidden; the letters are given, so never those."""
        if address.quantity == "letter":
            return False
        return self._cursor in self._concealed or (self._predicts and self._cursor not in self._revealed)

    def _snapshot(self, cursor: Cursor) -> View:
        epoch = self._training.epoch(cursor.epoch)
        step = evaluate(epoch, self._program[cursor.position])
        entry = self._entries.get(step.address.quantity)
        if entry is None:
            # Of an update, the entry that its gradient moves most.
            moved = epoch.gradients[step.address.quantity] if step.kind == "update" else step.value
            entry = largest_entry(moved, step.running)
        hidden = cursor == self._cursor and self._hides(step.address)
        return View(self._source, self._training, self._program, cursor, epoch, step, entry, self._form, hidden)
