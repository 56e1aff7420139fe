"""The tables of the Rules panel: numbers below headings, columns that give way where there is no room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from gui.look.theme import Theme, mix
from gui.panels.base.line_tree import set_up
from gui.panels.base.marks import State, paint_current_ground, paint_mark
from gui.panels.rules.listing import Listing
from gui.panels.rules.model import Index, ListingModel
from gui.widgets.parts.keys import ENTER

_HEIGHT, _SIZE, _HEADER, _PAD = 24, 12, 11, 5
_MARK = 20  # left of the first column, for the mark of the line in use
_NAME = 104  # the least width of the first column
_FAR = 40  # so much room more than it needs a column may have


class ListingDelegate(QStyledItemDelegate):
    """Draws the cells of a `ListingModel`."""

    def __init__(self, theme: Theme, model: ListingModel) -> None:
        super().__init__()
        self._theme, self._model = theme, model

    @property
    def indent(self) -> int:
        """Where the first column begins, in pixels at zoom 1: below headings there is room for the mark."""
        return _MARK if any(row.look == "heading" for row in self._model.listing.rows[:1]) else _PAD

    def widths(self) -> list[int]:
        """How wide each column would like to be, bold as its texts may become."""
        metrics, listing = QFontMetricsF(self._theme.font(_SIZE, bold=True)), self._model.listing
        titles = QFontMetricsF(self._theme.font(_HEADER))
        found = []
        for number, column in enumerate(listing.columns):
            # The longest text is the widest but for a few pixels; measuring all of thousands takes too long.
            texts = [row.texts[number] for row in listing.rows if row.look != "heading" and number < len(row.texts)]
            text = metrics.horizontalAdvance(max(texts, key=len, default=""))
            room = self._theme.px(2 * _PAD + 2 + (self.indent if number == 0 else 0))
            found.append(int(max(text, titles.horizontalAdvance(column.title))) + room)
        return found

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All lines have one height; the table itself shares out the width."""
        return QSize(0, self._theme.px(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        row, column, px = self._model.listing.rows[index.row()], index.column(), self._theme.px
        if column and row.note:
            return  # across the cells, by the table
        palette = self._theme.palette
        left = px(self.indent) if column == 0 and row.look != "heading" else px(_PAD)
        area = QRectF(option.rect).adjusted(left, 0, -px(_PAD), 0)
        bold = column in row.bold or row.look == "heading"
        colour = palette.dim if row.look in ("quiet", "heading") else palette.ink
        right = column < len(self._model.listing.columns) and self._model.listing.columns[column].right
        write(painter, area, self._model.data(index) or "", self._theme.font(_SIZE, bold=bold), colour, right=right)


class ListingTable(QTreeView):
    """A `Listing` on the screen. A click or Enter on a line chooses it, the arrow keys only go there.

    Signals:
        chosen(int): the line that was clicked or entered. visited(int): the line that the keyboard went to.
        symbol_hovered(str): the mouse is on a line of that symbol, "" when it leaves.
    """

    chosen = Signal(int)
    visited = Signal(int)
    symbol_hovered = Signal(str)

    def __init__(self, theme: Theme, name: str, least: int = 3) -> None:
        """*least*: so many lines are in sight, however low the panel is."""
        super().__init__()
        self._theme, self._least = theme, least
        self._numbers = ListingModel(self)
        self._cells = ListingDelegate(theme, self._numbers)
        self._widths: list[int] = []
        self._hovered, self._at, self._marked = "", -1, -1
        set_up(self, self._numbers, self._cells, name)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setSectionsMovable(False)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.entered.connect(self._hover)
        self.selectionModel().currentChanged.connect(lambda index: self.visited.emit(index.row()))
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def listing(self) -> Listing:
        """What is shown."""
        return self._numbers.listing

    def texts(self) -> list[tuple[str, ...]]:
        """What every line says in the columns that are in sight."""
        shown = [column for column in range(len(self.listing.columns)) if not self.isColumnHidden(column)]
        return [
            (row.texts[0], row.note) if row.note else tuple(row.texts[c] for c in shown if c < len(row.texts))
            for row in self.listing.rows
        ]

    def set_listing(self, listing: Listing, marked: int = -1) -> None:
        """Show *listing*, with an outline at the *marked* line."""
        if (listing, marked) == (self.listing, self._marked):
            return
        self._marked = marked
        self._widths = []  # while the model is reset, columns cannot be shared out
        self._numbers.set_listing(listing)
        for number, row in enumerate(listing.rows):
            if row.look == "heading" and not self.isFirstColumnSpanned(number, QModelIndex()):
                self.setFirstColumnSpanned(number, QModelIndex(), True)
            elif row.look != "heading" and self.isFirstColumnSpanned(number, QModelIndex()):
                self.setFirstColumnSpanned(number, QModelIndex(), False)
        self._measure()
        self.viewport().update()

    def columns_in_sight(self, room: int) -> Sequence[bool]:
        """Which columns fit into *room* pixels beside the first at its least: those spared first go first."""
        columns = self.listing.columns
        shown = [True] * len(columns)
        by_spare = sorted((number for number, column in enumerate(columns) if column.spare),
                          key=lambda number: -columns[number].spare)  # fmt: skip
        for number in by_spare:
            needed = self._theme.px(_NAME) + sum(self._widths[i] for i in range(1, len(columns)) if shown[i])
            if needed <= room:
                break
            shown[number] = False
        return shown

    # -- what the user does ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is a click; Space is left to the window, whose Step it is."""
        if event.key() in ENTER:
            if self.currentIndex().isValid():
                self.chosen.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No line is meant any more."""
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        at = index.row() if index.isValid() else -1
        symbol = self.listing.rows[at].symbol if at >= 0 else ""
        if at != self._at:
            self._at = at
            self.viewport().update()
        if symbol != self._hovered:
            self._hovered = symbol
            self.symbol_hovered.emit(symbol)

    # -- how it looks ---------------------------------------------------------------------------------------

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground of the line in use and of the one below the mouse, the outline of the one that is compared."""
        px, palette, row = self._theme.px, self._theme.palette, self.listing.rows[index.row()]
        area = QRectF(option.rect)
        area.setLeft(0)
        area.setRight(self.viewport().width())
        if row.look == "here":
            paint_current_ground(painter, area, self._theme)
            paint_mark(painter, QPointF(area.left() + px(11), area.center().y()), State.HERE, self._theme)
        elif index.row() == self._at and row.look != "heading":
            painter.fillRect(area, mix(palette.panel, palette.highlight, 0.6))
        super().drawRow(painter, option, index)
        if row.note:
            beyond = area.adjusted(self.columnWidth(0) + px(_PAD), 0, 0, 0)
            beyond.setRight(self.header().length() - px(_PAD))
            write(painter, beyond, row.note, self._theme.font(_SIZE), palette.dim, right=True)
        focused = self.hasFocus() and self.currentIndex().row() == index.row()
        if focused or index.row() == self._marked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(palette.accent if focused else palette.border, px(1.5) if focused else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), px(4), px(4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns give way where there is no room."""
        super().resizeEvent(event)
        self._share()

    def minimumSizeHint(self) -> QSize:
        """The names of the columns and a few lines."""
        return QSize(self._theme.px(160), self.header().sizeHint().height() + self._theme.px(self._least * _HEIGHT + 4))

    def sizeHint(self) -> QSize:
        """No more than it needs: it takes the room that is left."""
        return self.minimumSizeHint()

    def _measure(self) -> None:
        self._widths = self._cells.widths()
        self._share()

    def _share(self) -> None:
        if not self._widths:
            return
        room = self.viewport().width()
        shown = self.columns_in_sight(room)
        for number, visible in enumerate(shown):
            self.setColumnHidden(number, not visible)
        taken = sum(width for width, visible in zip(self._widths[1:], shown[1:], strict=True) if visible)
        # Never farther apart than the eye follows a line.
        apart = max(0, min((room - taken - self._widths[0]) // sum(shown), self._theme.px(_FAR)))
        for number in range(1, len(shown)):
            self.setColumnWidth(number, self._widths[number] + apart)
        left = room - taken - apart * (sum(shown) - 1)
        self.setColumnWidth(0, max(min(left, self._widths[0] + self._theme.px(_FAR)), 1))

    def _restyle(self) -> None:
        px = self._theme.px
        self.header().setMinimumSectionSize(1)
        padding = f"padding: {px(2)}px {px(_PAD)}px; border-right: 0; border-bottom: 0;"
        self.header().setStyleSheet(
            f"QHeaderView {{ border-bottom: 1px solid {self._theme.palette.line.name()}; }}"
            f"QHeaderView::section {{ {padding} font-size: {px(_HEADER)}px; }}"
        )
        self._measure()
        self.scheduleDelayedItemsLayout()


def write(painter: QPainter, area: QRectF, text: str, font: QFont, colour: QColor, *, right: bool) -> None:
    """Writes *text* on one line, elided where it does not fit."""
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
    painter.drawText(area, _side(right=right) | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


def _side(*, right: bool) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
