"""The gradients with a slip in them: false tapes in the chains, values turned into others, rounding on the way.

Makers give nothing where their slip cannot be made: a slip of a chain needs W, U, b or E.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from core.epoch.epoch import epoch_on, run_epoch
from core.epoch.forward import Tape
from core.epoch.totals import running_total
from core.network.arrays import Array
from core.network.rule import CHAINED, EXACT, Rule
from core.program.program import Address, Phase
from core.slips.by_hand import forward_by_hand
from core.slips.case import Case, Make, Variant
from core.slips.forward import only_here
from core.slips.reading import MOST_ROUNDED, Alteration, Reading, Rounded

PLACES = range(1, 7)  # decimals to which learners round on the way


# -- how a slip is made -------------------------------------------------------------------------------------


def chained(change: Callable[[Reading], Reading], *names: str) -> Make:
    """Something in the chains of ∂L/∂W, U, b and E, or only of *names*, done wrongly."""

    def make(case: Case) -> Iterator[Variant]:
        if case.is_chained and (not names or case.address.quantity in names):
            yield Variant(change(case.right))

    return make


def altered(change: Alteration, *phases: Phase) -> Make:
    """The values themselves turned into others, in steps of *phases* (and what follows from them)."""

    def make(case: Case) -> Iterator[Variant]:
        if case.address.phase in phases:
            yield Variant(replace(case.right, alter=change))

    return make


def _with(tape: Tape, *, h: Array | None = None, x: Array | None = None, W: Array | None = None) -> Tape:
    """*tape* with other states, inputs or another W."""
    parameters = tape.parameters if W is None else replace(tape.parameters, W=W)
    return replace(tape, h=tape.h if h is None else h, x=tape.x if x is None else x, parameters=parameters)


def in_chain(**changed: Callable[[Tape], Array]) -> Callable[[Reading], Reading]:
    """The slopes of tanh and W of the chains read from a false tape, whose h or W is made from the right one."""
    return lambda right: replace(
        right, chain=_with(right.chain, **{name: make(right.chain) for name, make in changed.items()})
    )


def beside(**changed: Callable[[Tape], Array]) -> Callable[[Reading], Reading]:
    """What stands beside r read from a false tape, whose h or x is made from the right one."""
    return lambda right: replace(
        right, last=_with(right.last, **{name: make(right.last) for name, make in changed.items()})
    )


# -- the backward pass --------------------------------------------------------------------------------------


def shifted(array: Array, by: int) -> Array:
    """The rows of *array* moved: row i becomes row i + *by*, zero where there is none."""
    moved = np.zeros(array.shape)
    if by > 0:
        moved[by:] = array[:-by]
    else:
        moved[:by] = array[-by:]
    return moved


def h_as_a(tape: Tape) -> Array:
    """a_t in the place of h_t; row 0 stays h_0."""
    return np.concatenate([tape.h[:1], tape.a])


def new_V(case: Case) -> Iterator[Variant]:
    """The errors brought back through the V that the update makes."""
    if case.is_chained:
        new = case.right.value(Address(Phase.UPDATE, "V"))
        asks = case.right.asks
        parameters = replace(asks.parameters, V=new)
        yield Variant(replace(case.right, asks=replace(asks, parameters=parameters)))


def _last_indices(reading: Reading, address: Address) -> tuple[int, ...]:
    T = reading.network.T
    return (T, T, T) if address.quantity in CHAINED else (T,)


def without_last(reading: Reading, address: Address, value: Array) -> Array:
    """A sum without its last term."""
    if not address.is_sum:
        return value
    return value - reading.value(replace(address, indices=_last_indices(reading, address)))


def only_last(reading: Reading, address: Address, value: Array) -> Array:
    """The last term in the place of the sum."""
    return reading.value(replace(address, indices=_last_indices(reading, address))) if address.is_sum else value


def only_last_loss(reading: Reading, address: Address, value: Array) -> Array:
    """The sum of the terms of the last loss alone; in ∂L/∂V and c that is the last term."""
    if not address.is_sum or address.quantity not in CHAINED:
        return value
    asks, T = reading.asks, reading.network.T
    yhat = np.array(asks.network.one_hot_targets)
    yhat[T - 1] = asks.yhat[T - 1]  # no other loss has an error
    return replace(reading, asks=replace(asks, yhat=yhat)).gradient(address.quantity)


def mean(reading: Reading, address: Address, value: Array) -> Array:
    """The total loss, and every gradient, divided by T."""
    is_total = address == Address(Phase.FORWARD, "L")
    return value / reading.network.T if is_total or address.phase is Phase.BACKWARD else value


def _negated(_reading: Reading, address: Address, value: Array) -> Array:
    return -value if address.phase is Phase.BACKWARD else value


def output_error_negated(case: Case) -> Iterator[Variant]:
    """In ∂L/∂Ω, V and c, whose sign no rule turns."""
    if case.address.phase is not Phase.FORWARD and not case.is_chained:
        yield Variant(replace(case.right, alter=_negated))


def transposed(case: Case) -> Iterator[Variant]:
    """The value of the step, where it is a square matrix, transposed."""
    value = case.right.value(case.address)
    if case.address.quantity != "letter" and value.ndim == 2 and value.shape == value.T.shape:
        yield only_here(case, value.T)


def rate(case: Case) -> Iterator[Variant]:
    """The learning rate that the sheet states."""
    reaches = case.address.phase is Phase.UPDATE or case.is_trained
    if reaches and case.stated is not None and case.stated != case.right.learning_rate:
        yield Variant(case.trained(case.right.rule, case.stated), f"{case.stated:g}")


def exact_with_stated_rate(case: Case) -> Iterator[Variant]:
    """Both at once, where neither is in use: what a program gives that follows the sheet's words."""
    reaches = case.address.phase is Phase.UPDATE or case.is_trained
    apart = case.stated != case.right.learning_rate and case.right.rule != EXACT
    if reaches and case.stated is not None and apart:
        yield Variant(case.trained(EXACT, case.stated), f"{case.stated:g}")


def neighbouring_epoch(case: Case) -> Iterator[Variant]:
    """The same step one epoch later, or before: epochs that are counted from 0."""
    if not case.retrains:
        return
    training, number = case.training, case.epoch
    after = training.epoch(number).updated  # the next epoch, without making the training reach it
    yield Variant(Reading.right(run_epoch(case.network, after, training.rule, training.learning_rate)), str(number + 1))
    if number > 1:
        yield Variant(Reading.right(training.epoch(number - 1)), str(number - 1))


def uphill(case: Case) -> Iterator[Variant]:
    """The gradient added instead of subtracted."""
    if case.address.phase is Phase.UPDATE or case.is_trained:
        yield Variant(case.trained(case.right.rule, -case.right.learning_rate))


# -- the sum so far, and rounding --------------------------------------------------------------------------


def summed_up(case: Case) -> Iterator[Variant]:
    """The running total in the place of the term."""
    address, right = case.address, case.right
    if address.is_term:
        with np.errstate(all="ignore"):  # where training diverged
            epoch = epoch_on(right.tape, right.rule, right.learning_rate)
            total = running_total(epoch, address.quantity, *address.indices)
        yield only_here(case, total)


def rounded(case: Case, rule: Rule) -> Iterator[tuple[Reading, int]]:
    """*rule* with every intermediate value rounded, the finest first, and to how many decimals; none for long texts."""
    if case.T > MOST_ROUNDED:
        return
    for places in reversed(PLACES):
        tape = _rounded_tape(case, places)
        yield Rounded(tape, tape, tape, tape, rule, case.right.learning_rate, places=places), places


def _rounded_tape(case: Case, places: int) -> Tape:
    return forward_by_hand(case.network, case.right.tape.parameters, rounded=partial(round_to, places))


def round_to(places: int, value: Array) -> Array:
    """*value* as it is written down with *places* decimals."""
    return np.round(value, places)
