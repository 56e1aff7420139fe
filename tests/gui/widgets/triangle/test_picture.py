"""The cells of a triangle: what is shown of them, how dark, and where they stand."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from core.writing.form import NumberFormat
from gui.widgets.triangle.picture import TrianglePicture
from gui.widgets.triangle.scale import TriangleScale

pytestmark = pytest.mark.without_qt


SIZES = np.where(np.tri(6, dtype=bool), np.arange(36.0).reshape(6, 6) + 1, np.nan)


def picture(rows=6, cells=0, largest=36.0):
    return TrianglePicture("Sizes", "", SIZES, rows, cells, largest, None, "W", str, NumberFormat())


@pytest.mark.parametrize("rows", [0, 2, 5, 6])
@pytest.mark.parametrize("cells", [0, 1, 3])
@pytest.mark.parametrize("box", [(1, 6, 1, 6), (3, 5, 2, 4), (6, 6, 1, 2), (4, 4, 4, 4)])
def test_a_block_holds_the_cells_that_are_shown(rows, cells, box):
    first_t, last_t, first_k, last_k = box
    found = picture(rows, cells).block(*box)
    for t in range(first_t, last_t + 1):
        for k in range(first_k, last_k + 1):
            is_shown = k <= t and (t <= rows or (t == rows + 1 and k <= cells))
            expected = SIZES[t - 1, k - 1] if is_shown else np.nan
            np.testing.assert_equal(found[t - first_t, k - first_k], expected)


def test_the_largest_of_a_box_is_meant_and_nothing_off_the_triangle():
    assert picture().strongest((2, 1), (4, 3)) == (4, 3)
    assert picture(rows=3).strongest((2, 1), (4, 3)) == (3, 3)
    assert picture(rows=0).strongest((2, 1), (4, 3)) == (2, 1)
    assert picture(rows=0).strongest((2, 3), (4, 4)) == (3, 3)
    assert picture().strongest((2, 3), (2, 4)) is None


def test_six_decades_below_the_largest_is_the_palest():
    found = picture(largest=100.0).fractions(np.array([100.0, 0.1, 1e-4, 1e-9, np.nan, 1e3]))
    np.testing.assert_allclose(found, [1, 0.5, 0, 0, np.nan, 1])


AREA = QRectF(10, 20, 300, 120)


def test_a_cell_is_found_where_it_stands():
    scale = TriangleScale.whole(6, AREA)
    assert scale.is_whole
    assert scale.cell == (50, 20)
    for t in range(1, 7):
        for k in range(1, 7):
            assert scale.box_at(scale.rect((t, k)).center()) == ((t, k), (t, k))
    assert scale.rect((2, 3)) == QRectF(110, 40, 50, 20)
    assert scale.box_at(QPointF(9, 30)) is None


def test_a_pixel_over_many_cells_names_the_first_and_the_last():
    assert TriangleScale.whole(600, AREA).box_at(QPointF(10.5, 20.5)) == ((1, 1), (5, 2))
    assert TriangleScale.whole(600, AREA).box_at(QPointF(12.5, 22.5)) == ((11, 5), (15, 6))


def test_zooming_keeps_what_is_under_the_hand_and_ends_at_six_cells():
    scale, hand = TriangleScale.whole(60, AREA), QPointF(160, 80)
    near = scale.zoomed(2, hand)
    assert near.span == 30
    assert near.box_at(hand) == scale.box_at(hand)
    assert scale.zoomed(1000, hand).span == 6
    assert near.zoomed(0.01, hand) == scale
    assert TriangleScale.whole(4, AREA).zoomed(2, hand).span == 4


def test_panning_and_showing_move_no_further_than_there_are_cells():
    near = TriangleScale(60, AREA, 10, 10, 30)
    assert near.panned(QPointF(20, -8)).left == 8
    assert near.panned(QPointF(20, -8)).top == 12
    assert near.panned(QPointF(1e4, -1e4)) == TriangleScale(60, AREA, 0, 30, 30)
    assert near.showing((20, 20)) == near
    assert near.showing((41, 10)) == TriangleScale(60, AREA, 9, 11, 30)
