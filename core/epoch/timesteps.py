"""Term by term along any lines: from a loss back through whole timesteps of the cell to one use of a parameter.

s_t is all that a timestep carries on, its states one below another, the hidden state first: S numbers. What loss t asks
of s_k is ∂L_t/∂s_t · J_t ⋯ J_{k+1}, and J_j = ∂s_j/∂s_{j-1} is what the lines ask of the states of the timestep before
when something is asked of those that they make. No line here looks back further than one timestep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from core.epoch.backward import error_at
from core.epoch.memo import latest
from core.epoch.recursion import by_lines
from core.equations.description import Description, Edge
from core.equations.expressions import Ref
from core.equations.operations import Values
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


def asked_of_states(epoch: Epoch, t: int) -> Array:
    """∂L_t/∂s_t as the rule has it, S: the loss itself reads the hidden state alone."""
    network = epoch.network
    found = np.zeros(len(network.states) * network.H)
    if epoch.gradients.slipped is None:
        found[: network.H] = error_at(epoch.tape, epoch.rule, t)
        return found
    run, cell = by_lines(epoch), cell_of(epoch.gradients.slipped, network.states)
    for edge in run.description.edges_of(network.state):
        if edge.operand.offset == 0 and edge.reader not in cell.made_names:
            found[: network.H] += np.asarray(reduce(add, run.addends(edge, t), 0.0), np.float64)
    return found


def going_back(epoch: Epoch, t: int) -> Iterator[tuple[int, Array, Run]]:
    """From loss *t* back as far as it reaches: for j = t, t - 1, … what it asks of s_j, S, and j gone back through."""
    asked = asked_of_states(epoch, t)
    for j in range(t, epoch.rule.first_use(t) - 1, -1):
        run = back(epoch.network, epoch.rule, j, asked, epoch.value, epoch.gradients.slipped)
        yield j, asked, run
        if j > 1:
            asked = asked_before(run, epoch.network)


def term_in(epoch: Epoch, name: str, run: Run, t: int, k: int) -> Array:
    """The term (t, k) of ∂L/∂name, in the parameter's shape, from timestep *k* gone back through from loss *t*."""
    if name != "E":
        return np.asarray(run.asked(name, 1))
    found = np.zeros(epoch.network.parameter_shapes["E"])
    found[epoch.network.inputs[(t if epoch.rule.embedding_row == "t" else k) - 1]] = run.asked("x", 1)
    return found


@latest
def terms_of_loss(epoch: Epoch, name: str, t: int) -> Array:
    """The terms (t, k) of ∂L/∂name for k = 1 … t, a row each; 0 where the loss does not reach the use."""
    found = np.zeros((t, *epoch.network.parameter_shapes[name]))
    for k, _, run in going_back(epoch, t):
        found[k - 1] = term_in(epoch, name, run, t, k)
    return frozen(found)


@latest
def losses_before(epoch: Epoch, name: str, t: int) -> Array:
    """The sum of the terms of the losses before *t*: all of them go back together, but where the rule cuts them."""
    network, rule = epoch.network, epoch.rule
    total = np.zeros(network.parameter_shapes[name])
    if rule.cuts(t - 1):
        for at, asked, run in _side_by_side(epoch, t - 1):
            if name == "E" and rule.embedding_row == "t":
                np.add.at(total, list(network.inputs[at - 1 : at - 1 + len(asked)]), run.asked("x", 1))
            else:
                together = back(network, rule, at, np.add.reduce(asked, axis=0), epoch.value)
                total += term_in(epoch, name, together, at, at)
        return frozen(total)
    by_letter = name == "E" and rule.embedding_row == "t"  # a row for each letter of a loss, else one for all
    rows = sorted(set(network.inputs)) if by_letter else [0]
    asked = np.zeros((len(rows), len(network.states) * network.H))
    for k in range(t - 1, 0, -1):
        asked[rows.index(network.inputs[k - 1]) if by_letter else 0] += asked_of_states(epoch, k)
        run = back(network, rule, k, asked if by_letter else asked[0], epoch.value)
        if by_letter:
            total[rows] += np.asarray(run.asked("x", 1), np.float64)
        else:
            total += term_in(epoch, name, run, k, k)
        asked = asked_before(run, network).reshape(asked.shape)
    return frozen(total)


def running_total(epoch: Epoch, name: str, t: int, k: int) -> Array:
    """The sum of the terms of ∂L/∂name up to and with (t, k)."""
    return np.asarray(losses_before(epoch, name, t) + np.add.reduce(terms_of_loss(epoch, name, t)[:k], axis=0))


@latest
def entry_of_terms(epoch: Epoch, name: str, entry: tuple[int, int], T: int) -> Array:
    """The 0-based *entry* of all terms of the first *T* losses in ∂L/∂name, T×T: row t - 1, column k - 1.

    It is 0 where k > t, or where loss t does not reach k. These losses go back side by side.
    """
    network, rule, inputs, found = epoch.network, epoch.rule, epoch.network.inputs, np.zeros((T, T))
    for k, asked, run in _side_by_side(epoch, T):
        end = k + len(asked)
        if name == "E":
            goes_there = [inputs[(t if rule.embedding_row == "t" else k) - 1] == entry[0] for t in range(k, end)]
            column = run.asked("x", 1)[..., entry[1]] * goes_there
        else:
            column = entries_of(np.asarray(run.asked(name, 1)), network.parameter_shapes[name], entry)
        found[k - 1 : end - 1, k - 1] = column
    return frozen(found)


def _side_by_side(epoch: Epoch, T: int) -> Iterator[tuple[int, Array, Run]]:
    """From the first *T* losses back: for k = T … 1 what those that reach it, from k on, ask of s_k, a row each."""
    asked = np.zeros((0, len(epoch.network.states) * epoch.network.H))
    for k in range(T, 0, -1):
        asked = np.concatenate([asked_of_states(epoch, k)[None], asked])[: epoch.rule.last_loss(k, T) + 1 - k]
        run = back(epoch.network, epoch.rule, k, asked, epoch.value)
        yield k, asked, run
        asked = asked_before(run, epoch.network)


@latest
def entry_by_loss(epoch: Epoch, name: str, entry: tuple[int, int]) -> Array:
    """What each loss adds to the 0-based *entry* of ∂L/∂name, T: forwards, how that moves the states by its uses."""
    if epoch.rule.cuts(epoch.network.T):
        return frozen(np.add.reduce(entry_of_terms(epoch, name, entry, epoch.network.T), axis=1))
    network, rule, inputs = epoch.network, epoch.rule, epoch.network.inputs
    found, moved = np.zeros(network.T), np.zeros(len(network.states) * network.H)
    direct: Array
    by_letter = rule.embedding_row == "t"
    for t in range(1, network.T + 1):
        run = _by_states(epoch, t)
        if name == "E":
            direct = np.asarray(run.asked("x", 1)[..., entry[1]] * (by_letter or inputs[t - 1] == entry[0]), np.float64)
        else:
            direct = entries_of(np.asarray(run.asked(name, 1)), network.parameter_shapes[name], entry)
        moved = np.asarray(asked_before(run, network) @ moved, np.float64) + direct
        counts = name != "E" or not by_letter or inputs[t - 1] == entry[0]
        found[t - 1] = asked_of_states(epoch, t) @ moved * counts
    return frozen(found)


def jacobian(epoch: Epoch, j: int, name: str = "") -> Array:
    """J_j, S×S: how s_j changes with s_{j-1}; with a *name* of what the cell makes or reads, how with that, S×its
    length.
    """
    run = _by_states(epoch, j)
    return np.asarray(run.asked(name, 1) if name else asked_before(run, epoch.network))


def jacobian_through(epoch: Epoch, j: int) -> dict[str, Array]:
    """What J_j is the sum of, S×S each, by the quantities whose lines read the states of the timestep before."""
    run = _by_states(epoch, j)
    readers = dict.fromkeys(edge.reader for edge in run.description.edges if edge.operand.offset == -1)
    return {reader: asked_before(run, epoch.network, reader) for reader in readers}


def _by_states(epoch: Epoch, j: int) -> Run:
    """Timestep *j* gone back through from every entry of its states."""
    return back(epoch.network, epoch.rule, j, np.eye(len(epoch.network.states) * epoch.network.H), epoch.value)
