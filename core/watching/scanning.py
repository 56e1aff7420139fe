"""Watches as everybody writes them, rewritten for Python's grammar: ``∂L/∂h₁ ≤ 2`` becomes ``dLdh[1]<= 2``.

Signs that mean nothing here are refused before anything else looks at them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from core.equations.reading import LONGEST, EquationError, refused

_SIGNS = {"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "⊙": "*", "≤": "<=", "≥": ">=", "≠": "!=",
          "⊤": ".T", "ᵀ": ".T"}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<letter>"[^"]*"|'[^']*')"""
    r"""|(?P<slope>(?:∂|d)\s*L\s*/\s*(?:∂|d)(?=[^\W\d]))"""
    r"""|(?P<name>[^\W\d₀-₉ᵀ][^\W₀-₉ᵀ]*)(?P<below>[₀-₉]+(?:\s*,\s*[₀-₉]+)*)?(?P<new>['’′])?"""
    r"""|(?P<equal>(?<![<>=!])=(?!=))"""
    r"""|(?P<plain>[0-9\s+\-*/@<>=!()\[\],.])"""
)
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def scanned(text: str) -> tuple[str, Sequence[int]]:
    """*text* in Python's signs, and for every character of that, and for its end, its place in *text*.

    `EquationError` where a sign has no meaning, with its place.
    """
    if len(text) > LONGEST:
        raise EquationError(f"{len(text):,} characters: expected at most {LONGEST:,}")
    written, places, at = list[str](), list[int](), 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None and text[at] not in _SIGNS:
            raise refused(text, at, at + 1, "this sign has no meaning here")
        piece = _SIGNS[text[at]] if token is None else _rewritten(token)
        written.append(piece)
        places += [at] * len(piece)
        at = at + 1 if token is None else token.end()
    return "".join(written), (*places, len(text))


def composed(text: str) -> str:
    """*text* with every letter in one character, since ŷ can be two, and on one line."""
    return " ".join(normalize("NFC", text).split())


def _rewritten(token: re.Match[str]) -> str:
    if token["slope"]:
        return "dLd"
    if token["equal"]:
        return "=="
    if token["name"]:
        indices = f"[{token['below'].translate(_DIGITS)}]" if token["below"] else ""
        return f"{token['name']}{'_new' if token['new'] else ''}{indices}"
    return token[0]
