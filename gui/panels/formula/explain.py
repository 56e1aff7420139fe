"""Below the formula: the arithmetic of one entry, a sum by losses, and what the sheet says. Pure functions."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import numpy as np

from core.network import symbols
from core.sources.worksheets import VERDICT_MARKS, verdict
from core.steps.template import Piece, Pieces
from core.studies.contributions import bars
from core.writing.shown import visible
from gui.debugger.labels import entry_name
from gui.debugger.view import View

_MOST_ADDENDS = 8


def entry_line(view: View) -> Pieces:
    """The scalar arithmetic of the followed entry of a matrix-valued term; empty for a single number."""
    step, (i, j), form = view.step, view.entry, view.form
    name = step.address.quantity
    if step.kind == "update" and step.value.size > 1:
        return _updated_entry(view)
    if step.kind != "term" or step.value.size == 1 or name in ("b", "c"):
        return ()
    value = float(step.value[i, j])
    if name == "V":
        t = step.address.indices[0]
        state = next(symbol for symbol in step.formula.reads if symbol.startswith(("Z[", "h[")))
        factors = [(f"dL/dOmega[{t}]", (i + 1,)), (state, (j + 1,))]
        return _product([_factor(view, symbol, entry) for symbol, entry in factors], value, view)
    if name == "E":
        r = step.products[-2]
        column = view.epoch.tape.parameters.U[:, j]
        if not np.any(step.value[i]):
            return ()
        shown = [f"{form.latex(r[n])} \\cdot {_signed(form.latex(column[n]))}" for n in range(min(len(r), 3))]
        more = r" + \cdots" if len(r) > 3 else ""
        return (Piece(" + ".join(shown) + more + f" = {form.latex(value)}"),)
    k = step.address.indices[-1]
    r = step.products[-2]
    index = str(i + 1)
    beside = f"h[{k - 1}]" if name == "W" else f"x[{k}]"
    first = (rf"r_{{{index}}}", form.latex(float(r[i])), None, "h")
    return _product([first, _factor(view, beside, (j + 1,))], value, view)


def _updated_entry(view: View) -> Pieces:
    name, form = view.step.address.quantity, view.form
    entry = tuple(index + 1 for index in view.entry[: view.step.value.ndim])
    old, slope = (_factor(view, symbol, entry) for symbol in (name, f"dL/d{name}"))
    eta, latex = view.epoch.learning_rate, rf"\left({symbols.latex(f'dL/d{name}')}\right)"
    slope_name = latex + rf"_{{{','.join(map(str, entry))}}}"
    return (
        Piece(old[0], name, old[3]),
        Piece(r" - \eta \cdot "),
        Piece(slope_name, f"dL/d{name}", slope[3]),
        Piece(" = "),
        Piece(old[1], name, old[3]),
        Piece(rf" - {form.latex(eta)} \cdot "),
        Piece(_signed(slope[1]), f"dL/d{name}", slope[3]),
        Piece(f" = {form.latex(_followed(view))}"),
    )


def value_line(view: View) -> str:
    """The value of a term for the head of the panel: the number, or the entry that is followed."""
    step = view.step
    if step.kind != "term":
        return ""
    if step.value.size == 1:
        return f"= {view.form(float(np.ravel(step.value)[0]))}"
    return (
        f"entry ({entry_name(view.network, f'dL/d{step.address.quantity}', view.entry)}) = {view.form(_followed(view))}"
    )


def sentence(view: View) -> str:
    """The plain sentence; of a term that is zero, why."""
    step = view.step
    if step.zero is not None:
        return step.zero
    if step.kind == "term" and not np.any(step.value):
        return "0: a factor on the way is 0. A saturated tanh, for one, lets nothing through."
    return step.formula.sentence


def entry_title(view: View) -> str:
    """Which entry `entry_line` is about, and why it is zero if it must be."""
    step, network = view.step, view.network
    name = step.address.quantity
    text = f"Entry ({entry_name(network, f'dL/d{name}', view.entry)})"
    if step.zero:
        return f"{text}: {step.zero}"
    value = _followed(view)
    if value == 0 and name == "U" and network.embedding_size is None:
        k = step.address.indices[-1]
        return f"{text}: 0, because x{symbols.subscript(k)} is “{visible(network.input_letter(k))}”, another column."
    if value == 0 and name == "E":
        return f"{text}: 0, because the term goes to another row."
    return text


def sum_by_loss(view: View) -> str:
    """At a sum step, the followed entry as the sum of what each loss adds; empty where there are too many."""
    step, form = view.step, view.form
    if step.kind != "sum" or not 1 < view.network.T <= _MOST_ADDENDS:
        return ""
    by_loss = bars(view.epoch, view.program, step.address, view.entry, "t")
    addends = [form(bar.value) for bar in by_loss]
    total = _followed(view)
    joined = " + ".join(f"({text})" if text.startswith("−") else text for text in addends)
    sign = "=" if _adds_up(addends, form(total)) else "≈"
    entry = (
        "" if step.value.size == 1 else f" of entry ({entry_name(view.network, step.formula.writes[0], view.entry)})"
    )
    return f"By loss{entry}: {joined} {sign} {form(total)}"


def _adds_up(addends: list[str], total: str) -> bool:
    """Whether the numbers as they are written add up, so that a reader may add them."""
    try:
        return sum(Decimal(text.replace("−", "-")) for text in addends) == Decimal(total.replace("−", "-"))
    except InvalidOperation:
        return False


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
        worst = "differs" if "differs" in verdicts else "one unit off" if "one unit off" in verdicts else "equal"
        lines.append(f"The sheet prints {shown}   {VERDICT_MARKS[worst]} {', '.join(counts)}")
    else:
        lines.append(sheet.note_at(epoch, address))
    errata = sheet.errata_at(epoch, address)
    if errata and not in_full:
        numbers = " and ".join(str(erratum.number) for erratum in errata)
        return (f"{lines[0]}   ·   {'Errata' if len(errata) > 1 else 'Erratum'} {numbers} of the sheet "
                f"appl{'y' if len(errata) > 1 else 'ies'} here.",)  # fmt: skip
    for erratum in errata:
        stand = erratum.stand(view.epoch.rule)
        title = f"Erratum {erratum.number}: {erratum.title[0].lower()}{erratum.title[1:]}."
        lines.append(" ".join(part for part in (title, erratum.words, stand) if part))
    return tuple(lines)


def operand_line(view: View, symbol: str) -> tuple[str, str]:
    """What a pointed-at operand is, and where its value was made: a sentence, and the link's text or ""."""
    meaning = symbols.TABLE[symbols.parse(symbol).name]
    line = f"{symbols.text(symbol)}: {meaning.words} · {symbols.shape_text(symbol, view.network)}"
    origin = view.origin(symbol)
    if not view.is_known(symbol):
        return f"{line} · not computed yet", ""
    value = view.epoch.value(symbol)
    if value.size == 1:
        line += f" · {view.form(float(np.ravel(value)[0]))}"
    if origin is None:
        return f"{line} · given at the start", ""
    if origin == view.cursor:
        return f"{line} · made here", ""
    where = f"step {origin.position:,}" + ("" if origin.epoch == view.cursor.epoch else f" of epoch {origin.epoch:,}")
    return line, f"made at {where}"


def _followed(view: View) -> float:
    value = view.step.value
    return float(value[view.entry] if value.ndim == 2 else value[view.entry[0]])


def _factor(view: View, symbol: str, entry: tuple[int, ...]) -> tuple[str, str, str | None, str]:
    value = float(view.epoch.value(symbol)[tuple(i - 1 for i in entry)])
    return symbols.latex(symbol, "", entry), view.form.latex(value), symbol, symbols.family(symbol)


def _product(factors: list[tuple[str, str, str | None, str]], value: float, view: View) -> Pieces:
    pieces: list[Piece] = []
    for column in (0, 1):
        for number, factor in enumerate(factors):
            if number:
                pieces.append(Piece(r" \cdot "))
            shown = factor[0] if column == 0 else _signed(factor[1]) if number else factor[1]
            pieces.append(Piece(shown, factor[2], factor[3]))
        pieces.append(Piece(" = "))
    return (*pieces, Piece(view.form.latex(value)))


def _signed(number: str) -> str:
    return rf"\left({number}\right)" if number.startswith("-") or r"\times" in number else number
