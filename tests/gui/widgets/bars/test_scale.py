"""Where bars stand, without a window: round trips, and places counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from core.writing.form import NumberFormat
from gui.widgets.bars.picture import BarPicture
from gui.widgets.bars.scale import bar_scale

pytestmark = pytest.mark.without_qt

AREA = QRectF(10, 20, 400, 200)


def picture(values, slots=None, levels=("t",), lead="", is_log=False):
    made = np.array(values, dtype=float)
    slots = tuple((place + 1,) for place in range(len(values))) if slots is None else slots
    return BarPicture("bars", made, np.cumsum(made), np.zeros((len(made), 0)), (), levels, slots, lead, None, 0, str,
                      str, NumberFormat(), not is_log, is_log)  # fmt: skip


def scale_of(made):
    return bar_scale(made, AREA, lambda text: 7.0 * len(text), 5)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_every_value_and_running_total_has_its_place_in_the_plot_larger_ones_higher(values):
    made = picture(values)
    scale = scale_of(made)
    seen = np.array([*made.values, *made.totals, 0.0])
    heights = scale.ys(seen)
    assert (heights >= scale.plot.top() - 1e-6).all()
    assert (heights <= scale.plot.bottom() + 1e-6).all()
    order = np.argsort(seen, kind="stable")
    assert (np.diff(heights[order]) <= 1e-9).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.booleans())
def test_the_middle_of_a_place_belongs_to_it_and_beside_the_bars_is_none(values, has_lead):
    scale = scale_of(picture(values, lead="losses 1–9" if has_lead else ""))
    for place in range(len(values)):
        assert scale.place_at(scale.x(place)) == place
        assert scale.column(place).center().x() == pytest.approx(scale.x(place))
    assert scale.place_at(scale.plot.left() - 1) is None
    assert scale.place_at(float(scale.edges[-1])) is None


@given(st.lists(st.floats(1e-12, 1e6), min_size=2, max_size=40))
def test_a_factor_of_ten_has_the_same_height_everywhere_on_a_logarithmic_axis(values):
    scale = scale_of(picture(values, is_log=True))
    assert scale.low < np.log10(min(values)) <= np.log10(max(values)) <= scale.high
    decade = scale.plot.height() / (scale.high - scale.low)
    for value in (max(values), -max(values)):  # a size has no sign
        assert scale.y(value / 10) - scale.y(value) == pytest.approx(decade) or abs(value) / 10 < 10**scale.low
        assert scale.y(value) == pytest.approx(scale.plot.bottom() - (np.log10(abs(value)) - scale.low) * decade)


def test_what_is_not_finite_has_no_place_and_nothing_but_zeros_has_a_range():
    assert np.isnan(scale_of(picture([1.0, np.inf])).ys(np.array([np.inf, np.nan]))).all()
    for is_log in (False, True):
        scale = scale_of(picture([0.0, 0.0], is_log=is_log))
        assert scale.low < scale.high


def test_brackets_gather_neighbours_with_the_same_numbers():
    slots = ((1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2))
    losses, states = scale_of(picture([1, 2, 3, 4], slots, ("t", "m", "k"))).brackets
    assert [(each.number, each.first, each.last) for each in losses] == [(1, 0, 0), (2, 1, 3)]
    assert [(each.number, each.first, each.last) for each in states] == [(1, 0, 0), (1, 1, 1), (2, 2, 3)]
