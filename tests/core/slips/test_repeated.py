"""Trainings with a slip in every epoch: in any order of asking, in slices, and let go with the training."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from core.epoch.training import Training
from core.network.described import described
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Address, Phase
from core.slips.by_hand import OUTPUT
from core.slips.case import Case
from core.slips.repeated import Repeated, RepeatedBeside, repeated
from core.slips.table import SLIPS
from core.slips.ways import Way, goes_beside, ways
from tests.slip_oracles import numbers_so_far
from tests.slow_epoch import Exercise
from tests.strategies import KINDS, of_kind

LOSS = Address(Phase.FORWARD, "L")
NO_SLOPE = next(slip for slip in SLIPS if slip.name == "no tanh′")


def no_slope(case):
    return repeated(case, NO_SLOPE, next(NO_SLOPE.make(case)))


@pytest.mark.parametrize("kind", KINDS)
def test_epochs_may_be_asked_for_in_any_order(kind):
    network, parameters = of_kind(kind)
    training = Training(network, parameters, EXACT, 0.3)
    for epoch in (4, 2, 7, 4):
        case = Case.of(training, epoch, LOSS)
        found = no_slope(case)
        while not found.run(epoch, 0.0):
            pass
        slow = numbers_so_far("no tanh′", Exercise(network, parameters, EXACT, 0.3, epoch), LOSS)
        np.testing.assert_allclose(found.reading(epoch).value(LOSS), slow[0], rtol=1e-9)


def test_a_slice_of_no_time_trains_a_single_epoch():
    training = Training(*of_kind((True, True)), EXACT, 0.3)
    found = no_slope(Case.of(training, 9, LOSS))
    assert [found.run(9, 0.0) for _ in range(8)] == [False] * 7 + [True]


def test_a_slip_that_changes_no_update_is_not_trained():
    training = Training(*of_kind((False, True)), EXACT, 0.3)
    found = Repeated(
        training, lambda right: right.rewritten(described(right.network, OUTPUT, "L[t] = log(y[t] @ yhat[t])"))
    )
    assert found.run(1000, float("inf"))
    assert (found.matters, found.reached) == (False, 2)


def test_a_training_that_was_asked_is_let_go():
    training = Training(*of_kind((True, True)), EXACT, 0.3)
    case = replace(Case.of(training, 3, LOSS), stated=0.5)
    assert sum(isinstance(way, Way) for way in ways(case)) > 100
    seen = weakref.ref(training)
    del training, case
    gc.collect()
    assert seen() is None


@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET], ids=["exact", "printed", "typeset"])
@pytest.mark.parametrize("kind", KINDS)
def test_side_by_side_by_the_lines_slips_train_as_each_by_itself_in_whole_arrays(kind, rule):
    training = Training(*of_kind(kind), rule, 0.3)
    case = Case.of(training, 3, LOSS)
    made = [variant for slip in SLIPS for variant in slip.make(case) if variant.lasts]
    variants = [each for each in made if goes_beside(case, each, rule)]
    together, names = RepeatedBeside(training, variants), set()
    together.run(3, float("inf"))
    for place, reading in together.readings(3):
        alone = Repeated(training, variants[place].change)
        alone.run(3, float("inf"))
        parameters = alone.reading(3).parameters
        if not all(np.all(np.isfinite(array)) for array in parameters.values()):
            continue  # diverged
        for name, array in parameters.items():
            np.testing.assert_allclose(reading.parameters[name], array, rtol=1e-8, atol=1e-10, err_msg=name)
            names.add(name)
    assert len(together.matter) > 30
    assert names == set(training.initial)
