"""Descriptions with a slip in them: one place of a line that says something else, or of what is asked along an edge.

Each of these goes through all places of a description to which its slip applies. The way back of a line that says
something else stays as it should be, unless it is wrong consistently. What nobody could compute, since sizes do not
fit, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, permutations
from typing import NamedTuple

from core.equations.description import Description
from core.equations.expressions import Expression, Number, Operation, Ref, op, references, replaced
from core.equations.operations import TABLE, Asks, ShapeError
from core.equations.outputs import OUTPUTS, Output
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
            for part in dict.fromkeys(_parts(equation.body)):
                for other, *named in change(part, lines):
                    body = replaced(equation.body, {part: other})
                    yield from _saying(lines, {equation.name: body}, consistently, *named, _line(equation))

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
                    lines, {each.name: replaced(each.body, {right: wrong})}, False, wrong, right, _line(each)
                )


def lines_exchanged(lines: Description) -> Iterator[Edited]:
    """Two lines, each with the parameters of the other, as where gates stand in another order; named: both."""
    forms = [(each, each.body, _form(each.body, lines)) for each in lines.equations]
    for (one, mine, its), (other, yours, form) in combinations(forms, 2):
        if its is not None and its == form and isinstance(mine, Operation) and isinstance(yours, Operation):
            bodies = {
                one.name: replace(mine, operands=yours.operands),
                other.name: replace(yours, operands=mine.operands),
            }
            yield from _saying(lines, bodies, True, _line(one), _line(other))


# -- edges that carry something else ------------------------------------------------------------------------


def asking(kind: str, wrong: Asks, *, each: bool = False) -> Edits:
    """The operation *kind* with a *wrong* answer to what is asked of its operands, in all lines, or also in *each* by
    itself; named: of one line it.
    """

    def edits(lines: Description) -> Iterator[Edited]:
        kinds = {kind: replace(TABLE[kind], asks=wrong)}
        found = [line for line in lines.equations if any(_is_of(part, kind) for part in _parts(line.body))]
        if len(found) != 1:
            yield from [Edited(lines.asking(kinds, {}, [line.name for line in found]))] if found else ()
        for line in found if each or len(found) == 1 else ():
            yield Edited(lines.asking(kinds, {}, [line.name]), (_line(line),))

    return edits


def output_asking(kinds: Collection[str], wrong: Callable[[Ref, Expression], Expression]) -> Edits:
    """A *wrong* answer to what is asked of the scores, where prediction and loss are one of these *kinds*."""

    def edits(lines: Description) -> Iterator[Edited]:
        for equation in lines.equations:
            if equation.output in kinds:
                outputs: dict[str, Output] = {equation.output: replace(OUTPUTS[equation.output], asks=wrong)}
                yield Edited(lines.asking({}, outputs, [equation.name]))

    return edits


def edge_cut(lines: Description) -> Iterator[Edited]:
    """One of several ways from a quantity on within its timestep that nothing comes back; named: it, and the line."""
    found = [
        (number, edge.operand, edge.reader)
        for number, edge in enumerate(lines.edges)
        if edge.operand.offset == 0 and edge.operand.name in lines.made_names
    ]
    for number, operand, reader in found:
        if [other for _, other, _ in found].count(operand) > 1:
            yield Edited(_on_edges(lines, {number: None}), (operand, Ref(reader, 0)))


def carry_cut(*, all_of_it: bool) -> Edits:
    """Nothing is carried back to the timestep before: *all of it*, or along one of several edges; named: the state, and
    the line.
    """

    def edits(lines: Description) -> Iterator[Edited]:
        found = [(number, edge) for number, edge in enumerate(lines.edges) if edge.operand.offset == -1]
        if all_of_it or len(found) < 2:
            yield from [Edited(_on_edges(lines, dict.fromkeys(number for number, _ in found)))] if all_of_it else ()
            return
        for number, edge in found:
            yield Edited(_on_edges(lines, {number: None}), (Ref(edge.operand.name, 0), Ref(edge.reader, 0)))

    return edits


def state_not_carried_back(lines: Description) -> Iterator[Edited]:
    """Of several states, one that is not carried back to the timestep before; named: the state."""
    for name in lines.states:
        own = [number for number, edge in enumerate(lines.edges) if edge.operand == Ref(name, -1)]
        if len(lines.states) > 1 < len(own):
            yield Edited(_on_edges(lines, dict.fromkeys(own)), (Ref(name, 0),))


def edge_factor_left_out(lines: Description) -> Iterator[Edited]:
    """What is asked of a quantity without a factor; named: the factor, the quantity, and the line."""
    for number, edge in enumerate(lines.edges):
        if edge.asks is not None and edge.operand.name in lines.made_names:
            for part in _parts(edge.asks):
                match part:
                    case Operation("*", (kept, (Ref() | Operation("tanh" | "-")) as factor)):
                        other = replaced(edge.asks, {part: kept})
                        named = factor, edge.operand, Ref(edge.reader, 0)
                        yield Edited(_on_edges(lines, {number: other}), named)


def state_after(*, of_parameters: bool) -> Edits:
    """A state of this timestep for that before, in what is asked of parameters, or of quantities; named: it."""

    def edits(lines: Description) -> Iterator[Edited]:
        for right in (Ref(name, -1) for name in lines.states):
            found = {
                number: replaced(edge.asks, {right: replace(right, offset=0)})
                for number, edge in enumerate(lines.edges)
                if edge.asks is not None
                and (edge.operand.offset is None) == of_parameters
                and right in references(edge.asks)
            }
            if found:
                yield Edited(_on_edges(lines, found), (right,))

    return edits


def back_through_matrix(change: Callable[[Expression, Expression], Expression]) -> Edits:
    """What goes back to a state of the timestep before through a matrix: *change* of the transposed matrix and what
    comes to it; none where sizes do not fit.
    """

    def edits(lines: Description) -> Iterator[Edited]:
        found = dict[int, Expression | None]()
        for number, edge in enumerate(lines.edges):
            match edge.operand.offset, edge.asks:
                case -1, Operation("matrix·vector", (turned, asked)):
                    found[number] = change(turned, asked)
        if found:
            yield Edited(_on_edges(lines, found))

    return edits


# -- inside -------------------------------------------------------------------------------------------------


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, Operation):
        for operand in expression.operands:
            yield from _parts(operand)


def _is_of(part: Expression, kind: str) -> bool:
    return isinstance(part, Operation) and part.kind == kind


def _on_products(expression: Expression, part: Expression, other: Expression) -> Expression:
    """*expression* with *other* in the place of *part* within its products with matrices."""
    if _is_of(expression, "matrix·vector"):
        return replaced(expression, {part: other})
    if isinstance(expression, Operation):
        return replace(expression, operands=tuple(_on_products(each, part, other) for each in expression.operands))
    return expression


def _line(equation: Equation) -> Ref:
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


def _on_edges(lines: Description, others: Mapping[int, Expression | None]) -> Description:
    edges = enumerate(lines.edges)
    return replace(lines, edges=tuple(replace(edge, asks=others[n]) if n in others else edge for n, edge in edges))
