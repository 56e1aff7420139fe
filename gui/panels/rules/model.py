"""A listing of the Rules panel as an item model."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.panels.rules.listing import Listing

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ListingModel(QAbstractTableModel):
    """A `Listing` as an item model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.listing = Listing((), ())

    def set_listing(self, listing: Listing) -> None:
        """Show *listing*; lines and columns that stay are kept, with what is selected."""
        rows, columns = len(listing.rows), len(listing.columns)
        if (rows, columns) == (len(self.listing.rows), len(self.listing.columns)):
            self.listing = listing
            if rows:
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, columns - 1)
                self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, columns - 1))
            return
        self.beginResetModel()
        self.listing = listing
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as the listing has."""
        return 0 if parent.isValid() else len(self.listing.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """As many as the listing has."""
        return 0 if parent.isValid() else len(self.listing.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if not index.isValid() or self.listing.rows[index.row()].look == "heading":
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.listing.columns):
            return None
        column = self.listing.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (
                Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            ) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Texts; how they are drawn is the delegate's."""
        if not index.isValid():
            return None
        row, column = self.listing.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            return row.spoken
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if column and row.note:
                return row.note if column == 1 else ""
            return row.texts[column] if column < len(row.texts) else ""
        return None
