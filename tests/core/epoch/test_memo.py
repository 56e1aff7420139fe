"""What an epoch keeps: the latest answer of each function, for itself alone, and no longer than it lives."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from core.epoch.epoch import epoch_on, run_epoch
from core.epoch.memo import latest
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.studies.contributions import bars
from tests.strategies import random_network


def test_only_what_was_last_asked_of_an_epoch_is_not_worked_out_again():
    worked_out = []

    @latest
    def answer(epoch, *asked):
        worked_out.append((epoch.number, *asked))
        return asked

    network, parameters = random_network(0)
    first, second = (run_epoch(network, parameters, EXACT, 0.1, number) for number in (1, 2))
    for epoch, *asked in (
        (first, "W", 3),
        (first, "W", 3),
        (second, "W", 3),
        (first, "W", 3),
        (first, "W"),
        (first, "W", 3),
    ):
        assert answer(epoch, *asked) == tuple(asked)
    assert worked_out == [(1, "W", 3), (2, "W", 3), (1, "W"), (1, "W", 3)]


def test_a_tape_dies_with_the_epoch_that_was_looked_at():
    network, parameters = random_network(0, D=2)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    for address in program:
        evaluate(epoch, address)
    for by in ("term", "t", "m", "k"):
        bars(epoch, program, Address(Phase.BACKWARD, "W", (4, 3, 2)), (0, 0), by)
    alive = weakref.ref(epoch.tape["h"])
    del epoch
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize(("T", "tolerance"), [(4, 1e-12), (40, 0)], ids=["small", "whole arrays"])
def test_an_epoch_on_a_tape_is_the_one_that_made_it(T, tolerance):
    """A tape that is made otherwise goes back by whole arrays, which round otherwise than straight-line code."""
    network, parameters = random_network(0, T=T, D=2)
    epoch = run_epoch(network, parameters, EXACT, 0.1, 3)
    again = epoch_on(epoch.tape, EXACT, 0.1, 3)
    assert again.number == 3
    for one, other in zip(
        (*epoch.gradients.values(), *epoch.updated.values()),
        (*again.gradients.values(), *again.updated.values()),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)
