"""Descriptions with a slip in a line: one place of it says something else.

Each of these goes through all places of a description to which its slip applies. The way back of a line that says
something else stays as it should be, unless it is wrong consistently. What nobody could compute, since sizes do not
fit, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, permutations
from typing import NamedTuple

from core.equations.description import Description, shape_of
from core.equations.expressions import Expression, Number, Operation, Ref, op, references, replaced
from core.equations.operations import ShapeError
from core.equations.reading import Equation


class Edited(NamedTuple):
    """*lines* with a slip in them; *named*: what it is about, in the order that its maker says."""

    lines: Description
    named: tuple[Expression, ...] = ()


Edits = Callable[[Description], Iterator[Edited]]
Is = Callable[[Expression, Description], bool]
Others = Iterator[tuple[Expression, ...]]  # what stands in the place of a part, and what is named of it

# -- what a part is -----------------------------------------------------------------------------------------


def is_bias(part: Expression, lines: Description) -> bool:
    """Whether *part* is a vector that does not change with the timestep."""
    return isinstance(part, Ref) and part.offset is None and len(lines.shapes[part.name]) == 1


def is_carried(part: Expression, _lines: Description) -> bool:
    """Whether *part* is a product with a state of the timestep before."""
    is_product = isinstance(part, Operation) and part.kind in ("matrix·vector", "*")
    return is_product and any(ref.offset == -1 for ref in references(part))


def is_gate(part: Expression) -> bool:
    """Whether *part* is a quantity of the timestep, or a number less it."""
    match part:
        case Ref(_, 0) | Operation("-", (Number(), Ref(_, 0))):
            return True
    return False


# -- lines that say something else --------------------------------------------------------------------------


def otherwise(change: Callable[[Expression, Description], Others], *, consistently: bool = False) -> Edits:
    """Some part of a line *changed* into something else; named: what *change* names, and the line."""

    def edits(lines: Description) -> Iterator[Edited]:
        for equation in lines.equations:
            for part in dict.fromkeys(parts_of(equation.body)):
                for other, *named in change(part, lines):
                    body = replaced(equation.body, {part: other})
                    yield from _saying(lines, {equation.name: body}, consistently, *named, line_of(equation))

    return edits


def function_for(kind: str, other: str | None, *, consistently: bool = False) -> Edits:
    """The function *other* where *kind* belongs, None for none at all; named: the line."""

    def change(part: Expression, _lines: Description) -> Others:
        if isinstance(part, Operation) and part.kind == kind:
            yield (part.operands[0] if other is None else replace(part, kind=other),)

    return otherwise(change, consistently=consistently)


def addend(is_meant: Is, times: int) -> Edits:
    """An addend that counts none or two *times*; named: it, and the line."""

    def change(part: Expression, lines: Description) -> Others:
        if isinstance(part, Operation) and part.kind == "+":
            for kept, meant in (part.operands, part.operands[::-1]):
                if is_meant(meant, lines):
                    yield op("+", part, meant) if times else kept, meant

    return otherwise(change)


@otherwise
def factor_left_out(part: Expression, _lines: Description) -> Others:
    """A gate that multiplies nothing; named: the gate, and the line."""
    if isinstance(part, Operation) and part.kind == "*":
        for kept, gate in (part.operands, part.operands[::-1]):
            if is_gate(gate):
                yield kept, gate


@otherwise
def partners_swapped(part: Expression, _lines: Description) -> Others:
    """Of a sum of two products, a factor of each in the place of the other's; named: both, and the line."""
    match part:
        case Operation("+", (Operation("*", (a, b)), Operation("*", (c, d)))):
            yield op("+", op("*", c, b), op("*", a, d)), a, c


@otherwise
def gate_elsewhere(part: Expression, _lines: Description) -> Others:
    """A gate before a matrix in the place of after it, or beside less of a sum; named: what stands there, what should,
    and the line.
    """
    match part:
        case Operation("*", (gate, Operation("+", (Operation("matrix·vector", (M, v)) as product, b)))):
            others = [op("+", op("matrix·vector", M, op("*", gate, v)), b), op("+", op("*", gate, product), b)]
        case Operation("*", (gate, Operation("matrix·vector", (M, v)))):
            others = [op("matrix·vector", M, op("*", gate, v))]
        case Operation("matrix·vector", (M, Operation("*", (gate, v)))):
            others = [op("*", gate, op("matrix·vector", M, v))]
        case _:
            return
    for other in others if is_gate(gate) else ():
        yield other, other, part


@otherwise
def matrix_transposed(part: Expression, _lines: Description) -> Others:
    """A matrix transposed that stands beside a state of the timestep before; named: the matrix, and the line."""
    match part:
        case Operation("matrix·vector", (Ref(_, None) as matrix, v)) if any(ref.offset == -1 for ref in references(v)):
            yield op("matrix·vector", op("transposed", matrix), v), matrix


@otherwise
def state_before(part: Expression, lines: Description) -> Others:
    """A state of the timestep before where this one's belongs; named: it, and the line."""
    if isinstance(part, Ref) and part.offset == 0 and part.name in lines.states:
        yield replace(part, offset=-1), replace(part, offset=-1)


def state_beside_matrices(lines: Description) -> Iterator[Edited]:
    """Another state of the timestep before in the place of one, beside all matrices; named: what is read, what should
    be.
    """
    for right, wrong in permutations((Ref(name, -1) for name in lines.states), 2):
        bodies = {each.name: _on_products(each.body, right, wrong) for each in lines.equations}
        changed = {name: body for name, body in bodies.items() if body != lines.made(name).body}
        if changed:
            yield from _saying(lines, changed, False, wrong, right)


def state_for_state(lines: Description) -> Iterator[Edited]:
    """The same wherever else a line reads it; named: the line, too."""
    for each in lines.equations:
        for right, wrong in permutations((Ref(name, -1) for name in lines.states), 2):
            if right in references(each.body) and _on_products(each.body, right, wrong) == each.body:
                yield from _saying(
                    lines, {each.name: replaced(each.body, {right: wrong})}, False, wrong, right, line_of(each)
                )


def scores_divided(by: float) -> Edits:
    """The products of a quantity with all states so far divided *by* a number, on the way back too; named: the line."""

    def change(part: Expression, _lines: Description) -> Others:
        match part:
            case Operation("matrix·vector", (Ref(_, "past") as states, v)):
                yield (op("matrix·vector", states, op("/", v, Number(by))),)

    return otherwise(change, consistently=True)


def unmasked(lines: Description) -> Iterator[Edited]:
    """The states of all timesteps in the place of those so far, on the way back too, where nothing goes on from it."""
    pasts = {ref: replace(ref, offset="all") for ref in lines.all_references() if ref.offset == "past"}
    if pasts and not any(ref in pasts for each in lines.equations[: lines.recurrent] for ref in references(each.body)):
        shapes = {name: tuple("T" if axis == "t" else axis for axis in shape) for name, shape in lines.shapes.items()}
        bodies = {each.name: replaced(each.body, pasts) for each in lines.equations}
        yield from _saying(replace(lines, shapes=shapes), bodies, True)


def softmax_over_timesteps(lines: Description) -> Iterator[Edited]:
    """A softmax that runs over the timesteps, each entry by itself, where nothing goes on from it; named: the line."""
    for each in lines.equations[lines.recurrent :]:
        match each.body:
            case Operation("softmax", (Ref(_, 0) as scores,)):
                body = op("softmax over timesteps", scores, replace(scores, offset="all"))
                yield from _saying(lines, {each.name: body}, False, line_of(each))


@otherwise
def softmax_from_zero(part: Expression, lines: Description) -> Others:
    """A softmax over the past that counts h_0 = 0 too, which adds e^0 = 1 to its sum; named: the line."""
    match part:
        case Operation("softmax", (scores,)) if shape_of(scores, lines.shapes) == ("t",):
            e = op("exp", scores)
            yield (op("scaled", op("/", Number(1.0), op("+", Number(1.0), op("sum", e))), e),)


def lines_exchanged(lines: Description) -> Iterator[Edited]:
    """Two lines, each with the parameters of the other, as where gates stand in another order; named: both."""
    forms = [(each, each.body, _form(each.body, lines)) for each in lines.equations]
    for (one, mine, its), (other, yours, form) in combinations(forms, 2):
        if its is not None and its == form and isinstance(mine, Operation) and isinstance(yours, Operation):
            bodies = {
                one.name: replace(mine, operands=yours.operands),
                other.name: replace(yours, operands=mine.operands),
            }
            yield from _saying(lines, bodies, True, line_of(one), line_of(other))


# -- inside -------------------------------------------------------------------------------------------------


def parts_of(expression: Expression) -> Iterator[Expression]:
    """All that stands in *expression*, itself first."""
    yield expression
    if isinstance(expression, Operation):
        for operand in expression.operands:
            yield from parts_of(operand)


def is_of(part: Expression, kind: str) -> bool:
    """Whether *part* is an operation of that *kind*."""
    return isinstance(part, Operation) and part.kind == kind


def _on_products(expression: Expression, part: Expression, other: Expression) -> Expression:
    """*expression* with *other* in the place of *part* within its products with matrices."""
    if is_of(expression, "matrix·vector"):
        return replaced(expression, {part: other})
    if isinstance(expression, Operation):
        return replace(expression, operands=tuple(_on_products(each, part, other) for each in expression.operands))
    return expression


def line_of(equation: Equation) -> Ref:
    """What the line makes in which *equation* stands."""
    return Ref(equation.part_of or equation.name, 0)


def _saying(
    lines: Description, bodies: Mapping[str, Expression], consistently: bool, *named: Expression
) -> Iterator[Edited]:
    try:
        found = lines.saying(bodies, consistently=consistently)
    except ShapeError:
        return
    yield Edited(found, named)


def _form(body: Expression, lines: Description) -> Expression | None:
    """Of a function that is the last thing done, what is alike of two lines whose parameters alone differ."""
    match body:
        case Operation(_, (inside,)):
            given = (ref for ref in references(inside) if ref.offset is None)
            return replaced(inside, {ref: Ref("×".join(lines.shapes[ref.name])) for ref in given})
    return None
