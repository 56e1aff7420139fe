"""The matrix view: every cell is where it belongs, by mouse, by key and for a screen reader."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QTableView

from core.writing.form import NumberFormat
from gui.look.theme import DARK, LIGHT
from gui.widgets.matrix.shades import contrast, shade_table
from gui.widgets.matrix.view import MatrixPicture, MatrixView

VALUES = np.array([[0.1, -0.25, 3.0], [1 / 3, 0.0, -7.5]])


def picture(**changes):
    return replace(
        MatrixPicture(
            VALUES,
            "W",
            row_labels=("h", "é"),
            column_labels=("字", "b", "ש"),
            symbols=lambda i, j: f"h[{j + 1}]" if i == 0 else None,
            cell_name=lambda i, j: f"W{i + 1}{j + 1}",
        ),
        **changes,
    )


@pytest.fixture
def view(qtbot, theme):
    view = MatrixView(theme)
    qtbot.addWidget(view)
    view.set_matrix(picture())
    view.resize(view.sizeHint())
    view.show()
    qtbot.waitExposed(view)
    return view


def centre(view, row, column):
    return view.cell_rect(row, column).center().toPoint()


def painted(view):
    image = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
    image.fill(LIGHT.panel)
    view.viewport().render(image)
    return image


def click(qtbot, view, row, column):
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view, row, column))


@pytest.mark.parametrize("row", range(2))
@pytest.mark.parametrize("column", range(3))
def test_mouse_points_at_the_row_and_column_under_it(qtbot, view, row, column):
    qtbot.mouseMove(view.viewport(), QPoint(1, 1))
    with qtbot.waitSignal(view.cell_hovered) as hovered:
        qtbot.mouseMove(view.viewport(), centre(view, row, column))
    assert hovered.args == [row, column]
    with qtbot.waitSignal(view.cell_clicked) as clicked:
        click(qtbot, view, row, column)
    assert clicked.args == [row, column]


def test_columns_run_to_the_right_and_rows_down(view):
    first = view.cell_rect(0, 0)
    assert view.cell_rect(0, 2).left() > first.right()
    assert view.cell_rect(0, 2).top() == first.top()
    assert view.cell_rect(1, 0).top() >= first.bottom()
    assert first.height() >= 24


def test_shade_of_each_cell_is_that_of_its_own_number(view):
    view.set_matrix(picture(column_labels=(), row_labels=()))
    image = painted(view)
    for (row, column), value in np.ndenumerate(VALUES):
        corner = view.cell_rect(row, column).topLeft().toPoint() + QPoint(4, 4)
        expected = LIGHT.shade(value / 7.5)
        seen = image.pixelColor(corner)
        assert max(abs(seen.red() - expected.red()), abs(seen.blue() - expected.blue())) <= 3


def test_hovering_tells_the_symbol_once_and_its_end(qtbot, view):
    told: list[str] = []
    view.symbol_hovered.connect(told.append)
    qtbot.mouseMove(view.viewport(), centre(view, 0, 1))
    qtbot.mouseMove(view.viewport(), centre(view, 0, 1) + QPoint(2, 1))
    qtbot.mouseMove(view.viewport(), centre(view, 1, 1))
    assert told == ["h[2]", ""]


def test_click_follows_a_symbol_only_where_there_is_one(qtbot, view):
    followed = []
    view.symbol_clicked.connect(lambda symbol, _watched: followed.append(symbol))
    click(qtbot, view, 1, 0)
    click(qtbot, view, 0, 2)
    assert followed == ["h[3]"]


def test_arrows_move_the_selection_and_enter_follows_it(qtbot, view):
    view.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(view, key)
    with qtbot.waitSignal(view.cell_clicked) as clicked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert clicked.args == [1, 2]


def test_space_is_left_to_the_window(qtbot, theme):
    class Window(MatrixView):
        heard: tuple[int, ...] = ()

        def keyPressEvent(self, event):
            self.heard = (*self.heard, event.key())

    window = Window(theme)
    qtbot.addWidget(window)
    view = MatrixView(theme, window)
    view.set_matrix(picture(selected=(0, 0)))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert window.heard == (Qt.Key.Key_Space,)


def test_copy_takes_the_selected_number_in_full_else_the_whole_matrix(qtbot, view):
    clipboard = QGuiApplication.clipboard()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = [[float(cell) for cell in line.split("\t")] for line in clipboard.text().split("\n")]
    assert np.array_equal(np.array(rows), VALUES)
    click(qtbot, view, 1, 0)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "0.3333333333333333"
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "\t" in clipboard.text()


def test_selection_of_the_user_stays_while_stepping_and_goes_with_another_size(qtbot, view):
    click(qtbot, view, 1, 2)
    view.set_matrix(picture(values=VALUES + 1))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "-6.5"
    view.set_matrix(MatrixPicture(np.ones((1, 2)), "b"))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "1.0\t1.0"


def test_unknown_cells_show_no_number_and_give_none_away():
    known = np.array([[True, False, True], [True, True, False]])
    shown = picture(known=known, placeholder=lambda _i, j: f"at t = {j + 1}")
    assert shown.texts()[0] == ["0.1000", "", "3.0000"]
    assert shown.tooltip(0, 1) == "W12: at t = 2"
    assert shown.clipboard(0, 1) == ""
    assert "7.5" not in shown.description()


def test_unknown_values_do_not_set_the_scale_of_the_shades(view):
    known = np.array([[True, True, True], [True, True, False]])
    view.set_matrix(picture(known=known))
    corner = view.cell_rect(0, 2).topLeft().toPoint() + QPoint(4, 4)
    seen = painted(view).pixelColor(corner)
    assert abs(seen.blue() - LIGHT.positive.blue()) <= 3


def test_cells_above_the_diagonal_of_a_triangular_matrix_do_not_exist(qtbot, view):
    view.set_matrix(picture(triangular=True, row_labels=()))
    assert view.cell_at(view.cell_rect(0, 1).center()) is None
    assert view.cell_at(view.cell_rect(1, 1).center()) == (1, 1)
    assert painted(view).pixelColor(centre(view, 0, 2)) == view.palette().window().color()


def test_tooltip_names_the_cell_and_its_number_in_full():
    assert picture().tooltip(1, 0) == "W21 = 0.3333333333333333"


def test_non_finite_numbers_are_written_spoken_and_do_not_break_the_shades(view):
    values = np.array([[math.inf, -math.inf], [math.nan, 2.0]])
    shown = MatrixPicture(values, "odd")
    assert shown.texts() == [["∞", "−∞"], ["nan", "2.0000"]]
    assert "minus infinity" in shown.description()
    assert "not a number" in shown.description()
    view.set_matrix(shown)
    assert not painted(view).isNull()


def test_screen_reader_hears_name_size_and_first_numbers(view):
    assert view.accessibleName() == "W"
    description = view.accessibleDescription()
    assert description.startswith("2 by 3 matrix; row h: 0.1000, minus 0.2500, 3.0000; row é: 0.3333")
    view.set_matrix(MatrixPicture(np.zeros((5, 5)), "big"))
    assert view.accessibleDescription().count("0.0000") == 12
    assert "; and 13 more" in view.accessibleDescription()


def test_highlight_changes_the_cells_of_that_symbol_only(view):
    before = painted(view)
    view.set_highlight("h[2]")
    after = painted(view)

    def changed(row, column):
        area = view.cell_rect(row, column).toAlignedRect()
        return before.copy(area) != after.copy(area)

    assert [(i, j) for i in range(2) for j in range(3) if changed(i, j)] == [(0, 1)]
    view.set_highlight("")
    assert painted(view) == before


def test_too_little_room_takes_padding_first_and_then_scrolls(qtbot, view):
    full = view.cell_rect(0, 0).width()
    view.resize(view.sizeHint().width() - 20, view.height())
    assert view.horizontalScrollBar().maximum() == 0
    assert view.cell_rect(0, 0).width() < full
    view.resize(view.minimumSizeHint().width() + 20, view.height())
    assert view.horizontalScrollBar().maximum() > 0
    labels = view.cell_rect(0, 0).left()
    view.setFocus()
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    last = view.cell_rect(0, 2)
    assert last.left() >= labels - 1
    assert last.right() <= view.viewport().width()


def test_drag_scrolls_and_is_no_click(qtbot, view):
    view.resize(view.minimumSizeHint().width() + 20, view.height())
    clicked = []
    view.cell_clicked.connect(lambda row, column: clicked.append((row, column)))
    start = centre(view, 0, 0)
    viewport = view.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, start - QPoint(30, 0))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start - QPoint(30, 0))
    assert view.horizontalScrollBar().value() == 30
    assert clicked == []


def test_large_matrices_become_dots_that_still_know_their_cell(qtbot, view):
    values = np.zeros((70, 90))
    values[3, 80] = 5.0
    view.set_matrix(MatrixPicture(values, "alpha"))
    view.resize(600, 500)
    spot = centre(view, 3, 80)
    assert painted(view).pixelColor(spot) == shade_table(LIGHT, None)[-5]
    with qtbot.waitSignal(view.cell_clicked) as clicked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert clicked.args == [3, 80]


def test_set_dense_makes_dots_of_a_small_matrix(view):
    before = view.sizeHint().width()
    view.set_dense(True)
    assert view.sizeHint().width() < before


def test_theme_is_followed(view, theme):
    before = view.sizeHint()
    theme.set_zoom(2.0)
    assert view.sizeHint().height() > 1.8 * before.height()
    light = painted(view)
    theme.set_palette(DARK)
    assert painted(view) != light


def test_number_format_decides_text_and_width(view):
    before = view.sizeHint().width()
    view.set_matrix(picture(format=NumberFormat("decimals", 1)))
    assert view.sizeHint().width() < before


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("hue", [None, "U", "W", "V", "h", "attention", "output", "E"])
def test_numbers_are_readable_on_every_shade(palette, hue):
    shades = shade_table(palette, hue)[:-4]
    assert min(contrast(shade, palette.ink) for shade in shades) >= 4.5


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_context_menu_copies_the_matrix(qtbot, view):
    spot = centre(view, 1, 2)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, view.viewport().mapToGlobal(spot))
    QGuiApplication.sendEvent(view.viewport(), event)
    menu = view.findChild(QMenu)
    action = next(action for action in menu.actions() if action.text() == "Copy matrix")
    with qtbot.waitSignal(menu.destroyed):
        action.trigger()
        menu.close()
    assert QGuiApplication.clipboard().text().startswith("0.1\t-0.25")


def test_table_has_every_number_with_headers_and_follows_the_steps(qtbot, view):
    view.table_requested.emit()
    table = view.findChild(QTableView)
    model = table.model()
    assert (model.rowCount(), model.columnCount()) == (2, 3)
    assert model.data(model.index(1, 0)) == "0.3333333333333333"
    assert model.headerData(1, Qt.Orientation.Vertical) == "é"
    assert model.headerData(2, Qt.Orientation.Horizontal) == "ש"
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index(0, 1), role) == "W12: minus 0.2500"
    view.set_matrix(picture(values=VALUES * 2))
    assert model.data(model.index(0, 2)) == "6.0"
    assert not table.window().isModal()
    with qtbot.waitSignal(table.destroyed):
        table.window().close()
    view.set_matrix(picture())


def test_absent_colour_is_transparent():
    assert shade_table(LIGHT, None)[-1] == QColor(0, 0, 0, 0)
