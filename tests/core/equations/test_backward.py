"""The way back by edges, against the complex step: every operation, every cell that can be written in lines."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.equations.description import Description
from core.equations.running import Run

SIZES = {"H": 3, "K": 4, "X": 2}
T = 4
OUTPUT = ["Omega[t] = V @ h[t] + c", "yhat[t], L[t] = softmax_cross_entropy(Omega[t], y[t])"]
GIVEN = {"x": ("X",), "y": ("K",), "h": ("H",), "C": ("H",)}
AXES = {"U": ("H", "X"), "W": ("H", "H"), "b": ("H",), "V": ("K", "H"), "c": ("K",), "g": ("X", "H"), "n": ()}
CELLS = {
    "Elman": ["h[t] = tanh(a := U @ x[t] + W @ h[t-1] + b)"],
    "two biases": ["a[t] = U @ x[t] + b_1", "h[t] = tanh(a[t] + W @ h[t-1] + b_2)"],
    "transposed": ["h[t] = sigmoid(x[t] @ g + W.T @ h[t-1] - b)"],
    "ReLU": ["h[t] = relu(U @ x[t] + W @ h[t-1] + b)"],
    "GRU": [
        "r[t] = sigmoid(U_r @ x[t] + W_r @ h[t-1] + b_r)",
        "z[t] = sigmoid(U_z @ x[t] + W_z @ h[t-1] + b_z)",
        "m[t] = tanh(U_m @ x[t] + b_m + r[t] * (W_m @ h[t-1] + b_h))",
        "h[t] = (1 - z[t]) * m[t] + z[t] * h[t-1]",
    ],
    "LSTM": [
        "i[t] = sigmoid(U_i @ x[t] + W_i @ h[t-1] + b_i)",
        "f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + b_f)",
        "o[t] = sigmoid(U_o @ x[t] + W_o @ h[t-1] + b_o)",
        "q[t] = tanh(U_q @ x[t] + W_q @ h[t-1] + b_q)",
        "C[t] = f[t] * C[t-1] + i[t] * q[t]",
        "h[t] = o[t] * tanh(C[t])",
    ],
    "scaled, divided, negated": [
        "s[t] = b @ h[t-1]",
        "h[t] = s[t] * tanh(-(U @ x[t])) / (3 + n * sigmoid(b)) + n",
    ],
    "attention": [
        "q[t] = tanh(U @ x[t] + W @ h[t-1] + b)",
        "A[t] = q[1:t+1] @ q[t]",
        "alpha[t] = softmax(A[t])",
        "h[t] = alpha[t] @ q[1:t+1]",
    ],
}


def parameters(lines):
    """The shapes of what *lines* name without a timestep."""
    names = set(re.findall(r"\b[UWbVcgn](?:_\w+)?\b(?!\[)", " ".join(lines)))
    return {name: AXES[name[0]] for name in sorted(names)}


def described_with(lines):
    return Description.of(lines, GIVEN | parameters(lines))


def run(lines, values, *, dtype=float, T=T):
    described = described_with(lines)
    random = np.random.default_rng(5)
    inputs = {"x": random.normal(size=(T, SIZES["X"])), "y": np.eye(SIZES["K"])[random.integers(0, SIZES["K"], T)]}
    start = random.normal(size=SIZES["H"])

    def read(name, t):
        if name in values:
            return values[name]
        return inputs[name][t - 1] if name in inputs else start.astype(dtype)

    done = Run(described, T, read)
    done.forward()
    return done


def drawn(lines, seed):
    random = np.random.default_rng(seed)
    return {name: random.normal(0, 0.7, [SIZES[a] for a in axes]) for name, axes in parameters(lines).items()}


def true_gradient(lines, values, name):
    """By the complex step, entry by entry."""
    found = np.zeros(values[name].shape)
    for entry in np.ndindex(found.shape):
        moved = values | {name: values[name].astype(complex)}
        moved[name][entry] += 1e-30j
        done = run(lines, moved, dtype=complex)
        found[entry] = sum(done.read("L", t) for t in range(1, T + 1)).imag / 1e-30
    return found


@pytest.mark.parametrize("cell", CELLS)
@settings(deadline=None, max_examples=3)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_terms_of_a_parameter_add_up_to_its_derivative(cell, seed):
    lines = CELLS[cell] + OUTPUT
    values = drawn(lines, seed)
    terms = run(lines, values).backward()
    assert set(terms) == set(values)
    for name, found in terms.items():
        true = true_gradient(lines, values, name)
        assert np.allclose(sum(found), true, rtol=1e-10, atol=1e-13), name


def test_many_runs_at_once_are_each_as_alone():
    lines = CELLS["attention"] + OUTPUT
    several = [drawn(lines, seed) for seed in range(3)]
    together = run(lines, {name: np.stack([each[name] for each in several]) for name in several[0]})
    terms = together.backward()
    for place, each in enumerate(several):
        alone = run(lines, each)
        for name, found in alone.backward().items():
            assert np.allclose(sum(found), sum(terms[name])[place], rtol=1e-13, atol=1e-14)
        assert np.allclose(alone.read("L", T), together.read("L", T)[place], rtol=1e-13)


def test_what_is_noted_is_what_comes_after_reads():
    lines = CELLS["Elman"] + OUTPUT
    values = drawn(lines, 0)
    plain, described = run(lines, values), described_with(lines)
    rounded = Run(described, T, plain.read, lambda _name, _t, computed: np.round(computed, 2))
    rounded.forward()
    h = np.round(np.tanh(rounded.read("a", 1)), 2)
    assert np.array_equal(rounded.read("h", 1), h)
    assert np.array_equal(rounded.read("Omega", 1), np.round(values["V"] @ h + values["c"], 2))
