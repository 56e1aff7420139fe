"""Numbers that are held at another value than is computed: where they stand, and what still flows back there."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.equations.outputs import OUTPUTS
from core.network.arrays import Array, frozen

if TYPE_CHECKING:
    from core.network.network import Network


class Held(NamedTuple):
    """A *number* in the place of what is computed for an entry of a quantity of the lines at timestep *t*; at t = 0, of
    a state before the first letter, in the place of 0.
    """

    name: str
    t: int
    entry: tuple[int, ...]
    number: float


def open_rows(network: Network, name: str) -> Array | None:
    """1 for every entry of *name* through which ∂L flows back, 0 where it is held; None where none is.

    A row a timestep, T×its shape.
    """
    return _open_rows(network, name) if network.held else None


def open_at(network: Network, name: str, t: int) -> Array | None:
    """The row of `open_rows` for timestep *t*, None where nothing is held there; of what grows with t, t entries."""
    if not any((each.name, each.t) == (name, t) for each in network.held):
        return None
    rows = _open_rows(network, name)
    return None if rows is None else np.asarray(rows[t - 1][:t] if "t" in network.lines.shapes[name] else rows[t - 1])


def held_cells(network: Network, name: str) -> frozenset[tuple[int, int]]:
    """Where numbers of *name* are held in its table, a row a timestep, 0-based."""
    return frozenset((each.t - 1, each.entry[0] if each.entry else 0) for each in network.held if each.name == name)


def held_entries(network: Network, name: str, t: int) -> tuple[int, ...]:
    """The entries of *name* at timestep *t* that are held, 0-based."""
    return tuple(entry for row, entry in held_cells(network, name) if row == t - 1)


@lru_cache
def heard(network: Network) -> Array | None:
    """How much of what they ask of the scores the losses still ask where predictions or losses are held, T×K; None
    where none is: where a number that is held decides a loss, nothing.
    """
    found = [(each.name, each.t) for each in network.held if each.name in ("yhat", "L")]
    if not found:
        return None
    function, rows = OUTPUTS[network.head.function], np.ones((network.T, network.K))
    for t, wanted in enumerate(network.one_hot_targets, 1):
        entries = {each.entry: 0.0 for each in network.held if (each.name, each.t) == ("yhat", t)}
        rows[t - 1] = 0.0 if ("L", t) in found else function.heard(rows[t - 1], wanted, entries)
    return frozen(rows)


@lru_cache
def _open_rows(network: Network, name: str) -> Array | None:
    found = [each for each in network.held if each.name == name and each.t]
    if not found:
        return None
    sizes = {**network.sizes, "t": network.T}
    rows = np.ones((network.T, *(sizes[axis] for axis in network.lines.shapes[name])))
    for each in found:
        rows[(each.t - 1, *each.entry)] = 0
    return frozen(rows)
