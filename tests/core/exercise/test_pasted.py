"""The numbers of an exercise: what they are taken for, what is asked, and that the network computes what is printed."""

import random
import time

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.exercise.pasted import build, read
from core.exercise.stated import stated
from core.network.network import NetworkError

LSTM = """
    Wa=[0.45,0.25], Ua=0.15, ba=0.2; Wi=[0.95,0.8], Ui=0.8, bi=0.65
    Wf=[0.7,0.45], Uf=0.1, bf=0.15
    Wo=[0.6,0.4], Uo=0.25, bo=0.1
    The inputs are x0=[1,2] and x1=[0.5,3], the targets 0.5 and 1.25: y0 = 0.5, y1 = 1.25
"""


def states(found):
    source = build(found)
    epoch = run_epoch(source.network, source.parameters, source.rule, source.learning_rate)
    return epoch.tape[source.network.state][1:]


def mapped(found):
    return {each.name: each.ours for each in found.mapping}


def sigma(a):
    return 1 / (1 + np.exp(-a))


def test_a_public_example_is_mapped_by_its_sizes_and_gives_what_is_printed_of_it():
    found = read(LSTM)
    assert (found.cell, found.hidden_size, found.input_size) == ("lstm", 1, 2)
    assert [*found.questions, *found.unused, *found.missing, *found.contradictions] == []
    assert [each.text for each in found.mapping][2:5] == [
        "Wa → U_q (2 numbers)",
        "Ua → W_q (1 number)",
        "Wi → U_i (2 numbers)",
    ]
    assert found.targets == ((0.5,), (1.25,))
    assert np.round(states(found).ravel(), 5).tolist() == [0.53631, 0.77198]
    assert found.parameters["U_f"].tolist() == [[0.7, 0.45]]
    assert found.parameters["W_f"].tolist() == [[0.1]]


GATES = [
    (("Wf", "Wi", "Wo", "Wg"), "lstm", "fioq"), (("W_f", "W_i", "W_o", "W_{c~}"), "lstm", "fioq"),
    ((r"W^{(f)}", r"W^{(i)}", r"W^{(o)}", r"W^{(\tilde{c})}"), "lstm", "fioq"),
    (("Wf", "Wi", "Wo", "Wc̃"), "lstm", "fioq"),
    (("wf", "wi", "wo", "wa"), "lstm", "fioq"), (("W_forget", "W_input", "W_output", "W_candidate"), "lstm", "fioq"),
    (("W[f]", "W[i]", "W[o]", "W[n]"), "lstm", "fioq"), (("Wf", "Wi", "Wo", "Wz"), "lstm", "fioq"),
    (("Wz", "Wr", "Wh"), "gru", "zrn"), (("Wu", "Wr", "Wc"), "gru", "zrn"), (("W_z", "W_r", "W"), "gru", "zrn"),
    (("W_update", "W_reset", "W_cand"), "gru", "zrn"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "cell", "ours"), GATES)
def test_gates_go_by_the_names_that_courses_use(names, cell, ours):
    lines = [f"{name} = [0.1, 0.2, 0.{n}]" for n, name in enumerate(names, 1)]
    found = read("\n".join([*lines, "x1 = [1, 2]", "y1 = 0.3"]))
    assert [each.ours for each in found.mapping[1:-1]] == [f"U_{gate} and W_{gate}" for gate in ours]
    assert (found.hidden_size, found.input_size, found.biases) == (1, 2, "none")
    assert found.cell == cell
    assert not found.missing


def test_one_matrix_over_states_and_inputs_is_split_in_the_order_that_is_said():
    text = """Wf=[.1,.2,.3] Wi=[.4,.5,.6] Wc=[.7,.8,.9] Wo=[.1,.3,.5] bf=.1 bi=.2 bc=.3 bo=.4
        x1=[1,2] x2=[3,4] y2=0 h0=.5 C0=.25"""
    gates = ([0.1, 0.2, 0.3], 0.1), ([0.4, 0.5, 0.6], 0.2), ([0.1, 0.3, 0.5], 0.4)
    for order, first in (("[h, x]", True), ("[x, h]", False)):
        found = read(text, {"order": order})
        assert [(each.key, each.assumed) for each in found.questions] == [("order", order)]
        assert f"split, {order}" in found.mapping[2].text
        h, C, rows = 0.5, 0.25, []
        for x in ([1, 2], [3, 4]):
            joined = np.array([h, *x] if first else [*x, h])
            f, i, o = (sigma(np.array(w) @ joined + b) for w, b in gates)
            C = f * C + i * np.tanh(np.array([0.7, 0.8, 0.9]) @ joined + 0.3)
            h = o * np.tanh(C)
            rows.append(h)
        assert states(found).ravel() == pytest.approx(rows, rel=1e-12)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("W_at", ["inputs", "states"])
def test_what_numbers_do_not_tell_of_a_gru_is_asked_and_computed_as_answered(inside, swapped, W_at):
    text = "Wz=.1 Wr=.2 Wh=.3 Uz=.4 Ur=.5 Uh=.6 bz=.7 br=.8 bh=.9 x=[1, -2, 3] y=.5 h0=.25"
    asked = {each.key: each.options for each in read(text).questions}
    answers = {"W": W_at, "reset": asked["reset"][inside], "update": asked["update"][swapped]}
    x_at, h_at = ("W", "U") if W_at == "inputs" else ("U", "W")
    P = dict(zip(("Wz", "Wr", "Wn", "Uz", "Ur", "Un", "bz", "br", "bn"), np.arange(1, 10) / 10, strict=True))
    h, rows = 0.25, []
    for x in (1, -2, 3):
        z, r = (sigma(P[f"{x_at}{g}"] * x + P[f"{h_at}{g}"] * h + P[f"b{g}"]) for g in "zr")
        n = np.tanh(P[f"{x_at}n"] * x + P["bn"] + P[f"{h_at}n"] * r * h)  # of single numbers r commutes
        h = (1 - z) * h + z * n if swapped else (1 - z) * n + z * h
        rows.append(h)
    found = read(text, answers)
    assert states(found).ravel() == pytest.approx(rows, rel=1e-12)
    lines = found.cell if isinstance(found.cell, tuple) else ()
    assert any("W_n @ (r[t] * h[t-1])" in line for line in lines) == inside


def test_a_network_without_gates_by_the_names_of_programs_and_lectures():
    text = """Wxh = [[.1, .2], [.3, .4]], Whh = [[0, 1], [1, 0]]; Why = [1, 2], bh = [0, .5], by = .1
        x1 = [1, 0] x2 = [0, 1] y2 = 1 h0 = 0 lr = 0.3, ReLU"""
    found = read(text)
    assert (found.cell, found.learning_rate, found.scores, found.targets) == ("relu", 0.3, True, (None, (1.0,)))
    assert mapped(found) == {
        "x1": "x₁", "x2": "x₂", "Wxh": "U", "Whh": "W", "bh": "b", "Why": "V", "by": "c", "y2": "y₂", "h0": "h₀",
        "lr": "η",
    }  # fmt: skip
    assert states(found).tolist() == [[0.1, 0.8], [1.0, 1.0]]


def test_both_ways_to_call_matrices_are_told_by_sizes_and_else_asked():
    one, two = ("U = [0.1, 0.2], W = 0.5", "W = [0.1, 0.2], U = 0.5")
    for text in (one, two):
        found = read(f"{text}, x1 = [1, 2], y = 0.3, tanh")
        assert not found.questions
        assert (found.parameters["U"].shape, found.parameters["W"].shape) == ((1, 2), (1, 1))
    for answer, W in (("states", 0.7), ("inputs", 0.4)):
        found = read("U = 0.4, W = 0.7, input = [1, 2], target = 0.3, tanh", {"W": answer})
        assert (found.inputs, found.targets) == (((1.0,), (2.0,)), (None, (0.3,)))
        assert [each.key for each in found.questions] == ["W"]
        assert found.parameters["W"].tolist() == [[W]]


def test_a_transposed_matrix_is_turned_and_said():
    found = read("Wx = [[1, 2], [3, 4], [5, 6]], Wh = [[1, 0], [0, 1]], b = [0, 0], x1 = [1, 0, 0], y1 = [1, 2], tanh")
    assert found.parameters["U"].tolist() == [[1, 3, 5], [2, 4, 6]]
    assert "Wx → U (6 numbers, transposed)" in [each.text for each in found.mapping]


def test_weights_by_the_names_of_programs_are_taken_apart():
    found = read("""weight_ih_l0 = [[.1], [.2], [.3]], weight_hh_l0 = [[.4], [.5], [.6]]
        bias_ih_l0 = [.7, .8, .9] bias_hh_l0 = [1, 1.1, 1.2], x1 = 2, y1 = 0, h0 = .5""")
    assert (found.cell, found.hidden_size, found.questions, found.unused) == ("gru", 1, (), ())
    assert "weight_ih_l0[3] → U_n (1 number)" in [each.text for each in found.mapping]
    r, z = sigma(0.1 * 2 + 0.7 + 0.4 * 0.5 + 1), sigma(0.2 * 2 + 0.8 + 0.5 * 0.5 + 1.1)
    n = np.tanh(0.3 * 2 + 0.9 + r * (0.6 * 0.5 + 1.2))
    assert states(found).ravel() == pytest.approx([(1 - z) * n + z * 0.5], rel=1e-12)
    for text in ("weight_ih_l0 = 1, weight_hh_l0 = 2", "kernel = [[1, 2, 3]]", "weight_hh_l0 = [[1, 2]]"):
        assert read(text).missing


def test_a_single_timestep_is_given_as_of_t():
    found = read("""Forget gate: W_f = [0.1, 0.2], U_f = 0.3; input gate: W_i = [0, 1], U_i = 0;
        W_c = [1, 0], U_c = 1, W_o = [0, 0], U_o = 2. x_t = (1, 2)^T, h_{t-1} = 0.5, c_{t−1} = \\mathbf{0}.
        ŷ_t = 0.3, y_t = 0.4, \\hat{y}_1 = 0.1""")
    assert (found.cell, found.inputs, found.targets) == ("lstm", ((1.0, 2.0),), ((0.4,),))
    assert found.initial == {"h": (0.5,), "C": (0.0,)}
    assert len(found.unused) == 2
    C = sigma(2.0) * np.tanh(1.5)
    assert states(found).ravel() == pytest.approx([sigma(1.0) * np.tanh(C)], rel=1e-12)


def test_lines_of_ones_own_are_filled_by_their_names():
    lines = ("f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1])", "h[t] = (1 - f[t]) * h[t-1] + f[t] * tanh(U_g @ x[t])")
    found = read("Uf = [.1, .2], W_{f} = .3, U_g = [.4, .5], x1 = [1, 2], y1 = 0, h0 = .5", own=lines)
    f = sigma(0.1 + 0.4 + 0.15)
    assert found.cell == lines
    assert states(found).ravel() == pytest.approx([(1 - f) * 0.5 + f * np.tanh(1.4)], rel=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            ["inputs, such as x1 = [1, 2]", "matrices and biases, such as U = [0.1, 0.2]", "targets, such as y = 0.5"],
        ),
        (LSTM.replace("Uo=0.25,", ""), ["Wo has 2 numbers, but U_o and W_o side by side are 1×3"]),
        (LSTM.replace("bo=0.1", ""), ["b_o, 1"]),
        (LSTM.replace("bf=0.15", "bf=[0.15, 1]"), ["bf has 2 numbers, but b_f is 1"]),
        (LSTM.replace("x1=[0.5,3]", "x1=[0.5,3,4]"), ["the inputs differ in length: x0 has 2, x1 has 3"]),
        (LSTM + "y2 = 7", ["y2: there are 2 timesteps"]),
        (LSTM + "h_{-1} = [1, 2]", ["h_{-1} has 2, but a state has 1"]),
        (LSTM + "Wf = 3", ["Wf is given twice, with other numbers"]),
    ],
)
def test_what_is_missing_or_contradicts_is_said_and_nothing_is_built(text, said):
    found = read(text)
    assert [*found.missing, *found.contradictions] == said
    with pytest.raises(NetworkError):
        build(found)


def test_what_is_not_used_is_said():
    found = read(LSTM + "h1 = 0.77, f_1 = 0.85, gamma = 3, q = two, Wk = 1")
    assert found.unused == (
        "q: no number stands behind it", "h1: computed, not given", "f_1: computed, not given",
        "gamma: computed, not given", "Wk: of no gate or layer that is known here",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "U = [[1, 2], [3, 4]]", "U: 1 2\n3 4", r"$U = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$",
        "1. U = [1 2; 3 4]  # weights",
        "self.U = np.array([[1., 2.],\n     [3., 4.]], dtype=np.float32)",
        '{"U": [[1, 2], [3, 4]]}', "the weights are U = ((1, 2), (3, 4)) and",
        "U=\n1 2\n3 4\n", "x = (1\nU = [[1, 2], [3, 4]]",
    ],
)  # fmt: skip
def test_numbers_are_read_in_any_notation(text):
    found = {each.name.rpartition(".")[2]: each.values for each in stated(text) if each.values is not None}
    assert np.array_equal(found["U"], [[1, 2], [3, 4]])


def test_any_text_is_answered_soon_and_without_effect(tmp_path):
    draw, before = random.Random(2), time.process_time()
    trap = tmp_path / "trap"
    pieces = [
        "Wf",
        "=",
        "[",
        "]",
        "0.7",
        ",",
        "\n",
        "U",
        "x1",
        "{",
        "}",
        "\\frac{1}{2}",
        "**",
        "np.array(",
        ")",
        "h_{t-1}",
        ":",
        "é",
        "\0",
        f"open('{trap}', 'w')",
    ]
    for _ in range(100):
        read("".join(draw.choices(pieces, k=draw.randrange(60))))
    for huge in ("W" * 10**6, "=" * 10**5, "[" * 10**5, "a = 1\n" * 40_000, "x=" * 10**5, "U = " + "9" * 10**6):
        read(huge)
    assert time.process_time() - before < 4
    assert not trap.exists()
