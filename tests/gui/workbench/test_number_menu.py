"""The menu of a number: the same wherever it is shown, by mouse and by key, and what it does is done."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from core.network.rule import EXACT, Clip
from tests.gui.driving import click, leaves, settle, surface

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
Reason = QContextMenuEvent.Reason


@contextmanager
def menu_of(widget, spot=None):
    """The menu that a right click at *spot* opens, None for the menu key."""
    target = surface(widget) if spot is not None else widget
    at = QPoint() if spot is None else spot
    reason = Reason.Keyboard if spot is None else Reason.Mouse
    QApplication.sendEvent(target, QContextMenuEvent(reason, at, target.mapToGlobal(at)))
    settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu), "no menu"
    try:
        yield menu
    finally:
        menu.close()
        settle()


def texts(menu):
    return [action.text().partition("\t")[0] for action in menu.actions() if not action.isSeparator()]


def choose(menu, text):
    action = next(action for action in menu.actions() if action.text().partition("\t")[0] == text)
    assert action.isEnabled(), action.toolTip()
    action.trigger()


@pytest.fixture(autouse=True)
def at_a_term(window):
    """At loss 3, via h₃, W used at t = 2."""
    window.reset()
    window.go_to(62)


def places(window):
    """A number in each part of the window: the widget, the place in it, and how the menu calls the number."""
    formula, panels = window.bench.formula, window.bench.panels
    yield formula.symbols, formula.symbols.operand_rect("h[3]").center(), "h₃ = −0.4540"
    yield formula.ladder, formula.ladder.operand_rect("W").center(), "W = −0.5870"
    yield formula.strip, formula.strip.node_rect("h[2]").center(), "h₂ = −0.3055"
    yield formula.result.number, QPoint(4, 4), ""
    matrix = panels["parameters"].rows["U"].matrices[0]
    yield matrix, matrix.cell_rect(1, 0).center().toPoint(), "U[1, “e”] = "
    window.front("values")
    grid = panels["values"].grid
    row = next(i for i in range(len(grid.cells.rows)) if grid.cells.row_name(i) == "hₜ")
    yield grid, grid.cell_rect(row, 1).center().toPoint(), "h₂ = −0.3055"
    window.front("contributions")
    chart = panels["contributions"].chart
    yield chart, chart.place_rect(3).center(), "∂L/∂W₂,₂,₂ ="
    window.front("loss")
    plot = panels["loss"].plot
    yield plot, plot.position(1.0, float(plot.line.y[0])), "L = 5.8071"
    window.front("sheet")
    table = panels["sheet"].table
    line = next(line for line in leaves(table) if line.data() == "h₂")
    table.scrollTo(line)
    yield table, table.visualRect(line).center(), "h₂ = −0.3055"


def test_the_menu_is_the_same_wherever_a_number_is_shown(window):
    rows: list[str] = []
    seen = []
    for widget, spot, called in places(window):
        if not widget.isVisible():
            continue
        with menu_of(widget, spot) as menu:
            assert texts(menu)[0].startswith(called), type(widget).__name__
            own = next((i for i, action in enumerate(menu.actions()) if action.isSeparator()), None)
            here = texts(menu)[1 : own or None]
            rows = rows or here
            assert here == rows, type(widget).__name__
            assert not menu.actions()[0].isEnabled()
        seen.append(type(widget).__name__)
    assert {
        "FormulaView",
        "LadderView",
        "PathStrip",
        "MatrixView",
        "ValuesGrid",
        "BarChart",
        "LinePlot",
        "SheetTable",
    } <= set(seen)
    assert {"Watch", "Copy"} <= set(rows)


def test_copy_copies_the_number_in_full_and_watch_keeps_it_lit(window):
    formula = window.bench.formula
    spot = formula.symbols.operand_rect("h[3]").center()
    with menu_of(formula.symbols, spot) as menu:
        choose(menu, "Copy")
    assert float(QGuiApplication.clipboard().text()) == window.bench.model.view.epoch.value("h[3]")[0]
    with menu_of(formula.symbols, spot) as menu:
        choose(menu, "Watch")
    assert window.bench.model.state.watched == "h[3]"
    with menu_of(formula.symbols, spot) as menu:
        choose(menu, "Watch no more")
    assert window.bench.model.state.watched == ""


def test_the_menu_key_asks_about_what_the_keyboard_is_at(window):
    formula = window.bench.formula
    with menu_of(formula) as menu:  # the result of the step
        assert texts(menu)[0] == f"∂L/∂W₃,₃,₂ = {window.result()[-1][-1]}"
    matrix = window.bench.panels["parameters"].rows["U"].matrices[0]
    matrix.setFocus()
    window.key(Qt.Key.Key_Down, times=2)
    with menu_of(matrix) as menu:
        assert texts(menu)[0] == f"U[1, “e”] = {matrix.picture.text(1, 0)}"
    formula.setFocus()


def test_what_is_not_computed_yet_says_so_and_cannot_be_copied(window):
    window.go_to(2)
    window.front("values")
    grid = window.bench.panels["values"].grid
    row = next(i for i in range(len(grid.cells.rows)) if grid.cells.row_name(i) == "hₜ")
    with menu_of(grid, grid.cell_rect(row, 2).center().toPoint()) as menu:
        assert texts(menu)[0] == "h₃"
        copy = next(action for action in menu.actions() if action.text().startswith("Copy\t"))
        assert not copy.isEnabled()
        assert copy.toolTip().startswith("Not computed yet: at step ")


def test_an_entry_of_a_vector_in_the_formula_is_meant_by_itself(window):
    window.go_to(7)  # the prediction's table, and above it the scores
    formula = window.bench.formula
    table = formula.softmax.table
    with menu_of(table, table.cell_rect(2, 2).center().toPoint()) as menu:
        assert texts(menu)[0] == f"ŷ₁[“l”] = {table.picture.text(2, 2)}"


def test_another_network_closes_the_menu_of_a_number_that_it_may_lack(window):
    formula = window.bench.formula
    with menu_of(formula.symbols, formula.symbols.operand_rect("h[3]").center()):
        window.bench.files.open("embedding")
        assert QApplication.activePopupWidget() is None


def test_what_has_no_name_to_be_watched_by_says_so_to_the_eye_and_in_its_menu(window):
    window.bench.model.set_rule(replace(EXACT, clip=Clip("norm", 1.0)))
    program = window.bench.model.view.program
    window.go_to(next(place for place in range(1, window.length) if program[place].quantity == "norm"))
    eye = window.bench.formula.head.eye
    click(eye)
    assert not eye.isChecked()
    assert not window.bench.model.state.watches
    assert "has no name" in window.shell.statusBar().currentMessage()
    with menu_of(window.bench.formula) as menu:
        watch = next(action for action in menu.actions() if action.text().startswith("Watch"))
        assert not watch.isEnabled()
        assert "has no name" in watch.toolTip()
