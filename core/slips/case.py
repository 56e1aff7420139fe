"""What a slip is: a case, that is a step done rightly, and the same step with something done wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from core.epoch.training import Training
from core.network.network import Network
from core.network.rule import CHAINED, Rule
from core.program.program import Address, Phase
from core.slips.by_hand import Stages, forward_by_hand
from core.slips.reading import Reading

_MOST_RETRAINED = 20  # epochs that are trained again under another rule, which takes milliseconds


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
    def is_chained(self) -> bool:
        """Whether the step belongs to ∂L/∂W, U, b or E or to the update by it."""
        return self.address.phase is not Phase.FORWARD and self.address.quantity in CHAINED

    @property
    def is_trained(self) -> bool:
        """Whether updates before this epoch decide the step too."""
        return self.retrains and 1 < self.epoch <= _MOST_RETRAINED

    def by_hand(self, stages: Stages, network: Network | None = None) -> Reading:
        """The right arithmetic on a forward pass with *stages*."""
        return self.right.on(forward_by_hand(network or self.network, self.right.tape.parameters, stages))

    def trained(self, rule: Rule, learning_rate: float) -> Reading:
        """The arithmetic under another rule or η, from the first epoch on where that is near."""
        if not self.is_trained:
            return replace(self.right, rule=rule, learning_rate=learning_rate)
        other = Training(self.network, self.training.initial, rule, learning_rate)
        return Reading.right(other.epoch(self.epoch))


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A reading with one slip in it; *which*: what distinguishes it from others of the same slip."""

    reading: Reading
    which: str = ""


Make = Callable[[Case], Iterator[Variant]]


@dataclass(frozen=True, slots=True)
class Slip:
    """One line of the table.

    *done*, *right*: what was done and what should be done, a sentence each; ``{which}`` is the variant's. *make*: the
    step's arithmetic under it, in as many variants as there are.
    """

    name: str
    done: str
    right: str
    make: Make
