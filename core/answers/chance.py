"""How likely a known way gives a number by chance: the likelier the more ways lie as near to the true value.

A number is drawn by every wrong thing that can be done, listed or not. How densely such numbers lie is seen from the
ways that are known: those at least as common as one, and as near to the true value as the number, lie in as many units
as twice its distance. So many of them, that one among them, times what its digits accept of these units, is how many
fit a number that none of them made. Measured by `tests.benchmarks.bench_claims`; the bound was found on four of its
seeds. On another, of 4,307 numbers of a slip that the table lacks 0.5 % are asserted at four decimals, of 4,156 at
three 0.8 %, and by chance 0.1 % and less; at most 0.9 % and 1.4 % at any distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.answers.closeness import MOST_DECIMALS, Closeness, decimals_compared, digits_of, each_closeness
from core.network.arrays import Array
from core.slips.case import Tier
from core.writing.notation import Given

ASSERTED = 0.018  # the chance up to which a way is asserted
_NAMED = 1.0  # up to which it is said as what could be; less would leave out true slips that end near the true value
_NAMED_OF_ONE_DIGIT = 0.5
_CLEARLY = 0.7  # of the chance up to which a way is asserted: more decimals have more ways, such as digits swapped
_MOST_MORE = 3  # decimals more than were given; who has so few has hardly more than these
_MOST_COUNTED = 2  # numbers of several, the farthest off; more are seldom independent of these
_SAME = 1e-9  # relatively; closer numbers are one by the mathematics


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Where the known ways to a number lie, by the digits of *given*, beside what is *right*.

    *values*: ways × numbers. *tiers*: of each way. *offs*: of those that are apart, in units of the last sure decimal
    off the true value, and *tiers_apart*. *own*: so of the learner's numbers. *counts*: which of these speak, since
    they are not the right ones.
    """

    right: Array
    given: Given
    values: Array
    tiers: npt.NDArray[np.intp]
    offs: Array
    tiers_apart: npt.NDArray[np.intp]
    own: Array
    counts: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, right: Array, given: Given, values: Array, tiers: npt.NDArray[np.intp]) -> Crowd:
        """The ways with *values* of *tiers*, each in the shape of *given*, to what is *right*."""
        scale, values = _scale(given), np.reshape(values, (len(values), right.size))
        with np.errstate(all="ignore"):
            offs = (values - right.ravel()) * scale
            own = (given.values - right).ravel() * scale
        distinct, first = np.unique(np.round(offs), axis=0, return_index=True)
        kept = np.sort(first[np.all(np.isfinite(distinct), axis=1) & np.any(distinct != 0, axis=1)])
        counts = np.asarray(each_closeness(right, given).ravel() != Closeness.RIGHT)
        return cls(right, given, values, tiers, offs[kept], tiers[kept], own, counts)

    def chance(self, value: Array, tier: Tier, width: float = 1.0) -> float:
        """That some way as common as *tier* gives the numbers by chance, another than the one with *value*.

        *width*: in units, what the digits accept.
        """
        shares = width / (2 * np.maximum(np.abs(self.own[self._counted]), 1.0))
        return self.nearby(value, tier) * float(np.prod(np.minimum(1.0, shares)))

    def nearby(self, value: Array, tier: Tier) -> int:
        """How many ways as common as *tier* are at most as far from the true value as the learner's numbers are.

        The one with *value* is among them.
        """
        here, counted = np.round((value - self.right).ravel() * _scale(self.given)), self._counted
        others = np.any(np.round(self.offs) != here, axis=1) & (self.tiers_apart <= tier)
        near = np.abs(self.offs[others][:, counted]) <= np.abs(self.own[counted]) + 1
        return 1 + int(np.count_nonzero(np.all(near, axis=1)))

    def decimals_needed(self, value: Array, tier: Tier) -> int | None:
        """How many more decimals would tell whether it was the way with *value*; None where a few would not."""
        for more in range(1, _MOST_MORE + 1):
            decimals = np.minimum(self.given.decimals + more, MOST_DECIMALS)
            scale = 10.0**decimals
            written = Given(np.round(value * scale) / scale, decimals, "")
            crowd = Crowd.of(self.right, written, self.values, self.tiers)
            if digits_of(written) and crowd.chance(value, tier) <= _CLEARLY * ASSERTED:
                return more
        return None

    @property
    def _counted(self) -> npt.NDArray[np.intp]:
        farthest = np.argsort(-np.abs(self.own) * self.counts, kind="stable")[:_MOST_COUNTED]
        return farthest[self.counts[farthest]]


def _scale(given: Given) -> Array:
    return np.asarray(10.0 ** decimals_compared(given).ravel())


def is_named(chance: float, given: Given) -> bool:
    """Whether a way to *given* is said at all."""
    return chance <= (_NAMED if digits_of(given) > 1 else _NAMED_OF_ONE_DIGIT)


def are_same(first: Array, second: Array) -> bool:
    """Whether two ways give the same numbers by the mathematics, not only to the digits written."""
    return bool(np.allclose(first, second, rtol=_SAME, atol=_SAME * float(np.max(np.abs(first), initial=0.0))))
