"""Steps, whichever way they are reached."""

from __future__ import annotations

import random
from itertools import product
from operator import is_

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED, TYPESET, Rule
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.steps.speech import spoken
from core.writing.form import NumberFormat
from tests.strategies import KINDS, Start, networks, of_kind, random_network, rules


def same(one, other):
    """Whether two steps agree to the last bit."""

    def bits(step):
        arrays = [step.value, *step.products, *(operand.value for operand in step.operands)]
        arrays += [] if step.running is None else [step.running]
        return [np.asarray(array).tobytes() for array in arrays]

    return (one.address, one.formula.title, one.zero, bits(one)) == (
        other.address,
        other.formula.title,
        other.zero,
        bits(other),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_jumps_in_any_order_show_what_stepping_shows(kind):
    network, parameters = of_kind(kind, T=4, H=3)
    program = Program(network)
    stepped = [evaluate(run_epoch(network, parameters, EXACT, 0.1), address) for address in program]
    epoch, positions = run_epoch(network, parameters, EXACT, 0.1), list(range(1, len(program) + 1))
    random.Random(1).shuffle(positions)
    for position in positions:
        assert same(evaluate(epoch, program[position]), stepped[position - 1])
    for position in reversed(range(1, len(program) + 1)):
        assert same(evaluate(epoch, program[position]), stepped[position - 1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_along_a_chain_multiplies_only_what_is_new(kind):
    network, parameters = of_kind(kind, T=6)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for name, other in product(("W", "U", "b"), repeat=2):
        short = evaluate(epoch, Address(Phase.BACKWARD, name, (6, 6, 4))).products
        long = evaluate(epoch, Address(Phase.BACKWARD, other, (6, 6, 2))).products
        to_r = len(short) - (name != "b")  # all but what the parameter multiplied
        assert sum(map(is_, short, long)) == to_r
        assert not any(map(is_, long, evaluate(epoch, Address(Phase.BACKWARD, other, (5, 5, 2))).products))


def test_two_epochs_looked_at_in_turns_keep_their_own_numbers():
    network, parameters = of_kind((True, True), T=4, H=3)
    program, first = Program(network), run_epoch(network, parameters, EXACT, 0.1)
    epochs = (first, run_epoch(network, first.updated, EXACT, 0.1, 2))
    alone = [[evaluate(epoch, address) for address in program] for epoch in epochs]
    for position, address in enumerate(program):
        for epoch, steps in zip(epochs, alone, strict=True):
            assert same(evaluate(epoch, address), steps[position])


@given(networks(4), rules)
@settings(max_examples=25)
def test_terms_add_up_to_the_running_total_and_to_the_gradient(case, rule):
    network, parameters = case
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network)
    for name in program.gradients[1:]:
        span, total = program.gradient_span(name), np.zeros(network.parameter_shapes[name])
        largest = 1.0
        for position in range(span.first, span.last):
            step = evaluate(epoch, program[position])
            assert step.kind == "term"
            total = total + step.value
            largest = max(largest, float(np.abs(step.value).max()))
            assert step.running is not None
            np.testing.assert_allclose(step.running, total, rtol=1e-12, atol=1e-12 * largest)
        step = evaluate(epoch, program[span.last])
        assert step.kind == "sum"
        assert step.value.tobytes() == epoch.gradients[name].tobytes()
        np.testing.assert_allclose(step.value, total, rtol=1e-12, atol=1e-12 * largest)
        assert step.rounding <= 1e-13 * largest * len(span)


def test_the_sheets_last_running_totals_agree_to_the_last_digits(sheet_a, sheet_b):
    for network, parameters in (sheet_a, sheet_b):
        epoch, program = run_epoch(network, parameters, PRINTED, 0.1), Program(network)
        for name in program.gradients[1:]:
            assert evaluate(epoch, Address(Phase.BACKWARD, name)).rounding < 5e-16


@given(networks(4), rules, st.data())
@settings(max_examples=60)
def test_a_zero_that_says_why_is_zero(case, rule, data):
    network, parameters = case
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network)
    step = evaluate(epoch, program[data.draw(st.integers(program.backward.first, program.backward.last))])
    if step.zero is not None:
        assert not step.value.any()
        assert step.zero.startswith("0, because")


def test_zeros_of_w_say_that_nothing_came_before(sheet_a: Start):
    epoch, program = run_epoch(*sheet_a, PRINTED, 0.01), Program(sheet_a[0])
    steps = [evaluate(epoch, address) for address in program if address.quantity == "W" and address.is_chained]
    assert [step.zero is not None for step in steps] == [step.address.indices[2] == 1 for step in steps]
    assert sum(step.zero is not None for step in steps) == 10


def test_paths_that_are_not_differentiated_make_zeros():
    network, parameters = of_kind((False, True))
    epoch = run_epoch(network, parameters, Rule(paths=frozenset({"query"})), 0.1)
    for t, m, k in [(3, 2, 1), (3, 2, 2), (4, 1, 1)]:
        step = evaluate(epoch, Address(Phase.BACKWARD, "U", (t, m, k)))
        assert step.zero is not None
        assert "path" in step.zero
        assert not step.value.any()
    assert evaluate(epoch, Address(Phase.BACKWARD, "U", (3, 3, 2))).zero is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_has_the_kind_of_its_address_and_is_read_only(kind):
    network, parameters = of_kind(kind)
    epoch, program = run_epoch(network, parameters, TYPESET, 0.1), Program(network)
    for address in program:
        step = evaluate(epoch, address)
        assert (step.running is not None) == (step.kind in ("term", "sum"))
        assert (step.kind == "forward") == (address.phase is Phase.FORWARD)
        assert (step.kind == "update") == (address.phase is Phase.UPDATE)
        assert (step.kind == "error") == (address.quantity == "Omega" and address.phase is Phase.BACKWARD)
        assert len(step.products) == len(step.formula.links)
        read = [] if address.is_sum else list(dict.fromkeys(step.formula.reads))
        assert [operand.symbol for operand in step.operands] == read
        for array in (step.value, *step.products):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_timestep_can_be_stepped_through(kind):
    network, parameters = of_kind(kind, T=1)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for address in Program(network):
        assert np.isfinite(evaluate(epoch, address).value).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", [1e200, 1e308])
def test_training_that_diverged_can_be_stepped_through_without_a_warning(kind, rate):
    network, parameters = of_kind(kind)
    training = Training(network, parameters, EXACT, rate)
    for number in (2, 3, 4):
        for address in Program(network):
            step = evaluate(training.epoch(number), address)
            assert step.rounding >= 0 or np.isnan(step.rounding)


def test_the_printed_figures_of_sheet_a_appear_step_by_step(sheet_a):
    network, parameters = sheet_a
    epoch, program = run_epoch(network, parameters, PRINTED, 0.01), Program(network)
    step = evaluate(epoch, program[62])
    assert step.value.item() == pytest.approx(0.0103, abs=1e-4)
    assert step.running is not None
    assert step.running.item() == pytest.approx(-0.0410, abs=1e-4)
    assert evaluate(epoch, Address(Phase.BACKWARD, "W")).value.item() == pytest.approx(0.0274, abs=1e-4)
    assert evaluate(epoch, Address(Phase.UPDATE, "W")).value.item() == pytest.approx(-0.5872, abs=1e-4)
    assert evaluate(epoch, Address(Phase.FORWARD, "L")).value.item() == pytest.approx(5.8071, abs=1e-4)


def test_steps_are_spoken(sheet_a):
    network, parameters = sheet_a
    epoch, program = run_epoch(network, parameters, PRINTED, 0.01), Program(network)
    form = NumberFormat()
    assert spoken(evaluate(epoch, program[62]), 62, 121, form) == (
        "Step 62 of 121. Loss 3, via h 3, W used at t = 2. Term 0.0103. Running total minus 0.0410."
    )
    assert spoken(evaluate(epoch, program[2]), 2, 121, form) == "Step 2 of 121. Hidden state h 1. Result 0.1432."
    zero = spoken(evaluate(epoch, Address(Phase.BACKWARD, "W", (1, 1, 1))), 54, 121, form)
    assert zero.endswith("0, because h₀ = 0: before the first letter there is nothing for W to multiply.")
    term = evaluate(epoch, Address(Phase.BACKWARD, "V", (2,)))
    assert "Gradient of V, loss 2." in spoken(term, 1, 121, form, (1, 0))
    assert form.spoken(float(term.value[1, 0])) in spoken(term, 1, 121, form, (1, 0))


def test_timesteps_above_nine_are_spoken_as_one_number():
    network, parameters = random_network(0, T=12)
    step = evaluate(run_epoch(network, parameters, EXACT, 0.1), Address(Phase.FORWARD, "h", (12,)))
    assert spoken(step, 1, 9, NumberFormat()).startswith("Step 1 of 9. Hidden state h 12.")


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_can_be_spoken_with_any_letters(kind):
    network, parameters = of_kind(kind)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    for position, address in enumerate(program, 1):
        words = spoken(evaluate(epoch, address), position, len(program), NumberFormat())
        assert words.startswith(f"Step {position} of {len(program)}. ")
        assert not set(words.partition("0, because")[0]) & set("₀₁₂₃₄₅₆₇₈₉")


def test_a_probability_that_underflows_still_has_a_finite_loss():
    network = Network(("a", "b"), (0,), (1,), 1, None, False)
    parameters = Parameters.checked(
        network, {"U": [[1, 1]], "W": [[1]], "b": [0], "V": [[0], [0]], "c": [1000.0, -1000.0]}
    )
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    assert evaluate(epoch, Address(Phase.FORWARD, "L", (1,))).value == 2000.0
