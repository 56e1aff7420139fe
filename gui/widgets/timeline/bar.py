"""The timeline: a slider over all steps of an epoch, with the current group magnified below."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.look.theme import Theme
from gui.widgets.timeline.paint import HANDLE, label_metrics, paint_timeline, segment_rect, step_rect
from gui.widgets.timeline.scale import TimelineGroup, TimelineScale

__all__ = ["TimelineBar", "TimelineGroup"]

_HEIGHT = 56
_LEAST = 48
_GAP = 2
_SIDE = 12


class TimelineBar(QWidget):
    """The whole epoch in the upper lane, the current group in the lower one; both can be clicked and dragged.

    Left and Right go one step, Page Up and Page Down to the start of the previous and next group, Home and
    End to the ends of the epoch.

    Attributes:
        origin: the position at which the hand took hold that moves it.

    Signals:
        scrubbed: the position that the user moves to, at most once a turn of the event loop.
        hovered: the position under the mouse, 0 when there is none.
    """

    # Positions may exceed the 32 bits of a signal's int.
    scrubbed = Signal(object)
    hovered = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._groups: tuple[TimelineGroup, ...] = ()
        self._length = 0
        self._position = self.origin = 0
        self._stops: tuple[int, ...] = ()
        self._hint: Callable[[int], str] | None = None
        self._lanes: tuple[TimelineScale, TimelineScale] | None = None
        self._hover: tuple[int, int] | None = None
        self._grip: tuple[int, float] | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(lambda: self.scrubbed.emit(self._position))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")
        theme.changed.connect(self._restyle)

    def set_timeline(self, groups: Sequence[TimelineGroup], length: int) -> None:
        """Shows an epoch of *length* steps; *groups* follow each other without a gap, from position 1 on."""
        self._soon.stop()  # what a hand asked for was a place among other steps
        self._grip = None
        self._groups = tuple(groups)
        self._length = length
        self._position = min(max(self._position, 1), length)
        self._lay_out()
        self._tell()

    def set_position(self, position: int) -> None:
        """Moves the handle, without a signal."""
        before, group = self._position, self._group() if self._groups else None
        self._position = position
        if self._groups and self._group() is not group:
            self._lay_out()
        elif self._lanes is not None:
            # Within a group all else looks as before.
            upper, lower = self._lanes
            steps = [step_rect(lower, each, self._theme) for each in (before, position)]
            for part in (segment_rect(upper.segment(position), self._theme), steps[0].united(steps[1])):
                self.update(part.translated(self._side(), 0).toAlignedRect())
        self._tell()

    def set_stops(self, stops: tuple[int, ...]) -> None:
        """Marks the positions at which running stops."""
        if stops != self._stops:
            self._stops = stops
            self.update()
            self._tell()

    def set_hint(self, hint: Callable[[int], str]) -> None:
        """*hint* gives the words that appear at a position under the mouse."""
        self._hint = hint

    def x_of(self, position: int, lane: int = 0) -> float:
        """Where a position stands in the upper (0) or lower (1) lane, in the widget's coordinates."""
        return self._side() + self._lanes[lane].x(position) if self._lanes else 0.0

    def sizeHint(self) -> QSize:
        """As wide as it may be, and of one height."""
        return QSize(self._theme.px(640), self._theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Room for a few segments."""
        return QSize(self._theme.px(240), self._theme.px(_HEIGHT))

    def _side(self) -> int:
        return self._theme.px(_SIDE)

    def _group(self) -> TimelineGroup:
        index = bisect_left(self._groups, self._position, key=lambda group: group.last)
        return self._groups[min(index, len(self._groups) - 1)]

    def _lay_out(self) -> None:
        width = self.width() - 2 * self._side()
        if not self._groups or width <= 0:
            self._lanes = None
            return
        theme = self._theme
        metrics = label_metrics(theme, bold=True)
        least, gap = theme.px(_LEAST), theme.px(_GAP)
        whole = TimelineScale(self._groups, width, least, gap, needs=lambda label: metrics.width(label) + theme.px(12))
        group = self._group()
        # The lower lane begins with the name of its group.
        start = min(metrics.width(group.label) + theme.px(10), width / 3)
        self._lanes = whole, TimelineScale([group], width - start, least, 0, start=start)
        self.update()

    def _tell(self) -> None:
        where = f"step {self._position} of {self._length}" + (", a stop" if self._position in self._stops else "")
        self.setAccessibleDescription(f"{self._group().label}, {where}" if self._groups else where)

    def _restyle(self) -> None:
        self._lay_out()
        self.updateGeometry()
        self.update()

    def _go(self, position: int) -> None:
        """The user wants to be at *position*: shown at once, told when the event loop comes round."""
        position = min(max(position, 1), self._length)
        if position != self._position:
            self.set_position(position)
            self._soon.start()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Shares the new width among the segments."""
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints both lanes, of the upper one what is asked for."""
        if self._lanes is None:
            return
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(self._side(), 0, -self._side(), 0)
        asked = event.region().translated(-self._side(), 0)
        paint_timeline(
            painter, area, self._lanes, self._position, self._hover, self._theme, self.hasFocus(), asked, self._stops
        )

    # Mouse

    def _lane_at(self, point: QPointF) -> int:
        return 0 if point.y() < self.height() - self._theme.px(24) else 1

    def _position_at(self, lane: int, x: float) -> int:
        return self._lanes[lane].position(x - self._side()) if self._lanes else 0

    def _hover_at(self, lane: int, x: float, event: QMouseEvent) -> None:
        position = self._position_at(lane, x)
        if self._hover != (lane, position):
            self._hover = (lane, position)
            self.hovered.emit(position)
            self.update()
            if self._hint is not None and position:
                QToolTip.showText(event.globalPosition().toPoint(), self._hint(position), self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes to the place pressed; the handle itself is gripped where it is, without a jump."""
        if event.button() != Qt.MouseButton.LeftButton or self._lanes is None:
            return
        self.origin = self._position
        lane, x = self._lane_at(event.position()), event.position().x()
        offset = self.x_of(self._position, lane) - x
        # Only the upper lane has a handle: in the lower one every press means the step under it.
        if lane == 0 and abs(offset) <= self._theme.px(HANDLE) / 2:
            self._grip = (lane, offset)
        else:
            self._grip = (lane, 0.0)
            self._go(self._position_at(lane, x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrubs while pressed, else only looks."""
        if self._lanes is None:
            return
        x = event.position().x()
        if self._grip is None:
            self._hover_at(self._lane_at(event.position()), x, event)
        else:
            lane, offset = self._grip
            self._go(self._position_at(lane, x + offset))
            self._hover_at(lane, x + offset, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go of the handle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = None

    def leaveEvent(self, event: QEvent) -> None:
        """No position is meant any more."""
        super().leaveEvent(event)
        if self._hover is not None:
            self._hover = None
            self.hovered.emit(0)
            self.update()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One step, one group, or the whole way; other keys are left to the window."""
        if not self._groups or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
            return
        group = self._group()
        before = group.first - 1 if self._position == group.first else group.first
        previous = next((g.first for g in self._groups if g.first <= before <= g.last), 1)
        targets = {
            Qt.Key.Key_Left: self._position - 1,
            Qt.Key.Key_Right: self._position + 1,
            Qt.Key.Key_PageUp: previous,
            Qt.Key.Key_PageDown: min(group.last + 1, self._length),
            Qt.Key.Key_Home: 1,
            Qt.Key.Key_End: self._length,
        }
        key = Qt.Key(event.key())
        if key in targets:
            self.origin = self._position
            self._go(targets[key])
        else:
            event.ignore()
