"""The way back timestep by timestep, as code goes: ∂L/∂ of every quantity, from the last timestep to the first.

It is what the terms of `core.epoch.backward` add up to: ∂L/∂a_k is the sum of r_{t,m,k} over all losses t and states m.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.epoch.backward import (
    asked,
    collect,
    error_at,
    error_at_state,
    loss_letter_sweep,
    output_error,
    output_term,
    sweep,
    term_of,
)
from core.epoch.memo import latest
from core.network.arrays import Array, frozen
from core.network.held import open_at
from core.network.rule import CHAINED

if TYPE_CHECKING:
    from core.epoch.epoch import Epoch


@latest
def through_time(epoch: Epoch) -> tuple[Array, Array]:
    """∂L/∂h_t and ∂L/∂a_t of all timesteps, T×H each, as the rule has them."""
    tape = epoch.tape
    at_h = asked(tape, epoch.rule, error_at_state(tape, epoch.rule))
    at_a = sweep(tape, at_h)
    at_h = at_h.copy()
    at_h[:-1] += at_a[1:].dot(tape.parameters["W"])
    return frozen(at_h), frozen(at_a)


def adjoint(epoch: Epoch, name: str, t: int, i: int = 0) -> Array:
    """∂L/∂name of timestep *t*, in its shape; of A and alpha its entry for *i*."""
    tape = epoch.tape
    if name == "Omega":
        return np.asarray(output_error(tape)[t - 1])
    if name in ("h", "a", "x"):
        at_h, at_a = through_time(epoch)
        found = at_h[t - 1] if name == "h" else at_a[t - 1]
        return np.asarray(found @ tape.parameters["U"] if name == "x" else found)
    v = np.asarray(_errors(epoch)[t - 1])
    if name == "Z":
        return v
    if tape.alpha is None:
        raise KeyError(name)
    flows = open_at(tape.network, "Z", t)
    v = v if flows is None else v * flows
    at_alpha = tape.h[i].dot(v)
    return np.asarray(at_alpha if name == "alpha" else tape.alpha[t - 1, i - 1] * (at_alpha - tape.Z[t - 1].dot(v)))


@latest
def _errors(epoch: Epoch) -> Array:
    """∂L/∂Z_t of all timesteps, T×H: of one state, a thousand losses ask at once."""
    return frozen(np.array([error_at(epoch.tape, epoch.rule, t) for t in range(1, epoch.network.T + 1)]))


def term_of_use(epoch: Epoch, name: str, k: int) -> Array:
    """What the use of a parameter at timestep *k* adds to ∂L/∂name, over all losses: in the parameter's shape."""
    tape, rule = epoch.tape, epoch.rule
    if name not in CHAINED:
        return output_term(tape, rule, name, k)
    if _goes_by_loss_letter(epoch, name):
        return np.asarray(_by_letter(epoch)[k - 1])
    return term_of(tape, rule, name, through_time(epoch)[1][k - 1], k, k)


def total_of_uses(epoch: Epoch, name: str, k: int) -> Array:
    """The sum of `term_of_use` over the timesteps 1 … *k*, for W, U, b and E."""
    if _goes_by_loss_letter(epoch, name):
        return np.asarray(np.add.reduce(_by_letter(epoch)[:k], axis=0))
    return collect(epoch.tape, name, through_time(epoch)[1][:k])


def _goes_by_loss_letter(epoch: Epoch, name: str) -> bool:
    """Whether the rule tells the losses apart, which go back together: then a column for each letter is carried."""
    return name == "E" and epoch.rule.embedding_row == "t"


@latest
def _by_letter(epoch: Epoch) -> Array:
    """The terms of ∂L/∂E by use, T×K×D, where each loss adds to the row of its own letter."""
    tape = epoch.tape
    letters, r = loss_letter_sweep(tape, epoch.rule, error_at_state(tape, epoch.rule))
    return frozen(np.einsum("kn,tnh,hd->tkd", letters, r, tape.parameters["U"]))
