"""A learner's own worksheet, judged line by line: which is the first that is wrong, and what follows from it.

Each line is compared with the right value, and with what follows from the learner's own wrong lines before it, so that
a slip is told from its consequences, and both from what comes of rounding on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from core.answers.answer import answer
from core.answers.asked import entry_of
from core.answers.closeness import Closeness, closeness, decimals_compared, units_apart
from core.answers.lines import OwnLine
from core.answers.said import Answer
from core.epoch.backward import asked_of, error_at
from core.epoch.epoch import made_at
from core.epoch.training import Training
from core.network import symbols
from core.network.arrays import Array
from core.program.program import Address, Program
from core.slips.backward import round_to
from core.slips.by_hand import forward_by_hand
from core.slips.case import RETRAINED_AT_ONCE, Case
from core.slips.reading import MOST_ROUNDED, Reading, Rounded
from core.writing.notation import Given

Verdict = Literal["right", "one unit off", "too coarse", "by rounding", "wrong", "follows"]
_CLOSE: Mapping[Closeness, Verdict] = {
    Closeness.RIGHT: "right",
    Closeness.ONE_UNIT_OFF: "one unit off",
    Closeness.TOO_COARSE: "too coarse",
}
_ON_THE_WAY = ("a", "D", "v", "g", "s")  # parts of a step, of which no slip is known
_MOST_UNITS = 1000  # further off than this, the rounding of earlier lines is not asked


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A line with its verdict.

    *address*: the step that makes it. *right*: the true value. *own*: what follows from the learner's wrong lines
    before it. *follows_from*: those that matter, by symbol, where it follows. *answer*: of a line that is wrong by
    itself, what explains it, None where nothing is asked.
    """

    line: OwnLine
    address: Address
    verdict: Verdict
    right: Array
    own: Array
    follows_from: tuple[str, ...] = ()
    answer: Answer | None = None


def judge(training: Training, epoch: int, lines: Sequence[OwnLine], stated: float | None = None) -> tuple[Judged, ...]:
    """*lines* in the order of the program, each with its verdict. *stated*: η, as in `core.slip.Case`."""
    right = Reading.right(training.epoch(epoch))
    program = Program(training.network)
    before: dict[str, Given] = {}
    wrong: dict[str, Given] = {}
    judged = []
    for line in sorted(lines, key=lambda line: (program.position(_address(line, training)), line.number)):
        address = _address(line, training)
        found = _judged(line, address, right, before, wrong)
        is_part = address.quantity == "letter" or symbols.parse(line.symbol).name in _ON_THE_WAY
        if found.verdict == "wrong" and not is_part:
            case = Case(training, epoch, address, _from(right, _values(wrong)), stated, epoch <= RETRAINED_AT_ONCE)
            found = replace(found, answer=answer(case, line.given, entry_of(line.symbol)))
        if found.verdict == "wrong":
            wrong[line.symbol] = line.given
        before[line.symbol] = line.given
        judged.append(found)
    return tuple(judged)


def first_wrong(judged: Sequence[Judged]) -> Judged | None:
    """The first line that is wrong by itself."""
    return next((found for found in judged if found.verdict == "wrong"), None)


def summary(judged: Sequence[Judged]) -> str:
    """``h₂ is the first that is wrong; all later ones follow from it.``"""
    if not judged:
        return ""
    first = first_wrong(judged)
    if first is None:
        return _all_right([found.verdict for found in judged])
    name = symbols.text(first.line.symbol)
    later = judged[judged.index(first) + 1 :]
    follow = sum(found.verdict == "follows" for found in later)
    others = [symbols.text(found.line.symbol) for found in later if found.verdict == "wrong"]
    words = f"{name} is the first that is wrong"
    if later and follow == len(later):
        words += "; all later ones follow from it" if follow > 1 else "; the line after it follows from it"
    elif follow:
        words += f"; {follow} later one{'s follow' if follow > 1 else ' follows'} from it"
    if others:
        ends = "are wrong by themselves" if len(others) > 1 else "is wrong by itself"
        words += f"; {', '.join(others)} {ends}"
    return f"{words}."


def _all_right(verdicts: Sequence[Verdict]) -> str:
    coarse = verdicts.count("too coarse")
    if coarse:
        few = f"{coarse} of {len(verdicts)} lines {'are' if coarse > 1 else 'is'} too coarse to tell: give three digits"
        return "Too coarse to tell: give three digits." if len(verdicts) == 1 else f"No line is wrong; {few}."
    if len(verdicts) == 1:
        ends = {"one unit off": ", within one unit", "by rounding": ", by rounding on the way"}
        return f"The line is right{ends.get(verdicts[0], '')}."
    off, rounded = verdicts.count("one unit off"), verdicts.count("by rounding")
    words = f"All {len(verdicts)} lines are right"
    if off:
        words += f", {off} of them within one unit"
    if rounded:
        words += f", {rounded}{'' if off else ' of them'} by rounding on the way"
    return f"{words}."


def _judged(
    line: OwnLine, address: Address, right: Reading, before: Mapping[str, Given], wrong: Mapping[str, Given]
) -> Judged:
    true = _value(right, line.symbol, address)
    how = closeness(true, line.given)
    if how in _CLOSE:
        return Judged(line, address, _CLOSE[how], true, true)
    own = _value(_from(right, _values(wrong)), line.symbol, address)
    if not _as_carried(line, address, right, before) and not _follows(line, address, right, wrong, own):
        return Judged(line, address, "wrong", true, own)
    matter = tuple(symbol for symbol in wrong if _matters(symbol, line, address, right, wrong, own))
    return Judged(line, address, "follows" if matter else "by rounding", true, own, matter)


def _as_carried(line: OwnLine, address: Address, right: Reading, before: Mapping[str, Given]) -> bool:
    """Whether the line is what the learner's lines before it give, every value between them rounded or not."""
    values, places = _values(before), int(np.max(line.given.decimals))
    if closeness(_value(_from(right, values), line.symbol, address), line.given) is not Closeness.WRONG:
        return True
    if right.network.T > MOST_ROUNDED:
        return False
    carried = _value(_from(right, values, places), line.symbol, address)
    return closeness(carried, line.given) is not Closeness.WRONG


def _matters(
    symbol: str, line: OwnLine, address: Address, right: Reading, wrong: Mapping[str, Given], own: Array
) -> bool:
    """Whether the line would be another without the wrong *symbol*."""
    without = {each: given.values for each, given in wrong.items() if each != symbol}
    moved = np.abs(_value(_from(right, without), line.symbol, address) - own)
    return bool(np.any(moved * 10.0 ** decimals_compared(line.given) > 1))


def _follows(line: OwnLine, address: Address, right: Reading, wrong: Mapping[str, Given], own: Array) -> bool:
    """Whether the line is what the wrong ones give: to one unit, and to what the digits left out of those may move."""
    if closeness(own, line.given) is not Closeness.WRONG:
        return True
    if units_apart(own, line.given) >= _MOST_UNITS:
        return False
    moved, values = np.zeros(np.shape(own)), _values(wrong)
    for symbol, given in wrong.items():
        for entry in np.ndindex(given.values.shape):
            nearby = np.array(given.values)
            nearby[entry] += 0.5 * 10.0 ** -float(given.decimals[entry])
            moved += np.abs(_value(_from(right, {**values, symbol: nearby}), line.symbol, address) - own)
    scale = 10.0 ** decimals_compared(line.given)
    return bool(np.all(np.abs(own - line.given.values) * scale <= 1 + moved * scale))


def _values(wrong: Mapping[str, Given]) -> dict[str, Array]:
    return {symbol: given.values for symbol, given in wrong.items()}


def _from(right: Reading, values: Mapping[str, Array], places: int | None = None) -> Reading:
    """The right arithmetic with the learner's *values* in it, all others rounded to *places* decimals."""
    if not values and places is None:
        return right
    rounding = None if places is None else partial(round_to, places)
    tape = forward_by_hand(right.network, right.tape.parameters, given=values, rounded=rounding)
    yhat = np.array(tape.yhat)
    for symbol, value in values.items():
        found = symbols.parse(symbol)
        if found.name == "dL/dOmega":
            row = found.indices[0] - 1
            yhat[row] = value + right.network.one_hot_targets[row]
    whole = {symbol: value for symbol, value in values.items() if not symbols.parse(symbol).indices and symbol != "L"}
    asks = replace(tape, yhat=yhat)
    if places is None:
        return replace(right.on(tape), asks=asks, given=whole)
    return Rounded(tape, asks, tape, tape, right.rule, right.learning_rate, given=whole, places=places)


def _value(reading: Reading, symbol: str, address: Address) -> Array:
    found = symbols.parse(symbol)
    name, tape, row = found.name, reading.tape, found.indices[0] - 1 if found.indices else 0
    if name in ("xo", "y", "x", "a", "D"):
        network = reading.network
        rows = {"xo": network.one_hot_inputs, "y": network.one_hot_targets, "x": tape.x, "a": tape.a}
        return np.asarray(1 - np.square(tape.h[row + 1]) if name == "D" else rows[name][row])
    if name in ("v", "g", "s"):
        v = error_at(reading.asks, reading.rule, row + 1)
        if name == "v":
            return v
        i = found.indices[1]
        if name == "g":
            return asked_of(reading.asks, reading.rule, row + 1, i)
        return np.asarray((tape.h[i] - tape.Z[row]) @ v)
    value = reading.value(address)
    return np.asarray(value[found.indices[1] - 1]) if name == "alpha" else value


def _address(line: OwnLine, training: Training) -> Address:
    address = made_at(line.symbol, training.network)
    if address is None:
        raise ValueError(f"{line.symbol} is given, not computed")
    return address
