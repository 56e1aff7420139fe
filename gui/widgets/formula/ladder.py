"""A chain of factors as a ladder: one row a link, with its numbers and the product so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.network.glossary import explained
from core.network.number import Number
from core.writing.form import NumberFormat, exact
from gui.look.names import in_lines
from gui.look.theme import Theme
from gui.typesetting.typeset import Part
from gui.widgets.formula.ladder_layout import MOST_CELLS, Arrangements, Ladder, LadderLayout, LadderRow, Placed, note
from gui.widgets.parts.focus_ring import paint_focus_ring
from gui.widgets.parts.keys import ENTER, PLAIN, asks_for_key, watches
from gui.widgets.parts.numbers import open_menu

_EDGE = 2  # pixels below the last row, for the ring of the focus
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LadderView(QWidget):
    """Shows the links of a term from the loss back to one use of the parameter, as high as there is room for.

    A row with a triangle opens where it is clicked; with the keyboard, Up and Down move between such rows and Enter
    opens.

    Signals:
        symbol_hovered(str): the operand under the mouse, "" when it leaves.
        symbol_clicked(str, bool): an operand was clicked, with Ctrl to be watched.
        toggled(int): the row of that key should open, or close.
    """

    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)
    toggled = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ladder = Ladder()
        self._form = NumberFormat()
        self._arrangements = Arrangements(self._ladder, 0.0, self._form, theme)
        self._layout = LadderLayout()
        self._room = 0.0
        self._highlight = self._hovered = ""
        self._mark = 0  # of the rows that open, where the keyboard is
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._arrange)

    def set_ladder(self, ladder: Ladder, form: NumberFormat, words: str) -> None:
        """Show *ladder*, its last row as the result; *words* describe it to a screen reader."""
        self._ladder, self._form = ladder, form
        self.setAccessibleName("The term, factor by factor")
        self.setAccessibleDescription(words)
        self._arrange()

    def set_scale(self, scale: float, *, is_short: bool = False) -> None:
        """Write factors and numbers so many times as large as usual; *is_short*: and leave out what does not fit."""
        if (scale, is_short) != (self._ladder.scale, self._ladder.is_short):
            self._ladder = replace(self._ladder, scale=scale, is_short=is_short)
            self._arrange()

    def set_room(self, room: float) -> None:
        """Be no higher than *room*, in pixels, where that can be."""
        if room != self._room:
            self._room = room
            self._choose()

    def set_highlight(self, symbol: str) -> None:
        """Mark every part of *symbol*, "" for none."""
        if symbol != self._highlight:
            self._highlight = symbol
            self.update()

    def operand_rect(self, symbol: str) -> QRect:
        """Where the first part of *symbol* stands; empty where there is none."""
        found = (rect.toAlignedRect() for part, rect in self._operands() if part.symbol == symbol)
        return next(found, QRect())

    def opener_rect(self, key: int) -> QRect:
        """Where a click opens or closes the row of *key*; empty where there is none."""
        found = (placed.line for placed in self._openers() if placed.row.key == key)
        width = self._theme.px(_SIGN_WIDTH)
        return next((QRectF(line.left(), line.top(), width, line.height()).toRect() for line in found), QRect())

    def row_rect(self, key: int) -> QRect:
        """All of the row of *key*, with what is open under it."""
        return next((placed.band.toRect() for placed in self._layout.rows if placed.row.key == key), QRect())

    def texts(self) -> list[tuple[str, str]]:
        """The product and the note of every row, as they are written."""
        rows = [placed.row for placed in self._layout.rows]
        return [(self._product_text(row), " ".join(filter(None, (row.aside, row.note)))) for row in rows]

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""
        return [name for name, _, _ in self._layout.heads]

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(self._theme.px(480), round(self._layout.height) + _EDGE)

    def minimumSizeHint(self) -> QSize:
        """Rows cannot be lower; columns shrink to this width."""
        return QSize(self._theme.px(300), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def _arrange(self) -> None:
        width = float(max(self.width(), self._theme.px(300)))
        self._arrangements = Arrangements(self._ladder, width, self._form, self._theme)
        self._choose()

    def _choose(self) -> None:
        self._layout = self._arrangements.within(self._room - _EDGE)
        self._mark = max(min(self._mark, len(self._openers()) - 1), 0)
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.updateGeometry()
        self.update()

    def _openers(self) -> list[Placed]:
        return [placed for placed in self._layout.rows if placed.row.key is not None]

    # -- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The head of the columns, then the rows, the last of them as the result."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, theme = self._theme.palette, self._theme
        metrics = theme.metrics(12)
        painter.setPen(palette.dim)
        for name, left, right in self._layout.heads:
            if np.isfinite(left):
                metrics.write(painter, QRectF(left, 0, 0, theme.px(20)), name)
            else:
                metrics.write(painter, QRectF(0, 0, right, theme.px(20)), name, 1)
        last = len(self._layout.rows) - 1
        for number, placed in enumerate(self._layout.rows):
            if number == last:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(palette.highlight)
                painter.drawRoundedRect(placed.band.adjusted(0.5, 0, -0.5, 0), theme.px(6), theme.px(6))
            self._paint_row(painter, placed, result=number == last)
        openers = self._openers()
        if self.hasFocus() and openers:
            ring = openers[self._mark].line.toRect()
            paint_focus_ring(painter, ring, theme, width=1, radius=theme.px(6))
        painter.end()

    def _paint_row(self, painter: QPainter, placed: Placed, *, result: bool) -> None:
        theme, palette, row, line = self._theme, self._theme.palette, placed.row, placed.line
        half = theme.px(_SIGN_WIDTH)
        if row.key is not None:
            self._paint_triangle(
                painter, QPointF(line.left() + half / 2, line.center().y()), open_=row.is_open or bool(row.under)
            )
        sign = QRectF(line.left() + half, line.top(), half, line.height())
        painter.setPen(palette.dim)
        theme.metrics(13).write(painter, sign, row.sign, 0.5)
        aside = QRectF(placed.aside, line.top(), line.right() - placed.aside, line.height())
        theme.metrics(12).write(painter, aside, row.aside)
        if placed.has_note:
            theme.metrics(12).write(painter, line.adjusted(0, 0, -theme.px(8), 0), note(row), 1)
        self._paint_lit(painter, placed)
        for drawing, em, at in placed.drawings:
            drawing.paint(painter, em, at, self._colour_of)
        painter.setPen(palette.ink)
        if not row.factor or (row.product.ndim == 2 and row.product.size > 1):
            return
        if not placed.cells:
            right = QRectF(line.left(), line.top(), placed.product - line.left(), line.height())
            theme.metrics(14, bold=result).write(painter, right, self._product_text(row), 1)
            return
        if len(placed.cells) == 1:
            theme.metrics(12).write(painter, placed.cells[0], self._product_text(row))
            return
        from gui.widgets.matrix.shades import edge_of  # not at the top: the first formula has no ladder

        largest = float(np.max(np.abs(row.product), initial=0.0)) or 1.0
        metrics, room = theme.metrics(12, bold=result), placed.cells[0].width() - theme.px(6)
        texts = self._form.within(row.product.tolist(), lambda text: metrics.width(text) <= room)
        for cell, value, text in zip(placed.cells, row.product, texts, strict=True):
            painter.setPen(edge_of(palette, float(value) / largest))
            painter.setBrush(palette.shade(float(value) / largest))
            painter.drawRoundedRect(QRectF(cell.toRect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)  # whole pixels
            painter.setPen(palette.ink)
            metrics.write(painter, cell, text, 0.5)

    def _paint_triangle(self, painter: QPainter, at: QPointF, *, open_: bool) -> None:
        reach = self._theme.px(4)
        corners = (
            [(-reach, -reach / 2), (reach, -reach / 2), (0, reach / 2)]
            if open_
            else [(-reach / 2, -reach), (reach / 2, 0), (-reach / 2, reach)]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.palette.dim)
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))

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
        over = self._hovered or self._opener_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, _event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._hover("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Click an operand, or open the row."""
        symbol, key = self._symbol_at(event.position()), self._opener_at(event.position())
        if symbol:
            self.symbol_clicked.emit(symbol, watches(event))
        elif key is not None:
            self.toggled.emit(key)

    def event(self, event: QEvent) -> bool:
        """The products in full as tooltips; the keys that move here are not the window's shortcuts."""
        if asks_for_key(event) and self._takes(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), in_lines(self._tooltip(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move between the rows that open, Enter opens or closes one."""
        openers = self._openers()
        if not self._takes(event):
            super().keyPressEvent(event)
        elif event.key() in _MOVES:
            self._mark = min(max(self._mark + _MOVES[Qt.Key(event.key())], 0), len(openers) - 1)
            self.update()
        else:
            self.toggled.emit(openers[self._mark].row.key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And that it is there no more."""
        super().focusOutEvent(event)
        self.update()

    def _takes(self, event: QKeyEvent) -> bool:
        return event.modifiers() in PLAIN and event.key() in (*_MOVES, *ENTER) and bool(self._openers())

    def _opener_at(self, point: QPointF) -> int | None:
        return next((placed.row.key for placed in self._openers() if placed.line.contains(point)), None)

    def _tooltip(self, point: QPointF) -> str:
        for placed in self._layout.rows:
            if not placed.band.contains(point) or not placed.row.factor:
                continue
            for i, cell in enumerate(placed.cells):
                if len(placed.cells) > 1 and cell.contains(point):
                    return f"so far, entry {i + 1} = {exact(placed.row.product[i])}"
            if placed.row.product.size == 1 and placed.product - self._theme.px(84) < point.x() <= placed.product:
                return f"so far = {exact(float(np.ravel(placed.row.product)[0]))}"
            opens = "" if placed.row.key is None else "Click to close" if placed.row.under else "Click to write it out"
            return explained("\n".join(filter(None, (placed.row.note, opens))), placed.row.note, placed.row.aside)
        return explained("", "product so far") if point.y() < self._theme.px(20) else ""

    def _operands(self) -> Iterator[tuple[Part, QRectF]]:
        for placed in self._layout.rows:
            for drawing, em, at in placed.drawings:
                for part in drawing.operands:
                    yield part, drawing.rect(part, em, at)

    def number_at(self, place: QPoint | None) -> Number | None:
        """The operand there; the keyboard is at rows, at no number."""
        part = None if place is None else self._part_at(QPointF(place))
        return None if part is None else Number(part.symbol or "", part.entry)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the operand."""
        open_menu(self, event)

    def _part_at(self, point: QPointF) -> Part | None:
        hits = (drawing.hit(point, em, at) for placed in self._layout.rows for drawing, em, at in placed.drawings)
        return next((part for part in hits if part is not None and part.symbol), None)

    def _symbol_at(self, point: QPointF) -> str:
        part = self._part_at(point)
        return "" if part is None else part.symbol or ""

    def _hover(self, symbol: str) -> None:
        if symbol != self._hovered:
            self._hovered = symbol
            self.symbol_hovered.emit(symbol)


_SIGN_WIDTH = 15  # of the column of triangles, and of that of signs
