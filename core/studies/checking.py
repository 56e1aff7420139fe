"""Checking a term: what the rule in use gives, beside derivatives that know nothing of any rule.

A parameter is used anew at every timestep. Here each use may be moved by itself, so that one sees which part of a
gradient a rule gets wrong: the complex step is exact to rounding, the central difference is the one done by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.epoch.backward import error_at_state, flowing_error, output_state, reached
from core.epoch.epoch import Epoch
from core.epoch.recursion import term_of_use
from core.epoch.walked import back_on
from core.equations.running import Run
from core.network.arrays import Array, entry_of
from core.network.described import by_place, described, reader
from core.network.network import Network, Parameters
from core.program.program import OUTPUTS, Address
from core.studies.contributions import MOST_TIMESTEPS, entry_values

AGREES = 1e-12  # relative to the larger one
NEAREST = 12  # of longer texts, so many uses are listed
_ROUNDING = 1e-14  # absolute: ŷ - y and 1 - h² of numbers near 1 lose what is smaller, whatever they are multiplied by
_TINY = 1e-30  # the complex step: its square vanishes beside any loss
_STEP = 1e-5  # the central difference: about the cube root of the rounding, where both its errors are small

Numbers = npt.NDArray[np.inexact[Any]]


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of a gradient, or a part of it, three times.

    *use*: the timestep of the one use that is moved, None for all uses. *loss*: whose part it is, None for all
    losses. *rule*: the sum of the rule's terms. *complex_step*: the true derivative. *central*: (L(P+h) - L(P-h)) / 2h.
    *is_true*: whether the rule agrees with the complex step to `AGREES`, beside what rounding may leave.
    """

    use: int | None
    loss: int | None
    rule: float
    complex_step: float
    central: float
    is_true: bool

    @property
    def error(self) -> float:
        """How far the rule is from the true derivative."""
        return abs(self.rule - self.complex_step)

    @property
    def words(self) -> str:
        """The verdict, in words."""
        return "agrees" if self.is_true else "differs"


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of one entry of a gradient.

    *name*, *entry*: which. *loss*: the loss of the step, None at a sum. *rows*: all losses, then those of *loss*
    alone; of each the whole, then its uses, which add up to it. *left_out*: how many uses of a long text are not
    listed.
    """

    name: str
    entry: tuple[int, int]
    loss: int | None
    rows: tuple[Check, ...]
    left_out: int


@np.errstate(all="ignore")  # where training diverged, nothing agrees, which is no error
def checks(epoch: Epoch, address: Address, entry: tuple[int, int]) -> Checks:
    """The 0-based *entry* of the gradient of the parameter of *address*, (i, 0) for a vector, and its parts."""
    name, network = address.quantity, epoch.network
    loss = address.indices[0] if address.indices else None
    uses = _listed_uses(network.T, address.indices[-1] if address.indices else network.T)
    moved = np.zeros((1 + len(uses), network.T))  # by run and timestep: the uses that are moved
    moved[0] = 1
    moved[np.arange(1, len(moved)), np.array(uses) - 1] = 1
    true, central = _derivatives(network, epoch.tape.parameters, name, entry, moved)
    rows: list[Check] = []
    for part in (None,) if loss is None else (None, loss):
        by_use = _by_use(epoch, name, entry, part)
        given = [float(np.add.reduce(by_use)), *(float(by_use[use - 1]) for use in uses)]
        if part is None:
            given[0] = entry_of(epoch.gradients[name], entry)  # the one that the update uses
        found = [np.add.reduce(d, axis=1) if part is None else d[:, part - 1] for d in (true, central)]
        floor = _ROUNDING * max(1.0, float(np.max(np.abs([*given, *found[0]]))))
        for use, by_rule, by_complex, by_central in zip((None, *uses), given, *found, strict=True):
            if use is not None and part is not None and not (use == part if name in ("V", "c") else use <= part):
                continue  # nothing used then reaches this loss
            within = AGREES * max(abs(by_rule), abs(by_complex)) + floor
            is_true = bool(abs(by_rule - by_complex) <= within)
            rows.append(Check(use, part, by_rule, float(by_complex), float(by_central), is_true))
    return Checks(name, entry, loss, tuple(rows), network.T - len(uses))


def losses(network: Network, parameters: Parameters, name: str, entry: tuple[int, int], change: Numbers) -> Numbers:
    """L_t of n runs, n×T: in each, the *entry* of *name* that timestep t uses is larger by *change* (n×T) there."""
    unit = np.zeros(network.parameter_shapes[name])
    unit[entry if unit.ndim == 2 else entry[0]] = 1
    read = reader(network, parameters)

    def moved(quantity: str, t: int) -> Numbers:
        value = read(quantity, t)
        return value + np.multiply.outer(change[:, t - 1], unit) if quantity == name else value

    run = Run(described(network), network.T, moved, held=by_place(network))
    run.forward()
    return np.stack([run.read("L", t) for t in range(1, network.T + 1)], axis=1)


def _derivatives(
    network: Network, parameters: Parameters, name: str, entry: tuple[int, int], moved: Array
) -> tuple[Array, Array]:
    """How L_t follows the uses in *moved* (n×T), n×T each: by the complex step, and by the central difference."""
    by_complex = losses(network, parameters, name, entry, 1j * _TINY * moved)
    above, below = (losses(network, parameters, name, entry, step * moved) for step in (_STEP, -_STEP))
    shares = network.shares
    return np.imag(by_complex) / _TINY * shares, np.real(above - below) / (2 * _STEP) * shares


def _by_use(epoch: Epoch, name: str, entry: tuple[int, int], loss: int | None) -> Array:
    """What the rule gives for the use at every timestep (T), by one loss or by all."""
    (i, j), tape, rule, letters, T = entry, epoch.tape, epoch.rule, epoch.network.input_indices, epoch.network.T
    counted = np.ones(T) if loss is None else np.eye(T)[loss - 1]
    if name in OUTPUTS:
        delta = counted * flowing_error(tape)[:, i]
        return delta if name == "c" else delta * output_state(tape, rule)[:, j]
    if not epoch.network.by_arrays:
        return _by_lines(epoch, name, entry, loss)
    scatters = name == "E" and rule.embedding_row == "t"  # every use counts for the row of the loss's letter
    v = error_at_state(tape, rule) * (counted * (letters == i) if scatters else counted)[:, None]
    r = reached(tape, rule, v)
    return np.asarray(r.dot(tape.parameters["U"][:, j])) if scatters else entry_values(epoch, name, r, len(r), entry)


def _by_lines(epoch: Epoch, name: str, entry: tuple[int, int], loss: int | None) -> Array:
    """The same by the lines of any cell."""
    network = epoch.network
    if loss is not None:
        asked = back_on(epoch.tape, epoch.rule, [loss])
    of_use = [term_of_use(epoch, name, k) if loss is None else asked.asked(name, k) for k in range(1, network.T + 1)]
    if loss is not None and name == "E" and epoch.rule.embedding_row == "t":
        row = np.eye(len(network.alphabet))[network.inputs[loss - 1]][:, None]
        of_use = [row * np.add.reduce(each, axis=0) for each in of_use]
    return np.array([entry_of(np.asarray(each), entry) for each in of_use])


def _listed_uses(T: int, near: int) -> tuple[int, ...]:
    """All timesteps, of a long text those around *near*."""
    if T <= MOST_TIMESTEPS:
        return tuple(range(1, T + 1))
    first = min(max(near - NEAREST // 2, 1), T - NEAREST + 1)
    return tuple(range(first, first + NEAREST))
