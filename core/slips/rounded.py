"""The same arithmetic with every value rounded as it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.epoch.walked import on_lines
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import Rule
from core.program.program import OUTPUTS
from core.slips.by_hand import lines_of
from core.slips.reading import BY_LOSS, Reading, rounding

MOST_ROUNDED = 40  # timesteps whose terms are rounded one by one
_MOST_AT_ONCE = 1_000_000  # entries of terms that are rounded together


@np.errstate(all="ignore")  # rounding may leave no probability
def on_paper(network: Network, parameters: Parameters, rule: Rule, rate: float, places: int) -> Reading:
    """An epoch of *network* with *places* decimals of every value: of the sheets term by term, else by its lines."""
    tape = on_lines(network, parameters, lines_of(network), rounding(places))
    return (Rounded if network.by_sheets else Reading).of(tape, rule, rate, places)


@dataclass(frozen=True, slots=True, eq=False)
class Rounded(Reading):
    """The arithmetic of the sheets with every intermediate value of a gradient rounded.

    For at most `MOST_ROUNDED` timesteps, since the terms are rounded one by one.
    """

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
