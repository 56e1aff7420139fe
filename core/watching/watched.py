"""What a watch says, once it is read: expressions with measures of all their entries, and conditions on them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.epoch.epoch import Epoch
from core.equations.expressions import Expression, Ref
from core.equations.operations import ATOM, FUNCTIONS, TABLE, Kind, Values, value
from core.network.arrays import Array
from core.program.program import Program
from core.watching.quantities import Quantity

_COMPARED: dict[str, Callable[[Values, Values], Values]] = {
    "<": operator.lt, "≤": operator.le, ">": operator.gt, "≥": operator.ge, "=": operator.eq, "≠": operator.ne,
}  # fmt: skip


def _measure(of_all: Callable[[Values], Values], latex: str) -> Kind:
    """A function of all entries together, whose result is a single number."""
    return Kind(lambda v: np.asarray(of_all(v)), lambda _shape: (), latex, ATOM, (0,))


def _length(v: Values) -> Values:
    return np.asarray(np.sqrt(np.sum(np.square(v))))


MEASURES = {
    "abs": Kind(np.abs, lambda shape: shape, r"\left| {0} \right|", ATOM, (0,)),
    "norm": _measure(_length, r"\left\| {0} \right\|"),
    "max": _measure(np.max, r"\max {0}"),
    "min": _measure(np.min, r"\min {0}"),
    "sum": _measure(np.sum, r"\textstyle\sum {0}"),
    "mean": _measure(np.mean, r"\operatorname{mean} {0}"),
}
CALLED = (*MEASURES, *FUNCTIONS)  # each takes one operand
NUMBER = "number"  # the one entry of what has only one
KINDS: dict[str, Kind] = {
    **TABLE,
    **MEASURES,
    NUMBER: Kind(lambda v: np.reshape(v, ()), lambda _shape: (), "{0}", ATOM, (0,)),
}


class WatchError(ValueError):
    """A watch or condition that is not understood, or that this network does not have; the message is one line."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Operands with signs between them."""

    operands: tuple[Expression, ...]
    signs: tuple[str, ...]

    def holds(self, read: Callable[[Expression], Values]) -> bool:
        """Whether all signs hold for any entry."""
        numbers = list(map(read, self.operands))
        pairs = zip(self.signs, numbers, numbers[1:], strict=False)
        found = np.asarray(True)
        for sign, left, right in pairs:
            found = found & np.asarray(_COMPARED[sign](left, right))
        return bool(np.any(found))


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by ``and``, ``or``, or one behind ``not``."""

    word: str
    parts: tuple[Condition, ...]

    def holds(self, read: Callable[[Expression], Values]) -> bool:
        """Whether it holds."""
        if self.word == "not":
            return not self.parts[0].holds(read)
        return (all if self.word == "and" else any)(part.holds(read) for part in self.parts)


Condition = Compared | Joined


@dataclass(frozen=True, slots=True)
class Watched:
    """What a text says, of one network.

    *text*: as it was written. *body*: an expression, or a condition. *quantities*: what it reads, by name.
    """

    text: str
    body: Expression | Condition
    quantities: Mapping[str, Quantity]

    @property
    def is_condition(self) -> bool:
        """Whether it holds or not, rather than being a number or several."""
        return isinstance(self.body, Compared | Joined)

    @property
    def symbol(self) -> str:
        """The symbol that it is or is an entry of, and nothing else; "" where there is none."""
        if not isinstance(self.body, Ref):
            return ""
        quantity = self.quantities[self.body.name]
        return "" if quantity.row or quantity.part or quantity.is_latest else quantity.symbol

    def first(self, program: Program) -> int:
        """The step from which on all that it reads has been written."""
        return max((each.places(program).at(1) for each in self.quantities.values()), default=1)

    def after(self, program: Program, position: int) -> int | None:
        """The first step after *position* that writes what it reads, where all of that is known; None without any."""
        first = self.first(program)
        if position < first:
            return first
        found = [each.places(program).after(position) for each in self.quantities.values()]
        return min((place for place in found if place is not None), default=None)

    def before(self, program: Program, position: int) -> int | None:
        """The last such step before *position*."""
        first = self.first(program)
        if position <= first:
            return None
        found = [each.places(program).before(position) for each in self.quantities.values()]
        return max((place for place in found if place is not None and place > first), default=first)

    def value(self, epoch: Epoch, program: Program, position: int) -> Array:
        """The numbers at *position*, which is not before `first`."""
        assert not isinstance(self.body, Compared | Joined)
        return self._read(epoch, program, position)(self.body)

    def holds(self, epoch: Epoch, program: Program, position: int) -> bool:
        """Whether the condition holds at *position*, which is not before `first`."""
        assert isinstance(self.body, Compared | Joined)
        with np.errstate(all="ignore"):
            return self.body.holds(self._read(epoch, program, position))

    @property
    def is_of_loss(self) -> bool:
        """Whether it reads the total loss, and nothing else."""
        return all(each.symbol == "L" and each.is_whole for each in self.quantities.values())

    def on_loss(self, loss: float) -> Array:
        """What `value` is, or whether it holds, in an epoch of that total *loss*, which is all that it reads."""
        number = np.array(loss)

        def read(expression: Expression) -> Array:
            return np.asarray(value(expression, lambda _ref: number, KINDS))

        with np.errstate(all="ignore"):
            return np.asarray(self.body.holds(read) if isinstance(self.body, Compared | Joined) else read(self.body))

    def _read(self, epoch: Epoch, program: Program, position: int) -> Callable[[Expression], Array]:
        def at(ref: Ref) -> Array:
            return self.quantities[ref.name].value(epoch, program, position)

        def read(expression: Expression) -> Array:
            with np.errstate(all="ignore"):  # ln 0 and 0/0 are what NumPy makes of them
                return np.asarray(value(expression, at, KINDS))

        return read
