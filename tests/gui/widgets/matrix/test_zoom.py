"""Large matrices: cells of every size are where they belong, and the overview shows and moves what is in sight."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from core.writing.form import NumberFormat
from gui.look.theme import DARK, LIGHT, Theme
from gui.widgets.matrix.layout import SIZES, headed
from gui.widgets.matrix.overview import MatrixOverview, overview_size
from gui.widgets.matrix.shades import ABSENT, NEUTRAL, NON_FINITE, UNKNOWN, pooled, shade_codes, shade_table
from gui.widgets.matrix.view import MatrixPicture, MatrixView, keep_together

ROWS, COLUMNS = 64, 27
VALUES = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))
CONTROL = Qt.KeyboardModifier.ControlModifier
IMAGED = [size for size in SIZES if size <= 8]


def picture(**changes):
    return replace(
        MatrixPicture(
            VALUES,
            "U",
            row_labels=tuple(str(i + 1) for i in range(ROWS)),
            column_labels=tuple("abcdefghijklmnopqrstuvwxyz."),
            symbols=lambda i, j: f"h[{j + 1}]" if i == 7 else "U",
            cell_name=lambda i, j: f"U[{i + 1},{j + 1}]",
        ),
        **changes,
    )


@pytest.fixture
def view(qtbot, theme):
    return shown(qtbot, MatrixView(theme), picture())


def shown(qtbot, view, picture):
    qtbot.addWidget(view)
    view.set_matrix(picture)
    view.resize(400, 300)
    view.show()
    qtbot.waitExposed(view)
    return view


def overview(view):
    return view.findChild(MatrixOverview)


def bars(view):
    return view.horizontalScrollBar(), view.verticalScrollBar()


def scrolled(view):
    return tuple(bar.value() for bar in bars(view))


def centre(view, row, column):
    return view.cell_rect(row, column).center().toPoint()


def wheel(widget, notches, at, modifiers=CONTROL):
    event = QWheelEvent(
        QPointF(at),
        QPointF(widget.mapToGlobal(at)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QGuiApplication.sendEvent(widget, event)


def painted(view):
    image = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
    image.fill(LIGHT.panel)
    view.viewport().render(image)
    return image


def cells_in_sight(view):
    """Those of which nothing is hidden by a label, the overview or an edge."""
    inside = QPointF(0.5, 0.5)

    def is_whole(cell):
        rect = view.cell_rect(*cell)
        corners = (rect.topLeft() + inside, rect.bottomRight() - inside)
        return all(view.viewport().rect().contains(c.toPoint()) and view.cell_at(c) == cell for c in corners)

    return [(i, j) for i in range(ROWS) for j in range(COLUMNS) if is_whole((i, j))]


# Sizes


def test_wheel_with_control_goes_through_all_sizes_and_back(view):
    at = QPoint(100, 100)
    heights = [view.cell_rect(0, 0).height()]
    for _ in SIZES:
        wheel(view.viewport(), -1, at)
        heights.append(view.cell_rect(0, 0).height())
    assert heights == [24, 18, 12, 8, 5, 3, 3]
    wheel(view.viewport(), 2, at)
    assert view.cell_rect(0, 0).height() == 8
    wheel(view.viewport(), 9, at)
    assert view.cell_rect(0, 0).height() == 24
    assert view.cell_size is None


def test_slow_wheels_add_up_to_a_notch(view):
    for _ in range(3):
        wheel(view.viewport(), -0.25, QPoint(100, 100))
    assert view.cell_rect(0, 0).height() == 24
    wheel(view.viewport(), -0.25, QPoint(100, 100))
    assert view.cell_rect(0, 0).height() == 18


def test_wheel_alone_scrolls(view):
    wheel(view.viewport(), -1, QPoint(100, 100), Qt.KeyboardModifier.NoModifier)
    assert view.verticalScrollBar().value() > 0
    assert view.cell_rect(0, 0).height() == 24


@pytest.mark.parametrize("notches", [1, -1])
def test_cell_under_the_mouse_stays_there(view, notches):
    view.set_matrix(MatrixPicture(np.ones((200, 200)), "W"))
    view.set_cell_size((200, 200), 12)
    for bar in bars(view):
        bar.setValue(900)
    at = centre(view, 80, 75)
    wheel(view.viewport(), notches, at)
    assert view.cell_rect(0, 0).height() == {1: 18, -1: 8}[notches]
    assert view.cell_at(QPointF(at)) == (80, 75)


def test_keys_make_cells_smaller_larger_and_usual(qtbot, view):
    view.setFocus()
    for key, height in (
        (Qt.Key.Key_Minus, 18),
        (Qt.Key.Key_Minus, 12),
        (Qt.Key.Key_Plus, 18),
        (Qt.Key.Key_Minus, 12),
        (Qt.Key.Key_Equal, 18),
        (Qt.Key.Key_0, 24),
    ):
        qtbot.keyClick(view, key)
        assert view.cell_rect(0, 0).height() == height


def test_keys_with_control_are_left_to_the_window(qtbot, theme):
    class Window(QWidget):
        heard: tuple[int, ...] = ()

        def keyPressEvent(self, event):
            if event.key() != Qt.Key.Key_Control:
                self.heard = (*self.heard, event.key())

    window = Window()
    qtbot.addWidget(window)
    view = MatrixView(theme, window)
    view.set_matrix(picture())
    keys = (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0)
    for key in keys:
        qtbot.keyClick(view, key, CONTROL)
    assert window.heard == keys
    assert view.cell_size is None


def test_zoom_by_key_keeps_the_selected_cell_in_sight(qtbot, view):
    view.set_cell_size(VALUES.shape, 3)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view, 60, 20))
    for _ in SIZES:
        bars(view)[1].setValue(0)
        qtbot.keyClick(view, Qt.Key.Key_Plus)
        qtbot.waitUntil(lambda: (60, 20) in cells_in_sight(view))  # Qt hides bars a moment later
    assert view.cell_rect(0, 0).height() == 24


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_context_menu_sizes_the_cells_too(qtbot, view):
    def choose(text):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(90, 90), QPoint(90, 90))
        QGuiApplication.sendEvent(view.viewport(), event)
        menu = view.findChild(QMenu)
        with qtbot.waitSignal(menu.destroyed):
            next(action for action in menu.actions() if action.text().replace("&", "").startswith(text)).trigger()
            menu.close()
        return view.cell_rect(0, 0).height()

    assert [choose(text) for text in ("Smaller", "Smaller", "Larger", "Entries of")] == [18, 12, 18, 24]


def test_size_is_kept_while_stepping_and_for_each_shape(view):
    view.set_cell_size(VALUES.shape, 5)
    bars(view)[1].setValue(20)
    view.set_matrix(picture(values=VALUES * 2))
    assert view.cell_rect(0, 0).height() == 5
    assert scrolled(view)[1] == 20
    view.set_matrix(MatrixPicture(np.ones((64, 1)), "b"))
    assert view.cell_rect(0, 0).height() == 24
    view.set_matrix(picture())
    assert view.cell_rect(0, 0).height() == 5


def test_dots_of_a_large_matrix_grow_to_numbers(view):
    view.set_matrix(MatrixPicture(np.full((128, 200), -0.125), "V"))
    assert view.cell_rect(0, 0).height() == 3
    wheel(view.viewport(), len(SIZES), QPoint(100, 100))
    assert view.cell_rect(0, 0).height() == 24
    assert view.cell_rect(0, 0).width() > 50
    view.reset_cells()
    assert view.cell_rect(0, 0).height() == 3


def test_sizes_follow_the_zoom_of_the_theme(view, theme):
    view.set_cell_size(VALUES.shape, 5)
    theme.set_zoom(2.0)
    assert view.cell_rect(0, 0).height() == 10
    wheel(view.viewport(), 1, QPoint(200, 200))
    assert view.cell_rect(0, 0).height() == 16
    theme.set_zoom(1.15)
    view.set_cell_size(VALUES.shape, 5)
    wheel(view.viewport(), -1, QPoint(100, 100))
    assert view.cell_rect(0, 0).height() == 3


def test_smaller_cells_ask_for_less_room(view):
    view.set_cell_size(VALUES.shape, 3)
    labels = view.cell_rect(0, 0).topLeft()
    assert abs(view.sizeHint().height() - (64 * 3 + labels.y())) <= 2
    assert abs(view.sizeHint().width() - (27 * 3 + labels.x())) <= 2


def test_the_smallest_matrix_stays_large_enough_to_be_pointed_at(view):
    view.set_matrix(MatrixPicture(np.ones((2, 3)), "c"))
    view.set_cell_size((2, 3), 3)
    assert min(view.sizeHint().width(), view.sizeHint().height()) >= 24


# What every size shows


@pytest.mark.parametrize("size", SIZES)
def test_pointing_and_clicking_mean_the_same_cell_at_every_size(qtbot, view, size):
    view.set_cell_size(VALUES.shape, size)
    for bar in bars(view):
        bar.setValue(bar.maximum() // 2)
    cells = cells_in_sight(view)
    for row, column in (cells[0], cells[len(cells) // 3], cells[-1]):
        qtbot.mouseMove(view.viewport(), QPoint(1, 1))
        with qtbot.waitSignal(view.cell_hovered) as hovered:
            qtbot.mouseMove(view.viewport(), centre(view, row, column))
        assert hovered.args == [row, column]
        with qtbot.waitSignals([view.cell_clicked, view.symbol_clicked]):
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view, row, column))
        name, number = view.tooltip_at(row, column).split("\n")[0].split(" = ")
        assert name == f"U[{row + 1},{column + 1}]"
        assert float(number.replace("−", "-")) == VALUES[row, column]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("offset", [0, 37])
def test_every_cell_in_sight_has_its_own_shade(view, size, offset):
    class Blank(NumberFormat):
        def __call__(self, _value):
            return ""

    view.set_matrix(picture(format=Blank()))
    view.set_cell_size(VALUES.shape, size)
    for bar in bars(view):
        bar.setValue(offset)
    image, codes = painted(view), shade_codes(picture())
    colours = [colour.rgb() for colour in shade_table(LIGHT, None)]
    cells = cells_in_sight(view)
    assert len(cells) >= 20
    for row, column in cells:
        rect = view.cell_rect(row, column)
        assert image.pixel(rect.center().toPoint()) == colours[codes[row, column]]
        if size in IMAGED:  # up to its very corners, without smoothing
            first, last = rect.topLeft().toPoint(), rect.bottomRight().toPoint() - QPoint(1, 1)
            assert image.pixel(first) == image.pixel(last) == colours[codes[row, column]]


@pytest.mark.parametrize("size", [size for size in SIZES if size < 24])
def test_cells_not_computed_yet_are_checkered(view, size):
    known = np.zeros(VALUES.shape, dtype=bool)
    view.set_matrix(picture(known=known, placeholder=lambda _i, _j: "at t = 2"))
    view.set_cell_size(VALUES.shape, size)
    image = painted(view)
    for row, column in cells_in_sight(view):
        ground = LIGHT.line if (row + column) % 2 else LIGHT.panel
        assert image.pixelColor(centre(view, row, column)) == ground


def test_dots_that_fill_the_room_are_all_equally_large(view):
    view.set_matrix(MatrixPicture(np.ones((70, 90)), "alpha"))
    rect = view.cell_rect(69, 89)
    assert rect == QRectF(rect.toRect())


@pytest.mark.parametrize("size", [size for size in SIZES if size < 24])
def test_current_cells_are_outlined_without_hiding_them(view, size):
    current = frozenset((i, 4) for i in range(6, 10))
    view.set_cell_size(VALUES.shape, size)
    before = painted(view)
    view.set_matrix(picture(current=current))
    after = painted(view)
    for cell in current:
        rect = view.cell_rect(*cell)
        assert after.pixelColor(rect.center().toPoint()) == before.pixelColor(rect.center().toPoint())
        assert after.pixelColor(QPoint(int(rect.left()) - 1, int(rect.center().y()))) == LIGHT.accent
        assert after.pixelColor(QPoint(int(rect.right()), int(rect.center().y()))) == LIGHT.accent
    beside = view.cell_rect(8, 8).toAlignedRect()
    assert before.copy(beside) == after.copy(beside)


@pytest.mark.parametrize("size", IMAGED)
def test_highlight_goes_round_the_cells_of_its_symbol(view, size):
    view.set_cell_size(VALUES.shape, size)
    before = painted(view)
    view.set_highlight("h[3]")
    after = painted(view)
    rect = view.cell_rect(7, 2).toAlignedRect()
    assert after.copy(rect) == before.copy(rect)
    assert after.pixelColor(rect.topLeft() - QPoint(1, 1)) == LIGHT.accent
    far = view.cell_rect(9, 2).toAlignedRect()
    assert after.copy(far) == before.copy(far)


def test_highlight_follows_the_cells_that_are_scrolled_into_sight(view):
    view.set_cell_size(VALUES.shape, 8)
    view.set_highlight("h[3]")
    painted(view)
    bars(view)[1].setValue(24)
    rect = view.cell_rect(7, 2).toAlignedRect()
    assert painted(view).pixelColor(rect.topLeft() - QPoint(1, 1)) == LIGHT.accent


@pytest.mark.parametrize("pitch", [3, 5, 8, 13, 20, 26])
@pytest.mark.parametrize("lit", [None, 0, 6, 49, 51])
def test_labels_never_touch_and_the_one_pointed_at_is_there(pitch, lit):
    for needed in (0, 9, 15, 24, 70):
        places = headed(range(200), pitch, needed, lit)
        assert all((after - before) * pitch >= needed for before, after in pairwise(places))
        assert lit is None or lit in places
        assert lit is not None or len({(place + 1) % (places[0] + 1) for place in places}) == 1


def test_only_numbers_in_sight_are_written_and_looked_up(qtbot, theme):
    asked = []

    class Counted(NumberFormat):
        def __call__(self, value):
            asked.append(value)
            return super().__call__(value)

    def symbols(i, j):
        asked.append((i, j))
        return "V"

    view = shown(qtbot, MatrixView(theme), MatrixPicture(np.ones((128, 200)), "V", format=Counted(), symbols=symbols))
    view.set_cell_size((128, 200), 24)
    view.set_highlight("V")
    asked.clear()
    painted(view)
    most = math.ceil(300 / 26 + 1) * math.ceil(400 / view.cell_rect(0, 0).width() + 1)
    assert 20 < len(asked) <= 2 * most


def test_hint_is_given_only_where_zooming_helps(view):
    hint = "Ctrl + wheel zooms"
    assert hint in view.tooltip_at(0, 0)
    assert hint in view.accessibleDescription()
    assert hint in overview(view).toolTip()
    view.set_matrix(MatrixPicture(np.ones((2, 3)), "c"))
    assert hint not in view.tooltip_at(0, 0)
    assert hint not in view.accessibleDescription()
    view.set_cell_size((2, 3), 12)
    assert hint in view.tooltip_at(0, 0)


# The overview


def test_overview_is_there_only_where_something_is_out_of_sight(view):
    assert overview(view).isVisible()
    view.set_cell_size(VALUES.shape, 3)
    assert not overview(view).isVisible()
    view.set_cell_size(VALUES.shape, 12)
    assert overview(view).isVisible()
    view.set_matrix(MatrixPicture(np.ones((2, 3)), "c"))
    assert not overview(view).isVisible()


def test_overview_leaves_a_narrow_room_to_the_cells(view):
    view.resize(100, 300)
    assert not overview(view).isVisible()


@pytest.mark.parametrize("size", [size for size in SIZES if size > 3])
def test_overview_hides_no_cell_and_points_at_none(qtbot, view, size):
    view.set_cell_size(VALUES.shape, size)
    box = overview(view).geometry()
    assert view.viewport().rect().contains(box)
    for cell in cells_in_sight(view):
        assert not box.intersects(view.cell_rect(*cell).toAlignedRect())
    assert view.cell_at(QPointF(box.center())) is None
    qtbot.mouseMove(view.viewport(), centre(view, 2, 1))
    with qtbot.waitSignal(view.cell_hovered) as left:
        qtbot.mouseMove(overview(view), QPoint(10, 30))
        qtbot.mouseMove(overview(view), QPoint(11, 31))
    assert left.args == [-1, -1]


@pytest.mark.parametrize(("rows", "columns"), [(64, 27), (1, 64), (64, 1), (1000, 1000), (200, 128), (4, 40), (3, 3)])
def test_overview_is_large_enough_to_hit_and_small_enough_to_be_beside(rows, columns):
    size = overview_size(rows, columns, Theme())
    assert min(size.width(), size.height()) >= 24
    assert max(size.width(), size.height()) <= 74


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_overview_shows_every_cell_in_its_colour_and_place(view, theme, palette):
    theme.set_palette(palette)
    bars(view)[0].setValue(bars(view)[0].maximum())
    view.setFocus()
    small = overview(view)
    image = QImage(small.size(), QImage.Format.Format_RGB32)
    image.fill(palette.panel)
    small.render(image)
    colours, codes = shade_table(palette, None), shade_codes(picture())
    frame = small.frame().adjusted(-3, -3, 3, 3)
    places = [(i, j) for i in range(ROWS) for j in range(COLUMNS) if not frame.contains(QPointF(j + 1, i + 1))]
    seen = [image.pixelColor(j + 1, i + 1) for i, j in places]
    wanted = [colours[codes[i, j]] for i, j in places]
    apart = np.array([[getattr(colour, part)() for part in ("red", "green", "blue")] for colour in seen])
    exact = np.array([[getattr(colour, part)() for part in ("red", "green", "blue")] for colour in wanted])
    # Faded towards the panel by the same share everywhere.
    ground = np.array([getattr(palette.panel, part)() for part in ("red", "green", "blue")])
    share = 80 / 255
    assert np.abs(apart - (exact * (1 - share) + ground * share)).max() <= 2


def test_frame_follows_the_scroll_bars(view):
    small = overview(view)
    assert small.frame().topLeft() == QPointF(1, 1)
    for bar in bars(view):
        bar.setValue(bar.maximum())
    corner = QPointF(small.width() - 1, small.height() - 1)
    assert (small.frame().bottomRight() - corner).manhattanLength() <= 0.1  # the bars count whole pixels
    bars(view)[1].setValue(bars(view)[1].maximum() // 2)
    assert abs(small.frame().center().y() - small.height() / 2) <= 1


def test_click_on_the_overview_brings_that_part_into_sight(qtbot, view):
    view.set_cell_size(VALUES.shape, 12)
    # One pixel of this overview is one cell, inside of a border of one pixel.
    qtbot.mouseClick(overview(view), Qt.MouseButton.LeftButton, pos=QPoint(14 + 1, 40 + 1))
    rows = sorted({row for row, _ in cells_in_sight(view)})
    assert abs((rows[0] + rows[-1]) / 2 - 40) <= 1.5
    qtbot.mouseClick(overview(view), Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert scrolled(view) == (0, 0)


def test_drag_of_the_frame_scrolls_by_as_much(qtbot, view):
    view.set_cell_size(VALUES.shape, 12)
    small = overview(view)
    start = small.frame().center().toPoint()
    qtbot.mousePress(small, Qt.MouseButton.LeftButton, pos=start)
    assert scrolled(view) == (0, 0)
    qtbot.mouseMove(small, start + QPoint(0, 20))
    assert view.cell_rect(20, 0).top() == view.cell_rect(0, 0).top() + 20 * 13
    assert abs(scrolled(view)[1] - 20 * 13) <= 13
    qtbot.mouseRelease(small, Qt.MouseButton.LeftButton, pos=start + QPoint(0, 20))
    before = scrolled(view)
    qtbot.mouseMove(small, start)
    assert scrolled(view) == before


def test_double_click_on_the_overview_gives_the_usual_cells(qtbot, view):
    view.set_cell_size(VALUES.shape, 8)
    qtbot.mouseDClick(overview(view), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert view.cell_rect(0, 0).height() == 24


def test_overview_is_reached_by_tab_and_scrolls_by_arrows(qtbot, view):
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    small = overview(view)
    assert small.hasFocus()
    qtbot.keyClick(small, Qt.Key.Key_Down)
    qtbot.keyClick(small, Qt.Key.Key_Right)
    across, down = scrolled(view)
    assert abs(across - view.horizontalScrollBar().pageStep() / 2) <= 1
    assert abs(down - view.verticalScrollBar().pageStep() / 2) <= 1
    qtbot.keyClick(small, Qt.Key.Key_Up)
    qtbot.keyClick(small, Qt.Key.Key_Left)
    assert scrolled(view) == (0, 0)
    qtbot.keyClick(small, Qt.Key.Key_Minus)
    assert view.cell_rect(0, 0).height() == 18


def test_keyboard_goes_back_to_the_matrix_when_the_overview_goes(qtbot, theme):
    window = QWidget()
    qtbot.addWidget(window)
    view, _after = MatrixView(theme, window), QPushButton(window)
    view.set_matrix(picture())
    view.resize(400, 300)
    with qtbot.waitActive(window):
        window.show()
    overview(view).setFocus()
    view.set_cell_size(VALUES.shape, 3)
    assert view.hasFocus()


def test_arrows_in_the_overview_are_no_shortcuts_of_the_window(view):
    def claims(key):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QGuiApplication.sendEvent(overview(view), event)
        return event.isAccepted()

    assert claims(Qt.Key.Key_Left)
    assert claims(Qt.Key.Key_Right)
    assert not claims(Qt.Key.Key_Space)


def test_overview_tells_what_it_is_and_what_is_in_sight(view):
    small = overview(view)
    assert small.accessibleName() == "Overview of U"
    view.set_cell_size(VALUES.shape, 8)
    assert small.accessibleDescription().startswith("In sight: rows 1 to 3")
    bars(view)[1].setValue(bars(view)[1].maximum())
    assert "to 64 of 64, columns 1 to 27 of 27" in small.accessibleDescription()


def test_largest_size_of_a_block_stands_for_it():
    values = np.random.default_rng(1).normal(size=(150, 211))
    values[7, 5] = math.nan
    known = np.ones(values.shape, dtype=bool)
    known[100:] = False
    codes = shade_codes(MatrixPicture(values, "W", known=known, triangular=True))
    rows, columns = 72, 40
    small = pooled(codes, rows, columns)
    assert small.shape == (rows, columns)

    def rank(code):
        if code == NON_FINITE:
            return 200
        return abs(int(code) - NEUTRAL) + 1 if code < UNKNOWN else 0

    for i in range(rows):
        for j in range(columns):
            block = codes[i * 150 // rows : (i + 1) * 150 // rows, j * 211 // columns : (j + 1) * 211 // columns]
            assert small[i, j] in block
            assert rank(small[i, j]) == max(rank(code) for code in block.flat)
    assert NON_FINITE in small
    assert small[0, -1] == ABSENT


# Together


def test_matrices_kept_together_share_size_and_place(qtbot, theme):
    views = [shown(qtbot, MatrixView(theme), picture(name=name)) for name in ("U", "dL/dU")]
    later = MatrixView(theme)
    qtbot.addWidget(later)
    keep_together([*views, later])
    bars(views[0])[1].setValue(500)
    wheel(views[0].viewport(), -2, centre(views[0], 25, 1))
    assert [view.cell_rect(0, 0).height() for view in views] == [12, 12]
    assert scrolled(views[0]) == scrolled(views[1])
    assert views[0].cell_at(QPointF(centre(views[1], 25, 1))) == (25, 1)
    later.set_matrix(picture(name="U new"))
    assert later.cell_size == 12
    views[1].reset_cells()
    assert [view.cell_size for view in (*views, later)] == [None] * 3


def test_leaving_forgets_the_cell_pointed_at_at_the_smallest_size(qtbot, view):
    view.set_cell_size(VALUES.shape, 3)
    qtbot.mouseMove(view.viewport(), centre(view, 30, 10))
    with qtbot.waitSignal(view.cell_hovered) as left:
        QGuiApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert left.args == [-1, -1]
