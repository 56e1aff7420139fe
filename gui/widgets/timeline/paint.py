"""Draws the timeline: segments and handle above, the steps of the current group below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from gui.look.theme import Metrics, Theme, mix
from gui.widgets.timeline.scale import Segment, TimelineScale

HANDLE = 24
_HANDLE_WIDTH, _GRIP = 14, 11  # of the part above the lane, which hides no name
_NAME = 11  # the size of text
_TOP, _UPPER = 12, 18  # where the upper lane begins, and its height
# Narrower steps than this are not told apart.
_TICK = 4

_Lanes = tuple[TimelineScale, TimelineScale]


def paint_timeline(
    painter: QPainter,
    area: QRectF,
    lanes: _Lanes,
    position: int,
    hover: tuple[int, int] | None,
    theme: Theme,
    focused: bool,
    asked: QRegion,
    stops: Sequence[int] = (),
) -> None:
    """Paints both *lanes* into *area*: the segments and steps in *asked*, which counts from the left of *area*.

    *hover* is the lane and position under the mouse. *stops*: the positions that are marked below both lanes.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.left(), 0)
    upper = QRectF(0, theme.px(_TOP), area.width(), theme.px(_UPPER))
    group, lower = lanes[1].segments[0], lower_lane(lanes[1], theme)
    if asked.intersects(QRect(0, lower.toRect().top(), int(lower.left()), lower.toRect().height())):
        _group_name(painter, group.label, lower, theme)
    _funnel(painter, lanes, position, upper, lower, theme)
    for segment in lanes[0].segments:
        if asked.intersects(segment_rect(segment, theme).toAlignedRect()):
            _segment(painter, segment, position, upper, theme)
    _steps(painter, lanes[1], position, lower, theme, asked.intersected(lower.toAlignedRect()).boundingRect())
    _stops(painter, lanes[0], stops, upper, theme)
    _stops(painter, lanes[1], [stop for stop in stops if group.first <= stop <= group.last], lower, theme)
    if hover is not None:
        lane = upper if hover[0] == 0 else lower
        x = lanes[hover[0]].x(hover[1])
        painter.setPen(QPen(theme.palette.ink, 1.5))
        painter.drawLine(QPointF(x, lane.top() - 3), QPointF(x, lane.bottom() + 3))
    _handle(painter, lanes[0].x(position), upper, theme, focused)


def segment_rect(segment: Segment, theme: Theme) -> QRectF:
    """Where *segment* and a handle in it may be painted, from the left of the lanes."""
    reach = theme.px(_HANDLE_WIDTH)
    return QRectF(segment.left, 0, segment.right - segment.left, theme.px(_TOP + _UPPER)).adjusted(-reach, 0, reach, 0)


def lower_lane(scale: TimelineScale, theme: Theme) -> QRectF:
    """Where the steps of the group of *scale* stand, from the left of the lanes."""
    group = scale.segments[0]
    return QRectF(group.left, theme.px(38), group.right - group.left, theme.px(10))


def step_rect(scale: TimelineScale, position: int, theme: Theme) -> QRectF:
    """Where *position* stands there while it is the current one: taller than its neighbours, also without its colour.

    In a group of many narrow steps it is a mark.
    """
    lane, (gap, pitch), first = lower_lane(scale, theme), _pitch(scale, theme), scale.segments[0].first
    if pitch >= _TICK:
        found = QRectF(lane.left() + (position - first) * pitch, lane.top(), pitch - gap, lane.height())
    else:
        found = QRectF(scale.x(position) - theme.px(2), lane.top(), theme.px(4), lane.height())
    return found.adjusted(0, -theme.px(3), 0, theme.px(3))


def _pitch(scale: TimelineScale, theme: Theme) -> tuple[float, float]:
    """The gap between two steps of the group, and from one to the next."""
    group = scale.segments[0]
    width = group.right - group.left
    gap = theme.px(2) if width / group.length >= 3 * _TICK else 1
    return gap, (width + gap) / group.length


def label_metrics(theme: Theme, *, bold: bool = False) -> Metrics:
    """The measures of the names in both lanes."""
    return theme.metrics(_NAME, bold=bold)


def _group_name(painter: QPainter, name: str, lane: QRectF, theme: Theme) -> None:
    metrics = label_metrics(theme, bold=True)
    room = QRectF(0, lane.top() - theme.px(5), lane.left() - theme.px(8), lane.height() + theme.px(10))
    painter.setPen(theme.palette.ink)
    metrics.write(painter, room, metrics.elided(name, room.width()))


def _greys(theme: Theme) -> tuple[QColor, QColor]:
    """Steps to come, and steps done."""
    palette = theme.palette
    return palette.line, mix(palette.line, palette.border, 0.45)


def _funnel(painter: QPainter, lanes: _Lanes, position: int, upper: QRectF, lower: QRectF, theme: Theme) -> None:
    """Shows of which part of the upper lane the lower one is the magnification."""
    group = lanes[1].segments[0]
    whole = lanes[0].segment(position)
    scale = (whole.right - whole.left) / whole.length
    left = whole.left + (group.first - whole.first) * scale
    right = left + group.length * scale
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(theme.palette.panel, theme.palette.line, 0.35))
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(left, upper.bottom()),
                QPointF(right, upper.bottom()),
                lower.topRight(),
                lower.topLeft(),
            ]
        )
    )


def _segment(painter: QPainter, segment: Segment, position: int, lane: QRectF, theme: Theme) -> None:
    to_come, done = _greys(theme)
    radius = theme.px(3)
    box = QRectF(segment.left, lane.top(), segment.right - segment.left, lane.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(to_come)
    painter.drawRoundedRect(box, radius, radius)
    share = min(max((position - segment.first + 1) / segment.length, 0.0), 1.0)
    here = segment.first <= position <= segment.last
    if share > 0:
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), share * box.width(), box.height()))
        painter.setBrush(done)
        painter.drawRoundedRect(box, radius, radius)
        painter.restore()
    metrics = label_metrics(theme, bold=here)
    room = box.adjusted(theme.px(4), 0, -theme.px(4), 0)
    if here:
        # The foot of the handle, above and below the name.
        x = segment.left + (position - segment.first + 0.5) / segment.length * box.width()
        foot = QRectF(x - theme.px(1), lane.top(), theme.px(2), theme.px(4))
        for each in (foot, foot.translated(0, lane.height() - foot.height())):
            painter.fillRect(each, theme.palette.accent)
    painter.setPen(theme.palette.ink)
    metrics.write(painter, room, metrics.elided(segment.label, room.width()), 0.5)


def _steps(painter: QPainter, scale: TimelineScale, position: int, lane: QRectF, theme: Theme, asked: QRect) -> None:
    """The steps of the group one by one, those in *asked*, or as a continuous bar where they are too narrow."""
    group = scale.segments[0]
    to_come, done = _greys(theme)
    pitch = _pitch(scale, theme)[1]
    current = step_rect(scale, position, theme)
    painter.setPen(Qt.PenStyle.NoPen)
    if pitch >= _TICK:
        first, last = (group.first + int((x - lane.left()) // pitch) for x in (asked.left(), asked.right() + 1))
        radius = min(theme.px(3), current.width() / 2)
        low = QRectF(current.left(), lane.top(), current.width(), lane.height())
        for step in range(max(first, group.first), min(last, group.last) + 1):
            if step != position:
                painter.setBrush(done if step < position else to_come)
                painter.drawRoundedRect(low.translated((step - position) * pitch, 0), radius, radius)
    else:
        radius = theme.px(3)
        painter.setBrush(to_come)
        painter.drawRoundedRect(lane, radius, radius)
        painter.setBrush(done)
        painter.drawRoundedRect(QRectF(lane.topLeft(), QPointF(scale.x(position), lane.bottom())), radius, radius)
    radius = min(theme.px(3), current.width() / 2)
    painter.setBrush(theme.palette.accent)
    painter.drawRoundedRect(current, radius, radius)


def _stops(painter: QPainter, scale: TimelineScale, stops: Sequence[int], lane: QRectF, theme: Theme) -> None:
    """A dot below each step at which running stops."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.palette.ink)
    radius, y = theme.px(5) / 2, lane.bottom() + theme.px(4)
    for stop in stops:
        painter.drawEllipse(QPointF(scale.x(stop), y), radius, radius)


def _handle(painter: QPainter, x: float, lane: QRectF, theme: Theme, focused: bool) -> None:
    box = QRectF(0, 0, theme.px(_HANDLE_WIDTH), theme.px(_GRIP))
    box.moveCenter(QPointF(x, lane.top() - theme.px(_GRIP) / 2 + theme.px(1)))
    radius = theme.px(4)
    painter.setPen(QPen(theme.palette.panel, 2))
    painter.setBrush(theme.palette.accent)
    painter.drawRoundedRect(box, radius, radius)
    if focused:
        painter.setPen(QPen(theme.palette.ink, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), radius + 2, radius + 2)
    painter.setPen(QPen(theme.palette.on_accent, 1.5))
    for shift in (-theme.px(2), theme.px(2)):
        painter.drawLine(
            QPointF(x + shift, box.center().y() - theme.px(2)), QPointF(x + shift, box.center().y() + theme.px(2))
        )
