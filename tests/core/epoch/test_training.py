"""Training: the same bits whichever way an epoch is reached."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from core.epoch.training import STRIDE, Training
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Address, Phase
from core.steps.evaluate import evaluate
from tests.strategies import KINDS, Start, of_kind, random_network


def bits(parameters):
    return [array.tobytes() for _, array in parameters.items()]


def every(training, epochs):
    """The bits of the parameters that the epochs start on, stepped one after another."""
    return [bits(training.epoch(number).tape.parameters) for number in range(1, epochs + 1)]


@pytest.fixture(params=["sheet B", "H = 3", "H = 3 without attention", "H = 5, long"])
def case(request, sheet_b):
    """A network, and a rate at which rounding would show: sheet B is chaotic by epoch 200."""
    if request.param == "sheet B":
        return sheet_b, 0.1
    if request.param == "H = 5, long":
        return random_network(4, T=17, K=7, H=5, D=3), 0.05
    return random_network(5, T=6, H=3, D=2, attention="without" not in request.param), 0.2


@pytest.mark.parametrize("rule", [EXACT, PRINTED], ids=["exact", "printed"])
def test_stepping_and_running_have_the_same_bits_in_any_order(case, rule):
    (network, parameters), rate = case
    epochs = 200
    stepped = every(Training(network, parameters, rule, rate), epochs)
    running = Training(network, parameters, rule, rate)
    assert running.run(epochs)
    assert bits(running.epoch(epochs).tape.parameters) == stepped[-1]
    order = random.Random(2).sample(range(1, epochs + 1), 30)
    for training in (running, Training(network, parameters, rule, rate)):
        for number in [*order, 33, 34, 33, 32, 1, 2, epochs]:
            epoch = training.epoch(number)
            assert epoch.number == number
            assert bits(epoch.tape.parameters) == stepped[number - 1]
            assert epoch.tape.total == training.losses[number - 1]
            if number < epochs:
                assert bits(epoch.updated) == stepped[number]


def test_the_update_steps_show_the_bits_of_the_next_epoch(case):
    (network, parameters), rate = case
    training = Training(network, parameters, PRINTED, rate)
    training.run(80)
    for number in (1, 31, 32, 33, 79):
        shown = {name: evaluate(training.epoch(number), Address(Phase.UPDATE, name)).value for name in parameters}
        for name, array in training.epoch(number + 1).tape.parameters.items():
            assert shown[name].tobytes() == array.tobytes()


def test_slices_reach_what_one_run_reaches(case):
    (network, parameters), rate = case
    whole, sliced = (Training(network, parameters, EXACT, rate) for _ in range(2))
    assert whole.run(100)
    slices = 0
    while not sliced.run(100, seconds=0):
        slices += 1
        assert sliced.reached == slices
    assert sliced.losses == whole.losses
    assert bits(sliced.epoch(100).tape.parameters) == bits(whole.epoch(100).tape.parameters)


def test_reaching_further_changes_nothing_before(case):
    (network, parameters), rate = case
    training = Training(network, parameters, EXACT, rate)
    training.run(10)
    early = list(training.losses)
    assert training.reached == 10
    training.epoch(50)
    assert training.reached == 50
    assert training.losses[:10] == early
    assert training.run(20)
    assert training.reached == 50


def test_the_first_epoch_runs_on_the_initial_parameters():
    network, parameters = of_kind((True, True))
    training = Training(network, parameters, EXACT, 0.1)
    assert training.reached == 0
    assert training.epoch(1).tape.parameters is parameters
    assert training.reached == 1
    assert training.run(0)


@pytest.mark.parametrize("number", [STRIDE, STRIDE + 1, STRIDE + 2, 2 * STRIDE, 2 * STRIDE + 1])
def test_epochs_around_a_stored_point_are_right(number):
    network, parameters = of_kind((False, True))
    after = parameters
    for _ in range(1, number):
        after = Training(network, after, EXACT, 0.3).epoch(1).updated
    training = Training(network, parameters, EXACT, 0.3)
    training.run(3 * STRIDE)
    assert bits(training.epoch(number).tape.parameters) == bits(after)


@pytest.mark.parametrize("kind", KINDS)
def test_exact_training_goes_down_and_typeset_training_up(kind):
    network, parameters = of_kind(kind)
    down, up = Training(network, parameters, EXACT, 0.01), Training(network, parameters, TYPESET, 0.01)
    down.run(50)
    assert all(after < before for before, after in pairwise(down.losses))
    up.run(2)
    # V and c keep their sign, so only the chained parameters climb.
    assert up.losses[1] > down.losses[1]


def test_training_that_diverges_is_no_error():
    network, parameters = of_kind((True, True))
    training = Training(network, parameters, EXACT, 1e308)
    assert training.run(10)
    assert not np.isfinite(training.losses[-1])
    assert training.epoch(5).number == 5


def printed(loss):
    return round(loss * 1e4)


def test_sheet_a_has_its_losses(sheet_a: Start):
    training = Training(*sheet_a, PRINTED, 0.01)
    training.run(1000)
    for number, loss in ((1, 5.8071), (2, 5.7791), (100, 4.6789), (1000, 2.1040)):
        assert abs(printed(training.losses[number - 1]) - printed(loss)) <= 1


def test_sheet_b_has_its_losses_while_they_are_determined(sheet_b: Start):
    training = Training(*sheet_b, PRINTED, 0.1)
    training.run(100)
    assert abs(printed(training.losses[1]) - 53114) <= 1
    assert abs(printed(min(training.losses[:50])) - 29268) <= 1
    assert abs(printed(min(training.losses)) - 17800) <= 1
