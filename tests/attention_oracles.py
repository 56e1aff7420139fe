"""What slips of attention and of the output make of an LSTM, a GRU and a ReLU cell, by plain loops.

The cell goes forward and back by its own loops; what all losses together ask of its states is found here, loss by loss
and state by state, by small functions that a slip puts others in the place of.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.gate_oracles import SLOPES, Gru, Loops, Lstm, relu


def softmax(scores):
    return np.exp(scores) / sum(np.exp(scores))


class Relu(Loops):
    """h = max(0, U x + W h + b)."""

    gates, right = "h", {"h": relu}

    def run(self):
        P, H, T = self.P, len(self.P["b"]), len(self.xs)
        h = {0: np.zeros(H)}
        for t, x in enumerate(self.xs, 1):
            a = P["U"] @ x + P["W"] @ h[t - 1] + P["b"]
            h[t] = self.act["h"](a)
            self.put(t, h=h[t], a=a)
        dh = np.zeros(H)
        for t in range(T, 0, -1):
            dh = dh + self.error(h[t], self.ys[t - 1])
            da = dh * SLOPES[relu](h[t], None)
            self.asked(t, h=dh, a=da)
            self.add(t, "U", np.outer(da, self.xs[t - 1]))
            self.add(t, "W", np.outer(da, h[t - 1]))
            self.add(t, "b", da)
            dh = P["W"].T @ da
        return self.values


CELLS = {"lstm": Lstm, "gru": Gru, "relu": Relu}


class Around:
    """An epoch of *cell* on parameters *P*, letters *read* and *wanted*; timesteps are counted from 1."""

    h: list[Any]
    A: list[Any]
    Omega: list[Any]

    def __init__(self, cell, P, read, wanted, eta, *, attention, slip=None):
        self.cell, self.P, self.T, self.eta, self.attention = cell, dict(P), len(read), eta, attention
        self.xs, self.y = ([None, *np.eye(len(P["c"]))[list(letters)]] for letters in (read, wanted))
        self.chain_V = lambda: self.P["V"]
        self.seen = lambda t: range(1, t + 1)
        self.score = lambda t, i: self.h[i] @ self.h[t]
        self.query = self.key = 1.0  # how a score moves with what it is made of
        self.weight = lambda t, i: np.exp(self.A[t][i]) / sum(np.exp(self.A[t][j]) for j in self.seen(t))
        self.predicted = lambda t: softmax(self.Omega[t])
        if slip is not None:
            slip(self)

    def _cell(self, asked=None):
        own = {name: array for name, array in self.P.items() if name not in ("V", "c")}
        nothing = [np.zeros(self.P["V"].shape[1])] * self.T
        made = CELLS[self.cell](own, self.xs[1:], nothing if asked is None else asked)
        made.error = lambda _h, its: its
        return made.run()

    def run(self):
        """The values of all steps, by symbol."""
        values, ts = self._cell(), range(1, self.T + 1)
        self.h = [None, *(values[f"h[{t}]"] for t in ts)]
        Z = self.h
        if self.attention:
            self.A = [None, *({i: self.score(t, i) for i in self.seen(t)} for t in ts)]
            alpha: list[Any] = [None, *({i: self.weight(t, i) for i in self.seen(t)} for t in ts)]
            Z = [None, *(sum(alpha[t][i] * self.h[i] for i in self.seen(t)) for t in ts)]
        self.Omega = [None, *(self.P["V"] @ Z[t] + self.P["c"] for t in ts)]
        yhat = [None, *(self.predicted(t) for t in ts)]
        losses = [-np.log(self.y[t] @ yhat[t]) for t in ts]
        delta = [None, *(yhat[t] - self.y[t] for t in ts)]
        found = {"L": sum(losses), "dL/dV": sum(np.outer(delta[t], Z[t]) for t in ts), "dL/dc": sum(delta[1:])}
        found["V_new"] = self.P["V"] - self.eta * found["dL/dV"]
        self.V_new = found["V_new"]
        G = [None, *(np.zeros(len(self.h[1])) for _ in ts)]
        for t in ts:
            v = self.chain_V().T @ delta[t]
            found |= {f"Omega[{t}]": self.Omega[t], f"yhat[{t}]": yhat[t], f"L[{t}]": losses[t - 1]}
            found[f"dL/dOmega[{t}]"] = delta[t]
            if not self.attention:
                G[t] = G[t] + v
                continue
            asked = {i: self.h[i] @ v for i in self.seen(t)}
            of_score = {i: alpha[t][i] * (asked[i] - sum(alpha[t][j] * asked[j] for j in self.seen(t)))
                        for i in self.seen(t)}  # fmt: skip
            for i in self.seen(t):
                G[i] = G[i] + alpha[t][i] * v + of_score[i] * self.key * self.h[t]
                G[t] = G[t] + of_score[i] * self.query * self.h[i]
            so_far = range(1, t + 1)
            found |= {f"A[{t},{i}]": self.A[t][i] for i in so_far}
            rows = {"alpha": alpha[t], "dL/dalpha": asked, "dL/dA": of_score}
            found |= {f"{name}[{t}]": np.array([row[i] for i in so_far]) for name, row in rows.items()}
            found |= {f"Z[{t}]": Z[t], f"dL/dZ[{t}]": v}
        values = self._cell(G[1:]) | found
        return values | {f"{name}_new": self.P[name] - self.eta * values[f"dL/d{name}"] for name in self.P}


def scaled(work):
    root = len(work.P["V"][0]) ** 0.5
    work.score = lambda t, i: work.h[i] @ work.h[t] / root
    work.query = work.key = 1 / root


def unmasked(work):
    work.seen = lambda _t: range(1, work.T + 1)


def from_zero(work):
    work.weight = lambda t, i: np.exp(work.A[t][i]) / (1 + sum(np.exp(work.A[t][j]) for j in range(1, t + 1)))


def down_columns(work):
    work.weight = lambda t, i: np.exp(work.A[t][i]) / sum(np.exp(work.A[s][i]) for s in range(i, work.T + 1))


def over_timesteps(work):
    work.predicted = lambda t: np.exp(work.Omega[t]) / sum(np.exp(scores) for scores in work.Omega[1:])


def new_V(work):
    work.chain_V = lambda: work.V_new


OF_ATTENTION = {
    "scaled scores": scaled,
    "no causal mask": unmasked,
    "softmax from i = 0": from_zero,
    "softmax over the wrong axis": down_columns,
}
OF_ALL = {"softmax over the timesteps": over_timesteps, "the new V in the chain": new_V}
