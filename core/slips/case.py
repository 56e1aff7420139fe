"""What a slip is: a case, that is a step done rightly, and the same step with something done wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache, partial
from itertools import chain
from weakref import WeakKeyDictionary

import numpy as np

from core.epoch.training import Training
from core.equations.description import Description
from core.equations.edits import Edits
from core.equations.expressions import Expression, Number, Operation, Ref
from core.equations.operations import FUNCTIONS, value
from core.network.arrays import Array
from core.network.network import Network
from core.network.rule import Rule
from core.network.symbols import text
from core.program.program import Address, Phase
from core.slips.reading import Reading

_FUNCTIONS = {"sigmoid": "σ", "relu": "ReLU", "negated": "−"}
RETRAINED_AT_ONCE = 20  # epochs that are trained again in milliseconds; more are trained in slices
_Others = dict[tuple[Rule, float], Training]
_OTHERS: WeakKeyDictionary[Training, _Others] = WeakKeyDictionary()  # other trainings from the same start


class Tier(IntEnum):
    """How common a way to a number is, the commonest first."""

    NAMED = 0  # another rule that has a name
    SWITCH = 1  # one switch of the rule, or what a program gives that follows the sheet's words
    EVERYDAY = 2
    RARE = 3
    ODD = 4  # seen, but seldom, or with a number in it that could be another
    TWO = 5  # two of these at once


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The step that a number is given for, done rightly.

    *stated*: the η that the sheet states but does not use. *retrains*: whether another rule or η is meant for all
    epochs up to this one, else for this one alone.
    """

    training: Training
    epoch: int
    address: Address
    right: Reading
    stated: float | None = None
    retrains: bool = True

    @classmethod
    def of(cls, training: Training, epoch: int, address: Address, stated: float | None = None) -> Case:
        """The step at *address* of epoch *epoch* of *training*."""
        return cls(training, epoch, address, Reading.right(training.epoch(epoch)), stated)

    @property
    def network(self) -> Network:
        """What is computed."""
        return self.right.network

    @property
    def T(self) -> int:
        """The number of timesteps."""
        return self.network.T

    @property
    def is_trained(self) -> bool:
        """Whether updates before this epoch decide the step too."""
        return self.retrains and self.epoch > 1

    def is_of(self, *names: str) -> bool:
        """Whether the step belongs to a gradient of *names* or to the update by it; of none, to any."""
        return self.address.phase is not Phase.FORWARD and (not names or self.address.quantity in names)

    @property
    def is_chained(self) -> bool:
        """Whether the way back comes to the step through V: ∂L/∂W, U, b or E, ∂L/∂h, or an update."""
        return self.is_of() and self.address.quantity not in ("Omega", "V", "c")

    @property
    def is_updated(self) -> bool:
        """Whether an update decides the step."""
        return self.address.phase is Phase.UPDATE or self.is_trained

    def trained(self, rule: Rule, learning_rate: float) -> Reading:
        """The arithmetic under another rule or η, from the first epoch on where those decide the step too."""
        if not self.is_trained:
            return replace(self.right, rule=rule, learning_rate=learning_rate)
        return Reading.right(self.other(rule, learning_rate).epoch(self.epoch))

    def other(self, rule: Rule, learning_rate: float) -> Training:
        """The training under another rule or η, as far as it has been run."""
        others = _OTHERS.setdefault(self.training, {})
        found = others.get((rule, learning_rate))
        if found is None:
            found = Training(self.training.network, self.training.initial, rule, learning_rate, self.training.changes)
            others[rule, learning_rate] = found
        return found


Change = Callable[[Reading], Reading]
Moved = Callable[[Mapping[str, Array]], Mapping[str, Array]]


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A slip made in one way.

    *change*: the arithmetic with the slip in it, from the right one. *which*: what distinguishes it from others of the
    same slip. *under*: the rule and η that it comes to, where it is nothing but these. *lasts*: whether it may be made
    at every epoch so far. *lines*: those of the network with the slip in them, where it is nothing but these. *moved*:
    what updates take for the gradients, where it is nothing but that. *is_alone*: whether the variant before it is made
    at every timestep, and this one at that of the step. *should*: what should be done, where
    no slip can say it of all.
    """

    change: Change
    which: str = ""
    under: tuple[Rule, float] | None = None
    lasts: bool = True
    lines: Description | None = None
    moved: Moved | None = None
    is_alone: bool = False
    should: str = ""


Make = Callable[[Case], Iterator[Variant]]


@dataclass(frozen=True, slots=True)
class Slip:
    """One line of the table.

    *done*, *right*: what was done and what should be done, a sentence each; ``{which}`` is the variant's. *make*: the
    step's arithmetic under it, in as many variants as there are. *tier*: how common it is.
    """

    name: str
    done: str
    right: str
    make: Make
    tier: Tier = Tier.EVERYDAY


def lined(edits: Edits, which: str = "") -> Make:
    """*edits* of the lines of a network; *which*: how these are told apart, ``{0}`` and so on for what is named."""

    def make(case: Case) -> Iterator[Variant]:
        for lines, named, is_back, is_of_cell in _edited(edits, case.network.lines):
            if case.is_trained or not is_back or (case.is_chained if is_of_cell else case.is_of()):
                words = which.format(*map(plain, named)) if named else ""
                yield Variant(partial(Reading.edited, lines=lines), words, lines=lines)
                if words and not is_back and (alone := _made_alone(case, lines)) is not None:
                    yield replace(only_here(case, alone, f"{words}, at this timestep alone"), is_alone=True)

    return make


def _made_alone(case: Case, lines: Description) -> Array | None:
    """What *lines* make at the step of *case* of what is right before it; None where they make it as the right ones do,
    where nothing stands before it, outside of the cell, whose values alone the next timestep reads, where a function
    is left out of what has a name, which is a slip of its own, and in the sheets' cell.
    """
    name, t, network = case.address.quantity, (*case.address.indices, 0)[0], case.network
    if case.address.phase is not Phase.FORWARD or t < 2 or network.by_sheets or name not in network.cell_lines:
        return None
    own, right = ([each for each in all_lines.equations if name in (each.name, each.part_of)]
                  for all_lines in (lines, case.network.lines))  # fmt: skip
    if [each.body for each in own] == [each.body for each in right] or isinstance(own[-1].body, Ref):
        return None
    epoch, made = case.training.epoch(case.epoch), dict[str, Array]()

    def at(ref: Ref) -> Array:
        if ref.offset == 0 and ref.name in made:
            return made[ref.name]
        return epoch.value(ref.name if ref.offset is None else f"{ref.name}[{t + int(ref.offset)}]")

    for each in own:
        made[each.name] = np.real(value(each.body, at))
    return made[name]


@lru_cache(maxsize=512)
def _edited(edits: Edits, right: Description) -> list[tuple[Description, tuple[Expression, ...], bool, bool]]:
    """What is made of the *right* lines, what is named, whether it is on the way back, and there only in the cell."""
    losses = {each.loss for each in right.equations if each.loss}
    return [
        (lines, named, lines.equations is right.equations, not {"Omega", *losses} & _changed(lines, right))
        for lines, named in edits(right)
    ]


def _changed(lines: Description, right: Description) -> set[str]:
    """What the lines make whose edges are not the *right* ones."""
    return {edge.reader for edge in lines.edges if edge not in right.edges}


def whole(make: Make) -> Make:
    """What is done to whole gradients, and to no term."""
    return lambda case: iter(()) if case.address.is_term_of(case.network) and not case.is_trained else make(case)


def uncut(make: Make) -> Make:
    """What is not tried where the rule says how far back a loss reaches."""
    return lambda case: iter(()) if case.right.rule.cuts(case.T) else make(case)


def elsewhere(make: Make) -> Make:
    """What is no slip of the sheets, whose rules have it."""
    return lambda case: iter(()) if case.network.by_sheets else make(case)


def of_arrays(make: Make) -> Make:
    """What is a slip of the sheets alone; elsewhere the lines have it."""
    return lambda case: make(case) if case.network.by_sheets else iter(())


def together(*makes: Make) -> Make:
    """The variants of several."""
    return lambda case: chain.from_iterable(make(case) for make in makes)


def plain(expression: Expression, within: bool = False) -> str:
    """*expression* as it is written by hand: ``W hₜ₋₁ + b``."""
    match expression:
        case Ref(name, offset):
            return text(name) + ("ₜ₋₁" if offset == -1 else "")
        case Number(number):
            return f"{number:g}"
        case Operation("+" | "-" as sign, (first, last)):
            written = f"{plain(first)} {'−' if sign == '-' else sign} {plain(last, sign == '-')}"
            return f"({written})" if within else written
        case Operation("transposed", (inside,)):
            return f"{plain(inside, True)}ᵀ"
        case Operation("matrix·vector" | "vector·matrix" | "*" | "dot" | "scaled" | "/" as sign, (first, last)):
            product = isinstance(last, Operation) and last.kind not in FUNCTIONS
            return f"{plain(first, True)} {'/ ' if sign == '/' else ''}" + (
                f"({plain(last)})" if product else plain(last, True)
            )
        case Operation(kind, operands):
            return f"{_FUNCTIONS.get(kind, kind)}({', '.join(map(plain, operands))})"


def only_here(case: Case, other: Array, which: str = "") -> Variant:
    """The right arithmetic, with the value *other* at the step itself and nowhere else."""

    def alter(_reading: Reading, address: Address, value: Array) -> Array:
        return other if address == case.address else value

    return Variant(lambda right: replace(right, alter=alter), which, lasts=False)
