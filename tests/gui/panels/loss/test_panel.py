"""The Loss panel: which losses are known, what the sheet prints of them, and where clicks lead."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea

from core.program.cursor import Cursor
from core.program.program import Address, Phase
from core.sources.opening import open_source
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK, Theme
from gui.panels.loss.panel import LossPanel
from tests.gui.shown import show_panel

TOTAL = Address(Phase.FORWARD, "L")


@pytest.fixture
def make_panel(qtbot):
    def make(model, width=700, height=320, theme=None):
        return show_panel(qtbot, LossPanel(theme or Theme()), model, width, height)

    return make


def arrive(qtbot, model, epoch, address=TOTAL):
    """Stand at *address* of *epoch*, however long the training takes."""
    model.jump_to(Cursor(epoch, model.view.program.position(address)))
    qtbot.waitUntil(lambda: not model.is_training)


def fact(panel, start):
    return next(f for f in panel.facts.facts if f.left.startswith(start))


def place_of(panel, index):
    line = panel.plot.line
    return panel.plot.position(line.x[index], line.y[index])


def click(qtbot, panel, place):
    viewport = panel.plot.childAt(place)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.mapFrom(panel.plot, place))


def test_what_the_sheet_prints_is_compared(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 100)
    tips = [ring.tip for ring in panel.plot.line.rings]
    assert tips[-1] == "the sheet prints 4.6789 at epoch 100: equal"
    assert [ring.x for ring in panel.plot.line.rings] == [1, 2, 100]
    assert fact(panel, "epoch 100").right == "4.6789 ✓"
    assert fact(panel, "epoch 1,000").right == "2.1040 ○"
    assert panel.plot.tooltip_at(panel.plot.position(100, 4.6789)) == tips[-1]


def test_a_click_goes_to_the_nearest_epoch(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 20)
    with qtbot.waitSignal(panel.epoch_requested) as wanted:
        click(qtbot, panel, place_of(panel, 11) + QPoint(1, 30))
    assert wanted.args == [12]


def test_a_click_beside_the_plot_goes_nowhere(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 20)
    with qtbot.assertNotEmitted(panel.epoch_requested):
        click(qtbot, panel, QPoint(8, panel.plot.height() - 6))


def test_pointing_reads_out_an_epoch(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 20)
    viewport = panel.plot.childAt(place_of(panel, 5))
    qtbot.mouseMove(viewport, viewport.mapFrom(panel.plot, place_of(panel, 5)))
    qtbot.waitUntil(lambda: panel.readout == f"epoch 6, step 39: {panel.plot.line.y[5]:.4f}")


def test_keys_read_out_an_epoch_and_enter_goes_there(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 20)
    panel.plot.setFocus()
    qtbot.keyClick(panel.plot, Qt.Key.Key_Home)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    assert panel.readout == "epoch 2, step 39: 5.7791"
    with qtbot.waitSignal(panel.epoch_requested) as wanted:
        qtbot.keyClick(panel.plot, Qt.Key.Key_Return)
    assert wanted.args == [2]


def test_a_printed_epoch_can_be_run_to(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 2)
    row = next(i for i, f in enumerate(panel.facts.facts) if f.left == "epoch 100")
    with qtbot.waitSignal(panel.epoch_requested) as wanted:
        qtbot.mouseClick(panel.facts.row(row), Qt.MouseButton.LeftButton)
    assert wanted.args == [100]


def test_logarithmic_axes_move_points_by_ratio(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 101)
    qtbot.mouseClick(panel.epoch_scale.button("log"), Qt.MouseButton.LeftButton)
    xs = [place_of(panel, index).x() for index in (0, 9, 99)]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=2)
    with qtbot.waitSignal(panel.epoch_requested) as wanted:
        click(qtbot, panel, place_of(panel, 9))
    assert wanted.args == [10]


def test_a_loss_that_is_not_finite_is_a_gap_and_is_said(qtbot, make_panel):
    model = DebuggerModel(replace(open_source("attention"), worksheet=None, learning_rate=1e308))
    panel = make_panel(model)
    arrive(qtbot, model, 30)
    losses = np.array(model.view.training.losses)
    assert not np.isfinite(losses).all()
    first = next(index for index, loss in enumerate(losses, 1) if not np.isfinite(loss))
    assert panel.readout.startswith(f"diverged at epoch {first}")
    assert any(f.left.startswith(f"The loss diverged at epoch {first}") for f in panel.facts.facts)
    panel.grab()


def test_a_step_within_an_epoch_keeps_the_arrays(qtbot, model, make_panel):
    panel = make_panel(model)
    arrive(qtbot, model, 20)
    before = panel.plot.line.y
    model.go_to_position(60)
    assert panel.plot.line.y is before


@pytest.mark.parametrize(("width", "zoom"), [(280, 0.75), (280, 3.0), (1600, 1.5)])
def test_any_size_and_both_themes_are_drawn(qtbot, model, make_panel, width, zoom):
    theme = Theme(zoom=zoom)
    panel = make_panel(model, width, 600, theme)
    arrive(qtbot, model, 50)
    theme.set_palette(DARK)
    panel.grab()
    assert 0 <= place_of(panel, 49).x() <= panel.plot.width()


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_the_label_of_the_current_point_is_inside_of_the_plot(qtbot, model, make_panel, zoom):
    panel = make_panel(model, width=760, height=round(200 * zoom), theme=Theme(zoom=zoom))
    model.jump(Address(Phase.FORWARD, "L"))
    plot = panel.plot
    qtbot.waitUntil(lambda: plot._box.sceneBoundingRect().contains(plot._label.sceneBoundingRect()), timeout=2000)


@pytest.mark.parametrize("size", [(600, 165), (600, 320), (310, 200), (310, 500)])
def test_it_never_has_two_bars_that_scroll(qtbot, model, make_panel, size):
    panel = make_panel(model, *size)
    arrive(qtbot, model, 1)
    bars = [area.verticalScrollBar() for area in panel.findChildren(QScrollArea) if area.isVisible()]
    qtbot.waitUntil(lambda: sum(bar.maximum() > 0 for bar in bars) <= 1)
