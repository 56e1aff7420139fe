"""Every number that the sheets print against the computed one, and a report of it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from core.epoch.training import Training
from core.sources.source import SHEETS
from core.sources.worksheets import LaterLoss, Printed, Verdict, Worksheet, load, verdict
from core.studies.perturbation import RUNS, smallest_losses


@dataclass(frozen=True, slots=True)
class Comparison:
    """A printed number beside the computed one; *what* is a number of epoch 1 or 2, or a later loss."""

    worksheet: Worksheet
    what: Printed | LaterLoss
    computed: float

    @property
    def verdict(self) -> Verdict:
        """How the two compare."""
        return verdict(self.what.value, self.computed)


def printed_numbers(worksheet: Worksheet) -> Iterator[Comparison]:
    """All numbers of epochs 1 and 2."""
    training = _training(worksheet)
    for printed in worksheet.printed:
        yield Comparison(worksheet, printed, printed.computed(training.epoch(printed.epoch)))


def later_losses(worksheet: Worksheet) -> Iterator[Comparison]:
    """The later losses that the printed inputs determine."""
    training = _training(worksheet)
    for later in worksheet.later:
        if later.determined:
            training.run(later.epoch)
            yield Comparison(worksheet, later, later.computed(training.losses))


def undetermined(worksheet: Worksheet) -> Iterator[tuple[LaterLoss, float, float]]:
    """The other later losses, with the range in which initial values within their rounding leave them."""
    wanted = {later.epoch: later for later in worksheet.later if not later.determined}
    if wanted:
        runs = smallest_losses(
            worksheet.network, worksheet.parameters, worksheet.learning_rate_used, epochs=max(wanted)
        )
        for epoch, smallest in enumerate(runs, 1):
            if epoch in wanted:
                yield wanted[epoch], float(smallest.min()), float(smallest.max())


def verify(out: TextIO) -> bool:
    """Write the report of all sheets to *out*; whether no number differs."""
    sheets = [load(name) for name in SHEETS]
    numbers = [comparison for sheet in sheets for comparison in printed_numbers(sheet)]
    _write_table(out, ("sheet", "epoch", "section", "number", "printed", "computed", "verdict"), map(_row, numbers))
    later = [comparison for sheet in sheets for comparison in later_losses(sheet)]
    out.write("\nLater epochs\n")
    _write_table(out, ("sheet", "figure", "printed", "computed", "verdict"), map(_row, later))
    for sheet in sheets:
        for figure, low, high in undetermined(sheet):
            words = (
                f"{figure.label}, printed {figure.value:.4f}: not determined by the printed inputs. {RUNS:,} runs from "
                f"initial values within their rounding (exact zeros unchanged) gave {low:.3f} to {high:.3f}."
            )
            out.write(_wrapped(f"{sheet.letter}      ", words))
    out.write("\nWhere the sheets' formulas, their numbers and the true derivatives do not all agree\n")
    for sheet in sheets:
        for erratum in sheet.errata:
            words = f"{erratum.title} ({erratum.where}). {erratum.words}"
            out.write(_wrapped(f"{sheet.letter}  {erratum.number}   ", words))
    for by_hand in (False, True):  # the sheets that were worked by hand are counted for themselves, last
        own = [sheet for sheet in sheets if sheet.by_hand == by_hand]
        of = "" if by_hand else f" of sheets {' and '.join(sheet.letter for sheet in own)}, worked by a script"
        found, losses = ([each for each in part if each.worksheet in own] for part in (numbers, later))
        out.write(f"\n{len(found)} printed numbers{of}: {_counted(found)}.\n")
        out.write(f"{len(losses)} losses of later epochs: {_counted(losses)}.\n")
    return all(comparison.verdict != "differs" for comparison in (*numbers, *later))


def _training(worksheet: Worksheet) -> Training:
    return Training(worksheet.network, worksheet.parameters, worksheet.rule, worksheet.learning_rate_used)


def _row(comparison: Comparison) -> tuple[str, ...]:
    what, letter = comparison.what, comparison.worksheet.letter
    ends = f"{what.value:.4f}", f"{comparison.computed:.6f}", comparison.verdict
    if isinstance(what, LaterLoss):
        return letter, what.label, *ends
    return letter, str(what.epoch), what.section.number or what.section.text, what.label, *ends


def _counted(comparisons: Iterable[Comparison]) -> str:
    counts = Counter(comparison.verdict for comparison in comparisons)
    return f"{counts['equal']} equal, {counts['one unit off']} one unit off, {counts['differs']} differ"


def _wrapped(head: str, words: str) -> str:
    indent = " " * len(head)
    return textwrap.fill(words, width=100, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False) + "\n"


def _write_table(out: TextIO, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need to be; numbers to the right."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        cells = (
            cell.rjust(width) if head in ("printed", "computed") else cell.ljust(width)
            for cell, width, head in zip(line, widths, heads, strict=True)
        )
        out.write("  ".join(cells).rstrip() + "\n")
