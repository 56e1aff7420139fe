"""Trainings in which a slip is made at every epoch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from core.epoch.engines import forward_at_length
from core.epoch.training import Training
from core.network.network import Parameters
from core.slips.case import Case, Change, Slip, Variant
from core.slips.reading import Reading

_SAME = 1e-12  # relatively; a forward pass by hand differs in its last bits


@dataclass(slots=True)
class _Known:
    """What of one training is known: those with a slip in them, and the right parameters of the second epoch."""

    trainings: dict[tuple[str, str], Repeated] = field(default_factory=dict)
    second: Parameters | None = None


class Repeated:
    """A training with *change* in every epoch; it holds no `Training`, lest that one is never let go.

    *reached*: the last epoch whose parameters are known. *matters*: whether an update comes out otherwise at all.
    """

    def __init__(self, right: Training, change: Change, known: _Known | None = None) -> None:
        self._network, self._rule, self._rate = right.network, right.rule, right.learning_rate
        self._change, self._initial, self._known = change, right.initial, known or _Known()
        self.reached, self.matters = 1, True
        self._next = right.initial
        self._asked: dict[int, Parameters] = {}  # of those epochs that were asked for

    def run(self, until: int, seconds: float) -> bool:
        """Train until the parameters of epoch *until* are known or *seconds* have passed; whether they are."""
        end = time.perf_counter() + seconds
        if until < self.reached and until not in self._asked:
            self.reached, self._next = 1, self._initial
        with np.errstate(all="ignore"):  # where training diverges
            while self.matters and self.reached < until:
                after = self._reading(self._next).updated()
                if self.reached == 1:
                    self.matters = not all(map(_are_same, after.values(), self._second().values()))
                self.reached, self._next = self.reached + 1, after
                if time.perf_counter() > end:
                    break
        if self.reached == until:
            self._asked[until] = self._next
        return not self.matters or until in self._asked

    def reading(self, number: int) -> Reading:
        """Epoch *number*, to which it has been run."""
        return self._reading(self._asked[number])

    def _reading(self, parameters: Parameters) -> Reading:
        return self._change(self._right(parameters))

    def _second(self) -> Parameters:
        """The parameters of the second epoch, done rightly."""
        if self._known.second is None:
            self._known.second = self._right(self._initial).updated()
        return self._known.second

    def _right(self, parameters: Parameters) -> Reading:
        return Reading.of(forward_at_length(self._network, parameters), self._rule, self._rate)


_KNOWN: WeakKeyDictionary[Training, _Known] = WeakKeyDictionary()


def repeated(case: Case, slip: Slip, variant: Variant) -> Repeated:
    """The training of *case* with *slip* in it, as far as it has been run."""
    known = _KNOWN.setdefault(case.training, _Known())
    found = known.trainings.get((slip.name, variant.which))
    if found is None:
        found = known.trainings[slip.name, variant.which] = Repeated(case.training, variant.change, known)
    return found


def _are_same(first: np.ndarray, second: np.ndarray) -> bool:
    return bool(np.all(np.abs(first - second) <= _SAME * (1 + np.abs(second))))
