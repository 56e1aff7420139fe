"""Own lines of any cell: what follows from a wrong number follows, by plain arithmetic on that number."""

from dataclasses import replace

import numpy as np
import pytest

from core.answers.answer import answer
from core.answers.lines import OwnLine, read_lines
from core.answers.spellings import SpellingError, named
from core.answers.worksheet import explanation, judge
from core.epoch.epoch import run_epoch
from core.epoch.own_numbers import ByLines
from core.epoch.training import Training
from core.network.initial import initial
from core.network.network import Parameters
from core.network.rule import EXACT
from core.program.program import Program
from core.slips.case import Case
from core.writing.notation import read
from tests.cells import step
from tests.strategies import plain_network

CELLS = ("relu", "sigmoid", "gru", "lstm")


def made(cell):
    network = replace(plain_network(4), cell=cell, attention=False)
    return network, initial(network, "uniform", 5)


@pytest.mark.parametrize("cell", CELLS)
def test_without_a_number_of_ones_own_it_is_the_epoch(cell):
    network, parameters = made(cell)
    epoch, carried = run_epoch(network, parameters, EXACT, 0.1), ByLines(network, parameters, EXACT, 0.1)
    names = [f"{name}[{t}]" for name in network.made for t in range(1, network.T + 1) if name not in ("x", "xo", "y")]
    names += [f"dL/d{name}[3]" for name in network.asked] + ["L"]
    names += [symbol for name in parameters for symbol in (f"dL/d{name}", f"{name}_new")]
    for symbol in names:
        assert np.allclose(carried.value(symbol), epoch.value(symbol), rtol=1e-12, atol=1e-15), symbol


@pytest.mark.parametrize("cell", CELLS)
def test_what_follows_from_a_wrong_state_is_told_from_what_is_wrong_by_itself(cell):
    network, parameters = made(cell)
    states = [np.zeros(network.H), np.zeros(network.H)][: 1 + (cell == "lstm")]
    seen = []
    for t, letter in enumerate(network.inputs, 1):
        states = step(cell, parameters, np.eye(network.K)[letter], states)
        if t == 2:
            states[0] = states[0] + 0.25
        seen.append(states[0])
    scores = parameters["V"] @ seen[2] + parameters["c"]
    yhat = np.exp(scores) / np.exp(scores).sum()
    rows = {"h2": seen[1], "h3": seen[2], "yhat3": yhat, "L3": [-np.log(yhat[network.targets[2]])], "h4": seen[3] + 0.5}
    text = "\n".join(f"{name} = {' '.join(f'{number:.6f}' for number in row)}" for name, row in rows.items())
    lines = [line for line in read_lines(text, network) if isinstance(line, OwnLine)]
    found = judge(Training(network, parameters, EXACT, 0.1), lines)
    assert [each.verdict for each in found] == ["wrong", "follows", "follows", "follows", "wrong"]
    assert {symbol for each in found[1:4] for symbol in each.follows_from} == {"h[2]"}


@pytest.mark.parametrize("cell", CELLS)
def test_a_number_at_any_step_has_an_answer_that_claims_no_slip(cell):
    network, parameters = made(cell)
    training = Training(network, parameters, EXACT, 0.1)
    for address in Program(network):
        case = Case.of(training, 1, address)
        assert answer(case, read("0.123456", ())).kind in ("unknown", "agrees")
        right = float(np.ravel(case.right.value(address))[0])
        assert answer(case, read(f"{right:.9f}", ())).kind == "agrees"


SPELLINGS = {
    "f_1": "f[1]", "f1": "f[1]", "f[1]": "f[1]", "f₁": "f[1]", "f^{(1)}": "f[1]", "g_2": "g[2]", "dL/dg_2": "dL/dg[2]",
    "h1[2]": "h1[2]", "h1_2": "h1[2]", "dU_f": "dL/dU_f", "∂L/∂U_f": "dL/dU_f", "U_f.grad": "dL/dU_f",
    "U_f'": "U_f_new", "U_f_new": "U_f_new", "dL/df_3": "dL/df[3]", "dW1": "dL/dW1",
}  # fmt: skip
OWN = ("f[t] = sigmoid(U_f @ x[t] + h1[t-1])", "g[t] = tanh(f[t] * h1[t-1])", "h1[t] = tanh(W1 @ g[t])")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_names_of_ones_own_lines_are_understood_however_they_are_written(spelling):
    network = replace(plain_network(4), cell=OWN, attention=False)
    assert named(spelling, network).ids == (SPELLINGS[spelling],)


def test_what_lines_of_ones_own_do_not_compute_is_no_answer():
    network = replace(plain_network(4), cell=OWN, attention=False)
    for spelling, said in (("W1", "given, not computed"), ("k_1", "unknown name"), ("f_9", "timestep from 1 to 4")):
        with pytest.raises(SpellingError, match=said):
            named(spelling, network)


@pytest.mark.parametrize("huge", [-1e308, 1e308])
@pytest.mark.parametrize("name", ["b_f", "U_i", "b_o", "b_q"])
def test_wrong_lines_beside_a_number_that_overflows_are_explained_without_a_warning(name, huge):
    network, parameters = made("lstm")
    huge_too = Parameters.checked(network, dict(parameters) | {name: np.full_like(parameters[name], huge)})
    training = Training(network, huge_too, EXACT, 0.1)
    text = "L[2] = 0.5\nL = 0.4321\nb_f_new = [0.3, 0.4]\ndL/dc = [1, 2, 3]"
    judged = judge(training, [line for line in read_lines(text, network) if isinstance(line, OwnLine)])
    assert len(judged) >= 2
    for each in judged:
        explanation(training, each)
