"""The timeline: the map between positions and places, scrubbing, and the keys."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gui.look.theme import DARK
from gui.widgets.timeline.bar import TimelineBar, TimelineGroup
from gui.widgets.timeline.scale import TimelineScale, merge


def groups(*parts):
    """Groups of the given (label, length, phase), one after the other."""
    made, first = [], 1
    for label, length, phase in parts:
        made.append(TimelineGroup(label, first, first + length - 1, phase))
        first += length
    return made


SHEET = groups(
    ("Forward", 20, "forward"),
    ("∂L/∂Ω", 4, "backward"),
    ("∂L/∂W", 21, "backward"),
    ("∂L/∂U", 71, "backward"),
    ("Update", 5, "update"),
)
LONG = groups(*((f"t = {t}", 8, "forward") for t in range(1, 1001)), ("∂L/∂W", 669_000_000_000, "backward"))


@pytest.fixture
def bar(qtbot, theme):
    bar = TimelineBar(theme)
    qtbot.addWidget(bar)
    bar.set_timeline(SHEET, 121)
    bar.set_position(30)
    bar.resize(900, bar.sizeHint().height())
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def spot(bar, position, lane):
    return QPoint(round(bar.x_of(position, lane)), bar.height() - 10 if lane else 14)


def on_screen(bar):
    QApplication.processEvents()
    return bar.screen().grabWindow(bar.winId()).toImage()


@pytest.mark.parametrize(("parts", "positions"), [
    (SHEET, [30, 31, 32, 45, 46, 47, 50, 116, 115, 60, 117, 121, 120, 1, 2, 20]),
    (LONG, [9001, 300_000_000_000, 300_000_000_001, 500_000_000_000, 20_000, 5, 6, 7, 8, 9]),
])  # fmt: skip
def test_what_a_step_has_painted_again_is_all_that_changed(bar, parts, positions):
    bar.set_timeline(parts, parts[-1].last)
    bar.set_stops((31, 118))
    for position in positions:
        bar.set_position(position)
        assert on_screen(bar) == bar.grab().toImage().convertedTo(on_screen(bar).format()), position


lengths = st.lists(st.integers(1, 10**12), min_size=1, max_size=40)


@given(lengths=lengths, width=st.integers(100, 3000))
def test_segments_cover_all_positions_without_a_gap(lengths, width):
    scale = TimelineScale(groups(*((f"g{i}", n, "p") for i, n in enumerate(lengths))), width, 48, 2)
    assert scale.segments[0].first == 1
    assert scale.segments[-1].last == sum(lengths)
    assert all(after.first == before.last + 1 for before, after in pairwise(scale.segments))
    assert scale.segments[-1].right == pytest.approx(width)
    assert all(after.left == before.right + 2 for before, after in pairwise(scale.segments))


@given(lengths=lengths, width=st.integers(100, 3000), data=st.data())
def test_place_of_a_position_leads_back_to_it(lengths, width, data):
    scale = TimelineScale(groups(*((f"g{i}", n, "p") for i, n in enumerate(lengths))), width, 48, 2)
    position = data.draw(st.integers(1, sum(lengths)))
    back = scale.position(scale.x(position))
    # As near as a double can tell places apart on so many steps.
    assert abs(back - position) <= sum(lengths) * 1e-12


def test_place_leads_exactly_back_on_a_sheet():
    scale = TimelineScale(SHEET, 700, 48, 2)
    assert [scale.position(scale.x(position)) for position in range(1, 122)] == list(range(1, 122))
    assert scale.position(-50) == 1
    assert scale.position(9999) == 121


def test_short_groups_stay_wide_enough_to_hit():
    scale = TimelineScale(groups(("a", 10**9, "x"), ("b", 1, "y"), ("c", 1, "z")), 400, 48, 2)
    assert min(segment.right - segment.left for segment in scale.segments) >= 48


def test_groups_merge_only_inside_a_phase_and_only_when_there_is_no_room():
    def needs(_label):
        return 0.0

    assert merge(SHEET, 700, 48, 2, needs) == SHEET
    merged = merge(LONG, 500, 48, 2, needs)
    assert [group.label for group in merged][-1] == "∂L/∂W"
    assert merged[0].label == "t = 1…111"
    assert len(merged) <= 10


def test_merged_groups_have_room_for_their_labels():
    scale = TimelineScale(LONG, 900, 48, 2, needs=lambda label: 7.0 * len(label))
    assert all(s.right - s.left >= 7 * len(s.label) for s in scale.segments)


@pytest.mark.parametrize("position", [1, 21, 30, 44, 121])
def test_press_on_the_upper_lane_goes_there(qtbot, bar, position):
    bar.set_position(70)
    with qtbot.waitSignal(bar.scrubbed) as scrubbed:
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=spot(bar, position, 0))
    assert abs(scrubbed.args[0] - position) <= 1


@pytest.mark.parametrize("position", [25, 31, 45])
def test_press_on_the_lower_lane_goes_to_that_step_of_the_group(qtbot, bar, position):
    with qtbot.waitSignal(bar.scrubbed) as scrubbed:
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=spot(bar, position, 1))
    assert scrubbed.args == [position]


def test_gripping_the_handle_does_not_move_it(qtbot, bar):
    told: list[int] = []
    bar.scrubbed.connect(told.append)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=spot(bar, 30, 0) + QPoint(6, 0))
    QApplication.processEvents()
    assert bar.accessibleDescription().endswith("step 30 of 121")
    assert told == []


def test_a_drag_tells_only_its_last_place_each_turn(qtbot, bar):
    told: list[int] = []
    bar.scrubbed.connect(told.append)
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=spot(bar, 30, 0))
    # Sent one after the other, without the event loop in between.
    for position in (60, 80, 100):
        place = QPointF(spot(bar, position, 0))
        QApplication.sendEvent(
            bar,
            QMouseEvent(
                QEvent.Type.MouseMove,
                place,
                bar.mapToGlobal(place),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            ),
        )
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert abs(told[0] - 100) <= 1


@pytest.mark.parametrize(
    ("key", "position"),
    [
        (Qt.Key.Key_Left, 29),
        (Qt.Key.Key_Right, 31),
        (Qt.Key.Key_PageUp, 25),
        (Qt.Key.Key_PageDown, 46),
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_End, 121),
    ],
)
def test_keys_move_by_step_group_and_epoch(qtbot, bar, key, position):
    with qtbot.waitSignal(bar.scrubbed) as scrubbed:
        qtbot.keyClick(bar, key)
    assert scrubbed.args == [position]


def test_page_up_from_the_start_of_a_group_goes_to_the_one_before(qtbot, bar):
    bar.set_position(25)
    with qtbot.waitSignal(bar.scrubbed) as scrubbed:
        qtbot.keyClick(bar, Qt.Key.Key_PageUp)
    assert scrubbed.args == [21]


def test_set_position_emits_nothing_and_is_spoken(qtbot, bar):
    with qtbot.assertNotEmitted(bar.scrubbed, wait=1):
        bar.set_position(62)
    assert bar.accessibleDescription() == "∂L/∂U, step 62 of 121"


def test_hovering_tells_the_position_and_its_end(qtbot, bar):
    asked: list[int] = []

    def hint(position: int) -> str:
        asked.append(position)
        return f"step {position}"

    bar.set_hint(hint)
    told: list[int] = []
    bar.hovered.connect(told.append)
    qtbot.mouseMove(bar, spot(bar, 40, 1))
    assert told == asked == [40]
    QApplication.sendEvent(bar, QEvent(QEvent.Type.Leave))
    assert told == [40, 0]


def test_positions_beyond_32_bits_arrive_whole(qtbot, bar):
    bar.set_timeline(LONG, LONG[-1].last)
    with qtbot.waitSignal(bar.scrubbed) as scrubbed:
        qtbot.keyClick(bar, Qt.Key.Key_End)
    assert scrubbed.args == [669_000_008_000]
    bar.grab()


def test_it_grows_with_the_zoom_and_repaints_with_the_palette(bar, theme):
    light = bar.grab().toImage()
    theme.set_palette(DARK)
    assert bar.grab().toImage() != light
    height = bar.sizeHint().height()
    theme.set_zoom(2.0)
    assert bar.sizeHint().height() == 2 * height


def test_it_is_silent_without_a_timeline(qtbot, theme):
    empty = TimelineBar(theme)
    qtbot.addWidget(empty)
    empty.grab()
    with qtbot.assertNotEmitted(empty.scrubbed, wait=1):
        qtbot.keyClick(empty, Qt.Key.Key_Right)


def test_the_handle_hides_no_part_of_the_name_of_its_group(bar):
    left, right = (round(bar.x_of(position)) for position in (25, 45))

    def ink():
        """How many pixels are as dark as letters, where they stand between the feet of the handle."""
        picture = bar.grab(QRect(left, 17, right - left, 8)).toImage()
        places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
        return sum(picture.pixelColor(x, y).lightness() < 90 for x, y in places)

    bar.set_position(25)
    first = ink()
    assert first > 30
    for position in (30, 35, 40, 45):
        bar.set_position(position)
        assert ink() >= 0.95 * first
