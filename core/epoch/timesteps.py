"""One timestep of any cell, gone back through: what is asked of all that it makes, and of the states before it.

s_t is all that a timestep carries on, its states one below another, the hidden state first: S numbers. What is asked of
s_t asks of s_{t-1} what it comes to times J_t = ∂s_t/∂s_{t-1}. No line of a cell looks back further.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from core.epoch.memo import latest
from core.epoch.walked import LONG, own_rows
from core.equations.description import Description, Edge
from core.equations.expressions import ADJOINT, Expression, Operation, Ref
from core.equations.length import Length
from core.equations.operations import Values, value
from core.equations.running import Run
from core.network.arrays import Array, entries_of, frozen
from core.network.described import by_place, ruled
from core.network.network import Network
from core.network.rule import Rule

if TYPE_CHECKING:
    from core.epoch.epoch import Epoch

AFTER = "after "  # before the name of a state: what all that comes after its timestep asks of it; no line can say that


@lru_cache(maxsize=512)  # every slip has its own
def cell_of(lines: Description, states: tuple[str, ...]) -> Description:
    """The lines of the cell alone, its *states* read by one edge more: by all that comes after the timestep."""
    names = [each.name for each in lines.equations]
    cell = tuple(each for each in lines.equations[: names.index(states[0]) + 1] if each.name != "x")
    made = {each.name for each in cell}
    edges = [edge for edge in lines.edges if edge.reader in made]
    edges += [Edge(AFTER + name, Ref(name, 0), Ref(AFTER + name, 0)) for name in states]
    return Description(cell, lines.shapes, tuple(edges))


def carried(network: Network) -> int:
    """How many numbers a timestep carries on: S."""
    return len(network.states) * network.H


def back(
    network: Network,
    rule: Rule,
    j: int,
    asked: Array,
    read: Callable[[str], Array],
    slipped: Description | None = None,
) -> Run:
    """Timestep *j* gone back through when *asked*, …×S, is asked of its states: what is asked of all that it makes.

    *read*: the value of a symbol. *slipped*: lines with a slip in them.
    """
    lines = cell_of(ruled(network, rule, slipped), network.states)
    parts = dict(zip(network.states, np.split(asked, len(network.states), axis=-1), strict=True))

    def given(name: str, t: int) -> Array:
        if name.startswith(AFTER):
            return parts[name.removeprefix(AFTER)]
        return read(name if name in network.parameter_shapes else f"{name}[{j - 1 + t}]")

    held = {(name, 1): entries for (name, t), entries in by_place(network).items() if t == j}
    run = Run(lines, 1, given, held=held, within=(j, network.T))
    run.adjoints()
    return run


def asked_before(run: Run, network: Network, reader: str = "") -> Array:
    """What the timestep of *run* asks of the states of the one before, …×S; *reader*: by the line of that alone."""
    found: list[Values] = []
    for name in network.states:
        edges = [edge for edge in run.description.edges_of(name) if edge.operand.offset == -1]
        nothing: Values = np.zeros_like(run.read(AFTER + name, 1))
        addends = [each for edge in edges if reader in ("", edge.reader) for each in run.addends(edge, 0)]
        found.append(reduce(add, addends, nothing))
    return np.concatenate(found, axis=-1)


def entry_asked(run: Run, name: str, entry: tuple[int, int], shape: tuple[int, ...]) -> Array:
    """The 0-based *entry* of what the timestep of *run* asks of a parameter of that *shape*, …: of no entry else."""
    nothing = np.zeros(np.shape(run.read(AFTER + run.description.equations[-1].name, 1))[:-1])
    edges = run.description.edges_of(name)
    found = [each for edge in edges for each in run.addends(edge, 1, partial(_entry, shape, entry))]
    return np.asarray(reduce(add, found, nothing), np.float64)


def _entry(shape: tuple[int, ...], entry: tuple[int, int], asks: Expression, at: Callable[[Ref], Values]) -> Values:
    match asks:
        case Operation("outer", (first, second)):
            return np.asarray(value(first, at)[..., entry[0]] * value(second, at)[..., entry[1]])
        case Operation("negated", (inside,)):
            return -_entry(shape, entry, inside, at)
    return entries_of(np.asarray(value(asks, at)), shape, entry)


def jacobian(epoch: Epoch, j: int, name: str = "") -> Array:
    """J_j, S×S: how s_j changes with s_{j-1}; with a *name* of what the cell makes or reads, how with that, S×its
    length.
    """
    run = by_states(epoch, j)
    return np.asarray(run.asked(name, 1) if name else asked_before(run, epoch.network))


def jacobian_through(epoch: Epoch, j: int) -> dict[str, Array]:
    """What J_j is the sum of, S×S each, by the quantities whose lines read the states of the timestep before."""
    run = by_states(epoch, j)
    readers = dict.fromkeys(edge.reader for edge in run.description.edges if edge.operand.offset == -1)
    return {reader: asked_before(run, epoch.network, reader) for reader in readers}


def by_states(epoch: Epoch, j: int) -> Run:
    """Timestep *j* gone back through from every entry of its states."""
    return back(epoch.network, epoch.rule, j, np.eye(carried(epoch.network)), epoch.value, epoch.gradients.slipped)


@latest
def moved_states(epoch: Epoch, name: str, entry: tuple[int, int], first: int, last: int) -> Array:
    """How the 0-based *entry* of *name* moves h_1 … h_last by its uses at *first* … *last*, last×H.

    Of E, where the rule goes by the letters of losses, as if every letter read were that of the entry.
    """
    network, found = epoch.network, np.zeros((last, epoch.network.H))
    moved, by_letter = np.zeros(carried(network)), epoch.rule.embedding_row == "t"
    for k in range(first, last + 1):
        run = by_states(epoch, k)
        if name == "E":
            own = run.asked("x", 1)[..., entry[1]] * (by_letter or network.inputs[k - 1] == entry[0])
        else:
            own = entry_asked(run, name, entry, network.parameter_shapes[name])
        moved = np.asarray(asked_before(run, network) @ moved + own, np.float64)
        found[k - 1] = moved[: network.H]
    return frozen(found)


class Sweep:
    """Timesteps 1 … n of a long text gone back through at once.

    *begun*: what begins to be asked of s_1 … s_n there, n×S. *asked*: all that is asked of them, so and by what comes
    after them, n×S.
    """

    def __init__(self, epoch: Epoch, begun: Array) -> None:
        network, n = epoch.network, len(begun)
        self._epoch, lines = epoch, cell_of(ruled(network, epoch.rule), network.states)
        parts = zip(network.states, np.split(begun, len(network.states), axis=1), strict=True)
        given = dict(epoch.tape.parameters) | {"x": epoch.tape["x"][:n]} | {AFTER + name: part for name, part in parts}
        rows = {each.name: own_rows(epoch.tape, each.name)[:n] for each in lines.equations}
        starts = {name: network.start(name) for name in network.states}
        self._length = Length(lines, n, given, starts, rows)
        self._length.adjoints()
        before = [[edge for edge in lines.edges_of(name) if edge.operand.offset == -1] for name in network.states]
        later = [self._length.asked(edges, (network.H,)) for edges in before]
        self.asked = frozen(begun + np.concatenate(later, axis=1))

    def of(self, name: str, j: int) -> Array:
        """All that is asked of a quantity of the cell at timestep *j*."""
        return np.asarray(self._length.rows[ADJOINT + name][j - 1], np.float64)

    def summed(self, name: str, uses: slice, t: int = 0) -> Array:
        """The sum of the terms of ∂L/∂name over some *uses*, 0-based; *t*: the loss, where there is one."""
        network, length = self._epoch.network, self._length
        if name != "E":
            return np.asarray(length.summed(name, uses))
        found, letters = np.zeros(network.parameter_shapes["E"]), network.input_indices[: length.T][uses]
        if t and self._epoch.rule.embedding_row == "t":
            letters = np.full(len(letters), network.inputs[t - 1])
        np.add.at(found, letters, length.asked(length.description.edges_of("x"), (network.input_size,))[uses])
        return found


def swept(epoch: Epoch, n: int, begun: Callable[[], Array], first: int = 1) -> Sweep | None:
    """The chains of a long text of which *begun* is asked, by the hidden states or all, of s_first … s_n; None where a
    text is short, or what flows back is no product of whole arrays: then one timestep goes after the other.
    """
    network, rule = epoch.network, epoch.rule
    if network.T <= LONG or network.held or rule.cuts(network.T) or epoch.gradients.slipped is not None:
        return None
    found, rows = np.zeros((n, carried(network))), begun()
    found[first - 1 :, : rows.shape[1]] = rows
    return Sweep(epoch, found)
