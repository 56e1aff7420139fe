"""Running to a stop finds what walking step by step finds, and backwards what forwards found."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.epoch.training import Training
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.network.task import Task
from core.program.cursor import Cursor
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from core.watching.finite import first_not_finite
from core.watching.searching import here, run, run_on, run_to_loss
from core.watching.stop import AtKind, AtStep, NotFinite, Stop, When
from core.watching.stops import condition, kinds_of, places, problem, text
from tests.strategies import plain_network, random_network

WAYS = st.sampled_from(["terms", "timesteps"])
ORDERS = st.sampled_from(["timestep", "stage"])


def finished(looking):
    """What a search comes to."""
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value


def all_found(stops, epoch, program, earlier, *, forwards=True):
    """Every position at which one stops on the way through an epoch, with what holds there."""
    start, end = (0, len(program)) if forwards else (len(program) + 1, 1)
    found: list[tuple[int, tuple[int, ...]]] = []
    while True:
        at = finished(run(stops, epoch, program, earlier, start, end))
        if not at.which:
            return found
        found.append((at.cursor.position, at.which))
        start = at.cursor.position
        if start == end:
            return found


# -- the slow walk: looks at every step, and knows nothing of how stops are looked for ----------------------------


def written(epoch, program, position):
    """What the step at *position* writes, by the names that the conditions below use."""
    address, step = program[position], evaluate(epoch, program[position], program.way)
    names: dict[str, Array | None] = {f"{address.phase.name} {address.quantity}": step.value, "any": step.value}
    if address.is_term_of(epoch.network):
        names[f"so far {address.quantity}"] = step.running
        names[f"term {address.quantity}"] = step.value
    if address.is_sum:
        names[f"so far {address.quantity}"] = step.value
        names[f"whole {address.quantity}"] = step.value
    if address.phase is Phase.FORWARD and address.indices:
        names[f"{address.quantity}{address.indices[0]}"] = step.value
    if address == Address(Phase.FORWARD, "L"):
        names["total"] = step.value
    return names


def slow(reads, holds):
    """A condition that is looked at where one of *reads* is written and all are known."""

    def walk(epoch, program):
        known: dict[str, Array | None] = {}
        found = []
        for position in range(1, len(program) + 1):
            now = written(epoch, program, position)
            before = dict(known)
            known |= now
            if any(name in now for name in reads) and all(name in known for name in reads):
                old = [before.get(name) for name in reads]
                if holds(*(known[name] for name in reads), *old):
                    found.append(position)
        return found

    return walk


CONDITIONS = {
    "abs(dW) > 0.05": slow(["whole W"], lambda dW, _old: np.any(np.abs(dW) > 0.05)),
    "norm(h) < 0.7": slow(["FORWARD h"], lambda h, _old: np.linalg.norm(h) < 0.7),
    "h[1] > 0": slow(["h1"], lambda h, _old: np.any(h > 0)),
    "L > 2": slow(["total"], lambda L, _old: L > 2),
    "db_so_far > 0.01": slow(["so far b"], lambda b, _old: np.any(b > 0.01)),
    "dW_term > 0.02": slow(["term W"], lambda W, _old: np.any(W > 0.02)),
    "norm(h) > norm(h[1])": slow(["FORWARD h", "h1"], lambda h, h1, *_old: np.linalg.norm(h) > np.linalg.norm(h1)),
    "dV_so_far changes sign": slow(
        ["so far V"], lambda V, old: old is not None and np.any(np.sign(V) * np.sign(old) < 0)
    ),
    "h crosses 0.1": slow(["FORWARD h"], lambda h, old: old is not None and np.any((h < 0.1) != (old < 0.1))),
    "dc_so_far changes": slow(["so far c"], lambda c, old: old is not None and np.any(c != old)),
}


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("words", CONDITIONS)
@pytest.mark.parametrize("attention", [True, False])
def test_a_condition_stops_where_a_walk_over_every_step_finds_that_it_holds(words, way, attention):
    network, parameters = random_network(11, T=4, K=3, H=2, attention=attention)
    training, program = Training(network, parameters, EXACT, 0.3), Program(network, way=way)
    when = condition(words, network)
    assert when is not None
    assert text(Stop(when)) == words
    epoch = training.epoch(1)
    expected = CONDITIONS[words](epoch, program)
    assert expected, "the condition should hold somewhere, or the test says nothing"
    found = all_found([Stop(when)], epoch, program, lambda: None)
    assert [position for position, _ in found] == expected
    back = all_found([Stop(when)], epoch, program, lambda: None, forwards=False)
    assert [position for position, _ in back] == expected[::-1]


def test_what_is_written_once_an_epoch_is_compared_with_the_epoch_before():
    network, parameters = random_network(3, T=3, K=3, H=1, attention=False)
    training, program = Training(network, parameters, EXACT, 1.5), Program(network)
    signs = [np.sign(training.epoch(number).gradients["W"]) for number in range(1, 41)]
    expected = [number for number in range(2, 41) if np.any(signs[number - 1] * signs[number - 2] < 0)]
    assert expected
    found = []
    for number in range(1, 41):
        stops = [Stop(When("dW", "changes sign"))]
        at = finished(run(stops, training.epoch(number), program, partial(training.before, number), 0, len(program)))
        if at.which:
            found.append(number)
            assert program[at.cursor.position] == Address(Phase.BACKWARD, "W")
    assert found == expected


@st.composite
def stops_of(draw, network: Network, program: Program):
    """Stops of all sorts, some of them off."""
    addresses = st.integers(1, len(program)).map(lambda position: program[position])
    kinds = addresses.flatmap(lambda address: st.sampled_from(kinds_of(address, program) or (AtKind("sum"),)))
    whens = st.sampled_from(list(CONDITIONS)).map(lambda words: condition(words, network))
    one = st.builds(
        Stop, addresses.map(AtStep) | kinds | whens | st.just(NotFinite()), is_on=st.integers(0, 4).map(bool)
    )
    return draw(st.lists(one, min_size=1, max_size=5))


def slowly_holds(stop: Stop, epoch, program, slow_whens):
    """The positions at which one stop holds, by looking at every address."""
    if not stop.is_on:
        return []
    if isinstance(stop.at, When):
        return slow_whens[text(stop)]
    if isinstance(stop.at, AtStep):
        return [p for p in range(1, len(program) + 1) if program[p] == stop.at.address]
    if isinstance(stop.at, NotFinite):
        return []
    kind = stop.at
    found = [p for p in range(1, len(program) + 1) if kind in kinds_of(program[p], program)]
    if not kind.kind.startswith("t "):
        return found
    t = int(kind.kind[2:])
    firsts = [p for p in found if program[p] in (Address(Phase.BACKWARD, "Omega", (t,)),)]
    forward = [p for p in found if program[p].phase is Phase.FORWARD]
    if program.order == "stage":
        forward = [p for p in forward if program[p].quantity not in program.hidden_stages]
    return sorted([forward[0], *firsts])


@given(st.data(), st.booleans(), st.booleans(), WAYS, ORDERS)
@settings(max_examples=30, deadline=None)
def test_backwards_finds_what_forwards_found_and_both_what_a_walk_finds(data, embedded, attention, way, order):
    network, parameters = random_network(data.draw(st.integers(0, 99)), T=3, K=3, H=2, D=2 if embedded else None,
                                         attention=attention)  # fmt: skip
    program = Program(network, order, way)
    stops = data.draw(stops_of(network, program))
    epoch = Training(network, parameters, EXACT, 0.1).epoch(1)
    slow_whens = {text(stop): CONDITIONS[text(stop)](epoch, program) for stop in stops if isinstance(stop.at, When)}
    holding: dict[int, list[int]] = {}
    for which, stop in enumerate(stops):
        for position in slowly_holds(stop, epoch, program, slow_whens):
            holding.setdefault(position, []).append(which)
    expected = [(position, tuple(holding[position])) for position in sorted(holding)]
    assert all_found(stops, epoch, program, lambda: None) == expected
    assert all_found(stops, epoch, program, lambda: None, forwards=False) == expected[::-1]
    for position in range(1, len(program) + 1):
        assert here(stops, epoch, program, lambda: None, position) == tuple(holding.get(position, ()))


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("scale", [1e3, 1e154, 1e160, 1e308])
@pytest.mark.parametrize("kind", [(False, True), (False, False), (True, True)])
def test_the_first_number_that_is_not_finite_is_found_where_a_walk_finds_it(way, scale, kind):
    embedded, attention = kind
    network, parameters = random_network(4, T=3, K=3, H=2, D=2 if embedded else None, attention=attention)
    training, program = Training(network, parameters, EXACT, scale), Program(network, way=way)
    for number in (1, 2, 3):
        epoch = training.epoch(number)

        def is_bad(position, epoch=epoch):
            step = evaluate(epoch, program[position], way)
            inner = [epoch.value(symbol) for symbol in step.formula.writes]
            shown = [step.value, *inner, *([step.running] if step.running is not None else [])]
            return not all(np.isfinite(each).all() for each in shown)

        walked = next((position for position in range(1, len(program) + 1) if is_bad(position)), None)
        assert first_not_finite(epoch, program) == walked


def test_to_a_step_among_millions_is_arithmetic():
    network = plain_network(1000)
    program = Program(network)
    assert len(program) > 500_000_000
    shapes = network.parameter_shapes
    parameters = Parameters.checked(network, {name: np.full(shape, 0.1) for name, shape in shapes.items()})
    epoch = Training(network, parameters, EXACT, 0.1).epoch(1)
    last = Address(Phase.BACKWARD, "b", (1000, 1000, 1000))
    stops = [Stop(AtStep(last)), Stop(AtKind("t 700")), Stop(AtKind("term U")), Stop(When("dW_term[999,5,4] > 1e9"))]
    before = time.process_time()
    found, start = [], program.forward.last
    while (at := finished(run(stops[:1], epoch, program, lambda: None, start, len(program)))).which:
        found.append(start := at.cursor.position)
    assert found == [program.position(last)]
    first = finished(run(stops, epoch, program, lambda: None, 1, len(program)))
    assert first.cursor.position == program.timestep_span(700).first
    back = finished(run(stops, epoch, program, lambda: None, len(program), 1))
    assert back.cursor.position == program.position(last)
    assert time.process_time() - before < 2


def test_running_on_through_the_epochs_stops_in_the_first_in_which_it_holds():
    network, parameters = random_network(2, T=4, K=3, H=2, attention=True)
    training, program = Training(network, parameters, EXACT, 0.1), Program(network)
    training.run(200)
    below = float(np.mean(training.losses[:100]))
    expected = next(number for number, loss in enumerate(training.losses, 1) if loss < below)
    assert expected > 3
    fresh = Training(network, parameters, EXACT, 0.1)
    found = finished(run_on([Stop(When(f"L < {below:.17g}"))], fresh, program, Cursor(), 10_000))
    assert found.cursor == Cursor(expected, program.forward.last)
    assert finished(run_to_loss(Training(network, parameters, EXACT, 0.1), below, 10_000)) == expected
    assert finished(run_to_loss(training, below, 10_000)) == expected
    assert finished(run_to_loss(training, -1.0, 210)) is None
    nowhere = finished(run_on([Stop(When("L < 0"))], fresh, program, Cursor(), 7))
    assert nowhere.cursor == Cursor(7, len(program))
    assert nowhere.which == ()


def test_a_stop_that_a_network_lacks_says_why_and_stops_nowhere():
    network, parameters = random_network(2, T=2, K=3, H=2, attention=False)
    program, epoch = Program(network), Training(network, parameters, EXACT, 0.1).epoch(1)
    lacking = {
        Stop(
            AtStep(Address(Phase.FORWARD, "Z", (1,)))
        ): "this network has no such step: it has 2 timesteps, no attention",
        Stop(AtStep(Address(Phase.FORWARD, "h", (9,)))): "2 timesteps",
        Stop(AtKind("A")): "no attention",
        Stop(AtKind("term E")): "no embedding",
        Stop(AtKind("t 3")): "2 timesteps",
        Stop(AtKind("dL/dh")): "only going back timestep by timestep",
        Stop(When("alpha[2,1] > 0")): "since it has no attention",
    }
    for stop, words in lacking.items():
        assert words in problem(stop, program)
        assert finished(run([stop], epoch, program, lambda: None, 0, len(program))).which == ()
        assert here([replace(stop, note="n")], epoch, program, lambda: None, 1) == ()
    assert problem(Stop(AtKind("dL/dh")), Program(network, way="timesteps")) == ""


def test_a_timestep_is_stopped_at_on_the_way_back_where_nothing_is_made_of_the_state():
    task = Task("none", "squared", wanted=((0.5,), (0.1,)), read=((1.0,), (2.0,)))
    network = Network((), (), (), 1, None, False, "relu", task)
    program = Program(network, way="timesteps")
    found = [place.at(1) for place in places(AtKind("t 2"), program)]
    assert [program[position] for position in found] == [
        Address(Phase.FORWARD, "letter", (2,)),
        Address(Phase.BACKWARD, "h", (2,)),
    ]
