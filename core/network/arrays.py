"""Arrays of numbers, read-only once they are made."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from operator import methodcaller

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Arrays(Mapping[str, Array]):
    """Read-only arrays by name, in an order; each set of them is equal to itself only."""

    __slots__ = ("_arrays",)

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = dict(arrays)

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def values(self) -> ValuesView[Array]:
        """The arrays in their order."""
        return self._arrays.values()

    def items(self) -> ItemsView[str, Array]:
        """Names and arrays in their order."""
        return self._arrays.items()

    __eq__ = object.__eq__
    __hash__ = object.__hash__


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


def entries_of(values: Array, shape: tuple[int, ...], entry: tuple[int, ...]) -> Array:
    """The 0-based *entry* of each of *values*, …×shape; of a vector (i, 0) is the entry i."""
    place = int(np.ravel_multi_index(entry[: len(shape)], shape))
    return values.reshape(*values.shape[: values.ndim - len(shape)], -1)[..., place]
