"""The bars: one a term, in the order of the program, adding up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.epoch.epoch import run_epoch
from core.network.rule import EXACT, PATHS, PRINTED, Rule
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.studies import contributions
from core.studies.contributions import MOST_TIMESTEPS, Bar, Grouping, bars, entry_values, largest_entry, loss_chains
from tests import oracles
from tests.oracles import CHAINED
from tests.strategies import KINDS, networks, of_kind, random_network, rules

SHARED: dict[Grouping, Callable[[tuple[int, ...]], int]] = {
    "t": lambda indices: indices[0],
    "m": lambda indices: indices[1],
    "k": lambda indices: indices[2],
    "t-k": lambda indices: indices[0] - indices[2],
}
GROUPINGS: list[Grouping] = ["term", *SHARED]


def pick(array, entry):
    return array[entry] if array.ndim == 2 else array[entry[0]]


@given(networks(4), rules, st.data())
def test_every_bar_is_its_term_up_to_the_step(case, rule, data):
    network, parameters = case
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network)
    addends = oracles.terms(network, parameters, rule)
    name = data.draw(st.sampled_from(program.gradients[1:]))
    span = program.gradient_span(name)
    address = program[data.draw(st.integers(span.first, span.last))]
    shape = network.parameter_shapes[name]
    entry = (data.draw(st.integers(0, shape[0] - 1)), data.draw(st.integers(0, shape[1] - 1)) if shape[1:] else 0)
    found = bars(epoch, program, address, entry)
    expected = {indices: pick(addend, entry) for indices, addend in addends[name].items()}
    shown = [indices for indices in expected if not address.indices or indices <= address.indices]
    assert [bar.indices for bar in found] == shown
    paths = [path for path in ("value", "key", "query") if path in rule.paths]
    has_parts = network.attention and name in CHAINED and len(paths) > 1
    for bar in found:
        assert [path for path, _ in bar.parts] == (paths if has_parts else [])
        assert bar.value == pytest.approx(expected[bar.indices], rel=1e-9, abs=1e-12)
        assert bar.count == 1
        assert not bar.before
        if has_parts:
            assert sum(value for _, value in bar.parts) == pytest.approx(bar.value, rel=1e-9, abs=1e-13)
            assert [path for path, _ in bar.parts] == [p for p in ("value", "key", "query") if p in rule.paths]
    for by, shared in SHARED.items() if name in CHAINED else ():
        groups = bars(epoch, program, address, entry, by)
        assert [bar.indices for bar in groups] == [(value,) for value in sorted({shared(i) for i in shown})]
        assert sum(bar.count for bar in groups) == len(shown)
        for bar in groups:
            members = [expected[indices] for indices in shown if shared(indices) == bar.indices[0]]
            assert bar.count == len(members)
            assert bar.value == pytest.approx(sum(members), rel=1e-9, abs=1e-12)
            if has_parts:
                assert sum(value for _, value in bar.parts) == pytest.approx(bar.value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["W", "U", "b", "E"])
@pytest.mark.parametrize("indices", [(4, 4, 3), (4, 2, 1), ()])
@pytest.mark.parametrize("by", ["term", "t", "m", "k"])
@pytest.mark.parametrize("row", ["k", "t"])
def test_the_parts_of_a_bar_are_what_each_path_alone_gives(name, indices, by, row):
    network, parameters = random_network(3, T=4, H=2, D=2, attention=True)
    program, address = Program(network), Address(Phase.BACKWARD, name, indices)
    entry = (network.inputs[2] if name == "E" else 1, 0)
    rules = [Rule(paths=frozenset(some), embedding_row=row) for some in (PATHS, *((path,) for path in PATHS))]
    together, *alone = (bars(run_epoch(network, parameters, rule, 0.1), program, address, entry, by) for rule in rules)
    assert any(bar.value for found in alone for bar in found)
    for bar, *single in zip(together, *alone, strict=True):
        assert [path for path, _ in bar.parts] == list(PATHS)
        expected = [only.value for only in single]
        np.testing.assert_allclose([value for _, value in bar.parts], expected, rtol=1e-10, atol=1e-14)
        assert not any(only.parts for only in single)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bars_of_a_sum_add_up_to_its_gradient(kind):
    network, parameters = of_kind(kind, H=3)
    for rule in (EXACT, PRINTED):
        epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network)
        for name in program.gradients[1:]:
            whole = epoch.gradients[name]
            for index in np.ndindex(whole.shape):
                entry = (index[0], index[1] if whole.ndim == 2 else 0)
                for by in GROUPINGS:
                    shown = bars(epoch, program, Address(Phase.BACKWARD, name), entry, by)
                    assert sum(bar.value for bar in shown) == pytest.approx(whole[index], rel=1e-9, abs=1e-12)


@given(networks(4))
@settings(max_examples=20)
def test_chains_by_path_add_up_to_those_of_all_paths(case):
    network, parameters = case
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for t in range(1, network.T + 1):
        paths, r = loss_chains(epoch, t)
        assert r.shape == (len(paths), t, t, network.H)
        above = np.triu_indices(t, 1)
        assert not r[:, above[0], above[1]].any()
        for p, path in enumerate(paths):
            alone = run_epoch(network, parameters, Rule(paths=frozenset({path})), 0.1)
            np.testing.assert_allclose(loss_chains(alone, t)[1][0], r[p], rtol=1e-12, atol=1e-14)
        assert entry_values(epoch, "b", r, t, (0, 0)).shape == (len(paths), t, t)


def test_without_any_path_every_bar_is_zero():
    network, parameters = of_kind((False, True))
    epoch, program = run_epoch(network, parameters, Rule(paths=frozenset()), 0.1), Program(network)
    shown = bars(epoch, program, Address(Phase.BACKWARD, "W"), (0, 0))
    assert len(shown) == 20
    assert all(bar.value == 0 for bar in shown)


def by_term(found, program, name):
    """The bars of a late loss with their first one's count checked, and those after it by their last index."""
    before, *listed = found
    assert before.before
    assert before.count == program.term_number(Address(Phase.BACKWARD, name, before.indices))
    assert not any(bar.before for bar in listed)
    return before, listed


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("rule", [EXACT, PRINTED, Rule(paths=frozenset())], ids=["exact", "printed", "no paths"])
@pytest.mark.parametrize(("name", "entry"), [("W", (1, 0)), ("U", (0, 1)), ("b", (1, 0)), ("E", (1, 0))])
def test_late_losses_show_the_current_chain_or_groups_and_the_rest_as_one(attention, rule, name, entry, monkeypatch):
    network, parameters = random_network(0, T=6, D=2, attention=attention)
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network)
    for indices in ((6, 6, 3), (6, 6, 6), *([(6, 1, 1), (6, 4, 2), (6, 4, 4)] if attention else [(6, 6, 1)])):
        address = Address(Phase.BACKWARD, name, indices)
        with monkeypatch.context() as patched:
            full = bars(epoch, program, address, entry)
            patched.setattr(contributions, "MOST_TIMESTEPS", 5)
            before, listed = by_term(bars(epoch, program, address, entry), program, name)
            assert [bar.indices for bar in listed] == [(*indices[:2], k) for k in range(1, indices[2] + 1)]
            assert before.count + len(listed) == len(full)
            assert before.value == pytest.approx(sum(b.value for b in full[: before.count]), rel=1e-9, abs=1e-12)
            for shown, bar in zip(listed, full[before.count :], strict=True):
                assert shown.value == pytest.approx(bar.value, rel=1e-9, abs=1e-13)
                assert dict(shown.parts) == pytest.approx(dict(bar.parts), rel=1e-9, abs=1e-13)
            for by, key in SHARED.items():
                before, listed = by_term(bars(epoch, program, address, entry, by), program, name)
                assert before.indices == (5, 5, 5)
                groups: dict[int, list[Bar]] = {}
                for bar in full[before.count :]:
                    groups.setdefault(key(bar.indices), []).append(bar)
                assert [bar.indices for bar in listed] == [(shared,) for shared in sorted(groups)]
                for shown in listed:
                    members = groups[shown.indices[0]]
                    assert shown.count == len(members)
                    assert shown.value == pytest.approx(sum(b.value for b in members), rel=1e-9, abs=1e-12)
                    for path, value in shown.parts:
                        whole = sum(dict(b.parts)[path] for b in members)
                        assert value == pytest.approx(whole, rel=1e-9, abs=1e-12)


def test_early_losses_of_a_long_text_are_listed_whole(monkeypatch):
    network, parameters = random_network(0, T=6, D=2)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    address = Address(Phase.BACKWARD, "E", (5, 5, 5))
    full = bars(epoch, program, address, (1, 0))
    monkeypatch.setattr(contributions, "MOST_TIMESTEPS", 5)
    assert tuple(bars(epoch, program, address, (1, 0))) == tuple(full)


def test_a_part_of_the_bars_has_the_lead_only_where_it_begins_with_it(monkeypatch):
    monkeypatch.setattr(contributions, "MOST_TIMESTEPS", 3)
    network, parameters = random_network(0, T=6, D=2)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    shown = bars(epoch, program, Address(Phase.BACKWARD, "W", (5, 4, 4)), (1, 0))
    for part in (slice(0, 3), slice(None, 3), slice(1, None), slice(2, 4), slice(-2, None)):
        assert tuple(shown[part]) == tuple(shown)[part]
    assert [bar.before for bar in shown] == [True, False, False, False, False]
    assert shown[-len(shown)] == shown[0]


def test_the_bars_of_a_very_long_text_are_few_and_add_up():
    network, parameters = random_network(1, T=300, D=2, spread=0.3)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    for by in GROUPINGS:
        shown = bars(epoch, program, Address(Phase.BACKWARD, "W"), (0, 1), by)
        assert len(shown) == 1 + (1 if by == "t" else 300)
        assert sum(bar.count for bar in shown) == program.term_count("W")
        assert sum(bar.value for bar in shown) == pytest.approx(epoch.gradients["W"][0, 1], rel=1e-9)


def test_a_text_just_too_long_to_list_shows_only_its_last_loss():
    T = MOST_TIMESTEPS + 1
    network, parameters = random_network(0, T=T, attention=False, spread=0.3)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    shown = bars(epoch, program, Address(Phase.BACKWARD, "b"), (0, 0))
    assert len(shown) == 1 + T
    assert sum(bar.value for bar in shown) == pytest.approx(epoch.gradients["b"][0], rel=1e-9)


@pytest.mark.parametrize(
    ("value", "running", "entry"),
    [
        ([[0.1, -3.0], [2.0, 0.0]], None, (0, 1)),
        ([1.0, -2.0], None, (1, 0)),
        (5.0, None, (0, 0)),
        ([[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, -2.0]], (1, 1)),
        ([0.0, 0.0], None, (0, 0)),
        ([float("nan"), 2.0, float("-inf")], None, (2, 0)),
    ],
)
def test_the_largest_entry_is_followed(value, running, entry):
    assert largest_entry(np.array(value), None if running is None else np.array(running)) == entry


def test_the_bars_of_sheet_a_are_those_of_the_mockup(sheet_a):
    network, parameters = sheet_a
    epoch, program = run_epoch(network, parameters, PRINTED, 0.01), Program(network)
    shown = bars(epoch, program, program[62], (0, 0))
    values = {bar.indices: bar.value for bar in shown}
    assert len(shown) == 9
    for indices, value in {(2, 2, 2): -0.0307, (3, 2, 2): -0.0206, (3, 3, 2): 0.0103, (2, 1, 1): 0}.items():
        assert values[indices] == pytest.approx(value, abs=1e-4)
    running = evaluate(epoch, program[62]).running
    assert running is not None
    assert sum(values.values()) == pytest.approx(running.item())
