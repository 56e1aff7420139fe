"""Why a gradient is what it is: by loss, by path of attention, by way of a state, term by term."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.epoch.backward import flowing_error, output_state
from core.epoch.chains import entry_of_chains, paths_of
from core.epoch.epoch import Epoch
from core.epoch.totals import chain_by_path
from core.network import symbols
from core.network.arrays import Array
from core.network.number import Number
from core.network.rule import Path
from core.network.symbols import subscript
from core.network.words import used_words
from core.program.program import OUTPUTS, Address, Phase
from core.studies.by_loss import by_loss, by_state
from core.studies.contributions import entry_values, values_of_uses
from core.why.chain import term
from core.why.made import Entry, Leaf
from core.why.trail import Part, Trail, added, added_parts

FEW_TERMS = 60  # of one loss; more are first added up by the state that they come by


def gradient(epoch: Epoch, name: str, entry: Entry, leaf: Leaf, *, by_use: bool) -> Trail:
    """∂L/∂name at *entry*: by loss, or where *by_use*, by the timestep at which it was used."""
    if name in OUTPUTS:
        error = flowing_error(epoch.tape)[:, entry[0]]
        terms = error * output_state(epoch.tape, epoch.rule)[:, entry[1]] if name == "V" else error

        def by_itself(place: int) -> Part:
            return replace(leaf(symbols.symbol(f"dL/d{name}", place + 1), entry), words=f"loss {place + 1}")

        return added(terms, by_itself, "one for each loss")
    at = _pair(entry)
    if by_use:
        values = values_of_uses(epoch, name, at)

        def used(place: int) -> Part:
            words = f"{symbols.text(name)} {used_words(name, epoch.network.lines)} at t = {place + 1}"
            return replace(leaf(symbols.symbol(f"dL/d{name}", place + 1), entry), words=words)

        return added(values, used, "one for each use")
    found = by_loss(epoch, name, at)

    def lost(place: int) -> Part:
        t = place + 1
        count = t * (t + 1) // 2 if epoch.network.attention else t
        return Part(
            f"loss {t}",
            float(np.add.reduce(found[:, place])),
            place=_last(epoch, name, t),
            opens=lambda: _loss(epoch, name, entry, leaf, t),
            aside=f"{count:,} term{'' if count == 1 else 's'}",
        )

    return added(np.add.reduce(found, axis=0), lost, "one for each loss")


def _loss(epoch: Epoch, name: str, entry: Entry, leaf: Leaf, t: int) -> Trail:
    """What loss *t* adds: by path, where there are several."""
    paths = paths_of(epoch)
    if len(paths) < 2:
        return _path(epoch, name, entry, leaf, t, 0)
    values = by_loss(epoch, name, _pair(entry))[:, t - 1]

    def make(place: int) -> Part:
        path = paths[place]
        return Part(
            f"{path} path of loss {t}",
            float(values[place]),
            place=_last(epoch, name, t),
            opens=lambda: _path(epoch, name, entry, leaf, t, place),
            aside=_MEANS[path].format(t=subscript(t)),
        )

    return added(values, make, "one for each path of attention")


_MEANS: dict[Path, str] = {
    "value": "states are part of the mix Z{t}",
    "key": "states decide how much of them is taken",
    "query": "h{t} decides how all are weighed",
}


def _path(epoch: Epoch, name: str, entry: Entry, leaf: Leaf, t: int, place: int) -> Trail:
    """What loss *t* adds by one path: its terms, or where they are many, by way of which state."""
    at, several = _pair(entry), len(paths_of(epoch)) > 1
    first = 1 if epoch.network.attention and paths_of(epoch)[place : place + 1] != ("query",) else t

    def chain(m: int) -> Array:
        if not epoch.network.by_arrays:
            by_path = entry_of_chains(epoch, name, at, t, m, m)
            return by_path[place] if len(by_path) else np.zeros(m)
        _, r = chain_by_path(epoch, t, m)
        return entry_values(epoch, name, r[place], t, at) if len(r) else np.zeros(m)

    def made(indices: tuple[int, int, int], value: float) -> Part:
        return _term(epoch, name, entry, leaf, indices, value, place if several else None)

    def by_use(m: int) -> Trail:
        numbers = chain(m)
        return added(numbers, lambda k: made((t, m, k + 1), float(numbers[k])), "one for each term")

    states = range(first, t + 1)
    if len(states) == 1:
        return by_use(t)
    if sum(states) <= FEW_TERMS:
        terms = [made((t, m, k), float(value)) for m in states for k, value in enumerate(chain(m), 1)]
        return added_parts(terms, "one for each term")

    by_m = by_state(epoch, name, at, t)
    values = by_m[place] if len(by_m) else np.zeros(t)

    def by_way(m: int) -> Part:
        return Part(
            f"by way of h{subscript(m)}",
            float(values[m - 1]),
            place=_at(epoch, name, (t, m, m)),
            opens=lambda: by_use(m),
            aside=f"{m:,} terms",
        )

    return added(values[first - 1 :], lambda index: by_way(first + index), "by way of each state")


def _term(
    epoch: Epoch, name: str, entry: Entry, leaf: Leaf, indices: tuple[int, int, int], value: float, path: int | None
) -> Part:
    """The term at (t, m, k), or of it what comes by one *path*."""
    t, m, k = indices
    via = f"via h{subscript(m)}, " if epoch.network.attention else ""
    return Part(
        f"{via}{symbols.text(name)} {used_words(name, epoch.network.lines)} at t = {k}",
        value,
        Number(symbols.symbol(f"dL/d{name}", t, m, k), entry, epoch.number) if path is None else None,
        _at(epoch, name, indices),
        lambda: term(epoch, name, indices, entry, leaf, path),
    )


def _last(epoch: Epoch, name: str, t: int) -> tuple[int, Address]:
    return _at(epoch, name, (t, t, t))


def _at(epoch: Epoch, name: str, indices: tuple[int, ...]) -> tuple[int, Address]:
    return epoch.number, Address(Phase.BACKWARD, name, indices)


def _pair(entry: Entry) -> tuple[int, int]:
    """An entry of a vector as that of a column."""
    return entry[0], entry[1] if len(entry) > 1 else 0
