"""The program of an epoch: every step's address, lazy and indexed both ways.

Nothing is listed. Position and address turn into one another by arithmetic on integers: the steps before
timestep t, and the terms before (t, m, k), have closed forms, and `bisect` inverts them. A timestep without a target
has no loss, nothing that is asked of its output, and no terms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple

from core.network.network import Network
from core.network.rule import ClipKind

ForwardOrder = Literal["timestep", "stage"]
Way = Literal["terms", "timesteps"]  # back term by term, or timestep by timestep
OUTPUTS = ("V", "c")  # the parameters whose gradients have a term a loss


class Phase(IntEnum):
    """What a step belongs to: the forward pass, the way back, and the update, before which gradients may be clipped."""

    FORWARD = 0
    BACKWARD = 1
    CLIP = 2
    UPDATE = 3


class Address(NamedTuple):
    """The identity of one step.

    Forward: a stage and its timestep, for the scores (t, i); the total loss is ``L`` without indices.
    Backward: a gradient and its term, (t) for V and c, (t, m, k) for those of the cell and E, or where one goes back
    timestep by timestep (k), the use; the sum step has no indices. A quantity of the lines and its timestep is
    ∂L/∂quantity. Update and clip: the parameter; the clip by norm begins with ``norm``, that of all gradients.
    """

    phase: Phase
    quantity: str
    indices: tuple[int, ...] = ()

    @property
    def is_sum(self) -> bool:
        """Whether this is the step that shows a whole gradient."""
        return self.phase is Phase.BACKWARD and not self.indices

    def is_term_of(self, network: Network) -> bool:
        """Whether this step is one addend of a gradient."""
        return self.phase is Phase.BACKWARD and bool(self.indices) and self.quantity in network.parameter_shapes

    def is_asked(self, network: Network) -> bool:
        """Whether this step is ∂L/∂ of a quantity of a timestep, of the scores too."""
        return self.phase is Phase.BACKWARD and self.quantity not in network.parameter_shapes

    @property
    def is_chained(self) -> bool:
        """Whether it is an addend (t, m, k): one path from a loss to a use."""
        return self.phase is Phase.BACKWARD and len(self.indices) == 3


@dataclass(frozen=True, slots=True)
class Span:
    """Positions *first* … *last*, both in it, 1-based."""

    first: int
    last: int

    def __contains__(self, position: int) -> bool:
        return self.first <= position <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1


class Program:
    """The sequence of all addresses of one epoch, by 1-based position.

    *order*: whether the forward pass goes by timestep, or as sheet A does: all hidden states first, then every
    output stage. *hidden_stages*: the stages of a timestep as far as h. *way*: whether it goes back term by term, a
    product for each path from a loss to a use, or timestep by timestep from the last to the first; then the first of
    *gradients* stands for that recursion, of *adjoints* at each timestep. Term by term it stands for ∂L/∂Ω, which is
    not there where the state itself is compared. *losses*: their timesteps. *updated*: the parameters.
    *clip*: how the rule clips the gradients before the update, which has a step for each then.
    """

    def __init__(
        self, network: Network, order: ForwardOrder = "timestep", way: Way = "terms", clip: ClipKind | None = None
    ) -> None:
        self.network = network
        self.losses = network.judged
        self.order = order
        self.clip = clip
        self.way = way
        by_scores = network.asked[:1] if network.head.scores else ()
        self.adjoints = network.asked if self.way == "timesteps" else by_scores
        embedded = ("x",) if network.embedding_size is not None else ()
        self.hidden_stages = ("letter", *embedded, *network.cell_lines)
        scores = ("Omega",) if network.head.scores else ()
        self._output = (*(("alpha", "Z") if network.attention else ()), *scores, "yhat", "L")
        self.updated = (*(name for name in OUTPUTS if name in network.parameter_shapes), *network.chained)
        self.gradients = (*(("Omega",) if self.adjoints else ()), *self.updated)
        self.forward = Span(1, self._before_timestep(network.T + 1) + 1)
        self._groups: dict[str, Span] = {}
        last = self.forward.last
        for name in self.gradients:
            length = self.term_count(name) + 1
            if name == "Omega":
                length = self._back_before(0) if self.way == "timesteps" else len(self.losses)
            self._groups[name] = Span(last + 1, last + length)
            last += length
        self.backward = Span(self.forward.last + 1, last)
        self._updates = [Address(Phase.CLIP, "norm")] if clip == "norm" else []
        self._updates += [Address(Phase.CLIP, name) for name in self.updated if clip is not None]
        self._updates += [Address(Phase.UPDATE, name) for name in self.updated]
        self.update = Span(last + 1, last + len(self._updates))
        self._at = lru_cache(maxsize=64)(self._address)  # all that is shown of a step asks for the same few

    def __len__(self) -> int:
        return self.update.last

    def __iter__(self) -> Iterator[Address]:
        return (self[position] for position in range(1, len(self) + 1))

    def __getitem__(self, position: int) -> Address:
        """The address at *position*, 1 … len; `IndexError` elsewhere."""
        return self._at(position)

    def _address(self, position: int) -> Address:
        if not 1 <= position <= len(self):
            raise IndexError(f"step {position} is not in 1 … {len(self)}")
        if position in self.forward:
            return self._forward_address(position)
        if position in self.update:
            return self._updates[position - self.update.first]
        name = next(name for name, span in self._groups.items() if position in span)
        term = position - self._groups[name].first + 1
        if name == "Omega" and self.way == "timesteps":
            t = bisect_left(range(1, self.network.T + 1), 1 - term, key=lambda t: -self._back_before(t)) + 1
            return Address(Phase.BACKWARD, self.asked_at(t)[term - 1 - self._back_before(t)], (t,))
        if term > self.term_count(name):
            return Address(Phase.BACKWARD, name)
        if self.is_chained(name):
            return Address(Phase.BACKWARD, name, self._term_indices(term))
        return Address(Phase.BACKWARD, name, (self.losses[term - 1] if self._goes_by_loss(name) else term,))

    def position(self, address: Address) -> int:
        """The position of *address*; `KeyError` where this program has no such step."""
        position = self.find(address)
        if not position:
            raise KeyError(f"no step {address} in this program")
        return position

    def otherwise(self, way: Way) -> Program:
        """The same steps, but for the *way* back."""
        return Program(self.network, self.order, way, self.clip)

    def find(self, address: Address) -> int:
        """The position of *address*, 0 where this program has no such step."""
        position = self._position(address)
        return position if 1 <= position <= len(self) and self[position] == address else 0

    def place(self, address: Address) -> int:
        """The position of the step that stands for *address*, see `nearest`."""
        return self.position(self.nearest(address))

    def nearest(self, address: Address) -> Address:
        """The step that stands for *address* where one goes back the other way: the addend that holds a term, and a
        term of what is added; of a clip, where none is, the update; of what only a loss asks, where the timestep has
        none, the step that comes next; the same address where this program has it.
        """
        if address in self:
            return address
        if address.phase is Phase.FORWARD and address.quantity == "L":
            return self[self.timestep_span(address.indices[0]).last]
        if self.way == "timesteps" and address.quantity in self.network.asked_by_loss:
            return self[self.way_back_span(address.indices[0]).first]
        if address.phase is Phase.CLIP:
            return Address(Phase.UPDATE, self.updated[0] if address.quantity == "norm" else address.quantity)
        name, at = address.quantity, address.indices[-1]
        if self.way == "timesteps":
            return Address(Phase.BACKWARD, name, (at,))
        if address.is_asked(self.network):
            name = self.taken_by(name)
        t = self.losses[min(self._losses_before(at), len(self.losses) - 1)]  # the first that reaches it
        if self._goes_by_loss(name):
            return Address(Phase.BACKWARD, name, (t,))
        k = min(at, t)
        return Address(Phase.BACKWARD, name, (t, k if self.network.attention else t, k))

    def taken_by(self, name: str) -> str:
        """Whose terms go through ∂L/∂name: a parameter that its line uses, else one that every path reaches."""
        network = self.network
        if name == "x":
            return "E"
        inner = [each.name for each in network.lines.equations if each.part_of]
        if self.adjoints and name not in (*network.cell_lines, *inner):
            return "Omega"
        own = {edge.operand.name for edge in network.lines.edges if edge.reader == name} - network.carriers
        return next((each for each in reversed(network.chained) if each in own and each != "E"), network.taker)

    def __contains__(self, address: Address) -> bool:
        return bool(self.find(address))

    # -- the spans that commands finish ---------------------------------------------------------------------

    def phase(self, position: int) -> Span:
        """The phase that *position* belongs to."""
        return next(span for span in (self.forward, self.backward, self.update) if position in span)

    def group(self, position: int) -> Span:
        """The group: a timestep (or the total loss); a gradient; the update."""
        address = self[position]
        if address.phase is Phase.BACKWARD:
            return self.gradient_span(self.group_of(address))
        return self.update if position in self.update else self.block(position)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages of a timestep, in the order of its steps."""
        return (*self.hidden_stages, *(("A",) if self.network.attention else ()), *self._output)

    def order_of(self, address: Address) -> tuple[int, bool, tuple[int, ...]]:
        """What the order of the steps goes by, where the forward pass goes by timestep, and the way back by terms.

        Timestep by timestep, ∂L/∂Ω of all losses come first here; nothing that a step reads comes after it.
        """
        phase, name, indices = address.phase, address.quantity, address.indices
        if name == "norm":
            return phase, False, (0,)
        if phase is Phase.FORWARD:
            return phase, not indices, (*indices[:1], self.stages.index(name), *indices[1:])
        if address.is_asked(self.network) and name != "Omega":
            return phase, False, (0, True, -indices[0], self.network.asked.index(name))
        return phase, False, (self.gradients.index(name), not indices, *indices)

    def block(self, position: int) -> Span:
        """What "over" finishes: a timestep, forwards or back; the terms of one loss; else the step itself."""
        address = self[position]
        if not address.indices:
            return Span(position, position)
        t = address.indices[0]
        if address.phase is Phase.FORWARD:
            return self._timestep(t, hidden=address.quantity in self.hidden_stages)
        if self.way == "timesteps" and address.is_asked(self.network):
            return self.way_back_span(t)
        if not self.is_chained(address.quantity):
            return Span(position, position)
        return self.loss_span(address.quantity, t)

    def outer(self, position: int) -> Span:
        """What "out" finishes: a gradient, or the forward or update phase."""
        return self.group(position) if position in self.backward else self.phase(position)

    def timestep_span(self, t: int) -> Span:
        """The forward steps of timestep *t*; in sheet A's order its output stage."""
        return self._timestep(t, hidden=False)

    def way_back_span(self, t: int) -> Span:
        """The steps of timestep *t* of the way back timestep by timestep."""
        start = self._groups["Omega"].first + self._back_before(t)
        return Span(start, start + len(self.asked_at(t)) - 1)

    def loss_span(self, name: str, t: int) -> Span:
        """The terms of loss *t* in ∂L/∂name, where its terms are (t, m, k)."""
        start = self._groups[name].first
        return Span(start + self.terms_up_to(t - 1), start + self.terms_up_to(t) - 1)

    def gradient_span(self, name: str) -> Span:
        """The steps of one gradient: its terms, then its sum; for Omega, all before the first of these."""
        return self._groups[name]

    def group_of(self, address: Address) -> str:
        """Which of *gradients* a backward step belongs to."""
        return "Omega" if address.is_asked(self.network) else address.quantity

    def is_chained(self, name: str) -> bool:
        """Whether the terms of ∂L/∂name are (t, m, k)."""
        return self.way == "terms" and name in self.network.chained

    def asked_at(self, t: int) -> tuple[str, ...]:
        """Of which quantities of timestep *t* there is a ∂L/∂ on the way back timestep by timestep."""
        return self.adjoints if self.network.has_target(t) else self.adjoints[len(self.network.asked_by_loss) :]

    # -- counting terms -------------------------------------------------------------------------------------

    def term_count(self, name: str) -> int:
        """How many terms ∂L/∂name has; for Omega, its losses."""
        if self.is_chained(name):
            return self.terms_up_to(self.network.T)
        return len(self.losses) if self._goes_by_loss(name) else self.network.T

    def terms_up_to(self, t: int) -> int:
        """How many (t', m, k) have t' ≤ t: tetrahedral with attention, triangular without."""
        if self.network.is_whole:
            return t * (t + 1) * (t + 2) // 6 if self.network.attention else t * (t + 1) // 2
        return self._terms_so_far[self._losses_before(t + 1)]

    @cached_property
    def _terms_so_far(self) -> tuple[int, ...]:
        """How many terms the first 0, 1, … losses have, where not every timestep has one."""
        counts = (t * (t + 1) // 2 if self.network.attention else t for t in self.losses)
        return tuple(accumulate(counts, initial=0))

    def term_number(self, address: Address) -> int:
        """Which term of its gradient *address* is, 1-based."""
        if len(address.indices) == 1:
            (at,) = address.indices
            return self._losses_before(at) + 1 if self._goes_by_loss(address.quantity) else at
        t, m, k = address.indices
        return self.terms_up_to(t - 1) + (m * (m - 1) // 2 if self.network.attention else 0) + k

    def _term_indices(self, number: int) -> tuple[int, int, int]:
        t = bisect_left(range(self.network.T + 1), number, key=self.terms_up_to)
        number -= self.terms_up_to(t - 1)
        if not self.network.attention:
            return t, t, number
        m = bisect_left(range(t + 1), number, key=lambda m: m * (m + 1) // 2)
        return t, m, number - m * (m - 1) // 2

    def _goes_by_loss(self, name: str) -> bool:
        """Whether the terms of ∂L/∂name are (t), one a loss."""
        return name in OUTPUTS or name == "Omega"

    def _losses_before(self, t: int) -> int:
        """How many losses belong to timesteps before *t*."""
        return bisect_left(self.losses, t)

    def _back_before(self, t: int) -> int:
        """How many steps of the way back timestep by timestep belong to timesteps after *t*."""
        by_loss, later = len(self.network.asked_by_loss), len(self.losses) - self._losses_before(t + 1)
        return (self.network.T - t) * (len(self.adjoints) - by_loss) + later * by_loss

    # -- the forward phase ----------------------------------------------------------------------------------

    def _before_timestep(self, t: int) -> int:
        """How many forward steps belong to timesteps before *t*."""
        return len(self.hidden_stages) * (t - 1) + self._output_before(t)

    def _output_before(self, t: int) -> int:
        """How many of these come after the states, scores of attention too; no loss where there is no target."""
        return (len(self._output) - 1) * (t - 1) + self._losses_before(t) + self._scores_before(t)

    def _scores_before(self, t: int) -> int:
        return t * (t - 1) // 2 if self.network.attention else 0

    def _timestep(self, t: int, *, hidden: bool) -> Span:
        if self.order == "timestep":
            return Span(self._before_timestep(t) + 1, self._before_timestep(t + 1))
        if hidden:
            return Span(len(self.hidden_stages) * (t - 1) + 1, len(self.hidden_stages) * t)
        states = len(self.hidden_stages) * self.network.T
        return Span(states + self._output_before(t) + 1, states + self._output_before(t + 1))

    def _stages(self, *, hidden: bool) -> tuple[str, ...]:
        """The stages of one span of `_timestep` before its scores."""
        return self.hidden_stages if hidden or self.order == "timestep" else ()

    def _forward_address(self, position: int) -> Address:
        T = self.network.T
        if position == self.forward.last:
            return Address(Phase.FORWARD, "L")
        hidden = self.order == "stage" and position <= len(self.hidden_stages) * T
        t = bisect_left(range(1, T + 1), position, key=lambda t: self._timestep(t, hidden=hidden).last) + 1
        offset = position - self._timestep(t, hidden=hidden).first
        before = self._stages(hidden=hidden)
        if offset < len(before):
            return Address(Phase.FORWARD, before[offset], (t,))
        offset -= len(before)
        scores = t if self.network.attention else 0
        if offset < scores:
            return Address(Phase.FORWARD, "A", (t, offset + 1))
        return Address(Phase.FORWARD, self._output[offset - scores], (t,))

    def _position(self, address: Address) -> int:
        name, indices = address.quantity, address.indices
        if address.phase in (Phase.CLIP, Phase.UPDATE):
            return self.update.first + self._updates.index(address) if address in self._updates else 0
        if address.phase is Phase.BACKWARD:
            if self.way == "timesteps" and address.is_asked(self.network):
                if len(indices) != 1 or not 1 <= indices[0] <= self.network.T:
                    return 0
                t = indices[0]
                return self.way_back_span(t).first + self.asked_at(t).index(name) if name in self.asked_at(t) else 0
            span = self._groups.get(name, Span(0, 0))
            if not indices:
                return span.last
            return span.first + self.term_number(address) - 1 if len(indices) in (1, 3) else 0
        if not indices:
            return self.forward.last
        t = indices[0]
        hidden = name in self.hidden_stages
        span, before = self._timestep(t, hidden=hidden), self._stages(hidden=hidden)
        if name in before:
            return span.first + before.index(name)
        if name == "A":
            return span.first + len(before) + indices[-1] - 1
        scores = t if self.network.attention else 0
        return span.first + len(before) + scores + self._output.index(name) if name in self._output else 0
