"""The lines of a cell as they are typeset: at any timestep t, with inner values written out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from core.equations.expressions import Expression, Operation, Ref, replaced
from core.equations.reading import Equation, EquationError, read
from core.equations.typesetting import written
from core.network import cells, symbols
from core.network.cells import Biases, Cell
from core.steps.template import Pieces, symbolic

_INDEX = {0: "t", -1: "t-1", "past": "1:t"}


def typeset_cell(cell: Cell, biases: Biases) -> tuple[Pieces, ...]:
    """The lines that *cell* has with so many *biases*, one after the other."""
    head = cells.OF_SHEETS._replace(biases=biases)
    lines = cells.described(cell, embedding=False, attention=False, head=head)
    made = cells.made(cell)
    return typeset([each for each in lines.equations if (each.part_of or each.name) in made])


def typeset_typed(text: str) -> tuple[Pieces, ...]:
    """Those lines of *text* that can be read by themselves, whether or not they fit one another."""
    found: list[Pieces] = []
    for line in text.splitlines():
        if line.isascii() and line.strip()[:1] not in ("", "#"):
            with suppress(EquationError, KeyError):  # of a name that nothing may have
                found += typeset(replace(each, body=_of_any_shape(each.body)) for each in read(line) if not each.output)
    return tuple(found)


def _of_any_shape(body: Expression) -> Expression:
    """*body* as it is written whatever shapes it has: every product with @ as that with a matrix."""
    if not isinstance(body, Operation):
        return body
    kind = "matrix·vector" if body.kind == "@" else body.kind
    return Operation(kind, tuple(map(_of_any_shape, body.operands)))


def typeset(equations: Iterable[Equation]) -> tuple[Pieces, ...]:
    """*equations*, a line each; an inner value stands in the line that names it."""
    equations = tuple(equations)
    inner = {Ref(each.name, 0): each.body for each in equations if each.part_of}
    return tuple(_line(each, inner) for each in equations if not each.part_of)


def _line(equation: Equation, inner: Mapping[Ref, Expression]) -> Pieces:
    body = replaced(equation.body, inner)
    return symbolic(f"{_mark(Ref(equation.name, 0), '')} = {written(body, _mark)}")


def _mark(ref: Ref, suffix: str) -> str:
    """*ref* as an operand of a template, by a symbol that there is at the first timestep."""
    if ref.offset is None:
        return f"⟦{ref.name}|={symbols.latex_at(ref.name)}{suffix}⟧"
    index = _INDEX[ref.offset]
    return f"⟦{ref.name}[1]|={symbols.latex_at(ref.name, index)}{suffix}⟧"
