"""How the numbers of a line become places."""

import numpy as np
import pytest

from gui.widgets.plots.line_picture import Line, finite_range, scaled, thinned

pytestmark = pytest.mark.without_qt


def test_thinning_keeps_every_peak():
    x = np.arange(1.0, 50_001)
    y = np.zeros(50_000)
    y[[17, 30_001]] = 9.0, -4.0
    some_x, some_y = thinned(x, y, 500)
    assert len(some_x) == len(some_y) < 1_100
    assert (some_y.max(), some_y.min()) == (9.0, -4.0)


def test_few_points_are_not_thinned():
    x, y = np.arange(10.0), np.arange(10.0)
    assert thinned(x, y, 5) == (x, y)
    assert len(thinned(np.arange(11.0), np.arange(11.0), 5)[0]) <= 12


def test_what_is_not_finite_or_has_no_logarithm_has_no_place():
    values = np.array([0.1, 100.0, 0.0, -1.0, np.inf, np.nan])
    np.testing.assert_array_equal(scaled(values, logarithmic=False), [0.1, 100.0, 0.0, -1.0, np.nan, np.nan])
    np.testing.assert_allclose(scaled(values, logarithmic=True), [-1, 2, np.nan, np.nan, np.nan, np.nan])


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], (0, 1)), ([np.nan, np.inf], (0, 1)), ([3.0], (2.5, 3.5)), ([2.0, np.nan, -1.0], (-1, 2)),
     ([1.7e308, -1.7e308], (-1e307, 1e307))],
)  # fmt: skip
def test_a_range_holds_the_finite_ones_and_has_a_height(values, expected):
    assert finite_range(np.array(values)) == expected


def test_lines_look_alike_with_the_same_arrays_and_marks():
    x = np.arange(3.0)
    line = Line(x, x, 1, "here")
    assert line.looks_like(Line(x, x, 1, "here", tip=repr))
    assert not line.looks_like(Line(x, x.copy(), 1, "here"))
    assert not line.looks_like(Line(x, x, 2, "here"))
    assert not line.looks_like(Line(x, x, 1, "there"))
