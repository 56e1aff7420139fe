"""The style sheet, the palette, the icons and the dock titles."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QDockWidget, QMainWindow, QPushButton, QToolButton

from core.steps.template import Piece
from core.writing.form import NumberFormat
from gui.look.icons import application_icon, icon, path
from gui.look.style import qpalette, stylesheet
from gui.look.theme import DARK, LIGHT, Theme
from gui.widgets.bars.paint import bar_colours
from gui.widgets.formula.ladder import LadderView
from gui.widgets.formula.ladder_layout import Ladder, LadderRow
from gui.widgets.matrix.shades import UNKNOWN, contrast, edge
from gui.widgets.matrix.view import MatrixPicture, MatrixView
from gui.widgets.parts.dock_title import DockTitle

TINTED = [file.stem for file in path("step").parent.glob("*.svg") if "currentColor" in file.read_text()]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("zoom", [0.75, 1.0, 3.0])
def test_style_sheet_names_only_colours_lengths_and_pictures_that_exist(palette, zoom):
    sheet = stylesheet(Theme(palette, zoom))
    assert "$" not in sheet
    assert "@" not in sheet
    assert palette.accent.name() in sheet
    pictures = re.findall(r'url\("(.+?)"\)', sheet)
    assert pictures
    assert all(path("step").parent.joinpath(picture).is_file() for picture in pictures)


def test_style_sheet_is_understood_by_qt(qtbot):
    # Qt warns of what it cannot parse, and a warning fails a test.
    button = QPushButton("Step")
    qtbot.addWidget(button)
    button.setProperty("primary", True)
    button.setStyleSheet(stylesheet(Theme()))
    button.resize(90, 40)
    assert button.grab().toImage().pixelColor(12, 20) == LIGHT.accent


def test_lengths_follow_the_zoom():
    assert "border-radius: 8px" in stylesheet(Theme())
    assert "border-radius: 16px" in stylesheet(Theme(zoom=2.0))


@pytest.mark.parametrize("kind", ["QMenu", "QToolTip", "#card"])
def test_what_floats_is_as_round_as_what_it_floats_over(kind):
    rule = re.search(rf"^{kind} {{(.+?)}}", stylesheet(Theme()), re.MULTILINE | re.DOTALL)
    assert rule is not None
    assert "border-radius: 8px" in rule[1]


@pytest.mark.parametrize("theme_palette", [LIGHT, DARK])
def test_disabled_text_stays_readable(theme_palette):
    palette = qpalette(Theme(theme_palette))
    text = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    assert contrast(text, theme_palette.panel) >= 4.5


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", TINTED)
def test_every_icon_is_drawn_in_ink_at_both_pixel_ratios(name):
    drawn = icon(name, Theme(DARK))
    for ratio in (1, 2):
        pixmap = drawn.pixmap(QSize(20, 20), ratio, QIcon.Mode.Normal)
        assert pixmap.width() == 20 * ratio
        image = pixmap.toImage()
        colours = {
            image.pixelColor(x, y).name()
            for x in range(20 * ratio)
            for y in range(20 * ratio)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert colours <= {DARK.ink.name()}
        assert any(image.pixelColor(x, y).alpha() > 100 for x in range(20 * ratio) for y in range(20 * ratio))


@pytest.mark.usefixtures("qapp")
def test_application_icon_is_there():
    assert not application_icon().pixmap(64, 64).isNull()


def test_dock_title_undocks_docks_and_hides_by_key(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = QDockWidget("Values", window)
    title = DockTitle(dock, Theme())
    dock.setTitleBarWidget(title)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.show()
    qtbot.waitExposed(window)
    undock, hide = title.findChildren(QToolButton)
    assert undock.accessibleName() == "Undock Values"
    qtbot.keyClick(undock, Qt.Key.Key_Space)
    assert dock.isFloating()
    assert undock.accessibleName() == "Dock Values"
    qtbot.keyClick(undock, Qt.Key.Key_Space)
    assert not dock.isFloating()
    qtbot.keyClick(hide, Qt.Key.Key_Space)
    assert dock.isHidden()


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_cells_and_bars_are_set_off_from_their_ground(palette):
    for hue in (None, *palette.families):
        for code in range(UNKNOWN):
            assert contrast(edge(palette, hue, code), palette.panel) >= 3
    for bar in bar_colours(Theme(palette)):
        assert contrast(bar, palette.panel) >= 3


def set_off(widget, spot, palette):
    """Whether a pixel around *spot* in what *widget* looks like is set off from the panel by 3."""
    image = widget.grab().toImage()
    x, y = round(spot.x()), round(spot.y())
    return max(contrast(image.pixelColor(x + i, y + j), palette.panel) for i in (-1, 0, 1) for j in (-1, 0, 1)) >= 3


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_dense_dots_are_framed(qtbot, palette):
    view = MatrixView(Theme(palette))
    qtbot.addWidget(view)
    view.set_dense(True)
    view.set_matrix(MatrixPicture(np.zeros((20, 20)), "W"))
    view.resize(300, 300)
    view.show()
    corners = [view.cell_rect(at, at) for at in (0, 19)]
    assert corners[0].width() < 24
    assert set_off(view.viewport(), corners[0].topLeft(), palette)
    assert set_off(view.viewport(), corners[1].bottomRight(), palette)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_small_cells_of_a_ladder_are_set_off_from_their_ground(qtbot, palette):
    ladder = LadderView(Theme(palette))
    qtbot.addWidget(ladder)
    row = LadderRow("", (Piece("W"),), (), np.array([0.0, 0.01, -1.0]), "back in time")
    ladder.set_ladder(Ladder((row, row)), NumberFormat(), "")
    ladder.resize(600, ladder.sizeHint().height())
    ladder.show()
    cells = ladder._layout.rows[0].cells
    assert len(cells) == 3
    for cell in cells:
        assert set_off(ladder, cell.topLeft() + QPointF(1, cell.height() / 2), palette)


def test_another_zoom_dresses_the_window_alone_which_takes_a_third_of_the_time(window, qapp):
    before = window.shell.styleSheet()
    window.press("zoom_in")
    assert window.shell.styleSheet() != before
    assert not qapp.styleSheet()
