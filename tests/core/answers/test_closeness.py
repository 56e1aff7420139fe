"""How a number as written stands to a true value, against exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from core.answers.closeness import Closeness, closeness, digits_of, each_closeness, is_to_all_digits, places_of
from core.writing.notation import read
from tests.worksheet_oracle import STANDS, stands

RIGHT, ONE, COARSE, WRONG = Closeness


def how(value, text):
    return closeness(np.array(value), read(text))


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (0.0274148, "0.0274", RIGHT),
        (0.0274148, "0.0275", ONE),
        (0.0274148, "0.0272", WRONG),
        (0.0274148, "0.03", RIGHT),
        (0.0274148, "1", COARSE),
        (0.0274148, "0", COARSE),
        (0.0274148, "0.00", WRONG),
        (0.0274148, "0.0", COARSE),
        (0.0274148, "-1", WRONG),  # the sign is never crossed
        (0.0274148, "-0.1", WRONG),
        (0.0274148, "0.0000", WRONG),
        (0.129979, "0.", COARSE),
        (-0.000437, "-0.0004", RIGHT),
        (0.000182, "0.0002", RIGHT),
        (0.00004, "0.0000", COARSE),
        (0.00004, "-0.0001", WRONG),
        (9.6, "10", RIGHT),
        (9.2, "10", ONE),
        (10.4, "9", COARSE),
        (2.5, "2", RIGHT),  # halfway, programs go to the even neighbour, people go up
        (2.5, "3", RIGHT),
        (0.0, "0", RIGHT),
        (0.0, "-0.000", RIGHT),
        (0.0, "0.0001", WRONG),
        (1e-300, "0.0000", COARSE),
        (1230.0, "1.2e3", RIGHT),
        (1300.0, "1.2e3", ONE),
        (1000000.0299, "1000000.0299", RIGHT),
        (2.9601, "4.9601", WRONG),
        (np.nan, "0.5", WRONG),
        (np.inf, "0.5", WRONG),
        (np.inf, "inf", RIGHT),
        (-np.inf, "inf", WRONG),
        (1e308, "inf", WRONG),
    ],
)
def test_a_number_is_judged_as_it_was_written(value, text, expected):
    assert how(value, text) is expected


@pytest.mark.parametrize("zeros", [400, 9_000, 100_000])
def test_more_decimals_than_any_number_has_are_judged_too(zeros):
    assert how(0.0, f"0.{'0' * zeros}") is RIGHT
    assert how(0.0274, f"0.{'0' * zeros}") is WRONG
    assert how(0.5, f"0.5{'0' * zeros}") is RIGHT


@drawn(
    st.floats(-20, 20, allow_nan=False),
    st.integers(0, 4),
    st.integers(-3, 3),
)
def test_it_is_what_exact_fractions_say(value, places, by):
    units = floor(Fraction(value) * 10**places) + by
    sign, digits = "-" if units < 0 else "", f"{abs(units):0{places + 1}d}"
    text = f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else f"{sign}{digits}"
    assert how(value, text) == STANDS.index(stands(value, text))


@drawn(st.floats(-1e6, 1e6, allow_nan=False), st.integers(1, 17))
def test_what_is_pasted_with_any_decimals_is_never_one_unit_off(value, places):
    text = f"{value:.{places}f}"
    if float(text) != 0:
        assert how(value, text) is RIGHT
        assert is_to_all_digits(np.array(value), read(text))


@drawn(st.floats(1e-6, 1e6), st.booleans())
def test_numbers_in_single_precision_are_right_to_its_digits(value, negative):
    value = -value if negative else value
    assert how(value, f"{np.float32(value):.20f}") is RIGHT
    assert how(value, f"{value * (1 + 3e-7):.20f}") is RIGHT
    assert how(value, f"{value * (1 + 3e-5):.20f}") is WRONG


def test_every_entry_goes_by_its_own_digits():
    value = np.array([1000000.0299, 2.9601, 0.0, 0.3, 0.00001])
    given = read("1000000.0299, 4.9601, 0, 0.35, 0.0000")
    assert [*map(Closeness, each_closeness(value, given))] == [RIGHT, WRONG, RIGHT, WRONG, COARSE]
    assert closeness(value, given) is WRONG
    assert closeness(value[2:3], read("[0.]")) is RIGHT


def test_pasted_matrices_of_eight_decimals_agree():
    draw = np.random.default_rng(5)
    for _ in range(300):
        value = draw.normal(size=(4, 4))
        assert closeness(value, read(np.array2string(value, precision=8))) is RIGHT


def test_significant_digits_are_those_of_the_number_that_has_most():
    for text, digits in [("0.0274", 3), ("0", 0), ("0.00", 0), ("10", 2), ("1e3", 1), ("0.0274, 0.3", 3)]:
        assert digits_of(read(text)) == digits


def test_a_zero_is_meant_only_where_it_is_followed():
    value = np.array([[0.0, -0.0137], [0.0, 0.0]])
    assert [label for label, _ in places_of(value, read("0.0000"), (0, 1))] == ["entry (1, 2)"]
    assert [label for label, _ in places_of(value, read("0.0000"), (1, 0))] == ["entry (2, 1)", "entry (1, 2)"]
    assert [label for label, _ in places_of(value, read("0 0"), (0, 0))] == ["row 1", "column 1", "column 2"]
    assert [label for label, _ in places_of(value[0], read("0"), (1, 0))] == ["entry 2"]


def test_a_column_or_row_of_zeros_is_meant_only_where_it_is_followed():
    right = np.array([[1.0, 0.0, 2.0], [3.0, 0.0, 4.0]])
    column, row = read("0 0", (2,)), read("0 0 0", (3,))
    assert [label for label, _ in places_of(right, column, (0, 0))] == ["column 1", "column 3"]
    assert [label for label, _ in places_of(right, column, (0, 1))] == ["column 2", "column 1", "column 3"]
    lower = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 4.0]])
    assert [label for label, _ in places_of(lower, row, (1, 0))] == ["row 2"]
    assert [label for label, _ in places_of(lower, row, (0, 0))] == ["row 1", "row 2"]
