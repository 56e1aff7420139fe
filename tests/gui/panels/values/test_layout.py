"""Where the cells of the values panel stand, without a window."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from gui.panels.values.layout import ValuesLayout

pytestmark = pytest.mark.without_qt


@st.composite
def layouts(draw):
    heights = draw(st.lists(st.integers(10, 60), min_size=1, max_size=12))
    tops = tuple(accumulate(map(float, heights), initial=0.0))
    return ValuesLayout(draw(st.integers(1, 30)), 90.0, 20.0, 24.0, 36.0, tops, draw(st.floats(20, 90)), 2.0, 8.0, 13.0)


@given(layouts())
def test_the_middle_of_every_cell_is_in_it_and_cells_do_not_overlap(layout):
    for row in range(layout.rows):
        for column in range(layout.columns):
            rect = layout.rect(row, column)
            assert layout.cell_at(rect.center()) == (row, column)
            assert row == 0 or rect.top() > layout.rect(row - 1, column).bottom()
            assert column == 0 or rect.left() > layout.rect(row, column - 1).right()


@given(layouts(), st.floats(-50, 800), st.floats(1, 400))
def test_what_shows_between_two_edges_are_the_rows_and_columns_that_reach_in(layout, start, room):
    end = start + room
    rows = {row for row in range(layout.rows) if layout.tops[row] < end and layout.tops[row + 1] > start}
    assert rows <= set(layout.rows_within(start, end))
    assert len(layout.rows_within(start, end)) <= len(rows) + 1
    columns = {
        column for column in range(layout.columns)
        if column * layout.pitch < end and (column + 1) * layout.pitch > max(start, 0)
    }  # fmt: skip
    assert columns <= set(layout.columns_within(start, end))
    assert len(layout.columns_within(start, end)) <= len(columns) + 1


@given(layouts())
def test_outside_of_the_cells_there_is_none(layout):
    for point in (QPointF(-1, 5), QPointF(5, -1), QPointF(layout.columns * layout.pitch + 1, 5),
                  QPointF(5, layout.height + 1)):  # fmt: skip
        assert layout.cell_at(point) is None
    assert layout.seen(QSizeF(0, 0)) == QSizeF(0, 0)
    assert layout.seen(QSizeF(1e4, 1e4)).height() == layout.height
