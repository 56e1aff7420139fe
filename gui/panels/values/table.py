"""What the values panel shows of a view: every quantity of the forward pass, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.epoch.epoch import Epoch
from core.network.arrays import Array
from core.network.held import held_cells
from core.network.symbols import symbol, text
from core.program.program import Address, Phase, Program
from core.writing.form import NumberFormat
from core.writing.shown import entry_name
from gui.debugger.known import scores_known, timesteps_known
from gui.debugger.view import View
from gui.widgets.matrix.picture import MatrixPicture

_BY_TWO = ("A", "alpha")  # those with two indices, t and i ≤ t


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity over all timesteps; equal ones look the same.

    *known*: for how many timesteps something is known, and *entries* how many entries of the last of them. *original*:
    the epoch without a change, None where there is none.
    """

    name: str
    epoch: Epoch
    known: int
    entries: int
    form: NumberFormat
    original: Epoch | None = None

    @property
    def values(self) -> Array:
        """T×n, a row a timestep."""
        return self._of(self.epoch)

    def _of(self, epoch: Epoch) -> Array:
        values = epoch.tape[self.name]
        if self.name in epoch.network.states:
            values = values[1:]
        return np.asarray(values[:, None] if values.ndim == 1 else values)

    @property
    def is_one_hot(self) -> bool:
        """Whether its entries are 0 and 1."""
        return self.name == "x" and self.epoch.network.is_of_letters("X")

    def symbol(self, t: int, entry: int) -> str:
        """The symbol of a 0-based entry at timestep *t*."""
        return symbol(self.name, t, entry + 1) if self.name in _BY_TWO else symbol(self.name, t)

    def picture(self) -> MatrixPicture:
        """Itself as a matrix: timesteps down, entries across."""
        values, network = self.values, self.epoch.network
        known = np.zeros(values.shape, dtype=np.bool_)
        known[: self.known] = True
        known[self.known - 1 : self.known, self.entries :] = False
        first_unknown = self.known - (self.entries < self.known)

        def cell_name(row: int, entry: int) -> str:
            name = self.symbol(row + 1, entry)
            single = self.name in _BY_TWO or values.shape[1] == 1
            return text(name) if single else f"{text(name)}[{entry_name(network, name, (entry, 0))}]"

        return MatrixPicture(
            values,
            text(self.name),
            known=known,
            symbols=lambda row, entry: self.symbol(row + 1, entry),
            cell_name=cell_name,
            # The next one to be made says so; those after it are left quiet.
            placeholder=lambda row, _entry: f"at t = {row + 1}" if row == first_unknown else "",
            shade=self.name != "L",
            format=self.form,
            triangular=self.name in _BY_TWO,
            before=None if self.original is None else self._of(self.original),
            marked=held_cells(network, self.name),
        )


@dataclass(frozen=True, slots=True)
class ValuesTable:
    """All quantities at one position of the cursor; equal ones look the same.

    *written*, *read*: the symbols that the step at the cursor makes and reads. *t*: its timestep, if it has one.
    *total_known*: whether the total loss is computed.
    """

    program: Program
    quantities: tuple[Quantity, ...]
    written: frozenset[str]
    read: frozenset[str]
    t: int | None
    total_known: bool

    @property
    def epoch(self) -> Epoch:
        """The epoch that the values are of."""
        return self.quantities[0].epoch

    def quantity(self, name: str) -> Quantity:
        """The quantity *name*."""
        return next(quantity for quantity in self.quantities if quantity.name == name)


def values_table(view: View) -> ValuesTable:
    """What *view* knows of the forward pass."""
    network, address = view.network, view.step.address
    lines = network.lines
    made = [name for each in lines.equations for name in (each.name, each.loss) if name not in ("", "x")]
    known: dict[str, int] = {}
    quantities = []
    for name in ("x", *made):
        stage = "letter" if name == "x" and network.embedding_size is None else name
        if stage in made:
            stage = lines.made(stage).part_of or stage
        if stage not in known:
            known[stage] = timesteps_known(view, stage)
        # A timestep's scores are made one by one; all else is made whole.
        entries = scores_known(view)[1] if name == "A" else max(network.K, network.H, network.T)
        quantities.append(Quantity(name, view.epoch, known[stage], entries, view.form, view.original))
    return ValuesTable(
        view.program,
        tuple(quantities),
        frozenset(view.step.formula.writes),
        frozenset(operand.symbol for operand in view.step.operands),
        address.indices[0] if address.indices else None,
        view.is_past(Address(Phase.FORWARD, "L")),
    )
