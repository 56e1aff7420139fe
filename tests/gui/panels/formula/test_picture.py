"""What of the network the strip lights, back timestep by timestep, without a window."""

import pytest

from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.sources.source import Source
from gui.panels.formula.path import strip_picture
from tests.gui.views import view_at
from tests.strategies import of_kind

pytestmark = pytest.mark.without_qt
B = Phase.BACKWARD


@pytest.mark.parametrize(
    ("quantity", "edges"),
    [("h", {("Z[2]", "h[2]"), ("Z[3]", "h[2]"), ("Z[4]", "h[2]"), ("h[3]", "h[2]")}), ("a", set()),
     ("Z", {("yhat[2]", "Z[2]")}), ("A", {("Z[2]", "h[1]"), ("Z[2]", "h[2]")})],
)  # fmt: skip
def test_what_asks_of_a_quantity_is_lit(quantity, edges):
    view = view_at(Address(B, quantity, (2,)), way="timesteps")
    assert set(strip_picture(view).path) == edges


def test_of_many_that_ask_the_first_and_the_last_are_lit():
    network, parameters = of_kind((False, True), T=40)
    source = Source("own", "Own", network, parameters, EXACT, 0.1)
    path = strip_picture(view_at(Address(B, "h", (1,)), source=source, way="timesteps")).path
    assert [edge for edge, _ in path] == ["Z[1]", "Z[2]", "Z[39]", "Z[40]", "h[2]"]
    path = strip_picture(view_at(Address(B, "alpha", (40,)), source=source, way="timesteps")).path
    assert [edge for _, edge in path] == ["h[1]", "h[2]", "h[39]", "h[40]"]
