"""What each term adds to one entry of a gradient: the bars of the Contributions panel.

"One W, used four times: add what each use contributes." All the chains of one loss are one batched sweep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.backward import CHAINED, PATHS, Path, asked_of, output_term, running_total
from core.epoch import Epoch
from core.network import Array
from core.program import Address, Program

Grouping = Literal["term", "t", "m", "k"]
MOST_TIMESTEPS = 40  # with more, only the terms of the current loss are listed, the earlier losses as one


@dataclass(frozen=True, slots=True)
class Bar:
    """One contribution, or a group of them.

    *indices*: (t, m, k) or (t); of a group its one shared index. *before*: whether it stands for all losses
    before the first listed one. *parts*: by attention path, adding up to *value*; empty where there is one path.
    *count*: how many terms it holds.
    """

    indices: tuple[int, ...]
    value: float
    parts: tuple[tuple[Path, float], ...] = ()
    count: int = 1
    before: bool = False


def loss_chains(epoch: Epoch, t: int) -> tuple[tuple[Path, ...], Array]:
    """The attention paths, and r_{t,m,k} by path: P×t×t×H, row m - 1, column k - 1, zero for k > m."""
    tape = epoch.tape
    H, attended = epoch.network.H, tape.A is not None
    paths: tuple[Path, ...] = tuple(p for p in PATHS if p in epoch.rule.paths) if attended else ("value",)
    g = np.zeros((len(paths), t, H))
    for m in range(1, t + 1) if attended else (t,):
        parts = asked_of(tape, epoch.rule, t, m)
        for p, path in enumerate(paths):
            g[p, m - 1] = parts.get(path, 0.0)
    r = np.zeros((len(paths), t, t, H))
    after = np.zeros((len(paths), 0, H))
    for j in range(t, 0, -1):
        after = np.concatenate([g[:, j - 1 : j], after @ tape.parameters.W], axis=1)
        after *= 1 - np.square(tape.h[j])
        r[:, j - 1 :, j - 1] = after
    return paths, r


def entry_values(epoch: Epoch, name: str, r: Array, t: int, entry: tuple[int, int]) -> Array:
    """The 0-based *entry* of every term of loss *t*, P×t×t, from its chains *r*."""
    i, j = entry
    tape, network = epoch.tape, epoch.network
    if name == "b":
        return r[..., i]
    if name == "E":
        rows = np.full(t, network.inputs[t - 1]) if epoch.rule.embedding_row == "t" else network.input_indices[:t]
        values: Array = (r @ tape.parameters.U[:, j]) * (rows == i)
        return values
    beside = tape.h[:t, j] if name == "W" else tape.x[:t, j]
    return r[..., i] * beside


def bars(
    epoch: Epoch, program: Program, address: Address, entry: tuple[int, int], by: Grouping = "term"
) -> tuple[Bar, ...]:
    """The contributions to *entry* of ∂L/∂name so far: up to *address*, all of them at the sum step."""
    name = address.quantity
    last = address.indices or program[program.gradient_span(name).last - 1].indices
    if name not in CHAINED:
        return tuple(
            Bar(
                (t,),
                float(np.ravel(output_term(epoch.tape, epoch.rule, name, t)[entry if name == "V" else entry[0]])[0]),
            )
            for t in range(1, last[0] + 1)
        )
    first = 1 if last[0] <= MOST_TIMESTEPS else last[0]
    listed = list(_listed(epoch, name, entry, first, last))
    if by != "term":
        listed = list(_grouped(listed, "tmk".index(by)))
    if first > 1:
        so_far = running_total(epoch.tape, epoch.rule, name, first - 1, first - 1, first - 1)
        value = so_far[entry] if so_far.ndim == 2 else so_far[entry[0]]
        listed.insert(0, Bar((first - 1,), float(value), count=program.terms_up_to(first - 1), before=True))
    return tuple(listed)


def largest_entry(value: Array, running: Array | None) -> tuple[int, int]:
    """The 0-based entry to follow by default: the largest of the term, or of the total where the term is zero."""
    chosen = value if np.any(value) or running is None else running
    with np.errstate(invalid="ignore"):
        flat = int(np.argmax(np.abs(np.nan_to_num(chosen))))
    found = np.unravel_index(flat, chosen.shape) if chosen.ndim else (0,)
    return int(found[0]), int(found[1]) if len(found) > 1 else 0


def _listed(epoch: Epoch, name: str, entry: tuple[int, int], first: int, last: tuple[int, ...]) -> Iterator[Bar]:
    for t in range(first, last[0] + 1):
        paths, r = loss_chains(epoch, t)
        values = entry_values(epoch, name, r, t, entry)
        for m in range(1, t + 1) if epoch.network.attention else (t,):
            for k in range(1, m + 1):
                if (t, m, k) > last:
                    return
                parts = values[:, m - 1, k - 1]
                yield Bar(
                    (t, m, k),
                    float(np.add.reduce(parts)),
                    tuple(zip(paths, map(float, parts), strict=True)) if len(paths) > 1 else (),
                )


def _grouped(listed: Iterable[Bar], index: int) -> Iterator[Bar]:
    groups: dict[int, list[Bar]] = {}
    for bar in listed:
        groups.setdefault(bar.indices[index], []).append(bar)
    for shared, members in sorted(groups.items()):
        totals: dict[Path, float] = {}
        for bar in members:
            for path, value in bar.parts:
                totals[path] = totals.get(path, 0.0) + value
        yield Bar((shared,), sum(bar.value for bar in members), tuple(totals.items()), len(members))
