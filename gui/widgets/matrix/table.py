"""A matrix as a real table, cell by cell with headers, for screen readers and for copying parts of it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialog, QWidget

from core.writing.form import exact
from gui.look.theme import Theme
from gui.widgets.matrix.picture import MatrixPicture
from gui.widgets.parts.table_dialog import fill_with_table

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class MatrixModel(QAbstractTableModel):
    """The numbers of one picture in full."""

    def __init__(self, picture: MatrixPicture, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = picture

    def set_picture(self, picture: MatrixPicture) -> None:
        """Shows *picture*; a reader's place is kept where the size stays the same."""
        same_size = picture.values.shape == self._picture.values.shape
        if not same_size:
            self.beginResetModel()
        self._picture = picture
        if not same_size:
            self.endResetModel()
        elif self.rowCount() and self.columnCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One a row of the matrix."""
        return 0 if parent.isValid() else self._picture.rows

    def columnCount(self, parent: Index = _ROOT) -> int:
        """One a column of the matrix."""
        return 0 if parent.isValid() else self._picture.columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | Qt.AlignmentFlag | None:
        """The number itself, its alignment, and for a screen reader its words."""
        row, column = index.row(), index.column()
        if not self._picture.exists(row, column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            if self._picture.is_known(row, column):
                return exact(self._picture.values[row, column])
            return self._picture.placeholder(row, column) or "·"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._picture.title(row, column)}: {self._picture.spoken(row, column)}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The labels, or numbers counted from 1."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        across = orientation == Qt.Orientation.Horizontal
        return self._picture.column_name(section) if across else self._picture.row_name(section)


class MatrixTable(QDialog):
    """A window with one matrix as a table; it does not block the rest.

    *Attributes*: `model`, to be given each new picture.
    """

    def __init__(self, picture: MatrixPicture, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = MatrixModel(picture, self)
        fill_with_table(self, self.model, picture.name, theme, (560, 360))
