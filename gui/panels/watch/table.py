"""The two lists of the Watch panel: what is watched, with its numbers, and the stops, with their notes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar, cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from gui.look.theme import Theme
from gui.panels.watch.state import StopRow, WatchRow
from gui.widgets.parts.keys import ENTER

_CURVE = Qt.ItemDataRole.UserRole
_EDITABLE = Qt.ItemDataRole.UserRole + 1
_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsEditable
    | Qt.ItemFlag.ItemIsUserCheckable
)
_CHECKED = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked}


Cells = tuple[tuple[str, ...], bool]  # the texts of a row, and whether it is ticked


class List(QTreeWidget):
    """Rows that can be edited, removed, and gone to.

    Signals:
        edited(int, int, str): the text of that row and column is to be another. ticked(int, bool): the tick of a row.
        removed(int): the row is to go. followed(int): the row was clicked, or entered by key.
    """

    edited = Signal(int, int, str)
    ticked = Signal(int, bool)
    removed = Signal(int)
    followed = Signal(int)
    tick_words: ClassVar[str] = "On"

    def __init__(self, theme: Theme, name: str, headings: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._written: list[Cells] = []
        self._was_ticked = False
        self.setAccessibleName(name)
        self.setHeaderLabels(list(headings))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.header().setSectionsMovable(False)
        self.header().setStretchLastSection(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the panel scrolls
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._cells = _Cells(self)
        self.setItemDelegate(self._cells)
        self.itemChanged.connect(self._change)
        self.itemClicked.connect(self._follow)

    def fit(self) -> None:
        """Be as high as all rows."""
        rows = sum(self.sizeHintForRow(row) for row in range(self.topLevelItemCount()))
        self.setFixedHeight(self.header().sizeHint().height() + rows + 2 * self.frameWidth() + 2)

    def edit_row(self, row: int, column: int) -> None:
        """Begin to edit a cell, or go on where that is being done."""
        item = self.topLevelItem(row)
        field = None if item is None else self.itemWidget(item, column)
        (field or self).setFocus(Qt.FocusReason.ShortcutFocusReason)
        if item is not None and field is None:
            self.setCurrentItem(item, column)
            self.editItem(item, column)

    def put(self, rows: Sequence[Cells]) -> list[QTreeWidgetItem]:
        """Show *rows*, each its texts and whether it is ticked; an item each."""
        self._leave_others(rows)
        with QSignalBlocker(self):
            while self.topLevelItemCount() > len(rows):
                self.takeTopLevelItem(self.topLevelItemCount() - 1)
            while self.topLevelItemCount() < len(rows):
                self.addTopLevelItem(QTreeWidgetItem())
            items = [item for row in range(len(rows)) if (item := self.topLevelItem(row)) is not None]
            for item, (texts, ticked) in zip(items, rows, strict=True):
                item.setFlags(_FLAGS)
                for column, text in enumerate(texts):
                    item.setText(column, text)
                item.setCheckState(0, _CHECKED[ticked])
        self._written = list(rows)
        return items

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the row, Enter goes where it leads, Space ticks it."""
        item = self.currentItem()
        row = -1 if item is None else self.indexOfTopLevelItem(item)
        if row >= 0 and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(row)
        elif row >= 0 and event.key() in ENTER:
            self.followed.emit(row)
        elif row >= 0 and event.key() == Qt.Key.Key_Space:
            self.ticked.emit(row, not self._written[row][1])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a row."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        if item is None:
            return
        row = self.indexOfTopLevelItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Go there\tEnter", lambda: self.followed.emit(row))
        column = next((c for c in range(self.columnCount()) if item.data(c, _EDITABLE)), -1)
        if column >= 0:
            menu.addAction("&Edit\tF2", lambda: self.edit_row(row, column))
        tick = menu.addAction(f"&{self.tick_words}\tSpace", lambda: self.ticked.emit(row, not self._written[row][1]))
        tick.setCheckable(True)
        tick.setChecked(self._written[row][1])
        menu.addAction("&Remove\tDel", lambda: self.removed.emit(row))
        spot = self.viewport().mapToGlobal(self.visualItemRect(item).center())
        menu.popup(spot if by_key else event.globalPos())

    def set_editable(self, item: QTreeWidgetItem, columns: frozenset[int]) -> None:
        """Which cells of *item* can be written otherwise."""
        with QSignalBlocker(self):
            for column in range(self.columnCount()):
                item.setData(column, _EDITABLE, column in columns)

    def _leave_others(self, rows: Sequence[Cells]) -> None:
        """What is being written is about what stands in its row: where *rows* have another there, it is given up."""
        for row, (before, now) in enumerate(zip_longest(self._written, rows)):
            item = self.topLevelItem(row)
            if item is None or (before is not None and now is not None and _name(before) == _name(now)):
                continue
            for column in range(self.columnCount()):
                if (field := self.itemWidget(item, column)) is not None:
                    self._cells.closeEditor.emit(field, QAbstractItemDelegate.EndEditHint.RevertModelCache)

    def _change(self, item: QTreeWidgetItem, column: int) -> None:
        """What the user changed is asked for, and comes back as a view."""
        row = self.indexOfTopLevelItem(item)
        if not 0 <= row < len(self._written):
            return
        texts, ticked = self._written[row]
        if column == 0 and (item.checkState(column) == Qt.CheckState.Checked) != ticked:
            self._was_ticked = True
            self.ticked.emit(row, not ticked)
        elif item.text(column) != texts[column]:
            self.edited.emit(row, column, item.text(column))  # the same too: what stands below it comes back

    def _follow(self, item: QTreeWidgetItem) -> None:
        """Go where a row leads; a click on its tick leads nowhere."""
        if not self._was_ticked:
            self.followed.emit(self.indexOfTopLevelItem(item))
        self._was_ticked = False


class WatchList(List):
    """What is watched: its number now, before, the change, its curve over the epochs, and whether running stops where
    it changes.
    """

    tick_words = "Stop when it changes"

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "Watched", ("watched, now", "before, change", ""), parent)
        self._curve = _Curve(theme, self)
        self.setItemDelegateForColumn(2, self._curve)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tips = {
            0: "Its value at this step; ticked, running stops where it changes",
            1: "What it was before: in the epoch before, or at a step of this one",
            2: "Over the epochs, one after the other",
        }
        for column, tip in tips.items():
            self.headerItem().setToolTip(column, tip)

    def show_rows(self, rows: Sequence[WatchRow], curves: Sequence[Sequence[float]]) -> None:
        """Show *rows* with their *curves*."""
        self.setColumnWidth(2, self._theme.px(48))
        palette = self._theme.palette
        for item, row, curve in zip(self.put(list(map(_cells, rows))), rows, curves, strict=True):
            self.set_editable(item, frozenset({0}))
            with QSignalBlocker(self):
                item.setData(2, _CURVE, list(curve))
                for column in range(3):
                    item.setToolTip(column, row.tip)
                    item.setForeground(column, palette.dim if row.problem or column else palette.ink)
        self.fit()


class StopList(List):
    """The stops: whether they are on, what they say, and their notes."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "Stops", ("stop at", "note"), parent)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: Sequence[StopRow]) -> None:
        """Show *rows*; what cannot stop here is grey and says why. Notes take half of the width, once there are any."""
        is_noted = any(row.note or row.problem for row in rows)
        modes = QHeaderView.ResizeMode
        self.header().setSectionResizeMode(0, modes.Stretch if is_noted else modes.ResizeToContents)
        for item, row in zip(self.put([((row.words, row.note), row.is_on) for row in rows]), rows, strict=True):
            self.set_editable(item, frozenset({0, 1} if row.is_condition else {1}))
            with QSignalBlocker(self):
                said = row.problem and f"{row.problem[:1].upper()}{row.problem[1:]}"
                ink = self._theme.palette.dim if row.problem or not row.is_on else self._theme.palette.ink
                for column in range(2):
                    item.setToolTip(column, said or (row.note if column else row.words))
                    item.setForeground(column, ink)
                if row.problem and not row.note:
                    item.setText(1, said)
                    self._written[self.indexOfTopLevelItem(item)] = ((row.words, said), row.is_on)
        self.fit()


def _name(cells: Cells) -> str:
    """What a row is about."""
    return cells[0][0].partition("\n")[0]


def _cells(row: WatchRow) -> Cells:
    before = f"{row.before} ({row.where})" if row.before else ""
    change = f"change {row.change}" if row.change else ""
    return (f"{row.written}\n{row.problem or row.now}", f"{before}\n{change}", ""), row.stops


class _Cells(QStyledItemDelegate):
    """Cells, of which only those that can be written otherwise are edited."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A field, where there may be one."""
        return super().createEditor(parent, option, index) if index.data(_EDITABLE) else cast(QWidget, None)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """What can be written is the first line."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data()).partition("\n")[0])


class _Curve(_Cells):
    """A small curve."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws one, with a dot at its end; what is not finite leaves a gap."""
        super().paint(painter, option, index)
        values = [value for value in index.data(_CURVE) or [] if value - value == 0]
        if len(values) < 2:
            return
        px = self._theme.px
        area = QRectF(option.rect).adjusted(px(4), px(5), -px(4), -px(5))
        low, high = min(values), max(values)
        scale = area.height() / (high - low) if high > low else 0.0
        points = [
            QPointF(area.left() + area.width() * place / (len(values) - 1), area.bottom() - (value - low) * scale)
            for place, value in enumerate(values)
        ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.palette.ink, px(12) / 10))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(self._theme.palette.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(points[-1], px(2), px(2))
        painter.restore()
