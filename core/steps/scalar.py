"""The arithmetic of one entry of a term of V, W, U or E: in single numbers what its formula says in matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.epoch.epoch import Epoch
from core.network import symbols
from core.steps.evaluate import Step


@dataclass(frozen=True, slots=True)
class Factor:
    """One number of it: its name as LaTeX, its value, its colour family, and the *symbol* it is an entry of, if any."""

    latex: str
    value: float
    family: str
    symbol: str | None = None


def products(epoch: Epoch, step: Step, entry: tuple[int, int]) -> tuple[tuple[Factor, Factor], ...]:
    """The products that add up to the 0-based *entry* of a term: one, of E as many as r has entries.

    None for b and c, whose terms are no product, nor where a term of E goes to another row.
    """
    (i, j), formula, name = entry, step.formula, step.address.quantity
    if not formula.beside:
        return ()
    if not step.address.is_chained:  # one product of two quantities
        return ((factor(epoch, formula.before, (i,)), factor(epoch, formula.beside, (j,))),)
    r = [Factor(f"r_{{{n}}}", float(number), "h") for n, number in enumerate(step.products[formula.reached], 1)]
    if name != "E":
        return ((r[i], factor(epoch, formula.beside, (j,))),)
    if not np.any(step.value[i]):
        return ()
    return tuple((r_n, factor(epoch, formula.beside, (n, j))) for n, r_n in enumerate(r))


def factor(epoch: Epoch, symbol: str, entry: tuple[int, ...]) -> Factor:
    """The 0-based *entry* of *symbol*."""
    latex = symbols.latex(symbol, "", tuple(index + 1 for index in entry))
    return Factor(latex, float(epoch.value(symbol)[entry]), symbols.family(symbol), symbol)
