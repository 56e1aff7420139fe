"""The seeing half of a matrix view: it lays out, scrolls and paints; it knows no mouse and no key."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from gui.look.theme import Theme
from gui.widgets.matrix.layout import DENSE_BEYOND, NUMBERS, ROUNDING, MatrixLayout, arrange, lay_out, next_size
from gui.widgets.matrix.overview import ZOOM_HINT, MatrixOverview, overview_size
from gui.widgets.matrix.paint import Marks, MatrixPaint
from gui.widgets.matrix.picture import MatrixPicture
from gui.widgets.matrix.shades import shade_codes
from gui.widgets.parts.focus_ring import paint_focus_ring

Cell = tuple[int, int]
Shape = tuple[int, ...]

# Round everything, for the outlines of the first and last cells.
_MARGIN = 1
_APART = 8  # the overview from the cells


class MatrixSurface(QAbstractScrollArea):
    """A painted matrix that scrolls when its numbers do not fit; the labels stay in sight.

    What does not fit has an overview beside it. The user gives the cells any of `SIZES`, for each shape.

    *whole*: it keeps the height that it likes, since the panel around it scrolls.

    Signals:
        cells_resized(object, object): the shape whose cells have another size now, and that size or None.
    """

    cells_resized = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, whole: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._whole = whole
        self._picture: MatrixPicture | None = None
        self._paint: MatrixPaint | None = None
        self._likes: MatrixLayout | None = None
        self._layout: MatrixLayout | None = None
        self._dense = False
        self._sizes: dict[Shape, int] = {}
        self._beside, self._seen = 0, QSizeF()
        self._highlight: str | None = None
        self._hovered: Cell | None = None
        self._selected: Cell | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self._overview = MatrixOverview(theme, self.viewport())
        self._overview.scroll_requested.connect(self._scroll_to_part)
        self._overview.reset_requested.connect(self.reset_cells)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self._frame)
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
        self._rebuild()

    def set_highlight(self, symbol: str | None) -> None:
        """Lights every cell of *symbol*; None or an empty name lights none."""
        self._highlight = symbol or None
        self.viewport().update()

    def set_dense(self, dense: bool) -> None:
        """Draws dots of colour without numbers at first, as it always does beyond 64 rows or columns."""
        self._dense = dense
        self._rebuild()

    @property
    def cell_size(self) -> int | None:
        """The size of the cells if the user chose one for this shape, else None."""
        return self._sizes.get(self._picture.values.shape) if self._picture is not None else None

    def set_cell_size(self, shape: Shape, size: int | None) -> None:
        """Gives the cells of every matrix of *shape* a *size*, one of `SIZES`, or None for the usual one."""
        if size == self._sizes.get(shape):
            return
        if size is None:
            del self._sizes[shape]
        else:
            self._sizes[shape] = size
        if self._picture is not None and self._picture.values.shape == shape:
            self._rebuild()
        self.cells_resized.emit(shape, size)

    def resize_cells(self, by: int, around: QPointF) -> None:
        """Makes the cells larger, or smaller for negative *by*; what is at *around* in the viewport stays there."""
        layout, picture = self._layout, self._picture
        if layout is None or picture is None:
            return
        spot = around - QPointF(_MARGIN + layout.left, _MARGIN + layout.top)
        place = spot + self._offset()
        size = next_size(layout, by, self._theme)
        self.set_cell_size(picture.values.shape, None if size == self._usual_size(picture) else size)
        before, after = layout.rect(1, 1).topLeft(), self.cell_rect(1, 1).topLeft() - self._corner()
        self._scroll(place.x() * after.x() / before.x() - spot.x(), place.y() * after.y() / before.y() - spot.y())

    def reset_cells(self) -> None:
        """Gives the cells the usual size."""
        if self._picture is not None:
            self.set_cell_size(self._picture.values.shape, None)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell stands, in the viewport's coordinates."""
        return self._layout.rect(row, column).translated(self._corner()) if self._layout else QRectF()

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell at a point of the viewport; None between, beside and above the cells."""
        layout, picture = self._layout, self._picture
        if layout is None or picture is None or point.x() < layout.left or point.y() < layout.top:
            return None
        if point.x() >= self.viewport().width() - self._beside:
            return None
        spot = point - self._corner()
        cell = layout.cell_at(spot.x(), spot.y())
        return cell if cell is not None and picture.exists(*cell) else None

    def sizeHint(self) -> QSize:
        """Everything in sight, up to about a quarter of a screen."""
        if self._likes is None:
            return QSize(self._theme.px(66), self._theme.px(24))
        likes, most = self._likes.size(), self._most()
        size = likes.boundedTo(most)
        is_high = likes.height() > most.height()
        if likes.width() > most.width() or is_high:
            size.setWidth(size.width() + self._room_beside() + self.verticalScrollBar().sizeHint().width())
        # A bar that appears below must not hide the last row. Of one that is out of sight it hides nothing more, and
        # with the height of a bar it might need none, and so without end.
        bar = self.horizontalScrollBar()
        appears = bar.maximum() > 0 and self.width() < size.width() and not is_high
        below = bar.sizeHint().height() if appears else 0
        return (_rounded(size) + QSize(0, below)).expandedTo(QSize(self._theme.px(24), self._theme.px(24)))

    def _room_beside(self) -> int:
        """What the overview takes from the width."""
        return self._overview.width() + self._theme.px(_APART)

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
        likes = lay_out(picture, self._theme, self.cell_size or self._usual_size(picture))
        self._paint = MatrixPaint(picture, shade_codes(picture), self._theme)
        self._overview.resize(overview_size(picture.rows, picture.columns, self._theme))
        if self._hovered is not None and not picture.exists(*self._hovered):
            self._hovered = None
        if likes != self._likes:
            self._likes = likes
            # What is all in sight gains nothing from more height.
            small = not likes.flexible and likes.size().height() <= self._most().height()
            policy = QSizePolicy.Policy
            self.setSizePolicy(policy.Preferred, policy.Maximum if small else policy.Expanding)
            self.updateGeometry()
            self._fit()
        else:
            self._place_overview()
        self.viewport().update()

    def _usual_size(self, picture: MatrixPicture) -> int | None:
        return None if self._dense or max(picture.values.shape) > DENSE_BEYOND else NUMBERS

    def _fit(self) -> None:
        """Fits the cells into the present room and sets the scroll bars to what is left over."""
        if self._likes is None:
            return
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        arranged = arrange(
            self._likes,
            # What the bars hide now does not count.
            QSizeF(self.maximumViewportSize()) - QSizeF(2 * _MARGIN, 2 * _MARGIN),
            self._theme,
            overview=QSizeF(self._room_beside(), self._overview.height()),
            bars=QSizeF(down.sizeHint().width(), across.sizeHint().height()),
        )
        layout = arranged.layout
        self._layout, self._beside, self._seen = layout, arranged.beside, arranged.seen
        overflowed = across.maximum() > 0
        for bar, whole, page, pitch in (
            (across, layout.width, arranged.seen.width(), layout.pitch_x),
            (down, layout.height, arranged.seen.height(), layout.pitch_y),
        ):
            bar.setRange(0, max(round(whole - page - ROUNDING), 0))
            bar.setPageStep(max(int(page), 1))
            bar.setSingleStep(max(int(pitch), 1))
        self._place_overview()
        if overflowed != (across.maximum() > 0):
            self.updateGeometry()

    # The overview

    def _place_overview(self) -> None:
        """Beside the cells that are in sight."""
        picture, overview, layout, seen = self._picture, self._overview, self._layout, self._seen
        if self._beside == 0 and overview.hasFocus():
            self.setFocus()
        overview.setVisible(self._beside > 0)
        if picture is None or self._paint is None or layout is None:
            return
        if self._beside > 0:
            across = layout.left + min(layout.width, seen.width()) + self._theme.px(_APART)
            down = min(layout.top, layout.top + seen.height() - overview.height())
            overview.move(QPoint(int(across), max(int(down), 0)) + QPoint(_MARGIN, _MARGIN))
            overview.set_image(self._paint.small(overview.height(), overview.width()))
            overview.setAccessibleName(f"Overview of {picture.name}")
        words = f"; {ZOOM_HINT}, and so do plus, minus and 0" if self.is_zoomable else ""
        self.setAccessibleDescription(picture.description() + words)
        self._frame()

    @property
    def is_zoomable(self) -> bool:
        """Whether other cells would show more: some are out of sight, without numbers, or not of the usual size."""
        layout = self._layout
        is_whole = self.horizontalScrollBar().maximum() == self.verticalScrollBar().maximum() == 0
        return layout is not None and not (is_whole and layout.digits)

    def _frame(self) -> None:
        """Frames what is in sight, and says it."""
        layout = self._layout
        if layout is None or self._beside == 0:
            return
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        wide, high = max(layout.width, 1.0), max(layout.height, 1.0)
        seen = QRectF(across.value() / wide, down.value() / high, across.pageStep() / wide, down.pageStep() / high)
        rows = layout.rows_within(down.value(), down.value() + down.pageStep())
        columns = layout.columns_within(across.value(), across.value() + across.pageStep())
        words = (
            f"In sight: rows {rows.start + 1} to {rows.stop} of {layout.rows}, "
            f"columns {columns.start + 1} to {columns.stop} of {layout.columns}"
        )
        self._overview.set_seen(seen & QRectF(0, 0, 1, 1), words)

    def _scroll_to_part(self, corner: QPointF) -> None:
        if self._layout is not None:
            self._scroll(corner.x() * self._layout.width, corner.y() * self._layout.height)

    def _scroll(self, across: float, down: float) -> None:
        self.horizontalScrollBar().setValue(round(across))
        self.verticalScrollBar().setValue(round(down))

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
            paint_focus_ring(painter, self.viewport().rect(), self._theme)
        painter.translate(_MARGIN, _MARGIN)
        area = QSizeF(self.viewport().size()) - QSizeF(self._layout.left + self._beside, self._layout.top)
        marks = Marks(self._highlight, self._hovered, self._selected, self.hasFocus())
        self._paint.paint(painter, self._layout, QRectF(self._offset(), area), marks)


def _rounded(size: QSizeF) -> QSize:
    """*size* with its margin, in whole pixels, never less."""
    return QSize(int(size.width() + 0.999) + 2 * _MARGIN, int(size.height() + 0.999) + 2 * _MARGIN)
