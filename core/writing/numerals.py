"""The tokens of a text of numbers: numbers, brackets, and what separates columns and rows.

Signs mean different things to different people: 1,234 is one number, or another, or two. A `Convention` is one
consistent reading of them; `core.writing.notation` tries each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from core.writing.glyphs import APART, GROUP
from core.writing.shown import one_line

FRACTION_DECIMALS = 12  # a fraction counts as exact, but of tenths, hundredths and so on
_TENTH = re.compile("10+")
_LONGEST_POWER = 4  # signs of a power of ten; more are beyond every double
_LONGEST_WORD = 20

Kind = Literal["number", "open", "close", "transpose", "column", "comma", "row", "line"]


class NotationError(ValueError):
    """Numbers that cannot be read; the message is one line that says what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token: the *text* of a bracket, the *value* and *decimals* of a number."""

    kind: Kind
    text: str = ""
    value: float = 0.0
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Convention:
    """What point, comma and space mean inside a number.

    *number*: a number with its sign and unit, of loosely matched digits. *digits*: strictly, what these must be.
    """

    point: str
    number: re.Pattern[str]
    digits: re.Pattern[str]


_EXPONENT = r"\s*(?:\^|\*\*)\s*[({]?\s*([+-]?[0-9]+)\s*[)}]?(?![0-9])"
_CALL = r"(?:[A-Za-z_]\w*\.)*(?:c|(?:Device)?[Aa]rray|[Tt]ensor|[Mm]atrix|float|float(?:16|32|64))\s*\("
_TOKEN = re.compile(
    rf"""(?P<rule>(?<![^\n])[^\S\n]*[|+][ |:+=-]*+(?![^\n]))   # the line under the head of a table
    | (?P<space>[^\S\n]+)
    | (?P<line>\n)
    | (?P<row>;|(?<=\s)/(?=\s))
    | (?P<transpose>(?<=[\])}}])(?:\^?(?:T|\{{T\}})|\.T|')(?!\w))
    | (?P<column>[|&])
    | (?P<keyword>,?\s*[A-Za-z_]\w*\s*=(?:[^()]|\([^()]*\))*+(?=\)))   # dtype=float32 and the like
    | (?P<comma>,)
    | (?P<open>{_CALL}|[(\[{{])
    | (?P<close>[)\]}}])""",
    re.VERBOSE,
)
_COMMA_FIRST = re.compile(r"(?<![^\s(\[{;|&]),[0-9]")
_WORD = re.compile(r"[^\s,;|&()\[\]{}]+(?:,[^\s,;|&()\[\]{}]+)*|.", re.DOTALL)


def _convention(point: str, groups: str, *, certain: bool = False) -> Convention:
    """*groups*: what may stand between groups of three digits; *certain*: only where it can be nothing else."""
    point_, group = re.escape(point), f"[{groups}]"
    chunk = rf"(?:[0-9.]|{point_}(?=[0-9])|{group}(?=[0-9]{{3}}(?![0-9])))++"
    number = rf"""{APART}?(?P<sign>[+-]?)(?P<gap>[^\S\n]*){APART}?
        (?: (?P<infinity>∞|(?i:inf(?:inity)?))
        | 10{_EXPONENT}
        | (?P<above>{chunk}) (?:/(?P<below>{chunk}) | [eE]([+-]?[0-9]+) | \s*[×*x]\s*10{_EXPONENT})?
        )(?P<unit>[fF]|[^\S\n]?%)?…?(?=[\s,;|&)\]}}]|\Z)"""
    grouped = rf"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+"
    if certain:
        grouped = rf"(?=[0-9{groups}]*{point_}|[0-9]+{group}[0-9]+{group}){grouped}"
    digits = rf"(?P<whole>{grouped}|0|[1-9][0-9]*)(?:{point_}(?P<part>[0-9]*))?|{point_}(?P<only>[0-9]+)"
    return Convention(point, re.compile(number, re.VERBOSE), re.compile(digits))


_POINT = _convention(".", GROUP)
_COMMA = (_convention(".", f",{GROUP}", certain=True), _convention(",", f".{GROUP}"))
_SPACE = _convention(".", f" {GROUP}")
_COMMA_AND_SPACE = _convention(",", f" {GROUP}")
_POINT_LIKE = re.compile(",[0-9]")
_SPACED = re.compile("[0-9] [0-9]{3}(?![0-9])")


def conventions(text: str) -> Iterator[Convention]:
    """The conventions by which *text* may be read, the likeliest first."""
    yield _POINT
    comma, spaced = _POINT_LIKE.search(text) is not None, _SPACED.search(text) is not None
    if comma:
        yield from _COMMA
    if spaced:
        yield _SPACE
    if comma and spaced:
        yield _COMMA_AND_SPACE


def tokens(text: str, convention: Convention) -> Iterator[Token]:
    """The tokens of *text*, which `core.writing.glyphs.plain` made; `NotationError` at what is none."""
    at, entry, behind_number = 0, 1, False
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or (convention.point == "," and not behind_number and _COMMA_FIRST.match(text, at)):
            number = convention.number.match(text, at)
            # Between two numbers, a sign that touches neither is arithmetic.
            token = _number(number, convention) if number and not (behind_number and number["gap"]) else None
            if number is None or token is None:
                raise NotationError(_refusal(text, at, entry))
            yield token
            at, entry, behind_number = number.end(), entry + 1, True
            continue
        at = found.end()
        kind = found.lastgroup
        if kind not in ("rule", "space", "keyword"):
            behind_number = False
            yield Token(cast(Kind, kind), found[0][-1])


def _number(found: re.Match[str], convention: Convention) -> Token | None:
    """The number that *found* is; None where its digits are none."""
    if found["infinity"]:
        return Token("number", value=float(found["sign"] + "inf"))
    power = next(filter(None, found.group(4, 7, 8)), "0")
    above = _decimal(found["above"] or "1", convention)
    if above is None or len(power) > _LONGEST_POWER:
        return None
    exponent = int(power) - (2 if (found["unit"] or "").endswith("%") else 0)
    value, decimals = float(f"{found['sign']}{above[0]}.{above[1]}e{exponent}"), len(above[1]) - exponent
    if found["below"]:
        below = _decimal(found["below"], convention)
        divisor = float(".".join(below)) if below else 0.0
        if divisor == 0:
            return None
        is_decimal = below is not None and _TENTH.fullmatch(below[0]) is not None and not below[1]
        value, decimals = value / divisor, decimals + len(below[0]) - 1 if below and is_decimal else FRACTION_DECIMALS
    return Token("number", value=value, decimals=decimals) if math.isfinite(value) else None


def _decimal(chunk: str, convention: Convention) -> tuple[str, str] | None:
    """The digits before and after the point."""
    found = convention.digits.fullmatch(chunk)
    if found is None:
        return None
    whole = "".join(filter(str.isdigit, found["whole"] or "0"))
    return whole, found["part"] or found["only"] or ""


def _refusal(text: str, at: int, entry: int) -> str:
    found = _WORD.match(text, at)
    word = one_line(found[0].replace(APART, " ").strip(), _LONGEST_WORD) if found else ""
    if word.lstrip("+-").lower() == "nan":
        return f"{which(entry)}{word} is not a number"
    if word.startswith("…"):
        return f"{which(entry)}numbers are left out at “…”, write them all"
    return f"{which(entry)}expected a number, found '{word}'"


def which(entry: int) -> str:
    """How a refusal names the 1-based entry that it is about; the first, mostly the only one, needs no name."""
    return f"entry {entry}: " if entry > 1 else ""
