"""Arrays as tables with headings, and tables as text: for the clipboard, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Protocol

import numpy as np

from core.exports.plain import plain
from core.network.arrays import Array, frozen
from core.network.symbols import TABLE
from core.writing.atomic import replacing
from core.writing.files import read_at_most
from core.writing.notation import NotationError, read
from core.writing.printed import is_printed, unwrapped
from core.writing.shown import one_line

MOST_BYTES = 16 * 2**20
_LONGEST_PROBLEM = 200
_LONGEST_CELL = 20
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMMAS = r"[+-]?[0-9]+(?:,[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_SPACED = re.compile(rf"(?: *{_COMMAS}(?: +{_COMMAS})+ *(?:\n|$))+")  # between decimal commas
_OF_R = re.compile(r"\s*\[,1\]")  # the head of a matrix that R printed, whose rows begin with [1,]
_RULE = re.compile(r"[\s|:+-]*")
_OF_R_NUMBER = re.compile(r"\[,?([0-9]+),?\]")
_QUOTED = re.compile(r'"[^"]*"')
_MINUS = str.maketrans("\N{MINUS SIGN}", "-")

Cell = str | float


class TableError(ValueError):
    """A table that cannot be read or written; the message is one line that names the place."""

    def __init__(self, problem: str, path: Path | None = None) -> None:
        self.problem = problem
        place = "" if path is None else f"{one_line(str(path))}: "
        super().__init__(place + one_line(problem, _LONGEST_PROBLEM))


class Writable(Protocol):
    """What every format can be written from."""

    @property
    def name(self) -> str:
        """The quantity."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all the numbers."""

    def cells(self) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet, headings with them."""

    def json(self) -> Iterator[str]:
        """The pieces of a JSON object."""

    def blocks(self) -> Iterator[Array]:
        """The numbers alone, some rows at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A matrix or a vector with headings.

    *name*: the id of the symbol. *values*: as many axes as the quantity has. *rows*, *columns*: a heading each; a
    vector has no *columns*. *causal*: whether there is nothing above the diagonal, where the array has zeros.
    """

    name: str
    values: Array
    rows: tuple[str, ...]
    columns: tuple[str, ...] = ()
    causal: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the values."""
        return self.values.shape

    def cells(self) -> Iterator[Sequence[Cell]]:
        """A row of headings with the name in the corner, then each row behind its own."""
        yield self.name, *(self.columns or ("value",))
        for number, (heading, row) in enumerate(zip(self.rows, self.values, strict=True), 1):
            found = np.atleast_1d(row).tolist()
            yield heading, *(found[:number] + [""] * (len(found) - number) if self.causal else found)

    def json(self) -> Iterator[str]:
        """The object ``{"rows": …, "columns": …, "values": …}``, a row a line; a vector has no columns."""
        yield f'{{"rows": {_json(self.rows)}, '
        yield f'"columns": {_json(self.columns)}, ' if self.columns else ""
        yield '"values": '
        yield from _listed(plain(row[:number] if self.causal else row) for number, row in enumerate(self.values, 1))
        yield "}"

    def blocks(self) -> Iterator[Array]:
        """The whole of it."""
        yield self.values


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Rows too many to hold: indices, and last a value.

    *name*: what is listed. *columns*: a heading each. *count*: of the rows. *source*: makes them anew, some rows
    at a time, n×columns.
    """

    name: str
    columns: tuple[str, ...]
    count: int
    source: Callable[[], Iterator[Array]]

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows by columns."""
        return self.count, len(self.columns)

    def rows(self) -> Iterator[tuple[float, ...]]:
        """Row by row: whole indices, then the value."""
        for block in self.source():
            for *indices, value in block.tolist():
                yield *map(int, indices), value

    def cells(self) -> Iterator[Sequence[Cell]]:
        """The columns' headings, then the rows."""
        yield self.columns
        yield from self.rows()

    def json(self) -> Iterator[str]:
        """The object ``{"columns": …, "values": …}``, a row a line."""
        yield f'{{"columns": {_json(self.columns)}, "values": '
        yield from _listed(
            [*indices, value if isfinite(value) else plain(np.array(value))] for *indices, value in self.rows()
        )
        yield "}"

    def blocks(self) -> Iterator[Array]:
        """As they are made."""
        return self.source()


# -- writing ------------------------------------------------------------------------------------------------


def tab_separated(table: Writable) -> str:
    """*table* with its headings for the clipboard, as spreadsheets paste it."""
    return "\n".join(_lines(table, "\t"))


def write_csv(path: Path, tables: Iterable[Writable]) -> None:
    """Write *tables* with their headings to *path*, an empty line between two; every number to its last bit."""
    _write(path, (line for number, table in enumerate(tables) for line in _csv(table, first=number == 0)))


def write_json(path: Path, tables: Iterable[Writable]) -> None:
    """Write *tables* to *path* as one object: by name, each with its headings and values."""

    def pieces() -> Iterator[str]:
        yield "{"
        for number, table in enumerate(tables):
            yield f"{',' if number else ''}\n{_json(table.name)}: "
            yield from table.json()
        yield "\n}\n"

    _write(path, pieces())


def _write(path: Path, pieces: Iterable[str]) -> None:
    try:
        with replacing(path) as file:
            for piece in pieces:
                file.write(piece.encode())
    except OSError as error:
        raise TableError(f"cannot be written: {error.strerror or error}", path) from None
    except UnicodeEncodeError:
        raise TableError("not written: expected letters of valid Unicode", path) from None


def _csv(table: Writable, *, first: bool) -> Iterator[str]:
    yield "" if first else "\n"
    for line in _lines(table, ","):
        yield line + "\n"


def _lines(table: Writable, delimiter: str) -> Iterator[str]:
    for row in table.cells():
        yield delimiter.join(_cell(cell, delimiter) for cell in row)


def _cell(cell: Cell, delimiter: str) -> str:
    """*cell* as written; all words are quoted where a reader may look for another delimiter in them."""
    if not isinstance(cell, str):
        return repr(cell)
    quoted = cell and (delimiter == "," or any(c in cell for c in '\t\r\n"'))
    return '"' + cell.replace('"', '""') + '"' if quoted else cell


def _listed(rows: Iterable[object]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield f"{',' if number else '['}\n{_json(row)}"
    yield "]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


# -- reading ------------------------------------------------------------------------------------------------


def read_csv(path: Path) -> Array:
    """The one vector or matrix in the text file at *path*; `TableError` where it is not good. See `parse`."""
    try:
        return parse(_decoded(read_bytes(path)))
    except UnicodeDecodeError:
        raise TableError("expected UTF-8 or UTF-16 text", path) from None
    except TableError as error:
        raise TableError(error.problem, path) from None


def parse(text: str) -> Array:
    """The matrix that *text* holds, a row a line, read-only; `TableError` names row and column, from 1.

    Cells are separated by upright rules, else tabs, else semicolons, else commas, whichever there are, else spaces; but
    for commas, a decimal comma is a point. Lines that begin with # or % are comments. A first row of words is one of
    headings, and so is one whose corner is empty, not there, or names a symbol; then the first column may be headings
    too. What a program printed, in brackets, is read as `core.writing.notation` reads it.
    """
    if _OF_R.match(text):
        text = _OF_R_NUMBER.sub(r"\1", text)
    elif is_printed(text):
        return _printed(text)
    lines = [line for line in text.rstrip().splitlines() if not line.lstrip().startswith(("#", "%"))]
    if text.lstrip().startswith("|"):
        lines = [line.strip().strip("|") for line in lines if not _RULE.fullmatch(line)]
    rows, delimiter = _rows("\n".join(lines))
    if delimiter == " " and _lacks_corner(rows):
        rows[0].insert(0, "")
    elif len(rows) > 1 and all(len(row) > 1 and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]  # each ends with what separates
    headed = _are_headings(rows)
    skipped = 1 if headed and _has_headed_rows(rows) else 0
    values: list[list[float]] = []
    for number, row in enumerate(rows[headed:], headed + 1):
        if not row:
            raise TableError(f"row {number}: expected numbers, found an empty line")
        values.append(
            [_number(cell, delimiter, number, column) for column, cell in enumerate(row[skipped:], skipped + 1)]
        )
        if len(values[-1]) != len(values[0]):
            raise TableError(
                f"row {number}: expected as many numbers as before, {len(values[0])}, found {len(values[-1])}"
            )
    if not values or not values[0]:
        raise TableError("expected at least one number")
    return frozen(np.array(values, dtype=np.float64))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    halves = (data[::2], data[1::2])  # without its mark, one of the halves of UTF-16 is mostly naught
    naught = next((half for half in (0, 1) if halves[half] and halves[half].count(0) * 2 > len(halves[half])), None)
    return data.decode("utf-8-sig" if naught is None else ("utf-16-be", "utf-16-le")[naught])


def _printed(text: str) -> Array:
    try:
        return read(unwrapped(text)).values
    except NotationError as error:
        raise TableError(str(error)) from None


def _rows(text: str) -> tuple[list[list[str]], str]:
    """The cells of *text*, and what separates them."""
    bare = _QUOTED.sub("", text)
    delimiter = next((mark for mark in "|\t;," if mark in bare), " ")
    if delimiter == " " or _SPACED.fullmatch(bare):
        return [line.split() for line in text.splitlines()], " "
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)), delimiter
    except csv.Error as error:
        raise TableError(f"expected rows of numbers: {error}") from None


def _lacks_corner(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of *rows* is one of headings without a corner, and the others begin with headings or count."""
    first, head = [row[0] for row in rows[1:] if row], rows[0] if rows else []
    are_heads = all(map(str.isdecimal, head)) or not any(map(_looks_like_number, head))
    counts = ([str(number + start) for number in range(len(first))] for start in (0, 1))
    is_short = bool(first) and all(len(row) == len(head) + 1 for row in rows[1:])
    return is_short and are_heads and (first in counts or not any(map(_looks_like_number, first)))


def _are_headings(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of *rows* is one of headings."""
    if not rows or not rows[0]:
        return False
    corner = rows[0][0]
    has_numbers = any(_looks_like_number(cell.rstrip(" %")) for cell in rows[0])
    words = not has_numbers or (not corner.strip() and len(rows[0]) > 1)
    return corner in TABLE or (words and len(rows) > 1)


def _has_headed_rows(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the rows below a first one of headings begin with headings: with words, or counted from 1.

    The name of a symbol in the corner is not enough: it may be a letter of the alphabet, the first of the columns.
    """
    corner, first = rows[0][0], [row[0] for row in rows[1:] if row]
    if not corner.strip() or not all(map(_looks_like_number, first)):
        return True
    others = rows[0][1:]
    ours = corner in TABLE and (
        others == ["value"] or all(map(str.isdecimal, others)) or TABLE[corner].axes.endswith(("K", "N", "X"))
    )
    return ours and bool(others) and first == [str(number) for number in range(1, len(first) + 1)]


def _looks_like_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip().translate(_MINUS).replace(",", ".", 1)) is not None


def read_bytes(path: Path) -> bytes:
    """The content of a file that is not too large."""
    try:
        data = read_at_most(path, MOST_BYTES)
    except OSError as error:
        raise TableError(f"cannot be read: {error.strerror or error}", path) from None
    if len(data) > MOST_BYTES:
        raise TableError(f"too large, expected at most {MOST_BYTES // 2**20} MB", path)
    return data


def _number(cell: str, delimiter: str, row: int, column: int) -> float:
    text = cell.strip().translate(_MINUS)
    if delimiter != ",":
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        shown = f"“{cell[:_LONGEST_CELL]}”" if text else "nothing"
        raise TableError(f"row {row}, column {column}: expected a number, found {shown}")
    value = float(text)
    if not isfinite(value):
        raise TableError(f"row {row}, column {column}: expected a finite number, found “{cell[:_LONGEST_CELL]}”")
    return value
