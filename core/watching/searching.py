"""Running to a stop: by arithmetic to a step, by what is written to a condition; in slices, forwards as backwards."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from core.epoch.epoch import Epoch
from core.epoch.training import Training
from core.network.arrays import Array
from core.program.cursor import Cursor
from core.program.program import Program
from core.watching.finite import first_not_finite
from core.watching.language import read
from core.watching.passing import by_loss, is_other
from core.watching.quantities import Places
from core.watching.stop import NotFinite, Stop, When
from core.watching.stops import places
from core.watching.watched import Watched, WatchError

_SLICE = 0.005  # seconds of training between two looks at its losses
_LONGEST_WAIT = 256  # epochs that are looked at before it is tried again whether some can be passed by

Earlier = Callable[[], Epoch | None]  # the epoch before, None before the first


@dataclass(frozen=True, slots=True)
class Found:
    """Where running ended. *which*: the stops that hold there, by their place; none at the end of the way."""

    cursor: Cursor
    which: tuple[int, ...] = ()


class Sought(Protocol):
    """A stop in one epoch: the steps at which it may be, in either direction, and whether it is there."""

    def after(self, position: int) -> int | None:
        """The first step after *position* at which it may be."""

    def before(self, position: int) -> int | None:
        """The last step before *position* at which it may be."""

    def holds(self, position: int) -> bool:
        """Whether it is at such a step."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """Steps that are known without looking."""

    places: Sequence[Places]

    def after(self, position: int) -> int | None:
        return min((at for each in self.places if (at := each.after(position)) is not None), default=None)

    def before(self, position: int) -> int | None:
        return max((at for each in self.places if (at := each.before(position)) is not None), default=None)

    def holds(self, _position: int) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _Spoiled:
    """The one step *at*, if there is one."""

    at: int | None

    def after(self, position: int) -> int | None:
        return self.at if self.at is not None and self.at > position else None

    def before(self, position: int) -> int | None:
        return self.at if self.at is not None and self.at < position else None

    def holds(self, _position: int) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _Conditional:
    """Steps that have to be looked at."""

    when: When
    watched: Watched
    program: Program
    epoch: Epoch
    earlier: Earlier

    def after(self, position: int) -> int | None:
        return self.watched.after(self.program, position)

    def before(self, position: int) -> int | None:
        return self.watched.before(self.program, position)

    def holds(self, position: int) -> bool:
        if self.when.how == "holds":
            return self.watched.holds(self.epoch, self.program, position)
        before = value_before(self.watched, self.epoch, self.program, position, self.earlier)
        return before is not None and is_other(
            self.when, before.value, self.watched.value(self.epoch, self.program, position)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What a watch was before: its *value* at a step of this epoch, or in the end of the epoch before."""

    value: Array
    cursor: Cursor


def value_before(watched: Watched, epoch: Epoch, program: Program, position: int, earlier: Earlier) -> Before | None:
    """What *watched* was before the step at *position* wrote it: earlier in the epoch, else in the epoch before."""
    place = watched.before(program, position)
    if place is not None:
        return Before(watched.value(epoch, program, place), Cursor(epoch.number, place))
    last = earlier()
    if last is None:
        return None
    end = watched.before(program, len(program) + 1) or len(program)
    return Before(watched.value(last, program, end), Cursor(last.number, end))


def sought(stop: Stop, epoch: Epoch, program: Program, earlier: Earlier) -> Sought | None:
    """*stop* in *epoch*; None where it is off, or *program* has no such step."""
    if not stop.is_on:
        return None
    match stop.at:
        case NotFinite():
            return _Spoiled(first_not_finite(epoch, program))
        case When():
            try:
                return _Conditional(stop.at, read(stop.at.text, program.network), program, epoch, earlier)
            except WatchError:
                return None
    return _Placed(places(stop.at, program))


def here(stops: Sequence[Stop], epoch: Epoch, program: Program, earlier: Earlier, position: int) -> tuple[int, ...]:
    """Which of *stops* hold at the step at *position*."""
    found = ((which, sought(stop, epoch, program, earlier)) for which, stop in enumerate(stops))
    return tuple(
        which for which, each in found if each and each.after(position - 1) == position and each.holds(position)
    )


def run(
    stops: Sequence[Stop], epoch: Epoch, program: Program, earlier: Earlier, start: int, end: int
) -> Generator[int, None, Found]:
    """The stop next to *start*, on the way to *end*, which may lie before it; else *end*.

    Gives, again and again, the position that it looks at, so that it can be told of and cancelled.
    """
    forwards = end > start
    each_sought = [
        (which, found) for which, stop in enumerate(stops) if (found := sought(stop, epoch, program, earlier))
    ]
    each_sought.sort(key=lambda item: isinstance(item[1], _Conditional))  # what is arithmetic bounds the others
    bound, holding = end, list[int]()
    for which, each in each_sought:
        at = each.after(start) if forwards else each.before(start)
        while at is not None and (at <= bound if forwards else at >= bound):
            if isinstance(each, _Conditional):
                yield at
            if each.holds(at):
                holding = [*holding, which] if at == bound else [which]
                bound = at
                break
            at = each.after(at) if forwards else each.before(at)
    return Found(Cursor(epoch.number, bound), tuple(sorted(holding)))


def run_on(
    stops: Sequence[Stop], training: Training, program: Program, start: Cursor, last: int
) -> Generator[Cursor, None, Found]:
    """The stop next after *start* in this or a later epoch, up to and with epoch *last*; else the end of that."""
    of_loss, again, wait = by_loss(stops, program), 0, 1
    before, position = training.before(start.epoch), start.position
    walk = training.walk(start.epoch)
    while True:
        epoch = next(walk)
        looking = run(stops, epoch, program, partial(_same, before), position, len(program))
        found = yield from _within(looking, epoch.number)
        if found.which or epoch.number >= last:
            return found
        before, position = epoch, 0
        if of_loss is None or epoch.number < again:
            continue
        passed = of_loss.passed(training, program, epoch, last)
        if passed > epoch.number:
            walk, wait = training.walk(passed), 1
            before = next(walk)
        else:
            again, wait = epoch.number + wait, min(2 * wait, _LONGEST_WAIT)


def _same(epoch: Epoch | None) -> Epoch | None:
    return epoch


def _within(looking: Generator[int, None, Found], number: int) -> Generator[Cursor, None, Found]:
    yield Cursor(number, 0)
    while True:
        try:
            position = next(looking)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield Cursor(number, position)


def run_to_loss(training: Training, below: float, last: int) -> Generator[Cursor, None, int | None]:
    """The first epoch whose total loss is below *below*, trained up to epoch *last*; None where there is none.

    Gives, again and again, how far training is.
    """
    looked = 0
    while True:
        losses = training.losses
        found = next((number for number in range(looked, len(losses)) if losses[number] < below), None)
        if found is not None or training.reached >= last:
            return None if found is None else found + 1
        looked = training.reached
        training.run(last, _SLICE)
        yield Cursor(max(training.reached, 1))
