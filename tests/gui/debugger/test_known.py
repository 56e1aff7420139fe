"""How far the forward pass is known at a step: against a listing of the steps so far."""

import pytest

from core.program.program import Address, Phase
from core.sources.opening import open_source
from gui.debugger.known import scores_known, timesteps_known
from tests import oracles
from tests.gui.views import view_at

pytestmark = pytest.mark.without_qt


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
def test_as_many_timesteps_are_known_as_the_steps_so_far_have_begun(sheet):
    lines = oracles.listing(open_source(sheet).network)
    forward = [line for line in lines if line.phase == "forward" and line.indices]
    for position in (*range(1, len(forward) + 3), len(lines)):
        made = [line for line in lines[:position] if line.phase == "forward"]
        view = view_at(position, source=sheet)
        for stage in {line.quantity for line in forward}:
            begun = {line.indices[0] for line in made if line.quantity == stage and line.indices}
            assert timesteps_known(view, stage) == len(begun), (position, stage)


def test_scores_are_known_one_by_one():
    lines = oracles.listing(open_source("attention").network)
    for position in range(1, len(lines) + 1, 2):
        scores = [line.indices for line in lines[:position] if line.quantity == "A"]
        last = scores[-1] if scores else (0, 0)
        assert scores_known(view_at(position)) == last, position


def test_all_scores_are_known_on_the_way_back_also_where_the_loss_changes_with_them():
    for t in (4, 2):
        assert scores_known(view_at(Address(Phase.BACKWARD, "A", (t,)), way="timesteps")) == (4, 4)


def test_what_is_hidden_is_not_known():
    assert timesteps_known(view_at(2), "h") == 1
    assert timesteps_known(view_at(2, hidden=True), "h") == 0
