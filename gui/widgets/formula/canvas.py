"""A formula painted: fitted to the width, its operands marked, scrolled where nothing else helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.steps.template import Piece
from gui.look.theme import Theme
from gui.typesetting.fit import Fit, fit
from gui.typesetting.typeset import FOLD, Part, layout

_RADIUS = 4.0


class FormulaCanvas(QWidget):
    """Shows a formula; shrinks it, breaks it or lets it scroll where the width is too small.

    It paints no background. A subclass adds the pointer and the keyboard.
    """

    def __init__(self, theme: Theme, *, size: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._nominal = self._size = size
        self._lines: tuple[tuple[Piece, ...], ...] = ()
        self._breakable = False
        self._fits: dict[int, Fit] = {}
        self._highlight: str | None = None
        self._outlined: frozenset[str] = frozenset()
        self._mark = 0
        self._scroll = 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._refit)

    def set_formula(self, pieces: Sequence[Piece], accessible_text: str) -> None:
        """Show *pieces* on one line, broken where it must be. Raises `TypesetError`."""
        self._set_content((tuple(pieces),), accessible_text, breakable=True)

    def set_lines(self, lines: Sequence[Sequence[Piece]], accessible_text: str) -> None:
        """Show each of *lines* on a line of its own, all at one size. Raises `TypesetError`."""
        self._set_content(tuple(map(tuple, lines)), accessible_text, breakable=False)

    def set_scale(self, scale: float) -> None:
        """Be so many times as large as usual."""
        if self._size != self._nominal * scale:
            self._size = self._nominal * scale
            self._refit()

    def set_highlight(self, symbol: str | None) -> None:
        """Mark every part of *symbol*: it is pointed at, here or elsewhere."""
        if symbol != self._highlight:
            self._highlight = symbol
            self.update()

    def set_outlined(self, symbols: frozenset[str]) -> None:
        """Outline the parts of *symbols*: the result that is now computed."""
        if symbols != self._outlined:
            self._outlined = symbols
            self.update()

    def operand_rect(self, symbol: str) -> QRect:
        """Where the first part of *symbol* stands in the widget; empty where there is none."""
        found = (rect.toAlignedRect() for part, rect in self._operands() if part.symbol == symbol)
        return next(found, QRect())

    def hasHeightForWidth(self) -> bool:
        """Narrower may mean smaller, or more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height that the formula needs at *width*."""
        return round(self._fit(width).size.height() + 0.5) + 2 * self._pad()

    def sizeHint(self) -> QSize:
        """The formula at its nominal size, unbroken."""
        em = self._theme.px(self._size)
        widest = max((layout(line).size(em).width() for line in self._lines), default=0.0)
        width = int(widest) + 1 + 2 * self._pad()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """A width from which it can be scrolled, and the height that it needs at its present width."""
        laid_out = self.testAttribute(Qt.WidgetAttribute.WA_Resized)
        height = self.heightForWidth(self.width()) if laid_out else self._theme.px(self._size)
        return QSize(self._theme.px(96), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Claim the height for the new width, which layouts do not grant by themselves."""
        super().resizeEvent(event)
        self._scroll_to(self._scroll)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the formula; where it is cut off, fade it out and say so."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._overflow() > 0:
            self._paint_faded(painter)
        else:
            self._paint_formula(painter)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.palette.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(frame, _RADIUS, _RADIUS)

    def _set_content(self, lines: tuple[tuple[Piece, ...], ...], accessible_text: str, *, breakable: bool) -> None:
        # Whatever cannot be set is refused here, not in the middle of painting.
        for line in lines:
            layout(line)
        self.setAccessibleName(accessible_text)
        if (lines, breakable) == (self._lines, self._breakable):
            return
        symbols = [piece.symbol for line in self._lines for piece in line if piece.symbol is not None]
        was_on_fold = self._mark < len(symbols) and symbols[self._mark] == FOLD
        self._lines, self._breakable = lines, breakable
        self._mark, self._scroll = 0, 0.0
        self._refit()
        if was_on_fold:
            symbols = [piece.symbol for line in lines for piece in line if piece.symbol is not None]
            self._mark = symbols.index(FOLD) if FOLD in symbols else 0

    def _refit(self) -> None:
        self._fits.clear()
        self._scroll_to(self._scroll)
        self.updateGeometry()
        self.update()

    def _fit(self, width: int) -> Fit:
        if width not in self._fits:
            room = max(width - 2 * self._pad(), 1)
            self._fits[width] = fit(self._lines, self._theme.px(self._size), room, breakable=self._breakable)
        return self._fits[width]

    def _pad(self) -> int:
        """The margin on all sides, which outlines and the rules below an operand need."""
        return self._theme.px(4)

    def _overflow(self) -> float:
        """How many pixels it can be scrolled; a mere rounding does not count."""
        beyond = self._fit(self.width()).size.width() + 2 * self._pad() - self.width()
        return beyond if beyond > 1 else 0.0

    def _scroll_to(self, scroll: float) -> None:
        scroll = min(max(scroll, 0.0), self._overflow())
        if scroll != self._scroll:
            self._scroll = scroll
            self.update()

    def _origin(self) -> QPointF:
        return QPointF(self._pad() - self._scroll, self._pad())

    def _operands(self) -> Iterator[tuple[Part, QRectF]]:
        """Every operand and where it stands in the widget, in reading order."""
        arranged = self._fit(self.width())
        for drawing, corner in arranged.rows:
            for part in drawing.operands:
                yield part, drawing.rect(part, arranged.em, corner + self._origin())

    def _paint_formula(self, painter: QPainter) -> None:
        palette = self._theme.palette
        out = self._theme.px(3)
        for order, (part, rect) in enumerate(self._operands()):
            lit, marked = part.symbol == self._highlight, self.hasFocus() and order == self._mark
            result = part.symbol in self._outlined
            if part.symbol == FOLD:
                painter.setBrush(palette.background)
                painter.setPen(QPen(palette.accent if marked else palette.dim, 2.0 if marked else 1.0))
                high = max(rect.height() / 2 + out, self._theme.px(7)) - rect.height() / 2
                painter.drawRoundedRect(rect.adjusted(-out, -high, out, high), _RADIUS, _RADIUS)
            elif lit or marked or result:
                painter.setBrush(palette.highlight if lit else Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(palette.accent, 2.0 if marked else 1.5 if result else 1.0))
                painter.drawRoundedRect(rect.adjusted(-out, -out, out, out), _RADIUS, _RADIUS)
        arranged = self._fit(self.width())
        for drawing, corner in arranged.rows:
            drawing.paint(painter, arranged.em, corner + self._origin(), self._colour_of)

    def _colour_of(self, part: Part) -> QColor:
        return self._theme.palette.families[part.family]

    def _paint_faded(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        canvas = QPainter(pixmap)
        canvas.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_formula(canvas)
        canvas.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        canvas.fillRect(self.rect(), self._mask())
        canvas.end()
        painter.drawPixmap(0, 0, pixmap)
        sign = self._theme.px(20)
        painter.setFont(self._theme.font(16, bold=True))
        painter.setPen(self._theme.palette.dim)
        for cut, left in ((self._cut_left(), 0), (self._cut_right(), self.width() - sign)):
            if cut:
                painter.drawText(QRect(left, 0, sign, self.height()), Qt.AlignmentFlag.AlignCenter, "⋯")

    def _mask(self) -> QLinearGradient:
        """Opaque but for the ends that are cut: clear where the sign stands, then fading in."""
        mask = QLinearGradient(0, 0, self.width(), 0)
        clear, solid = (min(self._theme.px(length) / self.width(), 0.45) for length in (20, 48))
        for cut, at in (
            (self._cut_left(), (0.0, clear, solid)),
            (self._cut_right(), (1.0, 1 - clear, 1 - solid)),
        ):
            mask.setColorAt(at[2], Qt.GlobalColor.black)
            for place in at[:2]:
                mask.setColorAt(place, Qt.GlobalColor.transparent if cut else Qt.GlobalColor.black)
        return mask

    def _cut_left(self) -> bool:
        return self._scroll > 0

    def _cut_right(self) -> bool:
        return self._scroll < self._overflow()
