"""Going to a far epoch: the window stays alive, Esc cancels, and what diverges is shown quietly."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer

from core.epoch.training import Training
from core.sources.opening import open_source
from tests.gui.driving import CTRL, SHIFT, click, number, opened, values_of, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def at_the_start(window):
    window.reset()


def ask_for_epoch(window, number):
    window.key(Key.Key_G, CTRL)
    window.type(str(number))
    window.key(Key.Key_Return)


def test_the_window_lives_while_it_trains_and_esc_cancels(window):
    window.go_to(62)
    ask_for_epoch(window, 9_000_000)
    toolbar = window.shell.toolbar
    assert toolbar.progress.isVisible()
    assert toolbar.cancel.isVisible()
    turns = []
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(lambda: turns.append(toolbar.progress.value()))
    timer.start()
    wait_until(lambda: len(turns) > 20)
    timer.stop()
    assert turns[-1] > turns[0]
    assert "of 9,000,000" in toolbar.progress.text()
    for name in ("into", "over", "start", "next_epoch"):
        assert not window.action(name).isEnabled()
    window.key(Key.Key_Space)
    assert window.place == (1, 62)
    window.key(Key.Key_Escape)
    wait_until(lambda: not toolbar.progress.isVisible())
    assert toolbar.epoch.isVisible()
    assert toolbar.epoch.value() == 1
    assert window.place == (1, 62)
    assert window.action("into").isEnabled()
    window.focus_formula()
    window.key(Key.Key_Space)
    assert window.place == (1, 63)


def test_the_cancel_button_does_the_same(window):
    ask_for_epoch(window, 9_000_000)
    click(window.shell.toolbar.cancel)
    assert window.place == (1, 1)
    assert not window.bench.model.is_training


def test_training_arrives_and_counts_as_a_jump(window):
    ask_for_epoch(window, 3000)
    wait_until(lambda: window.place == (3000, 1))
    window.key(Key.Key_End)
    assert window.place == (3000, 121)
    window.press("previous_place")
    assert window.place == (3000, 1)
    window.press("previous_place")
    assert window.place == (1, 1)


def test_another_rule_while_training_goes_on_to_the_same_epoch(window):
    ask_for_epoch(window, 2500)
    window.bench.rule_button.names["exact"].click()
    wait_until(lambda: not window.bench.model.is_training)
    assert window.place == (2500, 1)
    assert window.bench.rule_button.names["exact"].isChecked()


def test_opening_a_sheet_ends_the_training(window):
    ask_for_epoch(window, 9_000_000)
    window.press("open_embedding")
    assert not window.bench.model.is_training
    assert window.shell.toolbar.epoch.isVisible()
    assert window.place == (1, 1)


def test_closing_the_window_ends_the_training(qapp):
    with opened() as made:
        ask_for_epoch(made, 9_000_000)
        assert made.bench.model.is_training


@pytest.mark.parametrize(
    ("sheet", "learning_rate"), [("attention", 1000.0), ("embedding", 1e6), ("attention", 1.7e308)]
)
def test_a_diverging_training_is_shown_quietly(window, sheet, learning_rate):
    window.reset(replace(open_source(sheet), learning_rate=learning_rate))
    seen: set[str] = set()
    window.front("values")
    for epoch in (2, 30):
        for position in (*range(epoch // 2, window.length, 10), window.length):
            window.go_to(position, epoch)
            seen.update(text for row in window.result() for text in row)
        values_of(window)
    for dock in ("loss", "sheet", "attention", "contributions"):
        window.front(dock)
    numbers = [number(text) for text in seen]
    assert any(abs(value) > 100 or value != value for value in numbers)
    assert not any("inf" in text for text in seen)
    window.key(Key.Key_PageUp, CTRL)
    assert window.place[0] == 29


def test_not_a_number_is_said_so(window):
    window.reset(replace(open_source("attention"), learning_rate=1.7e308))
    window.go_to(39, epoch=3)
    assert window.result() == [["nan"]]
    window.key(Key.Key_Space, SHIFT)
    window.key(Key.Key_Space)
    assert "Result not a number" in window.shell.accessibleDescription()
    window.go_to(window.length, epoch=1)
    window.key(Key.Key_Left)
    assert "differs" in window.bench.formula.note.sheet.text()


def test_the_curve_grows_while_training_runs(window):
    panel = window.front("loss")
    ask_for_epoch(window, 9_000_000)
    lengths = []

    def has_grown():
        lengths.append(len(panel.plot.line.y))
        return len({length for length in lengths if length > 1}) > 2

    wait_until(has_grown)
    assert window.bench.model.is_training
    assert lengths == sorted(lengths)
    window.key(Key.Key_Escape)
    reached = len(panel.plot.line.y)
    assert reached >= lengths[-1]
    source = open_source("attention")
    alone = Training(source.network, source.parameters, source.rule, source.learning_rate)
    alone.run(reached)
    assert panel.plot.line.y.tolist() == alone.losses  # every slice is in its place, to the last bit


def side_by_side(shell):
    """Docks that are in front together, one of every stack, until each has been in front."""
    stacks = {
        frozenset({name, *(dock.objectName() for dock in shell.tabifiedDockWidgets(shell.docks[name]))})
        for name in shell.docks
    }
    return [[sorted(stack)[turn % len(stack)] for stack in stacks] for turn in range(max(map(len, stacks)))]


@pytest.mark.parametrize(("sheet", "learning_rate"), [("attention", 100.0), ("embedding", 1.7e308)])
def test_3000_epochs_at_far_too_large_a_rate_are_shown_and_said_without_a_word_on_the_console(
    window, capfd, sheet, learning_rate
):
    source = replace(open_source(sheet), learning_rate=learning_rate)
    window.reset(source)
    window.go_to(1, epoch=3000)
    alone = Training(source.network, source.parameters, source.rule, learning_rate)
    alone.run(3000)
    for turn, docks in enumerate(side_by_side(window.shell)):
        for dock in docks:
            window.front(dock)
        for position in range(1 + turn * 7, window.length + 1, 48):
            window.go_to(position, epoch=3000)
    finite = np.isfinite(alone.losses)
    panel = window.front("loss")
    began = [fact.left for fact in panel.facts.facts if "diverged" in fact.left]
    assert began == [
        f"The loss diverged at epoch {epoch + 1:,}: from there it is not a finite number."
        for epoch in np.flatnonzero(~finite)[:1]
    ]
    window.go_to(window.length, epoch=3000)
    shown = {text.strip() for texts in values_of(window).values() for text in texts}
    assert bool(shown & {"nan", "∞", "−∞"}) is not bool(finite.all())
    assert capfd.readouterr() == ("", "")
