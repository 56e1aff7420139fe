"""How the table of the printed numbers is drawn: quiet where nothing is computed yet, bold where numbers differ."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.look.theme import Theme
from gui.panels.sheet.lines import JUDGEMENTS, Line, Shown, judged, placed
from gui.panels.sheet.model import COLUMNS, SheetModel

PAD = 4
HEADER_SIZE = 11
_HEIGHT = 24
_SIZE = 12
_GAP = 5  # between a symbol and the letter of its entry
_RIGHT = (1, 2)


class SheetDelegate(QStyledItemDelegate):
    """Draws the cells of a `SheetModel`."""

    def __init__(self, theme: Theme, model: SheetModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's fonts."""
        self._plain, self._bold = self._theme.font(_SIZE), self._theme.font(_SIZE, bold=True)

    def widths(self, *, short: bool) -> list[int]:
        """How wide each column must be for its widest text, whatever will be computed and current."""
        px, form = self._theme.px, self._model.form
        lines = [line for group in self._model.groups for line in group.lines]
        places = [placed(place, short=short) for line in lines for place in line.places if line.value is not None]
        numbers = [form(line.value) for line in lines if line.value is not None and form is not None]
        texts: tuple[list[str], ...] = (
            [line.label + line.entry for line in lines],
            [line.printed for line in lines],
            numbers,
            [judged(judgement, short=short) for judgement in JUDGEMENTS],
        )
        # Bold, as they are at the current step, so that nothing moves; what is to come is never bold.
        widest = [max(map(QFontMetricsF(self._bold).horizontalAdvance, column), default=0) for column in texts]
        widest[0] += px(_GAP)
        widest[2] = max([widest[2], *map(QFontMetricsF(self._plain).horizontalAdvance, places)])
        titles = map(QFontMetricsF(self._theme.font(HEADER_SIZE)).horizontalAdvance, COLUMNS)
        return [int(max(pair)) + 2 * px(PAD) + 1 for pair in zip(widest, titles, strict=True)]

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows have one height; the table itself shares out the width."""
        return QSize(0, self._theme.px(_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws one cell."""
        found, area = self._model.found(index), QRectF(option.rect)
        painter.save()
        if found is not None:
            self._cell(painter, area.adjusted(self._theme.px(PAD), 0, -self._theme.px(PAD), 0), *found, index)
        elif index.column() == 0:
            is_open = bool(option.state & QStyle.StateFlag.State_Open)
            self._section(painter, area, self._model.data(index) or "", is_open, index == self._model.section())
        painter.restore()

    def _section(self, painter: QPainter, area: QRectF, title: str, is_open: bool, is_here: bool) -> None:
        px, palette = self._theme.px, self._theme.palette
        centre, arm = QPointF(area.left() + px(9), area.center().y()), px(3)
        corners = [QPointF(-arm / 2, -arm), QPointF(arm / 2, 0), QPointF(-arm / 2, arm)]
        if is_open:
            corners = [QPointF(-corner.y(), corner.x()) for corner in corners]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(palette.dim, px(1.3), c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline([centre + corner for corner in corners])
        words, colour = (f"▶ {title}", palette.accent) if is_here else (title, palette.dim)
        self._text(painter, area.adjusted(px(18), 0, -px(PAD), 0), words, self._bold, colour)

    def _cell(
        self,
        painter: QPainter,
        area: QRectF,
        line: Line,
        shown: Shown,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        palette, column = self._theme.palette, index.column()
        wrong = shown.judgement == "differs" and column == COLUMNS.index("verdict")
        font = self._bold if shown.current or wrong else self._plain
        quiet = shown.computed is None and column != COLUMNS.index("sheet")
        colour = palette.dim if quiet else palette.ink
        if column == 0:
            self._text(painter, area, line.label, font, palette.ink)
            past = QFontMetricsF(font).horizontalAdvance(line.label) + self._theme.px(_GAP)
            self._text(painter, area.adjusted(past, 0, 0, 0), line.entry, font, palette.dim)
        else:
            self._text(painter, area, self._model.data(index) or "", font, colour, right=column in _RIGHT)

    def _text(
        self, painter: QPainter, area: QRectF, text: str, font: QFont, colour: QColor, *, right: bool = False
    ) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
