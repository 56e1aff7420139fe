"""Training in sight: how far it is, in the toolbar, and the growing curve of losses."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QElapsedTimer, QObject

from gui.debugger.model import DebuggerModel
from gui.panels.base.panel import Panel
from gui.window.main_window import MainWindow

_NUMBER, _CURVE = 50, 300  # milliseconds between two looks: at the number, at the curve


class TrainingProgress(QObject):
    """Shows what *model* says of its training in *window*, and the losses so far in their panel, once it is made."""

    def __init__(self, model: DebuggerModel, window: MainWindow, panels: Mapping[str, Panel]) -> None:
        super().__init__(window)
        self._model, self._window, self._panels = model, window, panels
        self._goal = 0
        self._since_number, self._since_curve = QElapsedTimer(), QElapsedTimer()
        model.training_started.connect(self._begin)
        model.training_progressed.connect(self._show)
        model.training_ended.connect(self._end)
        window.toolbar.cancel_asked.connect(model.cancel_training)

    def _begin(self, goal: int) -> None:
        self._goal = goal
        self._say(self._model.underway.training.reached)
        self._since_number.start()
        self._since_curve.start()

    def _show(self, reached: int) -> None:
        """Now and then: training that is told of more often than it is looked at only takes longer."""
        if self._since_number.hasExpired(_NUMBER):
            self._since_number.start()
            self._say(reached)
        if self._since_curve.hasExpired(_CURVE):
            self._since_curve.start()
            if "loss" in self._panels:
                self._panels["loss"].show_view(self._model.underway)

    def _end(self) -> None:
        self._window.toolbar.show_progress("")

    def _say(self, reached: int) -> None:
        self._window.toolbar.show_progress(f"epoch {reached:,} of {self._goal:,}", reached, self._goal)
