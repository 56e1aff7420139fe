"""All that can be found at a moment, from the tables that have it: what is off is there too, and says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from importlib.resources import files

from core.finding.doing import place_of
from core.finding.numbers import number, printed
from core.finding.places import places
from core.finding.ranking import Entry, ranked
from core.network.network import Network
from core.network.number import Number
from core.network.rule import NAMED_RULES, Rule
from core.program.cursor import Cursor
from core.writing.form import NumberFormat
from gui.debugger.labels import RULE_TEXTS
from gui.debugger.reasons import Moment, no_result, while_training
from gui.debugger.wording import stepping_labels
from gui.window.actions import ACTIONS, key_text
from gui.window.choices import FORMS, STYLES
from gui.window.dock_layout import DOCKS

_ASKED = 1.9  # how well asking about a number fits: after where the sheet prints it
_RULE_WORDS = {
    "exact": "autograd, true derivative, pytorch",
    "printed": "sheet’s numbers",
    "typeset": "sheet’s formulas",
}
_TOPIC = re.compile(r"<h2>(.*?)</h2>(.*?)(?=<h2>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Go:
    """Stand there."""

    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Act:
    """Give the action with that id."""

    action: str


@dataclass(frozen=True, slots=True)
class Look:
    """Bring that dock to the front; *erratum*: its number, where one is meant."""

    dock: str
    erratum: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask at this step about that number."""

    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """Open the help at that heading."""

    heading: str


@dataclass(frozen=True, slots=True)
class Open:
    """Open that file."""

    path: str


@dataclass(frozen=True, slots=True)
class Do:
    """Do what a row of the menu of numbers does with *number*, which is to be *value* where one is said."""

    run: Callable[[Number], object]
    number: Number
    value: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Have that typed into Watch."""

    text: str


Target = Do | Watch | Go | Act | Look | Ask | Read | Open | Rule | NumberFormat


def examples(network: Network) -> tuple[str, ...]:
    """A few queries that find something in *network*."""
    t = min(3, network.T)
    term = f"dW {t} {t} {max(t - 1, 1)}" if network.attention else f"dW {t} {max(t - 1, 1)}"
    return f"h{t}", term, f"softmax t={min(2, t)}", "total loss", "epoch 100"


def found(
    query: str, moment: Moment, recent: Sequence[str] = (), paths: Sequence[str] = (), deeds: Sequence[Entry] = ()
) -> list[Entry]:
    """What *query* finds, the best first; an empty one what was chosen last, by *recent* ids, and what one may type.

    *paths*: the files that were opened last. *deeds*: what it wants done with a number.
    """
    if not query.strip():
        used = ranked(query, (*_all(moment, paths), *_places_again(moment, recent)), recent)
        shown = {entry.id for entry in used}
        tries = [replace(entry, keys=text) for text in examples(moment.view.network)
                 for entry in list(_steps(text, moment))[:1] if entry.id not in shown]  # fmt: skip
        return [*used, *tries]
    return ranked(query, (*deeds, *_steps(place_of(query), moment), *_all(moment, paths)), recent)


def _steps(query: str, moment: Moment) -> Iterator[Entry]:
    view = moment.view
    here = places(query, view.program, view.cursor)
    for place in (*printed(query, view.source.worksheet, view.program), *here):
        reason = place.reason or while_training(moment)
        target = Go(place.cursor) if place.cursor is not None else None
        epoch = view.cursor.epoch if place.cursor is None else place.cursor.epoch
        again = f"step:{place.title}" + (f" epoch {epoch}" if epoch != view.cursor.epoch else "")
        yield Entry(again, place.title, place.words, reason=reason, fit=place.fit, target=target)
    if number(query) is not None:
        text = query.strip()
        yield Entry(
            f"ask:{text}",
            f"Is {text} right here?",
            "Ask about it at this step",
            "?",
            reason=no_result(moment),
            fit=_ASKED,
            target=Ask(text),
        )


def _places_again(moment: Moment, recent: Sequence[str]) -> Iterator[Entry]:
    """The steps that were chosen last, which are no commands: what was typed then names them."""
    for name in recent:
        kind, _, query = name.partition(":")
        if kind == "step":
            yield from list(_steps(query, moment))[:1]


def _all(moment: Moment, paths: Sequence[str]) -> Iterator[Entry]:
    labels = stepping_labels(moment.view)
    for spec in ACTIONS:
        keys = ", ".join(key_text(shortcut) for shortcut in spec.shortcuts)
        title = labels.get(spec.id, spec.text)
        also = spec.also if title == spec.text else f"{spec.also}, {spec.text}"
        yield Entry(f"action:{spec.id}", title, spec.tip, keys, also, spec.why_off(moment), target=Act(spec.id))
    for dock in DOCKS:
        also = f"{dock.also}, {dock.title} panel, {dock.title} dock"
        yield Entry(f"dock:{dock.id}", dock.title, f"Panel: {dock.question}", also=also, target=Look(dock.id))
    state = moment.view.state
    for name, rule in NAMED_RULES.items():
        reason = "This rule is in use" if rule == state.rule else ""
        yield Entry(
            f"rule:{name}",
            f"Rule: {RULE_TEXTS[name]}",
            "How the gradient is formed",
            "",
            f"{_RULE_WORDS[name]}, {name} rule, {name} gradient",
            reason,
            target=rule,
        )
    for form in FORMS:
        reason = "Numbers are written so" if form == state.form else ""
        yield Entry(
            f"form:{form.style} {form.digits}",
            f"{form.digits} {STYLES[form.style]}",
            "How numbers are written",
            "",
            f"precision, digits, rounding, decimal places, {form.digits} digits"
            + (", full precision, more digits, all digits" if form.digits > 6 else ""),
            reason,
            target=form,
        )
    sheet = moment.view.source.worksheet
    for erratum in sheet.errata if sheet is not None else ():
        yield Entry(
            f"erratum:{erratum.number}",
            f"Erratum {erratum.number}: {erratum.title}",
            erratum.words,
            also="errata, mistake of the sheet, wrong in the sheet",
            target=Look("sheet", erratum.number),
        )
    for heading, words in topics():
        yield Entry(f"help:{heading}", f"Help: {heading}", words, target=Read(heading))
    for path in paths:
        yield Entry(f"file:{path}", f"Open {path}", "A file that was opened before", also="recent", target=Open(path))


@lru_cache(maxsize=1)
def topics() -> tuple[tuple[str, str], ...]:
    """The headings of the help, each with the words below it."""
    page = files("resources").joinpath("help.html").read_text(encoding="utf-8")
    return tuple((_plain(heading), _plain(words)) for heading, words in _TOPIC.findall(page))


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
