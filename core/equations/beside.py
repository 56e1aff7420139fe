"""Many slips at once: the same network in many runs side by side, each with other lines or edges in a place of its own.

What a run has as all others do is computed for all of them together; only what it says or asks otherwise by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial, reduce
from operator import add
from typing import NamedTuple

import numpy as np

from core.equations.description import Description, Edge, shape_of
from core.equations.expressions import Expression, Ref, references
from core.equations.operations import Values
from core.equations.reading import Equation
from core.equations.running import Held, Read, Run, compiled, value


class Own(NamedTuple):
    """What one *run* asks of a quantity: along the right edges at the places *kept*, and along edges of its *own*."""

    run: int
    kept: list[int]
    own: list[tuple[Edge, Made]]


class Beside(Run):
    """A run of each of *others* along the first axis of all values; what they share is as in *right*.

    *times*: how often all of them stand there, one copy after another, where something is given otherwise in each.
    """

    def __init__(
        self,
        right: Description,
        others: Sequence[Description],
        T: int,
        given: Read,
        held: Held | None = None,
        times: int = 1,
    ) -> None:
        super().__init__(right, T, given, held=held)
        self.others, (self._lines, self._edges) = others, _differences(right, tuple(others))
        self._runs = times * len(others)
        self._broadcast: dict[tuple[str, int], Values] = {}
        self._even = _Read(self._at_each)  # at all timesteps, what adds up to a gradient

    def read(self, name: str, t: int = 0) -> Values:
        """A quantity at timestep *t* in all runs, a row each."""
        at = name, t
        found = self._known[at] if at in self._known else self._broadcast.get(at)
        if found is None:
            found = super().read(name, t)
            if found.ndim == len(shape_of(Ref(name), self.description.shapes)):  # the same in all
                found = np.broadcast_to(found, (self._runs, *found.shape))
            self._broadcast[at] = found
        return found

    def adjoints(self) -> None:
        """Make every ∂L/∂quantity of every run, of what is given by now."""
        self._broadcast.clear()
        self._even.clear()
        super().adjoints()

    def summed(self, name: str) -> Values:
        """∂L/∂name of a parameter in every run, all timesteps at once where none has a shape of its own."""
        right, others = self.description.edges_of(name), self._edges.get(name, ())
        edges = (*right, *(edge for each in others for edge, _ in each.own))
        read = (ref for edge in edges if edge.asks for ref in references(edge.asks))
        if self._held or any(ref.offset in ("past", "entry") for ref in read):
            return super().summed(name)
        at = self._even.__getitem__
        addends = [[value(edge.asks, at).sum(axis=0)] if edge.asks else [] for edge in right]

        def own(_edge: Edge, asks: Made, rows: slice) -> list[Values]:
            return [asks(lambda ref: at(ref)[:, rows]).sum(axis=0)]

        return self._with_own(super().summed_up(addends, name, 1), addends, name, own)

    def _at_each(self, ref: Ref) -> Values:
        """A quantity at all timesteps along the first axis, in all runs along the second."""
        timesteps = range(1, self.T + 1) if isinstance(ref.offset, int) else [0]
        return np.stack([self.read(ref.name, t + int(ref.offset or 0)) for t in timesteps])

    def body(self, equation: Equation, at: Callable[[Ref], Values]) -> Values:
        """What *equation* comes to in every run."""
        found = super().body(equation, at)
        others = self._lines.get(equation.name, ())
        if others:
            found, known = np.array(found), _Read(at)
            for run, made in others:
                rows = self._rows_of(run)
                found[rows] = made(partial(_rows_in, known, rows))
        return found

    def summed_up(self, addends: Sequence[Sequence[Values]], name: str, t: int) -> Values:
        """What each run's edges ask of a quantity of timestep *t*, altogether; *addends*: what the right ones ask."""
        known: dict[tuple[str, int], _Read] = {}

        def own(edge: Edge, asks: Made, rows: slice) -> list[Values]:
            found = []
            for u in self._readers(edge, t):
                if (edge.reader, u) not in known:
                    known[edge.reader, u] = _Read(partial(self._flowing, edge.reader, u, t))
                found.append(asks(partial(_rows_in, known[edge.reader, u], rows)))
            return found

        return self._with_own(super().summed_up(addends, name, t), addends, name, own)

    def _with_own(
        self,
        found: Values,
        addends: Sequence[Sequence[Values]],
        name: str,
        own: Callable[[Edge, Made, slice], list[Values]],
    ) -> Values:
        """*found*, what the right edges ask of *name*, with what those runs ask that have edges of their own."""
        others = self._edges.get(name, ())
        if others:
            found = np.array(found)
        for run, kept, edges in others:
            rows = self._rows_of(run)
            asked = [addend[rows] for place in kept for addend in addends[place]]
            for edge, asks in edges:
                asked += own(edge, asks, rows)
            found[rows] = reduce(add, asked) if asked else 0
        return found

    def _rows_of(self, run: int) -> slice:
        """Where *run* stands, in every copy."""
        return slice(run, None, len(self.others))


class Alone(Run):
    """One *run* of several that have been walked. *known*: what they share, of what has been asked since."""

    def __init__(self, beside: Beside, run: int, known: dict[tuple[str, int], Values]) -> None:
        super().__init__(beside.others[run], beside.T, beside.read)
        self._beside, self._run, self._shared = beside, run, known

    def read(self, name: str, t: int = 0) -> Values:
        """A quantity at timestep *t*."""
        return np.asarray(self._beside.read(name, t)[self._run])

    def asked(self, name: str, t: int) -> Values:
        """What the lines of this run ask of a quantity of timestep *t*."""
        if (name, t) not in self._shared:
            self._shared[name, t] = self._beside.asked(name, t)
        return np.asarray(self._shared[name, t][self._run])


Made = Callable[[Callable[[Ref], Values]], Values]


class _Read(dict[Ref, Values]):
    """What has been read of quantities, each once."""

    def __init__(self, at: Callable[[Ref], Values]) -> None:
        super().__init__()
        self._at = at

    def __missing__(self, ref: Ref) -> Values:
        found = self[ref] = self._at(ref)
        return found


def _rows_in(known: _Read, rows: slice, ref: Ref) -> Values:
    return known[ref][rows]


@lru_cache(maxsize=32)
def _differences(
    right: Description, others: tuple[Description, ...]
) -> tuple[dict[str, list[tuple[int, Made]]], dict[str, list[Own]]]:
    """By the name of what is made, and of what is read, the runs that differ there, and what these have there."""
    lines: dict[str, list[tuple[int, Made]]] = {}
    edges: dict[str, list[Own]] = {}
    known: dict[Expression, Made] = {}

    def made(expression: Expression) -> Made:
        return known.setdefault(expression, compiled(expression))

    for run, other in enumerate(others):
        for line, wrong in zip(right.equations, other.equations, strict=True):
            if line.body != wrong.body:
                lines.setdefault(wrong.name, []).append((run, made(wrong.body)))
        for name in dict.fromkeys(edge.operand.name for edge in right.edges):
            mine, theirs = right.edges_of(name), other.edges_of(name)
            if mine != theirs:
                kept = [place for place, edge in enumerate(mine) if edge in theirs]
                own = [(edge, made(edge.asks)) for edge in theirs if edge.asks and edge not in mine]
                edges.setdefault(name, []).append(Own(run, kept, own))
    return lines, edges
