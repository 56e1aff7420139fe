"""Chains: from a loss t, with attention by way of each h_m, back through whole timesteps of any cell to every use.

What loss t asks of s_k by way of h_m is ∂L_t/∂s_m · J_m ⋯ J_{k+1}; without attention m is t. Chains go back side by
side, a row each, and those that are to be added up together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.epoch import backward
from core.epoch.backward import asked_by, asked_by_later, error_at_state
from core.epoch.memo import latest
from core.epoch.recursion import by_lines
from core.epoch.timesteps import Sweep, asked_before, back, carried, cell_of, entry_asked, moved_states, swept
from core.equations.running import Run
from core.network.arrays import Array, frozen
from core.network.rule import PATHS, Path

if TYPE_CHECKING:
    from core.epoch.epoch import Epoch

Entry = tuple[int, int]
_PATHS: dict[tuple[str, bool], Path] = {("Z", True): "value", ("A", True): "key", ("A", False): "query"}


def paths_of(epoch: Epoch) -> tuple[Path, ...]:
    """The paths from a loss back to the states that the rule differentiates; without attention there is one."""
    if not epoch.network.attention:
        return ("value",)
    return tuple(path for path in PATHS if path in epoch.rule.paths)


def asked_of_states(epoch: Epoch, t: int, first: int, last: int) -> Array:
    """∂L_t/∂s_m as the rule has it, for m = *first* … *last*: P×n×S, by `paths_of`, a row a state.

    The loss reads the hidden states alone; without attention only that of m = t.
    """
    if epoch.gradients.slipped is None:
        return _carried(epoch, asked_by(epoch.tape, epoch.rule, t, first, last), last + 1 - first)
    columns = [asked_of_state(epoch, m, t)[:, -1:] for m in range(first, last + 1)]
    return np.concatenate(columns, axis=1)


def asked_of_state(epoch: Epoch, m: int, last: int) -> Array:
    """∂L_t/∂s_m as the rule has it, for t = *m* … *last*: P×n×S, by `paths_of`, a row a loss."""
    if epoch.gradients.slipped is None:
        return _carried(epoch, asked_by_later(epoch.tape, epoch.rule, m, last), last + 1 - m)
    network, run = epoch.network, by_lines(epoch)
    own = cell_of(run.description, network.states).made_names
    found = {path: np.zeros((last + 1 - m, network.H)) for path in paths_of(epoch)}
    for edge in run.description.edges_of(network.state):
        if edge.asks is not None and edge.reader not in own:
            rows = found[_PATHS.get((edge.reader, edge.operand.offset in ("past", "all")), "value")]
            addends = run.addends(edge, m)[m - 1 if edge.operand.offset == "all" else 0 :]
            for place, asked in enumerate(addends[: len(rows)]):
                rows[place] += np.asarray(asked, np.float64)
    return _carried(epoch, found, last + 1 - m)


def _carried(epoch: Epoch, by_path: Mapping[Path, Array], n: int) -> Array:
    """What is asked of the hidden states *by_path*, n×H each, with 0 for all else that is carried on: P×n×S."""
    found = np.zeros((len(by_path), n, carried(epoch.network)))
    for place, rows in enumerate(by_path.values()):
        found[place, :, : epoch.network.H] = rows
    return found


def going_back(
    epoch: Epoch, m: int, first: int, joined: Callable[[int, Array | None], Array]
) -> Iterator[tuple[int, Array, Run]]:
    """From timestep *m* back to *first*: for j = m, m - 1, … what is asked of s_j, …×S, and j gone back through.

    *joined*: what is asked of s_j, from what comes back to it from the timestep after, None at first.
    """
    asked: Array | None = None
    for j in range(m, first - 1, -1):
        asked = joined(j, asked)
        run = back(epoch.network, epoch.rule, j, asked, epoch.value, epoch.gradients.slipped)
        yield j, asked, run
        if j > first:
            asked = asked_before(run, epoch.network)


def chains_of(epoch: Epoch, t: int, first: int, last: int) -> Iterator[tuple[int, Array, Run]]:
    """The chains of loss *t* by way of h_m, m = *first* … *last*, added up, as far as they reach: P×S, by path."""
    begun = asked_of_states(epoch, t, first, last)

    def joined(j: int, asked: Array | None) -> Array:
        own: Array = begun[:, j - first] if j >= first else np.zeros(1)
        return np.asarray(own if asked is None else own + asked)

    return going_back(epoch, last, epoch.rule.first_use(t), joined)


def chains_by_state(epoch: Epoch, t: int) -> Iterator[tuple[int, Array, Run]]:
    """The chains of loss *t* as far as they reach, n×S at timestep j: by way of h_j, h_{j+1}, … a row each."""
    begun: Array = np.add.reduce(asked_of_states(epoch, t, 1, t), axis=0)

    def joined(j: int, asked: Array | None) -> Array:
        if asked is None:
            return begun[j - 1 : j]
        return np.concatenate([begun[j - 1 : j], asked]) if epoch.network.attention else asked

    return going_back(epoch, t, epoch.rule.first_use(t), joined)


def side_by_side(epoch: Epoch, T: int) -> Iterator[tuple[int, Array, Run]]:
    """From the first *T* losses back: for k = T … 1 what those that reach it, from k on, ask of s_k, P×n×S.

    By path, a row a loss: its chains by way of all states together.
    """

    def joined(k: int, asked: Array | None) -> Array:
        begun = asked_of_state(epoch, k, epoch.rule.last_loss(k, T))
        if asked is not None:
            begun[:, 1:] += asked[:, : begun.shape[1] - 1]
        return begun

    return going_back(epoch, T, 1, joined)


def one_by_one(epoch: Epoch, T: int) -> Iterator[tuple[int, Array, Run]]:
    """As `side_by_side`, every chain by itself, P×n×M×S: by way of h_k, h_{k+1}, … in columns.

    Without attention M is 1: a chain begins at its loss.
    """

    def joined(k: int, asked: Array | None) -> Array:
        begun = asked_of_state(epoch, k, epoch.rule.last_loss(k, T))[:, :, None]
        if asked is None:
            return begun
        after = np.pad(asked[:, : begun.shape[1] - 1], [(0, 0), (1, 0), (0, 0), (0, 0)])
        return np.concatenate([begun, after], axis=2) if epoch.network.attention else begun + after

    return going_back(epoch, T, 1, joined)


def term_in(epoch: Epoch, name: str, run: Run, t: int, k: int) -> Array:
    """The term of loss *t* of ∂L/∂name, in the parameter's shape: of all rows with which timestep *k* was gone back
    through from there.
    """
    if name != "E":
        return np.asarray(np.add.reduce(run.asked(name, 1), axis=0), np.float64)
    found = np.zeros(epoch.network.parameter_shapes["E"])
    row = epoch.network.inputs[(t if epoch.rule.embedding_row == "t" else k) - 1]
    found[row] = np.add.reduce(run.asked("x", 1), axis=0)
    return found


@latest
def terms_of_chain(epoch: Epoch, name: str, t: int, m: int) -> Array:
    """The terms (t, m, k) of ∂L/∂name for k = 1 … m, a row each; 0 where the loss does not reach the use."""
    found = np.zeros((m, *epoch.network.parameter_shapes[name]))
    for k, _, run in chains_of(epoch, t, m, m):
        found[k - 1] = term_in(epoch, name, run, t, k)
    return frozen(found)


def sum_of_chain(epoch: Epoch, name: str, t: int, m: int, uses: slice) -> Array:
    """The sum of the terms (t, m, k) over some *uses*, 0-based."""
    sweep = swept_chains(epoch, t, m, m)
    if sweep is None:
        return np.asarray(np.add.reduce(terms_of_chain(epoch, name, t, m)[uses], axis=0))
    return sweep.summed(name, uses, t)


@latest
def swept_chains(epoch: Epoch, t: int, first: int, last: int) -> Sweep | None:
    """The chains of loss *t* by way of h_m, m = *first* … *last*, all at once, where a text is long."""
    return swept(epoch, last, lambda: np.add.reduce(asked_of_states(epoch, t, first, last), axis=0), first)


@latest
def _swept_losses(epoch: Epoch, t: int) -> Sweep | None:
    """The chains of all losses before *t* at once, where a text is long."""
    tape, rule = epoch.tape, epoch.rule
    return swept(epoch, t - 1, lambda: backward.asked(tape, rule, error_at_state(tape, rule, slice(t - 1))))


@latest
def terms_before(epoch: Epoch, name: str, t: int, m: int) -> Array:
    """The sum of the terms of all chains before that of (t, m)."""
    found = losses_before(epoch, name, t)
    if not epoch.network.attention or m == 1:
        return found
    sweep = swept_chains(epoch, t, 1, m - 1)
    if sweep is not None:
        return frozen(found + sweep.summed(name, slice(m - 1), t))
    found = found.copy()
    for k, _, run in chains_of(epoch, t, 1, m - 1):
        found += term_in(epoch, name, run, t, k)
    return frozen(found)


@latest
def losses_before(epoch: Epoch, name: str, t: int) -> Array:
    """The sum of the terms of the losses before *t*: all of them go back together, but where the rule cuts them."""
    network, rule, S = epoch.network, epoch.rule, carried(epoch.network)
    total = np.zeros(network.parameter_shapes[name])
    by_letter = name == "E" and rule.embedding_row == "t"  # a row for each letter of a loss, else one for all
    letters = sorted(set(network.inputs)) if by_letter else []
    sweep = None if by_letter or t == 1 else _swept_losses(epoch, t)
    if sweep is not None:
        return frozen(sweep.summed(name, slice(t - 1)))

    def joined(k: int, asked: Array | None) -> Array:
        begun = np.add.reduce(asked_of_state(epoch, k, t - 1 if network.attention else k), axis=0)
        if by_letter:
            rows = [letters.index(letter) for letter in network.inputs[k - 1 : k - 1 + len(begun)]]
            found = np.zeros((len(letters), S))
            np.add.at(found, rows, begun)
        else:
            found = np.add.reduce(begun, axis=0, keepdims=True)
        return found if asked is None else found + asked

    if rule.cuts(t - 1):
        for k, asked, run in side_by_side(epoch, t - 1):
            if by_letter:
                rows = np.add.reduce(run.asked("x", 1), axis=0)
                np.add.at(total, list(network.inputs[k - 1 : k - 1 + len(rows)]), rows)
            else:
                together = np.add.reduce(asked, axis=(0, 1))[None]
                run = back(network, rule, k, together, epoch.value, epoch.gradients.slipped)
                total += term_in(epoch, name, run, k, k)
        return frozen(total)
    for k, _, run in going_back(epoch, t - 1, 1, joined):
        if by_letter:
            total[letters] += np.asarray(run.asked("x", 1), np.float64)
        else:
            total += term_in(epoch, name, run, k, k)
    return frozen(total)


# -- one entry of the terms ------------------------------------------------------------------------------


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
