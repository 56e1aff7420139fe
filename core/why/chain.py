"""Why a term (t, m, k) is what it is: a product of links from loss t by way of h_m back to one use at timestep k."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.epoch.chains import asked_of_states, going_back, paths_of
from core.epoch.epoch import Epoch
from core.epoch.timesteps import AFTER
from core.epoch.totals import chain_by_path
from core.equations.expressions import ADJOINT, Expression, Ref
from core.network import symbols
from core.network import words as from_lines
from core.network.arrays import Array
from core.network.described import described
from core.network.held import open_at
from core.network.routes import back_in_time, open_through
from core.network.rule import Path
from core.network.symbols import subscript
from core.program.program import Address, Phase
from core.steps.entry import Where
from core.steps.ladder import left_out
from core.steps.line import as_made, heard_at
from core.steps.links import are_held
from core.steps.recursion import addends
from core.why.held import stopped, unheard
from core.why.made import At, Entry, Leaf, Stand, part, trail
from core.why.trail import Part, Trail, added_parts, given, multiplied


def term(epoch: Epoch, name: str, indices: tuple[int, ...], entry: Entry, leaf: Leaf, path: int | None = None) -> Trail:
    """What the term (t, m, k) of ∂L/∂name at *entry* was made of; *path*: by that of `paths_of` alone."""
    t, m, k = indices
    network = epoch.network
    if not epoch.rule.reaches(t, k):
        return given(left_out(Where(network, epoch.rule, Address(Phase.BACKWARD, name, indices))))
    if not network.by_arrays:
        return ThroughCell(epoch, leaf, t, m, path).term(name, k, entry)
    chain = Chain(epoch, leaf, t, m, path)
    if name == "E":
        row = t if epoch.rule.embedding_row == "t" else k
        if network.inputs[row - 1] != entry[0]:
            return Trail("sum", "added up", folded=f"0: the term goes to the row of the letter of t = {row}")
        return trail(chain.asks(Ref("x", 0)), chain.at_inner(k), entry[1:])
    if network.H > 1:
        return trail(chain.asks(Ref(name)), chain.at_inner(k), entry)
    used = trail(chain.asks(Ref(name)), chain.at_inner(k), entry)  # what is asked of the inner quantity comes first
    beside = () if name == "b" else used.parts[1:]
    return replace(multiplied([*chain.links(k), *beside]), folded=used.folded if name != "b" else "")


class Chain:
    """From loss *t* by way of h_m back to earlier timesteps: by all paths together, or by one of them.

    *r*: m×H, what is asked at timesteps 1 … m of what goes into the state.
    """

    def __init__(self, epoch: Epoch, leaf: Leaf, t: int, m: int, path: int | None) -> None:
        self.epoch, self.leaf, self.t, self.m = epoch, leaf, t, m
        self.lines = described(epoch.network)
        self.state = self.lines.states[0]
        self.inner = next(each.name for each in self.lines.equations if each.part_of == self.state)
        self.path = None if path is None else paths_of(epoch)[path]
        self.head = Head(epoch, leaf, t, m, self.path)
        _, by_path = chain_by_path(epoch, t, m)
        self.r: Array = sum(by_path, np.zeros((m, epoch.network.H))) if path is None else by_path[path]

    def asks(self, operand: Ref) -> Expression:
        """What the line that goes into the state asks of *operand*."""
        return self.lines.edge(self.inner, operand).asks or operand

    def at_inner(self, j: int) -> At:
        """Timestep *j*, where what this chain asks of the inner quantity stands for ∂L by it."""
        stand = Stand(self.r[j - 1], lambda entry: self._inner(j, entry))
        return At(self.epoch, self.leaf, j, instead={f"{ADJOINT}{self.inner}[{j}]": stand})

    def _inner(self, j: int, entry: Entry) -> Part:
        value = float(self.r[(j - 1, *entry)])
        return Part(
            called(self.epoch, self.t, self.m, f"{self.inner}[{j}]"), value, opens=lambda: self._opened(j, entry)
        )

    def _opened(self, j: int, entry: Entry) -> Trail:
        """What is asked of the state, times the slope."""
        flows, names = open_through(self.epoch.network, back_in_time(self.epoch.network)[0], j)
        if flows is not None and not flows[entry]:
            return given(f"0, because {are_held(names, j)}: nothing flows back from there")
        value, make = self._of_state(j)
        stand = {f"{ADJOINT}{self.state}[{j}]": Stand(value, make)}
        asks = self.lines.edge(self.state, Ref(self.inner, 0)).asks or Ref(self.inner, 0)
        return trail(asks, At(self.epoch, self.leaf, j, instead=stand), entry)

    def _of_state(self, j: int) -> tuple[Array, Callable[[Entry], Part]]:
        """What is asked of the state of timestep *j*: by the loss itself, or from the timestep after it."""
        if j < self.m:
            asks, at = self.asks(Ref(self.state, -1)), self.at_inner(j + 1)
            return at.value(asks), lambda entry: part(asks, at, entry)
        return self.head.value, self.head.part

    def links(self, k: int) -> list[Part]:
        """Of one hidden number, all factors from the loss to the use at timestep *k*, in the order of the formula."""
        asked = self.head.asked
        opened = trail(asked[0][1], asked[0][2], (0,)) if len(asked) == 1 else None
        is_product = opened is not None and opened.how == "product"
        if opened is not None and is_product:
            found = list(opened.parts)
        else:
            head = self._of_state(self.m)[1]((0,))
            words = f"∂L{subscript(self.t)}/∂{symbols.text(f'{self.state}[{self.m}]')}, {self.path} path"
            found = [replace(head, words=words) if self.path and len(asked) == 1 else head]
        back = trail(self.asks(Ref(self.state, -1)), self.at_inner(k + 1), (0,)) if k < self.m else None
        weights = [each for each in back.parts if each.number is not None] if back is not None else []
        for j in range(self.m, k - 1, -1):
            found += weights if j < self.m else []
            found.append(self._slope(j))
        return found

    def _slope(self, j: int) -> Part:
        if open_through(self.epoch.network, back_in_time(self.epoch.network)[0], j)[0] is not None:
            return Part(f"h{subscript(j)}, held: nothing flows back", 0.0)
        value, make = self._of_state(j) if j == self.m else (self.r[j - 1], lambda entry: self._inner(j, entry))
        stand = {f"{ADJOINT}{self.state}[{j}]": Stand(value, make)}
        asks = self.lines.edge(self.state, Ref(self.inner, 0)).asks or Ref(self.inner, 0)
        return trail(asks, At(self.epoch, self.leaf, j, instead=stand), (0,)).parts[-1]


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


class ThroughCell:
    """From loss *t* by way of h_m back through whole timesteps of any lines: what it asks of every quantity there.

    By all paths together, or by one of them; *runs*: the timesteps gone back through.
    """

    def __init__(self, epoch: Epoch, leaf: Leaf, t: int, m: int, path: int | None) -> None:
        self.epoch, self.leaf, self.t, self.m = epoch, leaf, t, m
        begun = asked_of_states(epoch, t, m, m)[:, 0]
        begun = np.add.reduce(begun, axis=0) if path is None else begun[path]
        back = going_back(epoch, m, epoch.rule.first_use(t), lambda _, asked: begun if asked is None else asked)
        self.runs = {j: run for j, _, run in back}
        self.head = Head(epoch, leaf, t, m, None if path is None else paths_of(epoch)[path])
        self.lines = self.runs[m].description
        self.states = epoch.network.states

    def term(self, name: str, k: int, entry: Entry) -> Trail:
        """What the term (t, m, k) of ∂L/∂name at *entry* was made of."""
        epoch = self.epoch
        if name == "E":
            row = self.t if epoch.rule.embedding_row == "t" else k
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
        if len(asked) == 1:
            return trail(asked[0][1], self._at(k), entry)
        parts = [replace(part(asks, self._at(k), entry), words=words) for words, asks in asked]
        return added_parts(parts, "one for each use in the timestep")

    def _at(self, j: int) -> At:
        """Timestep *j*, where what this loss asks of every quantity stands for ∂L by it."""
        instead = {f"{ADJOINT}{each.name}[{j}]": self._stand(each.name, j) for each in self.lines.equations}
        return At(self.epoch, self.leaf, j, instead=instead)

    def _stand(self, name: str, j: int) -> Stand:
        value = np.asarray(self.runs[j].read(ADJOINT + name, 1), np.float64)
        flows = open_at(self.epoch.network, name, j)
        words = called(self.epoch, self.t, self.m, f"{name}[{j}]")

        def made(entry: Entry) -> Part:
            of = f"[{', '.join(str(index + 1) for index in entry)}]" if value.size > 1 else ""
            found = Part(words + of, float(value[entry]), opens=lambda: self._opened(name, j, entry))
            return found if flows is None or flows[entry] else stopped(found)

        return Stand(value if flows is None else np.asarray(value * flows), made)

    def _opened(self, name: str, j: int, entry: Entry) -> Trail:
        """What every line that reads the quantity asks of it: of this timestep, of the next, and the loss itself."""
        found = [(edge, self._at(j)) for edge in self.lines.edges_of(name) if edge.operand.offset == 0]
        found = [(edge, at) for edge, at in found if not edge.reader.startswith(AFTER)]
        if name in self.states and j < self.m:
            found += [(edge, self._at(j + 1)) for edge in self.lines.edges_of(name) if edge.operand.offset == -1]
        network = self.epoch.network
        asked = [("", as_made(edge.asks, network, edge.reader, at.t), at) for edge, at in found if edge.asks]
        if name == self.states[0] and j == self.m:
            asked += self.head.heard(entry)
        if len(asked) == 1:
            return trail(*asked[0][1:], entry)
        made = [(words, part(asks, at, entry)) for words, asks, at in asked]
        named = [replace(each, words=words) if words else each for words, each in made]
        return added_parts(named, "one for each line that reads it")


def called(epoch: Epoch, t: int, m: int, symbol: str) -> str:
    """What loss *t* asks of *symbol* by way of h_m, in words."""
    via = f" via {symbols.text(f'{epoch.network.state}[{m}]')}" if epoch.network.attention else ""
    return f"∂L{subscript(t)}/∂{symbols.text(symbol)}{via}"
