"""Lines as consoles print them and as people write them: what says one thing is read, else it is said why not."""

from __future__ import annotations

import numpy as np
import pytest

from core.answers.lines import BadLine, OwnLine, read_lines
from core.sources.opening import open_source

A, B, C = (open_source(name).network for name in ("attention", "embedding", "lstm"))
STATES = [0.1432, -0.3055, -0.454, -0.3821]
SCORES = [-0.03216, -0.04372, 0.07024, 0.03964]


def given(text, network=A):
    """The numbers of each symbol in *text*, all of whose lines are read."""
    found = read_lines(text, network)
    assert found, text
    assert not [each for each in found if isinstance(each, BadLine)], found
    return {each.symbol: each.given for each in found if isinstance(each, OwnLine)}


def problem_of(line, network=A):
    (found,) = read_lines(line, network)
    assert isinstance(found, BadLine), found
    return found.problem


def states(text):
    found = given(text)
    assert list(found) == [f"h[{t}]" for t in range(1, 5)], text
    return [float(each.values.item()) for each in found.values()]


PRINTED = [
    "h =\n\n    0.1432\n   -0.3055\n   -0.4540\n   -0.3821\n",  # MATLAB
    "h =\n\n   0.1432  -0.3055  -0.4540  -0.3821\n",
    "julia> h\n4-element Vector{Float64}:\n  0.1432\n -0.3055\n -0.4540\n -0.3821",
    "h = 4-element Vector{Float64}:\n  0.1432\n -0.3055\n -0.4540\n -0.3821",
    "> h\n[1]  0.1432 -0.3055 -0.4540 -0.3821",  # R
    "> h\n[1]  0.1432 -0.3055\n[3] -0.4540 -0.3821",
    "h <- c(0.1432, -0.3055, -0.4540, -0.3821)",
    "In [5]: h\nOut[5]: array([ 0.1432, -0.3055, -0.454 , -0.3821])",
    ">>> h\narray([ 0.1432, -0.3055, -0.454 ,\n       -0.3821])",
    "hidden\ntensor([ 0.1432, -0.3055, -0.4540, -0.3821])",
    "h = DeviceArray([ 0.1432, -0.3055, -0.454, -0.3821], dtype=float32)",
]


@pytest.mark.parametrize("text", PRINTED)
def test_what_a_console_prints_of_a_name_is_its_numbers(text):
    assert states(text) == STATES


def test_all_numbers_below_the_factor_of_matlab_are_times_that_with_the_digits_they_have():
    found = given("Omega1 =\n\n   1.0e-01 *\n\n  -0.3216  -0.4372   0.7024   0.3964\n\nh1 = 0.1432")
    np.testing.assert_allclose(found["Omega[1]"].values, SCORES, rtol=1e-12)
    assert found["Omega[1]"].decimals.tolist() == [5] * 4
    assert found["h[1]"].values.item() == 0.1432
    large = given("Omega1 =\n\n   1.0e+03 *\n\n   1.2345\n   0.0010\n  -0.2500\n   2.0000\n")["Omega[1]"]
    assert (large.values.tolist(), large.decimals.tolist()) == ([1234.5, 1.0, -250.0, 2000.0], [1] * 4)


def test_a_matrix_of_r_is_read_without_its_labels():
    assert given("> dW\n       [,1]\n[1,] 0.0274")["dL/dW"].values.tolist() == [[0.0274]]
    found = given("dU\n          [,1]    [,2]    [,3] [,4]\n[1,]  0.1818 -0.3287 -0.2169    0")
    np.testing.assert_array_equal(found["dL/dU"].values, [[0.1818, -0.3287, -0.2169, 0]])


@pytest.mark.parametrize(
    "name",
    [
        "h_{1:4}",
        "h_{1..4}",
        "h_1,...,h_4",
        r"h_1, \ldots, h_4",
        "h1..h4",
        "h_1 to h_4",
        "h(1:4)",
        "h(t=1..4)",
        "h[0:4]",
    ],
)
def test_a_range_of_all_timesteps_is_a_list(name):
    assert states(f"{name} = 0.1432, -0.3055, -0.4540, -0.3821") == STATES
    assert states(f"{name} = [0.1432, -0.3055, -0.4540, -0.3821]") == STATES


def test_a_range_of_some_timesteps_says_that_all_are_expected():
    assert problem_of("h_{1:3} = 0.1432, -0.3055, -0.4540") == "h_{1:3}: expected all timesteps, 1 to 4"
    assert list(given("L_{1:4} = 1.4397, 1.4284, 1.4901, 1.4489")) == [f"L[{t}]" for t in range(1, 5)]


@pytest.mark.parametrize(
    "line",
    [
        "Step 1) h1 = 0.1432",
        "Schritt 1: h1 = 0.1432",
        "→ h1 = 0.1432",
        "Thus, h1 = 0.1432",
        "We have h1 = 0.1432",
        "h at t = 1: 0.1432",
        "h at t=1 is 0.1432",
        r"\vec{h}_1 = 0.1432",
        "h1 = 0.1432 ✅",
        "h1 = 0.1432 (4 d.p.)",
        "h1 = 0.1432, since tanh(0.1442)",
        "h1 = 1432/10000",
    ],
)
def test_what_people_write_around_a_number_changes_nothing(line):
    found = given(line)
    assert (found["h[1]"].values.item(), found["h[1]"].decimals.item()) == (0.1432, 4)


def test_a_fraction_that_is_no_decimal_counts_as_exact():
    assert given("h1 = 1/7")["h[1]"].decimals.item() > 10


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("y_true_1", "y[1]"),
        ("target_1", "y[1]"),
        ("z_1", "Omega[1]"),
        ("δ_o(1)", "dL/dOmega[1]"),
        ("do1", "dL/dOmega[1]"),
        ("y_pred1 - y_true1", "dL/dOmega[1]"),
    ],
)
def test_a_vector_over_the_letters_has_other_names(name, symbol):
    assert list(given(f"{name} = [0, 1, 0, 0]")) == [symbol]


@pytest.mark.parametrize("name", ["1 − tanh²(a1)", "tanh'(a_1)", "f'(net1)"])
def test_the_slope_of_tanh_has_other_names(name):
    assert list(given(f"{name} = 0.9795")) == ["D[1]"]


def test_delta_of_a_hidden_unit_is_told_by_its_size():
    assert list(given("δ_1 = [0.2, -0.7, 0.3, 0.2]")) == ["dL/dOmega[1]"]
    assert list(given("δ_1 = 0.7")) == ["dL/da[1]"]


def test_a_state_may_be_called_s_where_nothing_else_is():
    assert list(given("s_1 = 0.0111", B)) == ["h[1]"]
    assert "s has two indices" in problem_of("s_1 = 0.0111")


@pytest.mark.parametrize("line", ["W*h1 = -0.0841", "W h_1 = -0.0841", "Ux1 = 0.1442", "U x_1 + W h_0 + b = 0.1442"])
def test_a_part_of_a_line_is_not_taken_for_a_parameter(line):
    assert "is a part of a line" in problem_of(line)


@pytest.mark.parametrize(
    ("line", "network", "problem"),
    [
        ("ΔW = -0.000274", A, "ΔW has no line here: the step −η ∂L/∂W stands in W_new: give that, or ∂L/∂W"),
        ("params['W'] = 0.5", A, "W is given, not computed; say W_new or ∂L/∂W"),
        ("dL/dE_h = [0.1, 0.2]", B, "dL/dE_h is a row: give all rows together, of ∂L/∂E or of E_new"),
        ("weight_hh_l0.grad = [1, 2, 3, 4]", C, "∂L/∂W is of each gate by itself here, such as ∂L/∂W_i"),
        ("W_ii.grad = [0.1, 0.2]", C, "unknown name 'W_ii.grad', expected one such as h1, yhat1 or dL/dW"),
    ],
)
def test_what_has_no_line_is_said_without_a_wrong_hint(line, network, problem):
    assert problem_of(line, network) == problem


@pytest.mark.parametrize(
    "text",
    ["Epoch 1/100 - loss: 5.8071", "Epoch 1/100\n1/1 [==============================] - 0s 3ms/step - loss: 5.8071"],
)
def test_what_keras_prints_of_an_epoch_is_its_loss(text):
    assert given(text)["L"].values.item() == 5.8071


def test_a_table_with_timesteps_in_its_head_may_have_nothing_above_the_names():
    found = given("\tt=1\tt=2\tt=3\tt=4\nh\t0.1432\t-0.3055\t-0.4540\t-0.3821\nZ\t0.1432\t-0.0965\t-0.2337\t-0.2694")
    assert [float(found[f"h[{t}]"].values.item()) for t in range(1, 5)] == STATES
    assert found["Z[4]"].values.item() == -0.2694


def test_gates_below_a_timestep_have_their_other_names():
    found = given("t=1: i=0.6900, f=0.5987, o=0.5374, g=0.7398, c=0.5104, h=0.2527", C)
    assert list(found) == ["i[1]", "f[1]", "o[1]", "q[1]", "C[1]", "h[1]"]
    assert list(given("forget gate 2 = 0.7362, dc_2 = 0.1", C)) == ["f[2]", "dL/dC[2]"]
    assert list(given("it = [0.6900, 0.6628, 0.3973]", C)) == ["i[1]", "i[2]", "i[3]"]
