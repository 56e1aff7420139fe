"""Straight-line code, walked or compiled, for descending along a gradient: to the last bit the same either way.

The text that is compiled is made of numbers and of names made here: no word of a file is in it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from core.equations.tracing import Step

WALKED = 8  # so many descents take less time walked than compiled and run
_SIGNS: dict[str, Callable[..., float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "negated": operator.neg, ">": operator.gt,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp, "log": math.log, "tanh": math.tanh, "sqrt": math.sqrt, "max": max,
}  # fmt: skip
_OPERATIONS = _SIGNS | _FUNCTIONS
_COMPARED, _SUM, _PRODUCT, _NEGATED, _ATOM = range(5)  # how tightly a text holds together
_BINDS = {">": _COMPARED, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "negated": _NEGATED}
_LONGEST = 240  # characters of an expression before it is given a name

Numbers = Sequence[float]
Run = Callable[[int, float, Numbers], tuple[list[float], Numbers, Numbers]]


@dataclass(frozen=True, eq=False)
class Descent:
    """What a `Trace` wrote down, to be run again and again on numbers that descend along their slopes.

    *steps*: as in `Trace`. The places in them of the *loss*; of the *slopes*, one for each given number that descends,
    which come first; of what else is *shown*. Not slotted, since it keeps its compiled self.
    """

    steps: Sequence[Step]
    loss: int
    slopes: Sequence[int]
    shown: Sequence[int]

    def run(self, times: int, rate: float, given: Numbers) -> tuple[list[float], Numbers, Numbers]:
        """Take rate · slope from every *given* number that descends, so many *times*; those after them stay.

        The losses, the numbers that descend in the end, and the slopes and what is shown of the last time.
        `ArithmeticError` or `ValueError` where NumPy would give an infinity, or what is no number: it depends on
        nothing but the arguments.
        """
        is_short = times < WALKED and "_compiled" not in self.__dict__
        return (self._walk if is_short else self._compiled)(times, rate, given)

    @property
    def _results(self) -> Sequence[int]:
        return (*self.slopes, *self.shown)

    @cached_property
    def _uses(self) -> Sequence[int]:
        """How often each step is read; a result counts for two, so that it has a name."""
        uses = [0] * len(self.steps)
        for place in (self.loss, *self._results):
            uses[place] = 2
        for place in reversed(range(len(uses))):
            kind, *operands = self.steps[place]
            if uses[place] and kind in _OPERATIONS:
                for operand in operands:
                    uses[operand] += 1
        return uses

    @cached_property
    def _plan(self) -> Sequence[tuple[int, Callable[..., float], Sequence[int]]]:
        """The operations that are needed: place, function, places of the operands."""
        steps = enumerate(self.steps)
        return [(n, _OPERATIONS[kind], read) for n, (kind, *read) in steps if kind in _OPERATIONS and self._uses[n]]

    def _walk(self, times: int, rate: float, given: Numbers) -> tuple[list[float], Numbers, Numbers]:
        losses, made = list[float](), [step[1] if step[0] == "known" else 0.0 for step in self.steps]
        places = [place for place, step in enumerate(self.steps) if step[0] == "given"]
        for _ in range(times):
            for place, number in zip(places, given, strict=True):
                made[place] = number
            for place, function, operands in self._plan:
                made[place] = function(*[made[operand] for operand in operands])
            losses.append(made[self.loss])
            moved = [number - rate * made[slope] for number, slope in zip(given, self.slopes, strict=False)]
            given = [*moved, *given[len(moved) :]]
        return losses, given[: len(self.slopes)], [made[place] for place in self._results]

    @cached_property
    def _compiled(self) -> Run:
        """The same as `_walk`, some twenty times as fast."""
        space: dict[str, Any] = dict(_FUNCTIONS)
        exec(compile(self.text(), "<descent>", "exec"), space)
        return cast(Run, space["run"])

    def text(self) -> str:
        """A function of Python's that does what `run` says."""
        lines, texts = self._lines()
        given = [f"g{number}" for number in range(sum(step[0] == "given" for step in self.steps))]
        descending = given[: len(self.slopes)]
        body = [
            *lines,
            f"losses.append({texts[self.loss]})",
            *(f"{name}-=rate*{texts[slope]}" for name, slope in zip(descending, self.slopes, strict=True)),
        ]
        return "\n".join(
            [
                "def run(times,rate,given):",
                f" {_tuple(given)}=given",
                " losses=[]",
                " for _ in range(times):",
                *(f"  {line}" for line in body),
                f" return losses,{_tuple(descending)},{_tuple(texts[place] for place in self._results)}",
            ]
        )

    def _lines(self) -> tuple[list[str], list[str]]:
        """The lines that make what is read more than once, and how every step is written after them.

        What is read once stands where it is read, which spares naming it.
        """
        lines, texts, binds = list[str](), list[str](), list[int]()
        results = {self.loss, *self._results}

        def read(place: int, least: int) -> str:
            return texts[place] if binds[place] >= least else f"({texts[place]})"

        for place, (kind, *operands) in enumerate(self.steps):
            text, bind = "", _BINDS.get(kind, _ATOM)
            named = place in results  # a given number too, since it changes before the results are read
            if kind == "known":
                text, bind, named = repr(operands[0]), _NEGATED if operands[0] < 0 else _ATOM, False
            elif kind == "given":
                text = f"g{operands[0]}"
            elif self._uses[place]:
                first, *others = operands
                if kind in _FUNCTIONS:
                    text = f"{kind}({','.join(read(operand, _COMPARED) for operand in operands)})"
                elif kind == "negated":
                    text = f"-{read(first, bind)}"
                else:
                    text = f"{read(first, max(bind, _SUM))}{kind}{read(others[0], bind + 1)}"
                named = self._uses[place] > 1 or len(text) > _LONGEST
            if named:
                lines.append(f"v{place}={text}")
                text, bind = f"v{place}", _ATOM
            texts.append(text)
            binds.append(bind)
        return lines, texts


def _tuple(texts: Iterable[str]) -> str:
    return f"({''.join(f'{text},' for text in texts)})"
