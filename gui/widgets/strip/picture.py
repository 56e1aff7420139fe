"""What the path strip shows: a text, and the way through the unrolled network that is lit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from core.network.symbols import parse

_NODES = ("x", "Z", "yhat", "L")


@dataclass(frozen=True, slots=True)
class StripPicture:
    """What the path strip shows. Nodes are symbol ids: ``x[1]``, ``h[2]``, ``Z[3]``, ``yhat[3]``, ``L[3]``.

    *inputs*, *targets*: the letter read and the letter wanted at each timestep; *without*: those that have neither
    target nor L.
    *embedding*, *attention*: whether the network has them; Z is drawn only with attention. *state*: the name of the
    hidden states, *carries* that of the one parameter between them, if it is one. *others*: what else is carried on,
    *gates*: what a timestep makes on the way to all that; where there is any of it, a box is drawn around a timestep.
    *path*: the edges that are lit, pairs of nodes; one between two states stands for all the states between them.
    *use*: the edge on which *parameter* is used; a node paired with itself for b and c, and with
    ``xo[t]``, the letter, for E.
    *computed*: the node now being computed. *held*: the nodes in which a number is held at another value.
    *known*: of how many timesteps the nodes of each kind (``h``, …) are computed so far; all of those that it does not
    name. *headline*: the picture in words.
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    without: frozenset[int] = frozenset()
    embedding: bool = False
    attention: bool = False
    state: str = "h"
    carries: str = "W"
    others: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    path: tuple[tuple[str, str], ...] = ()
    use: tuple[str, str] | None = None
    parameter: str | None = None
    computed: str | None = None
    held: frozenset[str] = frozenset()
    known: Mapping[str, int] = field(default_factory=dict)
    headline: str = ""

    def is_known(self, symbol: str) -> bool:
        """Whether the node *symbol* is computed."""
        step = self.timestep(symbol)
        return step is None or step <= self.known.get(parse(symbol).name, step)

    def timestep(self, symbol: str) -> int | None:
        """The timestep of a node's symbol, None where it names no node."""
        found = parse(symbol)
        is_node = (
            found.name in _NODES or found.name == self.state or found.name in self.others or found.name in self.gates
        )
        return found.indices[0] if is_node else None

    @property
    def states(self) -> tuple[str, ...]:
        """What is carried on, the hidden state first."""
        return self.state, *self.others

    @property
    def is_boxed(self) -> bool:
        """Whether a timestep is a box with more in it than its state."""
        return bool(self.others or self.gates)

    def is_inside(self, symbol: str) -> bool:
        """Whether the node stands in the box of its timestep."""
        return self.is_boxed and parse(symbol).name in (*self.states, *self.gates)

    def wire(self, pair: tuple[str, str]) -> tuple[str, str] | None:
        """The pair of nodes between which the line of *pair* is drawn: to a box all lines go that lead into it.

        None where both are in one box.
        """
        later, earlier = sorted(pair, key=lambda node: self.timestep(node) or 0, reverse=True)
        t = self.timestep(later)
        if pair[0] == pair[1] or t is None:
            return pair
        if self.timestep(earlier) != t:
            one = parse(earlier).name
            return (f"{one}[{t}]", earlier) if self.is_inside(later) and one in self.states else pair
        inside = [node for node in pair if self.is_inside(node)]
        if len(inside) == len(pair):
            return None
        return (f"{self.state}[{t}]", f"x[{t}]") if inside and f"x[{t}]" in pair else pair

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
        if picture.is_boxed and picture.use:
            self._nodes |= set(filter(picture.is_inside, picture.use[:1]))
        self._pairs = {frozenset(wired) for pair in picture.path if (wired := picture.wire(pair))}
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

    def has_line(self, ends: frozenset[str], states: Collection[int]) -> bool:
        """Whether it leads along the line between two nodes; *states*: of which timesteps, if both are states."""
        return (bool(states) and all(step in self._states for step in states)) or ends in self._pairs
