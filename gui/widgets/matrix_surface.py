"""The seeing half of a matrix view: it lays out, scrolls and paints; it knows no mouse and no key."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from gui.theme import Theme
from gui.widgets.matrix_layout import DENSE_BEYOND, MatrixLayout, fit, lay_out
from gui.widgets.matrix_paint import Marks, MatrixPaint
from gui.widgets.matrix_picture import MatrixPicture
from gui.widgets.matrix_shades import shade_codes

Cell = tuple[int, int]

# Round everything, for the outlines of the first and last cells.
_MARGIN = 1
# What layouts and hints may differ by for being in whole pixels.
_ROUNDING = 1.0


class MatrixSurface(QAbstractScrollArea):
    """A painted matrix that scrolls when its numbers do not fit; the labels stay in sight.

    *whole*: it keeps the height that it likes, since the panel around it scrolls.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, whole: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._whole = whole
        self._picture: MatrixPicture | None = None
        self._paint: MatrixPaint | None = None
        self._likes: MatrixLayout | None = None
        self._layout: MatrixLayout | None = None
        self._dense = False
        self._highlight: str | None = None
        self._hovered: Cell | None = None
        self._selected: Cell | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self._rebuild)

    @property
    def picture(self) -> MatrixPicture | None:
        """What is shown."""
        return self._picture

    def set_matrix(self, picture: MatrixPicture) -> None:
        """Shows *picture*. The user's selection stays while the size does, unless the picture has its own."""
        before = self._picture
        self._picture = picture
        if picture.selected is not None or before is None or before.values.shape != picture.values.shape:
            self._selected = picture.selected
        self.setAccessibleName(picture.name)
        self.setAccessibleDescription(picture.description())
        self._rebuild()

    def set_highlight(self, symbol: str | None) -> None:
        """Lights every cell of *symbol*; None or an empty name lights none."""
        self._highlight = symbol or None
        self.viewport().update()

    def set_dense(self, dense: bool) -> None:
        """Draws dots of colour without numbers, as it always does beyond 64 rows or columns."""
        self._dense = dense
        self._rebuild()

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell stands, in the viewport's coordinates."""
        return self._layout.rect(row, column).translated(self._corner()) if self._layout else QRectF()

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell at a point of the viewport; None between, beside and above the cells."""
        layout, picture = self._layout, self._picture
        if layout is None or picture is None or point.x() < layout.left or point.y() < layout.top:
            return None
        spot = point - self._corner()
        cell = layout.cell_at(spot.x(), spot.y())
        return cell if cell is not None and picture.exists(*cell) else None

    def sizeHint(self) -> QSize:
        """Everything in sight, up to about a quarter of a screen."""
        if self._likes is None:
            return QSize(self._theme.px(66), self._theme.px(24))
        size = self._likes.size().boundedTo(self._most())
        # A bar that appears below must not hide the last row.
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() > 0 else 0
        return _rounded(size) + QSize(0, below)

    def _most(self) -> QSizeF:
        return QSizeF(self._theme.px(640), self._theme.px(420))

    def minimumSizeHint(self) -> QSize:
        """The labels and one cell; in a panel that scrolls by itself, the whole height."""
        if self._likes is None:
            return QSize(0, 0)
        if self._whole:
            return QSize(min(self._theme.px(90), self.sizeHint().width()), self.sizeHint().height())
        cell = QSizeF(self._likes.left + self._theme.px(48), self._likes.top + self._theme.px(24))
        return _rounded(cell.boundedTo(self._likes.size()))

    def scroll_to(self, cell: Cell) -> None:
        """Brings a cell wholly into sight."""
        if self._layout is None:
            return
        rect = self._layout.rect(*cell)
        for bar, first, last in (
            (self.horizontalScrollBar(), rect.left(), rect.right()),
            (self.verticalScrollBar(), rect.top(), rect.bottom()),
        ):
            bar.setValue(round(min(max(bar.value(), last - bar.pageStep()), first)))

    def _rebuild(self) -> None:
        """Lays out and shades the picture anew, after a change of it or of the theme."""
        picture = self._picture
        if picture is None:
            return
        dense = self._dense or max(picture.values.shape) > DENSE_BEYOND
        texts = [] if dense else picture.texts()
        likes = lay_out(picture, texts, self._theme, dense=dense)
        self._paint = MatrixPaint(picture, texts, shade_codes(picture), self._theme)
        if self._hovered is not None and not picture.exists(*self._hovered):
            self._hovered = None
        if likes != self._likes:
            self._likes = likes
            # What is all in sight gains nothing from more height.
            small = not dense and likes.size().height() <= self._most().height()
            policy = QSizePolicy.Policy
            self.setSizePolicy(policy.Preferred, policy.Maximum if small else policy.Expanding)
            self.updateGeometry()
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        """Fits the cells into the present room and sets the scroll bars to what is left over."""
        if self._likes is None:
            return
        room = QSizeF(self.maximumViewportSize()) - QSizeF(2 * _MARGIN, 2 * _MARGIN)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        layout = fit(self._likes, room, self._theme)
        # Each bar takes room that the other then has to scroll. What the bars hide now does not count.
        if layout.size().height() > room.height():
            room.setWidth(room.width() - down.sizeHint().width())
            layout = fit(self._likes, room, self._theme)
        if layout.size().width() > room.width() + _ROUNDING:
            room.setHeight(room.height() - across.sizeHint().height())
        self._layout = layout
        seen = room - QSizeF(layout.left, layout.top)
        overflowed = across.maximum() > 0
        for bar, whole, page, pitch in (
            (across, layout.width, seen.width(), layout.pitch_x),
            (down, layout.height, seen.height(), layout.pitch_y),
        ):
            bar.setRange(0, max(round(whole - page - _ROUNDING), 0))
            bar.setPageStep(max(int(page), 1))
            bar.setSingleStep(max(int(pitch), 1))
        if overflowed != (across.maximum() > 0):
            self.updateGeometry()

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _corner(self) -> QPointF:
        """The corner of cell (0, 0) in the viewport."""
        if self._layout is None:
            return QPointF()
        return QPointF(_MARGIN + self._layout.left, _MARGIN + self._layout.top) - self._offset()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Gives the cells the new room."""
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints what is in sight, and a ring round the whole if the keyboard is here but at no cell yet."""
        if self._paint is None or self._layout is None:
            return
        painter = QPainter(self.viewport())
        if self.hasFocus() and self._selected is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.palette.accent, 2))
            painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.translate(_MARGIN, _MARGIN)
        area = QSizeF(self.viewport().size()) - QSizeF(self._layout.left, self._layout.top)
        marks = Marks(self._highlight, self._hovered, self._selected, self.hasFocus())
        self._paint.paint(painter, self._layout, QRectF(self._offset(), area), marks)


def _rounded(size: QSizeF) -> QSize:
    """*size* with its margin, in whole pixels, never less."""
    return QSize(int(size.width() + 0.999) + 2 * _MARGIN, int(size.height() + 0.999) + 2 * _MARGIN)
