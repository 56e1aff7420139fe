r"""Typesetting: LaTeX pieces in, painter paths out, one part for every operand.

The engine (mathra) sets a whole formula in one pass. Every operand is wrapped in a colour that stands for its
place in the sequence; the flat SVG that comes back is sorted by that colour. So spacing is that of the
formula as a whole, while highlight, theme and weight are decided only when it is painted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import mathra
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QTransform

from core.steps.template import Piece, plain

EM = 1000.0
"""Units of a drawing in one em."""

TARGET = 24.0
"""The least width and height, in pixels, that an operand offers to the pointer."""

FOLD = "⋯"
"""The symbol of a piece that is no operand: a click on it opens a sum, or folds it."""

_EMBOLDEN = 30.0
_RULES = (70.0, 150.0)
_RULE_WIDTH = 38.0

_OUTLINE = re.compile(r'<path id="[^"]+-(g\d+)" d="([^"]+)"/>')
_COMMANDS = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SIGN = re.compile(
    r'<use href="#[^"]+-(g\d+)" (?:x="([^"]+)" y="([^"]+)"|transform="translate\((\S+) (\S+)\) scale\((\S+)\)")'
    r'(?: fill="#(\w+)")?/>|<(rect|line) ([^>]+)/>'
)
_ATTRIBUTE = re.compile(r'(\S+)="#?([^"]*)"')


class TypesetError(ValueError):
    """LaTeX that cannot be typeset, or not completely; the message names it."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The ink of one operand, or of all the formula's own signs together.

    *piece*: the operand's place among the pieces, None for the formula's own signs. *entry*: which entry of its symbol.
    *path*, *rect*: the ink and its bounds, in thousandths of an em, y downwards from the baseline.
    """

    piece: int | None
    symbol: str | None
    family: str
    path: QPainterPath
    rect: QRectF
    entry: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A typeset formula.

    *box*: what it occupies, in thousandths of an em; the baseline is y = 0.
    *parts*: its ink, operands in the order of the pieces.
    """

    box: QRectF
    parts: tuple[Part, ...]

    @property
    def operands(self) -> tuple[Part, ...]:
        """The parts that have a symbol."""
        return tuple(part for part in self.parts if part.symbol is not None)

    def size(self, em: float) -> QSizeF:
        """Its size in pixels where one em has *em* pixels."""
        return self.box.size() * (em / EM)

    def baseline(self, em: float) -> float:
        """Pixels from its top edge down to the baseline."""
        return -self.box.top() * em / EM

    def rect(self, part: Part, em: float, at: QPointF) -> QRectF:
        """Where *part* stands when the top left corner of the drawing is *at*."""
        return self._transform(em, at).mapRect(part.rect)

    def paint(self, painter: QPainter, em: float, at: QPointF, colour_of: Callable[[Part], QColor]) -> None:
        """Paint it with its top left corner *at*. Family b is set bold, E has its double rule below."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self._transform(em, at), True)
        for part in self.parts:
            colour = colour_of(part)
            painter.fillPath(part.path, colour)
            if part.family == "b":
                painter.strokePath(part.path, QPen(colour, _EMBOLDEN))
            if part.family == "E":
                for below in _RULES:
                    rule = QRectF(part.rect.left(), part.rect.bottom() + below, part.rect.width(), _RULE_WIDTH)
                    painter.fillRect(rule, colour)
        painter.restore()

    def hit(self, point: QPointF, em: float, at: QPointF) -> Part | None:
        """The operand at *point*: the nearest whose target contains it, small ones before large ones."""
        found: list[tuple[float, float, int, Part]] = []
        for order, part in enumerate(self.operands):
            rect = self.rect(part, em, at)
            wider = max(TARGET - rect.width(), 4.0) / 2
            taller = max(TARGET - rect.height(), 4.0) / 2
            if rect.adjusted(-wider, -taller, wider, taller).contains(point):
                beside = max(rect.left() - point.x(), point.x() - rect.right(), 0.0)
                above = max(rect.top() - point.y(), point.y() - rect.bottom(), 0.0)
                found.append((beside + above, rect.width() * rect.height(), order, part))
        return min(found)[3] if found else None

    def _transform(self, em: float, at: QPointF) -> QTransform:
        scale = em / EM
        left, top = at.x() - self.box.left() * scale, at.y() - self.box.top() * scale
        return QTransform(scale, 0, 0, scale, left, top)


def layout(pieces: Sequence[Piece]) -> Drawing:
    """The drawing of *pieces*, which together are complete LaTeX. Raises `TypesetError`."""
    return _layout(tuple(pieces))


@lru_cache(maxsize=512)
def _layout(pieces: tuple[Piece, ...]) -> Drawing:
    source = "".join(
        piece.latex if piece.symbol is None else rf"\textcolor{{#{tag:06x}}}{{{piece.latex}}}"
        for tag, piece in enumerate(pieces, start=1)
    )
    try:
        # Strict: otherwise unknown commands come back as red text and unknown letters as nothing at all.
        svg = mathra.tex_to_svg(source, strict=True)
        box, ink = _read(svg)
    except (ValueError, KeyError) as error:
        raise TypesetError(f"cannot typeset {plain(pieces)!r}: {error}") from error
    parts = []
    for tag, piece in enumerate(pieces, start=1):
        if piece.symbol is not None:
            part = _part(tag - 1, piece, ink.pop(tag, []))
            if part.path.isEmpty():
                raise TypesetError(f"nothing to see of {piece.symbol} ({piece.latex!r}) in {plain(pieces)!r}")
            parts.append(part)
    own = ink.pop(0, None)
    if ink:
        raise TypesetError(f"cannot typeset {plain(pieces)!r}: it brings colours of its own")
    if own is not None:
        parts.append(_part(None, Piece(""), own))
    return Drawing(box, tuple(parts))


def _part(place: int | None, piece: Piece, runs: list[list[_Sign]]) -> Part:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for first, *others in runs:
        x, y = first.x, first.y
        beside = tuple((sign.ink, round(sign.x - x, 3), round(sign.y - y, 3)) for sign in others)
        path.addPath((_joined(first.ink, beside) if beside else _drawn(first.ink).path).translated(x, y))
    return Part(place, piece.symbol, piece.family, path, path.boundingRect(), piece.entry)


class _Sign(NamedTuple):
    """One sign of a formula: what draws it, and where it stands, y downwards."""

    ink: tuple[str, ...]
    x: float
    y: float


class _Drawn(NamedTuple):
    """A sign at the origin, and its bounds: asked of Qt each time, they would take most of a formula's time."""

    path: QPainterPath
    left: float
    top: float
    right: float
    bottom: float


_outlines: dict[str, QPainterPath] = {}  # by the names that the glyphs have in the font, y upwards


def _read(svg: str) -> tuple[QRectF, dict[int, list[list[_Sign]]]]:
    """The box of an SVG by mathra and its signs by tag, in runs of what overlaps.

    ValueError where it holds what we cannot draw.
    """
    # Only the drawing is parsed: the words and outlines around it are most of the text.
    head, _, drawing = svg.partition("<g ")
    drawing = drawing.partition(">")[2].rpartition("</g>")[0]
    x, y, width, height = map(float, head.partition('viewBox="')[2].partition('"')[0].split())
    found = _SIGN.findall(drawing)
    if len(found) != drawing.count("<"):
        raise ValueError(f"unexpected shapes in the drawing: {_SIGN.sub('', drawing)}")
    ink: dict[int, list[list[_Sign]]] = {}
    reach: dict[int, tuple[float, float, float, float]] = {}  # of the last run
    for glyph, at_x, at_y, moved_x, moved_y, scale, fill, kind, attributes in found:
        if glyph:
            if glyph not in _outlines:
                _outlines.update((name, _outline(data)) for name, data in _OUTLINE.findall(head))
            tag = int(fill, 16) if fill else 0
            sign = _Sign((glyph, scale or "1"), float(at_x or moved_x), -float(at_y or moved_y))
        else:
            colour, sign = _SHAPES[kind](dict(_ATTRIBUTE.findall(attributes)))
            tag = 0 if colour == "currentColor" else int(colour, 16)
        _, left, top, right, bottom = _drawn(sign.ink)
        left, top, right, bottom = left + sign.x, top + sign.y, right + sign.x, bottom + sign.y
        run = reach.get(tag)
        if run is not None and run[0] < right and left < run[2] and run[1] < bottom and top < run[3]:
            ink[tag][-1].append(sign)
            reach[tag] = min(run[0], left), min(run[1], top), max(run[2], right), max(run[3], bottom)
        else:
            ink.setdefault(tag, []).append([sign])
            reach[tag] = left, top, right, bottom
    return QRectF(x, y, width, height), ink


def _bar(attributes: dict[str, str]) -> tuple[str, _Sign]:
    ink = "bar", attributes["width"], attributes["height"]
    return attributes.get("fill", "currentColor"), _Sign(ink, float(attributes["x"]), -float(attributes["y"]))


def _stroke(attributes: dict[str, str]) -> tuple[str, _Sign]:
    x1, y1, x2, y2 = (float(attributes[name]) for name in ("x1", "y1", "x2", "y2"))
    ink = "stroke", f"{x2 - x1:.3f}", f"{y1 - y2:.3f}", attributes["stroke-width"]
    return attributes["stroke"], _Sign(ink, x1, -y1)


_SHAPES = {"rect": _bar, "line": _stroke}


@lru_cache(maxsize=1024)
def _joined(first: tuple[str, ...], others: tuple[tuple[tuple[str, ...], float, float], ...]) -> QPainterPath:
    """What overlaps as one outline: painted one by one, the seams of a wide brace would come out darker."""
    path = _drawn(first).path
    for ink, x, y in others:
        path = path.united(_drawn(ink).path.translated(x, y))
    return path


@lru_cache(maxsize=1024)
def _drawn(ink: tuple[str, ...]) -> _Drawn:
    """One sign at the origin; the font's few hundred glyphs serve every formula."""
    path = QPainterPath()
    match ink:
        case "bar", width, height:
            path.addRect(0, -float(height), float(width), float(height))
        case "stroke", x, y, width:
            path.lineTo(float(x), float(y))
            stroker = QPainterPathStroker()
            stroker.setWidth(float(width))
            stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
            path = stroker.createStroke(path)
        case glyph, scale:
            path = QTransform.fromScale(float(scale), -float(scale)).map(_outlines[glyph])
    bounds = path.boundingRect()
    return _Drawn(path, bounds.left(), bounds.top(), bounds.right(), bounds.bottom())


def _outline(data: str) -> QPainterPath:
    """The outline of one glyph, y upwards."""
    path = QPainterPath()
    for command, numbers in _COMMANDS.findall(data):
        # A letter stands for as many of its commands as there are numbers after it.
        values = [float(number) for number in _NUMBER.findall(numbers)]
        if command == "Z":
            path.closeSubpath()
        while values:
            match command:
                case "M":
                    path.moveTo(values.pop(0), values.pop(0))
                case "L":
                    path.lineTo(values.pop(0), values.pop(0))
                case "Q":
                    path.quadTo(*(values.pop(0) for _ in range(4)))
                case "C":
                    path.cubicTo(*(values.pop(0) for _ in range(6)))
                case _:
                    raise ValueError(f"unexpected command {command} in a glyph")
    return path
