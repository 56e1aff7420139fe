"""The forward pass by hand: the same as the fast one, with values of one's own, and with every value rounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from core.epoch.forward import forward
from core.epoch.walked import LONG
from core.network.network import Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.slips.by_hand import forward_by_hand
from core.slips.table import SLIPS
from tests import oracles
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


@given(networks())
def test_done_rightly_it_is_the_forward_pass(case):
    network, parameters = case
    hand, fast = forward_by_hand(network, parameters), forward(network, parameters)
    for name in stages_of(network):
        np.testing.assert_allclose(made(hand, name), made(fast, name), rtol=1e-14, atol=1e-15)
    assert hand.total == pytest.approx(fast.total, rel=1e-14, abs=1e-15)
    assert hand.network is network
    assert hand.parameters is parameters
    assert network.attention or ("A" not in hand and "alpha" not in hand)


@pytest.mark.parametrize("kind", KINDS)
def test_its_arrays_are_read_only(kind):
    network, parameters = of_kind(kind)
    tape = forward_by_hand(network, parameters)
    for name in stages_of(network):
        with pytest.raises(ValueError, match="read-only"):
            made(tape, name)[...] = 0


def slow_with(network, parameters, own):
    """A slow pass that takes *own* values, (name, t) or (name, t, i), wherever it has one."""
    P = oracles.values(parameters)
    done = oracles.Pass(h=[np.zeros(network.H)])
    for t in range(1, network.T + 1):
        letter = network.inputs[t - 1]
        x = np.eye(network.K)[letter] if network.embedding_size is None else P["E"][letter]
        done.x.append(own.get(("x", t), x))
        a = oracles.times(P["U"], done.x[t]) + oracles.times(P["W"], done.h[t - 1]) + P["b"]
        done.a.append(own.get(("a", t), a))
        done.h.append(own.get(("h", t), np.tanh(done.a[t])))
        Z = done.h[t]
        if network.attention:
            A = [own.get(("A", t, i), oracles.dot(done.h[i], done.h[t])) for i in range(1, t + 1)]
            alpha = [own.get(("alpha", t, i), value) for i, value in enumerate(oracles.softmax(A), 1)]
            done.A.append([None, *A])
            done.alpha.append([None, *alpha])
            Z = own.get(("Z", t), sum(alpha[i - 1] * done.h[i] for i in range(1, t + 1)))
        done.Z.append(Z)
        done.Omega.append(own.get(("Omega", t), oracles.times(P["V"], Z) + P["c"]))
        done.yhat.append(own.get(("yhat", t), np.array(oracles.softmax(list(done.Omega[t])))))
        done.L.append(own.get(("L", t), -np.log(done.yhat[t][network.targets[t - 1]])))
        done.total += done.L[t]
    return done


OWN = [
    {("x", 2): 2},
    {("a", 2): 2},
    {("h", 1): 2},
    {("h", 1): 2, ("h", 3): 2},
    {("A", 3, 1): 0},
    {("alpha", 3, 2): 0},
    {("alpha", 3, 2): 0, ("alpha", 3, 3): 0, ("Z", 4): 2},
    {("Z", 2): 2},
    {("Omega", 3): 3},
    {("yhat", 3): 3},
    {("L", 2): 0},
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", OWN, ids=lambda sizes: " ".join(map(str, sizes)))
def test_what_comes_after_a_value_of_ones_own_reads_it(kind, sizes):
    network, parameters = of_kind(kind)
    sizes = {key: (network.input_size if key[0] == "x" else size) for key, size in sizes.items()}
    if not network.attention:
        sizes = {key: size for key, size in sizes.items() if key[0] not in ("A", "alpha", "Z")}
    random = np.random.default_rng(7)
    own = {key: random.uniform(0.1, 0.9, size or ()) for key, size in sizes.items()}
    symbols = {f"{name}[{','.join(map(str, indices))}]": value for (name, *indices), value in own.items()}
    tape, slow = forward_by_hand(network, parameters, given=symbols), slow_with(network, parameters, own)
    for name in stages_of(network):
        for ours, theirs in zip(rows(tape, name), slow_rows(slow, name), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-15)
    assert tape.total == pytest.approx(slow.total, rel=1e-14)
    assert (tape.total == forward(network, parameters).total) == (not own)


def test_a_total_of_ones_own_stands_beside_the_losses():
    network, parameters = of_kind((False, True))
    tape = forward_by_hand(network, parameters, given={"L": np.array(3.5)})
    assert tape.total == 3.5
    np.testing.assert_allclose(tape["L"], forward(network, parameters)["L"], rtol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("places", [2, 3, 4])
def test_every_stage_is_rounded_and_the_next_reads_it_rounded(kind, places):
    network, parameters = of_kind(kind, seed=5)
    tape = forward_by_hand(network, parameters, rounded=Rounder(places))
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
    tape = forward_by_hand(network, parameters, "Z[t] = 2 * h[t]")
    np.testing.assert_array_equal(tape.read_out, 2 * tape["h"][1:])
    np.testing.assert_allclose(tape["Omega"], 2 * tape["h"][1:] @ parameters["V"].T + parameters["c"], rtol=1e-15)
    np.testing.assert_allclose(tape["h"], forward(network, parameters)["h"], rtol=1e-15)


def test_a_line_that_divides_by_zero_gives_infinities_without_a_warning():
    network, parameters = of_kind((False, False))
    tape = forward_by_hand(network, parameters, "L[t] = 1 / (h[t] @ h[t] - h[t] @ h[t])")
    assert np.isinf(tape["L"]).all()


LINES = [
    "a[t] = U @ x[t] + W @ h[t-1] + b\nh[t] = a[t]",
    "h[t] = sigmoid(a := U @ x[t] + W @ h[t-1] + b)",
    "Z[t] = A[t] @ h[1:t+1]",
    "Omega[t] = V @ h[t-1] + c",
    "Omega[t] = V @ Z[t-1] + c",
    "yhat[t] = exp(Omega[t])",
    "L[t] = log(y[t] @ yhat[t])",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("line", LINES)
def test_what_stands_on_a_tape_before_the_first_wrong_line_is_taken_from_there(kind, line):
    network, parameters = of_kind(kind)
    if "Z" in line and not network.attention:
        return
    right = forward_by_hand(network, parameters)
    anew, on_it = (forward_by_hand(network, parameters, line, right=tape) for tape in (None, right))
    for name in stages_of(network):
        np.testing.assert_allclose(made(on_it, name), made(anew, name), rtol=1e-15)
    if "h[t] =" not in line and "-1" not in line:
        np.testing.assert_array_equal(on_it["h"], right["h"])
        marked = right.with_rows(h=right["h"] + 1)  # which only a tape that is read can tell
        np.testing.assert_array_equal(
            forward_by_hand(network, parameters, line, right=marked)["h"][1:], marked["h"][1:]
        )


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
    for name in ("no tanh", "b counted twice", "not divided by the sum", "softmax twice", "log base 10", "h for Z"):
        slip, right = next(slip for slip in SLIPS if slip.name == name), case_of(exercise, address)
        slow = list(numbers(name, exercise, address))
        for variant in slip.make(right):
            value = variant.change(right.right).value(address)
            assert any(np.isclose(value, each, rtol=1e-9) for each in slow), name
