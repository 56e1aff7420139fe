"""A text as letters: extended grapheme clusters, as readers count them (Unicode Standard Annex 29)."""

from __future__ import annotations

from unicodedata import bidirectional, category, normalize

import regex

_BREAK = regex.compile(r"\r\n|[\t\n\v\f\r\x85\u2028\u2029]")
_LETTER = regex.compile(r"\X")
_CONTROL = regex.compile(r"\p{Grapheme_Cluster_Break=Control}|\p{Surrogate}")
_UNSEEN = regex.compile(r"\p{Default_Ignorable_Code_Point}+")


class TextError(ValueError):
    """A text that cannot be read letter by letter; the message is a sentence for its writer."""


def letters(text: str) -> tuple[str, ...]:
    """The letters of *text* in normal form C; `TextError` where one could not be seen or stored.

    A family emoji, a flag and an accented letter are one letter each. Every line break or tab counts as one
    space; white space at the start and the end is left out. Control characters, halves of surrogate pairs and
    invisible characters that stand alone are refused.
    """
    found: list[str] = _LETTER.findall(normalize("NFC", _BREAK.sub(" ", text)))
    while found and found[-1].isspace():
        found.pop()
    start = next((i for i, letter in enumerate(found) if not letter.isspace()), 0)
    for number, letter in enumerate(found[start:], 1):
        if _CONTROL.match(letter) or _UNSEEN.fullmatch(letter):
            raise TextError(f"Letter {number} {_fault(letter[0])} (U+{ord(letter[0]):04X}); leave it out.")
    return tuple(found[start:])


def _fault(character: str) -> str:
    if category(character) == "Cs":
        return "is half a character"
    return "is a control character" if category(character) == "Cc" else "cannot be seen"


def is_right_to_left(text: str) -> bool:
    """Whether *text* starts from the right: whether its first character with a direction has that one."""
    classes = map(bidirectional, text)
    return next((found != "L" for found in classes if found in ("L", "R", "AL")), False)
