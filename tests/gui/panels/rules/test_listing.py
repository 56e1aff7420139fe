"""What the tables of the Rules panel say: against the terms of slow loops under every rule."""

from dataclasses import replace
from functools import cache

import pytest

from core.network.rule import EXACT, NAMED_RULES, PRINTED
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.studies.comparison import alternatives
from gui.debugger.wording import HIDDEN
from gui.panels.rules import state
from tests import oracles
from tests.gui.views import view_at

TERM, SUM = Address(Phase.BACKWARD, "W", (3, 3, 2)), Address(Phase.BACKWARD, "W")

pytestmark = pytest.mark.without_qt


@cache
def addends(rule, sheet="attention"):
    source = open_source(sheet)
    return oracles.terms(source.network, source.parameters, rule)


def whole(rule):
    sums = {name: sum(terms.values()) for name, terms in addends(rule).items() if name != "Omega"}
    return oracles.clipped(sums, rule)["W"].item()


def four(value):
    return f"{value:.4f}".replace("-", "−")


def signed(value):
    return "0" if abs(value) < 1e-15 else "+" * (value > 0) + four(value)


def cells(listing):
    return {row.texts[0]: row for row in listing.rows}


def names(rows):
    return [row.texts[0] for row in rows]


def test_in_the_forward_pass_and_at_the_error_it_says_where_rules_begin_to_differ():
    first = next(i for i, line in enumerate(oracles.listing(open_source("attention").network), 1)
                 if (line.phase, line.quantity) == ("backward", "V"))  # fmt: skip
    assert f"Step into ∂L/∂V, step {first}," in state.refusal(view_at(5))
    assert f"From ∂L/∂V on, step {first}," in state.refusal(view_at(Address(Phase.BACKWARD, "Omega", (2,))))
    assert state.refusal(view_at(TERM)) == state.refusal(view_at(Address(Phase.UPDATE, "W"))) == ""
    assert state.refusal(view_at(TERM, hidden=True)) == HIDDEN
    assert state.first_term(view_at(5)) == Address(Phase.BACKWARD, "V", (1,))


def test_the_title_names_gradient_entry_and_term():
    assert state.title(view_at(TERM)) == "∂L/∂W  ·  term (3, 3, 2)"
    assert state.title(view_at(SUM)) == "∂L/∂W"
    view = replace(view_at(Address(Phase.BACKWARD, "V", (2,))), entry=(1, 0))
    assert state.title(view) == "∂L/∂V, entry “e”, 1  ·  term loss 2"
    assert state.title(view_at(Address(Phase.BACKWARD, "W", (3, 3, 2)), source="embedding")).endswith("term (3, 2)")


@pytest.mark.parametrize("address", [TERM, SUM], ids=["term", "sum"])
def test_every_alternative_stands_beside_its_term_and_its_sum(address):
    view = view_at(address)
    listing = state.comparison_listing(state.comparisons(view), view.form)
    at_term = address is TERM
    assert [column.title for column in listing.columns] == ["rule"] + ["this term", "difference"] * at_term + [
        "sum",
        "difference",
    ]
    assert names(row for row in listing.rows if row.look == "heading") == [
        "Rules",
        "The rule in use, one switch turned",
    ]
    rows = [row for row in listing.rows if row.look != "heading"]
    for row, alternative in zip(rows, alternatives(PRINTED, 4), strict=True):
        assert row.texts[0] == state.alternative_text(alternative)
        rule = alternative.rule
        total, difference = whole(rule), whole(rule) - whole(PRINTED)
        term = addends(rule)["W"][TERM.indices].item()
        apart = term - addends(PRINTED)["W"][TERM.indices].item()
        if rule == PRINTED:
            assert row.look == "here"
            assert row.spoken == f"{row.texts[0]}, in use"
            assert row.texts[1:] == (four(term), "in use") * at_term + (four(total), "in use")
        elif row.look == "quiet":
            assert abs(difference) < 1e-15
            assert (row.note, row.texts[1:]) == (state.NO_EFFECT, ())
            assert f"stays {four(total)}" in row.tip
        else:
            assert row.texts[1:] == (four(term), signed(apart)) * at_term + (four(total), signed(difference))
            assert f"{signed(difference)} from the rule in use" in row.tip
            assert row.spoken == row.texts[0]
    assert sum(row.look == "here" for row in rows) == 1
    assert sum(row.look == "quiet" for row in rows) == 3


def test_rules_are_called_by_name_and_switches_by_what_they_turn_to():
    found: dict[str, str] = {each.name: state.alternative_text(each) for each in alternatives(EXACT, 4)}
    assert [found[name] for name in NAMED_RULES] == ["Exact", "As printed", "As typeset"]
    assert {name: text for name, text in found.items() if name not in NAMED_RULES} == {
        "sign": "sign: y − ŷ",
        "weight": "weight: score A",
        "value": "value path off",
        "key": "key path off",
        "query": "query path off",
        "output_state": "∂L/∂V with hₜ",
        "embedding_row": "∂L/∂E row: letter at t",
        "truncate": "truncated: t − k < 2",
        "chunks": "in chunks of 2",
        "clip by norm": "clipped: norm ≤ 1",
        "clip by value": "clipped: entries ≤ ±1",
    }
    assert "key path on" in {state.alternative_text(each) for each in alternatives(PRINTED, 4)}


def test_the_terms_that_differ_are_listed_the_largest_first():
    listing = state.difference_listing(view_at(TERM), EXACT)
    mine, theirs = addends(PRINTED)["W"], addends(EXACT)["W"]
    apart = {indices: theirs[indices].item() - mine[indices].item() for indices in mine}
    order = sorted((indices for indices in apart if abs(apart[indices]) > 1e-13), key=lambda each: -abs(apart[each]))
    assert [row.texts for row in listing.rows] == [
        (str(each), four(mine[each].item()), four(theirs[each].item()), signed(apart[each])) for each in order
    ]
    assert [row.symbol for row in listing.rows] == [f"L[{each[0]}]" for each in order]
    assert [column.title for column in listing.columns] == ["term", "in use", "other", "difference"]


def test_a_rule_is_checked_by_the_derivative_of_the_whole_and_of_every_use():
    source = open_source("attention")
    listing, words = state.check_listing(view_at(TERM))
    true = oracles.complex_step(source.network, source.parameters)["W"].item()
    assert words == f"{state.title(view_at(TERM))}: the rule in use gives 0.0274, the true derivative is {four(true)}."
    assert names(row for row in listing.rows if row.look == "heading") == ["All losses", "Loss 3 alone"]
    first, *uses = listing.rows[1:6]
    assert first.texts[:3] == ("∂L/∂W", four(whole(PRINTED)), four(true))
    for k, row in enumerate(uses, 1):
        parts = [
            sum(term.item() for indices, term in addends(rule)["W"].items() if indices[-1] == k)
            for rule in (PRINTED, EXACT)
        ]
        assert row.texts[:3] == (f"W at k = {k}", *map(four, parts))
        agrees = abs(parts[0] - parts[1]) < 1e-13
        assert row.texts[-1] == ("✓ agrees" if agrees else "≠ differs")
        assert row.bold == (() if agrees else (5,))
        assert row.symbol == f"h[{k}]"
    assert listing.rows[7].texts[0] == "∂L₃/∂W"


def test_a_true_rule_is_said_to_be_true():
    listing, words = state.check_listing(view_at(TERM, source="embedding"))
    assert words.endswith(", the true derivative.")
    assert {row.texts[-1] for row in listing.rows if row.look != "heading"} == {"✓ agrees"}
