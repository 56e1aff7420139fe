"""Slips that give the same number are all listed, and none is claimed that does not give it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.answers.answer import answer
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.slips.table import SLIPS
from tests.slip_cases import EXERCISES, SWAPPED, case_of, far, on_a_half, sheet_exercises, ways_once, written
from tests.slip_oracles import numbers

NAMES = [slip.name for slip in SLIPS]


@pytest.fixture(scope="module", autouse=True)
def _once():
    with ways_once():
        yield


@pytest.fixture(scope="module")
def sheets(sheet_a, sheet_b):
    return sheet_exercises(sheet_a, sheet_b)


CROWDED = [
    Address(Phase.BACKWARD, "W"),
    Address(Phase.BACKWARD, "b"),
    Address(Phase.BACKWARD, "W", (3, 3, 2)),
    Address(Phase.BACKWARD, "b", (4, 4, 3)),
    Address(Phase.UPDATE, "W"),
    Address(Phase.FORWARD, "L"),
    Address(Phase.FORWARD, "h", (3,)),
]


def test_no_slip_is_listed_that_does_not_give_a_coarse_number(sheets):
    listed_once = 0
    for exercise in sheets:
        for address in CROWDED[::2]:
            right = exercise.right(address).item()
            giving: dict[float, set[str]] = {}
            for name in NAMES:
                for value in numbers(name, exercise, address):
                    number = round(value.item(), 2)
                    giving.setdefault(number, set()).add(name)
            for number, names in giving.items():
                if number and far(number, right, 2):
                    result = answer(case_of(exercise, address), written(number, 2))
                    listed = {
                        m.title
                        for m in result.matches
                        if m.rule is None and m.title in NAMES and "rounding" not in m.title
                    }
                    assert listed - {SWAPPED} <= names, (address, number)
                    listed_once += bool(listed)
    assert listed_once > 5


ORDINALS = {"a fifth decimal would tell.": 1, "two more decimals would tell.": 2, "three more decimals would tell.": 3}


def test_the_doubt_says_with_how_many_decimals_it_would_be_asserted(sheets):
    seen = set()
    for exercise in sheets:
        for address in CROWDED[::2]:
            for name in NAMES[::4]:
                for value in numbers(name, exercise, address):
                    if value.size > 1 or on_a_half(value) or not np.any(np.round(value, 4)):
                        continue
                    case, entry = case_of(exercise, address), (0, 0)
                    said = answer(case, written(value, 4), entry)
                    if said.kind != "could be" or [match.title for match in said.matches] != [name]:
                        continue
                    words = said.headline.rpartition("; ")[2]
                    needed = ORDINALS.get(words, 4)
                    assert needed < 4 or words == "only your working tells."
                    if needed < 4:
                        more = answer(case, written(value, 4 + needed), entry)
                        assert more.kind == "explained", (address, name, value, more)
                    seen.add(needed)
    assert {1, 2} <= seen


def test_where_tanh_is_left_out_at_the_first_state_here_and_everywhere_are_one(sheets):
    address = Address(Phase.FORWARD, "h", (1,))
    for exercise in (sheets[0], *(other for other in EXERCISES[:12] if other.network.H == 1)):
        before = next(numbers("tanh left out here", exercise, address)).item()
        if far(before, exercise.right(address)):
            result = answer(case_of(exercise, address), written(before))
            assert {"no tanh", "tanh left out here"} <= {match.title for match in result.matches}
            names = (
                "no tanh, or tanh left out here, or ReLU for tanh" if before > 0 else "no tanh, or tanh left out here"
            )
            assert f"{names}, which come to the same here" in result.headline


def test_a_stated_rate_of_one_in_T_and_the_mean_are_one_update(sheets):
    exercise = replace(sheets[1], stated=0.1 / 4)
    address = Address(Phase.UPDATE, "V")
    result = answer(case_of(exercise, address), written(next(numbers("the stated η", exercise, address)), 6))
    assert {"the stated η", "the mean for the sum"} <= {match.title for match in result.matches}
    assert "which come to the same here" in result.headline


def test_slips_that_change_nothing_with_one_hidden_unit_are_never_claimed(sheets):
    for exercise in sheets:
        for address in list(Program(exercise.network))[::8]:
            right = exercise.right(address)
            for name in ("W for Wᵀ", "Wᵀ for W", "transposed"):
                for value in numbers(name, exercise, address):
                    np.testing.assert_array_equal(value, right)
            result = answer(case_of(exercise, address), written(float(np.ravel(right)[0]) + 0.0003))
            assert not {match.title for match in result.matches} & {"W for Wᵀ", "Wᵀ for W", "transposed"}


def test_a_slip_of_one_step_is_first_seen_at_that_step(sheets):
    for name, indices in [
        ("the running total for the term", (3, 3, 2)),
    ]:
        address = Address(Phase.BACKWARD, "W", indices)
        value = next(numbers(name, sheets[0], address)).item()
        result = answer(case_of(sheets[0], address), written(value))
        first = next(match.first for match in result.matches if match.title == name)
        assert first is not None
        assert first.address == address
        assert first.theirs == pytest.approx(value, rel=1e-12)


def test_two_slips_at_once_are_not_claimed_one_unit_off(sheets):
    """Where a slip by the exact rule would be one unit off, and nothing else gives the number."""
    address, compared = Address(Phase.BACKWARD, "U"), 0
    for name in NAMES:
        for value in numbers(name, replace(sheets[0], rule=EXACT), address):
            number = float(np.round(value[0, 1], 6)) + 1e-6
            said = answer(case_of(sheets[0], address), written(number, 6), (0, 1))
            assert all(match.equal or not match.title.endswith("by the exact rule") for match in said.matches), name
            compared += said.kind == "unknown"
    assert compared > 20
