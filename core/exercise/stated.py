"""Names and their numbers in a text: ``Wf = [0.7, 0.45], bf = 0.15; h0 = 0``, several on a line or each on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from unicodedata import normalize

from core.network.arrays import Array
from core.writing.layout import depth, plain_line
from core.writing.notation import NotationError, read

MOST_CHARACTERS, MOST_STATED = 50_000, 500
_LONGEST_NAME, _MOST_CHAINED = 80, 8  # characters; names before one number
_SIGN = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<sign>:=|[=≈←:](?!=))")
_NAME = re.compile(
    r"[^\W\d][\w~./']*(?:\s*[_^]\s*\w+|\s*[_^]?(?:\{[^{}\n]{0,12}\}|\([^()\n]{1,9}\)|\[[^\[\],\n]{1,6}\]|<\w{1,6}>)"
    r"|[~'])*\s*\Z"
)
_LATEX = (
    (re.compile(r"\\(?:mathbf|mathrm|mathit|boldsymbol|vec|bm|text|left|right|displaystyle)\b"), ""),
    (re.compile(r"\\(?:wide)?tilde\s*\{?\s*(\w)\s*\}?"), r"\1~"),
    (re.compile(r"\\(?:wide)?(?:hat|bar)\s*\{?\s*(\w)\s*\}?"), r"\1ˆ"),
    (re.compile(r"\\(eta|alpha)\b"), r"\1"),
)
_WORDS_BEHIND = re.compile(r"(?:^|[\s,;.])(?!(?:and|np|torch|tf|jnp|array|tensor)\b)[^\W\d_]{2,}")
_KIND = re.compile(r",\s*dtype\s*=\s*[\w.]+")
_AND = re.compile(r"\s+and\s+(?=[-+\d.\[(])")
_BEHIND = re.compile(r"(?:[\s,;|&]|\band\b|\.(?!\d))+\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What a text says that *name* is: numbers of any shape, else the *problem* why none can be read."""

    name: str
    values: Array | None
    problem: str = ""


def stated(text: str) -> tuple[Stated, ...]:
    """Every name with its numbers, in order; nothing is evaluated."""
    lines = (plain_line(line) for line in text[:MOST_CHARACTERS].replace("\r", "").split("\n"))
    plain = normalize("NFD", re.sub('["“”]', "", "\n".join(lines))).replace("\u0303", "~").replace("\u0302", "ˆ")
    for pattern, written in _LATEX:
        plain = pattern.sub(written, plain)
    found = (_numbers(name, value, sign) for name, value, sign in islice(_pairs(plain), MOST_STATED))
    return tuple(each for each in found if each is not None)


def _pairs(text: str) -> Iterator[tuple[str, str, str]]:
    """Each name with what stands behind its sign, and the sign; of ``h0 = c0 = 0`` both."""
    names, start, level, sign = list[str](), 0, 0, ""
    for found in _SIGN.finditer(text):
        level = max(level + bool(found["open"]) - bool(found["close"]), 0)
        if not found["sign"]:
            continue
        near = text[max(start, found.start() - _LONGEST_NAME) : found.start()]
        if _NAME.match(near.rpartition("\n")[2].lstrip()):
            level = 0  # a name at the beginning of a line, so that an open bracket does not swallow what comes after
        named = None if level else _NAME.search(near)
        if named is None:
            continue
        value = text[start : found.start() - len(named[0])]
        if names and _BEHIND.sub("", value).strip():
            yield from ((name, value, sign) for name in names)
            names = []
        elif sign == ":":
            names = []  # words before a colon, as in "forget gate: Wf = …"
        names = [*names[-_MOST_CHAINED:], named[0].strip()]
        start, sign = found.end(), found["sign"]
    yield from ((name, text[start:], sign) for name in names)


def _numbers(name: str, value: str, sign: str) -> Stated | None:
    """The numbers in *value*; None of a word before a colon, which is no name."""
    value = _KIND.sub("", value)
    behind = _WORDS_BEHIND.search(value)
    value = _BEHIND.sub("", _AND.sub(", ", value[: behind.start()] if behind else value)).strip()
    while value[-1:] in tuple(")]}") and depth(value) < 0:  # of what stands around all names
        value = value[:-1].rstrip(" ,\n")
    if not value:
        return None if sign == ":" else Stated(name, None, "no number stands behind it")
    try:
        return Stated(name, read(value).values)
    except NotationError as error:
        return Stated(name, None, str(error))
