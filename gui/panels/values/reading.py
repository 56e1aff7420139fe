"""The values as a real table, cell by cell with headers, for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialog, QWidget

from gui.look.theme import Theme
from gui.panels.values.cells import Cells
from gui.widgets.parts.table_dialog import fill_with_table

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ValuesModel(QAbstractTableModel):
    """Every cell in full."""

    def __init__(self, cells: Cells, parent: QWidget) -> None:
        super().__init__(parent)
        self._cells = cells

    def set_cells(self, cells: Cells) -> None:
        """Shows *cells*; a reader's place is kept where the rows stay the same."""
        same = cells.rows == self._cells.rows and cells.columns == self._cells.columns
        if not same:
            self.beginResetModel()
        self._cells = cells
        if same:
            self.dataChanged.emit(self.index(0, 0), self.index(len(cells.rows) - 1, cells.columns - 1))
        else:
            self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One a row of cells."""
        return 0 if parent.isValid() else len(self._cells.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """One a timestep."""
        return 0 if parent.isValid() else self._cells.columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """A cell in full, and for a screen reader its name before it."""
        row, column = index.row(), index.column()
        if not self._cells.exists(row, column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells.reading(row, column)
        return self._cells.tooltip(row, column) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The timesteps across, the quantities down."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        across = orientation == Qt.Orientation.Horizontal
        return f"t = {section + 1}" if across else self._cells.row_name(section)


class ValuesReading(QDialog):
    """A window with the values as a table; it does not block the rest.

    *Attributes*: `model`, to be given the new cells at each step.
    """

    def __init__(self, cells: Cells, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = ValuesModel(cells, self)
        fill_with_table(self, self.model, "Values by timestep", theme, (640, 420))
