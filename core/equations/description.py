"""A network: its equations in the order of a timestep, checked, with shapes, and with the edges between them.

An edge is one place where a line reads a quantity. Backwards it carries what the line asks of that quantity: ∂L by a
quantity is the sum over the edges that leave it, and the gradient of a parameter the sum over its edges and over the
timesteps. A rule of a worksheet, or a slip of a learner, is an edge that carries something else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from core.equations.expressions import (
    ADJOINT,
    MARK,
    NEAR,
    Expression,
    Number,
    Operation,
    Ref,
    adjoint,
    op,
    references,
    replaced,
)
from core.equations.operations import TABLE, Kind, Made, Shape, ShapeError, compiled, product_kind
from core.equations.outputs import OUTPUTS, Output
from core.equations.reading import Equation, EquationError, Span, read


@dataclass(frozen=True)
class Edge:
    """One place where the line of *reader* reads *operand*, and what it asks of it there, None for nothing.

    *place*: which of the places where that line reads the same, 0-based. Of rows of the past, *asks* is what is asked
    of one of them. Not slotted, since what it asks is compiled once.
    """

    reader: str
    operand: Ref
    asks: Expression | None
    place: int = 0

    @cached_property
    def computed(self) -> Made:
        """What *asks*, which is not None, comes to, from what reads its quantities."""
        assert self.asks is not None
        return compiled(self.asks)


@dataclass(frozen=True, eq=False)
class Description:
    """The equations of one timestep.

    *equations*: in order, their ``@`` and ``*`` made definite. *shapes*: of all that is named in them. *edges*: in the
    order of the lines, and in a line from left to right. Not slotted, since it keeps what is computed once.
    """

    equations: tuple[Equation, ...]
    shapes: Mapping[str, Shape]
    edges: tuple[Edge, ...] = field(default=())

    @classmethod
    def of(cls, lines: Iterable[str], given: Mapping[str, Shape], *, unread: bool = False) -> Description:
        """The network that *lines* describe, else `EquationError`.

        *given*: the shapes of what no line makes, and of what a line reads of the timestep before. *unread*: whether
        lines may make what no other line reads.
        """
        found = _placed(lines)
        _check_names(found, given, unread=unread)
        shapes, equations = dict(given), list[Equation]()
        for each in found:
            equation = each.equation
            try:
                body, shape = definite(equation.body, shapes)
            except ShapeError as error:
                raise each.misfit(error) from None
            if shapes.get(equation.name, shape) != shape:
                earlier = shapes[equation.name]
                raise each.refused(f"{equation.name}[t] {_size(shape)}, but {equation.name}[t-1] {_size(earlier)}")
            equations.append(replace(equation, body=body))
            shapes[equation.name] = shape
            if equation.loss:
                shapes[equation.loss] = ()
        return cls(tuple(equations), shapes, tuple(_edges(equations, shapes)))

    def all_references(self) -> Iterator[Ref]:
        """What all lines read, as often as it stands there."""
        for equation in self.equations:
            yield from references(equation.body)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in the order in which they are first read."""
        return tuple(dict.fromkeys(ref.name for ref in self.all_references() if ref.offset is None))

    @cached_property
    def states(self) -> tuple[str, ...]:
        """What is read of the timestep before, and so needs a start; of a slip also what something comes back to."""
        read = chain(self.all_references(), (edge.operand for edge in self.edges))
        return tuple(dict.fromkeys(ref.name for ref in read if ref.offset == -1))

    @cached_property
    def made_names(self) -> frozenset[str]:
        """What the lines make, but for the losses."""
        return frozenset(equation.name for equation in self.equations)

    @cached_property
    def looked_back_at(self) -> frozenset[str]:
        """What is read of all timesteps so far together; of a slip also what is asked so."""
        asked = chain.from_iterable(references(edge.asks) for edge in self.edges if edge.asks is not None)
        return frozenset(ref.name for ref in chain(self.all_references(), asked) if ref.offset == "past")

    @cached_property
    def looks_ahead(self) -> bool:
        """Whether later timesteps are read, as in a slip: then a line is made for all timesteps before the next one."""
        return any(ref.offset == "all" for ref in self.all_references())

    @cached_property
    def recurrent(self) -> int:
        """How many equations there are up to the last that makes a state: what comes after, no later timestep reads."""
        made, states = [equation.name for equation in self.equations], self.states
        return max((place for place, name in enumerate(made, 1) if name in states), default=0)

    @cached_property
    def makers(self) -> Mapping[str, Equation]:
        """The equation that makes each quantity, by its name, and each loss."""
        return {name: each for each in reversed(self.equations) for name in (each.name, each.loss) if name}

    def made(self, name: str) -> Equation:
        """The equation that makes *name*; `KeyError` where it is given."""
        return self.makers[name]

    def edges_of(self, name: str) -> tuple[Edge, ...]:
        """Where *name* is read: what these edges ask of it adds up to ∂L/∂name."""
        return self._edges_of.get(name, ())

    @cached_property
    def _edges_of(self) -> Mapping[str, tuple[Edge, ...]]:
        return _grouped(self.edges, lambda edge: edge.operand.name)

    @cached_property
    def _edges_to(self) -> Mapping[str, tuple[Edge, ...]]:
        return _grouped(self.edges, lambda edge: edge.reader)

    def edge(self, reader: str, operand: Ref) -> Edge:
        """The first edge from *operand* to the line of *reader*; `KeyError` where there is none."""
        for edge in self.edges:
            if (edge.reader, edge.operand) == (reader, operand):
                return edge
        raise KeyError(f"{reader} does not read {operand}")

    def edited(self, edits: Iterable[Edit]) -> Description:
        """The same with *edits* made on its edges; those that find no edge change nothing."""
        edges = self.edges
        for edit in edits:
            edges = tuple(edit.on(edge) for edge in edges)
        return replace(self, edges=edges)

    def saying(self, bodies: Mapping[str, Expression], *, consistently: bool = False) -> Description:
        """The same with other *bodies* of the lines of some names, else `ShapeError`; the way back as it was, or where
        one is wrong *consistently* by these lines too.
        """
        found = {name: definite(body, self.shapes)[0] for name, body in bodies.items()}
        said = tuple(replace(each, body=found.get(each.name, each.body)) for each in self.equations)
        edges = tuple(_edges(said, self.shapes)) if consistently else self.edges
        return replace(self, equations=said, edges=edges)

    def asking(self, kinds: Mapping[str, Kind], outputs: Mapping[str, Output], lines: Collection[str]) -> Description:
        """The same where the *lines* of some names ask of what they read by other rows of the tables."""
        tables = {**TABLE, **kinds}, {**OUTPUTS, **outputs}
        edges = [
            edge
            for each in self.equations
            for edge in (
                _edges([each], self.shapes, *tables)
                if each.name in lines
                else self._edges_to.get(each.loss or each.name, ())
            )
        ]
        return replace(self, edges=tuple(edges))


@dataclass(frozen=True, slots=True)
class Edit:
    """Something else on the edge from *operand* to the line of *reader*.

    *cut*: nothing at all; *negated*: its negative; *read*: the same with other quantities read, as pairs (the right
    one, the one read).
    """

    reader: str
    operand: Ref
    cut: bool = False
    negated: bool = False
    read: tuple[tuple[Ref, Ref], ...] = ()

    def on(self, edge: Edge) -> Edge:
        """*edge*, edited where it is meant."""
        if (edge.reader, edge.operand) != (self.reader, self.operand) or edge.asks is None:
            return edge
        if self.cut:
            return replace(edge, asks=None)
        asks = replaced(edge.asks, dict(self.read))
        return replace(edge, asks=op("negated", asks) if self.negated else asks)


def _grouped(edges: Iterable[Edge], key: Callable[[Edge], str]) -> Mapping[str, tuple[Edge, ...]]:
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(key(edge), []).append(edge)
    return {name: tuple(some) for name, some in found.items()}


def shape_of(expression: Expression, shapes: Mapping[str, Shape], kinds: Mapping[str, Kind] = TABLE) -> Shape:
    """The shape of a definite *expression*; of rows of the past, with the axis ``t`` before it."""
    if isinstance(expression, Number):
        return ()
    if isinstance(expression, Ref):
        if expression.name.startswith(MARK):
            return ()
        shape = shapes[expression.name.removeprefix(ADJOINT).removeprefix(NEAR)]
        return {"past": ("t", *shape), "all": ("T", *shape), "entry": ()}.get(str(expression.offset), shape)
    return kinds[expression.kind].shape(*(shape_of(operand, shapes, kinds) for operand in expression.operands))


def vanishes(expression: Expression, given: Collection[str] = ()) -> bool:
    """Whether *expression* is 0 where all that is read of the timestep before is 0, but for what is *given* there."""
    match expression:
        case Ref(name, offset):
            return offset == -1 and name not in given
        case Operation("+" | "-", operands):
            return all(vanishes(each, given) for each in operands)
        case Operation("*" | "@" | "scaled" | "dot" | "outer" | "matrix·vector" | "vector·matrix", operands):
            return any(vanishes(each, given) for each in operands)
        case Operation("/" | "negated" | "transposed" | "sum", (inside, *_)):
            return vanishes(inside, given)
    return False


class _Placed(NamedTuple):
    """An equation, and the line that it stands in: its text, and which it is, from 0."""

    equation: Equation
    line: str
    number: int

    def refused(self, why: str, span: Span | None = None) -> EquationError:
        """That it cannot be, and *why*; *span*: which part of the line, else what it makes."""
        return EquationError(f"“{self.line}”: {why}", why, span or self.equation.target, self.number)

    def misfit(self, error: ShapeError) -> EquationError:
        """That operands in it do not fit one another, said of them as they are written."""
        places, operation = self.equation.places, error.operation
        if operation is None:
            return self.refused(str(error))
        spans = [places.get(operand, (0, 0)) for operand in operation.operands]
        sized = [f"{self.line[slice(*span)]} {_size(shape)}" for span, shape in zip(spans, error.shapes, strict=True)]
        ranks = sorted(len(shape) for shape in error.shapes)
        hint = f": {error}" if len(ranks) == 1 else ""
        if operation.kind == "@" and ranks not in ([1, 1], [1, 2]):
            hint = ": @ multiplies a matrix and a vector, or two vectors"
        elif operation.kind == "*" and ranks == [1, 2]:
            hint = ": a matrix times a vector is @"
        return self.refused(", but ".join(sized) + hint, places.get(operation))


def check_names(lines: Iterable[str], given: Collection[str]) -> None:
    """That the names in *lines* fit one another, whatever the sizes; else `EquationError`. *given*: what is no
    parameter, and yet no line makes.
    """
    found = _placed(lines)
    parameters = {ref.name for each in found for ref in references(each.equation.body) if ref.offset is None}
    _check_names(found, parameters | set(given), unread=False)


def _placed(lines: Iterable[str]) -> list[_Placed]:
    return [_Placed(equation, line.strip(), n) for n, line in enumerate(lines) for equation in read(line)]


def _size(shape: Shape) -> str:
    return {0: "is a single number", 1: f"has {''.join(shape)}"}.get(len(shape), f"is {'×'.join(shape)}")


def _check_names(found: Sequence[_Placed], given: Collection[str], *, unread: bool) -> None:
    """That no two lines make the same, that all that is read is there when it is read, and that all is read that is
    made, but for the last: *unread* spares that.
    """
    made = [name for each in found for name in (each.equation.name, each.equation.loss) if name]
    known = set[str]()
    for each in found:
        equation = each.equation
        for name in {equation.name, equation.loss} - {""}:
            if made.count(name) > 1:
                raise each.refused(f"two lines make {name}")
        around = [ref for ref in (equation.wanted, equation.share) if ref is not None]
        for ref in (*references(equation.body), *around):
            why = _why_unreadable(ref, made, known, given)
            if why:
                raise each.refused(why, equation.places.get(ref))
        known |= {equation.name, equation.loss}
    used = {ref.name for each in found for ref in references(each.equation.body)}
    for each in found[:-1]:
        if each.equation.name not in used and not unread:
            raise each.refused(f"{each.equation.name}[t] is made, but never used")


def _why_unreadable(ref: Ref, made: Sequence[str], known: Collection[str], given: Collection[str]) -> str:
    """Why *ref* cannot be read where so much is *known* of what is *made*, "" where it can."""
    name = ref.name
    if name in made:
        if ref.offset is None:
            return f"{name} is another at every timestep: write {name}[t]"
        return f"{name}[t] is used before it is made" if ref.offset != -1 and name not in known else ""
    if ref.offset in (-1, "past"):
        return f"of other timesteps, only what a line makes can be used, and no line makes {name}"
    return "" if name in given else f"no line makes {name}"


def definite(
    expression: Expression, shapes: Mapping[str, Shape], kinds: Mapping[str, Kind] = TABLE
) -> tuple[Expression, Shape]:
    """*expression* with ``@`` and ``*`` as the kinds that the shapes make of them, and its shape; else `ShapeError`."""
    if not isinstance(expression, Operation):
        return expression, shape_of(expression, shapes)
    found = [definite(operand, shapes, kinds) for operand in expression.operands]
    operands, operand_shapes = [operand for operand, _ in found], [shape for _, shape in found]
    try:
        return _fitted(expression.kind, operands, operand_shapes, kinds)
    except ShapeError as error:
        error.operation, error.shapes = expression, tuple(operand_shapes)
        raise


def _fitted(
    kind: str, operands: list[Expression], operand_shapes: list[Shape], kinds: Mapping[str, Kind]
) -> tuple[Expression, Shape]:
    """The operation *kind* on definite operands, see `definite`."""
    if kind == "@":
        kind = product_kind(*operand_shapes)
    elif kind == "*" and () in operand_shapes and operand_shapes != [(), ()]:
        kind = "scaled"
        if operand_shapes[1] == ():
            operands, operand_shapes = operands[::-1], operand_shapes[::-1]
    return Operation(kind, tuple(operands)), kinds[kind].shape(*operand_shapes)


def _edges(
    equations: Iterable[Equation],
    shapes: Mapping[str, Shape],
    kinds: Mapping[str, Kind] = TABLE,
    outputs: Mapping[str, Output] = OUTPUTS,
) -> Iterator[Edge]:
    for equation in equations:
        result, asked = Ref(equation.name, 0), adjoint(equation.name)
        if equation.output and equation.wanted is not None:
            asked = outputs[equation.output].asks(result, equation.wanted)
            asked = asked if equation.share is None else op("scaled", equation.share, asked)
        places: dict[Ref, int] = {}
        for operand, asks in _pulled(equation.body, asked, result, shapes, kinds):
            place = places.setdefault(operand, 0)
            places[operand] += 1
            flows = _of_one_row(asks, equation.name) if operand.offset in ("past", "all") else asks
            yield Edge(equation.loss or equation.name, operand, flows, place)


def _pulled(
    expression: Expression,
    asked: Expression,
    result: Expression,
    shapes: Mapping[str, Shape],
    kinds: Mapping[str, Kind],
) -> Iterator[tuple[Ref, Expression]]:
    """Every quantity in *expression*, and what is asked of it when *asked* is asked of the *result*."""
    if isinstance(expression, Ref):
        if shape_of(expression, shapes) == () != shape_of(asked, shapes):  # a number beside every entry
            asked = op("sum", asked)
        yield expression, asked
    elif isinstance(expression, Operation):
        if shape_of(expression, shapes) == () != shape_of(asked, shapes):
            asked = op("sum", asked)
        asks = kinds[expression.kind].asks
        if asks is None:
            raise EquationError(f"{expression.kind}: nothing flows back through it")
        for operand, back in zip(expression.operands, asks(asked, expression.operands, result), strict=True):
            yield from _pulled(operand, back, operand, shapes, kinds)


def _of_one_row(asks: Expression, reader: str) -> Expression:
    """What is asked of one row of the past: of u vᵀ, its entry of u times v."""
    match asks:
        case Operation("outer", (Ref(name, 0), beside)):
            return op("scaled", Ref(name, "entry"), beside)
    raise EquationError(f"{reader}: rows of the past may stand beside @ and a quantity of timestep t only")
