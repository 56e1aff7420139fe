"""What the window shows at one moment: a frozen snapshot that every panel renders from."""

from __future__ import annotations

from dataclasses import dataclass

from core.epoch.epoch import Epoch, made_at
from core.epoch.training import Training
from core.network.network import Network
from core.program.cursor import Cursor
from core.program.program import Address, Phase, Program
from core.sources.source import Source
from core.steps.evaluate import Step
from core.writing.form import NumberFormat


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Everything a panel may read, at one position of the cursor.

    *source*: the network and the worksheet that it came from, if any. *training*: for the losses that have been
    reached; panels only read it. *entry*: the 0-based entry that is followed in a matrix-valued gradient or term;
    (i, 0) for vectors. *form*: how numbers are written. *hidden*: whether the result of the step is not to be seen yet.
    """

    source: Source
    training: Training
    program: Program
    cursor: Cursor
    epoch: Epoch
    step: Step
    entry: tuple[int, int]
    form: NumberFormat
    hidden: bool = False

    @property
    def network(self) -> Network:
        """What is computed."""
        return self.epoch.network

    def is_known(self, symbol: str) -> bool:
        """Whether the steps up to the cursor have computed *symbol*; what is given is always known."""
        made = made_at(symbol, self.network)
        return made is None or self.is_past(made)

    def is_past(self, address: Address) -> bool:
        """Whether the step at *address* is computed: it lies before the cursor, or is shown and not hidden."""
        return self.program.position(address) <= self.cursor.position - self.hidden

    def origin(self, symbol: str) -> Cursor | None:
        """The step that made *symbol*, None for what was given."""
        made = made_at(symbol, self.network)
        if made is not None:
            return Cursor(self.cursor.epoch, self.program.position(made))
        if symbol in self.network.parameter_shapes and self.cursor.epoch > 1:
            update = Address(Phase.UPDATE, symbol)
            return Cursor(self.cursor.epoch - 1, self.program.position(update))
        return None
