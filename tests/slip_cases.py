"""Exercises to make slips in, and how numbers of given decimals are compared; for the tests of slips."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

import numpy as np

from core.epoch.training import Training
from core.network.rule import EXACT, PRINTED, TYPESET
from core.slips.case import Case
from core.slips.ways import two_at_once, ways
from core.writing.notation import Given
from tests.slow_epoch import Exercise
from tests.strategies import KINDS, Start, random_network

DECIMALS = 4
MOST_KEPT = 48  # steps whose ways are kept
SWAPPED = "two digits swapped"


def random_exercise(seed, square=None):
    """With matrices of all shapes, or all of them *square* with so many rows."""
    draw = np.random.default_rng(seed).integers
    embedded, attention = KINDS[seed % 4]
    T, K, H = int(min(draw(2, 6), draw(2, 6))), square or int(draw(2, 5)), square or int(draw(1, 4))
    D = (square or 2) if embedded else None
    network, parameters = random_network(seed, T=T, K=K, H=H, D=D, attention=attention)
    rule = (PRINTED, EXACT, TYPESET)[seed // 4 % 3]
    return Exercise(network, parameters, rule, 0.3, epoch=2 if seed % 10 == 0 else 1, stated=0.5)


EXERCISES = [random_exercise(seed) for seed in range(200)]
SQUARE = [random_exercise(seed, 2 + seed % 3) for seed in range(1000, 1060)]


def case_of(exercise, address):
    training = _training(exercise.network, exercise.initial, exercise.rule, exercise.eta)
    return Case.of(training, exercise.epoch, address, exercise.stated)


@lru_cache(maxsize=64)
def _training(network, initial, rule, eta):
    """One for all steps of it that are asked, since the trainings under other rules and with slips are its."""
    return Training(network, initial, rule, eta)


@contextmanager
def ways_once():
    """What is answered meanwhile computes all ways to a step once, as long as few other steps are asked."""
    kept: OrderedDict[tuple[object, ...], list[object]] = OrderedDict()

    def once(make):
        def remembered(case, *more):
            key = (make, case.training, case.epoch, case.address, case.stated, case.retrains, *more)
            kept[key] = kept.pop(key) if key in kept else list(make(case, *more))
            if len(kept) > MOST_KEPT:
                kept.popitem(last=False)
            return iter(kept[key])

        return remembered

    with patch.multiple("core.answers.answer", ways=once(ways), two_at_once=once(two_at_once)):
        yield


def written(value, decimals=DECIMALS):
    value = np.round(np.asarray(value, dtype=float), decimals)
    return Given(value, np.full(value.shape, decimals, dtype=np.intp), str(value))


def rounds_to(value, number, decimals=DECIMALS, units=0):
    """Whether *value* may be written as *number*, which has the decimals; either, where it lies on a half."""
    return bool(np.all(np.abs(np.asarray(value) - number) <= (0.5 + units + 1e-6) * 10.0**-decimals))


def on_a_half(value, decimals=DECIMALS):
    scaled = np.abs(np.asarray(value)) * 10.0**decimals
    return bool(np.any(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6))


def far(value, right, decimals=DECIMALS, units=1):
    """Whether they are more than *units* units of the last decimal apart."""
    return np.max(np.abs(np.round(value, decimals) - np.round(right, decimals))) > (units + 0.5) * 10.0**-decimals


def meant(value, right, whole):
    """An index of a number that is different: the whole, or the entry that differs most; None where it is ambiguous."""
    if right.size == 1:
        return (0,) * right.ndim
    if whole:
        return (slice(None),) * right.ndim
    entry = tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(value - right)), right.shape))
    others = [right[other] for other in np.ndindex(right.shape) if other != entry]
    return None if any(rounds_to(other, np.round(value[entry], DECIMALS)) for other in others) else entry


def entry_of(index: tuple[int | slice, ...]) -> tuple[int, int]:
    row, column, *_ = (i if isinstance(i, int) else 0 for i in (*index, 0, 0))
    return row, column


def sheet_exercises(sheet_a: Start, sheet_b: Start) -> list[Exercise]:
    """Both sheets under the rule and η of their printed numbers."""
    return [Exercise(*sheet_a, PRINTED, 0.01, stated=0.1), Exercise(*sheet_b, PRINTED, 0.1, stated=0.01)]
