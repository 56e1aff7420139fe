"""Which position of an epoch stands where on the timeline: piecewise linear, both ways, without any widget."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise


@dataclass(frozen=True, slots=True)
class TimelineGroup:
    """A stretch of the epoch with one name; *first* and *last* are positions counted from 1.

    *phase*: groups of one phase that follow each other may share a segment where room is scarce.
    """

    label: str
    first: int
    last: int
    phase: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of positions and the pixels on which it is drawn."""

    label: str
    first: int
    last: int
    left: float
    right: float

    @property
    def length(self) -> int:
        """How many positions it holds."""
        return self.last - self.first + 1


class TimelineScale:
    """Segments side by side, each wide enough to see and to hit however short it is.

    *Attributes*: `segments`, from left to right.
    """

    def __init__(
        self,
        groups: Sequence[TimelineGroup],
        width: float,
        least: float,
        gap: float,
        *,
        start: float = 0.0,
        needs: Callable[[str], float] = lambda _label: 0.0,
    ) -> None:
        """*needs* says how wide a segment must be to show its label; *start* is where the first one begins."""
        merged = merge(groups, width, least, gap, needs)
        free = width - gap * (len(merged) - 1)
        bases = _bases([max(least, needs(group.label)) for group in merged], free, least)
        rest = free - sum(bases)
        total = sum(group.last - group.first + 1 for group in merged)
        segments: list[Segment] = []
        for group, base in zip(merged, bases, strict=True):
            right = start + base + rest * ((group.last - group.first + 1) / total)
            segments.append(Segment(group.label, group.first, group.last, start, right))
            start = right + gap
        self.segments = tuple(segments)

    def x(self, position: int) -> float:
        """The middle of *position*, in pixels from the left."""
        segment = self.segment(position)
        within = (position - segment.first + 0.5) / segment.length
        return segment.left + within * (segment.right - segment.left)

    def position(self, x: float) -> int:
        """The position at *x*; beside the segments the nearest one."""
        index = bisect_right(self.segments, x, key=lambda segment: segment.left) - 1
        segment = self.segments[max(index, 0)]
        within = (x - segment.left) / (segment.right - segment.left)
        return min(max(segment.first + int(within * segment.length // 1), segment.first), segment.last)

    def segment(self, position: int) -> Segment:
        """The segment that holds *position*."""
        index = bisect_right(self.segments, position, key=lambda segment: segment.first) - 1
        return self.segments[max(index, 0)]


def merge(
    groups: Sequence[TimelineGroup], width: float, least: float, gap: float, needs: Callable[[str], float]
) -> list[TimelineGroup]:
    """*groups* as they are if each gets *least*; otherwise those of the longest phases share until labels fit."""
    if len(groups) * (least + gap) <= width + gap:
        return list(groups)
    phases = [list(run) for _, run in groupby(groups, key=lambda group: group.phase)]
    most = min(max(len(run) for run in phases), int(width // (least + gap)) + 1)
    while True:
        merged = [shared for run in phases for shared in _share(run, min(len(run), most))]
        if most <= 1 or sum(max(least, needs(group.label)) + gap for group in merged) <= width + gap:
            return merged
        most -= 1


def _bases(wishes: list[float], free: float, least: float) -> list[float]:
    """*wishes* cut down to *free* in sum: first what exceeds *least*, then all alike."""
    if sum(wishes) <= free:
        return wishes
    slack = free - least * len(wishes)
    if slack < 0:
        return [free / len(wishes)] * len(wishes)
    excess = sum(wishes) - least * len(wishes)
    return [least + (wish - least) * slack / excess for wish in wishes]


def _share(run: list[TimelineGroup], count: int) -> list[TimelineGroup]:
    """*run* as *count* groups of about as many members each."""
    edges = [len(run) * index // count for index in range(count + 1)]
    chunks = [run[start:end] for start, end in pairwise(edges)]
    return [TimelineGroup(_joint_label(chunk), chunk[0].first, chunk[-1].last, chunk[0].phase) for chunk in chunks]


def _joint_label(chunk: list[TimelineGroup]) -> str:
    """``t = 1…250`` for numbered groups, else the first and the last label."""
    first, last = chunk[0].label, chunk[-1].label
    if len(chunk) == 1:
        return first
    start, end = (re.fullmatch(r"(.*?)(\d+)", label) for label in (first, last))
    if start and end and start[1] == end[1]:
        return f"{first}…{end[2]}"
    return f"{first} … {last}"
