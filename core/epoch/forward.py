"""The forward pass of one epoch, onto a read-only tape."""

from __future__ import annotations

from dataclasses import dataclass
from math import tanh

import numpy as np

from core.epoch.attention import attended
from core.epoch.sums import row_sums
from core.equations.operations import TABLE
from core.equations.running import Run
from core.network.arrays import Array, freeze, frozen
from core.network.described import by_place, reader
from core.network.held import open_rows
from core.network.network import Network, Parameters


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """All arrays of one forward pass, read-only; row t - 1 belongs to timestep t, except *h*.

    Shapes: *x* T×(D or K); *a* T×H, the pre-activations; *h* (T+1)×H, row t is h_t and row 0 is h_0 = 0;
    *A*, *alpha* T×T, zero above the diagonal, None without attention; *Z* T×H, h_1 … h_T without attention;
    *Omega*, *yhat* T×K; *L* T; *total* the loss of the epoch, in nats.
    """

    network: Network
    parameters: Parameters
    x: Array
    a: Array
    h: Array
    A: Array | None
    alpha: Array | None
    Z: Array
    Omega: Array
    yhat: Array
    L: Array
    total: float

    def slopes(self, first: int, last: int) -> Array:
        """The slopes of tanh at the timesteps *first* … *last*, (last-first+1)×H: 0 where a state is held."""
        slopes: Array = np.asarray(TABLE["1-h²"].value(self.h[first : last + 1]), dtype=np.float64)
        flows = open_rows(self.network, self.network.state)
        return slopes if flows is None else np.asarray(slopes * flows[first - 1 : last])


def forward(network: Network, parameters: Parameters) -> Tape:
    """Run *network* over its text (sheets A and B, section 2).

    a_t = U x_t + W h_{t-1} + b and h_t = tanh(a_t); with attention A_{t,i} = h_i · h_t,
    alpha_t = softmax over i ≤ t and Z_t = Σ_i alpha_{t,i} h_i, else Z_t = h_t;
    Omega_t = V Z_t + c, yhat_t = softmax(Omega_t), L_t = -ln yhat_t[target].
    """
    if network.held:
        return _interpreted(network, parameters)
    U = parameters["U"]
    if "E" not in parameters:
        x, Ux = network.one_hot_inputs, U.T.take(network.input_indices, axis=0)  # U x_t is a column of U
    else:
        x = parameters["E"].take(network.input_indices, axis=0)
        Ux = x.dot(U.T)
    a, h = recurrence(Ux + parameters["b"], parameters["W"])
    Z, A, alpha = h[1:], None, None
    if network.attention:
        A, alpha, Z = attended(Z, network.causal)
        freeze((A, alpha))
    Omega = Z.dot(parameters["V"].T) + parameters["c"]
    yhat, L = outputs(Omega, network.one_hot_targets)
    freeze((x, a, h, Z, Omega, yhat, L))
    return Tape(network, parameters, x, a, h, A, alpha, Z, Omega, yhat, L, float(np.add.reduce(L)))


def _interpreted(network: Network, parameters: Parameters) -> Tape:
    """The same by the lines, where numbers are held."""
    T = network.T
    run = Run(network.lines, T, reader(network, parameters), held=by_place(network))
    run.forward(at_once=True)

    def rows(name: str, first: int = 1) -> Array:
        return frozen(np.array([run.read(name, t) for t in range(first, T + 1)]))

    def square(name: str) -> Array | None:
        found = [np.append(run.read(name, t), np.zeros(T - t)) for t in range(1, T + 1)] if network.attention else None
        return None if found is None else frozen(np.array(found))

    A, alpha = square("A"), square("alpha")
    h, L = rows("h", 0), rows("L")
    Z = rows("Z") if network.attention else h[1:]
    return Tape(
        network,
        parameters,
        rows("x"),
        rows("a"),
        h,
        A,
        alpha,
        Z,
        rows("Omega"),
        rows("yhat"),
        L,
        float(np.add.reduce(L)),
    )


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
