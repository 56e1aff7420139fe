"""A frame that lets a change inside it move nothing outside."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget, QWidgetItem


class Still(QFrame):
    """Holds one widget and passes on only a change of the least size that it asks for.

    Within nested layouts every new text of a label has the whole window laid out and painted again, also where
    nothing changes its size.
    """

    def __init__(self, content: QWidget | None = None) -> None:
        super().__init__()
        self._item: QWidgetItem | None = None
        self._least = QSize()
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
        self._pass_on()

    def sizeHint(self) -> QSize:
        """The content's, and the frame."""
        return QSize() if self._item is None else self._item.sizeHint().grownBy(self.contentsMargins())

    def minimumSizeHint(self) -> QSize:
        """The content's, and the frame."""
        return QSize() if self._item is None else self._item.minimumSize().grownBy(self.contentsMargins())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The content fills the frame."""
        super().resizeEvent(event)
        if self._item is not None:
            self._item.setGeometry(self.contentsRect())

    def event(self, event: QEvent) -> bool:
        """The content was laid out again."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._pass_on()
        return super().event(event)

    def _pass_on(self) -> None:
        before, self._least = self._least, self.minimumSizeHint()
        if self._least != before:
            self.updateGeometry()
