"""What the Contributions panel shows of a view: pure, nothing drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.epoch.epoch import Epoch
from core.epoch.memo import latest
from core.network.arrays import entry_of
from core.network.network import Network
from core.network.number import Number
from core.network.symbols import symbol
from core.program.program import Address, Phase, Program
from core.studies.contributions import MOST_TIMESTEPS, Bar, Bars, Grouping, bars, number_in
from core.writing.form import exact
from core.writing.shown import entry_name
from gui.debugger.labels import axis_labels, counted, gradient_text, term_label
from gui.debugger.view import View
from gui.debugger.wording import HIDDEN
from gui.panels.contributions.words import late_sentence, sentence, zero_words
from gui.widgets.bars.picture import BarPicture
from gui.widgets.parts.fact import Fact

MOST_SLOTS = 120  # with more terms, places are drawn only for those that are computed
_LARGEST = 5


@dataclass(frozen=True, slots=True, eq=False)
class Nothing:
    """Why nothing is shown here, and the first step where something is, None where that does not help."""

    words: str
    first: Address | None


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """One gradient's contributions, up to the cursor.

    *quantity*: whose gradient. *title*: it and its entry. *labels*: of rows and columns, none where there is one.
    *entry*: 0-based. *offered*: the groupings that differ. *address_of*: where a place of *picture* leads.
    *facts*: the list beside it, *leads*: the places that its lines lead to, by index.
    """

    quantity: str
    title: str
    labels: tuple[tuple[str, ...], tuple[str, ...]]
    entry: tuple[int, int]
    offered: tuple[Grouping, ...]
    grouping: Grouping
    sentence: str
    picture: BarPicture
    address_of: Callable[[int], Address]
    facts: tuple[Fact, ...]
    leads: dict[int, int]


def contributions(view: View, wanted: Grouping, *, is_log: bool = False) -> Contributions | Nothing:
    """What there is to show at the cursor, grouped as *wanted* where the gradient has such groups.

    *is_log*: as sizes on a logarithmic axis, where nothing adds up.
    """
    address, network, program = view.step.address, view.network, view.program
    if address.phase is Phase.FORWARD or address.quantity == "norm" or address.is_asked(network):
        return _nothing(view)
    if view.hidden:
        return Nothing(HIDDEN, None)
    if address.phase in (Phase.CLIP, Phase.UPDATE):
        address = Address(Phase.BACKWARD, address.quantity)
    name, entry = address.quantity, view.entry
    offered = offered_groupings(program, name)
    by: Grouping = wanted if wanted in offered else "term"
    shown = _bars(view.epoch, program, address, entry, by)
    slots, lead = _slots(program, name, shown, by)
    current = _current(address, shown, by)
    done = program.term_number(address) if address.indices else program.term_count(name)
    title = gradient_text(name)
    labels = axis_labels(network, name)
    if any(labels):
        title += f" entry ({entry_name(network, name, entry)})"
    totals = shown.totals

    def address_of(place: int) -> Address:
        if lead and place == 0:
            return Address(Phase.BACKWARD, name, shown[0].indices)
        return slot_address(program, name, slots[place], by)

    def label(place: int) -> str:
        if lead and place == 0:
            return lead
        return (
            f"{_name(by)} = {slots[place][0]}" if by != "term" else term_label(network, name, address_of(place).indices)
        )

    def tooltip(place: int) -> str:
        if place >= len(shown):
            return f"{label(place)}: not computed yet, step {program.position(address_of(place)):,}"
        said = _tooltip(view, address_of(place), shown[place], label(place), float(totals[place]), by)
        return f"{said}\nwithout the change {view.form(float(picture.before[place]))}" if len(picture.before) else said

    def number(place: int) -> Number | None:
        if place >= len(shown) or (lead and place == 0):
            return None
        if by == "term":
            return Number(symbol(f"dL/d{name}", *address_of(place).indices), entry)
        if done < program.term_count(name):
            return None  # of a part of a group: no symbol stands for it
        # All uses at k have one; of other groups the gradient tells, which opens into them.
        return Number(symbol(f"dL/d{name}", *(slots[place][:1] if by == "k" else ())), entry)

    picture = BarPicture(
        name=f"Contributions to {title}",
        values=shown.values,
        totals=totals,
        part_values=shown.parts,
        part_names=shown.paths if shown.parts.size else (),
        levels=_levels(program, name, by),
        slots=slots,
        lead=lead,
        current=current,
        to_go=0 if len(slots) > len(shown) else program.term_count(name) - done,
        label=label,
        tooltip=tooltip,
        number=number,
        form=view.form,
        before=_bars(view.original, program, address, entry, by).values if view.original is not None else np.zeros(0),
    )
    if is_log:
        no_parts = np.zeros((len(shown), 0))
        picture = replace(picture, part_values=no_parts, part_names=(), adds_up=False, is_log=True, before=np.zeros(0))
    facts, leads = _facts(view, address, picture, program.term_count(name) - done)
    last = address.indices or (network.T, network.T)
    words = late_sentence(network, last[0], last[1], by) if lead else sentence(program, name, by)
    return Contributions(name, title, labels, entry, offered, by, words, picture, address_of, facts, leads)


def _nothing(view: View) -> Nothing:
    first = view.program[view.program.gradient_span(view.program.updated[0]).first]
    position, quantity = view.program.position(first), view.step.address.quantity
    if view.step.address.phase is Phase.BACKWARD and quantity != "Omega":
        words = "What is asked here is added up in the formula; gradients are added up when the way back is done."
    elif view.step.address.quantity == "Omega" and view.step.address.phase is Phase.BACKWARD:
        words = "Every loss has its own ∂L/∂Ω: there is nothing to add."
    elif quantity == "norm":
        words = "The norm is of all gradients together."
    else:
        words = f"Gradients are summed in the backward phase, from step {view.program.backward.first:,}."
    return Nothing(f"{words} The first term, of {gradient_text(first.quantity)}, is step {position:,}.", first)


def offered_groupings(program: Program, name: str) -> tuple[Grouping, ...]:
    """The groupings of the terms of ∂L/∂name that differ."""
    if not program.is_chained(name):
        return ("term",)
    return ("term", "t", "m", "k", "t-k") if program.network.attention else ("term", "t", "k", "t-k")


def _name(by: Grouping) -> str:
    return "t − k" if by == "t-k" else by


def _levels(program: Program, name: str, by: Grouping) -> tuple[str, ...]:
    if by != "term":
        return (_name(by),)
    if not program.is_chained(name):
        return ("t",)
    return ("t", "m", "k") if program.network.attention else ("t", "k")


def _bars(epoch: Epoch, program: Program, address: Address, entry: tuple[int, int], by: Grouping) -> Bars:
    """The bars up to *address*; single terms are a beginning of all of their gradient, which is kept."""
    if by != "term" or not address.indices:
        return bars(epoch, program, address, entry, by)
    name, T = address.quantity, program.network.T
    long = program.is_chained(name) and T > MOST_TIMESTEPS
    if long and address.indices[0] > MOST_TIMESTEPS:
        t, m, k = address.indices
        every = _all_terms(epoch, program, Address(Phase.BACKWARD, name, (t, m, m)), entry)
        return every[: len(every) - m + k]
    end = (max(at for at in program.losses if at <= MOST_TIMESTEPS),) * 3 if long else ()
    known = _all_terms(epoch, program, Address(Phase.BACKWARD, name, end), entry)
    return known[: program.term_number(address)]


@latest
def _all_terms(epoch: Epoch, program: Program, last: Address, entry: tuple[int, int]) -> Bars:
    return bars(epoch, program, last, entry)


def _slots(program: Program, name: str, shown: Bars, by: Grouping) -> tuple[tuple[tuple[int, ...], ...], str]:
    """The numbers of every place, and the label of the first where it stands for all earlier losses."""
    network = program.network
    lead = ""
    if shown.has_lead:
        t, m, _ = shown.indices[0]
        lead = f"losses 1–{t:,}" if m == t else f"terms to {term_label(network, name, shown.indices[0])}"
    if not lead and by != "term" and network.T <= MOST_SLOTS:
        last = program.losses[-1]
        by_loss = by == "t" or (by == "m" and not network.attention)
        numbers = program.losses if by_loss else range(last) if by == "t-k" else range(1, last + 1)
        return tuple((number,) for number in numbers), ""
    if not lead and by == "term" and program.term_count(name) <= MOST_SLOTS:
        first = program.gradient_span(name).first
        every = (program[position].indices for position in range(first, first + program.term_count(name)))
        return tuple(_numbers(network, indices) for indices in every), ""
    if network.attention:
        return shown.indices, lead
    return tuple(_numbers(network, indices) for indices in shown.indices), lead


def _numbers(network: Network, indices: tuple[int, ...]) -> tuple[int, ...]:
    """The indices without m, where that is always t."""
    return indices if network.attention or len(indices) == 1 else indices[::2]


def slot_address(program: Program, name: str, slot: tuple[int, ...], by: Grouping) -> Address:
    """The step of a place; of a group, its first term."""
    n, network = slot[0], program.network
    if by == "term":
        return Address(Phase.BACKWARD, name, slot if network.attention or len(slot) == 1 else (n, *slot))
    t = next((t for t in program.losses if t >= (n + 1 if by == "t-k" else n)), program.losses[-1])
    k = {"t-k": t - n, "k": min(n, t)}.get(by, 1)
    m = {"t-k": k, "t": 1}.get(by, min(n, t)) if network.attention else t
    indices = (t, m, k)
    return Address(Phase.BACKWARD, name, indices)


def _current(address: Address, shown: Bars, by: Grouping) -> int | None:
    if not address.indices:
        return None
    if by == "term":
        return len(shown) - 1
    return shown.indices.index((number_in(address.indices, by),))


def _tooltip(view: View, address: Address, bar: Bar, label: str, total: float, by: Grouping) -> str:
    form = view.form
    first = f"{label}: {form(bar.value)}"
    if bar.parts:
        first += "".join(f" · {path} {form(value)}" for path, value in bar.parts)
    lines = [first, f"in full {exact(bar.value)}", f"running total {form(total)}"]
    start = f"step {view.program.position(address):,}"
    if bar.before:
        lines.append(counted(bar.count, "term"))
    else:
        lines.append(start if bar.count == 1 else f"{counted(bar.count, 'term')}, the first at {start}")
    if by == "term" and not bar.before and bar.value == 0 and (reason := zero_words(view, address, view.entry)):
        lines.append(reason)
    return "\n".join(lines)


def _facts(view: View, address: Address, picture: BarPicture, to_go: int) -> tuple[tuple[Fact, ...], dict[int, int]]:
    form, step, name, entry = view.form, view.step, address.quantity, view.entry
    facts: list[Fact] = []
    if step.kind == "term":
        value = entry_of(step.value, entry)
        facts.append(Fact("▶ this term", form(value), exact(value), "accent"))
        if value == 0 and (reason := zero_words(view, address, entry)):
            facts.append(Fact(reason, style="note"))
    if step.running is not None:
        running = entry_of(step.running, entry)
        facts.append(Fact("running total", form(running), exact(running), "strong"))
    final = f"final {gradient_text(name)}"
    if to_go:
        facts.append(
            Fact(
                final,
                f"{counted(to_go, 'term')} to go",
                f"Known at step {view.program.gradient_span(name).last:,}, the sum",
            )
        )
    elif step.kind == "term":
        facts.append(Fact(final, "next step", "All terms are added; the next step shows the sum"))
    else:
        value = entry_of(view.epoch.gradients[name], entry)
        facts.append(Fact(final, form(value), exact(value), "strong"))
    sizes = np.abs(np.nan_to_num(picture.values, nan=0.0))
    if picture.lead:
        sizes[0] = 0  # the sum of many, which would be called the largest term
    largest = [int(place) for place in np.argsort(-sizes, kind="stable")[:_LARGEST] if sizes[place]]
    leads: dict[int, int] = {}
    if largest:
        facts.append(Fact("largest so far" if to_go else "largest", style="heading"))
        for place in largest:
            leads[len(facts)] = place
            here = "▶ " if place == picture.current else ""
            value = float(picture.values[place])
            facts.append(Fact(here + picture.label(place), form(value), picture.tooltip(place), leads=True))
    else:
        facts.append(Fact("All bars so far are 0." if to_go else "All bars are 0.", style="note"))
    return tuple(facts), leads
