"""Every output, loss, reduction, targets, biases, start and inputs, against plain loops and the complex step."""

from __future__ import annotations

import cmath
from itertools import product

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.epoch.walked import back_by_lines, on_lines
from core.network import symbols
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED
from core.network.task import FUNCTION, Task
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.studies.checking import checks

T, K, TINY = 4, 2, 1e-30
FITTING = [(output, loss) for output, losses in FUNCTION.items() for loss in losses]
AROUND = list(product(("sum", "mean"), ("one", "none", "two"), (False, True), (False, True), (False, True)))


def network_of(output, loss, reduction, biases, given, some, numbers, seed=0, **other):
    """A random network: *given* a start, only *some* targets, *numbers* as inputs."""
    random = np.random.default_rng(seed)
    has = [not some or t in (1, 3) for t in range(T)]
    by_letter = output == "softmax"
    read = tuple(map(tuple, random.normal(size=(T, 3)).tolist())) if numbers else ()
    wanted = () if by_letter else tuple(tuple(random.random(K).tolist()) if each else None for each in has)
    targets = tuple(int(random.integers(K)) if each else -1 for each in has) if by_letter else ()
    inputs = () if numbers else tuple(random.integers(K, size=T).tolist())
    initial = (("h", tuple(random.normal(size=2).tolist())),) if given else ()
    task = Task(output, loss, reduction, biases, initial, read, wanted)
    alphabet = ("a", "b") if inputs or targets else ()
    return Network(
        alphabet, inputs, targets, **{"hidden_size": 2, "embedding_size": None, "attention": False, **other}, task=task
    )


def parameters_of(network, seed=1):
    random = np.random.default_rng(seed)
    return Parameters.checked(network, {name: random.normal(size=s) for name, s in network.parameter_shapes.items()})


def total_by_loops(network, P):
    """The loss of an epoch, number by number, on real or complex numbers."""
    task, h = network.task, list(dict(network.task.initial).get("h", (0.0, 0.0)))
    total, count = 0, 0
    for t in range(T):
        x = task.read[t] if task.read else [float(i == network.inputs[t]) for i in range(K)]
        a = []
        for i in range(2):
            bias = sum(P[name][i] for name in ("b", "b_ih", "b_hh") if name in P)
            a.append(
                sum(P["U"][i][j] * x[j] for j in range(len(x))) + sum(P["W"][i][j] * h[j] for j in range(2)) + bias
            )
        h = [cmath.tanh(number) for number in a]
        if task.output == "none":
            scores = h
        else:
            c = P.get("c", [0] * K)
            scores = [sum(P["V"][i][j] * h[j] for j in range(2)) + c[i] for i in range(K)]
        if not network.has_target(t + 1):
            continue
        count += 1
        if task.output == "softmax":
            total += cmath.log(sum(map(cmath.exp, scores))) - scores[network.targets[t]]
            continue
        said = [1 / (1 + cmath.exp(-score)) for score in scores] if task.output == "sigmoid" else scores
        for yhat, y in zip(said, task.wanted[t], strict=True):
            if task.loss == "logistic":
                total -= y * cmath.log(yhat) + (1 - y) * cmath.log(1 - yhat)
            else:
                total += (yhat - y) ** 2 * (0.5 if task.loss == "half-squared" else 1)
    return total / count if task.reduction == "mean" else total


def by_complex_step(network, parameters, name):
    gradient = np.zeros(network.parameter_shapes[name])
    for entry in np.ndindex(gradient.shape):
        P = {each: array.astype(complex) for each, array in parameters.items()}
        P[name][entry] += 1j * TINY
        gradient[entry] = total_by_loops(network, P).imag / TINY
    return gradient


@pytest.mark.parametrize(("output", "loss"), FITTING)
def test_the_loss_and_every_gradient_are_those_of_plain_loops_by_both_engines(output, loss):
    for seed, around in enumerate(AROUND):
        network = network_of(output, loss, *around, seed=seed)
        parameters = parameters_of(network, seed)
        epoch, tape = run_epoch(network, parameters, EXACT, 0.1), on_lines(network, parameters)
        found = total_by_loops(network, dict(parameters.items()))
        assert abs(epoch.tape.total - found) < 1e-12
        assert abs(tape.total - found) < 1e-12
        _, by_lines = back_by_lines(tape, EXACT)
        for name in network.parameter_shapes:
            true = by_complex_step(network, parameters, name)
            np.testing.assert_allclose(epoch.gradients[name], true, atol=1e-10)
            np.testing.assert_allclose(by_lines[name], true, atol=1e-10)
            np.testing.assert_array_equal(epoch.updated[name], parameters[name] - 0.1 * epoch.gradients[name])


@pytest.mark.parametrize("other", [{}, {"attention": True}], ids=["plain", "attention"])
@pytest.mark.parametrize(("output", "loss"), FITTING)
def test_every_step_computes_what_the_epoch_has_and_the_check_agrees(output, loss, other):
    for seed, around in enumerate(AROUND[len(output + loss) % 9 :: 9]):
        network = network_of(output, loss, *around, seed=seed, **other)
        epoch = run_epoch(network, parameters_of(network, seed), EXACT, 0.1)
        programs = [Program(network, way="timesteps"), Program(network)]
        for way, address in [(each.way, address) for each in programs for address in each]:
            step = evaluate(epoch, address, way)
            if address.quantity not in ("letter", "A", "alpha") and step.formula.writes:
                np.testing.assert_allclose(step.value, epoch.value(step.formula.writes[0]), atol=1e-12)
            if address.is_sum:
                assert step.rounding < 1e-12
                assert all(row.is_true for row in checks(epoch, address, (0, 0)).rows)


def test_a_timestep_without_a_target_says_so_and_has_no_loss_and_nothing_asked_of_its_output():
    network = network_of("linear", "squared", "mean", "one", True, True, True)
    epoch = run_epoch(network, parameters_of(network), EXACT, 0.1)
    program = Program(network)
    said = {address: evaluate(epoch, address, program.way).formula for address in program if address.indices == (1,)}
    by_quantity = {(a.phase.name, a.quantity): formula for a, formula in said.items()}
    assert "no target" in by_quantity["FORWARD", "letter"].sentence
    assert not {("FORWARD", "L"), ("BACKWARD", "Omega"), ("BACKWARD", "V")} & set(by_quantity)
    assert not symbols.exists("dL/dV[1]", network)
    assert not epoch.value("dL/dOmega[1]").any()
    assert program.nearest(Address(Phase.FORWARD, "L", (1,))) == Address(Phase.FORWARD, "yhat", (1,))
    assert program.nearest(Address(Phase.FORWARD, "Z", (1,))) not in program  # which is h
    every = [evaluate(epoch, address, program.way).formula for address in program]
    assert not any("dL/dOmega[1]" in formula.reads or "dL/dV[1]" in formula.reads for formula in every)
    total = evaluate(epoch, program[program.forward.last], program.way).formula
    assert r"\frac{1}{2}" in total.symbolic[0]
    assert list(total.reads) == ["L[2]", "L[4]"]


def test_a_given_start_moves_w_at_the_first_timestep():
    for given in (False, True):
        network = network_of("linear", "squared", "sum", "one", given, False, True)
        epoch = run_epoch(network, parameters_of(network), EXACT, 0.1)
        program = Program(network)
        first = next(a for a in program if a.is_term_of(network) and a.quantity == "W" and a.indices[-1:] == (1,))
        step = evaluate(epoch, first, program.way)
        assert step.value.any() == given
        assert (step.zero is None) == given


def test_one_number_wanted_is_no_certain_letter():
    task = Task("sigmoid", "logistic", read=((1.0,), (2.0,)), wanted=((0.0,), (1.0,)))
    network = Network((), (), (), 1, None, False, task=task)
    epoch = run_epoch(network, parameters_of(network), EXACT, 0.1)
    update = evaluate(epoch, Program(network)[len(Program(network))], "timesteps")
    assert "stays as it is" not in update.formula.sentence


@pytest.mark.parametrize(("output", "loss"), FITTING)
def test_losses_stay_finite_where_scores_are_huge(output, loss):
    network = network_of(output, loss, "sum", "one", False, False, True)
    huge = {name: array * (1e4 if name == "V" else 1) for name, array in parameters_of(network).items()}
    with np.errstate(over="ignore"):
        epoch = run_epoch(network, Parameters.checked(network, huge), EXACT, 1e-9)
    assert np.isfinite(epoch.tape.total)
    assert all(np.isfinite(array).all() for array in epoch.gradients.values())


def test_the_rule_of_the_sheets_is_the_derivative_where_none_of_its_switches_applies():
    network = network_of("none", "half-squared", "sum", "one", False, True, True)
    parameters = parameters_of(network)
    printed, exact = (run_epoch(network, parameters, rule, 0.1) for rule in (PRINTED, EXACT))
    for name in network.parameter_shapes:
        np.testing.assert_allclose(printed.gradients[name], exact.gradients[name], atol=1e-15)
