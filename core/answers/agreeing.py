"""What is said of numbers that agree, are too coarse to tell, or differ in some entries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.answers.closeness import SINGLE_DIGITS, Closeness, digits_of, each_closeness, is_to_all_digits
from core.answers.said import Answer
from core.network.arrays import Array
from core.writing.form import NumberFormat
from core.writing.notation import Given

_MOST_NAMED = 4  # entries that are too coarse


def agreement(value: Array, given: Given, label: str) -> Answer:
    """That all digits agree, and how many those are."""
    several = value.size > 1
    if not several and digits_of(given) == 1 and not float(np.ravel(value)[0]).is_integer():
        words = f"Agrees as far as it goes; it is {shown(value)}. More digits would say more."
        return Answer("agrees", words, place=label)
    decimals = {int(number) for number in np.ravel(given.decimals)}
    if not is_to_all_digits(value, given):
        digits = f"{SINGLE_DIGITS} significant digits, as far as programs in single precision do"
    elif len(decimals) == 1 and min(decimals) > 0:
        digits = f"the {min(decimals)} decimals given" if min(decimals) > 1 else "the one decimal given"
    else:
        digits = "all digits given"
    words = f"{'All agree' if several else 'Agrees'} to {digits}{'' if several else f': it is {shown(value)}'}."
    return Answer("agrees", words, place=label)


def too_coarse(value: Array, given: Given, label: str) -> Answer:
    """What would help, without the value, which may be hidden."""
    if value.size == 1:
        why = "this is one unit off in its only digit" if digits_of(given) else "it is not 0, but may be written so"
        return Answer("too coarse", f"Too coarse to tell: {why}. Give three digits.", place=label)
    coarse = each_closeness(value, given) == Closeness.TOO_COARSE
    names = [_entry_name(place, coarse.shape) for place in map(tuple, np.argwhere(coarse))]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    if np.all(coarse):
        return Answer("too coarse", "Too coarse to tell. Give three digits of each.", place=label)
    where = f"{', '.join(names[:_MOST_NAMED])}{more} {'is' if len(names) == 1 else 'are'} too coarse to tell"
    words = f"{where[0].upper()}{where[1:]}; all others agree. Give three digits there."
    return Answer("too coarse", words, place=label)


def differing_entries(right: Array, given: Given) -> Iterator[str]:
    """Of several numbers, those that differ: ``entry 2: yours 0.5337, right 0.5373``."""
    if given.values.size == 1:
        return
    for place in map(tuple, np.argwhere(each_closeness(right, given) == Closeness.WRONG)):
        form = NumberFormat("decimals", max(int(given.decimals[place]), 0))
        name = _entry_name(place, given.values.shape)
        yield f"{name}: yours {form(float(given.values[place]))}, right {form(float(right[place]))}"


def _entry_name(place: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """``entry 2``, ``entry 1, 3``; an axis of length 1 is not counted."""
    return f"entry {', '.join(str(i + 1) for i, size in zip(place, shape, strict=True) if size > 1)}"


def shown(value: Array) -> str:
    """A single number to six decimals, empty for more of them."""
    return NumberFormat("decimals", 6)(float(np.ravel(value)[0])) if np.size(value) == 1 else ""
