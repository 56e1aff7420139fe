"""A chain of factors as a ladder: one row a link, with its numbers and the product so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.network import Array
from core.numbers import NumberFormat, exact
from core.tex import Pieces
from gui.theme import Theme
from gui.typeset import Drawing, Part, layout

_FACTOR_EM, _NUMBER_EM = 17.0, 15.0
_SMALLEST = 0.6  # of the nominal size, for a drawing that is wider than its column
_ROW, _CELLS = 24.0, 25.0
_MOST_CELLS = 16  # a longer vector shows its size instead of its numbers


@dataclass(frozen=True, slots=True, eq=False)
class LadderRow:
    """One link. *product*: the product so far, one number or a vector (H). *note*: what the factor is.

    A row without *factor* stands for the links that are left out; its note says how many.
    """

    sign: str
    factor: Pieces
    numbers: Pieces
    product: Array
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A row with its place and its drawings, fitted to their columns."""

    row: LadderRow
    top: float
    height: float
    drawings: tuple[tuple[Drawing, float, QPointF], ...]
    cells: tuple[QRectF, ...]


class LadderView(QWidget):
    """Shows the links of a term from the loss back to one use of the parameter.

    Signals:
        symbol_hovered(str): the operand under the mouse, "" when it leaves.
        symbol_clicked(str): an operand was clicked.
        elision_clicked(): the row of the links that are left out was clicked.
    """

    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str)
    elision_clicked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[LadderRow, ...] = ()
        self._form = NumberFormat()
        self._placed: tuple[_Placed, ...] = ()
        self._highlight = self._hovered = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._arrange)

    def set_rows(self, rows: tuple[LadderRow, ...], form: NumberFormat, words: str) -> None:
        """Show *rows*, the last one as the result; *words* describe it to a screen reader."""
        self._rows, self._form = rows, form
        self.setAccessibleName("The term, factor by factor")
        self.setAccessibleDescription(words)
        self._arrange()

    def set_highlight(self, symbol: str) -> None:
        """Mark every part of *symbol*, "" for none."""
        if symbol != self._highlight:
            self._highlight = symbol
            self.update()

    def operand_rect(self, symbol: str) -> QRect:
        """Where the first part of *symbol* stands; empty where there is none."""
        found = (rect.toAlignedRect() for part, rect in self._operands() if part.symbol == symbol)
        return next(found, QRect())

    def elision_rect(self) -> QRect:
        """Where the row of the links that are left out stands; empty where all are shown."""
        found = (QRectF(0, p.top, self.width(), p.height).toRect() for p in self._placed if not p.row.factor)
        return next(found, QRect())

    def texts(self) -> list[tuple[str, str]]:
        """The product and the note of every row, as they are written."""
        return [(self._product_text(row), row.note) for row in self._rows]

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        bottom = self._placed[-1].top + self._placed[-1].height if self._placed else 0
        return QSize(self._theme.px(480), round(bottom) + 2)

    def minimumSizeHint(self) -> QSize:
        """Rows cannot be lower; columns shrink to this width."""
        return QSize(self._theme.px(300), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        if event.size().width() != event.oldSize().width():
            self._arrange()

    # -- arranging ------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        theme, width = self._theme, float(max(self.width(), self._theme.px(300)))
        vector = any(map(_is_vector, self._rows))
        left = theme.px(22)
        factors = [layout(row.factor) if row.factor else None for row in self._rows]
        em = float(theme.px(_FACTOR_EM))
        first = max((drawing.size(em).width() for drawing in factors if drawing), default=0.0)
        first = min(first, width * 0.36)
        self._columns = (left, left + first + theme.px(16), *self._right_columns(width, vector))
        top = float(theme.px(22))
        placed: list[_Placed] = []
        for row, factor in zip(self._rows, factors, strict=True):
            drawings: list[tuple[Drawing, float]] = []
            room = (first, self._columns[2] - self._columns[1] - theme.px(14))
            for drawing, size, space in (
                (factor, _FACTOR_EM, room[0]),
                (layout(row.numbers) if row.numbers else None, _NUMBER_EM, room[1]),
            ):
                if drawing is not None:
                    nominal = float(theme.px(size))
                    wide = drawing.size(nominal).width()
                    drawings.append((drawing, nominal * max(min(1.0, space / wide if wide else 1.0), _SMALLEST)))
                else:
                    drawings.append((layout(()), 1.0))
            height = max(theme.px(_ROW), *(d.size(size).height() + theme.px(4) for d, size in drawings))
            middle = top + height / 2
            at = tuple(
                (drawing, size, QPointF(self._columns[i], middle - drawing.size(size).height() / 2))
                for i, (drawing, size) in enumerate(drawings)
            )
            cells = self._cells(row, top + height, width) if row.factor and _is_vector(row) else ()
            height += theme.px(_CELLS) if cells else 0
            placed.append(_Placed(row, top, height, at if row.factor else (), cells))
            top += height
        self._placed = tuple(placed)
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.updateGeometry()
        self.update()

    def _right_columns(self, width: float, vector: bool) -> tuple[float, float]:
        """The right edge of the numbers and of the product; a vector's product has a line of its own."""
        notes = QFontMetricsF(self._theme.font(12))
        note = max((notes.horizontalAdvance(_note(row)) for row in self._rows), default=0.0)
        right = width - note - self._theme.px(26)
        return (right, right) if vector else (right - self._theme.px(96), right)

    def _cells(self, row: LadderRow, top: float, width: float) -> tuple[QRectF, ...]:
        if row.product.size > _MOST_CELLS:
            return (QRectF(self._columns[0], top, width - self._columns[0] - 8, self._theme.px(_CELLS - 5)),)
        each = min(self._theme.px(70), (width - self._columns[0] - 8) / row.product.size)
        return tuple(
            QRectF(self._columns[0] + i * each, top, each - 3, self._theme.px(_CELLS - 5))
            for i in range(row.product.size)
        )

    # -- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The head of the columns, then the rows, the last of them as the result."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, theme = self._theme.palette, self._theme
        painter.setFont(theme.font(12))
        painter.setPen(palette.dim)
        left, numbers, before, product = self._columns
        head = QRectF(0, 0, 10_000, theme.px(20))
        painter.drawText(head.translated(left, 0), Qt.AlignmentFlag.AlignVCenter, "factor")
        painter.drawText(head.translated(numbers, 0), Qt.AlignmentFlag.AlignVCenter, "with its numbers")
        if product > before:
            painter.drawText(QRectF(0, 0, product, head.height()), _RIGHT, "product so far")
        last = len(self._placed) - 1
        for number, placed in enumerate(self._placed):
            band = QRectF(0.5, placed.top, self.width() - 1, placed.height)
            if number == last:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(palette.highlight)
                painter.drawRoundedRect(band, theme.px(6), theme.px(6))
            self._paint_row(painter, placed, band, result=number == last)
        painter.end()

    def _paint_row(self, painter: QPainter, placed: _Placed, band: QRectF, *, result: bool) -> None:
        theme, palette, row = self._theme, self._theme.palette, placed.row
        line = QRectF(band.left(), band.top(), band.width(), band.height() - (theme.px(_CELLS) if placed.cells else 0))
        painter.setPen(palette.dim)
        painter.setFont(theme.font(13))
        if not row.factor:
            painter.drawText(line.adjusted(self._columns[0], 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, f"⋯   {row.note}")
            return
        sign = QRectF(0, line.top(), self._columns[0] - theme.px(4), line.height())
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, row.sign)
        painter.setFont(theme.font(12))
        painter.drawText(line.adjusted(0, 0, -theme.px(8), 0), _RIGHT, _note(row))
        self._paint_lit(painter, placed)
        for drawing, em, at in placed.drawings:
            drawing.paint(painter, em, at, self._colour_of)
        painter.setPen(palette.ink)
        if row.product.ndim == 2 and row.product.size > 1:
            return
        if not placed.cells:
            painter.setFont(theme.font(14, bold=result))
            right = QRectF(0, line.top(), self._columns[3], line.height())
            painter.drawText(right, _RIGHT, self._product_text(row))
            return
        if len(placed.cells) == 1:
            painter.drawText(placed.cells[0], Qt.AlignmentFlag.AlignVCenter, self._product_text(row))
            return
        largest = float(np.max(np.abs(row.product), initial=0.0)) or 1.0
        for cell, value in zip(placed.cells, row.product, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.shade(float(value) / largest))
            painter.drawRoundedRect(cell, 3, 3)
            painter.setPen(palette.ink)
            text = self._form(float(value))
            painter.setFont(theme.font(12, bold=result))
            if QFontMetricsF(painter.font()).horizontalAdvance(text) <= cell.width() - 2:
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_lit(self, painter: QPainter, placed: _Placed) -> None:
        if not self._highlight:
            return
        painter.setPen(QPen(self._theme.palette.accent, 1))
        painter.setBrush(self._theme.palette.highlight)
        for drawing, em, at in placed.drawings:
            for part in drawing.operands:
                if part.symbol == self._highlight:
                    painter.drawRoundedRect(drawing.rect(part, em, at).adjusted(-3, -2, 3, 2), 4, 4)

    def _colour_of(self, part: Part) -> QColor:
        return self._theme.palette.families.get(part.family, self._theme.palette.ink)

    def _product_text(self, row: LadderRow) -> str:
        if not row.factor:
            return ""
        if row.product.size == 1:
            return self._form(float(np.ravel(row.product)[0]))
        if row.product.ndim == 2:
            return "×".join(map(str, row.product.shape))
        if row.product.size > _MOST_CELLS:
            return f"{row.product.size} numbers, the largest {self._form(float(np.max(np.abs(row.product))))}"
        return ", ".join(self._form(float(value)) for value in row.product)

    # -- pointing -------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the operand under the mouse."""
        self._hover(self._symbol_at(event.position()))
        over = self._hovered or self.elision_rect().contains(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, _event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._hover("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pin an operand, or show the links that are left out."""
        symbol = self._symbol_at(event.position())
        if symbol:
            self.symbol_clicked.emit(symbol)
        elif self.elision_rect().contains(event.position().toPoint()):
            self.elision_clicked.emit()

    def event(self, event: QEvent) -> bool:
        """The products in full as tooltips."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tooltip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _tooltip(self, point: QPointF) -> str:
        for placed in self._placed:
            if not placed.top <= point.y() < placed.top + placed.height or not placed.row.factor:
                continue
            for i, cell in enumerate(placed.cells):
                if len(placed.cells) > 1 and cell.contains(point):
                    return f"product so far, entry {i + 1} = {exact(placed.row.product[i])}"
            if placed.row.product.size == 1 and point.x() > self._columns[2]:
                return f"product so far = {exact(float(np.ravel(placed.row.product)[0]))}"
            return placed.row.note
        return ""

    def _operands(self) -> Iterator[tuple[Part, QRectF]]:
        for placed in self._placed:
            for drawing, em, at in placed.drawings:
                for part in drawing.operands:
                    yield part, drawing.rect(part, em, at)

    def _symbol_at(self, point: QPointF) -> str:
        for placed in self._placed:
            for drawing, em, at in placed.drawings:
                part = drawing.hit(point, em, at)
                if part is not None and part.symbol:
                    return part.symbol
        return ""

    def _hover(self, symbol: str) -> None:
        if symbol != self._hovered:
            self._hovered = symbol
            self.symbol_hovered.emit(symbol)


def _note(row: LadderRow) -> str:
    """What the factor is; of the last one, where its product is shown."""
    if row.product.ndim < 2 or row.product.size == 1:
        return row.note
    return f"{row.note}: {row.product.shape[0]}×{row.product.shape[1]}, below"


def _is_vector(row: LadderRow) -> bool:
    return row.product.ndim == 1 and row.product.size > 1


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
