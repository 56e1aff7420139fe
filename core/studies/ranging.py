"""Try a range: the total loss of one epoch, and another number, for many values of one number at once.

The slope where it stands is the derivative, by the complex step; what the rule in use gives for it may be another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from core.epoch.epoch import Epoch
from core.equations.running import Run
from core.network import symbols
from core.network.arrays import Array
from core.network.changes import is_given, is_letter, place_of, why_not
from core.network.described import by_place, described, reader
from core.network.network import Network
from core.network.number import Number

POINTS = 101
MOST = 30_000_000  # numbers that all runs together may hold
_TINY = 1e-30
_Numbers = npt.NDArray[np.inexact[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Ranged:
    """What follows from every value.

    *values*, *losses*: n each. *watched*: n, of the other number; None where none is asked for. *here*, *loss*, *seen*:
    where it stands, and what follows there. *slope*: the derivative there. *by_rule*: what the rule in use gives for
    it, None where it forms none. Where the loss is no finite number, *slope* is none.
    """

    values: Array
    losses: Array
    watched: Array | None
    here: float
    loss: float
    seen: float | None
    slope: float
    by_rule: float | None

    @property
    def is_true(self) -> bool:
        """Whether the rule gives the derivative, as far as rounding allows, or nothing else."""
        if self.by_rule is None:
            return True
        return abs(self.by_rule - self.slope) <= 1e-12 * max(1.0, abs(self.slope), abs(self.by_rule))


def why_no_range(network: Network, number: Number) -> str:
    """Why the loss can not be had over a range of *number*, "" where it can."""
    name = symbols.parse(number.symbol).name
    if is_letter(network, name):
        return "A letter has no values in between"
    if name == "eta":
        return "The loss of this epoch does not depend on η: it is at work in the updates"
    size = network.T * (network.T if network.attention else 1) * max(network.H, network.K)
    if size * POINTS > MOST:
        return "The text is too long to be computed for a hundred values at once"
    return why_not(network, number.symbol)


@np.errstate(all="ignore")  # where the numbers are too large, the curve has gaps
def ranged(epoch: Epoch, number: Number, values: Array, watched: Number | None = None) -> Ranged:
    """*epoch* for each of *values* of *number*; of a parameter as a whole, of a factor to what it is.

    *watched*: another number, of the forward pass.
    """
    here = _here(epoch, number)
    losses, seen = _run(epoch, number, values, watched)
    (at,), other = _run(epoch, number, np.array([here + 1j * _TINY]), watched)
    slope, loss = float(np.imag(at)) / _TINY, epoch.tape.total if np.isinf(epoch.tape.total) else float(np.real(at))
    slope = slope if np.isfinite(loss) else np.nan
    others = None if seen is None else np.asarray(np.real(seen), dtype=np.float64)
    now = None if other is None else float(np.real(other[0]))
    return Ranged(values, np.real(losses), others, here, loss, now, slope, _by_rule(epoch, number))


def can_be_watched(network: Network, number: Number) -> bool:
    """Whether *number* is one that every run has: of the forward pass."""
    found = symbols.parse(number.symbol)
    made = {name for each in network.lines.equations for name in (each.name, each.loss) if name}
    return found.name in made and (bool(found.indices) or found.name == "L")


def _here(epoch: Epoch, number: Number) -> float:
    if number.symbol in epoch.tape.parameters and not number.entry:
        return 1.0
    return float(epoch.value(number.symbol)[number.entry])


def _run(epoch: Epoch, number: Number, values: _Numbers, watched: Number | None) -> tuple[_Numbers, _Numbers | None]:
    """The total losses (n) of n runs, and the watched number of each."""
    network, parameters = epoch.network, epoch.tape.parameters
    # A parameter that is the same in all runs, as often as there are runs, makes everything that follows as often.
    many: dict[str, _Numbers] = {
        name: np.broadcast_to(array.astype(values.dtype), (len(values), *array.shape))
        for name, array in parameters.items()
    }
    held: Mapping[tuple[str, int], Any] = by_place(network)
    if number.symbol in parameters:
        moved = np.array(many[number.symbol], dtype=values.dtype)
        if number.entry:
            entry: Any = (slice(None), *number.entry)
            moved[entry] = values
        else:
            moved = moved * values.reshape(-1, *[1] * (moved.ndim - 1))
        many[number.symbol] = moved
    else:
        own = place_of(number)
        kept = tuple(each for each in network.held if each[:3] != own[:3])
        holding = replace(network, held=(*kept, own))
        held = by_place(holding, [*(each.number for each in kept), values])
    read = reader(network, parameters)

    def given(name: str, t: int) -> _Numbers:
        return many[name] if name in many else read(name, t)

    run = Run(described(network), network.T, given, held=held)
    run.forward()
    losses: list[_Numbers] = [np.broadcast_to(run.read("L", t), values.shape) for t in range(1, network.T + 1)]
    total: _Numbers = np.asarray(reduce(add, losses) / network.divisor)
    if watched is None:
        return total, None
    if watched.symbol == "L":
        return total, total
    seen = place_of(watched)
    place: Any = (..., *seen.entry)
    return total, np.broadcast_to(run.read(seen.name, seen.t)[place], values.shape)


def _by_rule(epoch: Epoch, number: Number) -> float | None:
    if number.symbol in epoch.tape.parameters:
        gradient, array = epoch.gradients[number.symbol], epoch.tape.parameters[number.symbol]
        return float(gradient[number.entry]) if number.entry else float(np.vdot(gradient, array))
    asked = f"dL/d{number.symbol}"
    if is_given(epoch.network, number.symbol) or not symbols.exists(asked, epoch.network):
        return None
    return float(epoch.value(asked)[number.entry])
