"""Draws what stands under and over the bars: nested brackets with their numbers, and the legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui.look.theme import Metrics, Theme
from gui.widgets.bars.paint import TEXT, bar_colours, paint_sample
from gui.widgets.bars.picture import BarPicture
from gui.widgets.bars.scale import BarScale, Bracket
from gui.widgets.parts.ticks import round_ticks

_GAP = 5  # between texts
ROW = 18  # the height of a row of numbers, of a bracket, of a line of the legend


def axis_height(picture: BarPicture, theme: Theme) -> int:
    """How much room the rows under the bars need."""
    return theme.px(ROW) * (len(picture.levels) + (bool(picture.lead) and len(picture.levels) == 1)) + theme.px(2)


def paint_axis(painter: QPainter, picture: BarPicture, scale: BarScale, top: float, theme: Theme) -> None:
    """Paints a row of numbers, then a row of brackets for every outer level, from *top* down."""
    row = theme.px(ROW)
    metrics = theme.metrics(TEXT)
    for depth, name in enumerate(reversed(picture.levels)):
        painter.setPen(theme.palette.dim)
        y = top + depth * row
        width = metrics.width(name) + 2
        right = scale.plot.left() - theme.px(6)
        metrics.write(painter, QRectF(right - width, y, width, row), name, 0.5)
    _row(painter, picture, scale, _numbers(picture, scale, theme), "", top, theme)
    for depth, brackets in enumerate(reversed(scale.brackets), 1):
        name = picture.levels[-1 - depth]
        _row(painter, picture, scale, brackets, f"{name} = ", top + depth * row, theme)
    if picture.lead:
        _lead(painter, picture, scale, top, theme)


def _numbers(picture: BarPicture, scale: BarScale, theme: Theme) -> list[Bracket]:
    """The innermost numbers, one a place; where not all have room only the current one, or else round ones."""
    first, last = int(bool(picture.lead)), len(picture.slots)
    widest = theme.metrics(TEXT).width("0" * len(str(picture.slots[-1][-1])))
    if widest + theme.px(_GAP) > scale.pitch:
        if picture.current is None and len(picture.levels) == 1:
            return _round_numbers(picture, widest + theme.px(20), scale)
        first, last = (0, 0) if picture.current is None else (picture.current, picture.current + 1)
    return [Bracket(picture.slots[place][-1], place, place) for place in range(first, last)]


def _round_numbers(picture: BarPicture, width: float, scale: BarScale) -> list[Bracket]:
    """Round numbers of places, at least *width* apart, each with the places around it as its room."""
    first, last = int(bool(picture.lead)), len(picture.slots) - 1
    most = max(int(scale.plot.width() // width), 2)
    ticks = {round(tick) for tick in round_ticks(picture.slots[first][-1], picture.slots[last][-1], most)}
    reach = int(width / scale.pitch / 2)
    return [
        Bracket(picture.slots[place][-1], place - reach, place + reach)
        for place in range(first + reach, last - reach + 1)
        if picture.slots[place][-1] in ticks
    ]


def _row(
    painter: QPainter,
    picture: BarPicture,
    scale: BarScale,
    brackets: Sequence[Bracket],
    prefix: str,
    top: float,
    theme: Theme,
) -> None:
    """One row: the current group always has its text, the others where theirs fits."""
    palette, row, gap = theme.palette, theme.px(ROW), theme.px(_GAP)
    current = picture.current
    measure, measure_bold = theme.metrics(TEXT), theme.metrics(TEXT, bold=True)
    here = next((b for b in brackets if current is not None and b.first <= current <= b.last), None)
    taken = QRectF()
    for bracket in [here, *(b for b in brackets if b is not here)] if here else brackets:
        left, right = float(scale.edges[bracket.first]), float(scale.edges[bracket.last + 1])
        lit = bracket is here
        if not lit and right - left < theme.px(4):
            continue
        if prefix:
            inset = min(theme.px(2), (right - left) / 4)
            thick = theme.px(2) if lit else 1
            line = QRectF(left + inset, round(top), right - left - 2 * inset, thick)
            painter.fillRect(line, palette.accent if lit else palette.border)
        metrics = measure_bold if lit else measure
        text = _fitting(f"{prefix}{bracket.number}", str(bracket.number), right - left - gap, metrics)
        if not text and lit:
            text = str(bracket.number)
        width = metrics.width(text)
        box = QRectF((left + right - width) / 2 - 1, top, width + 2, row)
        if not text or (not lit and box.intersects(taken)):
            continue
        if lit:
            box.moveLeft(min(max(box.left(), scale.plot.left()), scale.plot.right() - box.width()))
            taken = box
        done = bracket.first < len(picture.values)
        painter.setPen(palette.accent if lit else palette.ink if done else palette.dim)
        metrics.write(painter, box, text, 0.5)


def _fitting(long: str, short: str, width: float, metrics: Metrics) -> str:
    return next((text for text in (long, short) if metrics.width(text) <= width), "")


def _lead(painter: QPainter, picture: BarPicture, scale: BarScale, top: float, theme: Theme) -> None:
    """The label of the first place, on the lowest row."""
    row = theme.px(ROW)
    y = top + row * max(len(picture.levels) - 1, 1)
    left, right = float(scale.edges[0]), float(scale.edges[1])
    painter.fillRect(QRectF(left, round(y), right - theme.px(3) - left, 1), theme.palette.border)
    text = theme.metrics(TEXT).elidedText(picture.lead, Qt.TextElideMode.ElideLeft, right - left)
    painter.setPen(theme.palette.ink)
    theme.metrics(TEXT).write(painter, QRectF(left, y, right - left, row), text)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A word of the legend. *sample*: what is drawn before it, the part of a bar of that number or the line."""

    word: str
    sample: int | Literal["line"] | None = None


def legend_entries(picture: BarPicture) -> Iterator[LegendEntry]:
    """What the legend explains."""
    if picture.is_log:
        words: tuple[str, ...] = ("size, positive", "negative")
    else:
        words = picture.part_names or ("terms" if picture.adds_up else "sizes",)
    yield from (LegendEntry(word, part) for part, word in enumerate(words))
    if picture.adds_up:
        yield LegendEntry("running total", "line")
    if picture.to_go:
        yield LegendEntry(f"… {picture.to_go:,} to go")


def legend_lines(picture: BarPicture, width: float, theme: Theme) -> list[list[LegendEntry]]:
    """The legend, in as many lines as it needs."""
    metrics = theme.metrics(TEXT)
    lines: list[list[LegendEntry]] = [[]]
    x = 0.0
    for entry in legend_entries(picture):
        wide = metrics.width(entry.word) + theme.px(34)
        if lines[-1] and x + wide > width:
            lines.append([])
            x = 0.0
        lines[-1].append(entry)
        x += wide
    return lines


def paint_legend(painter: QPainter, lines: list[list[LegendEntry]], left: float, top: float, theme: Theme) -> None:
    """Paints what *lines* names, each with a sample of how it is drawn."""
    row, size = theme.px(ROW), theme.px(11)
    metrics = theme.metrics(TEXT)
    for number, line in enumerate(lines):
        x, middle = left, top + (number + 0.5) * row
        for entry in line:
            sample = QRectF(x, round(middle - size / 2), theme.px(14), size)
            if entry.sample == "line":
                painter.setPen(QPen(theme.palette.ink, theme.px(15) / 10))
                painter.drawLine(QPointF(sample.left(), middle), QPointF(sample.right(), middle))
                painter.setBrush(theme.palette.panel)
                painter.drawEllipse(QPointF(sample.right() - theme.px(3), middle), theme.px(3), theme.px(3))
            elif entry.sample is not None:
                paint_sample(painter, sample, entry.sample, bar_colours(theme)[0], theme)
            x = sample.right() + theme.px(5) if entry.sample is not None else x
            painter.setPen(theme.palette.dim)
            wide = metrics.width(entry.word)
            metrics.write(painter, QRectF(x, top + number * row, wide + 2, row), entry.word)
            x += wide + theme.px(15)
