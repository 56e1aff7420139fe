"""Rules side by side: against slow loops over the terms under every rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.network.rule import EXACT, NAMED_RULES, PRINTED, SWITCHED_ON, TYPESET, Clip, Rule, effective
from core.program.program import Address, Phase, Program
from core.studies.comparison import LossesOfRules, alternatives, compare, differences, have_same_effect
from core.studies.contributions import MOST_TIMESTEPS
from tests import oracles
from tests.oracles import CHAINED
from tests.strategies import KINDS, RULES, Start, networks, of_kind, random_network, rules

TURNED = (
    "sign", "weight", "value", "key", "query", "output_state", "embedding_row", *SWITCHED_ON
)  # fmt: skip


def pick(array, entry):
    return array[entry] if array.ndim == 2 else array[entry[0]]


def drawn(data, network):
    """A term, a sum or an update, and an entry."""
    program = Program(network)
    name = data.draw(st.sampled_from(program.gradients[1:]))
    span = program.gradient_span(name)
    positions = st.integers(span.first, span.last)
    address = data.draw(positions.map(program.__getitem__) | st.just(Address(Phase.UPDATE, name)))
    shape = network.parameter_shapes[name]
    return address, (
        data.draw(st.integers(0, shape[0] - 1)),
        data.draw(st.integers(0, shape[1] - 1)) if shape[1:] else 0,
    )


def test_the_named_rules_and_every_switch_alone_are_compared():
    assert [found.name for found in alternatives(PRINTED, 8)] == ["exact", "printed", "typeset", *TURNED]
    custom = replace(EXACT, sign=-1)
    assert [found.name for found in alternatives(custom, 8)] == ["custom", "exact", "printed", "typeset", *TURNED]
    assert alternatives(custom, 8)[0].rule == custom
    found: dict[str, Rule] = {alternative.name: alternative.rule for alternative in alternatives(EXACT, 8)}
    assert [found[name] for name in NAMED_RULES] == list(NAMED_RULES.values())
    assert found["sign"] == Rule(sign=-1)
    assert found["weight"] == Rule(weight="score")
    assert found["key"] == Rule(paths=frozenset({"value", "query"}))
    assert found["output_state"] == Rule(output_state="h")
    assert found["embedding_row"] == Rule(embedding_row="t")
    assert found["truncate"] == Rule(truncate=4)
    assert found["chunks"] == Rule(chunks=4)
    assert found["clip by norm"] == Rule(clip=Clip("norm", 1.0))


@given(st.sampled_from(RULES))
def test_a_switch_turned_twice_is_as_before(rule):
    for alternative in alternatives(rule, 8):
        if alternative.name in TURNED:
            assert alternative.rule != rule
            again = {found.name: found.rule for found in alternatives(alternative.rule, 8)}
            assert again[alternative.name] == rule


def check_alternatives(network, parameters, rule, addresses, entry_of):
    addends = {found.rule: oracles.terms(network, parameters, found.rule) for found in alternatives(rule, network.T)}
    own, wholes = oracles.terms(network, parameters, rule), {}
    for each in {rule, *addends}:
        by_name = addends.get(each, own)
        sums = {name: np.sum(list(by_name[name].values()), axis=0) for name in network.parameter_shapes}
        wholes[each] = oracles.clipped(sums, each)
    epoch = run_epoch(network, parameters, rule, 0.1)
    for address in addresses:
        name, entry = address.quantity, entry_of(address)
        found = compare(epoch, address, entry)
        assert [row.alternative for row in found] == list(alternatives(rule, network.T))
        own_total = pick(wholes[rule][name], entry)
        for row in found:
            terms, total = addends[row.alternative.rule][name], pick(wholes[row.alternative.rule][name], entry)
            assert row.total == pytest.approx(total, rel=1e-9, abs=1e-12)
            assert row.total_difference == pytest.approx(total - own_total, rel=1e-9, abs=1e-12)
            assert row.is_in_use == (row.alternative.rule == rule)
            if address.is_term_of(network):
                now, own_now = pick(terms[address.indices], entry), pick(own[name][address.indices], entry)
                assert row.term == pytest.approx(now, rel=1e-9, abs=1e-12)
                assert row.term_difference == pytest.approx(now - own_now, rel=1e-9, abs=1e-12)
            else:
                assert (row.term, row.term_difference) == (None, None)
            if not row.has_effect:
                assert row.total_difference == 0
                assert row.term_difference in (None, 0)


@given(networks(4), rules, st.data())
def test_every_alternative_gives_its_own_terms_and_their_sum(case: Start, rule, data):
    address, entry = drawn(data, case[0])
    check_alternatives(*case, rule, [address], lambda _address: entry)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET, Rule(paths=frozenset({"query"}))])
def test_at_every_step_of_every_gradient_the_alternatives_are_their_own_terms(kind, rule):
    network, parameters = of_kind(kind)
    addresses = [address for address in Program(network) if address.phase is not Phase.FORWARD]
    gradients = [address for address in addresses if address.quantity != "Omega"]
    shapes = network.parameter_shapes
    check_alternatives(
        network, parameters, rule, gradients, lambda address: (1, 1 if len(shapes[address.quantity]) == 2 else 0)
    )


def unclipped(rule, T=4):
    """Those of which it can be told beforehand whether they act: no gradient may be as large as a clip."""
    return [each for each in alternatives(rule, T) if not each.name.startswith("clip")]


def check_effects(network, parameters, rule):
    own = oracles.terms(network, parameters, rule)
    names = [name for name in own if name != "Omega"]
    for alternative in unclipped(rule, network.T):
        other = oracles.terms(network, parameters, alternative.rule)
        acts = {}
        for name in names:
            whole, others = (sum(terms[name].values()) for terms in (own, other))
            acts[name] = effective(rule, name, network) != effective(alternative.rule, name, network)
            # Signs of zeros and the order of sums are no effect.
            assert acts[name] == bool(np.max(np.abs(whole - others)) > 1e-13), (alternative.name, name)
        assert have_same_effect(rule, alternative.rule, network) is not any(acts.values())


@given(networks(4), rules)
def test_a_switch_is_said_to_have_an_effect_just_where_it_changes_an_entry(case: Start, rule):
    check_effects(*case, rule)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("T", [1, 3])
def test_under_any_rule_a_switch_has_an_effect_just_where_it_changes_an_entry(kind, T):
    network, parameters = of_kind(kind, T=T)
    for rule in RULES[::3]:
        check_effects(network, parameters, rule)


@given(networks(4), rules, rules, st.data())
def test_the_terms_that_differ_are_listed_the_largest_difference_first(case, rule, other, data):
    network, parameters = case
    address, entry = drawn(data, network)
    name = address.quantity
    own, theirs = (oracles.terms(network, parameters, each)[name] for each in (rule, other))
    found = differences(run_epoch(network, parameters, rule, 0.1), Program(network), name, entry, other)
    sizes = [abs(row.difference) for row in found]
    assert sizes == sorted(sizes, reverse=True)
    listed = {row.indices: row for row in found}
    assert len(listed) == len(found)
    for indices in own:
        mine, others = pick(own[indices], entry), pick(theirs[indices], entry)
        if indices in listed:
            assert listed[indices].in_use == pytest.approx(mine, rel=1e-9, abs=1e-12)
            assert listed[indices].other == pytest.approx(others, rel=1e-9, abs=1e-12)
            assert listed[indices].difference != 0
        else:
            assert mine == pytest.approx(others, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("row", ["k", "t"])
def test_a_long_text_is_compared_by_loss(kind, row):
    T = MOST_TIMESTEPS + 1
    network, parameters = of_kind(kind, T=T)
    rule, other = replace(PRINTED, embedding_row=row), replace(EXACT, sign=-1)
    epoch = run_epoch(network, parameters, rule, 0.1)
    own, theirs = (oracles.terms(network, parameters, each) for each in (rule, other))
    for name in (name for name in own if name in CHAINED):
        entry = (1, 0)
        found = {found.indices: found for found in differences(epoch, Program(network), name, entry, other)}
        assert all(len(indices) == 1 for indices in found)
        for t in range(1, T + 1):
            mine, others = (
                sum(pick(value, entry) for indices, value in terms[name].items() if indices[0] == t)
                for terms in (own, theirs)
            )
            if (t,) in found:
                assert found[t,].in_use == pytest.approx(mine, rel=1e-9, abs=1e-12)
                assert found[t,].other == pytest.approx(others, rel=1e-9, abs=1e-12)
            else:
                assert mine == pytest.approx(others, rel=1e-9, abs=1e-12)


def test_the_worksheets_table_of_gradients(sheet_a: Start):
    found = compare(run_epoch(*sheet_a, PRINTED, 0.01), Address(Phase.BACKWARD, "W"), (0, 0))
    totals = {row.alternative.name: round(row.total, 4) for row in found}
    assert totals | {"exact": 0.0402, "printed": 0.0274, "typeset": -0.0327, "sign": -0.0274} == totals
    silent = {row.alternative.name for row in found if not row.has_effect}
    assert silent == {"printed", "output_state", "embedding_row", "clip by value"}
    assert [row.alternative.name for row in found if row.is_in_use] == ["printed"]


def test_the_losses_are_those_of_training_alone(sheet_a):
    network, parameters = sheet_a
    made = LossesOfRules(network, parameters, alternatives(PRINTED, 4), 0.01, epochs=30)
    while not made.run(seconds=0):
        assert 0 < made.progress < 1
    assert made.progress == 1
    for group, losses in zip(made.groups, made.losses, strict=True):
        for alternative in group:
            alone = Training(network, parameters, alternative.rule, 0.01)
            alone.run(30)
            assert losses == alone.losses
    names = [tuple(alternative.name for alternative in group) for group in made.groups]
    assert ("printed", "embedding_row") in names
    assert sum(map(len, names)) == len(alternatives(PRINTED, 4))


@pytest.mark.parametrize(
    ("kind", "curves"), [((False, False), 4), ((True, False), 6), ((False, True), 11), ((True, True), 12)]
)
def test_rules_that_train_apart_have_losses_apart(kind, curves):
    made = LossesOfRules(*of_kind(kind), unclipped(TYPESET), 0.1, epochs=3)
    assert made.run()
    assert len({losses[-1] for losses in made.losses}) == len(made.groups) == curves


def test_every_rule_of_one_timestep_and_one_letter_is_the_same():
    network, parameters = random_network(4, T=1, K=1)
    assert all(have_same_effect(EXACT, rule, network) for rule in RULES)
    made = LossesOfRules(network, parameters, unclipped(EXACT), 0.1, epochs=2)
    assert len(made.groups) == 1
