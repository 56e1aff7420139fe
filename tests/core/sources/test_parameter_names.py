"""Names of other programs: which of our parameters they are, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.epoch.forward import forward
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.network.task import Task
from core.sources.parameter_names import recognised

K, H, D = 3, 2, 4
NETWORK = Network(("a", "b", "c"), (0, 1, 2, 1), (1, 2, 1, 0), H, None, attention=False)


@pytest.fixture
def draw():
    return np.random.default_rng(4)


def scores(found):
    """What the network computes from what was recognised, T×K."""
    values = {name: array.reshape(-1) if name in "bc" else array for name, array in found.parameters.items()}
    return forward(NETWORK, Parameters.checked(NETWORK, values))["Omega"]


def by_hand(step, output):
    """Scores of a plain loop over one-hot inputs, by another program's own formulas."""
    h, rows = np.zeros(H), []
    for index in NETWORK.inputs:
        h = step(np.eye(K)[index], h)
        rows.append(output(h))
    return np.array(rows)


def test_min_char_rnn(draw):
    shapes = {"Wxh": (H, K), "Whh": (H, H), "Why": (K, H), "bh": (H, 1), "by": (K, 1), "mWxh": (H, K)}
    arrays = {name: draw.normal(size=shape) for name, shape in shapes.items()}
    Wxh, Whh, Why, bh, by, _ = arrays.values()
    found = recognised(arrays)
    assert found.mapping == "Wxh → U, Whh → W, Why → V, bh → b, by → c"
    assert (found.left, found.doubt, found.problem) == (("mWxh",), "", "")
    wanted = by_hand(lambda x, h: np.tanh(Wxh @ x + Whh @ h + bh[:, 0]), lambda h: Why @ h + by[:, 0])
    np.testing.assert_allclose(scores(found), wanted, rtol=1e-13)


def test_lectures_call_them_by_their_inputs_and_outputs(draw):
    shapes = {"Wax": (H, K), "Waa": (H, H), "Wya": (K, H), "ba": (H, 1), "by": (K, 1)}
    Wax, Waa, Wya, ba, by = (arrays := {name: draw.normal(size=shape) for name, shape in shapes.items()}).values()
    found = recognised(arrays)
    assert found.mapping == "Wax → U, Waa → W, Wya → V, ba → b, by → c"
    wanted = by_hand(lambda x, h: np.tanh(Wax @ x + Waa @ h + ba[:, 0]), lambda h: Wya @ h + by[:, 0])
    np.testing.assert_allclose(scores(found), wanted, rtol=1e-13)


@pytest.mark.parametrize("names", [("W_xh", "W_hh", "b_h", "W_hq", "b_q"), ("Wxh", "Whh", "bh", "Why", "by")])
def test_lectures_that_multiply_from_the_left_are_turned(draw, names):
    arrays, wanted = keras(draw)
    found = recognised(dict(zip(names, arrays, strict=True)))
    assert found.mapping == "{} transposed → U, {} transposed → W, {} → b, {} transposed → V, {} → c".format(*names)
    np.testing.assert_allclose(scores(found), wanted, rtol=1e-13)


def test_our_names_are_known_in_any_case_unless_two_differ_in_it_alone(draw):
    arrays = {"u": draw.normal(size=(H, K)), "w": draw.normal(size=(H, H)), "c": draw.normal(size=K)}
    assert recognised(arrays).mapping == "u → U, w → W, c"
    assert recognised({**arrays, "W": draw.normal(size=(H, H))}).mapping == "W, c"


@pytest.mark.parametrize("prefix", ["", "rnn.", "model.rnn."])
@pytest.mark.parametrize("suffix", ["_l0", ""])
def test_pytorch(draw, prefix, suffix):
    shapes = {"weight_ih": (H, K), "weight_hh": (H, H), "bias_ih": (H,), "bias_hh": (H,)}
    arrays = {f"{prefix}{name}{suffix}": draw.normal(size=shape) for name, shape in shapes.items()}
    arrays |= {"fc.weight": draw.normal(size=(K, H)), "fc.bias": draw.normal(size=K)}
    w_ih, w_hh, b_ih, b_hh, weight, bias = arrays.values()
    found = recognised(arrays)
    assert found.mapping == (
        f"{prefix}weight_ih{suffix} → U, {prefix}weight_hh{suffix} → W, "
        f"{prefix}bias_ih{suffix} + {prefix}bias_hh{suffix} → b, fc.weight → V, fc.bias → c"
    )
    assert (found.left, found.doubt, found.problem) == ((), "", "")
    wanted = by_hand(lambda x, h: np.tanh(w_ih @ x + b_ih + w_hh @ h + b_hh), lambda h: weight @ h + bias)
    np.testing.assert_allclose(scores(found), wanted, rtol=1e-13)


def keras(draw):
    shapes = ((K, H), (H, H), (H,), (H, K), (K,))
    kernel, recurrent, bias, dense, dense_bias = arrays = [draw.normal(size=shape) for shape in shapes]
    wanted = by_hand(lambda x, h: np.tanh(x @ kernel + h @ recurrent + bias), lambda h: h @ dense + dense_bias)
    return arrays, wanted


def test_keras_by_path(draw):
    arrays, wanted = keras(draw)
    cell = "simple_rnn/simple_rnn_cell"
    names = [f"{cell}/kernel:0", f"{cell}/recurrent_kernel:0", f"{cell}/bias:0", "dense/kernel:0", "dense/bias:0"]
    found = recognised(dict(zip(names, arrays, strict=True)))
    assert found.mapping == (
        f"{cell}/kernel:0 transposed → U, {cell}/recurrent_kernel:0 transposed → W, {cell}/bias:0 → b, "
        "dense/kernel:0 transposed → V, dense/bias:0 → c"
    )
    assert found.doubt == ""
    np.testing.assert_allclose(scores(found), wanted, rtol=1e-13)


def test_keras_by_order_where_shapes_tell(draw):
    arrays, wanted = keras(draw)
    found = recognised({f"arr_{number}": array for number, array in enumerate(arrays)})
    assert found.mapping == "arr_0 transposed → U, arr_1 transposed → W, arr_2 → b, arr_3 transposed → V, arr_4 → c"
    assert found.doubt == ""
    np.testing.assert_allclose(scores(found), wanted, rtol=1e-13)


def test_our_own_order_where_shapes_tell(draw):
    shapes = ((K, D), (H, D), (H, H), (H,), (K, H), (K,))
    arrays = [draw.normal(size=shape) for shape in shapes]
    found = recognised({f"arr_{number}": array for number, array in enumerate(arrays)})
    assert found.mapping == "arr_0 → E, arr_1 → U, arr_2 → W, arr_3 → b, arr_4 → V, arr_5 → c"
    assert found.doubt == ""


def test_square_matrices_without_names_are_doubted_and_not_turned(draw):
    arrays = [draw.normal(size=shape) for shape in ((3, 3), (3, 3), (3,), (3, 3), (3,))]
    found = recognised({f"arr_{number}": array for number, array in enumerate(arrays)})
    assert found.doubt == "Nothing tells rows from columns here: from Keras’ get_weights(), transpose U, W and V."
    np.testing.assert_array_equal(found.parameters["U"], arrays[0])


def test_an_embedding_and_one_linear_layer_of_several_are_found(draw):
    arrays = {"emb.weight": (K, D), "rnn.weight_ih_l0": (H, D), "rnn.weight_hh_l0": (H, H), "head.weight": (K, H),
              "other.weight": (5, 7)}  # fmt: skip
    found = recognised({name: draw.normal(size=shape) for name, shape in arrays.items()})
    assert found.mapping == "rnn.weight_ih_l0 → U, rnn.weight_hh_l0 → W, head.weight → V, emb.weight → E"
    assert found.left == ("other.weight",)


def test_two_layers_that_would_fit_are_both_left(draw):
    arrays = {"weight_ih_l0": (H, K), "weight_hh_l0": (H, H), "one.weight": (K, H), "two.weight": (K, H)}
    found = recognised({name: draw.normal(size=shape) for name, shape in arrays.items()})
    assert found.mapping == "weight_ih_l0 → U, weight_hh_l0 → W"
    assert found.left == ("one.weight", "two.weight")


def sigma(a):
    return 1 / (1 + np.exp(-a))


def gated(draw, cell, *, keras):
    """Arrays as PyTorch or Keras keeps them, by name, and the scores of a plain loop by that program's formulas."""
    count = {"lstm": 4, "gru": 3}[cell] * H
    U, W, (b, d) = (draw.normal(size=shape) for shape in ((count, K), (count, H), (2, count)))
    V, c = draw.normal(size=(K, H)), draw.normal(size=K)
    if keras and cell == "lstm":
        d = np.zeros(count)  # which has one bias

    def lstm(x, h, C):
        i, f, q, o = np.split(U @ x + b + W @ h + d, 4)
        C = sigma(f) * C + sigma(i) * np.tanh(q)
        return sigma(o) * np.tanh(C), C

    def gru(x, h, C):
        of_x, of_h = np.split(U @ x + b, 3), np.split(W @ h + d, 3)
        gates = [sigma(one + other) for one, other in zip(of_x[:2], of_h[:2], strict=True)]
        z, r = gates if keras else gates[::-1]
        return (1 - z) * np.tanh(of_x[2] + r * of_h[2]) + z * h, C

    h, C, rows = np.zeros(H), np.zeros(H), []
    for index in NETWORK.inputs:
        h, C = (lstm if cell == "lstm" else gru)(np.eye(K)[index], h, C)
        rows.append(V @ h + c)
    if keras:
        bias = b if cell == "lstm" else np.array([b, d])
        names = [f"{cell}/kernel:0", f"{cell}/recurrent_kernel:0", f"{cell}/bias:0", "dense/kernel:0", "dense/bias:0"]
        return dict(zip(names, (U.T, W.T, bias, V.T, c), strict=True)), np.array(rows)
    names = ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0", "fc.weight", "fc.bias"]
    return dict(zip(names, (U, W, b, d, V, c), strict=True)), np.array(rows)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("kind", ["pytorch", "keras", "keras without names"])
def test_the_gates_of_an_lstm_and_a_gru_are_taken_apart(draw, cell, kind):
    arrays, wanted = gated(draw, cell, keras=kind != "pytorch")
    if kind == "keras without names":
        arrays = {f"arr_{n}": array for n, array in enumerate(arrays.values())}
    for biases in ("one", "two") if len(arrays) == 6 or cell == "gru" else ("one",):
        network = replace(NETWORK, cell=cell, task=Task(biases=biases))
        found = recognised(arrays, network.parameter_shapes)
        assert (found.cell, found.problem, found.left) == (cell, "", ())
        assert set(found.parameters) == set(network.parameter_shapes)
        epoch = run_epoch(network, Parameters.checked(network, found.parameters), EXACT, 0.1)
        np.testing.assert_allclose(epoch.tape["Omega"], wanted, rtol=1e-12)


def test_the_gates_are_said_with_their_rows(draw):
    arrays, _ = gated(draw, "lstm", keras=False)
    said = recognised(arrays, ("U_i",)).mapping.split(", ")
    assert said[0] == "rnn.weight_ih_l0[1 … 2] → U_i"
    assert said[2] == "rnn.weight_ih_l0[5 … 6] → U_q"
    assert "rnn.bias_ih_l0 + rnn.bias_hh_l0[3 … 4] → b_f" in said


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({"weight_ih_l0": (4 * H, K), "weight_hh_l0": (4 * H, H)}, "weight_hh_l0 is that of an LSTM"),
        ({"weight_ih_l0": (3 * H, K), "weight_hh_l0": (3 * H, H)}, "weight_hh_l0 is that of a GRU"),
        ({"a/kernel": (K, 4 * H), "a/recurrent_kernel": (H, 4 * H)}, "a/recurrent_kernel is that of an LSTM"),
        ({"weight_ih_l0": (H, K), "weight_hh_l0": (H, H), "weight_hh_l1": (H, H)}, "weight_hh_l1 is of a second layer"),
    ],
)
def test_what_is_no_network_of_ours_is_told(draw, arrays, problem):
    assert recognised({name: draw.normal(size=shape) for name, shape in arrays.items()}).problem.startswith(problem)


def test_our_own_names_stay_and_others_are_left(draw):
    found = recognised({name: np.ones((1, 1)) for name in ("x", "W", "U")})
    assert (found.mapping, found.left) == ("U, W", ("x",))
    assert recognised({"x": np.ones(2)}).parameters == {}
