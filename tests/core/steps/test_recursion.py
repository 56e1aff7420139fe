"""The steps timestep by timestep: their rows add up, the rules show in them, and the words say what is so."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network.held import Held
from core.network.rule import EXACT, NAMED_RULES, PRINTED, TYPESET
from core.program.program import Address, Phase, Program
from core.steps.entry import Where
from core.steps.evaluate import evaluate
from core.steps.formulas import formula
from core.steps.recursion import LEFT_OUT, adjoint_step
from core.steps.template import operands, plain, substituted, symbolic
from core.steps.written_out import written_out
from core.writing.form import NumberFormat
from tests import oracles
from tests.oracles import CHAINED
from tests.strategies import KINDS, RULES, of_kind

B = Phase.BACKWARD
FORM = NumberFormat()


def steps(kind, rule, H=2, T=4):
    network, parameters = of_kind(kind, H=H, T=T)
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network, way="timesteps")
    for position in range(program.backward.first, program.backward.last + 1):
        yield epoch, evaluate(epoch, program[position], "timesteps")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("H", [1, 2])
@pytest.mark.parametrize("rule", RULES[::5] + list(NAMED_RULES.values()))
def test_every_step_makes_by_its_formula_what_the_epoch_has(kind, H, rule):
    for epoch, step in steps(kind, rule, H):
        address = step.address
        if address.is_sum:
            continue
        if address.is_term_of(epoch.network):
            expected = epoch.value(f"dL/d{address.quantity}[{address.indices[0]}]")
        else:
            written = [epoch.value(symbol) for symbol in step.formula.writes]
            expected = np.array(written) if address.quantity in ("A", "alpha") else written[0]
        assert np.allclose(step.value, expected, rtol=1e-9, atol=1e-13), address
        known = {symbol: epoch.value(symbol) for symbol in step.formula.reads}
        assert np.allclose(step.formula.arithmetic(known.__getitem__), expected, rtol=1e-9, atol=1e-13), address


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("H", [1, 2])
@pytest.mark.parametrize("rule", NAMED_RULES)
def test_every_template_is_balanced_and_names_what_is_read(kind, H, rule):
    for epoch, step in steps(kind, NAMED_RULES[rule], H):
        entry = step.formula
        for line in (*entry.symbolic, *entry.numbers, *entry.whole, *(link.factor for link in entry.links)):
            if not step.address.is_sum:
                assert operands(line) <= {*entry.reads, *entry.writes} or LEFT_OUT in str(entry.links), line
            for pieces in (symbolic(line), substituted(line, epoch.value, FORM)):
                text = plain(pieces)
                assert text.count("{") == text.count("}"), text
                assert text.count(r"\left") == text.count(r"\right")
                assert "⟦" not in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", NAMED_RULES)
def test_running_totals_are_the_sums_of_the_terms_so_far(kind, rule):
    so_far: dict[str, Any] = {}
    for epoch, step in steps(kind, NAMED_RULES[rule]):
        name = step.address.quantity
        if step.kind == "term":
            so_far[name] = so_far.get(name, 0) + step.value
            assert np.allclose(step.running, so_far[name], rtol=1e-10, atol=1e-14)
        elif step.address.is_sum:
            assert np.allclose(so_far[name], epoch.gradients[name], rtol=1e-10, atol=1e-14)
            assert step.rounding < 1e-12


def test_sheet_a_ends_in_the_exact_and_in_the_printed_gradient(sheet_a):
    network, parameters = sheet_a
    for rule, total in ((EXACT, "0.0402"), (PRINTED, "0.0274")):
        epoch = run_epoch(network, parameters, rule, 0.01)
        terms = [evaluate(epoch, Address(B, "W", (k,)), "timesteps").value.item() for k in range(1, 5)]
        assert f"{sum(terms):.4f}" == total
        assert terms[0] == 0


def test_the_sheets_rule_shows_as_edges_that_it_leaves_out():
    network, _ = of_kind((False, True))
    notes = [link.note for link in formula(network, PRINTED, Address(B, "h", (2,)), "timesteps").links]
    assert [note.endswith(LEFT_OUT) for note in notes] == [False, True, True, False]
    typeset = [link.note for link in formula(network, TYPESET, Address(B, "h", (2,)), "timesteps").links]
    assert typeset[0].endswith("as the rule has it")


def test_a_row_names_where_it_comes_from():
    plain_network, _ = of_kind((False, False))
    notes = [link.note for link in formula(plain_network, EXACT, Address(B, "h", (2,)), "timesteps").links]
    assert notes == ["from Ω₂, through V", "from a₃, through W"]
    last = formula(plain_network, EXACT, Address(B, "h", (4,)), "timesteps")
    assert not last.links
    assert last.sentence.endswith("It is the last: nothing comes back through W.")


def calls(name: str, action: Callable[[], object]) -> int:
    """How many functions of that *name* are called in *action*."""
    found = 0

    def seen(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal found
        found += event == "call" and frame.f_code.co_name == name

    sys.setprofile(seen)
    try:
        action()
    finally:
        sys.setprofile(None)
    return found


def test_of_a_thousand_addends_the_first_and_the_last_are_written_and_opened_the_largest_five():
    network, parameters = of_kind((False, True), H=2, T=300)
    where = Where(network, EXACT, Address(B, "h", (1,)), "timesteps")
    assert calls("template", lambda: adjoint_step(where)) < 40
    links = adjoint_step(where).links
    assert all(link.numbers.count(" + ") == 2 * (r"\cdots" in link.numbers) for link in links[:2])
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for index in (0, 1):
        *lines, rest = written_out(epoch, where, index, np.zeros(2), FORM)
        assert len(lines) == 5
        assert "295 smaller ones" in plain(rest)
    assert calls("template", lambda: written_out(epoch, where, 0, np.zeros(2), FORM)) < 40


def test_what_is_asked_of_the_scores_is_shown_as_weights_times_slopes_less_their_mean():
    network, parameters = of_kind((False, True), T=3)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    step = evaluate(epoch, Address(B, "A", (3,)), "timesteps")
    (line,) = step.formula.numbers
    shown = [part.symbol for part in substituted(line, epoch.value, FORM) if part.symbol]
    pairs = [(f"alpha[3,{i}]", f"s[3,{i}]") for i in (1, 2, 3)]
    assert list(dict.fromkeys(shown)) == [symbol for pair in pairs for symbol in pair]
    for value, pair in zip(step.value, pairs, strict=True):
        assert value == pytest.approx(float(epoch.value(pair[0]) * epoch.value(pair[1])), rel=1e-12)
    assert r"\partial \alpha_{3,2}} - \sum" in plain(substituted(line, epoch.value, FORM))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET])
def test_a_sentence_claims_a_derivative_only_where_it_is_one(kind, rule):
    network, parameters = of_kind(kind)
    true = run_epoch(network, parameters, EXACT, 0.1)
    for _, step in steps(kind, rule):
        address = step.address
        if address.quantity not in CHAINED or not address.indices:
            continue
        same = np.allclose(step.value, true.value(f"dL/d{address.quantity}[{address.indices[0]}]"), rtol=1e-9)
        if step.formula.sentence.startswith("How fast"):
            assert same, address
    assert np.allclose(true.gradients["W"], np.real(oracles.complex_step(network, parameters)["W"]))


def test_where_a_number_is_held_its_row_is_0_and_says_so_and_a_step_alone_says_so_in_words():
    network, parameters = of_kind((False, False), H=1)
    held = replace(network, held=(Held("a", 3, (0,), 0.2), Held("L", 2, (), 0.5), Held("h", 4, (0,), 0.1)))
    epoch = run_epoch(held, parameters, EXACT, 0.1)

    def formula_at(name, t):
        return evaluate(epoch, Address(Phase.BACKWARD, name, (t,)), "timesteps").formula

    row = formula_at("h", 2).links[-1]
    assert row.numbers == "0"
    assert row.note.endswith("a₃ is held: nothing flows back through its line")
    assert formula_at("a", 4).sentence.endswith("h₄ is held: nothing flows back through its line.")
    assert formula_at("W", 3).sentence.endswith("a₃ is held: nothing flows back through its line.")
    assert "L₂ is held" in formula_at("Omega", 2).sentence
    assert "held" not in formula_at("h", 1).sentence + formula_at("a", 2).sentence
