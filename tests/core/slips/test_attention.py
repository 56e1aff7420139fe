"""Slips of attention and of the output of an LSTM, a GRU and a ReLU cell, against plain loops."""

from __future__ import annotations

import random
from functools import lru_cache

import numpy as np
import pytest

from core.answers.answer import answer
from core.epoch.training import Training
from core.epoch.walked import LONG
from core.network.network import Network, Parameters
from core.network.rule import EXACT, Rule
from core.network.task import Task
from core.program.program import Address, Phase, Program
from core.slips.case import Case
from core.slips.table import SLIPS
from core.slips.ways import Way, ways
from core.writing.notation import read
from tests.attention_oracles import CELLS, OF_ALL, OF_ATTENTION, Around
from tests.slip_cases import entry_of

ETA, ALPHABET, DECIMALS = 0.3, tuple("abc"), 6
INPUTS, TARGETS = (0, 1, 0, 2), (1, 0, 2, 2)
KNOWN = {slip.name: slip for slip in SLIPS}
KINDS = [(cell, attention) for cell in CELLS for attention in (True, False)]
MADE = [(*kind, name) for kind in KINDS for name in ({**OF_ATTENTION, **OF_ALL} if kind[1] else OF_ALL)]


@lru_cache
def training(cell, attention, H=2, times=1, rule=EXACT):
    network = Network(ALPHABET, INPUTS * times, TARGETS * times, H, None, attention, cell)
    rng = np.random.default_rng(4)
    drawn = {name: rng.normal(0, 0.8 / times, shape) for name, shape in network.parameter_shapes.items()}
    return Training(network, Parameters.checked(network, drawn), rule, ETA)


def loops(of, slip=None, P=None):
    network = of.network
    P = of.initial if P is None else P
    return Around(network.cell, P, network.inputs, network.targets, ETA, attention=network.attention, slip=slip).run()


def symbol(address):
    name = {Phase.FORWARD: "", Phase.BACKWARD: "dL/d"}.get(address.phase, "") + address.quantity
    place = f"[{','.join(map(str, address.indices))}]" if address.indices else ""
    return name + ("_new" if address.phase is Phase.UPDATE else "") + place


def steps(of, values):
    """The steps that the loops know."""
    return [address for address in Program(of.network, way="timesteps") if symbol(address) in values]


def made(name, of, address, epoch=1):
    case = Case.of(of, epoch, address)
    return case, [variant.change(case.right).value(address) for variant in KNOWN[name].make(case)]


@pytest.mark.parametrize(("cell", "attention"), KINDS)
def test_without_a_slip_the_loops_are_the_network(cell, attention):
    of = training(cell, attention)
    values = loops(of)
    found = steps(of, values)
    assert len(found) > (60 if attention else 35)
    for address in found:
        case = Case.of(of, 1, address)
        np.testing.assert_allclose(case.right.value(address), values[symbol(address)], rtol=1e-11, err_msg=str(address))


@pytest.mark.parametrize(("cell", "attention", "name"), MADE)
def test_every_step_with_the_slip_is_what_the_loops_make_of_it(cell, attention, name):
    of, seen = training(cell, attention), 0
    right, wrong = loops(of), loops(of, {**OF_ATTENTION, **OF_ALL}[name])
    case = Case.of(of, 1, Address(Phase.UPDATE, of.network.taker))
    (variant,) = KNOWN[name].make(case)
    reading = variant.change(case.right)
    for address in steps(of, right):
        slow = wrong[symbol(address)]
        np.testing.assert_allclose(reading.value(address), slow, rtol=1e-10, atol=1e-13, err_msg=f"{address}")
        seen += not np.allclose(right[symbol(address)], slow, rtol=1e-10)
    assert seen > 8


@pytest.mark.parametrize(("cell", "attention", "name"), MADE[::3])
def test_the_slip_is_named_where_it_changes_the_number_and_not_where_it_does_not(cell, attention, name):
    of, found, spared = training(cell, attention), 0, 0
    right, wrong = loops(of), loops(of, {**OF_ATTENTION, **OF_ALL}[name])
    some = steps(of, right)
    random.Random(name).shuffle(some)
    for address in some:
        true, own = right[symbol(address)], wrong[symbol(address)]
        at = tuple(map(int, np.unravel_index(np.argmax(np.abs(own - true)), np.shape(true))))
        if abs(own[at] - true[at]) > 0.01 < abs(own[at]) and not found:
            said = answer(Case.of(of, 1, address), read(f"{own[at]:.{DECIMALS}f}", ()), entry_of(at))
            assert name in [match.title for match in said.matches], (address, said.headline)
            found += 1
        elif np.allclose(true, own, rtol=1e-12, atol=1e-14) and not spared:
            said = answer(Case.of(of, 1, address), read(f"{true[at] + 0.0123:.{DECIMALS}f}", ()), entry_of(at))
            assert name not in [match.title for match in said.matches], address
            spared += 1
    assert (found, spared) == (1, 1)


@pytest.mark.parametrize("name", ["no causal mask", "the new V in the chain"])
def test_made_at_every_epoch_it_is_found(name):
    of, P, slip = training("relu", True), None, {**OF_ATTENTION, **OF_ALL}[name]
    for _ in range(2):
        P = {each.removesuffix("_new"): value for each, value in loops(of, slip, P).items() if each.endswith("_new")}
    address = Address(Phase.UPDATE, "W")
    wrong = loops(of, slip, P)[symbol(address)]
    found = [way for way in ways(Case.of(of, 3, address)) if isinstance(way, Way) and way.title == name]
    assert any("every epoch" in way.done and np.allclose(way.value, wrong, rtol=1e-9) for way in found)


@pytest.mark.parametrize("name", [*OF_ATTENTION, *OF_ALL])
def test_in_a_long_text_it_is_the_same(name):
    times = LONG // len(INPUTS) + 1
    of, slip = training("gru", True, times=times), {**OF_ATTENTION, **OF_ALL}[name]
    wrong = loops(of, slip)
    for address in (Address(Phase.BACKWARD, "W_n"), Address(Phase.FORWARD, "alpha", (7,)), Address(Phase.UPDATE, "V")):
        for value in made(name, of, address)[1]:
            np.testing.assert_allclose(value, wrong[symbol(address)], rtol=1e-9, atol=1e-13)


def test_it_is_not_tried_where_there_is_nothing_to_do_wrongly():
    loss, update = Address(Phase.FORWARD, "L"), Address(Phase.UPDATE, "W_n")
    assert all(not made(name, training("gru", False), update)[1] for name in OF_ATTENTION)
    assert not made("scaled scores", training("gru", True, H=1), update)[1]  # √1 is 1
    assert not made("no causal mask", training("gru", True, rule=Rule(truncate=2)), update)[1]
    assert not made("the new V in the chain", training("gru", True), loss)[1]
    task = Task(read=((1.0,), (2.0,)), wanted=((1.0,), (0.5,)), output="none", loss="half-squared")
    network = Network((), (), (), 1, None, False, "relu", task)
    drawn = {name: np.full(shape, 0.3) for name, shape in network.parameter_shapes.items()}
    state = Training(network, Parameters.checked(network, drawn), EXACT, ETA)
    assert all(not made(name, state, Address(Phase.UPDATE, "W"))[1] for name in OF_ALL)
