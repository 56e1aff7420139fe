"""A window within the screen that it is on: when it opens, when it is restored, and when the screen changes."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QObject, QRect
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

_FRAME = QMargins(2, 32, 2, 2)  # for a frame that is not known before the window is shown


def fitted(wished: QRect, available: QRect, frame: QMargins) -> QRect:
    """*wished*, a window's inside, made small enough for *available* with its *frame*, and moved into it."""
    room = available.marginsRemoved(frame)
    size = wished.size().boundedTo(room.size())
    left = min(max(wished.left(), room.left()), room.left() + room.width() - size.width())
    top = min(max(wished.top(), room.top()), room.top() + room.height() - size.height())
    return QRect(left, top, size.width(), size.height())


def fit_to_screen(window: QWidget) -> None:
    """Keep *window* wholly on its screen; one that fills it is left alone."""
    if window.isMaximized() or window.isFullScreen():
        return
    frame = _FRAME
    if window.isVisible():
        outside, inside = window.frameGeometry(), window.geometry()
        frame = QMargins(inside.left() - outside.left(), inside.top() - outside.top(),
                         outside.right() - inside.right(), outside.bottom() - inside.bottom())  # fmt: skip
    place = fitted(window.geometry(), window.screen().availableGeometry(), frame)
    if place != window.geometry():
        window.setGeometry(place)


class ScreenFollowing(QObject):
    """Keeps *window*, which has been shown, on its screen, whichever that becomes and however it changes."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._screen: QScreen | None = None
        handle = window.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(self._follow)
        self._follow(window.screen())

    def _follow(self, screen: QScreen) -> None:
        if self._screen is not None:
            self._screen.availableGeometryChanged.disconnect(self._fit)
        self._screen = screen
        screen.availableGeometryChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        fit_to_screen(self._window)
