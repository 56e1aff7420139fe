"""The Rules panel in the window: another rule by a click or a key, and back again."""

import pytest
from PySide6.QtCore import Qt

from tests.gui.driving import CTRL, click, settle, wait_until

Key = Qt.Key


@pytest.fixture(scope="module")
def window(window):
    # What the plot makes should be there before a test begins to count.
    tabs = window.front("rules").tabs
    for tab in (1, 0):
        tabs.setCurrentIndex(tab)
        settle()
    return window


@pytest.fixture
def table(window):
    window.reset()
    window.go_to(window.bench.model.view.program.gradient_span("W").last)
    panel = window.front("rules")
    panel.tabs.setCurrentIndex(0)
    settle()
    return panel.compare.rules


def index_of(table, name):
    return table.model().index([texts[0] for texts in table.texts()].index(name), 0)


def test_a_click_on_a_rule_switches_to_it_and_undo_returns(window, table):
    assert window.result() == [["0.0274"]]
    click(table, table.visualRect(index_of(table, "Exact")).center())
    assert window.result() == [["0.0402"]]
    assert "Exact" in window.bench.rule_button.text()
    assert dict(texts[:2] for texts in table.texts() if len(texts) > 1)["Exact"] == "0.0402"
    assert ("Exact", "0.0402", "in use") in table.texts()
    window.focus_formula()
    window.key(Key.Key_Z, CTRL)
    assert window.result() == [["0.0274"]]
    assert ("As printed", "0.0274", "in use") in table.texts()


def test_enter_turns_one_switch_and_a_function_key_still_steps(window, table):
    table.setFocus()
    table.setCurrentIndex(index_of(table, "query path on"))
    window.key(Key.Key_Return)
    assert "Custom" in window.bench.rule_button.text()
    assert ("Custom", window.result()[0][0], "in use") in table.texts()
    position = window.place[1]
    window.key(Key.Key_F11)
    assert window.place[1] == position + 1


def test_curves_are_trained_only_while_the_dock_is_in_front(window, table):
    panel = window.front("rules")
    panel.tabs.setCurrentIndex(1)
    settle()
    assert panel.curves.is_training
    window.front("sheet")
    assert not panel.curves.is_training
    window.key(Key.Key_F11)
    assert not panel.curves.is_training
    window.front("rules")
    assert panel.curves.is_training
    wait_until(lambda: not panel.curves.is_training)
    assert panel.curves.facts.facts[1].right == "2.1041"
