"""How a number is written for a reader: decimals or significant digits, never a row of zeros."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A way of writing real numbers.

    *style*: ``"decimals"`` counts the digits after the point, ``"significant"`` all that matter.
    *digits*: how many, 1 to 17.
    """

    style: Literal["decimals", "significant"] = "decimals"
    digits: int = 4

    def __call__(self, value: float) -> str:
        """*value* as text, with a true minus sign: ``−0.0410``, ``3.21×10⁻⁶``, ``∞``."""
        mantissa, exponent = self._parts(value)
        text = mantissa.replace("-", MINUS).replace("inf", "∞")
        return text if exponent is None else f"{text}×10{str(exponent).translate(_SUPERSCRIPTS)}"

    def within(self, values: Iterable[float], fits: Callable[[str], bool]) -> list[str]:
        """*values* as texts that each *fits*: powers of ten all with as few digits as one of them needs; else a dot."""
        shown = [(value, self(value)) for value in values]
        texts = [text for _, text in shown]
        for digits in range(3, 0, -1):
            if all(map(fits, texts)):
                break
            shorter = NumberFormat("significant", digits)
            texts = [shorter(value) if "×" in text else text for value, text in shown]
        return [text if fits(text) else "·" for text in texts]

    def latex(self, value: float) -> str:
        """*value* as LaTeX, with the same digits as the text."""
        mantissa, exponent = self._parts(value)
        text = mantissa.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
        return text if exponent is None else rf"{text}\times 10^{{{exponent}}}"

    def spoken(self, value: float) -> str:
        """*value* for a screen reader: ``minus 0.0410``, ``3.21 times 10 to the minus 6``."""
        mantissa, exponent = self._parts(value)
        text = mantissa.replace("-", "minus ").replace("inf", "infinity").replace("nan", "not a number")
        power = str(exponent).replace("-", "minus ")
        return text if exponent is None else f"{text} times 10 to the {power}"

    def _parts(self, value: float) -> tuple[str, int | None]:
        """Mantissa and power of ten; the power is None where the plain form serves."""
        if not math.isfinite(value):
            return str(float(value)), None
        if value == 0:
            return ("0" if self.style == "significant" else f"{0:.{self.digits}f}"), None
        plain = abs(value) < 1e7
        if self.style == "significant":
            if abs(value) >= 1e-4 and plain:
                shown = f"{value:#.{self.digits}g}".rstrip(".")
                if "e" not in shown:
                    return shown, None
            mantissa, exponent = f"{value:.{max(self.digits - 1, 0)}e}".split("e")
            return mantissa, int(exponent)
        if plain and abs(value) >= 1e-4 and float(f"{value:.{self.digits}f}") != 0:
            return f"{value:.{self.digits}f}", None
        mantissa, exponent = f"{value:.{min(self.digits, 3)}e}".split("e")
        return mantissa, int(exponent)


def adds_up(addends: Iterable[str], total: str) -> bool:
    """Whether numbers as they are written, with a true minus sign, add up, so that a reader may add them."""
    from decimal import Decimal, InvalidOperation  # not at the top, which the first frame is made from

    try:
        return sum(Decimal(text.replace(MINUS, "-")) for text in addends) == Decimal(total.replace(MINUS, "-"))
    except InvalidOperation:
        return False


def exact(value: float) -> str:
    """*value* with all the digits that identify the double, as Python prints it."""
    return repr(float(value)).replace("-", MINUS)
