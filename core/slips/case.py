"""What a slip is: a case, that is a step done rightly, and the same step with something done wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from weakref import WeakKeyDictionary

from core.epoch.training import Training
from core.network.arrays import Array
from core.network.network import Network
from core.network.rule import Rule
from core.program.program import Address, Phase
from core.slips.reading import Reading

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


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A slip made in one way.

    *change*: the arithmetic with the slip in it, from the right one. *which*: what distinguishes it from others of the
    same slip. *under*: the rule and η that it comes to, where it is nothing but these. *lasts*: whether it may be made
    at every epoch so far.
    """

    change: Change
    which: str = ""
    under: tuple[Rule, float] | None = None
    lasts: bool = True


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


def only_here(case: Case, other: Array, which: str = "") -> Variant:
    """The right arithmetic, with the value *other* at the step itself and nowhere else."""

    def alter(_reading: Reading, address: Address, value: Array) -> Array:
        return other if address == case.address else value

    return Variant(lambda right: replace(right, alter=alter), which, lasts=False)
