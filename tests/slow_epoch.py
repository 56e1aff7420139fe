"""An epoch done by hand, slowly: a method a line of the mathematics, so that a slip can replace one line.

Nothing of the core's computes here. Lists of timesteps are 1-based, with nothing at index 0, but for h, where index 0
is h_0 = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.network.network import Network, Parameters
from core.network.rule import Rule
from core.program.program import Address, Phase
from tests.oracles import Values, dot, softmax, times, values

CHAINED = ("W", "U", "b", "E")
Note = Callable[[Any], Any]


def as_it_is(value):
    """No rounding."""
    return value


class Rounder:
    """Rounds to *places*, and remembers whether a value lay so near a half that the order of sums decides."""

    def __init__(self, places):
        self.places, self.undecided = places, False

    def __call__(self, value):
        scaled = np.abs(np.asarray(value)) * 10.0**self.places
        self.undecided |= bool(np.any(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-9))
        return np.round(value, self.places)


class Work:
    """An epoch done by hand: every method is a line of the mathematics, and a slip replaces one.

    *note*: what becomes of every value as it is written down.
    """

    x: list[Any]
    a: list[Any]
    h: list[Any]
    A: list[Any]
    alpha: list[Any]
    Z: list[Any]

    def __init__(self, network: Network, P: Values, rule: Rule, eta: float, note: Note = as_it_is):
        self.network, self.P, self.rule, self.eta, self.note = network, P, rule, eta, note
        self.targets, self.chain_V = network.targets, P["V"]
        self.timesteps = range(1, network.T + 1)

    # -- forward

    def pre_activation(self, x, before):
        return times(self.P["U"], x) + times(self.P["W"], before) + self.P["b"]

    def squash(self, a):
        return np.array([np.tanh(number) for number in a])

    def seen(self, t):
        """The timesteps at which attention looks."""
        return range(1, t + 1)

    def score(self, t, i):
        return dot(self.h[i], self.h[t])

    def weight(self, t, i):
        return np.exp(self.A[t][i]) / sum(np.exp(self.A[t][j]) for j in self.seen(t))

    def context(self, t):
        return sum(self.alpha[t][i] * self.h[i] for i in self.seen(t))

    def read_by_V(self, t):
        return self.Z[t]

    def scores(self, t):
        return times(self.P["V"], self.read_by_V(t)) + self.P["c"]

    def predicted(self, t):
        return np.array(softmax(list(self.Omega[t])))

    def loss(self, t):
        return -np.log(self.yhat[t][self.targets[t - 1]])

    def total_loss(self):
        return sum(self.L[1:])

    def one_hot(self, letter):
        return np.array([float(letter == other) for other in range(self.network.K)])

    @np.errstate(all="ignore")  # a slip may divide by zero, and rounding leaves no probability
    def forward(self):
        network, note = self.network, self.note
        self.x, self.a, self.h = [None], [None], [np.zeros(network.H)]
        for t in self.timesteps:
            letter = network.inputs[t - 1]
            self.x.append(note(self.one_hot(letter) if network.embedding_size is None else self.P["E"][letter]))
            self.a.append(note(self.pre_activation(self.x[t], self.h[t - 1])))
            self.h.append(note(self.squash(self.a[t])))
        self.Z = self.h
        if network.attention:
            self.A, self.alpha, self.Z = [None], [None], [None]
            for t in self.timesteps:
                self.A.append([None] + [note(self.score(t, i)) for i in self.seen(t)])
            for t in self.timesteps:
                self.alpha.append([None] + [note(self.weight(t, i)) for i in self.seen(t)])
                self.Z.append(note(self.context(t)))
        self.Omega = [None] + [note(self.scores(t)) for t in self.timesteps]
        self.yhat = [None]
        for t in self.timesteps:
            self.yhat.append(note(self.predicted(t)))
        self.L = [None]
        for t in self.timesteps:
            self.L.append(note(self.loss(t)))
        return self

    # -- backward

    def delta(self, t):
        return self.yhat[t] - self.one_hot(self.targets[t - 1])

    def delta_shown(self, t):
        """δ_t as ∂L/∂Ω, V and c take it."""
        return self.delta(t)

    def asked(self, t, m):
        v = self.rule.sign * times(self.chain_V.T, self.delta(t))
        if not self.network.attention:
            return v
        g = np.zeros(self.network.H)
        if "value" in self.rule.paths:
            g = g + (self.alpha if self.rule.weight == "softmax" else self.A)[t][m] * v
        if "key" in self.rule.paths:
            g = g + self.asked_of_score(t, m, v) * self.h[t]
        if "query" in self.rule.paths and m == t:
            for i in self.seen(t):
                g = g + self.asked_of_score(t, i, v) * self.h[i]
        return g

    def asked_of_score(self, t, i, v):
        return self.alpha[t][i] * dot(self.h[i] - self.Z[t], v)

    def slope(self, j):
        return 1 - self.h[j] ** 2

    def back(self, r):
        return times(self.P["W"].T, r)

    def carried(self, t, m, k):
        r = self.note(self.asked(t, m))
        for j in range(m, k - 1, -1):
            r = self.note((r if j == m else self.note(self.back(r))) * self.note(self.slope(j)))
        return r

    def state_beside(self, k):
        return self.h[k - 1]

    def input_beside(self, k):
        return self.x[k]

    def term(self, name, t, m=0, k=0):
        if name == "c":
            return self.note(self.delta_shown(t))
        if name == "V":
            return self.note(np.outer(self.delta_shown(t), (self.Z if self.rule.output_state == "Z" else self.h)[t]))
        r = self.carried(t, m, k)
        if name == "E":
            row = np.zeros(self.P["E"].shape)
            row[self.network.inputs[(t if self.rule.embedding_row == "t" else k) - 1]] = times(self.P["U"].T, r)
            return self.note(row)
        beside = {"W": self.state_beside, "U": self.input_beside}
        return self.note(np.outer(r, beside[name](k)) if name in beside else r)

    def places(self, name):
        """The indices of all terms of a sum."""
        if name not in CHAINED:
            return [(t,) for t in self.timesteps]
        return [
            (t, m, k)
            for t in self.timesteps
            for m in (self.seen(t) if self.network.attention else (t,))
            for k in range(1, m + 1)
        ]

    def whole(self, name):
        return sum((self.term(name, *place) for place in self.places(name)), np.zeros(self.P[name].shape))

    def new(self, name):
        return self.P[name] - self.eta * self.whole(name)

    # -- timestep by timestep

    def asked_in_all(self, name, t):
        """∂L/∂name of a timestep: what the terms ask of it, added up."""
        v = self.rule.sign * times(self.chain_V.T, self.delta(t))
        if name == "Z":
            return v
        if name in ("alpha", "A"):
            ask = self.asked_of_score if name == "A" else lambda _t, i, v: dot(self.h[i], v)
            return [ask(t, i, v) for i in range(1, t + 1)]
        paths = [(u, m) for u in self.timesteps for m in (self.seen(u) if self.network.attention else (u,)) if m >= t]
        if name == "h":
            return sum(self.asked(u, m) if m == t else self.back(self.carried(u, m, t + 1)) for u, m in paths)
        r = sum(self.carried(u, m, t) for u, m in paths)
        return times(self.P["U"].T, r) if name == "x" else r

    # -- all steps

    def value(self, address: Address):
        name, indices = address.quantity, address.indices
        if address.phase is Phase.UPDATE:
            return self.new(name)
        if address.phase is Phase.BACKWARD:
            if name == "Omega":
                return self.delta_shown(*indices)
            if name in ("Z", "alpha", "A", "h", "a", "x"):
                return np.array(self.asked_in_all(name, *indices))
            if name in CHAINED and len(indices) == 1:
                used = [self.term(name, *place) for place in self.places(name) if place[-1] == indices[0]]
                return sum(used, np.zeros(self.P[name].shape))
            return self.term(name, *indices) if indices else self.whole(name)
        if not indices:
            return np.array(self.total_loss())
        t = indices[0]
        if name == "letter":
            return np.array([self.one_hot(self.network.inputs[t - 1]), self.one_hot(self.targets[t - 1])])
        if name in ("A", "alpha"):
            return np.array(self.A[t][indices[1]] if name == "A" else self.alpha[t][1 : t + 1])
        return np.array(getattr(self, name)[t])


@dataclass(frozen=True, eq=False)
class Exercise:
    """An epoch of a training. *stated*: the η that the sheet states."""

    network: Network
    initial: Parameters
    rule: Rule
    eta: float
    epoch: int = 1
    stated: float | None = None

    def work(self, note: Note = as_it_is) -> Work:
        """The epoch, not yet begun, after slow updates through all epochs before."""
        P = values(self.initial)
        for _ in range(1, self.epoch):
            before = Work(self.network, P, self.rule, self.eta).forward()
            P = {name: before.new(name) for name in P}
        return Work(self.network, P, self.rule, self.eta, note)

    def right(self, address: Address):
        return _done(self.network, self.initial, self.rule, self.eta, self.epoch).value(address)

    def rounded(self, address: Address, places: int):
        """The value with *places* decimals on the way, None where a value lay too near a half to tell."""
        note = Rounder(places)
        value = self.work(note).forward().value(address)
        return None if note.undecided else value


@lru_cache
def _done(network: Network, initial: Parameters, rule: Rule, eta: float, epoch: int) -> Work:
    work: Work = Exercise(network, initial, rule, eta, epoch).work().forward()
    return work
