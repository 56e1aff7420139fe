"""Many training runs at once, from initial values that differ within their rounding.

Where training is chaotic, four printed decimals do not determine a later loss; the runs show how far it may lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from core.epoch.forward import log_loss, softmax
from core.network.arrays import Array
from core.network.network import Network, Parameters

ROUNDING = 0.00005  # half a unit of the fourth decimal
RUNS = 2000


def smallest_losses(
    network: Network, printed: Parameters, learning_rate: float, epochs: int, runs: int = RUNS
) -> Iterator[Array]:
    """After each of *epochs* epochs, the smallest total loss so far of every run (runs).

    For a network with an embedding and no attention, under the rule printed. Each initial value is drawn
    uniformly within its rounding, but for exact zeros, which are printed without decimals. The seed is fixed.
    """
    draw = np.random.default_rng(seed=1)
    parameters = {
        # Column-major, so that the runs lie side by side in memory: four times as fast.
        name: np.asfortranarray(
            array + np.where(array == 0, 0.0, draw.uniform(-ROUNDING, ROUNDING, (runs, *array.shape)))
        )
        for name, array in printed
    }
    smallest = np.full(runs, np.inf)
    for _ in range(epochs):
        loss, gradients = run_epochs(network, parameters)
        smallest = np.minimum(smallest, loss)
        yield smallest
        for name, gradient in gradients.items():
            parameters[name] = parameters[name] - learning_rate * gradient


def run_epochs(network: Network, parameters: Mapping[str, Array]) -> tuple[Array, dict[str, Array]]:
    """One epoch of n runs: the total losses (n) and the gradients (n × the parameter's shape).

    Axis 0 is the run throughout; the formulas are those of `core.epoch.forward` and `core.epoch.backward`.
    """
    U, W, b, V, c, E = (parameters[name] for name in ("U", "W", "b", "V", "c", "E"))
    runs, T = len(b), network.T
    x = np.asfortranarray(E[:, network.input_indices])  # n×T×D
    Ux = np.einsum("nhd,ntd->nth", U, x)
    h = np.zeros((runs, T + 1, network.H), order="F")
    for t in range(1, T + 1):
        h[:, t] = np.tanh(Ux[:, t - 1] + np.einsum("nij,nj->ni", W, h[:, t - 1]) + b)
    Omega = np.einsum("nkh,nth->ntk", V, h[:, 1:]) + c[:, None]
    delta = softmax(Omega) - network.one_hot_targets
    by_use, by_loss = _swept(np.einsum("ntk,nkh->nth", delta, V), W, h)
    gradients = {
        "U": np.einsum("nth,ntd->nhd", by_use, x),
        "W": np.einsum("nti,ntj->nij", by_use, h[:, :-1]),
        "b": by_use.sum(axis=1),
        "V": np.einsum("ntk,nth->nkh", delta, h[:, 1:]),
        "c": delta.sum(axis=1),
        "E": np.einsum("tk,nth,nhd->nkd", network.one_hot_inputs, by_loss, U),
    }
    return log_loss(Omega, network.one_hot_targets).sum(axis=1), gradients


def _swept(v: Array, W: Array, h: Array) -> tuple[Array, Array]:
    """Σ_t r_{t,k} for every k, and Σ_k r_{t,k} for every loss t, n×T×H each, from the errors *v* (n×T×H)."""
    by_use, by_loss, reached = (np.zeros(v.shape, order="F") for _ in range(3))
    for k in range(v.shape[1], 0, -1):
        reached = np.einsum("nti,nij->ntj", reached, W)  # row t - 1: how far the chain of loss t has come
        reached[:, k - 1] = v[:, k - 1]
        reached *= (1 - np.square(h[:, k]))[:, None]
        by_use[:, k - 1] = reached.sum(axis=1)
        by_loss += reached
    return by_use, by_loss
