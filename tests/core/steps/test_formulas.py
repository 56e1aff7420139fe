"""The formula of every step: its templates, what it declares, and its arithmetic on nothing but that."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.epoch.backward import output_term, term
from core.epoch.epoch import made_at, run_epoch
from core.network import symbols
from core.network.network import Network
from core.network.rule import EXACT, PRINTED, TYPESET, Rule
from core.program.program import Phase, Program
from core.steps import template as tex
from core.steps.entry import chain_products
from core.steps.formulas import formula
from core.writing.form import NumberFormat
from tests.strategies import KINDS, ODD_LETTERS, RULES, of_kind

FORM = NumberFormat()
RULES_SHOWN = [EXACT, PRINTED, TYPESET, Rule(paths=frozenset()), Rule(paths=frozenset({"key"}), weight="score")]
CASES = [(kind, H) for kind in KINDS for H in (1, 3)]


def everything(kind, H, rules=RULES_SHOWN, T=4):
    """Every step of an epoch with its entry, under each of *rules*: (epoch, program, address, entry)."""
    network, parameters = of_kind(kind, T=T, H=H)
    program = Program(network)
    for rule in rules:
        epoch = run_epoch(network, parameters, rule, 0.1)
        for address in program:
            yield epoch, program, address, formula(network, rule, address)


def templates(entry):
    yield from entry.symbolic
    yield from entry.numbers
    yield from entry.whole
    for link in entry.links:
        yield from (link.factor, link.numbers)


def check_latex(latex):
    bare = latex.replace(r"\{", "").replace(r"\}", "")
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0, latex
    assert depth == 0, latex
    assert len(re.findall(r"\\left\b", latex)) == len(re.findall(r"\\right\b", latex)), latex
    assert latex.count(r"\begin{") == latex.count(r"\end{"), latex
    assert latex.isascii(), latex


@pytest.mark.parametrize(("kind", "H"), CASES)
@pytest.mark.parametrize(("T", "rules"), [(3, RULES_SHOWN), (5, [EXACT])], ids=["short", "elided"])
def test_every_template_becomes_balanced_latex(kind, H, T, rules):
    checked: set[str] = set()
    for epoch, _, _, entry in everything(kind, H, rules, T):
        for template in set(templates(entry)) - checked:
            checked.add(template)
            check_latex(tex.plain(tex.symbolic(template)))
            for named in (False, True):
                numbers = tex.substituted(template, epoch.value, FORM, dict(entry.picks), named=named)
                check_latex(tex.plain(numbers))


@pytest.mark.parametrize("kind", KINDS)
def test_letters_of_the_text_never_enter_latex(kind):
    network, _ = of_kind(kind)
    assert network.alphabet == ODD_LETTERS[:3]
    for alphabet in (("a", "b", "c"), ("\\", "}", "$"), ("{", "⟧", "👩‍👩‍👧")):
        other = Network(alphabet, network.inputs, network.targets, 2, network.embedding_size, network.attention)
        for epoch, _, address, entry in everything(kind, 2, [EXACT, PRINTED]):
            assert list(templates(formula(other, epoch.rule, address))) == list(templates(entry))


@pytest.mark.parametrize(("kind", "H"), CASES)
def test_operands_and_results_have_their_declared_shapes(kind, H):
    for epoch, _, address, entry in everything(kind, H):
        for symbol in (*entry.reads, *entry.writes):
            assert epoch.value(symbol).shape == symbols.shape(symbol, epoch.network), symbol
        value = np.asarray(entry.arithmetic(epoch.value))
        if address.phase is Phase.BACKWARD and address.quantity != "Omega":
            assert value.shape == epoch.network.parameter_shapes[address.quantity]
        elif address.quantity in ("letter", "alpha"):
            declared = symbols.shape(entry.writes[0], epoch.network)
            if address.quantity == "letter":
                declared = (epoch.network.K,)
            assert value.shape == (len(entry.writes), *declared)
        else:
            assert value.shape == symbols.shape(entry.writes[0], epoch.network)


@pytest.mark.parametrize(("kind", "H"), CASES)
def test_arithmetic_reads_only_what_is_declared(kind, H):
    for epoch, _, address, entry in everything(kind, H):

        def read(symbol, epoch=epoch, entry=entry, address=address):
            assert symbol in entry.reads, f"{address} reads {symbol} unannounced"
            return epoch.value(symbol)

        entry.arithmetic(read)
        chain_products(entry.links, read)


@pytest.mark.parametrize(("kind", "H"), CASES)
def test_arithmetic_gives_what_the_tape_holds(kind, H):
    for epoch, _, address, entry in everything(kind, H):
        if not entry.writes:
            continue
        value = np.asarray(entry.arithmetic(epoch.value))
        several = address.quantity in ("letter", "alpha")
        for number, symbol in enumerate(entry.writes if several else entry.writes[:1]):
            # A few ulp, of the largest number in the array where its entries are sums.
            held = epoch.value(symbol)
            scale = max(1.0, float(np.abs(held).max()))
            np.testing.assert_allclose(
                value[number] if several else value, held, rtol=4e-15, atol=4e-16 * scale, err_msg=str(address)
            )


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_has_the_very_bits_that_training_goes_on_with(kind):
    for epoch, _, address, entry in everything(kind, 3):
        if address.phase is Phase.UPDATE:
            assert entry.arithmetic(epoch.value).tobytes() == epoch.updated[address.quantity].tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_links_multiply_to_the_term_under_every_rule(kind):
    # Output state and embedding row never meet in one term, so they vary together.
    distinct = [rule for rule in RULES if (rule.output_state == "h") == (rule.embedding_row == "t")]
    for epoch, _, address, entry in everything(kind, 2, distinct, T=3):
        if not address.is_term_of(epoch.network):
            continue
        value = entry.arithmetic(epoch.value)
        if not entry.links:
            expected = output_term(epoch.tape, epoch.rule, address.quantity, *address.indices)
            np.testing.assert_allclose(value, expected, rtol=1e-14, atol=1e-16)
            continue
        expected = term(epoch.tape, epoch.rule, address.quantity, *address.indices)
        last = chain_products(entry.links, epoch.value)[-1]
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-15, err_msg=f"{address} {epoch.rule}")
        np.testing.assert_array_equal(last, value.sum(axis=0) if address.quantity == "E" else value)


@pytest.mark.parametrize(("kind", "H"), CASES)
def test_operands_were_made_before_by_a_step_that_writes_them(kind, H):
    for epoch, program, address, entry in everything(kind, H):
        for symbol in entry.reads:
            made = made_at(symbol, epoch.network)
            if made is None:
                assert symbol in {"eta", "h[0]"} | set(epoch.network.parameter_shapes)
                continue
            assert program.position(made) < program.position(address), f"{address} reads {symbol} from {made}"
            assert program.position(made) < program.position(address)
            # A term is what its step shows.
            assert (
                address.is_sum
                if made.is_term_of(epoch.network)
                else symbol in formula(epoch.network, epoch.rule, made).writes
            )


@pytest.mark.parametrize(("kind", "H"), CASES)
def test_templates_name_nothing_that_is_not_known_yet(kind, H):
    for epoch, program, address, entry in everything(kind, H):
        own = entry.symbolic[:1] + entry.numbers if entry.writes else ()
        for template in templates(entry):
            for symbol in tex.operands(template):
                made = made_at(symbol, epoch.network)
                assert made is None or made in program
                is_before = made is None or program.position(made) < program.position(address)
                assert is_before or template in own, f"{address} shows {symbol}"


@pytest.mark.parametrize(("kind", "H"), CASES)
def test_every_symbol_is_written_once(kind, H):
    written = [symbol for *_, entry in everything(kind, H, [EXACT]) for symbol in entry.writes]
    assert len(written) == len(set(written))


@pytest.mark.parametrize(("kind", "H"), CASES)
def test_every_step_has_a_title_of_its_own_and_a_sentence(kind, H):
    entries = [entry for *_, entry in everything(kind, H, [EXACT])]
    assert len({entry.title for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.sentence.endswith((".", "…", "1.", "0."))
        assert "⟦" not in entry.title + entry.sentence.replace("“⟦”", "")


@pytest.mark.parametrize("kind", KINDS)
def test_one_hot_operands_pick_their_one(kind):
    for epoch, _, address, entry in everything(kind, 2):
        for symbol, index in entry.picks:
            if symbol in ("U", "E"):
                assert index == epoch.network.inputs[address.indices[0] - 1]
            else:
                assert epoch.value(symbol)[index] == 1, f"{address} {symbol}"


def test_softmax_tables_hold_the_scores_that_are_read():
    for *_, address, entry in everything((True, True), 2, [EXACT]):
        assert (entry.table is not None) == (address.quantity in ("alpha", "yhat"))
        if entry.table is not None:
            assert entry.table.scores == entry.reads


def test_the_mockups_term_is_written_as_on_the_sheet(sheet_a):
    network, parameters = sheet_a
    epoch = run_epoch(network, parameters, PRINTED, 0.01)
    entry = formula(network, PRINTED, Program(network)[62])
    assert entry.title == "∂L/∂W: loss 3, via h₃, W used at t = 2"
    assert tex.plain(tex.symbolic(entry.symbolic[0])) == (
        r"\left(\hat{y}_{3} - y_{3}\right)^{\top} \, V \cdot \alpha_{3,3} \cdot "
        r"\left(1 - h_{3}^{2}\right) \, W \, \left(1 - h_{2}^{2}\right) \, h_{1}"
    )
    products = [float(np.ravel(product)[0]) for product in chain_products(entry.links, epoch.value)]
    np.testing.assert_allclose(products, [-0.4570, -0.1694, -0.1345, 0.0790, 0.0716, 0.0103], atol=1e-4)


def test_the_typeset_sign_turns_the_error_round(sheet_a):
    network, _ = sheet_a
    entry = formula(network, TYPESET, Program(network)[62])
    assert tex.plain(tex.symbolic(entry.symbolic[0])).startswith(
        r"\left(y_{3} - \hat{y}_{3}\right)^{\top} \, V \cdot A_{3,3} \cdot"
    )
