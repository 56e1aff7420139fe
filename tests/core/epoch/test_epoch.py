"""An epoch's values by symbol, and which step made each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from core.epoch.epoch import made_at, run_epoch
from core.network import symbols
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Address, Phase, Program
from tests import oracles
from tests.strategies import KINDS, networks, of_kind, rules


def epoch_of(kind, rule=EXACT):
    return run_epoch(*of_kind(kind), rule, 0.25)


@given(networks(), rules)
@settings(max_examples=25)
def test_values_are_those_of_the_loops(case, rule):
    network, parameters = case
    epoch, P = run_epoch(network, parameters, rule, 0.25), oracles.values(parameters)
    slow, addends = oracles.forward(network, P), oracles.terms(network, parameters, rule)

    def check(symbol, expected):
        value = epoch.value(symbol)
        assert value.shape == symbols.shape(symbol, network)
        np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-12, err_msg=symbol)

    for t in range(1, network.T + 1):
        for name in ("x", "a", "h", "Z", "Omega", "yhat", "L"):
            check(f"{name}[{t}]", getattr(slow, name)[t])
        delta = addends["Omega"][t,]
        v = rule.sign * P["V"].T @ delta
        check(f"D[{t}]", 1 - slow.h[t] ** 2)
        check(f"dL/dOmega[{t}]", delta)
        check(f"v[{t}]", v)
        check(f"y[{t}]", slow.yhat[t] - delta)
        check(f"xo[{t}]", np.eye(network.K)[network.inputs[t - 1]])
        for i in range(1, t + 1) if network.attention else ():
            check(f"A[{t},{i}]", slow.A[t][i])
            check(f"alpha[{t},{i}]", slow.alpha[t][i])
            check(f"g[{t},{i}]", oracles.asked(network, rule, slow, v, t, i))
            check(f"s[{t},{i}]", (slow.h[i] - slow.Z[t]) @ v)
    check("h[0]", np.zeros(network.H))
    check("L", slow.total)
    check("eta", 0.25)
    for name, array in parameters.items():
        total = sum(addends[name].values())
        check(name, array)
        check(f"dL/d{name}", total)
        check(f"{name}_new", array - 0.25 * total)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "missing",
    [
        "h[5]",
        "x[0]",
        "D[0]",
        "L[0]",
        "h[2,1]",
        "h",
        "A[2]",
        "A[2,3]",
        "alpha[5,1]",
        "alpha[2,0]",
        "g[3]",
        "g[2,3]",
        "s[2]",
        "s[2,3]",
        "dL/dOmega",
        "dL/dOmega[0]",
        "dL/dOmega[5]",
        "W[1]",
        "eta[1]",
        "dL/dW[5]",
        "dL/dh[0]",
        "dL/dh[5]",
        "dL/dA[2]",
        "nonsense",
        "nonsense[1]",
    ],
)
def test_symbols_without_a_value_are_refused(kind, missing):
    with pytest.raises(KeyError):
        epoch_of(kind).value(missing)


def test_a_network_has_no_symbols_of_parts_that_it_lacks():
    for symbol in ("E", "dL/dE", "E_new"):
        with pytest.raises(KeyError):
            epoch_of((False, True)).value(symbol)
    for symbol in ("A[2,1]", "alpha[2,1]"):
        with pytest.raises(KeyError):
            epoch_of((True, False)).value(symbol)


@pytest.mark.parametrize("kind", KINDS)
def test_the_update_uses_the_gradients_of_the_old_parameters(kind):
    for rule in (EXACT, PRINTED, TYPESET):
        epoch = epoch_of(kind, rule)
        for name, old in epoch.tape.parameters.items():
            np.testing.assert_array_equal(epoch.updated[name], old - 0.25 * epoch.gradients[name])


@pytest.mark.parametrize(
    ("symbol", "made"),
    [
        ("h[0]", None),
        ("eta", None),
        ("W", None),
        ("E", None),
        ("h[3]", Address(Phase.FORWARD, "h", (3,))),
        ("a[3]", Address(Phase.FORWARD, "h", (3,))),
        ("D[3]", Address(Phase.FORWARD, "h", (3,))),
        ("xo[2]", Address(Phase.FORWARD, "letter", (2,))),
        ("y[2]", Address(Phase.FORWARD, "letter", (2,))),
        ("x[2]", Address(Phase.FORWARD, "x", (2,))),
        ("A[3,1]", Address(Phase.FORWARD, "A", (3, 1))),
        ("alpha[3,1]", Address(Phase.FORWARD, "alpha", (3,))),
        ("Z[3]", Address(Phase.FORWARD, "Z", (3,))),
        ("L[3]", Address(Phase.FORWARD, "L", (3,))),
        ("L", Address(Phase.FORWARD, "L")),
        ("dL/dOmega[2]", Address(Phase.BACKWARD, "Omega", (2,))),
        ("dL/dW", Address(Phase.BACKWARD, "W")),
        ("W_new", Address(Phase.UPDATE, "W")),
    ],
)
def test_every_symbol_knows_the_step_that_made_it(symbol, made):
    network, _ = of_kind((True, True))
    assert made_at(symbol, network) == made
    assert made is None or made in Program(network)


def test_a_one_hot_input_is_made_with_its_letter():
    network, _ = of_kind((False, True))
    assert made_at("x[2]", network) == Address(Phase.FORWARD, "letter", (2,))


def test_what_an_error_asks_is_known_after_the_error():
    network, _ = of_kind((False, True))
    for symbol in ("v[3]", "g[3,2]", "s[3,2]"):
        assert made_at(symbol, network) == Address(Phase.BACKWARD, "Omega", (3,))
