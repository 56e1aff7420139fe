"""The interpreter: what the equations come to, forwards and backwards, on any numbers.

Real numbers, complex ones (the complex step), many runs at once (all axes before the last), numbers rounded as they are
written down, numbers given in the place of computed ones: it is all the same walk along the lines.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial, reduce
from typing import Protocol

import numpy as np

from core.equations.description import Description, Edge
from core.equations.expressions import ADJOINT, MARK, Expression, Ref, is_marked, references
from core.equations.operations import Entries, Values, positive, value, with_entries
from core.equations.outputs import NOTHING, OUTPUTS
from core.equations.reading import Equation

Read = Callable[[str, int], Values]  # a parameter, or a quantity at a timestep
Noted = Callable[[str, int, Values], Values]
Valued = Callable[[Expression, Callable[[Ref], Values]], Values]


class Reach(Protocol):
    """How far back a loss reaches."""

    def cuts(self, T: int) -> bool:
        """Whether any, of *T*, does not reach all timesteps before its own."""

    def last_loss(self, k: int, T: int) -> int:
        """The last loss, of *T*, that reaches timestep *k*."""


Held = Mapping[tuple[str, int], Entries]  # by name and timestep


def as_computed(_name: str, _t: int, computed: Values) -> Values:
    """Every value as it comes out."""
    return computed


class Run:
    """One pass over *T* timesteps, forwards, and where it is asked for, backwards.

    *given* reads what no line makes: parameters, inputs and what is wanted (at t = 1 … T), and states at t = 0.
    *noted* says what is put down for a computed value: all that comes after reads that. *held*: numbers that stand in
    the place of computed ones, so that nothing flows back through the line there, and of states at t = 0. *reach*: how
    far back a loss reaches, of a single run: what the next losses ask of a timestep goes back in columns, along an axis
    before all others, its own loss first. *losses*: the timesteps whose losses alone ask anything, where not all do.
    *within*: of a part of a text, its first timestep there, and the text's last.
    """

    def __init__(
        self,
        description: Description,
        T: int,
        given: Read,
        noted: Noted = as_computed,
        held: Held | None = None,
        reach: Reach | None = None,
        losses: Collection[int] | None = None,
        within: tuple[int, int] | None = None,
    ) -> None:
        self.description, self.T, self.losses, self._within = description, T, losses, within or (1, T)
        self._given, self._noted, self._held = given, noted, held or {}
        self._reach = reach if reach is not None and reach.cuts(T) else None
        self._columns: dict[tuple[str, int], Values] = {}
        self._known: dict[tuple[str, int], Values] = {}
        self.rows: dict[str, Values] = {}  # of what is looked back at, all timesteps together
        self._stacked: dict[str, Values] = {}
        self._whole: dict[str, Sequence[Values] | Values] = {}  # what is known without its line, a row a timestep

    def read(self, name: str, t: int = 0) -> Values:
        """A quantity at timestep *t*: made, or given."""
        known = self._known.get((name, t))
        if known is None and 0 < t <= self.T and name in self._whole:
            return self._whole[name][t - 1]
        return self._unmade(name, t) if known is None else known

    def _unmade(self, name: str, t: int) -> Values:
        """What no line makes. A slip may read its marks too, after the last timestep the last, and before the first of
        what is no state nothing.
        """
        first, last = self._within
        at = first - 1 + t
        if name.startswith(MARK):
            return np.asarray(float(is_marked(Ref(name), at, last)))
        if at > last:
            return self.read(name, t + last - at)
        if at == 0 and name not in self.description.states and name not in self.description.parameters:
            return np.zeros_like(self.read(name, 1))
        known = self._given(name, t)
        found = self._known[name, t] = known if t else with_entries(known, self._held.get((name, 0), NOTHING))
        return found

    def know(self, name: str, rows: Sequence[Values] | Values) -> None:
        """Take *rows*, of t = 1 … T, for a quantity, in the place of what its line makes."""
        self._whole[name] = rows
        if name in self.description.looked_back_at:
            self.rows[name] = np.asarray(rows)

    def forward(self, timesteps: range | None = None, *, at_once: bool = False) -> None:
        """Make every quantity of every timestep in the order of the lines, or of the next *timesteps* alone.

        *at_once*: what no later timestep reads for all timesteps at once, side by side as runs are, where it can be:
        faster in a long text, with other last bits.
        """
        equations, all_timesteps = self.description.equations, range(1, self.T + 1)
        split = self.description.recurrent if at_once or self.description.looks_ahead else len(equations)
        within, after = (
            [each for each in part if each.name not in self._whole] for part in (equations[:split], equations[split:])
        )
        for t in timesteps or all_timesteps:
            for equation in within:
                self._make(equation, [t], partial(self._at, t))
        for equation in after:
            if self.T > 1 and self._has_rows(equation.body) and not self._is_judged_otherwise(equation):
                self._make(equation, all_timesteps, self._at_all)
            else:
                for t in all_timesteps:
                    self._make(equation, [t], partial(self._at, t))

    def backward(self) -> dict[str, list[Values]]:
        """Every ∂L/∂quantity, from the last timestep to the first; of each parameter, its terms at t = 1 … T."""
        self.adjoints()
        return {name: [self.asked(name, t) for t in range(1, self.T + 1)] for name in self.description.parameters}

    def summed(self, name: str) -> Values:
        """∂L/∂name of a parameter: its terms at all timesteps together."""
        return reduce(operator.add, [self.asked(name, t) for t in range(1, self.T + 1)])

    def adjoints(self) -> None:
        """Make every ∂L/∂quantity, from the last timestep to the first."""
        lines, timesteps = self.description, range(self.T, 0, -1)
        names = [each.name for each in reversed(lines.equations) if not each.output]
        if lines.looks_ahead:
            after = [name for name in names if name in {each.name for each in lines.equations[lines.recurrent :]}]
            order = [(t, name) for name in after for t in timesteps]
            order += [(t, name) for t in timesteps for name in names[len(after) :]]
        else:
            order = [(t, name) for t in timesteps for name in names]
        for t, name in order:
            asked = self.asked(name, t) if self._reach is None else self._in_reach(name, t, self._reach)
            noted = self._noted(ADJOINT + name, t, asked)
            if noted is not asked and self._reach is not None:
                self._columns[name, t][0] += noted - asked
            self._put(ADJOINT + name, t, noted)

    def _in_reach(self, name: str, t: int, reach: Reach) -> Values:
        """What the losses that reach it ask of a quantity of timestep *t*; the columns of that are put down."""
        width = reach.last_loss(t, self.T) - t + 1
        found = np.zeros((width, *np.shape(self.read(name, t))), np.asarray(self.read(name, t)).dtype)
        for edge in self.description.edges_of(name):
            if edge.asks is None:
                continue
            from_loss = not any(ref.name.startswith(ADJOINT) for ref in references(edge.asks))
            for u in self._readers(edge, t):
                if u < t + width:
                    asked = self._heard(edge.reader, u, edge.computed(self._flow(edge, u, t, columns=True)))
                    columns = slice(u - t, u - t + 1 if from_loss else width)
                    found[columns] += asked if from_loss else asked[: t + width - u]
        self._columns[name, t] = found
        return np.asarray(np.add.reduce(found, axis=0))

    def _readers(self, edge: Edge, t: int) -> range:
        """The timesteps whose line reads *t* along *edge*."""
        offset = edge.operand.offset
        if offset == "all":
            return range(1, self.T + 1)
        first = t - offset if isinstance(offset, int) else t
        return range(first, self.T + 1 if offset == "past" else min(first, self.T) + 1)

    def addends(self, edge: Edge, t: int, computed: Valued | None = None) -> list[Values]:
        """What *edge* asks of its operand of timestep *t*: of a row of the past, for every t that looks at it.

        *computed*: what that comes to, if not its value.
        """
        if edge.asks is None:
            return []
        made = edge.computed if computed is None else partial(computed, edge.asks)
        return [self._heard(edge.reader, u, made(self._flow(edge, u, t))) for u in self._readers(edge, t)]

    def body(self, equation: Equation, at: Callable[[Ref], Values]) -> Values:
        """What *equation* comes to, its quantities read by *at*; of an output the scores."""
        return equation.computed(at)

    def _make(self, equation: Equation, timesteps: Sequence[int], at: Callable[[Ref], Values]) -> None:
        """What *equation* makes at *timesteps*, several of them along the first axis of what *at* reads."""
        body = self.body(equation, at)
        found = {equation.name: body}
        if equation.output and equation.wanted is not None:
            output = OUTPUTS[equation.output]
            held = self._held.get((equation.name, timesteps[0]), NOTHING)  # then this timestep goes by itself
            loss = output.loss(body, at(equation.wanted), held)
            if equation.share is not None:
                loss = np.asarray(loss * positive(at(equation.share)))
            found = {equation.name: output.predict(body), equation.loss: loss}
        for name, rows in found.items():
            for t, row in zip(timesteps, rows if len(timesteps) > 1 else [rows], strict=True):
                self._put(name, t, with_entries(self._noted(name, t, row), self._held.get((name, t), NOTHING)))

    def _has_rows(self, expression: Expression) -> bool:
        """Whether all that *expression* reads has one shape at all timesteps, and is of a single run."""
        shapes = self.description.shapes
        return all(
            ref.offset not in ("past", "all")
            and "t" not in shapes[ref.name.removeprefix(ADJOINT)]
            and np.ndim(self.read(ref.name, 1)) == len(shapes[ref.name.removeprefix(ADJOINT)])
            for ref in references(expression)
        )

    def _at_all(self, ref: Ref) -> Values:
        """A parameter, or a quantity at all timesteps along the first axis."""
        if ref.offset is None:
            return self.read(ref.name, 1)
        offset = ref.offset if isinstance(ref.offset, int) else 0
        return np.array([self.read(ref.name, t + offset) for t in range(1, self.T + 1)])

    def asked(self, name: str, t: int) -> Values:
        """What the lines ask of a quantity of timestep *t*, or of a parameter there, by all edges together."""
        return self.summed_up([self.addends(edge, t) for edge in self.description.edges_of(name)], name, t)

    def summed_up(self, addends: Sequence[Sequence[Values]], name: str, t: int) -> Values:
        """What each of several edges asks of a quantity of timestep *t*, altogether."""
        found = [addend for some in addends for addend in some]
        return reduce(operator.add, found) if found else np.zeros_like(self.read(name, t))

    def _put(self, name: str, t: int, noted: Values) -> None:
        self._known[name, t] = noted
        if name in self.description.looked_back_at:
            rows = self.rows.get(name)
            if rows is None:
                rows = self.rows[name] = np.empty((*noted.shape[:-1], self.T, noted.shape[-1]), noted.dtype)
            rows[..., t - 1, :] = noted

    def _flow(self, edge: Edge, t: int, row: int, *, columns: bool = False) -> Callable[[Ref], Values]:
        """How the line of *edge* reads at timestep *t* what it asks, of *row* of the past where it looks back."""
        if not self._held and not columns:
            return partial(self._at, t, row=row)
        return partial(self._flowing, edge.reader, t, row, columns=columns)

    def _flowing(self, reader: str, t: int, row: int, ref: Ref, *, columns: bool) -> Values:
        """As `_at`, but that nothing flows through the line of *reader* where its number is held, and that a softmax
        of it is what it makes; in *columns*.
        """
        equation = self.description.makers.get(reader)
        made = reader if equation is None else equation.name
        held = self._held.get((made, t)) if self._held else None
        if held and equation is not None and ref == Ref(made, 0) and equation.softmaxed is not None:
            return value(equation.softmaxed, partial(self._at, t))
        if ref.name != ADJOINT + reader or not (held or columns):
            return self._at(t, ref, row)
        asked = self._columns[reader, t] if columns else self.read(ref.name, t)
        found = with_entries(asked, dict.fromkeys(held or {}, 0.0))
        return found[..., row - 1] if ref.offset == "entry" else found

    def _heard(self, reader: str, t: int, asked: Values, at: Callable[[Ref], Values] | None = None) -> Values:
        """What the line of *reader* asks at timestep *t*: nothing where it makes a loss that is held, or none of
        those that ask; of scores only what the loss hears of a prediction that is held. *at*: what it reads there.
        """
        equation = self.description.makers.get(reader) if self._held or self.losses is not None else None
        if equation is None or equation.loss != reader or equation.wanted is None:
            return asked
        if (reader, t) in self._held or (self.losses is not None and t not in self.losses):
            return np.zeros_like(asked)
        held = self._held.get((equation.name, t))
        if held is None:
            return asked
        return OUTPUTS[equation.output].heard(asked, (at or partial(self._at, t))(equation.wanted), held)

    def _is_judged_otherwise(self, equation: Equation) -> bool:
        """Whether it makes a loss from a prediction that is held at some timestep."""
        return bool(equation.output) and any(name == equation.name for name, _ in self._held)

    def _at(self, t: int, ref: Ref, row: int = 0) -> Values:
        if ref.offset == "past":
            return self.rows[ref.name][..., :t, :]
        if ref.offset == "all":
            return self._all(ref.name, t)
        if ref.offset == "entry":
            return self.read(ref.name, t)[..., row - 1]
        return self.read(ref.name, t + (ref.offset or 0))

    def _all(self, name: str, t: int) -> Values:
        """The rows of all timesteps; of vectors over the past as many entries as *t* has, -∞ where there are fewer."""
        grows = "t" in self.description.shapes[name]
        if name not in self._stacked:  # by now they are all made
            rows = [self.read(name, each) for each in range(1, self.T + 1)]
            if grows:
                ends = [np.full((*row.shape[:-1], self.T - row.shape[-1]), -np.inf) for row in rows]
                rows = [np.concatenate(each, axis=-1) for each in zip(rows, ends, strict=True)]
            self._stacked[name] = np.stack(rows, axis=-2)
        return self._stacked[name][..., :t] if grows else self._stacked[name]
