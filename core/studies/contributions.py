"""What each term adds to one entry of a gradient: the bars of the Contributions panel.

"One W, used four times: add what each use contributes." All the chains of one loss are one batched sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Literal, overload

import numpy as np

from core.epoch.backward import asked_by, counted, output_term, sweep
from core.epoch.chains import entry_by_state, entry_of_all_terms, entry_of_chains, paths_of
from core.epoch.epoch import Epoch
from core.epoch.memo import latest
from core.epoch.recursion import term_of_use, through_time
from core.epoch.sums import running_totals
from core.epoch.totals import chain_by_path, losses_before, terms_before
from core.network.arrays import Array, entry_of, frozen
from core.network.rule import Path
from core.program.program import OUTPUTS, Address, Phase, Program

Grouping = Literal["term", "t", "m", "k", "t-k"]  # the last: t - k, how many timesteps back the use lies
MOST_TIMESTEPS = 40  # the terms of later losses are listed only for the current chain, or summed in groups


@dataclass(frozen=True, slots=True)
class Bar:
    """One contribution, or a group of them.

    *indices*: (t, m, k) or (t); of a group its one shared index. *before*: whether it stands for all terms before
    the first listed one, up to the one at *indices*. *parts*: by attention path, adding up to *value*; empty
    where there is one path. *count*: how many terms it holds.
    """

    indices: tuple[int, ...]
    value: float
    parts: tuple[tuple[Path, float], ...] = ()
    count: int = 1
    before: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Bars(Sequence[Bar]):
    """Contributions in the order of the program; a `Bar` is made when it is asked for.

    *indices*, *counts*: of each of the n. *values*: n. *parts*: n×P, by *paths*; n×0 where there is one path.
    *has_lead*: whether the first stands for all terms before the others; it has no parts.
    """

    indices: tuple[tuple[int, ...], ...]
    values: Array
    paths: tuple[Path, ...]
    parts: Array
    counts: tuple[int, ...]
    has_lead: bool = False

    def __len__(self) -> int:
        return len(self.indices)

    @overload
    def __getitem__(self, place: int) -> Bar: ...
    @overload
    def __getitem__(self, place: slice) -> Bars: ...
    def __getitem__(self, place: int | slice) -> Bar | Bars:
        if isinstance(place, slice):
            begin, _, _ = place.indices(len(self))
            return Bars(
                self.indices[place],
                self.values[place],
                self.paths,
                self.parts[place],
                self.counts[place],
                self.has_lead and begin == 0,
            )
        indices = self.indices[place]
        before = self.has_lead and place in (0, -len(self))
        parts = () if before else tuple(zip(self.paths, self.parts[place].tolist(), strict=False))
        return Bar(indices, float(self.values[place]), parts, self.counts[place], before)

    @property
    def totals(self) -> Array:
        """n, the running total after each."""
        return running_totals(self.values)

    def after(self, end: tuple[int, ...], value: float, count: int) -> Bars:
        """These after one bar for all *count* terms up to *end*."""
        lead = np.zeros((1, self.parts.shape[1]))
        lead[:, :1] = value  # drawn as the first of the parts, where there are any
        return Bars(
            (end, *self.indices),
            np.concatenate([[value], self.values]),
            self.paths,
            np.concatenate([lead, self.parts]),
            (count, *self.counts),
            has_lead=True,
        )


def loss_chains(epoch: Epoch, t: int) -> tuple[tuple[Path, ...], Array]:
    """The attention paths, and r_{t,m,k} by path: P×t×t×H, row m - 1, column k - 1, zero for k > m.

    For short texts: a late loss has far more chains than are worth listing.
    """
    tape, H = epoch.tape, epoch.network.H
    paths, g = _asked(epoch, t)
    r = np.zeros((len(paths), t, t, H))
    after = np.zeros((len(paths), 0, H))
    for j in range(t, 0, -1):
        after = np.concatenate([g[:, j - 1 : j], after @ tape.parameters["W"]], axis=1)
        after *= tape.slopes(j, j)
        r[:, j - 1 :, j - 1] = after
    return paths, counted(epoch.rule, t, r, axis=2)


def entry_values(epoch: Epoch, name: str, r: Array, t: int, entry: tuple[int, int]) -> Array:
    """The 0-based *entry* of terms of loss *t*, …×n, from their chains *r* (…×n×H) at k = 1 … n."""
    n = r.shape[-2]
    along, beside = moved_by(epoch, name, t, entry)
    return np.asarray(r.dot(along) * beside[:n])


def moved_by(epoch: Epoch, name: str, t: int, entry: tuple[int, int]) -> tuple[Array, Array]:
    """How *entry*, where loss *t* reads it, moves a_k for k = 1 … t: the first array (H) times the second at k (t)."""
    (i, j), tape, network = entry, epoch.tape, epoch.network
    if name == "E":
        rows = np.full(t, network.inputs[t - 1]) if epoch.rule.embedding_row == "t" else network.input_indices[:t]
        return tape.parameters["U"][:, j], (rows == i).astype(np.float64)
    unit = np.eye(network.H)[i]
    if name == "b":
        return unit, np.ones(t)
    return unit, tape["h"][:t, j] if name == "W" else tape["x"][:t, j]


def bars(epoch: Epoch, program: Program, address: Address, entry: tuple[int, int], by: Grouping = "term") -> Bars:
    """The contributions to *entry* of ∂L/∂name so far: up to *address*, all of them at the sum step.

    From the losses after `MOST_TIMESTEPS` on, the terms of the current (t, m) are listed, or the groups of the current
    loss t, in memory O(t·H); all that went before is one bar.
    """
    name = address.quantity
    if name not in OUTPUTS and not program.is_chained(name):
        last = address.indices or (epoch.network.T,)
        return _bars((), (), values_of_uses(epoch, name, entry)[None, : last[0]])
    last = address.indices or program[program.gradient_span(name).last - 1].indices
    if name in OUTPUTS:
        at = entry if name == "V" else entry[:1]
        losses = [t for t in epoch.network.judged if t <= last[0]]
        found = [output_term(epoch.tape, epoch.rule, name, t)[at] for t in losses]
        return _contributions(tuple((t,) for t in losses), (), np.array([found]))
    if last[0] <= MOST_TIMESTEPS:
        listed = _listed(epoch, name, entry, last)
        return listed if by == "term" else _grouped(listed, by)
    t, m, _ = last
    if by == "term":
        shown = _bars(last[:2], *_chain_values(epoch, name, entry, last))
        first = Address(Phase.BACKWARD, name, (t, m, 1))
    else:
        shown = _groups_of_loss(epoch, name, entry, last, by)
        first = program[program.loss_span(name, t).first]
    count = program.term_number(first) - 1
    if not count:
        return shown
    so_far = terms_before(epoch, name, t, m) if by == "term" else losses_before(epoch, name, t)
    return shown.after(program[program.position(first) - 1].indices, entry_of(so_far, entry), count)


def values_of_uses(epoch: Epoch, name: str, entry: tuple[int, int]) -> Array:
    """The *entry* of the terms of ∂L/∂name by use, T: of W, U, b or E."""
    T = epoch.network.T
    if not epoch.network.by_arrays or (name == "E" and epoch.rule.embedding_row == "t"):
        at = entry if len(epoch.network.parameter_shapes[name]) == 2 else entry[:1]
        return np.array([term_of_use(epoch, name, k)[at] for k in range(1, T + 1)])
    return entry_values(epoch, name, through_time(epoch)[1], T, entry)


def largest_entry(value: Array, running: Array | None) -> tuple[int, int]:
    """The 0-based entry to follow by default: the largest of the term, or of the total where the term is zero."""
    chosen = value if np.any(value) or running is None else running
    with np.errstate(invalid="ignore"):
        flat = int(np.argmax(np.abs(np.nan_to_num(chosen))))
    found = np.unravel_index(flat, chosen.shape) if chosen.ndim else (0,)
    return int(found[0]), int(found[1]) if len(found) > 1 else 0


@latest
def _asked(epoch: Epoch, t: int) -> tuple[tuple[Path, ...], Array]:
    """The attention paths, and g_{t,m} by path, P×t×H."""
    parts = asked_by(epoch.tape, epoch.rule, t)
    return tuple(parts), frozen(np.array([*parts.values()]).reshape(len(parts), t, epoch.network.H))


def _listed(epoch: Epoch, name: str, entry: tuple[int, int], last: tuple[int, ...]) -> Bars:
    """Every term up to *last*."""
    by_arrays, attention = epoch.network.by_arrays, epoch.network.attention
    every = None if by_arrays else entry_of_all_terms(epoch, name, entry, last[0])
    parts: list[Array] = []
    indices: list[tuple[int, ...]] = []
    for t in filter(last[0].__ge__, epoch.network.judged):
        m, k = np.tril_indices(t) if attention else (np.full(t, t - 1), np.arange(t))
        if every is None:
            paths, r = loss_chains(epoch, t)
            parts.append(entry_values(epoch, name, r, t, entry)[:, m, k])
        else:
            paths = paths_of(epoch)
            parts.append(every[:, t - 1, m if attention else 0, k])
        indices += zip(repeat(t), (m + 1).tolist(), (k + 1).tolist(), strict=False)
    return _contributions(tuple(indices), paths, np.concatenate(parts, axis=1))[: indices.index(last) + 1]


def _chain_values(
    epoch: Epoch, name: str, entry: tuple[int, int], last: tuple[int, ...]
) -> tuple[tuple[Path, ...], Array]:
    """The attention paths, and by path the terms of the chain that *last* is in, up to it: P×k."""
    t, m, k = last
    if not epoch.network.by_arrays:
        return paths_of(epoch), entry_of_chains(epoch, name, entry, t, m, m)[:, :k]
    paths, r = chain_by_path(epoch, t, m)
    return paths, entry_values(epoch, name, r[:, :k], t, entry)


def _groups_of_loss(epoch: Epoch, name: str, entry: tuple[int, int], last: tuple[int, ...], by: Grouping) -> Bars:
    """The terms up to *last* of its loss, by *by*."""
    (t, m, k), network = last, epoch.network
    if by == "m":
        paths, now = _chain_values(epoch, name, entry, last)
        now = np.add.reduce(now, axis=1, keepdims=True)
        if not network.attention:
            return _contributions(((m,),), paths, now, (k,))
        parts = np.concatenate([_by_state(epoch, name, entry, t, m - 1), now], axis=1)
        return _bars((), paths, parts, (*range(1, m), k))
    counts = tuple((m - at if network.attention else 0) + (at <= k) for at in range(1, m + 1))
    paths, values = _by_use(epoch, name, entry, last)
    if by == "t":
        return _contributions(((t,),), paths, np.add.reduce(values, axis=1, keepdims=True), (sum(counts),))
    shown = sum(count > 0 for count in counts)
    if by == "t-k":
        far = tuple((t - at,) for at in range(shown, 0, -1))
        return _contributions(far, paths, values[:, :shown][:, ::-1], counts[:shown][::-1])
    return _bars((), paths, values[:, :shown], counts[:shown])


def _by_state(epoch: Epoch, name: str, entry: tuple[int, int], t: int, last: int) -> Array:
    """What loss *t* adds to *entry* by way of h_1 … h_last, P×last: by all uses, and by path."""
    tape, network = epoch.tape, epoch.network
    if not network.by_arrays:
        return entry_by_state(epoch, name, entry, t)[:, :last]
    along, beside = moved_by(epoch, name, t, entry)
    beside = counted(epoch.rule, t, beside.copy())
    moved = np.zeros((last + 1, network.H))  # row i: how the entry moves h_i, by all its uses up to i
    W, slopes = tape.parameters["W"], tape.slopes(0, last)
    for i in range(1, last + 1):
        np.multiply(slopes[i], W.dot(moved[i - 1]) + along * beside[i - 1], moved[i])
    return np.asarray(np.einsum("pih,ih->pi", _asked(epoch, t)[1][:, :last], moved[1:]))


def _by_use(epoch: Epoch, name: str, entry: tuple[int, int], last: tuple[int, ...]) -> tuple[tuple[Path, ...], Array]:
    """The attention paths, and by path the terms up to *last* of its loss, those of a use added up: P×m."""
    t, m, k = last
    if epoch.network.by_arrays:
        paths, r = chain_by_path(epoch, t, m)
        r = r.copy()
        r[:, k:] = 0
        r[:, :-1] += _chains_before(epoch, t, m)
        return paths, entry_values(epoch, name, r, t, entry)
    values = entry_of_chains(epoch, name, entry, t, m, m).copy()
    values[:, k:] = 0
    if epoch.network.attention and m > 1:
        values[:, :-1] += entry_of_chains(epoch, name, entry, t, 1, m - 1)
    return paths_of(epoch), values


@latest
def _chains_before(epoch: Epoch, t: int, m: int) -> Array:
    """Σ_i r_{t,i,k} over the chains i < m for k = 1 … m - 1 by path, P×(m-1)×H: the same at every step of (t, m)."""
    _, g = _asked(epoch, t)
    r = np.ascontiguousarray(sweep(epoch.tape, g.swapaxes(0, 1)[: m - 1]).swapaxes(0, 1))
    return frozen(counted(epoch.rule, t, r, axis=1))


def _contributions(
    indices: tuple[tuple[int, ...], ...], paths: tuple[Path, ...], parts: Array, counts: tuple[int, ...] | None = None
) -> Bars:
    """One bar a column of *parts*, P×n."""
    several = parts.T if len(paths) > 1 else np.zeros((len(indices), 0))
    return Bars(indices, np.add.reduce(parts, axis=0), paths, several, counts or (1,) * len(indices))


def _bars(
    before: tuple[int, ...], paths: tuple[Path, ...], parts: Array, counts: tuple[int, ...] | None = None
) -> Bars:
    """One bar a column of *parts*, P×n, at *before* and then 1 … n."""
    return _contributions(tuple((*before, number) for number in range(1, parts.shape[1] + 1)), paths, parts, counts)


def number_in(indices: tuple[int, ...], by: Grouping) -> int:
    """The number of the group *by* that the term (t, m, k) is in."""
    return indices[0] - indices[2] if by == "t-k" else indices["tmk".index(by)]


def _grouped(listed: Bars, by: Grouping) -> Bars:
    """The terms *listed*, added up by what they share."""
    shared = [number_in(indices, by) for indices in listed.indices]
    groups = sorted(set(shared))
    place = np.searchsorted(groups, shared)
    columns = np.column_stack([listed.values, listed.parts])
    added = np.zeros((len(groups), columns.shape[1]))
    np.add.at(added, place, columns)
    return Bars(
        tuple((group,) for group in groups),
        added[:, 0],
        listed.paths,
        added[:, 1:],
        tuple(np.bincount(place).tolist()),
    )
