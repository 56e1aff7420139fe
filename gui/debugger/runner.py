"""Long looking, in slices of time between which the window stays alive, and which can be cancelled."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

_PATIENCE = 0.05  # seconds that it may take before it shows progress
_SLICE = 0.005  # seconds of looking between two turns of the event loop

Looking = Generator[Any, None, Any]


def _nothing(_found: object) -> None:
    """Where nothing is looked for, nothing is done with what is found."""


class Runner(QObject):
    """Carries one search at a time to its end; a new one takes the place of one that is under way.

    Signals:
        progressed(object): where it looks; first when it takes longer than one would wait.
        ended(): it came to its end or was cancelled, after some progress was told.
    """

    progressed = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._looking: Looking | None = None
        self._then: Callable[[Any], None] = _nothing
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(lambda: self._look(_SLICE))

    @property
    def is_running(self) -> bool:
        """Whether a search is under way."""
        return self._looking is not None

    def start(self, looking: Looking, then: Callable[[Any], None]) -> None:
        """Carry *looking* to its end, and give what it finds to *then*: at once if that is soon."""
        self.cancel()
        self._looking, self._then = looking, then
        self._look(_PATIENCE)

    def cancel(self) -> None:
        """Look no further, and let go of what was looked through."""
        self._looking, self._then = None, _nothing
        if self._timer.isActive():
            self._timer.stop()
            self.ended.emit()

    def _look(self, seconds: float) -> None:
        end, at = time.perf_counter() + seconds, None
        try:
            while self._looking is not None:
                at = next(self._looking)
                if time.perf_counter() > end:
                    self._timer.start()
                    self.progressed.emit(at)
                    return
        except StopIteration as done:
            then = self._then
            self.cancel()
            then(done.value)
