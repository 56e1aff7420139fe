"""The gradients with a slip in them: something else in the place of what the way back reads, sums that lack addends.

Makers give nothing where their slip cannot be made: a slip of a chain needs W, U, b or E.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from core.epoch.epoch import epoch_on
from core.epoch.totals import running_total
from core.network.arrays import Array
from core.network.rule import Clip, ClipKind, left_by_clip
from core.network.symbols import text
from core.program.program import OUTPUTS, Address, Phase
from core.slips.case import Case, Change, Make, Variant, only_here
from core.slips.reading import Alteration, Reading

_LAGS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 16, 20, 25, 30, 32, 35, 50, 64, 100, 128)  # timesteps that chains are cut to
_MOST_REACHED = 2_000  # timesteps from which losses reach back so far, together: more take seconds in one go
_MOST_TRIED = 64  # timesteps that are tried one by one
_CLIPS: dict[ClipKind, tuple[float, ...]] = {
    "value": (0.1, 0.5, 1.0, 5.0, 10.0),
    "norm": (0.1, 0.25, 0.5, 1.0, 5.0, 10.0),
}

# -- how a slip is made -------------------------------------------------------------------------------------


def where(reaches: Callable[[Case], bool], change: Change) -> Make:
    """*change*, at the steps that it *reaches*, and where it was made at every epoch so far, at all."""

    def make(case: Case) -> Iterator[Variant]:
        if case.is_trained or reaches(case):
            yield Variant(change)

    return make


def chained(change: Change, *names: str) -> Make:
    """Something in the chains of ∂L/∂W, U, b and E, or only of *names*, done wrongly."""
    return where(lambda case: case.is_of(*names) if names else case.is_chained, change)


def altered(change: Alteration, *phases: Phase) -> Make:
    """The values themselves turned into others, in steps of *phases* (and what follows from them)."""
    return where(lambda case: case.address.phase in phases, altering(change))


def altering(change: Alteration) -> Change:
    """The right arithmetic, at last altered by *change*."""
    return lambda right: replace(right, alter=change)


def count(counted: Array, *names: str) -> Change:
    """Each of the T uses of the parameters *names* as often as it is *counted*."""
    return lambda right: replace(right, counted=dict.fromkeys(names, counted))


def through_softmax(yhat: Array, asked: Array) -> Array:
    """What is asked of the scores, where *asked* is asked of the probabilities; T×K each."""
    return np.asarray(yhat * (asked - np.vecdot(asked, yhat)[:, None]))


def beside(wrong: Callable[[Array], Array]) -> Make:
    """Other states beside r in ∂L/∂W, T×H, from h_0 … h_T."""
    return chained(lambda right: replace(right, states=wrong(right.tape["h"])), "W")


def counting(*names: str, first: int, others: int) -> Make:
    """In the gradients of *names*, the use at t = 1 counted *first* times, every other one *others* times."""

    def change(right: Reading) -> Reading:
        return count(np.array([first, *[others] * (right.network.T - 1)], dtype=float), *names)(right)

    return where(lambda case: is_whole(case, *names), change)


def is_whole(case: Case, *names: str) -> bool:
    """Whether the step is a whole gradient of *names*, or comes after one."""
    return case.is_trained or (case.is_of(*names) and not case.address.is_term_of(case.network))


# -- the chain ----------------------------------------------------------------------------------------------


def next_of(h: Array) -> Array:
    """The rows one timestep later; the last row, which has none, as it is."""
    return np.concatenate([h[1:], h[-1:]])


def before(x: Array) -> Array:
    """The rows one timestep before; nothing before the first."""
    return np.concatenate([np.zeros((1, x.shape[1])), x[:-1]])


def new_V(case: Case) -> Iterator[Variant]:
    """The errors brought back through the V that the update makes."""
    if case.is_trained or case.is_chained:
        address = Address(Phase.UPDATE, "V")
        yield Variant(lambda right: replace(right, asks=replace(right.asks, V=right.value(address))))


def truncated(case: Case) -> Iterator[Variant]:
    """Losses that reach back by a few timesteps only: the rule, truncated."""
    if (case.is_trained or case.is_chained) and case.right.rule.window is None:
        for lag in _LAGS:
            if lag < case.T - 1 and lag * case.T <= _MOST_REACHED:
                words = "1 timestep" if lag == 1 else f"{lag} timesteps"
                yield Variant(_truncating(lag + 1), words)


def _truncating(timesteps: int) -> Change:
    return lambda right: replace(right, rule=replace(right.rule, truncate=timesteps))


def one_later(case: Case) -> Iterator[Variant]:
    """h_k in the place of h_{k-1} at a single k."""
    if (case.is_trained or case.is_of("W")) and case.T <= _MOST_TRIED:
        own = case.address.indices[-1:] if case.is_of("W") and not case.is_trained else ()
        for k in own or range(1, case.T + 1):

            def change(right: Reading, k: int = k) -> Reading:
                states = np.array(right.states)
                states[k - 1] = right.tape["h"][k]
                return replace(right, states=states)

            yield Variant(change, f"k = {k}")


def rows_overwritten(case: Case) -> Iterator[Variant]:
    """A row of ∂L/∂E set, not added to, at every use of its letter: what is left is its last use, or its first."""
    if is_whole(case, "E"):
        letters = case.network.inputs
        for order, words in ((1, "last"), (-1, "first, which a reversed loop comes to last,")):
            kept = {letter: t for t, letter in list(enumerate(letters))[::order]}
            counted = np.zeros(len(letters))
            counted[list(kept.values())] = 1
            yield Variant(count(counted, "E"), words)


# -- sums ---------------------------------------------------------------------------------------------------


def _last_indices(epoch: Reading, address: Address) -> tuple[int, ...]:
    T = epoch.network.T
    return (T, T, T) if address.quantity not in OUTPUTS and epoch.network.by_arrays else (T,)


def without_last(reading: Reading, address: Address, value: Array) -> Array:
    """A sum without its last term."""
    if not address.is_sum:
        return value
    return np.asarray(value - reading.value(replace(address, indices=_last_indices(reading, address))))


def only_last(reading: Reading, address: Address, value: Array) -> Array:
    """The last term in the place of the sum."""
    return reading.value(replace(address, indices=_last_indices(reading, address))) if address.is_sum else value


def only_last_loss(reading: Reading, address: Address, value: Array) -> Array:
    """The sum of the terms of the last loss alone; in ∂L/∂V and c that is the last term."""
    if not address.is_sum or address.quantity in OUTPUTS:
        return value
    errors = np.zeros(reading.asks.errors.shape)
    errors[-1] = reading.asks.errors[-1]  # no other loss has an error
    return replace(reading, asks=replace(reading.asks, errors=errors)).gradient(address.quantity)


def mean(reading: Reading, address: Address, value: Array) -> Array:
    """The total loss, and every gradient, divided by T."""
    is_divided = address == Address(Phase.FORWARD, "L") or address.phase is Phase.BACKWARD
    return value / reading.network.T if is_divided and reading.network.divisor == 1 else value


def mean_over_units(case: Case) -> Iterator[Variant]:
    """In every entry of ∂L/∂b the mean of them all."""
    if case.network.H > 1 and is_whole(case, "b"):
        yield Variant(altering(_mean_of_b))


def _mean_of_b(_reading: Reading, address: Address, value: Array) -> Array:
    return np.full(value.shape, float(np.mean(value))) if address == Address(Phase.BACKWARD, "b") else value


def another_gradient(case: Case) -> Iterator[Variant]:
    """The gradient of another parameter with as many entries."""
    own = case.address.quantity
    if not case.is_of() or case.address.is_term_of(case.network) or own not in case.network.parameter_shapes:
        return
    size = case.right.parameters[own].size
    for name, array in case.right.parameters.items():
        if name != own and array.size == size:

            def alter(reading: Reading, address: Address, value: Array, name: str = name) -> Array:
                if address != Address(Phase.BACKWARD, own):
                    return value
                return reading.gradient(name).reshape(value.shape)

            yield Variant(altering(alter), text(f"dL/d{name}"), lasts=False)


def clipped(kind: ClipKind) -> Make:
    """All gradients clipped, by a rule that does not say so."""

    def make(case: Case) -> Iterator[Variant]:
        for most in _CLIPS[kind] if is_whole(case, *case.network.parameter_shapes) else ():

            def alter(reading: Reading, address: Address, value: Array, most: float = most) -> Array:
                if not address.is_sum:
                    return value
                of_all = {name: reading.gradient(name) for name in reading.network.parameter_shapes}
                return left_by_clip(address.quantity, of_all, Clip(kind, most))

            yield Variant(altering(alter), f"{most:g}")

    return make


def _negated(_reading: Reading, address: Address, value: Array) -> Array:
    return -value if address.phase is Phase.BACKWARD else value


def output_error_negated(case: Case) -> Iterator[Variant]:
    """In ∂L/∂Ω, V and c, whose sign no rule of the sheets turns."""
    if case.network.by_arrays and case.is_of("Omega", "V", "c"):
        yield Variant(altering(_negated), lasts=False)


def transposed(case: Case) -> Iterator[Variant]:
    """The value of the step, where it is a square matrix, transposed."""
    value = case.right.value(case.address)
    if case.address.quantity != "letter" and value.ndim == 2 and value.shape == value.T.shape:
        yield only_here(case, value.T)


def summed_up(case: Case) -> Iterator[Variant]:
    """The running total in the place of the term."""
    address, right = case.address, case.right
    if address.is_term_of(case.network):
        with np.errstate(all="ignore"):  # where training diverged
            epoch = epoch_on(right.tape, right.rule, right.learning_rate)
            total = running_total(epoch, address.quantity, *address.indices)
        yield only_here(case, total)
