"""Every slip against slow loops: found where it gives the number, never claimed where it does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import pytest

from core.answers.answer import answer
from core.network.network import Parameters
from core.network.rule import EXACT, NAMED_RULES, Rule
from core.program.program import Address, Phase, Program
from core.slips.rules import TITLES, rule_readings
from core.slips.table import SLIPS
from core.slips.way_back import BACK, SLOPES
from tests.slip_cases import (
    DECIMALS,
    EXERCISES,
    SQUARE,
    SWAPPED,
    case_of,
    entry_of,
    far,
    meant,
    on_a_half,
    rounds_to,
    sheet_exercises,
    ways_once,
    written,
)
from tests.slip_oracles import LINES, VARIED, WAYS, numbers, numbers_so_far
from tests.slow_epoch import CHAINED, Rounder
from tests.strategies import SUBSETS
from tests.worksheet_oracle import stands

FOUND = 4  # times that each slip is found
CLEAR = 10  # units off the true value, from which on it is always named; nearer, others may fit by chance as well
PLACES = range(6, 0, -1)
NAMES = [*LINES, *VARIED, *WAYS]  # all that may be made in the cell of the sheets
WITHOUT_EFFECT = {  # on the sheets, which have one hidden unit, begin with b = c = 0, and go back by the values only
    "transposed", "W for Wᵀ", "Wᵀ for W", "Uᵀ for U", "Vᵀ for V", "all matrices transposed", "the gradient transposed",
    "the mean over the units", "scaled scores", "b left out", "b counted twice", "c left out", "c counted twice",
    "attention’s softmax on its diagonal only",
}  # fmt: skip
ONE_EPOCH = {  # of which no update comes out otherwise
    "log base 10", "log base 2", "the loss without its minus", "the sign of the error", "Adagrad’s or Adam’s step",
}  # fmt: skip
WITH_ROUNDING, WITH_ETA, BY_EXACT = ", with rounding on the way", ", with the stated η", ", by the exact rule"

READINGS: dict[str, Callable[[Rule], Rule]] = {
    TITLES[name]: lambda _rule, other=rule: other for name, rule in NAMED_RULES.items()
} | {
    "sign turned": lambda rule: replace(rule, sign=-rule.sign),
    "weight turned": lambda rule: replace(rule, weight="score" if rule.weight == "softmax" else "softmax"),
    "output state turned": lambda rule: replace(rule, output_state="h" if rule.output_state == "Z" else "Z"),
    "embedding row turned": lambda rule: replace(rule, embedding_row="k" if rule.embedding_row == "t" else "t"),
    **{f"paths {' '.join(paths)}": partial(replace, paths=frozenset(paths)) for paths in SUBSETS if paths},
}


@pytest.fixture(scope="module", autouse=True)
def _once():
    with ways_once():
        yield


@pytest.fixture(scope="module")
def sheets(sheet_a, sheet_b):
    return sheet_exercises(sheet_a, sheet_b)


def is_clear(number, right):
    """Whether a slip must be named: far from the true value, and written with more than one digit."""
    return far(number, right, units=CLEAR) and np.max(np.abs(number)) >= 10.0 ** (1 - DECIMALS)


# -- asking -------------------------------------------------------------------------------------------------


def now(exercise):
    """What the exercise's epoch starts with."""
    return Parameters(exercise.work().P)


def explains(match, exercise, address, index, number):
    """Whether the loops agree that what *match* says gives *number*, and is no rounding of the right one."""
    right = exercise.right(address)[index]
    if match.title == SWAPPED:
        return sorted(f"{number:.{DECIMALS}f}") == sorted(f"{right:.{DECIMALS}f}") and far(number, right)
    ruled = exercise if match.rule is None else replace(exercise, rule=match.rule)
    slip = match.title.removesuffix(WITH_ROUNDING).removesuffix(BY_EXACT)
    if slip in NAMES and match.title.endswith(BY_EXACT):
        given = [*numbers(slip, replace(exercise, rule=EXACT, initial=now(exercise), epoch=1), address)]
    elif slip in NAMES and slip != match.title:
        note = Rounder(DECIMALS)
        given = [*numbers(slip, exercise, address, note)]
        if note.undecided:
            return True
    elif "rounding" in match.title:
        found = [ruled.rounded(address, places) for places in PLACES]
        return any(value is None or rounds_to(value[index], number) for value in found)
    elif match.title.endswith(WITH_ETA):
        turned = [replace(exercise, rule=turn(exercise.rule), eta=exercise.stated) for turn in READINGS.values()]
        given = [other.right(address) for other in turned]
    else:
        given = [ruled.right(address)] if match.rule is not None else [*numbers(match.title, exercise, address)]
    if exercise.epoch > 1 and match.rule is None:  # it may be done in this epoch alone, or in every epoch so far
        alone = replace(exercise, initial=now(exercise), epoch=1)
        given += [*numbers(slip, alone, address), *numbers_so_far(slip, exercise, address)]
    units = 0 if match.equal else 1
    given_away = any(rounds_to(value[index], number, units=units) for value in given)
    return given_away and not (match.equal and rounds_to(right, number) and not on_a_half(right))


def ask(exercise, address, index, number):
    """The answer to *number*, after the true value has been found to agree, and every match to be true."""
    case = case_of(exercise, address)
    right = exercise.right(address)[index]
    if not on_a_half(right):
        true = answer(case, written(right), entry_of(index))
        assert true.kind in ("agrees", "too coarse"), address  # a 0 for what is not 0
        assert (true.matches, true.differing) == ((), ()), address
    given = written(number)
    result = answer(case, given, entry_of(index))
    for match in result.matches:
        assert explains(match, exercise, address, index, given.values), (address, index, number, match)
        assert "{" not in match.sentence
    if result.kind == "agrees":
        assert "rounded to" in result.headline, (address, index, number, result.headline)
    else:
        assert result.kind in ("explained", "could be") or not is_clear(number, right), (address, index, number)
        pairs = zip(np.ravel(right), np.ravel(given.values), strict=True)
        changed = [stands(float(true), f"{own:.{DECIMALS}f}") == "follows" for true, own in pairs]
        assert len(result.differing) == (sum(changed) if np.ndim(right) else 0)
    return result


@lru_cache
def groups(network):
    """The steps of an epoch by quantity, terms apart from sums."""
    found: dict[tuple[Phase, str, bool], list[Address]] = {}
    for address in Program(network):
        found.setdefault((address.phase, address.quantity, bool(address.indices)), []).append(address)
    return list(found.values())


ONLY = {
    "tanh left out here": lambda a: a.phase is Phase.FORWARD and a.quantity == "h",
    "hₖ for hₖ₋₁": lambda a: a.quantity == "W",
    "xₖ₋₁ for xₖ": lambda a: a.quantity == "U",
    **dict.fromkeys(
        ("+ η", "b moves twice", "the gradient transposed", "Adagrad’s or Adam’s step"),
        lambda a: a.phase is Phase.UPDATE,
    ),
    "hₖ for hₖ₋₁ at one timestep": lambda a: a.quantity == "W",
    "hₖ₊₁ for hₖ₋₁": lambda a: a.quantity == "W",
    "the last state everywhere": lambda a: a.quantity == "W",
    "rows of ∂L/∂E overwritten": lambda a: a.quantity == "E",
    "b not counted at t = 1": lambda a: a.quantity == "b",
    "the mean over the units": lambda a: a.quantity == "b",
    "clipped by value": lambda a: a.is_sum or a.phase is Phase.UPDATE,
    "clipped by norm": lambda a: a.is_sum or a.phase is Phase.UPDATE,
    "another parameter’s gradient": lambda a: a.is_sum or a.phase is Phase.UPDATE,
    "overwritten in a reversed loop": lambda a: a.is_sum or a.phase is Phase.UPDATE,
    "the stated η": lambda a: a.phase is Phase.UPDATE,
    "the exact rule with the stated η": lambda a: a.phase is Phase.UPDATE,
    "the running total for the term": lambda a: (
        a.phase is Phase.BACKWARD and a.indices != () and a.quantity in (*CHAINED, "V", "c")
    ),
    "output state turned": lambda a: a.quantity == "V",
    "embedding row turned": lambda a: a.quantity == "E",
    **dict.fromkeys(("log base 10", "log base 2", "the loss without its minus"), lambda a: a.quantity == "L"),
    **dict.fromkeys(
        ("the last term missing", "overwritten, term by term", "transposed"),
        lambda a: a.is_sum or a.phase is Phase.UPDATE,
    ),
    **dict.fromkeys(
        [name for name in READINGS if name.startswith(("sign", "weight", "paths"))]
        + [slip.name for slip in (*SLOPES, *BACK)]
        + ["the new V in the chain", "overwritten, loss by loss"],
        lambda a: a.quantity in CHAINED,
    ),
}


def tries(exercise, name, draw, most=4):
    """Steps at which the slip *name* may matter, drawn quantity by quantity."""
    found = [group for group in groups(exercise.network) if ONLY.get(name, lambda _: True)(group[0])]
    return [draw.choice(group) for group in draw.sample(found, min(most, len(found)))]


def slipped(name, exercise, address, draw, decimals=DECIMALS):
    """A number of the slip *name* that is more than one unit off, and its index; None where it changes nothing."""
    right = exercise.right(address)
    ways = list(numbers(name, exercise, address))
    draw.shuffle(ways)
    for value in ways:
        if np.all(np.isfinite(value)) and far(value, right, decimals) and not on_a_half(value, decimals):
            index = meant(value, right, draw.random() < 0.5)
            if index is not None and np.any(np.round(value[index], decimals)):
                return value[index], index
    return None


# -- every slip ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("exercise", [*EXERCISES[1:7], *SQUARE[1:7]])
def test_all_that_is_computed_of_a_slip_the_loops_compute_too(exercise, way):
    draw, checked = random.Random(1), 0
    addresses = list(Program(exercise.network, way=way))
    for address in draw.sample(addresses, 5):
        case = case_of(exercise, address)
        right = case.right.value(address)
        for slip in SLIPS:
            if (slip.name, address.quantity) == ("the slope only at k", "h"):
                continue  # the loops have no ∂L/∂h without the slope that comes after it
            values = [variant.change(case.right).value(address) for variant in slip.make(case)]
            loops = list(numbers(slip.name, exercise, address)) if values else []
            for value in values:
                near = (np.allclose(value, each, rtol=1e-8, atol=1e-10, equal_nan=True) for each in (right, *loops))
                assert any(near), (slip.name, address)
                checked += 1
    assert checked > 100


def test_every_slip_of_the_table_has_an_oracle():
    assert sorted(NAMES) == sorted([*LINES, *VARIED, *WAYS])


@pytest.mark.parametrize("name", NAMES)
def test_a_slip_is_found_on_random_networks(name):
    start, found = 23 * NAMES.index(name) % len(EXERCISES), 0
    exercises = [*EXERCISES[start:], *EXERCISES[:start], *SQUARE, *SQUARE]
    for number, exercise in enumerate(exercises):
        draw = random.Random(start + number)
        for address in tries(exercise, name, draw):
            made = slipped(name, exercise, address, draw)
            if made is not None:
                result = ask(exercise, address, made[1], made[0])
                is_named = name in [match.title for match in result.matches]
                assert is_named or not is_clear(made[0], exercise.right(address)[made[1]]), (address, made)
                found += is_named
                break
        if found == FOUND:
            return
    raise AssertionError(f"found {found} times")


@pytest.mark.parametrize("name", NAMES)
def test_a_slip_is_found_on_the_sheets(name, sheets):
    draw, found = random.Random(name), 0
    for exercise in sheets:
        for address in tries(exercise, name, draw):
            made = slipped(name, exercise, address, draw)
            if made is not None:
                result = ask(exercise, address, made[1], made[0])
                is_named = name in [match.title for match in result.matches]
                assert is_named or not is_clear(made[0], exercise.right(address)[made[1]]), (address, made)
                found += is_named
    assert found > 0 or name in WITHOUT_EFFECT


LASTING = [name for name in NAMES if name in [*LINES, *VARIED]]


@pytest.mark.parametrize("name", [name for name in LASTING if name not in ONE_EPOCH])
def test_a_slip_made_at_every_epoch_is_found(name):
    found = 0
    for number, exercise in enumerate([*SQUARE[:20], *EXERCISES[:40]]):
        exercise, draw = replace(exercise, epoch=2 + number % 2), random.Random(number)
        for address in draw.sample(list(Program(exercise.network)), 2):
            for value in numbers_so_far(name, exercise, address):
                if address.quantity == "letter" or not np.all(np.isfinite(value)) or on_a_half(value):
                    continue
                index = meant(value, exercise.right(address), whole=False)
                others = [other[index] for other in numbers(name, exercise, address) if index is not None]
                if index is None or not all(is_clear(value[index], other) for other in others):
                    continue
                if is_clear(value[index], exercise.right(address)[index]):
                    result = ask(exercise, address, index, value[index])
                    assert name in [match.title for match in result.matches], (exercise.epoch, address, value[index])
                    found += 1
                    break
        if found >= 2:
            return
    raise AssertionError(f"found {found} times")


@pytest.mark.parametrize("title", READINGS)
def test_another_rule_is_found_on_random_networks(title):
    start, found = 17 * list(READINGS).index(title), 0
    for number in range(len(EXERCISES)):
        exercise, draw = EXERCISES[(start + number) % len(EXERCISES)], random.Random(start + number)
        rule = READINGS[title](exercise.rule)
        for address in tries(exercise, title, draw):
            right, other = exercise.right(address), replace(exercise, rule=rule).right(address)
            index = meant(other, right, draw.random() < 0.5)
            if index is None or not far(other, right) or on_a_half(other):
                continue
            result = ask(exercise, address, index, other[index])
            named = title in TITLES.values()
            ruled = [m for m in result.matches if m.rule is not None and m.is_named >= named]
            is_named = any(rounds_to(replace(exercise, rule=m.rule).right(address)[index], other[index]) for m in ruled)
            assert is_named or not far(other[index], right[index], units=CLEAR), address
            found += is_named
            break
        if found == FOUND:
            return
    raise AssertionError(f"found {found} times")


def test_a_switch_of_the_rule_with_the_stated_rate_is_found(sheets):
    found = 0
    for exercise in sheets:
        for title, turn in READINGS.items():
            other = replace(exercise, rule=turn(exercise.rule), eta=exercise.stated)
            for name in exercise.network.parameter_shapes:
                address = Address(Phase.UPDATE, name)
                number, right = other.right(address), exercise.right(address)
                by_rate = replace(exercise, eta=exercise.stated).right(address)
                index = meant(number, right, whole=False)
                if index and other.rule != EXACT and is_clear(number[index], right[index]) and far(number, by_rate):
                    titles = [match.title for match in ask(exercise, address, index, number[index]).matches]
                    as_exact = "the exact rule with the stated η"  # which a switch may come to
                    assert any(each.endswith(WITH_ETA) or each == as_exact for each in titles), (title, name)
                    found += 1
    assert found > 10


def test_a_slip_with_rounding_on_the_way_is_found_and_said_with_it(sheets):
    found = 0
    for exercise in (*sheets, *EXERCISES[1:20]):
        for name in ("no tanh′", "hₖ for hₖ₋₁", "only k = m", "the slope of a sigmoid", "truncated", "b left out"):
            for address in (Address(Phase.BACKWARD, "W"), Address(Phase.BACKWARD, "U")):
                note = Rounder(DECIMALS)
                plain = list(numbers(name, exercise, address))
                for value, other in zip(plain, numbers(name, exercise, address, note), strict=True):
                    index = meant(other, exercise.right(address), whole=True)
                    if not far(value, other, units=1) or note.undecided or on_a_half(other):
                        continue
                    if is_clear(other[index], exercise.right(address)[index]):
                        result = ask(exercise, address, index, other[index])
                        marked = [match for match in result.matches if match.title == name + WITH_ROUNDING]
                        assert marked or name in [match.title for match in result.matches]
                        assert all("rounded to 4 places" in match.done for match in marked)
                        found += bool(marked)
        if found > 3:
            return
    raise AssertionError(f"found {found} times")


def test_another_rule_is_found_timestep_by_timestep(sheets):
    exercise, found = sheets[0], 0
    exact = replace(exercise, rule=EXACT)
    for address in Program(exercise.network, way="timesteps"):
        value, right = exact.right(address), exercise.right(address)
        index = meant(value, right, whole=False)
        if address.phase is Phase.BACKWARD and index is not None and is_clear(value[index], right[index]):
            titles = [match.title for match in ask(exercise, address, index, value[index]).matches]
            assert TITLES["exact"] in titles or address.quantity == "V", address
            found += address.quantity in ("h", "a", "W")
    assert found > 5


def test_before_the_states_only_the_sign_of_a_rule_is_seen(sheets):
    for name in ("Z", "alpha", "A"):
        case = case_of(sheets[0], Address(Phase.BACKWARD, name, (3,)))
        assert {reading.rule.sign for reading in rule_readings(case)} == {-1}


@pytest.mark.parametrize("name", ["no tanh′", "−1/ŷ for the error", "truncated", "the slope one timestep before"])
def test_a_slip_by_the_exact_rule_is_found_where_another_is_in_use(sheets, name):
    exercise, address, found = sheets[0], Address(Phase.BACKWARD, "W"), 0
    for value in numbers(name, replace(exercise, rule=EXACT), address):
        index = (0, 0)
        if is_clear(value[index], exercise.right(address)[index]):
            matches = ask(exercise, address, index, value[index]).matches
            found += name + BY_EXACT in [match.title for match in matches]
    assert found


@pytest.mark.parametrize("places", [1, 2, 3, 4])
def test_rounding_on_the_way_is_found_on_random_networks(places):
    found = 0
    for number in range(len(EXERCISES)):
        exercise, draw = EXERCISES[(50 * places + number) % len(EXERCISES)], random.Random(number)
        for address in tries(exercise, "rounding", draw):
            right, value = exercise.right(address), exercise.rounded(address, places)
            if value is None or not np.all(np.isfinite(value)) or not far(value, right, units=0):
                continue
            index, number = meant(value, right, draw.random() < 0.5), np.round(value, DECIMALS)
            ways = [exercise.rounded(address, fine) for fine in PLACES]
            if index is None or not all(way is not None and np.all(np.isfinite(way)) for way in ways):
                continue
            if on_a_half([right, *ways]):
                continue
            if not far(value[index], right[index], units=0):
                continue
            finest = next(p for p, way in zip(PLACES, ways, strict=True) if rounds_to(way[index], number[index]))
            if not np.any(number[index]) or not np.any(np.round(right[index], finest)):
                continue  # nothing is left of it
            result = answer(case_of(exercise, address), written(number[index]), entry_of(index))
            title = f"rounding to {finest} decimals on the way"
            if not far(number[index], right[index], units=1):
                assert result.kind in ("agrees", "too coarse")
            elif finest >= DECIMALS or far(number[index], right[index], units=CLEAR):
                assert title in [match.title for match in result.matches]
                assert result.by_rounding == (finest >= DECIMALS)
            found += 1
            break
        if found == FOUND:
            return
    raise AssertionError(f"found {found} times")


def test_swapped_digits_are_found_on_random_networks():
    found = 0
    for number, exercise in enumerate(EXERCISES[::3]):
        draw = random.Random(number)
        for address in tries(exercise, SWAPPED, draw, 1):
            right = exercise.right(address)
            index = tuple(draw.randrange(size) for size in right.shape)
            text = f"{right[index]:.{DECIMALS}f}"
            i = draw.randrange(len(text) - 1)
            swapped = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
            if not text[i : i + 2].isdigit() or any(rounds_to(other, float(swapped)) for other in np.ravel(right)):
                continue
            matches = [m for m in ask(exercise, address, index, float(swapped)).matches if m.title == SWAPPED]
            assert matches or not far(float(swapped), right[index], units=CLEAR)
            assert all(m.sentence == f"The digits {text[i : i + 2]} are swapped. It is {text}." for m in matches)
            found += bool(matches)
    assert found >= FOUND
