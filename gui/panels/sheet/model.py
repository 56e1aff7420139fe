"""The printed numbers as an item model of two levels: sections, and the numbers in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import overload

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.writing.form import NumberFormat
from gui.debugger.view import View
from gui.panels.sheet.lines import Checker, Group, Line, Shown, counted, explained, judged, placed

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("number", "sheet", "computed", "verdict")
_ROOT = QModelIndex()


class SheetModel(QAbstractItemModel):
    """Sections with their numbers; an index of a number carries the number of its section, counted from 1.

    *Attributes*: `short`, whether verdicts are written short, for narrow panels.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.short = False
        self._view: View | None = None
        self._checker: Checker | None = None
        self._shown: tuple[tuple[Shown, ...], ...] = ()
        self._section: int | None = None
        self._lit = ""

    @property
    def groups(self) -> tuple[Group, ...]:
        """The sections that print numbers."""
        return () if self._checker is None else self._checker.groups

    @property
    def count(self) -> str:
        """How many numbers are checked so far, and how they compare."""
        return "" if self._checker is None else counted(self._shown, self._checker)

    @property
    def form(self) -> NumberFormat | None:
        """How computed numbers are written."""
        return None if self._view is None else self._view.form

    def set_short(self, short: bool) -> None:
        """Write verdicts short, or in full."""
        if short != self.short:
            self.short = short
            for row, group in enumerate(self.groups):
                self._tell(row, 0, len(group.lines) - 1)

    def set_view(self, view: View) -> bool:
        """Show *view*; only the rows that changed say so. Whether the whole list is another one."""
        sheet = view.source.worksheet
        before, checker = self._view, self._checker
        self._view = view
        if sheet is None:
            checker = None
        elif checker is None or not checker.fits(view):
            checker = Checker.made(sheet, view.training, view.program)
        shown = () if checker is None else checker.shown(view)
        other = before is None or before.source is not view.source
        if other:
            self.beginResetModel()
        everything = before is None or before.form != view.form or checker is not self._checker
        self._checker, (old, self._shown) = checker, (self._shown, shown)
        left, self._section = self._section, None if checker is None else checker.section(view)
        if other:
            self.endResetModel()
            return True
        for section in (left, self._section):
            if section is not None and left != self._section:
                self.dataChanged.emit(self.index(section, 0), self.index(section, 0))
        for row, (was, now) in enumerate(zip(old, shown, strict=True)):
            if everything or was != now:
                changed = [i for i, pair in enumerate(zip(was, now, strict=True)) if everything or pair[0] != pair[1]]
                self._tell(row, changed[0], changed[-1])
        return False

    def set_lit(self, symbol: str) -> None:
        """Light up the numbers of *symbol*."""
        before, self._lit = self._lit, symbol
        for row, group in enumerate(self.groups):
            changed = [i for i, line in enumerate(group.lines) if line.symbol in (before, symbol)]
            if changed:
                self._tell(row, changed[0], changed[-1])

    def is_lit(self, line: Line) -> bool:
        """Whether the symbol of *line* is lit."""
        return line.symbol == self._lit

    def found(self, index: Index) -> tuple[Line, Shown] | None:
        """The number at *index*; None for a section."""
        group = index.internalId()
        if not index.isValid() or group == 0:
            return None
        return self.groups[group - 1].lines[index.row()], self._shown[group - 1][index.row()]

    def section(self) -> QModelIndex:
        """The section that the current step belongs to; none where it prints nothing."""
        return QModelIndex() if self._section is None else self.index(self._section, 0)

    def current(self) -> Iterator[QModelIndex]:
        """The numbers that the current step makes."""
        for group, states in enumerate(self._shown):
            for row, shown in enumerate(states):
                if shown.current:
                    yield self.createIndex(row, 0, group + 1)

    # -- what Qt asks ---------------------------------------------------------------------------------------

    def columnCount(self, _parent: Index = _ROOT) -> int:
        """The symbol, the printed and the computed number, the verdict."""
        return len(COLUMNS)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Sections, and the numbers in one."""
        if not parent.isValid():
            return len(self.groups)
        return len(self.groups[parent.row()].lines) if parent.internalId() == 0 and parent.column() == 0 else 0

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """The index of a section, or of a number in it."""
        if not (0 <= row < self.rowCount(parent) and 0 <= column < len(COLUMNS)):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    @overload
    def parent(self) -> QObject | None: ...
    @overload
    def parent(self, child: Index) -> QModelIndex: ...
    def parent(self, child: Index | None = None) -> QObject | QModelIndex | None:
        """The section of *child*; without one, the owner of the model."""
        if child is None:
            return super().parent()
        group = child.internalId()
        return self.createIndex(group - 1, 0, 0) if child.isValid() and group else QModelIndex()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in (1, 2) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Texts; how a number is drawn is the delegate's."""
        if not index.isValid() or self._view is None:
            return None
        found = self.found(index)
        if found is None:
            wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
            is_here = role == Qt.ItemDataRole.AccessibleTextRole and index.row() == self._section
            title = self.groups[index.row()].title + (", current section" if is_here else "")
            return title if role in wanted and index.column() == 0 else None
        line, shown = found
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._view, line, shown, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return explained(line, shown, self._view)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = f"{line.label} {line.entry}".rstrip()
            here = ", current step" if shown.current else ""
            return name + here if index.column() == 0 else self._text(self._view, line, shown, index.column())
        return None

    def _text(self, view: View, line: Line, shown: Shown, column: int) -> str:
        if column == 0:
            return f"{line.label}   {line.entry}".rstrip()
        if column == 1:
            return shown.printed
        if column == 2:
            return view.form(shown.computed) if shown.computed is not None else placed(shown.place, short=self.short)
        return judged(shown.judgement, short=self.short)

    def _tell(self, group: int, first: int, last: int) -> None:
        self.dataChanged.emit(
            self.createIndex(first, 0, group + 1), self.createIndex(last, len(COLUMNS) - 1, group + 1)
        )
