"""What watches were at the end of every epoch, or of some of many: found in slices of time, and kept."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from core.epoch.epoch import Epoch
from core.epoch.small import is_small
from core.epoch.training import Training
from core.program.program import Program
from core.watching.watched import Watched
from gui.panels.watch.state import understood

_MOST, _FEW = 48, 8  # epochs of a curve; of a long text
_SLICE = 0.005


class Curves(QObject):
    """The curves of some watches over the epochs that training has reached.

    Signals:
        grown(): there is more of them.
    """

    grown = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._training: Training | None = None
        self._program: Program | None = None
        self._watches: tuple[str, ...] = ()
        self._values: dict[tuple[str, int], float] = {}
        self._epochs: list[int] = []
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._look)

    @property
    def is_looking(self) -> bool:
        """Whether there is more to be found."""
        return self._timer.isActive()

    def follow(self, training: Training, program: Program, watches: tuple[str, ...]) -> None:
        """Have the curves of *watches*, which *training* has the epochs of."""
        if training is not self._training:
            self._values.clear()
        self._training, self._program, self._watches = training, program, watches
        most = _MOST if is_small(training.network) else _FEW
        epochs = np.unique(np.linspace(1, training.reached, most).astype(int)).tolist() if watches else []
        self._epochs = epochs
        if any((watch, epoch) not in self._values for watch in watches for epoch in epochs):
            self._timer.start()

    def of(self, watch: str) -> list[float]:
        """What *watch* was in one epoch after the other, as far as it is found; none where it is no single number."""
        return [self._values[watch, epoch] for epoch in self._epochs if (watch, epoch) in self._values]

    def _look(self) -> None:
        end, training, program = time.perf_counter() + _SLICE, self._training, self._program
        if training is not None and program is not None:
            read = {watch: understood(watch, training.network) for watch in self._watches}
            for number in self._epochs:
                missing = [watch for watch in self._watches if (watch, number) not in self._values]
                if not missing:
                    continue
                epoch = next(training.walk(number))
                for watch in missing:
                    self._values[watch, number] = _single(read[watch], epoch, program)
                if time.perf_counter() > end:
                    self.grown.emit()
                    return
        self._timer.stop()
        self.grown.emit()


def _single(watched: Watched | None, epoch: Epoch, program: Program) -> float:
    """What a watch is at the end of *epoch*, where it is one number."""
    if watched is None or watched.is_condition:
        return np.nan
    value = watched.value(epoch, program, len(program))
    return float(np.ravel(value)[0]) if value.size == 1 else np.nan
