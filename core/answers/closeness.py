"""How a learner's numbers stand to a step's, each by the digits it was written with, and which of them are meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import IntEnum
from math import floor, inf, isfinite, isnan, log10

import numpy as np
import numpy.typing as npt

from core.network.arrays import Array
from core.writing.notation import Given

Index = tuple[int | slice, ...]
SINGLE_DIGITS = 6  # that other programs have for sure: many compute in single precision, with seven
_MOST_SEARCHED = 64  # entries among which a single number is looked for; in more, one fits by chance
MOST_DECIMALS = 300  # the powers of ten end soon after
_FINEST = 1_100  # decimals, of which no double has a digit any more
_FEW, _BLUR = 12, 1e-4  # decimals to which floats may decide, and units by which they cannot
_EXACT = Context(prec=2400, rounding=ROUND_HALF_EVEN, Emin=-9999, Emax=9999)  # a double has at most 767 digits
_HALF = Decimal("0.5")  # of a unit: what lies halfway is rounded up by hand, to even by programs; both are right


class Closeness(IntEnum):
    """How a number as written stands to the true value rounded as it was written, from the best to the worst."""

    RIGHT = 0
    ONE_UNIT_OFF = 1  # of the last digit, of at least two
    TOO_COARSE = 2  # to tell: a 0 for what is not 0, or one unit off in a single digit
    WRONG = 3


def closeness(value: Array, given: Given) -> Closeness:
    """How *given* stands to *value*, which has its shape: of several numbers the worst."""
    worst = Closeness.RIGHT
    for number in _numbers(value, given):
        worst = max(worst, _one(*number))
        if worst is Closeness.WRONG:
            break
    return worst


def each_closeness(value: Array, given: Given) -> npt.NDArray[np.intp]:
    """The `Closeness` of every entry, each by its own digits."""
    found = [_one(*number) for number in _numbers(value, given)]
    return np.array(found, dtype=np.intp).reshape(given.values.shape)


def _numbers(value: Array, given: Given) -> Iterator[tuple[float, float, int]]:
    """Every true value, with the number that was written and its decimals: few as they are, faster one by one."""
    return zip(*(each.ravel().tolist() for each in (value, given.values, given.decimals)), strict=True)


def decimals_compared(given: Given) -> npt.NDArray[np.intp]:
    """How many decimals of each number are sure: those given, but not more digits than other programs have."""
    numbers = zip(given.values.ravel().tolist(), given.decimals.ravel().tolist(), strict=True)
    return np.array([_sure(*number) for number in numbers], dtype=np.intp).reshape(given.values.shape)


def _sure(written: float, decimals: int) -> int:
    known = isfinite(written) and written != 0
    most = SINGLE_DIGITS - 1 - floor(log10(abs(written))) if known else MOST_DECIMALS
    return min(decimals, most, MOST_DECIMALS)


def units_apart(value: Array, given: Given) -> float:
    """How many units of its last sure decimal a number is off, at most over all numbers; not a number is infinitely."""
    apart = (
        abs(true - written) * 10.0 ** _sure(written, decimals) if true != written else 0.0
        for true, written, decimals in _numbers(value, given)
    )
    return max((inf if isnan(each) else each for each in apart), default=0.0)


def _one(value: float, written: float, decimals: int) -> Closeness:
    """Of one number; the digits as written are whole units, and the value is compared with them exactly."""
    if not (isfinite(value) and isfinite(written)):
        return Closeness.RIGHT if value == written else Closeness.WRONG
    digits, off = _by_floats(value, written, decimals) or _exactly(value, written, decimals)
    if value == 0:
        return Closeness.WRONG if digits else Closeness.RIGHT
    known = significant(digits)
    if digits and (value < 0) != (digits < 0):
        return Closeness.WRONG
    if digits and off <= _HALF:
        return Closeness.RIGHT
    if off <= 1 + _HALF:
        return Closeness.ONE_UNIT_OFF if known > 1 else Closeness.TOO_COARSE
    unit = Decimal(10) ** max(known - SINGLE_DIGITS, 0)
    if off <= unit * _HALF:
        return Closeness.RIGHT
    return Closeness.ONE_UNIT_OFF if off <= unit * (1 + _HALF) else Closeness.WRONG


def _by_floats(value: float, written: float, decimals: int) -> tuple[int, Decimal | float] | None:
    """The whole units written and how far the value is from them; None where rounding may decide between two."""
    if not 0 <= decimals <= _FEW:
        return None
    units, off = written * 10.0**decimals, abs(value - written) * 10.0**decimals
    digits = round(units)
    is_clear = abs(off - 0.5) > _BLUR and abs(off - 1.5) > _BLUR and abs(units - digits) < _BLUR
    return (digits, off) if is_clear and abs(digits) < 10**SINGLE_DIGITS else None


def _exactly(value: float, written: float, decimals: int) -> tuple[int, Decimal | float]:
    digits = whole_units(written, decimals)
    return digits, _units_off(value, digits, decimals)


def gives(value: Array, given: Given, within: int = 0) -> bool:
    """Whether a way whose number is *value* would be written as *given*, or *within* a unit of it.

    A 0 may be written for what is less than half a unit, but some digit must speak, or all be 0.
    """
    most = Closeness.ONE_UNIT_OFF if within else Closeness.RIGHT
    for true, written, decimals in _numbers(value, given):
        is_zero = written == 0 and abs(true) * 10.0 ** min(decimals, MOST_DECIMALS) <= 0.5
        if not is_zero and _one(true, written, decimals) > most:
            return False
    return bool(np.any(given.values != 0) or not np.any(value))


def is_to_all_digits(value: Array, given: Given, within: int = 0) -> bool:
    """Whether numbers are right to every digit written, *within* so many units, or only to those of other programs."""
    numbers = zip(np.ravel(value), np.ravel(given.values), np.ravel(given.decimals), strict=True)
    return all(
        true == own or _units_off(float(true), whole_units(float(own), int(places)), int(places)) <= within + _HALF
        for true, own, places in numbers
    )


def _units_off(value: float, digits: int, decimals: int) -> Decimal:
    """How far *value* is from so many units of that decimal, in units, without any rounding."""
    return _EXACT.subtract(_in_units(value, decimals), Decimal(digits)).copy_abs()


def whole_units(written: float, decimals: int) -> int:
    """The digits of a finite number as a whole number, without its point: 274 of 0.0274."""
    return int(_EXACT.to_integral_value(_in_units(written, decimals)))


def _in_units(value: float, decimals: int) -> Decimal:
    """*value* in units of a decimal, of one that a double may have."""
    return _EXACT.scaleb(Decimal(value), min(decimals, _FINEST))


def significant(units: int) -> int:
    """How many significant digits so many units have; 0 has none."""
    return len(str(abs(units))) if units else 0


def shapes(value: Array) -> tuple[tuple[int, ...], ...]:
    """The shapes in which a learner may give numbers of *value*: one, the whole, a row or a column."""
    if value.ndim < 2:
        return ((), value.shape) if value.size > 1 else ((),)
    rows, columns = value.shape
    whole: tuple[tuple[int, ...], ...] = ((rows, columns), (columns,), (rows,), (columns, rows))
    return ((), *dict.fromkeys(whole)) if value.size > 1 else ((),)


def places_of(right: Array, given: Given, entry: tuple[int, int]) -> Iterator[tuple[str, Index]]:
    """Which of the step's numbers may be meant, the likeliest first: a label and the index.

    A zero is meant only where it is followed.
    """
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
            if shape == (columns,) and (i == entry[0] or np.any(right[i])):
                yield f"row {i + 1}" if rows > 1 else "", (i, slice(None))
        for j in (entry[1], *(j for j in range(columns) if j != entry[1])):
            if shape == (rows,) and (j == entry[1] or np.any(right[:, j])):
                yield f"column {j + 1}" if columns > 1 else "", (slice(None), j)


def _first(entry: tuple[int, ...], right: Array) -> Iterator[tuple[int, ...]]:
    """*entry*, then all others that are not zero, where they are few."""
    yield entry
    if right.size <= _MOST_SEARCHED:
        yield from (other for other in np.ndindex(right.shape) if other != entry and right[other] != 0)


def digits_of(given: Given) -> int:
    """The significant digits of the number that has most; 0 where all are written as 0."""
    pairs = zip(np.ravel(given.values), np.ravel(given.decimals), strict=True)
    return max(
        (significant(whole_units(float(value), int(places))) for value, places in pairs if isfinite(value)), default=0
    )
