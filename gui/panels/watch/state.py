"""What the Watch panel shows of a view, and what its edits lead to: pure, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.network.arrays import Array
from core.network.network import Network
from core.watching.language import read
from core.watching.searching import value_before
from core.watching.stop import AtStep, Stop, When
from core.watching.stops import condition, problem, text
from core.watching.watched import Watched, WatchError
from core.writing.form import NumberFormat, exact
from gui.debugger.view import View

_MOST = 2  # numbers of several that are shown


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watch: as it is *written*; its value *now*, *before* at *where*, and the *change*; *tip* says all in full.

    *problem*: why this network has no such number. *stops*: whether running stops where it changes. *is_single*:
    whether it is one number, of which the epochs have a curve.
    """

    written: str
    now: str = ""
    before: str = ""
    where: str = ""
    change: str = ""
    tip: str = ""
    problem: str = ""
    stops: bool = False
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop: what it says, its note, whether it is on, and why it cannot stop here; a condition can be edited."""

    words: str
    note: str
    is_on: bool
    problem: str
    is_condition: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """Watches and stops that an edit leads to; *words* say what it is."""

    watches: tuple[str, ...]
    stops: tuple[Stop, ...]
    words: str


def watch_rows(view: View) -> tuple[WatchRow, ...]:
    """A row for every watch."""
    return tuple(_row(view, written) for written in view.state.watches)


def stop_rows(view: View) -> tuple[StopRow, ...]:
    """A row for every stop."""
    return tuple(
        StopRow(text(stop), stop.note, stop.is_on, problem(stop, view.program), isinstance(stop.at, When))
        for stop in view.state.stops
    )


def entered(view: View, written: str) -> Marks:
    """What is to be watched, or stopped at, once *written* was entered; else `WatchError`."""
    state = view.state
    asked = condition(written, view.network)
    if asked is not None:
        others = tuple(stop for stop in state.stops if stop.at != asked)
        return Marks(state.watches, (*others, Stop(asked)), f"stop when {text(Stop(asked))}")
    watch = read(written, view.network).text
    rest = tuple(each for each in state.watches if each != watch)
    return Marks((*rest, watch), state.stops, f"watch of {watch}")


def rewritten(view: View, row: int, written: str) -> Marks:
    """The watch of *row* becomes *written*; else `WatchError`."""
    state = view.state
    if condition(written, view.network) is not None:
        raise WatchError("this is a condition to stop at: write it into the field above")
    watch = read(written, view.network).text
    watches = (*state.watches[:row], watch, *state.watches[row + 1 :])
    return Marks(tuple(dict.fromkeys(watches)), state.stops, f"watch of {watch}")


def restated(view: View, row: int, written: str) -> Marks:
    """The condition of the stop of *row* becomes *written*, in its place; else `WatchError`."""
    state = view.state
    asked = condition(written, view.network)
    if asked is None:
        raise WatchError("expected a condition, such as L < 2, or what changes, such as dW changes sign")
    kept = [replace(stop, at=asked) if place == row else stop for place, stop in enumerate(state.stops)]
    stops = tuple(stop for place, stop in enumerate(kept) if place == row or stop.at != asked)
    return Marks(state.watches, stops, f"stop when {text(Stop(asked))}")


def changed(view: View, row: int, *, note: str | None = None, is_on: bool | None = None) -> Marks:
    """The stop of *row* with another note, or on or off; None for as it is."""
    stops = view.state.stops
    stop = stops[row]
    stop = replace(stop, note=stop.note if note is None else note, is_on=stop.is_on if is_on is None else is_on)
    return Marks(view.state.watches, (*stops[:row], stop, *stops[row + 1 :]), f"stop at {text(stop)}")


def without(view: View, *, watch: int | None = None, stop: int | None = None) -> Marks:
    """Without a row."""
    watches, stops = view.state.watches, view.state.stops
    words = f"watch of {watches[watch]}" if watch is not None else f"stop at {text(stops[stop or 0])}"
    return Marks(
        tuple(each for place, each in enumerate(watches) if place != watch),
        tuple(each for place, each in enumerate(stops) if place != stop),
        words,
    )


def stopping_on_change(view: View, row: int, *, stops: bool) -> Marks:
    """Whether running stops where the watch of *row* changes."""
    when = When(view.state.watches[row], "changes")
    others = tuple(stop for stop in view.state.stops if stop.at != when)
    return Marks(view.state.watches, (*others, Stop(when)) if stops else others, f"stop when {text(Stop(when))}")


def leads_to(view: View, row: int) -> int | None:
    """The position that a stop of *row* stops at, where that is one step."""
    at = view.state.stops[row].at
    return view.program.position(at.address) if isinstance(at, AtStep) and at.address in view.program else None


def understood(written: str, network: Network) -> Watched | None:
    """What *written* says of *network*, None where nothing."""
    try:
        return read(written, network)
    except WatchError:
        return None


def _row(view: View, written: str) -> WatchRow:
    stops = any(stop.at == When(written, "changes") for stop in view.state.stops)
    try:
        watched = read(written, view.network)
    except WatchError as error:
        return WatchRow(written, problem=str(error), tip=str(error), stops=stops)
    program, position, form = view.program, view.cursor.position, view.form
    last = watched.before(program, position + 1)
    known = last is not None
    number = view.cursor.epoch
    before = value_before(
        watched, view.epoch, program, last or watched.first(program), lambda: view.training.before(number)
    )
    now = watched.value(view.epoch, program, position) if known else None
    is_known_before = before is not None and (known or before.cursor.epoch < number)
    old = before.value if before is not None and is_known_before else None
    where = ""
    if before is not None and is_known_before:
        is_here = before.cursor.epoch == number
        where = f"step {before.cursor.position:,}" if is_here else f"epoch {before.cursor.epoch:,}"
    with np.errstate(all="ignore"):  # from ∞ to ∞
        change = now - old if now is not None and old is not None and now.shape == old.shape else None
    first = watched.first(program)
    said = [
        f"{written} = {_in_full(now)}" if now is not None else f"Not yet computed: it will be at step {first:,}",
        f"{where}: {_in_full(old)}" if old is not None else "There is nothing before it yet",
    ]
    return WatchRow(
        written,
        _short(now, form) if now is not None else f"not yet: step {first:,}",
        _short(old, form) if old is not None else "",
        where,
        "" if change is None else _short(change, form),
        "\n".join(said),
        "",
        stops,
        now.size == 1 if now is not None else old is not None and old.size == 1,
    )


def _short(values: Array, form: NumberFormat) -> str:
    numbers = np.ravel(values)[:_MOST].tolist()
    return "  ".join(map(form, numbers)) + ("  …" if values.size > _MOST else "")


def _in_full(values: Array) -> str:
    numbers = np.ravel(values)[:12].tolist()
    return "  ".join(map(exact, numbers)) + ("  …" if values.size > 12 else "")
