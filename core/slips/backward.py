"""The gradients with a slip in them: something else in the place of what the way back reads, sums that lack addends.

Makers give nothing where their slip cannot be made: a slip of a chain needs W, U, b or E.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial, reduce

import numpy as np

from core.epoch.epoch import epoch_on
from core.epoch.totals import running_total
from core.equations import edges
from core.equations.edits import Is
from core.equations.expressions import Expression, Number, Ref, mark, op
from core.network import rule as rules
from core.network.arrays import Array
from core.network.rule import Clip, ClipKind
from core.network.symbols import text
from core.program.program import Address, Phase
from core.slips.case import Case, Change, Make, Moved, Variant, lined, only_here, whole
from core.slips.reading import BY_LOSS, Alteration, Reading

_LAGS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 16, 20, 25, 30, 32, 35, 50)  # timesteps that chains are cut to
_MOST_BY_LINES = 100  # timesteps whose losses go back by the lines side by side: more take seconds in one go
_MOST_TRIED = 64  # timesteps that are tried one by one
_CLIPS: dict[ClipKind, tuple[float, ...]] = {
    "value": (0.1, 0.5, 1.0, 5.0, 10.0),
    "norm": (0.1, 0.25, 0.5, 1.0, 5.0, 10.0),
}

# -- how a slip is made -------------------------------------------------------------------------------------


def altered(change: Alteration, *phases: Phase) -> Make:
    """The values themselves turned into others, in steps of *phases* (and what follows from them)."""

    def make(case: Case) -> Iterator[Variant]:
        if case.is_trained or case.address.phase in phases:
            yield Variant(altering(change))

    return make


def altering(change: Alteration) -> Change:
    """The right arithmetic, at last altered by *change*."""
    return lambda right: right.altered(change)


def moving(moved: Moved, which: str = "") -> Variant:
    """Other gradients, of which the updates are made: what *moved* makes of them all."""

    def alter(reading: Reading, address: Address, value: Array) -> Array:
        if not address.is_sum:
            return value
        return moved({name: reading.gradient(name) for name in reading.network.parameter_shapes})[address.quantity]

    return Variant(altering(alter), which, moved=moved)


def counting(times: Expression, is_meant: Is = lambda _part, _lines: True) -> Make:
    """The uses of the parameters that are meant counted so many *times*, in whole gradients."""
    return whole(lined(edges.uses_counted(times, is_meant)))


def but(timestep: Ref) -> Expression:
    """1 at all timesteps but one."""
    return op("-", Number(1.0), timestep)


def is_whole(case: Case, *names: str) -> bool:
    """Whether the step is a whole gradient of *names*, or comes after one."""
    return case.is_trained or (case.is_of(*names) and not case.address.is_term_of(case.network))


# -- the chain ----------------------------------------------------------------------------------------------


def new_V(case: Case) -> Iterator[Variant]:
    """The errors brought back through the V that the update makes."""
    if "V" in case.network.parameter_shapes and (case.is_trained or case.is_chained):
        address = Address(Phase.UPDATE, "V")
        yield Variant(lambda right: replace(right, asks=replace(right.asks, V=right.value(address))))


def truncated(case: Case) -> Iterator[Variant]:
    """Losses that reach back by a few timesteps only: the rule, truncated."""
    if (case.is_trained or case.is_chained) and case.right.rule.window is None:
        for lag in _LAGS:
            if lag < case.T - 1 and (case.network.by_sheets or case.T <= _MOST_BY_LINES):
                words = "1 timestep" if lag == 1 else f"{lag} timesteps"
                change = _truncating(lag + 1)
                yield Variant(change, words, (change(case.right).rule, case.right.learning_rate))


def _truncating(timesteps: int) -> Change:
    return lambda right: replace(right, rule=replace(right.rule, truncate=timesteps))


def one_later(case: Case) -> Iterator[Variant]:
    """h_k in the place of h_{k-1} at a single k."""
    own = case.address.indices[-1:] if case.address.is_term_of(case.network) and not case.is_trained else ()
    for k in own or range(1, case.T + 1) if case.T <= _MOST_TRIED else ():
        yield from _now_at(k)(case)


@lru_cache
def _now_at(k: int) -> Make:
    return lined(edges.read_otherwise(edges.now_at(k), of_parameters=True), f"k = {k}")


def rows_overwritten(case: Case) -> Iterator[Variant]:
    """A row of ∂L/∂E set, not added to, at every use of its letter: what is left is its last use, or its first."""
    if is_whole(case, "E") and "E" in case.network.parameter_shapes:
        letters = case.network.inputs
        for order, words in ((1, "last"), (-1, "first, which a reversed loop comes to last,")):
            kept = {letter: t for t, letter in list(enumerate(letters, 1))[::order]}
            if case.right.rule.embedding_row == "t":
                weights = np.array([float(t in kept.values()) for t in range(1, case.T + 1)])
                yield Variant(partial(_losses_counted, weights), words)
                continue
            for variant in _only_at(tuple(sorted(kept.values())))(case):
                yield replace(variant, which=words)


def _losses_counted(weights: Array, right: Reading) -> Reading:
    return replace(right, counted={BY_LOSS: weights})


@lru_cache
def _only_at(timesteps: tuple[int, ...]) -> Make:
    times: list[Expression] = [mark(t) for t in timesteps]
    return counting(reduce(partial(op, "+"), times), lambda part, _lines: part == Ref("E"))


# -- sums ---------------------------------------------------------------------------------------------------


def mean(case: Case) -> Iterator[Variant]:
    """The total loss, and every gradient, divided by T."""
    T, loss = case.T, Address(Phase.FORWARD, "L")
    is_divided = case.network.divisor == 1 and (case.is_of() or case.address == loss)

    def alter(_reading: Reading, address: Address, value: Array) -> Array:
        return value / T if address == loss or address.phase is Phase.BACKWARD else value

    if case.is_trained or is_divided:
        yield replace(moving(lambda found: {name: each / T for name, each in found.items()}), change=altering(alter))


def mean_over_units(case: Case) -> Iterator[Variant]:
    """In every entry of ∂L/∂b the mean of them all."""

    def moved(found: Mapping[str, Array]) -> Mapping[str, Array]:
        vectors = {name: each for name, each in found.items() if each.ndim == 1 and name != "c"}
        return {**found, **{name: np.full(each.shape, np.mean(each)) for name, each in vectors.items()}}

    if case.network.H > 1 and (case.is_trained or (case.is_chained and not case.address.is_term_of(case.network))):
        yield moving(moved)


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
            yield moving(partial(rules.clipped, clip=Clip(kind, most)), f"{most:g}")

    return make


def _negated(_reading: Reading, address: Address, value: Array) -> Array:
    return -value if address.phase is Phase.BACKWARD else value


def output_error_negated(case: Case) -> Iterator[Variant]:
    """In ∂L/∂Ω, V and c, whose sign no rule of the sheets turns."""
    if case.network.by_sheets and case.is_of("Omega", "V", "c"):
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
