"""Cells that nobody thought of: random lines, beside Python's own reading of them and the complex step."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network.network import Network, NetworkError, Parameters
from core.network.rule import EXACT
from core.program.program import Phase, Program
from core.steps.evaluate import evaluate

CELLS = 12
WITHOUT_MEMORY = [("h[t] = P1 @ x[t]",), ("g[t] = tanh(P1 @ x[t] + P2)", "h[t] = (1 - g[t]) * g[t]")]
FUNCTIONS = {"np": np, "tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}


def random_lines(rng):
    """Up to three gates and three states that read one another; some of them nobody reads, or none reads the input."""
    states = ["h", "C", "m"][: rng.randint(1, 3)]
    before, parameters = [f"{state}[t-1]" for state in states], iter(range(1, 99))
    made: list[str] = []

    def p():
        return f"P{next(parameters)}"

    lines = []
    for gate in "gkr"[: rng.randint(0, 3)]:
        addends = [f"{p()} @ {rng.choice(['x[t]', *before, *made])}" for _ in range(rng.randint(1, 2))]
        sum_up = rng.choice([" + ", " - "]).join([*addends, p()])
        lines.append(f"{gate}[t] = {rng.choice(['tanh', 'sigmoid'])}({sum_up})")
        made.append(f"{gate}[t]")
    for state in (*states[1:], "h"):
        kept, other = (rng.choice(before + made) for _ in range(2))
        ways = (f"{kept} * {other}", f"(1 - {kept}) * {other}", f"{p()} @ {kept}", f"tanh({p()} @ x[t] + {other})")
        lines.append(f"{state}[t] = {rng.choice(ways)} + {rng.choice(ways)}")
        made.append(f"{state}[t]")
    return tuple(lines)


def network_of(seed, lines=None):
    """A network of *lines*, or of random ones that can be a cell."""
    rng = random.Random(seed)
    while True:
        letters = [rng.randrange(3) for _ in range(rng.randint(3, 5))]
        cell, H = lines or random_lines(rng), rng.randint(1, 2)
        try:
            return Network(tuple("abc"), tuple(letters[:-1]), tuple(letters[1:]), H, None, False, cell)
        except NetworkError:
            continue


def in_python(line):
    """The name that *line* makes, and its right side as an expression of Python."""
    name, body = line.split(" = ")
    body = re.sub(r"x\[t\]", "x", re.sub(r"(\w+)\[t-1\]", r"before['\1']", body))
    return name.removesuffix("[t]"), re.sub(r"\b(P\d+)\b", r"P['\1']", re.sub(r"(\w+)\[t\]", r"now['\1']", body))


def total_loss(network, P):
    before = dict.fromkeys("hCm", np.zeros(network.H, complex))
    total = 0
    for letter, wanted in zip(network.inputs, network.targets, strict=True):
        now: dict[str, np.ndarray] = {}
        for name, body in map(in_python, network.cell):
            now[name] = eval(body, {**FUNCTIONS, "x": np.eye(3)[letter], "P": P, "now": now, "before": before})
        scores = P["V"] @ now["h"] + P["c"]
        total += np.log(np.exp(scores).sum()) - scores[wanted]
        before = now
    return total


@pytest.mark.parametrize(("seed", "lines"), [*((seed, None) for seed in range(CELLS)), *enumerate(WITHOUT_MEMORY)])
def test_both_ways_back_through_any_lines_are_the_complex_step(seed, lines):
    network = network_of(seed, lines)
    draw = np.random.default_rng(seed)
    values = {name: draw.normal(0, 0.6, shape) for name, shape in network.parameter_shapes.items()}
    epoch = run_epoch(network, Parameters.checked(network, values), EXACT, 0.1)
    assert epoch.tape.total == pytest.approx(total_loss(network, values).real, rel=1e-12), network.cell
    added = {(way, name): np.zeros_like(value) for way in ("terms", "timesteps") for name, value in values.items()}
    for way in ("terms", "timesteps"):
        program = Program(network, way=way)
        assert program.way == way
        for address in program:
            step = evaluate(epoch, address, way)
            if address.phase is Phase.BACKWARD and address.is_term_of(network):
                added[way, address.quantity] += step.value
    for name, value in values.items():
        for entry in np.ndindex(*value.shape):
            moved = {each: array.astype(complex) for each, array in values.items()}
            moved[name][entry] += 1e-30j
            slope = total_loss(network, moved).imag / 1e-30
            for found in (epoch.gradients[name], added["terms", name], added["timesteps", name]):
                assert found[entry] == pytest.approx(slope, rel=1e-9, abs=1e-12), (network.cell, name)
