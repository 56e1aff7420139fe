"""One way of doing an epoch: the right one gives what stepping shows, the rounded one what loops that round give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.epoch.walked import on_lines
from core.network.rule import EXACT, NAMED_RULES, PRINTED, Rule
from core.program.program import Address, Phase, Program
from core.slips.by_hand import lines_of
from core.slips.reading import Reading
from core.slips.rounded import on_paper
from core.steps.evaluate import evaluate
from tests.slow_epoch import Exercise, Rounder
from tests.strategies import KINDS, Start, networks, of_kind, rules

ETA = 0.3


def assert_as_stepped(epoch):
    reading = Reading.right(epoch)
    for address in [*Program(epoch.network), *Program(epoch.network, way="timesteps")]:
        value = evaluate(epoch, address).value
        found = reading.value(address)
        assert found.shape == value.shape, address
        np.testing.assert_allclose(found, value, rtol=1e-13, atol=1e-15, err_msg=str(address))


@pytest.mark.parametrize("rule", NAMED_RULES.values(), ids=NAMED_RULES)
def test_the_right_reading_of_the_sheets_is_what_stepping_shows(sheet_a, sheet_b, rule):
    for network, parameters in (sheet_a, sheet_b):
        assert_as_stepped(run_epoch(network, parameters, rule, 0.1))


@given(networks(4), rules)
@settings(max_examples=30)
def test_the_right_reading_of_any_network_is_what_stepping_shows(case: Start, rule):
    assert_as_stepped(run_epoch(*case, rule, ETA))


@pytest.mark.parametrize("kind", KINDS)
def test_after_divergence_it_is_still_what_stepping_shows(kind):
    training = Training(*of_kind(kind), EXACT, 1e300)
    for number in (2, 3, 4):
        epoch = training.epoch(number)
        for address in Program(epoch.network):
            np.testing.assert_array_equal(
                np.isfinite(Reading.right(epoch).value(address)), np.isfinite(evaluate(epoch, address).value)
            )


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_ones_own_replace_the_sum_and_reach_the_update(kind):
    network, parameters = of_kind(kind)
    epoch = run_epoch(network, parameters, EXACT, ETA)
    own = np.full(parameters["W"].shape, 0.25)
    reading = replace(Reading.right(epoch), given={"dL/dW": own, "U_new": parameters["U"] + 1})
    assert reading.value(Address(Phase.BACKWARD, "W")) is own
    np.testing.assert_allclose(reading.value(Address(Phase.UPDATE, "W")), parameters["W"] - ETA * 0.25, rtol=1e-15)
    np.testing.assert_array_equal(reading.value(Address(Phase.UPDATE, "U")), parameters["U"] + 1)
    for address in (Address(Phase.BACKWARD, "U"), Address(Phase.UPDATE, "V"), Address(Phase.BACKWARD, "W", (2, 2, 1))):
        np.testing.assert_array_equal(reading.value(address), Reading.right(epoch).value(address))


@pytest.mark.parametrize("kind", KINDS)
def test_another_forward_pass_is_read_throughout(kind):
    (network, parameters), (_, others) = of_kind(kind), of_kind(kind, seed=9)
    reading = Reading.right(run_epoch(network, parameters, EXACT, ETA)).on(on_lines(network, others, lines_of(network)))
    right = Reading.right(run_epoch(network, others, EXACT, ETA))
    for address in Program(network):
        np.testing.assert_allclose(reading.value(address), right.value(address), rtol=1e-13, atol=1e-15)


def test_what_alters_a_value_is_told_where_it_stands():
    network, parameters = of_kind((False, True))
    seen = []

    def alter(reading, address, value):
        seen.append((reading, address))
        return value + 1

    right = Reading.right(run_epoch(network, parameters, EXACT, ETA))
    reading = replace(right, alter=alter)
    update = Address(Phase.UPDATE, "c")
    expected = parameters["c"] - ETA * (right.value(Address(Phase.BACKWARD, "c")) + 1) + 1
    np.testing.assert_allclose(reading.value(update), expected, rtol=1e-15)
    assert seen == [(reading, Address(Phase.BACKWARD, "c")), (reading, update)]


# -- rounding -----------------------------------------------------------------------------------------------


def rounded(network, parameters, rule, places):
    return on_paper(network, parameters, rule, ETA, places)


@pytest.mark.parametrize("places", [2, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_rounding_on_the_way_is_rounding_in_every_loop(kind, places):
    compared, steps = 0, 0
    for seed, rule in enumerate([*NAMED_RULES.values(), Rule(weight="score", paths=frozenset({"value", "key"}))]):
        network, parameters = of_kind(kind, seed, T=3, H=1 + seed % 3)
        note = Rounder(places)
        work = Exercise(network, parameters, rule, ETA).work(note).forward()
        forward_undecided = note.undecided
        reading = rounded(network, parameters, rule, places)
        for address in Program(network):
            note.undecided = forward_undecided
            slow = work.value(address)
            steps += 1
            if not note.undecided:
                found = reading.value(address)
                np.testing.assert_allclose(found, slow, rtol=0, atol=10.0**-places / 1e3, err_msg=str(address))
                compared += 1
    assert compared > steps / 2


def test_many_decimals_round_nothing(sheet_a, sheet_b):
    for network, parameters in (sheet_a, sheet_b):
        right = Reading.right(run_epoch(network, parameters, PRINTED, ETA))
        fine = rounded(network, parameters, PRINTED, 14)
        for address in Program(network):
            np.testing.assert_allclose(fine.value(address), right.value(address), rtol=0, atol=1e-12)


def test_the_exact_gradient_of_sheet_a_with_four_decimals_on_the_way(sheet_a: Start):
    value = rounded(*sheet_a, EXACT, 4).value(Address(Phase.BACKWARD, "W"))
    assert round(value.item(), 4) == 0.0401
    assert round(rounded(*sheet_a, PRINTED, 4).value(Address(Phase.BACKWARD, "W")).item(), 4) == 0.0273
