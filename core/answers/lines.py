"""The lines of a learner's own worksheet: a name, then its numbers, in any common notation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.answers.spellings import SpellingError, UnknownNameError, named
from core.network import symbols
from core.network.arrays import frozen
from core.network.network import Network
from core.writing.notation import Given, NotationError, read

_COMMENT = re.compile(r"\s*(?:#|//)")
_EQUALS = re.compile(r":?=|[:≈≃≅~]|\\(?:approx|simeq|sim)\b")
_WORD = re.compile(r"\S+")
_MOST_WORDS = 3  # of a name that no sign ends: "alpha 3 1"
_OPENS = re.compile(r"\\begin\b|[(\[{]")
_CLOSES = re.compile(r"\\end\b|[)\]}]")


@dataclass(frozen=True, slots=True, eq=False)
class OwnLine:
    """Numbers that the learner found for a symbol.

    *number*: the line, 1-based. *symbol*: an id of `core.symbols`. *given*: in the symbol's declared shape. *text*.
    """

    number: int
    symbol: str
    given: Given
    text: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read, and the *problem*: one sentence that says what is expected."""

    number: int
    text: str
    problem: str


def read_lines(text: str, network: Network) -> tuple[OwnLine | BadLine, ...]:
    """Every line of *text* that is not empty and no comment; a row of weights becomes a line for each entry."""
    found: list[OwnLine | BadLine] = []
    first: dict[str, int] = {}
    for number, line in _lines(text, network):
        try:
            own = _read(number, line, network)
        except (NotationError, SpellingError) as problem:
            found.append(BadLine(number, line, str(problem)))
            continue
        again = next((each.symbol for each in own if each.symbol in first), None)
        if again is not None:
            found.append(BadLine(number, line, f"{symbols.text(again)} was given before, on line {first[again]}"))
            continue
        first |= dict.fromkeys((each.symbol for each in own), number)
        found += own
    return tuple(found)


def _lines(text: str, network: Network) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; one goes on while a bracket is open, until the next that starts with a name."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        start, line = at, lines[at]
        at += 1
        if not line.strip() or _COMMENT.match(line):
            continue
        depth = _depth(line)
        while depth > 0 and at < len(lines) and not _starts(lines[at], network):
            depth += _depth(lines[at])
            at += 1
        yield start + 1, "\n".join(lines[start:at]).strip()


def _depth(line: str) -> int:
    """How many more brackets *line* opens than it closes."""
    return len(_OPENS.findall(line)) - len(_CLOSES.findall(line))


def _starts(line: str, network: Network) -> bool:
    """Whether *line* begins with a known name, even one that cannot be given."""
    for name, _ in _splits(line):
        try:
            named(name, network)
        except UnknownNameError:
            continue
        except SpellingError:
            return True
        return True
    return False


def _splits(line: str) -> Iterator[tuple[str, str]]:
    """How *line* may be a name and its numbers: at the sign between them, else after each of its first words."""
    equals = _EQUALS.search(line)
    if equals is not None and _depth(line[: equals.start()]) == 0:  # not the one of tensor(1., dtype=float64)
        yield line[: equals.start()], line[equals.end() :]
        return
    for count, word in enumerate(_WORD.finditer(line)):
        if count == _MOST_WORDS:
            break
        yield line[: word.end()], line[word.end() :]


def _read(number: int, line: str, network: Network) -> list[OwnLine]:
    """What *line* gives, by the first way of splitting it that can be read; else the most telling problem."""
    unreadable: list[NotationError] = []
    misnamed: list[SpellingError] = []
    for name, numbers in _splits(line):
        try:
            ids = named(name, network)
            return [
                OwnLine(number, each, given, line)
                for each, given in zip(ids, _given(ids, numbers, network), strict=True)
            ]
        except NotationError as problem:
            unreadable.append(problem)
        except SpellingError as problem:
            misnamed.append(problem)
    known = [problem for problem in misnamed if not isinstance(problem, UnknownNameError)]
    raise (*unreadable, *reversed(known), *misnamed)[0]


def _given(ids: tuple[str, ...], numbers: str, network: Network) -> list[Given]:
    if len(ids) == 1:
        return [read(numbers, symbols.shape(ids[0], network))]
    row = read(numbers, (len(ids), *symbols.shape(ids[0], network)))
    return [
        Given(frozen(np.array(values)), np.array(decimals), row.written)
        for values, decimals in zip(row.values, row.decimals, strict=True)
    ]
