"""The whole of a matrix as a small heat map, with a frame round the part that is in sight."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.look.theme import Theme
from gui.widgets.parts.keys import ARROWS, PLAIN, asks_for_key

_MOST, _LEAST = 72, 24  # the longest side, and the shortest that is easy to hit
_LARGEST_DOT = 4
_LEAST_FRAME = 6  # of what is in sight, however large the matrix
_VEIL = 80  # how much what is out of sight fades, of 255
_BORDER = 1
ZOOM_HINT = "Ctrl + wheel zooms"


def overview_size(rows: int, columns: int, theme: Theme) -> QSize:
    """How large the overview of that many cells is, with its border: at most 72 px, in whole pixels a cell."""
    most, least = theme.px(_MOST), theme.px(_LEAST)
    dot = min(max(most // max(rows, columns), 1), theme.px(_LARGEST_DOT))
    width, height = (min(count * max(dot, ceil(least / count)), most) for count in (columns, rows))
    return QSize(width + 2 * _BORDER, height + 2 * _BORDER)


class MatrixOverview(QWidget):
    """A click brings a part into sight, a drag moves the frame, and so do the arrow keys.

    Parts are fractions of the whole, 0 to 1.

    Signals:
        scroll_requested(QPointF): the corner that the frame should have.
        reset_requested(): a double click.
    """

    scroll_requested = Signal(QPointF)
    reset_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._seen = QRectF(0, 0, 1, 1)
        self._grip: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def set_image(self, image: QImage) -> None:
        """Shows *image*, the whole."""
        self._image = image
        self.update()

    def set_seen(self, seen: QRectF, words: str) -> None:
        """Frames *seen*, the part in sight, which *words* describe."""
        self._seen = seen
        self.setAccessibleDescription(f"{words}; the arrow keys scroll")
        self.setToolTip(f"{words}. Click or drag to scroll, double-click for the usual size; {ZOOM_HINT}")
        self.update()

    def frame(self) -> QRectF:
        """Where the frame is drawn."""
        area, seen, least = self._area(), self._seen, self._theme.px(_LEAST_FRAME)
        width, height = max(seen.width() * area.width(), least), max(seen.height() * area.height(), least)
        left = min(area.left() + seen.left() * area.width(), area.right() - width)
        return QRectF(left, min(area.top() + seen.top() * area.height(), area.bottom() - height), width, height)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_BORDER, _BORDER, -_BORDER, -_BORDER)

    def _ask(self, corner: QPointF) -> None:
        """Asks for the frame to begin at *corner*, in pixels of this widget."""
        area = self._area()
        place = QPointF((corner.x() - area.left()) / area.width(), (corner.y() - area.top()) / area.height())
        self.scroll_requested.emit(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The heat map, faded where it is out of sight, and the frame."""
        painter, palette, area, frame = QPainter(self), self._theme.palette, self._area(), self.frame()
        painter.drawImage(area, self._image)
        veil = QColor(palette.panel)
        veil.setAlpha(_VEIL)
        for part in (
            QRectF(area.left(), area.top(), area.width(), frame.top() - area.top()),
            QRectF(area.left(), frame.bottom(), area.width(), area.bottom() - frame.bottom()),
            QRectF(area.left(), frame.top(), frame.left() - area.left(), frame.height()),
            QRectF(frame.right(), frame.top(), area.right() - frame.right(), frame.height()),
        ):
            painter.fillRect(part, veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(QPen(palette.accent if focused else palette.border, 2 if focused else 1))
        inset = 1 if focused else 0.5
        painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        # Light beside dark, so that the frame stands out from every shade.
        for colour, width in ((palette.panel, 3.5), (palette.ink, 1.5)):
            painter.setPen(
                QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
            )
            painter.drawRect(frame.adjusted(0.75, 0.75, -0.75, -0.75))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes the frame where it is, or brings its middle here."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        frame, point = self.frame(), event.position()
        if frame.contains(point):
            self._grip = point - frame.topLeft()
        else:
            self._grip = QPointF(frame.width() / 2, frame.height() / 2)
            self._ask(point - self._grip)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves the frame; without a button it is for what is below, which then knows that no cell is meant."""
        if self._grip is None:
            event.ignore()
        else:
            self._ask(event.position() - self._grip)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Lets go of the frame."""
        self._grip = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Asks for cells of the usual size."""
        self.reset_requested.emit()

    def event(self, event: QEvent) -> bool:
        """The arrow keys are not the window's shortcuts here."""
        if asks_for_key(event) and event.key() in ARROWS and event.modifiers() in PLAIN:
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move the frame by half of itself; all other keys are the matrix's."""
        key = Qt.Key(event.key())
        if key not in ARROWS or event.modifiers() not in PLAIN:
            event.ignore()
            return
        down, right = ARROWS[key]
        seen = self._seen
        self.scroll_requested.emit(seen.topLeft() + QPointF(right * seen.width(), down * seen.height()) / 2)
