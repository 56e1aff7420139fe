"""A trail: what a number was made of, part by part; what is many, or says nothing, is folded and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

import numpy as np

from core.network.arrays import Array
from core.network.number import Number
from core.program.program import Address

How = Literal["sum", "product", "softmax", "function", "quotient", "given"]
ADDED = "added up, the largest first"
MOST, SHOWN = 12, 8  # more addends than the first are folded, after the largest of the second


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One addend, factor or operand of a number.

    *words*: what it is. *value*: what it adds, with its sign, or what it is. *number*: whose entry it is, None where no
    symbol stands for it. *place*: the epoch and the step that made it, None for what is given or is made on the way.
    *opens*: what it was made of itself, None where there is nothing more. *aside*: what was folded on the way to it.
    *count*: how many it stands for.
    """

    words: str
    value: float
    number: Number | None = None
    place: tuple[int, Address] | None = None
    opens: Callable[[], Trail] | None = None
    aside: str = ""
    count: int = 1

    def signed(self, sign: int) -> Part:
        """Itself, or what it takes off: what has a symbol opens as that, without the sign."""
        if sign == 1:
            return self
        words = f"−({self.words})" if " + " in self.words or " − " in self.words else f"−{self.words}"
        inside = self.opens
        if inside is None or self.number is not None:
            return replace(self, words=words, value=-self.value)
        return replace(self, words=words, value=-self.value, opens=lambda: inside().negated())


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """What one number was made of.

    *how*: what is done with the *parts*, and in *words*. *folded*: what is not shown of them, in words.
    """

    how: How
    words: str
    parts: tuple[Part, ...] = ()
    folded: str = ""

    def negated(self) -> Trail:
        """What the negative of the number was made of."""
        if self.how == "sum":
            return replace(self, parts=tuple(part.signed(-1) for part in self.parts))
        return replace(multiplied((Part("−1", -1.0), *self.parts)), folded=self.folded)

    @property
    def total(self) -> float:
        """What the parts come to, where they are added or multiplied; of a softmax the weight of the first."""
        values = [part.value for part in self.parts]
        with np.errstate(all="ignore"):
            if self.how == "product":
                return prod(values)
            if self.how == "quotient":
                return float(np.divide(values[0], values[1]))
            if self.how == "softmax":
                e = np.exp(np.array(values) - np.max(values))
                return float(e[0] / e.sum())
            return float(np.add.reduce(np.array(values)))


def given(words: str) -> Trail:
    """Nothing made it."""
    return Trail("given", words)


def added(values: Sequence[float] | Array, make: Callable[[int], Part], words: str = ADDED) -> Trail:
    """The addends that are not zero, the largest first; of many the largest few, and all the rest as one.

    *make*: the part of a place in *values*; only those that are shown are made.
    """
    numbers = np.asarray(values, dtype=np.float64)
    there = np.flatnonzero(numbers)
    size = np.abs(numbers[there])
    order = there[np.argsort(-np.where(np.isnan(size), np.inf, size), kind="stable")]
    zeros = len(numbers) - len(there)
    folded = "" if not zeros else "all are 0" if not len(there) else f"{_counted(zeros)} 0 not shown"
    if len(order) <= MOST:
        return Trail("sum", words, tuple(map(make, order.tolist())), folded)
    first, others = order[:SHOWN].tolist(), order[SHOWN:]
    with np.errstate(all="ignore"):
        value = float(np.add.reduce(numbers[others]))
    rest = Part(
        f"the other {len(others):,}, together",
        value,
        opens=lambda: added(numbers[others], lambda place: make(int(others[place])), words),
        count=len(others),
    )
    return Trail("sum", words, (*map(make, first), rest), folded)


def added_parts(parts: Iterable[Part], words: str = ADDED) -> Trail:
    """*parts* that are made already."""
    made = tuple(parts)
    return added([part.value for part in made], made.__getitem__, words)


def multiplied(factors: Iterable[Part]) -> Trail:
    """The factors in the order of the formula; of many the first and the last, and those between as one."""
    parts = tuple(factors)
    if len(parts) > MOST:
        half = SHOWN // 2
        between = parts[half:-half]
        with np.errstate(all="ignore"):
            value = float(np.prod([part.value for part in between]))
        middle = Part(f"{len(between):,} factors between, together", value, opens=lambda: multiplied(between),
                      count=len(between))  # fmt: skip
        parts = (*parts[:half], middle, *parts[-half:])
    return Trail("product", "multiplied", parts)


def _counted(zeros: int) -> str:
    return f"{zeros:,} that {'is' if zeros == 1 else 'are'}"
