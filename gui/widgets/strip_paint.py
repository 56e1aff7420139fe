"""How the path strip is painted: lines, nodes on them, then the words that fit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from core.tex import Piece
from gui.theme import Theme, mix
from gui.typeset import Drawing, layout
from gui.widgets.strip_layout import INPUTS, StripLayout, StripPicture, edge, stub, timestep

_EM = 14.0
_RADIUS = 7.0
# From the middle of a node down to the baseline of its name.
_BASELINE = 2.5
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_KINDS = {
    "x": ("x", "plain"),
    "h": ("h", "h"),
    "Z": ("Z", "attention"),
    "yhat": (r"\hat{y}", "output"),
    "L": ("L", "output"),
}


def label(symbol: str) -> Drawing:
    """The name of a node as it stands in formulas."""
    kind, _, step = symbol.rstrip("]").partition("[")
    name, family = _KINDS[kind]
    return layout((Piece(f"{name}_{{{step}}}", symbol, family),))


def node_width(last: int) -> float:
    """The width of a node that holds any name up to timestep *last*."""
    names = (label(f"{kind}[{last}]") for kind in ("h", "Z", "yhat", "L"))
    return max(30.0, *(name.size(_EM).width() + 10 for name in names))


class StripPainter:
    """Paints one `StripPicture`, arranged as a `StripLayout`, in units of zoom 1."""

    def __init__(self, painter: QPainter, theme: Theme, picture: StripPicture, arranged: StripLayout) -> None:
        self._painter = painter
        self._theme = theme
        self._palette = theme.palette
        self._picture = picture
        self._layout = arranged
        self._path = {frozenset(pair) for pair in picture.path}
        self._use = frozenset(picture.use) if picture.use else None

    def paint(self) -> None:
        """Paint everything; what is lit comes after what is faint."""
        lines = list(self._lines())
        for lit in (False, True):
            for pair, line in lines:
                if lit == (self._is_lit(pair) or frozenset(pair) == self._use):
                    self._paint_line(pair, line)
        self._paint_cuts()
        for symbol, rect in self._layout.nodes.items():
            self._paint_node(symbol, rect)
        self._paint_letters()
        self._paint_labels()

    def ring(self, symbol: str | None, width: float) -> None:
        """Paint a ring around the node *symbol*, if it is shown."""
        rect = self._layout.nodes.get(symbol or "")
        if rect is not None:
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.setPen(QPen(self._palette.accent, width))
            self._painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), _RADIUS + 2, _RADIUS + 2)

    def _wiring(self) -> Iterator[tuple[str, str]]:
        """The pairs of nodes that are joined at any time, the later one first."""
        kinds = ("x", "h", "Z", "yhat", "L") if self._picture.attention else ("x", "h", "yhat", "L")
        for step in self._layout.columns:
            for earlier, later in pairwise(kinds):
                yield f"{later}[{step}]", f"{earlier}[{step}]"
            yield f"h[{step}]", f"h[{step - 1}]"
            if self._picture.embedding:
                yield f"x[{step}]", f"letter[{step}]"

    def _lines(self) -> Iterator[tuple[tuple[str, str], QPainterPath]]:
        """Every line to paint between nodes that are shown, once."""
        use = (self._picture.use,) if self._picture.use else ()
        pairs = {frozenset(pair): pair for pair in (*self._wiring(), *self._picture.path, *use)}
        for pair in pairs.values():
            line = edge(self._layout, *pair)
            if line is not None:
                yield pair, line
        if self._picture.attention:
            for step in self._layout.columns:
                line = stub(self._layout, step)
                if line is not None:
                    yield (f"Z[{step}]", ""), line

    def _is_lit(self, pair: tuple[str, str]) -> bool:
        return frozenset(pair) in self._path

    def _is_known(self, symbol: str) -> bool:
        return self._picture.known is None or symbol in self._picture.known

    def _family(self) -> QColor:
        """The colour of the parameter in use; b and c share one."""
        return self._palette.families.get(self._picture.parameter or "", self._palette.ink)

    def _pen(self, pair: tuple[str, str]) -> QPen:
        if frozenset(pair) == self._use:
            return QPen(self._family(), 4.0)
        if self._is_lit(pair):
            return QPen(self._palette.accent, 2.5)
        pen = QPen(mix(self._palette.line, self._palette.border, 0.3), 1.5)
        if not self._is_known(pair[0]):
            pen.setDashPattern([2.0, 2.0])
        return pen

    def _paint_line(self, pair: tuple[str, str], line: QPainterPath) -> None:
        pen = self._pen(pair)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._painter.strokePath(line, pen)

    def _paint_cuts(self) -> None:
        """Where timesteps are left out, the line of states is interrupted by a sign."""
        for column, middle in self._layout.ellipses.items():
            before = max((step for step in self._layout.columns if step < column), default=0)
            left = self._layout.nodes.get(f"h[{before}]")
            away, back = (f"h[{before + 1}]", f"h[{before}]"), (f"h[{column}]", f"h[{column - 1}]")
            lit = self._is_lit(away) or self._is_lit(back)
            self._painter.setPen(self._palette.accent if lit else self._palette.dim)
            self._painter.setFont(self._font(16, bold=True))
            self._painter.drawText(_around(middle, 20, 22), Qt.AlignmentFlag.AlignCenter, "⋯")
            if left is not None:
                self._painter.setPen(self._pen(away))
                self._painter.drawLine(QPointF(left.right(), middle.y()), middle - QPointF(10, 0))

    def _paint_node(self, symbol: str, rect: QRectF) -> None:
        computed, known = symbol == self._picture.computed, self._is_known(symbol)
        lit = computed or symbol in self._picture.lit
        pen = QPen(self._palette.accent if lit else self._palette.border, 2.5 if computed else 1.5 if lit else 1.0)
        if not known and not computed:
            pen.setDashPattern([3.0, 2.0])
        self._painter.setPen(pen)
        self._painter.setBrush(self._palette.highlight if lit else self._palette.panel)
        self._painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        drawing = label(symbol)
        at = rect.center() - QPointF(drawing.size(_EM).width() / 2, drawing.baseline(_EM) - _BASELINE)
        drawing.paint(
            self._painter,
            _EM,
            at,
            lambda part: self._palette.families[part.family] if lit else self._palette.dim,
        )

    def _paint_letters(self) -> None:
        """The letters read and wanted, each with its word where that fits."""
        words = QCoreApplication.translate
        for step, place in self._layout.wanted.items():
            letter = _visible(self._picture.targets[step - 1])
            self._paint_letter(place, words("PathStrip", "wanted {letter}"), letter, lit=False)
        for step, place in self._layout.letters.items():
            letter, lit = _visible(self._picture.inputs[step - 1]), f"x[{step}]" in self._picture.lit
            self._paint_letter(place, words("PathStrip", "reads {letter}"), letter, lit=lit)

    def _paint_letter(self, place: QRectF, words: str, letter: str, *, lit: bool) -> None:
        self._painter.setPen(self._palette.ink if lit else self._palette.dim)
        self._painter.setFont(self._font(12, bold=lit))
        text = words.format(letter=letter)
        fits = QFontMetricsF(self._painter.font()).horizontalAdvance(text) <= place.width()
        self._painter.drawText(place, _LEFT, text if fits else letter)

    def _paint_labels(self) -> None:
        """The parameter in use is named first; where a name would cover another it is left out."""
        taken: list[QRectF] = []
        if self._picture.use and self._picture.parameter:
            line = edge(self._layout, *self._picture.use)
            step = timestep(self._picture.use[0])
            if line is not None:
                taken.append(self._paint_label(line, f"{self._picture.parameter}@{step}", self._family(), bold=True))
        for step in self._layout.columns:
            pair = (f"h[{step}]", f"h[{step - 1}]")
            line = edge(self._layout, *pair)
            if line is None or frozenset(pair) == self._use:
                continue
            lit = self._is_lit(pair)
            text, colour = f"W@{step}", self._palette.accent if lit else self._palette.dim
            place = self._place(line, text, bold=lit)
            if not any(place.intersects(other) for other in taken) and place.width() < line.length():
                taken.append(self._paint_label(line, text, colour, bold=lit))

    def _place(self, line: QPainterPath, text: str, *, bold: bool) -> QRectF:
        """Below the middle of a level line, right of an upright one."""
        width = QFontMetricsF(self._font(11, bold=bold)).horizontalAdvance(text) + 2
        middle = line.pointAtPercent(0.5)
        if abs(line.angleAtPercent(0.5)) % 180 < 1:
            if middle.y() > INPUTS - 1:  # nothing stands above the lowest row, and nothing has room below it
                return _around(middle - QPointF(0, 11), width, 14)
            # Between nodes that are close together the name goes below them.
            return _around(middle + QPointF(0, 13 if line.length() > width else 20), width, 14)
        return QRectF(middle.x() + 6, middle.y() - 6, width, 14)

    def _paint_label(self, line: QPainterPath, text: str, colour: QColor, *, bold: bool) -> QRectF:
        place = self._place(line, text, bold=bold)
        self._painter.setFont(self._font(11, bold=bold))
        self._painter.setPen(colour)
        self._painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        return place

    def _font(self, pixels: int, *, bold: bool = False) -> QFont:
        """The interface font at zoom 1: the painter itself is zoomed."""
        font = self._theme.font(pixels, bold=bold)
        font.setPixelSize(pixels)
        return font


def _around(middle: QPointF, width: float, height: float) -> QRectF:
    return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)


def _visible(letter: str) -> str:
    """*letter*, with a sign in place of blank space."""
    return letter if letter.strip() else "␣"
