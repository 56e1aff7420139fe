"""What is said of a term where the total is a mean, and why a term of a gated cell is zero: both computed."""

import re

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network.initial import initial
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.network.symbols import words
from core.network.task import Task
from core.program.program import Phase, Program
from core.steps.evaluate import evaluate

READ, WANTED = ((1.0, 2.0), (0.5, 3.0), (-1.0, 0.25)), ((0.2, 0.4), None, (0.75, 0.25))
SMALL = 1e-6


def network_of(cell="tanh", reduction="mean", start=()):
    """A network that reads numbers, with a timestep that has no target."""
    return Network((), (), (), 2, None, False, cell, Task("linear", "squared", reduction, "one", start, READ, WANTED))


def losses(network, values):
    return run_epoch(network, Parameters.checked(network, values), EXACT, 0.1).tape["L"]


def slope(network, parameters, name, t):
    """How fast the loss of timestep *t* changes with every entry of a parameter, by moving it."""
    found = np.zeros(parameters[name].shape)
    for place in np.ndindex(found.shape):
        sides = []
        for sign in (1, -1):
            moved = {each: np.array(parameters[each]) for each in network.parameter_shapes}
            moved[name][place] += sign * SMALL
            sides.append(losses(network, moved)[t - 1])
        found[place] = (sides[0] - sides[1]) / (2 * SMALL)
    return found


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("cell", ["tanh", "gru"])
def test_a_term_is_how_fast_the_share_that_is_said_of_a_loss_changes(cell, reduction):
    network = network_of(cell, reduction)
    parameters = initial(network, "uniform", 4)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    summed: dict[tuple[str, int], np.ndarray] = {}
    shares: dict[tuple[str, int], set[float]] = {}
    for address in Program(network):
        if address.phase is not Phase.BACKWARD or address.is_sum or not address.is_term_of(network):
            continue
        step = evaluate(epoch, address)
        said = re.search(r"How fast (?:1/(\d) of )?the loss of timestep (\d)", step.formula.sentence)
        key = address.quantity, address.indices[0]
        summed[key] = summed.get(key, 0) + step.value
        if said is not None:
            assert int(said[2]) == address.indices[0]
            shares.setdefault(key, set()).add(1 / int(said[1] or 1))
    assert {share for each in shares.values() for share in each} == {1.0 if reduction == "sum" else 0.5}
    for (name, t), (share,) in shares.items():
        np.testing.assert_allclose(summed[name, t], share * slope(network, parameters, name, t), atol=1e-7)


@pytest.mark.parametrize(
    ("elsewhere", "reasons"),
    [
        ((), {"W_i": "h₀", "W_f": "h₀", "W_o": "h₀", "W_q": "h₀", "U_f": "C₀", "b_f": "C₀"}),
        (("h",), {"W_f": "C₀", "U_f": "C₀", "b_f": "C₀"}),
        (("C",), {"W_i": "h₀", "W_f": "h₀", "W_o": "h₀", "W_q": "h₀"}),
        (("h", "C"), {}),
    ],
)
def test_a_term_of_an_lstm_is_0_because_of_the_state_that_makes_it_0_alone(elsewhere, reasons):
    network = network_of("lstm", start=tuple((state, (0.5, -0.5)) for state in elsewhere))
    epoch = run_epoch(network, initial(network, "uniform", 4), EXACT, 0.1)
    said = {}
    for address in Program(network):
        step = evaluate(epoch, address)
        if step.zero is not None and "there is nothing for" in step.zero:
            assert not np.any(step.value)
            said[address.quantity] = step.zero.partition("because ")[2].partition(" = 0")[0]
    assert said == reasons


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_an_error_is_called_how_fast_the_share_of_its_loss_changes(reduction):
    network = network_of("tanh", reduction)
    parameters = initial(network, "uniform", 4)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    said = re.fullmatch(r"how fast (?:1/(\d) of )?L₃ changes with Ω₃", words("dL/dOmega[3]", network, EXACT))
    assert said is not None
    by_scores = slope(network, parameters, "c", 3)  # which are added to
    np.testing.assert_allclose(epoch.value("dL/dOmega[3]"), by_scores / int(said[1] or 1), atol=1e-7)


@pytest.mark.parametrize(("start", "said"), [((), "it is 0"), ((("h", (0.5, -0.5)),), "it is given")])
def test_a_state_at_the_start_is_made_of_nothing(start, said):
    for cell in ("tanh", "gru", "lstm"):
        network = network_of(cell, start=start)
        assert words("h[0]", network, EXACT) == f"what h is before the first input; {said}"
        assert "before the first" not in words("h[1]", network, EXACT)


def test_of_a_parameter_that_is_used_more_than_once_every_use_is_named():
    lines = "a[t] = tanh(W @ h[t-1] + U @ x[t])", "m[t] = sigmoid(W @ a[t] + b)", "h[t] = tanh(W @ m[t] + b)"
    network = network_of(lines)
    assert words("W", network, EXACT) == "the weights from the h before to a, from a to m and from m to h"
    assert words("b", network, EXACT) == "the bias of m and h"
    assert words("dL/dW", network, EXACT) == "the gradient of the loss by W"
    assert words("dL/dW[3,3,1]", network, EXACT) == "a term of the gradient of the loss by W"


@pytest.mark.parametrize(("attention", "read"), [(True, "context"), (False, "hidden state")])
def test_v_is_said_to_weigh_what_it_reads(attention, read):
    network = Network(("a", "b"), (0, 1), (1, 0), 2, None, attention)
    assert words("V", network, EXACT) == f"the weights from the {read} to the scores"
