"""Term by term along any lines, against plain loops: each use of a parameter moved by itself, by the complex step."""

import re
from dataclasses import replace

import numpy as np
import pytest

from core.epoch.chains import entry_of_terms
from core.epoch.epoch import run_epoch
from core.epoch.timesteps import jacobian, jacobian_through
from core.network import words
from core.network.held import Held
from core.network.network import Network, Parameters
from core.network.number import Number
from core.network.own_cell import typed
from core.network.rule import EXACT, PRINTED, TYPESET
from core.network.task import Task
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.studies.bridge import bridge
from core.studies.by_loss import by_loss
from core.studies.contributions import bars
from core.studies.term_sizes import TermSizes
from core.why.numbers import Origins
from tests.cells import dropped, followed_back, sigma, step

__all__ = ["dropped"]
pytestmark = pytest.mark.usefixtures("dropped")
T, K, H, TINY = 4, 3, 2, 1e-30
TWICE = typed("""
    r[t] = sigmoid(U @ x[t] + W @ h[t-1])
    h[t] = r[t] * tanh(a := U @ x[t] + W @ h[t-1]) + (1 - r[t]) * h[t-1]""").lines  # W and U in two places
LOSSES = (1, 3, 4)  # timestep 2 has no target
LOSS_AND_USE = [(t, k) for t in LOSSES for k in range(1, t + 1)]
CELLS = ["lstm", "gru", "relu", "sigmoid", "mgu", TWICE]


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def through(cell, P, x, states):
    if cell != TWICE:
        return step(cell, P, x, states)
    a = P["U"] @ x + P["W"] @ states[0]
    return [sigma(a) * np.tanh(a) + (1 - sigma(a)) * states[0]]


def made(cell, seed, *, embedding=False, mean=False):
    """A random network that begins elsewhere than at 0, and has no target at its second timestep."""
    random = np.random.default_rng(seed)
    states = ("h", "C") if cell == "lstm" else ("h",)
    initial = tuple((name, tuple(random.normal(size=H).tolist())) for name in states)
    task = Task(reduction="mean" if mean else "sum", initial=initial)
    inputs = tuple(random.integers(K, size=T).tolist())
    network = Network(tuple("abc"), inputs, (1, -1, 2, 0), H, 2 if embedding else None, False, cell, task)
    shapes = network.parameter_shapes
    return network, Parameters.checked(network, {name: random.normal(size=shape) for name, shape in shapes.items()})


def started(network):
    return [np.array(row) for _, row in network.task.initial]


def loss_of_uses(network, uses, t):
    """What loss *t* counts for in the total, where timestep k uses the parameters *uses*[k - 1]."""
    states = started(network)
    for k in range(t):
        P = uses[k]
        x = P["E"][network.inputs[k]] if "E" in P else np.eye(K)[network.inputs[k]]
        states = through(network.cell, P, x, states)
    wanted = network.targets[t - 1]
    if wanted < 0:
        return 0.0
    scores = uses[t - 1]["V"] @ states[0] + uses[t - 1]["c"]
    return (np.log(np.exp(scores).sum()) - scores[wanted]) / (3 if network.task.reduction == "mean" else 1)


def term(network, parameters, name, t, k, entry):
    uses = [{each: np.array(array, complex) for each, array in parameters.items()} for _ in range(T)]
    uses[k - 1][name][entry] += 1j * TINY
    return np.imag(loss_of_uses(network, uses, t)) / TINY


@pytest.mark.parametrize("cell", CELLS, ids=str)
@pytest.mark.parametrize(("embedding", "mean"), [(False, False), (True, True)])
def test_a_term_is_how_a_loss_moves_with_the_parameter_of_one_timestep(cell, embedding, mean):
    network, parameters = made(cell, len(cell), embedding=embedding, mean=mean)
    random = np.random.default_rng(1)
    assert not network.by_arrays
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    for name in network.chained:
        entry = tuple(int(random.integers(size)) for size in network.parameter_shapes[name])
        if name == "E":
            entry = (network.inputs[1], entry[1])
        found = np.array([[term(network, parameters, name, t, k, entry) if k <= t else 0 for k in range(1, T + 1)]
                          for t in range(1, T + 1)])  # fmt: skip
        pair = entry[0], (*entry, 0)[1]
        same(entry_of_terms(epoch, name, pair, T)[0], found)
        same(by_loss(epoch, name, pair)[0], found.sum(axis=1))
        between = bridge(epoch, name, pair)
        assert list(between.losses) == list(LOSSES)
        same(between.cells, found.T[:, [0, 2, 3]])
        same(found.sum(), epoch.gradients[name][entry])
        so_far = 0.0
        for t, k in LOSS_AND_USE:
            shown = evaluate(epoch, Address(Phase.BACKWARD, name, (t, t, k)))
            so_far += found[t - 1, k - 1]
            same(shown.value[entry], found[t - 1, k - 1])
            assert shown.running is not None
            same(shown.running[entry], so_far)
            assert shown.zero is None or not shown.value.any(), shown.zero
        listed = bars(epoch, program, Address(Phase.BACKWARD, name), pair)
        assert listed.indices == tuple((t, t, k) for t, k in LOSS_AND_USE)
        same(listed.values, [found[t - 1, k - 1] for t, k in LOSS_AND_USE])
        assert evaluate(epoch, Address(Phase.BACKWARD, name)).rounding < 1e-12


def test_of_a_parameter_used_twice_every_use_is_named_and_has_its_share():
    network, parameters = made(TWICE, 9)
    apart = tuple(re.sub(r"\b([UW])\b", rf"\g<1>{n}", line) for n, line in enumerate(TWICE))
    shares = {f"{name}{n}": value for name, value in parameters.items() for n in (0, 1) if name in ("U", "W")}
    other = replace(network, cell=apart)
    alone = Parameters.checked(other, {**shares, "V": parameters["V"], "c": parameters["c"]})
    once, epoch = run_epoch(other, alone, EXACT, 0.1), run_epoch(network, parameters, EXACT, 0.1)
    for name, beside in (("W", "h[t-1]"), ("U", "x[t]")):
        uses = (f"first use: {name} @ {beside} in r[t]", f"second use: {name} @ {beside} in h[t]")
        assert words.uses(name, network.lines) == uses
        assert words.uses(f"{name}0", other.lines) == ()
        for k in range(1, T + 1):
            shown = evaluate(epoch, Address(Phase.BACKWARD, name, (k,)), "timesteps")
            assert "used twice" in shown.formula.title
            assert tuple(link.note for link in shown.formula.links) == uses
            same(shown.products[0], once.value(f"dL/d{name}0[{k}]"))
            same(shown.value - shown.products[0], once.value(f"dL/d{name}1[{k}]"))
        shown = evaluate(epoch, Address(Phase.BACKWARD, name, (4, 4, 2)))
        assert "used twice" in shown.formula.title
        named = [place for place, link in enumerate(shown.formula.links) if link.note.startswith(uses)]
        assert [shown.formula.links[place].sign for place in named] == ["×", "→"]
        same(shown.products[named[1] - 1], once.value(f"dL/d{name}0[4,4,2]"))


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_link_is_how_all_that_is_carried_on_moves_with_what_was_before(cell):
    network, parameters = made(cell, 7)
    epoch, P = run_epoch(network, parameters, EXACT, 0.1), dict(parameters.items())
    states = started(network)
    for j in range(1, T + 1):
        x, columns = np.eye(K)[network.inputs[j - 1]], []
        for place in range(H * len(states)):
            moved = np.concatenate(states).astype(complex)
            moved[place] += 1j * TINY
            columns.append(np.imag(np.concatenate(through(cell, P, x, np.split(moved, len(states))))) / TINY)
        same(jacobian(epoch, j), np.array(columns).T)
        same(sum(jacobian_through(epoch, j).values()), jacobian(epoch, j))
        if cell == "gru":  # as the opened row of a ladder says it
            r = epoch.value(f"r[{j}]")
            same(jacobian_through(epoch, j)["r"], jacobian(epoch, j, "r") @ np.diag(r * (1 - r)) @ P["W_r"])
        states = through(cell, P, x, states)


@pytest.mark.parametrize("rule", [PRINTED, TYPESET])
def test_the_terms_of_a_rule_add_up_to_what_it_gives_the_other_way(rule):
    for cell in ("lstm", TWICE):
        network, parameters = made(cell, 3, embedding=True)
        epoch = run_epoch(network, parameters, rule, 0.1)
        for name in network.chained:
            total = evaluate(epoch, Address(Phase.BACKWARD, name))
            same(total.running, total.value)
            terms = [evaluate(epoch, Address(Phase.BACKWARD, name, (t, t, k))).value for t, k in LOSS_AND_USE]
            same(sum(terms), total.value)
            for entry in [(0, 0), (1, 1)]:
                same(by_loss(epoch, name, entry)[0], entry_of_terms(epoch, name, entry, T)[0].sum(axis=1))


def test_the_sizes_are_those_of_the_terms():
    network, parameters = made("lstm", 5)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    sizes = TermSizes(epoch, "W_f")
    assert sizes.run()
    assert np.isnan(sizes.sizes[1]).all()
    for t in LOSSES:
        norms = [np.linalg.norm(epoch.value(f"dL/dW_f[{t},{t},{k}]")) for k in range(1, t + 1)]
        same(sizes.sizes[t - 1, :t], norms)


@pytest.mark.parametrize("cell", ["lstm", TWICE], ids=str)
def test_a_term_is_followed_back_to_what_it_was_made_of(cell):
    network, parameters = made(cell, 2, embedding=True)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    origins = Origins(lambda _number: epoch, "terms")
    link = origins.trail(Number("ds/d[3]", (1, 0), 1))
    same(sum(part.value for part in link.parts), epoch.value("ds/d[3]")[1, 0])
    assert len(link.parts) > 1
    for name, entry in [(network.chained[0], (1, 0)), ("E", (network.inputs[1], 1))]:
        for number in (Number(f"dL/d{name}", entry, 1), Number(f"dL/d{name}[4,4,2]", entry, 1)):
            trail = origins.trail(number)
            combined = (np.sum if trail.how == "sum" else np.prod)([part.value for part in trail.parts])
            same(combined, epoch.value(number.symbol)[entry])
            followed_back(trail, same)


@pytest.mark.parametrize("held", [("h", 2, (0,)), ("C", 3, (1,)), ("f", 2, (0,)), ("Omega", 3, (1,))], ids=str)
def test_nothing_flows_back_through_what_is_held(held):
    network, parameters = made("lstm", 1)
    epoch = run_epoch(replace(network, held=(Held(held[0], held[1], held[2], 0.3),)), parameters, EXACT, 0.1)
    for name in ("W_f", "b_q"):
        total = evaluate(epoch, Address(Phase.BACKWARD, name))  # as the whole way back has it, timestep by timestep
        same(total.running, total.value)
