"""The tree of a trail: bars for what is added, opened as far as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem

from core.network.number import Number
from core.why.trail import Trail
from gui.look.theme import Theme
from gui.panels.why.lines import Line
from gui.widgets.parts.keys import ENTER, LETTERS
from gui.widgets.parts.numbers import open_menu

_HEIGHT, _SIZE, _SMALL, _BAR = 26, 12, 11, 56
_LINE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class TrailTree(QTreeWidget):
    """Lines that open. Left and Right close and open, Enter goes to the step, Ctrl+C copies.

    Signals:
        entered(Part): the user wants to go to the step that made it.
        symbol_hovered(str): the mouse or the keyboard is on a number of that symbol, "" when it leaves.
        copied(): the trail is to be copied.
    """

    entered_part = Signal(object)
    symbol_hovered = Signal(str)
    copy_asked = Signal()

    def __init__(self, theme: Theme, lines_of: Callable[[Trail], Iterable[Line]]) -> None:
        super().__init__()
        self._theme, self._lines_of = theme, lines_of
        self._symbol = ""
        self.setColumnCount(1)
        self.setHeaderHidden(True)
        self._cells = TrailDelegate(theme)
        self.setItemDelegate(self._cells)
        self.setAccessibleName("What the number was made of")
        self.setProperty(LETTERS, True)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.itemExpanded.connect(self._fill)
        self.itemClicked.connect(lambda item: self._follow(item))
        self.itemEntered.connect(lambda item: self._point(line_of(item)))
        self.currentItemChanged.connect(lambda item: self._point(line_of(item) if self.hasFocus() else None))
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_lines(self, lines: Iterable[Line]) -> None:
        """Show what a number was made of; the first part is where the keyboard will be."""
        self.clear()
        self.add_lines(lines)
        first = next((item for item in self._top() if line_of(item).part is not None), None)
        if first is not None:
            self.setCurrentItem(first)

    def add_lines(self, lines: Iterable[Line]) -> None:
        """Show *lines* below those that there are."""
        self.addTopLevelItems([_item(line) for line in lines])

    def rows(self) -> list[tuple[int, Line]]:
        """Every line that is open, with the depth at which it stands."""
        found: list[tuple[int, Line]] = []
        waiting = [(0, item) for item in reversed(self._top())]
        while waiting:
            depth, item = waiting.pop()
            found.append((depth, line_of(item)))
            if item.isExpanded():
                waiting += [(depth + 1, child) for child in reversed(_children(item))]
        return found

    def number_at(self, place: QPoint | None) -> Number | None:
        """The number of the line there; by key of the current one."""
        item = self.currentItem() if place is None else self.itemAt(place)
        part = line_of(item).part if item is not None else None
        return part.number if part is not None else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the number of the line, and the copy of all."""
        open_menu(self, event, [("Copy trail\tCtrl+C", self.copy_asked.emit, self.topLevelItemCount() > 0)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the step, Ctrl+C copies; Space and letters are left to the window."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.key() in ENTER:
            self._follow(self.currentItem(), by_key=True)
        elif event.text().strip() or event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What the keyboard is at is pointed at."""
        super().focusInEvent(event)
        self._point(line_of(self.currentItem()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What only the keyboard pointed at is meant no more."""
        super().focusOutEvent(event)
        self._point(None)

    def sizeHint(self) -> QSize:
        """It takes the room that is left."""
        return QSize(self._theme.px(280), self._theme.px(140))

    def minimumSizeHint(self) -> QSize:
        """Some lines."""
        return QSize(self._theme.px(160), self._theme.px(3 * _HEIGHT))

    def _top(self) -> list[QTreeWidgetItem]:
        return _children(self.invisibleRootItem())

    def _fill(self, item: QTreeWidgetItem) -> None:
        part = line_of(item).part
        if part is not None and part.opens is not None and item.childCount() == 0:
            item.addChildren([_item(line) for line in self._lines_of(part.opens())])
        for shown in (*_children(item)[-1:], item):  # as much of what is open as there is room for
            self.scrollToItem(shown)

    def _follow(self, item: QTreeWidgetItem | None, *, by_key: bool = False) -> None:
        part = line_of(item).part if item is not None else None
        if part is not None and part.place is not None:
            self.entered_part.emit(part)
        elif item is not None and part is not None and by_key:
            item.setExpanded(not item.isExpanded())

    def _point(self, line: Line | None) -> None:
        number = line.part.number if line is not None and line.part is not None else None
        symbol = number.symbol if number is not None else ""
        if symbol != self._symbol:
            self._symbol = symbol
            self.symbol_hovered.emit(symbol)

    def _restyle(self) -> None:
        self.setIndentation(self._theme.px(14))
        self.scheduleDelayedItemsLayout()


class TrailDelegate(QStyledItemDelegate):
    """Paints a line: its words, its bar, its value."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All lines have one height."""
        return QSize(0, self._theme.px(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line."""
        line, theme, px, palette = index.data(_LINE), self._theme, self._theme.px, self._theme.palette
        area = QRectF(option.rect).adjusted(px(2), 0, -px(6), 0)
        tree = option.widget
        if isinstance(tree, TrailTree) and tree.hasFocus() and tree.currentIndex() == index:
            painter.setPen(palette.accent)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -1.5, -0.5), px(4), px(4))
        middle = Qt.AlignmentFlag.AlignVCenter
        if line.part is None:
            metrics = theme.metrics(_SMALL)
            painter.setFont(theme.font(_SMALL))
            painter.setPen(palette.dim)
            painter.drawText(area, middle, metrics.elided(line.words, area.width()))
            return
        painter.setFont(theme.font(_SIZE))
        painter.setPen(palette.ink)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, line.value)
        right = area.right() - theme.metrics(_SIZE).width(line.value) - px(8)
        if line.share is not None:
            right = area.right() - px(62)
            centre = right - px(_BAR) / 2
            painter.setPen(palette.line)
            painter.drawLine(int(centre), int(area.top() + px(4)), int(centre), int(area.bottom() - px(4)))
            length = line.share * px(_BAR) / 2
            bar = QRectF(centre, area.top() + px(8), length, area.height() - px(16)).normalized()
            painter.fillRect(bar, palette.ink)
            right -= px(_BAR) + px(8)
        room = right - area.left()
        words = theme.metrics(_SIZE).elided(line.words, room)
        painter.setPen(palette.ink)
        painter.drawText(area, middle, words)
        used = theme.metrics(_SIZE).width(words) + px(8)
        fits = theme.metrics(_SMALL).width(line.aside) <= room - used or room - used > px(90)
        if line.aside and words == line.words and fits:
            painter.setFont(theme.font(_SMALL))
            painter.setPen(palette.dim)
            rest = QRectF(area.left() + used, area.top(), room - used, area.height())
            painter.drawText(rest, middle, theme.metrics(_SMALL).elided(line.aside, room - used))


def line_of(item: QTreeWidgetItem | None) -> Line:
    """What an item shows."""
    found = item.data(0, _LINE) if item is not None else None
    return found if isinstance(found, Line) else Line("")


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [child for i in range(item.childCount()) if (child := item.child(i)) is not None]


def _item(line: Line) -> QTreeWidgetItem:
    item = QTreeWidgetItem()
    item.setData(0, _LINE, line)
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, line.spoken)
    item.setToolTip(0, line.spoken)
    if line.part is None:
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    elif line.part.opens is not None:
        item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
    return item
