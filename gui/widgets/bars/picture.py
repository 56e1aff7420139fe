"""What a bar chart shows: contributions in order, under nested brackets, and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.network.number import Number
from core.writing.form import NumberFormat


def _no_number(_place: int) -> None:
    return None


@dataclass(frozen=True, slots=True, eq=False)
class BarPicture:
    """Contributions that add up, those to come included.

    *name*: what a screen reader calls the whole.
    *values*: (bars,), the contributions that are computed, in the order of *slots*.
    *totals*: (bars,), the running total after each.
    *part_values*: (bars, parts), adding up to *values*; (bars, 0) where bars have no parts. *part_names*: theirs.
    *levels*: the names of the brackets, outermost first. *slots*: the numbers of every place at those levels,
    also of contributions to come. *lead*: the label of the first place where it stands for all that went before
    and has no numbers, else "".
    *current*: the place that the cursor is in, None at the end. *to_go*: how many are to come without a place.
    *label*, *tooltip*: of a place, in words; *number*: that which stands there.
    *adds_up*: whether a running total is drawn. *before*: (bars,), what the values were without a change; else (0,).
    """

    name: str
    values: NDArray[np.float64]
    totals: NDArray[np.float64]
    part_values: NDArray[np.float64]
    part_names: tuple[str, ...]
    levels: tuple[str, ...]
    slots: tuple[tuple[int, ...], ...]
    lead: str
    current: int | None
    to_go: int
    label: Callable[[int], str]
    tooltip: Callable[[int], str]
    form: NumberFormat
    adds_up: bool = True
    is_log: bool = False
    number: Callable[[int], Number | None] = _no_number
    before: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def stacks(self) -> NDArray[np.float64]:
        """(bars, parts, 2): where each part begins and ends, parts of one sign stacked away from zero."""
        parts = self.part_values
        with np.errstate(all="ignore"):
            up, down = np.maximum(parts, 0), np.minimum(parts, 0)
            ends = np.where(parts >= 0, np.cumsum(up, axis=1), np.cumsum(down, axis=1))
        return np.stack([ends - parts, ends], axis=-1)

    def spoken(self, slot: int) -> str:
        """A place as a screen reader says it."""
        if slot >= len(self.values):
            return f"{self.label(slot)}: still to come"
        return f"{self.label(slot)}: {self.form.spoken(float(self.values[slot]))}"
