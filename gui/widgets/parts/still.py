"""A frame that lets a change inside it move nothing outside."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget, QWidgetItem

UNBOUND = 16_777_215  # Qt's own number for a length without a bound


class Still(QFrame):
    """Holds one widget and passes on only that it needs more room than ever at this size of its own.

    Within nested layouts every new text of a label has the whole window laid out and painted again, also where
    nothing changes its size. What needs less for a moment will need more again: the room is kept for it.
    """

    def __init__(self, content: QWidget | None = None) -> None:
        super().__init__()
        self._item: QWidgetItem | None = None
        self._least, self._most = QSize(), UNBOUND
        if content is not None:
            self.set_content(content)

    def set_content(self, content: QWidget) -> None:
        """Hold *content*, in place of what was there."""
        old = self._item.widget() if self._item is not None else None
        if old is not None:
            old.deleteLater()
        content.setParent(self)
        self._item = QWidgetItem(content)
        content.setGeometry(self.contentsRect())
        content.show()
        self._pass_on(kept=False)

    def ask_at_most(self, height: int) -> None:
        """Ask for no more than *height* whatever the content needs: the largest of its parts gives way."""
        self._most = height
        self._pass_on(kept=False)

    def sizeHint(self) -> QSize:
        """The content's, and the frame."""
        return QSize() if self._item is None else self._item.sizeHint().grownBy(self.contentsMargins())

    def minimumSizeHint(self) -> QSize:
        """The largest that the content has asked for, and the frame."""
        return self._least

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The content fills the frame."""
        super().resizeEvent(event)
        if self._item is not None:
            self._item.setGeometry(self.contentsRect())
            self._pass_on(kept=False)

    def event(self, event: QEvent) -> bool:
        """The content was laid out again, or everything has another size."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.StyleChange):
            self._pass_on(kept=event.type() == QEvent.Type.LayoutRequest)
        return super().event(event)

    def _pass_on(self, *, kept: bool = True) -> None:
        if self._item is None:
            return
        before, needed = self._least, self._item.minimumSize().grownBy(self.contentsMargins())
        self._least = (needed.expandedTo(before) if kept else needed).boundedTo(QSize(UNBOUND, self._most))
        if self._least != before:
            self.updateGeometry()
