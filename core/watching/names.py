"""The names that complete what is being written as a watch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.network import symbols
from core.network.network import Network
from core.network.rule import EXACT
from core.watching.language import PARTS
from core.watching.watched import CALLED

_WORD = re.compile(r"[^\W\d]\w*$")
_PART_WORDS = {"so far": "the sum of the terms of {name} up to the step", "term": "the latest term of {name}"}


@dataclass(frozen=True, slots=True)
class Completion:
    """A *text* that what is written may become, in which one writes on at *place*; *words*: what its name means."""

    text: str
    place: int
    words: str


def completions(text: str, place: int, network: Network) -> tuple[Completion, ...]:
    """What the word that ends at *place* of *text* may become, the shortest first; none where no word ends there."""
    begun = _WORD.search(text[:place])
    if begun is None:
        return ()
    start = begun.start()
    found = [
        Completion(f"{text[:start]}{name}{text[place:]}", start + len(name), words)
        for name, words in _names(network)
        if name.lower().startswith(begun[0].lower()) and name != begun[0]
    ]
    return tuple(sorted(found, key=lambda each: (len(each.text), each.text)))


def written(symbol: str, entry: tuple[int, ...], network: Network) -> str:
    """How the 0-based *entry* of *symbol*, () for all, is written as a watch: ``h[2,1]``, ``yhat[4,"o"]``, ``dW``."""
    found = symbols.parse(symbol)
    meaning = symbols.meaning_in(found.name, network)
    name = found.name.replace("dL/d", "d") + ("_term" if meaning.gradient_of and found.indices else "")
    own, inner = [str(index) for index in found.indices], list[str]()
    for axis, place in zip(meaning.axes, entry, strict=False):
        letter = network.alphabet[place] if network.is_of_letters(axis) else ""
        inner.append(f'"{letter}"' if letter and not {'"', "\\"} & set(letter) else str(place + 1))
    brackets = [own, inner] if name.endswith("_term") else [[*own, *inner]]
    return name + "".join(f"[{','.join(indices)}]" for indices in brackets if indices)


def _names(network: Network) -> Iterator[tuple[str, str]]:
    """Every name that means something in *network*, and what."""
    from core.answers.spellings import SpellingError, check_there

    for name in symbols.names(network):
        meaning = symbols.meaning_in(name, network)
        try:
            check_there(name, network)
        except SpellingError:
            continue
        if name == "xo" and network.embedding_size is None:
            continue
        written = name.replace("dL/d", "d")
        yield written, symbols.words(name, network, EXACT)
        if meaning.gradient_of:
            for end, part in PARTS.items():
                yield f"{written}{end}", _PART_WORDS[part].format(name=symbols.text(name))
    for function in CALLED:
        yield (
            f"{function}(",
            "a function of all entries"
            if function in ("norm", "max", "min", "sum", "mean")
            else "a function of every entry",
        )
