"""Epochs that running on passes by: their losses alone say that no stop holds in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.epoch.epoch import Epoch
from core.epoch.training import STRIDE, Training
from core.network.arrays import Array
from core.program.program import Program
from core.watching.finite import first_not_finite
from core.watching.language import read
from core.watching.stop import NotFinite, Stop, When
from core.watching.stops import places
from core.watching.watched import Watched, WatchError

_LARGEST = 1e100  # of a parameter from which on a number may be infinite for a moment
_SPAN, _SLICE = 8 * STRIDE, 0.005  # epochs, and seconds of training, between two that are looked at


@dataclass(frozen=True, slots=True)
class ByLoss:
    """*conditions* on the total loss, and nothing else, at which running stops; *finite*: or at what is no number."""

    conditions: tuple[tuple[When, Watched], ...]
    finite: bool

    def passed(self, training: Training, program: Program, epoch: Epoch, last: int) -> int:
        """The last of the epochs after *epoch*, before epoch *last*, that need not be looked at, since no stop holds in
        them; the number of *epoch* itself where there is none. *training* goes on for a moment to know.

        What becomes infinite, or no number, stays in the parameters: so the losses, and the last epoch, tell of it.
        """
        number = epoch.number
        if self.finite and not _is_small(epoch):
            return number
        training.run(min(number + _SPAN, last - 1), _SLICE)
        losses = training.losses[number - 1 : min(number + _SPAN, last - 1)]
        holds = (place for place in range(1, len(losses)) if self._may_stop(losses[place - 1], losses[place]))
        count = next(holds, len(losses)) - 1
        if count > STRIDE:
            count = (number + count - 1) // STRIDE * STRIDE + 1 - number  # whose parameters are stored
        if count < 1:
            return number
        if self.finite:
            is_finite = bool(np.isfinite(losses[: count + 1]).all())
            end = next(training.walk(number + count)) if is_finite else None
            if end is None or not _is_small(end) or first_not_finite(end, program):
                return number  # it began before that: each is looked at
        return number + count

    def _may_stop(self, before: float, now: float) -> bool:
        return any(
            bool(watched.on_loss(now))
            if when.how == "holds"
            else is_other(when, watched.on_loss(before), watched.on_loss(now))
            for when, watched in self.conditions
        )


def by_loss(stops: Sequence[Stop], program: Program) -> ByLoss | None:
    """What the *stops* that are on look at, where that is only the loss; None where one looks at more."""
    conditions: list[tuple[When, Watched]] = []
    finite = False
    for stop in stops:
        if not stop.is_on:
            continue
        if isinstance(stop.at, NotFinite):
            finite = True
        elif isinstance(stop.at, When):
            try:
                watched = read(stop.at.text, program.network)
            except WatchError:
                continue
            if not watched.is_of_loss:
                return None
            conditions.append((stop.at, watched))
        elif places(stop.at, program):
            return None
    return ByLoss(tuple(conditions), finite)


def is_other(when: When, before: Array, now: Array) -> bool:
    """Whether what *when* is about is other than it was *before*, in the way that it asks."""
    if before.shape != now.shape:
        return when.how == "changes"
    with np.errstate(all="ignore"):
        if when.how == "changes":
            return not np.array_equal(before, now, equal_nan=True)
        if when.how == "changes sign":
            return bool(np.any(np.sign(before) * np.sign(now) < 0))
        both = np.isfinite(before) & np.isfinite(now)
        return bool(np.any(both & ((before < when.level) != (now < when.level))))


def _is_small(epoch: Epoch) -> bool:
    return all(np.abs(each).max(initial=0) < _LARGEST for each in epoch.tape.parameters.values())
