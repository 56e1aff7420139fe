"""The Timeline panel: its groups, its words, and scrubbing."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt

from core.program.program import Program
from core.sources.opening import open_source
from gui.look.theme import Theme
from gui.panels.timeline.panel import TimelinePanel, timeline_groups
from tests.gui.shown import show_panel


@pytest.fixture
def make_panel(qtbot):
    def make(model, width=1000):
        panel = TimelinePanel(Theme())
        return show_panel(qtbot, panel, model, width, panel.sizeHint().height())

    return make


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
@pytest.mark.parametrize("order", ["timestep", "stage"])
def test_groups_cover_the_epoch_without_gaps(sheet, order):
    program = Program(open_source(sheet).network, order)
    groups = list(timeline_groups(program))
    assert groups[0].first == 1
    assert groups[-1].last == len(program)
    assert all(after.first == before.last + 1 for before, after in pairwise(groups))


def test_groups_are_timesteps_gradients_and_the_update(model):
    labels = [group.label for group in timeline_groups(model.view.program)]
    assert labels == [
        *(f"t = {t}" for t in (1, 2, 3, 4)),
        "total L",
        *("∂L/∂Ω", "∂L/∂V", "∂L/∂c", "∂L/∂W", "∂L/∂U", "∂L/∂b"),
        "Update",
    ]


def test_says_where_the_cursor_is(make_panel, model):
    panel = make_panel(model)
    assert panel.label.text() == "step 1 of 121"
    model.go_to_position(62)
    assert panel.label.text() == "step 62 of 121"
    assert panel.bar.accessibleDescription() == "∂L/∂W, step 62 of 121"
    assert panel.words_at(62) == "step 62: ∂L/∂W: loss 3, via h₃, W used at t = 2"


def test_a_click_asks_for_the_position_under_it(qtbot, make_panel, model):
    panel = make_panel(model)
    place = QPoint(round(panel.bar.x_of(100)), panel.bar.height() // 3)
    with qtbot.waitSignal(panel.position_requested) as asked:
        qtbot.mouseClick(panel.bar, Qt.MouseButton.LeftButton, pos=place)
    assert abs(asked.args[0] - 100) <= 1


def test_keys_scrub_step_by_step(qtbot, make_panel, model):
    panel = make_panel(model)
    panel.position_requested.connect(model.go_to_position)
    model.go_to_position(10)
    with qtbot.waitSignal(model.view_changed):
        qtbot.keyClick(panel.bar, Qt.Key.Key_Right)
    assert panel.label.text() == "step 11 of 121"


def test_what_was_asked_for_among_other_steps_is_not_asked_for_any_more(qtbot, make_panel, model):
    panel = make_panel(model)
    with qtbot.assertNotEmitted(panel.position_requested, wait=20):
        qtbot.keyClick(panel.bar, Qt.Key.Key_End)
        model.set_way("timesteps")
    assert panel.bar.accessibleDescription().endswith(f"step 1 of {len(model.view.program)}")


def test_rendering_emits_nothing(qtbot, make_panel, model):
    panel = make_panel(model)
    with qtbot.assertNotEmitted(panel.position_requested, wait=20):
        for position in (62, 5, 121):
            model.go_to_position(position)


def test_another_network_has_other_groups(make_panel, model):
    panel = make_panel(model)
    model.open(open_source("embedding"))
    assert panel.label.text() == "step 1 of 89"


def test_the_bar_has_the_room_where_it_is_narrow(make_panel, model):
    assert make_panel(model, 1000).label.isVisible()
    assert not make_panel(model, 300).label.isVisible()
