"""What the Contributions panel shows of the sizes of very many terms: pure, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from core.epoch.sums import running_totals
from core.network.symbols import meaning
from core.program.program import Address, Phase, Program
from core.steps.entry import Where
from core.steps.ladder import zero_reason
from core.studies.contributions import Grouping
from core.studies.term_sizes import TermSizes
from core.writing.form import NumberFormat
from gui.debugger.labels import counted, gradient_text
from gui.debugger.view import View
from gui.panels.contributions.state import MOST_SLOTS
from gui.widgets.bars.picture import BarPicture
from gui.widgets.parts.fact import Fact
from gui.widgets.triangle.picture import Cell, TrianglePicture

MOST_TERMS = 2_000  # with more of them, their sizes are worth a picture of their own
_LARGEST = 5
_FORM = NumberFormat("significant", 2)
_EXACT = "All sizes are computed. Terms that fade below 10⁻¹² of the largest size of their loss are left out."


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """The sizes of one gradient's terms, as far as the cursor and the computation are.

    *sentence*: what is shown. *progress*: how far the computation is, in words; *share*: of the losses that the
    cursor has reached, 1 when all are computed. *facts*: the list beside, *leads*: the cells that its lines lead to.
    """

    sentence: str
    progress: str
    share: float
    picture: TrianglePicture | BarPicture
    facts: tuple[Fact, ...]
    leads: dict[int, Cell]


def has_sizes(program: Program, name: str) -> bool:
    """Whether ∂L/∂name has so many terms that their sizes are shown."""
    return program.is_chained(name) and program.term_count(name) > MOST_TERMS


def first_term(view: View, name: str, cell: Cell) -> Address:
    """The first term of a cell: with attention by way of h_k itself."""
    t, k = cell
    return Address(Phase.BACKWARD, name, (t, k if view.network.attention else t, k))


def reached(view: View) -> int:
    """The loss that the cursor is in: with it and those before it the computation is done."""
    indices = view.step.address.indices
    return indices[0] if indices else view.network.T


def sizes(view: View, found: TermSizes, by: Grouping) -> Sizes:
    """What there is to show at the cursor of *view*, as a triangle or added up *by* an index."""
    rows, cells = _known(view, found)
    indices, goal = view.step.address.indices, reached(view)
    current = (indices[0], indices[2]) if indices else None
    done = min(found.rows_done, goal)
    progress = _EXACT if done == goal else f"Computing the sizes: loss {done:,} of {goal:,} …"
    facts, leads = _facts(view, found, rows, cells, current)
    if done == goal:
        facts += (Fact(_EXACT, style="note"),)
    if by != "term":
        words, bars = _sum_sentence(found.name, by), _bars(view, found, rows, by)
        return Sizes(words, progress, done / goal, bars, facts, leads)
    largest = _largest(found, rows, cells)
    description = f"Losses 1 to {rows:,} of {view.network.T:,} are shown."
    if leads:
        t, k = next(iter(leads.values()))
        description += f" The largest size is {_FORM.spoken(largest)}, at t = {t}, k = {k}."
    picture = TrianglePicture(
        name=f"Sizes of the terms of {gradient_text(found.name)}, by loss t and use k",
        description=f"{description} {progress}",
        sizes=found.sizes,
        rows=rows,
        cells=cells,
        largest=largest,
        current=current,
        hue=meaning(found.name).family,
        words=partial(_words, view, found),
        form=_FORM,
    )
    return Sizes(_sentence(view, found.name), progress, done / goal, picture, facts, leads)


def _known(view: View, found: TermSizes) -> Cell:
    """How many losses are shown whole, and how many uses of the next: those whose terms all lie before the cursor."""
    if not view.step.address.indices:
        return found.rows_done, 0
    t, m, k = view.step.address.indices
    rows, cells = (t, 0) if k == t else (t - 1, k if m == t else 0)
    return (rows, cells) if found.rows_done > rows else (found.rows_done, 0)


def _largest(found: TermSizes, rows: int, cells: int) -> float:
    """The largest finite size that is shown."""
    shown = np.append(found.largest[:rows], found.sizes[rows, :cells] if cells else ())
    return float(np.max(shown, where=np.isfinite(shown), initial=0.0))


def _words(view: View, found: TermSizes, cell: Cell) -> str:
    """What a cell says when it is pointed at."""
    (t, k), network = cell, view.network
    place = f"t = {t:,}, k = {k:,}"
    if not network.has_target(t):
        return f"{place}: there is no target at t = {t:,}, and so no loss and no term"
    terms = counted(t - k + 1 if network.attention else 1, "term")
    last = Address(Phase.BACKWARD, found.name, (t, t, k))
    first = first_term(view, found.name, cell)
    if not view.is_past(last):
        if view.is_past(first) and network.attention:
            return f"{place}: not all of its {terms} are computed yet, the last is step {view.program.position(last):,}"
        return f"{place}: not computed yet, step {view.program.position(first):,}"
    if t > found.rows_done:
        return f"{place}: {terms}, the size is being computed"
    size, left_out = float(found.sizes[t - 1, k - 1]), found.negligible * float(found.largest[t - 1])
    reason = zero_reason(Where(network, view.epoch.rule, last)) if size == 0 else None
    if reason is not None:
        return f"{place}: size 0, {terms}\n{reason}"
    if size < left_out:
        return f"{place}: size below {_FORM(size + left_out)}, {terms}"
    return f"{place}: size {_FORM(size)}, {terms}"


def _facts(
    view: View, found: TermSizes, rows: int, cells: int, current: Cell | None
) -> tuple[tuple[Fact, ...], dict[int, Cell]]:
    facts: list[Fact] = []
    leads: dict[int, Cell] = {}
    if current is not None:
        t, k = current
        is_known = t <= rows or (t == rows + 1 and k <= cells)
        size = _FORM(float(found.sizes[t - 1, k - 1])) if is_known else "not known yet"
        facts.append(Fact(f"▶ {_place(current)}", size, _words(view, found, current), "accent"))
    largest = _largest_cells(found, rows, cells)
    if largest:
        is_all = rows == view.network.T
        facts.append(Fact("largest" if is_all else "largest so far", style="heading"))
    for cell in largest:
        leads[len(facts)] = cell
        here = "▶ " if cell == current else ""
        size = _FORM(float(found.sizes[cell[0] - 1, cell[1] - 1]))
        facts.append(Fact(here + _place(cell), size, _words(view, found, cell), leads=True))
    return tuple(facts), leads


def _largest_cells(found: TermSizes, rows: int, cells: int) -> list[Cell]:
    """The few largest cells: they lie in the rows that have the largest."""
    strongest = np.argsort(-np.nan_to_num(found.largest[:rows]), kind="stable")[:_LARGEST].tolist()
    every = [(float(size), (t + 1, k)) for t in strongest for k, size in enumerate(found.sizes[t, : t + 1], 1)]
    if cells:
        every += [(float(size), (rows + 1, k)) for k, size in enumerate(found.sizes[rows, :cells], 1)]
    return [cell for size, cell in sorted(every, key=lambda each: -each[0])[:_LARGEST] if size > 0]


def _place(cell: Cell) -> str:
    return f"t = {cell[0]:,}, k = {cell[1]:,}"


@lru_cache(maxsize=4)
def _sums(found: TermSizes, by: Grouping, rows: int) -> NDArray[np.float64]:
    """The sizes of the first *rows* losses, added up by an index."""
    return found.added_up(by, rows)


def _bars(view: View, found: TermSizes, rows: int, by: Grouping) -> BarPicture:
    values = _sums(found, by, rows)
    indices = view.step.address.indices
    number = indices["tmk".index(by)] if indices else 0
    places = view.network.T if view.network.T <= MOST_SLOTS else max(rows, 1)

    def label(place: int) -> str:
        return f"{by} = {place + 1:,}"

    def tooltip(place: int) -> str:
        if place >= len(values):
            return f"{label(place)}: not known yet"
        return f"{label(place)}: sizes that add up to {_FORM(float(values[place]))}"

    return BarPicture(
        name=f"Sizes of the terms of {gradient_text(found.name)}, added up by {by}",
        values=values,
        totals=running_totals(values),
        part_values=np.zeros((len(values), 0)),
        part_names=(),
        levels=(by,),
        slots=tuple((place + 1,) for place in range(places)),
        lead="",
        current=number - 1 if 0 < number <= len(values) else None,
        to_go=0,
        label=label,
        tooltip=tooltip,
        form=_FORM,
        adds_up=False,
    )


def _sentence(view: View, name: str) -> str:
    """What the triangle shows."""
    ways = ", all ways through attention together" if view.network.attention else ""
    return (
        f"How large the terms of each loss t are for each use k of {name}{ways}: "
        "a row shows how far back the gradient reaches."
    )


def _sum_sentence(name: str, by: Grouping) -> str:
    """What the bars of sizes show."""
    each = {"t": "of each loss t", "m": "that come by way of each hidden state m", "k": f"of each use k of {name}"}[by]
    return f"How large the terms {each} are, added up over whole losses: signs do not count, so nothing cancels."
