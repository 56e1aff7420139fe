"""The colours of a matrix's cells: one number a cell into a small table of colours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from gui.look.theme import Palette, mix
from gui.widgets.matrix.picture import MatrixPicture

_STEPS = 64
_SET_OFF = 3.0
NEUTRAL = _STEPS
UNKNOWN = 2 * _STEPS + 1
UNKNOWN_ODD = UNKNOWN + 1
NON_FINITE = UNKNOWN + 2
ABSENT = UNKNOWN + 3
# Each code, after how much it says: nothing, then sign and size, then no number.
_RANKED = np.array(
    [
        (code <= 2 * _STEPS) * (1 + abs(code - NEUTRAL)) + (code == NON_FINITE) * 128 << 8 | code
        for code in range(ABSENT + 1)
    ],
    dtype=np.uint16,
)


def shade_codes(picture: MatrixPicture) -> NDArray[np.uint8]:
    """(rows, columns): the place of each cell's colour in `shade_table`.

    The largest size among the finite numbers that are shown sets the scale.
    """
    shown = picture.shown()
    finite = shown & np.isfinite(picture.values)
    codes = np.full(picture.values.shape, NEUTRAL, dtype=np.uint8)
    largest = np.max(np.abs(picture.values), where=finite, initial=0.0)
    if picture.shade and largest > 0:
        fractions = np.divide(picture.values, largest, where=finite, out=np.zeros(picture.values.shape))
        if picture.hue is not None:
            np.maximum(fractions, 0.0, out=fractions)
        codes = np.rint(NEUTRAL + _STEPS * fractions).astype(np.uint8)
    rows, columns = np.arange(picture.rows) % 2, np.arange(picture.columns) % 2
    np.copyto(codes, np.where(rows[:, None] ^ columns, np.uint8(UNKNOWN_ODD), np.uint8(UNKNOWN)), where=~shown)
    codes[shown & ~finite] = NON_FINITE
    if picture.triangular:
        codes[~np.tri(picture.rows, picture.columns, dtype=np.bool_)] = ABSENT
    return codes


@lru_cache(maxsize=16)
def shade_table(palette: Palette, hue: str | None) -> tuple[QColor, ...]:
    """The colour of each code: sign and size, then unknown (two make it checkered), non-finite, absent."""
    neutral = palette.shade(0.0)
    fractions = np.arange(-_STEPS, _STEPS + 1) / _STEPS
    if hue is None:
        table = [palette.shade(float(fraction)) for fraction in fractions]
    else:
        top = strongest_tint(neutral.rgb(), palette.families[hue].rgb(), palette.ink.rgb())
        table = [mix(neutral, palette.families[hue], max(float(fraction), 0.0) * top) for fraction in fractions]
    return (*table, palette.panel, palette.line, palette.ink, QColor(0, 0, 0, 0))


@lru_cache(maxsize=1024)
def edge(palette: Palette, hue: str | None, code: int) -> QColor:
    """The border of a cell: its colour, with as much ink as sets it off from the panel by 3, as WCAG asks."""
    colour = shade_table(palette, hue)[code]
    shares = (mix(colour, palette.ink, share / 32) for share in range(33))
    return next((mixed for mixed in shares if contrast(mixed, palette.panel) >= _SET_OFF), palette.ink)


def edge_of(palette: Palette, fraction: float) -> QColor:
    """The border of a cell of that *fraction*, -1..1, of the largest size."""
    strength = min(max(fraction, -1.0), 1.0) if fraction == fraction else 0.0
    return edge(palette, None, NEUTRAL + round(_STEPS * strength))


def shade_image(codes: NDArray[np.uint8], table: Sequence[QColor]) -> QImage:
    """One pixel a cell."""
    colours = np.array([colour.rgba() for colour in table], dtype=np.uint32)
    pixels = colours[codes]
    rows, columns = codes.shape
    image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32)
    # QImage only borrows the bytes.
    return image.copy()


def pooled(codes: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """*codes* in at most *rows* by *columns*: the largest size in each block stands for it, no number before all."""
    rows, columns = min(rows, codes.shape[0]), min(columns, codes.shape[1])
    if codes.shape == (rows, columns):
        return codes
    ranked = _RANKED[codes]
    for axis, count in ((0, rows), (1, columns)):
        starts = np.arange(count) * codes.shape[axis] // count
        ranked = np.maximum.reduceat(ranked, starts, axis=axis)
    return (ranked & 0xFF).astype(np.uint8)


@lru_cache(maxsize=64)
def strongest_tint(ground: int, hue: int, ink: int) -> float:
    """The largest share of *hue* in *ground* on which *ink* still has a contrast of 4.5 (all as RGB)."""
    shares = np.linspace(1.0, 0.0, 101)
    readable = (
        float(share) for share in shares if contrast(mix(QColor(ground), QColor(hue), float(share)), QColor(ink)) >= 4.5
    )
    return next(readable, 0.0)


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG defines it."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
