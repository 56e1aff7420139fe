"""How likely a known way gives a number by chance: the likelier the more ways lie as near to the true value.

A number is drawn by every wrong thing that can be done, listed or not. How densely such numbers lie is seen from the
ways that are known, in two widths. Those at least as common as one, and as near to the true value as the number, lie in
as many units as twice its distance; and where other ways that are hardly rarer gather about the number itself, such as
at simple fractions of the true value, so do those that nobody listed. So many, times what the digits accept of these
units, is how many fit a number that none of them made. Measured by `tests.benchmarks.bench_claims`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.answers.closeness import MOST_DECIMALS, Closeness, decimals_compared, digits_of, each_closeness
from core.network.arrays import Array
from core.slips.case import Tier
from core.writing.notation import Given

ASSERTED = 0.02  # the chance up to which a way is asserted
_NAMED = 1.5  # up to which it is said as what could be; less would leave out true slips that end near the true value
_NAMED_OF_ONE_DIGIT = 0.75
_CLEARLY = 0.7  # of the chance up to which a way is asserted: more decimals have more ways, such as digits swapped
_MOST_MORE = 3  # decimals more than were given; who has so few has hardly more than these
_GATHERED = 5.0  # units to both sides of a number, ten in all; in fewer, too few ways would lie to be counted
_MOST_COUNTED = 2  # numbers of several, the farthest off; more are seldom independent of these
_SAME = 1e-6  # relatively; closer numbers are one, but for such as Adam's ε, to all digits that programs are sure of


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Where the known ways to a number lie, by the digits of *given*, beside what is *right*.

    *values*: ways × numbers. *tiers*, *titles*: of each way. *offs*: of those that are apart, in units of the last sure
    decimal off the true value, and *tiers_apart*. *own*: so of the learner's numbers. *counts*: which of these speak,
    since they are not the right ones.
    """

    right: Array
    given: Given
    values: Array
    tiers: npt.NDArray[np.intp]
    titles: npt.NDArray[np.object_]
    offs: Array
    tiers_apart: npt.NDArray[np.intp]
    own: Array
    counts: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        right: Array,
        given: Given,
        values: Array,
        tiers: npt.NDArray[np.intp],
        titles: npt.NDArray[np.object_],
    ) -> Crowd:
        """The ways with *values*, each in the shape of *given*, to what is *right*."""
        scale, values = _scale(given), np.reshape(values, (len(values), right.size))
        with np.errstate(all="ignore"):
            offs = (values - right.ravel()) * scale
            own = (given.values - right).ravel() * scale
        distinct, first = np.unique(np.round(offs), axis=0, return_index=True)
        kept = np.sort(first[np.all(np.isfinite(distinct), axis=1) & np.any(distinct != 0, axis=1)])
        counts = np.asarray(each_closeness(right, given).ravel() != Closeness.RIGHT)
        return cls(right, given, values, tiers, titles, offs[kept], tiers[kept], own, counts)

    def chance(self, value: Array, tier: Tier, width: float = 1.0) -> float:
        """That some way as common as *tier* gives the numbers by chance, another than the one with *value*.

        *width*: in units, what the digits accept.
        """
        return self.nearby(value, tier) * _share(width, np.maximum(np.abs(self.own[self._counted]), 1.0))

    def gathering(self, value: Array, tier: Tier, width: float = 1.0) -> float:
        """The same from the ways about the numbers themselves: who asserts must heed it, but it silences none."""
        return self.gathered(value, tier) * _share(width, np.full(len(self._counted), _GATHERED))

    def nearby(self, value: Array, tier: Tier) -> int:
        """How many ways as common as *tier* are at most as far from the true value as the learner's numbers are.

        The one with *value* is among them.
        """
        here, counted = np.round((value - self.right).ravel() * _scale(self.given)), self._counted
        others = np.any(np.round(self.offs) != here, axis=1) & (self.tiers_apart <= tier)
        near = np.abs(self.offs[others][:, counted]) <= np.abs(self.own[counted]) + 1
        return 1 + int(np.count_nonzero(np.all(near, axis=1)))

    def gathered(self, value: Array, tier: Tier) -> int:
        """How many ways hardly rarer than *tier* lie about the learner's numbers, but for those that are called as one
        with *value* is.
        """
        scale, counted = _scale(self.given), self._counted
        with np.errstate(all="ignore"):
            offs = (self.values - self.right.ravel()) * scale
            about = np.all(np.abs(offs - self.own)[:, counted] <= _GATHERED, axis=1)
        same = are_same(self.values, value.ravel())
        others = about & (self.tiers <= tier + 1) & ~same & ~np.isin(self.titles, self.titles[same])
        return len(np.unique(np.round(offs[others], 3), axis=0))

    def decimals_needed(self, value: Array, tier: Tier) -> int | None:
        """How many more decimals would tell whether it was the way with *value*; None where a few would not."""
        for more in range(1, _MOST_MORE + 1):
            decimals = np.minimum(self.given.decimals + more, MOST_DECIMALS)
            scale = 10.0**decimals
            written = Given(np.round(value * scale) / scale, decimals, "")
            crowd = Crowd.of(self.right, written, self.values, self.tiers, self.titles)
            doubt = max(crowd.chance(value, tier), crowd.gathering(value, tier))
            if digits_of(written) and doubt <= _CLEARLY * ASSERTED:
                return more
        return None

    @property
    def _counted(self) -> npt.NDArray[np.intp]:
        farthest = np.argsort(-np.abs(self.own) * self.counts, kind="stable")[:_MOST_COUNTED]
        return farthest[self.counts[farthest]]


def _share(width: float, widths: Array) -> float:
    """What *width* is of so many units to both sides, of all numbers."""
    return float(np.prod(np.minimum(1.0, width / (2 * widths))))


def _scale(given: Given) -> Array:
    return np.asarray(10.0 ** decimals_compared(given).ravel())


def is_named(chance: float, given: Given) -> bool:
    """Whether a way to *given* is said at all."""
    return chance <= (_NAMED if digits_of(given) > 1 else _NAMED_OF_ONE_DIGIT)


def are_same(first: Array, second: Array) -> npt.NDArray[np.bool_]:
    """Whether two ways give the same numbers to all digits that are sure; of rows of *first*, each of them."""
    with np.errstate(all="ignore"):
        within = _SAME * (np.max(np.abs(second), initial=0.0) + np.abs(first))
        return np.asarray(np.all((first == second) | (np.abs(first - second) <= within), axis=-1))
