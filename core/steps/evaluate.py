"""The one pure evaluator: (epoch, address) → the step, with every number that the window shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.epoch.chains import swept_chains
from core.epoch.epoch import Epoch, made_at
from core.epoch.memo import latest
from core.epoch.totals import running_total
from core.network.arrays import Array, freeze, frozen
from core.program.program import Address, Phase, Way
from core.steps.entry import Formula, Products, Read, Where, chain_products
from core.steps.formulas import formulas
from core.steps.ladder import zero_reason
from core.steps.outputs import why_cut

Kind = Literal["forward", "error", "term", "sum", "clip", "update"]


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """A symbol that a step reads: its value, and the step that made it, None where it was given.

    The parameters of an epoch after the first were made by the update of the epoch before.
    """

    symbol: str
    value: Array
    made_at: Address | None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """An address evaluated.

    *value*: what it computes, in the shape that its formula declares. *operands*: what it reads, none of a sum, which
    reads all its terms. *products*: after every link of a chained
    term. *running*: the sum of the terms of its gradient up to it; at the sum step the sum of all terms, which
    may differ from *value* by rounding. *zero*: why a term must be zero, else None.
    """

    address: Address
    formula: Formula
    value: Array
    operands: tuple[Operand, ...]
    products: tuple[Array, ...]
    running: Array | None
    zero: str | None

    @property
    def kind(self) -> Kind:
        """What kind of step this is: it decides what the formula panel shows."""
        address = self.address
        if address.phase is not Phase.BACKWARD:
            return "forward" if address.phase is Phase.FORWARD else "clip" if address.phase is Phase.CLIP else "update"
        return "sum" if address.is_sum else "error" if self.formula.writes else "term"

    @property
    def rounding(self) -> float:
        """At a sum step, the largest difference between the sum of the terms and the gradient."""
        with np.errstate(invalid="ignore"):
            return 0.0 if self.running is None else float(np.max(np.abs(self.running - self.value), initial=0.0))


@np.errstate(all="ignore")  # where training diverged, infinities are shown, not an error
def evaluate(epoch: Epoch, address: Address, way: Way = "terms") -> Step:
    """The step at *address* of *epoch*. Reads only what its formula declares, whichever way it was reached.

    *way*: back term by term or timestep by timestep, which decides which terms a sum adds up.
    """
    network = epoch.network
    where = Where(network, epoch.rule, address, way)
    entry = formulas(epoch, way)(address)
    memo = _memo(epoch)
    last = memo.latest
    reads = () if address.is_sum else entry.reads
    operands = {symbol: last.operands.get(symbol) or _operand(epoch, symbol) for symbol in reads}

    def read(symbol: str) -> Array:
        return operands[symbol].value

    known = _in_common(entry, address, last) if address.is_chained else 0
    products = tuple(chain_products(entry.links, read, last.products[:known] or _at_once(epoch, entry, address, read)))
    freeze(products[known:])
    if address.is_sum:
        value = epoch.gradients[address.quantity]  # what the update uses: the same sum, not term by term
    elif address.phase is Phase.CLIP:
        value = epoch.value(entry.writes[0])  # what the update uses, to the last bit
    else:
        value = frozen(np.asarray(entry.placed(products[-1]) if entry.placed else entry.arithmetic(read)))
    memo.latest = _Known(address, entry, operands, products)
    running, zero = None, None
    if address.is_term_of(network):
        running = running_total(epoch, address.quantity, *address.indices)
        zero = zero_reason(where) if address.quantity in network.chained else why_cut(where) or None
    elif address.is_sum:
        T, is_chained = network.T, address.quantity in network.chained and way == "terms"
        running = running_total(epoch, address.quantity, *((T, T, T) if is_chained else (T,)))
    said = network.spoken(zero) if zero else zero
    return Step(address, entry, value, tuple(operands.values()), products, running, said)


def _in_common(entry: Formula, address: Address, last: _Known) -> int:
    """How many first products the chained term of *entry*, at *address*, has in common with the *last* step."""
    other = last.entry
    if other is None or not last.address.is_chained or address.indices[:2] != last.address.indices[:2]:
        return 0
    if entry.each != other.each:
        return entry.head
    _, m, k = address.indices
    return entry.head + entry.each * (m - max(k, last.address.indices[2])) + min(entry.shares, other.shares)


def _at_once(epoch: Epoch, entry: Formula, address: Address, read: Read) -> Products:
    """The products as far as the states of the use, of a chain of a long text that goes back at once."""
    if all(link.kind != "timestep" for link in entry.links[entry.head : entry.head + 1]):
        return []
    t, m, k = address.indices
    sweep = swept_chains(epoch, t, m, m)
    if sweep is None:
        return []
    head = chain_products(entry.links[: entry.head], read)
    return [*head, *sweep.asked[k - 1 : m - 1][::-1]]


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What the next step is likely to read and to multiply again."""

    address: Address
    entry: Formula | None
    operands: dict[str, Operand]
    products: tuple[Array, ...]


@dataclass(slots=True, eq=False)
class _Memo:
    """The latest step of an epoch; replaced as a whole, since a window and a thread may both evaluate."""

    latest: _Known


@latest
def _memo(_epoch: Epoch) -> _Memo:
    return _Memo(_Known(Address(Phase.FORWARD, "L"), None, {}, ()))


def _operand(epoch: Epoch, symbol: str) -> Operand:
    return Operand(symbol, epoch.value(symbol), made_at(symbol, epoch.network))
