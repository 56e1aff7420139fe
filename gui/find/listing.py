"""The list below the field: a line for each thing found, with its keys; what is off says why."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.finding.ranking import Entry
from gui.look.theme import Theme

_MOST_ROWS, _ROW, _WIDTH, _GAP = 12, 28, 640, 10
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_SAYS = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)


def spoken(entry: Entry) -> str:
    """All of *entry*, for a screen reader and where its line is too short."""
    return ", ".join(part for part in (entry.title, _words(entry), entry.keys) if part)


def _words(entry: Entry) -> str:
    """What it is, or why it is off; of a step that there is not, only why."""
    is_command = entry.fit is None
    return f"not now: {entry.reason}" if entry.reason and is_command else entry.reason or entry.note


class Listing(QFrame):
    """What was found, over the window; it takes no keyboard, which stays in the field.

    Signals:
        chosen(Entry): a line was clicked. pointed(Entry): another line is marked.
    """

    spoken = staticmethod(spoken)
    chosen = Signal(object)
    pointed = Signal(object)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setObjectName("found")
        self.setAutoFillBackground(True)
        self.words = QLabel()
        self.words.setProperty("role", "dim")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.lines = _Lines(self)
        self.view = QListView()
        self.view.setModel(self.lines)
        self.view.setItemDelegate(_Line(theme, self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName("What was found")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.clicked.connect(lambda index: self.chosen.emit(self.lines.entries[index.row()]))
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.view)
        self._column.addWidget(self.words)
        self.hide()

    def show_entries(self, entries: list[Entry], words: str) -> None:
        """Show *entries*, the first marked, and *words* below them, if any."""
        self.lines.set_entries(entries)
        self.view.setVisible(bool(entries))
        self.words.setText(words)
        self.words.setVisible(bool(words))
        if entries:
            self.view.setCurrentIndex(self.lines.index(0))
            self.view.scrollToTop()

    def stand_below(self, field: QWidget) -> None:
        """Stand below *field*, as wide and high as it needs and the window has room."""
        px, window = self._theme.px, self.window()
        margin = px(6)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(px(4))
        corner = field.mapTo(window, field.rect().bottomLeft())
        width = min(max(px(_WIDTH), field.width()), window.width() - 2 * px(8))
        left = max(min(corner.x(), window.width() - width - px(8)), px(8))
        room = window.height() - corner.y() - px(12)
        rows = min(len(self.lines.entries), _MOST_ROWS)
        words = 0
        if self.words.text():
            words = self.words.heightForWidth(width - 2 * margin) + px(6)
        rows_high = min(rows * px(_ROW), max(room - words - 2 * margin, px(_ROW)))
        self.view.setFixedHeight(rows_high + 2)
        self.setGeometry(left, corner.y() + px(3), width, rows_high + words + 2 * margin + (px(4) if rows else 0))
        self.show()
        self.raise_()

    @property
    def current(self) -> Entry | None:
        """What is marked."""
        row = self.view.currentIndex().row()
        return self.lines.entries[row] if 0 <= row < len(self.lines.entries) else None

    def mark(self, by: int) -> None:
        """Mark the line *by* further on; from the last on to the first."""
        count = len(self.lines.entries)
        if not count:
            return
        row = self.view.currentIndex().row()
        there = (row + by) % count if abs(by) == 1 else min(max(row + by, 0), count - 1)
        self.view.setCurrentIndex(self.lines.index(there))
        self.view.scrollTo(self.lines.index(there))
        self.pointed.emit(self.lines.entries[there])


class _Lines(QAbstractListModel):
    """The entries as lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def set_entries(self, entries: list[Entry]) -> None:
        """Show others."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title, and all of it to be read aloud."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role in _SAYS:
            return spoken(entry)
        return entry if role == Qt.ItemDataRole.UserRole else None


class _Line(QStyledItemDelegate):
    """Paints title, what it is or why it is off, and the keys at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """As high as any other."""
        return QSize(0, self._theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """The ground as the style paints it, then the words."""
        entry, palette, px = index.data(Qt.ItemDataRole.UserRole), self._theme.palette, self._theme.px
        rect = option.rect
        is_marked = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_marked:
            painter.fillRect(rect, palette.highlight)
            painter.fillRect(QRect(rect.left(), rect.top(), px(3), rect.height()), palette.accent)
        inner = rect.adjusted(px(10), 0, -px(10), 0)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(self._theme.font(12))
        keys = painter.fontMetrics().horizontalAdvance(entry.keys)
        painter.setPen(palette.dim)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, entry.keys)
        room = inner.width() - keys - (px(_GAP) if keys else 0)
        painter.setFont(self._theme.font(14))
        painter.setPen(palette.dim if entry.reason else palette.ink)
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inner, align, title)
        taken = painter.fontMetrics().horizontalAdvance(title) + px(_GAP)
        painter.setFont(self._theme.font(12))
        painter.setPen(palette.dim)
        note = painter.fontMetrics().elidedText(_words(entry), Qt.TextElideMode.ElideRight, max(room - taken, 0))
        painter.drawText(inner.adjusted(taken, 0, 0, 0), align, note)
        painter.restore()
