"""A timestep with gates: a box in the path strip, what is lit in it, and the lines that lead in and out."""

from itertools import combinations

import pytest

from core.network.initial import initial
from core.network.network import NONE, Network
from core.network.rule import EXACT
from core.network.symbols import family
from core.program.program import Address, Phase
from core.sources.source import Source
from gui.debugger.model import DebuggerModel
from gui.panels.formula.path import strip_picture
from gui.widgets.strip.layout import arrange, edge, height
from gui.widgets.strip.picture import Route, StripPicture
from gui.widgets.strip.strip import PathStrip
from tests.cells import dropped

__all__ = ["dropped"]
FORWARD, BACKWARD = Phase.FORWARD, Phase.BACKWARD


def model_of(cell, T=4, attention=False):
    letters = tuple(t % 3 for t in range(T))
    network = Network(("a", "b", "c"), letters, letters, 2, None, attention, cell)
    return DebuggerModel(Source("own", "own", network, initial(network, "uniform", 3), EXACT, 0.1))


def seen(model, phase, name, *indices):
    model.go_to_position(model.view.program.position(Address(phase, name, indices)))
    picture = strip_picture(model.view)
    route = Route(picture)
    nodes = arrange(picture, 900, 34, 30).nodes
    return picture, {node for node in nodes if route.has_node(node)}


@pytest.mark.parametrize(
    ("cell", "gates", "others"),
    [("lstm", "ifoq", "C"), ("gru", "rzn", ""), ("mgu", "fq", ""), ("renamed", ["gate"], ""),
     ("other", ["keep", "new"], ""),
     ("tanh", "", ""), ("relu", "", "")],
)  # fmt: skip
def test_what_stands_in_the_box_follows_from_the_lines(dropped, cell, gates, others):
    model = model_of(cell)
    picture = strip_picture(model.view)
    assert (picture.gates, picture.others) == (tuple(gates), tuple(others))
    arranged = arrange(picture, 900, 34, 30)
    assert set(arranged.boxes) == ({1, 2, 3, 4} if gates else set())
    for name in (*gates, *others):
        assert arranged.boxes[2].contains(arranged.nodes[f"{name}[2]"])


@pytest.mark.parametrize(
    ("step", "lit"),
    [((FORWARD, "f", 2), {"f[2]", "h[1]", "x[2]"}), ((FORWARD, "C", 2), {"C[2]", "C[1]", "f[2]", "i[2]", "q[2]"}),
     ((FORWARD, "h", 2), {"h[2]", "o[2]", "C[2]"}), ((FORWARD, "C", 1), {"C[1]", "C[0]", "f[1]", "i[1]", "q[1]"}),
     ((BACKWARD, "C", 2), {"C[2]", "h[2]", "C[3]"}), ((BACKWARD, "C", 4), {"C[4]", "h[4]"}),
     ((BACKWARD, "h", 2), {"h[2]", "yhat[2]", "i[3]", "f[3]", "o[3]", "q[3]"}), ((BACKWARD, "q", 3), {"q[3]", "C[3]"}),
     ((BACKWARD, "W_o", 3), {"o[3]"}), ((BACKWARD, "b_f", 1), {"f[1]"})],
)  # fmt: skip
def test_what_a_step_of_an_lstm_reads_and_makes_is_lit(step, lit):
    _, found = seen(model_of("lstm"), *step)
    assert found == lit


def test_the_lines_of_both_states_end_at_the_box():
    picture, _ = seen(model_of("lstm"), FORWARD, "f", 2)
    arranged = arrange(picture, 900, 34, 30)
    for pair, state in ((("f[2]", "h[1]"), "h"), (("C[2]", "C[1]"), "C")):
        line = edge(arranged, *pair)
        assert line is not None
        assert line.boundingRect().right() == arranged.boxes[2].left()
        assert line.boundingRect().left() == arranged.nodes[f"{state}[1]"].right()
    assert picture.wire(("f[2]", "h[1]")) == ("h[2]", "h[1]")
    assert picture.wire(("C[2]", "f[2]")) is None
    use = strip_picture(model_at(model_of("lstm"), BACKWARD, "W_f", 3)).use
    assert use == ("f[3]", "h[2]")


def model_at(model, phase, name, *indices):
    model.go_to_position(model.view.program.position(Address(phase, name, indices)))
    return model.view


@pytest.mark.parametrize("width", [260, 560, 1400])
@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("count", [1, 4, 1000])
def test_nothing_overlaps_and_all_is_inside_the_strip(width, attention, count):
    picture = StripPicture(
        ("a",) * count, ("b",) * count, attention=attention, others=("C",), gates=tuple("ifoq"),
        computed=f"h[{(count + 1) // 2}]",
    )  # fmt: skip
    arranged = arrange(picture, width, 44, 30)
    rects = [*arranged.nodes.values(), *arranged.wanted.values()]
    for one, other in combinations(rects, 2):
        assert not one.intersects(other)
    for one, other in combinations(arranged.boxes.values(), 2):
        assert not one.intersects(other)
    assert all(rect.bottom() < height(picture) for rect in rects)


def test_a_gate_has_the_hue_of_the_states_by_whatever_name():
    names = ("i[2]", "C[2]", "g[2]", "s[2]", "gate[2]", "dL/ds[2]", "h[2]")
    assert {family(name) for name in names} == {"h"}
    assert family("s[3,2]") == "attention"


@pytest.mark.parametrize("name", ["U_i", "W_f"])
def test_the_use_of_a_gate_s_weights_is_painted_in_their_hue(qtbot, theme, name):
    strip = PathStrip(theme)
    qtbot.addWidget(strip)
    strip.set_picture(strip_picture(model_at(model_of("lstm"), BACKWARD, name, 3)))
    strip.resize(900, strip.height())
    with qtbot.waitExposed(strip):
        strip.show()
    image, hue = strip.grab().toImage(), theme.palette.families[name[0]].rgb()
    assert any(image.pixel(x, y) == hue for x in range(image.width()) for y in range(image.height()))


def test_the_strip_of_an_lstm_stands_still_at_every_step():
    model, found = model_of("lstm", T=3), []
    for position in range(1, len(model.view.program) + 1, 3):
        model.go_to_position(position)
        found.append(arrange(strip_picture(model.view), 740, 34, 30))
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("attention", [False, True])
def test_a_timestep_without_a_target_has_no_loss_to_show(attention):
    network = Network(("a", "b"), (0, 1, 1), (NONE, 1, NONE), 2, None, attention)
    model = DebuggerModel(Source("own", "own", network, initial(network, "uniform", 3), EXACT, 0.1))
    placed = arrange(strip_picture(model.view), 900, 34, 30)
    assert {node for node in placed.nodes if node.startswith("L")} == {"L[2]"}
    assert {node for node in placed.nodes if node.startswith("yhat")} == {"yhat[1]", "yhat[2]", "yhat[3]"}
    assert placed.wanted[1].left() < placed.wanted[2].left() - placed.nodes["x[2]"].left() + placed.nodes["x[1]"].left()
