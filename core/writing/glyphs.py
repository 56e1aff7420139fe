r"""The many glyphs of one sign, made one: every digit to 0-9, every dash to -, LaTeX's commands to plain signs.

What is left for `core.writing.numerals` to read is short: ASCII digits and signs, ``×``, ``∞``, ``≈``, ``…``, and two
marks of its own.
"""

from __future__ import annotations

import re
from unicodedata import decimal, normalize

GROUP = "'"  # between groups of three digits, and nothing else
APART = "\N{INVISIBLE SEPARATOR}"  # before a fraction that was one glyph, so that 1½ is never 11/2

_DASHES = "‐‑‒–—―−⁃﹘﹣－➖˗⸺"
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_THIN = "\u00a0\u2007\u2008\u2009\u200a\u202f"
_HALVES = re.compile("[¼½¾⅐-⅞↉]")
_ABOVE = re.compile("[⁺⁻]?[⁰¹²³⁴-⁹]+")
_COMMAND = re.compile(r"\\(?:begin\s*\{(\w+)\*?\}(?:\s*\{[lcr|\s]*\})?|(end)\s*\{\w+\*?\}|([A-Za-z]+)|(.))", re.DOTALL)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{\s*([^{}\s]*)\s*\}\s*\{\s*([^{}\s]*)\s*\}")
_THIN_GROUP = re.compile(rf"(?<=[0-9])[{_THIN}](?=[0-9]{{3}}(?![0-9]))")

_SIGNS = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _UNSEEN), None),
    **dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n"),
    **dict.fromkeys(map(ord, "⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠│┃"), "|"),
    **dict.fromkeys(map(ord, "≃≅≐∼~"), "≈"),
    **dict.fromkeys(map(ord, "·⋅∙∗✕⨯"), "×"),
    **dict.fromkeys(map(ord, "’‘٬"), GROUP),
    **dict.fromkeys(map(ord, "،、"), ","),
    **dict.fromkeys(map(ord, "⁄∕÷"), "/"),
    ord("٫"): ".",
    ord("٪"): "%",
    ord("$"): None,
    ord("ᵀ"): "^T",
    ord("⊤"): "T",
}
_COMMANDS = {
    **dict.fromkeys(("times", "cdot", "ast"), "×"),
    **dict.fromkeys(("approx", "simeq", "sim", "cong"), "≈"),
    **dict.fromkeys(("dots", "ldots", "cdots"), "…"),
    **dict.fromkeys(("top", "intercal"), "T"),
    **dict.fromkeys(("left", "right", "big", "Big", "displaystyle", "hline", "!", "(", ")", "[", "]"), ""),
    **dict.fromkeys(("quad", "qquad", " ", ":", ";"), " "),
    "infty": "∞",
    "lbrace": "{",
    "rbrace": "}",
    "{": "{",
    "}": "}",
    "%": "%",
    "\\": ";",
    ",": "\N{THIN SPACE}",
}


def plain(text: str) -> str:
    """*text* in few signs, the same numbers in the same places; linear in its length."""
    text = text.replace("{,}", ",")
    if "\\" in text:
        text = _FRACTION.sub(rf"{APART}\1/\2", text)
        text = _COMMAND.sub(_command, text)
    if not text.isascii():
        text = _HALVES.sub(lambda half: APART + normalize("NFKC", half[0]), text)
        text = _ABOVE.sub(lambda power: f"^{{{normalize('NFKC', power[0])}}}", text)
        text = re.sub(r"[^\x00-\x7f…∞×]+", _ascii, text.translate(_SIGNS))
        text = _THIN_GROUP.sub(GROUP, text)
    return re.sub(r"\.{3,}", "…", text.translate(_SIGNS))


def _command(found: re.Match[str]) -> str:
    begin, end, word, sign = found.groups()
    if begin or end:
        return "[" if begin else "]"
    return _COMMANDS.get(word or sign, found[0])


def _ascii(run: re.Match[str]) -> str:
    """Full-width and mathematical forms by compatibility, digits of every script by their value."""
    return "".join(
        c
        if c in _THIN
        else str(decimal(form))
        if (form := normalize("NFKC", c)).isdecimal() and len(form) == 1
        else form
        for c in run[0]
    )
