"""Which losses are known at a step, and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest

from core.epoch.training import Training
from core.program.program import Address, Phase
from core.sources.opening import open_source
from gui.panels.loss.state import losses
from tests import oracles
from tests.gui.views import view_at

TOTAL, FIRST = Address(Phase.FORWARD, "L"), Address(Phase.FORWARD, "h", (1,))

pytestmark = pytest.mark.without_qt


def fact(found, start):
    return next(fact for fact in found.facts if fact.left.startswith(start))


def test_before_the_first_total_loss_it_says_where_that_is():
    found = losses(view_at(38))
    words = "The loss of epoch 1 is complete at step 39. Each epoch adds a point: Ctrl+G runs to an epoch."
    assert (found.summary, found.facts, len(found.line.y)) == (words, (), 0)


def test_the_loss_of_an_epoch_appears_at_its_total():
    view = view_at(39)
    found = losses(view)
    expected = oracles.forward(view.source.network, oracles.values(view.source.parameters)).total
    assert found.line.y == pytest.approx([expected], rel=1e-14)
    assert found.line.current == 0
    assert found.line.label == "epoch 1: 5.8071"
    assert fact(found, "▶ epoch 1").right == "5.8071"


def test_an_epoch_in_which_we_stand_before_its_total_is_left_out():
    found = losses(view_at(FIRST, epoch=5))
    assert len(found.line.x) == 4
    assert found.line.current is None
    assert found.line.label == ""
    assert fact(found, "▶ epoch 5").right == "at step 39"
    assert len(losses(view_at(TOTAL, epoch=5)).line.x) == 5


def test_epochs_reached_stay_when_going_back():
    found = losses(view_at(1, epoch=3, reached=20))
    assert len(found.line.x) == 20
    assert found.line.current == 2


def test_losses_are_those_of_training_and_the_lowest_is_named():
    view = view_at(TOTAL, epoch=100)
    separate = Training(view.source.network, view.source.parameters, view.source.rule, view.source.learning_rate)
    separate.run(100)
    found = losses(view)
    assert found.line.y.tolist() == separate.losses
    assert found.summary == "lowest 4.6789 at epoch 100"
    assert found.leads[found.facts.index(fact(found, "lowest, epoch 100"))] == 100


def test_the_lowest_is_not_always_the_last():
    source = replace(open_source("attention"), learning_rate=30.0, worksheet=None)
    view = view_at(TOTAL, epoch=12, source=source)
    y = view.training.losses
    lowest = min(range(12), key=lambda n: y[n] if np.isfinite(y[n]) else np.inf)
    assert lowest < 11
    assert losses(view).summary.endswith(f"lowest {view.form(y[lowest])} at epoch {lowest + 1}")


def test_what_the_sheet_prints_is_compared():
    found = losses(view_at(TOTAL, epoch=100))
    assert [ring.x for ring in found.line.rings] == [1, 2, 100]
    assert found.line.rings[-1].tip == "the sheet prints 4.6789 at epoch 100: equal"
    assert fact(found, "epoch 100").right == "4.6789 ✓"
    assert fact(found, "epoch 1,000").right == "2.1040 ○"


def test_minima_up_to_an_epoch_are_brackets_from_the_first():
    found = losses(view_at(TOTAL, epoch=60, source="embedding"))
    ring = found.line.rings[-1]
    assert (ring.start, ring.x, ring.y) == (1, 50, 2.9268)
    assert ring.tip == "the sheet prints a smallest loss of 2.9268 up to epoch 50: equal"
    assert fact(found, "smallest up to 50").right == "2.9268 ✓"


def test_a_loss_that_is_not_finite_is_said():
    found = losses(view_at(TOTAL, epoch=30, source=replace(open_source("attention"), learning_rate=1e308)))
    first = int(np.argmin(np.isfinite(found.line.y))) + 1
    assert found.summary.startswith(f"diverged at epoch {first}")
    lowest = min(range(first - 1), key=lambda n: found.line.y[n])
    assert found.summary.endswith(f"lowest {found.form(found.line.y[lowest])} at epoch {lowest + 1}")
    assert fact(found, f"The loss diverged at epoch {first}")


def test_what_was_made_before_is_kept():
    before = losses(view_at(TOTAL, epoch=20))
    assert before.point(1) == "epoch 2, step 39: 5.7791"
    assert before.line.tip(1).startswith("epoch 2, step 39: 5.7791\nin full 5.779")
    view = view_at(60, epoch=20)
    made = losses(view)
    assert losses(view, made).line.y is made.line.y
    assert losses(view, before).line.y is not before.line.y  # those of another training


def test_a_network_without_a_sheet_has_no_marks():
    found = losses(view_at(TOTAL, epoch=5, source=replace(open_source("attention"), worksheet=None)))
    assert found.line.rings == ()
    assert not any("sheet" in fact.left for fact in found.facts)
