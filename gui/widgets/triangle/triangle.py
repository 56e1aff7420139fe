"""A triangle of sizes: a heat map of any number of cells, to point at, to zoom and to follow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from gui.look.theme import Theme
from gui.widgets.bars.axis import ROW
from gui.widgets.parts.focus_ring import paint_focus_ring
from gui.widgets.parts.keys import ARROWS, ENTER, SHIFTED, asks_for_key
from gui.widgets.parts.speech import announce
from gui.widgets.triangle.image import TriangleImage
from gui.widgets.triangle.paint import left_margin, paint_axes, paint_ground, paint_guides, paint_legend, paint_mark
from gui.widgets.triangle.picture import Cell, TrianglePicture
from gui.widgets.triangle.scale import TriangleScale

_ZOOMS = {Qt.Key.Key_Plus: 1.5, Qt.Key.Key_Equal: 1.5, Qt.Key.Key_Minus: 1 / 1.5}
_OWN = (*ARROWS, *_ZOOMS, *ENTER, Qt.Key.Key_0)
_NOTCH = 120  # the angle of one notch of a wheel


class Triangle(QWidget):
    """Cells by t and k. Arrows move a cell, Enter follows it; the wheel with Ctrl, + and - zoom, dragging pans.

    A double click or 0 shows all again; so a click on a part waits whether it is the first of two.

    Signals:
        cell_clicked(int, int): that cell (t, k), 1-based, was clicked, or entered by key.
    """

    cell_clicked = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: TrianglePicture | None = None
        self._scale: TriangleScale | None = None
        self._image = TriangleImage()
        self._hovered: Cell | None = None
        self._selected: Cell | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self._clicked: Cell | None = None
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._follow)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._restyle)

    def set_picture(self, picture: TrianglePicture) -> None:
        """Shows *picture*; what is in view and selected stays, unless there are more or fewer cells."""
        other = self._picture is None or self._picture.T != picture.T
        self._picture = picture
        if other:
            self._scale = self._selected = None
            self._lay_out()
        self.setAccessibleName(picture.name)
        self.setAccessibleDescription(picture.description)
        self.update()

    def clear(self) -> None:
        """Shows nothing, and keeps nothing."""
        self._picture = self._scale = None
        self.update()

    @property
    def picture(self) -> TrianglePicture | None:
        """What is shown."""
        return self._picture

    @property
    def selected(self) -> Cell | None:
        """The cell that the keyboard is at."""
        return self._selected

    @property
    def scale(self) -> TriangleScale | None:
        """Which cells are in view, and where."""
        return self._scale

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell at *point*, the largest where one pixel holds several; None where there is none."""
        box = self._scale.box_at(point) if self._scale is not None else None
        return self._picture.strongest(*box) if self._picture is not None and box is not None else None

    def tooltip_at(self, point: QPointF) -> str:
        """The words of the cell at *point*, "" beside all cells."""
        cell = self.cell_at(point)
        return self._picture.words(cell) if self._picture is not None and cell is not None else ""

    def sizeHint(self) -> QSize:
        """Wide, and as low as it may be: it takes the room that is left."""
        return QSize(self._theme.px(460), self._theme.px(120))

    def minimumSizeHint(self) -> QSize:
        """Room for a legend, some cells and their numbers."""
        return QSize(self._theme.px(170), self._theme.px(120))

    def _restyle(self) -> None:
        self.updateGeometry()
        self._lay_out()
        self.update()

    def _lay_out(self) -> None:
        if self._picture is None:
            return
        px = self._theme.px
        left, row = round(left_margin(self._picture.T, self._theme)), px(ROW)
        area = QRectF(left, row + px(8), max(self.width() - left - px(8), 1), max(self.height() - 2 * row - px(12), 1))
        before = self._scale
        if before is None:
            self._scale = TriangleScale.whole(self._picture.T, area)
        else:
            self._scale = TriangleScale(before.T, area, before.left, before.top, before.span)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """The same cells in the new room."""
        self._lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints all cells as one image, and the rest over and around it."""
        picture, scale, theme = self._picture, self._scale, self._theme
        if picture is None or scale is None:
            return
        palette = theme.palette
        painter = QPainter(self)
        paint_legend(painter, picture, scale.area, theme)
        paint_ground(painter, scale, theme)
        image = self._image.image(picture, scale, self.devicePixelRatioF(), palette)
        painter.drawImage(scale.area.topLeft(), image)
        paint_axes(painter, picture, scale, theme)
        if picture.current is not None:
            paint_guides(painter, scale, picture.current, theme)
            paint_mark(painter, scale, picture.current, palette.accent, theme)
        for cell in {self._hovered, self._selected if self.hasFocus() else None} - {None, picture.current}:
            if cell is not None:
                paint_mark(painter, scale, cell, palette.ink if cell == self._selected else palette.border, theme)
        if self.hasFocus() and self._selected is None:
            paint_focus_ring(painter, self.rect(), theme, width=1, radius=theme.px(6))

    # Mouse

    def event(self, event: QEvent) -> bool:
        """A cell's words as its tooltip; the keys that move here are not the window's shortcuts."""
        if asks_for_key(event) and event.key() in _OWN and event.modifiers() in SHIFTED:
            event.accept()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            spot = QRect(event.pos().x() - 1, event.pos().y() - 1, 3, 3)
            QToolTip.showText(event.globalPos(), self.tooltip_at(QPointF(event.pos())), self, spot)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags what is in view, or marks the cell under the mouse."""
        point = event.position()
        if self._pressed is None or self._scale is None:
            self._hover(self.cell_at(point))
            return
        moved = point - self._pressed
        if not self._dragged and moved.manhattanLength() < QApplication.startDragDistance():
            return
        self._dragged, self._pressed = True, point
        self._hover(None)
        self._show(self._scale.panned(moved))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follows the cell that was clicked, at once where a double click would change nothing."""
        clicked = self._pressed is not None and not self._dragged and event.button() == Qt.MouseButton.LeftButton
        self._pressed = None
        cell = self.cell_at(event.position())
        if not clicked or cell is None or self._scale is None:
            return
        self._selected = self._clicked = cell
        self.update()
        if self._scale.is_whole:
            self._follow()
        else:
            self._soon.start(QApplication.doubleClickInterval())

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Shows all cells."""
        self._soon.stop()
        self._show_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms around the mouse with Ctrl; else the wheel is for what scrolls around this."""
        if self._scale is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        self._show(self._scale.zoomed(1.25 ** (event.angleDelta().y() / _NOTCH), event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """No cell is meant any more."""
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, cell: Cell | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _follow(self) -> None:
        if self._clicked is not None:
            self.cell_clicked.emit(*self._clicked)

    def _show(self, scale: TriangleScale) -> None:
        self._scale = scale
        self.update()

    def _show_all(self) -> None:
        if self._scale is not None:
            self._show(TriangleScale.whole(self._scale.T, self._scale.area))

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, Escape, + - 0; Space and all other keys are left to the window."""
        picture, scale, key = self._picture, self._scale, Qt.Key(event.key())
        if picture is None or scale is None or event.modifiers() not in SHIFTED:
            event.ignore()
        elif key in ARROWS:
            self._select(self._neighbour(ARROWS[key]))
        elif key in ENTER and self._selected is not None:
            self.cell_clicked.emit(*self._selected)
        elif key in _ZOOMS:
            around = self._selected or picture.current
            self._show(scale.zoomed(_ZOOMS[key], scale.rect(around).center() if around else scale.area.center()))
        elif key == Qt.Key.Key_0:
            self._show_all()
        elif key == Qt.Key.Key_Escape and self._selected is not None:
            self._select(None)
        else:
            event.ignore()

    def _neighbour(self, by: tuple[int, int]) -> Cell:
        """The cell beside the selected one, inside of the triangle; at first the current one or the last."""
        picture = self._picture
        if picture is None or self._selected is None:
            return (picture.current if picture is not None else None) or (max(picture.rows, 1) if picture else 1, 1)
        t = min(max(self._selected[0] + by[0], 1), picture.T)
        return t, min(max(self._selected[1] + by[1], 1), t)

    def _select(self, cell: Cell | None) -> None:
        self._selected = cell
        if cell is not None and self._picture is not None and self._scale is not None:
            self._show(self._scale.showing(cell))
            announce(self, self._picture.words(cell))
        self.update()
