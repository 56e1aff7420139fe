"""Arrays of numbers, read-only once they are made."""

from __future__ import annotations

from collections.abc import Iterable
from operator import methodcaller

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def frozen(array: Array) -> Array:
    """*array*, from now on read-only."""
    array.setflags(write=False)
    return array


def freeze(arrays: Iterable[Array]) -> None:
    """Make *arrays* read-only."""
    for array in arrays:
        _forbid_writing(array)


_forbid_writing = methodcaller("setflags", False)  # takes half the time of a call with write=False, twenty an epoch


def entry_of(array: Array, entry: tuple[int, int]) -> float:
    """The 0-based *entry* of a matrix; of a vector, and of a single number in one, the entry (i, 0)."""
    return float(array[entry] if array.ndim == 2 else array[entry[0]])
