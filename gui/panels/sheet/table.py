"""The table of the printed numbers: sections that open and close, a click on a number goes to its step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTreeView, QWidget

from core.network.number import Number
from core.sources.worksheets import Printed
from gui.debugger.view import View
from gui.look.theme import Theme, mix
from gui.panels.base.line_tree import set_up
from gui.panels.base.marks import State, paint_current_ground, paint_mark
from gui.panels.sheet.model import SheetModel
from gui.panels.sheet.paint import HEADER_SIZE, PAD, SheetDelegate
from gui.widgets.parts.keys import ENTER
from gui.widgets.parts.numbers import open_menu

_INDENT = 16


class SheetTable(QTreeView):
    """Symbol, printed number, computed number and verdict, by section.

    A click or Enter on a number goes to its step, on a section it opens or closes it.

    Signals:
        cursor_requested(Cursor): the user wants to go to that step.
        symbol_hovered(str): the mouse is on a number of that symbol, "" when it leaves.
    """

    cursor_requested = Signal(object)
    symbol_hovered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._numbers = SheetModel(self)
        self._cells = SheetDelegate(theme, self._numbers)
        self._current: list[QModelIndex] = []
        self._hovered = ""
        self._long: list[int] = []
        self._short: list[int] = []
        set_up(self, self._numbers, self._cells, "Printed numbers")
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.header().setSectionsMovable(False)
        self.clicked.connect(self._enter)
        self.entered.connect(self._hover)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def count(self) -> str:
        """How many numbers are checked so far, and how they compare."""
        return self._numbers.count

    def set_view(self, view: View) -> None:
        """Show what is checked, and bring the numbers of the current step into sight, else its section."""
        before = self._numbers.form
        other = self._numbers.set_view(view)
        if other:
            for group in range(self._numbers.rowCount()):
                self.setFirstColumnSpanned(group, QModelIndex(), True)
            self.expandAll()
        if other or before != view.form:
            self._measure()
        current = list(self._numbers.current()) or [self._numbers.section()]
        if current != self._current:
            self._current = current
            if current == [self._numbers.section()]:
                self.scrollTo(current[0], QAbstractItemView.ScrollHint.PositionAtTop)
                return
            # The first one last: where they are more than fit, their beginning counts.
            for index in reversed(current):
                self.scrollTo(index)

    def set_lit(self, symbol: str) -> None:
        """Light up the numbers of *symbol*."""
        self._numbers.set_lit(symbol)

    # -- what the user does ---------------------------------------------------------------------------------

    def _enter(self, index: QModelIndex) -> None:
        found = self._numbers.found(index)
        if found is not None:
            self.cursor_requested.emit(found[0].cursor)
        elif index.isValid():
            self.setExpanded(index, not self.isExpanded(index))

    def _hover(self, index: QModelIndex) -> None:
        found = self._numbers.found(index)
        symbol = "" if found is None else found[0].symbol
        if symbol != self._hovered:
            self._hovered = symbol
            self.symbol_hovered.emit(symbol)

    def leaveEvent(self, event: QEvent) -> None:
        """No number is meant any more."""
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is a click; Space is left to the window, whose Step it is."""
        if event.key() in ENTER:
            self._enter(self.currentIndex().siblingAtColumn(0))
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def number_at(self, place: QPoint | None) -> Number | None:
        """The number that is printed there; by key that of the current row."""
        found = self._numbers.found(self.currentIndex() if place is None else self.indexAt(place))
        if found is None:
            return None
        source = found[0].source
        entry = source.entry if isinstance(source, Printed) else ()
        return Number(found[0].symbol, entry, found[0].cursor.epoch)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the number of a row, as the window computes it."""
        open_menu(self, event)

    # -- how it looks ---------------------------------------------------------------------------------------

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The ground of the current and of lit numbers, below all columns."""
        px, palette, found = self._theme.px, self._theme.palette, self._numbers.found(index)
        area = QRectF(option.rect)
        area.setLeft(0)
        if found is not None and found[1].current:
            paint_current_ground(painter, area, self._theme)
            paint_mark(painter, QPointF(area.left() + px(11), area.center().y()), State.HERE, self._theme)
        elif found is None and index == self._numbers.section():
            paint_current_ground(painter, area, self._theme)
        elif found is not None and self._numbers.is_lit(found[0]):
            painter.fillRect(area, mix(palette.panel, palette.highlight, 0.8))
        super().drawRow(painter, option, index)
        at = self.currentIndex()
        if self.hasFocus() and (at.row(), at.parent()) == (index.row(), index.parent()):
            painter.setPen(QPen(palette.accent, px(1.5)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), px(4), px(4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Verdicts are written short where there is no room for more."""
        super().resizeEvent(event)
        self._share()

    def _measure(self) -> None:
        """How wide each column must be, with long and with short verdicts."""
        self._long, self._short = (self._cells.widths(short=short) for short in (False, True))
        for widths in (self._long, self._short):
            widths[0] += self.indentation()
        self._share()

    def _share(self) -> None:
        if not self._long:
            return
        room = self.viewport().width()
        self._numbers.set_short(sum(self._long) > room)
        widths = self._short if self._numbers.short else self._long
        for column, width in enumerate(widths[:-1]):
            self.setColumnWidth(column, width)
        self.setColumnWidth(len(widths) - 1, max(widths[-1], room - sum(widths[:-1])))

    def _restyle(self) -> None:
        px = self._theme.px
        self._cells.restyle()
        self.setIndentation(px(_INDENT))
        self.header().setMinimumSectionSize(1)
        padding = f"padding: {px(2)}px {px(PAD)}px; border-right: 0;"
        self.header().setStyleSheet(f"QHeaderView::section {{ {padding} font-size: {px(HEADER_SIZE)}px; }}")
        self._measure()
        self.scheduleDelayedItemsLayout()
