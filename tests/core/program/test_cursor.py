"""The commands, against a plain listing of what each finishes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.program.cursor import Command, Cursor, can, move, to_address, to_epoch
from core.program.program import Address, Phase, Program
from tests.oracles import ends, listing
from tests.strategies import KINDS, plain_network

CASES = [(kind, order) for kind in KINDS for order in ("timestep", "stage")]
WITHIN = [c for c in Command if c not in (Command.INTO, Command.BACK, Command.NEXT_EPOCH, Command.PREVIOUS_EPOCH)]


def listed(kind, order, T=4):
    network = plain_network(T, embedded=kind[0], attention=kind[1])
    return Program(network, order), listing(network, order)


def walk(program, cursor, command):
    """All cursors that *command* visits from *cursor* until it can go no further."""
    visited = [cursor]
    while can(program, visited[-1], command):
        visited.append(move(program, visited[-1], command))
    return visited


@pytest.mark.parametrize(("kind", "order"), CASES)
@pytest.mark.parametrize("level", ["block", "outer"])
def test_over_and_out_go_to_the_next_end_and_the_one_before(kind, order, level):
    program, lines = listed(kind, order)
    stops = ends([getattr(line, level) for line in lines])
    ahead, behind = {"block": (Command.OVER, Command.OVER_BACK), "outer": (Command.OUT, Command.OUT_BACK)}[level]
    for position in range(1, len(lines) + 1):
        after = min((stop for stop in stops if stop > position), default=position)
        before = max((stop for stop in stops if stop < position), default=1)
        assert move(program, Cursor(3, position), ahead) == Cursor(3, after)
        assert move(program, Cursor(3, position), behind) == Cursor(3, before)


@pytest.mark.parametrize(("kind", "order"), CASES)
def test_out_lands_on_sums_and_the_ends_of_phases(kind, order):
    program, _ = listed(kind, order)
    landed = [program[cursor.position] for cursor in walk(program, Cursor(), Command.OUT)[1:]]
    names = [name for name in program.gradients if name != "Omega"]
    assert landed == [
        Address(Phase.FORWARD, "L"),
        Address(Phase.BACKWARD, "Omega", (4,)),
        *(Address(Phase.BACKWARD, name) for name in names),
        Address(Phase.UPDATE, names[-1]),
    ]


@pytest.mark.parametrize(("kind", "order"), CASES)
def test_into_visits_every_step_and_back_the_same_backwards(kind, order):
    program, lines = listed(kind, order)
    cursor, seen = Cursor(1, 1), []
    for _ in range(2 * len(lines)):
        seen.append(cursor)
        cursor = move(program, cursor, Command.INTO)
    assert seen == [Cursor(epoch, p) for epoch in (1, 2) for p in range(1, len(lines) + 1)]
    assert cursor == Cursor(3, 1)
    for expected in reversed(seen):
        cursor = move(program, cursor, Command.BACK)
        assert cursor == expected
    assert not can(program, cursor, Command.BACK)


@pytest.mark.parametrize("T", [1, 2, 5])
@pytest.mark.parametrize("command", Command)
def test_a_command_can_run_exactly_where_it_moves(command, T):
    for kind, order in CASES:
        program, _ = listed(kind, order, T)
        for epoch in (1, 2):
            for position in range(1, len(program) + 1):
                cursor = Cursor(epoch, position)
                after = move(program, cursor, command)
                assert can(program, cursor, command) == (after != cursor)
                assert 1 <= after.position <= len(program)
                assert after.epoch >= 1
                if command in WITHIN:
                    assert after.epoch == epoch


@pytest.mark.parametrize("command", WITHIN, ids=str)
def test_all_but_into_back_and_the_epochs_stop_at_the_ends_of_the_epoch(command):
    program, _ = listed((True, True), "timestep")
    stopped = walk(program, Cursor(2, 40), command)[-1]
    assert stopped in (Cursor(2, 1), Cursor(2, len(program)))


def test_groups_are_entered_at_their_first_step():
    program, lines = listed((True, True), "timestep")
    keys = [line.block if line.phase == "forward" else line.outer for line in lines]
    firsts = [1] + [end + 1 for end in ends(keys)[:-1]]
    forwards = [cursor.position for cursor in walk(program, Cursor(), Command.NEXT_GROUP)]
    assert forwards == [*firsts, len(program)]
    backwards = [cursor.position for cursor in walk(program, Cursor(1, len(program)), Command.PREVIOUS_GROUP)]
    assert backwards == [len(program), *reversed(firsts)]


@given(st.integers(1, 121), st.integers(1, 10**6))
def test_epochs_keep_the_address(position, epoch):
    program, cursor = Program(plain_network(4)), Cursor(epoch, position)
    after = move(program, cursor, Command.NEXT_EPOCH)
    assert after == Cursor(epoch + 1, position)
    assert move(program, after, Command.PREVIOUS_EPOCH) == cursor
    assert move(program, Cursor(1, position), Command.PREVIOUS_EPOCH) == Cursor(1, position)


def test_start_and_end_are_the_first_and_the_last_step():
    program = Program(plain_network(4))
    assert move(program, Cursor(5, 62), Command.START) == Cursor(5, 1)
    assert move(program, Cursor(5, 62), Command.END) == Cursor(5, 121)


@given(st.permutations(range(1, 122)))
def test_jumps_lead_where_stepping_leads(order):
    program, visited = Program(plain_network(4)), [Cursor(7, 1)]
    while len(visited) < len(program):
        visited.append(move(program, visited[-1], Command.INTO))
    cursor = Cursor(7, 1)
    for position in order:
        cursor = to_address(program, cursor, program[position])
        assert cursor == visited[position - 1]


def test_jumps_to_nowhere_are_refused():
    program = Program(plain_network(4))
    with pytest.raises(KeyError):
        to_address(program, Cursor(), Address(Phase.BACKWARD, "W", (5, 1, 1)))
    assert to_epoch(9) == Cursor(9, 1)
    with pytest.raises(ValueError, match="expected 1 or more"):
        to_epoch(0)


def zero_terms_of_W(address):
    return address.quantity == "W" and address.indices[2:] == (1,)


def test_skipped_steps_are_passed_by_both_ways():
    program = Program(plain_network(4))
    kept = [p for p in range(1, 122) if not zero_terms_of_W(program[p])]
    assert len(kept) == 111
    cursor = Cursor(1, 1)
    for position in kept:
        assert cursor == Cursor(1, position)
        cursor = move(program, cursor, Command.INTO, zero_terms_of_W)
    assert cursor == Cursor(2, 1)
    for position in reversed(kept):
        cursor = move(program, cursor, Command.BACK, zero_terms_of_W)
        assert cursor == Cursor(1, position)


def test_a_first_or_last_step_is_never_skipped():
    program = Program(plain_network(2))
    last = len(program)
    assert move(program, Cursor(1, 1), Command.INTO, lambda _: True) == Cursor(1, last)
    assert move(program, Cursor(1, last), Command.INTO, lambda _: True) == Cursor(2, 1)
    assert move(program, Cursor(2, 1), Command.BACK, lambda _: True) == Cursor(1, last)
    assert move(program, Cursor(1, last), Command.BACK, lambda _: True) == Cursor(1, 1)


def test_the_longest_program_is_stepped_at_once():
    program = Program(plain_network(1000, embedded=True))
    start = to_address(program, Cursor(), Address(Phase.BACKWARD, "E", (1000, 1, 1)))
    assert program[move(program, start, Command.OVER).position] == Address(Phase.BACKWARD, "E", (1000, 1000, 1000))
    assert program[move(program, start, Command.OUT).position] == Address(Phase.BACKWARD, "E")
    assert program[move(program, start, Command.OVER_BACK).position] == Address(Phase.BACKWARD, "E", (999, 999, 999))
