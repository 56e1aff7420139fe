"""What there is to say of a learner's number at a step: it agrees, is too coarse, known slips give it, or none does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.answers.closeness import (
    SINGLE_DIGITS,
    Closeness,
    Index,
    closeness,
    decimals_compared,
    digits_of,
    each_closeness,
    is_to_all_digits,
    places_of,
)
from core.network.arrays import Array
from core.network.rule import PATHS, Rule
from core.program.program import Address, Phase, Program
from core.slips.backward import rounded
from core.slips.case import Case
from core.slips.forward import step_name
from core.slips.reading import Reading
from core.slips.rules import described, differing, rule_readings
from core.slips.table import SLIPS
from core.writing.form import NumberFormat
from core.writing.notation import Given

Kind = Literal["agrees", "too coarse", "explained", "unknown"]
_MOST_COMPARED = 400  # steps that are looked at for the first that a slip changes
_MOST_NAMED = 4  # entries that are too coarse
_PATH_WORDS = {"value": "by the values", "key": "by the keys", "query": "by the query"}


@dataclass(frozen=True, slots=True)
class First:
    """The first step that a slip changes, in the digits that were given: its value with the slip, and the right one."""

    address: Address
    name: str
    theirs: float
    right: float


@dataclass(frozen=True, slots=True)
class Match:
    """A slip, or another rule, that gives the number.

    *done*, *right*: what was done and what should be done. *detail*: more, such as the parts by path; may be empty.
    *equal*: to all digits given, else one unit off. *rule*: to step with, None where no rule does it. *is_named*:
    whether that is a rule of its own rather than a slip. *shows_paths*: whether attention's paths are the cause.
    """

    title: str
    done: str
    right: str
    detail: str = ""
    equal: bool = True
    rule: Rule | None = None
    is_named: bool = False
    shows_paths: bool = False
    first: First | None = None

    @property
    def sentence(self) -> str:
        """All of it in words."""
        return " ".join(part for part in (self.done, self.right, self.detail) if part)


@dataclass(frozen=True, slots=True)
class Answer:
    """*headline*: the verdict in a sentence. *matches*: all that give the number. *differing*: of several numbers, what
    differs, a line each. *place*: which of the step's numbers was compared, empty where there is one.
    """

    kind: Kind
    headline: str
    matches: tuple[Match, ...] = ()
    differing: tuple[str, ...] = ()
    place: str = ""


@np.errstate(all="ignore")  # where training diverged, nothing agrees, which is no error
def answer(case: Case, given: Given, entry: tuple[int, int] = (0, 0)) -> Answer:
    """What to say of *given* at the step of *case*; of a matrix, *entry* (0-based) is what a single number is for."""
    right = case.right.value(case.address)
    if given.values.size == 1:
        given = Given(given.values.reshape(()), given.decimals.reshape(()), given.written)
    if given.values.ndim == right.ndim == 2 and given.values.shape != right.shape:
        given = Given(given.values.T, given.decimals.T, given.written)  # the only other shape that is asked for
    label, index, how = _meant(right, given, entry)
    if how is Closeness.RIGHT:
        return _agreement(right[index], given, label)
    if how is Closeness.TOO_COARSE:
        return _too_coarse(right[index], given, label)
    found = _Search(case, given, index, right)
    by_rounding, places_kept = found.rounding([case.right])
    matches = found.matches()
    if how is Closeness.ONE_UNIT_OFF:
        also = "" if not by_rounding else f" {by_rounding[0].done}"
        shown = _shown(right[index])
        last = "last" if is_to_all_digits(right[index], given, within=1) else "sixth"
        headline = f"Agrees within one unit of the {last} digit{shown and f': it is {shown}'}.{also}"
        return Answer("agrees", headline, matches, place=label)
    if by_rounding and places_kept >= np.max(given.decimals):
        return Answer("agrees", f"Agrees by rounding. {by_rounding[0].done}", matches, place=label)
    matches += by_rounding
    if not matches:
        named = [reading.rule for reading in rule_readings(case) if reading.is_named]
        matches, _ = found.rounding([replace(case.right, rule=rule) for rule in named])
    if not matches:
        matches = found.matches(within=1)
    differing = tuple(_differing(right[index], given))
    if not matches:
        return Answer("unknown", "No known slip gives this.", (), differing, label)
    few = given.values.size == 1 and int(given.decimals) < 2
    headline = _headline(matches) + (" More decimals would say more." if few else "")
    return Answer("explained", headline, matches, differing, label)


def _headline(matches: tuple[Match, ...]) -> str:
    near = "" if matches[0].equal else ", one unit off"
    if len(matches) > 1:
        return f"{len(matches)} known ways lead to this number{near}; only your working tells which."
    if matches[0].is_named:
        return f"This is {matches[0].title}{near}."
    return f"One known slip gives this{near}: {matches[0].title}."


class _Search:
    """Looks for readings that give a number at one place of a step."""

    def __init__(self, case: Case, given: Given, index: Index, right: Array) -> None:
        self._case, self._given, self._index, self._right = case, given, index, right[index]

    def matches(self, within: int = 0) -> tuple[Match, ...]:
        """All slips and rules whose number is *within* so many units."""
        return (*self._by_rule(within), *self._by_slip(within), *self._by_digits())

    def rounding(self, rights: list[Reading]) -> tuple[tuple[Match, ...], int]:
        """The finest rounding on the way with which one of *rights* gives the number, and to how many decimals."""
        case = self._case
        for reading, places in reversed([*rounded(case, rights)]):
            if self._gives(reading, 0):
                words = f"With every value on the way rounded to {places} place{'s' if places > 1 else ''}"
                done = f"{words} it comes out as {self._given.written}."
                if reading.rule == case.right.rule:
                    title, right = f"rounding to {places} decimals on the way", "Only the result is rounded."
                    return (Match(title, done, right),), places
                other, right = described(case, reading.rule)
                title = next(found.title for found in rule_readings(case) if found.rule == reading.rule)
                match = Match(
                    f"{title}, with rounding on the way",
                    f"{other} {done}",
                    right,
                    self._parts(case, reading.rule),
                    rule=reading.rule,
                    is_named=True,
                    shows_paths=self._turns_on_paths(reading.rule),
                )
                return (match,), places
        return (), 0

    def _by_rule(self, within: int) -> Iterator[Match]:
        """Another rule, in all epochs so far; where that is not it, in this one alone."""
        matches = tuple(self._by_rule_of(self._case, within))
        yield from matches
        if not matches and self._case.is_trained:
            yield from self._by_rule_of(replace(self._case, retrains=False), within)

    def _by_rule_of(self, case: Case, within: int) -> Iterator[Match]:
        for found in rule_readings(case):
            reading = case.trained(found.rule, case.right.learning_rate)
            if self._gives(reading, within):
                done, right = described(case, found.rule)
                yield Match(
                    found.title,
                    done,
                    right,
                    self._parts(case, found.rule),
                    self._gives(reading, 0),
                    found.rule if case.is_trained or case.epoch == 1 else None,  # stepping with it trains all epochs
                    found.is_named,
                    self._turns_on_paths(found.rule),
                    self._first(reading),
                )

    def _by_slip(self, within: int) -> Iterator[Match]:
        for slip in SLIPS:
            for variant in slip.make(self._case):
                if self._gives(variant.reading, within):
                    done, right = (words.replace("{which}", variant.which) for words in (slip.done, slip.right))
                    equal = self._gives(variant.reading, 0)
                    yield Match(slip.name, done, right, equal=equal, first=self._first(variant.reading))

    def _by_digits(self) -> Iterator[Match]:
        """Two neighbouring digits swapped in the writing."""
        if self._right.ndim:
            return
        decimals = int(self._given.decimals)
        written, should = (f"{float(number):.{max(decimals, 0)}f}" for number in (self._given.values, self._right))
        for i in range(len(should) - 1):
            pair = should[i : i + 2]
            if pair.isdigit() and should[:i] + pair[::-1] + should[i + 2 :] == written != should:
                yield Match("two digits swapped", f"The digits {pair} are swapped.", f"It is {should}.")

    def _gives(self, reading: Reading, within: int) -> bool:
        """Whether *reading* gives the number *within* so many units; the right arithmetic is further off."""
        how = closeness(reading.value(self._case.address)[self._index], self._given)
        return how <= (Closeness.ONE_UNIT_OFF if within else Closeness.RIGHT)

    def _turns_on_paths(self, rule: Rule) -> bool:
        return "paths" in differing(self._case, rule, self._case.right.rule)

    def _parts(self, case: Case, rule: Rule) -> str:
        """The number by attention path, where the paths are what is different."""
        if not self._turns_on_paths(rule) or self._right.ndim or case.address.phase is not Phase.BACKWARD:
            return ""
        paths = [path for path in PATHS if path in rule.paths]
        reading = case.trained(rule, case.right.learning_rate)
        parts = [
            float(replace(reading, rule=replace(rule, paths=frozenset({path}))).value(case.address)[self._index])
            for path in paths
        ]
        form = NumberFormat("decimals", max(int(decimals_compared(self._given)), 4))
        addends = [f"{form(part)} {_PATH_WORDS[path]}" for path, part in zip(paths, parts, strict=True)]
        return f"{' + '.join(addends)} = {form(sum(parts))}." if len(addends) > 1 else ""

    def _first(self, reading: Reading) -> First | None:
        """The first step on the way that *reading* changes; None where another training does."""
        case, right = self._case, self._case.right
        if reading.tape.parameters is not right.tape.parameters:
            return None
        digits = max(4, int(np.max(decimals_compared(self._given), initial=0)))
        for number, address in enumerate(_on_the_way(case)):
            theirs, ours = np.ravel(reading.value(address)), np.ravel(right.value(address))
            apart = np.abs(np.round(theirs, digits) - np.round(ours, digits))
            if np.any(apart > 0.5 * 10.0**-digits):
                at = int(np.argmax(apart))
                return First(address, step_name(address), float(theirs[at]), float(ours[at]))
            if number >= _MOST_COMPARED:
                break
        return None


def _on_the_way(case: Case) -> Iterator[Address]:
    """The steps that lead to the step of *case*, and it: of the backward phase only its own gradient's."""
    program = Program(case.network)
    here = program.position(case.address)
    for position in range(program.forward.first, min(here, program.forward.last) + 1):
        yield program[position]
    if here > program.forward.last:
        spans = [program.gradient_span("Omega"), program.gradient_span(case.address.quantity)]
        for span in dict.fromkeys(spans):
            for position in range(span.first, min(here, span.last) + 1):
                yield program[position]
    if case.address.phase is Phase.UPDATE:
        yield case.address


def _meant(right: Array, given: Given, entry: tuple[int, int]) -> tuple[str, Index, Closeness]:
    """Which of the step's numbers is meant: a label, the index, and how *given* stands to it."""
    (label, index), *others = places_of(right, given, entry)
    how = closeness(right[index], given)
    if how is not Closeness.RIGHT and digits_of(given) > 1:
        # Another number than the one that is followed must agree in all its digits.
        for other, place in others:
            if closeness(right[place], given) is Closeness.RIGHT:
                return other, place, Closeness.RIGHT
    return label, index, how


def _agreement(value: Array, given: Given, label: str) -> Answer:
    several = value.size > 1
    if not several and digits_of(given) == 1 and not float(np.ravel(value)[0]).is_integer():
        words = f"Agrees as far as it goes; it is {_shown(value)}. More digits would say more."
        return Answer("agrees", words, place=label)
    decimals = {int(number) for number in np.ravel(given.decimals)}
    if not is_to_all_digits(value, given):
        digits = f"{SINGLE_DIGITS} significant digits, as far as programs in single precision do"
    elif len(decimals) == 1 and min(decimals) > 0:
        digits = f"the {min(decimals)} decimals given"
    else:
        digits = "all digits given"
    words = f"{'All agree' if several else 'Agrees'} to {digits}{'' if several else f': it is {_shown(value)}'}."
    return Answer("agrees", words, place=label)


def _too_coarse(value: Array, given: Given, label: str) -> Answer:
    """What would help, without the value, which may be hidden."""
    if value.size == 1:
        why = "this is one unit off in its only digit" if digits_of(given) else "it is not 0, but may be written so"
        return Answer("too coarse", f"Too coarse to tell: {why}. Give three digits.", place=label)
    coarse = each_closeness(value, given) == Closeness.TOO_COARSE
    names = [_entry_name(place, coarse.shape) for place in map(tuple, np.argwhere(coarse))]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    if np.all(coarse):
        return Answer("too coarse", "Too coarse to tell. Give three digits of each.", place=label)
    where = f"{', '.join(names[:_MOST_NAMED])}{more} {'is' if len(names) == 1 else 'are'} too coarse to tell"
    words = f"{where[0].upper()}{where[1:]}; all others agree. Give three digits there."
    return Answer("too coarse", words, place=label)


def _differing(right: Array, given: Given) -> Iterator[str]:
    """Of several numbers, those that differ: ``entry 2: yours 0.5337, right 0.5373``."""
    if given.values.size == 1:
        return
    for place in map(tuple, np.argwhere(each_closeness(right, given) == Closeness.WRONG)):
        form = NumberFormat("decimals", max(int(given.decimals[place]), 0))
        name = _entry_name(place, given.values.shape)
        yield f"{name}: yours {form(float(given.values[place]))}, right {form(float(right[place]))}"


def _entry_name(place: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """``entry 2``, ``entry 1, 3``; an axis of length 1 is not counted."""
    return f"entry {', '.join(str(i + 1) for i, size in zip(place, shape, strict=True) if size > 1)}"


def _shown(value: Array) -> str:
    return NumberFormat("decimals", 6)(float(np.ravel(value)[0])) if np.size(value) == 1 else ""
