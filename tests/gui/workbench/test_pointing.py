"""Pointing at a symbol lights it up everywhere; a click goes to where it was made, with Ctrl it is watched."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from gui.panels.values.grid import ValuesGrid
from tests.gui.driving import ALT, CTRL, SHIFT, click, leave, leaves, point_at, settle

Key = Qt.Key


@pytest.fixture(autouse=True)
def at_a_term(window):
    """At loss 3, via h₃, W used at t = 2."""
    window.reset()
    window.go_to(62)
    yield
    for widget in (window.bench.formula.symbols, window.bench.formula.ladder, window.bench.formula.strip):
        leave(widget)


def looks(widget):
    """What a widget looks like."""
    settle()
    return widget.grab().toImage()


def value_spot(window, name, t) -> tuple[ValuesGrid, QPointF]:
    grid = window.bench.panels["values"].grid
    row = next(i for i in range(len(grid.cells.rows)) if grid.cells.row_name(i) == name)
    return grid, grid.cell_rect(row, t - 1).center()


def values_row(window, name, t):
    grid, spot = value_spot(window, name, t)
    place = grid.cell_at(spot)
    assert place is not None
    around = grid.cell_rect(*place).toAlignedRect()
    return looks(grid.viewport()).copy(around)


def test_an_operand_of_the_formula_lights_up_in_values_and_strip(window):
    formula = window.bench.formula
    before = values_row(window, "hₜ", 3), values_row(window, "hₜ", 2), looks(formula.strip)
    spot = formula.symbols.operand_rect("h[3]")
    assert not spot.isEmpty()
    point_at(formula.symbols, spot.center())
    assert values_row(window, "hₜ", 3) != before[0]
    assert values_row(window, "hₜ", 2) == before[1]
    assert looks(formula.strip) != before[2]
    assert formula.head.operand.text().startswith("h₃: ")
    assert formula.head.operand.isVisible()
    leave(formula.symbols)
    assert (values_row(window, "hₜ", 3), looks(formula.strip)) == (before[0], before[2])
    assert not formula.head.operand.isVisible()


def test_an_operand_of_the_ladder_lights_up_in_parameters(window):
    formula, row = window.bench.formula, window.bench.panels["parameters"].rows["W"]
    others = window.bench.panels["parameters"].rows["U"]
    before = looks(row.matrices[0]), looks(others.matrices[0]), looks(formula.symbols)
    spot = formula.ladder.operand_rect("W")
    assert not spot.isEmpty()
    point_at(formula.ladder, spot.center())
    assert looks(row.matrices[0]) != before[0]
    assert looks(others.matrices[0]) == before[1]
    assert looks(formula.symbols) != before[2]
    leave(formula.ladder)
    assert looks(row.matrices[0]) == before[0]


def test_a_cell_of_values_lights_up_in_formula_and_ladder(window):
    formula = window.bench.formula
    before = looks(formula.symbols), looks(formula.ladder)
    point_at(*value_spot(window, "hₜ", 3))
    assert looks(formula.symbols) != before[0]
    assert looks(formula.ladder) != before[1]
    leave(window.bench.panels["values"].grid)
    assert (looks(formula.symbols), looks(formula.ladder)) == before


def test_a_cell_of_parameters_lights_up_in_formula(window):
    formula, matrix = window.bench.formula, window.bench.panels["parameters"].rows["W"].matrices[0]
    before = looks(formula.symbols)
    point_at(matrix, matrix.cell_rect(0, 0).center())
    assert looks(formula.symbols) != before
    assert formula.head.operand.text().startswith("W: ")
    leave(matrix)
    assert looks(formula.symbols) == before


def test_a_node_of_the_strip_lights_up_in_formula(window):
    formula = window.bench.formula
    before = looks(formula.symbols)
    point_at(formula.strip, formula.strip.node_rect("h[3]").center())
    assert looks(formula.symbols) != before
    assert formula.head.operand.text().startswith("h₃: ")


def test_what_is_watched_is_let_go_by_the_cross_beside_it_which_moves_nothing(window):
    formula = window.bench.formula
    assert not formula.head.let_go.isVisible()
    below = formula.symbols.y()
    point_at(formula.symbols, formula.symbols.operand_rect("h[3]").center())
    assert not formula.head.let_go.isVisible()  # of what is only pointed at there is nothing to let go
    click(formula.symbols, formula.symbols.operand_rect("h[3]").center(), CTRL)
    leave(formula.symbols)
    assert formula.head.let_go.isVisible()
    assert formula.symbols.y() == below
    click(formula.head.let_go)
    assert window.bench.model.state.watched == ""
    assert not formula.head.let_go.isVisible()
    assert window.place == (1, 62)


class MouseLeaves(QObject):
    """What Qt does when a widget appears where the mouse was on another one."""

    def __init__(self, formula):
        super().__init__()
        self.formula = formula

    def eventFilter(self, _watched, event):
        if event.type() == QEvent.Type.Show:
            self.formula.set_highlight("")
        return False


def test_a_line_that_takes_the_mouse_away_as_it_appears_is_gone_again(window, qtbot):
    formula = window.bench.formula
    leaves = MouseLeaves(formula)
    formula.head.operand.installEventFilter(leaves)
    with qtbot.captureExceptions() as caught:
        formula.set_highlight("h[3]")
    formula.head.operand.removeEventFilter(leaves)
    assert not caught
    assert not formula.head.operand.isVisible()
    assert formula.head.subtitle.isVisible()


@pytest.mark.parametrize("way", ["terms", "timesteps"])
def test_the_eye_beside_a_step_watches_what_it_makes_and_lets_it_go(window, way):
    window.reset(way=way)
    eye = window.bench.formula.head.eye
    for position in range(1, window.length + 1, 7):
        window.go_to(position)
        click(eye)
        assert eye.isChecked()
        assert window.bench.model.state.watched == window.bench.model.view.result.symbol
        assert window.bench.formula.hasFocus()
        click(eye)
        assert not eye.isChecked()
        assert not window.bench.model.state.watches
    window.reset()


def test_ctrl_and_a_click_watch_and_another_lets_go(window):
    formula = window.bench.formula
    click(formula.symbols, formula.symbols.operand_rect("h[3]").center(), CTRL)
    leave(formula.symbols)
    assert window.place == (1, 62)
    assert formula.head.operand.text().startswith("h₃: ")
    window.key(Key.Key_Space)
    assert formula.head.operand.isVisible()
    point_at(formula.ladder, formula.ladder.operand_rect("h[2]").center())
    assert formula.head.operand.text().startswith("h₂: ")
    leave(formula.ladder)
    assert formula.head.operand.text().startswith("h₃: ")
    window.key(Key.Key_Space, SHIFT)
    click(formula.symbols, formula.symbols.operand_rect("h[3]").center(), CTRL)
    leave(formula.symbols)
    assert not formula.head.operand.isVisible()


def listed(window, name):
    """A list or chart in which a click goes to a number, and a place of one in it."""
    if name == "sheet":
        table = window.front("sheet").table
        index = next(index for index in leaves(table) if index.siblingAtColumn(0).data().startswith("h₃"))
        table.scrollTo(index)
        return table, table.visualRect(index).center()
    if name == "why":
        window.key(Key.Key_W)
        tree = window.front("why").tree
        tree.scrollToTop()
        places = (QPoint(150, y) for y in range(4, tree.viewport().height(), 8))
        return tree, next(place for place in places if tree.number_at(place) is not None)
    chart = window.front("contributions").chart
    return chart, chart.place_rect(8).center()


@pytest.mark.parametrize("name", ["sheet", "why", "bars"])
def test_ctrl_and_a_click_watch_in_lists_and_charts_too_and_move_nothing(window, name):
    widget, spot = listed(window, name)
    symbol = widget.number_at(spot).symbol
    for watched in (symbol, ""):
        click(widget, spot, CTRL)
        assert window.place == (1, 62)
        assert window.bench.model.state.watched == watched
    click(widget, spot)  # and without it goes there, or stays where that is the place
    window.reset()


def test_a_bar_lights_up_its_term_and_says_what_it_is(window):
    chart = window.front("contributions").chart
    point_at(chart, chart.place_rect(8).center())
    assert window.bench.model.hovered == "dL/dW[3,3,2]"
    assert window.bench.formula.head.operand.isVisible()
    leave(chart)
    assert window.bench.model.hovered == ""


@pytest.mark.parametrize("part", ["symbols", "ladder", "strip"])
def test_a_click_goes_to_where_a_quantity_was_made_and_alt_leads_back_and_forth(window, part):
    view = getattr(window.bench.formula, part)
    spot = (view.node_rect if part == "strip" else view.operand_rect)("h[3]")
    point_at(view, spot.center())
    assert window.bench.formula.head.operand.text().endswith("· made at step 19")
    click(view, spot.center())
    assert window.place == (1, 19)
    assert window.bench.formula.head.title.text() == "Hidden state h₃"
    for arrow, place in ((Key.Key_Left, 62), (Key.Key_Right, 19), (Key.Key_Left, 62)):
        window.key(arrow, ALT)
        assert window.place == (1, place)


def test_a_click_on_a_value_or_a_weight_goes_to_its_step(window):
    grid = window.bench.panels["values"].grid
    click(*value_spot(window, "hₜ", 3))
    assert window.place == (1, 19)
    click(*value_spot(window, "hₜ", 2), CTRL)
    assert window.place == (1, 19)
    assert window.bench.model.state.watched == "h[2]"
    leave(grid)
    window.bench.model.set(replace(window.bench.model.state, watches=()))
    window.go_to(62)
    weights = window.front("attention").matrix("alpha")
    click(weights, weights.cell_rect(2, 1).center())
    assert window.bench.formula.head.title.text() == "Attention weights α₃"


def test_a_click_on_a_parameter_selects_its_entry_and_stays(window):
    matrix = window.bench.panels["parameters"].rows["U"].matrices[0]
    click(matrix, matrix.cell_rect(2, 0).center())
    assert window.place == (1, 62)
    assert window.bench.model.state.watched == ""
    click(matrix, matrix.cell_rect(2, 0).center(), CTRL)
    assert window.bench.model.state.watched == "U"
    leave(matrix)


def test_a_click_on_a_gradient_follows_its_entry_and_stays(window):
    position = window.bench.model.view.program.gradient_span("U").last
    window.go_to(position)
    matrix = window.bench.formula.result.matrix
    click(matrix, matrix.cell_rect(0, 2).center())
    assert window.place == (1, position)
    assert window.bench.model.view.entry == (0, 2)


def test_a_click_on_a_line_of_the_program_goes_there_once(window):
    tree = window.bench.panels["program"].tree
    line = tree.currentIndex().siblingAtRow(0)
    tree.scrollTo(line)
    click(tree, tree.visualRect(line).center())
    there = window.place
    assert there != (1, 62)
    QTest.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(line).center())
    assert window.place == there
    window.key(Key.Key_Space)
    assert window.place == (1, there[1] + 1)


def test_parameters_of_a_later_epoch_lead_to_the_update_before(window):
    formula = window.bench.formula
    point_at(formula.ladder, formula.ladder.operand_rect("W").center())
    assert formula.head.operand.text().endswith("· given at the start")
    click(formula.ladder, formula.ladder.operand_rect("W").center())
    assert window.place == (1, 62)
    assert "W was given at the start" in window.shell.statusBar().currentMessage()
    window.go_to(62, epoch=2)
    click(formula.ladder, formula.ladder.operand_rect("W").center())
    assert window.place[0] == 1
    assert formula.head.title.text() == "Update W"


def test_what_is_not_computed_yet_says_which_step_will(window):
    formula = window.bench.formula
    click(formula.symbols, formula.symbols.operand_rect("h[3]").center(), CTRL)
    window.go_to(2)
    assert formula.head.operand.text().endswith("not computed yet, step 19")
    window.bench.model.set(replace(window.bench.model.state, watches=()))


def test_what_was_watched_is_let_go_when_another_network_is_opened(window):
    formula = window.bench.formula
    spot = formula.symbols.operand_rect("alpha[3,3]")
    assert not spot.isEmpty()
    click(formula.symbols, spot.center(), CTRL)
    assert formula.head.operand.text().startswith("α₃,₃: ")
    leave(formula.symbols)
    window.press("open_embedding")
    assert window.shell.windowTitle().startswith("Sheet B")
    assert not formula.head.operand.isVisible()
    window.key(Key.Key_Space)
    assert window.place == (1, 2)


def test_copy_puts_the_latex_on_the_clipboard(window):
    formula = window.bench.formula
    QGuiApplication.clipboard().clear()
    window.key(Key.Key_C, CTRL | SHIFT)
    text = QGuiApplication.clipboard().text()
    assert r"\alpha_{3,3}" in text
    assert "h_{3}^{2}" in text
    QGuiApplication.clipboard().clear()
    click(formula.head.copy)
    assert QGuiApplication.clipboard().text() == text
    window.go_to(19)
    window.press("copy_latex")
    forward = QGuiApplication.clipboard().text()
    assert forward != text
    assert r"\tanh" in forward
    assert "-0.4897" in forward


def test_every_operand_of_a_formula_can_be_pointed_at_at_any_step(window):
    formula = window.bench.formula
    for position in range(1, window.length + 1, 5):
        window.go_to(position)
        for symbol in window.bench.model.view.step.formula.reads:
            spot = formula.symbols.operand_rect(symbol)
            if spot.isEmpty():
                continue
            point_at(formula.symbols, spot.center())
            assert formula.head.operand.isVisible(), (position, symbol)
            leave(formula.symbols)
    point_at(formula.symbols, QPoint(1, 1))
    assert not formula.head.operand.isVisible()


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_where_a_number_was_made_is_said_however_narrow_the_window(window, width):
    size = window.shell.size()
    window.shell.resize(width, 720)
    window.focus_formula()
    formula, said = window.bench.formula, window.bench.formula.head.operand
    for symbol in ("dL/dW[3,3,2]", "alpha[3,3]", "yhat[3]", "h[1]"):
        window.bench.model.hover(symbol)
        settle()
        assert said.text().endswith(("made here", f"made at step {window.bench.model.view.origin(symbol).position}"))
        assert said.fontMetrics().horizontalAdvance(said.text()) <= said.width(), symbol
    window.bench.model.hover("")
    assert not formula.head.operand.isVisible()
    window.shell.resize(size)
    settle()
