"""Which steps words name: ``h3``, ``dW 3 3 2``, ``softmax t=2``, ``epoch 100``. Read into addresses, never searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.answers.spellings import SpellingError, UnknownNameError, named, parted
from core.epoch.epoch import made_at
from core.finding.phrases import KINDS, PHASES, STAGES, TERM, Kind
from core.network import symbols
from core.network.network import Network
from core.program.cursor import Cursor
from core.program.program import OUTPUTS, Address, Phase, Program
from core.slips.forward import step_name
from core.writing.shown import one_line

SURE, LIKELY, PERHAPS = 2.0, 1.3, 1.1  # how well a place fits: its indices are said, only its name, or a word for it
LAST_EPOCH = 10_000_000
_AS_ROWS = ("alpha", "dL/dA", "dL/dalpha")  # a step makes a whole row of them
_LONGEST = 80  # signs that are read
_EPOCH = re.compile(r"\b(?:(?:at|in|of)\s+)?epoch\s*[=:#]?\s*(\d[\d,]{0,15})", re.IGNORECASE)
_STEP = re.compile(r"(?:go\s*to\s+)?(?:step\s*[=:#]?\s*)?(\d[\d,]*)", re.IGNORECASE)
# The last index first: "W used at t = 2" is no loss.
_SAID = tuple(
    re.compile(rf"(?:^|\b(?<![\w/])){pattern}\s*[=:]?\s*(\d{{1,6}})\b", re.IGNORECASE)
    for pattern in (
        r"(?:used\s+at(?:\s+t)?|k)",
        r"(?:via(?:\s+h_?)?|m)",
        r"(?:(?:at\s+)?(?:timestep|time\s+step|time|t)|at|(?:of\s+)?loss)",
    )
)
_NUMBERED = re.compile(r"(.*?)[\s_\[(]*((?:(?<!\d)\d{1,6}(?!\d)[\s,;]*)+)[\])]*")  # whole numbers: one way to part them


@dataclass(frozen=True, slots=True)
class Place:
    """A step that words name.

    *title*: how it is called. *words*: what it is. *cursor*: where it is; None where one can not go there, and then
    *reason* says why. *fit*: how well it fits what was said.
    """

    title: str
    words: str
    cursor: Cursor | None
    fit: float
    reason: str = ""


def places(query: str, program: Program, here: Cursor) -> tuple[Place, ...]:
    """The steps of *program* that *query* names, the best first; those of the timestep at *here* where it says none."""
    text = one_line(query, _LONGEST).strip()
    found = _EPOCH.search(text)
    epoch = int(found[1].replace(",", "")) if found else here.epoch
    if not 1 <= epoch <= LAST_EPOCH:
        return (_off(f"Epoch {epoch:,}", f"An epoch is from 1 to {LAST_EPOCH:,}"),)
    if found:
        text = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,:·-")
    if not text:
        return (Place(f"Epoch {epoch:,}", "its first step", Cursor(epoch, 1), SURE),) if found else ()
    try:
        return tuple(_Reader(program, here, epoch).read(text))
    except UnknownNameError:
        return ()
    except SpellingError as problem:
        return (_off(text, str(problem)),)


def _off(title: str, reason: str) -> Place:
    is_word = reason.partition(" ")[0].isascii() and reason.partition(" ")[0].isalpha()  # a symbol keeps its case
    return Place(title, "", None, LIKELY, reason[:1].upper() + reason[1:] if is_word else reason)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads in *program*, at *here*, what is asked for in *epoch*."""

    program: Program
    here: Cursor
    epoch: int

    def read(self, text: str) -> Iterator[Place]:
        step = _STEP.fullmatch(text)
        if step is not None:
            yield self._step(int(step[1].replace(",", "")[:20]))
            return
        phase = PHASES.get(text.lower())
        if phase is not None:
            span = (self.program.forward, self.program.backward, self.program.update)[min(phase, 2)]
            yield self._place(self.program[span.first], SURE)
            return
        network = self.program.network
        kind, rest = _kind(text, network)
        names, indices, fit = _reading(rest, network)
        best = SURE if kind or indices else fit
        problem: SpellingError | None = None
        found = False
        for order, name in enumerate(names):
            try:
                for at, (address, symbol) in enumerate(self._steps(name, indices, kind)):
                    found = True
                    yield self._place(address, best - 0.01 * at - 0.001 * order, symbol)
            except SpellingError as absent:  # of several things that words mean, one may be missing here
                problem = problem or absent
        if problem is not None and not found:
            raise problem

    def _step(self, position: int) -> Place:
        length = len(self.program)
        if not 1 <= position <= length:
            return _off(f"Step {position:,}", f"There are {length:,} steps in an epoch here")
        place = self._place(self.program[position], SURE)
        return replace(place, title=f"Step {position:,}", words=place.title)

    def _steps(self, name: str, indices: tuple[int, ...], kind: Kind | None) -> Iterator[tuple[Address, str]]:
        """The steps that *name* of the table of symbols means, each with the symbol it is called by, if by one."""
        network = self.program.network
        if name == "letter":
            made = made_at(named(f"y{indices[0] if indices else self._timestep}", network).ids[0], network)
            if made is not None:
                yield made, ""
            return
        if name not in symbols.names(network):  # a word for what only other cells have
            raise SpellingError(f"this network has no {symbols.text(name)}")
        meaning = symbols.meaning_in(name, network)
        parameter = meaning.gradient_of or meaning.new_of or (name if name in network.parameter_shapes else "")
        if parameter:
            named(f"dL/d{parameter}", network)  # says why where there is none
            yield from ((address, "") for address in self._of_gradient(parameter, indices, kind, meaning.new_of))
            return
        spelling = name + ",".join(map(str, indices))
        ids = named(spelling, network).ids
        if indices or name == "L":
            yield from self._made(ids[:1] if name not in _AS_ROWS or len(indices) == 2 else (f"{name}[{indices[0]}]",))
        if not indices:
            t = self._timestep
            yield from self._made(dict.fromkeys(self._at(name, at) for at in (t, t + 1, 1) if at <= network.T))

    def _made(self, ids: tuple[str, ...] | dict[str, None]) -> Iterator[tuple[Address, str]]:
        for symbol in ids:
            made = made_at(symbol, self.program.network)
            if made is not None:
                yield made, symbol if made.indices else ""

    def _at(self, name: str, t: int) -> str:
        return (
            symbols.symbol(name, t, t)
            if symbols.is_pair(name, self.program.network) and name != "alpha"
            else symbols.symbol(name, t)
        )

    @property
    def _timestep(self) -> int:
        indices = self.program[self.here.position].indices
        return indices[0] if indices else 1

    def _of_gradient(self, name: str, indices: tuple[int, ...], kind: Kind | None, new: str) -> Iterator[Address]:
        total, update = Address(Phase.BACKWARD, name), Address(Phase.UPDATE, name)
        if indices:
            yield self._term(name, indices)
            return
        T = self.program.network.T
        first = self._term(name, (1,))
        steps = {"sum": total, "update": update, "term": first, "last term": self._term(name, (T, T, T))}
        wanted = "update" if new else kind or "sum"
        yield steps.pop(wanted)
        yield from (step for step in (total, first, update) if step != steps.get(wanted) and step in steps.values())

    def _term(self, name: str, indices: tuple[int, ...]) -> Address:
        """The term that begins with *indices*: (t), (t, m, k), without attention (t, k); of a use, (k)."""
        network, program = self.program.network, self.program
        if not program.is_chained(name):
            address = Address(Phase.BACKWARD, name, indices[-1:])
        else:
            t, *rest = indices
            first = 1 if network.attention else t
            m, k = (t, rest[0]) if len(rest) == 1 and not network.attention else (*rest, first, 1)[:2]
            m, k = (m, k) if rest else (first, 1)
            address = Address(Phase.BACKWARD, name, (t, m, k))
        if len(indices) > 3 or address not in program:
            shown, T = ", ".join(map(str, indices)), network.T
            wanted = f"(t, m, k) with {T} ≥ t ≥ m ≥ k ≥ 1" if network.attention else f"(t, k) with {T} ≥ t ≥ k ≥ 1"
            wanted = wanted if program.is_chained(name) else f"(t) from 1 to {T}"
            raise SpellingError(f"∂L/∂{name} has no term ({shown}): expected {wanted}")
        return address

    def _place(self, address: Address, fit: float, symbol: str = "") -> Place:
        nearest = self.program.nearest(address)
        position = self.program.position(nearest)
        network = self.program.network
        title = symbols.text(symbol) if symbol else _title(nearest, network)
        words = _words(nearest, symbol, self.program)
        if nearest != address:
            words = f"here {_title(nearest, network)}, the other way back has a step for it"
        where = f"step {position:,}" if self.epoch == self.here.epoch else f"epoch {self.epoch:,}, step {position:,}"
        return Place(title, f"{words} · {where}", Cursor(self.epoch, position), fit)


def _kind(text: str, network: Network) -> tuple[Kind | None, str]:
    """Which part of a gradient *text* asks for, None where it says none, and what is left of it."""
    term = TERM.fullmatch(text)
    if term is not None:
        return None, f"{term['of'] or term['name']} {term['before'] or term['indices']}"
    for kind, pattern in KINDS:
        found = pattern.fullmatch(text)
        if found is not None:
            try:
                names, _, _ = _reading(found[1], network)
            except UnknownNameError:
                continue
            if any(_is_of_gradient(name, network) for name in names):
                return kind, found[1]
    return None, text


def _is_of_gradient(name: str, network: Network) -> bool:
    if name in ("letter", "eta"):
        return False
    meaning = symbols.meaning_in(name, network)
    is_known = name in symbols.PARAMETERS or name in network.parameter_shapes
    return is_known or bool(meaning.gradient_of or meaning.new_of)


def _reading(text: str, network: Network) -> tuple[tuple[str, ...], tuple[int, ...], float]:
    """The names that *text* means, the indices that it says and how well that fits; `UnknownNameError` for none."""
    try:
        name, indices = parted(text, network)
    except UnknownNameError:
        pass
    else:
        if name == "eta":  # no step makes it
            raise UnknownNameError(text)
        return tuple(dict.fromkeys((name, *_said_as(text)))), indices, LIKELY
    said: list[int] = []
    for pattern in _SAID:
        found = pattern.search(text)
        if found is not None:
            said.insert(0, int(found[1]))
            text = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,:·")
    numbered = _NUMBERED.fullmatch(text)
    if not said and numbered is not None:
        text, said = numbered[1].strip(), [int(number) for number in re.findall(r"\d+", numbered[2])]
    if not text:
        return ("letter",), tuple(said), LIKELY
    names = STAGES.get(text.lower())
    if names is not None:
        return names, tuple(said), PERHAPS
    name, indices = parted(text, network)
    return (name,), indices or tuple(said), LIKELY


def _said_as(text: str) -> tuple[str, ...]:
    """What else a name of other worlds may mean: what it stands for as a word."""
    numbered = _NUMBERED.fullmatch(text)
    return STAGES.get((text if numbered is None else numbered[1]).strip().lower(), ())


def _title(address: Address, network: Network) -> str:
    name, indices = address.quantity, address.indices
    if name == "letter":
        return network.spoken(f"letters at t = {indices[0]}")
    if address.phase is Phase.CLIP:
        return symbols.text(symbols.clipped(name))
    if address.phase is Phase.UPDATE:
        return f"{name} new"
    if address.is_sum:
        return f"∂L/∂{name}"
    if address.is_term_of(network) and len(indices) == 1:
        return f"∂L/∂{name}, {'loss' if name in OUTPUTS else 't ='} {indices[0]}"
    if address.is_term_of(network):
        return f"∂L/∂{name}, term ({', '.join(map(str, indices))})"
    return step_name(address) if indices else "total loss"


def _words(address: Address, symbol: str, program: Program) -> str:
    name, indices = address.quantity, address.indices
    if address.phase is Phase.CLIP:
        return "the clip before the update"
    if address.phase is Phase.UPDATE:
        return "the update"
    if address.is_sum:
        return "the sum of its terms"
    if address.is_chained:
        via = f" via h{symbols.subscript(indices[1])}," if program.network.attention else ""
        return f"loss {indices[0]},{via} {name} used at t = {indices[2]}"
    if address.is_term_of(program.network):
        return "its term" if name in OUTPUTS else f"what {name} at t = {indices[0]} adds, for all losses together"
    if name == "letter":
        return "the one that is read and the one that is wanted"
    if not indices:
        return "the sum of all losses"
    made = symbol or (f"dL/d{name}" if address.phase is Phase.BACKWARD else name)
    network = program.network
    meaning = symbols.meaning_in(symbols.parse(made).name, network)
    t = symbols.subscript(indices[0])
    return meaning.words.format(
        t=t, m=symbols.subscript(indices[-1]), state="Z" if network.attention else network.state
    )
