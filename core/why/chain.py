"""Why a term (t, m, k) is what it is: a product of links from loss t by way of h_m back to one use at timestep k."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.epoch.chains import asked_of_states, going_back, paths_of
from core.epoch.epoch import Epoch
from core.epoch.timesteps import AFTER, cell_of, swept
from core.equations.description import shape_of
from core.equations.expressions import ADJOINT, Expression
from core.equations.running import Run
from core.network import symbols
from core.network import words as from_lines
from core.network.arrays import Array
from core.network.described import ruled
from core.network.held import open_at
from core.network.routes import Factor, back_in_time, open_through
from core.network.rule import Path
from core.network.symbols import subscript
from core.program.program import Address, Phase
from core.steps.entry import Where
from core.steps.ladder import left_out, row_of_term
from core.steps.line import as_made, heard_at
from core.steps.links import split
from core.steps.recursion import addends
from core.why.held import stopped, unheard
from core.why.made import At, Entry, Leaf, Stand, part, trail
from core.why.trail import Part, Trail, added_parts, given, multiplied


def term(epoch: Epoch, name: str, indices: tuple[int, ...], entry: Entry, leaf: Leaf, path: int | None = None) -> Trail:
    """What the term (t, m, k) of ∂L/∂name at *entry* was made of; *path*: by that of `paths_of` alone."""
    t, m, k = indices
    if not epoch.rule.reaches(t, k):
        return given(left_out(Where(epoch.network, epoch.rule, Address(Phase.BACKWARD, name, indices))))
    return Chain(epoch, leaf, t, m, path).term(name, k, entry)


class Head:
    """What loss *t* asks of h_m: by all paths together, or by one of them.

    *asked*: where it reads h_m: the path, what is asked there, and where.
    """

    def __init__(self, epoch: Epoch, leaf: Leaf, t: int, m: int, path: Path | None) -> None:
        self.epoch, self.leaf, self.t, self.m, state = epoch, leaf, t, m, epoch.network.state
        self.asked: list[tuple[str, Expression, At]] = []
        for addend in addends(Where(epoch.network, epoch.rule, Address(Phase.BACKWARD, state, (m,)))):
            edge = addend.edge
            is_there = edge.operand.offset == "past" or (edge.operand.offset == 0 and t == m)
            is_head = bool(addend.path) or edge.reader in ("Omega", "L")
            if is_there and is_head and edge.asks is not None and path in (None, addend.path or "value"):
                words = f"{addend.path} path" if addend.path else called(epoch, t, m, f"{state}[{m}]")
                self.asked.append((words, edge.asks, At(epoch, leaf, t, m)))

    @property
    def value(self) -> Array:
        """All of it, H."""
        found: Array = sum((at.value(asks) for _, asks, at in self.asked), np.zeros(self.epoch.network.H))
        left = None if self.epoch.network.head.scores else heard_at(self.epoch.network, self.t)
        return found if left is None or self.epoch.network.attention else np.asarray(found * left)

    def heard(self, entry: Entry) -> list[tuple[str, Expression, At]]:
        """Where the loss reads an *entry*, but where what is held decides it."""
        network = self.epoch.network
        is_direct = not (network.attention or network.head.scores)
        where = Where(network, self.epoch.rule, Address(Phase.BACKWARD, network.state, (self.m,)))
        return [] if is_direct and unheard(where, "L", self.t, entry) else self.asked

    def part(self, entry: Entry) -> Part:
        """An entry of it."""
        if not self.heard(entry):
            return Part("0, as what is held decides the loss", 0.0)
        if len(self.asked) == 1:
            return part(self.asked[0][1], self.asked[0][2], entry)
        return self.leaf(f"g[{self.t},{self.m}]", entry)

    def by_paths(self, entry: Entry) -> Trail:
        """An addend for each path of attention."""
        parts = [replace(part(asks, at, entry), words=words) for words, asks, at in self.asked]
        return added_parts(parts, "one for each path of attention" if parts else "the rule differentiates no path")


class Chain:
    """From loss *t* by way of h_m back through the timesteps: what it asks of every quantity there.

    By all paths together, or by one of them.
    """

    def __init__(self, epoch: Epoch, leaf: Leaf, t: int, m: int, path: int | None) -> None:
        self.epoch, self.leaf, self.t, self.m = epoch, leaf, t, m
        by_path = asked_of_states(epoch, t, m, m)[:, 0]
        begun = np.add.reduce(by_path, axis=0) if path is None else by_path[path]
        self._sweep, self._runs = swept(epoch, m, lambda: begun[None], m), dict[int, Run]()
        if self._sweep is None:
            back = going_back(epoch, m, epoch.rule.first_use(t), lambda _, asked: begun if asked is None else asked)
            self._runs = {j: run for j, _, run in back}
        self.path = None if path is None else paths_of(epoch)[path]
        self.head = Head(epoch, leaf, t, m, self.path)
        self.states = epoch.network.states
        self.lines = cell_of(ruled(epoch.network, epoch.rule, epoch.gradients.slipped), self.states)

    def term(self, name: str, k: int, entry: Entry) -> Trail:
        """What the term (t, m, k) of ∂L/∂name at *entry* was made of."""
        epoch = self.epoch
        where = Where(epoch.network, epoch.rule, Address(Phase.BACKWARD, name, (self.t, self.m, k)))
        if name == "E":
            row = row_of_term(where)
            if epoch.network.inputs[row - 1] != entry[0]:
                return Trail("sum", "added up", folded=f"0: the term goes to the row of the letter of t = {row}")
            return self._opened("x", k, entry[1:])
        edges = self.lines.edges_of(name)
        said = from_lines.uses(name, epoch.network.lines) or [""] * len(edges)
        asked = [
            (words, as_made(edge.asks, epoch.network, edge.reader, k))
            for words, edge in zip(said, edges, strict=True)
            if edge.asks is not None
        ]
        if len(asked) > 1:
            parts = [replace(part(asks, self._at(k), entry), words=words) for words, asks in asked]
            return added_parts(parts, "one for each use in the timestep")
        found = split(where)
        has_outer = found is not None and found.use[-1:] != () and found.use[-1].kind == "outer"
        factors = found.use[: len(found.use) - has_outer] if found else ()
        if found is None or not all(where.are_numbers(each.by) for each in (*found.before, *factors)):
            return trail(asked[0][1], self._at(k), entry)
        parts = [self._factor(each, j) for j in range(self.m, k, -1) for each in found.before]
        parts += [self._factor(each, k) for each in factors]
        if has_outer:  # where what the parameter multiplies is 1, that is folded
            last = trail(found.use[-1].asks, self._at(k), entry)
            return replace(multiplied([*self._head_of_one(), *parts, *last.parts[1:]]), folded=last.folded)
        return multiplied([*self._head_of_one(), *parts])

    def _head_of_one(self) -> list[Part]:
        """Of one hidden number, the factors that lead to h_m, or what the loss asks of it as one."""
        asked = self.head.asked
        opened = trail(asked[0][1], asked[0][2], (0,)) if len(asked) == 1 else None
        if opened is not None and opened.how == "product":
            return list(opened.parts)
        words = f"∂L{subscript(self.t)}/∂{symbols.text(f'{self.states[0]}[{self.m}]')}, {self.path} path"
        found = self.head.part((0,))
        return [replace(found, words=words) if self.path and len(asked) == 1 else found]

    def _factor(self, factor: Factor, j: int) -> Part:
        """A factor that is one number."""
        flows, names = open_through(self.epoch.network, factor, j)
        if flows is not None:
            return Part(f"{', '.join(symbols.text(f'{name}[{j}]') for name in names)}, held: nothing flows back", 0.0)
        entry = (0,) * len(shape_of(factor.by, self.lines.shapes))
        return part(factor.by, At(self.epoch, self.leaf, j), entry)

    def _at(self, j: int) -> At:
        """Timestep *j*, where what this loss asks of every quantity stands for ∂L by it."""
        instead = {f"{ADJOINT}{each.name}[{j}]": self._stand(each.name, j) for each in self.lines.equations}
        return At(self.epoch, self.leaf, j, instead=instead)

    def _stand(self, name: str, j: int) -> Stand:
        value = (
            self._sweep.of(name, j) if self._sweep else np.asarray(self._runs[j].read(ADJOINT + name, 1), np.float64)
        )
        flows = open_at(self.epoch.network, name, j)
        words = called(self.epoch, self.t, self.m, f"{name}[{j}]")

        def made(entry: Entry) -> Part:
            of = f"[{', '.join(str(index + 1) for index in entry)}]" if value.size > 1 else ""
            found = Part(words + of, float(value[entry]), opens=lambda: self._opened(name, j, entry))
            if back_in_time(self.epoch.network) and name == self.states[0]:  # what a single line asks is no sum
                found = self.head.part(entry) if j == self.m else part(*self._asked(name, j, entry)[0][1:], entry)
            return found if flows is None or flows[entry] else stopped(found)

        return Stand(value if flows is None else np.asarray(value * flows), made)

    def _asked(self, name: str, j: int, entry: Entry) -> list[tuple[str, Expression, At]]:
        """What every line that reads the quantity asks of it: of this timestep, of the next, and the loss itself."""
        found = [(edge, self._at(j)) for edge in self.lines.edges_of(name) if edge.operand.offset == 0]
        found = [(edge, at) for edge, at in found if not edge.reader.startswith(AFTER)]
        if name in self.states and j < self.m:
            found += [(edge, self._at(j + 1)) for edge in self.lines.edges_of(name) if edge.operand.offset == -1]
        network = self.epoch.network
        asked = [("", as_made(edge.asks, network, edge.reader, at.t), at) for edge, at in found if edge.asks]
        return asked + (self.head.heard(entry) if name == self.states[0] and j == self.m else [])

    def _opened(self, name: str, j: int, entry: Entry) -> Trail:
        asked = self._asked(name, j, entry)
        if len(asked) == 1:
            return trail(*asked[0][1:], entry)
        made = [(words, part(asks, at, entry)) for words, asks, at in asked]
        named = [replace(each, words=words) if words else each for words, each in made]
        return added_parts(named, "one for each line that reads it")


def called(epoch: Epoch, t: int, m: int, symbol: str) -> str:
    """What loss *t* asks of *symbol* by way of h_m, in words."""
    via = f" via {symbols.text(f'{epoch.network.state}[{m}]')}" if epoch.network.attention else ""
    return f"∂L{subscript(t)}/∂{symbols.text(symbol)}{via}"
