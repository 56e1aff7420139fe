"""The program of an epoch: positions, addresses and spans, against a plain listing."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.program.program import Address, Phase, Program, Span
from tests.oracles import Line, ends, listing
from tests.strategies import KINDS, plain_network

PHASES = {"forward": Phase.FORWARD, "backward": Phase.BACKWARD, "update": Phase.UPDATE}
SHAPES = [(T, *kind) for T in (1, 2, 3, 5) for kind in KINDS]
GAPS = [(T, *kind, without) for T, *kind in SHAPES for without in ((), (1, 2, 4), (3, 4, 5)) if T == 5 or not without]
MILLION = Program(plain_network(1000, embedded=True))


def address(line: Line) -> Address:
    return Address(PHASES[line.phase], line.quantity, line.indices)


def runs(keys):
    """The span of the run of equal keys that each position belongs to."""
    first, found = 1, []
    for last in ends(keys):
        found += [Span(first, last)] * (last - first + 1)
        first = last + 1
    return found


@pytest.mark.parametrize(("T", "embedded", "attention", "without"), GAPS)
@pytest.mark.parametrize("order", ["timestep", "stage"])
@pytest.mark.parametrize("way", ["terms", "timesteps"])
class TestAgainstTheListing:
    @pytest.fixture
    def network(self, T, embedded, attention, without):
        return plain_network(T, embedded=embedded, attention=attention, without=without)

    @pytest.fixture
    def lines(self, network, order, way):
        return listing(network, order, way)

    @pytest.fixture
    def program(self, network, order, way):
        return Program(network, order, way)

    def test_every_step_is_listed_in_order(self, program, lines):
        assert list(program) == [address(line) for line in lines]
        assert len(program) == len(lines)
        assert len(set(program)) == len(lines)

    def test_every_address_has_its_position(self, program, lines):
        assert [program.position(address(line)) for line in lines] == list(range(1, len(lines) + 1))
        assert all(address(line) in program for line in lines)

    def test_blocks_are_what_over_finishes(self, program, lines):
        assert [program.block(p) for p in range(1, len(lines) + 1)] == runs([line.block for line in lines])

    def test_outer_spans_are_what_out_finishes(self, program, lines):
        assert [program.outer(p) for p in range(1, len(lines) + 1)] == runs([line.outer for line in lines])

    def test_phases_are_three_runs(self, program, lines):
        assert [program.phase(p) for p in range(1, len(lines) + 1)] == runs([(line.phase,) for line in lines])

    def test_groups_are_timesteps_gradients_and_the_update(self, program, lines):
        keys = [line.block if line.phase == "forward" else line.outer for line in lines]
        assert [program.group(p) for p in range(1, len(lines) + 1)] == runs(keys)

    def test_terms_are_numbered_and_counted(self, program, lines):
        for name in program.gradients[program.way == "timesteps" :]:
            steps = [address(line) for line in lines if line.phase == "backward" and line.quantity == name]
            terms = [step for step in steps if step.indices]
            assert program.term_count(name) == len(terms)
            assert [program.term_number(term) for term in terms] == list(range(1, len(terms) + 1))
            span = program.gradient_span(name)
            assert len(span) == len(steps)
            assert program[span.first].quantity == program[span.last].quantity == name


@pytest.mark.parametrize(("T", "embedded", "attention"), SHAPES)
def test_addresses_sort_in_the_order_of_the_program(T, embedded, attention):
    program = Program(plain_network(T, embedded=embedded, attention=attention))
    steps = list(program)
    shuffled = random.Random(0).sample(steps, len(steps))
    assert sorted(shuffled, key=program.order_of) == steps
    assert all(program.order_of(a) < program.order_of(b) for a, b in pairwise(steps))


def test_a_thousand_timesteps_have_their_steps_counted():
    assert len(MILLION) == 669_179_513


@given(st.integers(1, 669_179_513))
def test_positions_and_addresses_are_one_to_one_in_a_long_program(position):
    found = MILLION[position]
    assert MILLION.position(found) == position
    for beside in (position - 1, position + 1):
        if 1 <= beside <= len(MILLION):
            assert MILLION[beside] != found
            assert (MILLION.order_of(MILLION[beside]) < MILLION.order_of(found)) == (beside < position)
    for span in (MILLION.block(position), MILLION.group(position), MILLION.outer(position), MILLION.phase(position)):
        assert position in span
        assert 1 <= span.first <= span.last <= len(MILLION)


@given(st.integers(1, 1000).flatmap(lambda t: st.tuples(st.just(t), st.integers(1, t))), st.data())
def test_a_long_program_holds_every_term(tm, data):
    t, m = tm
    k = data.draw(st.integers(1, m))
    for name in ("W", "U", "b", "E"):
        term = Address(Phase.BACKWARD, name, (t, m, k))
        assert MILLION[MILLION.position(term)] == term


@given(st.data())
def test_orders_differ_only_in_the_forward_phase(data):
    T = data.draw(st.integers(1, 30))
    embedded, attention = data.draw(st.sampled_from(KINDS))
    network = plain_network(T, embedded=embedded, attention=attention)
    timestep, stage = Program(network), Program(network, "stage")
    assert timestep.forward == stage.forward
    position = data.draw(st.integers(1, len(timestep)))
    assert stage[stage.position(timestep[position])] == timestep[position]
    if position >= timestep.forward.last:
        assert stage[position] == timestep[position]


def test_the_sheets_have_121_and_89_steps(sheet_a, sheet_b):
    a, b = Program(sheet_a[0]), Program(sheet_b[0])
    assert (len(a), len(b)) == (121, 89)
    assert a[62] == Address(Phase.BACKWARD, "W", (3, 3, 2))
    assert a[1] == Address(Phase.FORWARD, "letter", (1,))
    assert a[121] == Address(Phase.UPDATE, "b")
    assert b[89] == Address(Phase.UPDATE, "E")
    assert a.block(62) == Span(58, 63)


@pytest.mark.parametrize("position", [0, -1, 122, 10**9])
def test_positions_outside_are_refused(sheet_a, position):
    with pytest.raises(IndexError, match=f"step {position} is not in 1 … 121"):
        Program(sheet_a[0])[position]


@pytest.mark.parametrize(
    "missing",
    [
        Address(Phase.FORWARD, "x", (1,)),
        Address(Phase.FORWARD, "h"),
        Address(Phase.FORWARD, "h", (0,)),
        Address(Phase.FORWARD, "h", (5,)),
        Address(Phase.FORWARD, "h", (2, 1)),
        Address(Phase.FORWARD, "A", (2,)),
        Address(Phase.FORWARD, "A", (2, 3)),
        Address(Phase.FORWARD, "A", (2, 0)),
        Address(Phase.FORWARD, "nonsense", (1,)),
        Address(Phase.BACKWARD, "Omega"),
        Address(Phase.BACKWARD, "Omega", (5,)),
        Address(Phase.BACKWARD, "V", (1, 1, 1)),
        Address(Phase.BACKWARD, "E", (1, 1, 1)),
        Address(Phase.BACKWARD, "E"),
        Address(Phase.BACKWARD, "W", (2,)),
        Address(Phase.BACKWARD, "W", (2, 3, 1)),
        Address(Phase.BACKWARD, "W", (2, 2, 3)),
        Address(Phase.BACKWARD, "W", (2, 2, 0)),
        Address(Phase.BACKWARD, "W", (5, 1, 1)),
        Address(Phase.BACKWARD, "W", (0, 0, 0)),
        Address(Phase.BACKWARD, "W", (1, 1)),
        Address(Phase.UPDATE, "E"),
        Address(Phase.UPDATE, "Omega"),
        Address(Phase.UPDATE, "W", (1,)),
    ],
    ids=str,
)
@pytest.mark.parametrize("order", ["timestep", "stage"])
def test_steps_that_this_program_lacks_are_refused(sheet_a, missing, order):
    program = Program(sheet_a[0], order)
    assert missing not in program
    with pytest.raises(KeyError):
        program.position(missing)


def test_without_attention_every_term_has_m_equal_to_t(sheet_b):
    program = Program(sheet_b[0])
    assert Address(Phase.BACKWARD, "W", (3, 2, 1)) not in program
    assert Address(Phase.FORWARD, "Z", (1,)) not in program
    assert all(step.indices[0] == step.indices[1] for step in program if len(step.indices) == 3)


def test_addresses_know_what_they_are():
    network = plain_network(3)
    assert Address(Phase.BACKWARD, "W").is_sum
    assert not Address(Phase.BACKWARD, "W").is_term_of(network)
    assert Address(Phase.BACKWARD, "c", (2,)).is_term_of(network)
    assert not Address(Phase.BACKWARD, "Omega", (2,)).is_term_of(network)
    assert not Address(Phase.FORWARD, "L").is_sum
    assert not Address(Phase.UPDATE, "W").is_sum


def test_spans_hold_both_ends():
    span = Span(3, 5)
    assert [position in span for position in range(2, 7)] == [False, True, True, True, False]
    assert len(span) == 3
