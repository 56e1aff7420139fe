"""Where everything of the path strip goes: which timesteps are shown, their nodes, and the lines between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from core.network.symbols import parse
from gui.widgets.strip.picture import Route, StripPicture

NODE_HEIGHT = 22.0

# Middles of the rows, and of the lane in which attention runs between the outputs and the states.
_OUTPUTS, _LANE, _STATES = 13.0, 29.0, 45.0
_TO_INPUTS, _BELOW = 34.0, 13.0  # from the last row of the states to the inputs, and from there to the end
# Inside the box of a timestep: from one row to the next, around all, and how much lower than states without a box.
_ROW, _PAD, _LOWER = 25.0, 4.0, 3.0
_GAP = 6.0
# Beside L stands the letter that was wanted, beside x the one that is read, with a word where there is room.
_LETTER_ROOM, _WORD_ROOM, _TIGHT_ROOM = 24.0, 66.0, 16.0
_TIGHT_GAP = 3.0
_WIDEST = 176.0
_ELLIPSIS = 34.0
# The line from a letter to its embedding.
_LOOK_UP = 32.0
_CORNER = 5.0
# Lines of the lane enter a Z left of its middle and leave an h right of it, beside the line h to Z.
_ENTRY = 6.0


class StripLayout(NamedTuple):
    """The strip arranged for one width, in pixels at zoom 1.

    *columns*: the timesteps shown, rising; 0 stands for the state before the first.
    *nodes*: the rectangle of every node shown, in reading order. *letters*, *wanted*: where the letters go.
    *boxes*: the timesteps that are a box with gates and states in it.
    *ellipses*: where timesteps are left out, by the column that follows; one more than the last at the end.
    """

    columns: tuple[int, ...]
    nodes: Mapping[str, QRectF]
    letters: Mapping[int, QRectF]
    wanted: Mapping[int, QRectF]
    ellipses: Mapping[int, QPointF]
    boxes: Mapping[int, QRectF]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The states of a timestep, one below the other, and left of them its gates, in *columns*."""

    states: tuple[str, ...]
    gates: tuple[str, ...]
    count: int
    gate_width: float

    @classmethod
    def of(cls, picture: StripPicture, gate_width: float) -> _Rows:
        return cls(picture.states, picture.gates, rows_of(picture), gate_width)

    @property
    def lead(self) -> float:
        """How far right of the gates' left edge the states begin."""
        return -(-len(self.gates) // self.count) * (self.gate_width + _TIGHT_GAP)

    def middle(self, row: int) -> float:
        return _STATES + (_LOWER if self.count > 1 or self.gates else 0) + row * _ROW

    def placed(self, t: int, left: float, node_width: float) -> Iterator[tuple[str, QRectF]]:
        """The nodes of timestep *t*, whose box begins at *left*."""
        columns = -(-len(self.gates) // self.count)
        for place, gate in enumerate(self.gates):
            row, column = divmod(place, columns)
            x = left + column * (self.gate_width + _TIGHT_GAP) + self.gate_width / 2
            yield f"{gate}[{t}]", _node(x, self.middle(row), self.gate_width)
        for row, state in enumerate(self.states):
            yield f"{state}[{t}]", _node(left + self.lead + node_width / 2, self.middle(row), node_width)


def rows_of(picture: StripPicture) -> int:
    """How many rows the states and gates of a timestep take."""
    return max(len(picture.states), min(len(picture.gates), 2))


def inputs_at(picture: StripPicture) -> float:
    """The middle of the row of the inputs."""
    return _Rows.of(picture, 0).middle(rows_of(picture) - 1) + _TO_INPUTS


def height(picture: StripPicture) -> float:
    """How high the strip is, at any step of one network."""
    return inputs_at(picture) + _BELOW


class _Manner(NamedTuple):
    """How close a strip stands: *pitch*, the least width of a timestep; *room*, that of its letter.

    *only*: the timestep that alone shows its outputs, which takes *extra*; None where all do.
    """

    pitch: float
    room: float
    only: int | None = None
    extra: float = 0.0

    def choose(self, count: int, events: Sequence[int], width: float) -> tuple[int, ...]:
        """Those of *count* timesteps to show in *width*."""
        return choose_columns(count, events, (width - self.extra) / self.pitch, _ELLIPSIS / self.pitch)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What decides where everything goes: the rows and outputs of a network with *count* timesteps, widths, columns.

    *without*: the timesteps that have no L.
    """

    rows: _Rows
    tops: tuple[str, ...]
    inputs: float
    embedding: bool
    boxed: bool
    without: frozenset[int]
    count: int
    width: float
    node_width: float
    manner: _Manner
    columns: tuple[int, ...]


def arrange(picture: StripPicture, width: float, node_width: float, gate_width: float = 0.0) -> StripLayout:
    """Arrange *picture* in *width*, with nodes of *node_width*, gates of *gate_width*: of a text that fits, once."""
    tops = ("Z", "yhat", "L") if picture.attention else ("yhat", "L")
    rows, boxed = _Rows.of(picture, gate_width), picture.is_boxed
    manner, columns = _manner(picture, width - 2 * _PAD * boxed, node_width, len(tops), rows.lead)
    setting = _Setting(
        rows, tops, inputs_at(picture), picture.embedding, boxed, picture.without, len(picture.inputs),
        width, node_width, manner, columns,
    )  # fmt: skip
    return _arranged(setting)


@lru_cache(maxsize=8)
def _arranged(of: _Setting) -> StripLayout:
    rows, manner, node_width, columns = of.rows, of.manner, of.node_width, of.columns
    cuts = _cuts(columns, of.count)
    full = sum(1 for column in columns if column > 0)
    start = _start(manner, node_width, rows.lead) if columns[:1] == (0,) else 0.0
    pitch = (of.width - start - manner.extra - len(cuts) * _ELLIPSIS) / max(full, 1)
    pitch = min(max(pitch, manner.pitch), _WIDEST + rows.lead)
    own = pitch - rows.lead  # but for the gates
    least = manner.pitch - rows.lead
    room = _WORD_ROOM if own >= least + _WORD_ROOM - manner.room else manner.room
    spacing = min((own + manner.extra - node_width - room) / (len(of.tops) - 1), node_width + 26.0)
    nodes: dict[str, QRectF] = {}
    letters, wanted, ellipses, boxes = {}, {}, {}, {}
    left = 0.0
    for column in columns:
        if column in cuts:
            ellipses[column] = QPointF(left + _ELLIPSIS / 2 - _GAP, rows.middle(0))
            left += _ELLIPSIS
        if column == 0:
            nodes |= dict(replace(rows, gates=()).placed(0, left, node_width))
            left += start
            continue
        nodes[f"x[{column}]"] = _node(left + node_width / 2, of.inputs, node_width)
        inside = dict(rows.placed(column, left, node_width))
        nodes |= inside
        if of.boxed:
            around = reduce(QRectF.united, inside.values())
            boxes[column] = around.adjusted(-_PAD, -_PAD, _PAD, _PAD)
        end = left + pitch
        if manner.only in (None, column):
            shown = of.tops[:-1] if column in of.without else of.tops
            for place, top in enumerate(shown):
                middle = left + rows.lead + node_width / 2 + place * spacing
                nodes[f"{top}[{column}]"] = _node(middle, _OUTPUTS, node_width)
            end += manner.extra
            right = nodes[f"{shown[-1]}[{column}]"].right() + 5
            wanted[column] = QRectF(right, _OUTPUTS - 12, end - 2 - right, 24)
        read = nodes[f"x[{column}]"].right() + (_LOOK_UP if of.embedding else 5)
        letters[column] = QRectF(read, of.inputs - 12, end - 2 - read, 24)
        left = end
    if of.count + 1 in cuts:
        ellipses[of.count + 1] = QPointF(left + _ELLIPSIS / 2 - _GAP, rows.middle(0))
    return StripLayout(columns, nodes, letters, wanted, ellipses, boxes)


def _manner(
    picture: StripPicture, width: float, node_width: float, tops: int, lead: float
) -> tuple[_Manner, tuple[int, ...]]:
    """The widest manner in which all of a term's timesteps are shown, else the closest; and what it shows.

    Where all timesteps and the state before them fit, it depends on none of the steps: stepping moves nothing.
    """
    wide = _Manner(lead + max(tops * (node_width + _GAP) + _LETTER_ROOM, 88.0), _LETTER_ROOM)
    count, events = len(picture.inputs), _events(picture)
    close = _Manner(lead + tops * (node_width + _TIGHT_GAP) + _TIGHT_ROOM, _TIGHT_ROOM)
    for manner in (wide, close):
        if _start(manner, node_width, lead) + count * manner.pitch <= width:
            return manner, tuple(range(count + 1))
    columns = wide.choose(count, events, width)
    if picture.use is None or set(events) <= set(columns):
        return wide, columns
    lean = lead + node_width + _TIGHT_ROOM + (_LOOK_UP if picture.embedding else 5.0)
    loss = picture.timestep(picture.path[0][0]) if picture.path else None
    for manner in (close, _Manner(lean, _TIGHT_ROOM, loss, max(close.pitch - lean, 0.0))):
        columns = manner.choose(count, events, width)
        if set(events) <= set(columns):
            break
    return manner, columns


def _start(manner: _Manner, node_width: float, lead: float) -> float:
    """The width of the states before the first timestep."""
    return min(node_width + 40.0, manner.pitch - lead)


def choose_columns(count: int, events: Sequence[int], room: float, ellipsis: float) -> tuple[int, ...]:
    """The timesteps of 1..*count* to show in a *room* counted in columns, where each cut takes *ellipsis*.

    Those of *events* come first, in their order; only when all are shown, what lies between them, then around.
    """
    if count + (0 in events) <= room:
        return tuple(range(0 if 0 in events else 1, count + 1))
    anchors = [event for event in dict.fromkeys(events) if event <= count] or [1]
    shown = _fitting((), anchors, count, room, ellipsis)
    if len(shown) == len(anchors):
        low, high = min(anchors), max(anchors)
        distance: dict[int, tuple[bool, int]] = {}
        for far in range(1, int(room) + 2):
            for step in (anchor + side * far for anchor in anchors for side in (-1, 1)):
                if 1 <= step <= count:
                    distance.setdefault(step, (not low <= step <= high, far))
        shown = _fitting(shown, sorted(distance, key=lambda step: (distance[step], step)), count, room, ellipsis)
    return shown or (anchors[0],)


def _fitting(
    shown: tuple[int, ...], wished: Sequence[int], count: int, room: float, ellipsis: float
) -> tuple[int, ...]:
    """*shown* and those of *wished* that fit with it, rising; the first comes first."""
    for step in wished:
        trial = tuple(sorted({*shown, step}))
        if len(trial) + ellipsis * len(_cuts(trial, count)) <= room:
            shown = trial
    return shown


def edge(layout: StripLayout, first: str, second: str) -> QPainterPath | None:
    """The line between two nodes, in either order; None where one of them is not shown."""
    if parse(second).name == "xo":
        first, second = second, first
    if parse(first).name == "xo":
        node = layout.nodes.get(second)
        if node is None:
            return None
        start = QPointF(node.right(), node.center().y())
        return _line(start, start + QPointF(_LOOK_UP - 5, 0))
    one, other = layout.nodes.get(first), layout.nodes.get(second)
    if one is None or other is None:
        return _from_cut(layout, first, second)
    box = layout.boxes.get(max(parse(first).indices[0], parse(second).indices[0]))
    into = None if box is None else _into(box, one, other)
    if into is not None:
        return into
    if first == second:
        return _line(_bottom(one) + QPointF(8, 0), _bottom(one) + QPointF(8, 9))
    if one.center().y() == other.center().y():
        left, right = sorted((one, other), key=QRectF.left)
        return _line(QPointF(left.right(), left.center().y()), QPointF(right.left(), right.center().y()))
    upper, lower = sorted((one, other), key=QRectF.top)
    if abs(upper.center().x() - lower.center().x()) < 1:
        return _line(_bottom(upper), _top(lower))
    return _lane(_bottom(upper), _top(lower))


def _into(box: QRectF, one: QRectF, other: QRectF) -> QPainterPath | None:
    """The line to what stands in *box*, which ends at its edge: from a state before it, or from the input below it.

    None where both stand outside, or an output stands above.
    """
    outside = [rect for rect in (one, other) if not box.contains(rect)]
    if not outside:
        return _line(QPointF(one.center().x(), box.bottom()), QPointF(one.center().x(), box.bottom() + 9))
    (node, *others) = outside
    if others or node.bottom() < box.top():
        return None
    if node.top() > box.bottom():
        return _line(QPointF(node.center().x(), box.bottom()), _top(node))
    return _line(QPointF(node.right(), node.center().y()), QPointF(box.left(), node.center().y()))


def _from_cut(layout: StripLayout, first: str, second: str) -> QPainterPath | None:
    """The line to a state from the one before it, which is left out: it begins at the sign for that."""
    one, other = parse(first), parse(second)
    step, before = sorted((one.indices[0], other.indices[0]), reverse=True)
    later = first if one.indices[0] == step else second
    node = layout.nodes.get(later)
    if node is None or step not in layout.ellipses or one.name != other.name or before != step - 1:
        return None
    end = layout.boxes.get(step, node).left()
    return _line(QPointF(layout.ellipses[step].x() + 10, node.center().y()), QPointF(end, node.center().y()))


def stub(layout: StripLayout, step: int) -> QPainterPath | None:
    """The short end, at Z of *step*, of the lines that come from earlier states."""
    node = layout.nodes.get(f"Z[{step}]")
    if node is None or step < 2:
        return None
    end = _bottom(node)
    path = QPainterPath(end - QPointF(_ENTRY, 0))
    path.lineTo(end.x() - _ENTRY, _LANE - _CORNER)
    path.quadTo(end.x() - _ENTRY, _LANE, end.x() - _ENTRY - _CORNER, _LANE)
    path.lineTo(end.x() - _ENTRY - 14, _LANE)
    return path


def _lane(upper: QPointF, lower: QPointF) -> QPainterPath:
    """From a state up into the lane, along it, and up into an output."""
    side = 1.0 if upper.x() > lower.x() else -1.0
    start, end = lower.x() + side * _ENTRY, upper.x() - side * _ENTRY
    path = QPainterPath(QPointF(start, lower.y()))
    path.lineTo(start, _LANE + _CORNER)
    path.quadTo(start, _LANE, start + side * _CORNER, _LANE)
    path.lineTo(end - side * _CORNER, _LANE)
    path.quadTo(end, _LANE, end, _LANE - _CORNER)
    path.lineTo(end, upper.y())
    return path


def _events(picture: StripPicture) -> list[int]:
    """The timesteps that must be shown: the present, the path's ends and turns, then where the use comes from."""
    use = picture.use or ()
    corners = [] if picture.computed is None else [picture.computed]
    corners += [*use[:1], *(picture.path[0][:1] if picture.path else ())]
    for edge_ in picture.path:
        if not picture.is_states(edge_):
            corners += edge_
    corners += [*use[1:], *(picture.path[-1] if picture.path else ())]
    lit = Route(picture).timesteps
    return [step for step in map(picture.timestep, corners) if step is not None] + [*lit[:1], *lit[-1:]]


def _cuts(columns: Sequence[int], count: int) -> set[int]:
    """The columns before which timesteps are left out; *count* + 1 where some are at the end."""
    cuts = {column for before, column in zip((0, *columns), columns, strict=False) if column - before > 1}
    return cuts | ({count + 1} if columns and columns[-1] < count else set())


def _node(x: float, y: float, width: float) -> QRectF:
    return QRectF(x - width / 2, y - NODE_HEIGHT / 2, width, NODE_HEIGHT)


def _top(rect: QRectF) -> QPointF:
    return QPointF(rect.center().x(), rect.top())


def _bottom(rect: QRectF) -> QPointF:
    return QPointF(rect.center().x(), rect.bottom())


def _line(start: QPointF, end: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    path.lineTo(end)
    return path
