"""A chart of contributions that add up, under nested brackets."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.network.number import Number
from gui.look.theme import Theme
from gui.widgets.bars.axis import ROW, LegendEntry, axis_height, legend_lines, paint_axis, paint_legend
from gui.widgets.bars.paint import TEXT, Marks, paint_bars
from gui.widgets.bars.picture import BarPicture
from gui.widgets.bars.scale import BarScale, bar_scale
from gui.widgets.parts.focus_ring import paint_focus_ring
from gui.widgets.parts.keys import ALONG, ENTER, PLAIN, asks_for_key, led_along
from gui.widgets.parts.numbers import open_menu
from gui.widgets.parts.speech import announce

_HEADROOM = 18  # for the label of the current bar, over and under the bars


class BarChart(QWidget):
    """Bars of what each term adds, and a line of the running total.

    The arrow keys select a place, Home and End the ends, Enter follows it.

    Signals:
        place_clicked(int): a place clicked, or entered by key; places count from 0.
        symbol_hovered(str): the mouse is on a contribution of that symbol, "" when it leaves.
    """

    place_clicked = Signal(int)
    symbol_hovered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: BarPicture | None = None
        self._scale: BarScale | None = None
        self._legend: list[list[LegendEntry]] = []
        self._hovered: int | None = None
        self._selected: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._restyle)

    def set_picture(self, picture: BarPicture) -> None:
        """Shows *picture*; a place selected by key stays selected while it exists."""
        self._picture = picture
        if self._selected is not None and self._selected >= len(picture.slots):
            self._selected = None
        self.setAccessibleName(picture.name)
        self._lay_out()

    def clear(self) -> None:
        """Shows nothing, and keeps nothing."""
        self._picture = self._scale = None
        self.update()

    @property
    def picture(self) -> BarPicture | None:
        """What is shown."""
        return self._picture

    @property
    def selected(self) -> int | None:
        """The place that the keyboard is at."""
        return self._selected

    def place_rect(self, place: int) -> QRect:
        """The column of a place, in the widget's coordinates."""
        return self._scale.column(place).toAlignedRect() if self._scale else QRect()

    def tooltip_at(self, point: QPoint) -> str:
        """The words of the place at *point*, "" beside all places."""
        place = self._place_at(point)
        return self._picture.tooltip(place) if self._picture is not None and place is not None else ""

    def sizeHint(self) -> QSize:
        """Wide, and as low as it may be: it takes the height that is left."""
        return QSize(self._theme.px(460), self._theme.px(126))

    def minimumSizeHint(self) -> QSize:
        """Room for a legend, some bars and three rows of numbers."""
        return QSize(self._theme.px(170), self._theme.px(126))

    def _restyle(self) -> None:
        self.updateGeometry()
        self._lay_out()

    def _lay_out(self) -> None:
        if self._picture is None:
            return
        px = self._theme.px
        metrics = self._theme.metrics(TEXT)
        self._legend = legend_lines(self._picture, self.width(), self._theme)
        above = px(ROW) * len(self._legend) + px(_HEADROOM)
        below = axis_height(self._picture, self._theme) + px(_HEADROOM)
        area = QRectF(1, above, self.width() - px(4), max(self.height() - above - below, 1))
        most_ticks = max(2, min(6, round(area.height() / px(34))))
        self._scale = bar_scale(self._picture, area, metrics.width, most_ticks)
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Shares the new width among the places."""
        self._lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints plot, axis and legend."""
        picture, scale, theme = self._picture, self._scale, self._theme
        if picture is None or scale is None:
            return
        painter = QPainter(self)
        paint_bars(painter, picture, scale, theme, Marks(self._hovered, self._selected, self.hasFocus()))
        paint_axis(painter, picture, scale, self.height() - axis_height(picture, theme), theme)
        paint_legend(painter, self._legend, 1, 0, theme)  # over the axis too: all of its width was counted on
        if self.hasFocus() and self._selected is None:
            paint_focus_ring(painter, self.rect(), theme, width=1, radius=theme.px(6))

    # Mouse

    def _place_at(self, point: QPoint) -> int | None:
        return self._scale.place_at(point.x()) if self._scale is not None else None

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            number = self._picture.number(place) if self._picture is not None and place is not None else None
            self.symbol_hovered.emit(number.symbol if number is not None else "")
            self.update()

    def event(self, event: QEvent) -> bool:
        """A place's words as its tooltip; the keys that move here are not the window's shortcuts."""
        if asks_for_key(event) and event.key() in (*ALONG, *ENTER):
            event.accept()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._place_at(event.pos())
            area = self.place_rect(place) if place is not None else QRect()
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos()), self, area)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Marks the place under the mouse."""
        self._hover(self._place_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """No place is meant any more."""
        super().leaveEvent(event)
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follows the place that was clicked."""
        place = self._place_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self._selected = place
            self.place_clicked.emit(place)

    def number_at(self, place: QPoint | None) -> Number | None:
        """The contribution there; by key that of the place selected."""
        found = self._selected if place is None else self._place_at(place)
        return None if self._picture is None or found is None else self._picture.number(found)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a contribution."""
        open_menu(self, event)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, ends, Enter, Escape; Space and all other keys are left to the window."""
        picture = self._picture
        if picture is None or event.modifiers() not in PLAIN:
            event.ignore()
            return
        last = len(picture.slots) - 1
        start = self._selected
        if start is None:
            start = picture.current if picture.current is not None else 0
        key, target = event.key(), led_along(event.key(), start, last)
        if target is not None:
            self._select(target)
        elif key in ENTER and self._selected is not None:
            self.place_clicked.emit(self._selected)
        elif key == Qt.Key.Key_Escape and self._selected is not None:
            self._select(None)
        else:
            event.ignore()

    def _select(self, place: int | None) -> None:
        self._selected = place
        self.update()
        if place is not None and self._picture is not None:
            announce(self, self._picture.spoken(place))
