"""The one wrapper around pyqtgraph, which ships no types: a line, with a dot and hollow marks on it.

Its menus are off, since widgets leak with them on, and so are its mouse moves: a click means a point of the line.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QToolTip, QVBoxLayout, QWidget

from core.network.number import Number
from gui.look.theme import Theme, mix
from gui.widgets.parts.focus_ring import paint_focus_ring
from gui.widgets.parts.keys import ALONG, ENTER, PLAIN, asks_for_key, led_along
from gui.widgets.parts.numbers import open_menu
from gui.widgets.parts.ticks import log_ticks, round_ticks, tick_texts
from gui.widgets.plots.line_picture import Line, Numbers, finite_range, scaled, thinned

_TEXT = 11
_MARGIN = 14  # pixels left, right and below the line
_HEAD = 32  # pixels over the line, for the label
_AXIS = 60  # pixels that the axis below takes
_DOT, _LIT_DOT = 9, 15  # pixels across, where we are
_DOTTED = 12  # so few points are drawn as such


class LinePlot(QWidget):
    """A line with a dot where we are, and hollow marks of what was printed.

    The arrow keys and the mouse point at a point of the line; a click or Enter means it.

    Signals:
        pointed(int): the point that the mouse or a key is at, −1 for none.
        clicked(int): the point that was clicked, or entered by key.
    """

    pointed = Signal(int)
    clicked = Signal(int)
    _from_zero = True
    _whole_x = True  # whether below the plot stand whole numbers only

    def __init__(self, theme: Theme, x_name: str, y_name: str) -> None:
        super().__init__()
        self._theme = theme
        self._names = {"bottom": x_name, "left": y_name}
        self._line = Line(np.zeros(0), np.zeros(0))
        self._log_x = self._log_y = False
        self._pointed = -1
        self._is_lit = False
        self._plot = pg.PlotWidget(enableMenu=False)
        self._plot.setFrameShape(QFrame.Shape.NoFrame)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._item = self._plot.getPlotItem()
        # A menu is made all the same, of nobody: it goes with the plot, and not once Python lets that go.
        self._item.ctrlMenu.setParent(self._plot, self._item.ctrlMenu.windowFlags())
        self._item.hideButtons()
        self._item.setMouseEnabled(False, False)
        self._box = self._item.getViewBox()
        self._brackets = self._item.plot(connect="pairs")
        self._before = self._item.plot(connect="finite", antialias=True)
        self._curve = self._item.plot(connect="finite", antialias=True)
        self._rings, self._dot = pg.ScatterPlotItem(symbol="d"), pg.ScatterPlotItem()
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._hair, self._rings, self._dot):
            self._item.addItem(item, ignoreBounds=True)
        self._label = self.make_text()
        self._hair.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(self._plot)
        self._plot.viewport().setMouseTracking(True)
        self._plot.viewport().installEventFilter(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def line(self) -> Line:
        """What is shown."""
        return self._line

    def set_line(self, line: Line) -> None:
        """Shows *line*; nothing is drawn anew where it looks the same."""
        before, self._line = self._line, line
        if not line.looks_like(before):
            if line.x is not before.x:
                self._point(-1)
            self._draw()

    def set_logarithmic(self, *, x: bool, y: bool) -> None:
        """Whether either axis counts in powers; what is not above 0 is then a gap."""
        self._log_x, self._log_y = x, y
        self._draw()

    def set_lit(self, *, on: bool) -> None:
        """Whether the dot is of a number that is lit everywhere."""
        if on != self._is_lit:
            self._is_lit = on
            self._dot.setSize(self._theme.px(_LIT_DOT if on else _DOT))

    def set_name(self, name: str) -> None:
        """Another name of what goes up."""
        if name != self._names["left"]:
            self._names["left"] = name
            self._restyle()

    def make_text(self) -> pg.TextItem:
        """A text in the plot."""
        text = pg.TextItem()
        self._item.addItem(text, ignoreBounds=True)
        return text

    def position(self, x: float, y: float) -> QPoint:
        """Where a point of the data stands, in the widget's coordinates."""
        place = QPointF(float(self._along_x(np.array([x]))[0]), float(self._along_y(np.array([y]))[0]))
        seen: QPoint = self._plot.mapTo(self, self._plot.mapFromScene(self._box.mapViewToScene(place)))
        return seen

    def tooltip_at(self, point: QPoint) -> str:
        """The words of the mark, else of the point of the line, at a place in the widget; "" beside both."""
        for ring in self._line.rings:
            if (self.position(ring.x, ring.y) - point).manhattanLength() <= self._theme.px(9):
                return ring.tip
        index = self._index_at(point)
        return self._line.tip(index) if index >= 0 else ""

    def sizeHint(self) -> QSize:
        """Wide, and as low as it may be: it takes the height that is left."""
        return QSize(self._theme.px(420), self._theme.px(150))

    def minimumSizeHint(self) -> QSize:
        """Room for a line and its axes."""
        return QSize(self._theme.px(130), self._theme.px(150))

    # Drawing

    def _along_x(self, values: Numbers) -> Numbers:
        return scaled(values, logarithmic=self._log_x)

    def _along_y(self, values: Numbers) -> Numbers:
        return scaled(values, logarithmic=self._log_y)

    def _draw(self) -> None:
        line = self._line
        x, y = self._along_x(line.x), self._along_y(line.y)
        ring_x = self._along_x(np.array([ring.x for ring in line.rings]))
        ring_y = self._along_y(np.array([ring.y for ring in line.rings]))
        # pyqtgraph cannot draw spots of which none has a place.
        placed = np.isfinite(ring_x) & np.isfinite(ring_y)
        before = self._along_y(line.before)
        self._fit(np.concatenate([x, ring_x]), np.concatenate([y, ring_y, before]))
        self._before.setData(*thinned(x[: len(before)], before, self.width()))
        # A single point, also between gaps, has no line that would show it.
        is_dotted = len(x) <= _DOTTED and bool(np.isfinite(y).any())
        self._curve.setData(*thinned(x, y, self.width()), symbol="o" if is_dotted else None)
        self._rings.setData(ring_x[placed], ring_y[placed])
        spans = [(ring.start, ring.x, ring.y) for ring in line.rings if ring.start is not None]
        self._brackets.setData(
            self._along_x(np.array([end for start, stop, _ in spans for end in (start, stop)])),
            self._along_y(np.array([level for *_, level in spans for _ in range(2)])),
        )
        here = line.current if line.current is not None and np.isfinite(y[line.current]) else None
        self._dot.setData(*([], []) if here is None else (x[[here]], y[[here]]))
        self._label.setVisible(here is not None)
        if here is not None:
            self._set_label(x, y, here)

    def _fit(self, x: Numbers, y: Numbers) -> None:
        """Both axes over all there is, with few round numbers."""
        (left, right), (low, high) = finite_range(x), finite_range(y)
        if self._from_zero and not self._log_y:
            low = min(low, 0.0)
        margin = self._theme.px(_MARGIN)
        room, floor = (right - left) * margin / max(self.width(), 1), (high - low) * (margin / max(self.height(), 1))
        above = self._theme.px(_HEAD)
        head = (high - low) * (above / max(self.height() - self._theme.px(_AXIS) - above, 2 * above))
        self._item.setRange(xRange=(left - room, right + room), yRange=(low - floor, high + head), padding=0)
        wide = max(2, min(8, self.width() // self._theme.px(80)))
        tall = max(2, min(6, self.height() // self._theme.px(36)))
        self._set_ticks("bottom", left, right, wide, logarithmic=self._log_x)
        self._set_ticks("left", low, high, tall, logarithmic=self._log_y)

    def _set_ticks(self, name: str, first: float, last: float, most: int, *, logarithmic: bool) -> None:
        ticks = log_ticks(10.0**first, 10.0**last, most) if logarithmic else round_ticks(first, last, most)
        if name == "bottom" and self._whole_x:
            ticks = [tick for tick in ticks if tick == round(tick)] or [round((first + last) / 2)]
        places = np.log10(ticks) if logarithmic else ticks
        self._item.getAxis(name).setTicks([list(zip(places, tick_texts(ticks), strict=True))])

    def _set_label(self, x: Numbers, y: Numbers, here: int) -> None:
        """The label of the dot: inside of the plot, and over all of the line that it spans."""
        (left, right), _ = self._box.viewRange()
        share = (x[here] - left) / (right - left)
        anchor = 0.0 if share < 0.3 else 1.0 if share > 0.7 else 0.5
        wide = QFontMetricsF(self._theme.font(_TEXT, bold=True)).horizontalAdvance(self._line.label)
        reach = (wide + self._theme.px(12)) * (right - left) / max(self._box.width(), 1)
        spanned = (x >= x[here] - anchor * reach) & (x <= x[here] + (1 - anchor) * reach)
        self._label.setText(self._line.label)
        self._label.setAnchor((anchor, 1.2))
        self._label.setPos(float(x[here]), float(np.nanmax(y[spanned])))

    def _restyle(self) -> None:
        palette, px, font = self._theme.palette, self._theme.px, self._theme.font(_TEXT)
        thin = px(15) / 10
        self._plot.setBackground(palette.panel)
        for name, text in self._names.items():
            axis = self._item.getAxis(name)
            axis.enableAutoSIPrefix(False)
            axis.setPen(pg.mkPen(palette.line))
            axis.setTextPen(pg.mkPen(palette.dim))
            axis.setStyle(tickFont=font, tickLength=-px(4), tickTextOffset=px(5), hideOverlappingLabels=px(20))
            axis.setLabel(text, color=palette.dim.name(), **{"font-size": f"{px(_TEXT)}px"})
        self._item.showGrid(y=True, alpha=1.0)
        self._item.getAxis("left").setZValue(-200)  # its grid lies below all else
        self._item.layout.setContentsMargins(0, 0, px(18), 0)
        self._curve.setPen(pg.mkPen(palette.ink, width=thin))
        self._before.setPen(pg.mkPen(mix(palette.panel, palette.border, 0.6), width=2 * thin))
        self._curve.setSymbolBrush(pg.mkBrush(palette.ink))
        self._curve.setSymbolPen(None)
        self._curve.setSymbolSize(px(5))
        self._brackets.setPen(pg.mkPen(palette.dim, width=thin, style=Qt.PenStyle.DashLine))
        self._rings.setSize(px(13))
        self._rings.setPen(pg.mkPen(palette.ink, width=thin))
        self._rings.setBrush(pg.mkBrush(palette.panel))
        self._dot.setSize(px(_LIT_DOT if self._is_lit else _DOT))
        self._dot.setPen(pg.mkPen(palette.panel, width=thin))
        self._dot.setBrush(pg.mkBrush(palette.accent))
        self._hair.setPen(pg.mkPen(palette.border, width=1))
        self._label.setColor(palette.accent)
        self._label.fill = pg.mkBrush(palette.panel)  # no line of the grid goes through it
        self._label.setFont(self._theme.font(_TEXT, bold=True))
        self.updateGeometry()
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room takes more numbers."""
        super().resizeEvent(event)
        self._draw()

    # Pointing

    def _index_at(self, point: QPoint) -> int:
        """The nearest point of the line to a place in the widget, −1 outside of the plot."""
        scene = self._plot.mapToScene(self._plot.mapFrom(self, point))
        if not len(self._line.x) or not self._box.sceneBoundingRect().contains(scene):
            return -1
        x = float(self._box.mapSceneToView(scene).x())
        return int(np.argmin(np.abs(self._along_x(self._line.x) - x)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse on the plot, which pyqtgraph would take for itself."""
        if isinstance(event, QMouseEvent):
            point = self._plot.viewport().mapTo(self, event.position().toPoint())
            index = self._index_at(point)
            if event.type() == QEvent.Type.MouseMove:
                self._point(index)
                QToolTip.showText(event.globalPosition().toPoint(), self.tooltip_at(point), self)
            elif event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                if index >= 0:
                    self.clicked.emit(index)
            return True
        if isinstance(event, QContextMenuEvent):
            point = self._plot.viewport().mapTo(self, event.pos())
            open_menu(self, QContextMenuEvent(event.reason(), point, event.globalPos()))
            return True
        if event.type() == QEvent.Type.Wheel:
            event.ignore()  # the panel scrolls
            return True
        if event.type() == QEvent.Type.Leave:
            self._point(-1)
        return super().eventFilter(watched, event)

    def number_at(self, place: QPoint | None) -> Number | None:
        """The number of the point there; by key that which it is at, else the current one."""
        if place is None:
            index = self._pointed if self._pointed >= 0 else self._line.current
        else:
            index = self._index_at(place)
        return None if index is None or index < 0 else self._line.number(index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the number of a point."""
        open_menu(self, event)

    def _point(self, index: int) -> None:
        if index != self._pointed:
            self._pointed = index
            self._hair.setVisible(index >= 0)
            if index >= 0:
                self._hair.setPos(float(self._along_x(self._line.x[[index]])[0]))
            self.pointed.emit(index)

    def event(self, event: QEvent) -> bool:
        """The keys that move here are not the window's shortcuts."""
        if asks_for_key(event) and event.key() in (*ALONG, *ENTER):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, ends, Enter; Space and all other keys are left to the window."""
        last = len(self._line.x) - 1
        if last < 0 or event.modifiers() not in PLAIN:
            event.ignore()
            return
        current = last if self._line.current is None else self._line.current
        start = self._pointed if self._pointed >= 0 else current
        key, target = event.key(), led_along(event.key(), start, last)
        if target is not None:
            self._point(target)
        elif key in ENTER and self._pointed >= 0:
            self.clicked.emit(self._pointed)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What only the keyboard pointed at is meant no more."""
        super().focusOutEvent(event)
        self._point(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame around the plot while the keyboard is here."""
        super().paintEvent(event)
        if self.hasFocus():
            paint_focus_ring(QPainter(self), self.rect(), self._theme)
