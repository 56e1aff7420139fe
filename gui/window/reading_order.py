"""The order in which a page is read: row by row, each from the left."""

from __future__ import annotations

from collections.abc import Sequence

Area = tuple[int, int, int, int]


def reading_order(areas: Sequence[Area]) -> list[int]:
    """The indices of *areas* (left, top, width, height) as they are read.

    An area stands in the row of the topmost one that is left over, if its middle lies beside it.
    """
    left_over = sorted(range(len(areas)), key=lambda index: areas[index][1])
    order: list[int] = []
    while left_over:
        bottom = areas[left_over[0]][1] + areas[left_over[0]][3]
        row = [i for i in left_over if areas[i][1] + areas[i][3] / 2 < bottom or i == left_over[0]]
        order += sorted(row, key=lambda index: areas[index][0])
        left_over = [index for index in left_over if index not in row]
    return order
