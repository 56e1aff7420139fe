"""The table of symbols."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.epoch.epoch import run_epoch
from core.network import symbols
from core.network.initial import initial
from core.network.rule import EXACT
from core.network.symbols import PARAMETERS, TABLE, Symbol
from core.sources.opening import open_source
from tests import oracles
from tests.strategies import plain_network


@given(st.sampled_from(sorted(TABLE)), st.lists(st.integers(0, 10**6), max_size=3))
def test_ids_and_symbols_are_one_to_one(name, indices):
    written = symbols.symbol(name, *indices)
    assert symbols.parse(written) == Symbol(name, tuple(indices))
    assert str(symbols.parse(written)) == written


@pytest.mark.parametrize(
    "wrong", ["", "2q", "h[", "h[]", "h[x]", "h[1", "h[1,]", "h]1[", "h[1]2", "[1]", "h[-1]", "h[¹]"]
)
def test_what_is_no_symbol_is_refused(wrong):
    with pytest.raises(KeyError):
        symbols.parse(wrong)


@pytest.mark.parametrize(
    ("written", "latex"),
    [
        ("W", "W"),
        ("h[2]", "h_{2}"),
        ("alpha[3,1]", r"\alpha_{3,1}"),
        ("yhat[12]", r"\hat{y}_{12}"),
        ("dL/dW", r"\frac{\partial L}{\partial W}"),
        ("dL/dOmega[3]", r"\frac{\partial L}{\partial \Omega_{3}}"),
        ("W_new", r"W^{\mathrm{new}}"),
        ("xo[1]", r"x_{1}^{\circ}"),
        ("L", "L"),
    ],
)
def test_symbols_have_their_latex(written, latex):
    assert symbols.latex(written) == latex


def test_a_suffix_and_an_entry_join_the_symbol():
    assert symbols.latex("h[3]", "^{2}") == "h_{3}^{2}"
    assert symbols.latex("xo[3]", r"^{\top}") == r"x_{3}^{\circ\top}"
    assert symbols.latex("V", entry=(2, 1)) == "V_{2,1}"
    assert symbols.latex("dL/dOmega[3]", entry=(2,)) == r"\frac{\partial L}{\partial \Omega_{3,2}}"
    assert symbols.latex("dL/dOmega[3]", r"^{\top}") == r"\left(\frac{\partial L}{\partial \Omega_{3}}\right)^{\top}"


@pytest.mark.parametrize(
    ("written", "text"),
    [("h[10]", "h₁₀"), ("alpha[3,1]", "α₃,₁"), ("dL/dW", "∂L/∂W"), ("dL/dOmega[2]", "∂L/∂Ω₂"), ("U_new", "U new")],
)
def test_symbols_have_their_text(written, text):
    assert symbols.text(written) == text


def test_gradients_and_new_values_keep_the_family_and_shape_of_their_parameter():
    network = plain_network(3, embedded=True)
    for name, shape in network.parameter_shapes.items():
        assert symbols.shape(name, network) == shape
        for derived in (f"dL/d{name}", f"{name}_new"):
            assert symbols.family(derived) == symbols.family(name)
            assert symbols.shape(derived, network) == shape


def test_every_name_is_fully_described():
    for name, meaning in TABLE.items():
        assert meaning.latex, name
        assert meaning.text, name
        assert meaning.words, name
        assert set(meaning.axes) <= set("HKXND"), name


def test_shapes_are_said_for_a_reader():
    network = plain_network(3)
    assert symbols.shape_text("L", network) == "a number"
    assert symbols.shape_text("yhat[1]", network) == "vector of 2"
    assert symbols.shape_text("V", network) == "2×1 matrix"


@pytest.mark.parametrize(("embedded", "attention"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_symbol_exists_where_an_epoch_has_a_value_for_it(embedded, attention):
    network = replace(plain_network(3, embedded=embedded), attention=attention)
    epoch = run_epoch(network, initial(network, "uniform", 1), EXACT, 0.1)

    def has_value(symbol):
        try:
            epoch.value(symbol)
        except KeyError:
            return False
        return True

    places = [(), (0,), (1,), (3,), (4,), (1, 1), (3, 1), (3, 4), (1, 3), (2, 0), (1, 1, 1)]
    for written in (symbols.symbol(name, *place) for name in TABLE for place in places):
        assert symbols.exists(written, network) == has_value(written), written


@pytest.mark.parametrize(("embedded", "attention"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_term_exists_where_a_loop_over_all_terms_meets_it(embedded, attention):
    network = replace(plain_network(3, embedded=embedded), attention=attention)
    terms = oracles.terms(network, initial(network, "uniform", 1), EXACT)
    for name in PARAMETERS:
        for size in (1, 2, 3):
            for place in product(range(5), repeat=size):
                is_use = name in terms and size == 1 and 1 <= place[0] <= 3
                is_term = place in terms.get(name, {}) or is_use
                assert symbols.exists(symbols.symbol(f"dL/d{name}", *place), network) == is_term, (name, place)


def test_numbers_that_are_read_are_no_letter_one_hot():
    network = open_source("lstm").network
    assert symbols.exists("x[1]", network)
    assert not symbols.exists("xo[1]", network)
