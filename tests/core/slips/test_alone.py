"""A slip of a line that is made at one timestep alone, all before it being right."""

import numpy as np
import pytest

from core.answers.answer import answer
from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.slips.case import Case
from core.sources.opening import open_source
from core.writing.notation import read


def asked(quantity, t, wrong):
    """The answer to a number of four decimals at a step forwards, where *wrong* works on what is right before it."""
    source = open_source("lstm")
    training = Training(source.network, source.parameters, source.rule, source.learning_rate)
    case = Case.of(training, 1, Address(Phase.FORWARD, quantity, (t,)))
    value = float(np.ravel(wrong(training.epoch(1).value))[0])
    return answer(case, read(f"{value:.4f}", case.right.value(case.address).shape))


def inside(value, t, gate):
    """What stands in the function of a gate of sheet C at timestep *t*."""
    U, W, b = (value(f"{name}_{gate}") for name in "UWb")
    return U @ value(f"x[{t}]") + W @ value(f"h[{t - 1}]") + b


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.parametrize(
    ("gate", "wrong", "words"),
    [
        ("q", sigmoid, "The sigmoid σ stands for tanh in the line of q, at this timestep alone."),
        ("o", np.tanh, "tanh stands for the sigmoid in the line of o, at this timestep alone."),
        ("q", lambda a: a, "tanh is left out in the line of q, at this timestep alone."),
    ],
)
def test_a_line_that_is_wrong_at_the_step_alone_is_known(gate, wrong, words):
    found = asked(gate, 3, lambda value: wrong(inside(value, 3, gate)))
    assert words in [match.done for match in found.matches]


def test_it_is_not_told_twice_where_it_is_the_same_at_every_timestep():
    found = asked("C", 2, lambda value: value("i[2]") * value("q[2]"))
    assert [match.done for match in found.matches] == ["f Cₜ₋₁ is left out of the line of C."]
    first = asked("q", 1, lambda value: sigmoid(inside(value, 1, "q")))
    assert [match.done for match in first.matches] == ["The sigmoid σ stands for tanh in the line of q."]


@pytest.mark.parametrize(
    ("cell", "title", "words", "right"),
    [
        (("s[t] = tanh(z := U @ x[t] + W @ s[t-1] + b)",), "tanh", "This is z₃, before tanh.", "s₃ = tanh(z₃)."),
        ("sigmoid", "the sigmoid", "This is a₃, before the sigmoid.", "h₃ = σ(a₃)."),
        ("relu", "ReLU", "This is a₃, before ReLU.", "h₃ = ReLU(a₃)."),
    ],
)
def test_what_stands_before_the_function_of_a_line_is_known_in_any_cell(cell, title, words, right):
    network = Network(tuple("abc"), (0, 1, 2), (1, 2, 0), 1, None, False, cell)
    P = Parameters.checked(network, {n: np.full(shape, -0.7) for n, shape in network.parameter_shapes.items()})
    training = Training(network, P, EXACT, 0.1)
    case = Case.of(training, 1, Address(Phase.FORWARD, network.state, (3,)))
    before = training.epoch(1).value(f"{network.state}[2]")
    said = answer(case, read(f"{(-0.7 - 0.7 * before - 0.7).item():.6f}", ()))  # U x + W h + b
    assert (f"{title} left out here", words, right) in [(each.title, each.done, each.right) for each in said.matches]
    assert not any("at this timestep alone" in each.done for each in said.matches)
    other = answer(case, read(f"{case.right.value(case.address).item() + 0.0123:.6f}", ()))
    assert not any("left out here" in each.title for each in other.matches)
