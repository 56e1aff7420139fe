"""What stops say and where they are: read from what is written, and found among the steps of a program."""

from __future__ import annotations

import re
from functools import lru_cache

from core.network import symbols
from core.network.cells import cells
from core.network.network import Network
from core.network.own_cell import is_name
from core.program.program import OUTPUTS, Address, Phase, Program
from core.watching.language import read
from core.watching.quantities import NOWHERE, Places, pair_of, single
from core.watching.stop import AtKind, AtStep, NotFinite, Stop, When
from core.watching.watched import WatchError

_HOW = re.compile(r"(?P<what>.*\S)\s+(?P<how>changes sign|changes|crosses)(?:\s+(?P<level>\S+))?", re.DOTALL)
_LARGEST = 1e300
_LONGEST_TEXT = 1_000_000  # timesteps
_WORDS = {"letter": "letter", "x": "embedding x", "h": "hidden state h", "A": "attention score A",
          "softmax": "softmax", "Z": "context Z", "Omega": "score Ω", "L": "loss L"}  # fmt: skip
_SOFTMAX = ("alpha", "yhat")


def condition(text: str, network: Network) -> When | None:
    """The stop that *text* asks for, ``L < 2`` or ``dW crosses 0.5``; None for what is only to be watched.

    `WatchError` where it is not understood.
    """
    found = _HOW.fullmatch(text.strip())
    if found is None:
        asked = read(text, network)
        return When(asked.text) if asked.is_condition else None
    what, how, level = found["what"], found["how"], found["level"] or ""
    asked = read(what, network)
    if asked.is_condition:
        raise WatchError(f"“{asked.text}” holds or not: what {how} is a number")
    if how == "crosses":
        return When(asked.text, "crosses", _number(level))
    if level:
        raise WatchError(f"“{level[:20]}” after “{how}”: expected nothing more")
    return When(asked.text, "changes" if how == "changes" else "changes sign")


def text(stop: Stop) -> str:
    """What a stop is about, in a few words; of a condition, as it is written."""
    match stop.at:
        case AtStep(address):
            return address_text(address)
        case AtKind(kind):
            return _kind_text(kind)
        case When(what, "holds"):
            return what
        case When(what, "crosses", level):
            return f"{what} crosses {level:g}"
        case When(what, how):
            return f"{what} {how}"
    return "a number is infinite or not a number"


def address_text(address: Address) -> str:
    """A step in a few words: ``h₂``, ``∂L/∂W (3, 3, 2)``, ``∂L/∂W: the sum``, ``W new``."""
    name, indices = address.quantity, address.indices
    if address.phase is Phase.UPDATE:
        return symbols.text(f"{name}_new")
    if address.phase is Phase.CLIP:
        return symbols.text(symbols.clipped(name))
    if address.phase is Phase.FORWARD:
        if name == "letter":
            return f"letter at t = {indices[0]}"
        return symbols.text(symbols.symbol(name, *indices)) if indices else "total loss L"
    if len(indices) == 1 and name not in symbols.PARAMETERS:
        return symbols.text(symbols.symbol(f"dL/d{name}", *indices))
    shown = symbols.text(f"dL/d{name}")
    return f"{shown} ({', '.join(map(str, indices))})" if indices else f"{shown}: the sum"


def kinds_of(address: Address, program: Program) -> tuple[AtKind, ...]:
    """The kinds that the step at *address* is of."""
    name, indices = address.quantity, address.indices
    if address.phase in (Phase.CLIP, Phase.UPDATE):
        return (AtKind("update"),)
    if address.is_sum:
        return (AtKind("sum"),)
    if address.is_term_of(program.network):
        return (AtKind(f"term {name}"),)
    if not indices:
        return ()
    is_back = address.phase is Phase.BACKWARD
    kind = AtKind(f"dL/d{name}" if is_back else "softmax" if name in _SOFTMAX else name)
    is_timestep = not is_back or program.way == "timesteps"
    return (kind, AtKind(f"t {indices[0]}")) if is_timestep else (kind,)


def places(at: AtStep | AtKind, program: Program) -> tuple[Places, ...]:
    """Where a stop is in *program*; none where that has no such step."""
    if isinstance(at, AtStep):
        return (single(program.position(at.address)),) if at.address in program else ()
    kind, _, name = at.kind.partition(" ")
    T, back = program.network.T, Phase.BACKWARD
    found: tuple[Places, ...] = ()
    if kind == "update":
        found = (Places(len(program.update), lambda n: program.update.first + n - 1),)
    elif kind == "sum":
        found = tuple(single(program.gradient_span(each).last) for each in program.updated)
    elif kind == "term" and name in program.gradients:
        span = program.gradient_span(name)
        found = (Places(len(span) - 1, lambda n: span.first + n - 1),)
    elif kind == "t" and 1 <= int(name) <= T:
        found = (single(program.timestep_span(int(name)).first),)
        if program.way == "timesteps":
            found += (single(program.way_back_span(int(name)).first),)
    elif kind.startswith("dL/d") and kind.removeprefix("dL/d") in program.adjoints:
        name, goes_back = kind.removeprefix("dL/d"), program.way == "timesteps"
        timesteps = program.losses if name in program.network.asked_by_loss else range(1, T + 1)
        timesteps = timesteps[::-1] if goes_back else timesteps
        found = (Places(len(timesteps), lambda n: program.position(Address(back, name, (timesteps[n - 1],)))),)
    elif kind == "A" and program.network.attention:
        found = (Places(T * (T + 1) // 2, lambda n: program.position(Address(Phase.FORWARD, "A", pair_of(n)))),)
    elif kind == "softmax":
        found = tuple(_stage(program, each) for each in _SOFTMAX)
    elif kind in program.stages:
        found = (_stage(program, kind),)
    return tuple(each for each in found if each.count)


@lru_cache
def _programs(names: tuple[str, ...]) -> tuple[Program, ...]:
    """Of every cell one with all that may stand around it."""
    return tuple(Program(Network(("a",), (0,), (0,), 1, 1, True, cell), way="timesteps") for cell in names)


def is_address(address: Address) -> bool:
    """Whether some network has a step at *address*: one of one's own may call its quantities as it likes."""
    name, indices = address.quantity, address.indices
    programs = _programs(cells())
    stages = {stage for program in programs for stage in program.stages}
    asked = {each for program in programs for each in program.adjoints}
    chained = {each for program in programs for each in program.network.chained}
    names = {*OUTPUTS, *chained}
    lengths: tuple[int, ...] = (0,)
    if address.phase is Phase.FORWARD:
        names, lengths = stages, {"A": (2,), "L": (0, 1)}.get(name, (1,))
    elif address.phase is Phase.BACKWARD:
        lengths = (1,) if name in asked - names else (0, 1) if name in OUTPUTS else (0, 1, 3)
        names |= asked
    is_there = name in names or is_name(name)
    return is_there and len(indices) in lengths and all(1 <= index <= _LONGEST_TEXT for index in indices)


def is_kind(kind: str) -> bool:
    """Whether some network has steps of this *kind*."""
    what, _, name = kind.partition(" ")
    if what == "t":
        return name.isascii() and name.isdecimal() and 1 <= int(name[:9]) <= _LONGEST_TEXT
    of_names = [f"dL/d{each}" for program in _programs(cells()) for each in program.adjoints]
    of_names += [f"term {each}" for program in _programs(cells()) for each in program.updated]
    own = kind.removeprefix("term ").removeprefix(symbols.ADJOINT)
    return kind in (*_WORDS, "update", "sum", *of_names) or is_name(own)


def problem(stop: Stop, program: Program) -> str:
    """Why *stop* cannot stop in *program*, "" where it can."""
    if isinstance(stop.at, When):
        try:
            read(stop.at.text, program.network)
        except WatchError as error:
            return str(error)
    elif not isinstance(stop.at, NotFinite) and not places(stop.at, program):
        return _why_nowhere(stop, program)
    return ""


def _why_nowhere(stop: Stop, program: Program) -> str:
    other = program.otherwise("terms" if program.way == "timesteps" else "timesteps")
    if isinstance(stop.at, AtStep | AtKind) and places(stop.at, other):
        way = "timestep by timestep" if program.way == "terms" else "term by term"
        return f"this step is there only going back {way} (Ctrl+T)"
    network = program.network
    missing = [] if network.attention else ["no attention"]
    missing += [] if network.embedding_size is not None else ["no embedding"]
    has = f"{network.T} timestep{'s' if network.T > 1 else ''}"
    return f"this network has no such step: it has {', '.join([has, *missing])}"


def _stage(program: Program, name: str) -> Places:
    timesteps = program.losses if name == "L" else range(1, program.network.T + 1)
    if Address(Phase.FORWARD, name, (timesteps[0],)) not in program:
        return NOWHERE
    return Places(len(timesteps), lambda n: program.position(Address(Phase.FORWARD, name, (timesteps[n - 1],))))


def _kind_text(kind: str) -> str:
    what, _, name = kind.partition(" ")
    if what == "t":
        return f"t = {name}"
    if what == "term":
        return f"every term of {symbols.text(f'dL/d{name}')}"
    if what.startswith("dL/d"):
        return f"every {symbols.text(what)}"
    return f"every {_WORDS.get(what, what)}"


def _number(text: str) -> float:
    try:
        number = float(text.replace("−", "-"))
    except ValueError:
        number = _LARGEST
    if not abs(number) < _LARGEST:
        raise WatchError(f"“{text[:20]}”: expected the number that it crosses, such as crosses 0.5")
    return number
