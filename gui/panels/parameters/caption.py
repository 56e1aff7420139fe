"""A symbol's name as a heading, with a few words on its state."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.network.symbols import family
from gui.look.theme import Theme
from gui.panels.parameters.blocks import Block

_NAME, _STATE = 14, 11  # sizes of text


class Caption(QWidget):
    """Sign and name of a block in its family's colour, then its state; that goes below where there is no room.

    b and c, which have no hue, are bold, and E is underlined twice.

    Signals:
        opened(): a double click.
    """

    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._block: Block | None = None
        self._sign_width = self._name_width = self._state_width = 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._measure)

    def set_block(self, block: Block) -> None:
        """Name *block*."""
        self._block = block
        self.setToolTip(block.hint)
        self.setAccessibleName(block.title)
        self.setAccessibleDescription(block.hint)
        self._measure()

    def sizeHint(self) -> QSize:
        """Everything on one line."""
        width = math.ceil(self._beside() + self._state_width)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """The name and the words under each other."""
        return QSize(math.ceil(max(self._sign_width + self._name_width, self._state_width)), self._line(_NAME))

    def hasHeightForWidth(self) -> bool:
        """It takes a second line where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of one line or two."""
        return self._line(_NAME) + (0 if self._fits(width) else self._line(_STATE))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """All of what is named is meant."""
        self.opened.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign, the name, the words."""
        block, theme = self._block, self._theme
        if block is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, bold = self._sign_width, self._is_bold(block)
        baseline = theme.metrics(_NAME, bold=bold).ascent()
        painter.setFont(theme.font(_NAME, bold=bold))
        painter.setPen(theme.palette.accent if block.outlined else theme.palette.dim)
        painter.drawText(QPointF(0, baseline), block.sign)
        painter.setPen(theme.palette.families[family(block.symbol)])
        metrics = theme.metrics(_NAME, bold=bold)
        metrics.write(painter, QRectF(left, 0, self._name_width, metrics.height()), block.name, named=True)
        if family(block.symbol) == "E":
            for below in (baseline + 2.5 * theme.zoom, baseline + 4.5 * theme.zoom):
                painter.drawLine(QPointF(left, below), QPointF(left + self._name_width, below))
        painter.setFont(theme.font(_STATE))
        painter.setPen(theme.palette.dim)
        place = (
            QPointF(self._beside(), baseline) if self._fits(self.width()) else QPointF(0, baseline + self._line(_STATE))
        )
        painter.drawText(place, block.state)

    def _measure(self) -> None:
        block = self._block
        if block is None:
            return
        metrics = self._theme.metrics(_NAME, bold=self._is_bold(block))
        self._sign_width = metrics.width(f"{block.sign} ") if block.sign else 0.0
        self._name_width = metrics.width(block.name, named=True)
        self._state_width = self._theme.metrics(_STATE).width(block.state)
        self.updateGeometry()
        self.update()

    def _is_bold(self, block: Block) -> bool:
        return family(block.symbol) == "b"

    def _beside(self) -> float:
        """Where the state begins when it stands on the line of the name."""
        return self._sign_width + self._name_width + self._theme.px(8)

    def _fits(self, width: int) -> bool:
        return not self._state_width or math.ceil(self._beside() + self._state_width) <= width

    def _line(self, size: float) -> int:
        return math.ceil(self._theme.metrics(size).height()) + self._theme.px(3)
