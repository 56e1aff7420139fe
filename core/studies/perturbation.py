"""Many training runs at once, from initial values that differ within their rounding.

Where training is chaotic, four printed decimals do not determine a later loss; the runs show how far it may lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from core.epoch.walked import walked
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import PRINTED

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
        name: array + np.where(array == 0, 0.0, draw.uniform(-ROUNDING, ROUNDING, (runs, *array.shape)))
        for name, array in printed.items()
    }
    smallest = np.full(runs, np.inf)
    for _ in range(epochs):
        loss, gradients = run_epochs(network, parameters)
        smallest = np.minimum(smallest, loss)
        yield smallest
        for name, gradient in gradients.items():
            parameters[name] = parameters[name] - learning_rate * gradient


def run_epochs(network: Network, parameters: Mapping[str, Array]) -> tuple[Array, dict[str, Array]]:
    """One epoch of n runs under the rule printed: the total losses (n), the gradients (n × the parameter's shape)."""
    run, gradients = walked(network, PRINTED, parameters)
    losses = np.array([run.read("L", t) for t in range(1, network.T + 1)], dtype=np.float64)
    return np.add.reduce(losses), gradients
