"""Epochs: deterministic replay from stored parameters, and running to epoch N in slices of time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from core.epoch.engines import train
from core.epoch.epoch import Epoch, run_epoch
from core.network.network import Network, Parameters
from core.network.rule import Rule

STRIDE = 32  # parameters are stored every so many epochs; replaying fewer takes a millisecond or two


class Training:
    """All epochs of a network under one rule and learning rate, each reached by replay.

    Stepping through an update and running past it use the same functions, so an epoch has the same bits
    whichever way it is reached.

    *losses*: the total loss of epochs 1, 2, …, as far as they have been reached.
    """

    def __init__(self, network: Network, initial: Parameters, rule: Rule, learning_rate: float) -> None:
        self.network = network
        self.initial = initial
        self.rule = rule
        self.learning_rate = learning_rate
        self.losses: list[float] = []
        self._stored: dict[int, Parameters] = {1: initial}
        self._next = initial  # the parameters of the first epoch that has not been reached
        self._latest: Epoch | None = None
        self._earlier: Epoch | None = None

    @property
    def reached(self) -> int:
        """The last epoch whose loss is known, 0 at first."""
        return len(self.losses)

    def run(self, until: int, seconds: float = float("inf")) -> bool:
        """Train until epoch *until* is reached or *seconds* have passed; whether it is reached."""
        end, count = time.perf_counter() + seconds, 1
        while self.reached < until:
            before = self.reached % STRIDE
            if before == 0:
                self._stored[self.reached + 1] = self._next
            losses, self._next = self._train(self._next, min(count, STRIDE - before, until - self.reached))
            self.losses += losses
            if time.perf_counter() > end:
                break
            count *= 2  # the first is soon done, whatever is still to be prepared
        return self.reached >= until

    def epoch(self, number: int) -> Epoch:
        """Epoch *number*, trained up to where it has not been reached."""
        if self._latest is None or self._latest.number != number:
            if self._latest is not None and self._latest.number == number - 1:
                self._earlier = self._latest
            self.run(number)
            with np.errstate(all="ignore"):
                self._latest = run_epoch(self.network, self._parameters(number), self.rule, self.learning_rate, number)
        return self._latest

    def before(self, number: int) -> Epoch | None:
        """The epoch before epoch *number*, None before the first; what `epoch` keeps stays."""
        if number == 1:
            return None
        if self._earlier is None or self._earlier.number != number - 1:
            self._earlier = next(self.walk(number - 1))
        return self._earlier

    def walk(self, number: int) -> Iterator[Epoch]:
        """Epoch *number* and all after it, one after the other; what `epoch` keeps stays."""
        self.run(number)
        parameters = self._parameters(number)
        while True:
            with np.errstate(all="ignore"):
                epoch = run_epoch(self.network, parameters, self.rule, self.learning_rate, number)
            yield epoch
            number, parameters = number + 1, epoch.updated
            self.run(number)

    def _parameters(self, number: int) -> Parameters:
        if self._latest is not None and self._latest.number == number - 1:
            return self._latest.updated
        start = (number - 1) // STRIDE * STRIDE + 1
        stored = self._stored[start]
        return stored if start == number else self._train(stored, number - start)[1]

    def _train(self, parameters: Parameters, count: int) -> tuple[list[float], Parameters]:
        return train(self.network, parameters, self.rule, self.learning_rate, count)
