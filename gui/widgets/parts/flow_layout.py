"""A layout like words on a page: from left to right, on as many lines as it takes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Places widgets on lines, each as large as it wishes and in the middle of its line's height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gaps = QSize(12, 6)
        self._heights: dict[int, int] = {}  # by width: they are asked for many times until something changes

    def set_gaps(self, across: int, down: int) -> None:
        """Leave *across* pixels between widgets and *down* between lines."""
        self._gaps = QSize(across, down)
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        """Adds at the end."""
        self._items.append(item)
        self._heights.clear()

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item *index*, None after the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Removes the item *index*."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at *width*."""
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), apply=False)
        return self._heights[width]

    def invalidate(self) -> None:
        """Something in it has another size, or is there no more."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        """Places the widgets in *rect*."""
        super().setGeometry(rect)
        self._place(rect, apply=True)

    def sizeHint(self) -> QSize:
        """All on one line."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = self._gaps.width() * max(len(sizes) - 1, 0)
        return QSize(sum(s.width() for s in sizes) + gaps, max((s.height() for s in sizes), default=0))

    def minimumSize(self) -> QSize:
        """The widest item alone."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, apply: bool) -> int:
        lines: list[list[QLayoutItem]] = [[]]
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            if lines[-1] and x + item.sizeHint().width() > rect.width():
                lines.append([])
                x = 0
            lines[-1].append(item)
            x += item.sizeHint().width() + self._gaps.width()
        y = rect.y()
        for line in lines:
            height = max((item.sizeHint().height() for item in line), default=0)
            x = rect.x()
            for item in line:
                size = item.sizeHint()
                if apply:
                    item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + self._gaps.width()
            y += height + self._gaps.height()
        return y - rect.y() - self._gaps.height()
