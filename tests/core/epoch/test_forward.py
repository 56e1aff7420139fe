"""The forward pass, against letter-by-letter loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.epoch.attention import attention
from core.epoch.forward import forward, outputs
from core.epoch.sums import BLOCK
from core.network.network import Network, Parameters
from tests import oracles
from tests.strategies import KINDS, Start, networks, of_kind, random_network


@given(networks())
def test_every_array_equals_the_loops(case):
    network, parameters = case
    tape, slow = forward(network, parameters), oracles.forward(network, oracles.values(parameters))
    for name in ("x", "a", "Z", "Omega", "yhat", "L"):
        made = tape.read_out if name == "Z" else tape[name]
        np.testing.assert_allclose(made, getattr(slow, name)[1:], rtol=1e-12, atol=1e-13, err_msg=name)
    np.testing.assert_allclose(tape["h"], slow.h, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(tape.total, slow.total, rtol=1e-12)
    if not network.attention:
        assert "A" not in tape
        assert "alpha" not in tape
        return
    assert "A" in tape
    assert "alpha" in tape
    for t in range(1, network.T + 1):
        np.testing.assert_allclose(tape["A"][t - 1, :t], slow.A[t][1:], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(tape["alpha"][t - 1, :t], slow.alpha[t][1:], rtol=1e-12)


@pytest.mark.parametrize("T", [BLOCK, BLOCK + 1, 2 * BLOCK + 3])
@pytest.mark.parametrize("H", [1, 2])
def test_a_long_text_equals_the_loops(T, H):
    network, parameters = random_network(1, T=T, H=H)
    tape, slow = forward(network, parameters), oracles.forward(network, oracles.values(parameters))
    assert "A" in tape
    assert "alpha" in tape
    for t in (1, BLOCK - 1, BLOCK, T):
        np.testing.assert_allclose(tape["A"][t - 1, :t], slow.A[t][1:], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(tape["alpha"][t - 1, :t], slow.alpha[t][1:], rtol=1e-12)
        assert not tape["A"][t - 1, t:].any()
        assert not tape["alpha"][t - 1, t:].any()
    np.testing.assert_allclose(tape.read_out, slow.Z[1:], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(tape["h"], slow.h, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(tape.total, slow.total, rtol=1e-12)


@given(networks())
def test_attention_weights_sum_to_one_and_never_look_ahead(case):
    tape = forward(*case)
    if "A" not in tape:
        assert not case[0].attention
        return
    np.testing.assert_allclose(tape["alpha"].sum(axis=1), 1, rtol=1e-15 * tape.network.T, atol=1e-15)
    ahead = np.triu_indices(tape.network.T, 1)
    assert not tape["alpha"][ahead].any()
    assert not tape["A"][ahead].any()


@given(networks())
def test_later_letters_change_nothing_before_them(case):
    network, parameters = case
    if network.T == 1:
        return
    other = (network.inputs[-1] + 1) % network.K
    changed = Network(
        network.alphabet,
        (*network.inputs[:-1], other),
        network.targets,
        network.hidden_size,
        network.embedding_size,
        network.attention,
    )
    np.testing.assert_allclose(
        forward(network, parameters)["yhat"][:-1], forward(changed, parameters)["yhat"][:-1], rtol=1e-14
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_timestep_attends_to_itself(kind):
    tape = forward(*of_kind(kind, T=1))
    np.testing.assert_array_equal(tape.read_out[0], tape["h"][1])
    assert tape.total == tape["L"][0]
    if "alpha" in tape:
        np.testing.assert_array_equal(tape["alpha"], [[1.0]])


@pytest.mark.parametrize("kind", KINDS)
def test_the_tape_is_read_only(kind):
    tape = forward(*of_kind(kind))
    arrays = [*tape.rows.values(), *tape.parameters.values()]
    assert len(arrays) >= 11
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("kind", KINDS)
def test_logits_of_a_thousand_stay_finite(kind):
    network, parameters = of_kind(kind)
    for c in ([1000.0, -1000.0, 0.0], [-1000.0] * 3, [1000.0] * 3):
        tape = forward(network, Parameters.checked(network, dict(parameters) | {"c": c}))
        assert np.isfinite(tape["yhat"]).all()
        assert np.isfinite(tape["L"]).all()
        np.testing.assert_allclose(tape["yhat"].sum(axis=1), 1)
        assert (tape["L"] >= 0).all()


def test_an_impossible_letter_costs_the_distance_of_its_score():
    yhat, loss = outputs(np.array([1000.0, -1000.0]), np.array([0.0, 1.0]))
    assert loss == 2000.0
    np.testing.assert_array_equal(yhat, [1.0, 0.0])


def test_scores_of_a_thousand_attend_sharply_and_stay_finite():
    h = np.array([[1.0], [-1.0], [1.0]]) * np.ones(1000)  # scores of 1000 and -1000
    _, alpha = attention(h, np.tri(3))
    np.testing.assert_array_equal(alpha, [[1, 0, 0], [0, 1, 0], [0.5, 0, 0.5]])


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=6), st.floats(-1000, 1000))
def test_softmax_does_not_care_about_a_shift(scores, shift):
    wanted = np.eye(len(scores))[0]
    found, moved = (outputs(np.array(scores) + by, wanted)[0] for by in (0.0, shift))
    np.testing.assert_allclose(moved, found, rtol=1e-11, atol=1e-300)


def test_the_sheets_losses_appear(sheet_a: Start, sheet_b):
    assert forward(*sheet_a).total == pytest.approx(5.8071, abs=1.5e-4)
    assert forward(*sheet_b).total == pytest.approx(5.5528, abs=1.5e-4)
    np.testing.assert_allclose(forward(*sheet_a)["h"][1:, 0], [0.1432, -0.3055, -0.4540, -0.3821], atol=1.5e-4)
    alpha = forward(*sheet_a)["alpha"]
    np.testing.assert_allclose(alpha[3], [0.2143, 0.2544, 0.2693, 0.2620], atol=1.5e-4)
