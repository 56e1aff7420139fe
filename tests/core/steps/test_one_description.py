"""No second copy lives: an operation that is made to compute something else does so wherever the program uses it."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from core.commands.trace import write_trace
from core.epoch import small
from core.epoch.training import Training
from core.equations.operations import TABLE
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program, Way
from core.sources.source import Source
from core.steps.evaluate import evaluate
from core.studies.bridge import bridge
from core.studies.checking import checks
from tests.strategies import KINDS, of_kind


@pytest.fixture
def another_tanh(monkeypatch):
    """tanh(a) / 2, whose slope is then (1 - (2h)²) / 2."""
    small._traced.cache_clear()
    monkeypatch.setitem(TABLE, "tanh", replace(TABLE["tanh"], value=lambda a: np.tanh(a) / 2))
    latex = r"\left(0.5 - 2 {0}^{2}\right)"
    monkeypatch.setitem(TABLE, "1-h²", replace(TABLE["1-h²"], value=lambda h: (1 - 4 * h * h) / 2, latex=latex))
    yield
    small._traced.cache_clear()


def by_loops(network, parameters):
    """The states, and the total loss, with that function."""
    h, total = [np.zeros(network.H)], 0.0
    for t in range(1, network.T + 1):
        letter = network.inputs[t - 1]
        x = np.eye(network.K)[letter] if "E" not in parameters else parameters["E"][letter]
        h.append(np.tanh(parameters["U"] @ x + parameters["W"] @ h[-1] + parameters["b"]) / 2)
        state = h[t]
        if network.attention:
            e = [np.exp(h[i] @ h[t]) for i in range(1, t + 1)]
            state = sum(weight * h[i] for i, weight in enumerate(e, 1)) / sum(e)
        scores = parameters["V"] @ state + parameters["c"]
        total += np.log(np.exp(scores).sum()) - scores[network.targets[t - 1]]
    return h, total


@pytest.mark.usefixtures("another_tanh")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("T", "H"), [(4, 1), (4, 2), (40, 6)])
def test_another_function_in_the_table_is_another_everywhere(kind, T, H):
    network, parameters = of_kind(kind, T=T, H=H)
    assert small.is_small(network) == (T == 4)
    h, total = by_loops(network, parameters)
    training = Training(network, parameters, EXACT, 0.1)
    training.run(1)
    assert training.losses == pytest.approx([total], rel=1e-12)
    epoch = training.epoch(1)
    step = evaluate(epoch, Address(Phase.FORWARD, "h", (2,)))
    assert np.allclose(step.value, h[2], rtol=1e-12)
    assert np.allclose(step.formula.arithmetic(epoch.value), h[2], rtol=1e-12)
    ways: list[tuple[Way, tuple[int, ...]]] = [("terms", (T, T, T - 1)), ("timesteps", (T - 1,))]
    for way, indices in ways:
        address = Address(Phase.BACKWARD, "W", indices)
        assert address in Program(network, way=way)
        known = evaluate(epoch, address, way)
        assert np.allclose(known.value, epoch.value(f"dL/dW[{','.join(map(str, indices))}]"), rtol=1e-9)
        if way == "terms":  # the ladder: at t = T its slope, as it is written and as it multiplies
            place = next(place for place, link in enumerate(known.formula.links) if link.kind == "slope")
            assert known.formula.links[place].note == f"tanh′ at t = {T}"
            slope = (1 - 4 * h[T] * h[T]) / 2
            assert np.allclose(known.products[place], known.products[place - 1] * slope, rtol=1e-12)
            assert "0.5 - 2" in known.formula.symbolic[-1] + known.formula.symbolic[0]
            assert np.allclose(epoch.value(f"D[{T}]"), slope, rtol=1e-12)
    found = checks(epoch, Address(Phase.BACKWARD, "W"), (0, 0))
    assert found.rows[0].is_true
    assert bridge(epoch, "W", (0, 0)).with_sums[-1, -1] == pytest.approx(epoch.gradients["W"][0, 0], rel=1e-9)
    out = io.StringIO()
    write_trace(Source("own", "own", network, parameters, EXACT, 0.1), out)
    written = json.loads(out.getvalue())["forward"]
    assert written["total"] == pytest.approx(total, rel=1e-12)
    assert np.allclose(written["h"], h[1:], rtol=1e-12)
