"""The way back along the edges of a timestep, factor by factor: where there is one, and all on it is a product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from core.equations.description import Description, Edge
from core.equations.expressions import ADJOINT, Expression, Operation, Ref, op, references
from core.equations.operations import FUNCTIONS, TABLE
from core.network.arrays import Array
from core.network.held import open_at
from core.network.network import Network


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of what a line asks.

    *asks*: the product with it, of what is asked of *reader* so far; *by*: the factor itself: of a product entry by
    entry a vector, else a matrix, or what a parameter stands beside. *function*: that of which it is the slope, "" of
    none. *through*: the quantities through whose lines it leads, of which a number may be held. *to*: at the last
    factor of an edge, what the line reads there.
    """

    reader: str
    asks: Operation
    by: Expression
    function: str = ""
    through: tuple[str, ...] = ()
    to: Ref | None = None

    @property
    def kind(self) -> str:
        """The operation: ``*``, ``matrix·vector`` or ``outer``."""
        return self.asks.kind

    @property
    def name(self) -> str:
        """How it is called: ``tanh′``, ``W``; "" where it has no name."""
        return f"{self.function}′" if self.function else self.by.name if isinstance(self.by, Ref) else ""


class Route(NamedTuple):
    """The only way back, as *factors*; *unmet*: quantities through whose lines it leads after the last of them."""

    factors: tuple[Factor, ...]
    unmet: tuple[str, ...]


def product(asks: Expression | None, reader: str) -> tuple[Factor, ...] | None:
    """What is asked of *reader* is multiplied with in *asks*, in order; None where that is no product."""
    asked = Ref(ADJOINT + reader, 0)
    match asks:
        case Ref() if asks == asked:
            return ()
        case Operation("*", (first, second)) if asked in references(first):
            inside, by, here = first, second, op("*", asked, second)
        case Operation("*", (first, second)):
            inside, by, here = second, first, op("*", first, asked)
        case Operation("matrix·vector", (Operation("transposed", (Ref() as matrix,)) as turned, second)):
            inside, by, here = second, matrix, op("matrix·vector", turned, asked)
        case Operation("outer", (first, second)):
            inside, by, here = first, second, op("outer", asked, second)
        case _:
            return None
    before = None if asked in references(by) else product(inside, reader)
    return None if before is None else (*before, Factor(reader, here, by, _sloping(by)))


@lru_cache(maxsize=1024)
def route(lines: Description, name: str, target: Ref) -> Route | None:
    """The way from *name* back to where *target* is read; None where there are several, or it is no product."""
    ways = _ways(lines, name, target)
    if len(ways) != 1:
        return None
    found = list[Factor]()
    unmet: tuple[str, ...] = (name,)
    for edge in ways[0]:
        factors = product(edge.asks, edge.reader)
        if factors is None:
            return None
        inner = (edge.operand.name,) if edge.operand.offset == 0 and edge.operand != target else ()
        if not factors:
            unmet += inner
            continue
        *first, last = factors
        met = inner if last.kind == "*" else ()
        for each in (*first, replace(last, to=edge.operand)):
            found.append(replace(each, through=unmet))
            unmet = ()
        found[-1] = replace(found[-1], through=found[-1].through + met)
        unmet = () if met else inner
    return Route(tuple(found), unmet)


def back_in_time(network: Network) -> tuple[Factor, ...]:
    """The factors from the state of a timestep to that of the one before, where that is all that goes back; else ()."""
    found = route(network.lines, network.state, Ref(network.state, -1)) if len(network.states) == 1 else None
    return found.factors if found is not None and not (found.unmet and network.held) else ()


def slope(network: Network) -> Factor | None:
    """The slope of the function that makes the state, where `back_in_time` begins with it."""
    first = next(iter(back_in_time(network)), None)
    match first and first.by:
        case Operation(_, (made,)) if first and first.function and made == Ref(network.state, 0):
            return first
    return None


def open_through(network: Network, factor: Factor, j: int) -> tuple[Array | None, tuple[str, ...]]:
    """What flows back through the lines of a *factor* at timestep *j*, 0 where a number is held, and in which lines;
    None where all does.
    """
    flows = {name: open_at(network, name, j) for name in factor.through} if network.held else {}
    held = {name: row for name, row in flows.items() if row is not None}
    return (np.asarray(np.prod([*held.values()], axis=0)) if held else None), tuple(held)


def _ways(lines: Description, name: str, target: Ref) -> list[tuple[Edge, ...]]:
    """Two of the ways from *name* back to *target*, or all that there are."""
    known: dict[str, list[tuple[Edge, ...]]] = {}

    def further(name: str) -> Iterator[tuple[Edge, ...]]:
        for edge in lines.edges:
            if edge.reader == name and edge.operand == target:
                yield (edge,)
            elif edge.reader == name and edge.operand.offset == 0:
                yield from ((edge, *rest) for rest in ways(edge.operand.name))

    def ways(name: str) -> list[tuple[Edge, ...]]:
        if name not in known:
            known[name] = list(islice(further(name), 2))
        return known[name]

    return ways(name)


def _sloping(by: Expression) -> str:
    """The function of which *by* is the slope, "" where it is none."""
    if not isinstance(by, Operation) or len(by.operands) != 1:
        return ""
    asked, operand, result = Ref("asked"), Ref("operand"), Ref("result")
    of = ((name, TABLE[name].asks) for name in FUNCTIONS)
    slopes = (op("*", asked, op(by.kind, result)),)
    return next((name for name, asks in of if asks and asks(asked, (operand,), result) == slopes), "")
