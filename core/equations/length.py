"""Lines at all timesteps of a long text at once: as whole arrays, and what goes from timestep to timestep as a loop.

Of the lines that go on from the timestep before, whatever reads nothing of them is computed for all timesteps before
the loop, which then is a few products and functions of vectors, compiled. The way back is the same in reverse: what the
loop's lines are asked from outside is there before it, and the gradients are products of whole arrays after it.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache, reduce

import numpy as np
import numpy.typing as npt

from core.equations.description import Description, Edge, shape_of
from core.equations.expressions import ADJOINT, MARK, Expression, Number, Operation, Ref, is_marked, references
from core.equations.loop import BackwardLoop, ForwardLoop
from core.equations.operations import TABLE, positive, softmax
from core.equations.outputs import OUTPUTS
from core.equations.reading import Equation

Rows = npt.NDArray[np.float64]


class Length:
    """All timesteps of one pass over *T* of them.

    *given*: parameters by name, and of inputs and what is wanted a row a timestep. *starts*: the states at t = 0.
    *rows*: what is known already, a row a timestep; of a vector over the past, zeros after its last entry.
    """

    def __init__(
        self,
        description: Description,
        T: int,
        given: dict[str, Rows],
        starts: dict[str, Rows],
        rows: Mapping[str, Rows] | None = None,
    ) -> None:
        self.description, self.T = description, T
        self._given, self.starts = given, starts
        self.rows: dict[str, Rows] = dict(rows or {})
        self._order = _order_of(description)
        self._values: dict[Expression, tuple[Rows, bool]] = {}  # what is asked for more than once
        shapes = description.shapes
        self._sizes = {
            axis: size
            for name, array in (given | starts).items()
            if shapes.get(name)
            for axis, size in zip(shapes[name], array.shape[-len(shapes[name]) :], strict=True)
        }

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a quantity that the loop makes."""
        return tuple(self._sizes[axis] for axis in self.description.shapes[name])

    def empty(self, name: str) -> Rows:
        """Room for a quantity at all timesteps, a row each."""
        return np.empty((self.T, *(self.shape(name) or (1,))))

    def forward(self) -> None:
        """Make every quantity of every timestep."""
        for equation in self._order.before:
            self._make(equation)
        self._order.forward.run(self)
        for equation in self._order.after:
            self._make(equation)

    def adjoints(self) -> None:
        """Make every ∂L/∂quantity of every timestep."""
        order = self._order
        for equation in reversed(order.after):
            if not equation.output:
                self.ask(equation.name)
        order.backward.run(self)
        for equation in reversed(order.before):
            self.ask(equation.name)
        self._values.clear()  # what is kept further is kept with the epoch

    def summed(self, name: str, rows: slice = slice(None)) -> Rows:
        """∂L/∂name of a parameter, over all timesteps or some *rows* of them."""
        found = [edge.asks for edge in self.description.edges_of(name) if edge.asks is not None]
        return reduce(operator.add, [self._total(asks, rows) for asks in found]) if found else 0 * self._given[name]

    def asked(self, edges: Sequence[Edge], shape: tuple[int, ...]) -> Rows:
        """What *edges* together ask of a quantity of every timestep, T×*shape*."""
        found = np.zeros((self.T, *shape))
        for edge in edges:
            if edge.asks is None:
                continue
            if edge.operand.offset in ("past", "all"):
                found += self._asked_of_past(edge.asks)
                continue
            rows = np.broadcast_to(self.value(edge.asks)[0], found.shape)
            if edge.operand.offset == -1:
                found[:-1] += rows[1:]
            else:
                found += rows
        return found

    def value(self, expression: Expression) -> tuple[Rows, bool]:
        """What *expression* comes to, and whether that is a row a timestep."""
        if isinstance(expression, Number):
            return np.asarray(expression.value), False
        if isinstance(expression, Ref):
            return self._read(expression)
        if expression not in self._values:
            found = self._value(expression)
            if "t" in shape_of(expression, self.description.shapes):
                return found  # too large to be kept
            self._values[expression] = found
        return self._values[expression]

    def _value(self, expression: Operation) -> tuple[Rows, bool]:
        if _is_turned(expression):
            return self.value(expression.operands[0])
        (found, timed), kind = zip(*map(self.value, expression.operands), strict=True), expression.kind
        if kind == "softmax over timesteps":
            scores = found[0] if shape_of(expression, self.description.shapes) != ("t",) else self._masked(found[0])
            return softmax(scores.T).T, True
        if any(_is_past(operand) for operand in expression.operands):
            return self._with_past(expression, *found), True
        if not any(timed):
            return np.asarray(TABLE[kind].value(*found)), False
        if kind == "matrix·vector" and not timed[0]:
            return found[1] @ found[0].T, True
        if kind == "vector·matrix" and not timed[1]:
            return found[0] @ found[1], True
        if kind in ("+", "-", "*", "/", "scaled"):  # a number of each timestep may stand beside its vector
            ranks = [array.ndim - is_timed for array, is_timed in zip(found, timed, strict=True)]
            found = tuple(
                array.reshape(array.shape + (1,) * (max(ranks) - rank)) if is_timed else array
                for array, rank, is_timed in zip(found, ranks, timed, strict=True)
            )
            kind = "*" if kind == "scaled" else kind
        if shape_of(expression, self.description.shapes) != ("t",):
            return np.asarray(TABLE[kind].value(*found)), True
        if kind == "softmax":
            return softmax(self._masked(found[0])), True
        return np.asarray(TABLE[kind].value(*found) * self._causal), True

    def _masked(self, scores: Rows) -> Rows:
        """*scores* of every timestep, -∞ after its last."""
        return np.where(self._causal, scores, -np.inf)

    @cached_property
    def _causal(self) -> npt.NDArray[np.bool_]:
        return np.tri(self.T, dtype=np.bool_)

    def _with_past(self, expression: Operation, first: Rows, last: Rows) -> Rows:
        """A product with the rows of the past: from the products of all timesteps, of which the earlier ones count."""
        if expression.kind == "vector·matrix":
            return np.asarray(first @ last)
        if _is_turned(expression.operands[0]):
            return np.asarray(last @ first)
        is_over_past = "t" in shape_of(expression, self.description.shapes)
        return np.asarray((last @ first.T) * self._causal if is_over_past else last @ first.T)

    def _asked_of_past(self, asks: Expression) -> Rows:
        """Of every row of the past, what all later timesteps ask of it."""
        if isinstance(asks, Operation) and asks.kind == "negated":
            return -self._asked_of_past(asks.operands[0])
        assert isinstance(asks, Operation)
        weights, beside = (self.value(each)[0] for each in asks.operands)
        return np.asarray(weights.T @ beside)

    def _read(self, ref: Ref) -> tuple[Rows, bool]:
        if ref.offset is None:
            return self._given[ref.name], False
        if ref.name.startswith(MARK):
            return np.array([float(is_marked(ref, t, self.T)) for t in range(1, self.T + 1)]), True
        rows = self.rows[ref.name] if ref.name in self.rows else self._given[ref.name]
        offset = ref.offset if isinstance(ref.offset, int) else 0
        if offset == -1:
            start = self.starts.get(ref.name, np.zeros(rows.shape[1:]))
            return np.concatenate([start[None], rows[:-1]]), True
        return rows[np.minimum(np.arange(self.T) + offset, self.T - 1)] if offset else rows, True

    def _make(self, equation: Equation) -> None:
        """What *equation* makes at all timesteps."""
        body, _ = self.value(equation.body)
        if not equation.output or equation.wanted is None:
            self.rows[equation.name] = body
            return
        output = OUTPUTS[equation.output]
        loss = output.loss(body, self.value(equation.wanted)[0])
        if equation.share is not None:
            loss = np.asarray(loss * positive(self.value(equation.share)[0]))
        self.rows[equation.name] = np.asarray(output.predict(body), np.float64)
        self.rows[equation.loss] = np.asarray(loss, np.float64)

    def ask(self, name: str) -> None:
        """Make ∂L/∂name of every timestep, by what all its edges ask."""
        self.rows[ADJOINT + name] = self.asked(self.description.edges_of(name), self.rows[name].shape[1:])

    def _total(self, asks: Expression, rows: slice) -> Rows:
        """What *asks* comes to, summed over *rows* of the timesteps: of u vᵀ one product of matrices."""
        if isinstance(asks, Operation) and asks.kind == "negated":
            return -self._total(asks.operands[0], rows)
        if isinstance(asks, Operation) and asks.kind == "outer":
            (u, _), (v, _) = map(self.value, asks.operands)
            return np.asarray(u[rows].T @ v[rows])
        return np.asarray(self.value(asks)[0][rows].sum(axis=0))


def fits(description: Description) -> bool:
    """Whether these lines can be taken at all timesteps at once: rows of the past are read after the loop only."""
    loop = _order_of(description).loop
    bodies = [equation.body for equation in loop]
    bodies += [edge.asks for edge in description.edges if edge.asks and edge.reader in {each.name for each in loop}]
    return not any(ref.offset in ("past", "all", "entry") for body in bodies for ref in references(body))


def _is_turned(expression: Expression) -> bool:
    """Whether these are rows of the past, transposed."""
    match expression:
        case Operation("transposed", (inside,)):
            return _is_past(inside)
    return False


def _is_past(expression: Expression) -> bool:
    """Whether these are the rows of the past, or of all timesteps."""
    return _is_turned(expression) or (isinstance(expression, Ref) and expression.offset in ("past", "all"))


class _Order:
    """The equations *before* the loop, of which nothing goes on; those of the *loop*; and those *after* it."""

    def __init__(self, description: Description) -> None:
        recurrent, names = description.equations[: description.recurrent], set[str]()
        made = {each.name for each in recurrent}
        reads = {each.name: [*references(each.body)] for each in recurrent}
        for edge in description.edges:  # of a slip, what flows back may be of another line than what was computed
            if edge.reader in made:
                reads[edge.reader].append(edge.operand)
        while True:  # what reads a state of the timestep before, or what does so
            found = {
                each.name
                for each in recurrent
                if any(ref.name in names or (ref.offset == -1 and ref.name in made) for ref in reads[each.name])
            }
            if found == names:
                break
            names = found
        self.before = [each for each in recurrent if each.name not in names]
        self.loop = [each for each in recurrent if each.name in names]
        self.after = list(description.equations[description.recurrent :])
        self.forward = ForwardLoop(self.loop, description.shapes)
        self.backward = BackwardLoop(self.loop, description)


@lru_cache(maxsize=64)
def _order_of(description: Description) -> _Order:
    """The order of *description*, whose loops are compiled but once."""
    return _Order(description)
