"""How often an answer asserts what is not so, and names what is: prints shares by distance, by decimals and by slip.

*By chance*: numbers that no slip made, at log-uniform distances of 2 to 10,000 units of the last decimal from the true
value, both signs; printed are the shares that are asserted, said as "could be", and said to agree. *A slip taken out*:
the number of a slip that the table does not know; what is asserted is false, unless another way gives the same number
to all digits that are sure. *A slip of the table*: the share in which it is named, asserted or as "could be".

Steps are drawn, and the ways to each are computed once for all numbers that are asked there. Since these hang
together, the interval behind a share, which holds 95 % of the shares of steps drawn anew from these, is of steps.

Run from the project's root: ``python -m tests.benchmarks.bench_claims [STEPS] [SEED]``.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from unittest.mock import patch

import numpy as np

from core.answers.answer import answer
from core.answers.chance import are_same
from core.answers.said import Answer
from core.epoch.training import Training
from core.program.program import Address, Program
from core.slips.case import Case
from core.slips.table import SLIPS
from core.slips.ways import Way, two_at_once, ways
from core.sources.opening import open_source
from core.sources.source import SHEETS
from core.writing.notation import Given
from tests.slip_cases import EXERCISES, case_of, entry_of

STEPS = 400  # of fewer, one step with two ways that lie close would be a percent
SEED = 11
BY_CHANCE = 16  # numbers at each step and number of decimals
OF_A_SLIP = 2  # at most, at each step, of each slip and number of decimals
NEAREST, FARTHEST = 2.0, 1e4
DRAWS = 400  # of as many steps, anew
EDGES = (2, 10, 100, 1000, 10_000)
Shares = defaultdict[tuple[int, int], Counter[str]]  # of a step, by decimals and by the distance in units


def main() -> None:
    """Draw, ask and print."""
    steps, seed = (int(text) for text in (sys.argv[1:] + [str(STEPS), str(SEED)][len(sys.argv) - 1 :]))
    rng, cases = np.random.default_rng(seed), list(_cases())
    found: list[tuple[Shares, Shares, Shares]] = []
    missed, false = Counter[str](), Counter[str]()
    for _ in range(steps):
        case = _drawn(rng, cases)
        known = [way for way in ways(case) if isinstance(way, Way)]
        rounding = list(two_at_once(case, 1))
        chance, named, without = (Shares(Counter) for _ in range(3))
        found.append((chance, named, without))
        for decimals in (4, 3):
            _by_chance(rng, case, known, rounding, decimals, chance)
            _from_slips(rng, case, known, rounding, decimals, named, without, missed, false)
    for kind, words in enumerate(("by chance", "a slip of the table", "a slip taken out")):
        for decimals in (4, 3):
            spans = [(low, [step[kind][decimals, low] for step in found]) for low in EDGES[:-1]]
            total = [sum(each, Counter[str]()) for each in zip(*(steps for _, steps in spans), strict=True)]
            print(f"{words}, {decimals} decimals, {_shares(rng, total)}")
            for (low, counts), high in zip(spans, EDGES[1:], strict=True):
                print(f"    {low:>5} to {high:>6,} units, {_shares(rng, counts)}")
    print(f"most missed: {_most(missed)}")
    print(f"most falsely asserted: {_most(false)}")


def _cases() -> Iterator[tuple[Training, float | None, list[Address]]]:
    """Both sheets, and random networks, with the steps that a number can be asked for."""
    for name in SHEETS:
        source = open_source(name)
        stated = source.worksheet.learning_rate_stated if source.worksheet is not None else None
        training = Training(source.network, source.parameters, source.rule, source.learning_rate)
        yield training, stated, _steps(training)
    for exercise in EXERCISES[1::7]:
        case = case_of(exercise, next(iter(Program(exercise.network))))
        yield case.training, case.stated, _steps(case.training)


def _steps(training: Training) -> list[Address]:
    return [address for address in Program(training.network) if address.quantity != "letter"]


def _drawn(rng: np.random.Generator, cases: list[tuple[Training, float | None, list[Address]]]) -> Case:
    training, stated, steps = cases[rng.integers(2) if rng.random() < 0.5 else rng.integers(len(cases))]
    kinds = sorted({(step.phase, step.quantity, step.is_term_of(training.network)) for step in steps}, key=str)
    kind = kinds[rng.integers(len(kinds))]  # as many sums as terms, of which there are more
    steps = [step for step in steps if (step.phase, step.quantity, step.is_term_of(training.network)) == kind]
    return Case.of(training, 1, steps[rng.integers(len(steps))], stated)


def _asked(
    case: Case, number: float, decimals: int, entry: tuple[int, ...], known: list[Way], rounding: list[Way]
) -> Answer:
    """What is said of *number* by ways that are computed already, without a look elsewhere, which is no claim."""
    given = Given(np.array(number), np.array(decimals), f"{number:.{decimals}f}")
    with patch.multiple(
        "core.answers.answer",
        ways=lambda _case: iter(known),
        two_at_once=lambda _case, fewest: iter([way for way in rounding if (way.places or 0) >= fewest]),
        elsewhere=lambda _case, _given: iter(()),
    ):
        return answer(case, given, entry_of(entry))


def _low(off: float) -> int:
    return max(edge for edge in EDGES if edge <= off)


def _by_chance(
    rng: np.random.Generator, case: Case, known: list[Way], rounding: list[Way], decimals: int, found: Shares
) -> None:
    value = case.right.value(case.address)
    places = np.argwhere(np.abs(value) > 1e-3)
    for _ in range(BY_CHANCE if len(places) else 0):
        entry = tuple(int(i) for i in places[rng.integers(len(places))])
        off = NEAREST * (FARTHEST / NEAREST) ** rng.random()
        number = round(float(value[entry]) + rng.choice((-1, 1)) * off * 10.0**-decimals, decimals)
        found[decimals, _low(off)][_asked(case, number, decimals, entry, known, rounding).kind] += 1


def _from_slips(
    rng: np.random.Generator,
    case: Case,
    known: list[Way],
    rounding: list[Way],
    decimals: int,
    named: Shares,
    without: Shares,
    missed: Counter[str],
    false: Counter[str],
) -> None:
    for slip in SLIPS:
        variants = [way for way in known if way.title == slip.name]
        for index in rng.permutation(len(variants))[:OF_A_SLIP]:
            made = _made(rng, case, variants[index], decimals)
            if made is None:
                continue
            number, entry, low = made
            result = _asked(case, number, decimals, entry, known, rounding)
            titles = {match.title: match.sure for match in result.matches}
            kind = ("asserted" if titles[slip.name] else "could be") if slip.name in titles else "not named"
            named[decimals, low][kind] += 1
            missed[slip.name] += slip.name not in titles
            others = [way for way in known if way.title != slip.name]
            exact = np.ravel(variants[index].value[entry])
            if not any(are_same(np.ravel(way.value[entry]), exact) for way in others):
                result = _asked(case, number, decimals, entry, others, rounding)
                without[decimals, low][result.kind] += 1
                if result.kind == "explained":
                    false[f"{result.matches[0].title} for {slip.name}"] += 1


def _made(rng: np.random.Generator, case: Case, way: Way, decimals: int) -> tuple[float, tuple[int, ...], int] | None:
    """A number that *way* gives, its entry, and how far it is off in units: at least two, as by chance."""
    right = case.right.value(case.address)
    with np.errstate(all="ignore"):
        off = np.abs(np.round(way.value, decimals) - np.round(right, decimals)) * 10.0**decimals
    is_there = np.isfinite(off) & (np.abs(np.round(way.value, decimals)) > 0)
    places = np.argwhere(is_there & (off > NEAREST - 0.5) & (off < FARTHEST))
    if not len(places):
        return None
    entry = tuple(int(i) for i in places[rng.integers(len(places))])
    if np.any(np.round(right, decimals) == np.round(way.value[entry], decimals)):
        return None  # it is written as another entry of the right value, and taken for that
    return round(float(way.value[entry]), decimals), entry, _low(max(float(off[entry]), NEAREST))


def _most(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common(8))


def _shares(rng: np.random.Generator, steps: list[Counter[str]]) -> str:
    """The shares of all *steps*, and the interval of what is asserted."""
    total = sum(steps, Counter[str]())
    of = np.array([[step["explained"] + step["asserted"], step.total()] for step in steps if step])
    drawn = of[rng.integers(len(of), size=(DRAWS, len(of)))].sum(axis=1) if len(of) else np.ones((1, 2))
    low, high = 100 * np.quantile(drawn[:, 0] / drawn[:, 1], (0.025, 0.975))
    shares = ", ".join(f"{kind} {100 * count / total.total():.1f} %" for kind, count in total.most_common())
    return f"{total.total()} numbers: {shares} (asserted {low:.1f} to {high:.1f})"


if __name__ == "__main__":
    main()
