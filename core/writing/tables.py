"""Tables of a worksheet: below a head a row for each timestep, or behind it a column; and labels before numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from core.writing.layout import separators

_TIME = re.compile(r"t|time|time\s?-?step", re.IGNORECASE)
_AT_TIME = re.compile(r"t\s*=\s*[0-9]{1,6}")
_TIMESTEP = re.compile(r"(?:t\s*=\s*)?([0-9]{1,6})")
_OF_TIME = re.compile(r"(?:_\{?t\}?|\(t\)|\[t\]|ₜ)$")
_SIGNS = "|│&\t;,"
_BLANK = " "
_UNDER = re.compile(r"[\s|│:+=─━-]+")  # the rule below a head
_LONGEST_NAME = 100
_NUMERIC = re.compile(r"[-+−–]?[\d.,]*\d(?:[eE][-+−]?\d+)?\s?%?")
_NAMED = re.compile(r"(?:[=:≈]|(?:^|\n)[^\n=:≈]*\w[^\n=:≈]*[=:≈]?\s*\n)\s*[\[({|]?\s*\Z")  # a name stands before


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a table: *sign*: what stands between its cells. *names*: what stands behind ``t``."""

    sign: str
    names: tuple[str, ...]

    @property
    def timesteps(self) -> tuple[int, ...]:
        """Where the timesteps stand in the head, they; else none."""
        found = [timestep(name) for name in self.names]
        return tuple(t for t in found if t is not None) if None not in found else ()

    def cells(self, line: str) -> list[str]:
        """What stands in a row."""
        return _cells(line, self.sign)

    def has_room(self, cells: list[str]) -> bool:
        """Whether so many cells can stand behind the first; empty ones at the end need not be there."""
        return len(cells) == len(self.names) or (self.sign != _BLANK and len(cells) < len(self.names))


def head(line: str) -> Head | None:
    """The head that *line* is, None where it is none."""
    sign = next((each for each in _SIGNS if each in line), _BLANK)
    first, *names = _cells(line, sign)
    if names and first != line and all(_AT_TIME.fullmatch(name) for name in (first or names[0], *names)):
        return Head(sign, tuple(name for name in (first, *names) if name))  # nothing stands above the names
    return Head(sign, tuple(map(bare, names))) if names and all(names) and _TIME.fullmatch(bare(first)) else None


def timestep(cell: str) -> int | None:
    """The timestep that *cell* says."""
    found = _TIMESTEP.fullmatch(cell)
    return int(found[1]) if found else None


def bare(name: str) -> str:
    """A name without what says that it is of timestep t."""
    return _OF_TIME.sub("", name.rstrip(" :=")).rstrip()


def _cells(line: str, sign: str) -> list[str]:
    if sign == "\t":
        return [cell.strip() for cell in line.split(sign)]
    cells, start = [], 0
    for at, end in separators(line):
        between = line[at:end].strip()
        if between == sign.strip():
            cells.append(line[start:at].strip())
            start = end
    return [*cells, line[start:].strip()]


def unlabelled(text: str, labels: Sequence[str]) -> str:
    """*text* with the numbers of a vector alone, in the order of *labels*, where each stands behind its label.

    ``ŷ₁ = h: 0.24, e: 0.25, …`` or, below a name, a line for each. Lines stay what they were.
    """
    if len(labels) < 2 or not all(label.isalpha() for label in labels):
        return text
    text = _in_columns(text, labels)
    items, at = list(_labelled(tuple(labels)).finditer(text)), 0
    written, done = "", 0
    while at <= len(items) - len(labels):
        run = items[at : at + len(labels)]
        stand_together = all(not text[one.end() : two.start()].strip(" \t\n,;|") for one, two in pairwise(run))
        numbers, start = {found["label"]: found["number"] for found in run}, run[0].start()
        is_named = _NAMED.search(text[max(done, start - _LONGEST_NAME) : start]) is not None
        if not stand_together or len(numbers) < len(labels) or not is_named:
            at += 1
            continue
        for found, label in zip(run, labels, strict=True):
            written += text[done : found.start()] + numbers[label]
            done = found.end()
        at += len(labels)
    return written + text[done:]


def _in_columns(text: str, labels: Sequence[str]) -> str:
    """*text* with a table that has a row for each label, and below each name of its head a vector, in one line."""
    lines, first = text.split("\n"), re.compile(rf"[|│\s'\"]*(?:{'|'.join(map(re.escape, labels))})\b")
    for at in [at for at in range(1, len(lines)) if first.match(lines[at]) and not first.match(lines[at - 1])]:
        head = at - 1 if not _UNDER.fullmatch(lines[at - 1]) else at - 2
        sign = next((each for each in _SIGNS if each in lines[at]), _BLANK)
        rows = [_bare_cells(line, sign) for line in lines[at : at + len(labels)]]
        names, found = _bare_cells(lines[max(head, 0)], sign), {row[0].strip("'\""): row[1:] for row in rows}
        width = len(rows[0]) - 1
        if set(found) != set(labels) or width < 1 or not width <= len(names) <= width + 1 or not all(names[-width:]):
            continue
        if any(len(row) != width + 1 or not all(map(_NUMERIC.fullmatch, row[1:])) for row in rows):
            continue
        columns = zip(names[-width:], zip(*(found[label] for label in labels), strict=True), strict=True)
        lines[head : at + len(labels)] = [""] * (at + len(labels) - head)
        lines[head] = "; ".join(f"{name.rstrip(' :=')} = [{' '.join(column)}]" for name, column in columns)
    return "\n".join(lines)


def _bare_cells(line: str, sign: str) -> list[str]:
    """The cells of *line* without the rules at its sides."""
    return _cells(line.strip().strip("|│&").strip(), sign)


@lru_cache(maxsize=8)
def _labelled(labels: tuple[str, ...]) -> re.Pattern[str]:
    """One number behind its label."""
    any_label = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    return re.compile(
        rf"(?<!\w)['\"‘“]?(?P<label>{any_label})(?!\w)['\"’”]?\s*[:=|]?\s*"
        r"(?P<number>[-+−–]?(?:\d[\d.,]*|[.,]\d+)(?<!,)(?:[eE][-+−]?\d+)?\s?%?)(?!\w)"
    )
