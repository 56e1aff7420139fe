"""Cards in two columns, or one below the other where that is too narrow, and what needs the whole width."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from gui.look.theme import Theme

_AROUND, _BETWEEN = 14, 10


class Columns(QWidget):
    """Cards by columns, and one of the whole width *above* and *below* them."""

    def __init__(self, theme: Theme, above: QWidget, columns: Sequence[Sequence[QWidget]], below: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._all = QVBoxLayout(self)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns = [QVBoxLayout() for _ in columns]
        for column, cards in zip(self._columns, columns, strict=True):
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            self._beside.addLayout(column, 1)
        self._all.addWidget(above)
        self._all.addLayout(self._beside)
        self._all.addWidget(below)
        self._all.addStretch(1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where there is room."""
        super().resizeEvent(event)
        self._turn()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest column."""
        margins = self._all.contentsMargins()
        widest = max(column.minimumSize().width() for column in self._columns)
        return QSize(widest + margins.left() + margins.right(), super().minimumSizeHint().height())

    def _turn(self) -> None:
        direction = QBoxLayout.Direction
        needed = sum(column.minimumSize().width() for column in self._columns)
        wide = self.width() >= needed + self._theme.px(2 * _AROUND + _BETWEEN)
        self._beside.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def _restyle(self) -> None:
        px = self._theme.px
        self._all.setContentsMargins(px(_AROUND), px(_AROUND), px(_AROUND), px(_AROUND))
        for layout in (self._all, self._beside, *self._columns):
            layout.setSpacing(px(_BETWEEN))
        self._turn()
