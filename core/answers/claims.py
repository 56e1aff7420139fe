"""How strongly known ways to a number are claimed, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log10

import numpy as np

from core.answers.chance import ASSERTED, Crowd, are_same
from core.answers.said import Kind, Match
from core.network.arrays import Array
from core.slips.case import Case, Tier
from core.slips.ways import Way
from core.writing.notation import Given

_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
Told = tuple[Way, Match]


def by_digits(case: Case, given: Given, right: Array) -> Iterator[Way]:
    """Two neighbouring digits of a single number swapped in the writing."""
    if right.ndim:
        return
    should = f"{float(right):.{max(int(given.decimals), 0)}f}"
    for i in range(len(should) - 1):
        pair = should[i : i + 2]
        swapped = should[:i] + pair[::-1] + should[i + 2 :]
        if pair.isdigit() and swapped != should:
            done, meant = f"The digits {pair} are swapped.", f"It is {should}."
            yield Way("two digits swapped", done, meant, Tier.RARE, np.array(float(swapped)), case.right, case)


def claim(told: list[Told], fitting: list[Match], crowd: Crowd, given: Given) -> tuple[Kind, str]:
    """What is said of the ways that are named at all, of all those that give the number."""
    sure = [each for each in told if each[1].sure]
    if sure:
        return "explained", _asserted(sure)
    decimals = int(np.max(given.decimals, initial=0))
    if told:
        way, match = told[0]
        names = _groups(told)
        which = names[0] if len(names) == 1 else f"one of {_number(len(names))} known ways"
        near = "" if match.equal else ", one unit off"
        return "could be", f"Could be {which}{near}. {_doubt(crowd.nearby(way.tier), decimals, match.chance)}"
    if fitting:
        fewest = min(match.chance for match in fitting)
        ways = f"{_number(len(fitting))} known way{'s' if len(fitting) > 1 else ''}"
        fits = f"{ways} would fit, but so would chance; {_more(decimals, fewest)} would tell"
        return "unknown", f"No known slip can be told from this: {fits}."
    return "unknown", "No known slip gives this."


def _asserted(sure: list[Told]) -> str:
    names, first = _groups(sure), sure[0][1]
    near = "" if first.equal else ", one unit off"
    if len(names) > 1:
        return f"{len(names)} known ways lead to this number{near}; only your working tells which."
    if first.is_named:
        return f"This is {names[0]}{near}."
    return f"One known slip gives this{near}: {names[0]}."


def _groups(told: list[Told]) -> list[str]:
    """The names of the ways, those that are one number by the mathematics together."""
    groups: list[list[Told]] = []
    for each in told:
        group = next((group for group in groups if are_same(group[0][0].value, each[0].value)), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return [_together([*dict.fromkeys(match.title for _, match in group)]) for group in groups]


def _together(titles: list[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', or '.join(titles)}, which come to the same here"


def _doubt(nearby: int, decimals: int, chance: float) -> str:
    more = f"{_more(decimals, chance)} would tell."
    if nearby > 1:
        return f"At {_number(decimals)} decimals, {nearby} known ways lead as near to the right number; {more}"
    return f"So near to the right number, another slip may fit as well; {more}"


def _more(decimals: int, chance: float) -> str:
    """``a fifth decimal``, or how many more, that make the chance small enough."""
    count = max(ceil(log10(max(chance, ASSERTED) / ASSERTED)), 1)
    if count > 1 or not 0 <= decimals < len(_ORDINALS):
        return f"{_number(count)} more decimal{'s' if count > 1 else ''}"
    ordinal = _ORDINALS[decimals]
    return f"{'an' if ordinal[0] == 'e' else 'a'} {ordinal} decimal"


def _number(count: int) -> str:
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)
