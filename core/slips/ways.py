"""All known ways to a wrong number at a step: rules, slips and rounding, each with its arithmetic and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.network.arrays import Array
from core.network.rule import EXACT, Rule
from core.slips.backward import rounded
from core.slips.case import RETRAINED_AT_ONCE, Case, Slip, Tier
from core.slips.reading import Reading
from core.slips.rules import RuleReading, described, differing, rule_readings
from core.slips.table import SLIPS

_SLICE = 0.008  # seconds of training between two looks at the clock


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


def ways(case: Case) -> Iterator[Way | float]:
    """Every way; where other trainings must be run first, the share of them that is done, from time to time.

    What needs no other training comes first.
    """
    if case.is_trained:
        here = replace(case, retrains=False)
        yield from _by_rules(here)
        yield from _by_slips(here, SLIPS)
        yield from _by_rounding(case, case.right.rule, None)
        yield from _trained(case)
        yield from _by_rules(case)
        yield from _by_slips(case, [slip for slip in SLIPS if slip.trains])
    else:
        yield from _by_rules(case)
        yield from _by_slips(case, SLIPS)
        yield from _by_rounding(case, case.right.rule, None)


def rounded_rules(case: Case, fewest: int) -> Iterator[Way]:
    """The other named rules with every value on the way rounded to *fewest* decimals or more."""
    for found in rule_readings(case):
        if found.is_named:
            yield from _by_rounding(case, found.rule, found, fewest)


def _by_rules(case: Case) -> Iterator[Way]:
    for found in rule_readings(case):
        reading = case.trained(found.rule, case.right.learning_rate)
        done, right = described(case, found.rule)
        value = reading.value(case.address)
        yield Way(found.title, done, right, found.tier, value, reading, case, found.rule, found.is_named)


def _by_slips(case: Case, slips: Sequence[Slip]) -> Iterator[Way]:
    for slip in slips:
        for variant in slip.make(case):
            done, right = (words.replace("{which}", variant.which) for words in (slip.done, slip.right))
            yield Way(slip.name, done, right, slip.tier, variant.reading.value(case.address), variant.reading, case)


def _by_rounding(case: Case, rule: Rule, found: RuleReading | None, fewest: int = 1) -> Iterator[Way]:
    """The finest first; none that leaves nothing of the number."""
    plain = case.right.value(case.address) if found is None else replace(case.right, rule=rule).value(case.address)
    for reading, places in rounded(case, rule):
        if places < fewest or not np.any(np.round(plain, places)):
            return
        done = f"With every value on the way rounded to {places} place{'s' if places > 1 else ''} it comes out so."
        value = reading.value(case.address)
        if found is None:
            title = f"rounding to {places} decimals on the way"
            yield Way(title, done, "Only the result is rounded.", Tier.RARE, value, reading, case, places=places)
        else:
            words, right = described(case, rule)
            title = f"{found.title}, with rounding on the way"
            yield Way(title, f"{words} {done}", right, Tier.TWO, value, reading, case, rule, True, places)


def _trained(case: Case) -> Iterator[float]:
    """Run the trainings under other rules and η up to the epoch, in slices; the share that is done."""
    eta = case.right.learning_rate
    needed = [(found.rule, eta) for found in rule_readings(case)] + [(case.right.rule, -eta)]
    if case.stated is not None:
        needed += [(case.right.rule, case.stated), (EXACT, case.stated)]
    trainings = [case.other(rule, rate) for rule, rate in dict.fromkeys(needed)]
    at_once = case.epoch <= RETRAINED_AT_ONCE
    for training in trainings:
        is_done = False
        while not is_done:
            is_done = training.run(case.epoch, np.inf if at_once else _SLICE)
            if not at_once:
                yield sum(min(each.reached, case.epoch) for each in trainings) / (case.epoch * len(trainings))
