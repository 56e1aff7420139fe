"""An entry of an expression taken apart: the same for a line of the network and for what is asked on the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.epoch.epoch import Epoch, made_at
from core.epoch.recursion import adjoint
from core.equations.expressions import ADJOINT, Expression, Number, Operation, Ref, op
from core.equations.operations import FUNCTIONS, TABLE
from core.network import symbols
from core.network.arrays import Array
from core.steps.line import computed, symbols_of
from core.why.held import flows_on, stopped
from core.why.trail import Part, Trail, added, added_parts, multiplied

Entry = tuple[int, ...]
Leaf = Callable[[str, Entry], Part]  # the part of an entry of a symbol
_PRODUCTS = ("matrix·vector", "vector·matrix", "dot")
_SLOPES = {"1-h²": "1 − {}²", "s(1-s)": "{0} (1 − {0})", ">0": "[{} > 0]"}


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """What stands for a symbol here: its value, and the part of an entry of it."""

    value: Array
    part: Callable[[Entry], Part]


@dataclass(frozen=True, slots=True, eq=False)
class At:
    """Where an expression is looked at: timestep *t* of an epoch; *row*: of what has an entry for every timestep.

    *leaf*: the part of an entry of a symbol. *instead*: what stands for some of them. What a line asks counts for 0
    where a number of it is held.
    """

    epoch: Epoch
    leaf: Leaf
    t: int
    row: int = 0
    instead: Mapping[str, Stand] = field(default_factory=dict)
    kept: dict[Expression, Array] = field(default_factory=dict)  # what has been worked out here

    def value(self, expression: Expression) -> Array:
        """What *expression* comes to."""
        if expression not in self.kept:
            with np.errstate(all="ignore"):
                self.kept[expression] = computed(expression, self.t, self._read, self.row)
        return self.kept[expression]

    def over(self, expression: Expression, timesteps: Sequence[int]) -> Array:
        """What *expression* comes to at each of *timesteps*, a row each; it reads no rows of the past."""
        if isinstance(expression, Number):
            return np.array(expression.value)
        if isinstance(expression, Ref):
            if expression.offset is None:
                return self._read(expression.name)
            return self._rows(expression, timesteps)
        with np.errstate(all="ignore"):
            return np.asarray(
                TABLE[expression.kind].value(*(self.over(each, timesteps) for each in expression.operands))
            )

    def _rows(self, ref: Ref, timesteps: Sequence[int]) -> Array:
        """What *ref* stands for at each of *timesteps*; where nothing stands for something else, as it is kept."""
        tape, name, row = self.epoch.tape, ref.name, self.row
        is_plain = not self.instead and not self.epoch.network.held
        if is_plain and ref.offset == "entry" and name in symbols.ROWS:
            if name in tape:
                return np.asarray(tape[name][np.asarray(timesteps) - 1, row - 1])
            return np.array([adjoint(self.epoch, name.removeprefix(ADJOINT), t, row) for t in timesteps])
        return np.array([self._read(symbols_of(ref, t, row)[0]) for t in timesteps])

    def part(self, symbol: str, entry: Entry) -> Part:
        """The part of an *entry* of *symbol*."""
        if symbol in self.instead:
            return self.instead[symbol].part(entry)
        found, flows = self.leaf(symbol, entry), flows_on(self.epoch.network, symbol)
        return found if flows is None or flows[entry] else stopped(found)

    def _read(self, symbol: str) -> Array:
        if symbol in self.instead:
            return self.instead[symbol].value
        value, flows = self.epoch.value(symbol), flows_on(self.epoch.network, symbol)
        return value if flows is None else np.asarray(value * flows)

    def one_hot(self, expression: Expression) -> int | None:
        """Which entry *expression* picks, where it is a letter as a one-hot vector."""
        if not isinstance(expression, Ref) or expression.offset is None or expression.name.startswith(ADJOINT):
            return None
        symbol = symbols_of(expression, self.t)[0] if expression.offset != "past" else ""
        found = made_at(symbol, self.epoch.network) if symbol and symbol not in self.instead else None
        if found is None or found.quantity != "letter" or not self.epoch.network.is_one_hot(expression.name):
            return None
        return int(np.argmax(self.epoch.value(symbol)))


def part(expression: Expression, at: At, entry: Entry) -> Part:
    """The 0-based *entry* of *expression* as one part."""
    if isinstance(expression, Number):
        return Part(f"{expression.value:g}", expression.value)
    if isinstance(expression, Ref):
        return at.part(*_named(expression, at, entry))
    if expression.kind == "transposed":
        return part(expression.operands[0], at, entry[::-1])
    if expression.kind == "negated":
        return part(expression.operands[0], at, entry).signed(-1)
    picked = _picked(expression, at, entry)
    if picked is not None:
        return picked
    value = at.value(expression)[entry]
    return Part(text(expression, at), float(value), opens=lambda: trail(expression, at, entry))


def trail(expression: Expression, at: At, entry: Entry) -> Trail:
    """What the 0-based *entry* of *expression* was made of."""
    picked = _picked(expression, at, entry) if isinstance(expression, Operation) else None
    if picked is not None:
        return Trail("sum", "the same number", (picked,))
    match expression:
        case Operation("+" | "-" | "negated"):
            addends = list(_addends(expression, at, entry, 1))
            if len(addends) > 1:
                return added_parts(part(each, at, own).signed(sign) for sign, each, own in addends)
            inner = trail(addends[0][1], at, addends[0][2])
            return inner if addends[0][0] == 1 else inner.negated()
        case Operation("transposed", (inside,)):
            return trail(inside, at, entry[::-1])
        case Operation(kind, operands) if kind in _PRODUCTS and _length(expression, at) > 1:
            return _summed(operands, at, *_ends(kind, entry))
        case Operation("sum", (inside,)):
            return added(at.value(inside), lambda place: part(inside, at, (place,)))
        case Operation("softmax", (inside,)):
            return softmax(at.value(inside), lambda place: part(inside, at, (place,)), entry[0])
        case Operation("softmax back", (asked, weights)):
            mean = op("dot", weights, asked)
            return trail(op("*", weights, op("-", asked, mean)), at, entry)
        case Operation("/", (over, under)):
            return Trail("quotient", "divided", (_fitting(over, at, entry), _fitting(under, at, entry)))
        case Operation(kind, (inside,)) if kind in FUNCTIONS or kind in _SLOPES:
            words = _SLOPES[kind].format(text(inside, at)) if kind in _SLOPES else f"{kind} of"
            return Trail("function", words, (part(inside, at, entry),))
    factors = _factors(expression, at, entry)
    kept = [each for each in factors if each.aside != _ONE]
    folded = ", ".join(f"{each.words} is 1" for each in factors if each.aside == _ONE)
    return replace(multiplied(kept or factors), folded=folded if kept else "")


def softmax(scores: Array, make: Callable[[int], Part], own: int) -> Trail:
    """The weight of the score *own*, first, among all *scores*; of many the largest, and the rest as one score."""
    others = [place for place in np.argsort(-scores, kind="stable").tolist() if place != own]
    shown, rest = (others, []) if len(others) < 12 else (others[:7], others[7:])
    parts = [replace(make(own), aside="its own score"), *map(make, shown)]
    if rest:
        with np.errstate(all="ignore"):
            together = float(np.logaddexp.reduce(scores[rest]))
        parts.append(Part(f"the other {len(rest):,}, as one score", together, count=len(rest)))
    return Trail("softmax", "e to the first, over the sum of e to each", tuple(parts))


def text(expression: Expression, at: At) -> str:
    """*expression* in plain text, its quantities by name."""
    if isinstance(expression, Number):
        return f"{expression.value:g}"
    if isinstance(expression, Ref):
        if expression.offset == "past":
            return f"{symbols.meaning(expression.name).text}₁…{symbols.subscript(at.t)}"
        symbol = symbols_of(expression, at.t, at.row)[0]
        if expression.name in symbols.ROWS and expression.offset != "entry":
            symbol = symbols.symbol(expression.name, at.t)
        return symbols.text(symbol)
    inside = [text(each, at) for each in expression.operands]
    loose = [isinstance(each, Operation) and each.kind in ("+", "-", "negated") for each in expression.operands]
    if expression.kind in ("+", "-"):
        return f" {expression.kind.replace('-', '−')} ".join(inside)
    tight = [f"({each})" if is_loose else each for each, is_loose in zip(inside, loose, strict=True)]
    if expression.kind == "negated":
        return f"−{tight[0]}"
    if expression.kind == "transposed":
        return f"{tight[0]}ᵀ"
    if expression.kind in _SLOPES:
        return f"({_SLOPES[expression.kind].format(tight[0])})"
    if len(inside) == 1:
        return f"{expression.kind}({inside[0]})"
    sign = {"matrix·vector": " ", "vector·matrix": " ", "/": " / "}.get(expression.kind, " · ")
    return sign.join(tight)


# -- inside ----------------------------------------------------------------------------------------------------

_ONE = "1, picked"


def _named(ref: Ref, at: At, entry: Entry) -> tuple[str, Entry]:
    """The symbol that an entry of *ref* is of, and its entry in that."""
    names = symbols_of(ref, at.t, at.row)
    if ref.offset == "past" or (ref.name in symbols.ROWS and ref.offset != "entry"):
        return names[entry[0]], entry[1:]
    return names[0], entry


def _picked(expression: Operation, at: At, entry: Entry) -> Part | None:
    """Of a product with a one-hot vector, the entry that it picks."""
    if expression.kind not in ("matrix·vector", "vector·matrix"):
        return None
    first, second = expression.operands
    matrix, vector = (first, second) if expression.kind == "matrix·vector" else (second, first)
    place = at.one_hot(vector)
    if place is None:
        return None
    own = (*entry, place) if expression.kind == "matrix·vector" else (place, *entry)
    return replace(part(matrix, at, own), aside=f"{text(vector, at)} picks it")


def _addends(expression: Expression, at: At, entry: Entry, sign: int) -> list[tuple[int, Expression, Entry]]:
    match expression:
        case Operation("+", (first, second)):
            return [*_addends(first, at, entry, sign), *_addends(second, at, entry, sign)]
        case Operation("-", (first, second)):
            return [*_addends(first, at, entry, sign), *_addends(second, at, entry, -sign)]
        case Operation("negated", (inside,)):
            return _addends(inside, at, entry, -sign)
    return [(sign, expression, _own(expression, at, entry))]


def _factors(expression: Expression, at: At, entry: Entry) -> list[Part]:
    match expression:
        case Operation("scaled" | "*", (first, second)):
            return [*_factors(first, at, _own(first, at, entry)), *_factors(second, at, _own(second, at, entry))]
        case Operation("outer", (first, second)):
            return [*_factors(first, at, entry[:1]), *_factors(second, at, entry[1:])]
        case Operation("transposed", (inside,)):
            return _factors(inside, at, entry[::-1])
        case Operation(kind, (first, second)) if kind in _PRODUCTS and _length(expression, at) == 1:
            if at.one_hot(first) is None and at.one_hot(second) is None:
                before, after = _ends(kind, entry)
                return [*_factors(first, at, (*before, 0)), *_factors(second, at, (0, *after))]
    found = part(expression, at, entry)
    if isinstance(expression, Ref) and at.one_hot(expression) is not None and found.value == 1:
        return [replace(found, aside=_ONE)]
    return [found]


def _ends(kind: str, entry: Entry) -> tuple[Entry, Entry]:
    """The entry as it stands before and after the axis over which a product is summed."""
    return ((), entry) if kind == "vector·matrix" else (entry, ())


def _summed(operands: tuple[Expression, ...], at: At, before: Entry, after: Entry) -> Trail:
    """The products of a row and a column."""
    first, second = operands
    left = at.value(first)[before]
    right = at.value(second)
    right = right[:, after[0]] if after else right
    with np.errstate(all="ignore"):
        products = left * right

    def make(place: int) -> Part:
        factors = part(first, at, (*before, place)), part(second, at, (place, *after))
        words = " · ".join(each.words for each in factors)
        return Part(words, float(products[place]), opens=lambda: multiplied(factors))

    return added(products, make)


def _length(expression: Operation, at: At) -> int:
    """How many products a product of rows and columns adds up."""
    first, second = expression.operands
    vector = second if expression.kind == "matrix·vector" else first
    return len(at.value(vector))


def _own(expression: Expression, at: At, entry: Entry) -> Entry:
    """The entry of an operand: beside a vector there may stand a single number."""
    return entry if not entry else entry[: at.value(expression).ndim]


def _fitting(expression: Expression, at: At, entry: Entry) -> Part:
    return part(expression, at, _own(expression, at, entry))
