"""A text as it is counted: letter by letter, each above the letter that should follow it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from core.writing.shown import visible
from gui.look.theme import Theme

_CELL, _ROW, _GAP = 26, 26, 3
_LETTER, _HEAD = 15, 12
_MISSING = ""  # an empty cell
_SPOKEN = 40  # letters that a screen reader is given


class LetterStrip(QWidget):
    """Two rows of cells, timestep by timestep; what does not fit is counted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.inputs: tuple[str, ...] = ()
        self.targets: tuple[str, ...] = ()
        self.setAccessibleName("Letters as they are counted")
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_letters(self, inputs: Sequence[str], targets: Sequence[str]) -> None:
        """Show what is read and what is wanted at each timestep, as far as there are targets."""
        missing = [_MISSING] * (len(inputs) - len(targets))
        self.inputs, self.targets = tuple(inputs), (*targets[: len(inputs)], *missing)
        spoken = [
            " ".join(map(_shown, row[:_SPOKEN])) + ("…" if len(row) > _SPOKEN else "")
            for row in (self.inputs, self.targets)
        ]
        words = f"Reads {spoken[0]}; wants {spoken[1]}" if inputs else ""
        self.setAccessibleDescription(words)
        self.setToolTip("Each letter that is read, above the one that is wanted next" if inputs else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Both rows; the width is what there is."""
        return QSize(self._theme.px(200), 2 * self._theme.px(_ROW) + self._theme.px(_GAP))

    def minimumSizeHint(self) -> QSize:
        """As high as it is, and as narrow as need be."""
        return QSize(self._theme.px(120), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints as many timesteps as have room."""
        if not self.inputs:
            return
        theme, palette, px = self._theme, self._theme.palette, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = QFontMetricsF(theme.font(_HEAD))
        left = max(head.horizontalAdvance("reads"), head.horizontalAdvance("wants")) + px(8)
        tops = (0.0, float(px(_ROW) + px(_GAP)))
        painter.setFont(theme.font(_HEAD))
        painter.setPen(palette.dim)
        for word, top in zip(("reads", "wants"), tops, strict=True):
            painter.drawText(QRectF(0, top, left, px(_ROW)), Qt.AlignmentFlag.AlignVCenter, word)
        metrics = QFontMetricsF(theme.font(_LETTER))
        rest = head.horizontalAdvance("… 1,000 in all") + px(8)
        for t, letters in enumerate(zip(self.inputs, self.targets, strict=True), 1):
            pair = tuple(map(_shown, letters))
            width = max(float(px(_CELL)), *(metrics.horizontalAdvance(letter) + px(8) for letter in pair))
            if left + width > self.width() - (0 if t == len(self.inputs) else rest):
                painter.setFont(theme.font(_HEAD))
                painter.setPen(palette.dim)
                room = QRectF(left + px(4), 0, rest, px(_ROW))
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, f"… {len(self.inputs):,} in all")
                return
            painter.setFont(theme.font(_LETTER))
            for letter, top, fill in zip(pair, tops, (palette.highlight, palette.panel), strict=True):
                cell = QRectF(left, top, width, px(_ROW)).adjusted(0.5, 0.5, -0.5, -0.5)
                painter.setPen(palette.line)
                painter.setBrush(fill)
                painter.drawRoundedRect(cell, px(5), px(5))
                painter.setPen(palette.ink)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, letter)
            left += width + px(_GAP)

    def _restyle(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.update()


def _shown(letter: str) -> str:
    return visible(letter) if letter else letter
