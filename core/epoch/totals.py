"""Running totals: the sum of the terms of a gradient so far, at any step by sweeps over a part of the losses.

What does not change from one step to the next of a chain or of a loss is kept, which saves time and changes no bit.
"""

from __future__ import annotations

import numpy as np

from core.epoch import chains
from core.epoch.backward import (
    asked_by,
    asked_by_rows,
    asked_up_to,
    chained_sums,
    collect,
    counted,
    error_at_state,
    flowing_error,
    output_state,
    reached,
    sweep,
    unfinished,
)
from core.epoch.epoch import Epoch
from core.epoch.memo import latest
from core.epoch.recursion import total_of_uses
from core.epoch.sums import BLOCK, causal_blocks
from core.network.arrays import Array, frozen
from core.network.rule import Path


def running_total(epoch: Epoch, name: str, t: int, m: int = 0, k: int = 0) -> Array:
    """The sum of the terms of ∂L/∂name up to and with (t, m, k), or (t) for V and c, and timestep by timestep.

    The chains before that of (t, m) whole, and the current chain from k = 1 to *k*.
    """
    tape, rule = epoch.tape, epoch.rule
    if name in epoch.network.chained and not m:
        return total_of_uses(epoch, name, t)
    if name in ("V", "c"):
        delta = flowing_error(tape)[:t]
        return delta.T @ output_state(tape, rule)[:t] if name == "V" else np.add.reduce(delta, axis=0)
    if not epoch.network.by_arrays:
        return np.asarray(chains.terms_before(epoch, name, t, m) + chains.sum_of_chain(epoch, name, t, m, slice(k)))
    if name == "E" and rule.embedding_row == "t":
        return losses_before(epoch, name, t) + _row_of_loss(epoch, t, m, k)
    return terms_before(epoch, name, t, m) + collect(tape, name, current_chain(epoch, t, m)[:k])


def _row_of_loss(epoch: Epoch, t: int, m: int, k: int) -> Array:
    """The sum of the terms of ∂L/∂E of loss *t* up to (m, k), where the rule adds all to the row of its letter."""
    tape, rule = epoch.tape, epoch.rule
    r = unfinished(tape, rule, t, m, k)
    now = np.zeros(tape.network.parameter_shapes["E"])
    now[tape.network.inputs[t - 1]] = np.add.reduce(r.dot(tape.parameters["U"]), axis=0)
    return now


@latest
def current_chain(epoch: Epoch, t: int, m: int) -> Array:
    """r_{t,m,k} for k = 1 … m, m×H: the same at every step of a chain, and for every parameter."""
    return frozen(np.add.reduce(chain_by_path(epoch, t, m)[1], axis=0))


def chain_by_path(epoch: Epoch, t: int, m: int) -> tuple[tuple[Path, ...], Array]:
    """The attention paths, and `current_chain` by path, P×m×H."""
    _, paths, r = _swept(epoch, t, m)
    return paths, r


@latest
def terms_before(epoch: Epoch, name: str, t: int, m: int) -> Array:
    """The sum of the terms of all chains before that of (t, m): the same at every step of a chain."""
    if not epoch.network.by_arrays:
        return chains.terms_before(epoch, name, t, m)
    if name == "E" and epoch.rule.embedding_row == "t":
        before = losses_before(epoch, name, t)
        return before if m == 1 else frozen(before + _row_of_loss(epoch, t, m - 1, m - 1))
    return frozen(collect(epoch.tape, name, _swept(epoch, t, m)[0]))


@latest
def _swept(epoch: Epoch, t: int, m: int) -> tuple[Array, tuple[Path, ...], Array]:
    """Sweeps side by side: of all chains before that of (t, m) together, t×H, and of that one by path, P×m×H."""
    tape, rule = epoch.tape, epoch.rule
    parts = asked_by(tape, rule, t, m, m)
    G = np.zeros((t, 1 + len(parts), tape.network.H))
    if not rule.cuts(tape.network.T):
        G[:, 0] = asked_before(epoch, t)
    G[: m - 1, 0] += asked_up_to(tape, rule, t, m - 1)
    for place, g in enumerate(parts.values(), 1):
        G[m - 1, place] = g[0]
    r = counted(rule, t, np.ascontiguousarray(sweep(tape, G).swapaxes(0, 1)), axis=1)
    if rule.cuts(tape.network.T):
        r[0, :-1] += _reached_before(epoch, t)
    return frozen(r[0]), tuple(parts), frozen(r[1:, :m])


@latest
def _reached_before(epoch: Epoch, t: int) -> Array:
    """What the losses before *t* ask of every pre-activation before it, (t-1)×H, where the rule cuts their chains."""
    tape, rule = epoch.tape, epoch.rule
    return frozen(reached(tape, rule, error_at_state(tape, rule, slice(t - 1))))


@latest
def losses_before(epoch: Epoch, name: str, t: int) -> Array:
    """The sum of the terms of the losses before *t*: the same at every step of loss t."""
    if not epoch.network.by_arrays:
        return chains.losses_before(epoch, name, t)
    tape, rule = epoch.tape, epoch.rule
    if t == 1:
        return frozen(np.zeros(tape.network.parameter_shapes[name]))
    return frozen(chained_sums(tape, rule, error_at_state(tape, rule, slice(t - 1)), (name,))[name])


def asked_before(epoch: Epoch, t: int) -> Array:
    """G of the losses before *t*, t×H with zeros in row t."""
    tape, rule = epoch.tape, epoch.rule
    G = np.zeros((t, tape.network.H))
    if "A" not in tape:
        G[:-1] = error_at_state(tape, rule, slice(t - 1))
        return G
    whole = _asked_by_blocks(epoch)[(t - 1) // BLOCK]
    G[: len(whole)] = whole
    if len(whole) < t - 1:
        rows = slice(len(whole), t - 1)
        G[:-1] += asked_by_rows(tape, rule, error_at_state(tape, rule, rows), rows, slice(t - 1))
    return G


@latest
def _asked_by_blocks(epoch: Epoch) -> tuple[Array, ...]:
    """G of all the losses before each of the `causal_blocks`: with it a late loss takes no longer than an early one."""
    tape, rule = epoch.tape, epoch.rule
    v, G = error_at_state(tape, rule), np.zeros((0, tape.network.H))
    found = [G]
    for rows, past in causal_blocks(len(v)):
        before, G = G, asked_by_rows(tape, rule, v[rows], rows, past)
        G[: len(before)] += before
        found.append(G)
    return tuple(found)
