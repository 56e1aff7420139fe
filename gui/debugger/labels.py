"""How things are called on the screen: rows and columns of a value, counts, gradients, terms, rules."""

from __future__ import annotations

from dataclasses import replace

from core.network import symbols
from core.network.glossary import PATHS
from core.network.network import Network
from core.network.number import Number
from core.network.rule import Rule
from core.network.symbols import meaning_in, parse, text
from core.program.program import OUTPUTS
from core.writing.shown import entry_name, visible

RULE_NAMES = {"exact": "Exact", "printed": "As printed", "typeset": "As typeset", "custom": "Custom"}
RULE_TEXTS = RULE_NAMES | {
    "exact": "Exact (autograd)",
    "printed": "As printed (the sheet’s numbers)",
    "typeset": "As typeset (the sheet’s formulas)",
}

PATH_TEXTS = {path: f"{path}: {words}" for path, words in PATHS.items()}
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def rule_name(rule: Rule) -> str:
    """What *rule* is called: by its name, and how it cuts chains and clips gradients: "Exact, cut at 2"."""
    parts = [RULE_NAMES[replace(rule, truncate=None, chunks=None, clip=None).name]]
    parts += [f"cut at {rule.truncate}"] if rule.truncate else []
    parts += [f"chunks of {rule.chunks}"] if rule.chunks else []
    if rule.clip is not None:
        parts.append(f"{'norm ≤ ' if rule.clip.kind == 'norm' else 'clipped to ±'}{rule.clip.most:g}")
    return ", ".join(parts)


def letters(network: Network) -> tuple[str, ...]:
    """The alphabet as labels."""
    return tuple(map(visible, network.alphabet))


def counted(count: int, noun: str) -> str:
    """``1 term``, ``1,200 terms``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def numbered(count: int) -> tuple[str, ...]:
    """Labels 1 … *count*; none for one row or column, which needs no name."""
    return tuple(map(str, range(1, count + 1))) if count > 1 else ()


def axis_labels(network: Network, symbol: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of the rows and of the columns of *symbol*; a vector is a column."""
    sizes = {**network.sizes, "D": network.embedding_size or 0}
    rows, *columns = (
        letters(network) if network.is_of_letters(axis) else numbered(sizes[axis])
        for axis in meaning_in(parse(symbol).name, network).axes
    )
    return rows, columns[0] if columns else ()


def name_of(network: Network, number: Number) -> str:
    """How a number is called: ``h₂``, of several entries ``ŷ₂[“e”]``."""
    shape = symbols.shape(number.symbol, network)
    name = symbols.text(number.symbol)
    if all(length == 1 for length in shape):
        return name
    row, column = (*number.entry, 0, 0)[:2]
    return f"{name}[{entry_name(network, number.symbol, (row, column))}]"


def number_word(number: int) -> str:
    """*number* in words up to twelve, else in digits."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def gradient_text(name: str) -> str:
    """``∂L/∂W``."""
    return text(f"dL/d{name}")


def term_label(network: Network, name: str, indices: tuple[int, ...]) -> str:
    """``(3, 3, 2)``, without attention ``(3, 2)``; ``loss 3`` for V and c; of a use ``t = 2``."""
    if name in ("Omega", *OUTPUTS):
        return f"loss {indices[0]}"
    if len(indices) == 1:
        return f"t = {indices[0]}"
    return f"({', '.join(map(str, indices if network.attention else indices[::2]))})"
