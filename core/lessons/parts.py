"""The parts of a lesson's file: one row each says its key, what stands there, and how it is read and written.

Another part is another row. A reader is pure and strict: it gives the fields of the lesson that the part decides, or
says where in the part something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import attrgetter
from typing import Any, Literal

import msgspec

from core.equations.reading import LONGEST
from core.lessons.lesson import LOOKS, PANELS, Lesson
from core.network.changes import Changes, is_letter, why_not, within
from core.network.network import Network
from core.network.number import Number
from core.network.symbols import exists, parse, shape
from core.program.cursor import Cursor
from core.program.program import Address, Phase, Program
from core.sources import network_file
from core.watching.scanning import composed
from core.watching.stop import AtKind, AtStep, How, NotFinite, Stop, When
from core.watching.stops import is_address, is_kind
from core.writing.form import NumberFormat
from core.writing.json_problems import BadContentError

LAST_EPOCH = 10_000_000


class _Hidden(msgspec.Struct, forbid_unknown_fields=True):
    all: bool = False
    shown: list[tuple[int, int]] = []
    hidden: list[tuple[int, int]] = []


class _Change(msgspec.Struct, forbid_unknown_fields=True):
    number: str
    value: float | str
    entry: list[int] = []
    epoch: int = 1


class _Numbers(msgspec.Struct, forbid_unknown_fields=True):
    style: Literal["decimals", "significant"]
    digits: int


class _Step(msgspec.Struct, forbid_unknown_fields=True, tag="step"):
    phase: Literal["forward", "backward", "update"]
    quantity: str
    indices: list[int] = []


class _Kind(msgspec.Struct, forbid_unknown_fields=True, tag="kind"):
    kind: str


class _When(msgspec.Struct, forbid_unknown_fields=True, tag="when"):
    when: str
    how: How = "holds"
    level: float = 0.0


class _NotFinite(msgspec.Struct, forbid_unknown_fields=True, tag="not finite"):
    pass


class _Stop(msgspec.Struct, forbid_unknown_fields=True):
    at: _Step | _Kind | _When | _NotFinite
    note: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One row.

    *key*: in the file. *kind*: what JSON stands there. *read*: what that says of the lesson as far as it is read, as
    fields; `BadContentError` begins with the place within the part. *write*: what stands there for a lesson, None for
    nothing. *is_work*: whether to lose it is to lose work; the rest is only where and how one looks. *says_none*:
    whether an empty list stands there too, since a lesson without it has some.
    """

    key: str
    kind: Any
    read: Callable[[Lesson, Any], Mapping[str, Any]]
    write: Callable[[Lesson], Any]
    is_work: bool = False
    says_none: bool = False


def _field(name: str) -> tuple[Callable[[Lesson, Any], Mapping[str, Any]], Callable[[Lesson], Any]]:
    """How a field is read and written that stands in the file as it is."""
    return (lambda _lesson, value: {name: value}), attrgetter(name)


def _read_changes(lesson: Lesson, found: Sequence[_Change]) -> Mapping[str, Any]:
    network = lesson.source.network
    values: dict[Number, float] = {}
    for place, change in enumerate(found, 1):
        try:
            number, value = _change(network, change)
        except BadContentError as error:
            raise BadContentError(f"[{place}]{error}") from None
        if number in values:
            raise BadContentError(f"[{place}]: {change.number} is changed twice in epoch {change.epoch}")
        values[number] = value
    return {"changes": Changes(values)}


def _change(network: Network, change: _Change) -> tuple[Number, float]:
    symbol, entry, value = change.number, tuple(i - 1 for i in change.entry), change.value
    try:
        name, is_there = parse(symbol).name, exists(symbol, network)
    except (KeyError, ValueError):
        name, is_there = "", False
    if not is_there or name == "eta" or why_not(network, symbol):
        raise BadContentError(f".number: expected what can be changed or held in this network, found {symbol!r}")
    if not 1 <= change.epoch <= LAST_EPOCH:
        raise BadContentError(f".epoch: expected 1 to {LAST_EPOCH:,}, found {change.epoch}")
    if is_letter(network, name):
        if entry or value not in network.alphabet:
            raise BadContentError(f".value: expected a letter of the alphabet, found {value!r}")
        return Number(symbol, (), change.epoch), float(network.alphabet.index(value))
    sizes = shape(symbol, network)
    is_factor = name in network.parameter_shapes and not entry
    if not is_factor and (len(entry) != len(sizes) or not all(0 <= i < n for i, n in zip(entry, sizes, strict=True))):
        raise BadContentError(f".entry: expected {len(sizes)} numbers up to {', '.join(map(str, sizes)) or 'none'}")
    if isinstance(value, str) or not isfinite(value):
        raise BadContentError(f".value: expected a finite number, found {value!r}")
    low, high = within(network, symbol)
    if not low <= value <= high:
        raise BadContentError(f".value: expected {low:g} to {high:g}, found {value!r}")
    return Number(symbol, entry, change.epoch), float(value)


def _write_changes(lesson: Lesson) -> object:
    network = lesson.source.network
    return [
        {
            "number": number.symbol,
            **({"entry": [i + 1 for i in number.entry]} if number.entry else {}),
            "epoch": number.epoch,
            "value": network.alphabet[int(value)] if is_letter(network, parse(number.symbol).name) else value,
        }
        for number, value in lesson.changes.values.items()
    ] or None


def _read_epoch(lesson: Lesson, epoch: int) -> Mapping[str, Any]:
    if not 1 <= epoch <= LAST_EPOCH:
        raise BadContentError(f": expected 1 to {LAST_EPOCH:,}, found {epoch}")
    return {"cursor": Cursor(epoch, lesson.cursor.position)}


def _read_step(lesson: Lesson, step: int) -> Mapping[str, Any]:
    return {"cursor": Cursor(lesson.cursor.epoch, _step(step, lesson.program, ""))}


def _read_hidden(lesson: Lesson, hidden: _Hidden) -> Mapping[str, Any]:
    shown, concealed = (_cursors(found, lesson, name) for name, found in
                        ((".shown", hidden.shown), (".hidden", hidden.hidden)))  # fmt: skip
    if both := shown & concealed:
        place = min(both, key=lambda cursor: (cursor.epoch, cursor.position))
        raise BadContentError(f": epoch {place.epoch}, step {place.position} is shown and hidden")
    return {"predicts": hidden.all, "revealed": shown, "concealed": concealed}


def _write_hidden(lesson: Lesson) -> object:
    if not (lesson.predicts or lesson.revealed or lesson.concealed):
        return None
    shown, hidden = (sorted((cursor.epoch, cursor.position) for cursor in places)
                     for places in (lesson.revealed, lesson.concealed))  # fmt: skip
    return {"all": lesson.predicts, "shown": shown, "hidden": hidden}


def _read_entries(lesson: Lesson, found: Mapping[str, Sequence[int]]) -> Mapping[str, Any]:
    shapes, entries = lesson.source.network.parameter_shapes, {}
    for name, entry in found.items():
        if name not in shapes:
            raise BadContentError(f".{name}: expected one of {', '.join(shapes)}")
        shape = shapes[name]
        if len(entry) != len(shape) or not all(1 <= i <= n for i, n in zip(entry, shape, strict=True)):
            largest = ", ".join(map(str, shape))
            raise BadContentError(f".{name}: expected an entry from {', '.join('1' * len(shape))} to {largest}")
        entries[name] = entry[0] - 1, (entry[1] - 1 if len(entry) > 1 else 0)
    return {"entries": entries}


def _write_entries(lesson: Lesson) -> object:
    shapes = lesson.source.network.parameter_shapes
    return {
        name: [i + 1 for i in entry[: len(shapes[name])]] for name, entry in lesson.entries.items() if name in shapes
    }


def _read_watches(_lesson: Lesson, watches: Sequence[str]) -> Mapping[str, Any]:
    for number, watch in enumerate(watches, 1):
        _check_watch(watch, f"[{number}]")
    return {"watches": tuple(dict.fromkeys(watches))}


def _check_watch(watch: str, place: str) -> None:
    """What is watched may be of another network, and then says so; but it is one short line."""
    if not watch or len(watch) > LONGEST or composed(watch) != watch:
        raise BadContentError(f"{place}: expected one line of at most {LONGEST:,} characters")


def _read_stops(_lesson: Lesson, stops: Sequence[_Stop]) -> Mapping[str, Any]:
    found = []
    for number, stop in enumerate(stops, 1):
        place = f"[{number}]"
        at: AtStep | AtKind | When | NotFinite
        match stop.at:
            case _Step(phase, quantity, indices):
                at = AtStep(Address(Phase[phase.upper()], quantity, tuple(indices)))
                if not is_address(at.address):
                    raise BadContentError(f"{place}.at: no network has such a step")
            case _Kind(kind):
                at = AtKind(kind)
                if not is_kind(kind):
                    raise BadContentError(f"{place}.at.kind: no step is of this kind: {kind!r}")
            case _When(watch, how, level):
                _check_watch(watch, f"{place}.at.when")
                at = When(watch, how, level)
            case _:
                at = NotFinite()
        if len(stop.note) > LONGEST:
            raise BadContentError(f"{place}.note: expected at most {LONGEST:,} characters")
        found.append(Stop(at, stop.note, stop.on))
    return {"stops": tuple(found)}


def _write_stops(lesson: Lesson) -> object:
    return [{"at": _written_stop(stop.at), "note": stop.note, "on": stop.is_on} for stop in lesson.stops]


def _written_stop(at: AtStep | AtKind | When | NotFinite) -> dict[str, object]:
    match at:
        case AtStep(address):
            phase, indices = address.phase.name.lower(), list(address.indices)
            return {"type": "step", "phase": phase, "quantity": address.quantity, "indices": indices}
        case AtKind(kind):
            return {"type": "kind", "kind": kind}
        case When(watch, how, level):
            return {"type": "when", "when": watch, "how": how, "level": level}
    return {"type": "not finite"}


def _read_numbers(_lesson: Lesson, numbers: _Numbers) -> Mapping[str, Any]:
    if not 1 <= numbers.digits <= 17:
        raise BadContentError(f".digits: expected 1 to 17, found {numbers.digits}")
    return {"form": NumberFormat(numbers.style, numbers.digits)}


def _read_looks(_lesson: Lesson, looks: Mapping[str, str]) -> Mapping[str, Any]:
    for name, look in looks.items():
        if look not in LOOKS.get(name, ()):
            expected = f"expected one of {', '.join(LOOKS[name])}, found {look!r}" if name in LOOKS else "unknown key"
            raise BadContentError(f".{name}: {expected}")
    return {"looks": looks}


def _read_front(_lesson: Lesson, names: Sequence[str]) -> Mapping[str, Any]:
    for number, name in enumerate(names, 1):
        if name not in PANELS:
            raise BadContentError(f"[{number}]: expected one of {', '.join(PANELS)}, found {name!r}")
    return {"front": tuple(dict.fromkeys(names))}


def _step(step: int, program: Program, place: str) -> int:
    if not 1 <= step <= len(program):
        raise BadContentError(
            f"{place}: expected 1 to {len(program):,}, the steps of an epoch of this network, found {step}"
        )
    return step


def _cursors(found: Sequence[tuple[int, int]], lesson: Lesson, place: str) -> frozenset[Cursor]:
    program = lesson.program
    for number, (epoch, step) in enumerate(found, 1):
        if not 1 <= epoch <= LAST_EPOCH:
            raise BadContentError(f"{place}[{number}]: expected an epoch from 1 to {LAST_EPOCH:,}, found {epoch}")
        _step(step, program, f"{place}[{number}]")
    return frozenset(Cursor(epoch, step) for epoch, step in found)


# The steps are counted by order and way, which therefore stand before all that says a step.
PARTS: tuple[Part, ...] = (
    Part(
        "rule",
        Literal["exact", "printed", "typeset"] | network_file.RuleObject,
        lambda _, value: {"rule": network_file.rule_of(value)},
        lambda lesson: network_file.rule_value(lesson.rule),
        is_work=True,
    ),
    Part("learning_rate", float, *_field("learning_rate"), is_work=True),
    Part("changes", list[_Change], _read_changes, _write_changes, is_work=True),
    Part("order", Literal["timestep", "stage"], *_field("order")),
    Part("way", Literal["terms", "timesteps"] | None, *_field("chosen_way")),
    Part("epoch", int, _read_epoch, lambda lesson: lesson.cursor.epoch),
    Part("step", int, _read_step, lambda lesson: lesson.cursor.position),
    Part("hidden", _Hidden, _read_hidden, _write_hidden),
    Part("entries", dict[str, list[int]], _read_entries, _write_entries),
    Part("watches", list[str], _read_watches, lambda lesson: list(lesson.watches), is_work=True),
    Part("stops", list[_Stop], _read_stops, _write_stops, is_work=True, says_none=True),
    Part("numbers", _Numbers, _read_numbers, lambda lesson: {"style": lesson.form.style, "digits": lesson.form.digits}),
    Part("skip_zero_terms", bool, *_field("skips_zero_terms")),
    Part("lines", str, *_field("lines"), is_work=True),
    Part("panels", dict[str, str], _read_looks, lambda lesson: dict(lesson.looks)),
    Part("front", list[str], _read_front, lambda lesson: list(lesson.front)),
    Part("copy", bool, *_field("is_copy")),
)


def work(lesson: Lesson) -> tuple[object, ...]:
    """What it would be a loss to lose of *lesson*; equal where nothing of it is another."""
    return lesson.source, *(part.write(lesson) for part in PARTS if part.is_work)
