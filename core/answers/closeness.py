"""How close a learner's numbers are to a step's, in units of the last decimal written, and which of them are meant."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log10

import numpy as np
import numpy.typing as npt

from core.network.arrays import Array
from core.writing.notation import Given

Index = tuple[int | slice, ...]
_MOST_DIGITS = 6  # compared of the largest number: other programs compute in single precision, with seven
_MOST_DECIMALS = 300  # compared; the powers of ten end soon after
_MOST_SEARCHED = 64  # entries among which a single number is looked for; in more, one fits by chance


def shapes(value: Array) -> tuple[tuple[int, ...], ...]:
    """The shapes in which a learner may give numbers of *value*: one, the whole, a row or a column."""
    if value.ndim < 2:
        return ((), value.shape) if value.size > 1 else ((),)
    rows, columns = value.shape
    whole: tuple[tuple[int, ...], ...] = ((rows, columns), (columns,), (rows,), (columns, rows))
    return ((), *dict.fromkeys(whole)) if value.size > 1 else ((),)


def places_of(right: Array, given: Given, entry: tuple[int, int]) -> Iterator[tuple[str, Index]]:
    """Which of the step's numbers may be meant, the likeliest first: a label and the index."""
    shape = given.values.shape
    if right.size == 1:
        yield "", (0,) * right.ndim
    elif shape == right.shape:
        yield "", (slice(None),) * right.ndim
    elif right.ndim == 1:
        for (i,) in _first(entry[:1], right):
            yield f"entry {i + 1}", (i,)
    elif shape == ():
        for i, j in _first(entry, right):
            yield f"entry ({i + 1}, {j + 1})", (i, j)
    else:
        rows, columns = right.shape
        for i in (entry[0], *(i for i in range(rows) if i != entry[0])):
            if shape == (columns,):
                yield f"row {i + 1}" if rows > 1 else "", (i, slice(None))
        for j in (entry[1], *(j for j in range(columns) if j != entry[1])):
            if shape == (rows,):
                yield f"column {j + 1}" if columns > 1 else "", (slice(None), j)


def _first(entry: tuple[int, ...], right: Array) -> Iterator[tuple[int, ...]]:
    """*entry*, then all others where they are few."""
    yield entry
    if right.size <= _MOST_SEARCHED:
        yield from (other for other in np.ndindex(right.shape) if other != entry)


def units(value: Array, given: Given) -> float:
    """How many units of the last place given *value* is off, at most over all numbers."""
    scale = 10.0 ** decimals_compared(given)
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.abs(np.round(np.asarray(value) * scale) - np.round(given.values * scale))
    off = np.where(np.asarray(value) == given.values, 0.0, off)  # infinities agree with themselves
    return float(np.max(np.nan_to_num(off, nan=np.inf, posinf=np.inf)))


def decimals_compared(given: Given) -> npt.NDArray[np.intp]:
    """How many decimals of each number are compared: those given, but not more digits than other programs have."""
    largest = float(np.max(np.abs(given.values[np.isfinite(given.values)]), initial=0.0))
    most = _MOST_DIGITS - 1 - floor(log10(largest)) if largest > 0 else _MOST_DECIMALS
    return np.minimum(given.decimals, min(most, _MOST_DECIMALS))
