"""The forward pass as one does it by hand, stage by stage: with a stage done wrongly, with values of one's own in the
place of computed ones, or with every value rounded as it is written down.

Without any of these it computes what `core.epoch.forward.forward` does, slower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.epoch.forward import Tape, softmax
from core.network import symbols
from core.network.arrays import Array, frozen
from core.network.network import Network, Parameters

Rounding = Callable[[Array], Array]


def pre_activation(parameters: Parameters, x: Array, before: Array) -> Array:
    """a_t = U x_t + W h_{t-1} + b, H."""
    return np.asarray(parameters.U @ x + parameters.W @ before + parameters.b)


def causal_softmax(A: Array, causal: Array) -> Array:
    """alpha_t, the softmax of A_{t,i} over i ≤ t; T×T, zero above the diagonal."""
    e = np.exp(A - np.max(A, axis=1, keepdims=True)) * causal
    return np.asarray(e / np.add.reduce(e, axis=1, keepdims=True))


def context(_A: Array, alpha: Array, h: Array) -> Array:
    """Z_t = Σ_i alpha_{t,i} h_i, T×H."""
    return np.asarray(alpha @ h)


def scores(parameters: Parameters, Z: Array, _h: Array) -> Array:
    """Omega_t = V Z_t + c, T×K."""
    return np.asarray(Z @ parameters.V.T + parameters.c)


def log_loss(yhat: Array, y: Array) -> Array:
    """L_t = -ln ŷ_t at the wanted letter, T."""
    return np.asarray(-np.log(np.add.reduce(yhat * y, axis=1)))


@dataclass(frozen=True, slots=True)
class Stages:
    """How each stage is computed; a slip replaces one.

    *pre_activation*: a_t from parameters, x_t and h_{t-1}. *squash*: h_t from a_t. *weights*: alpha from A and what
    may be attended to. *context*: Z from A, alpha and h. *scores*: Omega from parameters, Z and h. *predict*: yhat
    from Omega. *loss*: L from yhat and y. All but the first two on whole arrays, row t - 1 for timestep t.
    """

    pre_activation: Callable[[Parameters, Array, Array], Array] = pre_activation
    squash: Callable[[Array], Array] = np.tanh
    weights: Callable[[Array, Array], Array] = causal_softmax
    context: Callable[[Array, Array, Array], Array] = context
    scores: Callable[[Parameters, Array, Array], Array] = scores
    predict: Callable[[Array], Array] = softmax
    loss: Callable[[Array, Array], Array] = log_loss


RIGHT = Stages()


@np.errstate(all="ignore")  # a slip may divide by zero; what comes of it is shown
def forward_by_hand(
    network: Network,
    parameters: Parameters,
    stages: Stages = RIGHT,
    *,
    given: Mapping[str, Array] | None = None,
    rounded: Rounding | None = None,
) -> Tape:
    """The tape of *network* when its stages are computed by *stages*.

    *given*: values that take the place of computed ones, by symbol (``h[2]``, ``alpha[3,1]``, ``L``); what comes after
    reads them. *rounded*: how each value is rounded as it is written down.
    """
    T, own = network.T, given or {}

    def noted(value: Array) -> Array:
        return value if rounded is None else rounded(value)

    def written(name: str, array: Array) -> Array:
        """All values of *name*, with one's own among them."""
        array = np.array(noted(array))
        for found, value in ((symbols.parse(symbol), value) for symbol, value in own.items()):
            if found.name == name and found.indices:
                array[tuple(index - 1 for index in found.indices)] = value
        return array

    x = written("x", network.one_hot_inputs if parameters.E is None else parameters.E[network.input_indices])
    a, h = np.zeros((T, network.H)), np.zeros((T + 1, network.H))
    for t in range(1, T + 1):
        a[t - 1] = own.get(f"a[{t}]", noted(stages.pre_activation(parameters, x[t - 1], h[t - 1])))
        h[t] = own.get(f"h[{t}]", noted(stages.squash(a[t - 1])))
    states, A, alpha = h[1:], None, None
    Z = states
    if network.attention:
        A = written("A", states @ states.T * network.causal)
        alpha = written("alpha", stages.weights(A, network.causal))
        Z = written("Z", stages.context(A, alpha, states))
    Omega = written("Omega", stages.scores(parameters, Z, states))
    yhat = written("yhat", stages.predict(Omega))
    L = written("L", stages.loss(yhat, network.one_hot_targets))
    for array in (x, a, h, Z, Omega, yhat, L, *(() if A is None or alpha is None else (A, alpha))):
        frozen(array)
    total = float(own["L"]) if "L" in own else float(np.add.reduce(L))
    return Tape(network, parameters, x, a, h, A, alpha, Z, Omega, yhat, L, total)
