"""What a line plot shows, and how its numbers become places: pure, nothing drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.network.number import Number

Numbers = NDArray[np.float64]
NONE: Numbers = np.zeros(0)
_HUGE = 1e307  # keeps the height of a range finite


def _no_number(_index: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Ring:
    """A hollow mark at a point, with its tooltip; with *start* a bracket from there to the point."""

    x: float
    y: float
    tip: str
    start: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line through points, and marks beside it.

    *x*, *y*: the points, x growing; where *y* is not finite there is a gap. *current*: the point with the dot,
    None for none, *label* its text. *before*: what *y* was without a change, pale; `NONE` where there is none.
    *tip*: the tooltip of a point; *number*: what number it is, where it is one.
    """

    x: Numbers
    y: Numbers
    current: int | None = None
    label: str = ""
    rings: tuple[Ring, ...] = ()
    tip: Callable[[int], str] = str
    number: Callable[[int], Number | None] = _no_number
    before: Numbers = field(default_factory=lambda: NONE)

    def looks_like(self, other: Line) -> bool:
        """Whether both are drawn alike."""
        same = self.x is other.x and self.y is other.y and self.before is other.before
        return same and (self.current, self.label, self.rings) == (other.current, other.label, other.rings)


def scaled(values: Numbers, *, logarithmic: bool) -> Numbers:
    """Where *values* stand along an axis; nan where they are not finite, or have no logarithm."""
    finite = np.where(np.isfinite(values), values, np.nan)
    if not logarithmic:
        return finite
    return np.asarray(np.log10(finite, where=finite > 0, out=np.full(finite.shape, np.nan)))


def finite_range(values: Numbers) -> tuple[float, float]:
    """The smallest and the largest finite one, half a unit apart at least; 0 … 1 where there is none."""
    known = np.clip(values[np.isfinite(values)], -_HUGE, _HUGE)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def thinned(x: Numbers, y: Numbers, columns: int) -> tuple[Numbers, Numbers]:
    """Of more points than *columns* of pixels, the largest and the smallest in every column."""
    if len(x) <= 2 * columns:
        return x, y
    column = np.floor((x - x[0]) / (x[-1] - x[0]) * columns)
    starts = np.flatnonzero(np.diff(column, prepend=-np.inf))
    both = np.stack([np.fmax.reduceat(y, starts), np.fmin.reduceat(y, starts)], axis=1)
    return np.repeat(x[starts], 2), np.ravel(both)
