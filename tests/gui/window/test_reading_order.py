"""Tab goes as one reads: row by row, each from the left."""

from gui.window.reading_order import reading_order


def test_rows_go_from_the_top_and_each_from_the_left():
    areas = [(200, 0, 50, 20), (0, 2, 50, 20), (0, 60, 50, 20), (90, 55, 50, 30), (100, 1, 50, 18)]
    assert reading_order(areas) == [1, 4, 0, 2, 3]


def test_what_is_tall_stands_in_the_row_where_it_begins():
    assert reading_order([(0, 0, 20, 300), (100, 5, 20, 20), (100, 40, 20, 20)]) == [0, 1, 2]


def test_nothing_is_lost_or_met_twice():
    areas = [(x * 7 % 50, x * 13 % 40, 9, 1 + x % 12) for x in range(60)]
    assert sorted(reading_order(areas)) == list(range(60))
    assert reading_order([]) == []
