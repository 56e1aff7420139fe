"""What is typed and cannot be is put back, and said; what is let go is gone."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.gui.driving import CTRL, click, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def as_at_first(window):
    window.reset()
    window.shell.statusBar().clearMessage()


def enter(window, field, text):
    click(field)
    window.key(Key.Key_A, CTRL)
    window.type(text)
    window.key(Key.Key_Return)


@pytest.mark.parametrize("typed", ["1e308", "-1", "nan", "much", "9" * 300])
def test_a_learning_rate_that_cannot_be_is_put_back_and_said(window, typed):
    field = window.shell.toolbar.learning_rate
    before = field.text()
    enter(window, field, typed)
    assert field.text() == before
    said = window.shell.statusBar().currentMessage()
    assert said.startswith(f"η stays {before}: it is from 0 to 1,000,000, not “{typed[:10]}")
    assert len(said) < 100


@pytest.mark.parametrize("typed", ["1000000000", "9" * 300])
def test_an_epoch_beyond_the_last_is_put_back_and_said(window, typed):
    window.go_to(1, epoch=2)
    enter(window, window.shell.toolbar.epoch, typed)
    assert not window.bench.model.is_training
    assert window.shell.toolbar.epoch.value() == 2
    assert window.place == (2, 1)
    said = window.shell.statusBar().currentMessage()
    assert said.startswith(f"The epoch stays 2: it is from 1 to 10,000,000, not “{typed[:10]}")
    assert len(said) < 100


def test_an_epoch_is_still_asked_for(window):
    enter(window, window.shell.toolbar.epoch, "3")
    wait_until(lambda: window.place == (3, 1))
    assert window.shell.statusBar().currentMessage() == ""


def test_what_is_being_typed_as_learning_rate_stays_while_the_window_steps(window):
    field = window.shell.toolbar.learning_rate
    click(field)
    window.key(Key.Key_A, CTRL)
    window.type("0.0")
    window.action("into").trigger()
    settle()
    assert window.place == (1, 2)
    assert field.text() == "0.0"
    window.key(Key.Key_Escape)
    assert field.text() == "0.01"


def test_a_word_as_long_as_the_field_takes_is_refused(window):
    QApplication.clipboard().setText("ab" * 17_000)
    click(window.bench.files.word.field)
    window.key(Key.Key_V, CTRL)
    window.key(Key.Key_Return)
    assert "the most is 1,001" in window.bench.files.word.words.toolTip()
    window.key(Key.Key_Escape)


def test_networks_in_which_a_number_was_asked_are_let_go(window):
    prompt, sources = window.bench.formula.prompt, []
    for number in range(12):
        window.bench.files.open_word("ab" + "abc"[number % 3])
        window.bench.model.go_to_position(2)
        enter(window, prompt.field, "0.5")
        sources.append(weakref.ref(window.bench.model.state.source))
    window.bench.undo.clear()
    window.reset()
    gc.collect()
    assert sum(source() is not None for source in sources) <= 1


def test_edits_that_can_be_undone_are_so_many_and_no_more(window):
    sources = []
    for number in range(60):
        window.bench.files.open_word("ab" + "abc"[number % 3])
        sources.append(weakref.ref(window.bench.model.state.source))
    gc.collect()
    assert sum(source() is not None for source in sources) <= 52
    window.bench.undo.clear()
