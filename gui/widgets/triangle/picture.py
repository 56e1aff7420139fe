"""What a triangle of sizes shows: one cell for every loss t and use k ≤ t, as far as they are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.writing.form import NumberFormat

DECADES = 6  # from the largest size down to the palest shade
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class TrianglePicture:
    """Sizes by t (down) and k (across), shaded by their logarithm.

    *name*, *description*: what a screen reader says of the whole. *sizes*: T×T, row t - 1, column k - 1; it may hold
    more than is shown. *rows*: how many rows are shown whole, and *cells*: how many cells of the row after them.
    *largest*: of those shown, the darkest shade. *current*: the 1-based (t, k) that the cursor is in, or None.
    *hue*: the colour family. *words*: of a cell. *form*: how sizes are written.
    """

    name: str
    description: str
    sizes: NDArray[np.float64]
    rows: int
    cells: int
    largest: float
    current: Cell | None
    hue: str
    words: Callable[[Cell], str]
    form: NumberFormat

    @property
    def T(self) -> int:
        """How many rows and columns there are."""
        return len(self.sizes)

    def block(self, first_t: int, last_t: int, first_k: int, last_k: int) -> NDArray[np.float64]:
        """The sizes of those rows and columns, all 1-based and with both ends; nan where nothing is shown."""
        found = self.sizes[first_t - 1 : last_t, first_k - 1 : last_k].copy()
        found[max(self.rows - first_t + 2, 0) :] = np.nan
        row = self.rows + 1 - first_t
        if 0 <= row < len(found):
            found[row, max(self.cells - first_k + 1, 0) :] = np.nan
        return found

    def strongest(self, first: Cell, last: Cell) -> Cell | None:
        """The largest of the cells in a box that has those corners, which one pixel may hold; None off the triangle."""
        (t, k), end = first, (last[0], min(last[1], last[0]))
        if k > end[1]:
            return None
        block = self.block(t, end[0], k, end[1])
        if np.isnan(block).all():
            return max(t, k), k
        row, column = np.unravel_index(np.nanargmax(block), block.shape)
        return t + int(row), k + int(column)

    def fractions(self, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
        """How dark *sizes* are: 1 the largest, 0 six decades below it and less; nan stays."""
        with np.errstate(all="ignore"):
            return np.asarray(np.clip(1 + np.log10(sizes / (self.largest or 1.0)) / DECADES, 0, 1))
