"""Engines: which one runs, that all give the loops' numbers, and the same bits however an epoch is reached."""

import random
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.epoch import engines, small
from core.epoch.epoch import Epoch, run_epoch
from core.epoch.forward import forward
from core.epoch.training import Training
from core.equations.operations import TABLE
from core.network.network import Parameters
from core.network.rule import EXACT, PRINTED, TYPESET, Rule
from tests import oracles
from tests.slow_epoch import Exercise
from tests.strategies import KINDS, RULES, networks, of_kind, random_network, rules


@pytest.fixture
def straight(monkeypatch):
    """Fails where whole arrays run."""

    def refused(*_):
        raise AssertionError("this is a small network, and all its numbers are finite")

    monkeypatch.setattr(engines, "forward", refused)


assert_close = partial(np.testing.assert_allclose, rtol=1e-11, atol=1e-13)


def by_code(network, parameters, rule):
    """An epoch as straight-line code."""
    found = small.work_out(network, parameters, rule, 0.1)
    assert found is not None
    return found


def bits(*arrays):
    return [None if array is None else array.tobytes() for array in arrays]


def all_bits(epoch):
    tape = epoch.tape
    made = (*(tape[name] for name in sorted(tape.rows)), np.array(tape.total))
    parameters = (*tape.parameters.values(), *epoch.updated.values())
    return bits(*made, *parameters, *epoch.gradients.values())


# -- every number --------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(start=networks(), rule=rules)
def test_every_number_of_a_small_network_is_that_of_the_loops(start, rule):
    network, parameters = start
    assert small.is_small(network)
    tape, gradients, after = by_code(network, parameters, rule)
    slow = oracles.forward(network, oracles.values(parameters))
    assert_close(tape["h"], slow.h)
    for name in ("x", "a", "Z", "Omega", "yhat", "L"):
        assert_close(tape.read_out if name == "Z" else tape[name], np.array(getattr(slow, name)[1:]))
    if network.attention:
        for t in range(1, network.T + 1):
            for name in ("A", "alpha"):
                row = tape[name][t - 1]
                assert_close(row[:t], np.array(getattr(slow, name)[t][1:], dtype=float))
                assert not row[t:].any()
    assert tape.total == pytest.approx(slow.total, rel=1e-12)
    for name, before in parameters.items():
        expected = oracles.gradient(network, parameters, rule, name)
        assert_close(gradients[name], expected)
        assert_close(after[name], before - 0.1 * expected)


@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET], ids=lambda rule: rule.name)
@pytest.mark.parametrize("kind", KINDS)
def test_training_is_that_of_an_epoch_done_by_hand(kind, rule, straight):
    network, parameters = of_kind(kind)
    training = Training(network, parameters, rule, 0.02)
    training.run(100)
    work = Exercise(network, parameters, rule, 0.02, epoch=70).work().forward()
    assert training.losses[69] == pytest.approx(work.total_loss(), rel=1e-9)
    for name, array in training.epoch(70).updated.items():
        np.testing.assert_allclose(array, work.new(name), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("rule", RULES[::5])
def test_straight_line_code_and_whole_arrays_agree_under_every_rule(rule):
    network, parameters = random_network(3, T=5, K=3, H=2, D=2)
    tape, gradients, _ = by_code(network, parameters, rule)
    whole, expected, _ = engines.back_from(forward(network, parameters), rule, 0.1)
    np.testing.assert_allclose(tape["yhat"], whole["yhat"], rtol=1e-13)
    for one, other in zip(gradients.values(), expected.values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)


# -- the same bits -------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(start=networks(most_T=9), rule=rules, rate=st.sampled_from([0.1, 1.0, 30.0]), seed=st.integers(0, 99))
def test_stepping_replaying_and_running_agree_to_the_last_bit(start, rule, rate, seed):
    network, parameters = start
    stepped, after = list[Epoch](), parameters
    for _ in range(70):
        with np.errstate(all="ignore"):
            stepped.append(run_epoch(network, after, rule, rate, len(stepped) + 1))
        after = stepped[-1].updated
    running = Training(network, parameters, rule, rate)
    running.run(70)
    fresh = Training(network, parameters, rule, rate)
    assert np.array(running.losses).tobytes() == np.array([epoch.tape.total for epoch in stepped]).tobytes()
    for number in random.Random(seed).sample(range(1, 71), 5):
        for training in (running, fresh):
            assert all_bits(training.epoch(number)) == all_bits(stepped[number - 1])


@pytest.mark.parametrize("T", [11, 12, 13, 14])
@pytest.mark.parametrize("rule", [EXACT, PRINTED], ids=["exact", "printed"])
def test_on_both_sides_of_the_border_the_bits_are_the_same(T, rule):
    network, parameters = random_network(T, T=T, K=3, H=2, D=2)
    training, after = Training(network, parameters, rule, 0.2), parameters
    training.run(70)
    for number in range(1, 71):
        epoch = run_epoch(network, after, rule, 0.2, number)
        assert epoch.tape.total == training.losses[number - 1]
        if number in (1, 33, 64, 70):
            assert all_bits(training.epoch(number)) == all_bits(epoch)
        after = epoch.updated


def test_the_border_lies_within_those_lengths():
    sides = [small.is_small(random_network(T, T=T, K=3, H=2, D=2)[0]) for T in (11, 12, 13, 14)]
    assert sides == sorted(sides, reverse=True)
    assert len(set(sides)) == 2


# -- which one runs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        random_network(0, T=3),
        random_network(0, T=8, K=8),
        random_network(0, T=6, H=4, D=3),
        random_network(0, T=40, attention=False),
    ],
    ids=["short", "many letters", "wide", "without attention"],
)
def test_the_count_that_decides_is_near_the_length_of_the_code(start):
    network, _ = start
    descent, _ = small._traced(network, EXACT)
    assert 0.5 < small.operations(network) / len(descent.steps) < 0.85


def test_long_texts_and_wide_networks_run_by_whole_arrays(monkeypatch):
    monkeypatch.setattr(small, "_traced", None)
    for network, parameters in (random_network(0, T=128, H=1), random_network(0, H=40)):
        assert not small.is_small(network)
        assert Training(network, parameters, EXACT, 0.1).run(3)


# -- what is not finite --------------------------------------------------------------------------------------


def far_apart(network, parameters, by):
    """Scores *by* from one another."""
    return Parameters.checked(network, dict(parameters) | {"c": np.arange(network.K) * by})


@pytest.mark.parametrize("by", [300.0, -300.0, 800.0, -800.0, 1e300])
@pytest.mark.parametrize("kind", KINDS)
def test_scores_far_apart_give_what_whole_arrays_give(kind, by):
    network, parameters = of_kind(kind)
    parameters = far_apart(network, parameters, by)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    with np.errstate(all="ignore"):
        tape, gradients, _ = engines.back_from(forward(network, parameters), EXACT, 0.1)
    assert np.isfinite(tape["L"]).all()
    np.testing.assert_allclose(epoch.tape["yhat"], tape["yhat"], rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(epoch.tape["L"], tape["L"], rtol=1e-12)
    for one, other in zip(epoch.gradients.values(), gradients.values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    training = Training(network, parameters, EXACT, 0.1)
    training.run(40)
    assert training.losses[0] == epoch.tape.total
    assert all_bits(training.epoch(2)) == all_bits(run_epoch(network, epoch.updated, EXACT, 0.1))


@pytest.mark.parametrize("rate", [1e300, 1e308, 1e155])
@pytest.mark.parametrize("kind", KINDS)
def test_what_diverges_is_what_numpy_makes_of_it(kind, rate):
    network, parameters = of_kind(kind)
    training = Training(network, parameters, EXACT, rate)
    training.run(80)
    after = parameters
    with np.errstate(all="ignore"):
        for number in range(1, 6):
            assert bits(*training.epoch(number).tape.parameters.values()) == bits(*after.values())
            epoch = run_epoch(network, after, EXACT, rate)
            finite = all(np.isfinite(array).all() for array in epoch.updated.values())
            if not finite:
                _, _, by_arrays = engines.back_from(forward(network, after), EXACT, rate)
                assert bits(*epoch.updated.values()) == bits(*by_arrays.values())
            after = epoch.updated
    assert all(np.isfinite(array).all() for array in after.values()) == (rate < 1e308)
    assert len(training.losses) == 80


def test_epochs_after_an_overflow_that_passes_are_straight_line_code_again(monkeypatch):
    """Scores so far apart that the power of one overflows, until the steps have put it right."""
    network, parameters = of_kind((False, False))
    parameters = Parameters.checked(network, dict(parameters) | {"c": [0, 714, 0]})
    ran = []

    def counted(*case):
        ran.append(case)
        return forward(*case)

    monkeypatch.setattr(engines, "forward", counted)
    training = Training(network, parameters, EXACT, 1.0)
    training.run(64)
    assert np.isfinite(training.losses).all()
    assert 0 < len(ran) < 10
    for number in range(1, 65):
        epoch = run_epoch(network, parameters, EXACT, 1.0)
        assert epoch.tape.total == training.losses[number - 1]
        parameters = epoch.updated


# -- one copy ------------------------------------------------------------------------------------------------


def test_another_tanh_in_the_table_is_another_training(monkeypatch):
    network, parameters = of_kind((True, True))
    small._traced.cache_clear()
    before = Training(network, parameters, EXACT, 0.1)
    before.run(40)
    half = replace(TABLE["tanh"], value=lambda a: np.tanh(a) / 2)
    monkeypatch.setitem(TABLE, "tanh", half)
    small._traced.cache_clear()
    after = Training(network, parameters, EXACT, 0.1)
    after.run(40)
    small._traced.cache_clear()
    np.testing.assert_allclose(after.epoch(1).tape["h"][1], np.tanh(before.epoch(1).tape["a"][0]) / 2, rtol=1e-15)
    assert after.losses[0] != before.losses[0]


def test_a_rule_that_asks_nothing_leaves_the_chained_gradients_zero():
    network, parameters = of_kind((True, True))
    epoch = run_epoch(network, parameters, Rule(paths=frozenset()), 0.1)
    for name in ("U", "W", "b", "E"):
        assert not epoch.gradients[name].any()
        assert not np.signbit(epoch.gradients[name]).any()
    assert epoch.gradients["V"].any()


@pytest.mark.parametrize("b", [-9, 9])  # of one of them, r h is a negative zero
def test_a_zero_that_is_shown_has_no_sign(b):
    network, parameters = random_network(0, T=2, H=1)
    still = Parameters.checked(network, dict(parameters) | {"V": np.zeros((3, 1)), "b": [b]})
    epoch = run_epoch(network, still, EXACT, 0.1)
    assert epoch.gradients["W"] == 0
    assert not np.signbit(epoch.gradients["W"])
