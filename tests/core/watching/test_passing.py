"""Epochs that are passed by are those in which a plain walk through all of them stops nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from core.epoch.training import Training
from core.network.network import Network
from core.network.rule import EXACT
from core.program.cursor import Cursor
from core.program.program import Program
from core.watching.finite import first_not_finite
from core.watching.passing import by_loss
from core.watching.searching import run_on
from core.watching.stop import AT_FIRST, AtStep, NotFinite, Stop, When
from tests.core.watching.test_searching import finished
from tests.strategies import of_kind, random_network

LAST = 400
CONDITIONS = [
    (When("L < 3.5"), lambda _before, now: now < 3.5),
    (When("L", "crosses", 3.7), lambda before, now: before is not None and (before < 3.7) != (now < 3.7)),
    (When("L - 3.8", "changes sign"), lambda before, now: before is not None and (before - 3.8) * (now - 3.8) < 0),
    (When("exp(L) < 1"), lambda _before, _now: False),
    (When("L", "changes"), lambda before, now: before is not None and before != now),
]


def trained(rate=0.05, cell=None):
    network, parameters = random_network(5, T=3, H=2, attention=False)
    if cell is not None:
        network = Network(network.alphabet, network.inputs, network.targets, 2, None, False, cell)
        random = np.random.default_rng(3)
        parameters = type(parameters).checked(
            network, {name: random.normal(size=shape) for name, shape in network.parameter_shapes.items()}
        )
    return Training(network, parameters, EXACT, rate), Program(network)


@pytest.mark.parametrize(("when", "holds"), CONDITIONS)
def test_a_condition_on_the_loss_stops_in_the_epoch_in_which_it_first_holds(when, holds):
    training, program = trained()
    plain, _ = trained()
    plain.run(LAST)
    losses = [None, *plain.losses]
    expected = next((n for n in range(1, LAST + 1) if holds(losses[n - 1], losses[n])), LAST)
    found = finished(run_on((*AT_FIRST, Stop(when)), training, program, Cursor(1, 1), LAST))
    assert found.cursor.epoch == expected
    assert bool(found.which) is (expected < LAST)
    alone = finished(run_on((Stop(when),), trained()[0], program, Cursor(1, 1), LAST))
    assert alone.cursor == found.cursor


@pytest.mark.parametrize(("rate", "cell"), [(1e3, None), (30.0, "relu"), (1e300, None), (3.0, "relu")])
def test_what_is_no_number_is_found_in_the_epoch_in_which_it_begins(rate, cell):
    training, program = trained(rate, cell)
    expected = next(
        (epoch.number for _, epoch in zip(range(LAST), trained(rate, cell)[0].walk(1), strict=False)
         if first_not_finite(epoch, program)), LAST)  # fmt: skip
    found = finished(run_on((*AT_FIRST, Stop(When("L < -1"))), training, program, Cursor(1, 1), LAST))
    assert (found.cursor.epoch, bool(found.which)) == (expected, expected < LAST)


def test_what_reads_more_than_the_loss_is_looked_at_in_every_epoch():
    network, _ = of_kind((False, True))
    program = Program(network)
    assert by_loss((Stop(When("L < h[1,1]")),), program) is None
    assert by_loss((Stop(When("L[2] < 1")),), program) is None
    assert by_loss((Stop(AtStep(program[5])),), program) is None
    assert by_loss((Stop(AtStep(program[5]), is_on=False), Stop(NotFinite())), program) is not None
