"""What one wants to do with a number, as it is said: ``why is W negative``, ``what if h2 = 0``, ``stop when L < 2``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from core.answers.spellings import SpellingError, named, parted
from core.finding.phrases import STAGES
from core.network import symbols
from core.network.network import Network

Deed = Literal["why", "watch", "change", "stop", "run", "copy", "condition"]

_LONGEST = 80  # signs that are read
_VERBS: tuple[tuple[Deed, str], ...] = (
    ("why", r"why|what\s+made|who\s+uses|what\s+uses|where\s+does|explain|trace|origin\s+of"),
    ("watch", r"watch|inspect|keep"),
    ("change", r"what\s+if|what\s+would|set|change|hold|fix|freeze|clamp|scale|range|try"),
    ("stop", r"stop|break|breakpoint|pause|halt"),
    ("run", r"run|continue|compute"),
    ("copy", r"copy"),
)
_FILLERS = r"(?:\s+(?:is|are|was|were|does|do|did|the|this|that|it|at|on|to|of|up|until|till|when|if|where|over|in))*"
_PATTERNS = tuple((deed, re.compile(rf"(?:{verbs}){_FILLERS}\s+(?P<what>.+)", re.IGNORECASE)) for deed, verbs in _VERBS)
_VALUE = re.compile(
    r"(?P<what>.+?)\s*(?:=|\s(?:to|at|were|was|is|be|becomes)\s)\s*(?P<value>[-−+]?\d*[.,]?\d+(?:e[-+]?\d+)?)",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"[<>≤≥≠]|[^=]=[^=]|==|!=|\b(?:and|or|not|below|above)\b")
_GO = re.compile(
    r"(?:please\s+)?(?:go|jump|take\s+me|lead|step|show\s+me|bring\s+me|where\s+is)(?:\s+to)?\s+(?P<what>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with *symbol*; of a number that is to be another one, with which *value*, "" where none is
    said. Of a condition, that instead of the symbol.
    """

    deed: Deed
    symbol: str
    value: str = ""


def wish(query: str, network: Network, t: int) -> Wish | None:
    """What *query* wants done, and with which number; at timestep *t* where it says none. None where nothing is."""
    text = " ".join(query.strip().rstrip("?").split())[:_LONGEST]
    for deed, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        what, value = found["what"], ""
        if deed in ("stop", "run") and _COMPARED.search(what):
            return Wish("condition", _condition(what))
        if deed == "change":  # what would the loss be if …
            what = re.split(r"\bif\s+", what, flags=re.IGNORECASE)[-1]
        if deed == "change" and (given := _VALUE.fullmatch(what)) is not None:
            what, value = given["what"], given["value"]
        symbol = meant(what, network, t)
        return None if symbol is None else Wish(deed, symbol, value)
    return None


def place_of(query: str) -> str:
    """*query* without the words that only say that one wants to go there."""
    found = _GO.fullmatch(query.strip()[:_LONGEST])
    return query if found is None else found["what"]


def meant(text: str, network: Network, t: int) -> str | None:
    """The symbol that *text* begins with, of timestep *t* where it says none; None where it begins with none."""
    words = text.split()
    for count in range(len(words), 0, -1):
        said = " ".join(words[:count])
        for name in (said, *STAGES.get(said.lower(), ())):
            symbol = _symbol(name, network, t)
            if symbol is not None:
                return symbol
    return None


def _condition(text: str) -> str:
    """A condition as it is said, as Watch reads it."""
    for said, written in ((r"\bbelow\b", "<"), (r"\babove\b", ">"), (r"\b(?:the|is)\s", ""), (r"\bloss\b", "L")):
        text = re.sub(said, written, text, flags=re.IGNORECASE)
    return text


def _symbol(spelling: str, network: Network, t: int) -> str | None:
    if spelling.lower() in ("eta", "η", "learning rate", "the learning rate"):
        return "eta"
    try:
        name, indices = parted(spelling, network)
        if name in network.parameter_shapes and not indices:
            return name
        ids = named(spelling, network).ids
    except SpellingError:
        return None
    at = [each for each in ids if symbols.parse(each).indices[:1] in ((), (t,))]
    return (at or list(ids))[-1]
