"""Many slips at once: the same network in many runs side by side, each with other lines or edges in a place of its own.

What a run has as all others do is computed for all of them together; only what it says or asks otherwise by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from functools import lru_cache, partial, reduce
from operator import add
from typing import NamedTuple

import numpy as np

from core.equations.description import Description, Edge, shape_of
from core.equations.expressions import Expression, Operation, Ref, references
from core.equations.operations import Made, Values, compiled
from core.equations.reading import Equation
from core.equations.running import Held, Noted, Read, Run, as_computed


class Asks(NamedTuple):
    """What *edge* asks: of *each* timestep and *all* together."""

    edge: Edge
    each: Made
    all: Made


class Own(NamedTuple):
    """What one *run* asks of a quantity: along the right edges at the places *kept*, and along edges of its *own*."""

    run: int
    kept: list[int]
    own: list[Asks]


class Differences(NamedTuple):
    """Where runs differ from the right one, by the name of what is made, and of what is read.

    *right*: what the right edges ask of a parameter, where all timesteps can be taken at once.
    """

    lines: dict[str, list[tuple[int, Made]]]
    edges: dict[str, list[Own]]
    right: dict[str, list[Made | None]]


class Beside(Run):
    """A run of each of *others* along the first axis of all values; what they share is as in *right*.

    *copies*: where not all losses ask, the timesteps whose losses ask in each of several copies of all runs.
    """

    def __init__(
        self,
        right: Description,
        others: Sequence[Description],
        T: int,
        given: Read,
        held: Held | None = None,
        copies: Sequence[Collection[int]] = (),
        noted: Noted = as_computed,
    ) -> None:
        super().__init__(right, T, given, noted, held)
        self.others, self._own = others, _differences(right, tuple(others))
        self._copies, self._runs = copies, max(1, len(copies)) * len(others)
        self._of_loss: dict[int, Beside] = {}
        self._even = _Read(self._at_each)  # at all timesteps, what adds up to a gradient

    def _unmade(self, name: str, t: int) -> Values:
        """What no line makes in all runs, a row each."""
        found = super()._unmade(name, t)
        if found.ndim == len(shape_of(Ref(name), self.description.shapes)):  # the same in all
            found = self._known[name, t] = np.broadcast_to(found, (self._runs, *found.shape))
        return found

    def adjoints(self) -> None:
        """Make every ∂L/∂quantity of every run, of what is given by now."""
        self._even.clear()
        super().adjoints()

    def summed(self, name: str) -> Values:
        """∂L/∂name of a parameter in every run, all timesteps at once where none has a shape of its own."""
        if self._held or name not in self._own.right:
            return super().summed(name)
        at = self._even.__getitem__
        addends = [[asks(at)] if asks else [] for asks in self._own.right[name]]

        def own(asks: Asks, rows: slice) -> list[Values]:
            return [asks.all(lambda ref: at(ref)[:, rows])]

        return self._with_own(super().summed_up(addends, name, 1), addends, name, own)

    def of_loss(self, t: int) -> Beside:
        """The same where the loss of timestep *t* alone asks."""
        if t not in self._of_loss:
            found = self._of_loss[t] = copy(self)
            found._known, found._even, found.losses = dict(self._known), _Read(found._at_each), [t]
            found.adjoints()
        return self._of_loss[t]

    def _at_each(self, ref: Ref) -> Values:
        """A quantity at all timesteps along the first axis, in all runs along the second."""
        timesteps = range(1, self.T + 1) if isinstance(ref.offset, int) else [0]
        return np.stack([self.read(ref.name, t + int(ref.offset or 0)) for t in timesteps])

    def body(self, equation: Equation, at: Callable[[Ref], Values]) -> Values:
        """What *equation* comes to in every run."""
        found = super().body(equation, at)
        others = self._own.lines.get(equation.name, ())
        if others:
            found, known = np.array(found), _Read(at)
            for run, made in others:
                rows = self._rows_of(run)
                found[rows] = made(partial(_rows_in, known, rows))
        return found

    def summed_up(self, addends: Sequence[Sequence[Values]], name: str, t: int) -> Values:
        """What each run's edges ask of a quantity of timestep *t*, altogether; *addends*: what the right ones ask."""
        known: dict[tuple[str, int], _Read] = {}

        def own(asks: Asks, rows: slice) -> list[Values]:
            found = []
            for u in self._readers(asks.edge, t):
                at = asks.edge.reader, u
                if at not in known:
                    known[at] = _Read(self._flow(asks.edge, u, t))
                read = partial(_rows_in, known[at], rows)
                found.append(self._heard(*at, asks.each(read), read))
            return found

        return self._with_own(super().summed_up(addends, name, t), addends, name, own)

    def _with_own(
        self,
        found: Values,
        addends: Sequence[Sequence[Values]],
        name: str,
        own: Callable[[Asks, slice], list[Values]],
    ) -> Values:
        """*found*, what the right edges ask of *name*, with what those runs ask that have edges of their own."""
        others = self._own.edges.get(name, ())
        if others:
            found = np.array(found)
        for run, kept, edges in others:
            rows = self._rows_of(run)
            asked = [addend[rows] for place in kept for addend in addends[place]]
            for asks in edges:
                asked += own(asks, rows)
            found[rows] = reduce(add, asked) if asked else 0
        return found

    def _heard(self, reader: str, t: int, asked: Values, at: Callable[[Ref], Values] | None = None) -> Values:
        found, equation = super()._heard(reader, t, asked, at), self.description.makers.get(reader)
        if not self._copies or equation is None or equation.loss != reader:
            return found
        asks = np.repeat([t in losses for losses in self._copies], len(found) // len(self._copies))
        return np.where(asks.reshape(-1, *[1] * (found.ndim - 1)), found, 0.0)

    def _rows_of(self, run: int) -> slice:
        """Where *run* stands, in every copy."""
        return slice(run, None, len(self.others))


class Alone(Run):
    """One *run* of several that have been walked. *known*: what they share, of what has been asked since."""

    def __init__(self, beside: Beside, run: int, known: dict[tuple[str, int], Values]) -> None:
        super().__init__(beside.others[run], beside.T, beside.read)
        self._beside, self._run, self._shared = beside, run, known
        self.rows = {name: rows[run] for name, rows in beside.rows.items()}

    def read(self, name: str, t: int = 0) -> Values:
        """A quantity at timestep *t*."""
        return np.asarray(self._beside.read(name, t)[self._run])

    def asked(self, name: str, t: int) -> Values:
        """What the lines of this run ask of a quantity of timestep *t*."""
        if (name, t) not in self._shared:
            self._shared[name, t] = self._beside.asked(name, t)
        return np.asarray(self._shared[name, t][self._run])

    def of_loss(self, name: str, t: int, k: int) -> Values:
        """What the use of a parameter at timestep *k* adds by loss *t* alone."""
        at = f"{name} by loss {t}", k
        if at not in self._shared:
            self._shared[at] = self._beside.of_loss(t).asked(name, k)
        return np.asarray(self._shared[at][self._run])


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


def _added(asks: Expression) -> Made:
    """What *asks* comes to, added up over the first axis: of u vᵀ one product of matrices a run."""
    match asks:
        case Operation("outer", (first, last)):
            u, v = compiled(first), compiled(last)
            return lambda at: np.asarray(u(at).transpose(1, 2, 0) @ v(at).transpose(1, 0, 2))
    found = compiled(asks)
    return lambda at: np.asarray(found(at).sum(axis=0))


@lru_cache(maxsize=32)
def _differences(right: Description, others: tuple[Description, ...]) -> Differences:
    """Where *others* differ from the *right* lines."""
    found = Differences({}, {}, {})
    each, all_of_it = lru_cache(compiled), lru_cache(_added)
    for run, other in enumerate(others):
        for line, wrong in zip(right.equations, other.equations, strict=True):
            if line.body != wrong.body:
                found.lines.setdefault(wrong.name, []).append((run, each(wrong.body)))
        for name in dict.fromkeys(edge.operand.name for edge in right.edges):
            mine, theirs = right.edges_of(name), other.edges_of(name)
            if mine != theirs:
                kept = [place for place, edge in enumerate(mine) if edge in theirs]
                own = [edge for edge in theirs if edge not in mine]
                asks = [Asks(edge, each(edge.asks), all_of_it(edge.asks)) for edge in own if edge.asks is not None]
                found.edges.setdefault(name, []).append(Own(run, kept, asks))
    for name in right.parameters:
        edges = {edge for lines in (right, *others) for edge in lines.edges_of(name)}
        read = (ref for edge in edges if edge.asks is not None for ref in references(edge.asks))
        losses = {each.loss for each in right.equations if each.loss}
        if not any(ref.offset in ("past", "entry") for ref in read) and not losses & {edge.reader for edge in edges}:
            found.right[name] = [None if edge.asks is None else all_of_it(edge.asks) for edge in right.edges_of(name)]
    return found
