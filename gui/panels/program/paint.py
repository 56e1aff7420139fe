"""How a line of the program tree is drawn: its words, its total, and at the right edge whether it is done."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.look.theme import Theme, mix
from gui.panels.base.marks import State, paint_mark
from gui.panels.program.tree import ProgramModel, Row

_HEIGHT = 24
_MARK = 22  # the column of marks
_PAD = 5
_GAP = 10  # between the words and the total
_SIZE = 13
_STATES = QStyle.StateFlag
_OPEN, _OVER, _FOCUSED = (flag.value for flag in (_STATES.State_Open, _STATES.State_MouseOver, _STATES.State_HasFocus))


class ProgramDelegate(QStyledItemDelegate):
    """Draws the rows of a `ProgramModel`."""

    def __init__(self, theme: Theme, model: ProgramModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the words, the total and the mark."""
        px, row = self._theme.px, self._model.row(index)
        # Always as wide as the bold words, so that nothing moves when the cursor comes by.
        width = px(_PAD) + self._theme.metrics(_SIZE, bold=True).width(row.label.text) + px(_MARK)
        if row.total:
            width += px(_GAP) + self._theme.metrics(_SIZE).width(row.total)
        return QSize(int(width) + 1, px(_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws one row."""
        px, palette, row = self._theme.px, self._theme.palette, self._model.row(index)
        flags = option.state.value  # a number: flags of Qt for Python take as long to ask as a line to paint
        area = QRectF(option.rect)
        current = self.is_current(row, closed=not flags & _OPEN)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if flags & _OVER and not current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(palette.panel, palette.highlight, 0.6))
            painter.drawRoundedRect(area, px(4), px(4))
        if flags & _FOCUSED:
            painter.setPen(QPen(palette.accent, px(1.5)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), px(4), px(4))
        # At the edge of what is in sight, however wide the lines are and however they are scrolled.
        right = min(area.right(), _room(option))
        mark = QRectF(right - px(_MARK), area.top(), px(_MARK), area.height())
        words = QRectF(area.left() + px(_PAD), area.top(), mark.left() - area.left() - px(_PAD), area.height())
        self._words(painter, words, row, current)
        if current:
            paint_mark(painter, mark.center(), State.HERE, self._theme)
        elif row.state is not State.HERE:
            paint_mark(painter, mark.center(), row.state, self._theme)
        painter.restore()

    def note_left(self, index: QModelIndex | QPersistentModelIndex) -> float:
        """Where the words that stand apart begin, from the left of the line."""
        label = self._model.row(index).label
        words = self._theme.metrics(_SIZE, bold=True)
        return self._theme.px(_PAD) + words.width(f"{label.before}{label.name} ")

    @staticmethod
    def is_current(row: Row, *, closed: bool) -> bool:
        """Whether a row is the one to light: the current step, or the closed line that hides it."""
        return row.state is State.HERE and (row.is_step or closed)

    def _words(self, painter: QPainter, area: QRectF, row: Row, current: bool) -> None:
        palette = self._theme.palette
        ink = palette.dim if row.state is State.TO_COME else palette.ink
        painter.setPen(palette.accent if current else ink)
        room = area.width()
        if row.total:
            room -= self._theme.metrics(_SIZE).width(row.total) + self._theme.px(_GAP)
            self._theme.metrics(_SIZE).write(painter, area, row.total, 1)
        metrics = self._theme.metrics(_SIZE, bold=current or row.is_heading)
        metrics.write(painter, area, metrics.elided(row.label.text, room + 1))


def _room(option: QStyleOptionViewItem) -> float:
    """The width of the viewport that the row is painted in."""
    view = option.widget
    return view.viewport().width() if isinstance(view, QAbstractScrollArea) else option.rect.right()
