"""Where the cells of a triangle stand, without a window: what is under a pixel is what is drawn there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from gui.widgets.triangle.scale import TriangleScale

pytestmark = pytest.mark.without_qt

AREA = QRectF(30, 10, 300, 240)
SIZES = st.integers(1, 2_000)
SHARES = st.floats(0, 1)


def cells_under(scale, point):
    """The cells whose rectangles the pixel that *point* is in touches, by looking at all of them."""
    pixel = QRectF(int(point.x()), int(point.y()), 1, 1)
    return {
        (t, k) for t in range(1, scale.T + 1) for k in range(1, scale.T + 1)
        if scale.rect((t, k)).adjusted(1e-7, 1e-7, -1e-7, -1e-7).intersects(pixel)
    }  # fmt: skip


@given(st.integers(1, 12), SHARES, SHARES)
def test_the_cell_under_a_point_is_the_one_that_is_drawn_there(T, across, down):
    scale = TriangleScale.whole(T, AREA)
    point = QPointF(AREA.left() + across * (AREA.width() - 1), AREA.top() + down * (AREA.height() - 1))
    found = scale.box_at(point)
    assert found is not None
    first, last = found
    assert first == last
    assert first in cells_under(scale, point)


def test_of_cells_smaller_than_a_pixel_all_under_it_are_found():
    scale = TriangleScale.whole(60, QRectF(0, 0, 25, 25))
    for at in ((0, 0), (7, 3), (24, 24), (12, 20)):
        found = scale.box_at(QPointF(*at))
        assert found is not None
        (top, left), (bottom, right) = found
        assert {(t, k) for t in range(top, bottom + 1) for k in range(left, right + 1)} == cells_under(
            scale, QPointF(*at)
        )


@given(SIZES, SHARES, SHARES, st.floats(1.01, 50))
def test_what_is_under_the_hand_stays_there_while_it_zooms_unless_the_edge_stops_it(T, across, down, factor):
    scale = TriangleScale.whole(T, AREA)
    point = QPointF(AREA.left() + across * AREA.width(), AREA.top() + down * AREA.height())
    near = scale.zoomed(factor, point)
    assert near.span <= scale.span
    for before, after, share in ((scale.left, near.left, across), (scale.top, near.top, down)):
        assert after + share * near.span == pytest.approx(before + share * scale.span)
    assert near.zoomed(1e9, point).span == min(6, T)
    assert near.zoomed(1e-9, point).is_whole


@given(SIZES, st.floats(-5e3, 5e3), st.floats(-5e3, 5e3), st.floats(1, 40))
def test_panning_never_leaves_the_triangle(T, x, y, factor):
    moved = TriangleScale.whole(T, AREA).zoomed(factor, AREA.center()).panned(QPointF(x, y))
    assert 0 <= moved.left <= T - moved.span + 1e-9
    assert 0 <= moved.top <= T - moved.span + 1e-9


@given(st.integers(6, 2_000), st.data())
def test_showing_a_cell_brings_all_of_it_into_view_and_does_not_move_what_is(T, data):
    cell = data.draw(st.integers(1, T)), data.draw(st.integers(1, T))
    shown = TriangleScale.whole(T, AREA).zoomed(1e9, AREA.topLeft()).showing(cell)
    assert AREA.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(shown.rect(cell))
    assert shown.showing(cell) == shown
