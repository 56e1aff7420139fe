"""Epochs: deterministic replay from stored parameters, and running to epoch N in slices of time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from core.epoch.engines import train
from core.epoch.epoch import Epoch, run_epoch
from core.network.changes import NONE, Changes
from core.network.network import Network, Parameters
from core.network.rule import Rule

STRIDE = 32  # parameters are stored every so many epochs; replaying fewer takes a millisecond or two


class Training:
    """All epochs of a network under one rule and learning rate, each reached by replay.

    Stepping through an update and running past it use the same functions, so an epoch has the same bits
    whichever way it is reached.

    *changes*: what is given otherwise, or held, each from an epoch on. *losses*: the total loss of epochs 1, 2, …, as
    far as they have been reached.
    """

    def __init__(
        self, network: Network, initial: Parameters, rule: Rule, learning_rate: float, changes: Changes = NONE
    ) -> None:
        self.network = network
        self.initial = initial
        self.rule = rule
        self.learning_rate = learning_rate
        self.changes = changes
        self.losses: list[float] = []
        self._stored: dict[int, Parameters] = {}
        self._next = changes.parameters(initial, 1)  # the parameters of the first epoch that has not been reached
        self._begins = frozenset(changes.epochs)
        self._networks: dict[int, Network] = {}
        self._latest: Epoch | None = None
        self._earlier: Epoch | None = None

    def changed(self, changes: Changes) -> Training:
        """The same with *changes* in the place of its own; epochs before the first that is another one are kept."""
        found = Training(self.network, self.initial, self.rule, self.learning_rate, changes)
        first = self.changes.first_difference(changes) or self.reached + 1
        known = min(first - 1, self.reached)
        start = known // STRIDE * STRIDE + 1
        if start in self._stored and known:
            found._stored = {number: stored for number, stored in self._stored.items() if number <= start}
            found.losses = self.losses[:known]
            found._next = found._descended(start, found._stored[start], known + 1 - start)[1]
        return found

    def network_of(self, number: int) -> Network:
        """The network as it is in epoch *number*."""
        begun = max((epoch for epoch in self._begins if epoch <= number), default=0)
        if begun not in self._networks:
            self._networks[begun] = self.changes.network(self.network, begun)
        return self._networks[begun]

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
            span = min(count, STRIDE - before, until - self.reached)
            losses, self._next = self._descended(self.reached + 1, self._next, span)
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
                parameters = self._parameters(number)
                self._latest = run_epoch(self.network_of(number), parameters, self.rule, self.learning_rate, number)
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
                epoch = run_epoch(self.network_of(number), parameters, self.rule, self.learning_rate, number)
            yield epoch
            number, parameters = number + 1, self._changed(number + 1, epoch.updated)
            self.run(number)

    def _parameters(self, number: int) -> Parameters:
        if self._latest is not None and self._latest.number == number - 1:
            return self._changed(number, self._latest.updated)
        start = (number - 1) // STRIDE * STRIDE + 1
        stored = self._stored[start]
        return self._descended(start, stored, number - start)[1]

    def _descended(self, number: int, parameters: Parameters, count: int) -> tuple[list[float], Parameters]:
        """The losses of *count* epochs from epoch *number* on, which starts on *parameters*; those of the one after."""
        losses, end = list[float](), number + count
        while number < end:
            until = min((epoch for epoch in self._begins if number < epoch < end), default=end)
            network, times = self.network_of(number), until - number
            found, parameters = train(network, parameters, self.rule, self.learning_rate, times)
            losses += found
            number = until
            parameters = self._changed(number, parameters)
        return losses, parameters

    def _changed(self, number: int, parameters: Parameters) -> Parameters:
        return self.changes.parameters(parameters, number) if number in self._begins else parameters
