"""The forward pass of one epoch, onto a read-only tape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import tanh

import numpy as np

from core.epoch.attention import NONE, Holding, attended
from core.epoch.sums import row_sums
from core.equations.operations import TABLE, softmax
from core.equations.outputs import OUTPUTS
from core.network.arrays import Array, freeze
from core.network.held import open_rows
from core.network.network import Network, Parameters


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """All arrays of one forward pass, read-only.

    *rows*: of x and of every quantity of the lines, by name, row t - 1 for timestep t; of states row t, and row 0 is
    that before the first, 0. Of A and alpha T×T, zero above the diagonal. *total*: the loss of the epoch, in nats.
    """

    network: Network
    parameters: Parameters
    rows: Mapping[str, Array]
    total: float

    def __getitem__(self, name: str) -> Array:
        return self.rows[name]

    def __contains__(self, name: str) -> bool:
        return name in self.rows

    def at(self, name: str, t: int) -> Array:
        """A quantity at timestep *t*, of a state from t = 0 on."""
        return np.asarray(self.rows[name][t if name in self.network.states else t - 1])

    @property
    def hidden(self) -> Array:
        """The hidden states h_0 … h_T, (T+1)×H."""
        return self.rows[self.network.state]

    @property
    def read_out(self) -> Array:
        """What the output reads, T×H: Z, and without attention the hidden states."""
        return self.rows["Z"] if self.network.attention else self.hidden[1:]

    def with_rows(self, **rows: Array) -> Tape:
        """The same with other *rows*, and the total of their losses."""
        total = self.network.total(rows["L"]) if "L" in rows else self.total
        return replace(self, rows={**self.rows, **rows}, total=total)

    def slopes(self, first: int, last: int, through: Sequence[str] = ("h", "a")) -> Array:
        """The slopes of tanh at the timesteps *first* … *last*, (last-first+1)×H: 0 where nothing flows back *through*
        these lines, as a number of them is held.
        """
        slopes: Array = np.asarray(TABLE["1-h²"].value(self["h"][first : last + 1]), dtype=np.float64)
        for flows in (open_rows(self.network, name) for name in through):
            if flows is not None:
                start = max(first, 1)  # before the first timestep there is no line
                slopes[start - first :] *= flows[start - 1 : last]
        return slopes

    @property
    def predicted(self) -> Array:
        """ŷ as the scores make it, T×K, whatever of it is held."""
        network, flows = self.network, open_rows(self.network, "yhat")
        if flows is None:
            return self["yhat"]
        made = OUTPUTS[network.head.function].predict(self["Omega"] if network.head.scores else self.read_out)
        return np.asarray(np.where(flows.all(axis=1, keepdims=True), self["yhat"], made), np.float64)

    def holding(self, rows: slice, past: slice) -> Holding:
        """What is held of attention at the timesteps *rows*, over the states *past*, 0-based."""
        if not self.network.held:
            return NONE
        scores, weights = (open_rows(self.network, name) for name in ("A", "alpha"))
        made: Array | None = None
        if weights is not None:
            made = softmax(np.where(self.network.causal[rows, past] > 0, self["A"][rows, past], -np.inf))
        scores, weights = (None if each is None else each[rows, past] for each in (scores, weights))
        return Holding(scores, weights, made)


def forward(network: Network, parameters: Parameters) -> Tape:
    """Run *network* over its text (sheets A and B, section 2).

    a_t = U x_t + W h_{t-1} + b and h_t = tanh(a_t); with attention A_{t,i} = h_i · h_t,
    alpha_t = softmax over i ≤ t and Z_t = Σ_i alpha_{t,i} h_i, else Z_t = h_t;
    Omega_t = V Z_t + c, yhat_t = softmax(Omega_t), L_t = -ln yhat_t[target].
    """
    U = parameters["U"]
    if "E" not in parameters:
        x, Ux = network.one_hot_inputs, U.T.take(network.input_indices, axis=0)  # U x_t is a column of U
    else:
        x = parameters["E"].take(network.input_indices, axis=0)
        Ux = x.dot(U.T)
    a, h = recurrence(Ux + parameters["b"], parameters["W"])
    rows, Z = {"x": x, "a": a, "h": h}, h[1:]
    if network.attention:
        rows["A"], rows["alpha"], rows["Z"] = attended(Z, network.causal)
        Z = rows["Z"]
    Omega = Z.dot(parameters["V"].T) + parameters["c"]
    yhat, L = outputs(Omega, network.one_hot_targets)
    rows |= {"Omega": Omega, "yhat": yhat, "L": L}
    freeze(rows.values())
    return Tape(network, parameters, rows, float(np.add.reduce(L)))


def recurrence(a: Array, W: Array) -> tuple[Array, Array]:
    """a_t (T×H) and h_t ((T+1)×H) from the *a* that still lack W h_{t-1}; *a* is used up."""
    squash = TABLE["tanh"].value
    if a.shape[1] == 1 and squash is np.tanh:  # single numbers go through the loop fastest as Python's own
        w, numbers, states = W.item(), a[:, 0].tolist(), [0.0]
        for t in range(len(numbers)):
            numbers[t] += w * states[t]
            states.append(tanh(numbers[t]))
        return np.array([numbers]).T, np.array([states]).T
    h = np.zeros((len(a) + 1, a.shape[1]))
    before = h[0]
    for a_t, h_t in zip(a, h[1:], strict=True):
        a_t += W.dot(before)
        if isinstance(squash, np.ufunc):
            before = squash(a_t, h_t)  # straight into its row
        else:
            h_t[:] = before = squash(a_t)
    return a, h


def outputs(scores: Array, wanted: Array) -> tuple[Array, Array]:
    """The softmax of T×K *scores*, and -ln of it at the *wanted* letters (one-hot): from the same exponentials.

    Written as ln Σ e^score - score[wanted], the loss stays finite where the probability underflows.
    """
    shifted = scores - np.maximum.reduce(scores, axis=-1, keepdims=True)
    e = np.exp(shifted)
    total = row_sums(e)
    return e / total, np.log(total[..., 0]) - np.vecdot(shifted, wanted)
