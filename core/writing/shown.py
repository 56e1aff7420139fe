"""Text in which nothing is unseen: blanks and unprintable characters get a sign; entries are called by letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.network.network import Network


def visible(letter: str) -> str:
    """*letter*, with a sign in place of blank space."""
    return letter if letter.strip() else "␣"


def entry_name(network: Network, symbol: str, entry: Sequence[int]) -> str:
    """How the 0-based *entry* of a symbol is called, by letter where its axis is the alphabet: ``1, “e”``."""
    from core.network.symbols import meaning_in, parse  # which loads NumPy, for which the command line would wait

    axes = meaning_in(parse(symbol).name, network).axes
    return ", ".join(
        f"“{visible(network.alphabet[index])}”" if network.is_of_letters(axis) else str(index + 1)
        for axis, index in zip(axes, entry, strict=False)
    )


def one_line(text: str, longest: int | None = None) -> str:
    """*text* with every unprintable character escaped, cut after *longest* characters."""
    shown = text if longest is None or len(text) <= longest else text[:longest] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def capital(words: str) -> str:
    """*words* as a heading: with a capital, unless they begin with a symbol such as hₖ."""
    first = words.partition(" ")[0]
    return words[:1].upper() + words[1:] if first.isascii() and len(first) > 1 else words
