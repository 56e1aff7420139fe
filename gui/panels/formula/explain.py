"""Below the formula: the arithmetic of one entry, a sum by losses, and what the sheet says. Pure functions."""

from __future__ import annotations

from functools import partial

import numpy as np

from core.network import routes, symbols
from core.network.arrays import entry_of
from core.network.changes import alone, number_of
from core.program.cursor import Cursor
from core.program.program import OUTPUTS
from core.sources.worksheets import VERDICT_MARKS, verdict
from core.steps.entry import MANY
from core.steps.evaluate import evaluate
from core.steps.template import Piece, Pieces, in_product
from core.steps.written_out import Factor, factor, products
from core.studies.contributions import bars
from core.writing.form import adds_up
from core.writing.shown import entry_name, visible
from gui.debugger.labels import name_of
from gui.debugger.view import View
from gui.panels.formula.picture import folding

_MOST_ADDENDS = 8
_MOST_OF_E = 3  # products of a term of E
_MOST_IN_HEAD = 4  # numbers
_CLOSED = {"tanh": "A saturated tanh, for one,", "sigmoid": "A saturated sigmoid, for one,",
           "relu": "A ReLU that makes 0, for one,"}  # fmt: skip


def entry_line(view: View, *, opened: bool = False) -> Pieces:
    """The scalar arithmetic of the followed entry of a matrix-valued term; empty for a single number.

    *opened*: with all products of a long sum.
    """
    step, form = view.step, view.form
    if step.value.size == 1:
        return ()
    if step.kind == "update":
        return _updated_entry(view)
    addends = products(view.epoch, step, view.entry) if step.kind == "term" else ()
    if not addends:
        return ()
    value = form.latex(_followed(view))
    if step.address.quantity != "E":
        return (*_named(addends[0]), *_numbered(addends[0], view), Piece(value))
    most = MANY if opened else _MOST_OF_E
    shown = [rf"{form.latex(r.value)} \cdot {in_product(form.latex(beside.value))}" for r, beside in addends[:most]]
    more = r" + \cdots" if len(addends) > most else ""
    line = (Piece(" + ".join(shown) + more + f" = {value}"),)
    return folding(line, opened=opened) if len(addends) > _MOST_OF_E else line


def _named(factors: tuple[Factor, ...]) -> Pieces:
    """The factors by name, and the sign of equality."""
    first, second = (Piece(factor.latex, factor.symbol, factor.family) for factor in factors)
    return first, Piece(r" \cdot "), second, Piece(" = ")


def _numbered(factors: tuple[Factor, ...], view: View) -> Pieces:
    """The factors as numbers, and the sign of equality."""
    (first, one), (second, other) = ((view.form.latex(factor.value), factor) for factor in factors)
    return (
        Piece(first, one.symbol, one.family),
        Piece(r" \cdot "),
        Piece(in_product(second), other.symbol, other.family),
        Piece(" = "),
    )


def _updated_entry(view: View) -> Pieces:
    name, form, entry = view.step.address.quantity, view.form, view.entry[: view.step.value.ndim]
    taken = symbols.taken(name, view.epoch.rule)
    old, slope = (factor(view.epoch, symbol, entry) for symbol in (name, taken))
    eta, latex = view.epoch.learning_rate, rf"\left({symbols.latex(taken)}\right)"
    slope_name = latex + rf"_{{{','.join(str(index + 1) for index in entry)}}}"
    return (
        Piece(old.latex, name, old.family),
        Piece(r" - \eta \cdot "),
        Piece(slope_name, slope.symbol, slope.family),
        Piece(" = "),
        Piece(form.latex(old.value), name, old.family),
        Piece(rf" - {form.latex(eta)} \cdot "),
        Piece(in_product(form.latex(slope.value)), slope.symbol, slope.family),
        Piece(f" = {form.latex(_followed(view))}"),
    )


def changed_line(view: View) -> str:
    """What the result was without the changes, and that the step's number is held; "" where neither is so."""
    step, form, number = view.step, view.form, view.result
    parts = []
    for held in view.network.held:
        each = number_of(held)
        if each.symbol in step.formula.writes:
            name = name_of(view.network, each)
            beside = f"; {note}" if (note := alone(view.network, each.symbol)) else ""
            parts.append(
                f"{name} is held at {form(held.number)}: what follows uses that, and nothing flows back here{beside}"
            )
    original = view.original
    if original is not None and step.address.quantity != "letter":
        before = evaluate(original, step.address, view.program.way).value
        was, now = (entry_of(value, view.entry) if value.ndim else float(value) for value in (before, step.value))
        if was != now:
            which = name_of(view.network, number) if step.value.size > 1 else "it"
            moved = f"{'+' if now >= was else ''}{form(now - was)}"
            parts.append(f"Without the change {which} would be {form(was)}; the difference is {moved}")
    return ".  ".join(parts) + ("." if parts else "")


def value_line(view: View) -> str:
    """The value of a step for the head of the panel: the number, few of them, or the entry that is followed."""
    step, form = view.step, view.form
    if step.address.quantity == "letter":
        return ""
    if step.value.size == 1:
        return f"= {form(float(np.ravel(step.value)[0]))}"
    if step.kind in ("forward", "error", "clip"):
        first = np.ravel(step.value)[:_MOST_IN_HEAD].tolist()
        return f"= {'  '.join(map(form, first))}{'  …' if step.value.size > _MOST_IN_HEAD else ''}"
    name = step.address.quantity if step.kind == "update" else f"dL/d{step.address.quantity}"
    return f"entry ({entry_name(view.network, name, view.entry)}) = {form(_followed(view))}"


def sentence(view: View) -> str:
    """The plain sentence; of a term that is zero, why."""
    step = view.step
    if step.zero is not None:
        return step.zero
    if step.kind == "term" and not np.any(step.value):
        slope = routes.slope(view.network)
        closed = "A number that is held" if view.network.held else _CLOSED.get(slope.function if slope else "", "")
        return f"0: a factor on the way is 0.{f' {closed} lets nothing through.' if closed else ''}"
    return step.formula.sentence


def paths_line(view: View) -> str:
    """What the paths through attention mean that a term is added up from, in plain words; "" without any."""
    notes = [link.note for link in view.step.formula.links if " path: " in link.note]
    return "  ·  ".join(note.replace(" path: ", ": ") for note in notes)


def stop_notes(view: View) -> tuple[str, ...]:
    """The notes of the stops that hold at this step."""
    stops = [stop for stop in view.state.stops if stop.note and stop.is_on]
    if not stops:
        return ()
    from core.watching.searching import here  # once there is a stop with a note

    found = here(
        stops, view.epoch, view.program, partial(view.training.before, view.cursor.epoch), view.cursor.position
    )
    return tuple(stops[which].note for which in found)


def entry_title(view: View) -> str:
    """Which entry `entry_line` is about, and why it is zero where the others are not, of which `sentence` says it."""
    step, network = view.step, view.network
    name = step.address.quantity
    text = f"Entry ({entry_name(network, f'dL/d{name}', view.entry)})"
    if step.zero:
        return text
    picked = next((entry for _, entry in step.formula.picks), None)
    if name != "E" and picked not in (None, view.entry[1]):
        k = step.address.indices[-1]
        return f"{text}: 0, because x{symbols.subscript(k)} is “{visible(network.input_letter(k))}”, another column."
    if name == "E" and picked not in (None, view.entry[0]):
        return f"{text}: 0, because the term goes to another row."
    return text


def sum_by_loss(view: View) -> str:
    """At a sum step, the followed entry as the sum of what each loss or use adds; empty where there are too many."""
    step, form = view.step, view.form
    if step.kind != "sum" or not 1 < view.network.T <= _MOST_ADDENDS:
        return ""
    addends = [form(bar.value) for bar in bars(view.epoch, view.program, step.address, view.entry, "t")]
    total = _followed(view)
    joined = " + ".join(f"({text})" if text.startswith("−") else text for text in addends)
    sign = "=" if adds_up(addends, form(total)) else "≈"
    entry = (
        "" if step.value.size == 1 else f" of entry ({entry_name(view.network, step.formula.writes[0], view.entry)})"
    )
    is_by_use = step.address.quantity not in OUTPUTS and not view.program.is_chained(step.address.quantity)
    return f"By {'use' if is_by_use else 'loss'}{entry}: {joined} {sign} {form(total)}"


def rounding_note(view: View) -> str:
    """At a sum step, how well the terms agree with the gradient that the update uses."""
    if view.step.kind != "sum":
        return ""
    off = view.step.rounding
    return "The terms add up to it exactly." if off == 0 else f"The terms add up to it, up to rounding ({off:.0e})."


def sheet_lines(view: View, *, in_full: bool) -> tuple[str, ...]:
    """What the sheet prints of this step, the verdict, and the errata that apply; nothing without a sheet.

    *in_full*: with the errata in all their words, else by their titles.
    """
    sheet = view.source.worksheet
    if sheet is None:
        return ()
    epoch, address = view.cursor.epoch, view.step.address
    printed = sheet.at(epoch, address)
    lines: list[str] = []
    if printed:
        verdicts = [verdict(number.value, number.computed(view.epoch)) for number in printed]
        shown = "  ".join(f"{number.value:.4f}".replace("-", "−") for number in printed)
        counts = [f"{verdicts.count(v)} {v}" if len(printed) > 1 else v for v in VERDICT_MARKS if v in verdicts]
        if "differs" in verdicts and view.is_changed:
            return (f"Changed: the sheet, which prints {shown}, no longer applies here.",)
        worst = "differs" if "differs" in verdicts else "one unit off" if "one unit off" in verdicts else "equal"
        lines.append(f"The sheet prints {shown}   {VERDICT_MARKS[worst]} {', '.join(counts)}")
    else:
        lines.append(sheet.note_at(epoch, address))
    lines += filter(None, [sheet.words_at(epoch, address)])
    errata = sheet.errata_at(epoch, address)
    if errata and not in_full:
        *before, last = (str(erratum.number) for erratum in errata)
        which = f"Errata {', '.join(before)} and {last} apply" if before else f"Erratum {last} applies"
        return (f"{lines[0]}   ·   {which}.",)
    for erratum in errata:
        stand = erratum.stand(view.epoch.rule)
        title = f"Erratum {erratum.number}: {erratum.title[0].lower()}{erratum.title[1:]}."
        lines.append(" ".join(part for part in (title, erratum.words, stand) if part))
    return tuple(lines)


def operand_line(view: View, symbol: str) -> tuple[str, str, str]:
    """An operand that is pointed at or watched: its name, what it is, and its value with the step that made it."""
    words = symbols.words(symbol, view.network, view.epoch.rule)
    ends = [symbols.shape_text(symbol, view.network)]
    origin = view.origin(symbol)
    if not view.is_known(symbol):
        ends.append(f"not computed yet{'' if origin is None else f', step {origin.position:,}'}")
    else:
        value, original = view.epoch.value(symbol), view.original
        if value.size == 1:
            said = view.form(float(np.ravel(value)[0]))
            if original is not None and original.value(symbol).tobytes() != value.tobytes():
                said += f" (without the change {view.form(float(np.ravel(original.value(symbol))[0]))})"
            ends.append(said)
        ends.append(_made(view, symbol, origin))
    return f"{symbols.text(symbol)}: ", words, "".join(f" · {each}" for each in ends)


def _made(view: View, symbol: str, origin: Cursor | None) -> str:
    if any(number_of(held).symbol == symbol for held in view.network.held):
        return "held"
    if origin is None:
        return "given at the start"
    if origin == view.cursor:
        return "made here"
    return f"made at step {origin.position:,}" + (
        "" if origin.epoch == view.cursor.epoch else f" of epoch {origin.epoch:,}"
    )


def _followed(view: View) -> float:
    return entry_of(view.step.value, view.entry)
