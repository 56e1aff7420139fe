"""The lines of a learner's own worksheet: names and their numbers, in any common notation and layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from core.answers.statements import Reader, Statement
from core.network import symbols
from core.network.network import Network
from core.writing import tables
from core.writing.layout import (
    depth,
    epoch_mark,
    in_tall_brackets,
    is_numeric,
    is_usual,
    numbers_in,
    plain_line,
    step_mark,
)  # fmt: skip
from core.writing.notation import Given, NotationError
from core.writing.printed import bare_prints

Line = tuple[int, int, str | NotationError]  # from, to, 0-based, and the text, or what is wrong with it

MOST_LINES = 5_000
_SIGN_FIRST = re.compile(r"&?\s*(?:=(?!=)|≈|\\approx\b)")
_LOSS = re.compile(r"(?:^|[,;]\s*)(?:L|loss)\s*[=:≈]", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_NAUGHT = re.compile(r"[\[\]()0., ]*")
_MOST_BELOW = 2_000  # lines below the last that is read, with which it may go on
_MOST_BLANK = 4  # empty lines between a name and its numbers
_COUNTED_FROM_ZERO = re.compile(
    r"\b(?:(?:ps|ys|xs|y_?hat|y_?pred|probs|Omega|logits|loss|L|Z|a)\s*\[\s*0\s*\]|hs?\s*\[\s*-\s*1\s*\]"
    r"|hs?\s*\[\s*0\s*\](?:\[0\])?\s*[=:,\s]\s*[^\n#]*?[1-9])"
)


@dataclass(frozen=True, slots=True, eq=False)
class OwnLine:
    """Numbers that the learner found for a symbol.

    *number*: the line, 1-based. *symbol*: an id of `core.network.symbols`. *given*: in the symbol's declared shape.
    *text*. *epoch*: the one it is of. *note*: what a name of another world is here. *either*: the symbol that is meant
    if the numbers are that one's, empty for none.
    """

    number: int
    symbol: str
    given: Given
    text: str
    epoch: int = 1
    note: str = ""
    either: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read, and the *problem*: one sentence that says what is expected."""

    number: int
    text: str
    problem: str


def read_lines(text: str, network: Network, epoch: int = 1, latest: int = 1_000_000) -> tuple[OwnLine | BadLine, ...]:
    """What every line of *text* gives; one that has no numbers and no name, such as a heading, is passed over.

    A row of weights, or a list for all timesteps, becomes a line for each entry. *epoch*: the one of the lines before
    the first that says ``epoch 2:``; below ``t = 2`` a name without index is of that timestep. *latest*: the last
    epoch that can be asked.
    """
    written = text.splitlines()
    bare = tables.unlabelled(bare_prints(text), network.alphabet).splitlines()
    plain = [plain_line(line) for line in bare[: MOST_LINES + _MOST_BELOW]]
    reader = Reader(network, epoch, _COUNTED_FROM_ZERO.search(text) is not None, losses=_has_losses(plain))
    found: list[OwnLine | BadLine] = []
    first: dict[tuple[int, str], OwnLine] = {}
    for start, end, line in _lines(plain, reader):
        number, as_written = start + 1, "\n".join(written[start:end]).strip()
        if number > MOST_LINES:
            found.append(BadLine(number, as_written, f"only the first {MOST_LINES:,} lines are read"))
            break
        if isinstance(line, NotationError):
            found.append(BadLine(number, as_written, str(line)))
            continue
        marked = epoch_mark(line)
        if marked is not None:
            (reader.epoch, line), reader.timestep = marked, None
            if not 1 <= reader.epoch <= latest:
                problem = f"expected an epoch from 1 to {latest:,}, found {reader.epoch:,}; step to a later one first"
                found.append(BadLine(number, as_written, problem))
        if not 1 <= reader.epoch <= latest:
            continue
        headed = step_mark(line)
        if headed is not None:
            reader.timestep, line = headed
        if (marked or headed) and not reader.says_something(line):
            continue
        for stated in reader.read(line):
            if isinstance(stated, str):
                found.append(BadLine(number, as_written, stated))
                continue
            again = next((symbol for symbol in stated.given if not _agrees(first, stated, symbol)), None)
            if again is not None:
                before = first[stated.epoch, again].number
                problem = f"{symbols.text(again)} was given before, on line {before}"
                found.append(BadLine(number, as_written, problem))
                continue
            for symbol, given in stated.given.items():
                either = stated.either.get(symbol, "")
                own = OwnLine(number, symbol, given, as_written, stated.epoch, stated.note, either)
                found.append(own)
                first.setdefault((own.epoch, symbol), own)
    return tuple(found)


def _agrees(first: Mapping[tuple[int, str], OwnLine], stated: Statement, symbol: str) -> bool:
    """Whether what was *stated* of *symbol* is what was said of it first."""
    before = first.get((stated.epoch, symbol))
    return before is None or np.array_equal(before.given.values, stated.given[symbol].values)


def _has_losses(plain: list[str]) -> bool:
    """Whether L stands below several timesteps, so that it is the loss of each."""
    timestep, below = None, set[int]()
    for line in plain:
        headed = step_mark(line)
        if headed is not None:
            timestep, line = headed
        if timestep is not None and _LOSS.search(line):
            below.add(timestep)
    return len(below) > 1


def _lines(plain: list[str], reader: Reader) -> Iterator[Line]:
    """The lines that say something: from which line to before which, 0-based, and the text.

    One goes on while a bracket is open, until the next that starts with a name; where the next begins with a sign; and
    while numbers that its name needs stand alone below it. Of a table each cell is one.
    """
    at = 0
    while at < len(plain):
        start, line = at, plain[at]
        at += 1
        if not line:
            continue
        usual = is_usual(line)
        table = None if usual else tables.head(line)
        if table is not None:
            cells, at = _in_table(table, plain, at, reader)
            yield from cells
            if cells:
                continue
        tall = None if usual else in_tall_brackets(plain, start)
        if tall is not None:
            line, at = tall
        else:
            level = depth(line)
            while level > 0 and at < len(plain) and not reader.starts(plain[at]):
                level += depth(plain[at])
                line = f"{line}\n{plain[at]}"
                at += 1
            while at < len(plain) and _SIGN_FIRST.match(plain[at]):
                line = f"{line} {plain[at]}"
                at += 1
            below = _next(plain, at)
            if below is not None and is_numeric(plain[below]) and (missing := reader.missing(line)):
                while missing > 0 and below is not None and is_numeric(plain[below]):
                    missing -= numbers_in(plain[below])
                    line, at = f"{line}\n{plain[below]}", below + 1
                    below = _next(plain, at)
        if usual or reader.says_something(line):
            yield start, at, line


def _next(plain: list[str], at: int) -> int | None:
    """The next line that says something."""
    return next((index for index in range(at, min(at + _MOST_BLANK, len(plain))) if plain[index]), None)


def _in_table(head: tables.Head, plain: list[str], at: int, reader: Reader) -> tuple[list[Line], int]:
    """The cells of the table below *head*, as lines of their own, and where it ends; none where it is no table."""
    found: list[Line] = []
    unknown = {name for name in head.names if not head.timesteps and not reader.has_timesteps(name)}
    if len(unknown) == len(head.names):
        return found, at
    top, said = at - 1, set[str]()
    while (row := _next(plain, at)) is not None:
        first, *cells = head.cells(plain[row])
        t = tables.timestep(first)
        if head.timesteps:
            name = tables.bare(first)
            if not reader.has_timesteps(name) or not head.has_room(cells):
                break
            named = [(name, each) for each in head.timesteps]
        elif t is None or not cells:
            break
        else:
            named = [(name, t) for name in head.names]
            if not head.has_room(cells):
                sizes = [reader.missing(f"{name}_{t}") for name in head.names]
                if sum(sizes) == len(cells):
                    ends = zip(sizes, accumulate(sizes), strict=True)
                    cells = [" ".join(cells[end - size : end]) for size, end in ends]
                else:
                    problem = f"expected {len(head.names)} entries behind the timestep, found {len(cells)}"
                    found.append((row, row + 1, NotationError(problem)))
                    cells = []
        at = row + 1
        for (name, each), cell in zip(named, cells, strict=False):
            if not _DIGIT.search(cell) or (each == 0 and _NAUGHT.fullmatch(cell)):
                continue
            if name not in unknown:
                found.append((row, at, f"{name}_{each} = {cell}"))
            elif name not in said:
                said.add(name)
                found.append((top, top + 1, NotationError(f"{name}: expected what each timestep has, such as h")))
    return found, at
