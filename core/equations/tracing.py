"""Numbers that write down what is done to them, so that equations run on them once become straight-line code.

The interpreter walks the lines on arrays of such numbers as on any others, so every value comes from the one table of
operations; NumPy asks an entry of such an array for its own ``exp``, ``log`` or ``tanh``. What is known to be 0 or 1 is
folded, so that a one-hot vector costs nothing, and what is computed twice is computed once.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, cast

import numpy as np
import numpy.typing as npt

TracedArray = npt.NDArray[Any]  # of objects: `Traced`
Step = tuple[str, *tuple[Any, ...]]  # kind, and whole numbers; of a known number, the number

_OF_ZERO = {"exp": 1.0, "tanh": 0.0, "negated": 0.0}


class Traced:
    """A number of a `Trace`: the result of its step *place*; *known* is its value where every run has the same."""

    __slots__ = ("known", "place", "trace")

    def __init__(self, trace: Trace, place: int, known: float | None = None) -> None:
        self.trace, self.place, self.known = trace, place, known

    def __add__(self, other: object) -> Traced:
        return self.trace.noted("+", self, other)

    def __radd__(self, other: object) -> Traced:
        return self.trace.noted("+", other, self)

    def __sub__(self, other: object) -> Traced:
        return self.trace.noted("-", self, other)

    def __rsub__(self, other: object) -> Traced:
        return self.trace.noted("-", other, self)

    def __mul__(self, other: object) -> Traced:
        return self.trace.noted("*", self, other)

    def __rmul__(self, other: object) -> Traced:
        return self.trace.noted("*", other, self)

    def __truediv__(self, other: object) -> Traced:
        return self.trace.noted("/", self, other)

    def __rtruediv__(self, other: object) -> Traced:
        return self.trace.noted("/", other, self)

    def __gt__(self, other: object) -> Traced:
        return self.trace.noted(">", self, other)

    def __neg__(self) -> Traced:
        return self.trace.applied("negated", self)

    def exp(self) -> Traced:
        """Of e, this power."""
        return self.trace.applied("exp", self)

    def log(self) -> Traced:
        """The natural logarithm."""
        return self.trace.applied("log", self)

    def tanh(self) -> Traced:
        """The hyperbolic tangent."""
        return self.trace.applied("tanh", self)

    def sqrt(self) -> Traced:
        """The square root."""
        return self.trace.applied("sqrt", self)

    def larger(self, other: object) -> Traced:
        """The larger of the two; what is no number stays so."""
        return self.trace.noted("max", self, other)

    def __ge__(self, _other: object) -> bool:
        """True, so that the largest of several is the first: any score may be what a softmax is shifted by.

        Where another lies so far above it that its power overflows, running the code raises `OverflowError`.
        """
        return True

    def __bool__(self) -> bool:
        raise TypeError("what becomes of a traced number may depend on it by arithmetic alone")


class Trace:
    """What was done to its numbers, in order.

    *steps*: of each operation its kind, and the places of its operands; of a number that every run is given
    ``given`` and which, of a known one ``known`` and its value.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._made: dict[Step, Traced] = {}
        self._given = 0

    def given(self, shape: tuple[int, ...]) -> TracedArray:
        """An array of numbers that every run is given, after those that were asked for before."""
        array = np.empty(shape, object)
        for entry in np.ndindex(shape):
            array[entry] = self._step(("given", self._given))
            self._given += 1
        return array

    def lifted(self, values: npt.ArrayLike) -> TracedArray:
        """*values* as numbers of this trace: those that are none yet are the same in every run."""
        array = np.array(values, object)
        for entry in np.ndindex(array.shape):
            array[entry] = self._lifted(array[entry])
        return array

    def noted(self, kind: str, first: object, last: object) -> Traced:
        """The result of an operation on two numbers: with a 0 or a 1 that spares the arithmetic, no new step."""
        if type(first) is not Traced or type(last) is not Traced:
            if isinstance(first, np.ndarray) or isinstance(last, np.ndarray):
                return cast(Traced, NotImplemented)  # the array takes its entries one by one
            first, last = self._lifted(first), self._lifted(last)
        if first.known is not None or last.known is not None:
            match kind, first.known, last.known:
                case (">", float() as one, float() as other):
                    return self._lifted(float(one > other))
                case ("+" | "-", _, 0.0) | ("*" | "/", _, 1.0):
                    return first
                case ("+", 0.0, _) | ("*", 1.0, _):
                    return last
                case ("-", 0.0, _):
                    return -last
                case ("*", 0.0, _) | ("*", _, 0.0) | ("/", 0.0, _):
                    return self._lifted(0.0)
        if first is last and kind == "-":
            return self._lifted(0.0)
        if first.place > last.place and kind in "+*":
            first, last = last, first
        return self._step((kind, first.place, last.place))

    def applied(self, kind: str, number: Traced) -> Traced:
        """The result of a function of one number."""
        if number.known == 0 and kind in _OF_ZERO:
            return self._lifted(_OF_ZERO[kind])
        return self._step((kind, number.place))

    def _lifted(self, number: object) -> Traced:
        """*number* as one of this trace."""
        if isinstance(number, Traced):
            return number
        if isinstance(number, int | float) and isfinite(number):
            return self._step(("known", number + 0.0))  # so that there is one zero
        raise TypeError(f"expected a finite number, found {number!r}")

    def _step(self, step: Step) -> Traced:
        made = self._made.get(step)
        if made is None:
            known = step[1] if step[0] == "known" else None
            made = self._made[step] = Traced(self, len(self.steps), known)
            self.steps.append(step)
        return made
