"""All known ways to a wrong number at a step: rules, slips and rounding, each with its arithmetic and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.epoch.small import is_small
from core.epoch.training import Training
from core.network.arrays import Array
from core.network.rule import EXACT, Rule
from core.slips.case import RETRAINED_AT_ONCE, Case, Slip, Tier, Variant
from core.slips.reading import Reading
from core.slips.repeated import Repeated, RepeatedBeside, beside, repeated, repeated_beside
from core.slips.rounded import MOST_ROUNDED, on_paper
from core.slips.rules import RuleReading, described, differing, rule_readings
from core.slips.table import SLIPS
from core.slips.update import neighbouring_epoch

PLACES = range(1, 7)  # decimals to which learners round on the way
_MOST_WITH_TWO = 10  # timesteps of a text in which two slips at once are looked for
_SLICE = 0.008  # seconds of training between two looks at the clock
_SO_FAR = " So it was in every epoch so far."
_STATED = "The learning rate is the stated η = {:g}."


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A way to a number: the step's *value* by it, and what was done and what should be done, in words.

    *case*: the step; of a rule in this epoch alone, without training. *rule*: of another rule. *is_named*: whether
    that is a rule of its own. *places*: to how many decimals every value is rounded on the way, None for none.
    """

    title: str
    done: str
    right: str
    tier: Tier
    value: Array
    reading: Reading
    case: Case
    rule: Rule | None = None
    is_named: bool = False
    places: int | None = None

    @property
    def shows_paths(self) -> bool:
        """Whether attention's paths are the cause."""
        return self.rule is not None and "paths" in differing(self.case, self.rule, self.case.right.rule)


def ways(case: Case) -> Iterator[Way | float | None]:
    """Every way; where other trainings must be run first, the share of them that is done, from time to time; and None
    amid a way, which takes long in a long text.

    What needs no other training comes first.
    """
    here = replace(case, retrains=False) if case.is_trained else case
    yield from _by_rules(here)
    yield from _by_slips(here)
    yield from _by_rounding(case, case.right.rule, None)
    if case.is_trained:
        yield from _trained(case)
        yield from _by_rules(case)
        yield from _by_slips_so_far(case)
    yield from _by_rules_and_rate(case)


def two_at_once(case: Case, fewest: int) -> Iterator[Way]:
    """Two at once: other named rules with every value on the way rounded to *fewest* decimals or more; slips of the
    table rounded to so many, and by the exact rule.
    """
    for found in rule_readings(case):
        if found.is_named:
            yield from _by_rounding(case, found.rule, found, fewest)
    yield from _by_two_at_once(case, fewest)


def _by_rules(case: Case) -> Iterator[Way | None]:
    for found in rule_readings(case):
        reading = case.trained(found.rule, case.right.learning_rate)
        yield from _slowly(case, reading)
        done, right = described(case, found.rule)
        value = reading.value(case.address)
        yield Way(found.title, done, right, found.tier, value, reading, case, found.rule, found.is_named)


def _by_rules_and_rate(case: Case) -> Iterator[Way]:
    """One switch of the rule turned and the stated η: the exact rule with it is a way of its own."""
    stated = case.stated
    if stated is None or stated == case.right.learning_rate or not case.is_updated:
        return
    for found in rule_readings(case):
        if found.rule != EXACT:
            reading = case.trained(found.rule, stated)
            done, right = described(case, found.rule)
            title, value = f"{found.title}, with the stated η", reading.value(case.address)
            yield Way(title, f"{done} {_STATED.format(stated)}", right, Tier.TWO, value, reading, case)


def _by_slips(case: Case) -> Iterator[Way | None]:
    made, everywhere = list[tuple[Slip, Variant]](), np.zeros(0)
    for slip in SLIPS:
        made += [(slip, variant) for variant in slip.make(case)]
        yield None
    is_here = case.right.tape is case.training.epoch(case.epoch).tape
    for slip, variant, reading in _slipped(case, case.right, made, together=is_here):
        yield None
        yield from _slowly(case, reading)
        way = _way(slip, variant, case, reading)
        if not variant.is_alone or not _are_same(way.value, everywhere):
            yield way
        everywhere = way.value


def _slipped(
    case: Case, right: Reading, made: Sequence[tuple[Slip, Variant]], *, together: bool = True
) -> Iterator[tuple[Slip, Variant, Reading]]:
    """Each of the slips in the arithmetic that is *right* but for it: all *together* where they can be, of a network
    that goes by lines.
    """
    lined = [(variant, variant.lines) for _, variant in made if variant.lines is not None]
    together = together and not case.network.by_sheets
    goes = {each: lines for each, lines in lined if together and goes_beside(case, each, right.rule)}
    places = [] if right.places is None else [right.places] * len(goes)
    known = dict(zip(goes, beside(right, [*goes.values()], places=places), strict=True))
    for slip, variant in made:
        yield slip, variant, known[variant] if variant in known else variant.change(right)


def _are_same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-12, atol=0, equal_nan=True))


def goes_beside(case: Case, variant: Variant, rule: Rule) -> bool:
    """Whether under *rule* a slip is made in one pass with all others of its lines and gradients."""
    lines, right = variant.lines, case.network.lines
    is_own = variant.moved is not None or (lines is not None and not lines.looks_ahead)
    if lines is not None and rule.embedding_row == "t" and lines.edges_of("E") != right.edges_of("E"):
        return False  # which row a term goes to is no matter of the lines
    return is_own and rule.clip is None and not rule.cuts(case.T) and is_small(case.network)


def _slowly(case: Case, reading: Reading) -> Iterator[None]:
    """Find what all gradients through the states read, a block of losses at a time."""
    is_whole = case.is_chained and not case.address.is_term_of(case.network)
    if is_whole and case.network.by_sheets and not reading.rule.cuts(case.T):
        yield from reading.asks.in_blocks(reading.rule)


def _by_slips_so_far(case: Case) -> Iterator[Way | float]:
    """The slips that last, made in every epoch so far."""
    lasting = [*_lasting(case)]
    for slip, variant in lasting:
        if variant.under is not None:
            yield _way(slip, variant, case, case.trained(*variant.under), _SO_FAR)
        elif not goes_beside(case, variant, case.right.rule) and (alone := repeated(case, slip, variant)).matters:
            yield _way(slip, variant, case, alone.reading(case.epoch), _SO_FAR)
    if beside_others := [each for each in lasting if goes_beside(case, each[1], case.right.rule)]:
        training = repeated_beside(case, [variant for _, variant in beside_others])
        for place, reading in training.readings(case.epoch):
            yield _way(*beside_others[place], case, reading, _SO_FAR)
    for slip in SLIPS:  # those of which another training makes a number, at no other epoch
        if slip.make is neighbouring_epoch:
            for variant in slip.make(case):
                yield _way(slip, variant, case, variant.change(case.right))


def _lasting(case: Case) -> Iterator[tuple[Slip, Variant]]:
    for slip in SLIPS:
        for variant in slip.make(case):
            if variant.lasts:
                yield slip, variant


def _way(slip: Slip, variant: Variant, case: Case, reading: Reading, also: str = "") -> Way:
    done, right = (words.replace("{which}", variant.which) for words in (slip.done, variant.should or slip.right))
    return Way(slip.name, done + also, right, slip.tier, reading.value(case.address), reading, case)


def _by_rounding(case: Case, rule: Rule, found: RuleReading | None, fewest: int = 1) -> Iterator[Way]:
    """The finest first; none that leaves nothing of the number."""
    plain = case.right.value(case.address) if found is None else replace(case.right, rule=rule).value(case.address)
    tried = [each for each in reversed(PLACES) if each >= fewest and np.any(np.round(plain, each))]
    if case.T > MOST_ROUNDED or case.address.quantity == "letter":
        return
    for places, reading in zip(tried, _on_paper(case, rule, tried), strict=True):
        value, done = reading.value(case.address), _rounded_to(places)
        if found is None:
            title = f"rounding to {places} decimals on the way"
            yield Way(title, done, "Only the result is rounded.", Tier.RARE, value, reading, case, places=places)
        else:
            words, right = described(case, rule)
            title = f"{found.title}, with rounding on the way"
            yield Way(title, f"{words} {done}", right, Tier.TWO, value, reading, case, rule, True, places)


def _rounded_to(places: int) -> str:
    return f"With every value on the way rounded to {places} place{'s' if places > 1 else ''} it comes out so."


def _on_paper(case: Case, rule: Rule, places: Sequence[int]) -> Iterator[Reading]:
    """The epoch with every value rounded, to each number of *places*: all of these at once where they can be."""
    network, parameters, rate = case.network, case.right.parameters, case.right.learning_rate
    right, lines = replace(case.right, rule=rule), [network.lines] * len(places)
    if network.by_sheets or rule.cuts(case.T) or rule.clip is not None or not is_small(network):
        yield from (on_paper(network, parameters, rule, rate, each) for each in places)
    else:
        yield from beside(right, lines, places=places)


def _by_two_at_once(case: Case, places: int) -> Iterator[Way]:
    """The slips of this epoch with every value on the way rounded, and by the exact rule where another is in use."""
    if case.T > _MOST_WITH_TWO:
        return
    right, rule = case.right, case.right.rule
    others: list[tuple[Reading, str, str]] = []
    if places in PLACES:
        others += [(each, "with rounding on the way", _rounded_to(places)) for each in _on_paper(case, rule, [places])]
    if any(found.rule == EXACT for found in rule_readings(case)):
        others.append((replace(right, rule=EXACT), "by the exact rule", "The rest is by the exact rule."))
    here = replace(case, retrains=False)
    made = [(slip, variant) for slip in SLIPS for variant in slip.make(here)]
    made = [each for each in made if each[1].lasts]
    for reading, title, done in others:
        for slip, variant, both in _slipped(here, reading, made):
            way = _way(slip, variant, here, both, f" {done}")
            yield replace(way, title=f"{slip.name}, {title}", tier=Tier.TWO)


def _trained(case: Case) -> Iterator[float]:
    """Run the trainings under other rules, η and slips up to the epoch, in slices; the share that is done."""
    eta, other = case.right.learning_rate, [] if case.stated is None else [case.stated]
    rules = [found.rule for found in rule_readings(case)]
    needed = [(rule, rate) for rate in (eta, *other) for rule in rules] + [(EXACT, rate) for rate in other]
    lasting = list(_lasting(case))
    needed += [variant.under for _, variant in lasting if variant.under is not None]
    trainings: list[Training | Repeated | RepeatedBeside] = [case.other(*under) for under in dict.fromkeys(needed)]
    others = [each for each in lasting if each[1].under is None]
    beside_others = [variant for _, variant in others if goes_beside(case, variant, case.right.rule)]
    trainings += [repeated(case, *each) for each in others if not goes_beside(case, each[1], case.right.rule)]
    trainings += [repeated_beside(case, beside_others)] if beside_others else []
    for training in trainings:
        at_once, is_done = case.epoch <= RETRAINED_AT_ONCE and isinstance(training, Training), False
        while not is_done:
            is_done = training.run(case.epoch, np.inf if at_once else _SLICE)
            if not at_once:
                yield sum(min(each.reached, case.epoch) for each in trainings) / (case.epoch * len(trainings))
