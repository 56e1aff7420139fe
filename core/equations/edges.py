"""Descriptions with a slip on an edge: something else is asked there of what a line reads; the lines stay as they are.

Each of these goes through all places of a description to which its slip applies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from core.equations.description import Description, Edge, shape_of
from core.equations.edits import Edited, Edits, Is, is_of, line_of, parts_of
from core.equations.expressions import (
    ADJOINT,
    MARK,
    Expression,
    Operation,
    Ref,
    adjoint,
    mark,
    op,
    references,
    replaced,
)
from core.equations.operations import TABLE, Asks
from core.equations.outputs import OUTPUTS, Output


def asking(kind: str, wrong: Asks, *, each: bool = False) -> Edits:
    """The operation *kind* with a *wrong* answer to what is asked of its operands, in all lines, or also in *each* by
    itself; named: of one line it.
    """

    def edits(lines: Description) -> Iterator[Edited]:
        kinds = {kind: replace(TABLE[kind], asks=wrong)}
        found = [line for line in lines.equations if any(is_of(part, kind) for part in parts_of(line.body))]
        if len(found) != 1:
            yield from [Edited(lines.asking(kinds, {}, [line.name for line in found]))] if found else ()
        for line in found if each or len(found) == 1 else ():
            yield Edited(lines.asking(kinds, {}, [line.name]), (line_of(line),))

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


def carry_cut(lines: Description) -> Iterator[Edited]:
    """Nothing is carried back to the timestep before."""
    return _asking(lines, lambda edge: None if edge.operand.offset == -1 else edge.asks)


def one_carry_cut(lines: Description) -> Iterator[Edited]:
    """Nothing is carried back along one of several edges; named: the state, and the line."""
    found = [(number, edge) for number, edge in enumerate(lines.edges) if edge.operand.offset == -1]
    for number, edge in found if len(found) > 1 else ():
        yield Edited(_on_edges(lines, {number: None}), (Ref(edge.operand.name, 0), Ref(edge.reader, 0)))


def state_not_carried_back(lines: Description) -> Iterator[Edited]:
    """Of several states, one that is not carried back to the timestep before; named: the state."""
    for name in lines.states:
        own = [number for number, edge in enumerate(lines.edges) if edge.operand == Ref(name, -1)]
        if len(lines.states) > 1 < len(own):
            yield Edited(_on_edges(lines, dict.fromkeys(own)), (Ref(name, 0),))


def carried_whole(lines: Description) -> Iterator[Edited]:
    """What is asked of a state asked of the timestep before as it is, where that is read in a single place."""
    carries = [(number, edge.operand.name) for number, edge in enumerate(lines.edges) if edge.operand.offset == -1]
    if len(carries) == 1:
        yield Edited(_on_edges(lines, {number: adjoint(name) for number, name in carries}))


def back_through_matrix(change: Callable[[Expression, Expression, Description], Expression]) -> Edits:
    """What goes back to a state of the timestep before through a matrix: *change* of the transposed matrix and what
    comes to it, among the lines; none where sizes do not fit.
    """

    def edits(lines: Description) -> Iterator[Edited]:
        def changed(edge: Edge) -> Expression | None:
            match edge.operand.offset, edge.asks:
                case -1, Operation("matrix·vector", (turned, asked)):
                    return change(turned, asked, lines)
            return edge.asks

        return _asking(lines, changed)

    return edits


def edge_factor_left_out(lines: Description) -> Iterator[Edited]:
    """What is asked of a quantity without a factor; named: the factor, the quantity, and the line."""
    for number, edge in enumerate(lines.edges):
        if edge.asks is not None and edge.operand.name in lines.made_names:
            for part in parts_of(edge.asks):
                match part:
                    case Operation("*", (kept, (Ref() | Operation("tanh" | "-")) as factor)):
                        other = replaced(edge.asks, {part: kept})
                        named = factor, edge.operand, Ref(edge.reader, 0)
                        yield Edited(_on_edges(lines, {number: other}), named)


def read_otherwise(change: Callable[[Ref], Expression], *, of_parameters: bool) -> Edits:
    """*change* of every state of the timestep before, in what is asked of parameters, or of quantities; named: it."""

    def edits(lines: Description) -> Iterator[Edited]:
        for right in (Ref(name, -1) for name in lines.states):
            yield from _in_asks(lines, right, change(right), of_parameters, right)

    return edits


LAST = 1_000_000  # timesteps after any, where the last stands


def at(offset: int) -> Callable[[Ref], Expression]:
    """The state so many timesteps later, in the place of one."""
    return lambda right: replace(right, offset=offset)


def now_at(t: int) -> Callable[[Ref], Expression]:
    """The state of the timestep itself for that before, at timestep *t* alone."""

    def change(right: Ref) -> Expression:
        return op("+", right, op("scaled", mark(t), op("-", replace(right, offset=0), right)))

    return change


def input_before(lines: Description) -> Iterator[Edited]:
    """The input of the timestep before, in what is asked of parameters, and nothing at the first."""
    return _in_asks(lines, Ref("x", 0), Ref("x", -1), True)


def uses_counted(times: Expression, is_meant: Is) -> Edits:
    """The uses of the parameters that are meant counted so many *times*, a number of the timestep."""

    def edits(lines: Description) -> Iterator[Edited]:
        def changed(edge: Edge) -> Expression | None:
            is_counted = edge.operand.offset is None and is_meant(edge.operand, lines)
            return _counted(edge.asks, times, lines) if edge.asks and is_counted else edge.asks

        return _asking(lines, changed)

    return edits


def losses_counted(times: Expression) -> Edits:
    """What the losses ask counted so many *times*, a number of the timestep."""

    def edits(lines: Description) -> Iterator[Edited]:
        losses = {each.loss for each in lines.equations if each.loss}

        def changed(edge: Edge) -> Expression | None:
            return _counted(edge.asks, times, lines) if edge.asks and edge.reader in losses else edge.asks

        return _asking(lines, changed)

    return edits


def counted_in(asks: Expression | None) -> Expression | None:
    """How often *asks* counts a use, where `uses_counted` made it; else None."""
    match asks:
        case Operation("outer" | "negated" | "transposed", (inside, *_)):
            return counted_in(inside)
        case Operation("scaled" | "*", (times, _)) if all(ref.name.startswith(MARK) for ref in references(times)):
            return times
    return None


def unsloped(asked: Expression, lines: Description) -> Expression:
    """*asked* before the slope of a function multiplied it; of what one line alone reads, what that asks of it."""
    match asked:
        case Operation("*", (inside, Operation("1-h²" | "s(1-s)" | ">0"))):
            return inside
        case Operation("*", (inside, factor)):
            return op("*", unsloped(inside, lines), factor)
        case Ref(name, 0) if name.startswith(ADJOINT):
            edges = lines.edges_of(name.removeprefix(ADJOINT))
            if len(edges) == 1 and edges[0].asks is not None:
                return unsloped(edges[0].asks, lines)
    return asked


# -- inside -------------------------------------------------------------------------------------------------


def _asking(lines: Description, change: Callable[[Edge], Expression | None], *named: Expression) -> Iterator[Edited]:
    """The lines with *change* of what their edges ask, where it changes any."""
    edges = tuple(edge if edge.asks is None else replace(edge, asks=change(edge)) for edge in lines.edges)
    if edges != lines.edges:
        yield Edited(replace(lines, edges=edges), named)


def _in_asks(
    lines: Description, right: Expression, other: Expression, of_parameters: bool, *named: Expression
) -> Iterator[Edited]:
    """*other* in the place of *right*, in what is asked of parameters, or of quantities."""

    def changed(edge: Edge) -> Expression | None:
        is_meant = edge.asks is not None and (edge.operand.offset is None) == of_parameters
        return replaced(edge.asks, {right: other}) if edge.asks and is_meant else edge.asks

    return _asking(lines, changed, *named)


def _counted(asks: Expression, times: Expression, lines: Description) -> Expression:
    """*asks* so many *times*, as a number beside a vector."""
    match asks:
        case Operation("outer", (first, last)):
            return op("outer", _counted(first, times, lines), last)
        case Operation("negated" | "transposed" as kind, (inside,)):
            return op(kind, _counted(inside, times, lines))
    return op("scaled" if shape_of(asks, lines.shapes) else "*", times, asks)


def _on_edges(lines: Description, others: Mapping[int, Expression | None]) -> Description:
    edges = enumerate(lines.edges)
    return replace(lines, edges=tuple(replace(edge, asks=others[n]) if n in others else edge for n, edge in edges))
