"""Draws a bar chart: ticks, bars, the running total, the label of the current bar, a legend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.look.theme import Theme, mix
from gui.widgets.bars.picture import BarPicture
from gui.widgets.bars.scale import BarScale

Numbers = NDArray[np.float64]
TEXT = 11
_FINEST = 3  # bars that stand closer are drawn as one outline
_STACKED = 7  # and from this distance on their parts can be told apart


@dataclass(frozen=True, slots=True)
class Marks:
    """What the mouse and the keyboard are at: places, or None. *focused*: the keyboard is in the chart."""

    hovered: int | None = None
    selected: int | None = None
    focused: bool = False


def paint_bars(painter: QPainter, picture: BarPicture, scale: BarScale, theme: Theme, marks: Marks) -> None:
    """Paints the plot of *picture*; its axis and legend are painted by others."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _ticks(painter, scale, theme)
    _columns(painter, scale, theme, marks)
    if scale.pitch < theme.px(_FINEST):
        _outline(painter, picture, scale, theme)
    else:
        _before(painter, picture, scale, theme)
        _bars(painter, picture, scale, theme)
    if picture.adds_up:
        _total(painter, picture, scale, theme)
    _current_label(painter, picture, scale, theme)


def paint_sample(painter: QPainter, box: QRectF, part: int, colour: QColor, theme: Theme) -> None:
    """Fills *box* as part number *part* of a stack: solid, striped, crossed."""
    painter.setPen(Qt.PenStyle.NoPen)
    if part == 0:
        painter.fillRect(box, colour)
        return
    painter.fillRect(box, mix(theme.palette.panel, colour, 0.22))
    painter.save()
    painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(colour, theme.px(1)))
    step, reach = theme.px(5), box.height()
    starts = np.arange(box.left() - reach, box.right() + reach, step)
    lines = [QLineF(x, box.bottom(), x + reach, box.top()) for x in starts]
    if part == 2:
        lines += [QLineF(x, box.top(), x + reach, box.bottom()) for x in starts]
    painter.drawLines(lines)
    painter.restore()
    painter.setPen(QPen(colour, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


def bar_colours(theme: Theme) -> tuple[QColor, QColor]:
    """A bar, and the current bar."""
    return theme.palette.border, theme.palette.accent


def _ticks(painter: QPainter, scale: BarScale, theme: Theme) -> None:
    palette, metrics = theme.palette, theme.metrics(TEXT)
    named: list[float] = []
    # Zero first: where the plot is low, names that would cover one another are left out.
    for value, text in sorted(scale.ticks, key=lambda tick: abs(tick[0])):
        y = round(scale.y(value))
        # Filled, since a line drawn with smooth edges takes fifty times as long.
        line = QRectF(scale.plot.left(), y, scale.plot.width(), 1)
        painter.fillRect(line, palette.border if value == 0 else palette.line)
        if any(abs(y - other) < metrics.ascent() for other in named):
            continue
        named.append(y)
        painter.setPen(palette.dim)
        right = scale.plot.left() - theme.px(6)
        box = QRectF(right - metrics.width(text) - 1, y - metrics.height() / 2, 0, metrics.height())
        metrics.write(painter, box, text)


def _columns(painter: QPainter, scale: BarScale, theme: Theme, marks: Marks) -> None:
    reach = theme.px(14)
    if marks.hovered is not None:
        painter.fillRect(scale.column(marks.hovered).adjusted(0, -reach, 0, reach), theme.palette.highlight)
    if marks.selected is not None and marks.focused:
        box = scale.column(marks.selected).adjusted(1, 1 - reach, -1, reach - 1)
        painter.setPen(QPen(theme.palette.ink, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.px(3), theme.px(3))


def _before(painter: QPainter, picture: BarPicture, scale: BarScale, theme: Theme) -> None:
    """Pale behind the bars, and somewhat wider, what they were without a change."""
    width, zero = min(scale.pitch * 0.9, theme.px(60)), scale.y(0.0)
    pale = mix(theme.palette.panel, theme.palette.border, 0.35)
    for place, y in enumerate(scale.ys(picture.before)):
        if np.isfinite(y):
            box = QRectF(scale.x(place) - width / 2, zero, width, float(y) - zero).normalized()
            painter.fillRect(box.adjusted(0, -0.5, 0, 0.5), pale)


def _bars(painter: QPainter, picture: BarPicture, scale: BarScale, theme: Theme) -> None:
    plain, accent = bar_colours(theme)
    width = min(max(scale.pitch * 0.66, 1.0), theme.px(44))
    tops = scale.ys(picture.values)
    zero = round(scale.y(0.0)) + 0.5
    stacks = picture.stacks() if picture.part_names and scale.pitch >= theme.px(_STACKED) else None
    for place in range(len(picture.slots)):
        box = QRectF(round(scale.x(place) - width / 2), zero, max(round(width), 1), 0)
        if place >= len(picture.values):
            painter.setPen(QPen(mix(theme.palette.line, theme.palette.border, 0.4), 1))
            painter.setBrush(theme.palette.panel)
            painter.drawRect(box.adjusted(0.5, -theme.px(3), -0.5, theme.px(3)))
            continue
        colour = accent if place == picture.current else plain
        top = float(tops[place])
        if not np.isfinite(top):
            painter.setPen(theme.palette.ink)
            painter.drawText(box.adjusted(-20, -20, 20, 0), Qt.AlignmentFlag.AlignCenter, "?")
        elif abs(top - zero) < 1.5:
            # Next to nothing is a dash, so that it differs from nothing yet.
            thick = theme.px(2)
            painter.fillRect(box.adjusted(0, -thick / 2, 0, thick / 2), colour)
        elif stacks is None:
            box.setTop(top)
            striped = picture.is_log and picture.values[place] < 0
            paint_sample(painter, box.normalized(), int(striped), colour, theme)
        else:
            _stack(painter, picture, scale, theme, place, box, scale.ys(stacks[place]), colour)


def _stack(
    painter: QPainter,
    picture: BarPicture,
    scale: BarScale,
    theme: Theme,
    place: int,
    column: QRectF,
    ends: Numbers,
    colour: QColor,
) -> None:
    metrics = theme.metrics(TEXT, bold=True)
    for part, (start, end) in enumerate(ends):
        box = QRectF(column.left(), float(start), column.width(), float(end - start)).normalized()
        if box.height() < 1:
            continue
        paint_sample(painter, box, part, colour, theme)
        letter = picture.part_names[part][0]
        label = QRectF(0, 0, metrics.width(letter) + theme.px(4), metrics.height() - theme.px(1))
        if box.width() >= label.width() + 2 and box.height() >= label.height() + 2:
            label.moveCenter(box.center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.palette.panel)
            painter.drawRoundedRect(label, theme.px(2), theme.px(2))
            painter.setPen(theme.palette.ink)
            metrics.write(painter, label, letter, 0.5)
    signs = np.sign(picture.part_values[place])
    if signs.min() < 0 < signs.max():
        # Parts that pull both ways: a line says what is left of them.
        y = scale.y(float(picture.values[place]))
        painter.setPen(QPen(theme.palette.ink, theme.px(2)))
        painter.drawLine(QPointF(column.left() - theme.px(2), y), QPointF(column.right() + theme.px(2), y))


def _outline(painter: QPainter, picture: BarPicture, scale: BarScale, theme: Theme) -> None:
    """Bars finer than pixels: of each column of pixels the largest and the smallest."""
    plain, accent = bar_colours(theme)
    columns, lowest, highest = _by_pixel(scale, np.nan_to_num(scale.ys(picture.values), nan=scale.y(0.0)))
    zero = scale.y(0.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plain)
    for x, top, bottom in zip(columns, np.minimum(lowest, zero), np.maximum(highest, zero + 1), strict=True):
        painter.drawRect(QRectF(x, top, 1, bottom - top))
    if picture.current is not None and np.isfinite(picture.values[picture.current]):
        width = theme.px(_FINEST)
        y = scale.y(float(picture.values[picture.current]))
        box = QRectF(scale.x(picture.current) - width / 2, zero, width, y - zero).normalized()
        painter.fillRect(box.adjusted(0, -1, 0, 1), accent)


def _by_pixel(scale: BarScale, ys: Numbers) -> tuple[list[float], Numbers, Numbers]:
    """The columns of pixels, and of each the smallest and the largest of *ys*."""
    columns = np.floor(scale.edges[: len(ys)])
    starts = np.flatnonzero(np.diff(columns, prepend=-np.inf))
    return columns[starts].tolist(), np.minimum.reduceat(ys, starts), np.maximum.reduceat(ys, starts)


def _total(painter: QPainter, picture: BarPicture, scale: BarScale, theme: Theme) -> None:
    """The running total: a line from bar to bar, with a dot where it stands now."""
    if not len(picture.values):
        return
    ys = scale.ys(picture.totals)
    middles = (scale.edges[:-1] + scale.edges[1:])[: len(ys)] / 2
    if scale.pitch < 1:
        columns, lowest, highest = _by_pixel(scale, np.nan_to_num(ys, nan=scale.y(0.0)))
        middles, ys = np.repeat(columns, 2), np.ravel(np.stack([lowest, highest], axis=1))
    known = np.isfinite(ys)
    points = [QPointF(x, y) for x, y in zip(middles[known].tolist(), ys[known].tolist(), strict=True)]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.palette.ink, theme.px(15) / 10))
    painter.drawPolyline(QPolygonF(points))
    if points:
        painter.setPen(QPen(theme.palette.ink, theme.px(15) / 10))
        painter.setBrush(theme.palette.panel)
        painter.drawEllipse(points[-1], theme.px(4), theme.px(4))


def _current_label(painter: QPainter, picture: BarPicture, scale: BarScale, theme: Theme) -> None:
    if picture.current is None:
        return
    value = float(picture.values[picture.current])
    text = "▶ " + picture.form(value)
    metrics = theme.metrics(TEXT, bold=True)
    ends = np.append(picture.stacks()[picture.current].ravel(), value)
    tip = scale.y(float(ends.min() if value < 0 else ends.max())) if np.isfinite(value) else scale.y(0.0)
    dot = scale.y(float(picture.totals[picture.current])) if picture.adds_up else float("nan")
    down = value < 0 and not picture.is_log
    box = QRectF(0, 0, metrics.width(text) + theme.px(6), metrics.height())
    box.moveCenter(QPointF(scale.x(picture.current), tip))
    gap = theme.px(3)
    if down:
        box.moveTop(tip + gap)
    else:
        box.moveBottom(tip - gap)
    around = theme.px(6)
    if np.isfinite(dot) and box.top() - around < dot < box.bottom() + around:
        if down:
            box.moveTop(dot + around)
        else:
            box.moveBottom(dot - around)
    box.moveLeft(min(max(box.left(), scale.plot.left()), scale.plot.right() - box.width()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.palette.panel)
    painter.drawRoundedRect(box, theme.px(3), theme.px(3))
    painter.setPen(theme.palette.accent)
    metrics.write(painter, box, text, 0.5)
