"""The derivatives beside a term: against the oracles, on all four kinds of network."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.epoch.epoch import run_epoch
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Address, Phase, Program
from core.studies.checking import NEAREST, checks
from core.studies.contributions import MOST_TIMESTEPS
from tests import oracles
from tests.oracles import CHAINED
from tests.strategies import KINDS, Start, networks, of_kind, random_network, rules


def pick(array, entry):
    return array[entry] if array.ndim == 2 else array[entry[0]]


def entries(shape):
    return [(index[0], index[1] if len(shape) == 2 else 0) for index in np.ndindex(shape)]


def drawn(data, network, parameters, rule):
    """An epoch, a step of the backward phase that is a term or a sum, or an update, and an entry."""
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network)
    name = data.draw(st.sampled_from(program.gradients[1:]))
    span = program.gradient_span(name)
    positions = st.integers(span.first, span.last)
    address = data.draw(positions.map(program.__getitem__) | st.just(Address(Phase.UPDATE, name)))
    return epoch, address, data.draw(st.sampled_from(entries(network.parameter_shapes[name])))


@given(networks(4), rules, st.data())
def test_the_rule_gives_the_sums_of_its_terms(case, rule, data):
    network, parameters = case
    epoch, address, entry = drawn(data, network, parameters, rule)
    addends = oracles.terms(network, parameters, rule)[address.quantity]
    for row in checks(epoch, address, entry).rows:
        members = [
            pick(value, entry)
            for indices, value in addends.items()
            if row.loss in (None, indices[0]) and row.use in (None, indices[-1])
        ]
        assert row.rule == pytest.approx(sum(members), rel=1e-9, abs=1e-13)


@given(networks(4), rules, st.data())
def test_the_complex_step_gives_the_terms_of_the_exact_rule(case, rule, data):
    network, parameters = case
    epoch, address, entry = drawn(data, network, parameters, rule)
    addends = oracles.terms(network, parameters, EXACT)[address.quantity]
    for row in checks(epoch, address, entry).rows:
        members = [
            pick(value, entry)
            for indices, value in addends.items()
            if row.loss in (None, indices[0]) and row.use in (None, indices[-1])
        ]
        assert row.complex_step == pytest.approx(sum(members), rel=1e-9, abs=1e-13)
        assert row.central == pytest.approx(row.complex_step, rel=1e-6, abs=1e-8)
        assert row.error == abs(row.rule - row.complex_step)


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_is_the_derivative_of_the_total_loss(kind):
    network, parameters = of_kind(kind, H=3)
    true = oracles.complex_step(network, parameters)
    epoch, program = run_epoch(network, parameters, PRINTED, 0.1), Program(network)
    for name in program.gradients[1:]:
        for entry in entries(network.parameter_shapes[name]):
            whole = checks(epoch, Address(Phase.BACKWARD, name), entry).rows[0]
            assert (whole.use, whole.loss) == (None, None)
            assert whole.complex_step == pytest.approx(pick(true[name], entry), rel=1e-12, abs=1e-15)
            assert whole.rule == pick(epoch.gradients[name], entry)


@given(networks(5), rules, st.data())
def test_the_uses_add_up_to_the_whole_of_their_losses(case, rule, data):
    network, parameters = case
    epoch, address, entry = drawn(data, network, parameters, rule)
    found = checks(epoch, address, entry)
    assert found.left_out == 0
    for loss in {row.loss for row in found.rows}:
        whole, *parts = [row for row in found.rows if row.loss == loss]
        assert whole.use is None
        for figure in ("rule", "complex_step", "central"):
            total = sum(getattr(part, figure) for part in parts)
            assert total == pytest.approx(getattr(whole, figure), rel=1e-6 if figure == "central" else 1e-12, abs=1e-8)


@pytest.mark.parametrize("attention", [False, True])
def test_a_term_lists_all_losses_then_its_own_with_the_uses_that_reach_it(attention):
    network, parameters = random_network(3, T=4, attention=attention)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    found = checks(epoch, Address(Phase.BACKWARD, "W", (3, 3, 2)), (1, 0))
    assert (found.name, found.entry, found.loss) == ("W", (1, 0), 3)
    assert [(row.loss, row.use) for row in found.rows] == [
        (None, None), (None, 1), (None, 2), (None, 3), (None, 4), (3, None), (3, 1), (3, 2), (3, 3),
    ]  # fmt: skip
    found = checks(epoch, Address(Phase.BACKWARD, "V", (3,)), (1, 0))
    assert [(row.loss, row.use) for row in found.rows] == [
        (None, None), (None, 1), (None, 2), (None, 3), (None, 4), (3, None), (3, 3),
    ]  # fmt: skip
    found = checks(epoch, Address(Phase.UPDATE, "c"), (1, 0))
    assert found.loss is None
    assert [(row.loss, row.use) for row in found.rows] == [(None, use) for use in (None, 1, 2, 3, 4)]


@given(networks(5), st.data())
@settings(max_examples=60)
def test_the_exact_rule_is_the_true_derivative_everywhere(case, data):
    network, parameters = case
    epoch, address, entry = drawn(data, network, parameters, EXACT)
    assert {row.words for row in checks(epoch, address, entry).rows} == {"agrees"}


@pytest.mark.parametrize("seed", range(6))
def test_saturated_states_and_sure_predictions_do_not_hide_that_the_exact_rule_is_true(seed):
    network, parameters = random_network(seed, T=20, H=4, K=3, attention=seed % 2 == 0, spread=2.5)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for name in ("V", "W", "U", "b"):
        for entry in entries(network.parameter_shapes[name])[:3]:
            address = Address(Phase.BACKWARD, name, (18, 18, 17) if name in CHAINED else (18,))
            assert all(row.is_true for row in checks(epoch, address, entry).rows)


def test_the_sheet_with_attention_misses_the_key_and_query_paths(sheet_a: Start):
    epoch = run_epoch(*sheet_a, PRINTED, 0.01)
    rows = checks(epoch, Address(Phase.BACKWARD, "W", (4, 4, 2)), (0, 0)).rows
    whole = rows[0]
    assert (round(whole.rule, 4), round(whole.complex_step, 4), whole.words) == (0.0274, 0.0402, "differs")
    # h_0 = 0 makes the first use nothing under every rule.
    assert [row.words for row in rows if row.loss is None] == ["differs", "agrees", "differs", "differs", "differs"]
    output = checks(epoch, Address(Phase.BACKWARD, "c"), (0, 0)).rows
    assert {row.words for row in output} == {"agrees"}


def test_the_sheet_with_an_embedding_moves_only_the_row_that_was_read(sheet_b: Start):
    epoch = run_epoch(*sheet_b, PRINTED, 0.1)
    whole, *uses = checks(epoch, Address(Phase.BACKWARD, "E"), (1, 0)).rows
    assert [row.use for row in uses if row.complex_step] == [2]
    assert round(whole.complex_step, 4) == 0.0225
    assert round(whole.rule, 4) == 0.0111
    assert {row.words for row in checks(epoch, Address(Phase.BACKWARD, "W"), (0, 0)).rows} == {"agrees"}


def test_a_turned_sign_differs_everywhere_but_at_zero(sheet_b: Start):
    epoch = run_epoch(*sheet_b, TYPESET, 0.1)
    rows = checks(epoch, Address(Phase.BACKWARD, "W"), (0, 0)).rows
    for row in rows:
        assert row.rule == pytest.approx(-row.complex_step, rel=1e-12, abs=1e-16)
        assert row.is_true == (row.complex_step == 0)


@pytest.mark.parametrize("T", [MOST_TIMESTEPS, MOST_TIMESTEPS + 1])
def test_a_long_text_lists_the_uses_nearest_the_step(T):
    network, parameters = random_network(1, T=T, H=1)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for address, near in (
        (Address(Phase.BACKWARD, "b", (T, T, 2)), 2),
        (Address(Phase.BACKWARD, "b", (30, 30, 20)), 20),
        (Address(Phase.BACKWARD, "b"), T),
        (Address(Phase.BACKWARD, "V", (T,)), T),
    ):
        found = checks(epoch, address, (0, 0))
        uses = [row.use for row in found.rows[1:] if row.loss is None and row.use is not None]
        assert len(uses) + found.left_out == T
        assert near in uses
        assert uses == list(range(uses[0], uses[0] + (T if T <= MOST_TIMESTEPS else NEAREST)))
        assert all(row.is_true for row in found.rows)
        true = sum(
            pick(value, (0, 0)) for value in oracles.terms(network, parameters, EXACT)[address.quantity].values()
        )
        assert found.rows[0].complex_step == pytest.approx(true, rel=1e-9, abs=1e-12)


def test_a_small_difference_is_told_from_rounding():
    network, parameters = random_network(5, T=3, H=2, spread=0.005)
    epoch = run_epoch(network, parameters, PRINTED, 0.1)
    rows = checks(epoch, Address(Phase.BACKWARD, "W"), (1, 0)).rows
    apart = [row for row in rows if not row.is_true]
    assert apart
    assert max(row.error for row in apart) < 1e-9
    assert all(row.error < 1e-15 for row in rows if row.is_true)


def test_where_training_diverged_nothing_agrees():
    network, parameters = random_network(2)
    broken = type(parameters)({name: np.full(array.shape, np.nan) for name, array in parameters.items()})
    with np.errstate(all="ignore"):
        epoch = run_epoch(network, broken, EXACT, 0.1)
    rows = checks(epoch, Address(Phase.BACKWARD, "W"), (0, 0)).rows
    assert {row.words for row in rows} == {"differs"}
