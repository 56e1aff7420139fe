"""Where everything of a ladder goes: what is folded, columns fitted to the width, rows with drawings and cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from operator import attrgetter

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from core.network.arrays import Array
from core.steps.template import Pieces
from core.writing.form import NumberFormat
from gui.look.theme import Theme
from gui.typesetting.typeset import Drawing, layout

CELLS = 25.0  # the height of a line of cells, in pixels at zoom 1
MOST_CELLS = 16  # a longer vector shows its size instead of its numbers
_MOST_BESIDE = 4  # cells that stand in the column of the products; a longer vector has a line of its own
_CELL, _LEAST_PRODUCT = 60.0, 84.0
_HEAD, _ROW = 22.0, 24.0
_SUM, _AIR, _LEAST_AIR = 40.0, 12.0, 4.0  # what is higher has bounds above and below a sign, which need more air
_SIGNS = 34.0  # for the mark of a row that opens, and the sign before a factor
_FACTOR_EM, _NUMBER_EM = 17.0, 15.0
_READABLE = 0.8  # of the nominal size: below, the notes give way
_SMALLEST = 0.6  # of the nominal size, for a drawing that is wider than its column
# Columns of links, air, and of their size that of factors and numbers: one after the other, until all is in its place.
_DENSER = ((1, _AIR, 1.0), (1, _LEAST_AIR, 1.0), (2, _LEAST_AIR, 1.0), (1, _LEAST_AIR, 0.85), (2, _LEAST_AIR, 0.85))
_BETWEEN = 28.0  # two columns of links


@dataclass(frozen=True, slots=True, eq=False)
class LadderRow:
    """One link. *product*: so far, one number or a vector (H). *note*: what the factor is.

    *key*: what a click asks to open or to fold, None where nothing. *under*: what is open, an equation a line.
    A row that stands for others has *aside* in place of its numbers, which says so; it may have no *factor*.
    *is_open*: it folds those others, which are shown.
    """

    sign: str
    factor: Pieces
    numbers: Pieces
    product: Array
    note: str
    key: int | None = None
    under: tuple[Pieces, ...] = ()
    aside: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The rows of a term; the first *head* of them may give way to the one row *folded*, None where they may not.

    One that is open stands before them instead. *scale*: the size of factors and numbers, of that which they have.
    *is_short*: rows between the first and the last give way to one where nothing else helps.
    """

    rows: tuple[LadderRow, ...] = ()
    head: int = 0
    folded: LadderRow | None = None
    scale: float = 1.0
    is_short: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A row with its place and its drawings, fitted to their columns.

    *band*: all of it. *line*: without what is open under it and without cells of its own line. *product*: where the
    product ends on the right. *has_note*: whether the note stands there too.
    """

    row: LadderRow
    band: QRectF
    line: QRectF
    product: float
    has_note: bool
    drawings: tuple[tuple[Drawing, float, QPointF], ...]
    cells: tuple[QRectF, ...]
    aside: float


@dataclass(frozen=True, slots=True, eq=False)
class LadderLayout:
    """A ladder arranged for one width and height.

    *heads*: of the columns, each with its left and its right edge. *is_folded*: its head gives way to one row.
    """

    heads: tuple[tuple[str, float, float], ...] = ()
    rows: tuple[Placed, ...] = ()
    is_folded: bool = False

    @property
    def height(self) -> float:
        """Where the last row ends."""
        return max((placed.band.bottom() for placed in self.rows), default=0.0)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where columns begin (*left*: the factors, *numbers*) or end (*before*: the numbers, *product*, *right*: all)."""

    start: float
    left: float
    numbers: float
    before: float
    product: float
    right: float
    has_notes: bool
    beside: bool  # whether vectors stand in the column of the products
    em: float  # the size of the numbers
    air: float = _AIR  # above and below a sign with bounds
    scale: float = 1.0


class Arrangements:
    """The ways to arrange *ladder* in *width*, each made once it is looked at.

    First all in one column, then with less air; then the repeated links in two; then all smaller; then the head
    folded. The repeated links never are, but for a room that could not scroll to them.
    The columns of one kind are where they would be with every row there.
    """

    def __init__(self, ladder: Ladder, width: float, form: NumberFormat, theme: Theme) -> None:
        self._opened = ladder.folded is not None and ladder.folded.is_open
        self._made: list[LadderLayout] = []
        self._ladder, self._theme = ladder, theme
        self._columns = replace(_fitted(ladder.rows, 0.0, width, theme, form), scale=ladder.scale)
        self._rest = _arrangements(ladder, self._columns, form, theme)

    def within(self, room: float) -> LadderLayout:
        """The first that is no higher than *room*, else the lowest; the way to fold what is open is worth a row."""
        fitting = next((found for found in self._all() if found.height <= room), None)
        if fitting is not None:
            return fitting
        if self._ladder.is_short and len(self._ladder.rows) > 2:
            return _shortened(self._ladder.rows, replace(self._columns, air=_LEAST_AIR), room, self._theme)
        return min(
            (found for found in self._made if found.is_folded or not self._opened),
            key=attrgetter("height"),
            default=LadderLayout(),
        )

    def _all(self) -> Iterator[LadderLayout]:
        yield from self._made
        for found in self._rest:
            self._made.append(found)
            yield found


def _arrangements(ladder: Ladder, columns: _Columns, form: NumberFormat, theme: Theme) -> Iterator[LadderLayout]:
    for folded in (False, True) if ladder.folded is not None else (False,):
        tallest: LadderLayout | None = None
        for count, air, scale in _DENSER:
            if count == scale == 1 and tallest is not None and not _has_bounds(tallest, theme):
                continue  # less air would change nothing
            made = replace(columns, air=air, scale=ladder.scale * scale)
            found = _arranged(ladder, made, folded, count, form, theme)
            if found is not None:
                tallest = tallest or found
                yield found


def _has_bounds(found: LadderLayout, theme: Theme) -> bool:
    return any(placed.line.height() > theme.px(_SUM) + theme.px(_AIR) - 1 for placed in found.rows)


def note(row: LadderRow) -> str:
    """What the factor is, without more words on it; of the last one, where its product is shown."""
    if row.product.ndim < 2 or row.product.size == 1:
        return row.note.partition(": ")[0]
    return f"{row.note}: {row.product.shape[0]}×{row.product.shape[1]}, below"


def is_vector(row: LadderRow) -> bool:
    """Whether the product is a vector, so that it is shown as cells."""
    return row.product.ndim == 1 and row.product.size > 1


def _arranged(
    ladder: Ladder, columns: _Columns, folded: bool, count: int, form: NumberFormat, theme: Theme
) -> LadderLayout | None:
    """In *count* columns of links; None where those would be too narrow, or gain nothing."""
    head = ladder.rows[: ladder.head]
    if folded and ladder.folded is not None:
        head = (ladder.folded, *(head if ladder.folded.is_open else ()))
    links = ladder.rows[ladder.head :]
    top = float(theme.px(_HEAD))
    if count == 1:
        placed = _stacked((*head, *links), top, columns, theme)
        return LadderLayout(_heads((*head, *links), columns), placed, folded)
    links, tail = (links[:-1], links[-1:]) if _ends_wide(links) else (links, ())
    each = (columns.right - theme.px(_BETWEEN) * (count - 1)) / count
    deep = -(-len(links) // count)
    if deep < 2 or not columns.beside or any(row.under for row in links):
        return None
    placed = _stacked(head, top, columns, theme)
    bottom = placed[-1].band.bottom() if placed else top
    for place in range(count):
        start = place * (each + theme.px(_BETWEEN))
        narrow = _fitted(links, start, each, theme, form, noted=False, scale=columns.scale)
        widest = columns.scale * _widest((row.numbers for row in links), _NUMBER_EM, theme)
        if narrow.before - narrow.numbers < _READABLE * widest:
            return None
        placed += _stacked(links[place * deep : (place + 1) * deep], bottom, narrow, theme)
    placed += _stacked(tail, max(row.band.bottom() for row in placed), columns, theme)
    return LadderLayout(_heads((*head, *links), columns), placed, folded)


def _shortened(rows: Sequence[LadderRow], columns: _Columns, room: float, theme: Theme) -> LadderLayout:
    """In one column, as many of the first and of the last rows as there is room for."""
    heights = [placed.band.height() for placed in _stacked(rows, 0.0, columns, theme)]
    first, last = 1, len(rows) - 1
    left = room - theme.px(_HEAD) - theme.px(_ROW) - heights[0] - heights[-1]
    while first < last and heights[each := first if first <= len(rows) - last else last - 1] <= left:
        left -= heights[each]
        first, last = (first + 1, last) if each == first else (first, last - 1)
    between = LadderRow("", (), (), np.zeros(0), "", aside="⋯ more rows than there is room for")
    shown = (*rows[:first], between, *rows[last:])
    return LadderLayout(_heads(shown, columns), _stacked(shown, float(theme.px(_HEAD)), columns, theme))


def _ends_wide(links: Sequence[LadderRow]) -> bool:
    """Whether the last product alone is a vector, which has no room in a narrow column."""
    return [is_vector(row) for row in links] == [False] * (len(links) - 1) + [True]


def _fitted(
    rows: Sequence[LadderRow],
    start: float,
    width: float,
    theme: Theme,
    form: NumberFormat,
    *,
    noted: bool = True,
    scale: float = 1.0,
) -> _Columns:
    """Columns for *rows*. The notes give way to the numbers; they are the tooltips of their rows too."""
    px = theme.px
    left = start + px(_SIGNS)
    first = min(scale * _widest((row.factor for row in rows), _FACTOR_EM, theme), width * 0.36)
    gap = px(14) if noted else px(10)
    numbers = left + first + gap
    widest = scale * _widest((row.numbers for row in rows), _NUMBER_EM, theme)
    vectors = [row.product.size for row in rows if is_vector(row)]
    beside = max(vectors, default=0) <= _MOST_BESIDE
    bold = theme.metrics(14, bold=True)
    singles = [bold.width(form(float(row.product.ravel()[0]))) for row in rows if row.product.size == 1]
    product = max([px(_LEAST_PRODUCT) if noted else 0.0, *singles, *(px(_CELL) * size for size in vectors if beside)])
    words = theme.metrics(12)
    notes = max((words.width(note(row)) for row in rows), default=0.0) + px(26)
    right = start + width
    has_notes = noted and right - notes - product - gap - numbers >= widest * _READABLE
    ends = right - (notes if has_notes else px(8))
    # Of narrow columns all numbers are as small as the longest must be; of a wide one only that.
    em = _NUMBER_EM if noted else _NUMBER_EM * min(1.0, (ends - product - gap - numbers) / max(widest, 1.0))
    return _Columns(start, left, numbers, ends - product - gap, ends, right, has_notes, beside, em, scale=scale)


def _widest(drawn: Iterable[Pieces], size: float, theme: Theme) -> float:
    return max((layout(pieces).size(theme.px(size)).width() for pieces in drawn if pieces), default=0.0)


def _heads(rows: Sequence[LadderRow], columns: _Columns) -> tuple[tuple[str, float, float], ...]:
    """The names of the columns. A path that is added makes no product."""
    so_far = "so far" if any(row.sign == "+" or row.aside for row in rows[:4]) else "product so far"
    if any(map(is_vector, rows)) and not columns.beside:
        so_far += ", below each"
    heads = [("factor", columns.left, inf)]
    heads += [("with its numbers", columns.numbers, inf)] if any(row.numbers or row.aside for row in rows) else []
    heads += [(so_far, -inf, columns.product)] if any(row.product.ndim < 2 for row in rows) else []
    return tuple(heads)


def _stacked(rows: Sequence[LadderRow], top: float, columns: _Columns, theme: Theme) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    for row in rows:
        placed.append(_place(row, top, columns, theme))
        top = placed[-1].band.bottom()
    return tuple(placed)


def _place(row: LadderRow, top: float, columns: _Columns, theme: Theme) -> Placed:
    px = theme.px
    width = columns.right - columns.start
    fitted: list[tuple[Drawing, float, float]] = []
    for pieces, size, start, room in (
        (row.factor, _FACTOR_EM, columns.left, columns.numbers - columns.left - px(10)),
        (row.numbers, columns.em, columns.numbers, columns.before - columns.numbers + 1),
    ):
        if pieces:
            drawing, em = _within(pieces, size * columns.scale, room, theme)
            if start == columns.numbers and row.product.ndim == 1 and drawing.size(em).width() > room + px(columns.air):
                continue  # the product would stand on them
            fitted.append((drawing, em, start))
    high = max((drawing.size(em).height() for drawing, em, _ in fitted), default=0.0)
    height = max(float(px(_ROW)), high + px(columns.air if high > px(_SUM) else _LEAST_AIR))
    drawings = [
        (drawing, em, QPointF(start, top + (height - drawing.size(em).height()) / 2)) for drawing, em, start in fitted
    ]
    line = QRectF(columns.start, top, width, height)
    cells = _cells(row, columns, line, theme)
    bottom = max([line.bottom(), *(cell.bottom() for cell in cells)])
    for pieces in row.under:
        drawing, em = _within(pieces, _NUMBER_EM, columns.right - columns.left - px(20), theme)
        drawings.append((drawing, em, QPointF(columns.left + px(12), bottom + px(2))))
        bottom += drawing.size(em).height() + px(5)
    band = QRectF(columns.start, top, width, bottom - top + (px(4) if row.under else 0))
    aside = columns.numbers if row.factor else columns.left
    return Placed(row, band, line, columns.product, columns.has_notes, tuple(drawings), cells, aside)


def _within(pieces: Pieces, size: float, room: float, theme: Theme) -> tuple[Drawing, float]:
    """A drawing, and the size at which it fits in *room*."""
    drawing, nominal = layout(pieces), float(theme.px(size))
    return drawing, nominal * max(min(1.0, room / max(drawing.size(nominal).width(), 1.0)), _SMALLEST)


def _cells(row: LadderRow, columns: _Columns, line: QRectF, theme: Theme) -> tuple[QRectF, ...]:
    """Where the entries of a vector stand: in the column of the products, or on a line of their own."""
    if not is_vector(row) or not row.factor:
        return ()
    count, high = row.product.size, theme.px(CELLS - 5)
    if columns.beside:
        each = theme.px(_CELL)
        left, top = columns.product - each * count, line.center().y() - high / 2
        return tuple(QRectF(left + i * each, top, each - 3, high) for i in range(count))
    room = columns.right - columns.left - 8
    if count > MOST_CELLS:
        return (QRectF(columns.left, line.bottom(), room, high + 5),)
    wide = min(theme.px(70), room / count)
    return tuple(QRectF(columns.left + i * wide, line.bottom(), wide - 3, high) for i in range(count))
