"""One way of doing an epoch's arithmetic: the right one, or one with a slip in it.

A slip is told by false tapes: what each part of the arithmetic reads is a tape of its own, so that the functions of
`core.epoch.backward` compute the slip's numbers as they compute the right ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.epoch.backward import (
    asked,
    asked_by,
    asked_of,
    chain,
    collect,
    error_at_state,
    output_error,
    output_state,
    output_term,
    sweep,
    term_of,
)
from core.epoch.epoch import Epoch
from core.epoch.forward import Tape
from core.network.arrays import Array
from core.network.network import Network
from core.network.rule import CHAINED, Rule
from core.program.program import Address, Phase

Alteration = Callable[["Reading", Address, Array], Array]
_MOST_AT_ONCE = 1_000_000  # entries of terms that are rounded together
MOST_ROUNDED = 40  # timesteps whose terms are rounded one by one


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What every step of an epoch gives, done in one way.

    *tape*: the forward pass. *asks*: what ∂L/∂Ω, V, c, v and g are read from. *chain*: what the slopes of tanh and W
    are. *last*: what stands beside r: h_{k-1}, x_k and U. *jacobians*: whether a chain has the
    product over the timesteps between m and k. *alter*: what becomes of a value at last. *given*: gradients and new
    parameters of one's own, by symbol.
    """

    tape: Tape
    asks: Tape
    chain: Tape
    last: Tape
    rule: Rule
    learning_rate: float
    jacobians: bool = True
    alter: Alteration | None = None
    given: Mapping[str, Array] = field(default_factory=dict)

    @classmethod
    def right(cls, epoch: Epoch) -> Reading:
        """The arithmetic of *epoch*, as it should be under its rule."""
        return cls.of(epoch.tape, epoch.rule, epoch.learning_rate)

    @classmethod
    def of(cls, tape: Tape, rule: Rule, learning_rate: float) -> Reading:
        """The arithmetic that reads *tape* throughout."""
        return cls(tape, tape, tape, tape, rule, learning_rate)

    def on(self, tape: Tape) -> Reading:
        """The same arithmetic on another forward pass."""
        return replace(self, tape=tape, asks=tape, chain=tape, last=tape)

    @property
    def network(self) -> Network:
        """What is computed."""
        return self.tape.network

    @np.errstate(all="ignore")  # where training diverged, infinities are shown, not an error
    def value(self, address: Address) -> Array:
        """What the step at *address* gives, in the shape of `core.steps.evaluate.Step.value`."""
        value = self._plain(address)
        return value if self.alter is None else self.alter(self, address, value)

    def gradient(self, name: str) -> Array:
        """∂L/∂name, before anything is altered."""
        if name in ("V", "c"):
            delta = output_error(self.asks)
            return delta.T @ output_state(self.asks, self.rule) if name == "V" else np.add.reduce(delta, axis=0)
        v = error_at_state(self.asks, self.rule)
        if name == "E" and self.rule.embedding_row == "t":
            return self._by_loss_letter(v)
        return collect(self.last, name, self._swept(asked(self.asks, self.rule, v)))

    def term(self, name: str, t: int, m: int = 0, k: int = 0) -> Array:
        """One addend of ∂L/∂name, before anything is altered: (t) for V and c."""
        if name not in CHAINED:
            return output_term(self.asks, self.rule, name, t)
        return term_of(self.last, self.rule, name, self._reached(t, m, k), t, k)

    # -- inside ---------------------------------------------------------------------------------------------

    def _plain(self, address: Address) -> Array:
        name, indices = address.quantity, address.indices
        if address.phase is Phase.FORWARD:
            return self._forward(name, indices)
        if address.phase is Phase.UPDATE:
            own = self.given.get(f"{name}_new")
            slope = self.value(Address(Phase.BACKWARD, name))
            return self.tape.parameters[name] - self.learning_rate * slope if own is None else own
        if not indices:
            own = self.given.get(f"dL/d{name}")
            return self.gradient(name) if own is None else own
        if name == "Omega":
            return np.asarray(output_error(self.asks)[indices[0] - 1])
        return self.term(name, *indices)

    def _forward(self, name: str, indices: tuple[int, ...]) -> Array:
        tape, network = self.tape, self.network
        if not indices:
            return np.array(tape.total)
        row = indices[0] - 1
        if name == "letter":
            return np.stack([network.one_hot_inputs[row], network.one_hot_targets[row]])
        if name == "h":
            return np.asarray(tape.h[row + 1])
        if name in ("A", "alpha"):
            found = tape.A if name == "A" else tape.alpha
            if found is None:
                raise KeyError(name)
            return np.asarray(found[row, indices[1] - 1] if name == "A" else found[row, : row + 1])
        rows = {"x": tape.x, "Z": tape.Z, "Omega": tape.Omega, "yhat": tape.yhat, "L": tape.L}
        return np.asarray(rows[name][row])

    def _swept(self, G: Array) -> Array:
        """r_k summed over all chains, n×H, from what is asked of every hidden state (n×H)."""
        if self.jacobians:
            return sweep(self.chain, G)
        return np.asarray((1 - np.square(self.chain.h[1 : len(G) + 1])) * np.cumsum(G[::-1], axis=0)[::-1])

    def _reached(self, t: int, m: int, k: int) -> Array:
        """r_{t,m,k}, H."""
        g = asked_of(self.asks, self.rule, t, m)
        if self.jacobians:
            return np.asarray(chain(self.chain, g, m, k)[0])
        return np.asarray((1 - np.square(self.chain.h[k])) * g)

    def _by_loss_letter(self, v: Array) -> Array:
        total = np.zeros(self.network.parameter_shapes["E"])
        for letter in np.unique(self.network.input_indices):
            mine = v * (self.network.input_indices == letter)[:, None]
            r = self._swept(asked(self.asks, self.rule, mine))
            total[letter] = np.add.reduce(r @ self.last.parameters.U, axis=0)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Rounded(Reading):
    """The same arithmetic with every intermediate value of a gradient rounded to *places* decimals.

    For at most `MOST_ROUNDED` timesteps, since the terms are rounded one by one.
    """

    places: int = 4

    def term(self, name: str, t: int, m: int = 0, k: int = 0) -> Array:
        """One addend, each of its links rounded, and itself."""
        if name not in CHAINED:
            return self._round(output_term(self.asks, self.rule, name, t))
        return self._round(term_of(self.last, self.rule, name, self._chains([t])[0, m - 1, k - 1], t, k))

    def gradient(self, name: str) -> Array:
        """The sum of the rounded terms."""
        T, shape = self.network.T, self.network.parameter_shapes[name]
        if name in ("V", "c"):
            return sum((self.term(name, t) for t in range(1, T + 1)), np.zeros(shape))
        r = self._chains(range(1, T + 1))
        if name == "b":
            return np.asarray(np.add.reduce(self._round(r), axis=(0, 1, 2)))
        total = np.zeros(shape)
        if name == "E":
            back, is_at_k = self._round(r @ self.last.parameters.U), self.rule.embedding_row == "k"
            np.add.at(total, self.network.input_indices, np.add.reduce(back, axis=(0, 1) if is_at_k else (1, 2)))
            return total
        beside, at_once = self.last.h if name == "W" else self.last.x, max(1, _MOST_AT_ONCE // (T * total.size))
        for k in range(T):
            for t in range(k, T, at_once):
                total += np.add.reduce(self._round(r[t : t + at_once, k:, k, :, None] * beside[k]), axis=(0, 1))
        return total

    def _chains(self, losses: Sequence[int]) -> Array:
        """r_{t,m,k} of the *losses* t, n×T×T×H, row m - 1, column k - 1, zero for k > m and m > t."""
        T, H = self.network.T, self.network.H
        g, after, r = np.zeros((len(losses), T, H)), np.zeros((len(losses), T, H)), np.zeros((len(losses), T, T, H))
        for row, t in zip(g, losses, strict=True):
            row[:t] = self._round(sum(asked_by(self.asks, self.rule, t).values(), np.zeros((t, H))))
        for j in range(T, 0, -1):
            after = self._round(after @ self.chain.parameters.W)
            after[:, j - 1] = g[:, j - 1]
            after = self._round(after * self._round(1 - np.square(self.chain.h[j])))
            r[:, :, j - 1] = after
        return r

    def _round(self, value: Array) -> Array:
        return np.round(value, self.places)
