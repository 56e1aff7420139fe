r"""Formula templates: LaTeX in which operands are named, written once and shown three ways.

A template is LaTeX with marks: ``⟦h[2]⟧`` an operand, ``⟦h[2]|^{2}⟧`` with a suffix that belongs to it,
``⟦U#1,2⟧`` one entry of it, ``⟦D[3]|=D⟧`` with LaTeX of its own.

`symbolic` puts every symbol's own LaTeX in its place, `substituted` its value, and
`plain` joins either for the clipboard. Letters of the user's text never enter LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.network import symbols
from core.network.arrays import Array
from core.writing.form import NumberFormat

_MARK = re.compile(r"⟦([^#|⟧]*)(?:#([^|⟧]*))?(?:\|([^⟧]*))?⟧")
TRANSPOSE = r"^{\top}"
LONGEST = 6  # a longer row or column is elided like NumPy prints it
FAINT = "faint"


class Piece(NamedTuple):
    """A run of LaTeX that belongs to one operand, or to none.

    *latex*: a fragment; only all pieces joined are complete LaTeX.
    *symbol*: the operand's symbol id (``h[2]``, ``W``), None for the formula's own signs.
    *family*: the family that decides its colour; ``faint`` for zeros that select nothing.
    *entry*: which 0-based entry of the operand it is, () where it is the whole.
    """

    latex: str
    symbol: str | None = None
    family: str = "plain"
    entry: tuple[int, ...] = ()


class Mark(NamedTuple):
    """An operand in a template: its symbol, the 1-based entry of it or (), and its suffix."""

    symbol: str
    entry: tuple[int, ...]
    suffix: str


Pieces = tuple[Piece, ...]
Values = Callable[[str], Array]


@lru_cache(maxsize=2048)
def parse(template: str) -> tuple[str | Mark, ...]:
    """The signs and the operands of *template*, in order."""
    return tuple(_parts(template))


def _parts(template: str) -> Iterator[str | Mark]:
    end = 0
    for found in _MARK.finditer(template):
        if found.start() > end:
            yield template[end : found.start()]
        symbol, entry, suffix = found.groups(default="")
        yield Mark(symbol, tuple(map(int, entry.split(","))) if entry else (), suffix)
        end = found.end()
    if end < len(template):
        yield template[end:]


def operands(template: str) -> frozenset[str]:
    """The symbols that *template* names."""
    return frozenset(part.symbol for part in parse(template) if isinstance(part, Mark))


def plain(pieces: Sequence[Piece]) -> str:
    """The LaTeX of all *pieces*, without any tag: what "copy as LaTeX" copies."""
    return "".join(piece.latex for piece in pieces)


@lru_cache(maxsize=2048)
def symbolic(template: str) -> Pieces:
    """*template* with every operand as its symbol."""
    return tuple(Piece(part) if isinstance(part, str) else _named(part) for part in parse(template))


def substituted(
    template: str,
    values: Values,
    form: NumberFormat,
    picked: Mapping[str, int] | None = None,
    *,
    named: bool = True,
) -> Pieces:
    """*template* with every operand as its value, over its name when *named*.

    *picked* gives the 0-based column (row of E, entry of a vector) that a one-hot vector picks, by symbol: eliding
    keeps it, and what it does not pick is faint.
    """
    pieces: list[Piece] = []
    before = ""
    for part in parse(template):
        if isinstance(part, str):
            pieces.append(Piece(part))
            before += part
        else:
            pieces += _number(part, values(part.symbol), form, before, (picked or {}).get(part.symbol), named)
            before = "·"
    return tuple(pieces)


def in_product(number: str) -> str:
    """A *number* as LaTeX, in parentheses where it cannot stand beside a sign or under a power without them."""
    return rf"\left({number}\right)" if number.startswith("-") or r"\times" in number else number


def _named(mark: Mark, *, suffix: bool = True) -> Piece:
    if mark.suffix.startswith("="):
        latex = mark.suffix[1:]
    else:
        latex = symbols.latex(mark.symbol, mark.suffix if suffix else "", mark.entry)
    return Piece(latex, mark.symbol, symbols.family(mark.symbol))


def _number(mark: Mark, value: Array, form: NumberFormat, before: str, picked: int | None, named: bool) -> list[Piece]:
    shown, family = mark.symbol, symbols.family(mark.symbol)
    if mark.entry:
        value = value[tuple(i - 1 for i in mark.entry)]
    power = "" if mark.suffix == TRANSPOSE or mark.suffix.startswith("=") else mark.suffix
    if np.size(value) == 1:
        number = form.latex(float(np.ravel(value)[0]))
        within = power != "" or before.rstrip(r"\, ")[-1:] not in ("", "=", "(", "[", "{", "&")
        entry = tuple(i - 1 for i in mark.entry)
        body = [Piece((in_product(number) if within else number) + power, shown, family, entry)]
    else:
        matrix = value[:, None] if value.ndim == 1 else value
        matrix, by_row = (matrix.T, False) if mark.suffix == TRANSPOSE else (matrix, value.ndim == 1 or family == "E")
        write = _short if value.ndim == 1 and picked is not None else form.latex
        # The double underline is E's own: under every number it would be a ruled page.
        cell = (shown, "plain" if family == "E" else family)
        is_turned = mark.suffix == TRANSPOSE
        body = _matrix(matrix, cell, write, (picked, None) if by_row else (None, picked), is_turned=is_turned)
        if power:
            body.append(Piece(power))
    if not named:
        return body
    name = _named(mark, suffix=mark.suffix == TRANSPOSE)
    return [Piece(r"\underbrace{"), *body, Piece("}_{"), name, Piece("}")]


def _short(value: float) -> str:
    """The entries of a one-hot vector are 0 and 1, written so."""
    return str(int(value))


def _matrix(
    matrix: Array,
    cell: tuple[str, str],
    write: Callable[[float], str],
    picked: tuple[int | None, int | None],
    *,
    is_turned: bool,
) -> list[Piece]:
    """A bracketed matrix of cells with that symbol and family; all but the *picked* row or column are faint.

    *is_turned*: whether it is the transpose of what the symbol stands for.
    """
    symbol, family = cell
    row, column = picked
    rows, columns = _kept(matrix.shape[0], row), _kept(matrix.shape[1], column)
    lines: list[list[Piece]] = []
    for i in rows:
        if i is None:
            lines.append([Piece(" & ".join(r"\vdots" for _ in columns))])
            continue
        cells: list[Piece] = []
        for j in columns:
            if cells:
                cells.append(Piece(" & "))
            if j is None:
                cells.append(Piece(r"\cdots"))
            else:
                faint = (row is not None and i != row) or (column is not None and j != column)
                entry = (j, i) if is_turned else (i, j)
                cells.append(Piece(write(matrix[i, j]), symbol, FAINT if faint else family, entry))
        lines.append(cells)
    pieces = [Piece(r"\begin{bmatrix}")]
    for number, line in enumerate(lines):
        pieces += [Piece(r" \\ "), *line] if number else line
    return [*pieces, Piece(r"\end{bmatrix}")]


def _kept(length: int, picked: int | None) -> list[int | None]:
    """The indices of a row or column to show; None stands for the elided ones."""
    if length <= LONGEST:
        return list(range(length))
    keep = {0, 1, length - 2, length - 1} | ({picked} if picked is not None and picked < length else set())
    shown: list[int | None] = []
    for index in sorted(keep):
        last = shown[-1] if shown else None
        if last is not None and index != last + 1:
            shown.append(None)
        shown.append(index)
    return shown
