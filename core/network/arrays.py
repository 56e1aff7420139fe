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
