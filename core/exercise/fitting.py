"""Which sizes numbers have: the one H at which every array fits the place where it may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt, prod

import numpy as np

from core.network.arrays import Array, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An array of an exercise: its *name* there, and as which parameter it is taken, *ours*.

    *axes*: the letters of the shape that it then has; H, X, K, and S for the states and the inputs side by side.
    """

    name: str
    values: Array
    ours: str
    axes: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """How long the axes are; *misfits*: what does not fit, in words."""

    H: int
    X: int
    K: int
    misfits: tuple[str, ...] = ()

    def of(self, axes: str) -> tuple[int, ...]:
        """How long each of *axes* is."""
        long = {"H": self.H, "X": self.X, "K": self.K, "S": self.H + self.X}
        return tuple(long[axis] for axis in axes)


def sizes(placed: Sequence[Placed], X: int | None, states: Iterable[int]) -> Sizes:
    """The sizes at which the most of *placed* fits; *X*: the length of an input, *states*: those of given states."""
    if not placed:
        return Sizes(0, X or 0, 0)
    found = [_at(H, X, placed) for H in sorted(_candidates(placed, X) | {each for each in states if each > 1})]
    return min(found, key=lambda each: len(each.misfits))


def shaped(each: Placed, found: Sizes) -> tuple[Array, bool]:
    """The numbers in the shape of their place, and whether they had to be transposed."""
    wanted, values = found.of(each.axes), each.values
    turned = values.ndim == 2 and values.shape != wanted and values.shape[::-1] == wanted and min(wanted) > 1
    return frozen(np.array((values.T if turned else values).reshape(wanted))), turned


def _candidates(placed: Iterable[Placed], X: int | None) -> set[int]:
    """The numbers that H may be."""
    found = set[int]()
    for each in placed:
        size = each.values.size
        if each.axes == "H":
            found.add(size)
        elif each.axes == "HH":
            found.add(isqrt(size))
        elif each.axes == "HX" and X and size % X == 0:
            found.add(size // X)
        elif each.axes == "HS":
            rows = each.values.shape[0] if each.values.ndim == 2 else 1
            found |= {rows, *((isqrt(X * X + 4 * size) - X) // 2 for X in ([X] if X else []))}
    return {each for each in found if each} or {1}


def _at(H: int, X: int | None, placed: Iterable[Placed]) -> Sizes:
    """What does not fit where the states have H numbers."""
    by_axes: Mapping[str, Placed] = {each.axes: each for each in placed}
    if X is None:
        reads, both = by_axes.get("HX"), by_axes.get("HS")
        X = reads.values.size // H if reads else both.values.size // H - H if both else 0
    outputs = by_axes.get("K") or by_axes.get("KH")
    K = outputs.values.size // (1 if outputs.axes == "K" else H) if outputs else H
    found = Sizes(H, X, K)
    return Sizes(H, X, K, tuple(said for each in placed if (said := _misfit(each, found))))


def _misfit(each: Placed, found: Sizes) -> str:
    wanted, values = found.of(each.axes), each.values
    shape = "×".join(map(str, wanted))
    if values.size != prod(wanted) or not values.size:
        count = f"{values.size} number{'' if values.size == 1 else 's'}"
        are = "side by side are" if each.axes == "HS" else "is"
        return f"{each.name} has {count}, but {each.ours} {are} {shape}"
    if values.ndim == 2 and min(wanted) > 1 and len(wanted) == 2 and sorted(values.shape) != sorted(wanted):
        return f"{each.name} is {'×'.join(map(str, values.shape))}, but {each.ours} is {shape}"
    return ""
