"""The sheets: inputs, every printed number with its address and section, errata, notes; printed against computed.

The data stands in `resources`, a file a sheet, its network as in a network file, its numbers keyed by symbol, so
that a printed number finds its step by the same table as everything else (`core.epoch.epoch.made_at`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Literal

import msgspec
import numpy as np

from core.epoch.epoch import Epoch, made_at
from core.network import symbols
from core.network.network import Network, Parameters
from core.network.rule import NAMED_RULES, Rule
from core.program.program import Address, Phase, Way
from core.sources import network_file
from core.writing.form import NumberFormat

Verdict = Literal["equal", "one unit off", "differs"]
VERDICT_MARKS: Mapping[str, str] = {"equal": "✓", "one unit off": "≈", "differs": "≠"}
Rows = list[float | list[float]]
_PRINTED_FORM = NumberFormat()  # the sheets print four decimals


def verdict(printed: float, computed: float) -> Verdict:
    """How a printed number and the computed one compare, in units of the fourth decimal."""
    if not math.isfinite(computed * 10**4):
        return "differs"
    units = abs(round(computed * 10**4) - round(printed * 10**4))
    return "equal" if units == 0 else "one unit off" if units == 1 else "differs"


class Section(msgspec.Struct, frozen=True):
    """A section of a sheet; *number* is empty where the sheet gives none."""

    number: str
    title: str

    @property
    def text(self) -> str:
        """For a sentence: ``section 6.4``, ``output stage at t = 2``."""
        return f"section {self.number}" if self.number else self.title.lower()


@dataclass(frozen=True, slots=True)
class Printed:
    """A number that a sheet prints as a result.

    *entry*: 0-based, of the value of *symbol*; () where that has no shape. *address*: the step that makes it.
    *label*: for plain text, the entry counted from 1: ``h₂``, ``ŷ₃[4]``, ``∂L/∂V[2,1]``.
    """

    section: Section
    epoch: int
    symbol: str
    entry: tuple[int, ...]
    address: Address
    value: float
    label: str

    def computed(self, epoch: Epoch) -> float:
        """The same number as *epoch* has it."""
        return float(epoch.value(self.symbol)[self.entry])


class LaterLoss(msgspec.Struct, frozen=True):
    """A loss that a sheet prints of an epoch after the second.

    *minimum*: whether it is the smallest up to that epoch, else the loss at it. *determined*: whether the printed
    inputs decide it; where the training is chaotic by then, they do not, and no value may be expected.
    """

    epoch: int
    value: float
    minimum: bool
    determined: bool

    @property
    def label(self) -> str:
        """``loss at epoch 100``, ``smallest loss up to epoch 50``."""
        return f"{'smallest loss up to' if self.minimum else 'loss at'} epoch {self.epoch}"

    def computed(self, losses: Sequence[float]) -> float:
        """The same figure from the losses of epochs 1, 2, …, as many as it needs."""
        return min(losses[: self.epoch]) if self.minimum else losses[self.epoch - 1]


class Erratum(msgspec.Struct, frozen=True, eq=False):
    """A place where a sheet's formula, its numbers and the true derivative do not all agree.

    *number*: counted over sheets A and B. *where*: the sections. *concerns*: the quantities, by phase.
    *switches*: those of the rule that choose between the readings. *first_epoch_only*: whether it is about
    what is printed rather than about a formula, which holds in every epoch.
    """

    number: int
    title: str
    words: str
    where: str
    concerns: Mapping[str, tuple[str, ...]]
    switches: tuple[str, ...]
    first_epoch_only: bool = False

    def applies(self, epoch: int, address: Address) -> bool:
        """Whether it concerns the step at *address*."""
        if self.first_epoch_only and epoch > 1:
            return False
        return address.quantity in self.concerns.get(address.phase.name.lower(), ())

    def stand(self, rule: Rule) -> str:
        """What *rule* does about it, one sentence; empty where no switch of a rule decides it."""
        if not self.switches:
            return ""
        readings = {"typeset": "the formula", "printed": "the printed numbers", "exact": "the true derivative"}
        followed = [
            words
            for name, words in readings.items()
            if all(getattr(rule, switch) == getattr(NAMED_RULES[name], switch) for switch in self.switches)
        ]
        if not followed:
            return "The rule in use follows none of these readings."
        return f"The rule in use follows {' and '.join(followed)}."


class Note(msgspec.Struct, frozen=True):
    """What a sheet says of a step of its first epoch."""

    phase: Literal["forward", "backward", "update"]
    quantity: str
    indices: tuple[int, ...]
    words: str


@dataclass(frozen=True, eq=False)
class Worksheet:
    """One of the sheets.

    *letter*: A, B, … *by_hand*: whether somebody worked its numbers by hand, else a script in `tests` did.
    *way*: how it goes back. *parameters*: the initial values as printed. *learning_rate_used*, *rule*: those that give
    the sheet's numbers. *sections*: in the sheet's order. *printed*: epochs 1 and 2. *later*: of later epochs.

    Not slotted, since it keeps an index of what is printed where.
    """

    id: str
    letter: str
    title: str
    by_hand: bool
    way: Way
    network: Network
    parameters: Parameters
    rule: Rule
    learning_rate_used: float
    learning_rate_stated: float
    sections: tuple[Section, ...]
    printed: tuple[Printed, ...]
    later: tuple[LaterLoss, ...]
    errata: tuple[Erratum, ...]
    notes: tuple[Note, ...]
    places: Mapping[str, Mapping[str, str]]

    def at(self, epoch: int, address: Address) -> tuple[Printed, ...]:
        """What the sheet prints of the step at *address* in *epoch*."""
        return self._index.get((epoch, address), ())

    def errata_at(self, epoch: int, address: Address) -> tuple[Erratum, ...]:
        """The errata that concern the step at *address* in *epoch*."""
        return tuple(erratum for erratum in self.errata if erratum.applies(epoch, self._of_its_way(address)))

    def section_of(self, epoch: int, address: Address) -> Section:
        """The section that computes the step at *address*; of later epochs, the one with the same formula."""
        return _section(self.sections, self.places, epoch, self._of_its_way(address), self.network.T)

    def note_at(self, epoch: int, address: Address) -> str:
        """One sentence on what the sheet does where it prints no result; empty where it prints one."""
        if self.at(epoch, address):
            return ""
        total = address == Address(Phase.FORWARD, "L")
        smallest = next((later for later in self.later if total and later.minimum and later.epoch == epoch), None)
        if smallest is not None:
            unsure = "" if smallest.determined else " The printed inputs do not determine it."
            return f"The sheet prints {_PRINTED_FORM(smallest.value)} as the {smallest.label}.{unsure}"
        if epoch > 1:
            names = {symbols.meaning(symbols.parse(each.symbol).name).text: None for each in self._of_epoch(epoch)}
            *before, last = names or ("nothing",)
            only = f"only {', '.join(before)}{' and ' if before else ''}" if names else ""
            return f"Of epoch {epoch} the sheet prints {only}{last}."
        if address != self._of_its_way(address):
            return "The sheet goes back term by term: it has no such step."
        if address.is_term_of(self.network):
            return f"The sheet prints only the sum{self._sum_text(address.quantity)}."
        if address.quantity == "letter":
            return "The sheet gives these vectors in section 1."
        return "The sheet prints no result here."

    def words_at(self, epoch: int, address: Address) -> str:
        """What the sheet says of the step at *address*, a sentence or two; often nothing."""
        place = address.phase.name.lower(), address.quantity, address.indices
        found = (note.words for note in self.notes if (note.phase, note.quantity, note.indices) == place)
        return " ".join(found) if epoch == 1 else ""

    def _of_its_way(self, address: Address) -> Address:
        """Where a sheet that goes back term by term does what is done at *address*: on the way to ∂L/∂W."""
        is_elsewhere = self.way == "terms" and address.is_asked(self.network) and address.quantity != "Omega"
        return Address(Phase.BACKWARD, "W", address.indices) if is_elsewhere else address

    def _sum_text(self, name: str) -> str:
        """The numbers of a sum behind a comma; of a matrix nothing, since they would have no place in a sentence."""
        printed = self.at(1, Address(Phase.BACKWARD, name))
        if name == "E":
            return ""
        return ", " + " ".join(_PRINTED_FORM(number.value) for number in printed)

    def _of_epoch(self, epoch: int) -> Iterator[Printed]:
        return (printed for (number, _), found in self._index.items() if number == epoch for printed in found)

    @cached_property
    def _index(self) -> Mapping[tuple[int, Address], tuple[Printed, ...]]:
        total = Address(Phase.FORWARD, "L")
        at_later = (
            Printed(self.section_of(later.epoch, total), later.epoch, "L", (), total, later.value, "L")
            for later in self.later
            if not later.minimum
        )
        index: dict[tuple[int, Address], tuple[Printed, ...]] = {}
        for printed in (*self.printed, *at_later):
            key = printed.epoch, printed.address
            index[key] = (*index.get(key, ()), printed)
        return index


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The layout of a sheet's resource.

    *network*: as in a network file. *places*: the section of every quantity by phase, ``{t}`` standing for the
    timestep; ``later`` overrides the forward ones after epoch 1. *printed*: by epoch and symbol, the value in the
    symbol's shape.
    """

    id: str
    letter: str
    title: str
    by_hand: bool
    way: Way
    learning_rate_stated: float
    network: msgspec.Raw
    sections: tuple[Section, ...]
    places: dict[str, dict[str, str]]
    printed: dict[int, dict[str, float | Rows]]
    later: tuple[LaterLoss, ...]
    errata: tuple[Erratum, ...]
    notes: tuple[Note, ...]


@lru_cache
def load(worksheet_id: str) -> Worksheet:
    """The sheet ``attention`` (A), ``embedding`` (B), ``lstm`` (C) or ``last-step`` (D)."""
    text = resources.files("resources").joinpath(f"{worksheet_id}.json").read_bytes()
    file = msgspec.json.decode(text, type=_File)
    source = network_file.content(bytes(file.network), file.id, file.title)
    network = source.network
    printed = tuple(
        number
        for epoch, values in file.printed.items()
        for symbol, value in values.items()
        for number in _numbers(file, network, epoch, symbol, value)
    )
    return Worksheet(
        file.id,
        file.letter,
        file.title,
        file.by_hand,
        file.way,
        network,
        source.parameters,
        source.rule,
        source.learning_rate,
        file.learning_rate_stated,
        file.sections,
        printed,
        file.later,
        file.errata,
        file.notes,
        file.places,
    )


def _numbers(file: _File, network: Network, epoch: int, symbol: str, value: float | Rows) -> Iterator[Printed]:
    """The numbers of one printed value."""
    address = made_at(symbol, network)
    if address is None:
        raise ValueError(f"{file.id}: no step makes {symbol}")
    section = _section(file.sections, file.places, epoch, address, network.T)
    array = np.array(value, dtype=np.float64)
    for entry, number in np.ndenumerate(array):
        place = f"[{','.join(str(i + 1) for i in entry)}]" if array.size > 1 else ""
        yield Printed(section, epoch, symbol, entry, address, number, symbols.text(symbol) + place)


def _section(
    sections: tuple[Section, ...], places: Mapping[str, Mapping[str, str]], epoch: int, address: Address, T: int
) -> Section:
    if address.phase is Phase.CLIP:  # no sheet clips; it would before its updates
        return _section(sections, places, epoch, Address(Phase.UPDATE, next(iter(places["update"]))), T)
    place = places[address.phase.name.lower()][address.quantity]
    if epoch > 1 and address.phase is Phase.FORWARD:
        place = places["later"].get(address.quantity, place)
    name = place.format(t=address.indices[0] if address.indices else T)
    return next(section for section in sections if name in (section.number, section.title))
