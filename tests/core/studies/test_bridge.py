"""The table of uses and losses, against loops over all terms."""

import numpy as np
import pytest
from hypothesis import given, settings

from core.epoch.epoch import run_epoch
from core.network.rule import EXACT, PRINTED
from core.studies.bridge import bridge
from tests import oracles
from tests.oracles import CHAINED
from tests.strategies import networks, rules


@settings(deadline=None)
@given(start=networks(4), rule=rules)
def test_every_cell_gathers_its_terms(start, rule):
    network, parameters = start
    epoch = run_epoch(network, parameters, rule, 0.1)
    terms = oracles.terms(network, parameters, rule)
    for name in (name for name in terms if name in CHAINED):
        entry = (0, 0)
        found = bridge(epoch, name, entry)
        for t in range(1, network.T + 1):
            for k in range(1, network.T + 1):
                own = [
                    value[entry if value.ndim == 2 else 0]
                    for (a, _, b), value in terms[name].items()
                    if (a, b) == (t, k)
                ]
                assert np.isclose(found.cells[k - 1, t - 1], sum(own), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("rule", "total"), [(EXACT, "0.0402"), (PRINTED, "0.0274")])
def test_the_corner_is_the_gradient(sheet_a, rule, total):
    network, parameters = sheet_a
    epoch = run_epoch(network, parameters, rule, 0.01)
    table = bridge(epoch, "W", (0, 0)).with_sums
    assert f"{table[-1, -1]:.4f}" == total
    assert np.allclose(table[:-1, -1], [epoch.value(f"dL/dW[{k}]").item() for k in range(1, 5)], rtol=1e-10, atol=1e-14)
