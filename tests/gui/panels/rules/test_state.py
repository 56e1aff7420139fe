"""What the Rules panel says, without a window."""

from __future__ import annotations

import pytest

from core.program.program import Address, Phase
from core.writing.form import NumberFormat
from gui.panels.rules.state import check_listing
from tests import oracles
from tests.gui.views import view_at

pytestmark = pytest.mark.without_qt


@pytest.mark.parametrize(
    ("name", "index", "indices", "used"),
    [
        ("V", "t", (3,), [3]),
        ("c", "t", (3,), [3]),
        ("V", "t", (), []),
        ("c", "t", (), []),
        ("W", "k", (3, 3, 2), [1, 2, 3]),
        ("U", "k", (3, 1, 1), [1, 2, 3]),
        ("b", "k", (), []),
        ("E", "k", (3, 3, 2), [1, 2, 3]),
    ],
)
def test_the_uses_of_a_parameter_are_listed_by_the_index_that_they_have(name, index, indices, used):
    view = view_at(Address(Phase.BACKWARD, name, indices), source="embedding" if name == "E" else "attention")
    listing, _ = check_listing(view)
    texts = [row.texts[0] for row in listing.rows]
    everywhere = [f"{name} at {index} = {t}" for t in (1, 2, 3, 4)]
    alone = ["Loss 3 alone", f"∂L₃/∂{name}", *(f"{name} at {index} = {t}" for t in used)] if indices else []
    assert texts == ["All losses", f"∂L/∂{name}", *everywhere, *alone]
    lit = [row.symbol for row in listing.rows[2:6]]
    assert lit == [f"{'Omega' if index == 't' else 'h'}[{t}]" for t in (1, 2, 3, 4)]


@pytest.mark.parametrize("name", ["V", "c", "W"])
def test_the_whole_and_its_parts_stand_beside_the_true_derivative(name):
    view = view_at(Address(Phase.BACKWARD, name))
    true = oracles.complex_step(view.source.network, view.source.parameters)[name]
    entry = view.entry[: true.ndim]
    listing, words = check_listing(view)
    form = NumberFormat()
    assert listing.rows[1].texts[2] == form(float(true[entry]))
    given = form(float(view.epoch.gradients[name][entry]))
    assert listing.rows[1].texts[1] == given
    assert f"the rule in use gives {given}" in words
    parts = [float(row.texts[2].replace("−", "-")) for row in listing.rows[2:]]
    assert sum(parts) == pytest.approx(float(true[entry]), abs=2.1e-4)  # four numbers of four decimals
