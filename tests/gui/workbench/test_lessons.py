"""Lessons in the window: what is saved comes back as it was, and nothing is lost without being asked about."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from core.lessons.lesson import LOOKS, PANELS, Lesson
from core.lessons.lesson_file import open_any, write
from core.lessons.unsaved import kept
from core.program.cursor import Cursor
from core.sources import network_file
from core.sources.opening import open_source
from core.writing.form import NumberFormat
from gui.panels.sheet.panel import SheetPanel
from gui.window.dock_layout import DOCKS
from gui.workbench.autosave import Autosave
from tests.child import environment
from tests.gui.driving import ALT, CTRL, click, opened, panel_of, settle, wait_until

Key = Qt.Key
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def answering(*answers):
    """Give each dialog that is waited for its answer: a path to save to, or a key to press; None cancels."""
    waiting: list[Any] = list(answers)
    met: list[str] = []

    def answer():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            timer.start(5)
            return
        met.append(dialog.text() if isinstance(dialog, QMessageBox) else dialog.windowTitle())
        given = waiting.pop(0) if waiting else None
        if given is None:
            dialog.reject()
        elif isinstance(dialog, QFileDialog):
            dialog.selectFile(str(given))
            dialog.accept()
        else:
            QTest.keyClick(dialog, given)
        if waiting:
            timer.start(5)

    timer = QTimer(singleShot=True)
    timer.timeout.connect(answer)
    timer.start(5)
    try:
        yield met
    finally:
        timer.stop()
        assert not waiting, f"nothing asked for {waiting}"


def save_to(window, path):
    """Save by Ctrl+S, to *path* if it asks."""
    with answering(path):
        window.key(Key.Key_S, CTRL)


def found(path):
    """The lesson in the file at *path*."""
    lesson = open_any(str(path))
    assert isinstance(lesson, Lesson)
    return lesson


def type_lines(window, text):
    """Type one's own lines anew, and go back to the formula."""
    own = panel_of(window, SheetPanel).own
    own.editor.setPlainText(text)
    window.focus_formula()
    judge(window)


def judge(window):
    """Wait until one's own lines are judged."""
    own = panel_of(window, SheetPanel).own
    wait_until(lambda: not any(timer.isActive() for timer in own.findChildren(QTimer)))


@pytest.fixture(autouse=True)
def nothing_waits(request):
    yield
    if "window" in request.fixturenames:
        judge(request.getfixturevalue("window"))


def lines_of(window):
    return window.bench.panels["sheet"].own.editor.toPlainText()


def everything(window):
    """All that the window shows of a lesson."""
    panels, toolbar = window.bench.panels, window.shell.toolbar
    judge(window)
    return {
        "front": window.shell.arrangement.in_sight(),
        "looks": {name: look for panel in panels.values() for name, look in panel.looks.items()},
        "lines": lines_of(window),
        "checked": [name for name, action in window.shell.actions_by_id.items() if action.isChecked()],
        "toolbar": (toolbar.epoch.value(), toolbar.learning_rate.text(), window.bench.rule_button.text(),
                    window.bench.form_button.text()),
        "word": window.bench.files.word.field.text(),
        "verdicts": panels["sheet"].own.summary.text(),
        **window.words(),
    }  # fmt: skip


def prepare(window):
    """Choose something else than at first of all that can be chosen."""
    bench, panels = window.bench, window.bench.panels
    click(bench.rule_button.names["typeset"])
    bench.form_button.choices[NumberFormat("significant", 6)].trigger()
    window.press("stage_order")
    window.press("skip_zero")
    bench.stopping.toggle_watch("h[2]")
    click(window.front("loss").loss_scale.button("log"))
    for panel, look in (
        ("attention", {"attention": "both"}),
        ("contributions", {"group_by": "k", "terms_as": "Table"}),
    ):
        panels[panel].look(look)
    window.press("check_worksheet")
    window.type("h1 = 0.1432")
    window.key(Key.Key_Return)
    window.type("L = 5.8")
    wait_until(lambda: panels["sheet"].own.copy.isVisible())
    window.front("rules")
    panels["rules"].tabs.setCurrentIndex(2)
    window.front("values")
    window.front("sheet")
    window.focus_formula()
    settle()


@pytest.mark.parametrize(
    ("name", "way"),
    [("attention", "terms"), ("embedding", "timesteps"), ("banana", "timesteps"), ("file", "terms")],
)
def test_a_lesson_opened_in_a_fresh_window_shows_all_that_it_showed(tmp_path, name, way):
    source = "attention" if name == "banana" else name
    if name == "file":
        network_file.write(tmp_path / "net.json", open_source("embedding"))
        source = str(tmp_path / "net.json")
    with opened(source) as window:
        if name == "banana":
            window.bench.files.open_word("banana")
        window.bench.model.set_way(way)
        prepare(window)
        window.go_to(window.length * 2 // 3, epoch=2)
        window.press("result")
        window.go_to(window.length * 3 // 4, epoch=2)
        save_to(window, tmp_path / "here.chainrule")
        before = everything(window)
        assert window.shell.windowTitle().startswith("here[*] · ")
    with opened("embedding") as fresh:
        fresh.bench.files.open(str(tmp_path / "here.chainrule"))
        wait_until(lambda: not fresh.bench.model.is_training)
        wait_until(lambda: panel_of(fresh, SheetPanel).own.summary.text() == before["verdicts"])
        settle()
        assert everything(fresh) == before
        fresh.go_to(fresh.length * 2 // 3, epoch=2)
        assert fresh.bench.model.view.hidden


# -- saving, asking, undoing ----------------------------------------------------------------------------


def test_the_first_save_asks_for_a_name_and_the_next_does_not(window, tmp_path):
    window.reset()
    window.go_to(74)
    path = tmp_path / "step 74.chainrule"
    with answering(tmp_path / "step 74") as met:
        window.key(Key.Key_S, CTRL)
    assert met == ["Save the lesson"]
    assert path.is_file()
    assert (
        window.shell.windowTitle() == "step 74[*] · Sheet A: RNN with dot-product attention, one-hot input — Chainrule"
    )
    window.go_to(75)
    assert not window.shell.isWindowModified()
    window.press("save_lesson")
    assert found(path).cursor == Cursor(1, 75)
    assert window.bench.settings.recent[0] == str(path)


def test_a_change_is_marked_and_stepping_is_none(window, tmp_path):
    window.reset()
    save_to(window, tmp_path / "a.chainrule")
    window.key(Key.Key_Space, times=3)
    window.press("predict")
    assert not window.shell.isWindowModified()
    click(window.bench.rule_button.names["exact"])
    assert window.shell.isWindowModified()
    window.press("undo")
    assert not window.shell.isWindowModified()
    type_lines(window, "h1 = 0.1432")
    assert window.shell.isWindowModified()


@pytest.mark.parametrize(("key", "stays", "saved"), [(Key.Key_S, False, True), (Key.Key_D, False, False),
                                                     (Key.Key_Escape, True, False)])  # fmt: skip
def test_what_has_changed_is_asked_about_before_something_else_is_opened(window, tmp_path, key, stays, saved):
    window.reset()
    path = tmp_path / "a.chainrule"
    save_to(window, path)
    type_lines(window, "h1 = 0.1")
    with answering(key) as met:
        window.press("open_embedding")
    assert met == ["Save what has changed in a?"]
    assert window.shell.windowTitle().startswith("a[*]") is stays
    assert (found(path).lines == "h1 = 0.1") is saved
    if not stays:
        window.press("undo")
        assert window.shell.windowTitle().startswith("a[*]")
        assert lines_of(window) == "h1 = 0.1"
        assert window.shell.isWindowModified() is not saved


def test_a_window_closes_only_once_its_lesson_is_saved_or_given_up(tmp_path):
    with opened() as window:
        save_to(window, tmp_path / "a.chainrule")
        type_lines(window, "h1 = 0.1")
        with answering(Key.Key_Escape):
            assert not window.shell.close()
        with answering(Key.Key_S):
            assert window.shell.close()
    assert found(tmp_path / "a.chainrule").lines == "h1 = 0.1"


def test_a_window_without_a_lesson_closes_only_once_its_notes_are_saved_or_given_up(tmp_path):
    with opened() as window:
        window.go_to(10)
        window.key(Key.Key_F9, CTRL)
        window.type("Why is it negative?")
        window.key(Key.Key_Return)
        window.bench.files.open("embedding")  # where the stop is kept
        with answering(Key.Key_Escape) as met:
            assert not window.shell.close()
        assert met == ["Save the notes of this window as a lesson?"]
        with answering(Key.Key_Return, tmp_path / "a.chainrule"):
            assert window.shell.close()
    assert [stop.note for stop in found(tmp_path / "a.chainrule").stops] == ["", "Why is it negative?"]


def test_stepping_and_trying_out_without_a_lesson_ask_nothing(window):
    window.reset()
    window.key(Key.Key_Space, times=5)
    click(window.bench.rule_button.names["exact"])
    type_lines(window, "h1 = 0.1")
    assert window.bench.files.lessons.may_leave()
    window.reset()
    type_lines(window, "")


def test_undo_takes_the_opening_of_a_lesson_back_and_redo_brings_it_as_it_stood(window, tmp_path):
    window.reset()
    path = tmp_path / "a.chainrule"
    write(path, replace(Lesson.of(open_source("embedding")), cursor=Cursor(1, 30), lines="h1 = 0.2",
                        form=NumberFormat("significant", 9), predicts=True, order="stage"))  # fmt: skip
    type_lines(window, "h1 = 0.1")
    window.go_to(62)
    before = everything(window)
    window.bench.files.open(str(path))
    assert (window.place, lines_of(window)) == ((1, 30), "h1 = 0.2")
    assert window.bench.settings.lines("embedding") == ""
    type_lines(window, "h1 = 0.3")
    window.go_to(31)
    window.press("undo")
    assert everything(window) == before
    assert not window.shell.isWindowModified()
    assert not window.bench.settings.flag("stage_order")
    window.press("redo")
    assert (window.place, lines_of(window)) == ((1, 31), "h1 = 0.3")
    assert window.shell.isWindowModified()
    window.press("undo")
    window.reset()
    type_lines(window, "")


def test_a_class_copy_hides_results_has_no_lines_and_is_not_saved_over(window, tmp_path):
    window.reset()
    own, copy = tmp_path / "mine.chainrule", tmp_path / "class.chainrule"
    window.go_to(74)
    type_lines(window, "dL/dW = 0.0402")
    save_to(window, own)
    with answering(copy) as met:
        window.press("save_class_copy")
    assert met == ["Save a copy for the class"]
    assert window.shell.windowTitle().startswith("mine[*]")
    given = copy.read_bytes()
    window.bench.files.open(str(copy))
    assert (window.place, lines_of(window), window.result()) == ((1, 74), "", [])
    assert window.shell.windowTitle().startswith("class (copy)[*]")
    window.activate()
    with answering(None) as met:
        window.key(Key.Key_S, CTRL)
    assert met == ["Save the lesson"]
    window.activate()
    with answering(tmp_path / "pupil.chainrule"):
        window.key(Key.Key_S, CTRL)
    assert copy.read_bytes() == given
    assert not found(tmp_path / "pupil.chainrule").is_copy


def test_a_bad_lesson_is_named_with_its_place_and_changes_nothing(window, tmp_path, monkeypatch):
    window.reset()
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, words: told.append(words))
    path = tmp_path / "bad.chainrule"
    path.write_text('{"format": "chainrule-lesson", "version": 1, "network": "attention", "step": 500}')
    before = everything(window)
    window.bench.files.open(str(path))
    assert "bad.chainrule: step: expected 1 to 121" in told[0]
    assert everything(window) == before
    with answering(tmp_path / "no" / "a.chainrule"):
        window.key(Key.Key_S, CTRL)
    assert "The lesson is not saved" in told[1]


def test_every_look_and_panel_that_a_lesson_may_name_is_there():
    assert {spec.id for spec in DOCKS} == set(PANELS)
    with opened() as window:
        panels = window.bench.panels.values()
        assert {name for panel in panels for name in panel.looks} == set(LOOKS)
        for name, offered in LOOKS.items():
            for look in (*offered, offered[0]):
                for panel in panels:
                    panel.look({name: look})
                assert {name: look}.items() <= {n: has for panel in panels for n, has in panel.looks.items()}.items()


# -- what is kept beside --------------------------------------------------------------------------------


def kept_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_window_left_that_did_not_end_well_is_offered_and_restored_by_the_keyboard(tmp_path, killed):
    folder = tmp_path / "unsaved"
    with opened("embedding") as window:
        autosave = Autosave(folder, window.shell, window.bench.files.lessons, window.theme)
        settle()
        assert autosave.bar is not None
        assert re.fullmatch(
            r"A window ended without being closed, \d+ \w+, \d\d:\d\d: mine, Sheet A: .*, epoch 1, step 74\.",
            autosave.bar.words.text(),
        )
        assert window.place == (1, 1)
        window.key(Key.Key_R, ALT)
        wait_until(lambda: autosave.bar is None)
        judge(window)
        assert (window.place, lines_of(window)) == ((1, 74), "h1 = 0.7")
        assert window.shell.windowTitle().startswith("mine[*] · Sheet A")
        assert window.shell.isWindowModified()
        window.key(Key.Key_S, CTRL)
        assert found(killed).lines == "h1 = 0.7"
        window.press("undo")
        assert window.shell.windowTitle().startswith("Sheet B")
        window.press("redo")
    assert kept_in(folder) == []


def test_what_is_offered_is_loaded_by_nobody_else_and_offered_again_where_that_fails(tmp_path, killed, monkeypatch):
    folder = tmp_path / "unsaved"
    left = next(folder.glob("*.unsaved"))
    with opened() as window, opened() as other:
        autosave = Autosave(folder, window.shell, window.bench.files.lessons, window.theme)
        beside = Autosave(folder, other.shell, other.bench.files.lessons, other.theme)
        assert beside.bar is None
        left.write_bytes(left.read_bytes()[:-20])
        window.activate()
        settle()
        window.key(Key.Key_R, ALT)
        wait_until(lambda: autosave.bar is None)
        assert "It cannot be restored" in window.shell.statusBar().currentMessage()
        assert window.place == (1, 1)
    with opened() as window:
        autosave = Autosave(folder, window.shell, window.bench.files.lessons, window.theme)
        settle()
        assert autosave.bar is not None
        assert autosave.bar.words.text().endswith("It was being restored then.")
        window.key(Key.Key_D, ALT)
        wait_until(lambda: autosave.bar is None)
    assert kept_in(folder) == []


def test_a_window_keeps_what_it_would_miss_and_leaves_nothing_when_it_is_closed(tmp_path):
    folder = tmp_path / "unsaved"
    with opened() as window:
        autosave = Autosave(folder, window.shell, window.bench.files.lessons, window.theme)
        autosave.keep_now()
        assert not list(folder.glob("*.unsaved"))
        window.go_to(62)
        autosave.keep_now()
        (path,) = folder.glob("*.unsaved")
        assert kept(path).cursor == Cursor(1, 62)
    assert kept_in(folder) == []


LEFT = """
import os, signal, sys
from pathlib import Path
from dataclasses import replace
from PySide6.QtCore import QCoreApplication, QLockFile
from core.lessons.lesson import Lesson
from core.lessons.unsaved import Unsaved, Where, keep
from core.program.cursor import Cursor
from core.sources.opening import open_source
application = QCoreApplication(sys.argv)
folder, path = map(Path, sys.argv[1:])
folder.mkdir()
lock = QLockFile(str(folder / "left.lock"))
assert lock.tryLock(0)
lesson = replace(Lesson.of(open_source("attention")), cursor=Cursor(1, 74), lines="h1 = 0.7")
keep(folder / "left.unsaved", Unsaved(Where("mine", str(path), "Sheet A: attention, epoch 1, step 74"), lesson))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(tmp_path):
    """A window of a lesson that was killed; gives the lesson's file."""
    path = tmp_path / "mine.chainrule"
    write(path, Lesson.of(open_source("attention")))
    subprocess.run([sys.executable, "-c", LEFT, str(tmp_path / "unsaved"), str(path)], cwd=ROOT, env=environment())
    assert sorted(each.name for each in (tmp_path / "unsaved").iterdir()) == ["left.lock", "left.unsaved"]
    return path
