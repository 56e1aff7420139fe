"""How far the forward pass is known at a step: against a listing of the steps so far."""

import pytest

from core.network import symbols
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.watching.language import read
from core.watching.names import written
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


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("sheet", ["attention", "embedding", "lstm", "last-step"])
def test_a_number_is_known_from_the_step_on_from_which_a_watch_shows_it(sheet, way):
    network = open_source(sheet).network
    asked = [symbols.symbol(f"dL/d{name}", t) for name in network.asked for t in (1, network.T)]
    others = ["h[2]", "yhat[1]", "L", "dL/dV", "W_new", "x[1]", "eta", f"dL/d{network.chained[0]}"]
    for name in filter(lambda name: symbols.exists(name, network), [*asked, *others]):
        view = view_at(1, source=sheet, way=way)
        watched, length = read(written(name, (), network), network), len(view.program)
        for position in (*range(1, length, max(length // 12, 1)), watched.first(view.program) - 1, length):
            at = view_at(max(position, 1), source=sheet, way=way)
            shown = watched.before(at.program, at.cursor.position + 1) is not None
            assert at.is_known(name) == shown, (name, at.step.address)


def test_term_by_term_the_derivative_by_a_state_is_known_once_every_path_through_it_is():
    for quantity, indices, known in (("b", (2, 2, 2), False), ("b", (4, 4, 4), False), ("b", (), True)):
        at = view_at(Address(Phase.BACKWARD, quantity, indices))
        assert at.is_known("dL/dh[2]") == known, indices
    for t, known in ((3, False), (2, True), (1, True)):
        assert view_at(Address(Phase.BACKWARD, "h", (t,)), way="timesteps").is_known("dL/dh[2]") == known, t
