"""One entry of all terms of a gradient along any lines: by path, by loss, by state, by use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.epoch.by_cell.chains import asked_of_states, chains_of, one_by_one, paths_of, side_by_side
from core.epoch.by_cell.timestep import asked_before, by_states, carried, entry_asked
from core.epoch.memo import latest
from core.equations.running import Run
from core.network.arrays import Array, frozen

if TYPE_CHECKING:
    from core.epoch.epoch import Epoch

Entry = tuple[int, int]


@latest
def entry_of_chains(epoch: Epoch, name: str, entry: Entry, t: int, first: int, last: int) -> Array:
    """The 0-based *entry* of the terms (t, m, k) of ∂L/∂name for k = 1 … *last*, those of m = *first* … *last* added
    up: P×last, by `paths_of`.
    """
    found = np.zeros((len(paths_of(epoch)), last))
    for k, _, run in chains_of(epoch, t, first, last):
        found[:, k - 1] = _entry_in(epoch, name, run, entry, k, [t])
    return frozen(found)


@latest
def entry_of_terms(epoch: Epoch, name: str, entry: Entry, T: int) -> Array:
    """The 0-based *entry* of the terms of the first *T* losses in ∂L/∂name, those of all h_m together: P×T×T.

    By path, row t - 1, column k - 1. It is 0 where k > t, or where loss t does not reach k.
    """
    found = np.zeros((len(paths_of(epoch)), T, T))
    for k, asked, run in side_by_side(epoch, T):
        losses = range(k, k + asked.shape[1])
        found[:, k - 1 : losses.stop - 1, k - 1] = _entry_in(epoch, name, run, entry, k, losses)
    return frozen(found)


@latest
def entry_of_all_terms(epoch: Epoch, name: str, entry: Entry, T: int) -> Array:
    """The 0-based *entry* of every term of the first *T* losses in ∂L/∂name: P×T×T×T, by path, t - 1, m - 1, k - 1.

    Without attention m stands for t, and is 1 place long.
    """
    attention = epoch.network.attention
    found = np.zeros((len(paths_of(epoch)), T, T if attention else 1, T))
    for k, asked, run in one_by_one(epoch, T):
        end = k - 1 + asked.shape[1]
        states = slice(k - 1, k - 1 + asked.shape[2]) if attention else slice(1)
        values = _entry_in(epoch, name, run, entry, k, range(k, end + 1), by_state=True)
        found[:, k - 1 : end, states, k - 1] = values
    return frozen(found)


def _entry_in(
    epoch: Epoch, name: str, run: Run, entry: Entry, k: int, losses: Sequence[int], *, by_state: bool = False
) -> Array:
    """The *entry* of the terms at timestep *k*, gone back through from *losses*, whose rows come after those of paths.

    *by_state*: whether those of states come after them.
    """
    network = epoch.network
    if name != "E":
        return entry_asked(run, name, entry, network.parameter_shapes[name])
    by_loss = epoch.rule.embedding_row == "t"
    goes_there = np.array([network.inputs[(t if by_loss else k) - 1] == entry[0] for t in losses])
    return np.asarray(run.asked("x", 1)[..., entry[1]] * (goes_there[:, None] if by_state else goes_there))


def entry_by_state(epoch: Epoch, name: str, entry: Entry, t: int) -> Array:
    """What loss *t* adds to the *entry* of ∂L/∂name by way of h_1 … h_t: P×t, by `paths_of`."""
    moved = moved_states(epoch, name, entry, epoch.rule.first_use(t), t)
    found = np.vecdot(asked_of_states(epoch, t, 1, t)[..., : epoch.network.H], moved)
    counts = name != "E" or epoch.rule.embedding_row != "t" or epoch.network.inputs[t - 1] == entry[0]
    return np.asarray(found * counts)


@latest
def moved_states(epoch: Epoch, name: str, entry: Entry, first: int, last: int) -> Array:
    """How the 0-based *entry* of *name* moves h_1 … h_last by its uses at *first* … *last*, last×H.

    Of E, where the rule goes by the letters of losses, as if every letter read were that of the entry.
    """
    network, found = epoch.network, np.zeros((last, epoch.network.H))
    moved, by_letter = np.zeros(carried(network)), epoch.rule.embedding_row == "t"
    for k in range(first, last + 1):
        run = by_states(epoch, k)
        if name == "E":
            own = run.asked("x", 1)[..., entry[1]] * (by_letter or network.inputs[k - 1] == entry[0])
        else:
            own = entry_asked(run, name, entry, network.parameter_shapes[name])
        moved = np.asarray(asked_before(run, network) @ moved + own, np.float64)
        found[k - 1] = moved[: network.H]
    return frozen(found)
