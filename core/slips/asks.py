"""What the losses ask of the scores and of the hidden states: where the way back begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.epoch.backward import output_error, signed
from core.epoch.forward import Tape
from core.epoch.sums import BLOCK
from core.network.arrays import Array
from core.network.rule import Rule

Attended = Callable[[Array, Array, Array], Array]
Rows = slice | list[int] | npt.NDArray[np.intp]
ALL = slice(None)


def attended(alpha: Array, each: Array, mean: Array) -> Array:
    """What a loss asks of its scores: alpha_i (h_i · v - Z · v), n×T, from h_i · v (n×T) and Z · v (n×1)."""
    return np.asarray(alpha * (each - mean))


@dataclass(frozen=True, eq=False)
class Asks:
    """What the losses ask of the scores and of the hidden states.

    *errors*: T×K, δ_t. *V*: what brings them back. *of_scores*: what is asked of the scores of attention, as
    `attended`. Not slotted: what is asked of all states is kept, since most slips come after it.
    """

    tape: Tape
    errors: Array
    V: Array
    of_scores: Attended = attended
    _kept: dict[Rule, Array] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, tape: Tape) -> Asks:
        """As it should be."""
        return cls(tape, output_error(tape), tape.parameters["V"])

    def of_states(self, rule: Rule) -> Array:
        """Σ_t g_{t,m}, T×H: what all losses ask of every hidden state."""
        for _ in self.in_blocks(rule):
            pass
        return self._kept[rule]

    def in_blocks(self, rule: Rule) -> Iterator[None]:
        """Find `of_states` of a long text block by block, so that it may be done in slices of time."""
        if rule in self._kept:
            return
        total = np.zeros(self.tape.read_out.shape)
        for first in range(0, len(self.errors), BLOCK):
            total = total + self.of_states_by(rule, slice(first, first + BLOCK))
            yield
        self._kept[rule] = total

    def of_states_by(self, rule: Rule, losses: Rows) -> Array:
        """Σ_t g_{t,m}, T×H, over the *losses* of some timesteps alone: any index of rows."""
        v, tape = self.at_state(rule, losses), self.tape
        if "A" not in tape:
            G = np.zeros(tape.read_out.shape)
            G[losses] = v
            return G
        h, alpha = tape["h"][1:], tape["alpha"][losses]
        weight = tape["A"][losses] if rule.weight == "score" else alpha
        G = weight.T @ v if "value" in rule.paths else np.zeros(h.shape)
        if "key" in rule.paths or "query" in rule.paths:
            slope = self.of_attention(v, losses)
            if "key" in rule.paths:
                G += slope.T @ h[losses]
            if "query" in rule.paths:
                G[losses] += slope @ h
        return G

    def from_afar(self, rule: Rule) -> Callable[[int], Array]:
        """What the losses so many timesteps after m ask of h_m, m = 1, 2, …, a row each."""
        tape, v = self.tape, self.at_state(rule)
        if "A" not in tape:
            return lambda far: v if not far else np.zeros(v[far:].shape)
        weight, h = tape["A" if rule.weight == "score" else "alpha"], tape["h"][1:]
        slope = self.of_attention(v, ALL)

        def asked(far: int) -> Array:  # of loss m + far, the entry of m
            found = np.zeros(v[far:].shape)
            if "value" in rule.paths:
                found += np.diagonal(weight, -far)[:, None] * v[far:]
            if "key" in rule.paths:
                found += np.diagonal(slope, -far)[:, None] * h[far:]
            if "query" in rule.paths and not far:
                found += slope @ h
            return found

        return asked

    def of_alpha(self, v: Array) -> Array:
        """h_i · v, n×T: what losses with *v* at the context (n×H) ask of their weights."""
        return np.asarray(v @ self.tape["h"][1:].T)

    def of_attention(self, v: Array, losses: Rows) -> Array:
        """What the *losses*, with *v* at the context, ask of their scores, n×T."""
        if "alpha" not in self.tape:
            raise ValueError("only attention has scores")
        mean = np.vecdot(v, self.tape.read_out[losses])[:, None]
        return self.of_scores(self.tape["alpha"][losses], self.of_alpha(v), mean)

    def at_state(self, rule: Rule, losses: Rows = ALL) -> Array:
        """v_t = σ Vᵀ δ_t of the *losses*, n×H."""
        return np.asarray(signed(self.errors[losses], rule) @ self.V)
