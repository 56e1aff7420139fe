"""Numbers as a learner writes them: one, a row, a column or a matrix, in any common notation.

A text is made plain (`core.writing.glyphs`), split into tokens (`core.writing.numerals`) and read here, by every
convention for comma, point and space until the numbers have a shape that is wanted. Nothing is evaluated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
import numpy.typing as npt

from core.network.arrays import Array, frozen
from core.writing.glyphs import plain
from core.writing.numerals import Convention, NotationError, Token, conventions, tokens, which

__all__ = ["Given", "NotationError", "read"]

MOST_CHARACTERS = 200_000
_MOST_BRACKETS = 8
_ONE = re.compile(r"[+-]?(?:0|[1-9][0-9]*)\.[0-9]+")  # one number, as most are written
_PAIRS = {"(": ")", "[": "]", "{": "}", "": ""}

Shape = tuple[int, ...]
Row = list[Token]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Numbers that were written.

    *values*: () for one number, (n) for a row or a column, (r, c) for a matrix. *decimals*: how many decimal
    places each was written with, of the same shape; negative where zeros before the point were not written.
    *written*: the text.
    """

    values: Array
    decimals: npt.NDArray[np.intp]
    written: str


def read(text: str, *shapes: Shape) -> Given:
    """The numbers of *text*, in the first of *shapes* that they fit, in any if there are none; else `NotationError`."""
    if len(text) > MOST_CHARACTERS:
        raise NotationError(f"expected at most {MOST_CHARACTERS:,} characters, found {len(text):,}")
    written = text.strip()
    usual = _usual(written)
    if usual is not None:
        for wanted in shapes or ((),):
            if usual.fitted(wanted):
                return _given(usual.row, wanted, written)
    numbers = plain(written).lstrip(" \t\n:=≈").rstrip()
    if not numbers:
        raise NotationError("expected a number, found nothing")
    readings: list[_Block] = []
    problems: list[NotationError] = []
    for convention in conventions(numbers):
        try:
            readings.append(_block(numbers, convention))
        except NotationError as problem:
            problems.append(problem)
    if not readings:
        raise problems[0]
    for shape in shapes or (None,):
        for reading in readings:
            rows = reading.fitted(shape)
            if rows is not None:
                return _given(*rows, written)
    raise NotationError(_mismatch(readings, shapes))


@dataclass(slots=True)
class _Block:
    """Numbers that were read: rows of one length.

    *dimensions*: 0 for one number, 1 for a row, 2 for a matrix. *loose*: whether its rows may be only the lines on
    which one long row was printed.
    """

    rows: list[Row]
    dimensions: int
    loose: bool = False

    @property
    def row(self) -> Row:
        """All numbers one after the other."""
        return [token for row in self.rows for token in row]

    @property
    def shape(self) -> Shape:
        """Its shape, of as many axes as it has dimensions."""
        return (len(self.rows), len(self.rows[0]))[2 - self.dimensions :]

    @property
    def transposed(self) -> _Block:
        """Its columns as rows; a row becomes a column."""
        return _Block([list(column) for column in zip(*self.rows, strict=True)], 2)

    def fitted(self, shape: Shape | None) -> tuple[Row, Shape] | None:
        """Its numbers and the shape they take where *shape* is wanted; None where they do not fit."""
        if shape is None or shape == self.shape:
            return self.row, self.shape
        lies_flat = _is_vector(shape) and (self.loose or _is_vector(self.shape))
        return (self.row, shape) if lies_flat and len(self.row) == prod(shape) else None


def _usual(written: str) -> _Block | None:
    """A number, or numbers in square brackets, written as most are: no convention reads them otherwise."""
    is_list = written.startswith("[") and written.endswith("]") and "\n" not in written
    numbers = written[1:-1] if is_list else written
    row = []
    for each in (numbers.split(",") if "," in numbers else numbers.split()) if is_list else (numbers,):
        number = each.strip(" ")
        if not _ONE.fullmatch(number):
            return None
        row.append(Token("number", value=float(number), decimals=len(number.partition(".")[2])))
    return _Block([row], int(is_list)) if row else None


@dataclass(slots=True)
class _Frame:
    """What stands inside one pair of brackets, as far as it was read; *commas*: how many in each row."""

    bracket: str = ""
    rows: list[list[Token | _Block]] = field(default_factory=lambda: [[]])
    commas: list[int] = field(default_factory=lambda: [0])
    loose: bool = True
    separated: bool = False

    def add(self, item: Token | _Block) -> None:
        """The next number or list."""
        self.rows[-1].append(item)
        self.separated = False

    def separate(self, sign: str, entry: int) -> None:
        """A comma or a rule between two columns; a rule may also stand before the first."""
        if self.separated or (not self.rows[-1] and sign != "|"):
            raise NotationError(f"{which(entry)}expected a number, found '{sign}'")
        self.separated = True
        self.commas[-1] += sign == ","

    def end_row(self, *, line: bool) -> None:
        """The end of a row; of a *line*, which may be empty, and be no more than a line's end."""
        if not line and not self.rows[-1]:
            raise NotationError(f"row {len(self.rows)}: expected a number, found nothing")
        self.loose &= line
        self.separated = False
        if self.rows[-1]:
            self.rows.append([])
            self.commas.append(0)

    def closed(self) -> Token | _Block:
        """All of it; a lone number in parentheses, or in none, is itself."""
        rows = [row for row in self.rows if row]
        items = [item for row in rows for item in row]
        if not items:
            between = f" between {self.bracket} and {_PAIRS[self.bracket]}" if self.bracket else ""
            raise NotationError(f"expected a number{between}, found nothing")
        blocks = [item for item in items if isinstance(item, _Block)]
        if blocks:
            if len(blocks) < len(items):
                raise NotationError("expected numbers or lists of numbers, found both in one list")
            return self._joined(blocks)
        numbers = [[item for item in row if isinstance(item, Token)] for row in rows]
        if len(items) == 1 and self.bracket in ("", "(") and not self.commas[0]:
            return numbers[0][0]
        for number, (row, commas) in enumerate(zip(numbers, self.commas, strict=False), 1):
            if 0 < commas < len(row) - 1:
                raise NotationError(f"row {number}: expected a comma between all its numbers, or between none")
        loose = self.loose and self.bracket != "" and len(rows) > 1
        if loose and len({len(row) for row in numbers}) > 1:
            return _Block([[token for row in numbers for token in row]], 1)
        return _rectangle(numbers, 2 if len(rows) > 1 or not self.loose else 1, loose=loose)

    def _joined(self, blocks: list[_Block]) -> _Block:
        if len(blocks) > 1:
            for block in blocks:
                if len(block.rows) > 1 and not block.loose:
                    raise NotationError("expected a list of numbers or of rows, found lists inside lists of lists")
            return _rectangle([block.row for block in blocks], 2)
        return replace(blocks[0], dimensions=2) if self.bracket in ("[", "{") else blocks[0]


def _block(text: str, convention: Convention) -> _Block:
    """All numbers of *text* by one convention."""
    frames = [_Frame()]
    entry = 1
    for token in tokens(text, convention):
        frame = frames[-1]
        match token.kind:
            case "number":
                frame.add(token)
                entry += 1
            case "comma" | "column":
                frame.separate(token.text, entry)
            case "row" | "line":
                frame.end_row(line=token.kind == "line")
            case "open":
                if len(frames) > _MOST_BRACKETS:
                    raise NotationError(f"expected at most {_MOST_BRACKETS} brackets inside one another")
                frames.append(_Frame(token.text))
            case "close":
                if token.text != _PAIRS[frame.bracket]:
                    wanted = f"'{_PAIRS[frame.bracket]}'" if frame.bracket else "a number"
                    raise NotationError(f"entry {entry}: expected {wanted}, found '{token.text}'")
                del frames[-1]
                frames[-1].add(frame.closed())
            case "transpose":
                last = frame.rows[-1][-1]
                if isinstance(last, _Block):
                    frame.rows[-1][-1] = last.transposed
    if len(frames) > 1:
        raise NotationError(f"expected '{_PAIRS[frames[-1].bracket]}', found the end")
    whole = frames[0].closed()
    return whole if isinstance(whole, _Block) else _Block([[whole]], 0)


def _rectangle(rows: list[Row], dimensions: int, *, loose: bool = False) -> _Block:
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise NotationError(f"row {number}: expected {_count(len(rows[0]))}, found {len(row)}")
    return _Block(rows, dimensions, loose)


def _given(row: Row, shape: Shape, written: str) -> Given:
    values = np.array([token.value for token in row]).reshape(shape)
    decimals = np.array([token.decimals for token in row], dtype=np.intp).reshape(shape)
    decimals.setflags(write=False)
    return Given(frozen(values), decimals, written)


def _is_vector(shape: Shape) -> bool:
    return sum(size != 1 for size in shape) <= 1


def _mismatch(readings: list[_Block], shapes: tuple[Shape, ...]) -> str:
    """What was wanted, and what was found by the convention that comes nearest."""
    nearest = min(readings, key=lambda reading: abs(len(reading.row) - prod(shapes[0])))
    matrix = not nearest.loose and not _is_vector(nearest.shape)
    found = "×".join(map(str, nearest.shape)) if matrix else str(len(nearest.row))
    return f"expected {' or '.join(map(_wanted, shapes))}, found {found}"


def _wanted(shape: Shape) -> str:
    if len(shape) < 2 or prod(shape) == 1:
        return _count(prod(shape))
    matrix = f"a {shape[0]}×{shape[1]} matrix"
    return f"{matrix} or {prod(shape)} numbers" if _is_vector(shape) else matrix


def _count(size: int) -> str:
    return "one number" if size == 1 else f"{size} numbers"
