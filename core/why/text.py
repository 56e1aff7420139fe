"""A trail as text, to be copied: as far as it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from core.program.program import Address
from core.why.trail import Part, Trail
from core.why.users import RISE, Use
from core.writing.form import NumberFormat

Place = Callable[[tuple[int, Address]], str]


def value_text(part: Part, trail: Trail | None, form: NumberFormat) -> str:
    """The value of a part as it is written: what is added has its sign."""
    text = form(part.value)
    return f"+{text}" if trail is not None and trail.how == "sum" and part.value > 0 else text


def part_text(part: Part, trail: Trail | None, form: NumberFormat, place: Place) -> str:
    """One line: the value, what it is, what was folded on the way, and the step that made it."""
    made = place(part.place) if part.place is not None else ""
    return "  ".join(filter(None, (value_text(part, trail, form), part.words, part.aside, made)))


def use_text(use: Use, form: NumberFormat) -> str:
    """``about −0.0059``: how far it moves when the number rises by `RISE`."""
    moved = form(RISE * use.slope)
    sign = "+" if use.slope > 0 else ""
    return f"{'' if use.is_exact else 'about '}{sign}{moved}"


def trail_lines(
    part: Part,
    opened: Sequence[tuple[int, Part, Trail | None]],
    used: Sequence[Use],
    form: NumberFormat,
    place: Place,
) -> Iterator[str]:
    """The number, then every part that is open with the depth at which it stands, then who uses it."""
    yield f"Why {part.words} = {form(part.value)}" + (f"  ({place(part.place)})" if part.place is not None else "")
    for depth, each, trail in opened:
        yield "    " * depth + part_text(each, trail, form, place)
    if used:
        yield f"If it rises by {RISE}:"
        for use in used:
            made = f"  ({place(use.part.place)})" if use.part.place is not None else ""
            yield f"    {use.part.words} changes by {use_text(use, form)}{made}"
