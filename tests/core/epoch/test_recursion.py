"""Timestep by timestep: what the terms add up to, by loops; and true derivatives, under the exact rule."""

import numpy as np
import pytest
from hypothesis import given, settings

from core.epoch.epoch import run_epoch
from core.network.rule import EXACT, NAMED_RULES
from core.network.symbols import symbol
from tests import oracles
from tests.oracles import CHAINED
from tests.strategies import KINDS, networks, of_kind, rules


@settings(deadline=None)
@given(start=networks(), rule=rules)
def test_a_use_gathers_the_terms_of_all_losses(start, rule):
    network, parameters = start
    epoch = run_epoch(network, parameters, rule, 0.1)
    for name, terms in oracles.terms(network, parameters, rule).items():
        if name not in CHAINED:
            continue
        for k in range(1, network.T + 1):
            expected = sum((value for (_, _, at), value in terms.items() if at == k), np.zeros_like(parameters[name]))
            assert np.allclose(epoch.value(symbol(f"dL/d{name}", k)), expected, rtol=1e-9, atol=1e-12), (name, k)
            if name == "b":
                assert np.allclose(epoch.value(symbol("dL/da", k)), expected, rtol=1e-9, atol=1e-12)


@settings(deadline=None)
@given(start=networks(), rule=rules)
def test_a_state_is_asked_by_its_losses_and_by_the_next_timestep(start, rule):
    network, parameters = start
    epoch = run_epoch(network, parameters, rule, 0.1)
    P = oracles.values(parameters)
    done = oracles.forward(network, P)
    later = np.zeros(network.H)
    for m in range(network.T, 0, -1):
        asked = np.array(later)
        for t in range(m, network.T + 1) if network.attention else (m,):
            wanted = np.eye(network.K)[network.targets[t - 1]]
            v = rule.sign * oracles.times(P["V"].T, done.yhat[t] - wanted)
            asked += oracles.asked(network, rule, done, v, t, m)
            if m == 1 and network.attention:
                assert np.allclose(epoch.value(f"dL/dZ[{t}]"), v)
        assert np.allclose(epoch.value(f"dL/dh[{m}]"), asked, rtol=1e-9, atol=1e-12)
        later = oracles.times(P["W"].T, (1 - done.h[m] ** 2) * asked)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("H", [1, 2])
def test_what_is_asked_of_weights_and_scores_is_their_derivative(kind, H):
    network, parameters = of_kind(kind, H=H)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    P = oracles.values(parameters)
    done = oracles.forward(network, P)

    def loss(t, context):
        scores = oracles.times(P["V"], context) + P["c"]
        return -np.log(oracles.softmax(list(scores))[network.targets[t - 1]])

    for t in range(1, network.T + 1) if network.attention else ():
        states = np.array(done.h[1 : t + 1])
        for i in range(1, t + 1):
            tiny = 1e-30j * np.eye(t)[i - 1]
            moved = np.array(done.alpha[t][1:]) + tiny
            assert np.allclose(epoch.value(f"dL/dalpha[{t},{i}]"), loss(t, moved @ states).imag / 1e-30)
            scored = np.array(oracles.softmax(list(np.array(done.A[t][1:]) + tiny)))
            assert np.allclose(epoch.value(f"dL/dA[{t},{i}]"), loss(t, scored @ states).imag / 1e-30)


@pytest.mark.parametrize("rule", NAMED_RULES)
def test_what_is_asked_of_a_letter_goes_to_its_row(rule):
    network, parameters = of_kind((True, True))
    epoch = run_epoch(network, parameters, NAMED_RULES[rule], 0.1)
    for t in range(1, network.T + 1):
        expected = oracles.times(parameters["U"].T, epoch.value(f"dL/da[{t}]"))
        assert np.allclose(epoch.value(f"dL/dx[{t}]"), expected)
