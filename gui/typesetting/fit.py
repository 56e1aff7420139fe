"""Fitting a formula to a width: smaller letters first, then more lines, cut before operators."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSizeF

from core.steps.template import Piece
from gui.typesetting.typeset import Drawing, layout

Pieces = tuple[Piece, ...]

SMALLEST = 0.6
"""The least share of its nominal size to which a formula is shrunk."""
READABLE = 0.8
"""The share below which a formula is rather broken, where that helps."""

# A cut costs 2 for each bracket around it, and 1 more before a product than before a sum or a relation.
_DEAREST = 5
_LINE_GAP = 0.45

_TOKEN = re.compile(r"\\[A-Za-z]+|\\?\S")
_GROUP = {"{": 1, r"\begin": 1, "}": -1, r"\end": -1}
_FENCE = {r"\left": 1, r"\right": -1}
_BRACKET = {"(": 1, "[": 1, ")": -1, "]": -1}
_OPERATOR = re.compile(r"[=+<>-]|\\(approx|leftarrow|to|le|ge|equiv|pm)")
_PRODUCT = re.compile(r"\\(cdot|times|odot)")

# An empty operand in front keeps an operator binary, with its space, at the start of a line.
_JOIN = Piece("{}")
_INDENT = Piece(r"\quad{}")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A formula arranged for one width.

    *em*: pixels of one em; *rows*: the lines and their top left corners; *size*: what they occupy.
    """

    em: float
    rows: tuple[tuple[Drawing, QPointF], ...]
    size: QSizeF


def fit(lines: Sequence[Pieces], em: float, width: float, *, breakable: bool) -> Fit:
    """Arrange *lines* in *width* pixels, nominally with *em*; wider than that only where nothing helps."""
    shown = list(lines)
    scale = _scale(shown, em, width)
    for cost in range(_DEAREST + 1) if breakable else ():
        if scale >= READABLE:
            break
        broken = [line for whole in lines for line in fill(chunks(whole, cost), width, _measure(em))]
        if _scale(broken, em, width) > scale:
            shown, scale = broken, _scale(broken, em, width)
    em *= max(scale, SMALLEST)
    rows, top, widest = [], 0.0, 0.0
    for drawing in map(layout, shown):
        size = drawing.size(em)
        rows.append((drawing, QPointF(0.0, top)))
        top += size.height() + _LINE_GAP * em
        widest = max(widest, size.width())
    return Fit(em, tuple(rows), QSizeF(widest, max(top - _LINE_GAP * em, 0.0)))


def _scale(lines: Sequence[Pieces], em: float, width: float) -> float:
    """The share of *em* at which the widest of *lines* has *width*, at most 1."""
    widest = max(map(_measure(em), lines), default=0.0)
    return min(1.0, width / widest) if widest else 1.0


def _measure(em: float) -> Callable[[Pieces], float]:
    return lambda pieces: layout(pieces).size(em).width()


def chunks(pieces: Sequence[Piece], cost: int) -> list[Pieces]:
    """*pieces* cut before every operator where a cut costs at most *cost*; a tall bracket that is cut ends open."""
    cut: list[Pieces] = []
    current: list[Piece] = []
    group = fence = bracket = 0
    after_operand = False
    for piece in pieces:
        if piece.symbol is not None:
            current.append(piece)
            after_operand = True
            continue
        start = 0
        for token in _TOKEN.finditer(piece.latex):
            text = token[0]
            product = _PRODUCT.fullmatch(text) is not None
            operator = product or _OPERATOR.fullmatch(text) is not None
            if operator and after_operand and group == 0 and 2 * bracket + product <= cost:
                end = piece.latex[start : token.start()] + r"\right." * fence
                cut.append((*current, Piece(end, family=piece.family)))
                current, start = [Piece(r"\left." * fence)] if fence else [], token.start()
            group += _GROUP.get(text, 0)
            fence += _FENCE.get(text, 0)
            bracket += _BRACKET.get(text, 0)
            after_operand = not operator and _BRACKET.get(text) != 1
        current.append(Piece(piece.latex[start:], family=piece.family))
    return [*cut, tuple(current)]


def fill(parts: Sequence[Pieces], room: float, width_of: Callable[[Pieces], float]) -> list[Pieces]:
    """*parts* joined into as few lines as have at most the width *room*; later lines are indented."""
    lines = [parts[0]]
    used = width_of(parts[0])
    for part in parts[1:]:
        width = width_of((_JOIN, *part))
        if used + width > room:
            lines.append((_INDENT, *part))
            used = width_of(lines[-1])
        else:
            lines[-1] += part
            used += width
    return lines
