"""The seeing half of the values panel: it lays out, scrolls and paints; it knows no mouse and no key."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from core.epoch.epoch import Epoch
from core.writing.form import NumberFormat
from gui.look.theme import Theme
from gui.panels.values.cells import Cells
from gui.panels.values.layout import ValuesLayout, lay_out, number_width
from gui.panels.values.paint import LABELS, OUTLINE, Cell, Marks, ValuesPaint, total_rect
from gui.panels.values.table import ValuesTable
from gui.widgets.parts.focus_ring import paint_focus_ring

_MOST_PARTS = 100  # so many cells are sooner painted with all the others than one by one
_DESCRIBED = 8  # a screen reader hears of this many of the values just made


class ValuesSurface(QAbstractScrollArea):
    """Painted cells that scroll; labels, header and total stay in sight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table: ValuesTable | None = None
        self._cells: Cells | None = None
        self._layout: ValuesLayout | None = None
        self._paint: ValuesPaint | None = None
        self._unfolded: dict[str, bool] = {}
        self._highlight = ""
        self._selected: Cell | None = None
        self._measured: tuple[Epoch, NumberFormat] | None = None
        self._number_width = 0.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Values by timestep")
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self._restyle)

    @property
    def cells(self) -> Cells | None:
        """What is shown, in rows and columns."""
        return self._cells

    def set_table(self, table: ValuesTable) -> None:
        """Show *table*, with the value just computed in sight."""
        if table == self._table:
            return
        before, self._table = self._table, table
        if before is None or before.epoch.network is not table.epoch.network:
            self._cells = self._selected = None
        self._rebuild()
        if before is None or (before.t, before.written) != (table.t, table.written):
            self._show_current()

    def set_highlight(self, symbol: str) -> None:
        """Light up every cell of *symbol*, "" for none."""
        if symbol != self._highlight:
            self._highlight = symbol
            self.viewport().update()

    def set_unfolded(self, name: str, unfolded: bool) -> None:
        """Show every entry of the quantity *name*, or one strip."""
        self._unfolded[name] = unfolded
        self._rebuild()

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell stands, in the viewport's coordinates; column −1 is its label."""
        layout, cells = self._layout, self._cells
        if layout is None or cells is None:
            return QRectF()
        if row == layout.rows:
            return total_rect(layout, self._theme).translated(0, layout.top + self._seen().height())
        rect = layout.rect(row, max(column, 0)).translated(layout.left, layout.top) if row < layout.rows else QRectF()
        offset = self._offset()
        if column == LABELS:
            return QRectF(0, rect.top() - offset.y(), layout.left, rect.height())
        return rect.translated(-offset)

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell or label at a point of the viewport."""
        layout, cells = self._layout, self._cells
        if layout is None or cells is None or point.y() < layout.top:
            return None
        if point.y() >= layout.top + self._seen().height():
            return (layout.rows, 0) if self.cell_rect(layout.rows, 0).contains(point) else None
        spot = point + self._offset() - QPointF(layout.left, layout.top)
        if point.x() < layout.left:
            row = layout.row_at(spot.y())
            return None if row is None else (row, LABELS)
        cell = layout.cell_at(spot)
        return cell if cell is not None and cells.exists(*cell) else None

    def scroll_to(self, cell: Cell) -> None:
        """Bring a cell wholly into sight."""
        layout = self._layout
        if layout is None or cell[0] >= layout.rows:
            return
        rect, down = layout.rect(cell[0], max(cell[1], 0)), self.verticalScrollBar()
        down.setValue(round(min(max(down.value(), rect.bottom() - down.pageStep()), rect.top())))
        if cell[1] != LABELS:
            self._scroll_across(cell[1])

    def sizeHint(self) -> QSize:
        """Everything in sight, up to about a quarter of a screen."""
        layout, px = self._layout, self._theme.px
        if layout is None:
            return QSize(px(320), px(240))
        width, height = layout.left + layout.width, layout.top + layout.height + layout.foot
        return QSize(min(int(width) + 1, px(640)), min(int(height) + 1, px(420)))

    def minimumSizeHint(self) -> QSize:
        """The labels and one cell."""
        return QSize(self._theme.px(180), self._theme.px(120))

    def _restyle(self) -> None:
        self._measured = None
        self._rebuild()

    def _rebuild(self) -> None:
        table = self._table
        if table is None:
            return
        cells, before = Cells(table, self._unfolded, self._cells), self._cells
        measured = table.epoch, table.quantities[0].form
        if measured != self._measured:
            arrays = [quantity.values for quantity in table.quantities if not quantity.is_one_hot]
            self._number_width = number_width(arrays, measured[1], self._theme)
        if self._paint is None or measured != self._measured or self._cells is None or cells.rows != self._cells.rows:
            self._paint = self._lay_out(cells)
            if self._selected is not None and self._selected[0] >= len(cells.rows):
                self._selected = None
            self._fit()
            before = None
        self._measured, self._cells = measured, cells
        self._paint.show(cells)
        made = sorted(cells.written)[:_DESCRIBED]
        self.setAccessibleDescription("; ".join(cells.tooltip(*cell) for cell in made))
        self._update_from(before)

    def _lay_out(self, cells: Cells) -> ValuesPaint:
        """Lay *cells* out for the width that a bar for the rows leaves, whether there is one or not."""
        room = self.maximumViewportSize().width() - self.verticalScrollBar().sizeHint().width()
        self._layout = lay_out(cells, self._theme, self._number_width, room)
        return ValuesPaint(self._layout, self._theme)

    def _update_from(self, before: Cells | None) -> None:
        """Paint anew what differs from *before*, all where there was nothing."""
        layout, cells, viewport = self._layout, self._cells, self.viewport()
        if layout is None or cells is None or before is None:
            viewport.update()
            return
        reach = ceil(OUTLINE * self._theme.zoom)
        changed = cells.changed(before)
        if len(changed) > _MOST_PARTS:
            viewport.update()
            return
        for row, column in changed:
            if row < layout.rows:
                area = self.cell_rect(row, column).toAlignedRect()
                viewport.update(area.adjusted(-reach, -reach, reach, reach))
        if cells.table.t != before.table.t:
            viewport.update(0, 0, viewport.width(), ceil(layout.top))
        if cells.table.total_known != before.table.total_known or "L" in cells.table.written ^ before.table.written:
            foot = floor(layout.top + self._seen().height())
            viewport.update(0, foot, viewport.width(), viewport.height() - foot)

    def _show_current(self) -> None:
        cells = self._cells
        if cells is None or cells.table.t is None:
            return
        column = cells.table.t - 1
        rows = sorted(row for row, _ in cells.written)
        # The last one first, so that of more than fit the first is in sight.
        for row in rows[-1:] + rows[:1]:
            self.scroll_to((row, column))
        self._scroll_across(column)

    def _is_current_seen(self, size: QSize) -> bool:
        """Whether the timestep of the step was in sight when the viewport had *size*, or there was none yet."""
        layout, cells = self._layout, self._cells
        if layout is None or cells is None or cells.table.t is None:
            return False
        left = self.cell_rect(0, cells.table.t - 1).left()
        return size.isEmpty() or layout.left - 1 <= left < size.width()

    def _scroll_across(self, column: int) -> None:
        """Bring a column wholly into sight; a whole one follows the labels."""
        layout, bar = self._layout, self.horizontalScrollBar()
        if layout is None:
            return
        least = ceil((column * layout.pitch + layout.cell_width - bar.pageStep()) / layout.pitch)
        if not least * layout.pitch <= bar.value() <= column * layout.pitch:
            bar.setValue(round((least if bar.value() < least * layout.pitch else column) * layout.pitch))

    def _fit(self) -> None:
        """Sets the scroll bars to what does not fit."""
        layout = self._layout
        if layout is None:
            return
        room = QSizeF(self.maximumViewportSize())
        needed = QSizeF(layout.left + layout.width, layout.top + layout.height + layout.foot)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        # Each bar takes room that the other then has to scroll.
        if needed.height() > room.height():
            room.setWidth(room.width() - down.sizeHint().width())
        if needed.width() > room.width():
            room.setHeight(room.height() - across.sizeHint().height())
            if needed.height() > room.height() and room.width() == self.maximumViewportSize().width():
                room.setWidth(room.width() - down.sizeHint().width())
        seen = layout.seen(room)
        # To the end in whole columns, so that none is cut beside the labels.
        hidden = max(layout.width - seen.width(), 0.0)
        across.setRange(0, ceil(hidden / layout.pitch) * round(layout.pitch))
        down.setRange(0, max(ceil(layout.height - seen.height()), 0))
        for bar, page, pitch in ((across, seen.width(), layout.pitch), (down, seen.height(), layout.tops[1])):
            bar.setPageStep(max(int(page), 1))
            bar.setSingleStep(max(int(pitch), 1))

    def _seen(self) -> QSizeF:
        return self._layout.seen(QSizeF(self.viewport().size())) if self._layout else QSizeF()

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scrolls by what does not fit the new room; what the step computes stays in sight."""
        seen, cells = self._is_current_seen(event.oldSize()), self._cells
        if cells is not None and event.size().width() != event.oldSize().width():
            self._paint = self._lay_out(cells)
            self._paint.show(cells)
        self._fit()
        if seen:
            self._show_current()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints what is in sight, and a ring round the whole if the keyboard is here but at no cell yet."""
        if self._paint is None:
            return
        painter = QPainter(self.viewport())
        marks = Marks(self._highlight, self._selected, self.hasFocus())
        self._paint.paint(painter, QSizeF(self.viewport().size()), self._offset(), marks, event.region())
        if self.hasFocus() and self._selected is None:
            paint_focus_ring(painter, self.viewport().rect(), self._theme)
