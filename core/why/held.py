"""What is held, on the way back: through its line nothing flows, whatever is asked of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.equations.expressions import ADJOINT, NEAR
from core.network import symbols
from core.network.arrays import Array
from core.network.held import open_at
from core.network.network import Network
from core.program.program import Address, Phase
from core.steps.entry import Where
from core.steps.line import heard_at
from core.steps.outputs import why_cut
from core.why.trail import Part


@lru_cache(maxsize=4096)
def flows_on(network: Network, symbol: str) -> Array | None:
    """1 where *symbol*, ∂L by what a line makes, flows on through that line, 0 where it is held; None where all does.

    The error v at a context flows on as ∂L by that does.
    """
    found = symbols.parse(symbol)
    name, indices = found.name, found.indices
    if name == "v" and network.attention and symbols.is_of_terms(name, network):
        name = f"{ADJOINT}Z"
    if not network.held or not indices or not name.startswith((ADJOINT, NEAR)):
        return None
    t, quantity = indices[0], name.removeprefix(ADJOINT).removeprefix(NEAR)
    flows = open_at(network, quantity, t)
    if flows is None or quantity not in symbols.OVER_THE_PAST:
        return flows
    return np.asarray(flows[indices[1] - 1])


def stopped(part: Part) -> Part:
    """*part*, which does not flow on."""
    return Part(f"{part.words}, held", 0.0)


def unheard(where: Where, reader: str, t: int, entry: tuple[int, ...]) -> str:
    """Why the line of *reader* asks nothing of an *entry* while a prediction or a loss is held, "" where it does."""
    left = heard_at(where.network, t) if reader == "L" else None
    if left is None or left[entry]:
        return ""
    why = why_cut(Where(where.network, where.rule, Address(Phase.BACKWARD, "Omega", (t,))))
    return why or f"0, because ŷ{symbols.subscript(t)} is held there: the loss follows from the number that is held"
