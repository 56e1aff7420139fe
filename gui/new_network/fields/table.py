"""A field for rows of numbers, a timestep each: numbered, and an empty one says what it means."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.sources.typed import is_empty
from gui.look.theme import Theme

_LEAST, _MOST = 3, 6  # lines that are seen at once
_FRAME = 10  # border and padding above and below the lines
_NUMBERS = 12  # the size of the timesteps


class TableField(QPlainTextEdit):
    """Lines of numbers beside their timesteps.

    Attributes:
        timesteps: how many lines are timesteps; None for all that hold numbers.
    """

    def __init__(self, theme: Theme, name: str, tip: str, empty: str = "") -> None:
        """*empty*: what a line without numbers means."""
        super().__init__()
        self._theme = theme
        self._empty = empty
        self.timesteps: int | None = None
        self._gutter = _Gutter(self)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it would hide a row
        self.updateRequest.connect(lambda _rect, _dy: self._gutter.update())
        self.blockCountChanged.connect(lambda _count: self._restyle())
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_timesteps(self, count: int | None) -> None:
        """Say how many lines are timesteps."""
        if count != self.timesteps:
            self.timesteps = count
            self.viewport().update()
            self._gutter.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines that are empty say what that means."""
        super().paintEvent(event)
        if not self._empty:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._theme.font(_NUMBERS))
        painter.setPen(self._theme.palette.dim)
        cursor = self.textCursor().blockNumber() if self.hasFocus() else -1
        for number, rect in self.lines():
            text = self.document().findBlockByNumber(number).text()
            if number != cursor and self.is_timestep(number) and is_empty(text):
                room = rect.adjusted(self.document().documentMargin(), 0, 0, 0)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, "" if text.strip() else self._empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The timesteps keep their place."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._gutter.setGeometry(inside.left(), inside.top(), self._room(), inside.height())

    def is_timestep(self, number: int) -> bool:
        """Whether the line at *number*, 0-based, is a timestep."""
        if self.timesteps is not None:
            return number < self.timesteps
        return not is_empty(self.document().findBlockByNumber(number).text())

    def lines(self) -> list[tuple[int, QRectF]]:
        """The lines in sight: 0-based numbers, and where they stand in the viewport."""
        found = []
        block, offset = self.firstVisibleBlock(), self.contentOffset()
        line = QFontMetricsF(self.font()).lineSpacing()
        while block.isValid():
            top = self.blockBoundingGeometry(block).translated(offset).top()
            if top > self.viewport().height():
                break
            found.append((block.blockNumber(), QRectF(0, top, self.viewport().width(), line)))
            block = block.next()
        return found

    def _room(self) -> int:
        """The width that the timesteps take."""
        widest = QFontMetricsF(self._theme.font(_NUMBERS)).horizontalAdvance("0" * len(str(self.blockCount())))
        return ceil(widest) + self._theme.px(10)

    def _restyle(self) -> None:
        px = self._theme.px
        self.setViewportMargins(self._room(), 0, 0, 0)
        self._gutter.setFixedWidth(self._room())
        line = QFontMetricsF(self.font()).lineSpacing()
        shown = min(max(self.blockCount(), _LEAST), _MOST)
        self.setFixedHeight(ceil(line * shown + 2 * self.document().documentMargin()) + px(_FRAME))

    def gutter_colour(self) -> QColor:
        """That of the timesteps."""
        return self._theme.palette.dim

    def paint_timesteps(self, painter: QPainter, width: float) -> None:
        """Paint the number of each timestep in sight, *width* pixels wide."""
        painter.setFont(self._theme.font(_NUMBERS))
        painter.setPen(self.gutter_colour())
        timestep = sum(self.is_timestep(number) for number in range(self.firstVisibleBlock().blockNumber()))
        for number, rect in self.lines():
            if self.is_timestep(number):
                timestep += 1
                room = QRectF(QPointF(0, rect.top()), QPointF(width - self._theme.px(6), rect.bottom()))
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(timestep))


class _Gutter(QWidget):
    """Where the timesteps are written."""

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        self._field = field

    def sizeHint(self) -> QSize:
        """As the field has it."""
        return QSize(self.width(), 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The number of each line that is one."""
        self._field.paint_timesteps(QPainter(self), self.width())
