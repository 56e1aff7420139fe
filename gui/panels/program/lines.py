"""The lines of the program tree: the outline, with long runs of lines gathered into ranges of a hundred.

Whatever the size of the program, no line has more than about a hundred others right below it, so that every line can
be reached, and opening one costs the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.program.outline import Label, Node, Outline
from core.program.program import Span

RANGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the tree: a node of the outline, or with *is_range* only its children *start* … *stop* - 1."""

    node: Node
    start: int
    stop: int
    is_range: bool = False


class Lines:
    """The tree of lines over *outline*. Lines are made by row, never listed.

    *Attributes*: `root`, the line of the epoch.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.root = self._whole(outline.root)

    def count(self, line: Line) -> int:
        """How many lines stand right below *line*."""
        size, alone = self._ranges(line)
        return -(-(line.stop - line.start - alone) // size) + alone

    def child(self, line: Line, row: int) -> Line:
        """The line at *row*, 0-based, below *line*."""
        size, alone = self._ranges(line)
        start, end = line.start + row * size, line.stop - alone
        if start >= end:
            return self._whole(self.outline.child(line.node, line.stop - 1))
        if size > 1:
            return Line(line.node, start, min(start + size, end), is_range=True)
        return self._whole(self.outline.child(line.node, start))

    def is_step(self, line: Line, row: int) -> bool:
        """Whether the line at *row* below *line* is a step, without making it: of what is opened all are asked."""
        size, alone = self._ranges(line)
        start, end = line.start + row * size, line.stop - alone
        if start >= end:
            return self.outline.is_step(line.node, line.stop - 1)
        return size == 1 and self.outline.is_step(line.node, start)

    def row_of(self, line: Line, position: int) -> int:
        """The row below *line* that holds *position*, or the nearest one."""
        size, alone = self._ranges(line)
        index = self.outline.index_of(line.node, position)
        index = min(max(index, line.start), line.stop - 1) - line.start
        return (
            min(index // size, self.count(line) - 1 - alone)
            if index < line.stop - line.start - alone
            else (self.count(line) - 1)
        )

    def span(self, line: Line) -> Span:
        """The steps that *line* holds."""
        if not line.is_range:
            return line.node.span
        first, last = self._ends(line)
        return Span(first.span.first, last.span.last)

    def label(self, line: Line) -> Label:
        """What the tree says on *line*."""
        if not line.is_range:
            return self.outline.label(line.node)
        ends = self._ends(line)
        addresses = [self.outline.program[node.span.first] for node in ends]
        if ends[0].level == "step" and len(addresses[0].indices) == 3:
            return Label("k = ", f"{addresses[0].indices[2]:,} … {addresses[1].indices[2]:,}")
        first, last = map(self.outline.label, ends)
        return Label(first.before, f"{first.name} … {last.name}")

    def _whole(self, node: Node) -> Line:
        return Line(node, 0, self.outline.child_count(node))

    def _ends(self, line: Line) -> tuple[Node, Node]:
        return self.outline.child(line.node, line.start), self.outline.child(line.node, line.stop - 1)

    def _ranges(self, line: Line) -> tuple[int, int]:
        """How many children share a line, and how many stand alone after them: a total or a sum, where there is one."""
        length = line.stop - line.start
        if length <= RANGE + 1:
            return 1, 0
        level, key = line.node.level, line.node.key
        total = level == "phase" or (level == "group" and key[0] not in ("t", "hidden", "Omega"))
        alone = int(total and not line.is_range)
        size = RANGE
        while size * RANGE < length - alone:
            size *= RANGE
        return size, alone
