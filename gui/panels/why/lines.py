"""The lines of the Why panel: pure, nothing drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.program.program import Address
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
        share = max(min(part.value / largest, 1.0), -1.0) if is_sum and part.value == part.value else None
        text = form(part.value)
        value = f"+{text}" if is_sum and part.value > 0 else text
        aside = " · ".join(filter(None, (part.aside, place(part.place) if part.place is not None else "")))
        spoken = ", ".join(filter(None, (part.words, form.spoken(part.value), aside)))
        yield Line(part.words, aside, value, share, part, spoken)


def use_lines(used: tuple[Use, ...], form: NumberFormat) -> Iterator[Line]:
    """Who uses the number, and how far each moves: to first order, unless that is all."""
    if used:
        yield note(f"Used by · if it rises by {RISE}, these change by")
    for use in used:
        moved = RISE * use.slope
        about, sign = "" if use.is_exact else "about ", "+" if moved > 0 else ""
        spoken = f"{use.part.words} {'is held and ' if use.is_held else ''}changes by {about}{form.spoken(moved)}"
        now = f"{'held at' if use.is_held else 'now'} {form(use.part.value)}"
        yield Line(use.part.words, now, f"{about}{sign}{form(moved)}", None, use.part, spoken)


def trail_text(title: str, rows: Iterable[tuple[int, Line]]) -> str:
    """The trail as far as it is open, to be copied."""
    texts = ("    " * depth + "  ".join(filter(None, (line.value, line.words, line.aside))) for depth, line in rows)
    return "\n".join([f"Why {title}", *texts])


def note(words: str) -> Line:
    """A line that is only read."""
    return Line(words, spoken=words)
