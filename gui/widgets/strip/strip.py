"""Where we are: the unrolled network as a small picture, with the current node, path and parameter use."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.network.number import Number
from gui.look.theme import Theme
from gui.typesetting.typeset import TARGET
from gui.widgets.parts.keys import ENTER, PLAIN, asks_for_key, watches
from gui.widgets.parts.numbers import open_menu
from gui.widgets.strip.layout import arrange, height
from gui.widgets.strip.paint import Item, StripItems, changed, gate_width, node_width, paint_ring
from gui.widgets.strip.picture import StripPicture

__all__ = ["PathStrip", "StripPicture"]

_MARGIN = 5.0
_EDGE = 4.0  # how far lines and letters may stand out of their areas
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class PathStrip(QWidget):
    """Paints a `StripPicture`; of a long text, the timesteps that matter now.

    Signals:
        symbol_hovered: the node under the pointer or the keyboard's mark, empty when there is none.
        symbol_clicked: the node that was clicked, or chosen with Enter, and whether with Ctrl, to be watched.
    """

    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = StripPicture((), ())
        self._highlight: str | None = None
        self._hovered = ""
        self._pressed = ""
        self._mark = ""
        self._layout = arrange(self._picture, 1.0, 1.0)
        self._items: tuple[Item, ...] = ()
        self._made = StripItems(theme, self._picture, self._layout)
        self._pixels: dict[Item, QRect] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(height(self._picture)))  # also where for a moment all is too high
        self.setAccessibleName(self.tr("Where we are"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self._restyle)

    def set_picture(self, picture: StripPicture) -> None:
        """Show *picture*; its headline becomes the accessible description."""
        if picture != self._picture:
            self._picture = picture
            self.setAccessibleDescription(picture.headline)
            before = self._items
            self.setFixedHeight(self._theme.px(height(picture)))
            self._rearrange()
            for area in changed(before, self._items):
                self.update(self._on_screen(area))

    def set_highlight(self, symbol: str | None) -> None:
        """Mark the node *symbol*: it is pointed at, here or elsewhere."""
        if symbol != self._highlight:
            self._highlight = symbol
            self.update()

    def node_rect(self, symbol: str) -> QRect:
        """Where the node *symbol* stands in the widget; empty where it is not shown."""
        rect = self._layout.nodes.get(symbol)
        return self._placed(rect).toRect() if rect is not None else QRect()

    def sizeHint(self) -> QSize:
        """Wide enough for a few timesteps."""
        return QSize(self._theme.px(560), self._theme.px(height(self._picture)))

    def minimumSizeHint(self) -> QSize:
        """Wide enough for one timestep."""
        return QSize(self._theme.px(180), self._theme.px(height(self._picture)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the timesteps that fit."""
        super().resizeEvent(event)
        self._rearrange()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lines, then nodes on them, then the words: those that are asked for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._theme.zoom, self._theme.zoom)
        painter.translate(_MARGIN, 0)
        region = event.region()
        for item in self._items:
            if region.intersects(self._touched(item)):
                item.paint(painter)
        marks = (self._highlight or "", 1.0), (self._mark if self.hasFocus() else "", 2.0)
        for symbol, width in marks:
            if symbol in self._layout.nodes:
                paint_ring(painter, self._theme, self._layout.nodes[symbol], width)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        self._hover(self._symbol_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._symbol_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Click the node on which the button went down and up."""
        if event.button() == Qt.MouseButton.LeftButton:
            pressed, self._pressed = self._pressed, ""
            if pressed and pressed == self._symbol_at(event.position()):
                self.symbol_clicked.emit(pressed, watches(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        super().leaveEvent(event)
        self._hover("")

    def event(self, event: QEvent) -> bool:
        """Claim the keys for nodes before the window's shortcuts take them."""
        if asks_for_key(event) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move between nodes, Enter clicks one."""
        if not self._takes(event):
            super().keyPressEvent(event)
        elif event.key() in ENTER:
            self.symbol_clicked.emit(self._mark, False)
        else:
            self._move_mark(_MOVES[Qt.Key(event.key())])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark a node: the one being computed, if there is one."""
        super().focusInEvent(event)
        self._mark = self._picture.computed or self._mark
        self._move_mark(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Unmark it."""
        super().focusOutEvent(event)
        self._hover("")

    def number_at(self, place: QPoint | None) -> Number | None:
        """The node there."""
        symbol = (self._mark if self.hasFocus() else "") if place is None else self._symbol_at(QPointF(place))
        return Number(symbol) if symbol else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with its number."""
        open_menu(self, event)

    def _rearrange(self, *, afresh: bool = False) -> None:
        width = self.width() / self._theme.zoom - 2 * _MARGIN
        last = max(len(self._picture.inputs), 1)
        arranged = arrange(self._picture, width, node_width(last), gate_width(self._picture.gates, last))
        if afresh or arranged is not self._layout:
            self._layout, self._pixels = arranged, {}
            self._made = StripItems(self._theme, self._picture, arranged)
        self._items = self._made.of(self._picture)

    def _touched(self, item: Item) -> QRect:
        if item not in self._pixels:
            self._pixels[item] = self._on_screen(item.area)
        return self._pixels[item]

    def _restyle(self) -> None:
        self._rearrange(afresh=True)
        self.setFixedHeight(self._theme.px(height(self._picture)))
        self.update()

    def _placed(self, rect: QRectF) -> QRectF:
        """*rect*, in units of zoom 1, in the widget's coordinates."""
        zoom = self._theme.zoom
        return QRectF((rect.x() + _MARGIN) * zoom, rect.y() * zoom, rect.width() * zoom, rect.height() * zoom)

    def _on_screen(self, area: QRectF) -> QRect:
        """The pixels that something painted in *area* may touch."""
        return self._placed(area.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE)).toAlignedRect()

    def _takes(self, event: QKeyEvent) -> bool:
        return event.modifiers() in PLAIN and event.key() in (*_MOVES, *ENTER) and bool(self._layout.nodes)

    def _move_mark(self, by: int) -> None:
        """Mark the node *by* places on."""
        nodes = list(self._layout.nodes)
        if not nodes:
            return
        place = nodes.index(self._mark) + by if self._mark in nodes else 0
        self._mark = nodes[min(max(place, 0), len(nodes) - 1)]
        self._hover(self._mark)
        self.update()

    def _symbol_at(self, point: QPointF) -> str:
        zoom = self._theme.zoom
        place = QPointF(point.x() / zoom - _MARGIN, point.y() / zoom)
        for symbol, rect in self._layout.nodes.items():
            taller = max(TARGET / zoom - rect.height(), 0.0) / 2
            if rect.adjusted(0, -taller, 0, taller).contains(place):
                return symbol
        return ""

    def _hover(self, symbol: str) -> None:
        if symbol != self._hovered:
            self._hovered = symbol
            if symbol:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self.unsetCursor()
            self.symbol_hovered.emit(symbol)
