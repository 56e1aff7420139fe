"""The arithmetic of one entry: its numbers multiply and add up to what the matrices give."""

from __future__ import annotations

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network import symbols
from core.network.rule import EXACT, PRINTED
from core.program.program import Program
from core.steps.evaluate import evaluate
from core.steps.written_out import factor, products
from tests import oracles
from tests.strategies import KINDS, of_kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [EXACT, PRINTED], ids=["exact", "printed"])
def test_the_products_of_an_entry_add_up_to_it(kind, rule):
    network, parameters = of_kind(kind, T=3, H=3)
    epoch, addends = run_epoch(network, parameters, rule, 0.1), oracles.terms(network, parameters, rule)
    for address in Program(network):
        if not address.is_term_of(network):
            continue
        expected, step = addends[address.quantity][address.indices], evaluate(epoch, address)
        for index in np.ndindex(expected.shape):
            found = products(epoch, step, (*index, 0)[:2])
            if address.quantity in ("b", "c"):
                assert found == ()
                continue
            total = sum(one.value * other.value for one, other in found)
            assert total == pytest.approx(expected[index], rel=1e-11, abs=1e-13)
            assert len(found) == (1 if address.quantity != "E" else network.H if expected[index[0]].any() else 0)


def test_factors_carry_the_symbols_that_they_are_entries_of():
    network, parameters = of_kind((True, True), T=3, H=3)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    seen = set()
    for address in program:
        for pair in products(epoch, evaluate(epoch, address), (0, 1)) if address.is_term_of(network) else ():
            seen.add((address.quantity, *(found.symbol and symbols.parse(found.symbol).name for found in pair)))
            for found in pair:
                assert found.symbol is not None or found.latex[:4] == "r_{1" or address.quantity == "E"
    assert seen == {("V", "dL/dOmega", "Z"), ("W", None, "h"), ("U", None, "x"), ("E", None, "U")}
    entry = factor(epoch, "U", (2, 1))
    assert (entry.latex, entry.value, entry.family) == ("U_{3,2}", parameters["U"][2, 1], "U")


@pytest.mark.parametrize("largest", [2.0, 699.0, 701.0, 5000.0])
@pytest.mark.parametrize("quantity", ["alpha", "yhat"])
def test_the_columns_of_a_softmax_divide_into_its_weights(largest, quantity):
    network, parameters = of_kind((False, True), T=3, H=3)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    address = next(a for a in Program(network) if a.quantity == quantity and a.indices == (3,))
    table = evaluate(epoch, address).formula.table
    assert table is not None
    scores = dict.fromkeys(table.scores, np.array([-1.0, largest, 0.5] if len(table.scores) == 1 else largest))
    powers = table.powers(scores.__getitem__)
    assert powers.shift == (largest if largest > 700 else 0)
    np.testing.assert_allclose(powers.values, [np.exp(score - powers.shift) for score in powers.scores], rtol=1e-14)
    np.testing.assert_allclose(powers.values / powers.total, oracles.softmax(list(powers.scores)), rtol=1e-12)
