"""Files of a learner's lines, judged one after the other on the command line, as text or as JSON."""

from __future__ import annotations

import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from core.answers.lines import BadLine, OwnLine, read_lines
from core.answers.verdicts import in_text, summed_up
from core.answers.worksheet import Judged, judge, latest_epoch
from core.epoch.training import Training
from core.exports.plain import plain
from core.network.rule import Rule
from core.program.program import Program
from core.sources.source import Source
from core.writing.files import read_at_most
from core.writing.form import NumberFormat

_LARGEST = 2_000_000  # bytes of a file of lines


class UnreadableError(ValueError):
    """A file that holds no lines; the message is one line that names it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The lines of one file with their verdicts."""

    name: str
    judged: tuple[Judged, ...]
    bad: tuple[BadLine, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether a line is wrong by itself."""
        return any(found.verdict == "wrong" for found in self.judged)


class Marker:
    """Marks lines as the epochs of *source* have them. *epoch*: the one of lines that name none."""

    def __init__(self, source: Source, epoch: int = 1, rule: Rule | None = None) -> None:
        self._training = Training(source.network, source.parameters, rule or source.rule, source.learning_rate)
        self._training.run(epoch)
        self._way = source.way
        self._epoch = epoch

    @property
    def program(self) -> Program:
        """The steps that make what lines give, back as the source has it."""
        return Program(self._training.network, way=self._way, clip=self._training.rule.clips)

    def marked(self, path: str) -> Marked:
        """The file at *path* marked; `UnreadableError` where it cannot be read."""
        training = self._training
        lines = read_lines(_text(path), training.network, self._epoch, latest_epoch(training))
        good = [line for line in lines if isinstance(line, OwnLine)]
        return Marked(path, judge(training, good), tuple(line for line in lines if isinstance(line, BadLine)))


def write_text(marked: Marked, out: TextIO) -> None:
    """Write the verdicts for a reader."""
    summary, *verdicts = in_text(marked.judged, marked.bad, NumberFormat("decimals", 6))
    out.write(f"{marked.name}: {summary or 'No line with a number.'}\n")
    for line in verdicts:
        out.write(f"  {line}\n")


def write_json(marked: Sequence[Marked], program: Program, out: TextIO) -> None:
    """Write the verdicts on all files for a program, every number in full."""
    contents = [
        {
            "file": each.name,
            "summary": summed_up(each.judged, each.bad),
            "lines": [_line(found, program) for found in each.judged],
            "not_understood": [{"line": bad.number, "text": bad.text, "problem": bad.problem} for bad in each.bad],
        }
        for each in marked
    ]
    json.dump(contents, out, ensure_ascii=False, allow_nan=False, indent=1)
    out.write("\n")


def _line(found: Judged, program: Program) -> dict[str, object]:
    return {
        "line": found.line.number,
        "epoch": found.line.epoch,
        "symbol": found.line.symbol,
        "step": program.place(found.address),
        "verdict": found.verdict,
        "given": plain(found.line.given.values),
        "right": plain(found.right),
        "follows_from": list(found.follows_from),
        "follows_from_earlier_epoch": found.earlier,
        "note": found.line.note,
    }


def _text(path: str) -> str:
    try:
        raw = read_at_most(Path(path), _LARGEST)
        if len(raw) > _LARGEST:
            raise UnreadableError(f"{path}: expected at most {_LARGEST:,} bytes")
        return raw.decode("utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UnreadableError(f"{path}: expected text in UTF-8 or UTF-16") from None
