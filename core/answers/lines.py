"""The lines of a learner's own worksheet: names and their numbers, in any common notation and layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.answers.spellings import Named, SpellingError, UnknownNameError, named, needs_index
from core.network import symbols
from core.network.arrays import frozen
from core.network.network import Network
from core.writing.layout import depth, epoch_mark, in_tall_brackets, is_numeric, numbers_in, plain_line, separators
from core.writing.notation import Given, NotationError, read

MOST_LINES = 5_000
_MOST_WORDS = 4  # of a name that no sign ends: "alpha 3 1"
_LONGEST_NAME = 60
_INTO = r"<[-–=]+|[←⟵⇐]|\\(?:gets|(?:long)?leftarrow|Leftarrow)\b"
_SIGN = re.compile(
    rf"(?P<open>\\begin\b|[(\[{{])|(?P<close>\\end\b|[)\]}}])"
    rf"|(?P<sign>(?:&\s*)?(?:(?:(?P<into>{_INTO})|:=|=>|[-–—=]+>|=|[:≈≃≅~≡≔→⟶⟹⇒↦]"
    r"|\\(?:approx|simeq|sim|equiv|to|coloneqq|mapsto|(?:long)?rightarrow|Rightarrow)\b"
    r"|(?<=\s)(?:is|equals|becomes)(?=\s))\s*)+&?)"
)
_NAME_START = re.compile(r"[^\W\d_]|[\\∂∇$\"'`*]|\(?1\s*[-−–]\s*\(?h")
_NOTE = re.compile(
    r"(?<=[0-9)\]}⎤⎦⎠|%…])[.,;]?"
    r"(?:(?P<aside>\s*(?:\(\s*[^\W\d]|\[\s*[^\W\d]|±|\+/-|\\pm\b|[✓✔☑✗✘?←]|\\(?:text|mathrm)\b|[–—-]+\s+[^\W\d]|<-))"
    r"|\s+(?=[^\W\d_]))"
)
_WORD = re.compile(r"[^\W\d_]\w*")
_CALCULATES = {
    "x",
    "times",
    "plus",
    "minus",
    "over",
    "mal",
    "durch",
    "tanh",
    "exp",
    "ln",
    "log",
    "sqrt",
    "softmax",
    "e",
}
_BOLD = re.compile(r"\\(?:boxed|mathbf|textbf|underline|bm|boldsymbol)\s*\{([^{}]*)\}|^\s*(['*])([^'*]*)\2\s*$")
_ABOUT = re.compile(r"\s*(?:ca\.?|about|approx\.?|approximately|roughly)\s+", re.IGNORECASE)
_QUOTES = re.compile(r"\*\*|__|[`\"“”]")
_SIGN_FIRST = re.compile(r"&?\s*(?:=|≈|\\approx\b)")
_SIGN_ALONE = re.compile("[=≈]")
_MOST_BELOW = 2_000  # lines below the last that is read, with which it may go on
_MOST_BLANK = 3  # empty lines between a name and its numbers
_DASHED = re.compile(r"\s*[-–—−]\s+[0-9.]")
_COUNTED_FROM_ZERO = re.compile(
    r"\b(?:(?:ps|ys|xs|yhat|y_hat|probs|Omega|logits|loss|L|Z|a)\s*\[\s*0\s*\]|hs?\s*\[\s*-\s*1\s*\]"
    r"|hs?\s*\[\s*0\s*\]\s*[=:,\s]\s*[^\n#]*?[1-9])"
)


@dataclass(frozen=True, slots=True, eq=False)
class OwnLine:
    """Numbers that the learner found for a symbol.

    *number*: the line, 1-based. *symbol*: an id of `core.network.symbols`. *given*: in the symbol's declared shape.
    *text*. *epoch*: the one it is of. *note*: what a name of another world is here.
    """

    number: int
    symbol: str
    given: Given
    text: str
    epoch: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read, and the *problem*: one sentence that says what is expected."""

    number: int
    text: str
    problem: str


def read_lines(text: str, network: Network, epoch: int = 1, latest: int = 1_000_000) -> tuple[OwnLine | BadLine, ...]:
    """What every line of *text* gives; one that has no numbers and no name, such as a heading, is passed over.

    A row of weights, or a list for all timesteps, becomes a line for each entry. *epoch*: the one of the lines before
    the first that says ``epoch 2:``. *latest*: the last epoch that can be asked.
    """
    found: list[OwnLine | BadLine] = []
    first: dict[tuple[int, str], OwnLine] = {}
    reader = _Reader(network, epoch, from_zero=_COUNTED_FROM_ZERO.search(text) is not None)
    for number, written, line in _lines(text, reader):
        if number > MOST_LINES:
            found.append(BadLine(number, written, f"only the first {MOST_LINES:,} lines are read"))
            break
        marked = epoch_mark(line)
        if marked is not None:
            reader.epoch, line = marked
            if not 1 <= reader.epoch <= latest:
                problem = f"expected an epoch from 1 to {latest:,}, found {reader.epoch:,}; step to a later one first"
                found.append(BadLine(number, written, problem))
        if not line or not 1 <= reader.epoch <= latest:
            continue
        for own in reader.read(line):
            if isinstance(own, str):
                found.append(BadLine(number, written, own))
                continue
            again = next((each for each in own if not _agrees(first.get((each.epoch, each.symbol)), each)), None)
            if again is not None:
                before = first[again.epoch, again.symbol].number
                found.append(
                    BadLine(number, written, f"{symbols.text(again.symbol)} was given before, on line {before}")
                )
                continue
            for each in own:
                found.append(line_of := replace(each, number=number, text=written))
                first.setdefault((each.epoch, each.symbol), line_of)
    return tuple(found)


def _agrees(first: OwnLine | None, again: OwnLine) -> bool:
    """Whether *again* says what *first* said."""
    return first is None or np.array_equal(first.given.values, again.given.values)


def _lines(text: str, reader: _Reader) -> Iterator[tuple[int, str, str]]:
    """The lines that say something: number, text as written, and without what decorates it.

    One goes on while a bracket is open, until the next that starts with a name; where the next begins with a sign; and
    while numbers that its name needs stand alone below it.
    """
    written = text.splitlines()
    plain = [plain_line(line) for line in written[: MOST_LINES + _MOST_BELOW]]
    at = 0
    while at < len(plain):
        start, line = at, plain[at]
        at += 1
        if not line:
            continue
        tall = in_tall_brackets(plain, start)
        if tall is not None:
            line, at = tall
        else:
            level = depth(line)
            while level > 0 and at < len(plain) and not reader.starts(plain[at]):
                level += depth(plain[at])
                line = f"{line}\n{plain[at]}"
                at += 1
            while at < len(plain) and _SIGN_FIRST.match(plain[at]):
                line = f"{line} {plain[at]}"
                at += 1
            below = _next(plain, at)
            if below is not None and is_numeric(plain[below]) and (missing := reader.missing(line)):
                while missing > 0 and below is not None and is_numeric(plain[below]):
                    missing -= numbers_in(plain[below])
                    line, at = f"{line}\n{plain[below]}", below + 1
                    below = _next(plain, at)
        if any(character.isdigit() for character in line) or reader.starts(line) or _SIGN_ALONE.search(line):
            yield start + 1, "\n".join(written[start:at]).strip(), line


def _next(plain: list[str], at: int) -> int | None:
    """The next line that says something."""
    return next((index for index in range(at, min(at + _MOST_BLANK, len(plain))) if plain[index]), None)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a line between two signs: *into*: an arrow that points to it follows it, *label*: a colon, or *bare*:
    nothing but a space or a comma.
    """

    text: str
    into: bool = False
    label: bool = False
    bare: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads lines of one epoch after the other."""

    network: Network
    epoch: int
    from_zero: bool

    def starts(self, line: str) -> bool:
        """Whether *line* begins with a known name, even one that cannot be given."""
        return _NAME_START.match(line) is not None and any(self._is_known(name) for name, _ in _cuts(line))

    def missing(self, line: str) -> int:
        """How many numbers are to come after *line*, for the name that it begins with."""
        for name, numbers in _cuts(line):
            try:
                ids = self._named(name).ids
            except SpellingError:
                continue
            size = len(ids) * int(np.prod(symbols.shape(ids[0], self.network)))
            return size - numbers_in(numbers.rsplit("=", 1)[-1])
        return 0

    def read(self, line: str) -> Iterator[list[OwnLine] | str]:
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

    # -- a line in statements -------------------------------------------------------------------------------

    def _statements(self, line: str) -> Iterator[list[tuple[_Part, str]]]:
        """For every name on *line* the ways to read it: the name and its numbers, the likeliest first."""
        parts = _parts(line)
        if len(parts) == 1:
            cuts = [(_Part(name, bare=True), numbers) for name, numbers in _cuts(line)]
            for part, numbers in cuts:
                if _DASHED.match(numbers) and self._is_known(part.text):
                    raise NotationError(f"expected a sign after {part.text}, since the dash may be a minus")
            yield cuts or [(_Part(line), "")]
            return
        if len(parts) > 2 and parts[0].label and self._is_name(parts[1].text):
            del parts[0]  # "Forward pass: h1 = …"
        if len(parts) == 2 and self._is_name(parts[1].text) and not self._is_known(parts[0].text):
            parts = [_Part(parts[1].text), _Part(parts[0].text)]  # "0.1432 -> h1"
        name, values = parts[0], []
        for part in parts[1:-1]:
            tail = self._tail(part.text)
            values.append(tail[0] if tail else part.text)
            if tail:
                yield [(name, value) for value in reversed(values)]
                name, values = _Part(tail[1], part.into), []
        yield [(name, value) for value in reversed([*values, parts[-1].text])]

    def _tail(self, text: str) -> tuple[str, str] | None:
        """The numbers and the next name in *text*, where it holds both; `NotationError` where it may."""
        for start, end in separators(text):
            left, name = text[:start], text[end:]
            if not left or not self._is_name(name):
                continue
            try:
                self._read(left)
            except NotationError:
                return None
            if text[start:end] == " " and not _NOTE.search(left):
                raise NotationError(f"expected a comma or a new line before {name.strip()}")
            return left, name
        return None

    # -- a statement ----------------------------------------------------------------------------------------

    def _named(self, name: str, *, into: bool = False) -> Named:
        return named(name, self.network, self.epoch, becomes=into, from_zero=self.from_zero)

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

    def _first_readable(self, ways: list[tuple[_Part, str]]) -> list[OwnLine]:
        """What the first of *ways* that can be read gives; else the most telling problem."""
        unreadable: list[NotationError] = []
        misnamed: list[SpellingError] = []
        for part, numbers in ways:
            try:
                return self._own(self._named(part.text, into=part.into), numbers, bare=part.bare)
            except NotationError as problem:
                unreadable.append(problem)
            except SpellingError as problem:
                misnamed.append(problem)
        known = [problem for problem in misnamed if not isinstance(problem, UnknownNameError)]
        raise (*unreadable, *reversed(known), *misnamed)[0]

    def _own(self, name: Named, numbers: str, *, bare: bool) -> list[OwnLine]:
        given = self._given(name, numbers, bare=bare)
        for symbol, each in given.items():
            if symbols.parse(symbol).name == "y" and not np.isin(each.values, (0, 1)).all():
                t = symbols.parse(symbol).indices
                wanted, meant = (symbols.text(symbols.symbol(which, *t)) for which in ("y", "yhat"))
                raise SpellingError(f"{wanted} is the wanted letter, 0s and a 1; for the prediction write {meant}")
        return [OwnLine(0, symbol, each, "", name.epoch, name.note) for symbol, each in given.items()]

    def _given(self, name: Named, numbers: str, *, bare: bool) -> dict[str, Given]:
        """The numbers of every symbol of *name*, each in its shape."""
        ids, shape, T = name.ids, symbols.shape(name.ids[0], self.network), self.network.T
        if name.every:
            if bare and not numbers.lstrip().startswith(("[", "(", "{")):
                raise SpellingError(needs_index(ids[0]))
            return self._every(ids, numbers)
        if len(ids) > 1:
            return _apart(self._read(numbers, (len(ids), *shape)), ids)
        if name.transposed:
            turned = self._read(numbers, shape[::-1])
            return {ids[0]: Given(frozen(turned.values.T), turned.decimals.T, turned.written)}
        try:
            return {ids[0]: self._read(numbers, shape)}
        except NotationError:
            if ids != ("L",) or bare:
                raise
            try:
                losses = self._read(numbers, (T,))
            except NotationError:
                losses = None
            if losses is None:
                raise
        return _apart(losses, [f"L[{t}]" for t in range(1, T + 1)])

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
            given = self._read(numbers, *shapes)
        except NotationError as problem:
            try:
                self._read(numbers, shape)
            except NotationError:
                raise problem from None
            raise SpellingError(needs_index(ids[0])) from None
        values, decimals = given.values, given.decimals
        if values.shape[:2] == (T, T) and len(ids) > T:
            values, decimals = values[np.tril_indices(T)], decimals[np.tril_indices(T)]
        elif len(values) == T + 1 == len(ids) + 1:
            if np.any(values[0]):
                raise NotationError(f"expected {T} timesteps, or h₀ = 0 before them, found {T + 1}")
            values, decimals = values[1:], decimals[1:]
        return _apart(Given(values, decimals, given.written), ids)

    def _read(self, text: str, *shapes: tuple[int, ...]) -> Given:
        """The numbers of *text* without the unit or the note behind them."""
        text = _bare_numbers(text)
        try:
            return read(text, *shapes)
        except NotationError:
            noted = self._note_at(text)
            if noted is None:
                raise
            try:
                return read(text[:noted], *shapes)
            except NotationError:
                pass
            raise

    def _note_at(self, text: str) -> int | None:
        """Where behind the numbers of *text* words begin; None where they may belong to a calculation."""
        for found in _NOTE.finditer(text):
            if depth(text[: found.start()]) == 0:
                break
        else:
            return None
        words = _WORD.findall(text[found.start() :])
        if found["aside"] is None and words and (words[0].lower() in _CALCULATES or self._is_known(words[0])):
            return None
        if found["aside"] is None and re.search(r"[0-9][.,][0-9]", text[found.start() :]):
            return None
        if words and words[0].lower() in ("bit", "bits"):
            raise NotationError("expected nats, found bits: 1 bit is 0.6931 nats")
        return found.start()


def _parts(line: str) -> list[_Part]:
    """*line* cut at the signs outside of brackets."""
    parts, level, start = [], 0, 0
    for found in _SIGN.finditer(line):
        if found["open"]:
            level += 1
        elif found["close"]:
            level -= 1
        elif level == 0:
            parts.append(
                _Part(line[start : found.start()].strip(), found["into"] is not None, found["sign"].strip() == ":")
            )
            start = found.end()
    return [*parts, _Part(line[start:].strip())]


def _cuts(line: str) -> Iterator[tuple[str, str]]:
    """How *line* may be a name and its numbers: at the first sign, else after each of its first words."""
    parts = _parts(line)
    if len(parts) > 1:
        yield parts[0].text, line[len(parts[0].text) :]
        return
    for count, (start, end) in enumerate(separators(line)):
        if count == _MOST_WORDS:
            return
        yield line[:start], line[end:]
    yield line, ""


def _apart(given: Given, ids: Sequence[str]) -> dict[str, Given]:
    """The rows of *given*, one for each symbol."""
    return {
        symbol: Given(frozen(np.array(values)), np.array(decimals), given.written)
        for symbol, values, decimals in zip(ids, given.values, given.decimals, strict=True)
    }


def _bare_numbers(text: str) -> str:
    """*text* without quotes, the word "about", and what makes numbers bold."""
    about = _ABOUT.match(text)
    text = text[about.end() :] if about else text
    if _QUOTES.search(text):
        text = _QUOTES.sub("", text)
    if "\\" in text or text.startswith(("'", "*")):
        text = _BOLD.sub(lambda found: found[1] or found[3] or "", text)
    return text.strip()
