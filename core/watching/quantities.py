"""What a name in a watch stands for: where in an epoch it is written, and what it is there.

Where is arithmetic: the places of a quantity are counted and addressed, never listed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.epoch.epoch import Epoch, made_at
from core.epoch.totals import running_total
from core.network import symbols
from core.network.arrays import Array
from core.network.network import Network
from core.program.program import Address, Phase, Program


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Positions of an epoch in ascending order: *count* of them, of which *at* gives the n-th, counted from 1."""

    count: int
    at: Callable[[int], int]

    def up_to(self, position: int) -> int:
        """How many are not after *position*."""
        return bisect_right(range(1, self.count + 1), position, key=self.at)

    def after(self, position: int) -> int | None:
        """The first after *position*."""
        n = self.up_to(position)
        return self.at(n + 1) if n < self.count else None

    def before(self, position: int) -> int | None:
        """The last before *position*."""
        n = self.up_to(position - 1)
        return self.at(n) if n else None


def single(position: int) -> Places:
    """One place."""
    return Places(1, lambda _n: position)


NOWHERE = Places(0, lambda n: n)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a name stands for.

    *symbol*: its id; of what has a number at every timestep, the name alone means the latest. *row*: the timestep of
    a row of A or alpha, 0 else. *part*: of a gradient, ``so far`` or ``term``: the sum of the terms up to the step,
    or the latest of them. *entry*: the 0-based entry of it that is meant, () for all.
    """

    symbol: str
    row: int = 0
    part: str = ""
    entry: tuple[int, ...] = ()
    is_whole: bool = False

    def __str__(self) -> str:
        shown = symbols.text(self.symbol)
        shown += symbols.subscript(self.row) if self.row else ""
        shown += f" {self.part}" if self.part else ""
        return shown + (f"[{','.join(str(index + 1) for index in self.entry)}]" if self.entry else "")

    @property
    def is_latest(self) -> bool:
        """Whether it is the latest of what every timestep has."""
        found = symbols.parse(self.symbol)
        return not (found.indices or self.row or self.is_whole)

    def places(self, program: Program) -> Places:
        """Where it is written in an epoch; what is given counts as written at step 1."""
        found = symbols.parse(self.symbol)
        if self.part:
            span = program.gradient_span(found.name.removeprefix(symbols.ADJOINT))
            return Places(len(span) - (self.part == "term"), lambda n: span.first + n - 1)
        if self.row:
            return single(position_of(program, symbols.symbol(found.name, self.row, self.row)))
        if not self.is_latest:
            return single(position_of(program, self.symbol))
        if found.name == "A":
            T = program.network.T
            return Places(T * (T + 1) // 2, lambda n: position_of(program, symbols.symbol("A", *pair_of(n))))
        return quantity_places(program, found.name)

    def value(self, epoch: Epoch, program: Program, position: int) -> Array:
        """What it is at *position*, where it has been written by then."""
        found = self._whole(epoch, program, position)
        return np.asarray(found[self.entry]) if self.entry else found

    def _whole(self, epoch: Epoch, program: Program, position: int) -> Array:
        found = symbols.parse(self.symbol)
        if self.part:
            return self._part(epoch, program, position)
        if self.row:
            return _row(epoch, found.name, self.row)
        if not self.is_latest:
            return epoch.value(self.symbol)
        n = self.places(program).up_to(position)
        indices = _indices(program, found.name, n)
        if symbols.is_pair(found.name, program.network) and len(indices) == 1:
            return _row(epoch, found.name, indices[0])
        return epoch.value(symbols.symbol(found.name, *indices))

    def _part(self, epoch: Epoch, program: Program, position: int) -> Array:
        """The total so far, or the latest term, of a gradient."""
        name = symbols.parse(self.symbol).name.removeprefix(symbols.ADJOINT)
        span = program.gradient_span(name)
        if self.part == "so far" and position >= span.last:
            return epoch.gradients[name]
        indices = program[min(position, span.last - 1)].indices
        if self.part == "so far":
            return running_total(epoch, name, *indices)
        return epoch.value(symbols.symbol(f"dL/d{name}", *indices))


def quantity_places(program: Program, name: str) -> Places:
    """Where the quantity *name* of the table is written, timestep by timestep; a row of A or alpha counts once."""
    return Places(
        program.network.T, lambda n: position_of(program, _symbol(name, program.network, *_indices(program, name, n)))
    )


def position_of(program: Program, symbol: str) -> int:
    """The step that makes *symbol*, and of what this way back has no step for, the one at which all of it is known."""
    made = made_at(symbol, program.network)
    if made is None:
        return 1
    if made not in program and made.is_asked(program.network):
        name = program.taken_by(made.quantity)
        made = Address(Phase.BACKWARD, name, made.indices if name == "Omega" else ())
    return program.place(made)


def pair_of(number: int) -> tuple[int, int]:
    """The *number*-th pair of timesteps, of which the second is not after the first."""
    t = bisect_right(range(number + 1), number - 1, key=lambda t: t * (t - 1) // 2) - 1
    return t, number - t * (t - 1) // 2


def _indices(program: Program, name: str, n: int) -> tuple[int, ...]:
    """The indices of what is written as the *n*-th: back timestep by timestep, from the last timestep."""
    if name == "A":
        return pair_of(n)
    made = made_at(_symbol(name, program.network, 1), program.network)
    goes_back = made is not None and made.phase is Phase.BACKWARD and program.way == "timesteps"
    return (program.network.T + 1 - n if goes_back else n,)


def _symbol(name: str, network: Network, t: int) -> str:
    return symbols.symbol(name, t, t) if symbols.is_pair(name, network) else symbols.symbol(name, t)


def _row(epoch: Epoch, name: str, t: int) -> Array:
    """The numbers of A or alpha of timestep *t*, or what is asked of them, over timesteps 1 … t."""
    if name in epoch.tape:
        return np.asarray(epoch.tape[name][t - 1, :t])
    return np.array([epoch.value(symbols.symbol(name, t, i)) for i in range(1, t + 1)])
