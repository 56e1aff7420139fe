"""The command line: what is asked for, and the commands that need no window.

Imports nothing heavy at its top, since the window shows before numpy is loaded.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from core.sources import SHEETS, one_line

if TYPE_CHECKING:
    from core.sources import Source

LARGEST_SIDE = 16384  # of a picture, in pixels


class CommandError(Exception):
    """What stops a command; the message is the one line that the user gets."""


@dataclass(frozen=True, slots=True)
class WindowRequest:
    """A window to open, or with *screenshot* to render into a picture.

    *source*: a sheet's id or a path. *size*: width and height in pixels. *step*, *epoch*: the cursor, 1-based.
    *rule*: a named one, None for the source's own. Of *size*, *theme* and *zoom*, None is what the user last chose.
    """

    source: str
    screenshot: Path | None
    size: tuple[int, int] | None
    step: int
    epoch: int
    rule: str | None
    theme: Literal["light", "dark"] | None
    zoom: float | None


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """One epoch to write as JSON."""

    source: str
    epoch: int
    rule: str | None
    terms: bool


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """The sheets' printed numbers to compare with the computed ones."""


def parse(arguments: Sequence[str]) -> WindowRequest | TraceRequest | VerifyRequest:
    """What *arguments* ask for; `SystemExit` after a help text or a line on what is wrong."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if command == "trace":
        return TraceRequest(**vars(_trace_parser().parse_args(rest)))
    if command == "verify":
        _verify_parser().parse_args(rest)
        return VerifyRequest()
    return WindowRequest(**vars(_window_parser().parse_args(arguments)))


def run(request: TraceRequest | VerifyRequest) -> int:
    """Run a command that needs no window, and give its exit code."""
    if isinstance(request, VerifyRequest):
        from core.verify import verify

        return 0 if verify(sys.stdout) else 1
    from core.backward import NAMED_RULES
    from core.trace import write_trace

    rule = NAMED_RULES[request.rule] if request.rule is not None else None
    write_trace(opened(request.source), sys.stdout, epoch=request.epoch, rule=rule, terms=request.terms)
    return 0


def check(request: WindowRequest) -> None:
    """`CommandError` where the window could not show what is asked for. A sheet's first step needs no look."""
    if request.screenshot is not None and not request.screenshot.parent.is_dir():
        raise CommandError(f"--screenshot: expected a directory that is there, found {request.screenshot.parent}")
    if request.source in SHEETS and request.step == 1:
        return
    from core.program import Program

    source = opened(request.source)
    steps = len(Program(source.network))
    if request.step > steps:
        raise CommandError(
            f"--step: expected 1 to {steps}, the steps of an epoch of {source.name}, found {request.step}"
        )


def opened(text: str) -> Source:
    """The source that *text* names; `CommandError` where it is no good."""
    from core.network_file import NetworkFileError
    from core.sources import open_source

    try:
        return open_source(text)
    except NetworkFileError as error:
        raise CommandError(str(error)) from None


def shielded(command: Callable[[], int]) -> int:
    """The exit code of *command*, with UTF-8 output, errors as one line, and no traceback where a reader goes away."""
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


def _failed(problem: str) -> int:
    sys.stderr.write(f"chainrule: {one_line(problem)}\n")
    return 2


def _discard_output() -> None:
    """Let the flush at the interpreter's end succeed, which would complain again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {one_line(message)}; see {self.prog} --help\n")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print("chainrule", version("chainrule"))
        parser.exit()


def _window_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="chainrule",
        description="Step through the arithmetic of a recurrent network, in a window.",
        epilog="commands that need no window:\n"
        "  chainrule trace SOURCE  write one epoch as JSON\n"
        "  chainrule verify        compare the sheets' printed numbers with the computed ones\n"
        "each has its own --help. For a file that is called trace or verify, say ./trace or ./verify.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        default=SHEETS[0],
        help=f"a sheet ({', '.join(SHEETS)}) or a network file; {SHEETS[0]} by default",
    )
    parser.add_argument(
        "--screenshot",
        metavar="FILE.png",
        type=_picture,
        help="render the window into a picture, without a display, and end",
    )
    parser.add_argument("--size", metavar="WxH", type=_size, help="width and height of the window in pixels")
    parser.add_argument("--step", metavar="N", type=_count, default=1, help="go to step N of the epoch")
    parser.add_argument("--epoch", metavar="N", type=_count, default=1, help="go to epoch N")
    _add_rule(parser)
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--zoom", metavar="F", type=_factor, help="scale of everything in the window, such as 1.5")
    parser.add_argument("--version", action=_Version, nargs=0, dest=argparse.SUPPRESS, help="show the version and end")
    return parser


def _trace_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="chainrule trace",
        description="Write one epoch as a JSON object: the forward pass, the gradients, the parameters before and "
        "after the update, in full precision. Numbers that are not finite are strings.",
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="SOURCE", help=f"a sheet ({', '.join(SHEETS)}) or a network file")
    parser.add_argument("--epoch", metavar="N", type=_count, default=1, help="which epoch; 1 by default")
    _add_rule(parser)
    parser.add_argument("--terms", action="store_true", help="also write every term of every gradient")
    return parser


def _verify_parser() -> argparse.ArgumentParser:
    return _Parser(
        prog="chainrule verify",
        description="Compare every number that the two sheets print with the computed one. The exit code is 0 when "
        "none differs by more than one unit of the last printed place, else 1.",
        allow_abbrev=False,
    )


def _add_rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rule",
        choices=("exact", "printed", "typeset"),
        help="how gradients are formed: exact as autograd, printed as the sheets' numbers, typeset as their formulas; "
        "the source's own by default",
    )


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text!r}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text)
    if found is None or not all(1 <= int(side) <= LARGEST_SIDE for side in found.groups()):
        raise argparse.ArgumentTypeError(f"expected WxH such as 1280x720, each 1 to {LARGEST_SIDE}, found {text!r}")
    return int(found[1]), int(found[2])


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0 < factor < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, found {text!r}")
    return factor


def _picture(text: str) -> Path:
    if Path(text).suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"expected a file name that ends in .png, found {text!r}")
    return Path(text)
