"""Palettes, zoom and the style sheet: everything that decides how the window looks.

One meaning a channel: the hue of a glyph is its family, the shade of a cell its sign and size,
an outline means current. The colours keep apart under the three common kinds of colour blindness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QStaticText

from gui.look.names import lowered

FAMILIES = ("U", "W", "V", "h", "attention", "output", "E", "b", "plain", "faint")


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The colours of one theme; *families* maps a symbol's family to the colour of its glyphs."""

    name: str
    background: QColor
    panel: QColor
    line: QColor
    border: QColor
    ink: QColor
    dim: QColor
    accent: QColor
    on_accent: QColor
    highlight: QColor
    negative: QColor
    positive: QColor
    families: Mapping[str, QColor]

    def shade(self, fraction: float) -> QColor:
        """The colour of a cell: *fraction* in -1..1 of the largest size in its matrix, 0 neutral."""
        strength = min(abs(fraction), 1.0) if fraction == fraction else 0.0
        return mix(mix(self.panel, self.background, 0.7), self.negative if fraction < 0 else self.positive, strength)


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """*first* with *share* (0..1) of *second* in it."""
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


def _palette(name: str, colours: str, shades: str, families: str) -> Palette:
    background, panel, line, border, ink, dim, accent, on_accent, highlight = _colours(colours)
    negative, positive = _colours(shades)
    hues = zip(FAMILIES, [*_colours(families), ink, ink, ink, dim], strict=True)
    return Palette(
        name,
        background,
        panel,
        line,
        border,
        ink,
        dim,
        accent,
        on_accent,
        highlight,
        negative,
        positive,
        MappingProxyType(dict(hues)),
    )


def _colours(codes: str) -> list[QColor]:
    return [QColor(f"#{code}") for code in codes.split()]


LIGHT = _palette(
    "light",
    "F6F5F2 FFFFFF E2E0DA 878C94 1E2227 61666E 2F5BD0 FFFFFF E8EEFC",
    "8FBCDB DD9274",
    "1D70AC 8D2B02 137A51 612A92 926309 9C2963",
)
DARK = _palette(
    "dark",
    "17191D 1F2227 30343B 6F7681 E7E9EC 9AA1AB 7EA2FF 17191D 28324A",
    "174A6E 8A3A18",
    "89CCFB EC8B60 55C99B B389F3 F4C049 FF92C2",
)

ZOOMS = (0.75, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0)
_MOST_WIDTHS, _MOST_LAID = 5_000, 1_000  # of texts in one font


class Metrics(QFontMetricsF):
    """The measures of a font, and its texts in paint.

    Widths of texts, and texts that are laid out, are kept: most of a step stood there at the step before.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__(font)
        self._font = font
        self._widths: dict[str, float] = {}
        self._laid: dict[tuple[str, bool], tuple[QStaticText, float, float]] = {}

    def width(self, text: str, *, named: bool = False) -> float:
        """The horizontal advance of *text* in pixels; *named*: see `gui.look.names.lowered`."""
        found = self._widths.get(text)
        if found is None or named:
            if len(self._widths) >= _MOST_WIDTHS:
                self._widths.clear()
            is_lowered = "_" in text and lowered(text, named=named)
            found = self._laid_out(text, named)[1] if is_lowered else self.horizontalAdvance(text)
            if not named:
                self._widths[text] = found
        return found

    def elided(self, text: str, room: float) -> str:
        """*text*, or as much of its beginning as has *room*."""
        if self.width(text) <= room:
            return text
        from PySide6.QtCore import Qt  # not at the top, which the first frame is made from

        return self.elidedText(text, Qt.TextElideMode.ElideRight, room)

    def write(self, painter: QPainter, box: QRectF, text: str, across: float = 0.0, *, named: bool = False) -> None:
        """Paint *text* half way down *box*, and by that share of its room *across*: 0 left, 0.5 middle, 1 right.

        *named*: see `gui.look.names.lowered`.
        """
        if text:
            laid, width, height = self._laid_out(text, named)
            painter.setFont(self._font)
            x, y = box.x() + across * (box.width() - width), box.y() + (box.height() - height) / 2
            painter.drawStaticText(QPointF(x, y), laid)

    def level(self, box: QRectF) -> QRectF:
        """*box*, so far down that digits and capitals stand half way, whatever hangs below them."""
        return box.translated(0, (self.capHeight() + self.descent() - self.ascent()) / 2)

    def _laid_out(self, text: str, named: bool) -> tuple[QStaticText, float, float]:
        found = self._laid.get((text, named))
        if found is None:
            from PySide6.QtCore import Qt

            if len(self._laid) >= _MOST_LAID:
                self._laid.clear()
            rich = lowered(text, named=named)
            laid = QStaticText(rich or text)
            laid.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
            laid.prepare(font=self._font)
            height = self.height() if rich else laid.size().height()  # what hangs lower moves nothing
            found = self._laid[text, named] = laid, laid.size().width(), height
        return found


class Theme(QObject):
    """The palette and the zoom in force; every widget that paints holds one and repaints on *changed*.

    Signals:
        changed: the palette or the zoom is another one.
    """

    changed = Signal()

    def __init__(self, palette: Palette = LIGHT, zoom: float = 1.0) -> None:
        super().__init__()
        self._palette = palette
        self._fonts: dict[tuple[int, bool], QFont] = {}
        self._metrics: dict[tuple[int, bool], Metrics] = {}
        self._lengths: dict[float, int] = {}  # asked for hundreds of times a step
        self._zoom = zoom

    @property
    def palette(self) -> Palette:
        """The colours in force."""
        return self._palette

    @property
    def zoom(self) -> float:
        """How much larger than normal everything is."""
        return self._zoom

    def set_palette(self, palette: Palette) -> None:
        """Use *palette* from now on."""
        if palette is not self._palette:
            self._palette = palette
            self.changed.emit()

    def set_zoom(self, zoom: float) -> None:
        """Show everything *zoom* times as large, at least as large as the smallest of `ZOOMS`."""
        zoom = max(zoom, ZOOMS[0])
        if zoom != self._zoom:
            self._zoom = zoom
            for kept in (self._lengths, self._fonts, self._metrics):  # of each size a few megabytes
                kept.clear()
            self.changed.emit()

    def px(self, length: float) -> int:
        """*length* in logical pixels at zoom 1, at the zoom in force."""
        found = self._lengths.get(length)
        if found is None:
            found = self._lengths[length] = max(1, round(length * self._zoom))
        return found

    def font(self, size: float = 13, *, bold: bool = False) -> QFont:
        """The interface font with *size* in pixels at zoom 1; its digits all have one width."""
        key = self.px(size), bold
        if key not in self._fonts:
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
            font.setPixelSize(key[0])
            font.setBold(bold)
            self._fonts[key] = font
        return QFont(self._fonts[key])  # a copy, since whoever asks may change it

    def metrics(self, size: float = 13, *, bold: bool = False) -> Metrics:
        """The measures of that `font`."""
        key = self.px(size), bold
        if key not in self._metrics:
            self._metrics[key] = Metrics(self.font(size, bold=bold))
        return self._metrics[key]
