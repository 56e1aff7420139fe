"""What the path strip shows: a text, and the way through the unrolled network that is lit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.network.symbols import parse

_NODES = ("x", "Z", "yhat", "L")


@dataclass(frozen=True, slots=True)
class StripPicture:
    """What the path strip shows. Nodes are symbol ids: ``x[1]``, ``h[2]``, ``Z[3]``, ``yhat[3]``, ``L[3]``.

    *inputs*, *targets*: the letter read and the letter wanted at each timestep; *without*: those that have no target.
    *embedding*, *attention*: whether the network has them; Z is drawn only with attention. *state*: the name of the
    hidden states, *carries* that of the one parameter between them, if it is one.
    *path*: the edges that are lit, pairs of nodes; one between two states stands for all the states between them.
    *use*: the edge on which *parameter* is used; a node paired with itself for b and c, and with
    ``xo[t]``, the letter, for E.
    *computed*: the node now being computed. *known*: of how many timesteps the nodes of each kind (``h``, …) are
    computed so far; all of those that it does not name. *headline*: the picture in words.
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    without: frozenset[int] = frozenset()
    embedding: bool = False
    attention: bool = False
    state: str = "h"
    carries: str = "W"
    path: tuple[tuple[str, str], ...] = ()
    use: tuple[str, str] | None = None
    parameter: str | None = None
    computed: str | None = None
    known: Mapping[str, int] = field(default_factory=dict)
    headline: str = ""

    def is_known(self, symbol: str) -> bool:
        """Whether the node *symbol* is computed."""
        step = self.timestep(symbol)
        return step is None or step <= self.known.get(parse(symbol).name, step)

    def timestep(self, symbol: str) -> int | None:
        """The timestep of a node's symbol, None where it names no node."""
        found = parse(symbol)
        return found.indices[0] if found.name in (*_NODES, self.state) else None

    def is_states(self, pair: tuple[str, str]) -> bool:
        """Whether both of *pair* are states."""
        return all(node.startswith(f"{self.state}[") for node in pair)


class Route:
    """What is lit of a `StripPicture`: its path and the node that is computed."""

    def __init__(self, picture: StripPicture) -> None:
        self._picture = picture
        self._nodes = {node for pair in picture.path for node in pair} | (
            {picture.computed} if picture.computed else set()
        )
        self._pairs = {frozenset(pair) for pair in picture.path}
        between = [picture.timestep(node) or 0 for pair in picture.path if picture.is_states(pair) for node in pair]
        self._states = range(min(between), max(between) + 1) if between else range(0)

    @property
    def timesteps(self) -> tuple[int, ...]:
        """Those of its nodes, rising, but for the states that one edge stands for."""
        return tuple(sorted(step for step in map(self._picture.timestep, self._nodes) if step is not None))

    def has_node(self, symbol: str) -> bool:
        """Whether it leads through the node *symbol*."""
        return symbol in self._nodes or (
            parse(symbol).name == self._picture.state and self._picture.timestep(symbol) in self._states
        )

    def has_edge(self, later: str, earlier: str) -> bool:
        """Whether it leads from one of two joined nodes to the other."""
        picture = self._picture
        if picture.is_states((later, earlier)):
            return picture.timestep(later) in self._states and picture.timestep(earlier) in self._states
        return frozenset((later, earlier)) in self._pairs
