"""The way back timestep by timestep, as code goes: ∂L/∂ of every quantity, from the last timestep to the first.

It is what the terms of `core.epoch.backward` add up to: ∂L/∂a_k is the sum of r_{t,m,k} over all losses t and states m.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.epoch.backward import (
    asked,
    asked_of_score,
    collect,
    error_at,
    error_at_state,
    loss_letter_sweep,
    output_error,
    output_term,
    sweep,
    term_of,
    within_reach,
)
from core.epoch.memo import latest
from core.epoch.walked import by_loss_letter, way_back
from core.equations.length import Length
from core.equations.running import Run
from core.network.arrays import Array, frozen
from core.network.held import open_at

if TYPE_CHECKING:
    from core.epoch.epoch import Epoch


@latest
def through_time(epoch: Epoch) -> tuple[Array, Array]:
    """∂L/∂h_t and ∂L/∂a_t of all timesteps, T×H each, as the rule has them."""
    tape, v = epoch.tape, error_at_state(epoch.tape, epoch.rule)
    if epoch.rule.cuts(tape.network.T):
        at_h, at_a = within_reach(tape, epoch.rule, v)
        return frozen(at_h), frozen(at_a)
    at_h = asked(tape, epoch.rule, v)
    at_a = sweep(tape, at_h)
    at_h = at_h.copy()
    at_h[:-1] += at_a[1:].dot(tape.parameters["W"])
    return frozen(at_h), frozen(at_a)


def adjoint(epoch: Epoch, name: str, t: int, i: int = 0) -> Array:
    """∂L/∂name of timestep *t*, in its shape; of A and alpha its entry for *i*."""
    tape = epoch.tape
    if epoch.gradients.way_back is not None or not epoch.network.by_arrays:
        found = by_lines(epoch).read(f"dL/d{name}", t)
        return np.asarray(found[i - 1] if i else found)
    if name == "Omega":
        return np.asarray(output_error(tape)[t - 1])
    if name in ("h", "a", "x"):
        at_h, at_a = through_time(epoch)
        if name == "a":  # where a itself is held, it is asked for too
            return np.asarray(at_h[t - 1] * tape.slopes(t, t, ("h",))[0])
        return np.asarray(at_a[t - 1] @ tape.parameters["U"] if name == "x" else at_h[t - 1])
    v = np.asarray(_errors(epoch)[t - 1])
    if name == "Z":
        return v
    flows = open_at(tape.network, "Z", t)
    v = v if flows is None else v * flows
    return np.asarray(tape.hidden[i].dot(v) if name == "alpha" else asked_of_score(tape, v, t, i))


def by_lines(epoch: Epoch) -> Run:
    """The way back by the lines of any network: what is asked of every quantity at every timestep."""
    return _way_back(epoch)[0]


@latest
def _way_back(epoch: Epoch) -> tuple[Run, Length | None]:
    return epoch.gradients.way_back or way_back(epoch.tape, epoch.rule)


@latest
def _errors(epoch: Epoch) -> Array:
    """∂L/∂Z_t of all timesteps, T×H: of one state, a thousand losses ask at once."""
    return frozen(np.array([error_at(epoch.tape, epoch.rule, t) for t in range(1, epoch.network.T + 1)]))


def term_of_use(epoch: Epoch, name: str, k: int) -> Array:
    """What the use of a parameter at timestep *k* adds to ∂L/∂name, over all losses: in the parameter's shape."""
    tape, rule = epoch.tape, epoch.rule
    if name not in epoch.network.chained and epoch.gradients.slipped is None:
        return output_term(tape, rule, name, k)
    if _goes_by_loss_letter(epoch, name):
        return np.asarray(_by_letter(epoch)[k - 1])
    if not epoch.network.by_arrays or name not in epoch.network.chained:
        return np.asarray(by_lines(epoch).asked(name, k))
    return term_of(tape, rule, name, through_time(epoch)[1][k - 1], k, k)


def total_of_uses(epoch: Epoch, name: str, k: int) -> Array:
    """The sum of `term_of_use` over the timesteps 1 … *k*, for those of the cell and E."""
    if _goes_by_loss_letter(epoch, name):
        return np.asarray(np.add.reduce(_by_letter(epoch)[:k], axis=0))
    if not epoch.network.by_arrays:
        length = _way_back(epoch)[1]
        return np.asarray(_running(epoch, name)[k - 1] if length is None else length.summed(name, slice(k)))
    return collect(epoch.tape, name, through_time(epoch)[1][:k])


@latest
def _running(epoch: Epoch, name: str) -> Array:
    """The sums of `term_of_use` so far, T and the parameter's shape."""
    terms = np.array([by_lines(epoch).asked(name, k) for k in range(1, epoch.network.T + 1)])
    return frozen(np.add.accumulate(terms))


def _goes_by_loss_letter(epoch: Epoch, name: str) -> bool:
    """Whether the rule tells the losses apart, which go back together: then a column for each letter is carried."""
    return name == "E" and epoch.rule.embedding_row == "t"


@latest
def _by_letter(epoch: Epoch) -> Array:
    """The terms of ∂L/∂E by use, T×K×D, where each loss adds to the row of its own letter."""
    tape, network = epoch.tape, epoch.network
    if not network.by_arrays:
        terms = np.zeros((network.T, *network.parameter_shapes["E"]))
        for letter, run in by_loss_letter(tape, epoch.rule, epoch.gradients.slipped):
            terms[:, letter] = [run.read("dL/dx", t) for t in range(1, network.T + 1)]
        return frozen(terms)
    letters, r = loss_letter_sweep(tape, epoch.rule, error_at_state(tape, epoch.rule))
    return frozen(np.einsum("kn,tnh,hd->tkd", letters, r, tape.parameters["U"]))
