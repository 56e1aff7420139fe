"""A line cut at its signs: a name, what it is said to be, and the words around the numbers.

``h1 = tanh(0.1442) = 0.1432 (rounded)`` has three parts, and a note behind the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.writing.layout import depth, is_usual, separators
from core.writing.notation import NotationError

_MOST_WORDS = 4  # of a name that no sign ends: "alpha 3 1"
_INTO = r"<[-–=]+|[←⟵⇐]|\\(?:gets|(?:long)?leftarrow|Leftarrow)\b"
_SIGN = re.compile(
    rf"(?P<open>\\begin\b|[(\[{{])|(?P<close>\\end\b|[)\]}}])"
    rf"|(?P<sign>(?:&\s*)?(?:(?:(?P<into>{_INTO})|:=|=>|[-–—=]+>|=|[:≈≃≅~≡≔→⟶⟹⇒↦]"
    r"|\\(?:approx|simeq|sim|equiv|to|coloneqq|mapsto|(?:long)?rightarrow|Rightarrow)\b"
    r"|(?<=\s)(?:is|equals|becomes)(?=\s))\s*)+&?)"
)
_NOTE = re.compile(
    r"(?<=[0-9)\]}⎤⎦⎠|%…])[.,;]?"
    r"(?:(?P<aside>\s*(?:\(\s*(?:[^\W\d]|[0-9]+\s*(?:d\.?p|dec|dig|sig|places|Nach|Stellen))|\[\s*[^\W\d]|±|\+/-|\\pm\b|[✓✔☑✗✘?←]|\\(?:text|mathrm)\b|[–—-]+\s+[^\W\d]|<-))"
    r"|\s+(?=[^\W\d_]))"
)
_WORD = re.compile(r"[^\W\d_]\w*")
_CALCULATES = {
    "x",
    "times",
    "plus",
    "minus",
    "over",
    "mal",
    "durch",
    "tanh",
    "exp",
    "ln",
    "log",
    "sqrt",
    "softmax",
    "e",
}
_REASONS = {"since", "because", "as", "from", "where", "using", "da", "weil"}
_BOLD = re.compile(r"\\(?:boxed|mathbf|textbf|underline|bm|boldsymbol)\s*\{([^{}]*)\}|^\s*(['*])([^'*]*)\2\s*$")
_ABOUT = re.compile(r"\s*(?:ca\.?|about|approx\.?|approximately|roughly)\s+", re.IGNORECASE)
_QUOTES = re.compile(r"\*\*|__|[`\"“”]")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line between two signs: *into*: an arrow that points to it follows it, *label*: a colon, or *bare*:
    nothing but a space or a comma.
    """

    text: str
    into: bool = False
    label: bool = False
    bare: bool = False


def parts(line: str) -> list[Part]:
    """*line* cut at the signs outside of brackets."""
    if is_usual(line):
        name, _, numbers = line.partition("=")
        return [Part(name.strip()), Part(numbers.strip())]
    found_parts, level, start = [], 0, 0
    for found in _SIGN.finditer(line):
        if found["open"]:
            level += 1
        elif found["close"]:
            level -= 1
        elif level == 0:
            found_parts.append(
                Part(line[start : found.start()].strip(), found["into"] is not None, found["sign"].strip() == ":")
            )
            start = found.end()
    return [*found_parts, Part(line[start:].strip())]


def cuts(line: str) -> Iterator[tuple[str, str]]:
    """How *line* may be a name and its numbers: at the first sign, else after each of its first words."""
    name = parts(line)[0].text
    if name != line.strip():
        yield name, line[len(name) :]
        return
    for count, (start, end) in enumerate(separators(line)):
        if count == _MOST_WORDS:
            return
        yield line[:start], line[end:]
    yield line, ""


def has_note(text: str) -> bool:
    """Whether words may stand behind the numbers of *text*."""
    return _NOTE.search(text) is not None


def note_at(text: str, is_name: Callable[[str], bool]) -> int | None:
    """Where behind the numbers of *text* words begin; None where they may belong to a calculation."""
    for found in _NOTE.finditer(text):
        if depth(text[: found.start()]) == 0:
            break
    else:
        return None
    words = _WORD.findall(text[found.start() :])
    if words and words[0].lower() in _REASONS:
        return found.start()
    if found["aside"] is None and words and (words[0].lower() in _CALCULATES or is_name(words[0])):
        return None
    if found["aside"] is None and re.search(r"[0-9][.,][0-9]", text[found.start() :]):
        return None
    if words and words[0].lower() in ("bit", "bits"):
        raise NotationError("expected nats, found bits: 1 bit is 0.6931 nats")
    return found.start()


def bare_numbers(text: str) -> str:
    """*text* without quotes, the word "about", and what makes numbers bold."""
    about = _ABOUT.match(text)
    text = text[about.end() :] if about else text
    if _QUOTES.search(text):
        text = _QUOTES.sub("", text)
    if "\\" in text or text.startswith(("'", "*")):
        text = _BOLD.sub(lambda found: found[1] or found[3] or "", text)
    return text.strip()
