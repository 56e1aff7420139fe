"""The command line: what is asked for, and the commands that need no window.

Imports nothing heavy at its top, since the window shows before numpy is loaded; requests are named tuples for the
same reason, which are made in a quarter of the time of dataclasses.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from errno import EBADF
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from core.commands.arguments import explain_parser, mark_parser, trace_parser, verify_parser, window_parser
from core.sources.source import SHEETS, Source
from core.writing.shown import one_line

if TYPE_CHECKING:
    from core.lessons.lesson import Lesson
    from core.network.rule import Rule
    from core.program.program import Way


class CommandError(Exception):
    """What stops a command; the message is the one line that the user gets."""


class WindowRequest(NamedTuple):
    """A window to open, or with *screenshot* to render into a picture.

    *source*: a sheet's id or a path. *size*: width and height in pixels. *step*, *epoch*: the cursor, 1-based, None
    for the first, or the lesson's. *rule*: what is said of it, see `core.network.rule.refined`; None: the source's own.
    Of *size*, *theme* and *zoom*, None is what the user last chose.
    """

    source: str
    screenshot: Path | None
    size: tuple[int, int] | None
    step: int | None
    epoch: int | None
    rule: Mapping[str, Any] | None
    way: Way | None
    theme: Literal["light", "dark"] | None
    zoom: float | None


class TraceRequest(NamedTuple):
    """One epoch to write as JSON."""

    source: str
    epoch: int
    rule: Mapping[str, Any] | None
    terms: bool


class ExplainRequest(NamedTuple):
    """A learner's number at a step to explain."""

    source: str
    step: int
    number: str
    epoch: int
    rule: Mapping[str, Any] | None
    way: Way | None
    json: bool


class MarkRequest(NamedTuple):
    """Files of a learner's lines to judge."""

    source: str
    files: list[str]
    epoch: int
    rule: Mapping[str, Any] | None
    json: bool


class VerifyRequest(NamedTuple):
    """The sheets' printed numbers to compare with the computed ones."""


Headless = TraceRequest | ExplainRequest | MarkRequest | VerifyRequest


def parse(arguments: Sequence[str]) -> WindowRequest | Headless:
    """What *arguments* ask for; `SystemExit` after a help text or a line on what is wrong."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if command == "trace":
        return TraceRequest(**vars(trace_parser().parse_args(rest)))
    if command == "explain":
        return ExplainRequest(**vars(explain_parser().parse_args(rest)))
    if command == "mark":
        return MarkRequest(**vars(mark_parser().parse_args(rest)))
    if command == "verify":
        verify_parser().parse_args(rest)
        return VerifyRequest()
    return WindowRequest(**vars(window_parser().parse_args(arguments)))


def run(request: Headless) -> int:
    """Run a command that needs no window, and give its exit code."""
    if isinstance(request, VerifyRequest):
        from core.commands.verify import verify

        return 0 if verify(sys.stdout) else 1
    from core.network.rule import refined

    source = opened(request.source)
    rule = refined(source.rule, request.rule or {})
    if isinstance(request, ExplainRequest):
        return _explain(request, source, rule)
    if isinstance(request, MarkRequest):
        return _mark(request, source, rule)
    from core.commands.trace import write_trace

    write_trace(source, sys.stdout, epoch=request.epoch, rule=rule, terms=request.terms)
    return 0


def _explain(request: ExplainRequest, source: Source, rule: Rule) -> int:
    from core.commands.explained import explain, write_json, write_text
    from core.writing.notation import NotationError

    _check_step(request.step, source, request.way, rule)
    try:
        found = explain(source, request.number, step=request.step, epoch=request.epoch, rule=rule, way=request.way)
    except NotationError as error:
        raise CommandError(f"--number: {error}") from None
    (write_json if request.json else write_text)(found, sys.stdout)
    return 0


def _mark(request: MarkRequest, source: Source, rule: Rule) -> int:
    from core.commands.marked import Marked, Marker, UnreadableError, write_json, write_text

    marker = Marker(source, request.epoch, rule)
    found: list[Marked] = []
    code = 0
    for path in request.files:
        try:
            found.append(marker.marked(path))
        except UnreadableError as problem:
            code = _failed(str(problem))
            continue
        if not request.json:
            write_text(found[-1], sys.stdout)
    if request.json:
        write_json(found, marker.program, sys.stdout)
    return code or int(any(each.is_wrong for each in found))


def check(request: WindowRequest) -> None:
    """`CommandError` where the window could not show what is asked for. A sheet's first step needs no look."""
    if request.screenshot is not None and not request.screenshot.parent.is_dir():
        raise CommandError(f"--screenshot: expected a directory that is there, found {request.screenshot.parent}")
    if request.source in SHEETS and request.step is None:
        return
    found = _found(request.source)
    source, way = (found, None) if isinstance(found, Source) else (found.trained_source, found.chosen_way)
    from core.network.rule import refined

    _check_step(request.step or 1, source, request.way or way, refined(source.rule, request.rule or {}))


def _check_step(step: int, source: Source, way: Way | None, rule: Rule) -> None:
    from core.program.program import Program

    steps = len(Program(source.network, way=way or source.way, clip=rule.clips))
    if step > steps:
        raise CommandError(f"--step: expected 1 to {steps}, the steps of an epoch of {source.name}, found {step}")


def opened(text: str) -> Source:
    """The source that *text* names, of a lesson with its rule and η; `CommandError` where it is no good."""
    found = _found(text)
    return found if isinstance(found, Source) else found.trained_source


def _found(text: str) -> Source | Lesson:
    from core.lessons.lesson_file import open_any
    from core.writing.files import FileError

    try:
        return open_any(text)
    except FileError as error:
        raise CommandError(str(error)) from None


def shielded(command: Callable[[], int]) -> int:
    """The exit code of *command*, with UTF-8 output, errors as one line, and no traceback where a reader goes away."""
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = io.StringIO()  # nobody is there to be told
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            code = command()
        except SystemExit as end:
            code = int(end.code or 0)
        sys.stdout.flush()
    except CommandError as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _discard_output()
        return 141  # what a shell reports of a program that SIGPIPE ended
    except OSError as error:
        _discard_output()
        return _failed(f"{error.filename or 'output'}: {error.strerror or error}")
    return code


class _Closed(io.TextIOBase):
    """In the place of an output that the shell has closed: to write there fails, as on every stream."""

    def write(self, _text: str) -> int:
        """Fail."""
        raise OSError(EBADF, "it is closed")


def _failed(problem: str) -> int:
    sys.stderr.write(f"chainrule: {one_line(problem)}\n")
    return 2


def _discard_output() -> None:
    """Let the flush at the interpreter's end succeed, which would complain again."""
    if not isinstance(sys.stdout, _Closed):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
