"""Initial parameters, drawn from a seed: the same seed always gives the same network."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Literal

import numpy as np

from core.network.arrays import Array
from core.network.network import Network, Parameters

Scheme = Literal["uniform", "xavier", "normal", "zeros"]


def initial(network: Network, scheme: Scheme, seed: int, scale: float = 1.0) -> Parameters:
    """Parameters of *network*, drawn in their order.

    *scheme*: ``uniform`` has all but E within ±1/√H and E standard normal, as PyTorch's RNN, Linear and Embedding
    start; ``xavier`` draws each matrix within ±√(6 / (rows + columns)); ``normal`` draws matrices with
    standard deviation *scale*, which no other scheme reads; ``zeros`` draws nothing. Vectors, the biases, are
    0 but in ``uniform``.
    """
    random = np.random.default_rng(seed)
    draw: Callable[[str, tuple[int, ...]], Array]

    def uniform(name: str, shape: tuple[int, ...]) -> Array:
        return random.standard_normal(shape) if name == "E" else _within(random, 1 / sqrt(network.H), shape)

    def xavier(_name: str, shape: tuple[int, ...]) -> Array:
        return np.zeros(shape) if len(shape) == 1 else _within(random, sqrt(6 / sum(shape)), shape)

    def normal(_name: str, shape: tuple[int, ...]) -> Array:
        return np.zeros(shape) if len(shape) == 1 else random.normal(0, scale, shape)

    def zeros(_name: str, shape: tuple[int, ...]) -> Array:
        return np.zeros(shape)

    draw = {"uniform": uniform, "xavier": xavier, "normal": normal, "zeros": zeros}[scheme]
    return Parameters.checked(network, {name: draw(name, shape) for name, shape in network.parameter_shapes.items()})


def _within(random: np.random.Generator, bound: float, shape: tuple[int, ...]) -> Array:
    return random.uniform(-bound, bound, shape)
