"""Slips of the forward pass at their limits."""

from __future__ import annotations

import pytest

from core.epoch.training import Training
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.slips.case import Case
from core.slips.forward import wrong_targets
from tests.strategies import random_network


@pytest.mark.parametrize(("T", "K", "tried"), [(40, 5, True), (67, 3, False), (200, 1, True), (201, 1, False)])
def test_wrong_targets_are_tried_one_by_one_up_to_two_hundred(T, K, tried):
    """Letters wanted, times letters that there are; then the letters read wanted at every timestep."""
    network, parameters = random_network(1, T=T, K=K)
    case = Case.of(Training(network, parameters, EXACT, 0.1), 1, Address(Phase.BACKWARD, "W"))
    found = [variant.change(case.right).network.targets for variant in wrong_targets(case)]
    one_wrong = [
        (*network.targets[:t], letter, *network.targets[t + 1 :])
        for t in range(T)
        for letter in range(K)
        if letter != network.targets[t]
    ]
    as_read = [network.inputs] if network.inputs != network.targets else []
    assert found == ([*one_wrong, *as_read] if tried else [])
