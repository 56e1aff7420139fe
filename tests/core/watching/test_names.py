"""The names of watches complete, each to something that the language reads."""

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network.network import Network
from core.network.rule import EXACT
from core.network.symbols import symbol
from core.program.program import Address, Phase, Program
from core.steps.formulas import formula
from core.watching.language import read
from core.watching.names import completions, written
from core.watching.watched import WatchError
from tests.strategies import KINDS, of_kind


def offered(text, network):
    return [each.text for each in completions(text, len(text), network)]


def test_a_name_completes_to_the_whole_gradient_and_its_parts():
    network, _ = of_kind((False, True))
    assert offered("dW", network) == ["dW_term", "dW_so_far"]
    assert offered("2 * norm(al", network) == ["2 * norm(alpha"]
    assert offered("2 *", network) == []
    assert completions("al + 1", 2, network)[0].text == "alpha + 1"


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_that_is_offered_is_read(kind):
    network, _ = of_kind(kind)
    names = {
        each.text: each.words for letter in "abcdefghijklmnopqrstuvwxyz" for each in completions(letter, 1, network)
    }
    assert ("alpha" in names) == kind[1]
    assert ("E" in names) == kind[0]
    for name, words in names.items():
        assert words
        if name.endswith("("):
            assert read(f"{name}h[1])", network)
            continue
        if name in ("g", "s"):
            with pytest.raises(WatchError, match="needs two timesteps"):
                read(name, network)
        else:
            assert read(name, network).first(Program(network)) >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_symbol_of_a_step_is_written_so_that_it_is_read_again(kind):
    network, parameters = of_kind(kind, T=3)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for way in ("terms", "timesteps"):
        program = Program(network, way=way)
        met = {"W", "eta", "h[0]"}
        for address in program:
            entry = formula(network, EXACT, address, way)
            met |= {*(() if address.is_sum else entry.reads), *entry.writes}
            if address.is_term_of(network):
                met.add(symbol(f"dL/d{address.quantity}", *address.indices))
        for each in met:
            watched = read(written(each, (), network), network)
            assert watched.symbol == each
            value = watched.value(epoch, program, len(program))
            np.testing.assert_array_equal(value, epoch.value(each))
            last = tuple(length - 1 for length in value.shape)
            one = read(written(each, last, network), network)
            assert one.symbol == each
            assert one.value(epoch, program, len(program)) == value[last]


@pytest.mark.parametrize("cell", ["tanh", "relu", "sigmoid", "lstm", "gru"])
@pytest.mark.parametrize("embedded", [False, True])
def test_what_is_asked_and_a_term_are_known_at_the_step_that_stands_for_them(cell, embedded):
    network = Network(tuple("helo"), (0, 1, 2, 2), (1, 2, 2, 3), 2, 2 if embedded else None, attention=False, cell=cell)
    by_term, by_timestep = Program(network), Program(network, way="timesteps")
    assert by_term.way == "terms"
    for name in network.asked:
        for t in range(1, network.T + 1):
            watched = read(written(f"dL/d{name}[{t}]", (), network), network)
            address = by_term[watched.first(by_term)]
            assert address.phase is Phase.BACKWARD
            assert address.is_sum or address.quantity == name == "Omega"
            assert by_timestep[watched.first(by_timestep)] == Address(Phase.BACKWARD, name, (t,))
    for name in network.chained:
        watched = read(written(f"dL/d{name}[2,2,1]", (), network), network)
        assert by_term[watched.first(by_term)] == Address(Phase.BACKWARD, name, (2, 2, 1))
        assert by_timestep[watched.first(by_timestep)] == Address(Phase.BACKWARD, name, (1,))
