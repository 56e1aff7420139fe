"""How the path strip is painted: lines, nodes on them, then the words that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from core.network.symbols import family, latex_at, meaning, parse
from core.steps.template import Piece
from core.writing.shown import visible
from gui.look.theme import Metrics, Theme, mix
from gui.typesetting.typeset import Drawing, layout
from gui.widgets.strip.layout import StripLayout, edge, inputs_at, stub
from gui.widgets.strip.picture import Route, StripPicture

FontKey = tuple[int, bool]  # pixels at zoom 1, whether bold

_EM = 14.0
_NOWHERE = ""
_RADIUS = 7.0
_HELD = 7.0  # how large the mark on a node is in which a number is held
# From the middle of a node down to the baseline of its name.
_BASELINE = 2.5
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRED = Qt.AlignmentFlag.AlignCenter
_KINDS = {
    "x": ("x", "plain"),
    "h": ("h", "h"),
    "Z": ("Z", "attention"),
    "yhat": (r"\hat{y}", "output"),
    "L": ("L", "output"),
}


def label(symbol: str) -> Drawing:
    """The name of a node as it stands in formulas."""
    node = parse(symbol)
    step = node.indices[0]
    return _names(step)[node.name] if node.name in _KINDS else _named(node.name, step)


@lru_cache(maxsize=1024)
def _named(name: str, step: int) -> Drawing:
    """The name of a gate, or of a state that is not h."""
    (part,) = layout((Piece(latex_at(name, str(step)), name, family(f"{name}[{step}]")),)).operands
    return Drawing(part.rect, (part,))


@lru_cache(maxsize=256)
def _names(step: int) -> dict[str, Drawing]:
    """The names of all nodes of a timestep, by kind; typeset together, which takes a fraction of the time."""
    pieces = (Piece(f"{name}_{{{step}}}", kind, family) for kind, (name, family) in _KINDS.items())
    return {part.symbol: Drawing(part.rect, (part,)) for part in layout(tuple(pieces)).operands if part.symbol}


def node_width(last: int) -> float:
    """The width of a node that holds any name up to timestep *last*."""
    names = (label(f"{kind}[{last}]") for kind in ("h", "Z", "yhat", "L"))
    return max(30.0, *(name.size(_EM).width() + 10 for name in names))


def gate_width(gates: Sequence[str], last: int) -> float:
    """The width of a gate that holds any name of *gates* up to timestep *last*."""
    return max([24.0, *(label(f"{gate}[{last}]").size(_EM).width() + 8 for gate in gates)])


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing that is painted, in units of zoom 1.

    *look*: items of equal looks have the same pixels. *area*: where those may be. *paint*: puts them there.
    """

    look: tuple[object, ...]
    area: QRectF
    paint: Callable[[QPainter], None]


def changed(before: Sequence[Item], after: Sequence[Item]) -> list[QRectF]:
    """Where *after* looks other than *before*."""
    kept = set(before) & set(after)
    old, new = ({item.look: item for item in listed if item not in kept} for listed in (before, after))
    return [item.area for one, other in ((old, new), (new, old)) for look, item in one.items() if look not in other]


def paint_ring(painter: QPainter, theme: Theme, rect: QRectF, width: float) -> None:
    """Paint a ring around a node that stands at *rect*."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.palette.accent, width))
    painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), _RADIUS + 2, _RADIUS + 2)


@dataclass(frozen=True, slots=True, eq=False)
class _Wire:
    """A line between two nodes, the later one first: between which states, if it is between two, and where it leads.

    *made*: the kind and the timestep of the later node, None where that is none of a timestep.
    """

    pair: tuple[str, str]
    ends: frozenset[str]
    states: tuple[int, ...]
    made: tuple[str, int] | None

    @classmethod
    def of(cls, picture: StripPicture, pair: tuple[str, str]) -> _Wire:
        step = picture.timestep(pair[0])
        states = tuple(picture.timestep(node) or 0 for node in pair) if picture.is_states(pair) else ()
        return cls(pair, frozenset(pair), states, None if step is None else (parse(pair[0]).name, step))


class StripItems:
    """Makes the items of the pictures of one network, in one arrangement and palette; what it has made it keeps."""

    def __init__(self, theme: Theme, picture: StripPicture, arranged: StripLayout) -> None:
        self._theme = theme
        self._palette = theme.palette
        self._layout = arranged
        self._kept: dict[tuple[object, ...], Item] = {}  # by what decides an item's looks
        self._places: dict[tuple[object, ...], QRectF | None] = {}
        self._show(picture)
        wired = (picture.wire(pair) for pair in self._wiring())
        wires = {frozenset(pair): _Wire.of(picture, pair) for pair in wired if pair is not None}
        self._wires = wires  # that are there at every step
        self._carried = [_Wire.of(picture, (f"{picture.state}[{step}]", f"{picture.state}[{step - 1}]"))
                         for step in filter(None, arranged.columns)]  # fmt: skip
        self._stubs = [_Wire.of(picture, (f"Z[{step}]", _NOWHERE)) for step in arranged.columns * picture.attention]

    def of(self, picture: StripPicture) -> tuple[Item, ...]:
        """Everything in *picture*, from the lowest to the topmost; what is lit comes after what is faint."""
        self._show(picture)
        return tuple(self._items())

    def _show(self, picture: StripPicture) -> None:
        self._picture = picture
        self._route = Route(picture)
        self._use = frozenset(picture.wire(picture.use) or ()) if picture.use else None

    def _items(self) -> Iterator[Item]:
        yield from self._boxes()
        lines = [(wire, self._is_lit(wire), wire.ends == self._use) for wire in self._lines()]
        for above in (False, True):
            for wire, lit, used in lines:
                if above == (lit or used):
                    yield from self._line(wire, lit=lit, used=used)
        yield from self._cuts()
        for symbol, rect in self._layout.nodes.items():
            yield self._node(symbol, rect)
        yield from self._letters()
        yield from self._labels()

    def _wiring(self) -> Iterator[tuple[str, str]]:
        """The pairs of nodes that are joined at any time, the later one first."""
        h = self._picture.state
        kinds = ("x", h, "Z", "yhat", "L") if self._picture.attention else ("x", h, "yhat", "L")
        for step in filter(None, self._layout.columns):
            for earlier, later in pairwise(kinds):
                yield f"{later}[{step}]", f"{earlier}[{step}]"
            for state in self._picture.states:
                yield f"{state}[{step}]", f"{state}[{step - 1}]"
            if self._picture.embedding:
                yield f"x[{step}]", f"xo[{step}]"

    def _lines(self) -> Iterator[_Wire]:
        """Every pair of nodes with a line between them, once; a stub leads from a context to none."""
        nodes, picture = self._layout.nodes, self._picture
        # Of the path, the states are wired anyhow.
        path = [pair for pair in picture.path
                if (pair[0] in nodes or pair[1] in nodes) and not picture.is_states(pair)]  # fmt: skip
        wired = map(picture.wire, (*path, *((picture.use,) if picture.use else ())))
        further = {frozenset(pair): _Wire.of(picture, pair) for pair in wired if pair is not None}
        yield from (self._wires | further).values()
        yield from self._stubs

    def _is_lit(self, wire: _Wire) -> bool:
        return self._route.has_line(wire.ends, wire.states)

    def _is_known(self, wire: _Wire) -> bool:
        return wire.made is None or wire.made[1] <= self._picture.known.get(*wire.made)

    def _family(self) -> QColor:
        """The colour of the parameter in use; b and c share one, and those of all gates."""
        parameter = self._picture.parameter
        return self._palette.families[meaning(parameter).family if parameter else "plain"]

    def _pen(self, wire: _Wire) -> QPen:
        if wire.ends == self._use:
            return QPen(self._family(), 4.0)
        if self._is_lit(wire):
            return QPen(self._palette.accent, 2.5)
        pen = QPen(mix(self._palette.line, self._palette.border, 0.3), 1.5)
        if not self._is_known(wire):
            pen.setDashPattern([2.0, 2.0])
        return pen

    def _line(self, wire: _Wire, *, lit: bool, used: bool) -> Iterator[Item]:
        key = wire.pair, self._picture.parameter if used else None, lit, self._is_known(wire)
        if key in self._kept:
            yield self._kept[key]
            return
        to_nowhere = wire.made is not None and wire.pair[1] == _NOWHERE
        line = stub(self._layout, wire.made[1]) if wire.made and to_nowhere else edge(self._layout, *wire.pair)
        if line is None:
            return
        pen = self._pen(wire)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        area = line.boundingRect()
        made = Item((wire.pair, *_look(pen), *_box(area)), area, lambda painter: painter.strokePath(line, pen))
        yield self._kept.setdefault(key, made)

    def _boxes(self) -> Iterator[Item]:
        """A timestep with its gates in it, lit while one of its steps runs."""
        palette, computed = self._palette, self._picture.computed
        now = self._picture.timestep(computed) if computed and self._picture.is_inside(computed) else None
        for step, rect in self._layout.boxes.items():
            lit = step == now
            pen = QPen(palette.accent if lit else palette.line, 1.0)
            yield self._kept.setdefault(("box", step, lit), self._box_item(step, rect, pen))

    def _box_item(self, step: int, rect: QRectF, pen: QPen) -> Item:
        def paint(painter: QPainter) -> None:
            painter.setPen(pen)
            painter.setBrush(mix(self._palette.panel, self._palette.background, 0.8))
            painter.drawRoundedRect(rect, _RADIUS + 2, _RADIUS + 2)

        return Item(("box", step, *_look(pen), *_box(rect)), rect, paint)

    def _cuts(self) -> Iterator[Item]:
        """Where timesteps are left out, the lines of states are interrupted by a sign."""
        for column, middle in self._layout.ellipses.items():
            for state in self._picture.states:
                yield from self._cut_of(state, column, middle)

    def _cut_of(self, state: str, column: int, middle: QPointF) -> Iterator[Item]:
        before = max((step for step in self._layout.columns if step < column), default=0)
        left = self._layout.nodes.get(f"{state}[{before}]")
        away, back = (_Wire.of(self._picture, (f"{state}[{step + 1}]", f"{state}[{step}]"))
                      for step in (before, column - 1))  # fmt: skip
        lit = self._is_lit(away) or self._is_lit(back)
        node = left or self._layout.nodes.get(f"{state}[{column}]")
        sign = QPointF(middle.x(), middle.y() if node is None else node.center().y())
        yield self._text(_around(sign, 20, 22), "⋯", (16, True), self._palette.accent if lit else self._palette.dim)
        if left is not None:
            start = max(left.right(), self._layout.boxes.get(before, left).right())
            yield self._cut(QLineF(QPointF(start, sign.y()), sign - QPointF(10, 0)), self._pen(away))

    def _cut(self, line: QLineF, pen: QPen) -> Item:
        def paint(painter: QPainter) -> None:
            painter.setPen(pen)
            painter.drawLine(line)

        area = QRectF(line.p1(), line.p2()).normalized()
        return Item(("cut", *_look(pen), *_box(area)), area, paint)

    def _node(self, symbol: str, rect: QRectF) -> Item:
        computed, known = symbol == self._picture.computed, self._picture.is_known(symbol)
        lit, held = self._route.has_node(symbol), symbol in self._picture.held
        key = ("node", symbol, computed, known, lit, held)
        if key in self._kept:
            return self._kept[key]
        palette = self._palette
        pen = QPen(palette.accent if lit else palette.border, 2.5 if computed else 1.5 if lit else 1.0)
        if not known and not computed:
            pen.setDashPattern([3.0, 2.0])
        drawing = label(symbol)
        at = rect.center() - QPointF(drawing.size(_EM).width() / 2, drawing.baseline(_EM) - _BASELINE)

        def paint(painter: QPainter) -> None:
            painter.setPen(pen)
            painter.setBrush(palette.highlight if lit else palette.panel)
            painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
            drawing.paint(painter, _EM, at, lambda part: palette.families[part.family] if lit else palette.dim)
            if held:
                from gui.widgets.matrix.paint import paint_mark  # not at the top: the first formula has none

                paint_mark(painter, rect, palette.accent, _HELD)

        return self._kept.setdefault(key, Item((*key, *_box(rect)), rect, paint))

    def _letters(self) -> Iterator[Item]:
        """The letters read and wanted, each with its word where that fits."""
        words = QCoreApplication.translate
        for step, place in self._layout.wanted.items():
            letter = visible(self._picture.targets[step - 1])
            said = words("PathStrip", "wanted {letter}" if step not in self._picture.without else "no target")
            yield self._letter(place, said, letter, lit=False)
        for step, place in self._layout.letters.items():
            letter, lit = visible(self._picture.inputs[step - 1]), self._route.has_node(f"x[{step}]")
            yield self._letter(place, words("PathStrip", "reads {letter}"), letter, lit=lit)

    def _letter(self, place: QRectF, words: str, letter: str, *, lit: bool) -> Item:
        key = "letter", words, letter, lit, *_box(place)
        if key in self._kept:
            return self._kept[key]
        font, text = (12, lit), words.format(letter=letter)
        if self._width(text, font) > place.width():  # of a long word, what ends before the next node
            text = self._metrics(font).elided(letter, place.width() - 3)
        colour = self._palette.ink if lit else self._palette.dim
        return self._kept.setdefault(key, self._text(place, text, font, colour, 0.0))

    def _labels(self) -> Iterator[Item]:
        """The parameter in use is named first; where a name would cover another it is left out."""
        taken: list[QRectF] = []
        picture = self._picture
        if picture.use and picture.parameter:
            text = f"{meaning(picture.parameter).text}@{picture.timestep(picture.use[0])}"
            place = self._place(picture.use, text, bold=True)
            if place is not None:
                taken.append(place)
                yield self._text(place, text, (11, True), self._family(), named=True)
        for wire in self._carried if picture.carries else ():
            if wire.ends == self._use:
                continue
            lit = self._is_lit(wire)
            text, colour = f"{picture.carries}@{wire.states[0]}", self._palette.accent if lit else self._palette.dim
            place = self._place(wire.pair, text, bold=lit, within=True)
            if place is not None and not any(place.intersects(other) for other in taken):
                taken.append(place)
                yield self._text(place, text, (11, lit), colour, named=True)

    def _place(self, pair: tuple[str, str], text: str, *, bold: bool, within: bool = False) -> QRectF | None:
        """Where the name of a line stands; None where that is not shown, or is longer than it although *within*."""
        key = pair, text, bold, within
        if key not in self._places:
            line = edge(self._layout, *pair)
            place = None if line is None else self._beside(line, text, bold=bold)
            is_short = line is None or place is None or (within and place.width() >= line.length())
            self._places[key] = None if is_short else place
        return self._places[key]

    def _beside(self, line: QPainterPath, text: str, *, bold: bool) -> QRectF:
        """Below the middle of a level line, right of an upright one."""
        width = self._width(text, (11, bold)) + 2
        middle = line.pointAtPercent(0.5)
        if abs(line.angleAtPercent(0.5)) % 180 < 1:
            # Nothing stands above the lowest row, and nothing has room below it.
            if middle.y() > inputs_at(self._picture) - 1:
                return _around(middle - QPointF(0, 11), width, 14)
            # Between nodes that are close together the name goes below them.
            return _around(middle + QPointF(0, 13 if line.length() > width else 20), width, 14)
        return QRectF(middle.x() + 6, middle.y() - 6, width, 14)

    def _text(
        self, place: QRectF, text: str, font: FontKey, colour: QColor, across: float = 0.5, *, named: bool = False
    ) -> Item:
        key = ("text", text, font, colour.rgba(), *_box(place))
        if key in self._kept:
            return self._kept[key]
        metrics = self._metrics(font)

        def paint(painter: QPainter) -> None:
            painter.setPen(colour)
            metrics.write(painter, place, text, across, named=named)

        # Letters may reach out of a place that is too small for them.
        needed = metrics.boundingRect(place, _CENTRED if across else _LEFT, text)
        return self._kept.setdefault(key, Item(key, place.united(needed), paint))

    def _width(self, text: str, font: FontKey) -> float:
        return self._metrics(font).width(text)

    def _metrics(self, font: FontKey) -> Metrics:
        """Of the interface font at zoom 1: the painter itself is zoomed."""
        pixels, bold = font
        return self._theme.metrics(pixels / self._theme.zoom, bold=bold)


def _box(area: QRectF) -> tuple[float, ...]:
    return area.x(), area.y(), area.width(), area.height()


def _look(pen: QPen) -> tuple[object, ...]:
    return pen.color().rgba(), pen.widthF(), tuple(pen.dashPattern())


def _around(middle: QPointF, width: float, height: float) -> QRectF:
    return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
