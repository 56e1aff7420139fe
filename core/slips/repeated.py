"""Slips side by side in one epoch, and trainings in which a slip is made at every epoch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

import numpy as np

from core.epoch.backward import Gradients, updated
from core.epoch.engines import forward_at_length
from core.epoch.epoch import Epoch
from core.epoch.forward import Tape
from core.epoch.training import Training
from core.epoch.walked import rows_of, walked_beside
from core.equations.beside import Alone
from core.equations.description import Description
from core.equations.operations import Values
from core.network.arrays import Array
from core.network.network import Parameters
from core.slips.case import Case, Change, Slip, Variant
from core.slips.reading import Reading

_SAME = 1e-12  # relatively; a forward pass by hand differs in its last bits


@dataclass(slots=True)
class _Known:
    """What of one training is known: those with a slip in them, and the right parameters of the second epoch."""

    trainings: dict[tuple[str, str], Repeated] = field(default_factory=dict)
    second: Parameters | None = None


class Repeated:
    """A training with *change* in every epoch; it holds no `Training`, lest that one is never let go.

    *reached*: the last epoch whose parameters are known. *matters*: whether an update comes out otherwise at all.
    """

    def __init__(self, right: Training, change: Change, known: _Known | None = None) -> None:
        self._network, self._rule, self._rate = right.network, right.rule, right.learning_rate
        self._change, self._initial, self._known = change, right.initial, known or _Known()
        self.reached, self.matters = 1, True
        self._next = right.initial
        self._asked: dict[int, Parameters] = {}  # of those epochs that were asked for

    def run(self, until: int, seconds: float) -> bool:
        """Train until the parameters of epoch *until* are known or *seconds* have passed; whether they are."""
        end = time.perf_counter() + seconds
        if until < self.reached and until not in self._asked:
            self.reached, self._next = 1, self._initial
        with np.errstate(all="ignore"):  # where training diverges
            while self.matters and self.reached < until:
                after = self._reading(self._next).updated()
                if self.reached == 1:
                    self.matters = not all(map(_are_same, after.values(), self._second().values()))
                self.reached, self._next = self.reached + 1, after
                if time.perf_counter() > end:
                    break
        if self.reached == until:
            self._asked[until] = self._next
        return not self.matters or until in self._asked

    @np.errstate(all="ignore")
    def reading(self, number: int) -> Reading:
        """Epoch *number*, to which it has been run."""
        return self._reading(self._asked[number])

    def _reading(self, parameters: Parameters) -> Reading:
        return self._change(self._right(parameters))

    def _second(self) -> Parameters:
        """The parameters of the second epoch, done rightly."""
        if self._known.second is None:
            self._known.second = self._right(self._initial).updated()
        return self._known.second

    def _right(self, parameters: Parameters) -> Reading:
        return Reading.of(forward_at_length(self._network, parameters), self._rule, self._rate)


class RepeatedBeside:
    """A training of a small network with each of several slips in every epoch, side by side: *variants* of those that
    are nothing but other lines of it, or other gradients.

    *reached*: as of `Repeated`. *matter*: the places of those by which an update comes out otherwise.
    """

    def __init__(self, right: Training, variants: Sequence[Variant]) -> None:
        self._network, self._rule, self._rate = right.network, right.rule, right.learning_rate
        self._variants, self._initial = variants, right.initial
        self.reached, self.matter = 1, list(range(len(variants)))
        self._next: Mapping[str, Array] = right.initial
        self._asked: dict[int, Sequence[Reading]] = {}

    @np.errstate(all="ignore")  # where training diverges; a slip may divide by zero
    def run(self, until: int, seconds: float) -> bool:
        """As `Repeated.run`."""
        end = time.perf_counter() + seconds
        if until < self.reached and until not in self._asked:
            self.reached, self._next = 1, self._initial
        while self.matter and self.reached < until:
            after = self._updated()
            if self.reached == 1:
                right = Reading.of(forward_at_length(self._network, self._initial), self._rule, self._rate).updated()
                matters = [
                    not all(_are_same(after[name][run], right[name]) for name in after)
                    for run in range(len(self.matter))
                ]
                after = {name: array[matters] for name, array in after.items()}
                self.matter = [place for place, is_other in zip(self.matter, matters, strict=True) if is_other]
            self.reached, self._next = self.reached + 1, after
            if time.perf_counter() > end:
                break
        if not self.matter:
            self.reached = until
        if self.reached == until and until not in self._asked:
            self._asked = {until: self._made()}
        return until in self._asked

    def readings(self, number: int) -> Iterator[tuple[int, Reading]]:
        """Epoch *number*, to which it has been run, with each of the slips that matter, and its place."""
        return zip(self.matter, self._asked[number], strict=True)

    def _slipped(self) -> list[Description]:
        return [self._variants[place].lines or self._network.lines for place in self.matter]

    def _updated(self) -> dict[str, Array]:
        """The parameters of the next epoch, of each slip along the first axis."""
        _, gradients = walked_beside(self._network, self._rule, self._next, self._slipped())
        for run, place in enumerate(self.matter):
            if moved := self._variants[place].moved:
                for name, gradient in moved({name: each[run] for name, each in gradients.items()}).items():
                    gradients[name][run] = gradient
        return {name: array - self._rate * gradients[name] for name, array in self._next.items()}

    def _made(self) -> list[Reading]:
        """The epoch that has been reached, with each of the slips in it."""
        variants = [self._variants[place] for place in self.matter]
        if not self._network.by_sheets:
            first = Reading.of(forward_at_length(self._network, self._initial), self._rule, self._rate)
            found = beside(first, self._slipped(), self._next)
            return [
                each.change(reading) if each.moved else reading for each, reading in zip(variants, found, strict=True)
            ]
        starts = [Parameters({name: array[run] for name, array in self._next.items()}) for run in range(len(variants))]
        right = [Reading.of(forward_at_length(self._network, each), self._rule, self._rate) for each in starts]
        return [each.change(reading) for each, reading in zip(variants, right, strict=True)]


@np.errstate(all="ignore")  # a slip may divide by zero
def beside(
    right: Reading,
    slipped: Sequence[Description],
    parameters: Mapping[str, Array] | None = None,
    places: Sequence[int] = (),
) -> Sequence[Reading]:
    """The epoch of *right*, of a small network that goes by lines, with the slip of each of *slipped* in it.

    *parameters*: of each its own along the first axis, None for those of *right*. *places*: to how many decimals each
    rounds on the way.
    """
    if not slipped:
        return ()
    network, rule, rate = right.network, right.rule, right.learning_rate
    run, gradients = walked_beside(
        network, rule, right.parameters if parameters is None else parameters, slipped, places
    )
    made, shared, found = rows_of(run, network), dict[tuple[str, int], Values](), list[Reading]()
    for place, each in enumerate(slipped):
        lines = None if each is network.lines else each
        alone = Alone(run, place, shared)
        start = right.parameters
        if parameters is not None:
            start = Parameters({name: np.asarray(array[place]) for name, array in parameters.items()})
        slopes = Gradients(
            {name: gradient[place] for name, gradient in gradients.items()}, (alone, None), slipped=lines
        )
        rows = {name: array[:, place] for name, array in made.items()}
        if network.embedding_size is None:
            rows["x"] = network.one_hot_inputs
        tape = Tape(network, start, rows, network.total(rows["L"]))
        reading = replace(Reading.of(tape, rule, rate, places[place] if places else None), lines=lines)
        reading.knows(Epoch(0, tape, rule, rate, slopes, updated(tape.parameters, slopes, rate)))
        found.append(reading)
    return found


_KNOWN: WeakKeyDictionary[Training, _Known] = WeakKeyDictionary()
_BESIDE: WeakKeyDictionary[Training, RepeatedBeside] = WeakKeyDictionary()


def repeated(case: Case, slip: Slip, variant: Variant) -> Repeated:
    """The training of *case* with *slip* in it, as far as it has been run."""
    known = _KNOWN.setdefault(case.training, _Known())
    found = known.trainings.get((slip.name, variant.which))
    if found is None:
        found = known.trainings[slip.name, variant.which] = Repeated(case.training, variant.change, known)
    return found


def repeated_beside(case: Case, variants: Sequence[Variant]) -> RepeatedBeside:
    """The training of *case* with each of *variants* in it, as far as it has been run."""
    found = _BESIDE.get(case.training)
    if found is None:
        found = _BESIDE[case.training] = RepeatedBeside(case.training, variants)
    return found


def _are_same(first: np.ndarray, second: np.ndarray) -> bool:
    return bool(np.all(np.abs(first - second) <= _SAME * (1 + np.abs(second))))
