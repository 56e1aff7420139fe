"""The bridge between the two ways back: one entry of a gradient by use and by loss, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.epoch.chains import entry_of_terms
from core.epoch.epoch import Epoch
from core.network.arrays import Array
from core.studies.contributions import entry_values, loss_chains

MOST = 8  # timesteps that make a table one can look at


@dataclass(frozen=True, slots=True, eq=False)
class Bridge:
    """What the *entry* of ∂L/∂name is made of.

    *losses*: the timesteps t that have one, n. *cells*: T×n, row k - 1, a column a loss: the terms (t, m, k) of all m;
    zero for k > t, where there is no term. Their sums along a row are the terms timestep by timestep, down a column
    what each loss adds.
    """

    name: str
    entry: tuple[int, int]
    losses: Sequence[int]
    cells: Array

    @property
    def with_sums(self) -> Array:
        """The cells with a column of row sums and a row of column sums, (T+1)×(n+1); the corner is the gradient."""
        rows = np.column_stack([self.cells, np.add.reduce(self.cells, axis=1)])
        return np.concatenate([rows, np.add.reduce(rows, axis=0)[None]])


def bridge(epoch: Epoch, name: str, entry: tuple[int, int]) -> Bridge:
    """The table of the 0-based *entry* of ∂L/∂name, of one that the cell uses."""
    T, losses = epoch.network.T, epoch.network.judged
    if not epoch.network.by_arrays:
        by_loss = np.add.reduce(entry_of_terms(epoch, name, entry, T), axis=0)
        return Bridge(name, entry, losses, by_loss[np.array(losses) - 1].T)
    cells = np.zeros((T, T))
    with np.errstate(all="ignore"):  # where training diverged
        for t in range(1, T + 1):
            _, chains = loss_chains(epoch, t)
            cells[:t, t - 1] = entry_values(epoch, name, np.add.reduce(chains, axis=(0, 1)), t, entry)
    return Bridge(name, entry, losses, cells)
