"""The ends of the timeline, without a window."""

from __future__ import annotations

import pytest

from gui.widgets.timeline.scale import TimelineGroup, TimelineScale

pytestmark = pytest.mark.without_qt

GROUPS = (
    TimelineGroup("Forward", 1, 20, "forward"),
    TimelineGroup("total L", 21, 21, "total"),
    TimelineGroup("Update", 22, 26, "update"),
)
SCALE = TimelineScale(GROUPS, 300, 20, 2, start=10)


def test_the_last_step_is_hit_at_the_right_end_and_beyond():
    last = SCALE.segments[-1]
    assert last.right == pytest.approx(310)
    for x in (SCALE.x(26), last.right - 0.01, last.right, last.right + 50):
        assert SCALE.position(x) == 26
    assert SCALE.position(SCALE.x(25)) == 25


def test_the_first_step_is_hit_at_the_left_end_and_before():
    for x in (-50, 0, 10, SCALE.x(1)):
        assert SCALE.position(x) == 1


def test_the_first_and_the_last_step_of_every_group_are_hit_at_its_edges():
    for group, segment in zip(GROUPS, SCALE.segments, strict=True):
        assert SCALE.position(segment.left) == group.first
        assert SCALE.position(segment.right - 0.01) == group.last
        assert SCALE.segment(group.first) == SCALE.segment(group.last) == segment
