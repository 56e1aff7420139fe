"""What is given otherwise, and held, each from an epoch on."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.network.changes import NONE, Changes, alone, is_given, why_not, within
from core.network.network import Network
from core.network.number import Number
from core.network.rule import EXACT, PRINTED
from core.network.task import Task

W, H2, H0, X3, V = (
    Number("W", (0, 0), 7),
    Number("h[2]", (0,), 40),
    Number("h[0]", (0,), 3),
    Number("x[3]", (), 50),
    Number("V", (), 33),
)
CHANGES = Changes({W: -0.6, H2: 0.0, H0: 0.5, X3: 0.0, V: 0.5})


def trained(case, rule, changes=NONE):
    """At a rate at which rounding would show."""
    network, parameters = case
    return Training(network, parameters, rule, 0.1, changes)


def by_hand(case, rule, rate, epochs):
    """The losses, epoch after epoch, with every change put in where it begins."""
    network, parameters = case
    losses = []
    for number in range(1, epochs + 1):
        parameters = CHANGES.parameters(parameters, number)
        epoch = run_epoch(CHANGES.network(network, number), parameters, rule, rate, number)
        losses.append(epoch.tape.total)
        parameters = epoch.updated
    return losses


@pytest.mark.parametrize("rule", [EXACT, PRINTED], ids=["exact", "printed"])
def test_stepping_replaying_and_running_past_agree_to_the_last_bit(sheet_a, rule):
    expected = by_hand(sheet_a, rule, 0.1, 100)
    training = trained(sheet_a, rule, CHANGES)
    training.run(100)
    assert training.losses == expected
    for number in random.Random(1).sample(range(1, 101), 40):
        assert training.epoch(number).tape.total == expected[number - 1]
    stepped = trained(sheet_a, rule, CHANGES)
    assert [stepped.epoch(number).tape.total for number in range(1, 101)] == expected


def test_a_parameter_is_edited_from_its_epoch_on_and_earlier_ones_stand(sheet_a):
    before, after = trained(sheet_a, EXACT), trained(sheet_a, EXACT, Changes({W: -0.6}))
    assert after.epoch(7).tape.parameters["W"].item() == -0.6
    assert [after.epoch(n).tape.total for n in range(1, 7)] == [before.epoch(n).tape.total for n in range(1, 7)]
    assert after.epoch(7).tape.parameters["U"].tobytes() == before.epoch(7).tape.parameters["U"].tobytes()
    assert after.epoch(8).tape.parameters["W"].item() == after.epoch(7).updated["W"].item() != -0.6


def test_a_parameter_as_a_whole_is_scaled(sheet_a):
    before, after = trained(sheet_a, EXACT), trained(sheet_a, EXACT, Changes({V: 0.5}))
    np.testing.assert_array_equal(after.epoch(33).tape.parameters["V"], 0.5 * before.epoch(33).tape.parameters["V"])


@pytest.mark.parametrize("reached", [0, 5, 6, 39, 64, 100])
def test_changing_on_the_way_is_as_training_anew(sheet_a, reached):
    plain, expected = trained(sheet_a, EXACT), trained(sheet_a, EXACT, CHANGES)
    plain.run(reached)
    expected.run(100)
    changed = plain.changed(CHANGES)
    changed.run(100)
    assert changed.losses == expected.losses
    back = changed.changed(NONE)
    back.run(100)
    plain.run(100)
    assert back.losses == plain.losses
    assert back.changed(NONE).losses == plain.losses[:100]


def test_another_letter_is_another_network_from_its_epoch_on(sheet_a):
    training = trained(sheet_a, EXACT, Changes({X3: 0.0, Number("y[1]", (), 50): 3.0}))
    network = sheet_a[0]
    assert training.network_of(49) == network
    assert training.epoch(50).network.letters == (("h", "e", "h", "l"), ("o", "l", "l", "o"))


def test_what_can_be_changed_or_held(sheet_a, sheet_b):
    given = [symbol for symbol in ("W", "c", "eta", "h[0]", "x[2]", "y[4]") if is_given(sheet_a[0], symbol)]
    assert given == ["W", "c", "eta", "h[0]", "x[2]", "y[4]"]
    for symbol in ("a[2]", "h[2]", "A[3,1]", "alpha[3,1]", "Z[2]", "Omega[1]", "yhat[2]", "L[1]"):
        assert not is_given(sheet_a[0], symbol)
        assert not why_not(sheet_a[0], symbol)
    for symbol in ("L", "dL/dW", "W_new", "dL/dh[2]", "v[2]"):
        assert why_not(sheet_a[0], symbol)
    assert not is_given(sheet_b[0], "x[2]")
    assert "E" in why_not(sheet_b[0], "x[2]")
    assert is_given(sheet_b[0], "xo[2]")


def test_a_probability_is_held_between_0_and_1_and_shares_no_longer_add_up(sheet_a):
    assert [within(sheet_a[0], symbol) for symbol in ("yhat[2]", "L[2]", "alpha[3,1]")] == [
        (0, 1),
        (-np.inf, np.inf),
        (-np.inf, np.inf),
    ]
    assert [bool(alone(sheet_a[0], symbol)) for symbol in ("yhat[2]", "alpha[3,1]", "L[2]", "h[2]", "L", "W")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_what_is_read_or_wanted_as_numbers_says_where_it_is_changed():
    task = Task("linear", "squared", read=((1.0,), (2.0,)), wanted=((0.5,), None))
    network = Network((), (), (), 1, None, False, "tanh", task)
    for symbol in ("x[1]", "y[1]", "y[2]"):
        assert why_not(network, symbol).startswith("It is a vector of numbers")
    letters = Network(("a", "b"), (0, 1), (1, -1), 1, None, False)
    assert why_not(letters, "y[2]") == "Timestep 2 has no target"
    assert why_not(letters, "y[1]") == why_not(letters, "x[2]") == ""
