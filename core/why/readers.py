"""Where the result of a step goes: the first later step of each kind that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from core.epoch.epoch import Epoch
from core.equations.expressions import references
from core.network.described import ruled
from core.network.network import Network
from core.network.rule import Rule
from core.network.symbols import OVER_THE_PAST, parse
from core.program.program import Address, Phase, Program
from core.steps.formulas import formulas


def readers(program: Program, epoch: Epoch, address: Address) -> tuple[Address, ...]:
    """The steps that next read what *address* makes, one a quantity, in the order of *program*; none for the loss, and
    for a step of the other way back.

    A term goes to its sum. What an update makes is read in the next epoch, where the steps returned are.
    """
    if address.is_term_of(program.network):
        return (Address(Phase.BACKWARD, address.quantity),)
    if address not in program:
        return ()
    formula, network, rule = formulas(epoch, program.way), epoch.network, epoch.rule
    is_update = address.phase is Phase.UPDATE
    written = {address.quantity} if is_update else set(formula(address).writes)
    after = 0 if is_update else program.position(address)
    kinds = {parse(symbol).name for symbol in written}
    found: dict[tuple[Phase, str], Address] = {}
    places = ((program.find(other), other) for other in set(_candidates(program, address)))
    for _place, other in sorted(placed for placed in places if placed[0] > after):
        kind = other.phase, other.quantity
        named = _named(network, rule, *kind)
        if kind in found or (named is not None and kinds.isdisjoint(named)):
            continue  # a formula may have thousands of operands
        if not written.isdisjoint(formula(other).reads):
            found[kind] = other
    return tuple(found.values())


@lru_cache(maxsize=64)
def _named(network: Network, rule: Rule, phase: Phase, quantity: str) -> frozenset[str] | None:
    """The kinds of quantities among which are all that a step reads that looks back or is looked back at; else None."""
    if phase is Phase.FORWARD and quantity in ("Z", *OVER_THE_PAST):
        return frozenset(ref.name for ref in references(network.lines.made(quantity).body))
    if phase is Phase.BACKWARD and quantity in (network.state, *OVER_THE_PAST):
        edges = ruled(network, rule).edges_of(quantity)
        return frozenset(ref.name for edge in edges if edge.asks is not None for ref in references(edge.asks))
    return None


def _candidates(program: Program, address: Address) -> Iterator[Address]:
    """Few addresses, not all of this program, among which the first reader of each kind is.

    Forward, a step reads its own timestep and the one before; the first term that reads a quantity of timestep t is of
    loss t, by way of h_1, of h_t or of the state that a score looks at. Back timestep by timestep, it is first read in
    the last timestep, in its own, in one beside it, or in that of a state that is looked at.
    """
    network = program.network
    if address.is_sum or address.phase is Phase.CLIP:
        name = address.quantity
        cuts = [Address(Phase.CLIP, each) for each in (network.parameter_shapes if name == "norm" else ("norm", name))]
        return (other for other in (*cuts, Address(Phase.UPDATE, name)) if other in program)
    indices = address.indices or (1,)
    t, i = indices[0], indices[-1]
    by_timestep = (*program.adjoints, *program.gradients)
    own = [Address(Phase.FORWARD, name, (at,)) for name in program.stages if name != "A" for at in (t, t + 1)]
    own += [Address(Phase.FORWARD, "A", pair) for pair in ((t, 1), (t, t))]
    own.append(Address(Phase.FORWARD, "L"))
    own += [Address(Phase.BACKWARD, name, (at,)) for name in by_timestep for at in (network.T, t + 1, t, t - 1, i)]
    ways = [(t, 1, 1), (t, i, 1), (t, t, 1), (t, t, t)]
    own += [Address(Phase.BACKWARD, name, way) for name in network.chained for way in ways]
    if address.phase is Phase.UPDATE:  # W is first read at the second timestep's tanh, or at the first
        own = [other for other in own if other.phase is Phase.FORWARD]
    return iter(own)
