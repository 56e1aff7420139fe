"""Names of steps are read into addresses: every step by what it is called, at once however many there are."""

from itertools import product
from time import process_time

import numpy as np
import pytest

from core.finding.places import places
from core.network.network import Network
from core.program.cursor import Cursor
from core.program.program import Address, Phase, Program
from core.sources.opening import open_source

HERE = Cursor(1, 1)


def first(query, program, here=HERE):
    found = places(query, program, here)
    return found[0] if found else None


@pytest.mark.parametrize(("source", "way"), [*product(("attention", "embedding"), ("terms", "timesteps"))])
def test_every_step_is_found_by_the_title_under_which_it_is_found(source, way):
    program = Program(open_source(source).network, "timestep", way)
    for position in range(1, len(program) + 1):
        title = first(f"step {position}", program).words
        found = first(title, program)
        assert found.cursor == Cursor(1, position), title
        assert found.title == title


@pytest.mark.parametrize("source", ["attention", "embedding"])
def test_every_term_is_found_by_its_indices(source):
    network = open_source(source).network
    program = Program(network)
    for address in program:
        if address.is_chained:
            t, m, k = address.indices
            name = address.quantity
            for query in (
                f"d{name} {t} {m} {k}",
                f"∂L/∂{name} ({t},{m},{k})",
                f"{name} t={t} m={m} k={k}",
                f"loss {t} via h{m} {name} used at {k}",
            ):
                assert first(query, program).cursor == Cursor(1, program.position(address)), query


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("h9", "h₉: expected a timestep from 1 to 4, found 9"),
        ("dE", "This network has no ∂L/∂E, since it has no embedding"),
        ("dW 2 3 1", "∂L/∂W has no term (2, 3, 1): expected (t, m, k) with 4 ≥ t ≥ m ≥ k ≥ 1"),
        ("dV 5", "∂L/∂V has no term (5): expected (t) from 1 to 4"),
        ("step 122", "There are 121 steps in an epoch here"),
        ("epoch 0", "An epoch is from 1 to 10,000,000"),
        ("epoch 99999999", "An epoch is from 1 to 10,000,000"),
    ],
)
def test_what_there_is_not_says_why(query, reason):
    found = first(query, Program(open_source("attention").network))
    assert (found.cursor, found.reason) == (None, reason)


@pytest.mark.parametrize("query", ["", " ", "(", "epoch", "banana", "h3.5", "dW dW", "9" * 400, "☃", "t=", "a" * 5000])
def test_what_names_no_step_is_no_place_or_says_why(query):
    for place in places(query, Program(open_source("attention").network), HERE):
        assert place.cursor is None or place.cursor.position <= 121


def test_without_an_index_the_timestep_at_the_cursor_is_meant():
    program = Program(open_source("attention").network)
    at_3 = Cursor(1, program.position(Address(Phase.FORWARD, "Z", (3,))))
    assert first("h", program, at_3).title == "h₃"
    assert first("softmax", program, at_3).title == "α₃"


def test_an_epoch_may_stand_beside_a_name():
    program = Program(open_source("attention").network)
    for query in ("h3 epoch 7", "epoch 7 h3", "h3 in epoch 7", "epoch 7: h3"):
        assert first(query, program).cursor == Cursor(7, 19), query


def test_among_502_million_steps_it_is_as_quick():
    text = tuple(map(int, np.random.default_rng(1).integers(0, 4, 1001)))
    network = Network(tuple("abcd"), text[:-1], text[1:], 64, None, attention=True)
    program = Program(network)
    assert len(program) > 500_000_000
    first("dW 999 500 3", program)
    begin = process_time()
    found = first("dW 1000 500 3", program)
    assert process_time() - begin < 0.033
    assert program[found.cursor.position] == Address(Phase.BACKWARD, "W", (1000, 500, 3))
