"""Few round numbers for an axis, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.writing.form import MINUS, NumberFormat

_PLAIN_DECIMALS = 6  # an axis with smaller steps writes powers of ten
_SIGNIFICANT = NumberFormat("significant", 2)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def round_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most *most* multiples of 1, 2 or 5 times a power of ten in *low* … *high*; 0 is exactly 0."""
    if not high > low:
        return [low]
    rough = (high - low) / max(most, 2)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5, 10, 20):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [n * step for n in range(first, last + 1)] or [low]
    return [low]


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most *most* numbers 1, 2, 5, 10, … in *low* … *high*, both above 0, thinned where there are too many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [f * 10.0**n for n in decades for f in factors if low * 0.999 <= f * 10.0**n <= high * 1.001]
        if len(ticks) <= most:
            return ticks if len(ticks) > 1 else [tick for tick in round_ticks(low, high, most) if tick > 0]
    return ticks[:: math.ceil(len(ticks) / most)]


def tick_texts(ticks: Sequence[float]) -> list[str]:
    """*ticks* as text: as many decimals as they need, thousands grouped, a true minus sign."""
    if any(tick and not 1e-5 <= abs(tick) < 1e7 for tick in ticks):
        return [_SIGNIFICANT(tick) if tick else "0" for tick in ticks]
    decimals = next(
        (n for n in range(_PLAIN_DECIMALS) if all(math.isclose(tick, round(tick, n), abs_tol=1e-12) for tick in ticks)),
        _PLAIN_DECIMALS,
    )
    return [f"{tick:,.{decimals}f}".replace("-", MINUS) if tick else "0" for tick in ticks]


def superscript(power: int) -> str:
    """A power as it stands beside its base: ``⁻³``."""
    return str(power).translate(_SUPERSCRIPTS)
