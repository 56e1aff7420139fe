"""Bars: how their parts are stacked, where they stand."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from core.writing.form import NumberFormat
from gui.widgets.bars.axis import legend_entries
from gui.widgets.bars.picture import BarPicture
from gui.widgets.bars.scale import Bracket, bar_scale

pytestmark = pytest.mark.without_qt


def picture(values, parts=(), lead="", slots=None, levels=("t", "k")):
    values = np.array(values, dtype=float)
    return BarPicture(
        "Bars", values, np.cumsum(values), np.array(parts, dtype=float).reshape(len(values), -1), ("value", "key"),
        levels, slots or tuple((1 + n // 2, n) for n in range(len(values) + 1)), lead, None, 0,
        lambda place: f"place {place}", str, NumberFormat(),
    )  # fmt: skip


def scale(picture, width=400.0):
    return bar_scale(picture, QRectF(10, 20, width, 100), lambda text: 5.0 * len(text), 5)


def test_parts_of_one_sign_are_stacked_away_from_zero():
    stacks = picture([1.0, -1.0, -3.0], [[2.0, -1.0], [-2.0, 1.0], [-1.0, -2.0]]).stacks()
    assert stacks.tolist() == [[[0, 2], [0, -1]], [[0, -2], [0, 1]], [[0, -1], [-1, -3]]]


def test_a_place_is_spoken_with_its_number_or_as_still_to_come():
    bars = picture([0.25, -0.5])
    assert bars.spoken(1) == f"place 1: {NumberFormat().spoken(-0.5)}"
    assert bars.spoken(2) == "place 2: still to come"


def test_the_range_holds_bars_totals_and_zero():
    made = scale(picture([2.0, 3.0, -1.0]))
    assert (made.low, made.high) == (-1.0, 5.0)
    assert made.y(made.low) == made.plot.bottom()
    assert made.y(made.high) == made.plot.top()
    assert np.isnan(made.y(np.nan))
    flat = scale(picture([0.0]))
    assert (flat.low, flat.high, [text for _, text in flat.ticks]) == (-1, 1, ["0"])


@pytest.mark.parametrize(("width", "lead"), [(400.0, ""), (1000.0, ""), (400.0, "losses 1–9")])
def test_a_place_is_found_where_it_stands_and_nothing_beside(width, lead):
    made = scale(picture([1.0, 2.0, 3.0], lead=lead), width)
    for place in range(4):
        column = made.column(place)
        assert made.place_at(made.x(place)) == made.place_at(column.left()) == place
        assert column.left() < made.x(place) < column.right()
    assert made.place_at(made.edges[0] - 0.1) is None
    assert made.place_at(made.edges[-1]) is None
    assert made.edges[-1] == pytest.approx(made.plot.right())


def test_neighbours_with_the_same_first_number_share_a_bracket():
    slots = ((1, 1), (2, 1), (2, 2), (3, 1))
    assert scale(picture([1.0], slots=slots)).brackets == ((Bracket(1, 0, 0), Bracket(2, 1, 2), Bracket(3, 3, 3)),)
    led = scale(picture([1.0], slots=((1, 1), *slots[1:]), lead="before")).brackets
    assert led == ((Bracket(2, 1, 2), Bracket(3, 3, 3)),)


@pytest.mark.parametrize(
    ("changes", "entries"),
    [
        ({}, [("value", 0), ("key", 1), ("running total", "line")]),
        ({"part_names": ()}, [("terms", 0), ("running total", "line")]),
        ({"part_names": (), "adds_up": False}, [("sizes", 0)]),
        ({"part_names": (), "adds_up": False, "is_log": True}, [("size, positive", 0), ("negative", 1)]),
        ({"part_names": (), "to_go": 1200}, [("terms", 0), ("running total", "line"), ("… 1,200 to go", None)]),
    ],
)
def test_the_legend_has_a_sample_of_all_that_is_drawn(changes, entries):
    shown = replace(picture([1.0, -2.0], [[1.0, 0.0], [-1.0, -1.0]]), **changes)
    assert [(entry.word, entry.sample) for entry in legend_entries(shown)] == entries
