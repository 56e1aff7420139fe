"""One parameter on the screen: value, gradient and new value side by side, or under each other where it is narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.look.theme import Theme
from gui.panels.parameters.blocks import Block
from gui.panels.parameters.caption import Caption
from gui.widgets.matrix.view import MatrixView, keep_together

_COLUMNS = 3


class FramedMatrix(QWidget):
    """A matrix with room for an outline round the whole of it, so that marking it moves nothing.

    Signals:
        symbol_hovered, symbol_clicked: as those of the matrix.
        entry_followed: the 0-based entry clicked of a gradient that is being summed.
    """

    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)
    entry_followed = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._block: Block | None = None
        self._lit = False
        self.matrix = MatrixView(theme, whole=True)
        self.matrix.symbol_hovered.connect(self.symbol_hovered)
        self.matrix.symbol_clicked.connect(self._click_symbol)
        self.matrix.cell_clicked.connect(self._click_cell)
        self._room = QVBoxLayout(self)
        self._room.addWidget(self.matrix)
        # As high as it likes, since the panel scrolls.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_block(self, block: Block) -> None:
        """Show the numbers of *block*, or nothing."""
        before, self._block = self._block, block
        if block.picture is not None and (before is None or not block.has_picture_of(before)):
            self.matrix.set_matrix(block.picture)
        self.setVisible(block.picture is not None)
        if before is None or before.outlined != block.outlined:
            self.update(QRegion(self.rect()) - QRegion(self.matrix.geometry()))

    def set_highlight(self, symbol: str) -> None:
        """Light up the matrix if it is that of *symbol*."""
        lit = self._block is not None and symbol == self._block.symbol
        if lit != self._lit:
            self._lit = lit
            self.matrix.set_highlight(symbol if lit else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The outline of a matrix that the step at the cursor reads or makes."""
        if self._block is not None and self._block.outlined:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.palette.accent, 2 * max(self._theme.zoom, 1)))
            inset, radius = self._theme.zoom, self._theme.px(5)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)

    def _click_symbol(self, symbol: str, watched: bool) -> None:
        if watched:  # a plain click selects the entry
            self.symbol_clicked.emit(symbol, watched)

    def _click_cell(self, row: int, column: int) -> None:
        if self._block is not None and self._block.summing:
            self.entry_followed.emit(*((column, row) if self._block.upright else (row, column)))

    def _restyle(self) -> None:
        margin = self._theme.px(3)
        self._room.setContentsMargins(margin, margin, margin, margin)
        self.update()


class ParameterRow(QWidget):
    """Value, gradient and new value of one parameter, each under its caption.

    The three columns are equally wide, so that those of all parameters stand under each other. A parameter too
    wide for them has its three parts under each other instead.

    Signals:
        symbol_hovered, symbol_clicked, entry_followed: as those of `FramedMatrix`. scale_asked(str): scale all of that
        parameter.
    """

    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)
    entry_followed = Signal(int, int)
    scale_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Block, ...] = ()
        self._arranged: tuple[bool, tuple[bool, ...], int] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._captions = [Caption(theme, self) for _ in range(_COLUMNS)]
        self._frames = [FramedMatrix(theme, self) for _ in range(_COLUMNS)]
        for frame in self._frames:
            frame.symbol_hovered.connect(self.symbol_hovered)
            frame.symbol_clicked.connect(self.symbol_clicked)
            frame.entry_followed.connect(self.entry_followed)
        self._captions[0].opened.connect(self._scale)
        keep_together(self.matrices)

    @property
    def shown(self) -> tuple[Block, ...]:
        """The value, the gradient and the new value as they are shown."""
        return self._shown

    @property
    def matrices(self) -> tuple[MatrixView, ...]:
        """The three matrices; one of which nothing is known is hidden."""
        return tuple(frame.matrix for frame in self._frames)

    @property
    def is_stacked(self) -> bool:
        """Whether the three parts stand under each other."""
        return self._arranged is None or self._arranged[0]

    def current_area(self) -> QRect:
        """Where the last of the parts stands that the step at the cursor reads or makes; the whole row without one."""
        for place in reversed(range(len(self._shown))):
            if self._shown[place].sign == "▶":
                return self._captions[place].geometry() | self._frames[place].geometry()
        return self.rect()

    def set_blocks(self, blocks: tuple[Block, ...]) -> None:
        """Show *blocks*; those that look the same as before are left alone."""
        for place, block in enumerate(blocks):
            if place >= len(self._shown) or block != self._shown[place]:
                self._captions[place].set_block(block)
                self._frames[place].set_block(block)
        self._shown = blocks

    def set_highlight(self, symbol: str) -> None:
        """Light up the matrix of *symbol*, if it is here."""
        for frame in self._frames:
            frame.set_highlight(symbol)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another arrangement."""
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Beside a matrix Ctrl zooms as on it, since cells that shrink leave the mouse behind."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._frames[0].matrix.wheelEvent(event)
        else:
            super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        """Other numbers may need another arrangement."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _scale(self) -> None:
        self.scale_asked.emit(self._shown[0].symbol)

    def _arrange(self) -> None:
        gap = self._theme.px(12)
        column = (self.width() - (_COLUMNS - 1) * gap) // _COLUMNS
        known = tuple(not frame.isHidden() for frame in self._frames)
        needed = [frame.sizeHint().width() for frame, is_known in zip(self._frames, known, strict=True) if is_known]
        needed += [caption.minimumSizeHint().width() for caption in self._captions]
        stacked = max(needed) > column
        if (stacked, known, gap) != self._arranged:
            self._arranged = stacked, known, gap
            self._place(stacked, known)
            self._grid.setHorizontalSpacing(gap)
            self._grid.setVerticalSpacing(self._theme.px(1))

    def _place(self, stacked: bool, known: tuple[bool, ...]) -> None:
        corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        for place, (caption, frame) in enumerate(zip(self._captions, self._frames, strict=True)):
            self._grid.setColumnStretch(place, 0 if stacked else 1)
            if stacked:
                self._grid.addWidget(caption, 2 * place, 0, 1, _COLUMNS)
                self._grid.addWidget(frame, 2 * place + 1, 0, 1, _COLUMNS, corner)
            else:
                # The words on what is not known yet take the place where its numbers will be.
                self._grid.addWidget(caption, 0, place, 1 if known[place] else 2, 1)
                self._grid.addWidget(frame, 1, place, corner)
