"""Term by term through attention over the states of any cell, against plain loops and the complex step.

A term (t, m, k) is how loss t moves where the use at timestep k moves h_m alone, as attention looks at it: by value, by
key and, of m = t, by query.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from core.epoch import timesteps
from core.epoch.chains import entry_of_all_terms, entry_of_terms
from core.epoch.epoch import run_epoch
from core.exports.arrays import terms as exported
from core.network.held import Held
from core.network.network import Network, Parameters
from core.network.number import Number
from core.network.own_cell import typed
from core.network.rule import EXACT, PATHS, PRINTED, TYPESET, Rule
from core.network.task import Task
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.studies.bridge import bridge
from core.studies.by_loss import by_loss, by_state
from core.studies.contributions import bars
from core.studies.term_sizes import TermSizes
from core.why.numbers import Origins
from tests import oracles
from tests.cells import dropped, followed_back, sigma, step

__all__ = ["dropped"]
pytestmark = pytest.mark.usefixtures("dropped")
T, K, H, TINY = 4, 3, 2, 1e-30
TWICE = typed("""
    r[t] = sigmoid(U @ x[t] + W @ s[t-1])
    s[t] = r[t] * tanh(a := U @ x[t] + W @ s[t-1]) + (1 - r[t]) * s[t-1]""").lines  # W and U in two places; h is s
CELLS = ["lstm", "gru", "relu", "sigmoid", "identity", "mgu", TWICE]
JUDGED = (1, 3, 4)  # the timesteps with a target: the others have no terms
TERMS = [(t, m, k) for t in JUDGED for m in range(1, t + 1) for k in range(1, m + 1)]


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def running(shown):
    assert shown.running is not None
    return shown.running


def carried_on(cell, P, x, states):
    if cell == "identity":
        return [P["U"] @ x + P["W"] @ states[0] + P["b"]]
    if cell != TWICE:
        return step(cell, P, x, states)
    a = P["U"] @ x + P["W"] @ states[0]
    return [sigma(a) * np.tanh(a) + (1 - sigma(a)) * states[0]]


def made(cell, seed, *, embedding=False, output="softmax", timesteps=T):
    """A random network that begins elsewhere than at 0, and has no target at its second timestep."""
    random = np.random.default_rng(seed)
    names = {"lstm": ("h", "C"), TWICE: ("s",)}.get(cell, ("h",))
    initial = tuple((name, tuple(random.normal(size=H).tolist())) for name in names)
    inputs = tuple(random.integers(K, size=timesteps).tolist())
    targets, task = ((1, -1, 2, 0) * timesteps)[:timesteps], Task(initial=initial, reduction="mean")
    if output != "softmax":
        size = H if output == "none" else K
        wanted = tuple(None if t == 1 else tuple(random.normal(size=size).tolist()) for t in range(timesteps))
        targets, task = (), Task(output, "half-squared", wanted=wanted, initial=initial)
    network = Network(tuple("abc"), inputs, targets, H, 2 if embedding else None, True, cell, task)
    shapes = network.parameter_shapes
    return network, Parameters.checked(network, {name: random.normal(size=shape) for name, shape in shapes.items()})


def states_of(network, uses):
    """All that is carried on, where timestep k uses the parameters *uses*[k - 1]: from t = 0 on."""
    found = [[np.array(row) for _, row in network.task.initial]]
    for k, P in enumerate(uses):
        x = P["E"][network.inputs[k]] if "E" in P else np.eye(K)[network.inputs[k]]
        found.append(carried_on(network.cell, P, x, found[-1]))
    return [states[0] for states in found]


def loss(network, P, values, keys, query, t):
    """What loss *t* counts for in the total."""
    if not network.has_target(t):
        return 0.0
    weights = [np.exp(key @ query) for key in keys[1 : t + 1]]
    Z = sum(weight * value for weight, value in zip(weights, values[1 : t + 1], strict=True)) / sum(weights)
    if network.task.output == "none":
        return ((Z - np.array(network.task.wanted[t - 1])) ** 2).sum() / 2
    scores = P["V"] @ Z + P["c"]
    if network.task.output == "linear":
        return ((scores - np.array(network.task.wanted[t - 1])) ** 2).sum() / 2
    return (np.log(np.exp(scores).sum()) - scores[network.targets[t - 1]]) / network.divisor


def expected(network, parameters, name, entry):
    """The *entry* of every term by path: P×T×T×T."""
    T, right = network.T, [dict(parameters.items())] * network.T
    found, states = np.zeros((len(PATHS), T, T, T)), states_of(network, right)
    for k in range(1, T + 1):
        moved = {each: np.array(array, complex) for each, array in parameters.items()}
        moved[name][entry] += 1j * TINY
        there = states_of(network, [*right[: k - 1], moved, *right[k:]])
        for m in range(k, T + 1):
            other = [*states[:m], there[m], *states[m + 1 :]]
            for t in range(m, T + 1):
                by_value, by_key = (loss(network, right[0], *each, states[t], t) for each in
                                    [(other, states), (states, other)])  # fmt: skip
                by_query = loss(network, right[0], states, states, other[t], t)
                found[:, t - 1, m - 1, k - 1] = np.imag([by_value, by_key, by_query]) / TINY
    return found


def entry_in(network, name, random):
    entry = tuple(int(random.integers(size)) for size in network.parameter_shapes[name])
    return (network.inputs[1], entry[1]) if name == "E" else entry


@pytest.mark.parametrize("cell", CELLS, ids=str)
@pytest.mark.parametrize(("embedding", "output"), [(False, "softmax"), (True, "linear"), (False, "none")])
def test_a_term_is_how_a_loss_moves_by_way_of_one_state_with_the_parameter_of_one_timestep(cell, embedding, output):
    network, parameters = made(cell, len(cell), embedding=embedding, output=output)
    assert not network.by_arrays
    epoch, program, random = run_epoch(network, parameters, EXACT, 0.1), Program(network), np.random.default_rng(1)
    for name in network.chained[:: 2 if output == "softmax" else 5]:
        entry = entry_in(network, name, random)
        found, pair = expected(network, parameters, name, entry), (entry[0], (*entry, 0)[1])
        whole = found.sum(axis=0)
        same(entry_of_all_terms(epoch, name, pair, T), found)
        same(entry_of_terms(epoch, name, pair, T), found.sum(axis=2))
        same(by_loss(epoch, name, pair), found.sum(axis=(2, 3)))
        same(by_state(epoch, name, pair, 4), found[:, 3].sum(axis=2))
        same(bridge(epoch, name, pair).cells, whole.sum(axis=1)[np.array(JUDGED) - 1].T)
        same(whole.sum(), epoch.gradients[name][entry])
        so_far, listed = 0.0, bars(epoch, program, Address(Phase.BACKWARD, name), pair)
        for bar, (t, m, k) in zip(listed, TERMS, strict=True):
            shown = evaluate(epoch, Address(Phase.BACKWARD, name, (t, m, k)))
            so_far += whole[t - 1, m - 1, k - 1]
            same(shown.value[entry], whole[t - 1, m - 1, k - 1])
            same(running(shown)[entry], so_far)
            assert bar.indices == (t, m, k)
            same([part for _, part in bar.parts], found[:, t - 1, m - 1, k - 1])
            assert shown.zero is None or not shown.value.any(), shown.zero
        assert evaluate(epoch, Address(Phase.BACKWARD, name)).rounding < 1e-12
        rows = np.concatenate([*exported(epoch, program, name, entry).blocks()])
        same(rows, [(*indices, whole[tuple(np.array(indices) - 1)]) for indices in TERMS])


@pytest.mark.parametrize("rule", [PRINTED, TYPESET, replace(EXACT, paths=frozenset()), Rule(truncate=2), Rule(chunks=3),
                                  replace(TYPESET, embedding_row="t", chunks=3)],
                         ids=["printed", "typeset", "no paths", "truncated", "chunks", "cut typeset"])  # fmt: skip
@pytest.mark.parametrize("cell", ["lstm", TWICE], ids=str)
def test_the_terms_of_a_rule_are_its_paths_and_reach_and_add_up_to_what_it_gives_the_other_way(rule, cell):
    network, parameters = made(cell, 3, embedding=True)
    epoch, random = run_epoch(network, parameters, rule, 0.1), np.random.default_rng(2)
    counts = np.array([[oracles.counts(rule, t, k) for k in range(1, T + 1)] for t in range(1, T + 1)])[:, None]
    for name in (*network.chained[::3], "E"):
        total = evaluate(epoch, Address(Phase.BACKWARD, name))
        same(total.running, total.value)
        terms = {each: evaluate(epoch, Address(Phase.BACKWARD, name, each)).value for each in TERMS}
        same(sum(terms.values()), total.value)
        entry = entry_in(network, name, random)
        pair = entry[0], (*entry, 0)[1]
        by_path = entry_of_all_terms(epoch, name, pair, T)
        same(by_path.sum(axis=0)[tuple(np.array(TERMS).T - 1)], [terms[each][entry] for each in TERMS])
        same(by_loss(epoch, name, pair), by_path.sum(axis=(2, 3)))
        if rule.weight == "softmax" and rule.embedding_row == "k":
            kept = [place for place, path in enumerate(PATHS) if path in rule.paths]
            same(by_path, (expected(network, parameters, name, entry) * counts)[kept])
        for t, m, k in [(3, 2, 1), (4, 1, 1), (4, 4, 3)]:
            before = [terms[each][entry] for each in TERMS if each <= (t, m, k)]
            same(running(evaluate(epoch, Address(Phase.BACKWARD, name, (t, m, k))))[entry], sum(before))


def test_the_sizes_are_those_of_the_terms():
    network, parameters = made("lstm", 5, embedding=True)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for name in ("W_f", "E", "b_q"):
        sizes, by_use, by_way = TermSizes(epoch, name), np.zeros((T, T)), np.zeros((T, T))
        assert sizes.run()
        for t, m, k in TERMS:
            norm = np.linalg.norm(epoch.value(f"dL/d{name}[{t},{m},{k}]"))
            by_use[t - 1, k - 1] += norm
            by_way[t - 1, m - 1] += norm
        same(np.nan_to_num(sizes.sizes), by_use)
        same(np.nan_to_num(sizes.by_state), by_way)


@pytest.mark.parametrize("by", ["term", "t", "m", "k", "t-k"])
def test_of_a_late_loss_the_groups_are_sums_of_its_terms(by):
    network, parameters = made("gru", 6, timesteps=43)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    entry, (t, m, k) = (1, 0), (43, 5, 3)
    found = bars(epoch, program, Address(Phase.BACKWARD, "W_r", (t, m, k)), entry, by)
    own = [(t, m_, k_) for m_ in range(1, m + 1) for k_ in range(1, m_ + 1) if (m_, k_) <= (m, k)]
    values = {each: float(epoch.value("dL/dW_r[{},{},{}]".format(*each))[entry]) for each in own}
    groups: dict[tuple[int, ...], float] = {}
    for each, value in values.items():
        if by == "term" and each[1] != m:
            continue
        key: tuple[int, ...] = (
            each[2] if by == "term" else each[0] - each[2] if by == "t-k" else each["tmk".index(by)],
        )
        groups[key] = groups.get(key, 0.0) + value
    shown = {bar.indices[-1:]: bar for bar in found if not bar.before}
    assert shown.keys() == groups.keys()
    for key, bar in shown.items():
        same(bar.value, groups[key])
        same(sum(part for _, part in bar.parts), bar.value)
    same(found.totals[-1], running(evaluate(epoch, Address(Phase.BACKWARD, "W_r", (t, m, k))))[entry])


@pytest.mark.parametrize("cell", ["lstm", TWICE], ids=str)
def test_a_term_is_followed_back_to_what_it_was_made_of(cell):
    network, parameters = made(cell, 2, embedding=True)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    origins = Origins(lambda _number: epoch, "terms")
    for name, entry in [(network.chained[0], (1, 0)), ("E", (network.inputs[1], 1))]:
        for symbol in (f"dL/d{name}", f"dL/d{name}[4,3,2]", f"dL/d{name}[4,4,2]"):
            trail = origins.trail(Number(symbol, entry, 1))
            combined = (np.sum if trail.how == "sum" else np.prod)([part.value for part in trail.parts])
            same(combined, epoch.value(symbol)[entry])
            followed_back(trail, same)
    of_state = origins.trail(Number("g[4,4]", (1,), 1))
    assert len(of_state.parts) == len(PATHS)
    same(sum(part.value for part in of_state.parts), epoch.value("g[4,4]")[1])


@pytest.mark.parametrize("held", [("h", 2, (0,)), ("C", 3, (1,)), ("Z", 3, (1,)), ("A", 3, (1,)), ("alpha", 3, (1,)),
                                  ("yhat", 4, (1,)), ("Omega", 4, (1,))],
                         ids=str)  # fmt: skip
def test_nothing_flows_back_through_what_is_held(held):
    network, parameters = made("lstm", 1)
    epoch = run_epoch(replace(network, held=(Held(held[0], held[1], held[2], 0.3),)), parameters, EXACT, 0.1)
    for name in ("W_f", "b_q"):
        total = evaluate(epoch, Address(Phase.BACKWARD, name))  # as the whole way back has it, timestep by timestep
        same(total.running, total.value)
        same(sum(evaluate(epoch, Address(Phase.BACKWARD, name, each)).value for each in TERMS), total.value)


@pytest.mark.parametrize(("cell", "attention"), [("lstm", True), ("lstm", False), (TWICE, True)], ids=str)
def test_a_long_text_goes_back_at_once_to_the_same_numbers(cell, attention, monkeypatch):
    network, parameters = made(cell, 8, embedding=True, timesteps=71)
    network = replace(network, attention=attention)
    for rule, name in ((EXACT, network.chained[0]), (replace(PRINTED, paths=EXACT.paths), "E")):
        at_once, walked = (run_epoch(network, parameters, rule, 0.1) for _ in range(2))
        for t, m, k in [(71, 66, 3), (71, 66, 4), (40, 40, 39), (3, 3, 1)]:
            address = Address(Phase.BACKWARD, name, (t, m if attention else t, k))
            found = evaluate(at_once, address)
            term = at_once.value("dL/d{}[{},{},{}]".format(name, *address.indices))
            with monkeypatch.context() as patch:
                patch.setattr(timesteps, "LONG", 1000)
                expected = evaluate(walked, address)
            assert len(found.products) == len(expected.products)
            for one, other in zip(found.products, expected.products, strict=True):
                same(one, other)
            same(found.value, expected.value)
            same(term, expected.value)
            same(running(found), running(expected))


def test_every_path_and_every_timestep_back_is_a_row():
    network, parameters = made("lstm", 4)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for (t, m, k), paths in product([(4, 4, 2), (4, 3, 2), (3, 3, 3)], [("value", "key", "query")]):
        shown = evaluate(epoch, Address(Phase.BACKWARD, "W_i", (t, m, k)))
        notes = [link.note for link in shown.formula.links]
        own = [path for path in paths if any(note.startswith(f"{path} path") for note in notes)]
        assert own == [path for path in paths if path != "query" or m == t]
        assert sum(note.startswith("one timestep back") for note in notes) == m - k
        same(shown.products[shown.formula.head - 1][:H], epoch.value(f"g[{t},{m}]"))
