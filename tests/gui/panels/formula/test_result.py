"""The matrices of the formula panel are made when they are first shown; nobody can tell."""

from core.program.program import Address, Phase
from tests.gui.driving import opened, settle

SOFTMAX, SUM = Address(Phase.FORWARD, "yhat", (1,)), Address(Phase.BACKWARD, "V")
UPDATE, BRIDGE = Address(Phase.UPDATE, "V"), Address(Phase.BACKWARD, "W")
STEPS = {
    "softmax": (SOFTMAX, "yhat[1]", 1),
    "result": (SUM, "dL/dV", 1),
    "update_view": (UPDATE, "V", 3),
    "bridge": (BRIDGE, "dL/dW", 1),
}


def test_a_matrix_is_in_sight_and_lit_at_once_the_first_time_it_is_shown(qapp):
    with opened() as window:
        formula = window.bench.formula
        for part, (address, symbol, count) in STEPS.items():
            shown = getattr(formula, part)
            assert not shown.views
            formula.set_highlight(symbol)
            window.bench.model.jump(address)
            assert [view.isVisible() for view in shown.views] == [True] * count
            settle()
            first = shown.grab().toImage()
            formula.set_highlight("")
            assert shown.grab().toImage() != first
            formula.set_highlight(symbol)
            assert shown.grab().toImage() == first


def test_an_update_of_many_numbers_has_its_three_matrices_and_no_other(qapp):
    with opened() as window:
        result, jump = window.bench.formula.result, window.bench.model.jump
        jump(UPDATE)
        assert not result.views
        jump(SUM)
        assert result.matrix.isVisible()
        jump(UPDATE)
        assert not result.matrix.isVisible()
