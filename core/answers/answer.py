"""What there is to say of a learner's number at a step: it agrees, is too coarse, known ways give it, or none does."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from core.answers.agreeing import agreement, differing_entries, shown, too_coarse
from core.answers.chance import ASSERTED, Crowd, are_same, is_named
from core.answers.claims import Told, by_digits, claim
from core.answers.closeness import (
    Closeness,
    Index,
    closeness,
    decimals_compared,
    digits_of,
    gives,
    is_to_all_digits,
    places_of,
)
from core.answers.elsewhere import elsewhere
from core.answers.said import Answer, Elsewhere, First, Match
from core.network.arrays import Array
from core.network.rule import PATHS
from core.program.program import OUTPUTS, Address, Phase, Program
from core.slips.case import Case, Tier
from core.slips.forward import step_name
from core.slips.ways import Way, two_at_once, ways
from core.writing.form import NumberFormat
from core.writing.notation import Given

_MOST_COMPARED = 400  # steps that are looked at for the first that a slip changes
_PATH_WORDS = {"value": "by the values", "key": "by the keys", "query": "by the query"}
_ONE_OFF_WIDTH = 30.0  # units: three are accepted where one unit off is, and cousins of a slip lie so near


def answer(case: Case, given: Given, entry: tuple[int, int] = (0, 0)) -> Answer:
    """What to say of *given* at the step of *case*; of a matrix, *entry* (0-based) is what a single number is for."""
    search = Search(case, given, entry)
    search.run()
    return search.answer


class Search:
    """The search for an answer, which may be made in slices of time.

    *tried*: how many ways so far. *trained*: the share of other trainings that is done, from 0 to 1. *so_far*: what can
    be said without these, while they take long. *answer*: what can be said when it is done.
    """

    answer: Answer
    so_far: Answer | None = None

    def __init__(self, case: Case, given: Given, entry: tuple[int, int] = (0, 0)) -> None:
        self.tried, self.trained = 0, 0.0
        self._places: tuple[Elsewhere, ...] | None = None
        self._work = self._searched(case, given, entry)

    def run(self, seconds: float = float("inf")) -> bool:
        """Go on for so many *seconds*; whether it is done."""
        end = time.perf_counter() + seconds
        with np.errstate(all="ignore"):  # where training diverged, nothing agrees, which is no error
            return not any(time.perf_counter() > end for _ in self._work)

    def _searched(self, case: Case, given: Given, entry: tuple[int, int]) -> Iterator[None]:
        right = case.right.value(case.address)
        if given.values.size == 1:
            given = Given(given.values.reshape(()), given.decimals.reshape(()), given.written)
        if given.values.ndim == right.ndim == 2 and given.values.shape != right.shape:
            given = Given(given.values.T, given.decimals.T, given.written)  # the only other shape that is asked for
        label, index, how = _meant(right, given, entry)
        if how is Closeness.RIGHT:
            self.answer = agreement(right[index], given, label)
        elif how is Closeness.TOO_COARSE:
            self.answer = too_coarse(right[index], given, label)
        else:
            found: list[Way] = []
            for way in ways(case):
                if isinstance(way, Way):
                    found.append(way)
                    self.tried += 1
                elif way is not None:
                    self.trained = way
                    if self.so_far is None:
                        told = _told(case, given, index, found, how, label)
                        self.so_far = yield from self._with_places(told, case, given)
                yield
            if how is Closeness.WRONG and not any(_fits(way, given, index) for way in found):
                for way in two_at_once(case, int(np.max(given.decimals))):
                    found.append(way)
                    self.tried += 1
                    yield
            told = _told(case, given, index, found, how, label)
            self.answer = yield from self._with_places(told, case, given)

    def _with_places(self, told: Answer, case: Case, given: Given) -> Generator[None, None, Answer]:
        """*told*, unless it is sure, with the other steps at which the same digits stand."""
        if told.kind in ("agrees", "explained"):
            return told
        if self._places is None:
            places = []
            for place in elsewhere(case, given):
                if place is not None:
                    places.append(place)
                yield
            self._places = tuple(places)
        return replace(told, elsewhere=self._places)


def _told(case: Case, given: Given, index: Index, found: list[Way], how: Closeness, label: str) -> Answer:
    """What all the ways that were *found* say of a number that does not agree to all its digits."""
    right = case.right.value(case.address)[index]
    found = [*found, *by_digits(case, given, right)]
    giving = [way for way in found if _fits(way, given, index)]
    finest = next((way for way in giving if way.places is not None), None)
    if how is Closeness.ONE_UNIT_OFF:
        also = "" if finest is None else f" {_rounded_words(finest, given)}"
        last = "last" if is_to_all_digits(right, given, within=1) else "sixth"
        it_is = f": it is {shown(right)}" if right.size == 1 else ""
        return Answer("agrees", f"Agrees within one unit of the {last} digit{it_is}.{also}", place=label)
    giving, within = [way for way in giving if way.places is None or way is finest], 0
    if not giving:
        within, plain = 1, [way for way in found if way.places is None and way.tier < Tier.TWO]  # as two may give any
        giving = [way for way in plain if _fits(way, given, index, within=1)]
    values, tiers = [_part(way, index) for way in found], [way.tier for way in found]
    titles = np.array([way.title for way in found], dtype=object)
    crowd = Crowd.of(right, given, np.array(values), np.array(tiers, dtype=np.intp), titles)
    giving = sorted(giving, key=lambda way: way.tier)
    width = _ONE_OFF_WIDTH if within else 1.0
    fitting = []
    for way in giving:
        value = _part(way, index)
        of_one = (each for each in giving if are_same(np.ravel(_part(each, index)), np.ravel(value)))
        tier = next(of_one).tier  # one number, if two names
        chance, about = (each(value, tier, width) for each in (crowd.chance, crowd.gathering))
        is_sure = max(chance, about) <= ASSERTED and digits_of(given) > 0  # a 0 comes about in many ways
        match = _match(way, given, index, within == 0, chance, is_sure and not _is_fine(way, given))
        fitting.append(Told(way, value, match))
    told = [each for each in fitting if is_named(each.match.chance, given) or _is_fine(each.way, given)]
    kind, headline = claim(told, fitting, crowd)
    differing = tuple(differing_entries(right, given))
    fine = any(_is_fine(each.way, given) for each in told)
    return Answer(kind, headline, tuple(each.match for each in told), differing, label, (), fine)


def _is_fine(way: Way, given: Given) -> bool:
    """Whether it is rounding to no fewer decimals than were given, which who works by hand can hardly help."""
    return way.rule is None and way.places is not None and way.places >= int(np.max(given.decimals))


def _part(way: Way, index: Index) -> Array:
    return way.value if way.value.ndim < len(index) else np.asarray(way.value[index])


def _fits(way: Way, given: Given, index: Index, within: int = 0) -> bool:
    return gives(_part(way, index), given, within)


def _rounded_words(way: Way, given: Given) -> str:
    return way.done.replace("so.", f"as {given.written}.")


def _match(way: Way, given: Given, index: Index, equal: bool, chance: float, is_sure: bool) -> Match:
    trains = way.case.is_trained or way.case.epoch == 1  # stepping with a rule trains all epochs
    return Match(
        way.title,
        _rounded_words(way, given) if way.places is not None else way.done,
        way.right,
        _parts(way, given, index),
        equal,
        way.rule if trains else None,
        way.is_named,
        way.shows_paths,
        _first(way, given) if way.places is None else None,
        chance,
        is_sure,
    )


def _parts(way: Way, given: Given, index: Index) -> str:
    """The number by attention path, where the paths are what is different."""
    case, rule = way.case, way.rule
    if rule is None or not way.shows_paths or given.values.ndim or case.address.phase is not Phase.BACKWARD:
        return ""
    reading = case.trained(rule, case.right.learning_rate)
    paths = [path for path in PATHS if path in rule.paths]
    alone = [replace(reading, rule=replace(rule, paths=frozenset({path}))) for path in paths]
    parts = [float(each.value(case.address)[index]) for each in alone]
    form = NumberFormat("decimals", max(int(decimals_compared(given)), 4))
    addends = [f"{form(part)} {_PATH_WORDS[path]}" for path, part in zip(paths, parts, strict=True)]
    return f"{' + '.join(addends)} = {form(sum(parts))}." if len(addends) > 1 else ""


def _first(way: Way, given: Given) -> First | None:
    """The first step on the way that is changed; None where another training does, or only the writing."""
    case, right = way.case, way.case.right
    if way.reading is right or way.reading.tape.parameters is not right.tape.parameters:
        return None
    digits = max(4, int(np.max(decimals_compared(given), initial=0)))
    for number, address in enumerate(_on_the_way(case)):
        theirs, ours = np.ravel(way.reading.value(address)), np.ravel(right.value(address))
        apart = np.abs(np.round(theirs, digits) - np.round(ours, digits))
        if np.any(apart > 0.5 * 10.0**-digits):
            at = int(np.argmax(apart))
            return First(address, step_name(address), float(theirs[at]), float(ours[at]))
        if number >= _MOST_COMPARED:
            break
    return None


def _on_the_way(case: Case) -> Iterator[Address]:
    """The steps that lead to the step of *case*, and it: of the backward phase only its own gradient's."""
    name, indices = case.address.quantity, case.address.indices
    is_of_use = case.address.is_term_of(case.network) and name not in OUTPUTS and len(indices) == 1
    is_asked, clip = case.address.is_asked(case.network) and name != "norm", case.right.rule.clips
    back: Literal["terms", "timesteps"] = "timesteps" if is_of_use or (is_asked and name != "Omega") else "terms"
    program = Program(case.network, way=back, clip=clip)
    here = program.position(case.address)
    for position in range(program.forward.first, min(here, program.forward.last) + 1):
        yield program[position]
    if here > program.forward.last:
        own = program.updated if name == "norm" else (name,)
        names = ("Omega",) if is_asked else ("Omega", *own)
        for span in map(program.gradient_span, filter(program.gradients.__contains__, names)):
            for position in range(span.first, min(here, span.last) + 1):
                yield program[position]
    if case.address.phase is Phase.UPDATE and case.right.rule.clip is not None:
        yield Address(Phase.CLIP, name)
    if case.address.phase in (Phase.CLIP, Phase.UPDATE):
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
