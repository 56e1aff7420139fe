"""Lessons in the window: what is saved comes back as it was, and nothing is lost without being asked about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from core.sources import network_file
from core.sources.opening import open_source
from core.writing.form import NumberFormat
from gui.panels.sheet.panel import SheetPanel
from tests.gui.driving import CTRL, click, opened, panel_of, settle, wait_until

Key = Qt.Key


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


def lines_of(window):
    return window.bench.panels["sheet"].own.editor.toPlainText()


def everything(window):
    """All that the window shows of a lesson."""
    panels, toolbar = window.bench.panels, window.shell.toolbar
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
    bench.model.watch("h[2]")
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


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("name", ["attention", "embedding", "banana", "file"])
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
