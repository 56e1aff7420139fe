"""Tables of a worksheet: below a head a row for each timestep, or behind it a column for each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.writing.layout import separators

_TIME = re.compile(r"t|time|time\s?-?step", re.IGNORECASE)
_TIMESTEP = re.compile(r"(?:t\s*=\s*)?([0-9]{1,6})")
_OF_TIME = re.compile(r"(?:_\{?t\}?|\(t\)|\[t\]|ₜ)$")
_SIGNS = "|│&\t;,"
_BLANK = " "


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
