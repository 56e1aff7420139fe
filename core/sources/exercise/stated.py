"""Names and their numbers in a text: ``Wf = [0.7, 0.45], bf = 0.15; h0 = 0``, several on a line or each on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from core.network.arrays import Array
from core.writing.layout import plain_line
from core.writing.notation import NotationError, read

MOST_CHARACTERS, MOST_STATED = 200_000, 500
_SIGN = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<sign>:=|[=≈←:](?!=))")
_NAME = re.compile(
    r"[^\W\d][\w~./']*(?:\s*[_^]\s*\w+|\s*[_^]?(?:\{[^{}\n]{0,12}\}|\([^()\n]{1,9}\)|\[[^\[\],\n]{1,6}\]|<\w{1,6}>)"
    r"|[~'])*\s*\Z"
)
_LATEX = (
    (re.compile(r"\\(?:mathbf|mathrm|mathit|boldsymbol|vec|bm|text|left|right|displaystyle)\b"), ""),
    (re.compile(r"\\(?:wide)?tilde\s*\{?\s*(\w)\s*\}?"), r"\1~"),
    (re.compile(r"\\(?:wide)?(?:hat|bar)\s*\{?\s*(\w)\s*\}?"), r"\1^"),
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
    plain = normalize("NFD", re.sub('["“”]', "", "\n".join(lines))).replace("\u0303", "~")
    for pattern, written in _LATEX:
        plain = pattern.sub(written, plain)
    return tuple(_numbers(name, value) for name, value in _pairs(plain))[:MOST_STATED]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Each name with what stands behind its sign; of ``h0 = c0 = 0`` both."""
    names, start, depth = list[str](), 0, 0
    for found in _SIGN.finditer(text):
        depth += bool(found["open"]) - bool(found["close"])
        depth = max(depth, 0)
        before = text[start : found.start()]
        if found["sign"] and _NAME.match(before.rpartition("\n")[2].lstrip()):
            depth = 0  # a name at the beginning of a line, so that an open bracket does not swallow what comes after
        if not found["sign"] or depth:
            continue
        named = _NAME.search(before[-80:])
        if named is None:
            continue
        value = before[: len(before) - len(named[0])]
        if names and _BEHIND.sub("", value).strip():
            yield from ((name, value) for name in names)
            names = []
        names, start = [*names, named[0].strip()], found.end()
    yield from ((name, text[start:]) for name in names)


def _numbers(name: str, value: str) -> Stated:
    value = _KIND.sub("", value)
    behind = _WORDS_BEHIND.search(value)
    value = _BEHIND.sub("", _AND.sub(", ", value[: behind.start()] if behind else value)).strip()
    if not value:
        return Stated(name, None, "no number stands behind it")
    try:
        return Stated(name, read(value).values)
    except NotationError as error:
        return Stated(name, None, str(error))
