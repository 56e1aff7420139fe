"""At which other steps the same digits stand: a number that was typed at the wrong place, perhaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.answers.closeness import digits_of, gives
from core.answers.said import Elsewhere
from core.network import symbols
from core.network.arrays import Array
from core.network.network import Network
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.slips.case import Case
from core.slips.forward import step_name
from core.slips.reading import Reading
from core.writing.notation import Given

_FEWEST_DIGITS = 3  # fewer stand at many steps
_MOST_STEPS = 1500  # of a program that are looked at one by one; of a longer one only those near and those in sum
_NEAR = 40
_MOST_ENTRIES = 64  # of a step; in more, one fits by chance
_MOST_FOUND = 6


def elsewhere(case: Case, given: Given) -> Iterator[Elsewhere | None]:
    """Steps of this epoch, under the rule in use or the exact one, whose value is written as *given*; never a claim.

    None for each step that is looked at in vain, so that looking may be made in slices.
    """
    found = 0
    for place, reading in _readings(case) if digits_of(given) >= _FEWEST_DIGITS else ():
        stands = place.address.quantity != "letter" and _stands(reading.value(place.address), given)
        yield place if stands else None
        found += stands
        if found == _MOST_FOUND:
            return


def _readings(case: Case) -> Iterator[tuple[Elsewhere, Reading]]:
    steps = [address for address in _steps(case) if address != case.address]
    for address in steps:
        yield Elsewhere(address, symbol_text(address, case.network)), case.right
    if case.right.rule != EXACT:
        exact = replace(case.right, rule=EXACT)
        for address in steps:
            if address.phase is Phase.BACKWARD and address.quantity != "Omega":
                yield Elsewhere(address, f"{symbol_text(address, case.network)} by the exact rule", EXACT), exact


def _steps(case: Case) -> Iterator[Address]:
    program = Program(case.network)
    if len(program) <= _MOST_STEPS:
        yield from program
        return
    here = program.place(case.address)
    for position in range(max(1, here - _NEAR), min(len(program), here + _NEAR) + 1):
        yield program[position]


def symbol_text(address: Address, network: Network) -> str:
    """``h₂``, ``∂L/∂W``, ``the term (3, 2, 1) of ∂L/∂W``."""
    if address.is_term_of(network):
        return f"{step_name(address)} of {symbols.text(f'dL/d{address.quantity}')}"
    return step_name(address)


def _stands(value: Array, given: Given) -> bool:
    if given.values.ndim == 0:
        if value.size > _MOST_ENTRIES:
            return False
        near = np.abs(value - given.values) <= 10.0 ** -float(given.decimals)
        return any(gives(np.array(each), given) for each in value[near])
    return value.shape == given.values.shape and gives(value, given)
