"""How strongly known ways to a number are claimed, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.answers.chance import Crowd, are_same
from core.answers.said import Kind, Match
from core.network.arrays import Array
from core.program.program import Phase
from core.slips.case import Case, Tier
from core.slips.ways import Way
from core.writing.form import NumberFormat
from core.writing.notation import Given

_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A way that gives the number, its *value* for what the number is compared with, and what is said of it."""

    way: Way
    value: Array
    match: Match


def by_digits(case: Case, given: Given, right: Array) -> Iterator[Way]:
    """A single number as it should be, but for the writing: its sign, its point, or two neighbouring digits."""
    if right.ndim or not right:
        return
    should = f"{float(right):.{max(int(given.decimals), 0)}f}"

    def written(title: str, done: str, value: float) -> Way:
        form = NumberFormat("decimals", max(int(given.decimals), 4))
        return Way(title, done, f"It is {form(float(right))}.", Tier.RARE, np.array(value), case.right, case)

    if case.address.phase is Phase.FORWARD and case.address.quantity != "L":
        yield written("the other sign", "This has the other sign.", -float(right))
    for factor, side in ((10.0, "right"), (0.1, "left")) if case.address.phase is not Phase.UPDATE else ():
        words = f"The decimal point stands one place too far to the {side}."
        yield written("the decimal point", words, factor * float(right))
    for i in range(len(should) - 1):
        pair = should[i : i + 2]
        swapped = should[:i] + pair[::-1] + should[i + 2 :]
        if pair.isdigit():
            done, meant = f"The digits {pair} are swapped.", f"It is {should}."
            yield Way("two digits swapped", done, meant, Tier.RARE, np.array(float(swapped)), case.right, case)


def claim(told: list[Told], fitting: list[Told], crowd: Crowd) -> tuple[Kind, str]:
    """What is said of the ways that are named at all, of all those that give the number."""
    sure = [each for each in told if each.match.sure]
    if sure:
        return "explained", _asserted(sure)
    if told:
        names = _groups(told)
        which = names[0] if len(names) == 1 else f"one of {_number(len(names))} known ways"
        near = "" if told[0].match.equal else ", one unit off"
        return "could be", f"Could be {which}{near}. {_doubt(told, crowd)}"
    if fitting:
        ways = f"{_number(len(fitting))} known way{'s' if len(fitting) > 1 else ''}"
        return (
            "unknown",
            f"No known slip can be told from this: {ways} would fit, but so would chance; {_tells(fitting, crowd)}",
        )
    return "unknown", "No known slip gives this."


def _asserted(sure: list[Told]) -> str:
    names, first = _groups(sure), sure[0].match
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
        group = next((group for group in groups if are_same(np.ravel(group[0].value), np.ravel(each.value))), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return [_together([*dict.fromkeys(each.match.title for each in group)]) for group in groups]


def _together(titles: list[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', or '.join(titles)}, which come to the same here"


def _doubt(told: list[Told], crowd: Crowd) -> str:
    decimals, value, tier = int(np.max(crowd.given.decimals, initial=0)), told[0].value, told[0].way.tier
    gathered, nearby = crowd.gathered(value, tier), crowd.nearby(value, tier)
    if crowd.gathering(value, tier) > crowd.chance(value, tier):
        ways = "another known way leads" if gathered == 1 else f"{_number(gathered)} other known ways lead"
        near = f"At {_number(decimals)} decimals, {ways} to nearly the same"
    elif nearby > 1:
        near = f"At {_number(decimals)} decimals, {nearby} known ways lead as near to the right number"
    else:
        near = "So near to the right number, another slip may fit as well"
    return f"{near}; {_tells(told, crowd)}"


def _tells(told: list[Told], crowd: Crowd) -> str:
    """What would tell whether it was one of the ways: ``a fifth decimal would tell.``"""
    if any(each.way.places is not None for each in told):
        return "more decimals all along the way would tell."  # by which nothing is left of the rounding
    needed = [crowd.decimals_needed(each.value, each.way.tier) for each in told]
    several = len(_groups(told)) > 1
    count = max((0 if each is None else each for each in needed), default=0)
    if not count or None in needed:
        return f"only your working tells{' which' if several else ''}."
    decimals = int(np.max(crowd.given.decimals, initial=0))
    if count > 1 or not 0 <= decimals < len(_ORDINALS):
        return f"{_number(count)} more decimal{'s' if count > 1 else ''} would tell."
    ordinal = _ORDINALS[decimals]
    return f"{'an' if ordinal[0] == 'e' else 'a'} {ordinal} decimal would tell."


def _number(count: int) -> str:
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)
