"""A panel that is out of sight has no keyboard and no network of before; one that fails stops no other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from core.network.symbols import exists
from tests.gui.driving import click, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def as_at_first(window):
    window.press("reset_layout")
    window.reset("embedding")


def enter_parameter(window, name):
    """Click a cell of a parameter, so that the keyboard is in its matrix."""
    panel = window.front("parameters")
    matrix = panel.rows[name].matrices[0]
    click(matrix, matrix.cell_rect(0, 0).center())
    assert matrix.hasFocus()
    return matrix


@pytest.mark.parametrize("leave", ["tab", "close"])
def test_the_keyboard_leaves_a_panel_that_goes_out_of_sight(window, leave):
    if leave == "tab":
        window.shell.tabifyDockWidget(window.shell.docks["parameters"], window.shell.docks["values"])
        settle()
    matrix = enter_parameter(window, "W")
    watched = window.bench.model.state.watched
    if leave == "tab":
        window.front("values")
    else:
        window.shell.docks["parameters"].close()
    settle()
    assert not matrix.hasFocus()
    assert window.bench.formula.hasFocus()
    window.key(Key.Key_Return)
    assert window.bench.model.state.watched == watched
    window.key(Key.Key_Space)
    assert window.place == (1, 2)


def test_enter_and_stepping_after_another_sheet_is_opened_show_one_step_everywhere(window):
    window.shell.tabifyDockWidget(window.shell.docks["parameters"], window.shell.docks["values"])
    enter_parameter(window, "E")
    window.front("values")
    window.press("open_attention")
    for key in (Key.Key_Return, Key.Key_Space, Key.Key_F10):
        window.key(key)
        assert window.bench.formula.head.title.text() == window.bench.model.view.step.formula.title
        assert window.place[1] == window.bench.model.view.cursor.position
    assert window.place != (1, 1)


@pytest.mark.parametrize("act", ["hover", "watch"])
def test_a_symbol_that_the_network_lacks_is_neither_lit_nor_watched(window, act):
    window.reset("attention")
    model = window.bench.model
    window.bench.stopping.toggle_watch("W")
    assert not exists("E", model.state.source.network)
    ask = {"hover": model.hover, "watch": window.bench.stopping.toggle_watch}[act]
    ask("E")
    ask("h[9]")
    settle()
    assert model.state.watched == "W"
    assert window.bench.formula.head.operand.text().startswith("W: ")


def test_a_panel_that_fails_is_reported_and_stops_no_other(window, monkeypatch, qtbot):
    window.reset("attention")
    failing = window.bench.panels["program"]  # before all others but the formula

    def fail(_view):
        raise KeyError("a fault of the panel's own")

    monkeypatch.setattr(failing, "render_view", fail)
    with qtbot.captureExceptions() as caught:
        window.key(Key.Key_Space)
    assert [kind for kind, *_ in caught] == [KeyError]
    assert window.place == (1, 2)
    assert window.result() == [["0.1432"]]
    assert window.bench.panels["timeline"].label.text() == "step 2 of 121"
    assert window.shell.statusBar().currentMessage() == (
        'Program cannot show this step: KeyError: "a fault of the panel\'s own"'
    )
    monkeypatch.undo()
    window.key(Key.Key_Space)
    assert window.place == (1, 3)
    window.shell.statusBar().clearMessage()


def test_docks_that_are_arranged_for_another_zoom_show_nothing_behind_their_tabs(window, monkeypatch):
    panels, shown = window.bench.panels, []
    for name in ("loss", "sheet", "values"):
        monkeypatch.setattr(panels[name], "render_view", lambda _view, name=name: shown.append(name))
    window.key(Key.Key_Space)
    window.press("zoom_in")
    settle()
    assert shown == []
    window.front("loss")
    wait_until(lambda: shown == ["loss"])
    monkeypatch.undo()
    window.press("zoom_reset")


class Seen(QObject):
    """Notes when a panel renders and when any of it is painted."""

    def __init__(self, panel, notes, monkeypatch):
        super().__init__(panel)
        self.panel, self.notes, self.render = panel, notes, panel.render_view
        monkeypatch.setattr(panel, "render_view", self.rendered)
        for part in (panel, *panel.findChildren(QWidget)):
            part.installEventFilter(self)

    def rendered(self, view):
        self.notes.append((self.panel, "rendered"))
        self.render(view)

    def eventFilter(self, _watched, event):
        if event.type() == QEvent.Type.Paint:
            self.notes.append((self.panel, "painted"))
        return False


@pytest.mark.parametrize("front", ["parameters", "values", "loss"])
def test_a_panel_that_comes_into_sight_is_not_painted_as_it_was_before(window, monkeypatch, front):
    window.reset("attention")
    window.front(front)
    dock = window.shell.docks[front]
    notes: list[tuple[object, str]] = []
    behind = [each.objectName() for each in window.shell.tabifiedDockWidgets(dock) if each.isVisible()]
    window.key(Key.Key_Space, times=2)
    for _ in range(4):  # what is moved and painted still, so that closing is all that there is to do
        settle()
    seen = [Seen(window.bench.panels[name], notes, monkeypatch) for name in behind]
    click(dock.titleBarWidget().findChild(QToolButton, "close"))
    wait_until(lambda: any(what == "painted" for _, what in notes))
    for each in seen:
        each.deleteLater()
    came = notes[0][0]
    assert notes[:2] == [(came, "rendered"), (came, "painted")]
