"""The lines that ship, against the slow oracle, and the rules as edits against it too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.equations.running import Run
from core.network.cells import lines
from core.network.described import described, reader, ruled
from tests import oracles
from tests.strategies import KINDS, RULES, networks, of_kind


def run(network, parameters, rule=None):
    description = described(network) if rule is None else ruled(network, rule)

    done = Run(description, network.T, reader(network, parameters))
    done.forward()
    return done


@settings(deadline=None)
@given(start=networks())
def test_the_lines_make_what_the_loops_make(start):
    network, parameters = start
    done, oracle = run(network, parameters), oracles.forward(network, oracles.values(parameters))
    for t in range(1, network.T + 1):
        for name in ("a", "h", "Omega", "yhat", "L", *(("Z",) if network.attention else ())):
            assert np.allclose(done.read(name, t), getattr(oracle, name)[t], rtol=1e-12, atol=1e-14), (name, t)
        if network.attention:
            assert np.allclose(done.read("alpha", t), oracle.alpha[t][1:], rtol=1e-12)


@settings(deadline=None)
@given(start=networks(), rule=st.sampled_from([rule for rule in RULES if rule.embedding_row == "k"]))
def test_a_rule_is_edits_of_edges(start, rule):
    network, parameters = start
    for name, found in run(network, parameters, rule).backward().items():
        expected = oracles.gradient(network, parameters, rule, name)
        assert np.allclose(sum(found), expected, rtol=1e-9, atol=1e-12), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_is_read_by_the_lines(kind):
    network, _ = of_kind(kind)
    assert set(described(network).parameters) == set(network.parameter_shapes)
    assert len(lines("tanh", embedding=kind[0], attention=kind[1])) == 3 + kind[0] + 3 * kind[1]
