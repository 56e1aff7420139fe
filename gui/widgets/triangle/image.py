"""The cells of a triangle as an image: under every pixel the largest of its cells, however many there are."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from gui.look.theme import Palette, mix
from gui.widgets.matrix.shades import shade_image
from gui.widgets.triangle.picture import TrianglePicture
from gui.widgets.triangle.scale import TriangleScale

_STEPS = 96
_HUE = 68  # at this step the shade is the hue itself
_PALEST = 0.09  # so that a tiny size differs from none
_TO_INK = 0.75


class TriangleImage:
    """Makes the image; where little changed since the last one, little is done again."""

    def __init__(self) -> None:
        self._made_for: tuple[TriangleScale, int, int] | None = None
        self._sizes: NDArray[np.float64] | None = None
        self._shown = (0, 0)
        self._maxima: NDArray[np.float64] = np.zeros((0, 0))

    def image(self, picture: TrianglePicture, scale: TriangleScale, ratio: float, palette: Palette) -> QImage:
        """*picture* at *scale*, with *ratio* pixels of the screen to each of the widget's."""
        width, height = (max(round(length * ratio), 1) for length in (scale.area.width(), scale.area.height()))
        made_for = (scale, width, height)
        shown = picture.rows, picture.cells
        if made_for != self._made_for or self._sizes is not picture.sizes:
            self._maxima = np.full((height, width), np.nan)
            self._made_for, self._sizes, self._shown = made_for, picture.sizes, (0, 0)
        self._bring_up_to_date(picture, scale, self._shown, shown)
        self._shown = shown
        fractions = picture.fractions(self._maxima)
        codes = np.where(np.isnan(fractions), 0, 1 + np.rint(_STEPS * np.nan_to_num(fractions))).astype(np.uint8)
        image = shade_image(codes, shades(palette, picture.hue))
        image.setDevicePixelRatio(ratio)
        return image

    def _bring_up_to_date(
        self, picture: TrianglePicture, scale: TriangleScale, before: tuple[int, int], now: tuple[int, int]
    ) -> None:
        """Fill the rows of pixels that hold a cell which is shown in only one of the two states."""
        if before == now:
            return
        height, width = self._maxima.shape
        rows, columns = scale.starts(height, scale.top), scale.starts(width, scale.left)
        ends = np.append(rows[1:], min(int(scale.top + scale.span), scale.T))  # of each row of pixels, not in it
        ends = np.maximum(ends, rows + 1)
        first, last = min(before[0], now[0]), max(before[0], now[0])  # 0-based rows of cells, both in it
        pixels = np.flatnonzero((rows <= last) & (ends > first))
        if not len(pixels):
            return
        top, bottom = rows[pixels[0]], ends[pixels[-1]]
        right = max(min(int(scale.left + scale.span), scale.T), int(columns[-1]) + 1)
        block = picture.block(int(top) + 1, int(bottom), int(columns[0]) + 1, right)
        across = np.fmax.reduceat(block, columns - columns[0], axis=1)
        self._maxima[pixels] = np.fmax.reduceat(across, rows[pixels] - top, axis=0)


@lru_cache(maxsize=16)
def shades(palette: Palette, hue: str) -> tuple[QColor, ...]:
    """Nothing, then from the palest shade to the darkest: through the hue, and on towards ink."""
    colour = palette.families[hue] if palette.families[hue] != palette.ink else palette.dim
    ramp = [mix(palette.panel, colour, _PALEST + (1 - _PALEST) * n / _HUE) for n in range(_HUE)]
    ramp += [mix(colour, palette.ink, _TO_INK * n / (_STEPS - _HUE)) for n in range(_STEPS - _HUE + 1)]
    return QColor(0, 0, 0, 0), *ramp
