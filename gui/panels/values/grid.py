"""The values panel's cells, to be pointed at, unfolded, followed and copied."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QToolTip

from core.network.number import Number
from core.network.symbols import meaning_in
from gui.look.theme import Theme
from gui.panels.values.paint import LABELS, Cell
from gui.panels.values.reading import ValuesReading
from gui.panels.values.surface import ValuesSurface
from gui.panels.values.table import ValuesTable
from gui.widgets.parts.keys import ARROWS, ENTER, GRID, PLAIN, watches
from gui.widgets.parts.numbers import Own, open_menu
from gui.widgets.parts.speech import announce


class ValuesGrid(ValuesSurface):
    """The cells with mouse and keys.

    A click on a label folds or unfolds its vector; a double click on a cell, or Enter, asks for the step that made
    it. The arrow keys move a selected cell, Left of the first column to the labels, where Enter folds; Escape lets
    go; Ctrl+C copies the cell in full, or the whole table when none is selected.

    Signals:
        symbol_hovered: the symbol under the mouse or selected by key; ``""`` when there is none.
        symbol_clicked: the symbol of the cell that was clicked with Ctrl, to be watched.
        jump_requested: the address of the step that makes a cell.
    """

    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)
    jump_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._symbol = ""
        self._pressed: Cell | None = None
        self._reading: ValuesReading | None = None
        self.setProperty(GRID, True)
        self.viewport().setMouseTracking(True)

    def set_table(self, table: ValuesTable) -> None:
        """Shows *table*, also where it is open for reading."""
        super().set_table(table)
        if self._reading is not None and self._cells is not None:
            self._reading.model.set_cells(self._cells)

    # Pointing

    def _point_at(self, cell: Cell | None) -> None:
        """Tells the others which symbol is meant now, once for each change."""
        symbol = self._cells.symbol(*cell) if self._cells and cell and cell[1] != LABELS else ""
        if symbol != self._symbol:
            self._symbol = symbol
            self.symbol_hovered.emit(symbol)

    def _select(self, cell: Cell | None) -> None:
        self._selected = cell
        self.viewport().update()

    def _fold(self, row: int) -> None:
        if self._cells is not None and self._cells.rows[row].folds:
            name = self._cells.rows[row].name
            self.set_unfolded(name, not self._cells.is_unfolded(name))

    def _jump(self, cell: Cell) -> None:
        address = self._cells.address(*cell) if self._cells else None
        if address is not None:
            self.jump_requested.emit(address)

    def viewportEvent(self, event: QEvent) -> bool:
        """Leaving, and what a cell or label is as its tooltip."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos().toPointF())
            if cell is None or self._cells is None:
                QToolTip.hideText()
            else:
                place = self.cell_rect(*cell).toAlignedRect()
                QToolTip.showText(event.globalPos(), self.tooltip_at(*cell), self.viewport(), place)
            return True
        return super().viewportEvent(event)

    def tooltip_at(self, row: int, column: int) -> str:
        """What is said of a cell; column −1 is its label."""
        if self._cells is None:
            return ""
        if column != LABELS:
            return self._cells.tooltip(row, column)
        found = self._cells.rows[row]
        meaning = f"{self._cells.row_name(row)}: {meaning_in(found.name, self._cells.network).words}"
        if found.kind in ("letters", "predicted"):
            meaning = "The letter read → the letter wanted" if found.kind == "letters" else "The most probable letter"
        return self._cells.network.spoken(meaning) + (". Click to fold or unfold." if found.folds else "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells what is under the mouse."""
        self._point_at(self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self.cell_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends a click on the cell where it began."""
        cell, self._pressed = self._pressed, None
        if cell is None or cell != self.cell_at(event.position()) or self._cells is None:
            return
        if cell[1] == LABELS:
            self._fold(cell[0])
        else:
            self._select(cell)
            if watches(event):
                self.symbol_clicked.emit(self._cells.symbol(*cell), True)
            else:
                self._jump(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A label folds at every click; to a cell the first click has gone already."""
        cell = self.cell_at(event.position())
        if cell is not None and cell[1] == LABELS:
            self._pressed = cell

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, Escape and copy; Space and all other keys are left to the window."""
        key, selected = Qt.Key(event.key()), self._selected
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy(selected)
        elif key in ARROWS and event.modifiers() in PLAIN:
            self._move(*ARROWS[key])
        elif key in ENTER and selected is not None:
            self._fold(selected[0]) if selected[1] == LABELS else self._jump(selected)
        elif key == Qt.Key.Key_Escape and selected is not None:
            self._select(None)
            self._point_at(None)
        else:
            event.ignore()

    def _move(self, down: int, right: int) -> None:
        cells = self._cells
        if cells is None:
            return
        row, column = self._selected or (0 - down, 0 - right)
        row, column = row + down, column + right
        # Over places where there is no cell, such as the future of an attention row.
        while 0 <= row < len(cells.rows) and 0 <= column < cells.columns and not cells.exists(row, column):
            if row == len(cells.rows) - 1:
                column = 0
            else:
                row, column = row + down, column + right
        is_label = column == LABELS and 0 <= row < len(cells.rows) - 1
        if not (is_label or cells.exists(row, column)):
            return
        self._select((row, column))
        self.scroll_to((row, column))
        self._point_at((row, column))
        announce(self, self.tooltip_at(row, column))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A symbol that only the keyboard pointed at is meant no more."""
        super().focusOutEvent(event)
        self._point_at(None)
        self.viewport().update()

    # Copying, and reading as a table

    def copy(self, cell: Cell | None) -> None:
        """Copies one cell in full, or the whole table."""
        cells = self._cells
        if cells is None:
            return
        if cell is not None and cell[1] != LABELS:
            text = cells.clipboard(*cell)
        else:
            header = "\t".join(["", *(f"t = {t}" for t in range(1, cells.columns + 1))])
            lines = (
                "\t".join([cells.row_name(i), *(cells.clipboard(i, j) for j in range(cells.columns))])
                for i in range(len(cells.rows))
            )
            text = "\n".join([header, *lines])
        QGuiApplication.clipboard().setText(text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the cell under the mouse, by key the selected one, and with the whole."""
        if self._cells is None:
            return
        own: list[Own | None] = [
            ("Copy table", lambda: self.copy(None), True),
            None,
            ("Read as a table…", self.show_reading, True),
        ]
        open_menu(self, event, own)

    def number_at(self, place: QPoint | None) -> Number | None:
        """The cell there; by key the selected one."""
        cell = self._selected if place is None else self.cell_at(QPointF(place))
        if self._cells is None or cell is None or cell[1] == LABELS or not self._cells.exists(*cell):
            return None
        row = self._cells.rows[cell[0]]
        return Number(self._cells.symbol(*cell), (row.entry,) if row.kind == "number" else ())

    def show_reading(self) -> None:
        """Opens the whole as a real table, cell by cell, for screen readers."""
        if self._cells is None:
            return
        if self._reading is None:
            self._reading = ValuesReading(self._cells, self._theme, self)
            self._reading.finished.connect(self._forget_reading)
        self._reading.show()
        self._reading.activateWindow()

    def _forget_reading(self) -> None:
        self._reading = None
