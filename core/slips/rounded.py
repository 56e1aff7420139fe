"""The same arithmetic with every value rounded as it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from core.epoch.own_numbers import ByLines
from core.network import symbols
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import Rule
from core.program.program import OUTPUTS, Address, Phase
from core.slips.by_hand import forward_by_hand
from core.slips.reading import BY_LOSS, Reading

MOST_ROUNDED = 40  # timesteps whose terms are rounded one by one
_MOST_AT_ONCE = 1_000_000  # entries of terms that are rounded together


def by_lines(network: Network, parameters: Parameters, rule: Rule, rate: float, places: int, address: Address) -> Array:
    """The value of a step of any network, with every quantity on the way, and what is asked of it, rounded to *places*
    decimals.
    """
    before = {Phase.FORWARD: "", Phase.UPDATE: "", Phase.CLIP: "", Phase.BACKWARD: symbols.ADJOINT}[address.phase]
    name = f"{before}{address.quantity}{'_new' if address.phase is Phase.UPDATE else ''}"
    if address.phase is Phase.CLIP:
        name = symbols.clipped(address.quantity)
    own = ByLines(network, parameters, rule, rate, places=places)
    return np.asarray(np.round(own.value(symbols.symbol(name, *address.indices)), places))


@dataclass(frozen=True, slots=True, eq=False)
class Rounded(Reading):
    """The arithmetic with every intermediate value of a gradient rounded to *places* decimals.

    For at most `MOST_ROUNDED` timesteps, since the terms are rounded one by one.
    """

    rounds = True
    places: int = 4

    @classmethod
    def on_paper(cls, network: Network, parameters: Parameters, rule: Rule, learning_rate: float, places: int) -> Self:
        """An epoch of *network* with *places* decimals of every value."""
        tape = forward_by_hand(network, parameters, rounded=lambda value: np.round(value, places))
        return replace(cls.of(tape, rule, learning_rate), places=places)

    def term(self, name: str, t: int, m: int = 0, k: int = 0) -> Array:
        """One addend, each of its links rounded, and itself."""
        if name in OUTPUTS:
            return self.written(Reading.term(self, name, t))
        return self.written(self._beside(name, self._chains([t])[0, m - 1, k - 1], t, k))

    def _summed(self, name: str) -> Array:
        """The sum of the rounded terms."""
        T, shape = self.network.T, self.network.parameter_shapes[name]
        counted = self.counted.get(name, np.ones(T))
        if name in ("V", "c"):
            terms = (counted[t - 1] * self.term(name, t) for t in range(1, T + 1))
            return sum(terms, np.zeros(shape))
        r = self._chains(range(1, T + 1))
        by_loss = name == "E" and self.rule.embedding_row == "t"
        r *= counted[:, None]
        if by_loss and BY_LOSS in self.counted:
            r *= self.counted[BY_LOSS][:, None, None, None]
        if name == "b":
            return np.asarray(np.add.reduce(r, axis=(0, 1, 2)))
        total = np.zeros(shape)
        if name == "E":
            back = self.written(r @ self.U)
            np.add.at(total, self.network.input_indices, np.add.reduce(back, axis=(1, 2) if by_loss else (0, 1)))
            return total
        beside, at_once = self.states if name == "W" else self.inputs, max(1, _MOST_AT_ONCE // (T * total.size))
        for k in range(T):
            for t in range(k, T, at_once):
                total += np.add.reduce(self.written(r[t : t + at_once, k:, k, :, None] * beside[k]), axis=(0, 1))
        return total

    def written(self, value: Array) -> Array:
        """*value* with so many decimals."""
        return np.round(value, self.places)

    def _chains(self, losses: Sequence[int]) -> Array:
        """r_{t,m,k} of the *losses* t, n×T×T×H, row m - 1, column k - 1, zero for k > m and m > t."""
        T, H = self.network.T, self.network.H
        g, after, r = np.zeros((len(losses), T, H)), np.zeros((len(losses), T, H)), np.zeros((len(losses), T, T, H))
        for row, t in zip(g, losses, strict=True):
            row[:] = self.written(self.asks.of_states_by(self.rule, [t - 1]))
        slopes = self.written(self.slopes)
        for j in range(T - 1, -1, -1):
            after = self.written(after @ self.back)
            after[:, j] = g[:, j]
            r[:, :, j] = reached = self.written(after * slopes[j])
            if self.sloped:
                after = reached
        for row, t in zip(r, losses, strict=True):
            row[:, : self.rule.first_use(t) - 1] = 0
        return r
