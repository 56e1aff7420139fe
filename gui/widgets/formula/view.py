"""A formula to read and to use: its operands can be pointed at, clicked and stepped through by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from core.network.glossary import explained
from core.network.number import Number
from gui.look.names import in_lines
from gui.look.theme import Theme
from gui.typesetting.typeset import FOLD, Part
from gui.widgets.formula.canvas import FormulaCanvas
from gui.widgets.parts.keys import ENTER, PLAIN, asks_for_key, watches
from gui.widgets.parts.numbers import open_menu

_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class FormulaView(FormulaCanvas):
    """A formula whose operands answer to the pointer and the keyboard.

    With the focus, which only Tab gives so that the window keeps its arrow keys after a click, Left and
    Right move between operands and Enter clicks one. What does not fit is scrolled by wheel or drag.

    Signals:
        symbol_hovered: the symbol under the pointer or the keyboard's mark, empty when there is none.
        symbol_clicked: the symbol that was clicked, or chosen with Enter, and whether with Ctrl, to be watched.
        fold_clicked: a sum should be opened, or folded.
    """

    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)
    fold_clicked = Signal()

    def __init__(self, theme: Theme, *, size: float = 22, parent: QWidget | None = None) -> None:
        super().__init__(theme, size=size, parent=parent)
        self._hovered = ""
        self._press: QPointF | None = None
        self._drag: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer, or scroll while the button is down."""
        if self._press is not None and self._overflow() > 0:
            moved = event.position().x() - self._press.x()
            if self._drag is None and abs(moved) >= QApplication.startDragDistance():
                self._drag = self._scroll
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            if self._drag is not None:
                self._scroll_to(self._drag - moved)
                return
        self._hover(self._symbol_at(event.position()))
        self._show_cursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or click the operand on which the button went down and up."""
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            super().mouseReleaseEvent(event)
            return
        symbol = self._symbol_at(event.position())
        clicked = self._drag is None and symbol == self._symbol_at(self._press)
        self._press = self._drag = None
        self._show_cursor()
        if symbol and clicked:
            self._click(symbol, watched=watches(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        super().leaveEvent(event)
        self._hover("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll what does not fit; at either end the wheel is the panel's."""
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        before = self._scroll
        self._scroll_to(before - (delta.x() or delta.y()))
        event.setAccepted(self._scroll != before)

    def event(self, event: QEvent) -> bool:
        """Claim the keys for operands before the window's shortcuts take them."""
        if asks_for_key(event) and self._takes(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            is_fold = self._symbol_at(QPointF(event.pos())) == FOLD
            tip = "Click: all addends, or the first and the last" if is_fold else ""
            words = explained(tip, *(piece.latex for line in self._lines for piece in line))
            QToolTip.showText(event.globalPos(), in_lines(words), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move between operands, Enter clicks one."""
        if not self._takes(event):
            super().keyPressEvent(event)
        elif event.key() in ENTER:
            self._click(self._symbols()[self._mark], watched=False)
        else:
            self._move_mark(_MOVES[Qt.Key(event.key())])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark an operand."""
        super().focusInEvent(event)
        self._move_mark(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Unmark it."""
        super().focusOutEvent(event)
        self._hover("")

    def number_at(self, place: QPoint | None) -> Number | None:
        """The operand there."""
        if place is None:
            marked = [part for part, _ in self._operands()][self._mark : self._mark + 1] if self.hasFocus() else []
            part = next(iter(marked), None)
        else:
            part = self._part_at(QPointF(place))
        return None if part is None or part.symbol in (None, FOLD) else Number(str(part.symbol), part.entry)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the operand."""
        open_menu(self, event)

    def _symbols(self) -> list[str]:
        return [part.symbol or "" for part, _ in self._operands()]

    def _takes(self, event: QKeyEvent) -> bool:
        return event.modifiers() in PLAIN and event.key() in (*_MOVES, *ENTER) and bool(self._symbols())

    def _move_mark(self, by: int) -> None:
        """Mark the operand *by* places on and scroll to it."""
        operands = list(self._operands())
        if not operands:
            return
        self._mark = min(max(self._mark + by, 0), len(operands) - 1)
        part, rect = operands[self._mark]
        room = self._theme.px(48)
        if rect.left() < room:
            self._scroll_to(self._scroll + rect.left() - room)
        elif rect.right() > self.width() - room:
            self._scroll_to(self._scroll + rect.right() - self.width() + room)
        self._hover(part.symbol or "")
        self.update()

    def _part_at(self, point: QPointF) -> Part | None:
        arranged = self._fit(self.width())
        hits = (drawing.hit(point, arranged.em, corner + self._origin()) for drawing, corner in arranged.rows)
        return next((part for part in hits if part is not None), None)

    def _symbol_at(self, point: QPointF) -> str:
        part = self._part_at(point)
        return "" if part is None else part.symbol or ""

    def _hover(self, symbol: str) -> None:
        if symbol != self._hovered:
            self._hovered = symbol
            self.symbol_hovered.emit("" if symbol == FOLD else symbol)

    def _click(self, symbol: str, *, watched: bool) -> None:
        if symbol == FOLD:
            self.fold_clicked.emit()
        else:
            self.symbol_clicked.emit(symbol, watched)

    def _show_cursor(self) -> None:
        if self._hovered:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._overflow() > 0:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()
