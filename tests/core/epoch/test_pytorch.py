"""LSTM and GRU beside PyTorch's own modules, where that is installed: loss and every gradient."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network.network import Network, Parameters
from core.network.rule import EXACT

torch = pytest.importorskip("torch")
# PyTorch stacks the gates in this order, and adds a second bias that is 0 here but where ours has it too.
GATES = {"lstm": "ifqo", "gru": "rzn"}


def stacked(cell, values, name, of_state):
    """The rows of all gates, as the module has them."""
    names = [f"{name}_{gate}" for gate in GATES[cell]]
    if name == "b" and of_state:
        zeros = np.zeros_like(values[names[0]])
        return np.concatenate([values.get(f"b_h{gate}", zeros) for gate in GATES[cell]])
    return np.concatenate([values[each] for each in names])


@pytest.mark.parametrize(("cell", "seed"), list(product(GATES, range(5))))
def test_loss_and_gradients_are_those_of_the_module(cell, seed):
    draw = np.random.default_rng(seed)
    K, H, T = 4, int(draw.integers(1, 4)), int(draw.integers(1, 7))
    inputs, targets = draw.integers(0, K, (2, T)).tolist()
    network = Network(tuple("abcd"), tuple(inputs), tuple(targets), H, None, False, cell)
    values = {name: draw.normal(0, 0.7, shape) for name, shape in network.parameter_shapes.items()}
    epoch = run_epoch(network, Parameters.checked(network, values), EXACT, 0.1)

    module = (torch.nn.LSTM if cell == "lstm" else torch.nn.GRU)(K, H).double()
    weights = {"weight_ih_l0": ("U", False), "weight_hh_l0": ("W", True), "bias_ih_l0": ("b", False),
               "bias_hh_l0": ("b", True)}  # fmt: skip
    with torch.no_grad():
        for own, (name, of_state) in weights.items():
            getattr(module, own).copy_(torch.tensor(stacked(cell, values, name, of_state)))
    V, c = (torch.tensor(values[name], requires_grad=True) for name in "Vc")
    states, _ = module(torch.eye(K, dtype=torch.float64)[inputs])
    loss = torch.nn.functional.cross_entropy(states @ V.T + c, torch.tensor(targets), reduction="sum")
    loss.backward()

    assert epoch.tape.total == pytest.approx(loss.item(), rel=1e-12)
    for name, found in (("V", V), ("c", c)):
        np.testing.assert_allclose(epoch.gradients[name], found.grad, rtol=1e-10, atol=1e-12)
    for own, (name, of_state) in weights.items():
        theirs = np.split(getattr(module, own).grad.numpy(), len(GATES[cell]))
        for gate, rows in zip(GATES[cell], theirs, strict=True):
            mine = f"b_h{gate}" if name == "b" and of_state else f"{name}_{gate}"
            if mine in values:
                np.testing.assert_allclose(epoch.gradients[mine], rows, rtol=1e-10, atol=1e-12)
