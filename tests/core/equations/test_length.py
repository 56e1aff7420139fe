"""All timesteps at once: the numbers of the interpreter for any lines, the same bits however an epoch is reached."""

import numpy as np
import pytest

from core.epoch import engines, small, walked
from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.equations import length, loop
from core.network import cells
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED, TYPESET, Rule
from core.network.task import Task
from tests.cells import dropped as dropped

OTHERS = {
    "scalar": """
        s[t] = sigmoid(w @ h[t-1] + k @ x[t])
        h[t] = s[t] * tanh(U @ x[t] + W @ h[t-1] + b) + (1 - s[t]) * h[t-1]""",
    "ahead": """
        u[t] = tanh(U @ x[t] + b)
        h[t] = tanh(W @ h[t-1] + R @ u[t-1] + u[t])""",
    "peephole": """
        f[t] = sigmoid(U @ x[t] + P @ C[t-1] + b)
        g[t] = sigmoid(Q @ x[t] + R @ C[t-1] + k)
        C[t] = f[t] * C[t-1] - g[t] / 2
        h[t] = C[t] * tanh(C[t]) + exp(-(h[t-1] * h[t-1]))""",
}
CELLS = ("lstm", "gru", "mgu", "renamed", "relu", "sigmoid", "identity", *OTHERS)


@pytest.fixture
def lines(dropped):
    for name, text in OTHERS.items():
        (dropped / "lines" / f"{name}.txt").write_text(text, encoding="utf-8")
    return dropped


def made(cell, T=9, H=3, embedding=False, attention=False, task=None, seed=0):
    draw = np.random.default_rng(seed)
    letters, wanted = draw.integers(0, 4, (2, T)).tolist()
    D = 2 if embedding else None
    if task is None:
        network = Network(tuple("abcd"), tuple(letters), tuple(wanted), H, D, attention, cell)
    else:
        read = tuple(tuple(row) for row in draw.normal(size=(T, 2)).tolist())
        rows = [tuple(row) for row in draw.uniform(size=(T, H if task["output"] == "none" else 2)).tolist()]
        targets = tuple(row if t % 3 != 1 else None for t, row in enumerate(rows))
        start = tuple(draw.normal(size=H).tolist())
        network = Network((), (), (), H, None, attention, cell, Task(read=read, wanted=targets, **task))
        begun = Task(read=read, wanted=targets, initial=((network.state, start),), **task)
        network = Network((), (), (), H, None, attention, cell, begun)
    shapes = network.parameter_shapes.items()
    return network, Parameters.checked(network, {name: draw.normal(0, 0.6, shape) for name, shape in shapes})


def both(network, parameters, rule, monkeypatch):
    """The tape, the gradients and the way back, all timesteps at once and by the interpreter."""
    found = []
    for at_once in (True, False):
        with monkeypatch.context() as patch:
            if not at_once:
                patch.setattr(walked, "fits", lambda _: False)
            tape = engines.forward_at_length(network, parameters)
            run, gradients = walked.back_by_lines(tape, rule)
            found.append((tape, gradients, run))
    return found


def compare(network, parameters, rule, monkeypatch):
    (tape, gradients, run), (expected, slow, walk) = both(network, parameters, rule, monkeypatch)
    assert tape.rows.keys() == expected.rows.keys()
    for name, rows in expected.rows.items():
        np.testing.assert_allclose(tape[name], rows, rtol=1e-11, atol=1e-13, err_msg=name)
    for name, gradient in slow.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-10, atol=1e-12, err_msg=name)
    for name in network.asked:
        for t in range(1, network.T + 1):
            asked, right = run.read(f"dL/d{name}", t), walk.read(f"dL/d{name}", t)
            assert asked.shape == right.shape
            np.testing.assert_allclose(asked, right, rtol=1e-10, atol=1e-12, err_msg=name)
    for name in network.chained:
        np.testing.assert_allclose(run.asked(name, 2), walk.asked(name, 2), rtol=1e-10, atol=1e-12)


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize("cell", CELLS)
def test_every_number_is_that_of_the_interpreter(cell, monkeypatch):
    for embedding, attention, rule in (
        (False, False, EXACT), (True, True, EXACT), (False, True, PRINTED), (True, False, TYPESET),
        (True, True, Rule(weight="score", paths=frozenset({"value", "query"}))),
    ):  # fmt: skip
        network, parameters = made(cell, embedding=embedding, attention=attention)
        assert length.fits(network.lines)
        compare(network, parameters, rule, monkeypatch)


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize("cell", ["lstm", "gru", "scalar", "tanh"])
@pytest.mark.parametrize(
    "task",
    [{"output": "linear", "loss": "squared", "reduction": "mean"}, {"output": "sigmoid", "loss": "logistic"},
     {"output": "none", "loss": "half-squared", "biases": "two"}],
    ids=["linear", "sigmoid", "none"],
)  # fmt: skip
def test_networks_of_numbers_too(cell, task, monkeypatch):
    for attention in (False, True):
        network, parameters = made(cell, attention=attention, task=task)
        compare(network, parameters, EXACT, monkeypatch)


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(("cell", "attention"), [("lstm", False), ("gru", True), ("mgu", True), ("scalar", False)])
def test_stepping_replaying_and_running_agree_to_the_last_bit(cell, attention):
    network, after = made(cell, T=40, H=8, attention=attention)
    assert not small.is_small(network)
    running, fresh = (Training(network, after, EXACT, 0.05) for _ in range(2))
    running.run(9)
    for number in range(1, 10):
        epoch = run_epoch(network, after, EXACT, 0.05, number)
        assert running.losses[number - 1] == epoch.tape.total
        if number in (1, 5, 9):
            for training in (running, fresh):
                other = training.epoch(number)
                for name, rows in epoch.tape.rows.items():
                    assert rows.tobytes() == other.tape[name].tobytes()
                for name, gradient in epoch.gradients.items():
                    assert gradient.tobytes() == other.gradients[name].tobytes()
        after = epoch.updated


def test_no_word_of_a_file_is_in_what_is_compiled(lines, monkeypatch):
    texts = []

    def noted(text, *rest):
        texts.append(text)
        return compile(text, *rest)

    monkeypatch.setattr(loop, "compile", noted, raising=False)
    (lines / "lines" / "odd.txt").write_text(
        "importos[t] = sigmoid(exit @ x[t] + open @ h[t-1])\nh[t] = importos[t] * h[t-1]", encoding="utf-8"
    )
    network, parameters = made("odd", T=5)
    engines.forward_at_length(network, parameters)
    assert len(texts) == 2
    assert not any(word in text for text in texts for word in ("import", "exit", "open", "os"))
    assert "odd" in cells.cells()
