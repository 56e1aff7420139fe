"""The update with a slip in it, and other epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from core.epoch.epoch import run_epoch
from core.network.arrays import Array
from core.network.rule import EXACT, Rule
from core.network.symbols import text
from core.program.program import Address, Phase
from core.slips.backward import altering, moving
from core.slips.case import Case, Variant
from core.slips.reading import Reading

_TINY = 1e-8  # what optimisers add, lest they divide by zero


def _under(rule: Rule, learning_rate: float, which: str = "") -> Variant:
    return Variant(lambda right: replace(right, rule=rule, learning_rate=learning_rate), which, (rule, learning_rate))


def rate(case: Case) -> Iterator[Variant]:
    """The learning rate that the sheet states."""
    if case.is_updated and case.stated is not None and case.stated != case.right.learning_rate:
        yield _under(case.right.rule, case.stated, f"{case.stated:g}")


def exact_with_stated_rate(case: Case) -> Iterator[Variant]:
    """Both at once, where neither is in use: what a program gives that follows the sheet's words."""
    apart = case.stated != case.right.learning_rate and case.right.rule != EXACT
    if case.is_updated and case.stated is not None and apart:
        yield _under(EXACT, case.stated, f"{case.stated:g}")


def uphill(case: Case) -> Iterator[Variant]:
    """The gradient added instead of subtracted."""
    if case.is_updated:
        yield _under(case.right.rule, -case.right.learning_rate)


def neighbouring_epoch(case: Case) -> Iterator[Variant]:
    """The same step one epoch later, or before: epochs that are counted from 0."""
    if not case.retrains:
        return
    training, number = case.training, case.epoch
    after = training.epoch(number).updated  # the next epoch, without making the training reach it
    later = Reading.right(run_epoch(case.network, after, training.rule, training.learning_rate))
    yield Variant(lambda _: later, str(number + 1), lasts=False)
    if number > 1:
        before = Reading.right(training.epoch(number - 1))
        yield Variant(lambda _: before, str(number - 1), lasts=False)


def two_biases(case: Case) -> Iterator[Variant]:
    """The update of b made twice, once for each of two biases that add up to it."""
    own = [name for name, shape in case.network.parameter_shapes.items() if len(shape) == 1 and name != "c"]

    def alter(reading: Reading, address: Address, value: Array) -> Array:
        is_moved = address.phase is Phase.UPDATE and address.quantity in own
        return 2 * value - reading.parameters[address.quantity] if is_moved else value

    def moved(found: Mapping[str, Array]) -> Mapping[str, Array]:
        return {name: 2 * each if name in own else each for name, each in found.items()}

    if case.is_trained or (case.address.phase is Phase.UPDATE and case.address.quantity in own):
        yield Variant(altering(alter), moved=moved)


def gradient_transposed(case: Case) -> Iterator[Variant]:
    """The gradient transposed, where it is a square matrix, and what the update makes of it."""
    if not case.is_updated:
        return
    shapes = case.network.parameter_shapes
    square = [name for name, shape in shapes.items() if shape == shape[::-1] and len(shape) == 2 and shape > (1, 1)]
    for name in square if case.is_trained else set(square) & {case.address.quantity}:
        yield moving(partial(_with_transposed, name), text(f"dL/d{name}"))


def _with_transposed(name: str, found: Mapping[str, Array]) -> Mapping[str, Array]:
    return {**found, name: found[name].T}


def first_step(case: Case) -> Iterator[Variant]:
    """The first step of an optimiser that divides by the size of the gradient, and adds a little to it."""
    if case.epoch == 1 and case.address.phase is Phase.UPDATE:
        yield Variant(altering(_adagrad), "√((∂L/∂P)² + 10⁻⁸), as Adagrad’s", lasts=False)
        yield Variant(altering(_adam), "(|∂L/∂P| + 10⁻⁸), as Adam’s", lasts=False)


def _adagrad(reading: Reading, address: Address, value: Array) -> Array:
    return _divided(reading, address, value, lambda g: np.sqrt(np.square(g) + _TINY))


def _adam(reading: Reading, address: Address, value: Array) -> Array:
    return _divided(reading, address, value, lambda g: np.abs(g) + _TINY)


def _divided(reading: Reading, address: Address, value: Array, size: Callable[[Array], Array]) -> Array:
    if address.phase is not Phase.UPDATE:
        return value
    gradient = reading.value(Address(Phase.BACKWARD, address.quantity))
    return reading.parameters[address.quantity] - reading.learning_rate * gradient / size(gradient)
