"""The Rules panel in the window: another rule by a click or a key, and back again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.network.rule import Clip, Rule
from core.program.program import Address, Phase
from gui.panels.rules import curves
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


def test_curves_are_trained_only_while_the_dock_is_in_front(window, table, monkeypatch):
    # As on a machine so slow that it takes many turns: on a fast one they are there at once.
    monkeypatch.setattr(curves, "_AT_ONCE", 0.0)
    monkeypatch.setattr(curves, "_SLICE", 0.0005)
    panel = window.front("rules")
    panel.tabs.setCurrentIndex(1)
    for source in ("embedding", "attention"):  # else the curves may be there from before
        window.reset(source)
        window.front("rules")
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


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Key.Key_Return)
    settle()


def test_a_clip_that_is_typed_has_steps_of_its_own_and_undo_takes_them_away(window, table):
    bench, bounds = window.bench, window.bench.rule_button.bounds
    click(bench.rule_button.names["exact"])
    length, position = window.length, window.place[1]
    type_into(bounds["norm"], "0.5")
    assert bench.model.state.rule == Rule(clip=Clip("norm", 0.5))
    assert window.length == length + 6  # the norm, and five gradients
    assert window.place[1] == position
    window.go_to(bench.model.view.program.update.first)
    norm = float(bench.model.view.step.value)
    assert norm == pytest.approx(1.6509, abs=5e-5)
    window.focus_formula()
    for _ in "VcW":
        window.key(Key.Key_F11)
    assert window.result() == [[f"{0.040239 * 0.5 / norm:.4f}"]]
    rows = {texts[0]: texts[1:] for texts in table.texts() if len(texts) > 1}
    assert rows["Exact"][0] == "0.0402"  # the whole one beside it
    window.key(Key.Key_Z, CTRL)
    assert window.length == length
    assert bench.model.view.step.address == Address(Phase.UPDATE, "W")


def test_a_truncated_sum_says_what_is_left_out(window, table):
    click(window.bench.rule_button.names["exact"])
    type_into(window.bench.rule_button.bounds["truncate"], "2")
    assert window.bench.rule_button.text() == "Exact, cut at 2"
    assert window.result() == [["0.0466"]]
    assert "Terms with t − k ≥ 2 are left out." in window.bench.model.view.step.formula.sentence
    type_into(window.bench.rule_button.bounds["truncate"], "0")
    assert window.result() == [["0.0402"]]
    assert "Exact" in window.bench.rule_button.text()
