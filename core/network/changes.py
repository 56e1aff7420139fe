"""What if? Numbers given otherwise than the source has them, and computed ones held, each from an epoch on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.equations.expressions import references
from core.network import symbols
from core.network.arrays import frozen
from core.network.held import Held
from core.network.network import Network, Parameters
from core.network.number import Number


@dataclass(frozen=True, slots=True)
class Changes:
    """*values*: by number, whose epoch is the first in which it holds. Of an entry its value, which training goes on
    from where it is a parameter's; of a parameter as a whole a factor; of a letter its place in the alphabet, 0-based.
    """

    values: Mapping[Number, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)

    def changed(self, number: Number, value: float) -> Changes:
        """With *value* for *number*."""
        return Changes({**self.values, number: value})

    def without(self, number: Number) -> Changes:
        """With *number* let go."""
        return Changes({each: value for each, value in self.values.items() if each != number})

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs in which something begins, in order."""
        return tuple(sorted({number.epoch for number in self.values}))

    def first_difference(self, other: Changes) -> int | None:
        """The first epoch that *other* makes another one; None where all are the same."""
        return min((number.epoch for number, _ in self.values.items() ^ other.values.items()), default=None)

    def onward(self, epoch: int) -> Changes:
        """As they are for who counts the epochs after *epoch* from 1."""
        return Changes({replace(each, epoch=max(each.epoch - epoch, 0)): value for each, value in self.values.items()})

    def network(self, network: Network, epoch: int) -> Network:
        """*network* as it is in *epoch*: with other letters, and with what is held."""
        letters: dict[str, list[int]] = {"inputs": list(network.inputs), "targets": list(network.targets)}
        held: dict[tuple[str, int, tuple[int, ...]], Held] = {}
        for number, value in self._in_force(epoch):
            found = symbols.parse(number.symbol)
            if is_letter(network, found.name):
                which = "targets" if found.name in _wanted(network) else "inputs"
                letters[which][found.indices[0] - 1] = int(value)
            elif found.indices:
                place = place_of(number)._replace(number=value)
                held[place[:3]] = place
        if not self.values:
            return network
        inputs, targets, places = tuple(letters["inputs"]), tuple(letters["targets"]), tuple(sorted(held.values()))
        return replace(network, inputs=inputs, targets=targets, held=places)

    def parameters(self, parameters: Parameters, epoch: int) -> Parameters:
        """*parameters*, which *epoch* would start on, with what is changed in just that epoch: factors first."""
        arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {}
        found = [(number, value) for number, value in self.values.items() if number.epoch == epoch]
        if not found:
            return parameters
        for number, value in sorted(found, key=lambda each: len(each[0].entry)):
            if number.symbol in parameters:
                array = arrays.setdefault(number.symbol, parameters[number.symbol].copy())
                array[number.entry] = value if number.entry else array * value
        return Parameters({name: frozen(arrays.get(name, array)) for name, array in parameters.items()})

    def _in_force(self, epoch: int) -> Iterator[tuple[Number, float]]:
        """What has begun by *epoch*, what began later last."""
        for number, value in sorted(self.values.items(), key=lambda each: each[0].epoch):
            if number.epoch <= epoch:
                yield number, value


NONE = Changes()


def place_of(number: Number) -> Held:
    """Where *number* of a timestep stands in the lines, held at 0."""
    found = symbols.parse(number.symbol)
    t, *later = found.indices
    return Held(found.name, t, (*(i - 1 for i in later), *number.entry), 0.0)


def number_of(held: Held) -> Number:
    """The number that is held, as it is shown."""
    later = tuple(i + 1 for i in held.entry) if held.name in symbols.ROWS else ()
    return Number(symbols.symbol(held.name, held.t, *later), () if later else held.entry)


def is_letter(network: Network, name: str) -> bool:
    """Whether *name* is that of a letter that is read, or wanted: a vector that no line makes, of every timestep."""
    made = {each.name for each in network.lines.equations}
    return name in _wanted(network) or (
        name not in made and any(ref.name == name and ref.offset == 0 for ref in network.lines.all_references())
    )


def is_given(network: Network, symbol: str) -> bool:
    """Whether *symbol* is given rather than computed: a parameter, η, a letter, a state before the first letter."""
    found = symbols.parse(symbol)
    return (
        found.name == "eta"
        or found.name in network.parameter_shapes
        or is_letter(network, found.name)
        or found.indices == (0,)
    )


def why_not(network: Network, symbol: str) -> str:
    """Why *symbol* can neither be changed nor held, "" where it can."""
    found = symbols.parse(symbol)
    if is_letter(network, found.name) and found.indices:
        is_wanted = found.name in _wanted(network)
        if not network.by_letter if is_wanted else network.reads_numbers:
            return "It is a vector of numbers from the file of the network: change it there"
        if is_wanted and not network.has_target(found.indices[0]):
            return f"Timestep {found.indices[0]} has no target"
    if is_given(network, symbol):
        return ""
    name, makers = found.name, network.lines.makers
    if symbol == "L":
        return "It is what all losses come to, and every gradient is of it: hold one of the losses"
    if name not in makers or not found.indices:
        return "It follows from other numbers: change those, or hold a value of the forward pass"
    line, (t, *_) = makers[name], found.indices
    if line.output and not network.has_target(t):
        return f"Timestep {t} has no target: nothing follows from it"
    if "E" in network.parameter_shapes and name == network.lines.equations[0].name:
        *_, table = references(line.body)
        return f"It is a row of {symbols.text(table.name)}: change that, or the letter"
    return ""


def within(network: Network, symbol: str) -> tuple[float, float]:
    """The smallest and the largest number that *symbol* may be: of a prediction whose logarithm is taken, 0 and 1."""
    line = network.lines.makers.get(symbols.parse(symbol).name)
    if (
        line is None
        or line.loss == symbols.parse(symbol).name
        or network.task.loss not in ("cross-entropy", "logistic")
    ):
        return -np.inf, np.inf
    return (0.0, 1.0) if line.output else (-np.inf, np.inf)


def alone(network: Network, symbol: str) -> str:
    """What is to be said where one of several shares is held: the others stay, and no longer add up to 1; else ""."""
    found = symbols.parse(symbol)
    line = network.lines.makers.get(found.name) if found.indices else None
    if line is None or line.softmaxed is None or found.name == line.loss:
        return ""
    return "the others stay as they are: together they no longer come to 1"


def _wanted(network: Network) -> set[str]:
    return {each.wanted.name for each in network.lines.equations if each.wanted is not None}
