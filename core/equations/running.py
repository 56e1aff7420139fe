"""The interpreter: what the equations come to, forwards and backwards, on any numbers.

Real numbers, complex ones (the complex step), many runs at once (all axes before the last), numbers rounded as they are
written down, numbers given in the place of computed ones: it is all the same walk along the lines.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial, reduce

import numpy as np

from core.equations.description import Description, Edge
from core.equations.expressions import ADJOINT, Expression, Number, Ref
from core.equations.operations import OUTPUTS, TABLE, Values

Read = Callable[[str, int], Values]  # a parameter, or a quantity at a timestep
Noted = Callable[[str, int, Values], Values]


def value(expression: Expression, at: Callable[[Ref], Values]) -> Values:
    """What *expression* comes to, its quantities read by *at*."""
    if isinstance(expression, Number):
        return np.asarray(expression.value)
    if isinstance(expression, Ref):
        return at(expression)
    return TABLE[expression.kind].value(*(value(operand, at) for operand in expression.operands))


def as_computed(_name: str, _t: int, computed: Values) -> Values:
    """Every value as it comes out."""
    return computed


class Run:
    """One pass over *T* timesteps, forwards, and where it is asked for, backwards.

    *given* reads what no line makes: parameters, inputs and what is wanted (at t = 1 … T), and states at t = 0.
    *noted* says what is put down for a computed value: all that comes after reads that.
    """

    def __init__(self, description: Description, T: int, given: Read, noted: Noted = as_computed) -> None:
        self.description, self.T = description, T
        self._given, self._noted = given, noted
        self._known: dict[tuple[str, int], Values] = {}
        self._looked_back_at = {ref.name for ref in description.all_references() if ref.offset == "past"}
        self._rows: dict[str, Values] = {}  # of these, all timesteps together

    def read(self, name: str, t: int = 0) -> Values:
        """A quantity at timestep *t*: made, or given."""
        known = self._known.get((name, t))
        return self._given(name, t) if known is None else known

    def forward(self) -> None:
        """Make every quantity of every timestep, in the order of the lines."""
        for t in range(1, self.T + 1):
            for equation in self.description.equations:
                body = value(equation.body, partial(self._at, t))
                if equation.output and equation.wanted is not None:
                    output = OUTPUTS[equation.output]
                    self._note(equation.name, t, output.predict(body))
                    self._note(equation.loss, t, output.loss(body, self._at(t, equation.wanted)))
                else:
                    self._note(equation.name, t, body)

    def backward(self) -> dict[str, list[Values]]:
        """Every ∂L/∂quantity, from the last timestep to the first; of each parameter, its terms at t = 1 … T."""
        self.adjoints()
        return {name: [self._sum(name, t) for t in range(1, self.T + 1)] for name in self.description.parameters}

    def adjoints(self) -> None:
        """Make every ∂L/∂quantity, from the last timestep to the first."""
        names = [each.name for each in reversed(self.description.equations) if not each.output]
        for t in range(self.T, 0, -1):
            for name in names:
                self._note(ADJOINT + name, t, self._sum(name, t))

    def addends(self, edge: Edge, t: int) -> list[Values]:
        """What *edge* asks of its operand of timestep *t*: of a row of the past, for every t that looks at it."""
        asks, offset = edge.asks, edge.operand.offset
        if asks is None:
            return []
        readers = range(t, self.T + 1) if offset == "past" else [t - offset if isinstance(offset, int) else t]
        return [value(asks, partial(self._at, u, row=t)) for u in readers if u <= self.T]

    def _sum(self, name: str, t: int) -> Values:
        found = [addend for edge in self.description.edges_of(name) for addend in self.addends(edge, t)]
        return reduce(operator.add, found) if found else np.zeros_like(self.read(name, t))

    def _note(self, name: str, t: int, computed: Values) -> None:
        noted = self._noted(name, t, computed)
        self._known[name, t] = noted
        if name in self._looked_back_at:
            rows = self._rows.get(name)
            if rows is None:
                rows = self._rows[name] = np.empty((*noted.shape[:-1], self.T, noted.shape[-1]), noted.dtype)
            rows[..., t - 1, :] = noted

    def _at(self, t: int, ref: Ref, row: int = 0) -> Values:
        if ref.offset == "past":
            return self._rows[ref.name][..., :t, :]
        if ref.offset == "entry":
            return self.read(ref.name, t)[..., row - 1]
        return self.read(ref.name, t + (ref.offset or 0))
