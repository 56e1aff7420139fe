"""A picture with its facts: beside it where there is room, else below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from gui.look.theme import Theme
from gui.widgets.parts.scroll import Scroll

_ROOMY = 520  # from this width on, in pixels at zoom 1, both stand side by side
_FACTS = 210
_TALL, _LOW = 172, 60  # the least height of the picture above its facts, and beside them


class Beside(QWidget):
    """*picture* takes the room that is left; *facts* scroll by themselves beside it."""

    def __init__(self, theme: Theme, picture: QWidget, facts: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._picture, self._facts = picture, facts
        self._side = Scroll(facts)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(picture, 1)
        self._layout.addWidget(self._side)
        facts.installEventFilter(self)
        theme.changed.connect(self._arrange)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """More facts need more room below the picture."""
        if watched is self._facts and event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decides again where the facts stand."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        px = self._theme.px
        beside = self.width() >= px(_ROOMY)
        # Above its facts it is scrolled with them, so that there is no need for it to be as low as it can be.
        self._picture.setMinimumHeight(px(_LOW if beside else _TALL))
        # Beside them it takes the height there is, so that only the facts scroll.
        upright = QSizePolicy.Policy.Ignored if beside else QSizePolicy.Policy.Expanding
        self._picture.setSizePolicy(QSizePolicy.Policy.Expanding, upright)
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        if self._layout.spacing() != px(12):
            self._layout.setSpacing(px(12))
        needed = self._facts.minimumSizeHint()
        width = max(px(_FACTS), needed.width() + self._side.verticalScrollBar().sizeHint().width())
        height = self._facts.heightForWidth(self.width())
        least = QSize(width, px(_LOW)) if beside else QSize(0, max(height, needed.height()))
        self._side.setMinimumSize(least)
        self._side.setMaximumWidth(width if beside else 16_777_215)
        self._side.setSizePolicy(
            QSizePolicy.Policy.Fixed if beside else QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Ignored if beside else QSizePolicy.Policy.Fixed,
        )
