"""Gradients, terms and running totals: against complex-step derivatives, and against nested loops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.epoch.backward import asked_by, gradients, output_error, output_term, sweep, term, updated
from core.epoch.epoch import run_epoch
from core.epoch.forward import forward
from core.epoch.sums import BLOCK
from core.epoch.totals import losses_before, running_total
from core.network.rule import EXACT, NAMED_RULES, PRINTED, TYPESET, Rule
from tests import oracles
from tests.strategies import KINDS, RULES, SUBSETS, Start, networks, of_kind, random_network, rules


def check_against_the_loops(network, parameters, rule):
    """Whole gradients, every single term, and every running total."""
    epoch = run_epoch(network, parameters, rule, 0.1)
    tape, whole = epoch.tape, epoch.gradients
    for name, addends in oracles.terms(network, parameters, rule).items():
        if name == "Omega":
            np.testing.assert_allclose(output_error(tape), list(addends.values()), rtol=1e-12, atol=1e-13)
            continue
        size = max(1.0, *(float(np.abs(addend).max()) for addend in addends.values()))
        close: dict[str, Any] = {"rtol": 0, "atol": 2e-13 * size * len(addends), "err_msg": f"{name} under {rule}"}
        totals = np.cumsum(list(addends.values()), axis=0)
        single = [(output_term if len(indices) == 1 else term)(tape, rule, name, *indices) for indices in addends]
        np.testing.assert_allclose(single, list(addends.values()), **close)
        np.testing.assert_allclose([running_total(epoch, name, *indices) for indices in addends], totals, **close)
        np.testing.assert_allclose(whole[name], totals[-1], **close)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("H", [1, 2, 3, 4])
def test_exact_gradients_are_the_true_derivatives(kind, H):
    for seed in range(3):
        network, parameters = of_kind(kind, seed, T=5, H=H)
        found, true = gradients(forward(network, parameters), EXACT), oracles.complex_step(network, parameters)
        for name, derivative in true.items():
            error = np.linalg.norm(found[name] - derivative) / np.linalg.norm(derivative)
            assert error < 1e-10, f"{name}, seed {seed}"


@given(networks())
@settings(max_examples=25)
def test_exact_gradients_are_true_on_any_network(case):
    network, parameters = case
    found = gradients(forward(network, parameters), EXACT)
    for name, derivative in oracles.complex_step(network, parameters).items():
        np.testing.assert_allclose(found[name], derivative, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("paths", SUBSETS, ids=lambda paths: "+".join(paths) or "none")
def test_every_setting_of_the_switches_equals_the_loops(paths):
    for number, rule in enumerate(rule for rule in RULES if rule.paths == set(paths)):
        for kind in KINDS:
            check_against_the_loops(*of_kind(kind, number, T=3, H=1 + number % 3), rule)


@given(networks(), rules)
@settings(max_examples=30)
def test_any_rule_on_any_network_equals_the_loops(case: Start, rule):
    check_against_the_loops(*case, rule)


@pytest.mark.parametrize("embedded", [False, True])
def test_attention_switches_do_nothing_without_attention(embedded):
    tape = forward(*of_kind((embedded, False)))
    for paths in SUBSETS:
        for weight in ("softmax", "score"):
            rule = Rule(weight=weight, paths=frozenset(paths), output_state="h")
            for name in tape.parameters:
                np.testing.assert_array_equal(gradients(tape, rule)[name], gradients(tape, EXACT)[name])


def test_the_embedding_switch_does_nothing_without_an_embedding():
    tape = forward(*of_kind((False, True)))
    for name in tape.parameters:
        np.testing.assert_array_equal(gradients(tape, Rule(embedding_row="t"))[name], gradients(tape, EXACT)[name])


@given(networks(), rules)
@settings(max_examples=20)
def test_the_sign_turns_the_chained_gradients_only(case, rule):
    tape = forward(*case)
    turned = Rule(-rule.sign, rule.weight, rule.paths, rule.output_state, rule.embedding_row)
    for name in tape.parameters:
        sign = 1 if name in ("V", "c") else -1
        np.testing.assert_array_equal(gradients(tape, turned)[name], sign * gradients(tape, rule)[name])


@given(networks())
@settings(max_examples=20)
def test_the_paths_add_up(case):
    tape = forward(*case)
    if not tape.network.attention:
        return
    for name in ("W", "U", "b"):
        parts = [gradients(tape, Rule(paths=frozenset({path})))[name] for path in ("value", "key", "query")]
        np.testing.assert_allclose(sum(parts), gradients(tape, EXACT)[name], rtol=1e-10, atol=1e-12)


def test_the_last_running_total_of_a_long_text_is_the_gradient():
    case = random_network(3, T=60, K=5, H=3, D=2, spread=0.4)
    for rule in (EXACT, PRINTED, TYPESET):
        epoch = run_epoch(*case, rule, 0.1)
        for name in ("W", "U", "b", "E"):
            np.testing.assert_allclose(
                running_total(epoch, name, 60, 60, 60), epoch.gradients[name], rtol=1e-11, atol=1e-12
            )


@pytest.mark.parametrize("t", [BLOCK - 1, BLOCK, BLOCK + 1, BLOCK + 2, 2 * BLOCK, 2 * BLOCK + 1])
@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET], ids=["exact", "printed", "typeset"])
def test_the_losses_of_a_long_text_add_up_to_what_a_shorter_text_gives(t, rule):
    network, parameters = random_network(6, T=2 * BLOCK + 3, H=2, D=2, spread=0.4)
    shorter = replace(network, inputs=network.inputs[:t], targets=network.targets[:t])
    epoch, whole = run_epoch(network, parameters, rule, 0.1), gradients(forward(shorter, parameters), rule)
    for name in ("W", "U", "b", "E"):
        for found in (running_total(epoch, name, t, t, t), losses_before(epoch, name, t + 1)):
            np.testing.assert_allclose(found, whole[name], rtol=1e-11, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("H", [1, 2])
def test_exact_gradients_of_a_long_text_are_the_true_derivatives(H):
    network, parameters = random_network(7, T=BLOCK + 3, K=2, H=H, spread=0.5)
    found = gradients(forward(network, parameters), EXACT)
    for name, derivative in oracles.complex_step(network, parameters).items():
        np.testing.assert_allclose(found[name], derivative, rtol=1e-11, atol=1e-12, err_msg=name)


@given(networks(), rules, st.data())
@settings(max_examples=25)
def test_what_is_asked_of_some_states_is_part_of_what_is_asked_of_all(case, rule, data):
    tape = forward(*case)
    t = data.draw(st.integers(1, tape.network.T))
    first = data.draw(st.integers(1, t))
    last = data.draw(st.integers(first, t))
    for path, rows in asked_by(tape, rule, t).items():
        np.testing.assert_array_equal(asked_by(tape, rule, t, first, last)[path], rows[first - 1 : last])


def test_sweeps_side_by_side_are_those_one_by_one():
    for H in (1, 3):
        tape = forward(*random_network(8, T=6, H=H))
        G = np.random.default_rng(9).normal(size=(6, 2, H))
        both = sweep(tape, G, 2)
        for n in range(2):
            np.testing.assert_allclose(both[:, n], sweep(tape, G[:, n], 2), rtol=1e-14, atol=1e-15)


def test_gradients_are_read_only():
    found = gradients(forward(*of_kind((True, True))), PRINTED)
    for name in ("U", "W", "b", "V", "c", "E"):
        with pytest.raises(ValueError, match="read-only"):
            found[name][...] = 0
    with pytest.raises(KeyError):
        gradients(forward(*of_kind((False, True))), EXACT)["E"]


def test_rules_know_their_names():
    assert {name: rule.name for name, rule in NAMED_RULES.items()} == {name: name for name in NAMED_RULES}
    assert Rule(sign=-1).name == "custom"
    assert len(set(RULES)) == 128


def one_unit(found, printed):
    """Whether *found* agrees with the four places that a sheet prints, to one unit of the last."""
    return (np.abs(np.rint(np.asarray(found) * 1e4) - np.rint(np.asarray(printed) * 1e4)) <= 1).all()


@pytest.mark.parametrize(
    ("name", "rule", "figures"),
    [
        ("W", PRINTED, 0.0274),
        ("W", EXACT, 0.0402),
        ("W", TYPESET, -0.0327),
        ("U", PRINTED, [0.1818, -0.3287, -0.2169, 0]),
        ("U", EXACT, [0.2388, -0.3504, -0.2627, 0]),
        ("U", TYPESET, [-0.1096, 0.0708, 0.1253, 0]),
        ("b", PRINTED, -0.3639),
        ("b", EXACT, -0.3742),
        ("b", TYPESET, 0.0864),
        ("V", PRINTED, [-0.2677, -0.4165, 0.5373, 0.1470]),
        ("V", EXACT, [-0.1251, -0.2717, 0.2327, 0.1640]),
        ("V", TYPESET, [-0.2677, -0.4165, 0.5373, 0.1470]),
        ("W", Rule(sign=-1, paths=frozenset({"value"})), -0.0274),
        ("W", Rule(paths=frozenset({"key"})), 0.0045),
        ("W", Rule(paths=frozenset({"query"})), 0.0083),
    ],
)
def test_sheet_a_gets_its_figures(sheet_a, name, rule, figures):
    assert one_unit(np.ravel(gradients(forward(*sheet_a), rule)[name]), figures)


def test_sheet_b_gets_its_figures(sheet_b):
    tape = forward(*sheet_b)
    exact = [[0.0418, -0.0672], [0.0225, -0.0361], [0.0371, -0.0596], [0, 0]]
    assert one_unit(gradients(tape, PRINTED)["E"], [[0.0539, -0.0865], [0.0111, -0.0179], [0.0364, -0.0585], [0, 0]])
    assert one_unit(gradients(tape, EXACT)["E"], exact)
    assert one_unit(gradients(tape, TYPESET)["E"], -np.array(exact))
    assert one_unit(gradients(tape, PRINTED)["W"], -0.0082)
    assert one_unit(gradients(tape, PRINTED)["U"], [[0.2137, 0.0982]])
    assert one_unit(gradients(tape, PRINTED)["b"], 0.7034)


@pytest.mark.parametrize(
    ("index", "sums"),
    [(0, [0, -0.0307, 0.0308, 0.0273]), (1, [0, -0.0594, 0.0715, 0.0153]), (2, [0, -0.0471, 0.0494, 0.0251])],
)
def test_sheet_a_sums_by_loss_by_state_and_by_use(sheet_a: Start, index, sums):
    tape = forward(*sheet_a)
    found = np.zeros(4)
    for indices in oracles.terms(*sheet_a, PRINTED)["W"]:
        found[indices[index] - 1] += term(tape, PRINTED, "W", *indices)[0, 0]
    assert one_unit(found, sums)


@given(st.sampled_from(KINDS), st.floats(-2, 2))
@settings(max_examples=10)
def test_an_update_takes_every_parameter_from_the_old_ones(kind, rate):
    network, parameters = of_kind(kind)
    found = gradients(forward(network, parameters), EXACT)
    after = updated(parameters, found, rate)
    assert list(after) == list(parameters)
    for name, array in after.items():
        np.testing.assert_array_equal(array, parameters[name] - rate * found[name])
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
