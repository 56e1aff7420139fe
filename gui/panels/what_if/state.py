"""One number that may be another: what it is, how far it goes, and what is said of it. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.network import symbols
from core.network.changes import Changes, alone, is_given, is_letter, why_not, within
from core.network.network import Network
from core.network.number import Number
from core.writing.form import NumberFormat
from core.writing.shown import visible
from gui.debugger.labels import letters, name_of
from gui.debugger.state import State
from gui.debugger.view import View

STEPS = 400  # of a slider, from end to end
_MOST = 1e6


@dataclass(frozen=True, slots=True)
class Trial:
    """A number on the card.

    *number*: with the epoch from which it would be another one; of a parameter as a whole, a factor and without
    an entry.
    *name*: as it is called. *before*: its value without the change. *low*, *high*: the ends of the slider. *choices*:
    of a letter, the alphabet: its value is then a place in it. *least*, *most*: what may be typed. *note*: what is to
    be said of it beside what follows.
    """

    number: Number
    name: str
    before: float
    low: float
    high: float
    choices: tuple[str, ...] = ()
    is_held: bool = False
    is_factor: bool = False
    least: float = -_MOST
    most: float = _MOST
    note: str = ""

    @property
    def is_rate(self) -> bool:
        """Whether it is η, which holds in all epochs."""
        return self.number.symbol == "eta"

    @property
    def steps(self) -> int:
        """How many steps the slider has."""
        return len(self.choices) - 1 if self.choices else STEPS

    def value_at(self, step: int) -> float:
        """The value that a step of the slider stands for: round, so that it can be read."""
        if self.choices:
            return float(step)
        return round(self.low + (self.high - self.low) * step / STEPS, 12)

    def step_at(self, value: float) -> int:
        """The step of the slider nearest to *value*."""
        return min(max(round((value - self.low) / (self.high - self.low) * self.steps), 0), self.steps)

    def text(self, value: float, form: NumberFormat) -> str:
        """*value* as it is written."""
        return self.choices[int(value)] if self.choices else form(value)

    def read(self, text: str) -> float | None:
        """The value that was typed, None where it is none."""
        if self.choices:
            return float(self.choices.index(text)) if text in self.choices else None
        try:
            value = float(text.strip().replace("\N{MINUS SIGN}", "-").replace(",", "."))
        except ValueError:
            return None
        return value if self.least <= value <= self.most else None

    def why_none(self) -> str:
        """What is said where `read` finds no value."""
        if self.choices:
            return f"Not one of {' '.join(self.choices)}"
        if (self.least, self.most) == (-_MOST, _MOST):
            return "Not a number yet"
        return f"Not a number from {self.least:g} to {self.most:,.0f} yet"

    def put_in(self, state: State, value: float) -> State:
        """*state* with *value* for the number."""
        if self.is_rate:
            return replace(state, learning_rate=value)
        return replace(state, changes=state.changes.changed(self.number, value))

    def words(self, before: float, after: float, form: NumberFormat) -> str:
        """What the change is, for Undo: ``W from −0.5870 to −0.6000``."""
        if self.is_factor:
            return f"{self.name} × {form(after)}"
        verb = "held at" if self.is_held else f"from {self.text(before, form)} to"
        return f"{self.name} {verb} {self.text(after, form)}"


def why_off(view: View, number: Number) -> str:
    """Why *number* can neither be changed nor held, "" where it can."""
    return why_not(view.network, number.symbol)


def trial(view: View, number: Number, *, whole: bool = False) -> tuple[Trial, float]:
    """*number*, of the epoch that is looked at, on the card, and its value now; *whole*: all of a parameter, scaled."""
    network, epoch = view.network, view.cursor.epoch
    name = symbols.parse(number.symbol).name
    number = replace(number, epoch=epoch)
    if whole:
        factor = view.state.changes.values.get(replace(number, entry=()), 1.0)
        return Trial(replace(number, entry=()), symbols.text(number.symbol), 1.0, 0.0, 2.0, is_factor=True), factor
    if is_letter(network, name):
        chosen = replace(number, entry=())
        read, now_read = (_letter(each, number.symbol) for each in (_unchanged(view, chosen), network))
        last = float(max(network.K - 1, 1))
        return Trial(chosen, symbols.text(number.symbol), float(read), 0.0, last, letters(network)), float(now_read)
    now = float(view.epoch.value(number.symbol)[number.entry])
    before = view.state.source.learning_rate if name == "eta" else _before(view, number)
    if name == "eta":
        return Trial(number, symbols.text("eta"), before, 0.0, _round(max(10 * before, now, 0.1)), least=0.0), now
    is_held = not is_given(network, number.symbol)
    reach = 1.0 if is_held and name == network.state else _round(max(1.0, 2 * abs(before), abs(now)))
    least, most = within(network, number.symbol) if is_held else (-_MOST, _MOST)
    note = alone(network, number.symbol) if is_held else ""
    low, high = max(-reach, least), min(reach, most)
    least, most = max(least, -_MOST), min(most, _MOST)
    trial = Trial(
        number, name_of(network, number), before, low, high, is_held=is_held, least=least, most=most, note=note
    )
    return trial, now


def let_go(changes: Changes, number: Number) -> Changes:
    """*changes* without what holds *number* in its epoch, whenever that began."""
    found = [
        each
        for each in changes.values
        if (each.symbol, each.entry) == (number.symbol, number.entry) and each.epoch <= number.epoch
    ]
    return changes.without(max(found, key=lambda each: each.epoch)) if found else changes


def _before(view: View, number: Number) -> float:
    """The value of *number* without its own change: of the training without any, where that is enough."""
    plain = view.plain.epoch(view.cursor.epoch)
    return float(plain.value(number.symbol)[number.entry])


def _unchanged(view: View, number: Number) -> Network:
    return view.state.changes.without(number).network(view.source.network, number.epoch)


def _letter(network: Network, symbol: str) -> int:
    found = symbols.parse(symbol)
    wanted = {each.wanted.name for each in network.lines.equations if each.wanted is not None}
    return (network.targets if found.name in wanted else network.inputs)[found.indices[0] - 1]


def _round(reach: float) -> float:
    """*reach* or somewhat more: one, two or five times a power of ten."""
    power = 10.0 ** np.floor(np.log10(reach))
    return float(next(power * step for step in (1, 2, 5, 10) if power * step >= reach * (1 - 1e-12)))


def difference(view: View, number: Number) -> tuple[float, float] | None:
    """The value of *number* without any change, and now, where they differ; None where not."""
    original = view.original
    if original is None:
        return None
    before, now = (float(epoch.value(number.symbol)[number.entry]) for epoch in (original, view.epoch))
    return None if before == now or (np.isnan(before) and np.isnan(now)) else (before, now)


def was(before: float, now: float, form: NumberFormat) -> str:
    """``was −0.5870, +0.0870``."""
    moved = now - before
    return f"was {form(before)}, {'+' if moved >= 0 else ''}{form(moved)}"


def told(view: View, number: Number, value: float) -> str:
    """A change in a list: ``W = −0.6000 from epoch 7``, ``h₂ held at 0``."""
    network, form = view.source.network, view.form
    name = symbols.parse(number.symbol).name
    later = f" from epoch {number.epoch:,}" if number.epoch > 1 else ""
    if is_letter(network, name):
        return f"{symbols.text(number.symbol)} is “{visible(network.alphabet[int(value)])}”{later}"
    if name in network.parameter_shapes and not number.entry:
        return f"{symbols.text(number.symbol)} × {form(value)}{later}"
    sign = "=" if is_given(network, number.symbol) else "held at"
    return f"{name_of(network, number)} {sign} {form(value)}{later}"
