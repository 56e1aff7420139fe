"""Try a range: many values at once, the derivative where the number stands, and the rule's slope."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network.changes import Changes
from core.network.initial import initial
from core.network.network import Network, Parameters
from core.network.number import Number
from core.network.rule import EXACT, PRINTED
from core.network.task import Task
from core.program.program import Address, Phase
from core.studies.checking import checks
from core.studies.ranging import can_be_watched, ranged, why_no_range
from tests import oracles
from tests.strategies import KINDS, of_kind

VALUES = np.linspace(-1, 1, 7)


@pytest.fixture(params=KINDS)
def case(request):
    """Each kind of network, of some hidden states."""
    return of_kind(request.param)


def test_over_a_range_of_a_parameter_the_losses_are_those_of_one_network_after_another(case):
    network, parameters = case
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for name in network.parameter_shapes:
        entry = (0,) * parameters[name].ndim
        found = ranged(epoch, Number(name, entry), VALUES, Number("h[3]", (1,)))
        assert found.watched is not None
        for value, loss, seen in zip(found.values, found.losses, found.watched, strict=True):
            P = oracles.values(parameters)
            P[name][entry] = value
            slow = oracles.forward(network, P)
            assert loss == pytest.approx(slow.total, rel=1e-12)
            assert seen == pytest.approx(slow.h[3][1], rel=1e-12)
        assert found.here == parameters[name][entry]
        assert found.loss == pytest.approx(epoch.tape.total, rel=1e-13)


def test_a_factor_scales_all_of_a_parameter(case):
    network, parameters = case
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    found = ranged(epoch, Number("W"), VALUES)
    for value, loss in zip(found.values, found.losses, strict=True):
        scaled = Parameters.checked(network, {**parameters, "W": parameters["W"] * value})
        assert loss == pytest.approx(oracles.forward(network, oracles.values(scaled)).total, rel=1e-12)
    assert found.slope == pytest.approx(np.vdot(epoch.gradients["W"], parameters["W"]), rel=1e-9)


@pytest.mark.parametrize(
    "number",
    [Number("h[2]", (0,)), Number("h[0]", (1,)), Number("Omega[3]", (1,)), Number("A[3,2]"), Number("Z[2]", (1,))],
)
def test_what_is_held_is_held_at_every_value(case, number):
    network, parameters = case
    if not network.attention and number.symbol[0] in "AZ":
        assert number.symbol[0] not in {each.name for each in network.lines.equations}
        return
    found = ranged(run_epoch(network, parameters, EXACT, 0.1), number, VALUES)
    for value, loss in zip(found.values, found.losses, strict=True):
        holding = Changes({replace(number, epoch=1): float(value)}).network(network, 1)
        assert loss == pytest.approx(oracles.forward(holding, oracles.values(parameters)).total, rel=1e-12)


def test_the_slope_is_the_gradient_of_the_check_and_the_rules_stands_beside_it(sheet_a):
    network, parameters = sheet_a
    exact, printed = (run_epoch(network, parameters, rule, 0.1) for rule in (EXACT, PRINTED))
    for name in network.parameter_shapes:
        for entry in np.ndindex(parameters[name].shape):
            checked = checks(printed, Address(Phase.BACKWARD, name), (*entry, 0)[:2]).rows[0]
            found = ranged(printed, Number(name, entry), VALUES)
            assert found.slope == pytest.approx(checked.complex_step, abs=1e-9)
            assert found.by_rule == pytest.approx(checked.rule, abs=1e-15)
            assert found.is_true == checked.is_true
            assert ranged(exact, Number(name, entry), VALUES).is_true
    of_W = ranged(printed, Number("W", (0, 0)), VALUES)
    assert f"{of_W.slope:.4f}" == "0.0402"
    assert f"{of_W.by_rule:.4f}" == "0.0274"


def test_what_has_no_range_says_why(sheet_a):
    network = sheet_a[0]
    for symbol in ("x[1]", "y[2]", "eta", "L", "dL/dW"):
        assert why_no_range(network, Number(symbol, (0,)))
    assert not why_no_range(network, Number("W", (0, 0)))
    assert can_be_watched(network, Number("L"))
    assert can_be_watched(network, Number("yhat[2]", (1,)))
    assert not can_be_watched(network, Number("dL/dW", (0, 0)))


def test_where_losses_are_averaged_the_curve_and_its_slope_are_of_the_mean():
    task = Task("sigmoid", "squared", "mean", read=((0.5,), (1.0,)), wanted=((0.3,), (0.9,)))
    network = Network((), (), (), 1, None, False, task=task)
    epoch = run_epoch(network, initial(network, "uniform", 3), EXACT, 0.1)
    for number in (Number("W", (0, 0)), Number("h[1]", (0,)), Number("Omega[2]", (0,))):
        found = ranged(epoch, number, np.array([0.0]))
        assert found.loss == pytest.approx(epoch.tape.total)
        assert found.is_true
    held = ranged(epoch, Number("yhat[2]", (0,)), np.array([0.9]))
    assert held.losses[0] == pytest.approx(epoch.tape["L"][0] / 2)
    assert held.slope == pytest.approx(epoch.tape["yhat"][1, 0] - 0.9)


def test_where_a_probability_that_is_held_makes_the_loss_infinite_there_is_no_slope():
    network, parameters = of_kind((False, True))
    wanted = Number("yhat[2]", (network.targets[1],))
    held = Changes({replace(wanted, epoch=1): 0.0}).network(network, 1)
    found = ranged(run_epoch(held, parameters, EXACT, 0.1), wanted, np.array([0.5, 1.0]))
    assert found.loss == np.inf
    assert np.isnan(found.slope)
    assert np.isfinite(found.losses).all()


@pytest.mark.filterwarnings("error")
def test_where_the_loss_is_infinite_whatever_the_number_is_nothing_fails():
    network, parameters = of_kind((False, True))
    wanted = Number("yhat[2]", (network.targets[1],))
    held = Changes({replace(wanted, epoch=1): 0.0}).network(network, 1)
    found = ranged(run_epoch(held, parameters, EXACT, 0.1), Number("W", (0, 0)), VALUES)
    assert (found.losses == np.inf).all()
    assert np.isnan(found.slope)
