"""Verdicts in words, the same in the window, on the clipboard and on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.answers.lines import BadLine
from core.answers.worksheet import ON_THE_WAY, Judged, Verdict, first_wrong, summary
from core.network import symbols
from core.program.program import Address
from core.writing.form import NumberFormat
from core.writing.shown import one_line

_MOST_SHOWN = 16  # numbers of a line that are written out
_MOST_AT_STEP = 8  # lines that are said at one step
_LONGEST_AT_STEP = 60  # signs of each
MARKS: Mapping[Verdict, str] = {
    "right": "✓",
    "one unit off": "≈",
    "by rounding": "≈",
    "too coarse": "?",
    "follows": "↳",
    "wrong": "≠",
}


def right_numbers(found: Judged, form: NumberFormat) -> str:
    """The true value of a line."""
    return "  ".join(form(float(number)) for number in np.ravel(found.right)[:_MOST_SHOWN])


def words(found: Judged, first: Judged | None, form: NumberFormat) -> str:
    """The verdict in words, with the right number where it is one and another. *first*: the first that is wrong."""
    should = f"; right {right_numbers(found, form)}" if found.right.size == 1 else ""
    if found.verdict == "too coarse":
        return f"too coarse to tell{should}"
    if found.verdict == "wrong":
        return f"{'first wrong' if found is first else 'wrong by itself'}{should}"
    if found.verdict != "follows":
        return found.verdict
    origins = [symbols.text(symbol) for symbol in found.follows_from]
    if found.earlier:
        origins.insert(0, "the epoch before")
    return f"follows from {', '.join(origins)}{should}"


def at_steps(judged: Sequence[Judged], form: NumberFormat) -> dict[tuple[int, Address], str]:
    """What the lines say of their steps, by epoch and address: ``Your sheet: −0.3055 ✓``."""
    first, steps = first_wrong(judged), dict[tuple[int, Address], dict[str, Judged]]()
    for found in judged:
        steps.setdefault((found.line.epoch, found.address), {}).setdefault(found.line.symbol, found)
    said = {}
    for step, lines in steps.items():
        parts = [_at_step(found, first, form, alone=len(lines) == 1) for found in list(lines.values())[:_MOST_AT_STEP]]
        more = f"   and {len(lines) - _MOST_AT_STEP} more" if len(lines) > _MOST_AT_STEP else ""
        said[step] = f"Your sheet: {'   '.join(parts)}{more}"
    return said


def _at_step(found: Judged, first: Judged | None, form: NumberFormat, *, alone: bool) -> str:
    symbol = found.line.symbol
    name = "" if alone and symbols.parse(symbol).name not in ON_THE_WAY else f"{symbols.text(symbol)} = "
    written = one_line(found.line.given.written, _LONGEST_AT_STEP).replace("-", "−")
    verdict = "" if found.verdict == "right" else f" {words(found, first, form)}"
    return f"{name}{written} {MARKS[found.verdict]}{verdict}"


def in_text(judged: Sequence[Judged], bad: Sequence[BadLine], form: NumberFormat) -> Iterator[str]:
    """The summary and every verdict, a line each."""
    yield summed_up(judged, bad)
    first, epochs = first_wrong(judged), {found.line.epoch for found in judged}
    for found in judged:
        epoch = f"epoch {found.line.epoch}, " if epochs != {1} else ""
        yours = " ".join(found.line.given.written.split())
        note = f" ({found.line.note})" if found.line.note else ""
        name, line = symbols.text(found.line.symbol), f"{epoch}line {found.line.number}"
        yield f"{MARKS[found.verdict]}  {line}: {name} = {yours}{note}: {words(found, first, form)}"
    for each in bad:
        yield f"?  line {each.number}: {each.problem}"


def summed_up(judged: Sequence[Judged], bad: Sequence[BadLine]) -> str:
    """All of it in a sentence or two."""
    unread = f"{len(bad)} line{'s are' if len(bad) > 1 else ' is'} not understood." if bad else ""
    return " ".join(part for part in (summary(judged), unread) if part)
