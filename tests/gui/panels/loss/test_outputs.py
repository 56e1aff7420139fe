"""Regression in the window: what is predicted and wanted over the timesteps, and docks that have nothing to show."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QToolTip

from core.program.program import Address, Phase
from gui.panels.loss.panel import LossPanel
from tests.gui.driving import Window, click, leave, opened, point_at, settle, wait_until
from tests.worked_sheets import LSTM_TARGETS, sheets

OUTPUTS = "ŷ and y by timestep"


def loss_panel(window) -> LossPanel:
    panel = window.front("loss")
    assert isinstance(panel, LossPanel)
    return panel


@pytest.fixture(scope="module")
def window() -> Iterator[Window]:
    with opened("lstm") as made:
        click(loss_panel(made).subject.button(OUTPUTS))  # the plot is made
        yield made


def shown(panel):
    """The two lines of the plot: predicted and wanted."""
    return [curve.y.tolist() for curve in panel.outputs.plot.curves]


def stand_at(window, name, t):
    window.go_to(window.bench.model.view.program.position(Address(Phase.FORWARD, name, (t,))))


def test_predicted_and_wanted_are_two_lines_and_numbers_as_far_as_they_are_computed(window):
    window.reset("lstm")
    panel = loss_panel(window)
    assert panel.subject.isVisible()
    click(panel.subject.button(OUTPUTS))
    worked = sheets()["lstm"]["printed"]["1"]
    for t in (1, 3):
        stand_at(window, "yhat", t)
        predicted, wanted = shown(panel)
        assert np.isfinite(predicted).sum() == t
        assert wanted == [row[0] for row in LSTM_TARGETS]
        assert np.round(predicted[:t], 4).tolist() == [worked[f"h[{u}]"][0] for u in range(1, t + 1)]
        assert panel.outputs.facts.facts[t - 1].right == f"{predicted[t - 1]:.4f}, {wanted[t - 1]:.4f}".replace(
            "-", "−"
        )
    stand_at(window, "h", 2)
    assert panel.outputs.readout == "ŷ₂ to come, wanted −0.2500"
    panel.outputs.facts.chosen.emit(0)
    settle()
    assert window.bench.model.view.step.address == Address(Phase.FORWARD, "yhat", (1,))


def test_a_timestep_without_a_target_has_no_wanted_number(window):
    window.reset("last-step")
    panel = loss_panel(window)
    click(panel.subject.button(OUTPUTS))
    stand_at(window, "yhat", 1)
    assert panel.outputs.readout.endswith("no target")
    assert np.isfinite(shown(panel)[1]).tolist() == [False, False, True]
    click(panel.subject.button("loss by epoch"))
    assert panel.words


def test_of_letters_only_the_loss_is_offered(window):
    window.reset("lstm")
    panel = loss_panel(window)
    click(panel.subject.button(OUTPUTS))
    window.reset("embedding")
    panel = loss_panel(window)
    assert not panel.subject.isVisible()
    assert panel.words


def test_a_dock_with_nothing_to_show_says_so_and_stands_behind(window):
    window.reset("attention")
    window.front("attention")
    window.reset("lstm")
    sight = window.shell.arrangement.in_sight()
    assert "attention" not in sight
    assert "parameters" in sight
    window.reset("attention")
    window.shell.docks["contributions"].raise_()
    window.front("attention")
    window.bench.files.open("lstm")
    settle()
    assert "attention" not in window.shell.arrangement.in_sight()
    window.bench.files.open("attention")
    settle()
    assert "attention" in window.shell.arrangement.in_sight()
    window.bench.files.open("lstm")
    panel = window.front("attention")
    assert panel._absent.text() == "This network has no attention: none looks back."
    assert window.shell.menuBar().isVisible()
    assert window.bench.files.word.field.placeholderText() == "reads numbers"


def point_at_point(window, plot, index):
    """Move the mouse over a point of a curve, and say what is lit."""
    place = plot.position(plot.line.x[index], plot.line.y[index])
    point_at(plot._plot, plot._plot.mapFrom(plot, place))
    return window.bench.formula.head.operand


def away(plot):
    """Move the mouse away, and let the tooltip go."""
    leave(plot._plot)
    QToolTip.hideText()
    wait_until(lambda: all(widget.objectName() != "qtooltip_label" for widget in QApplication.topLevelWidgets()))


def looks(widget):
    settle()
    return widget.grab().toImage()


def test_a_point_of_the_loss_curve_says_its_step_and_lights_the_loss_where_it_is_that_of_this_epoch(window):
    window.reset()
    window.go_to(62, epoch=3)
    panel = window.front("loss")
    said = point_at_point(window, panel.plot, 2)
    assert said.text().startswith("L: ")
    assert said.text().endswith("made at step 39")
    assert panel.readout.startswith("epoch 3, step 39: ")
    said = point_at_point(window, panel.plot, 0)
    assert panel.readout.startswith("epoch 1, step 39: ")
    assert not said.isVisible()  # the loss of this epoch is another number
    away(panel.plot)


def test_the_loss_lights_up_in_its_curve(window):
    window.reset()
    window.go_to(39)
    panel = window.front("loss")
    before = looks(panel.plot)
    operand = window.bench.formula.symbols.operand_rect("L")
    point_at(window.bench.formula.symbols, operand.center())
    assert looks(panel.plot) != before
    leave(window.bench.formula.symbols)
    assert looks(panel.plot) == before


def test_a_point_of_what_is_predicted_lights_it_and_says_its_step(window):
    window.reset("lstm")
    window.go_to(20)
    panel = window.front("loss")
    click(panel.subject.button("ŷ and y by timestep"))
    plot = panel.outputs.plot
    said = point_at_point(window, plot, 1).text()
    origin = window.bench.model.view.origin("yhat[2]")
    assert said.startswith("ŷ₂: ")
    assert said.endswith(f"made at step {origin.position}")
    away(plot)
