"""The lines of the Why panel: pure, nothing drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.program.program import Address
from core.why.text import part_text, use_text, value_text
from core.why.trail import Part, Trail
from core.why.users import RISE, Use
from core.writing.form import NumberFormat

Place = Callable[[tuple[int, Address]], str]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of the tree.

    *words*, *aside*, *value*: its texts; a note has words alone. *share*: how long its bar is, −1 … 1, None for none.
    *part*: what it is about. *spoken*: for a screen reader.
    """

    words: str
    aside: str = ""
    value: str = ""
    share: float | None = None
    part: Part | None = None
    spoken: str = ""


def part_lines(trail: Trail, form: NumberFormat, place: Place) -> Iterator[Line]:
    """What is done with the parts of *trail*, then each of them."""
    yield note(" · ".join(filter(None, (trail.words, trail.folded))))
    is_sum = trail.how == "sum"
    largest = max((abs(part.value) for part in trail.parts if part.value == part.value), default=0.0) or 1.0
    for part in trail.parts:
        spoken = part_text(part, trail, form, place).replace(value_text(part, trail, form), form.spoken(part.value), 1)
        share = max(min(part.value / largest, 1.0), -1.0) if is_sum and part.value == part.value else None
        yield Line(part.words, part.aside, value_text(part, trail, form), share, part, spoken)


def use_lines(used: tuple[Use, ...], form: NumberFormat) -> Iterator[Line]:
    """Who uses the number, and how far each moves."""
    if used:
        yield note(f"Used by · if it rises by {RISE}, these change by")
    for use in used:
        text = use_text(use, form)
        spoken = f"{use.part.words} changes by {text.replace('−', 'minus ')}"
        yield Line(use.part.words, f"now {form(use.part.value)}", text, None, use.part, spoken)


def note(words: str) -> Line:
    """A line that is only read."""
    return Line(words, spoken=words)
