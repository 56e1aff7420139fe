"""Round numbers for an axis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.widgets.parts.ticks import log_ticks, round_ticks, tick_texts

pytestmark = pytest.mark.without_qt


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 5.81, ["0", "2", "4"]), (-0.041, 0.0103, ["−0.04", "−0.02", "0"]), (0, 10_000, ["0", "5,000", "10,000"])],
)
def test_axes_have_few_round_numbers(low, high, expected):
    assert tick_texts(round_ticks(low, high, 4)) == expected


def test_logarithmic_axes_have_few_round_numbers():
    assert log_ticks(1, 10_000, 5) == [1, 10, 100, 1000, 10_000]
    assert log_ticks(1.7, 5.8, 4) == [2, 5]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 9))
def test_ticks_are_few_even_and_inside(low, size, most):
    high = low + size
    ticks = round_ticks(low, high, most)
    assert 1 <= len(ticks) <= most
    slack = 1e-8 * max(size, abs(low), abs(high))
    assert all(low - slack <= tick <= high + slack for tick in ticks)
    assert np.allclose(np.diff(ticks, 2), 0, atol=slack)


@pytest.mark.parametrize(("low", "high"), [(3.0, 3.0), (4.0, 1.0)])
def test_a_range_without_room_has_one_tick(low, high):
    assert round_ticks(low, high) == [low]


@given(st.floats(1e-6, 1e3), st.floats(1.5, 1e6), st.integers(2, 8))
def test_logarithmic_ticks_are_few_rising_and_inside(low, ratio, most):
    ticks = log_ticks(low, low * ratio, most)
    assert len(ticks) <= most
    assert ticks == sorted(set(ticks))
    assert all(low * 0.99 <= tick <= low * ratio * 1.01 for tick in ticks)


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ([0.0, 0.25, 0.5], ["0", "0.25", "0.50"]),
        ([-1500.0, 0.0, 1500.0], ["−1,500", "0", "1,500"]),
        ([0.0, 0.00001], ["0", "0.00001"]),
        ([0.0, 2e7], ["0", "2.0×10⁷"]),
        ([0.0, 1e7], ["0", "1.0×10⁷"]),
    ],
)
def test_ticks_are_written_with_as_many_decimals_as_they_need(ticks, texts):
    assert tick_texts(ticks) == texts
