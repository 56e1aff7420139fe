"""Many slips at once: the same network in many runs side by side, each with other lines or edges in a place of its own.

What a run has as all others do is computed for all of them together; only what it says or asks otherwise by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial, reduce
from operator import add

import numpy as np

from core.equations.description import Description, Edge
from core.equations.expressions import Expression, Ref
from core.equations.operations import Values
from core.equations.reading import Equation
from core.equations.running import Held, Read, Run, value


class Beside(Run):
    """A run of each of *others* along the first axis of all values; what they share is as in *right*."""

    def __init__(
        self, right: Description, others: Sequence[Description], T: int, given: Read, held: Held | None = None
    ) -> None:
        super().__init__(right, T, given, held=held)
        self.others, (self._lines, self._edges) = others, _differences(right, tuple(others))
        self._broadcast: dict[tuple[str, int], Values] = {}

    def read(self, name: str, t: int = 0) -> Values:
        """A quantity at timestep *t* in all runs, a row each."""
        at = name, t
        found = self._known[at] if at in self._known else self._broadcast.get(at)
        if found is None:
            found = super().read(name, t)
            if found.ndim == len(self.description.shapes[name]):  # the same in all
                found = np.broadcast_to(found, (len(self.others), *found.shape))
            self._broadcast[at] = found
        return found

    def adjoints(self) -> None:
        """Make every ∂L/∂quantity of every run, of what is given by now."""
        self._broadcast.clear()
        super().adjoints()

    def body(self, equation: Equation, at: Callable[[Ref], Values]) -> Values:
        """What *equation* comes to in every run."""
        found = super().body(equation, at)
        others = self._lines.get(equation.name, ())
        if others:
            found = np.array(found)
            for run, other in others:
                found[run] = _alone(run, other.body, at)
        return found

    def summed_up(self, addends: Sequence[Sequence[Values]], name: str, t: int) -> Values:
        """What each run's edges ask of a quantity of timestep *t*, altogether; *addends*: what the right ones ask."""
        found, others = super().summed_up(addends, name, t), self._edges.get(name, ())
        if others:
            found = np.array(found)
            for run, kept, own in others:
                asked = [addend[run] for place in kept for addend in addends[place]]
                asked += [each for edge in own for each in self.addends(edge, t, partial(_alone, run))]
                found[run] = reduce(add, asked) if asked else 0
        return found


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


@lru_cache(maxsize=32)
def _differences(
    right: Description, others: tuple[Description, ...]
) -> tuple[dict[str, list[tuple[int, Equation]]], dict[str, list[tuple[int, list[int], list[Edge]]]]]:
    """By the name of what is made, and of what is read, the runs that differ there, and what these have there."""
    lines: dict[str, list[tuple[int, Equation]]] = {}
    edges: dict[str, list[tuple[int, list[int], list[Edge]]]] = {}
    for run, other in enumerate(others):
        for line, wrong in zip(right.equations, other.equations, strict=True):
            if line.body != wrong.body:
                lines.setdefault(wrong.name, []).append((run, wrong))
        for name in dict.fromkeys(edge.operand.name for edge in right.edges):
            mine, theirs = right.edges_of(name), other.edges_of(name)
            if mine != theirs:
                kept = [place for place, edge in enumerate(mine) if edge in theirs]
                own = [edge for edge in theirs if edge not in mine]
                edges.setdefault(name, []).append((run, kept, own))
    return lines, edges


def _alone(run: int, expression: Expression, at: Callable[[Ref], Values]) -> Values:
    """What *expression* comes to in one *run*."""
    return value(expression, lambda ref: at(ref)[run])
