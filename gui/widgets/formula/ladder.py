"""A chain of factors as a ladder: one row a link, with its numbers and the product so far."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.writing.form import NumberFormat, exact
from gui.look.theme import Theme
from gui.typesetting.typeset import Part
from gui.widgets.formula.ladder_layout import CELLS, MOST_CELLS, LadderLayout, LadderRow, Placed, arrange, note


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
        self._layout = LadderLayout(0, 0, 0, 0, True, ())
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
        found = (QRectF(0, p.top, self.width(), p.height).toRect() for p in self._layout.rows if not p.row.factor)
        return next(found, QRect())

    def texts(self) -> list[tuple[str, str]]:
        """The product and the note of every row, as they are written."""
        return [(self._product_text(row), row.note) for row in self._rows]

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(self._theme.px(480), round(self._layout.height) + 2)

    def minimumSizeHint(self) -> QSize:
        """Rows cannot be lower; columns shrink to this width."""
        return QSize(self._theme.px(300), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def _arrange(self) -> None:
        width = float(max(self.width(), self._theme.px(300)))
        self._layout = arrange(self._rows, width, self._theme)
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.updateGeometry()
        self.update()

    # -- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The head of the columns, then the rows, the last of them as the result."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, theme = self._theme.palette, self._theme
        painter.setFont(theme.font(12))
        painter.setPen(palette.dim)
        left, numbers = self._layout.left, self._layout.numbers
        head = QRectF(0, 0, 10_000, theme.px(20))
        painter.drawText(head.translated(left, 0), Qt.AlignmentFlag.AlignVCenter, "factor")
        painter.drawText(head.translated(numbers, 0), Qt.AlignmentFlag.AlignVCenter, "with its numbers")
        if self._layout.product > self._layout.before:
            painter.drawText(QRectF(0, 0, self._layout.product, head.height()), _RIGHT, "product so far")
        last = len(self._layout.rows) - 1
        for number, placed in enumerate(self._layout.rows):
            band = QRectF(0.5, placed.top, self.width() - 1, placed.height)
            if number == last:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(palette.highlight)
                painter.drawRoundedRect(band, theme.px(6), theme.px(6))
            self._paint_row(painter, placed, band, result=number == last)
        painter.end()

    def _paint_row(self, painter: QPainter, placed: Placed, band: QRectF, *, result: bool) -> None:
        theme, palette, row = self._theme, self._theme.palette, placed.row
        line = QRectF(band.left(), band.top(), band.width(), band.height() - (theme.px(CELLS) if placed.cells else 0))
        painter.setPen(palette.dim)
        painter.setFont(theme.font(13))
        if not row.factor:
            painter.drawText(
                line.adjusted(self._layout.left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, f"⋯   {row.note}"
            )
            return
        sign = QRectF(0, line.top(), self._layout.left - theme.px(4), line.height())
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, row.sign)
        painter.setFont(theme.font(12))
        if self._layout.has_notes:
            painter.drawText(line.adjusted(0, 0, -theme.px(8), 0), _RIGHT, note(row))
        self._paint_lit(painter, placed)
        for drawing, em, at in placed.drawings:
            drawing.paint(painter, em, at, self._colour_of)
        painter.setPen(palette.ink)
        if row.product.ndim == 2 and row.product.size > 1:
            return
        if not placed.cells:
            painter.setFont(theme.font(14, bold=result))
            right = QRectF(0, line.top(), self._layout.product, line.height())
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

    def _paint_lit(self, painter: QPainter, placed: Placed) -> None:
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
        if row.product.size > MOST_CELLS:
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
        for placed in self._layout.rows:
            if not placed.top <= point.y() < placed.top + placed.height or not placed.row.factor:
                continue
            for i, cell in enumerate(placed.cells):
                if len(placed.cells) > 1 and cell.contains(point):
                    return f"product so far, entry {i + 1} = {exact(placed.row.product[i])}"
            if placed.row.product.size == 1 and point.x() > self._layout.before:
                return f"product so far = {exact(float(np.ravel(placed.row.product)[0]))}"
            return placed.row.note
        return ""

    def _operands(self) -> Iterator[tuple[Part, QRectF]]:
        for placed in self._layout.rows:
            for drawing, em, at in placed.drawings:
                for part in drawing.operands:
                    yield part, drawing.rect(part, em, at)

    def _symbol_at(self, point: QPointF) -> str:
        for placed in self._layout.rows:
            for drawing, em, at in placed.drawings:
                part = drawing.hit(point, em, at)
                if part is not None and part.symbol:
                    return part.symbol
        return ""

    def _hover(self, symbol: str) -> None:
        if symbol != self._hovered:
            self._hovered = symbol
            self.symbol_hovered.emit(symbol)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
