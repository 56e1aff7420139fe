"""What is typed into a form for a new network, timestep by timestep: letters, words, or rows of numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import numpy as np

from core.network.task import Row
from core.writing.form import exact
from core.writing.letters import TextError, letters
from core.writing.notation import NotationError, read

Kind = Literal["letters", "words", "numbers"]

MOST_CHARACTERS = 50_000  # of a text; one letter may have many, and each change of a form reads them all
NOTHING = "_"  # as a target: that none is wanted
_EMPTY = re.compile(r"[\s_–—-]*|null|none", re.IGNORECASE)  # a row without numbers


class TypedError(ValueError):
    """What cannot be read; the message is a sentence for who typed it."""


@lru_cache(maxsize=16)
def tokens(text: str, kind: Kind) -> tuple[str, ...]:
    """The letters of *text*, or its words: what stands between white space; `TypedError` where it cannot be read."""
    if len(text) > MOST_CHARACTERS:
        raise TypedError(f"{len(text):,} characters are too many to read; the most is {MOST_CHARACTERS:,}.")
    try:
        found = letters(text)
        return found if kind == "letters" else tuple("".join(letters(word)) for word in "".join(found).split())
    except TextError as error:
        raise TypedError(str(error)) from None


@lru_cache(maxsize=16)
def rows(text: str) -> tuple[Row | None, ...]:
    """The rows of numbers in *text*, a line each, all of one length, in any notation; None for a line without numbers.

    `TypedError` where it cannot be read.
    """
    lines = text.split("\n")
    without = [is_empty(line) for line in lines]
    full = [line for line, empty in zip(lines, without, strict=True) if not empty]
    if not full:
        return (None,) * len(lines)
    try:
        values = read("\n".join(full)).values
    except NotationError as error:
        raise TypedError(_sentence(str(error))) from None
    if not np.isfinite(values).all():
        raise TypedError("One of the numbers is not finite.")
    found = [tuple(row) for row in np.atleast_2d(values).tolist()]
    if len(found) == len(full):
        each = iter(found)
        return tuple(None if empty else next(each) for empty in without)
    if any(without[without.index(False) : len(lines) - without[::-1].index(False)]):
        raise TypedError("Write one row of numbers on each line.")
    return tuple(found)


def is_empty(line: str) -> bool:
    """Whether *line* has no numbers, and so stands for a timestep without any."""
    return _EMPTY.fullmatch(line) is not None


def written(found: tuple[Row | None, ...]) -> str:
    """The text that `rows` reads as *found*, an empty line where there is None."""
    return "\n".join("  ".join(exact(number).removesuffix(".0") for number in row) if row else "" for row in found)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
