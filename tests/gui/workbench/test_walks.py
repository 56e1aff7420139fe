"""What one does in a row, by keys: where the keyboard is in between, what is in sight at any size, what is spoken."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFileDialog

from core.lessons.lesson_file import write
from core.network.rule import EXACT
from gui.panels.why.panel import WhyPanel
from tests.gui.driving import CTRL, PLAIN, SHIFT, opened, panel_of, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def on_sheet_a(window):
    window.reset()


@pytest.fixture
def said(monkeypatch):
    """What a screen reader is told."""
    found = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: found.append(event.message()))
    return found


def lay_out():
    for _ in range(6):  # layouts take more than one turn of the event loop
        settle()


# -- where the keyboard is ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "modifiers", "where"), [(Key.Key_F5, CTRL, (1918, 39)), (Key.Key_F5, PLAIN, (1, 121))])
def test_once_it_has_run_to_a_stop_space_steps_on(window, key, modifiers, where):
    window.key(Key.Key_F9, SHIFT)
    window.type("L<2")
    window.key(Key.Key_Return)
    assert window.bench.panels["watch"].field.hasFocus()  # to type the next
    window.key(key, modifiers)
    wait_until(lambda: window.place == where)
    assert window.bench.formula.hasFocus()


@pytest.mark.parametrize("name", ["lesson.chainrule", "embedding"])
def test_what_is_opened_has_the_keyboard_and_a_clicker_steps_in_it(window, monkeypatch, tmp_path, name):
    if name != "embedding":
        name = str(tmp_path / name)
        window.go_to(74)
        write(tmp_path / "lesson.chainrule", window.bench.files.lessons.lesson)
        window.reset()
    window.shell.toolbar.epoch.setFocus()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (name, ""))
    window.key(Key.Key_O, CTRL) if name != "embedding" else window.press("open_embedding")
    assert window.bench.formula.hasFocus()
    first = window.place[1]
    window.key(Key.Key_F, CTRL | SHIFT)
    lay_out()
    window.key(Key.Key_Space)
    window.key(Key.Key_PageDown)
    assert window.bench.model.view.cursor.position == first + 2
    window.key(Key.Key_PageUp)
    assert window.bench.model.view.cursor.position == first + 1
    window.key(Key.Key_Escape)
    lay_out()
    assert window.bench.formula.hasFocus()


# -- what is spoken ---------------------------------------------------------------------------------------------


def test_the_note_of_a_step_is_spoken_with_it(window, said):
    window.go_to(73)
    window.key(Key.Key_F9, CTRL)
    window.type("What is left out?")
    window.key(Key.Key_Return)
    window.go_to(72)
    said.clear()
    window.key(Key.Key_Space)
    assert len(said) == 1
    assert said[0].endswith(" Note: What is left out?")


def test_what_follows_from_another_number_is_spoken(window, said):
    window.key(Key.Key_P, CTRL | SHIFT)
    window.type("what if W = 0.5")
    window.key(Key.Key_Return)
    wait_until(lambda: any("total loss of epoch 1: 5.8071 → 5.8376" in words for words in said))
    window.key(Key.Key_Escape)


def test_why_a_run_ended_and_what_is_refused_are_spoken(window, said):
    window.key(Key.Key_F5)
    wait_until(lambda: "No stop up to the end of epoch 1" in said)
    window.bench.model.refused.emit("It is computed")
    assert "It is computed" in said


# -- what is in sight --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 720), (1024, 700)])
def test_no_panel_in_front_pushes_another_out_of_the_window(qapp, size):
    with opened(size=size) as window:
        window.go_to(74)
        window.key(Key.Key_W)
        for zoom in (1.5, 2.0):
            window.theme.set_zoom(zoom)
            lay_out()
            for name in window.shell.docks:
                if name == "timeline":
                    continue  # which is not shown here
                window.front(name)
                lay_out()
                dock, bar = window.shell.docks[name], window.shell.statusBar()
                assert dock.geometry().bottom() < bar.y(), (zoom, name)
                assert bar.geometry().bottom() < window.shell.height(), (zoom, name)


def test_opened_at_one_and_a_half_times_the_size_a_trail_shows_its_paths_below_the_result(qapp):
    with opened(size=(1280, 720)) as window:
        window.bench.model.set_rule(EXACT)
        window.theme.set_zoom(1.5)
        window.go_to(74)
        for key in (Key.Key_W, Key.Key_W, Key.Key_Right):
            window.key(key)
            lay_out()
        why, formula = panel_of(window, WhyPanel), window.bench.formula
        tree = why.tree
        seen = [item.data(0, Qt.ItemDataRole.AccessibleTextRole)
                for y in range(0, tree.viewport().height(), 4) if (item := tree.itemAt(4, y))]  # fmt: skip
        assert {words.partition(" of loss 3, ")[0] for words in seen} >= {"value path", "query path"}
        assert formula.head.value.text() == "= 0.0402"
        below = formula.head.value.mapTo(formula, formula.head.value.rect().bottomLeft())
        assert below.y() < formula.prompt.y()
        window.shell.resize(1440, 900)
        window.theme.set_zoom(1.0)
        lay_out()
        assert formula.strip.isVisible()
        assert why.formula.isVisible()
