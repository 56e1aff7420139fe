"""The bars as a table, for reading, for screen readers and for copying."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from core.writing.form import exact
from gui.look.theme import Theme
from gui.widgets.bars.picture import BarPicture
from gui.widgets.parts.keys import ENTER

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class BarModel(QAbstractTableModel):
    """One row a computed bar: its numbers, its value and parts, the running total after it."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: BarPicture | None = None
        self._headers: tuple[str, ...] = ()

    def set_picture(self, picture: BarPicture) -> None:
        """Shows *picture*."""
        self.beginResetModel()
        self._picture = picture
        self._totals = picture.totals
        parts = (f"{name} path" for name in picture.part_names)
        self._headers = (*picture.levels, "value", *parts, "running total")
        self.endResetModel()

    def clear(self) -> None:
        """Shows nothing."""
        self.beginResetModel()
        self._picture = None
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One a bar."""
        return 0 if parent.isValid() or self._picture is None else len(self._picture.values)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Numbers, value, parts, total."""
        return 0 if parent.isValid() else len(self._headers)

    def number(self, row: int, column: int) -> float | None:
        """The number of a cell that holds a contribution or a total, None of the others."""
        picture = self._picture
        column -= len(picture.levels) if picture is not None else 0
        if picture is None or column < 0:
            return None
        if column == 0:
            return float(picture.values[row])
        parts = len(picture.part_names)
        return float(picture.part_values[row, column - 1] if column <= parts else self._totals[row])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | Qt.AlignmentFlag | None:
        """The text, in full as the tooltip, aligned right, in words for a screen reader."""
        picture, row, column = self._picture, index.row(), index.column()
        if picture is None:
            return None
        value = self.number(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            if value is not None:
                return picture.form(value)
            if picture.lead and row == 0:
                return picture.lead if column == 0 else ""
            return str(picture.slots[row][column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return picture.tooltip(row) if value is None else exact(value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole and value is not None:
            return f"{picture.label(row)}, {self._headers[column]}: {picture.form.spoken(value)}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headers[section]
        return None

    def copied(self, row: int, column: int) -> str:
        """A cell for another program: all digits, and the hyphen as minus."""
        value = self.number(row, column)
        return str(self.data(self.index(row, column)) or "") if value is None else repr(value)


class BarTable(QTableView):
    """The table of a bar chart. Ctrl+C copies the selected rows, or all, in full; Enter follows a row.

    Signals:
        place_clicked(int): a row was entered, by key or by double click.
    """

    place_clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = BarModel()
        self._model.setParent(self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.doubleClicked.connect(lambda index: self.place_clicked.emit(index.row()))
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_picture(self, picture: BarPicture) -> None:
        """Shows *picture*, with its current row selected."""
        self._model.set_picture(picture)
        self.setAccessibleName(f"{picture.name}, table")
        if picture.current is not None:
            self.selectRow(picture.current)
            self.scrollTo(self._model.index(picture.current, 0))
        self._fit_columns()

    def clear(self) -> None:
        """Shows nothing, and keeps nothing."""
        self._model.clear()

    def sizeHint(self) -> QSize:
        """Wide, and as low as it may be: it takes the height that is left."""
        return QSize(self._theme.px(420), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy and Enter; Space is left to the window."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.key() in ENTER and self.currentIndex().isValid():
            self.place_clicked.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        rows = sorted({index.row() for index in self.selectedIndexes()}) or range(self._model.rowCount())
        columns = range(self._model.columnCount())
        lines = ["\t".join(self._model.copied(row, column) for column in columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _fit_columns(self) -> None:
        """From the first rows and the headings, not from all of thousands."""
        metrics = QFontMetrics(self.font())
        rows = range(min(self._model.rowCount(), 30))
        for column in range(self._model.columnCount()):
            texts = [str(self._model.data(self._model.index(row, column)) or "") for row in rows]
            heading = self._model.headerData(column, Qt.Orientation.Horizontal) or ""
            widest = max(map(metrics.horizontalAdvance, [heading, *texts]))
            self.setColumnWidth(column, widest + self._theme.px(24))

    def _restyle(self) -> None:
        self.setFont(self._theme.font(12))
        self.verticalHeader().setDefaultSectionSize(self._theme.px(26))
        self.setMinimumHeight(self._theme.px(120))
        self._fit_columns()
