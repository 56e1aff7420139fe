"""Where a sheet prints a number that was typed."""

from __future__ import annotations

import re

from core.finding.places import SURE, Place
from core.program.cursor import Cursor
from core.program.program import Program
from core.sources.worksheets import Worksheet

_NUMBER = re.compile(r"[-−+]?\d*[.,]\d+(?:e[-−+]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_MOST = 6


def number(query: str) -> float | None:
    """The number that *query* is, None where it is none; a whole one is a step's."""
    text = query.strip()
    if not _NUMBER.fullmatch(text) or len(text) > 30:
        return None
    return float(text.replace("−", "-").replace(",", "."))


def printed(query: str, worksheet: Worksheet | None, program: Program) -> tuple[Place, ...]:
    """The steps of which *worksheet* prints the number *query*, in its order."""
    value = number(query)
    if value is None or worksheet is None:
        return ()
    found = [entry for entry in worksheet.printed if entry.value == value][:_MOST]
    return tuple(
        Place(
            f"{entry.label} = {query.strip()}",
            f"the sheet prints it, {entry.section.text} · epoch {entry.epoch}, step {program.place(entry.address):,}",
            Cursor(entry.epoch, program.place(entry.address)),
            SURE - 0.01 * order,
        )
        for order, entry in enumerate(found)
    )
