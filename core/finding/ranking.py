"""How well a query fits what can be found, by its words, other words for it and its keys: ranked, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

_WORD = re.compile(r"[^\s,;:·()/]+")
# Words of a question that say nothing of what is looked for.
_FILLERS = frozenset([
    "a", "an", "the", "to", "of", "in", "on", "at", "by", "for", "i", "me", "do", "does", "can", "how", "what", "where",
    "which", "is", "are", "it", "this", "that", "show", "find", "want", "please", "change",
])  # fmt: skip
_TYPED_WRONG = 4  # signs, from which on a word may have one that is wrong
_TITLE, _ALSO, _NOTE = 1.0, 0.95, 0.5  # what a word counts, by where it stands
_WHOLE, _BEGINS, _RECENT = 0.35, 0.15, 0.12  # added where all of the title fits, where it begins so, and if used lately

_OFF = 0.06  # taken off what can not be done now: of two that fit alike, the one that can comes first
_LEAST = 0.5  # of how well the best fits; what fits less is not what was meant


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found.

    *id*: by which it is remembered. *title*: what it is called. *note*: what it does or is, or where it stands.
    *keys*: its shortcuts. *also*: other words for it, phrases apart by commas. *reason*: why it can not be done now,
    "" where it can. *fit*: of a place, how well it fits already; else None. *target*: what the caller does with it.
    """

    id: str
    title: str
    note: str = ""
    keys: str = ""
    also: str = ""
    reason: str = ""
    fit: float | None = None
    target: object = None


def ranked(query: str, entries: Iterable[Entry], recent: Sequence[str] = (), most: int = 50) -> list[Entry]:
    """Those of *entries* that fit *query*, the best first; of equals the one used last by *recent* ids, then in order.

    An empty query finds what was used last.
    """
    words = _query(query)
    lately = {name: place for place, name in enumerate(recent)}
    if not words:
        known = [entry for entry in entries if entry.id in lately]
        return sorted(known, key=lambda entry: lately[entry.id])[:most]
    scored: list[tuple[float, Entry]] = []
    for entry in entries:
        score = entry.fit if entry.fit is not None else fit(words, entry)
        if score > 0:
            if entry.id in lately:
                score += _RECENT / (1 + lately[entry.id])
            if entry.reason and entry.fit is None:
                score -= _OFF
            scored.append((score, entry))
    scored.sort(key=lambda pair: -pair[0])
    return [entry for score, entry in scored[:most] if score >= scored[0][0] * _LEAST]


def fit(words: Sequence[str], entry: Entry) -> float:
    """How well *words* fit *entry*, 0 where one of them does not; up to about 1.5."""
    phrase, title, phrases = " ".join(words), _title(entry.title), _phrases(entry.also)
    total = 0.0
    others = [word for other in phrases for word in other.split()]
    notes = _title(entry.note).split()
    for word in words:
        best = max(
            _TITLE * _best(word, title.split()),
            _ALSO * _best(word, others),
            _NOTE * _best(word, notes, exact=True),
        )
        if best == 0:
            if len(phrase) > 1 and len(words) == 1 and _initials(title).startswith(phrase):
                best = 0.5
            elif phrase.replace("+", "") in [keys.replace("+", "") for keys in _phrases(entry.keys)]:
                best = 1.0
            elif word.isdigit() and len(phrase) - len(word) >= _TYPED_WRONG:
                best = 0.3  # train 50 epochs
            else:
                return 0.0
        total += best
    score = total / len(words)
    if len(phrase) > 1 and phrase in _phrases(entry.keys):
        score = max(score, 1.0) + _WHOLE
    if phrase == title:
        return score + _WHOLE
    if phrase in phrases:
        return _ALSO + _WHOLE
    if title.startswith(phrase):
        score += _BEGINS
    elif any(other.startswith(phrase) for other in phrases):
        score += _BEGINS * _ALSO
    return score + 0.05 / (1 + len(title.split()))  # of two that fit alike, the one of fewer words is meant


@lru_cache(maxsize=64)
def _query(query: str) -> tuple[str, ...]:
    words = tuple(_title(query).split())
    telling = tuple(word for word in words if word not in _FILLERS)
    return telling or words


@lru_cache(maxsize=2048)
def _title(text: str) -> str:
    return " ".join(_WORD.findall(normalize("NFKC", text.replace("…", "").replace("?", "")).lower()))


@lru_cache(maxsize=1024)
def _phrases(text: str) -> tuple[str, ...]:
    return tuple(_title(part) for part in text.split(",") if part.strip())


def _initials(title: str) -> str:
    return "".join(word[0] for word in title.split())


def _best(word: str, others: Iterable[str], *, exact: bool = False) -> float:
    return max((_alike(word, other, exact) for other in others), default=0.0)


@lru_cache(maxsize=65536)
def _alike(word: str, other: str, exact: bool) -> float:
    """How much *word* is *other*: all of it, its beginning, a part, with one sign wrong, or some of its signs."""
    if word == other:
        return 1.0
    if other.startswith(word):
        return 0.75 + 0.2 * len(word) / len(other)
    if exact or len(word) < 2:
        return 0.0
    if word.startswith(other) and len(other) >= _TYPED_WRONG and len(word) - len(other) <= 3:
        return 0.7  # epochs, zooming
    if len(word) >= 3 and word in other:
        return 0.55
    if len(word) >= _TYPED_WRONG and (_is_near(word, other) or _is_near(word, other[: len(word)])):
        return 0.5
    if len(word) >= 3 and word[0] == other[0] and _is_within(word, other) and len(other) <= 2 * len(word):
        return 0.35
    return 0.0


def _is_near(word: str, other: str) -> bool:
    """Whether one sign more, less or other, or two that changed places, make the one from the other."""
    if abs(len(word) - len(other)) > 1 or not word or not other or word[0] != other[0]:
        return False
    same = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    left, right = word[same:], other[same:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[:2][::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]


def _is_within(word: str, other: str) -> bool:
    signs = iter(other)
    return all(sign in signs for sign in word)
