"""Where everything in a bar chart stands: pure geometry, in the widget's pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from gui.widgets.bars.picture import BarPicture
from gui.widgets.parts.ticks import round_ticks, superscript, tick_texts

_HUGE = 1e307  # keeps the height of the range finite


@dataclass(frozen=True, slots=True)
class Bracket:
    """A group of neighbouring places: its number, and its first and last place."""

    number: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class BarScale:
    """The geometry of one picture at one size.

    *plot*: where the bars stand. *edges*: (places + 1,), the left edges of all places and the last right one.
    *low*, *high*: the range of values, zero in it; of a logarithmic axis the powers of ten of
    their sizes. *ticks*: values and their texts.
    *brackets*: the groups of each level, outermost first; none of the innermost.
    """

    plot: QRectF
    edges: NDArray[np.float64]
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    brackets: tuple[tuple[Bracket, ...], ...]
    is_log: bool = False

    @property
    def pitch(self) -> float:
        """The width of a place."""
        return float(self.edges[-1] - self.edges[-2])

    def x(self, place: int) -> float:
        """The middle of a place."""
        return float(self.edges[place] + self.edges[place + 1]) / 2

    def y(self, value: float) -> float:
        """Where a value stands."""
        return float(self.ys(np.array([value]))[0])

    def ys(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values stand; nan where they are not finite."""
        finite = np.where(np.isfinite(values), np.clip(values, -_HUGE, _HUGE), np.nan)
        if self.is_log:
            finite = np.log10(np.maximum(np.abs(finite), 10.0**self.low))
        return np.asarray(self.plot.bottom() - (finite - self.low) / (self.high - self.low) * self.plot.height())

    def column(self, place: int) -> QRectF:
        """The whole column of a place."""
        left, right = float(self.edges[place]), float(self.edges[place + 1])
        return QRectF(left, self.plot.top(), right - left, self.plot.height())

    def place_at(self, x: float) -> int | None:
        """The place at *x*, None beside the bars."""
        if not self.edges[0] <= x < self.edges[-1]:
            return None
        return int(np.searchsorted(self.edges, x, side="right")) - 1


def bar_scale(
    picture: BarPicture,
    area: QRectF,
    text_width: Callable[[str], float],
    most_ticks: int,
) -> BarScale:
    """The geometry of *picture* in *area*; the texts of the axis are left of the plot."""
    low, high, ticks = _decades(picture, most_ticks) if picture.is_log else _range(picture, most_ticks)
    texts = [f"10{superscript(round(np.log10(tick)))}" for tick in ticks] if picture.is_log else tick_texts(ticks)
    gap = text_width("0")
    left = area.left() + max(map(text_width, [*texts, *picture.levels]), default=0.0) + gap
    plot = QRectF(left, area.top(), max(area.right() - left, 1.0), area.height())
    count = len(picture.slots)
    lead = min(text_width(picture.lead) + gap, plot.width() / 4) if picture.lead else 0.0
    others = count - bool(picture.lead)
    pitch = (plot.width() - lead) / max(others, 1)
    edges = np.asarray(plot.left() + lead + np.arange(others + 1) * pitch, dtype=np.float64)
    if picture.lead:
        edges = np.concatenate([[plot.left()], edges])
    return BarScale(plot, edges, low, high, tuple(zip(ticks, texts, strict=True)), _brackets(picture), picture.is_log)


def _range(picture: BarPicture, most_ticks: int) -> tuple[float, float, list[float]]:
    totals = picture.totals if picture.adds_up else ()
    seen = np.concatenate([picture.values, totals, np.ravel(picture.stacks()), picture.before])
    seen = np.clip(seen[np.isfinite(seen)], -_HUGE, _HUGE)
    low, high = float(np.min(seen, initial=0.0)), float(np.max(seen, initial=0.0))
    if low == high:
        return -1.0, 1.0, [0.0]
    return low, high, round_ticks(low, high, most_ticks)


def _decades(picture: BarPicture, most_ticks: int) -> tuple[float, float, list[float]]:
    """Whole powers of ten: the smallest size stands above the lowest, so that its bar is seen."""
    sizes = np.abs(picture.values)
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    if not len(sizes):
        return -1.0, 0.0, [1.0]
    low, high = int(np.floor(np.log10(sizes.min()) - 0.1)), int(np.ceil(np.log10(sizes.max())))
    low = max(low, -300)
    step = max(-(-(high - low) // max(most_ticks - 1, 1)), 1)
    return float(low), float(max(high, low + 1)), [10.0**power for power in range(high, low - 1, -step)]


def _brackets(picture: BarPicture) -> tuple[tuple[Bracket, ...], ...]:
    return tuple(tuple(_level(picture, depth)) for depth in range(1, len(picture.levels)))


def _level(picture: BarPicture, depth: int) -> Iterator[Bracket]:
    """The groups of places whose first *depth* numbers are the same."""
    place = int(bool(picture.lead))
    for key, members in groupby(picture.slots[place:], key=lambda slot: slot[:depth]):
        count = sum(1 for _ in members)
        yield Bracket(key[-1], place, place + count - 1)
        place += count
