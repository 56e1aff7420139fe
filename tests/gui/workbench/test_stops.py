"""Watching and stopping by hand: the dock, the margin of the program, the menu of a number, F5, the loss, undo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView

from core.epoch.training import Training
from core.network.network import Parameters
from core.network.number import Number
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.watching.stop import AtStep
from gui.panels.program.panel import ProgramPanel
from tests.gui.driving import CTRL, SHIFT, click, panel_of, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def afresh(window):
    window.reset()
    window.go_to(1)


def status(window):
    return window.shell.statusBar().currentMessage()


@pytest.fixture(autouse=True)
def at_rest(window):
    yield
    window.bench.stopping.runner.cancel()
    window.reset()
    wait_until(lambda: not window.bench.panels["watch"].curves.is_looking)


def rows(window):
    """What the dock shows of watches: the text, its value, what it was before, the change."""
    window.front("watch")
    table = window.bench.panels["watch"].watches
    items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    return [(*item.text(0).split("\n"), *item.text(1).split("\n")) for item in items]


def stops(window):
    """What the dock shows of stops: their words, notes, and whether they are on."""
    window.front("watch")
    table = window.bench.panels["watch"].stops
    items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.checkState(0) == Qt.CheckState.Checked) for item in items][1:]


def enter(window, text):
    """Shift+F9, the text, Enter; then back to the formula."""
    window.key(Key.Key_F9, SHIFT)
    window.type(text)
    window.key(Key.Key_Return)
    window.key(Key.Key_Escape)


def test_f9_sets_a_stop_f5_runs_to_it_and_shift_f5_back(window):
    window.go_to(62)
    window.key(Key.Key_F9)
    window.go_to(3)
    window.key(Key.Key_F5)
    assert window.place == (1, 62)
    assert status(window) == "Stopped at step 62: ∂L/∂W (3, 3, 2)"
    window.press("into")
    assert status(window) == ""  # it is of where one was
    window.press("back")
    window.key(Key.Key_F5)
    assert window.place == (1, 121)
    assert status(window) == "No stop up to the end of epoch 1"
    window.key(Key.Key_F5)
    assert window.place == (2, 62)
    assert status(window) == "Stopped at step 62 of epoch 2: ∂L/∂W (3, 3, 2)"
    window.key(Key.Key_F5, SHIFT)
    assert window.place == (2, 1)
    window.key(Key.Key_F5, SHIFT)
    assert window.place == (1, 62)
    window.key(Key.Key_F9)
    assert stops(window) == []
    window.press("undo")
    assert stops(window) == [("∂L/∂W (3, 3, 2)", "", True)]


def test_a_condition_that_is_typed_stops_where_it_holds_and_says_so(window):
    enter(window, "L < 6")
    window.key(Key.Key_F5)
    assert window.place == (1, 39)
    assert status(window) == "Stopped at step 39: L < 6"
    assert rows(window) == []
    enter(window, "L < 6")
    assert stops(window) == [("L < 6", "", True)]


def test_what_is_typed_is_watched_and_shown_as_not_yet_computed_until_it_is(window):
    enter(window, "W @ h[1]")
    enter(window, "norm(dW)")
    assert [row[:2] for row in rows(window)] == [("W @ h[1]", "not yet: step 2"), ("norm(dW)", "not yet: step 74")]
    window.go_to(74)
    source = open_source("attention")
    training = Training(source.network, source.parameters, source.rule, source.learning_rate)
    expected = [training.epoch(number).gradients["W"].item() for number in (1, 2)]
    assert rows(window)[1] == ("norm(dW)", f"{abs(expected[0]):.4f}", "", "")
    window.go_to(74, epoch=2)
    _, now, before, change = rows(window)[1]
    assert (now, before) == (f"{abs(expected[1]):.4f}", f"{abs(expected[0]):.4f} (epoch 1)")
    assert change.startswith("change −0.00")
    wait_until(lambda: len(window.bench.panels["watch"].curves.of("norm(dW)")) == 2)
    assert window.bench.panels["watch"].curves.of("norm(dW)") == pytest.approx(list(map(abs, expected)))


def test_what_is_not_understood_stays_to_be_mended_and_says_why(window):
    window.key(Key.Key_F9, SHIFT)
    window.type("h[9]")
    window.key(Key.Key_Return)
    panel = window.bench.panels["watch"]
    assert panel.field.text() == "h[9]"
    assert "this network has no h₉" in panel.words.text()
    assert panel.words.isVisible()
    panel.field.clear()
    window.focus_formula()


def test_names_complete_while_they_are_typed(window):
    window.key(Key.Key_F9, SHIFT)
    window.type("2*dW")
    panel = window.bench.panels["watch"]
    settle()
    window.key(Key.Key_Down)
    window.key(Key.Key_Down)
    window.key(Key.Key_Return)
    assert panel.field.text() == "2*dW_so_far"
    window.key(Key.Key_Return)
    window.focus_formula()
    assert [row[0] for row in rows(window)] == ["2*dW_so_far"]


def test_ctrl_and_a_click_put_a_number_into_the_dock_and_keep_the_keyboard(window):
    window.go_to(62)
    formula = window.bench.formula
    window.focus_formula()
    click(formula.symbols, formula.symbols.operand_rect("h[3]").center(), CTRL)
    assert [row[0] for row in rows(window)] == ["h[3]"]
    assert window.bench.model.state.watched == "h[3]"
    window.key(Key.Key_Space)
    assert window.place == (1, 63)
    window.press("undo")
    assert rows(window) == []
    assert window.bench.model.state.watched == ""


def test_an_edited_condition_stays_one_stop_in_its_place(window):
    enter(window, "L < 6")
    enter(window, "dW changes sign")
    table = window.front("watch").stops
    table.edit_row(1, 0)
    window.key(Key.Key_A, CTRL)
    window.type("L < 5")
    window.key(Key.Key_Return)
    assert stops(window) == [("L < 5", "", True), ("dW changes sign", "", True)]
    table.edit_row(1, 0)
    window.key(Key.Key_A, CTRL)
    window.type("dW changes sign")
    window.key(Key.Key_Return)
    assert stops(window) == [("dW changes sign", "", True)]
    window.press("undo")
    assert [words for words, *_ in stops(window)] == ["L < 5", "dW changes sign"]


def test_a_note_is_written_by_key_and_shown_when_one_comes_there(window):
    window.go_to(62)
    window.key(Key.Key_F9, CTRL)
    window.type("Which path is this?")
    window.key(Key.Key_Return)
    assert stops(window) == [("∂L/∂W (3, 3, 2)", "Which path is this?", True)]
    assert window.bench.formula.stop_note.text() == "Which path is this?"
    assert window.bench.formula.hasFocus()  # Space steps on, and turns no stop off
    window.go_to(10)
    assert not window.bench.formula.stop_note.isVisible()
    window.key(Key.Key_F5)
    assert window.place == (1, 62)
    assert window.bench.formula.stop_note.isVisible()
    window.press("present")
    assert window.bench.formula.stop_note.isVisible()
    window.key(Key.Key_Escape)


def test_a_stop_that_is_off_does_not_stop_and_delete_removes_it(window):
    window.go_to(62)
    window.key(Key.Key_F9)
    window.go_to(1)
    table = window.front("watch").stops
    table.setCurrentItem(table.topLevelItem(1))
    table.setFocus(Qt.FocusReason.TabFocusReason)
    window.key(Key.Key_Space)
    assert stops(window) == [("∂L/∂W (3, 3, 2)", "", False)]
    window.press("run")
    assert window.place == (1, 121)
    table.setFocus()
    window.key(Key.Key_Delete)
    assert stops(window) == []


def test_a_click_in_the_margin_of_the_program_stops_at_a_step_or_at_every_term(window):
    window.go_to(62)
    tree = panel_of(window, ProgramPanel).tree
    window.front("program")
    line = tree.visualRect(tree.currentIndex())
    click(tree, QPoint(4, line.center().y()))
    assert stops(window) == [("∂L/∂W (3, 3, 2)", "", True)]
    assert window.place == (1, 62)
    click(tree, QPoint(4, line.center().y()))
    assert stops(window) == []
    group = tree.currentIndex().parent().parent()
    click(tree, QPoint(4, tree.visualRect(group).center().y()))
    assert stops(window) == [("every term of ∂L/∂W", "", True)]
    window.focus_formula()
    window.key(Key.Key_F5)
    assert window.place == (1, 63)


def test_the_menu_of_a_number_stops_where_it_is_made_and_runs_there(window):
    window.go_to(62)
    by_text = {row.text(Number("h[3]", (), 1)): row for row in window.bench.numbers.rows}
    by_text["Stop here"].do(Number("h[3]", (), 1))
    assert stops(window) == [("h₃", "", True)]
    by_text["Stop when it changes"].do(Number("h[3]", (), 1))
    assert stops(window)[1] == ("h[3] changes", "", True)
    window.go_to(1)
    by_text["Run to here"].do(Number("dL/dW", (), 1))
    settle()
    assert window.place == (1, 19)
    by_text["Run to here"].do(Number("dL/dW", (), 1))
    settle()
    assert window.place == (1, 74)
    assert by_text["Stop here"].off(Number("W", (0, 0), 1)) == "It was given at the start: no step makes it"


def test_a_stop_on_a_step_that_another_network_lacks_is_kept_and_says_why(window):
    window.go_to(14)
    window.key(Key.Key_F9)
    enter(window, "alpha[2,1] > 0.1")
    window.bench.files.open("embedding")
    settle()
    (z, why, _), (condition, *_) = stops(window)
    assert (z, condition) == ("Z₂", "alpha[2,1] > 0.1")
    assert "no attention" in why
    window.press("run")
    assert window.place == (1, 89)
    window.press("undo")
    window.go_to(1)
    window.press("run")
    assert window.place[1] in (12, 13, 14)


def test_the_loss_dock_leads_to_the_first_epoch_whose_loss_is_below_a_number(window):
    source = open_source("attention")
    training = Training(source.network, source.parameters, source.rule, source.learning_rate)
    training.run(300)
    below = round(training.losses[249], 3)
    expected = next(number for number, loss in enumerate(training.losses, 1) if loss < below)
    loss = window.front("loss")
    loss.below.setFocus()
    window.type(str(below))
    window.key(Key.Key_Return)
    wait_until(lambda: not window.bench.stopping.runner.is_running)
    assert window.place == (expected, 39)
    assert status(window) == f"Epoch {expected} is the first whose loss is below {below:g}"


def test_running_on_through_the_epochs_can_be_cancelled_and_stops_where_a_condition_first_holds(window):
    enter(window, "L < 0")
    window.key(Key.Key_F5, CTRL)
    assert window.bench.stopping.runner.is_running
    assert window.shell.toolbar.progress.isVisible()
    click(window.shell.toolbar.cancel)
    assert not window.bench.stopping.runner.is_running
    assert window.place == (1, 1)
    enter(window, "L < 5.7")
    window.key(Key.Key_F5, CTRL)
    wait_until(lambda: not window.bench.stopping.runner.is_running)
    epoch, position = window.place
    assert position == 39
    losses = window.bench.model.view.training.losses
    assert losses[epoch - 1] < 5.7 <= losses[epoch - 2]


def test_a_number_that_becomes_infinite_stops_by_itself(window):
    source = open_source("attention")
    huge = {name: np.full(shape, 1e308) for name, shape in source.network.parameter_shapes.items()}
    window.reset(replace(source, parameters=Parameters.checked(source.network, huge)))
    window.press("run_on")
    wait_until(lambda: not window.bench.stopping.runner.is_running)
    assert status(window).endswith("a number is infinite or not a number")
    step = window.bench.model.view.step
    assert step.address == Address(Phase.FORWARD, "h", (1,))


def test_the_timeline_marks_stops(window):
    bar = window.bench.panels["timeline"].bar
    window.go_to(62)
    before = bar.grab().toImage()
    window.key(Key.Key_F9)
    window.shell.docks["watch"].hide()
    settle()
    assert bar.grab().toImage() != before
    assert bar.accessibleDescription() == "∂L/∂W, step 62 of 121, a stop"
    assert window.bench.panels["timeline"].words_at(62).endswith(" · a stop")
    window.key(Key.Key_F9)
    assert bar.accessibleDescription() == "∂L/∂W, step 62 of 121"


def test_a_note_that_is_being_written_stays_so(window):
    window.key(Key.Key_F9, CTRL)
    window.type("look")
    window.press("note")
    window.type(" here")
    window.key(Key.Key_Return)
    assert stops(window)[-1][1] == "look here"


def test_a_note_that_is_being_written_is_given_up_where_another_stop_comes_to_stand(window):
    for position in (60, 40):
        window.go_to(position)
        window.bench.stopping.toggle(AtStep(window.bench.model.view.step.address))
    window.go_to(60)
    first = stops(window)
    window.press("note")
    window.type("of step 60")
    window.press("stop")  # no more: in its place stands that of step 40
    window.key(Key.Key_Return)
    assert stops(window) == first[1:]
    assert not any(note for _, note, _ in first)


def test_the_key_for_a_note_goes_back_to_the_note_that_was_left_open(window):
    window.go_to(40)
    window.press("note")
    stops = window.bench.panels["watch"].stops
    field = stops.itemWidget(stops.topLevelItem(stops.topLevelItemCount() - 1), 1)
    stops.setState(QAbstractItemView.State.NoState)  # as Qt has it where rows come and go while it is open
    window.press("note")
    assert field.hasFocus()
    window.type("look")
    assert field.text() == "look"
