"""Truncated, in chunks and clipped, against plain loops: each loss by itself, from states that are given to it."""

from dataclasses import replace

import numpy as np
import pytest

from core.epoch.chains import entry_of_terms
from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.own_cell import typed
from core.network.rule import EXACT, PRINTED, Clip, Rule
from core.network.task import Task
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.studies.by_loss import by_loss
from core.studies.contributions import bars
from core.studies.term_sizes import TermSizes
from tests import oracles
from tests.cells import sigma, step

T, K, H, TINY, ETA = 6, 3, 2, 1e-30, 0.3
TWICE = typed("""
    r[t] = sigmoid(U @ x[t] + W @ h[t-1])
    h[t] = r[t] * tanh(a := U @ x[t] + W @ h[t-1]) + (1 - r[t]) * h[t-1]""").lines  # W and U in two places
CELLS = ["tanh", "relu", "lstm", "gru", TWICE]
CUTS = [Rule(truncate=1), Rule(truncate=3), Rule(chunks=4), Rule(chunks=3, truncate=2)]
CLIPS = [Clip("norm", 0.2), Clip("value", 0.05), Clip("norm", 1e9), Clip("value", 1e9)]


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)


def made(cell, seed=3, *, attention=False, timesteps=T):
    """A random network that begins elsewhere than at 0, and has no target at its second timestep."""
    random = np.random.default_rng(seed)
    states = ("h", "C") if cell == "lstm" else ("h",)
    initial = tuple((name, tuple(random.normal(size=H).tolist())) for name in states)
    inputs = tuple(random.integers(K, size=timesteps).tolist())
    targets = ((1, -1, 2, 0, 1, 2) * timesteps)[:timesteps]
    network = Network(tuple("abc"), inputs, targets, H, 2, attention, cell, Task(initial=initial))
    shapes = network.parameter_shapes
    return network, Parameters.checked(network, {name: random.normal(size=shape) for name, shape in shapes.items()})


def carried_on(network, P, k, states):
    x = P["E"][network.inputs[k - 1]]
    if network.cell == TWICE:
        a = P["U"] @ x + P["W"] @ states[0]
        return [sigma(a) * np.tanh(a) + (1 - sigma(a)) * states[0]]
    if network.cell == "tanh":
        return [np.tanh(P["U"] @ x + P["W"] @ states[0] + P["b"])]
    return step(network.cell, P, x, states)


def loss_within_reach(network, parameters, moved, t, rule):
    """Loss *t* where the parameters are *moved* from the first timestep on that it reaches."""
    states, past = [np.array(row) for _, row in network.task.initial], []
    for k in range(1, t + 1):
        states = carried_on(network, moved if oracles.counts(rule, t, k) else parameters, k, states)
        past.append(states[0])
    scores, wanted = moved["V"] @ states[0] + moved["c"], network.targets[t - 1]
    return 0.0 if wanted < 0 else np.log(np.exp(scores).sum()) - scores[wanted]


def truncated(network, parameters, rule, names):
    """The gradients by *names*, by the complex step."""
    found = {}
    for name in names:
        array = parameters[name]
        found[name] = np.zeros(array.shape)
        for entry in np.ndindex(array.shape):
            moved = {each: np.array(values, complex) for each, values in parameters.items()}
            moved[name][entry] += 1j * TINY
            losses = (loss_within_reach(network, parameters, moved, t, rule) for t in range(1, network.T + 1))
            found[name][entry] = np.imag(sum(losses)) / TINY
    return found


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_loss_moves_only_by_the_uses_that_it_reaches(cell):
    network, parameters = made(cell)
    program, by_timestep = Program(network), Program(network, way="timesteps")
    for rule in CUTS:
        epoch = run_epoch(network, parameters, rule, ETA)
        for name, expected in truncated(network, parameters, rule, [*network.chained[::3], "V", "E"]).items():
            same(epoch.gradients[name], expected)
            for way in (program, by_timestep):  # every term, by what it reads, and the sum of all
                span = way.gradient_span(name)
                steps = [evaluate(epoch, way[position], way.way) for position in range(span.first, span.last + 1)]
                same(sum(each.value for each in steps[:-1]), expected)
                same(steps[-1].running, expected)
            for each in (evaluate(epoch, program[position]) for position in range(span.first, span.last + 1)):
                if each.address.is_chained and not oracles.counts(rule, *each.address.indices[::2]):
                    assert not each.value.any()
                    assert "0, because" in str(each.zero)


@pytest.mark.parametrize("cell", ["tanh", "lstm", TWICE], ids=str)
@pytest.mark.parametrize("base", [EXACT, PRINTED], ids=["exact", "printed"])
def test_what_a_cut_leaves_out_is_left_out_of_all_that_is_said_of_terms(cell, base):
    network, parameters = made(cell)
    whole = run_epoch(network, parameters, base, ETA)
    for cut in CUTS[1::2]:
        rule = replace(base, truncate=cut.truncate, chunks=cut.chunks)
        epoch = run_epoch(network, parameters, rule, ETA)
        for name in {*network.chained[::5], "E"}:
            pair = (network.inputs[2] if name == "E" else 1, 0)
            terms = np.zeros((T, T, *network.parameter_shapes[name]))
            losses_and_uses = [(t, k) for t in range(1, T + 1) if t != 2 for k in range(1, t + 1)]
            for t, k in losses_and_uses:
                is_counted = oracles.counts(rule, t, k)
                terms[t - 1, k - 1] = evaluate(whole, Address(Phase.BACKWARD, name, (t, t, k))).value * is_counted
            entry = terms[..., *pair[: terms.ndim - 2]]
            sizes = TermSizes(epoch, name)
            assert sizes.run()
            norms = np.sqrt((terms**2).reshape(T, T, -1).sum(axis=2))
            same(np.nan_to_num(sizes.sizes), norms)
            listed = [entry[t - 1, k - 1] for t, k in losses_and_uses]
            same(bars(epoch, Program(network), Address(Phase.BACKWARD, name), pair).values, listed)
            if not network.by_arrays:
                same(entry_of_terms(epoch, name, pair, T)[0], entry)
                same(by_loss(epoch, name, pair)[0], entry.sum(axis=1))
            for t, k in [(3, 2), (5, 4), (6, 1)]:
                so_far = terms[: t - 1].sum(axis=(0, 1)) + terms[t - 1, :k].sum(axis=0)
                same(evaluate(epoch, Address(Phase.BACKWARD, name, (t, t, k))).running, so_far)


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_a_long_text_is_cut_alike_whole_and_step_by_step(cell):
    """No straight-line code is made for so many timesteps."""
    network, parameters = made(cell, timesteps=30)
    for rule in (Rule(truncate=5), replace(PRINTED, chunks=7)):
        epoch, name = run_epoch(network, parameters, rule, ETA), network.chained[0]
        total = evaluate(epoch, Address(Phase.BACKWARD, name))
        same(total.running, total.value)
        same(evaluate(epoch, Address(Phase.BACKWARD, name), "timesteps").running, total.value)
        if rule.paths == EXACT.paths:
            same(truncated(network, parameters, rule, ["E"])["E"], epoch.gradients["E"])


def all_bits(epoch):
    arrays = (*epoch.gradients.values(), *epoch.gradients.clipped.values(), *epoch.updated.values())
    return [np.asarray(array).tobytes() for array in arrays]


@pytest.mark.parametrize("clip", CLIPS, ids=str)
@pytest.mark.parametrize("cell", [*CELLS, "attention"], ids=str)
def test_the_update_takes_what_the_clip_leaves(cell, clip):
    network, parameters = made("tanh" if cell == "attention" else cell, attention=cell == "attention")
    rule = Rule(clip=clip)
    training = Training(network, parameters, rule, ETA)
    training.run(3)
    for number in (1, 2, 3):
        epoch = run_epoch(network, parameters, rule, ETA, number)
        expected = oracles.clipped(dict(epoch.gradients), rule)
        program = Program(network, clip=clip.kind)
        for position in range(program.update.first, program.update.last + 1):
            found = evaluate(epoch, program[position])
            name = found.address.quantity
            if name == "norm":
                same(found.value, np.sqrt(sum((array**2).sum() for array in epoch.gradients.values())))
            elif found.address.phase is Phase.CLIP:
                same(found.value, expected[name])
            else:
                assert np.array_equal(found.value, epoch.updated[name])  # as it runs past, to the last bit
                same(found.value, parameters[name] - ETA * expected[name])
        assert all_bits(training.epoch(number)) == all_bits(epoch)
        assert epoch.tape.total == training.losses[number - 1]
        parameters = epoch.updated


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_what_cuts_nothing_changes_no_bit(cell):
    network, parameters = made(cell)
    whole = run_epoch(network, parameters, EXACT, ETA)
    for rule in (
        Rule(truncate=T),
        Rule(chunks=T),
        Rule(truncate=99, chunks=99),
        *(Rule(clip=each) for each in CLIPS[2:]),
    ):
        assert all_bits(run_epoch(network, parameters, rule, ETA)) == all_bits(whole)
