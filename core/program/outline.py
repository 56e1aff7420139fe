"""The program as a tree: epoch › phase › group › block › step, counted and made only where it is looked at."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from core.network import symbols
from core.network.symbols import subscript
from core.program.program import Address, Phase, Program, Span
from core.writing.shown import visible

Level = Literal["epoch", "phase", "group", "block", "nest", "step"]
_PHASES = (Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE)  # clips stand in the last
_NESTED_FROM = 12  # blocks with more timesteps than this are nested by m


@dataclass(frozen=True, slots=True)
class Node:
    """A line of the tree.

    *level*; *span*: its steps; *key*: what it is at its level (a phase's number, a gradient's name, a t, an m).
    *parent*: its parent, None for the epoch.
    """

    level: Level
    span: Span
    key: tuple[int | str, ...]
    parent: Node | None


@dataclass(frozen=True, slots=True)
class Label:
    """What a line of the tree says. *before*: what a range of lines says only once. *note*: what stands apart."""

    before: str
    name: str
    note: str = ""

    @property
    def text(self) -> str:
        """All of it to look at: ``t = 1   h → e``."""
        return f"{self.before}{self.name}   {self.note}".rstrip()

    @property
    def spoken(self) -> str:
        """All of it for a screen reader."""
        return f"{self.before}{self.name}, {self.note}".removesuffix(", ")


class Outline:
    """The tree of one program. Children are made by index, never listed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.root = Node("epoch", Span(1, len(program)), (), None)

    def child_count(self, node: Node) -> int:
        """How many children *node* has."""
        if node.level == "epoch":
            return 3
        if node.level == "step":
            return 0
        program = self.program
        if node.level == "phase":
            T = program.network.T
            return {
                Phase.FORWARD: T * (1 + (program.order == "stage")) + 1,
                Phase.BACKWARD: len(program.gradients),
                Phase.UPDATE: len(node.span),
            }[Phase(int(node.key[0]))]
        if self._goes_back(node):
            return program.network.T
        if node.level == "group" and self._is_chained(node):
            return len(program.losses) + 1
        if node.level == "block" and self._is_nested(node):
            return int(node.key[1])
        return len(node.span)

    def child(self, node: Node, index: int) -> Node:
        """The child *index*, 0-based, of *node*."""
        program = self.program
        if node.level == "epoch":
            phase = _PHASES[index]
            return Node("phase", (program.forward, program.backward, program.update)[index], (phase,), node)
        if node.level == "phase":
            if node.key[0] == Phase.BACKWARD:
                name = program.gradients[index]
                return Node("group", program.gradient_span(name), (name,), node)
            if node.key[0] == Phase.FORWARD and index < self.child_count(node) - 1:
                T = program.network.T
                hidden = program.order == "stage" and index < T
                t = index % T + 1
                span = (
                    program.block(program.position(Address(Phase.FORWARD, "letter", (t,))))
                    if hidden or program.order == "timestep"
                    else program.timestep_span(t)
                )
                return Node("group", span, ("hidden" if hidden else "t", t), node)
            return self._step(node, node.span.last if node.key[0] == Phase.FORWARD else node.span.first + index)
        if self._goes_back(node):
            t = program.network.T - index
            return Node("block", program.way_back_span(t), (node.key[0], t), node)
        if node.level == "group" and self._is_chained(node) and index < len(program.losses):
            t = program.losses[index]
            return Node("block", program.loss_span(str(node.key[0]), t), (node.key[0], t), node)
        if node.level == "group" and self._is_chained(node):
            return self._step(node, node.span.last)
        if node.level == "block" and self._is_nested(node):
            m = index + 1
            first = node.span.first + m * (m - 1) // 2
            return Node("nest", Span(first, first + m - 1), (*node.key, m), node)
        return self._step(node, node.span.first + index)

    def is_step(self, node: Node, index: int) -> bool:
        """Whether the child *index* of *node* is a step, without making it."""
        if node.level == "phase":
            last = node.key[0] == Phase.FORWARD and index == self.child_count(node) - 1
            return last or node.key[0] == Phase.UPDATE
        if self._goes_back(node):
            return False
        if node.level == "group" and self._is_chained(node):
            return index == len(self.program.losses)
        return node.level != "epoch" and not (node.level == "block" and self._is_nested(node))

    def index_of(self, node: Node, position: int) -> int:
        """Which child of *node* holds *position*, or the nearest one."""
        first, last = node.span.first, node.span.last
        position = min(max(position, first), last)
        if node.level == "step":
            return 0
        address, T = self.program[position], self.program.network.T
        if node.level == "epoch":
            return min(int(address.phase), 2)
        if node.level == "phase" and address.phase is Phase.BACKWARD:
            return self.program.gradients.index(self.program.group_of(address))
        if node.level == "phase" and address.phase is Phase.FORWARD:
            if not address.indices:
                return self.child_count(node) - 1
            is_second = self.program.order == "stage" and address.quantity not in self.program.hidden_stages
            return address.indices[0] - 1 + T * is_second
        if self._goes_back(node):
            return T - address.indices[0]
        if node.level == "group" and self._is_chained(node):
            losses = self.program.losses
            return bisect_left(losses, address.indices[0]) if address.indices else len(losses)
        if node.level == "block" and self._is_nested(node):
            return address.indices[1] - 1
        return position - first

    def path_to(self, position: int) -> tuple[Node, ...]:
        """The nodes from the epoch down to the step at *position*."""
        path = [self.root]
        while path[-1].level != "step":
            path.append(self.child(path[-1], self.index_of(path[-1], position)))
        return tuple(path)

    def label(self, node: Node) -> Label:
        """What the tree says on the line of *node*."""
        network = self.program.network
        if node.level == "epoch":
            return Label("", "Epoch")
        if node.level == "phase":
            return Label("", Phase(int(node.key[0])).name.capitalize())
        if node.level == "group":
            if node.key[0] in ("t", "hidden"):
                t = int(node.key[1])
                read, wanted = visible(network.input_letter(t)), visible(network.target_letter(t))
                if node.key[0] == "hidden":
                    return Label("", symbols.text(f"{network.state}[{t}]"), f"reads {read}")
                return Label("t = ", str(t), f"{read} → {wanted}")
            if self._goes_back(node):
                return Label("", "The way back")
            return Label("", symbols.text(f"dL/d{node.key[0]}"))
        if node.level == "block" and not self._is_chained(node):
            return Label("t = ", str(node.key[1]))
        if node.level == "block":
            count = len(node.span)
            return Label("", f"L{subscript(int(node.key[1]))}", f"{count:,} term{'s' if count > 1 else ''}")
        if node.level == "nest":
            return Label("via ", f"h{subscript(int(node.key[2]))}")
        return self._step_label(node.span.first)

    def _step(self, parent: Node, position: int) -> Node:
        return Node("step", Span(position, position), (position,), parent)

    def _goes_back(self, node: Node) -> bool:
        """Whether *node* holds the timesteps of the way back, the last first."""
        return node.level == "group" and node.key[0] == "Omega" and self.program.way == "timesteps"

    def _is_chained(self, node: Node) -> bool:
        return self.program.is_chained(str(node.key[0]))

    def _is_nested(self, node: Node) -> bool:
        return self.program.network.attention and self._is_chained(node) and int(node.key[1]) > _NESTED_FROM

    def _step_label(self, position: int) -> Label:
        address = self.program[position]
        first = "input" if self.program.network.reads_numbers else "letter"
        known = address.quantity not in ("letter", "norm")
        name = symbols.meaning(address.quantity).text if known else first
        if address.phase is Phase.CLIP:
            return Label("", symbols.text(symbols.clipped(address.quantity)))
        if address.phase is Phase.UPDATE:
            return Label("", f"{name} new")
        if address.phase is Phase.BACKWARD:
            if not address.indices:
                return Label("", "Σ", "sum")
            if self.program.way == "timesteps":
                t = address.indices[0]
                is_adjoint = address.quantity in self.program.adjoints
                return Label("", symbols.text(f"dL/d{address.quantity}[{t}]")) if is_adjoint else Label("t = ", str(t))
            if address.is_chained:
                shown = address.indices if self.program.network.attention else address.indices[1:]
                return Label("", f"({', '.join(map(str, shown))})")
            return Label("", f"L{subscript(address.indices[0])}")
        if not address.indices:
            return Label("", "Total loss")
        return Label("", name if name == first else name + ",".join(map(subscript, address.indices)))
