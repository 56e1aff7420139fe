"""Text in which nothing is unseen: blanks and unprintable characters get a sign."""

from __future__ import annotations


def visible(letter: str) -> str:
    """*letter*, with a sign in place of blank space."""
    return letter if letter.strip() else "␣"


def one_line(text: str, longest: int | None = None) -> str:
    """*text* with every unprintable character escaped, cut after *longest* characters."""
    shown = text if longest is None or len(text) <= longest else text[:longest] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def capital(words: str) -> str:
    """*words* as a heading: with a capital, unless they begin with a symbol such as hₖ."""
    first = words.partition(" ")[0]
    return words[:1].upper() + words[1:] if first.isascii() and len(first) > 1 else words
