"""The forward pass by hand: the same as the fast one, with a line done wrongly, and with every value rounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from core.epoch.epoch import run_epoch
from core.epoch.forward import forward
from core.epoch.walked import LONG, on_lines
from core.network.described import described
from core.network.network import Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.slips.by_hand import OUTPUT, lines_of
from core.slips.reading import Reading
from core.slips.rounded import on_paper
from core.slips.table import SLIPS
from tests.slip_cases import case_of
from tests.slip_oracles import numbers
from tests.slow_epoch import Exercise, Rounder
from tests.strategies import KINDS, networks, of_kind, random_network

STAGES = ("x", "a", "h", "A", "alpha", "Z", "Omega", "yhat", "L")


def made(tape, name):
    return tape.read_out if name == "Z" else tape[name]


def rows(tape, name):
    """The values of *tape*, timestep by timestep; of A and alpha those up to t."""
    array = made(tape, name)
    if name in ("A", "alpha"):
        return [array[t - 1, :t] for t in range(1, tape.network.T + 1)]
    return list(array[1:] if name == "h" else array)


def slow_rows(work, name):
    """The same of a slow pass, whose lists start at 1."""
    return [np.array(row[1:] if name in ("A", "alpha") else row) for row in getattr(work, name)[1:]]


def stages_of(network):
    return STAGES if network.attention else tuple(name for name in STAGES if name not in ("A", "alpha"))


def by_hand(network, parameters, paper=None):
    return on_lines(network, parameters, paper or lines_of(network))


@given(networks())
def test_done_rightly_it_is_the_forward_pass(case):
    network, parameters = case
    hand, fast = by_hand(network, parameters), forward(network, parameters)
    for name in stages_of(network):
        np.testing.assert_allclose(made(hand, name), made(fast, name), rtol=1e-14, atol=1e-15)
    assert hand.total == pytest.approx(fast.total, rel=1e-14, abs=1e-15)
    assert hand.network is network
    assert hand.parameters is parameters
    assert network.attention or ("A" not in hand and "alpha" not in hand)


@pytest.mark.parametrize("kind", KINDS)
def test_its_arrays_are_read_only(kind):
    network, parameters = of_kind(kind)
    tape = by_hand(network, parameters)
    for name in stages_of(network):
        with pytest.raises(ValueError, match="read-only"):
            made(tape, name)[...] = 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("places", [2, 3, 4])
def test_every_stage_is_rounded_and_the_next_reads_it_rounded(kind, places):
    network, parameters = of_kind(kind, seed=5)
    tape = on_paper(network, parameters, EXACT, 0, places).tape
    exercise = Exercise(network, parameters, rule=EXACT, eta=0)
    slow = exercise.work(Rounder(places)).forward()
    for name in stages_of(network):
        for ours, theirs in zip(rows(tape, name), slow_rows(slow, name), strict=True):
            np.testing.assert_array_equal(ours, theirs)
            np.testing.assert_array_equal(ours, np.round(ours, places))
    assert tape.total == sum(tape["L"])
    assert tape.total != forward(network, parameters).total


def test_a_line_done_wrongly_is_read_by_the_next():
    network, parameters = of_kind((True, True))
    tape = by_hand(network, parameters, described(network, OUTPUT, "Z[t] = 2 * h[t]"))
    np.testing.assert_array_equal(tape.read_out, 2 * tape["h"][1:])
    np.testing.assert_allclose(tape["Omega"], 2 * tape["h"][1:] @ parameters["V"].T + parameters["c"], rtol=1e-15)
    np.testing.assert_allclose(tape["h"], forward(network, parameters)["h"], rtol=1e-15)


def test_a_line_that_divides_by_zero_gives_infinities_without_a_warning():
    network, parameters = of_kind((False, False))
    paper = described(network, OUTPUT, "L[t] = 1 / (h[t] @ h[t] - h[t] @ h[t])")
    reading = Reading.right(run_epoch(network, parameters, EXACT, 0.1)).rewritten(paper)
    assert np.isinf(reading.tape["L"]).all()


def said(name):
    """What should be done instead of the slip *name*."""
    return next(slip.right for slip in SLIPS if slip.name == name)


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_table_says_of_the_way_back_is_so(kind):
    network, parameters = of_kind(kind, H=3)
    W, h = parameters["W"], forward(network, parameters)["h"]
    assert "Wᵀ diag(1 − h²), once for every timestep on the way, takes the error from hₘ back to hₖ" in said(
        "no Jacobian product"
    )
    assert "Going back by one timestep multiplies by Wᵀ too" in said("W left out of the chain")
    k, m = 1, 4
    back = np.eye(3)
    for j in range(k + 1, m + 1):
        back = back @ W.T @ np.diag(1 - h[j] ** 2)
    for entry in range(3):  # of h_k, moved; then h_m
        state = h[k] + 1e-30j * np.eye(3)[entry]
        for j in range(k + 1, m + 1):
            before = np.arctanh(h[j]) - W @ h[j - 1]
            state = np.tanh(before + W @ state)
        assert np.allclose(back[entry], np.imag(state) / 1e-30)


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_long_text_slips_of_lines_are_what_loops_make_of_them(kind):
    embedded, attention = kind
    network, parameters = random_network(3, T=LONG + 3, K=3, H=2, D=2 if embedded else None, attention=attention)
    gentle = Parameters({name: 0.3 * array for name, array in parameters.items()})  # without tanh, states grow
    exercise, address = Exercise(network, gentle, EXACT, 0.1), Address(Phase.FORWARD, "L")
    names = ["no tanh", "b counted twice", "not divided by the sum", "softmax twice", "log base 10", "h for Z"]
    names += ["scaled scores", "no causal mask", "softmax over the wrong axis", "softmax over the timesteps"]
    for name in names:
        slip, right = next(slip for slip in SLIPS if slip.name == name), case_of(exercise, address)
        slow = list(numbers(name, exercise, address))
        for variant in slip.make(right):
            value = variant.change(right.right).value(address)
            assert any(np.isclose(value, each, rtol=1e-9) for each in slow), name
