"""What can be undone: another network, another rule, another learning rate."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand

from core.network.rule import Rule
from core.sources.source import Source
from gui.debugger.model import DebuggerModel


class SourceEdit(QUndoCommand):
    """Debug another network."""

    def __init__(self, model: DebuggerModel, source: Source) -> None:
        super().__init__("opening of a network")
        self._model, self._after = model, source
        self._before = model.source, model.rule, model.learning_rate, model.view.cursor

    def redo(self) -> None:
        """Open the new one."""
        self._model.open(self._after)

    def undo(self) -> None:
        """Open the one from before, as it stood."""
        source, rule, learning_rate, cursor = self._before
        self._model.open(source, rule, learning_rate, cursor)


class RuleEdit(QUndoCommand):
    """Form gradients by another rule."""

    def __init__(self, model: DebuggerModel, rule: Rule) -> None:
        super().__init__("change of the rule")
        self._model, self._before, self._after = model, model.rule, rule

    def redo(self) -> None:
        """Take the new rule."""
        self._model.set_rule(self._after)

    def undo(self) -> None:
        """Take the rule from before."""
        self._model.set_rule(self._before)


class LearningRateEdit(QUndoCommand):
    """Train at another learning rate."""

    def __init__(self, model: DebuggerModel, learning_rate: float) -> None:
        super().__init__("change of η")
        self._model, self._before, self._after = model, model.learning_rate, learning_rate

    def redo(self) -> None:
        """Take the new rate."""
        self._model.set_learning_rate(self._after)

    def undo(self) -> None:
        """Take the rate from before."""
        self._model.set_learning_rate(self._before)
