"""A learner's own worksheet, judged line by line: which is the first that is wrong, and what follows from it.

Each line is compared with the right value, and with what follows from the learner's own wrong lines before it, so that
a slip is told from its consequences, and both from what comes of rounding on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

import numpy as np

from core.answers.answer import answer
from core.answers.asked import entry_of
from core.answers.carried import Carried
from core.answers.closeness import Closeness, closeness, decimals_compared, digits_of, units_apart
from core.answers.lines import OwnLine
from core.answers.said import Answer
from core.epoch.epoch import Epoch, made_at
from core.epoch.own_numbers import ByLines
from core.epoch.training import Training
from core.network import symbols
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.program.program import Address, Program
from core.slips.case import RETRAINED_AT_ONCE, Case
from core.slips.reading import Reading
from core.slips.rounded import MOST_ROUNDED

Verdict = Literal["right", "one unit off", "too coarse", "by rounding", "wrong", "follows"]
_CLOSE: Mapping[Closeness, Verdict] = {
    Closeness.RIGHT: "right",
    Closeness.ONE_UNIT_OFF: "one unit off",
    Closeness.TOO_COARSE: "too coarse",
}
# What stands at one step, in the order in which it is computed.
_WITHIN_STEP = {name: order for order, name in enumerate(("xo", "x", "y", "a", "h", "D", "dL/dOmega", "v", "s", "g"))}
ON_THE_WAY = ("a", "D", "v", "g", "s", "dhnext")  # parts of a step, of which no slip is known
_EARLIER = ""  # in the place of a symbol: the wrong lines of the epochs before
Own = Carried | ByLines  # an epoch done on a learner's own numbers
_FEWEST_DIGITS = 2  # by which a number tells which of two quantities is meant
_MOST_UNITS = 1000  # further off than this, the rounding of earlier lines is not asked
_MOST_WRONG = 24  # wrong lines from which others may follow; in more, something follows by chance
_MOST_DIGITS = 16  # entries of wrong lines whose digits left out are looked at
_MOST_PLACES = 8  # numbers of decimals to which rounding on the way is tried
_REACHED_SOON = 2000  # timesteps that are trained within a moment


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A line with its verdict.

    *address*: the step of the line's epoch that makes it. *right*: the true value. *own*: what follows from the
    learner's wrong lines before it. *follows_from*: those of its epoch that matter, by symbol, where it follows;
    *earlier*: whether wrong lines of an epoch before do. *before*: of a wrong line, the arithmetic up to it.
    """

    line: OwnLine
    address: Address
    verdict: Verdict
    right: Array
    own: Array
    follows_from: tuple[str, ...] = ()
    earlier: bool = False
    before: Own | None = None


def is_on_the_way(symbol: str, network: Network) -> bool:
    """Whether *symbol* is a part of a step, of which no slip is known."""
    name = symbols.parse(symbol).name
    return name in ON_THE_WAY and name not in network.cell_lines


def latest_epoch(training: Training) -> int:
    """The last epoch of which lines are judged: one that is reached, or trained within a moment."""
    return max(training.reached, _REACHED_SOON // training.network.T, 2)


def judge(training: Training, lines: Sequence[OwnLine]) -> tuple[Judged, ...]:
    """*lines* in the order of the epochs and of the program, each with its verdict."""
    order_of = Program(training.network).order_of

    def order(line: OwnLine) -> tuple[object, ...]:
        within = _WITHIN_STEP.get(symbols.parse(line.symbol).name, 0)
        return line.epoch, order_of(_address(line, training.network)), within, line.number

    judged: list[Judged] = []
    last: _OfEpoch | None = None
    lines = [_as_meant(line, training) if line.either else line for line in lines]
    for number, group in groupby(sorted(lines, key=order), key=lambda line: line.epoch):
        starts = last.onward(number, training) if last is not None else (None, None)
        last = _OfEpoch(training.epoch(number), tuple(group), *starts)
        judged += last.judged()
    return tuple(judged)


def explanation(training: Training, found: Judged, stated: float | None = None) -> Answer | None:
    """What explains a line that is wrong by itself, None where nothing is asked. *stated*: as in `core.slips.case`."""
    is_part = found.address.quantity == "letter" or is_on_the_way(found.line.symbol, training.network)
    if found.before is None or is_part:
        return None
    epoch = found.line.epoch
    before = found.before
    reading = (
        before.reading if isinstance(before, Carried) else Reading.of(before.tape, before.rule, before.learning_rate)
    )
    case = Case(training, epoch, found.address, reading, stated, epoch <= RETRAINED_AT_ONCE)
    return answer(case, found.line.given, entry_of(found.line.symbol))


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
    wrong = dict.fromkeys(symbols.text(found.line.symbol) for found in later if found.verdict == "wrong")
    others = [other for other in wrong if other != name]
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


class _OfEpoch:
    """Judges the lines of one epoch, in the order of the program.

    *noted*, *astray*: the parameters to which all lines of the epochs before lead, and only the wrong ones; None where
    there are none.
    """

    def __init__(
        self, epoch: Epoch, lines: Sequence[OwnLine], noted: Parameters | None, astray: Parameters | None
    ) -> None:
        right = epoch.tape.parameters
        self._epoch, self._lines, self._is_astray = epoch, lines, astray is not None
        kind = Carried if epoch.network.by_sheets else ByLines
        self._state: Own = kind(epoch.network, astray or right, epoch.rule, epoch.learning_rate)  # on the wrong lines
        written = {line.symbol: line.given.values for line in lines}
        self._exact = replace(self._state, parameters=noted or right, own=written)  # on all lines
        self._rounded: dict[int, Own] = {}
        self._wrong: dict[str, OwnLine] = {}
        self._nearby: tuple[Own, ...] | None = None

    def onward(self, number: int, training: Training) -> tuple[Parameters, Parameters | None]:
        """The parameters of epoch *number*, to which all lines lead, and the wrong ones."""

        def trained(carried: Own) -> Parameters:
            changes = training.changes.onward(self._epoch.number)
            further = Training(training.network, carried.after(), training.rule, training.learning_rate, changes)
            return further.epoch(number - self._epoch.number).tape.parameters

        return trained(self._exact), trained(self._state) if self._wrong or self._is_astray else None

    def judged(self) -> Iterator[Judged]:
        """Every line with its verdict."""
        found = [self._judged(line) for line in self._lines]
        without = {symbol: self._on(symbol, None) for symbol in self._wrong}
        if self._is_astray:
            without[_EARLIER] = replace(self._state, parameters=self._epoch.tape.parameters)
        for each in found:
            yield _traced(each, without) if each.verdict == "follows" else each

    def _judged(self, line: OwnLine) -> Judged:
        symbol, true = line.symbol, self._epoch.value(line.symbol)
        how = closeness(true, line.given)
        address = _address(line, self._epoch.network)
        if how in _CLOSE:
            return Judged(line, address, _CLOSE[how], true, true)
        own = self._state.value(symbol)
        if self._as_carried(line) or self._follows(line, own):
            return Judged(line, address, "follows", true, own)
        found = Judged(line, address, "wrong", true, own, before=self._state)
        if len(self._wrong) < _MOST_WRONG and symbol not in self._wrong:
            self._wrong[symbol] = line
            self._state, self._nearby = self._on(symbol, line.given.values), None
        return found

    def _on(self, symbol: str, value: Array | None) -> Own:
        """The arithmetic with another *value* of a wrong line, None for the right one."""
        own = {each: line.given.values for each, line in self._wrong.items() if each != symbol}
        return self._state.on(own if value is None else {**own, symbol: value})

    def _as_carried(self, line: OwnLine) -> bool:
        """Whether the line is what the learner's lines before it give, every value between them rounded or not."""
        if closeness(self._exact.value(line.symbol), line.given) is not Closeness.WRONG:
            return True
        if self._epoch.network.T > MOST_ROUNDED:
            return False
        places = int(np.max(line.given.decimals))
        if places not in self._rounded:
            if len(self._rounded) >= _MOST_PLACES:
                return False
            self._rounded[places] = replace(self._exact, places=places)
        return closeness(self._rounded[places].value(line.symbol), line.given) is not Closeness.WRONG

    def _follows(self, line: OwnLine, own: Array) -> bool:
        """Whether the line is what the wrong ones give: to one unit, and to what the digits left out may move."""
        if closeness(own, line.given) is not Closeness.WRONG:
            return True
        if units_apart(own, line.given) >= _MOST_UNITS:
            return False
        if self._nearby is None:
            self._nearby = tuple(self._moved()) if self._size() <= _MOST_DIGITS else ()
        moved = sum((np.abs(nearby.value(line.symbol) - own) for nearby in self._nearby), np.zeros(np.shape(own)))
        scale = 10.0 ** decimals_compared(line.given)
        return bool(np.all(np.abs(own - line.given.values) * scale <= 1 + moved * scale))

    def _size(self) -> int:
        return sum(line.given.values.size for line in self._wrong.values())

    def _moved(self) -> Iterator[Own]:
        """The arithmetic with an entry of a wrong line moved by as much as the digits left out may hold."""
        for symbol, line in self._wrong.items():
            for entry in np.ndindex(line.given.values.shape):
                nearby = np.array(line.given.values)
                nearby[entry] += 0.5 * 10.0 ** -float(line.given.decimals[entry])
                yield self._on(symbol, nearby)


def _traced(found: Judged, without: Mapping[str, Own]) -> Judged:
    """*found* with the wrong lines without which it would be another; where there are none, it is by rounding."""
    if not without:
        return replace(found, verdict="by rounding")
    others = np.array([carried.value(found.line.symbol) for carried in without.values()])
    off = np.abs(others - found.own) * 10.0 ** decimals_compared(found.line.given)
    matter = [
        symbol
        for symbol, is_far in zip(without, np.any(off.reshape(len(others), -1) > 1, axis=1), strict=True)
        if is_far
    ]
    follows_from = tuple(symbol for symbol in matter if symbol != _EARLIER)
    return replace(
        found,
        verdict="follows" if matter else "by rounding",
        follows_from=follows_from,
        earlier=_EARLIER in matter,
    )


def _as_meant(line: OwnLine, training: Training) -> OwnLine:
    """*line* of the other quantity that its name may mean, if it is that one's number."""
    epoch = training.epoch(line.epoch)
    here, there = epoch.value(line.symbol), epoch.value(line.either)
    if np.shape(here) != np.shape(there) or closeness(here, line.given) in _CLOSE:
        return line
    if closeness(there, line.given) is not Closeness.RIGHT or digits_of(line.given) < _FEWEST_DIGITS:
        return line
    return replace(line, symbol=line.either, note=f"taken for {symbols.text(line.either)}", either="")


def _address(line: OwnLine, network: Network) -> Address:
    address = made_at(line.symbol, network)
    if address is None:
        raise ValueError(f"{line.symbol} is given, not computed")
    return address
