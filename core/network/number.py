"""One number: an entry of what a symbol stands for, in some epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.network.arrays import Array


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is shown somewhere, and can be asked about.

    *entry*: 0-based; of a whole of which none is meant, (). *epoch*: 0 for the one that is looked at.
    """

    symbol: str
    entry: tuple[int, ...] = ()
    epoch: int = 0

    def within(self, value: Array) -> Number:
        """With an entry that *value*, what the symbol stands for, has: where none is meant, the largest."""
        if len(self.entry) >= value.ndim and all(map(int.__lt__, self.entry, value.shape)):
            return replace(self, entry=self.entry[: value.ndim])
        largest = np.unravel_index(int(np.argmax(np.abs(np.nan_to_num(value)))), value.shape) if value.ndim else ()
        return replace(self, entry=tuple(map(int, largest)))
