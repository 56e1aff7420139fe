"""How often an answer asserts what is not so, and names what is: prints shares by distance, by decimals and by slip.

*By chance*: numbers that no slip made, at log-uniform distances of 2 to 10,000 units of the last decimal from the true
value, both signs; printed are the shares that are asserted, said as "could be", and said to agree. *A slip taken out*:
the number of a slip that the table does not know; what is asserted is false, unless another way gives the same number
by the mathematics. *A slip of the table*: the share in which it is named, asserted or as "could be".

Run from the project's root: ``python -m tests.benchmarks.bench_claims [SAMPLES]``; the seed is fixed.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from unittest.mock import patch

import numpy as np

from core.answers.answer import answer
from core.epoch.training import Training
from core.program.program import Address, Program
from core.slips import ways
from core.slips.case import Case, Slip
from core.slips.rules import rule_readings
from core.slips.table import SLIPS
from core.sources.opening import open_source
from core.sources.source import SHEETS
from core.writing.notation import Given
from tests.slip_cases import EXERCISES, case_of, entry_of

SAMPLES = 1500  # by chance, at each number of decimals; a quarter of it from the slips
SEED = 11
NEAREST, FARTHEST = 2.0, 1e4
EDGES = (2, 10, 100, 1000, 10_000)


def main() -> None:
    """Draw, ask and print."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    cases = list(_cases())
    for decimals in (4, 3):
        by_distance = _by_chance(np.random.default_rng(SEED), cases, decimals, samples)
        total: Counter[str] = sum(by_distance.values(), Counter())
        print(f"by chance, {decimals} decimals, {samples} numbers: {_shares(total)}")
        for low, high in pairwise(EDGES):
            print(f"    {low:>5} to {high:>6,} units: {_shares(by_distance[low])}")
    for decimals in (4, 3):
        _from_slips(np.random.default_rng(SEED), cases, decimals, max(samples // 4 // len(SLIPS), 2))


def _cases() -> Iterator[tuple[Training, float | None, list[Address]]]:
    """Both sheets, and random networks, with the steps that a number can be asked for."""
    for name in SHEETS:
        source = open_source(name)
        stated = source.worksheet.learning_rate_stated if source.worksheet is not None else None
        training = Training(source.network, source.parameters, source.rule, source.learning_rate)
        yield training, stated, _steps(training)
    for exercise in EXERCISES[1:40:4]:
        case = case_of(exercise, next(iter(Program(exercise.network))))
        yield case.training, case.stated, _steps(case.training)


def _steps(training: Training) -> list[Address]:
    return [address for address in Program(training.network) if address.quantity != "letter"]


def _drawn(rng: np.random.Generator, cases: list[tuple[Training, float | None, list[Address]]]) -> Case:
    training, stated, steps = cases[rng.integers(2) if rng.random() < 0.5 else rng.integers(len(cases))]
    return Case.of(training, 1, steps[rng.integers(len(steps))], stated)


def _entry(rng: np.random.Generator, value: np.ndarray) -> tuple[int, ...] | None:
    places = np.argwhere(np.abs(value) > 1e-3)
    return tuple(int(i) for i in places[rng.integers(len(places))]) if len(places) else None


def _by_chance(
    rng: np.random.Generator, cases: list[tuple[Training, float | None, list[Address]]], decimals: int, samples: int
) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    while sum(counter.total() for counter in found.values()) < samples:
        case = _drawn(rng, cases)
        value = case.right.value(case.address)
        entry = _entry(rng, value)
        if entry is None:
            continue
        off = NEAREST * (FARTHEST / NEAREST) ** rng.random()
        number = round(float(value[entry]) + rng.choice((-1, 1)) * off * 10.0**-decimals, decimals)
        low = max(edge for edge in EDGES if edge <= off)
        found[low][_kind(case, number, decimals, entry)] += 1
    return found


def _kind(case: Case, number: float, decimals: int, entry: tuple[int, ...]) -> str:
    return answer(case, _given(number, decimals), entry_of(entry)).kind


def _given(number: float, decimals: int) -> Given:
    return Given(np.array(number), np.array(decimals), f"{number:.{decimals}f}")


def _from_slips(
    rng: np.random.Generator, cases: list[tuple[Training, float | None, list[Address]]], decimals: int, each: int
) -> None:
    named, without = Counter[str](), Counter[str]()
    missed = Counter[str]()
    for slip in SLIPS:
        found = 0
        for _ in range(60 * each):
            made = _made(rng, _drawn(rng, cases), slip, decimals)
            if made is None:
                continue
            case, number, entry, alone = made
            found += 1
            result = answer(case, _given(number, decimals), entry_of(entry))
            titles = {match.title for match in result.matches}
            kind = "asserted" if slip.name in {match.title for match in result.matches if match.sure} else "could be"
            named[kind if slip.name in titles else "not named"] += 1
            missed[slip.name] += slip.name not in titles
            if alone:
                with patch.object(ways, "SLIPS", tuple(other for other in SLIPS if other is not slip)):
                    without[_kind(case, number, decimals, entry)] += 1
            if found == each:
                break
    print(f"a slip of the table, {decimals} decimals, {named.total()} numbers: {_shares(named)}")
    print(f"    most missed: {', '.join(f'{name} {count}' for name, count in missed.most_common(6) if count)}")
    print(f"a slip taken out, {decimals} decimals, {without.total()} numbers: {_shares(without)}")


def _made(
    rng: np.random.Generator, case: Case, slip: Slip, decimals: int
) -> tuple[Case, float, tuple[int, ...], bool] | None:
    """A number that *slip* gives and its entry, off by more than a unit; whether no other way gives it exactly."""
    right = case.right.value(case.address)
    variants = list(slip.make(case))
    if not variants:
        return None
    with np.errstate(all="ignore"):
        value = variants[rng.integers(len(variants))].reading.value(case.address)
        off = np.abs(np.round(value, decimals) - np.round(right, decimals)) * 10.0**decimals
    places = np.argwhere(np.isfinite(off) & (off > 1.5) & (off < FARTHEST) & (np.abs(np.round(value, decimals)) > 0))
    if not len(places):
        return None
    entry = tuple(int(i) for i in places[rng.integers(len(places))])
    if np.any(np.round(right, decimals) == np.round(value[entry], decimals)):
        return None  # it is written as another entry of the right value, and taken for that
    others = [variant.reading for other in SLIPS if other is not slip for variant in other.make(case)]
    others += [case.trained(found.rule, case.right.learning_rate) for found in rule_readings(case)]
    with np.errstate(all="ignore"):
        near = [abs(float(other.value(case.address)[entry] - value[entry])) for other in others]
    alone = not any(apart <= 1e-9 * max(abs(float(value[entry])), 1e-9) for apart in near)
    return case, round(float(value[entry]), decimals), entry, alone


def _shares(counts: Counter[str]) -> str:
    total = max(counts.total(), 1)
    return ", ".join(f"{kind} {100 * count / total:.1f} %" for kind, count in counts.most_common())


if __name__ == "__main__":
    main()
