"""What one line says: the names on it, and the numbers that each is given, in the shape of what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from core.answers.spellings import Named, SpellingError, UnknownNameError, at_timestep, named, needs_index
from core.network import symbols
from core.network.arrays import frozen
from core.network.network import Network
from core.writing.foreign import in_gated_cells
from core.writing.layout import numbers_in, separators
from core.writing.names import compact
from core.writing.notation import Given, NotationError, read
from core.writing.signs import Part, bare_numbers, cuts, has_note, note_at, parts

_LONGEST_NAME = 60
_OPENING = "[({|\\⎡⎛"
_SAID = re.compile(r"[\d=≈]")
_NAME_START = re.compile(r"[^\W\d_]|[\\∂∇$\"'`*]|\(?1\s*[-−–]\s*\(?h")
_OF_OTHER_SIZE = re.compile(r"^(?:(?P<scores>z|net)|\\?delta|δ)(?=[\s_\[({^]*[0-9₀-₉])")  # than the likelier one has
_LESS = re.compile(r"\s*[-–—−]")
_DASHED = re.compile(r"\s*[-–—−]\s+[0-9.]")


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said of one name: the *epoch* that it is of, *given* by symbol, and the *note* on it.

    *either*: by symbol, what else may be meant.
    """

    epoch: int
    given: dict[str, Given]
    note: str
    either: dict[str, str]


@dataclass(slots=True)
class Reader:
    """Reads lines of one epoch after the other.

    *from_zero*: whether timesteps in brackets count from 0. *timestep*: the one of names without index, None for all.
    *losses*: whether L without index is the loss of that timestep.
    """

    network: Network
    epoch: int
    from_zero: bool = False
    timestep: int | None = None
    losses: bool = False

    def starts(self, line: str) -> bool:
        """Whether *line* begins with a known name, even one that cannot be given."""
        return _NAME_START.match(line) is not None and any(self._is_known(name) for name, _ in cuts(line))

    def missing(self, line: str) -> int:
        """How many numbers are to come after *line*, for the name that it begins with."""
        for name, numbers in cuts(line):
            try:
                ids = self._at_timestep(self._named(name)).ids
            except SpellingError:
                continue
            size = len(ids) * int(np.prod(symbols.shape(ids[0], self.network)))
            return size - numbers_in(numbers.rsplit("=", 1)[-1])
        return 0

    def has_timesteps(self, name: str) -> bool:
        """Whether each timestep has what *name* means, which has no index."""
        try:
            found = self._named(name)
        except SpellingError:
            return False
        return found.every or found.ids == ("L",)

    def says_something(self, line: str) -> bool:
        """Whether *line* is more than words."""
        return _SAID.search(line) is not None or self.starts(line)

    def read(self, line: str) -> Iterator[Statement | str]:
        """What each name on *line* is given, or the problem with it."""
        try:
            statements = list(self._statements(line))
        except NotationError as problem:
            yield str(problem)
            return
        for ways in statements:
            try:
                yield self._first_readable(ways)
            except (NotationError, SpellingError) as problem:
                yield str(problem)

    def numbers(self, text: str, *shapes: tuple[int, ...]) -> Given:
        """The numbers of *text* without the unit or the note behind them."""
        text = bare_numbers(text)
        if "\n" in text and text[0] not in _OPENING and all(sum(size != 1 for size in shape) < 2 for shape in shapes):
            text = f"[{text}]"  # a vector on several lines
        try:
            return read(text, *shapes)
        except NotationError:
            noted = note_at(text, self._is_known)
            if noted is None:
                raise
            try:
                return read(text[:noted], *shapes)
            except NotationError:
                pass
            raise

    # -- a line in statements -------------------------------------------------------------------------------

    def _statements(self, line: str) -> Iterator[list[tuple[Part, str]]]:
        """For every name on *line* the ways to read it: the name and its numbers, the likeliest first."""
        found = parts(line)
        if len(found) == 1:
            ways = [(Part(name, bare=True), numbers) for name, numbers in cuts(line)]
            for part, numbers in ways:
                if _DASHED.match(numbers) and self._is_known(part.text):
                    raise NotationError(f"expected a sign after {part.text}, since the dash may be a minus")
            yield ways or [(Part(line), "")]
            return
        if len(found) > 2 and found[0].label and self._is_name(found[1].text):
            del found[0]  # "Forward pass: h1 = …"
        if len(found) == 2 and self._is_name(found[1].text) and not self._is_known(found[0].text):
            found = [Part(found[1].text), Part(found[0].text)]  # "0.1432 -> h1"
        name, values = found[0], []
        if len(found) > 2 and found[1].text.startswith(name.text) and _LESS.match(found[1].text[len(name.text) :]):
            name = replace(name, into=True)  # "W = W - 0.01 dW = …" is the update
        for part in found[1:-1]:
            tail = self._tail(part.text)
            values.append(tail[0] if tail else part.text)
            if tail:
                yield [(name, value) for value in reversed(values)]
                name, values = Part(tail[1], part.into), []
        yield [(name, value) for value in reversed([*values, found[-1].text])]

    def _tail(self, text: str) -> tuple[str, str] | None:
        """The numbers and the next name in *text*, where it holds both; `NotationError` where it may."""
        for start, end in separators(text):
            left, name = text[:start], text[end:]
            if not left or not self._is_name(name):
                continue
            try:
                self.numbers(left)
            except NotationError:
                return None
            if text[start:end] == " " and not has_note(left):
                raise NotationError(f"expected a comma or a new line before {name.strip()}")
            return left, name
        return None

    # -- a statement ----------------------------------------------------------------------------------------

    def _named(self, name: str, *, into: bool = False) -> Named:
        if self.timestep is not None and not self.network.by_arrays and in_gated_cells(compact(name)) is not None:
            name = f"{name}_{self.timestep}"  # c under "t = 2" is the state, not a bias
        return named(name, self.network, self.epoch, becomes=into, from_zero=self.from_zero)

    def _at_timestep(self, name: Named) -> Named:
        """*name*, of the timestep under which it stands; its loss is told from the total where both can be meant."""
        if self.timestep is None or not name.every:
            return name
        return at_timestep(name, self.timestep, self.network)

    def _is_name(self, text: str) -> bool:
        """Whether *text*, which is mostly something else, is a known name."""
        return len(text) <= _LONGEST_NAME and _NAME_START.match(text) is not None and self._is_known(text)

    def _is_known(self, name: str) -> bool:
        try:
            self._named(name)
        except UnknownNameError:
            return False
        except SpellingError:
            return True
        return True

    def _first_readable(self, ways: list[tuple[Part, str]]) -> Statement:
        """What the first of *ways* that can be read gives; else the most telling problem."""
        unreadable: list[NotationError] = []
        misnamed: list[SpellingError] = []
        for part, numbers in ways:
            try:
                return self._stated(part, numbers)
            except NotationError as problem:
                unreadable.append(problem)
            except SpellingError as problem:
                misnamed.append(problem)
        known = [problem for problem in misnamed if not isinstance(problem, UnknownNameError)]
        raise (*unreadable, *reversed(known), *misnamed)[0]

    def _stated(self, part: Part, numbers: str) -> Statement:
        name = self._named(part.text, into=part.into)
        if self.timestep is not None and name.ids == ("L",) and "tot" not in part.text.lower():
            if not self.losses:
                raise SpellingError(f"L can be {symbols.text(f'L[{self.timestep}]')} or the total: write L_t or total")
            name = replace(name, every=True)
        try:
            given = self._given(name, numbers, bare=part.bare)
        except NotationError:
            other = _OF_OTHER_SIZE.sub(_other_size, part.text, count=1)
            if other == part.text or self.network.K == self.network.H:
                raise
            name = self._named(other)
            given = self._given(name, numbers, bare=part.bare)
            name = replace(name, note=f"{part.text} is {symbols.text(name.ids[0])} here")
        for symbol, each in given.items():
            if symbols.parse(symbol).name == "y" and not np.isin(each.values, (0, 1)).all():
                t = symbols.parse(symbol).indices
                wanted, meant = (symbols.text(symbols.symbol(which, *t)) for which in ("y", "yhat"))
                raise SpellingError(f"{wanted} is the wanted letter, 0s and a 1; for the prediction write {meant}")
        either = dict(zip(name.ids, name.either, strict=False))
        return Statement(name.epoch, given, name.note, either)

    def _given(self, name: Named, numbers: str, *, bare: bool) -> dict[str, Given]:
        """The numbers of every symbol of *name*, each in its shape."""
        if name.every and self.timestep is not None:
            try:
                return self._given(self._at_timestep(name), numbers, bare=bare)
            except NotationError:
                if not numbers.lstrip().startswith("["):
                    raise
        ids, shape = name.ids, symbols.shape(name.ids[0], self.network)
        if name.every:
            if bare and not numbers.lstrip().startswith(("[", "(", "{")):
                raise SpellingError(needs_index(ids[0], self.network))
            return self._every(ids, numbers)
        if len(ids) > 1:
            return _apart(self.numbers(numbers, (len(ids), *shape)), ids)
        if name.transposed:
            turned = self.numbers(numbers, shape[::-1])
            return {ids[0]: Given(frozen(turned.values.T), turned.decimals.T, turned.written)}
        try:
            return {ids[0]: self.numbers(numbers, shape)}
        except NotationError:
            if ids != ("L",) or bare:
                raise
            for timesteps in (range(1, self.network.T + 1), self.network.judged):
                with suppress(NotationError):
                    return _apart(self.numbers(numbers, (len(timesteps),)), [f"L[{t}]" for t in timesteps])
            raise

    def _every(self, ids: tuple[str, ...], numbers: str) -> dict[str, Given]:
        """The numbers of all timesteps; of pairs as a square with anything above its diagonal."""
        shape, T = symbols.shape(ids[0], self.network), self.network.T
        name = symbols.parse(ids[0]).name
        shapes = [(len(ids), *shape)]
        if len(ids) > T:
            shapes.insert(0, (T, T, *shape))
        elif name == "h":
            shapes.append((T + 1, *shape))  # from h_0 on
        try:
            given = self.numbers(numbers, *shapes)
        except NotationError as problem:
            try:
                self.numbers(numbers, shape)
            except NotationError:
                raise problem from None
            raise SpellingError(needs_index(ids[0], self.network)) from None
        values, decimals = given.values, given.decimals
        if values.shape[:2] == (T, T) and len(ids) > T:
            values, decimals = values[np.tril_indices(T)], decimals[np.tril_indices(T)]
        elif len(values) == T + 1 == len(ids) + 1:
            if np.any(values[0]):
                raise NotationError(f"expected {T} timesteps, or h₀ = 0 before them, found {T + 1}")
            values, decimals = values[1:], decimals[1:]
        return _apart(Given(values, decimals, given.written), ids)


def _other_size(found: re.Match[str]) -> str:
    """What z is where it has a number for each letter, and δ where it has one for each hidden unit."""
    return "logits" if found["scores"] else "dL/da"


def _apart(given: Given, ids: Sequence[str]) -> dict[str, Given]:
    """The rows of *given*, one for each symbol."""
    return {
        symbol: Given(frozen(np.array(values)), np.array(decimals), given.written)
        for symbol, values, decimals in zip(ids, given.values, given.decimals, strict=True)
    }
