"""A window and its screen: it opens on it, wholly, whatever was remembered."""

import pytest
from PySide6.QtCore import QMargins, QRect
from PySide6.QtWidgets import QApplication, QMainWindow

from gui.window.screens import ScreenFollowing, fitted

FRAME = QMargins(2, 32, 2, 2)


@pytest.mark.parametrize("screen", [(1024, 700), (1280, 720), (1366, 768), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize(
    "wished", [(0, 0, 1440, 900), (-900, -50, 1440, 900), (3000, 2000, 640, 400), (10, 40, 4000, 3000)]
)
def test_a_window_lies_wholly_on_its_screen_with_its_frame(screen, wished):
    available = QRect(1920, 24, *screen)  # a second screen, below a bar
    place = fitted(QRect(*wished), available, FRAME)
    assert available.contains(place.marginsAdded(FRAME))
    assert place.width() == min(wished[2], screen[0] - 4)
    assert place.height() == min(wished[3], screen[1] - 34)


def test_a_window_that_fits_stays_where_it_is():
    wished = QRect(300, 200, 1000, 700)
    assert fitted(wished, QRect(0, 0, 1920, 1080), FRAME) == wished


def test_a_window_larger_than_the_screen_follows_it(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setGeometry(500, 500, 5000, 4000)
    window.show()
    qtbot.waitExposed(window)
    ScreenFollowing(window)
    assert window.screen().availableGeometry().contains(window.geometry())
    window.setGeometry(-4000, 100, 600, 400)
    window.screen().availableGeometryChanged.emit(window.screen().availableGeometry())
    assert QApplication.primaryScreen().availableGeometry().contains(window.geometry())
