"""What each loss adds to one entry of the gradient by W, U, b or E: by path of attention, and by way of each state.

Forwards: how the entry moves every hidden state is one recurrence, and what a loss asks of them does the rest. So a
loss of half a million terms costs no more than one of ten.
"""

from __future__ import annotations

import numpy as np

from core.epoch import chains, timesteps
from core.epoch.backward import asked_by, asked_of_rows, error_at_state
from core.epoch.chains import paths_of
from core.epoch.epoch import Epoch
from core.epoch.memo import latest
from core.epoch.sums import causal_blocks
from core.network.arrays import Array, frozen
from core.network.held import open_rows
from core.network.rule import PATHS
from core.studies.contributions import moved_by


@latest
def by_loss(epoch: Epoch, name: str, entry: tuple[int, int]) -> Array:
    """P×T: what each loss adds to *entry* of ∂L/∂name, by `paths_of`."""
    tape, rule = epoch.tape, epoch.rule
    if rule.cuts(epoch.network.T) or epoch.gradients.slipped is not None:
        losses = range(1, epoch.network.T + 1)
        return frozen(np.stack([np.add.reduce(by_state(epoch, name, entry, t), axis=1) for t in losses], axis=1))
    v, moved = error_at_state(tape, rule), moved_states(epoch, name, entry)
    if "A" not in tape:
        found = {"value": np.vecdot(v, moved)}
    else:
        found = {path: np.zeros(len(v)) for path in PATHS}
        h, weight = tape.hidden[1:], tape["A"] if rule.weight == "score" else tape["alpha"]
        flows = open_rows(epoch.network, "Z")
        through = v if flows is None else v * flows
        for at, past in causal_blocks(len(v)):
            found["value"][at] = np.vecdot(through[at], weight[at, past].dot(moved[past]))
            if rule.paths & {"key", "query"}:
                slope = asked_of_rows(tape, v[at], at, past)
                found["key"][at] = np.vecdot(h[at], slope.dot(moved[past]))
                found["query"][at] = np.vecdot(slope.dot(h[past]), moved[at])
    rows = np.array([found[path] for path in paths_of(epoch)]).reshape(len(paths_of(epoch)), len(v))
    return frozen(rows * _counts(epoch, name, entry))


def by_state(epoch: Epoch, name: str, entry: tuple[int, int], t: int) -> Array:
    """P×t: what loss *t* adds to *entry* by way of h_1 … h_t, by `paths_of`."""
    if not epoch.network.by_arrays:
        return chains.entry_by_state(epoch, name, entry, t)
    asked = asked_by(epoch.tape, epoch.rule, t)
    if epoch.rule.cuts(epoch.network.T):
        moved = _moved(epoch, name, entry, epoch.rule.first_use(t), t)
    else:
        moved = moved_states(epoch, name, entry)[:t]
    rows = np.array([np.vecdot(asked[path], moved) for path in paths_of(epoch)]).reshape(len(paths_of(epoch)), t)
    return np.asarray(rows * _counts(epoch, name, entry)[t - 1])


@latest
def moved_states(epoch: Epoch, name: str, entry: tuple[int, int]) -> Array:
    """T×H: how *entry* moves h_1 … h_T by all its uses; of E by letters of losses, as if every letter were its own."""
    return frozen(_moved(epoch, name, entry, 1, epoch.network.T))


def _moved(epoch: Epoch, name: str, entry: tuple[int, int], first: int, last: int) -> Array:
    """How *entry* moves h_1 … h_last by its uses at *first* … *last*, last×H."""
    if not epoch.network.by_arrays:
        return timesteps.moved_states(epoch, name, entry, first, last)
    tape = epoch.tape
    along, beside = moved_by(epoch, name, last, entry)
    if _goes_by_loss(epoch, name):
        beside = np.ones(last)
    W, slopes = tape.parameters["W"], tape.slopes(1, last)
    moved, before = np.zeros((last, epoch.network.H)), np.zeros(epoch.network.H)
    for t in range(first - 1, last):
        before = np.multiply(slopes[t], W.dot(before) + along * beside[t], moved[t])
    return moved


def _goes_by_loss(epoch: Epoch, name: str) -> bool:
    return name == "E" and epoch.rule.embedding_row == "t"


def _counts(epoch: Epoch, name: str, entry: tuple[int, int]) -> Array:
    """1 for the losses whose terms go to *entry*, 0 for the others: only E asks, where a rule goes by their letters."""
    if not _goes_by_loss(epoch, name):
        return np.ones(epoch.network.T)
    return np.asarray(epoch.network.input_indices == entry[0], dtype=np.float64)
