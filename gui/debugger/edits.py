"""What can be undone of how is trained: another rule, another learning rate."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QUndoCommand

from core.network.rule import Rule
from gui.debugger.model import DebuggerModel


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
        self._model.set(replace(self._model.state, rule=rule, learning_rate=learning_rate))
