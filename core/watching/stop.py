"""Where to stop: at a step, at a kind of step, when a condition holds or a number changes, at what is no finite number.

A stop is plain data, and keeps its meaning while another network is open that has no such step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.program.program import Address

How = Literal["holds", "changes", "changes sign", "crosses"]


@dataclass(frozen=True, slots=True)
class AtStep:
    """At one step, in every epoch."""

    address: Address


@dataclass(frozen=True, slots=True)
class AtKind:
    """At every step of a *kind*: a stage, ``softmax``, ``term W``, ``dL/dh``, ``sum``, ``update``; ``t 3`` at the
    first step of a timestep.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class When:
    """At a step that writes what *text* reads: where that holds, or is other than it was before.

    *how*: ``crosses`` goes from below *level* to it or above, or back; ``changes sign`` from below 0 to above, or back.
    """

    text: str
    how: How = "holds"
    level: float = 0.0


@dataclass(frozen=True, slots=True)
class NotFinite:
    """At the first step of an epoch that makes a number which is infinite or none."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where to stop. *note*: what is to be said there. *is_on*: whether it stops at all."""

    at: AtStep | AtKind | When | NotFinite
    note: str = ""
    is_on: bool = True


AT_FIRST = (Stop(NotFinite()),)  # the stops that there are before any is set
