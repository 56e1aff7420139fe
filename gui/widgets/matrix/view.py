"""One widget for every matrix, vector and heat map."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from core.network.number import Number
from gui.look.theme import Theme
from gui.widgets.matrix.overview import ZOOM_HINT
from gui.widgets.matrix.picture import MatrixPicture
from gui.widgets.matrix.surface import Cell, MatrixSurface
from gui.widgets.matrix.table import MatrixTable
from gui.widgets.parts.keys import ARROWS, ENTER, GRID, PLAIN, SHIFTED, watches
from gui.widgets.parts.numbers import Own, open_menu
from gui.widgets.parts.speech import announce

__all__ = ["MatrixPicture", "MatrixView", "keep_together"]

_ZOOMS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
_NOTCH = 120  # the angle of one notch of a wheel


class MatrixView(MatrixSurface):
    """A matrix whose cells can be pointed at, selected, followed and copied.

    The arrow keys move a selected cell, Enter follows it, Escape lets go of it; Ctrl+C copies its number
    in full, or the whole matrix when none is selected. A drag scrolls. The wheel with Ctrl, + and − make the cells
    larger and smaller, 0 as they were.

    Signals:
        symbol_hovered: the symbol under the mouse or selected by key; ``""`` when there is none.
        cell_hovered: row and column under the mouse, from 0; −1, −1 when there is none.
        cell_clicked: row and column clicked, or entered by key.
        symbol_clicked: the symbol of that cell, if it has one, and whether with Ctrl, to be watched.
        table_requested: the user wants to read the matrix as a table (the view opens it itself).
    """

    symbol_hovered = Signal(str)
    cell_hovered = Signal(int, int)
    cell_clicked = Signal(int, int)
    symbol_clicked = Signal(str, bool)
    table_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, whole: bool = False) -> None:
        super().__init__(theme, parent, whole=whole)
        self._symbol = ""
        self._pressed: QPoint | None = None
        self._dragged: QPoint | None = None
        self._turned = 0
        self._table: MatrixTable | None = None
        self.setProperty(GRID, True)
        self.viewport().setMouseTracking(True)
        self.table_requested.connect(self._show_table)

    def set_matrix(self, picture: MatrixPicture) -> None:
        """Shows *picture*, also in the table if that is open."""
        super().set_matrix(picture)
        if self._table is not None:
            self._table.model.set_picture(picture)

    # Pointing

    def _point_at(self, cell: Cell | None) -> None:
        """Tells the others which symbol is meant now, once for each change."""
        symbol = (self._picture.symbols(*cell) or "") if self._picture and cell else ""
        if symbol != self._symbol:
            self._symbol = symbol
            self.symbol_hovered.emit(symbol)

    def _hover(self, cell: Cell | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.viewport().update()
            self.cell_hovered.emit(*(cell or (-1, -1)))
            self._point_at(cell)

    def _select(self, cell: Cell | None) -> None:
        self._selected = cell
        self.viewport().update()

    def _enter(self, cell: Cell, *, watched: bool = False) -> None:
        """The user means this cell: by a click or by Enter; or only its symbol, to be watched."""
        self._select(cell)
        symbol = self._picture.symbols(*cell) if self._picture else None
        if not watched:
            self.cell_clicked.emit(*cell)
        if symbol:
            self.symbol_clicked.emit(symbol, watched)

    def viewportEvent(self, event: QEvent) -> bool:
        """Leaving, and a cell's number in full as its tooltip."""
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            if cell is None or self._picture is None:
                QToolTip.hideText()
            else:
                place = self.cell_rect(*cell).toAlignedRect()
                QToolTip.showText(event.globalPos(), self.tooltip_at(*cell), self.viewport(), place)
            return True
        return super().viewportEvent(event)

    def tooltip_at(self, row: int, column: int) -> str:
        """What is said of a cell, and how to see more where that helps."""
        words = self._picture.tooltip(row, column) if self._picture else ""
        return f"{words}\n{ZOOM_HINT}" if self.is_zoomable else words

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls; with Ctrl it makes the cells under the mouse larger or smaller, a size for each notch."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._turned += event.angleDelta().y()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        if notches:
            self.resize_cells(notches, event.position())
            self._hover(self.cell_at(event.position()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hovers, or scrolls once a press has become a drag."""
        point = event.position().toPoint()
        if self._pressed is None:
            self._hover(self.cell_at(event.position()))
            return
        far = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._dragged is None and not far:
            return
        moved = point - (self._dragged or self._pressed)
        self._dragged = point
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - moved.x())
        down.setValue(down.value() - moved.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position().toPoint(), None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press that did not become a drag was a click."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        cell = self.cell_at(event.position()) if self._dragged is None else None
        self._pressed = self._dragged = None
        if cell is not None:
            self._enter(cell, watched=watches(event))

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, Escape, + − 0 and copy; Space and all other keys are left to the window."""
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self._selected)
        elif key in ARROWS and event.modifiers() in PLAIN:
            self._move(*ARROWS[key])
        elif key in _ZOOMS and event.modifiers() in SHIFTED:
            self._zoom(_ZOOMS[key])
        elif key == Qt.Key.Key_0 and event.modifiers() in PLAIN:
            self.reset_cells()
        elif key in ENTER and self._selected is not None:
            self._enter(self._selected)
        elif key == Qt.Key.Key_Escape and self._selected is not None:
            self._select(None)
            self._point_at(None)
        else:
            event.ignore()

    def _move(self, down: int, right: int) -> None:
        picture = self._picture
        if picture is None:
            return
        cell = (self._selected[0] + down, self._selected[1] + right) if self._selected else (0, 0)
        if picture.exists(*cell):
            self._select(cell)
            self.scroll_to(cell)
            self._point_at(cell)
            announce(self, f"{picture.title(*cell)}: {picture.spoken(*cell)}")

    def _zoom(self, by: int) -> None:
        """Makes the cells larger or smaller round the selected one, else round the middle."""
        middle = QPointF(self.viewport().rect().center())
        self.resize_cells(by, self.cell_rect(*self._selected).center() if self._selected else middle)
        if self._selected is not None:
            self.scroll_to(self._selected)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A symbol that only the keyboard pointed at is meant no more."""
        super().focusOutEvent(event)
        self._point_at(self._hovered)
        self.viewport().update()

    # Copying, and reading as a table

    def number_at(self, place: QPoint | None) -> Number | None:
        """The cell there, if it is of a symbol; by key the selected one, or the only one."""
        cell = self._selected if place is None else self.cell_at(QPointF(place))
        if place is None and cell is None and self._picture is not None and self._picture.values.size == 1:
            cell = (0, 0)
        if self._picture is None or cell is None or not self._picture.exists(*cell):
            return None
        symbol = self._picture.symbols(*cell)
        return Number(symbol, self._picture.entries(*cell)) if symbol else None

    def _copy(self, cell: Cell | None) -> None:
        if self._picture is not None:
            text = self._picture.clipboard(*cell) if cell else self._picture.clipboard_table()
            QGuiApplication.clipboard().setText(text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the cell under the mouse, by key the selected one, and with the whole."""
        if self._picture is None:
            return
        own: list[Own | None] = [
            ("Copy matrix", lambda: self._copy(None), True),
            None,
            ("Larger entries\t+", lambda: self._zoom(1), True),
            ("Smaller entries\t−", lambda: self._zoom(-1), True),
            ("Entries of the usual size\t0", self.reset_cells, True),
            None,
            ("Read as a table…", self.table_requested.emit, True),
        ]
        open_menu(self, event, own)

    def _show_table(self) -> None:
        if self._picture is None:
            return
        if self._table is None:
            self._table = MatrixTable(self._picture, self._theme, self)
            self._table.finished.connect(self._forget_table)
        self._table.show()
        self._table.activateWindow()

    def _forget_table(self) -> None:
        self._table = None


def keep_together(views: Sequence[MatrixView]) -> None:
    """The same rows and columns of *views* stay in sight, with cells of the same size."""
    for view, other in permutations(views, 2):
        view.cells_resized.connect(other.set_cell_size)
        view.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
        view.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
