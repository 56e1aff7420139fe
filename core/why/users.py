"""Who uses a number, and how far each moves when it rises by a little: to first order, so "about"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.epoch.epoch import Epoch, epoch_on, made_at
from core.epoch.memo import latest
from core.equations.outputs import OUTPUTS
from core.network import symbols
from core.network.arrays import Array
from core.network.described import described
from core.network.held import open_at
from core.network.number import Number
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.steps.entry import Formula, chain_products
from core.steps.formulas import formulas
from core.steps.line import computed
from core.why.numbers import Origins
from core.why.readers import readers
from core.why.trail import Part

RISE = 0.01  # what a number is said to rise by
_TINY = 1e-30
_LONG = 128  # in a longer text what the total loss does is told only where the rule is the derivative


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """A number that is made from another, and how fast it changes with that. *is_exact*: whether for any rise.
    *is_held*: whether it stays as it is, because it is held.
    """

    part: Part
    slope: float
    is_exact: bool = False
    is_held: bool = False


def uses(origins: Origins, program: Program, number: Number) -> tuple[Use, ...]:
    """What next is made from *number*, one a quantity: of several entries the one that moves most; last the total loss.

    What an update makes is used in the epoch after it.
    """
    epoch = origins.epoch_of(number.epoch)
    found = symbols.parse(number.symbol)
    name = symbols.meaning_in(found.name, epoch.network).new_of
    if name:
        return uses(origins, program, replace(number, symbol=name, epoch=number.epoch + 1))
    made = made_at(number.symbol, epoch.network)
    if made is None and not found.indices and found.name in epoch.network.parameter_shapes:
        made = Address(Phase.UPDATE, found.name)
    shown = list(_inner(origins, epoch, number))
    if made is not None and not shown:
        for address in readers(program, epoch, made):
            entry = formulas(epoch, program.way)(address)
            if number.symbol in entry.reads:
                shown.append(_use(origins, epoch, address, entry, number))
    if found.name == "eta":
        shown += [_use(origins, epoch, update, formulas(epoch, program.way)(update), number)
                  for update in (Address(Phase.UPDATE, name) for name in program.updated)]  # fmt: skip
    if not any(use.part.number == Number("L", (), epoch.number) for use in shown):
        shown += _on_loss(origins, epoch, number)
    return tuple(use for use in shown if use.slope != 0 or use.is_held) or tuple(shown)


def _use(origins: Origins, epoch: Epoch, address: Address, entry: Formula, number: Number) -> Use:
    if address.is_sum:
        whole = Number(f"dL/d{address.quantity}", number.entry, epoch.number)
        return Use(origins.part(whole), 1.0, is_exact=True)
    slopes = _slopes(epoch, entry, number)
    flows = _open(epoch, address)
    is_held = flows is not None and not np.any(slopes * flows)
    slopes = slopes if flows is None or is_held else slopes * flows
    place = tuple(map(int, np.unravel_index(int(np.argmax(np.abs(np.nan_to_num(slopes)))), slopes.shape)))
    writes = entry.writes or (symbols.symbol(f"dL/d{address.quantity}", *address.indices),)
    is_each = len(writes) > 1 and symbols.shape(writes[0], epoch.network) == ()
    made = Number(writes[place[0]] if is_each else writes[0], () if is_each else place, epoch.number)
    part = origins.part(made.within(epoch.value(made.symbol)))
    return Use(part, 0.0, is_exact=True, is_held=True) if is_held else Use(part, float(slopes[place]))


def _open(epoch: Epoch, address: Address) -> Array | None:
    """0 for what a step of the forward pass makes that is held, so that it stays; None where nothing of it is."""
    if address.phase is not Phase.FORWARD or not address.indices or not epoch.network.held:
        return None
    t, *rest = address.indices
    flows = open_at(epoch.network, address.quantity, t)
    return np.asarray(flows[rest[0] - 1]) if flows is not None and rest else flows


def _slopes(epoch: Epoch, entry: Formula, number: Number) -> Array:
    """How fast all that a step makes changes with *number*: its own arithmetic, on complex numbers."""
    read, found = _with_moved(epoch, number), symbols.parse(number.symbol)
    with np.errstate(all="ignore"):
        if found.name == "yhat" and entry.writes == (
            symbols.symbol("L", *found.indices),
        ):  # which is computed from the scores
            y, output = read(symbols.symbol("y", *found.indices)), OUTPUTS[epoch.network.head.function]
            return np.asarray(np.imag(output.judged(read(number.symbol), y).sum()) / _TINY)
        if entry.placed is not None:  # which puts real numbers into their place
            return np.asarray(entry.placed(np.imag(chain_products(entry.links, read)[-1]) / _TINY))
        return np.asarray(np.imag(np.asarray(entry.arithmetic(read))) / _TINY)


def _with_moved(epoch: Epoch, number: Number) -> Callable[[str], Any]:
    """Reads the symbols of *epoch*, with *number* moved along the imaginary axis."""
    moved = np.array(epoch.value(number.symbol), dtype=np.complex128)
    moved[number.entry] += 1j * _TINY
    return lambda symbol: moved if symbol == number.symbol else epoch.value(symbol)


def _inner(origins: Origins, epoch: Epoch, number: Number) -> list[Use]:
    """What is made of an inner value in the line in which it is named."""
    found, lines = symbols.parse(number.symbol), described(epoch.network)
    named = next((each for each in lines.equations if each.name == found.name and each.part_of), None)
    if named is None or not found.indices:
        return []
    (t,) = found.indices
    slopes = np.imag(computed(lines.made(named.part_of).body, t, _with_moved(epoch, number))) / _TINY
    flows, part = (
        open_at(epoch.network, named.part_of, t),
        origins.part(replace(number, symbol=f"{named.part_of}[{t}]")),
    )
    if flows is not None and not flows[number.entry]:
        return [Use(part, 0.0, is_exact=True, is_held=True)]
    return [Use(part, float(slopes[number.entry]))]


def _on_loss(origins: Origins, epoch: Epoch, number: Number) -> list[Use]:
    """How the total loss moves."""
    found = symbols.parse(number.symbol)
    asked = symbols.symbol(f"dL/d{found.name}", *found.indices)
    has_adjoint = found.name in (*epoch.network.parameter_shapes, *epoch.network.asked)
    if not (has_adjoint and symbols.exists(asked, epoch.network)) or (epoch.rule != EXACT and epoch.network.T > _LONG):
        return []
    slope = float(_exactly(epoch).value(asked)[number.entry])
    return [Use(origins.part(Number("L", (), epoch.number)), slope)]


@latest
def _exactly(epoch: Epoch) -> Epoch:
    """The same epoch, by the true derivative."""
    return epoch if epoch.rule == EXACT else epoch_on(epoch.tape, EXACT, epoch.learning_rate, epoch.number)
