"""Where everything of a ladder goes: columns fitted to the width, rows with their drawings and cells."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from core.network.arrays import Array
from core.steps.template import Pieces
from gui.look.theme import Theme
from gui.typesetting.typeset import Drawing, layout

CELLS = 25.0  # the height of a line of cells, in pixels at zoom 1
MOST_CELLS = 16  # a longer vector shows its size instead of its numbers
_HEAD, _ROW = 22.0, 24.0
_FACTOR_EM, _NUMBER_EM = 17.0, 15.0
_READABLE = 0.8  # of the nominal size: below, the notes give way
_SMALLEST = 0.6  # of the nominal size, for a drawing that is wider than its column


@dataclass(frozen=True, slots=True, eq=False)
class LadderRow:
    """One link. *product*: the product so far, one number or a vector (H). *note*: what the factor is.

    A row without *factor* stands for the links that are left out; its note says how many.
    """

    sign: str
    factor: Pieces
    numbers: Pieces
    product: Array
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A row with its place and its drawings, fitted to their columns."""

    row: LadderRow
    top: float
    height: float
    drawings: tuple[tuple[Drawing, float, QPointF], ...]
    cells: tuple[QRectF, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LadderLayout:
    """A ladder arranged for one width.

    *left*, *numbers*: where the factors and the numbers begin. *before*, *product*: the right edges of the numbers
    and of the products; equal where products are vectors, which have lines of their own.
    """

    left: float
    numbers: float
    before: float
    product: float
    has_notes: bool
    rows: tuple[Placed, ...]

    @property
    def height(self) -> float:
        """Where the last row ends."""
        return self.rows[-1].top + self.rows[-1].height if self.rows else 0.0


def arrange(rows: tuple[LadderRow, ...], width: float, theme: Theme) -> LadderLayout:
    """Arrange *rows* in *width*. The notes give way to the numbers; they are the tooltips of their rows too."""
    left = float(theme.px(22))
    factors = [layout(row.factor).size(theme.px(_FACTOR_EM)).width() for row in rows if row.factor]
    first = min(max(factors, default=0.0), width * 0.36)
    numbers = left + first + theme.px(16)
    widest = max((layout(row.numbers).size(theme.px(_NUMBER_EM)).width() for row in rows), default=0.0)
    has_notes = _right_edges(rows, width, theme, noted=True)[0] - numbers >= widest * _READABLE
    before, product = _right_edges(rows, width, theme, noted=has_notes)
    placed: list[Placed] = []
    top = float(theme.px(_HEAD))
    for row in rows:
        placed.append(_place(row, top, (left, numbers), (first, before - numbers - theme.px(14)), width, theme))
        top += placed[-1].height
    return LadderLayout(left, numbers, before, product, has_notes, tuple(placed))


def note(row: LadderRow) -> str:
    """What the factor is; of the last one, where its product is shown."""
    if row.product.ndim < 2 or row.product.size == 1:
        return row.note
    return f"{row.note}: {row.product.shape[0]}×{row.product.shape[1]}, below"


def is_vector(row: LadderRow) -> bool:
    """Whether the product is a vector, so that it has a line of cells."""
    return row.product.ndim == 1 and row.product.size > 1


def _place(
    row: LadderRow, top: float, starts: tuple[float, float], rooms: tuple[float, float], width: float, theme: Theme
) -> Placed:
    fitted: list[tuple[Drawing, float, float]] = []
    for pieces, size, start, room in zip(
        (row.factor, row.numbers), (_FACTOR_EM, _NUMBER_EM), starts, rooms, strict=True
    ):
        if pieces:
            drawing, nominal = layout(pieces), float(theme.px(size))
            share = min(1.0, room / max(drawing.size(nominal).width(), 1.0))
            fitted.append((drawing, nominal * max(share, _SMALLEST), start))
    height = max([theme.px(_ROW), *(drawing.size(em).height() + theme.px(4) for drawing, em, _ in fitted)])
    drawings = tuple(
        (drawing, em, QPointF(start, top + (height - drawing.size(em).height()) / 2)) for drawing, em, start in fitted
    )
    cells = _cells(row.product.size, starts[0], top + height, width, theme) if row.factor and is_vector(row) else ()
    return Placed(row, top, height + (theme.px(CELLS) if cells else 0), drawings, cells)


def _cells(count: int, left: float, top: float, width: float, theme: Theme) -> tuple[QRectF, ...]:
    high, room = theme.px(CELLS - 5), width - left - 8
    if count > MOST_CELLS:
        return (QRectF(left, top, room, high),)
    each = min(theme.px(70), room / count)
    return tuple(QRectF(left + i * each, top, each - 3, high) for i in range(count))


def _right_edges(rows: tuple[LadderRow, ...], width: float, theme: Theme, *, noted: bool) -> tuple[float, float]:
    metrics = QFontMetricsF(theme.font(12))
    widest = max((metrics.horizontalAdvance(note(row)) for row in rows), default=0.0) if noted else 0.0
    right = width - widest - theme.px(26)
    return (right, right) if any(map(is_vector, rows)) else (right - theme.px(96), right)
