"""The answer to a learner's number on the command line, as text or as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

import numpy as np

from core.answers.answer import answer
from core.answers.asked import asked
from core.answers.said import Answer, Elsewhere, First, Match
from core.epoch.training import Training
from core.exports.plain import plain
from core.network.rule import Rule, options, rule_object
from core.program.program import Program, Way
from core.slips.case import Case
from core.sources.source import Source
from core.steps.evaluate import Step, evaluate
from core.studies.contributions import largest_entry
from core.writing.form import NumberFormat
from core.writing.notation import Given
from core.writing.shown import capital

_WIDTH = 100


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The answer to *given* at one step. *position*: of *length*, 1-based."""

    program: Program
    epoch: int
    position: int
    step: Step
    given: Given
    answer: Answer


def explain(
    source: Source, number: str, *, step: int, epoch: int = 1, rule: Rule | None = None, way: Way | None = None
) -> Explanation:
    """What there is to say of *number* at *step* of *epoch*; `core.writing.numerals.NotationError` where it is none.

    A *number* with a name before it is looked up where that is made.
    *rule*: trains the earlier epochs too; *way*: by which steps are numbered; None for the source's own.
    """
    training = Training(source.network, source.parameters, rule or source.rule, source.learning_rate)
    program = Program(source.network, way=way or source.way, clip=training.rule.clips)
    run = training.epoch(epoch)
    here = evaluate(run, program[step], program.way)
    question = asked(number, here.address, here.value, source.network)
    found = here if question.symbol is None else evaluate(run, question.address, program.way)
    entry = question.entry or largest_entry(found.value, found.running)
    stated = source.worksheet.learning_rate_stated if source.worksheet is not None else None
    said = answer(Case.of(training, epoch, question.address, stated), question.given, entry)
    return Explanation(program, epoch, program.place(question.address), found, question.given, said)


def write_text(explanation: Explanation, out: TextIO) -> None:
    """Write the answer for a reader."""
    step, found = explanation.step, explanation.answer
    out.write(f"Step {explanation.position} of {len(explanation.program)}, epoch {explanation.epoch}: ")
    out.write(f"{step.formula.title}\n")
    form = NumberFormat("decimals", 6)
    if step.value.size <= 16:
        out.write(f"computed     {'  '.join(form(number) for number in np.ravel(step.value))}\n")
    out.write(f"your number  {' '.join(explanation.given.written.split())}\n\n")
    out.write(_wrapped(f"{found.place}: {found.headline}" if found.place else found.headline))
    for line in found.differing:
        out.write(f"  {line}\n")
    program = explanation.program
    if places := _places(found, program):
        words = (f"{place.words}, step {program.position(place.address):,}" for place in places)
        out.write(_wrapped(f"The same digits stand at: {'; '.join(words)}."))
    for number, match in enumerate(found.matches, 1):
        out.write(f"\n{number}. {capital(match.title)}\n")
        for line in _lines(match, explanation.program):
            out.write(_wrapped(line, indent="   "))


def write_json(explanation: Explanation, out: TextIO) -> None:
    """Write the answer for a program, every number in full."""
    found, program = explanation.answer, explanation.program
    contents = {
        "step": explanation.position,
        "epoch": explanation.epoch,
        "title": explanation.step.formula.title,
        "computed": plain(explanation.step.value),
        "given": plain(explanation.given.values),
        "decimals": explanation.given.decimals.tolist(),
        "kind": found.kind,
        "place": found.place,
        "headline": found.headline,
        "differing": list(found.differing),
        "elsewhere": [
            {"step": program.position(place.address), "name": place.words} for place in _places(found, program)
        ],
        "matches": [
            {
                "title": match.title,
                "done": match.done,
                "right": match.right,
                "detail": match.detail,
                "equal": match.equal,
                "sure": match.sure,
                "rule": None if match.rule is None else rule_object(match.rule),
                "paths": match.shows_paths,
                "first": None if match.first is None else _first_object(match.first, program),
            }
            for match in found.matches
        ],
    }
    json.dump(contents, out, ensure_ascii=False, allow_nan=False, indent=1)
    out.write("\n")


def _places(found: Answer, program: Program) -> list[Elsewhere]:
    """Where else the same digits stand, of the steps that *program* has."""
    return [place for place in found.elsewhere if place.address in program]


def _first_object(first: First, program: Program) -> dict[str, object]:
    return {
        "step": program.place(first.address),
        "name": first.name,
        "theirs": plain(np.array(first.theirs)),
        "right": plain(np.array(first.right)),
    }


def _lines(match: Match, program: Program) -> Iterator[str]:
    yield match.sentence
    first = match.first
    if first is not None:
        form = NumberFormat()
        step = f"{program.place(first.address):,}"
        at = "at step {}, {}" if first.address in program else "in {1} (see step {0})"
        yield f"It first matters {at.format(step, first.name)}: {form(first.theirs)} instead of {form(first.right)}."
    if match.rule is not None and options(match.rule):
        yield f"To step with it: {options(match.rule)}"


def _wrapped(words: str, indent: str = "") -> str:
    filled = textwrap.fill(words, width=_WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return filled + "\n"
