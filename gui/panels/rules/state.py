"""What the Rules panel shows of a view: pure, nothing drawn."""

from __future__ import annotations

from collections.abc import Sequence

from core.network.network import Network
from core.network.rule import PATHS, Rule
from core.network.symbols import subscript, symbol
from core.program.program import OUTPUTS, Address, Phase
from core.studies.checking import Check, checks
from core.studies.comparison import Alternative, Comparison, Difference, compare, differences
from core.studies.contributions import MOST_TIMESTEPS
from core.writing.form import NumberFormat, exact
from core.writing.shown import entry_name
from gui.debugger.labels import RULE_NAMES, RULE_TEXTS, counted, gradient_text, rule_name, term_label
from gui.debugger.view import View
from gui.debugger.wording import HIDDEN
from gui.panels.rules.listing import Column, Listing, Row, heading

NO_EFFECT = "no effect here"
_STATES = {"Z": "Zₜ", "h": "hₜ"}
_SIDE_BY_SIDE = (
    Column("rule", right=False),
    Column("this term", spare=1),
    Column("difference", spare=2),
    Column("sum"),
    Column("difference"),
)
_CHECKS = (
    Column("part", right=False),
    Column("rule"),
    Column("derivative"),
    Column("central", spare=2),
    Column("error", spare=1),
    Column("verdict"),
)


def first_gradient(view: View) -> int:
    """The first step that rules may differ in."""
    return view.program.gradient_span(view.program.updated[0]).first


def refusal(view: View) -> str:
    """Why there is nothing to compare at the step of *view*, "" where there is something."""
    address = view.step.address
    if address.phase is Phase.FORWARD:
        return (
            "Rules differ in how they form gradients. Step into ∂L/∂V, "
            f"step {first_gradient(view):,}, to see them side by side."
        )
    if view.program.group_of(address) == "Omega" and address.phase is Phase.BACKWARD and address.quantity != "Omega":
        return (
            "What a rule leaves out is seen in the rows of this step. From ∂L/∂V on, "
            f"step {first_gradient(view):,}, rules stand side by side."
        )
    if address.quantity == "norm":
        return "The norm is of all gradients together. From the next step on, rules stand side by side."
    if address.quantity == "Omega":
        return (
            f"∂L/∂Ω is ŷ − y under every rule. From ∂L/∂V on, step {first_gradient(view):,}, "
            "rules differ in what they make of it."
        )
    return HIDDEN if view.hidden else ""


def title(view: View) -> str:
    """The gradient of the step, the followed entry of it, and the term."""
    address, network = view.step.address, view.network
    name = address.quantity
    parts = [gradient_text(name)]
    if len(view.epoch.gradients[name].ravel()) > 1:
        parts[0] += f", entry {entry_name(network, symbol(f'dL/d{name}'), view.entry)}"
    if address.is_term_of(network):
        parts.append(f"term {term_label(network, name, address.indices)}")
    return "  ·  ".join(parts)


def alternative_text(alternative: Alternative) -> str:
    """What an alternative is called: a rule by its name, a turned switch by what it turns to."""
    name, rule = alternative.name, alternative.rule
    if name in RULE_NAMES:
        return rule_name(rule)
    if name in PATHS:
        return f"{name} path {'on' if name in rule.paths else 'off'}"
    return {
        "sign": f"sign: {'ŷ − y' if rule.sign == 1 else 'y − ŷ'}",
        "weight": f"weight: {'softmax α' if rule.weight == 'softmax' else 'score A'}",
        "output_state": f"∂L/∂V with {_STATES[rule.output_state]}",
        "embedding_row": f"∂L/∂E row: letter at {rule.embedding_row}",
        "truncate": f"truncated: t − k < {rule.truncate}" if rule.truncate else "not truncated",
        "chunks": f"in chunks of {rule.chunks}" if rule.chunks else "not in chunks",
        "clip by norm": f"clipped: norm ≤ {rule.clip.most:g}" if rule.clip else "not clipped",
        "clip by value": f"clipped: entries ≤ ±{rule.clip.most:g}" if rule.clip else "not clipped",
    }[name]


def comparisons(view: View) -> tuple[Comparison, ...]:
    """What every alternative gives at the step of *view*."""
    return compare(view.epoch, view.step.address, view.entry)


def comparison_rows(found: Sequence[Comparison]) -> tuple[Comparison | None, ...]:
    """The alternatives by line of the table, None for its headings."""
    first = next(i for i, each in enumerate(found) if each.alternative.name not in RULE_TEXTS)
    return (None, *found[:first], None, *found[first:])


def comparison_listing(found: Sequence[Comparison], form: NumberFormat) -> Listing:
    """The table of the alternatives; at a sum without the columns of the term."""
    at_term = found[0].term is not None
    headings = iter((heading("Rules"), heading("The rule in use, one switch turned")))
    columns = _SIDE_BY_SIDE if at_term else (_SIDE_BY_SIDE[0], *_SIDE_BY_SIDE[3:])
    rows = [next(headings) if each is None else _comparison_row(each, form, at_term) for each in comparison_rows(found)]
    return Listing(columns, tuple(rows))


def _comparison_row(each: Comparison, form: NumberFormat, at_term: bool) -> Row:
    name = alternative_text(each.alternative)
    full = RULE_TEXTS.get(each.alternative.name, name)
    if not each.has_effect and not each.is_in_use:
        tip = f"{full}: has no effect on this gradient of this network, which stays {form(each.total)}"
        return Row((name,), "quiet", NO_EFFECT, tip)
    apart = (
        ("in use",) * 2
        if each.is_in_use
        else (_signed(each.term_difference, form), _signed(each.total_difference, form))
    )
    term = () if each.term is None else (form(each.term), apart[0])
    tip = full if each.is_in_use else f"{full}: click to form gradients so"
    tip += f"\nsum in full {exact(each.total)}"
    if not each.is_in_use:
        tip += f", {_signed(each.total_difference, form)} from the rule in use"
    texts = (name, *(term if at_term else ()), form(each.total), apart[1])
    return Row(texts, "here" if each.is_in_use else "plain", tip=tip)


def _signed(value: float | None, form: NumberFormat) -> str:
    """A difference, with its sign; 0 where there is none."""
    if value is None:
        return ""
    return "0" if value == 0 else f"+{form(value)}" if value > 0 else form(value)


def difference_listing(view: View, other: Rule) -> Listing:
    """The terms that differ under *other*, the largest difference first."""
    name, form = view.step.address.quantity, view.form
    by_loss = view.program.is_chained(name) and view.network.T > MOST_TIMESTEPS
    found = differences(view.epoch, view.program, name, view.entry, other)
    columns = (
        Column("loss" if by_loss else "term", right=False),
        Column("in use", spare=1),
        Column("other"),
        Column("difference"),
    )
    return Listing(columns, tuple(_difference_row(view, name, each, form, by_loss) for each in found))


def _difference_row(view: View, name: str, each: Difference, form: NumberFormat, by_loss: bool) -> Row:
    label = f"loss {each.indices[0]:,}" if by_loss else term_label(view.network, name, each.indices)
    tip = f"in full {exact(each.in_use)} and {exact(each.other)}"
    texts = (label, form(each.in_use), form(each.other), _signed(each.difference, form))
    return Row(texts, tip=tip, symbol=f"L[{each.indices[0]}]")


def check_listing(view: View) -> tuple[Listing, str]:
    """The derivatives beside the rule's numbers, and what they say in a sentence."""
    address, form = view.step.address, view.form
    name = address.quantity
    found = checks(view.epoch, address, view.entry)
    rows: list[Row] = []
    for row in found.rows:
        if row.use is None:
            rows.append(heading("All losses" if row.loss is None else f"Loss {row.loss:,} alone"))
        rows.append(_check_row(view.network, name, row, form))
    whole = found.rows[0]
    words = f"{title(view)}: the rule in use gives {form(whole.rule)}, "
    if whole.is_true:
        words += "the true derivative."
        wrong = sum(row.loss is None and not row.is_true for row in found.rows)
        words += f" But {counted(wrong, 'use')} alone differ." if wrong else ""
    else:
        words += f"the true derivative is {form(whole.complex_step)}."
    kept = float(view.epoch.gradients.clipped[name][view.entry[: view.epoch.gradients[name].ndim]])
    if address.is_sum or not address.indices:
        words += f" The clip leaves {form(kept)} of it for the update." if kept != whole.rule else ""
    if found.left_out:
        words += f" Of {counted(view.network.T, 'use')} those nearest are listed, {found.left_out:,} are left out."
    return Listing(_CHECKS, tuple(rows)), words


def _check_row(network: Network, name: str, row: Check, form: NumberFormat) -> Row:
    if row.use is None:
        what, lit = f"∂L{'' if row.loss is None else subscript(row.loss)}/∂{name}", name
    else:
        index = "k" if name not in OUTPUTS else "t"
        what = f"{name} at {index} = {row.use:,}"
        lit = symbol(network.state if name not in OUTPUTS else "Omega", row.use)
    verdict = "✓ agrees" if row.is_true else "≠ differs"
    tip = (
        f"rule {exact(row.rule)}\nderivative {exact(row.complex_step)}\n"
        f"central difference {exact(row.central)}\nerror of the rule {exact(row.error)}"
    )
    texts = (
        what,
        form(row.rule),
        form(row.complex_step),
        form(row.central),
        form(row.error) if row.error else "0",
        verdict,
    )
    return Row(texts, tip=tip, bold=() if row.is_true else (len(texts) - 1,), symbol=lit)


def first_term(view: View) -> Address:
    """Where the first gradient that rules may differ in begins."""
    return view.program[first_gradient(view)]
