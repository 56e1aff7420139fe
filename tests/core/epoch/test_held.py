"""Numbers that are held: what follows uses them, and nothing flows back through their lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.epoch import small
from core.epoch.engines import back_from, forward_at_length
from core.epoch.epoch import run_epoch
from core.network.held import Held
from core.network.initial import initial
from core.network.network import Network
from core.network.number import Number
from core.network.rule import EXACT, PRINTED, TYPESET
from core.network.symbols import symbol
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.studies.by_loss import by_loss, by_state
from core.studies.contributions import bars
from core.studies.ranging import ranged
from core.studies.term_sizes import TermSizes
from tests import oracles
from tests.cells import dropped
from tests.strategies import KINDS, of_kind

__all__ = ["dropped"]

PLACES = [
    Held("h", 0, (0,), 0.4),
    Held("h", 1, (1,), -0.3),
    Held("h", 2, (0,), 0.0),
    Held("h", 2, (1,), 0.5),
    Held("A", 3, (0,), -0.7),
    Held("A", 3, (2,), 0.2),
    Held("Z", 2, (1,), 0.6),
    Held("Omega", 3, (1,), -0.1),
    Held("a", 1, (0,), 0.7),
    Held("a", 3, (1,), -0.2),
    Held("alpha", 3, (0,), 0.9),
    Held("alpha", 4, (1,), 0.0),
    Held("alpha", 4, (3,), 0.25),
    Held("yhat", 1, (0,), 0.6),
    Held("yhat", 2, (1,), 0.25),
    Held("yhat", 4, (2,), 0.1),
    Held("yhat", 4, (0,), 0.3),
    Held("L", 3, (), 0.5),
]


def holding(kind, *places):
    network, parameters = of_kind(kind)
    attended = [each for each in places if network.attention or each.name not in ("A", "alpha", "Z")]
    return replace(network, held=tuple(attended)), parameters


@pytest.fixture(params=KINDS)
def kind(request):
    """Each kind of network, of some hidden states."""
    return request.param


@pytest.fixture(
    params=[(place,) for place in PLACES] + [tuple(PLACES)], ids=lambda held: "+".join(str(each[:3]) for each in held)
)
def held(request):
    """A number that is held, and all together."""
    return request.param


def test_what_follows_reads_what_is_held_and_the_gradient_is_the_derivative_with_it_held(kind, held):
    network, parameters = holding(kind, *held)
    slow, true = oracles.forward(network, oracles.values(parameters)), oracles.complex_step(network, parameters)
    straight = small.work_out(network, parameters, EXACT, 0.1)
    assert straight
    for tape, gradients, _ in (straight, back_from(forward_at_length(network, parameters), EXACT, 0.1)):
        np.testing.assert_allclose(tape["h"], slow.h, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(tape["yhat"], slow.yhat[1:], rtol=1e-13)
        assert tape.total == pytest.approx(slow.total, rel=1e-13)
        for name, gradient in gradients.items():
            np.testing.assert_allclose(gradient, true[name], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET], ids=lambda rule: rule.name)
@pytest.mark.parametrize("way", ["terms", "timesteps"])
def test_steps_agree_with_the_epoch_and_terms_add_up(kind, rule, way):
    network, parameters = holding(kind, *PLACES)
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network, way=way)
    zeros = 0
    for position in range(1, len(program) + 1):
        step = evaluate(epoch, program[position], way)
        address = step.address
        assert step.kind != "sum" or step.rounding < 1e-14
        if step.zero:
            assert not step.value.any()
            zeros += "held" in step.zero
        if step.kind == "term":
            value = epoch.value(symbol(f"dL/d{address.quantity}", *address.indices))
            np.testing.assert_allclose(step.value, value, rtol=1e-12, atol=1e-15)
        elif step.kind == "error":
            parts = [step.value] if len(step.formula.writes) == 1 else step.value
            for written, part in zip(step.formula.writes, parts, strict=True):
                np.testing.assert_allclose(part, epoch.value(written), rtol=1e-12, atol=1e-15)
    assert zeros or way == "timesteps"  # h₂ is held as a whole


def test_another_number_at_the_same_place_compiles_nothing_anew(kind):
    network, parameters = holding(kind, *PLACES)
    small.work_out(network, parameters, EXACT, 0.1)
    before = small._traced.cache_info().misses
    for number in (0.1, 0.2, -3.0):
        held = tuple(each._replace(number=number) for each in network.held)
        small.train(replace(network, held=held), parameters, EXACT, 0.1, 20)
    assert small._traced.cache_info().misses == before


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "gru", "mgu", "renamed"])
def test_numbers_of_other_cells_are_held_too(dropped, cell, attention):
    network = Network(tuple("abc"), (0, 1, 2, 0), (1, 2, 0, 1), 2, None, attention, cell)
    parameters = initial(network, "uniform", 3)
    held = tuple(Held(name, 2, (0,), 0.3) for name in network.cell_lines)
    network = replace(network, held=(*held, *(Held(state, 0, (1,), 0.2) for state in network.states)))
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    slow, gradients, _ = back_from(forward_at_length(network, parameters), EXACT, 0.1)
    assert epoch.tape.total == pytest.approx(slow.total, rel=1e-13)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(epoch.gradients[name], gradient, rtol=1e-11, atol=1e-14)
        for entry in np.ndindex(gradient.shape):
            slope = ranged(epoch, Number(name, entry), np.zeros(1)).slope  # the complex step
            assert gradient[entry] == pytest.approx(slope, rel=1e-10, abs=1e-14)
    program = Program(network, way="timesteps")
    for position in range(1, len(program) + 1):
        step = evaluate(epoch, program[position], "timesteps")
        assert step.kind != "sum" or step.rounding < 1e-13


@pytest.mark.parametrize("rule", [EXACT, PRINTED], ids=lambda rule: rule.name)
def test_contributions_of_every_grouping_come_to_the_gradient_and_sizes_are_those_of_the_terms(kind, rule):
    network, parameters = holding(kind, *[place for place in PLACES if place[:2] != ("h", 2)])
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network)
    for name in network.chained:
        sizes = TermSizes(epoch, name)
        sizes.run()
        for entry in np.ndindex(network.parameter_shapes[name]):
            at, whole = (*entry, 0)[:2], epoch.gradients[name][entry]
            for by in ("term", "t", "m", "k", "t-k"):
                shown = bars(epoch, program, Address(Phase.BACKWARD, name), at, by)
                assert sum(shown.values) == pytest.approx(whole, abs=1e-13)
            assert by_loss(epoch, name, at).sum() == pytest.approx(whole, abs=1e-13)
            by_states = sum(by_state(epoch, name, at, t).sum() for t in range(1, network.T + 1))
            assert by_states == pytest.approx(whole, abs=1e-13)
        for t in range(1, network.T + 1):
            for k in range(1, t + 1):
                states = range(k, t + 1) if network.attention else (t,)
                terms = [epoch.value(symbol(f"dL/d{name}", t, m, k)) for m in states]
                assert sizes.sizes[t - 1, k - 1] == pytest.approx(sum(map(np.linalg.norm, terms)), abs=1e-13)
