"""Which docks stand where, and how large, for a window of some size. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_PROGRAM, _RULES = "program", "rules"
_NUMBERS = ("parameters", "values", "attention", "watch")
_ORIGINS = ("contributions", "loss", "sheet", "why", _RULES)
TIMELINE_HEIGHT = 64


class Arrangement(NamedTuple):
    """Where docks stand: each stack is a tuple of tabs by id, the first of them in front.

    *left*: the column left of the formula. *upper*, *lower*: the stacks of the right column. *below*: the stack under
    the formula. *has_timeline*: whether the timeline is shown.
    """

    left: tuple[str, ...]
    upper: tuple[str, ...]
    lower: tuple[str, ...]
    below: tuple[str, ...]
    has_timeline: bool

    @property
    def folding(self) -> tuple[str, ...]:
        """The stack that is folded to its tabs until one of them is wanted."""
        return self.below or self.lower

    @property
    def fronts(self) -> frozenset[str]:
        """The docks in front of their stacks."""
        return frozenset(stack[0] for stack in (self.left, self.upper, self.lower, self.below) if stack)


WIDE = Arrangement((_PROGRAM,), _NUMBERS, _ORIGINS, (), has_timeline=True)
NARROW = Arrangement((), (*_NUMBERS, _PROGRAM), _ORIGINS, (), has_timeline=True)
TIGHT = Arrangement((), (), (), (_PROGRAM, *_NUMBERS, *_ORIGINS), has_timeline=False)
# From which size on.
_LEAST = ((WIDE, 1100, 640), (NARROW, 1000, 660))


def fitting(width: float, height: float) -> Arrangement:
    """The arrangement for a window of that size, in pixels at zoom 1."""
    return next((made for made, *least in _LEAST if width >= least[0] and height >= least[1]), TIGHT)


def lengths(arrangement: Arrangement, width: float, height: float) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The widths and the heights of docks in front, in pixels at zoom 1, for a window of that size.

    The heights of one column are shares of what it has.
    """
    if arrangement is TIGHT:
        return {}, {_PROGRAM: height * 0.45}
    roomy = width >= 1360
    right = min(max(width * 0.27, 340), 720) if roomy else 340
    widths = {_NUMBERS[0]: right}
    if arrangement.left:
        widths[_PROGRAM] = min(max(width * 0.16, 230), 320) if roomy else 212
    return widths, {_NUMBERS[0]: height * 0.45, _ORIGINS[0]: height * 0.55, "timeline": TIMELINE_HEIGHT}
