"""Where the cells of a matrix stand, without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gui.widgets.matrix.layout import MatrixLayout

pytestmark = pytest.mark.without_qt

# Three rows of 10 px and four columns of 20 px, each with its gap of 2 px behind it.
GRID = MatrixLayout(3, 4, 30, 15, 8, 20, 10, 2, 4, digits=True, flexible=False)
IMAGE = replace(GRID, gap=0)


@pytest.mark.parametrize(
    ("x", "y", "cell"),
    [
        (0, 0, (0, 0)),
        (19.9, 9.9, (0, 0)),
        (21.9, 11.9, (0, 0)),  # the gap
        (22, 12, (1, 1)),
        (66, 24, (2, 3)),
        (85.9, 33.9, (2, 3)),  # the last pixel of the last cell
        (88, 24, None),
        (66, 36, None),
        (-0.1, 0, None),
        (0, -0.1, None),
    ],
)
def test_the_first_and_the_last_row_and_column_can_be_hit_and_nothing_beyond(x, y, cell):
    assert GRID.cell_at(x, y) == cell


@pytest.mark.parametrize("layout", [GRID, IMAGE], ids=["with gaps", "without"])
def test_the_middle_and_the_edges_of_every_cell_are_its_own(layout):
    for row in range(layout.rows):
        for column in range(layout.columns):
            cell = layout.rect(row, column)
            for x in (cell.left(), cell.center().x(), cell.right() - 0.01):
                for y in (cell.top(), cell.center().y(), cell.bottom() - 0.01):
                    assert layout.cell_at(x, y) == (row, column)
    assert (cell.right(), cell.bottom()) == (layout.width, layout.height)
    assert layout.cell_at(layout.width + layout.gap, 0) is None
    assert layout.cell_at(0, layout.height + layout.gap) is None


@pytest.mark.parametrize(
    ("start", "end", "rows"),
    [(0, 34, [0, 1, 2]), (12, 24, [1]), (11, 25, [0, 1, 2]), (24, 500, [2]), (-50, 1, [0]), (36, 500, []), (-9, 0, [])],
)
def test_rows_in_sight_end_with_the_last(start, end, rows):
    assert list(GRID.rows_within(start, end)) == rows


@pytest.mark.parametrize(
    ("start", "end", "columns"), [(0, 86, [0, 1, 2, 3]), (22, 44, [1]), (66, 500, [3]), (88, 500, []), (-5, 1, [0])]
)
def test_columns_in_sight_end_with_the_last(start, end, columns):
    assert list(GRID.columns_within(start, end)) == columns
