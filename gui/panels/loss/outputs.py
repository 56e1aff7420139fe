"""What is predicted and what is wanted by timestep, where both are numbers: pure, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.network.held import held_cells
from core.network.number import Number
from core.network.symbols import subscript, symbol, text
from core.program.program import Address, Phase
from core.writing.form import exact
from gui.debugger.known import timesteps_known
from gui.debugger.view import View
from gui.widgets.parts.fact import Fact
from gui.widgets.plots.curves_picture import Curve
from gui.widgets.plots.line_picture import Line, Ring

MOST_LISTED = 24  # timesteps in the list; of more, those around the current one


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """One entry of ŷ_t and of y_t over all timesteps.

    *line*: ŷ_t as far as it is computed, and a mark at every y_t. *curves*: both as lines, ŷ_t first. *summary*: both
    at the timestep of the cursor, in words. *facts*: both as numbers; *leads*: the step that each line leads to.
    """

    line: Line
    curves: tuple[Curve, ...]
    summary: str
    facts: tuple[Fact, ...]
    leads: tuple[Address, ...]


def shows_outputs(view: View) -> bool:
    """Whether there are two lines to be shown: where numbers are predicted, no letters."""
    return not view.network.by_letter


def outputs(view: View, entry: int) -> Outputs:
    """Entry *entry*, 0-based, of what is predicted and wanted, as far as the cursor of *view* has come."""
    network, form = view.network, view.form
    known, steps = timesteps_known(view, "yhat"), np.arange(1.0, network.T + 1)
    has = np.array([network.has_target(t) for t in range(1, network.T + 1)])
    predicted = np.where(steps <= known, view.epoch.tape["yhat"][:, entry], np.nan)
    wanted = np.where(has, network.one_hot_targets[:, entry], np.nan)
    address = view.step.address
    at = address.indices[0] - 1 if address.indices else None

    def both(row: int) -> str:
        said = form(float(predicted[row])) if row < known else "to come"
        said += " (held)" if (row, entry) in held_cells(network, "yhat") else ""
        return f"ŷ{subscript(row + 1)} {said}, {f'wanted {form(float(wanted[row]))}' if has[row] else 'no target'}"

    def tip(row: int) -> str:
        return f"{both(row)}\nin full {exact(float(predicted[row]))}" if row < known else both(row)

    def number(row: int) -> Number:
        return Number(symbol("yhat", row + 1), (entry,))

    rings = tuple(Ring(float(t), float(wanted[t - 1]), both(t - 1)) for t in range(1, network.T + 1) if has[t - 1])
    here = at if at is not None and at < known else None
    label = f"t = {at + 1}: {form(float(predicted[at]))}" if here is not None and at is not None else ""
    line = Line(steps, predicted, here, label, rings, tip, number)
    shown = _listed(network.T, at or 0)
    facts = tuple(_fact(view, row, known, entry, f"{tip(row)}: go there", is_here=row == at) for row in shown)
    return Outputs(
        line,
        (Curve("ŷ", steps, predicted), Curve("y", steps, wanted)),
        both(at) if at is not None else f"{known} of {network.T} predicted",
        facts,
        tuple(Address(Phase.FORWARD, "yhat", (row + 1,)) for row in shown),
    )


def _fact(view: View, row: int, known: int, entry: int, words: str, *, is_here: bool) -> Fact:
    network, form = view.network, view.form
    left = f"{'▶ ' if is_here else ''}{text(symbol('yhat', row + 1))}, {text(symbol('y', row + 1))}"
    predicted = form(float(view.epoch.tape["yhat"][row, entry])) if row < known else "…"
    wanted = form(float(network.one_hot_targets[row, entry])) if network.has_target(row + 1) else "–"
    return Fact(left, f"{predicted}, {wanted}", words, "accent" if is_here else "plain", leads=True)


def _listed(T: int, at: int) -> range:
    first = min(max(at - MOST_LISTED // 2, 0), max(T - MOST_LISTED, 0))
    return range(first, min(first + MOST_LISTED, T))
