"""What the command line takes: the arguments of every command, each checked as it is read.

Imports nothing heavy, since the window shows before numpy is loaded.
"""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import NoReturn

from core.sources.source import SHEETS
from core.writing.shown import one_line

LARGEST_SIDE = 16384  # of a picture, in pixels


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


def window_parser() -> argparse.ArgumentParser:
    """What a window is opened with."""
    parser = _Parser(
        prog="chainrule",
        description="Step through the arithmetic of a recurrent network, in a window.",
        epilog="commands that need no window:\n"
        "  chainrule explain SOURCE --step N --number X  say how a number of your own comes about\n"
        "  chainrule mark SOURCE LINES.txt...            judge files of your own lines: which is the first wrong\n"
        "  chainrule trace SOURCE                        write one epoch as JSON\n"
        "  chainrule verify                              compare the sheets' printed numbers with the computed ones\n"
        "each has its own --help. For a file that is called like one of them, say ./trace.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        default=SHEETS[0],
        help=f"a sheet ({', '.join(SHEETS)}), a network file or a lesson; {SHEETS[0]} by default",
    )
    parser.add_argument(
        "--screenshot",
        metavar="FILE.png",
        type=_picture,
        help="render the window into a picture, without a display, and end",
    )
    parser.add_argument("--size", metavar="WxH", type=_size, help="width and height of the window in pixels")
    parser.add_argument("--step", metavar="N", type=_count, help="go to step N of the epoch")
    parser.add_argument("--epoch", metavar="N", type=_count, help="go to epoch N")
    _add_rule(parser)
    _add_way(parser)
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--zoom", metavar="F", type=_factor, help="scale of everything in the window, such as 1.5")
    parser.add_argument("--version", action=_Version, nargs=0, dest=argparse.SUPPRESS, help="show the version and end")
    return parser


def trace_parser() -> argparse.ArgumentParser:
    """What ``chainrule trace`` takes."""
    parser = _Parser(
        prog="chainrule trace",
        description="Write one epoch as a JSON object: the forward pass, the gradients, the parameters before and "
        "after the update, in full precision. Numbers that are not finite are strings.",
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="SOURCE", help=f"a sheet ({', '.join(SHEETS)}), a network file or a lesson")
    parser.add_argument("--epoch", metavar="N", type=_count, default=1, help="which epoch; 1 by default")
    _add_rule(parser)
    parser.add_argument("--terms", action="store_true", help="also write every term of every gradient")
    return parser


def explain_parser() -> argparse.ArgumentParser:
    """What ``chainrule explain`` takes."""
    parser = _Parser(
        prog="chainrule explain",
        description="Say of a number that differs from the computed one how it comes about: whether it agrees by "
        "rounding, which known slips or which other rule give it, and where that first matters.",
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="SOURCE", help=f"a sheet ({', '.join(SHEETS)}), a network file or a lesson")
    parser.add_argument("--step", metavar="N", type=_count, required=True, help="the step of the epoch")
    parser.add_argument(
        "--number",
        metavar="X",
        required=True,
        help="the number, or the numbers of a vector or matrix, in any notation; one that begins with a minus is "
        "written --number=-0.0274",
    )
    parser.add_argument("--epoch", metavar="N", type=_count, default=1, help="which epoch; 1 by default")
    _add_rule(parser)
    _add_way(parser)
    parser.add_argument("--json", action="store_true", help="write one JSON object instead of text")
    return parser


def mark_parser() -> argparse.ArgumentParser:
    """What ``chainrule mark`` takes."""
    parser = _Parser(
        prog="chainrule mark",
        description="Judge files of lines such as 'h1 = 0.1432', one after the other: which line is wrong by itself, "
        "and what only follows from it. Lines after 'epoch 2:' are of that epoch. The exit code is 0 when no line is "
        "wrong by itself, 1 when one is, 2 when a file cannot be read; the others are judged all the same.",
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="SOURCE", help=f"a sheet ({', '.join(SHEETS)}), a network file or a lesson")
    parser.add_argument("files", metavar="LINES.txt", nargs="+", help="a text file of lines; - is standard input")
    parser.add_argument("--epoch", metavar="N", type=_count, default=1, help="the epoch of lines that name none")
    _add_rule(parser)
    parser.add_argument("--json", action="store_true", help="write one JSON array instead of text")
    return parser


def verify_parser() -> argparse.ArgumentParser:
    """What ``chainrule verify`` takes: nothing."""
    return _Parser(
        prog="chainrule verify",
        description="Compare every number that the sheets print with the computed one. The exit code is 0 when "
        "none differs by more than one unit of the last printed place, else 1.",
        allow_abbrev=False,
    )


class _OfRule(argparse.Action):
    """What is said of the rule goes together, by the names of its options."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, value: object, _option: object = None) -> None:
        namespace.rule = {**(namespace.rule or {}), self.called: value}

    @property
    def called(self) -> str:
        """The option as a name."""
        return self.option_strings[0].removeprefix("--").replace("-", "_")


def _add_rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rule",
        choices=("exact", "printed", "typeset"),
        action=_OfRule,
        help="how gradients are formed: exact as autograd, printed as the sheets' numbers, typeset as their formulas; "
        "the source's own by default",
    )
    cuts = {
        "--truncate": ("N", _count, "and truncated: a loss at t reaches only uses at k with t − k < N"),
        "--chunks": ("N", _count, "and in chunks: states are detached every N timesteps"),
        "--clip-norm": ("X", _factor, "and clipped: gradients whose norm is larger than X are shortened to it"),
        "--clip-value": ("X", _factor, "and clipped: every entry of a gradient is cut to −X … X"),
    }
    for name, (letter, kind, words) in cuts.items():
        parser.add_argument(name, metavar=letter, type=kind, action=_OfRule, dest="rule", help=words)


def _add_way(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--way",
        choices=("terms", "timesteps"),
        help="how the steps go back: term by term as the sheets, or timestep by timestep as code, which --step counts; "
        "terms by default for a sheet, timesteps for a file",
    )


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 999,999,999, found {text!r}")
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
