"""Several curves in one plot, told apart without colour: a number at each end, a pattern of dashes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gui.widgets.plots.line_picture import Numbers

# In multiples of the line's width. Hues repeat after six curves, these after five, both only after thirty.
DASHES = ((5.0, 2.5), (1.5, 2.0), (8.0, 2.5, 1.5, 2.5), (3.0, 1.5), (8.0, 2.5, 1.5, 2.5, 1.5, 2.5))
HUES = ("U", "V", "W", "h", "attention", "output")


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve: its points, and the *mark* at its end."""

    mark: str
    x: Numbers
    y: Numbers


def look(number: int) -> tuple[str, tuple[float, ...]]:
    """The hue and the dashes of curve *number*, from 0 on, beside the plain one."""
    return HUES[number % len(HUES)], DASHES[number % len(DASHES)]


def end(x: Numbers, y: Numbers) -> tuple[float, float] | None:
    """The last point of a curve that can be drawn."""
    found = np.flatnonzero(np.isfinite(y))
    return (float(x[found[-1]]), float(y[found[-1]])) if len(found) else None


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """*places* moved as little as need be to lie *gap* apart and within *low* … *high*, in their order."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    found = [0.0] * len(places)
    at = low - gap
    for i in order:
        at = found[i] = max(places[i], at + gap)
    at = high + gap
    for i in reversed(order):
        at = found[i] = min(found[i], at - gap)
    return found
