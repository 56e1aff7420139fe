"""Watching and stopping: what menus, keys and panels ask for, each change an edit that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Signal
from PySide6.QtGui import QUndoStack

from core.epoch.epoch import made_at
from core.network.number import Number
from core.network.symbols import exists, text
from core.program.cursor import Cursor
from core.program.program import Address, Phase
from core.watching.names import written
from core.watching.stop import AtKind, AtStep, Stop, When
from core.watching.stops import text as stop_text
from gui.debugger.edits import MarksEdit
from gui.debugger.model import DebuggerModel
from gui.debugger.runner import Runner
from gui.debugger.wording import arrived

if TYPE_CHECKING:
    from core.watching.searching import Found

_LAST_EPOCH = 1_000_000
_PAUSE = 50  # milliseconds between two looks at how far it is
_GIVEN = "It was given at the start: no step makes it"


class Stopping(QObject):
    """Runs to stops, and edits what is watched and where to stop.

    Attributes:
        runner: carries what takes long.

    Signals:
        arrived(str): running has ended, in words. progressed(str, int, int): how far it is, in words, and of how much;
        "" once it is over. marked(): something is watched or stopped at.
    """

    arrived = Signal(str)
    progressed = Signal(str, object, object)  # a position may exceed 32 bits
    marked = Signal()

    def __init__(self, model: DebuggerModel, undo: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._undo = model, undo
        self._since = QElapsedTimer()
        self.runner = Runner(self)
        self.runner.progressed.connect(self._show)
        self.runner.ended.connect(lambda: self.progressed.emit("", 0, 0))
        model.view_changed.connect(self.runner.cancel)  # who goes elsewhere waits no longer

    @property
    def handlers(self) -> dict[str, Callable[[], object]]:
        """What to do for each action of the table."""
        return {
            "run": self.run,
            "run_back": lambda: self.run(forwards=False),
            "run_on": self.run_on,
            "stop": lambda: self.toggle(AtStep(self._model.view.step.address)),
        }

    # -- what is marked -------------------------------------------------------------------------------------

    def toggle_watch(self, symbol: str, entry: tuple[int, ...] = ()) -> None:
        """Watch *symbol*, or an *entry* of it; again, no more. What has no name to be watched by says so."""
        off = self.why_nameless(Number(symbol))
        if off:
            self._model.refused.emit(off)
            return
        self.set_watches(self._model.state.toggling(symbol, entry).watches, f"watch of {text(symbol)}")

    def toggle(self, at: AtStep | AtKind | When) -> None:
        """Stop at what *at* says; where there is such a stop, remove it."""
        stops = self._model.state.stops
        kept = tuple(stop for stop in stops if stop.at != at)
        self.set_stops(kept if len(kept) < len(stops) else (*stops, Stop(at)), f"stop at {stop_text(Stop(at))}")

    def with_note(self) -> int:
        """The place of the stop at this step, which can have a note; it is set where there is none."""
        at = AtStep(self._model.view.step.address)
        if not self.has(at):
            self.toggle(at)
        return next(place for place, stop in enumerate(self._model.state.stops) if stop.at == at)

    def set_watches(self, watches: tuple[str, ...], words: str) -> None:
        """Watch just *watches*; *words* say what is changed."""
        if watches != self._model.state.watches:
            self._undo.push(MarksEdit(self._model, words, watches=watches))
            self.marked.emit()

    def set_stops(self, stops: tuple[Stop, ...], words: str) -> None:
        """Stop just at *stops*; *words* say what is changed."""
        if stops != self._model.state.stops:
            self._undo.push(MarksEdit(self._model, words, stops=stops))
            self.marked.emit()

    # -- running --------------------------------------------------------------------------------------------

    def run(self, *, forwards: bool = True) -> None:
        """To the next stop, or the end of the epoch; from its end on through the next one. Backwards the same."""
        view = self._model.view
        epoch, position, length = view.cursor.epoch, view.cursor.position, len(view.program)
        if forwards and position == length:
            epoch, position = epoch + 1, 0
        elif not forwards and position == 1:
            epoch, position = epoch - 1, length + 1
        if epoch >= 1:
            self._run(epoch, position, length if forwards else 1)

    def run_to(self, there: Cursor) -> None:
        """To *there*, or to a stop on the way; into another epoch without looking."""
        here = self._model.view.cursor
        if there.epoch == here.epoch and there != here:
            self._run(here.epoch, here.position, there.position)
        else:
            self._model.jump_to(there)

    def run_on(self) -> None:
        """To the next stop in this epoch or a later one."""
        from core.watching.searching import run_on

        view, stops = self._model.view, self._model.state.stops
        looking = run_on(stops, view.training, view.program, view.cursor, _LAST_EPOCH)
        self.runner.start(looking, lambda found: self._arrive(found, view.cursor))

    def run_to_loss(self, below: float) -> None:
        """To the total loss of the first epoch in which it is below *below*."""
        from core.watching.searching import run_to_loss

        view = self._model.view
        total = view.program.position(Address(Phase.FORWARD, "L"))

        def arrive(epoch: int | None) -> None:
            if epoch is None:
                self.arrived.emit(f"No epoch up to {_LAST_EPOCH:,} has a loss below {below:g}")
            else:
                self._model.jump_to(Cursor(epoch, total))
                self.arrived.emit(f"Epoch {epoch:,} is the first whose loss is below {below:g}")

        self.runner.start(run_to_loss(view.training, below, _LAST_EPOCH), arrive)

    def _run(self, number: int, start: int, end: int) -> None:
        from core.watching.searching import run

        view = self._model.view
        epoch = view.epoch if number == view.cursor.epoch else next(view.training.walk(number))
        earlier = partial(view.training.before, number)
        looking = run(self._model.state.stops, epoch, view.program, earlier, start, end)
        self.runner.start(looking, lambda found: self._arrive(found, view.cursor))

    def _arrive(self, found: Found, start: Cursor) -> None:
        words = arrived(found, self._model.state.stops, self._model.view.program, start)
        self._model.jump_to(found.cursor)
        self.arrived.emit(words)

    def _show(self, at: Cursor | int) -> None:
        """Say how far it is, now and then."""
        if self._since.isValid() and not self._since.hasExpired(_PAUSE):
            return
        self._since.start()
        length = len(self._model.view.program)
        if isinstance(at, Cursor):
            self.progressed.emit(f"epoch {at.epoch:,}", at.position, length)
        else:
            self.progressed.emit(f"step {at:,}", at, length)

    # -- of a number ----------------------------------------------------------------------------------------

    def entry(self, number: Number) -> tuple[int, ...]:
        """The entry that is meant; of a single number, all."""
        value = self._model.view.epoch.value(number.symbol)
        return () if value.size == 1 else number.within(value).entry

    def is_watched(self, number: Number) -> bool:
        """Whether just that number is watched."""
        watch = written(number.symbol, self.entry(number), self._model.view.network)
        return watch in self._model.state.watches

    def changing(self, number: Number) -> When:
        """That the number changes."""
        return When(written(number.symbol, self.entry(number), self._model.view.network), "changes")

    def has(self, at: AtStep | When) -> bool:
        """Whether there is a stop at just that."""
        return any(stop.at == at for stop in self._model.state.stops)

    def made(self, number: Number) -> Address:
        """The step that makes a number; of a parameter, its update."""
        view = self._model.view
        made = made_at(number.symbol, view.network)
        return Address(Phase.UPDATE, number.symbol) if made is None else view.program.nearest(made)

    def why_nameless(self, number: Number) -> str:
        """Why a number can not be watched, "" where it has a name to be written by."""
        from core.watching.language import read
        from core.watching.watched import WatchError

        network = self._model.view.network
        try:
            if exists(number.symbol, network):
                read(written(number.symbol, (), network), network)
        except WatchError:
            return f"{text(number.symbol)} has no name to be watched by: watch what it is made of"
        return ""

    def why_given(self, number: Number) -> str:
        """Why no step can be stopped at for a number, "" where one makes it."""
        return "" if self._model.view.origin(number.symbol) is not None else _GIVEN
