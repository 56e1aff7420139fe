"""What a sum reads: all its terms, in order, each by its place, and none of them listed."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from core.epoch.epoch import made_at, run_epoch
from core.network import symbols
from core.network.rule import EXACT, PRINTED
from core.program.program import Address, Phase, Program
from core.program.terms import Terms
from core.steps.formulas import formula
from tests import oracles
from tests.strategies import KINDS, of_kind, plain_network


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [EXACT, PRINTED], ids=["exact", "printed"])
def test_a_sum_reads_its_terms_each_with_its_value_and_the_step_that_made_it(kind, rule):
    network, parameters = of_kind(kind, T=3)
    epoch = run_epoch(network, parameters, rule, 0.1)
    for name, addends in oracles.terms(network, parameters, rule).items():
        if name == "Omega":
            continue
        reads = formula(network, rule, Address(Phase.BACKWARD, name)).reads
        assert list(reads) == [symbols.symbol(f"dL/d{name}", *indices) for indices in addends]
        for symbol, (indices, addend) in zip(reads, addends.items(), strict=True):
            assert made_at(symbol, network) == Address(Phase.BACKWARD, name, indices)
            np.testing.assert_allclose(epoch.value(symbol), addend, rtol=1e-11, atol=1e-13)
            assert symbol in reads
            assert symbols.exists(symbol, network)


def test_what_is_no_term_is_not_among_them_and_has_no_value():
    for attention in (False, True):
        network = plain_network(4, attention=attention)
        terms = Terms(Program(network), "W")
        others = [
            "dL/dW",
            "W",
            "h[2]",
            "dL/dU[3,3,2]",
            "dL/dV[3]",
            "dL/dW[3,3]",
            "dL/dW[5,5,1]",
            "dL/dW[3,2,3]",
        ]
        others += ["dL/dW[3,3,0]", "dL/dW[2,3,1]", *([] if attention else ["dL/dW[3,2,1]"])]
        for symbol in others:
            assert symbol not in terms
        assert "dL/dW[3]" not in terms
        by_use = Terms(Program(network, way="timesteps"), "W")
        assert list(by_use) == ["dL/dW[1]", "dL/dW[2]", "dL/dW[3]", "dL/dW[4]"]
        assert all(symbol in by_use for symbol in by_use)
        assert "dL/dW[3,3,2]" not in by_use
        for symbol in (*others[5:], "dL/dE[1,1,1]", "dL/dV[5]", "dL/dV[0]", "dL/dV[1,1,1]"):
            assert not symbols.exists(symbol, network), symbol
        assert ("dL/dW[3,2,1]" in terms) == attention
    network, parameters = of_kind((False, False))
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for symbol in ("dL/dW[3,2,1]", "dL/dW[5]", "dL/dV[5]", "dL/dE[1,1,1]"):
        with pytest.raises(KeyError):
            epoch.value(symbol)


def test_hundreds_of_millions_of_terms_are_addressed_in_no_memory():
    network = plain_network(1000)
    tracemalloc.start()
    try:
        reads = formula(network, EXACT, Address(Phase.BACKWARD, "W")).reads
        assert len(reads) == 1000 * 1001 * 1002 // 6
        assert (reads[0], reads[-1]) == ("dL/dW[1,1,1]", "dL/dW[1000,1000,1000]")
        assert reads[:4] == ("dL/dW[1,1,1]", "dL/dW[2,1,1]", "dL/dW[2,2,1]", "dL/dW[2,2,2]")
        assert reads[-2:] == ("dL/dW[1000,1000,999]", "dL/dW[1000,1000,1000]")
        assert "dL/dW[700,650,3]" in reads
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()
    with pytest.raises(IndexError):
        reads[len(reads)]
