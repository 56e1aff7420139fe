"""What is asked when numbers are typed at a step: they are that step's, or a name before them says whose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.answers.closeness import shapes
from core.answers.lines import OwnLine, read_lines
from core.answers.spellings import SpellingError, UnknownNameError, named
from core.answers.statements import Reader
from core.epoch.epoch import made_at
from core.network import symbols
from core.network.arrays import Array
from core.network.network import Network
from core.program.program import Address
from core.writing.notation import Given, NotationError, read
from core.writing.printed import bare_tensors
from core.writing.tables import unlabelled

PARTS = ("a", "D", "v", "g", "s", "dhnext", "x", "xo", "y")  # of a step, no results of one where there is no embedding

_NAME_AND_NUMBER = re.compile(r"\s*([^=:≈]*[^\s=:≈])\s*[=:≈\s]\s*([^\s=:≈]+)\s*")


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """*given* at the step at *address*. *symbol*: that was named, None where the step itself is meant. *entry*: that
    the name tells, 0-based, None where the followed one is meant.
    """

    address: Address
    given: Given
    symbol: str | None = None
    entry: tuple[int, int] | None = None


def asked(text: str, address: Address, value: Array, network: Network) -> Asked:
    """What *text* asks at the step at *address*, whose *value* is known; `NotationError` where it is no number.

    ``0.0402`` is the step's, ``dW = 0.0402`` that of ∂L/∂W wherever it is typed.
    """
    bare = unlabelled(f"={bare_tensors(text)}", network.alphabet)[1:]
    numbers = read if bare.lstrip()[:1].isalpha() else Reader(network, epoch=1).numbers  # with a unit or a note behind
    try:
        return Asked(address, numbers(bare, *shapes(value)))
    except NotationError as problem:
        lines = read_lines(text, network)
        if len(lines) == 1 and isinstance(lines[0], OwnLine):
            return _of(lines[0].symbol, lines[0].given, network, entry_of(lines[0].symbol))
        alone = _alone(text, network)
        if alone is None:
            raise problem from None
        return alone


def _alone(text: str, network: Network) -> Asked | None:
    """A number alone of a quantity that has several; `NotationError` where a name is known but is no result here."""
    found = _NAME_AND_NUMBER.fullmatch(text)
    if found is None:
        return None
    try:
        ids, given = named(found[1], network).ids, read(found[2], ())
    except (UnknownNameError, NotationError):
        return None
    except SpellingError as problem:
        raise NotationError(str(problem)) from None
    if len(ids) > 1:
        raise NotationError(f"{found[1]} has {len(ids)} values, say which")
    return _of(ids[0], given, network)


def _of(symbol: str, given: Given, network: Network, entry: tuple[int, int] | None = None) -> Asked:
    made = made_at(symbol, network)
    if made is None or made.quantity == "letter" or _is_part(symbols.parse(symbol).name, network):
        raise NotationError(f"{symbols.text(symbol)} is a part of a step, ask for it among your own lines")
    return Asked(made, given, symbol, entry)


def _is_part(name: str, network: Network) -> bool:
    return name in PARTS and name not in network.cell_lines


def entry_of(symbol: str) -> tuple[int, int]:
    """Where a single number of *symbol* stands in the value of its step."""
    found = symbols.parse(symbol)
    return (found.indices[1] - 1, 0) if found.name == "alpha" else (0, 0)
