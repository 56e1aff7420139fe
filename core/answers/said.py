"""What can be said of a learner's number, as values: how sure it is stands in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.network.rule import Rule
from core.program.program import Address

Kind = Literal["agrees", "too coarse", "explained", "could be", "unknown"]


@dataclass(frozen=True, slots=True)
class First:
    """The first step that a slip changes, in the digits that were given: its value with the slip, and the right one."""

    address: Address
    name: str
    theirs: float
    right: float


@dataclass(frozen=True, slots=True)
class Match:
    """A slip, or another rule, that gives the number.

    *done*, *right*: what was done and what should be done. *detail*: more, such as the parts by path; may be empty.
    *equal*: to all digits given, else one unit off. *rule*: to step with, None where no rule does it. *is_named*:
    whether that is a rule of its own rather than a slip. *shows_paths*: whether attention's paths are the cause.
    *chance*: that something else fits by chance. *sure*: whether that is small enough to say so without a doubt.
    """

    title: str
    done: str
    right: str
    detail: str = ""
    equal: bool = True
    rule: Rule | None = None
    is_named: bool = False
    shows_paths: bool = False
    first: First | None = None
    chance: float = 0.0
    sure: bool = True

    @property
    def sentence(self) -> str:
        """All of it in words."""
        return " ".join(part for part in (self.done, self.right, self.detail) if part)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another step at which the same digits stand. *words*: ``∂L/∂W by the exact rule``. *rule*: None for the one in
    use.
    """

    address: Address
    words: str
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """*headline*: the verdict in a sentence. *matches*: all that give the number. *differing*: of several numbers, what
    differs, a line each. *place*: which of the step's numbers was compared, empty where there is one. *elsewhere*:
    where the same digits stand, unless a match is sure. *by_rounding*: whether rounding on the way, to the digits
    given, may be all that differs.
    """

    kind: Kind
    headline: str
    matches: tuple[Match, ...] = ()
    differing: tuple[str, ...] = ()
    place: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()
    by_rounding: bool = False
