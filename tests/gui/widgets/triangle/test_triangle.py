"""The triangle of sizes: its shades, the largest under every pixel, pointing, keys, zooming and panning."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from core.writing.form import NumberFormat
from gui.look.theme import DARK, LIGHT, Theme
from gui.widgets.matrix.shades import contrast
from gui.widgets.triangle.image import TriangleImage, shades
from gui.widgets.triangle.picture import TrianglePicture
from gui.widgets.triangle.scale import TriangleScale
from gui.widgets.triangle.triangle import Triangle
from tests.gui.driving import point_at

CTRL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def picture_of(sizes, rows=None, cells=0, current=None, hue="W"):
    rows = len(sizes) if rows is None else rows
    shown = sizes.copy()
    shown[rows:] = np.nan
    shown[rows : rows + 1, :cells] = sizes[rows : rows + 1, :cells]
    return TrianglePicture(
        "Sizes", "all of them", sizes, rows, cells, float(np.nanmax(shown, initial=0)), current, hue,
        lambda cell: f"t = {cell[0]}, k = {cell[1]}", NumberFormat("significant", 2),
    )  # fmt: skip


def fading(T, factor=10.0):
    """1 at k = t, and *factor* times less with every step back."""
    t, k = np.indices((T, T))
    return np.where(k <= t, factor ** (np.minimum(k - t, 0) + 0.0), np.nan)


@pytest.fixture
def make(qtbot):
    def made(picture, width=640, height=420, theme=None):
        triangle = Triangle(theme or Theme())
        qtbot.addWidget(triangle)
        triangle.resize(width, height)
        triangle.set_picture(picture)
        triangle.show()
        qtbot.waitExposed(triangle)
        return triangle

    return made


def whole(T, width, height):
    return TriangleScale.whole(T, QRectF(0, 0, width, height))


def middle(triangle, t, k):
    return triangle.scale.rect((t, k)).center()


def colour(triangle, point):
    return triangle.grab().toImage().pixelColor((point * triangle.devicePixelRatioF()).toPoint()).name()


def tones(palette, hue="W"):
    """The shades of sizes, from the palest to the darkest."""
    return [shade.name() for shade in shades(palette, hue)[1:]]


def wheel(triangle, point, notches, modifiers=CTRL):
    event = QWheelEvent(
        point, triangle.mapToGlobal(point), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(triangle, event)
    return event


def drag(qtbot, triangle, start, by):
    qtbot.mousePress(triangle, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.5, 1):
        point_at(triangle, QPointF(start) + QPointF(by) * share)
    qtbot.mouseRelease(triangle, Qt.MouseButton.LeftButton, pos=start + by)


# -- shades


def test_t_goes_down_and_k_across_and_there_is_nothing_beyond_the_diagonal(make):
    sizes = fading(10)
    triangle = make(picture_of(sizes))
    darkest = tones(LIGHT)[-1]
    assert colour(triangle, middle(triangle, 9, 9)) == darkest
    assert colour(triangle, middle(triangle, 9, 2)) != darkest
    ground = colour(triangle, middle(triangle, 2, 9))
    assert ground == colour(triangle, middle(triangle, 1, 10))
    assert ground not in tones(LIGHT)


def test_a_shade_is_a_power_of_ten_down_to_six_decades_below_the_largest(make):
    triangle = make(picture_of(fading(10)))
    table = tones(LIGHT)
    shown = [table.index(colour(triangle, middle(triangle, 10, k))) for k in range(10, 0, -1)]
    assert shown == [96, 80, 64, 48, 32, 16, 0, 0, 0, 0]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("hue", ["W", "U", "b", "E"])
def test_shades_grow_away_from_the_ground_without_turning_back(palette, hue):
    ratios = [contrast(palette.panel, each) for each in shades(palette, hue)[1:]]
    assert all(np.diff(ratios) > 0)
    assert ratios[-1] > 7


def test_cells_after_the_cursor_are_blank(make):
    triangle = make(picture_of(fading(10, 2.0), rows=6, cells=3, current=(7, 3)))
    blank = colour(triangle, middle(triangle, 10, 5))
    assert colour(triangle, middle(triangle, 8, 2)) == blank
    assert colour(triangle, middle(triangle, 7, 5)) == blank
    assert colour(triangle, middle(triangle, 7, 1)) in tones(LIGHT)
    assert colour(triangle, middle(triangle, 6, 5)) in tones(LIGHT)


@pytest.mark.parametrize("place", [(901, 333), (500, 500), (1000, 1), (777, 776)])
def test_one_large_cell_among_a_million_is_seen(place):
    sizes = np.where(np.tri(1000, dtype=bool), 1e-9, np.nan)
    sizes[place[0] - 1, place[1] - 1] = 1.0
    scale = whole(1000, 313, 171)
    image = TriangleImage().image(picture_of(sizes), scale, 1.0, LIGHT)
    spot = scale.rect(place).topLeft().toPoint()
    darkest = tones(LIGHT)[-1]
    dark = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).name() == darkest
    ]
    assert len(dark) == 1
    assert abs(dark[0][0] - spot.x()) <= 1
    assert abs(dark[0][1] - spot.y()) <= 1


@pytest.mark.parametrize("states", [[(3, 0), (9, 0), (9, 4)], [(20, 0), (5, 2)], [(0, 0), (20, 0)], [(7, 3), (7, 6)]])
@pytest.mark.parametrize("size", [(11, 7), (200, 130)])
def test_an_image_that_is_brought_up_to_date_is_the_one_made_afresh(states, size):
    sizes = np.where(np.tri(20, dtype=bool), np.random.default_rng(2).random((20, 20)) + 0.01, np.nan)
    kept, scale = TriangleImage(), whole(20, *size)
    for rows, cells in states:
        picture = picture_of(sizes, rows, cells)
        fresh = TriangleImage().image(picture, scale, 1.0, LIGHT)
        assert kept.image(picture, scale, 1.0, LIGHT) == fresh


def test_rows_that_are_computed_later_appear(make):
    sizes = np.full((8, 8), np.nan)
    triangle = make(picture_of(sizes, rows=0))
    before = colour(triangle, middle(triangle, 3, 2))
    sizes[:4] = fading(8)[:4]
    triangle.set_picture(picture_of(sizes, rows=4))
    assert colour(triangle, middle(triangle, 3, 2)) != before


def test_sizes_that_overflow_or_are_all_zero_are_drawn_without_a_warning(make):
    for value in (0.0, np.inf):
        sizes = np.where(np.tri(5, dtype=bool), value, np.nan)
        picture = picture_of(sizes)
        make(picture).grab()


def test_another_theme_is_drawn_at_once(make):
    theme = Theme()
    triangle = make(picture_of(fading(6)), theme=theme)
    theme.set_palette(DARK)
    assert colour(triangle, middle(triangle, 5, 5)) == tones(DARK)[-1]
    theme.set_zoom(2.0)
    assert colour(triangle, middle(triangle, 5, 5)) == tones(DARK)[-1]


# -- the current cell


def test_the_current_cell_is_outlined_even_where_cells_are_finer_than_pixels(make):
    theme = Theme()
    sizes = np.where(np.tri(1500, dtype=bool), 1.0, np.nan)
    triangle = make(picture_of(sizes, current=(1100, 700)), theme=theme)
    around = middle(triangle, 1100, 700)
    seen = {colour(triangle, around + QPointF(dx, dy)) for dx in range(-7, 8) for dy in (-4, 0, 4)}
    assert theme.palette.accent.name() in seen


# -- pointing and clicking


def test_a_click_tells_the_cell_and_the_tooltip_its_words(qtbot, make):
    triangle = make(picture_of(fading(10)))
    point = middle(triangle, 8, 3).toPoint()
    with qtbot.waitSignal(triangle.cell_clicked) as told:
        qtbot.mouseClick(triangle, Qt.MouseButton.LeftButton, pos=point)
    assert told.args == [8, 3]
    QApplication.sendEvent(triangle, QHelpEvent(QEvent.Type.ToolTip, point, triangle.mapToGlobal(point)))
    assert QToolTip.text() == "t = 8, k = 3"
    QToolTip.hideText()
    assert triangle.tooltip_at(middle(triangle, 2, 9)) == ""
    with qtbot.assertNotEmitted(triangle.cell_clicked):
        qtbot.mouseClick(triangle, Qt.MouseButton.LeftButton, pos=middle(triangle, 2, 9).toPoint())


def test_of_the_cells_under_one_pixel_the_largest_is_meant(make):
    sizes = np.where(np.tri(4000, dtype=bool), 1e-5, np.nan)
    sizes[3000, 1234] = 1.0
    triangle = make(picture_of(sizes))
    assert triangle.cell_at(middle(triangle, 3001, 1235)) == (3001, 1235)


def test_a_cell_that_is_not_known_can_be_gone_to(qtbot, make):
    triangle = make(picture_of(fading(10), rows=3))
    assert triangle.cell_at(middle(triangle, 9, 4)) == (9, 4)


# -- keys


def test_arrows_move_a_cell_inside_of_the_triangle_and_enter_goes_there(qtbot, make):
    triangle = make(picture_of(fading(10), current=(5, 4)))
    triangle.setFocus()
    visited = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
        qtbot.keyClick(triangle, key)
        visited.append(triangle.selected)
    assert visited == [(5, 4), (5, 5), (5, 5), (4, 4), (4, 3), (5, 3)]
    with qtbot.waitSignal(triangle.cell_clicked) as told:
        qtbot.keyClick(triangle, Qt.Key.Key_Return)
    assert told.args == [5, 3]
    qtbot.keyClick(triangle, Qt.Key.Key_Escape)
    assert triangle.selected is None


def test_a_cell_that_is_moved_out_of_view_comes_into_it(qtbot, make):
    triangle = make(picture_of(fading(60), current=(30, 30)))
    triangle.setFocus()
    for _ in range(6):
        qtbot.keyClick(triangle, Qt.Key.Key_Plus)
    for _ in range(20):
        qtbot.keyClick(triangle, Qt.Key.Key_Down)
    assert triangle.selected == (49, 30)
    assert triangle.scale.area.contains(middle(triangle, 49, 30))


def test_plus_minus_and_nought_zoom(qtbot, make):
    triangle = make(picture_of(fading(60)))
    triangle.setFocus()
    qtbot.keyClick(triangle, Qt.Key.Key_Plus)
    qtbot.keyClick(triangle, Qt.Key.Key_Plus)
    assert triangle.scale.span == pytest.approx(60 / 1.5**2)
    qtbot.keyClick(triangle, Qt.Key.Key_Minus)
    assert triangle.scale.span == pytest.approx(40)
    qtbot.keyClick(triangle, Qt.Key.Key_0)
    assert triangle.scale.is_whole


# -- zooming and panning


def test_the_wheel_zooms_around_the_mouse_only_with_ctrl(make):
    triangle = make(picture_of(fading(60)))
    point = middle(triangle, 50, 20)
    assert not wheel(triangle, point, 2, PLAIN).isAccepted()
    assert triangle.scale.is_whole
    assert wheel(triangle, point, 2).isAccepted()
    assert triangle.scale.span == pytest.approx(60 / 1.25**2)
    assert (middle(triangle, 50, 20) - point).manhattanLength() < 1e-9
    wheel(triangle, point, -20)
    assert triangle.scale.is_whole


def test_dragging_pans_as_far_as_there_are_cells_and_is_no_click(qtbot, make):
    triangle = make(picture_of(fading(60)))
    wheel(triangle, middle(triangle, 30, 15), 4)
    before = middle(triangle, 30, 15)
    with qtbot.assertNotEmitted(triangle.cell_clicked, wait=2 * QApplication.doubleClickInterval()):
        drag(qtbot, triangle, before.toPoint(), QPoint(30, -20))
    assert middle(triangle, 30, 15) - before == QPointF(30, -20)
    drag(qtbot, triangle, QPoint(200, 200), QPoint(9000, 9000))
    assert (triangle.scale.left, triangle.scale.top) == (0, 0)


def test_a_double_click_shows_all_again_and_goes_nowhere(qtbot, make):
    triangle = make(picture_of(fading(60)))
    wheel(triangle, middle(triangle, 30, 15), 4)
    point = middle(triangle, 30, 15).toPoint()
    with qtbot.assertNotEmitted(triangle.cell_clicked, wait=2 * QApplication.doubleClickInterval()):
        qtbot.mouseClick(triangle, Qt.MouseButton.LeftButton, pos=point)
        qtbot.mouseDClick(triangle, Qt.MouseButton.LeftButton, pos=point)
    assert triangle.scale.is_whole


def test_a_click_on_a_part_goes_there_once_it_is_no_double_click(qtbot, make):
    triangle = make(picture_of(fading(60)))
    wheel(triangle, middle(triangle, 30, 15), 4)
    with qtbot.waitSignal(triangle.cell_clicked) as told:
        qtbot.mouseClick(triangle, Qt.MouseButton.LeftButton, pos=middle(triangle, 30, 15).toPoint())
    assert told.args == [30, 15]


def test_what_is_in_view_stays_when_more_is_known_and_not_for_another_text(make):
    triangle = make(picture_of(fading(60), rows=20))
    wheel(triangle, middle(triangle, 30, 15), 4)
    before = triangle.scale
    triangle.set_picture(picture_of(fading(60), rows=30))
    assert triangle.scale == before
    triangle.set_picture(picture_of(fading(50)))
    assert triangle.scale.is_whole


@pytest.mark.parametrize(("width", "height", "zoom"), [(170, 120, 1.0), (300, 200, 3.0), (1900, 150, 1.0)])
def test_it_fits_any_size(make, width, height, zoom):
    triangle = make(picture_of(fading(25), rows=20, current=(20, 3)), width, height, Theme(LIGHT, zoom))
    triangle.grab()
    assert triangle.rect().contains(triangle.scale.area.toRect())
