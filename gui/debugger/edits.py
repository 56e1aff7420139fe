"""What can be undone: another rule, another learning rate, numbers changed or held, other watches and stops."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QUndoCommand

from core.network.changes import Changes
from core.network.rule import Rule
from core.watching.stop import Stop
from gui.debugger.model import DebuggerModel


class ChangesEdit(QUndoCommand):
    """Give a number otherwise, or hold one; *words* say which. What was tried on the way is no edit of its own."""

    def __init__(self, model: DebuggerModel, words: str, before: Changes, after: Changes) -> None:
        super().__init__(words)
        self._model, self._before, self._after = model, before, after

    def redo(self) -> None:
        """Compute with the change."""
        self._model.set(replace(self._model.state, changes=self._after))

    def undo(self) -> None:
        """Compute as before."""
        self._model.set(replace(self._model.state, changes=self._before))


class TrainingEdit(QUndoCommand):
    """Train by another rule or at another rate; *words* say which."""

    def __init__(self, model: DebuggerModel, words: str, rule: Rule, learning_rate: float) -> None:
        super().__init__(words)
        self._model = model
        self._before, self._after = (model.state.rule, model.state.learning_rate), (rule, learning_rate)

    def redo(self) -> None:
        """Train so."""
        self._train(*self._after)

    def undo(self) -> None:
        """Train as before."""
        self._train(*self._before)

    def _train(self, rule: Rule, learning_rate: float) -> None:
        self._model.set(replace(self._model.state.ruled(rule), learning_rate=learning_rate))


class MarksEdit(QUndoCommand):
    """Watch something else, or stop elsewhere; *words* say what."""

    def __init__(
        self,
        model: DebuggerModel,
        words: str,
        *,
        watches: tuple[str, ...] | None = None,
        stops: tuple[Stop, ...] | None = None,
    ) -> None:
        super().__init__(words)
        self._model = model
        state = model.state
        self._before = state.watches, state.stops
        self._after = state.watches if watches is None else watches, state.stops if stops is None else stops

    def redo(self) -> None:
        """Have the new ones."""
        self._mark(*self._after)

    def undo(self) -> None:
        """Have those from before."""
        self._mark(*self._before)

    def _mark(self, watches: tuple[str, ...], stops: tuple[Stop, ...]) -> None:
        self._model.set(replace(self._model.state, watches=watches, stops=stops))
