"""The Program panel: what is done, current and to come; what opens and closes; where keys and clicks lead."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt

from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.cursor import Command
from core.program.outline import Outline
from core.program.program import Address, Phase, Program
from core.sources.opening import open_source
from core.sources.source import Source
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK
from gui.panels.program.lines import RANGE, Lines
from gui.panels.program.panel import ProgramPanel
from tests.gui.shown import show_panel


@pytest.fixture
def make_panel(qtbot, theme):
    def make(model, width=300, height=700):
        return show_panel(qtbot, ProgramPanel(theme), model, width, height)

    return make


def network(T, *, attention):
    return Network(("a", "b", "c"), (0,) * T, (1,) * T, 2, None, attention)


def long_model(T, *, attention):
    made = network(T, attention=attention)
    values = np.random.default_rng(3)
    parameters = {name: values.normal(0, 0.3, shape) for name, shape in made.parameter_shapes.items()}
    model = DebuggerModel(Source("long", "long", made, Parameters.checked(made, parameters), EXACT, 0.1))
    model.set_way("terms")
    return model


def visible(panel):
    """The indexes of all lines that are open, from top to bottom."""
    tree = panel.tree
    found = [tree.model().index(0, 0)]
    while (below := tree.indexBelow(found[-1])).isValid():
        found.append(below)
    return found


def texts(panel, role=Qt.ItemDataRole.DisplayRole):
    return [index.data(role) for index in visible(panel)]


def line(panel, text):
    return next(index for index in visible(panel) if index.data().startswith(text))


def centre(panel, index):
    rect = panel.tree.visualRect(index)
    return QPoint(rect.left() + 12, rect.center().y())


def test_says_what_is_done_current_and_to_come(make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    said = texts(panel, Qt.ItemDataRole.AccessibleTextRole)
    assert "(3, 3, 1), done" in said
    assert "(3, 3, 2), current step" in said
    assert "(3, 3, 3), to come" in said
    assert "∂L/∂c, done" in said
    assert "∂L/∂U, to come" in said
    assert "∂L/∂W, the current step is in here" in said
    assert texts(panel)[0] == "Epoch 1"


def test_totals_appear_once_they_are_known(make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.FORWARD, "yhat", (4,)))
    assert "t = 3   l → l   1.4901" in texts(panel)  # sheet A, section 5
    assert "t = 4   l → o" in texts(panel)
    assert "Total loss" in texts(panel)
    model.jump(Address(Phase.BACKWARD, "W", (4, 4, 4)))
    assert "Total loss   5.8071" in texts(panel)
    assert "∂L/∂W" in texts(panel)
    model.do(Command.INTO)
    assert "∂L/∂W   0.0274" in texts(panel)  # section 6.4
    model.go_to_position(1)
    assert "Total loss" in texts(panel)
    assert "∂L/∂W" in texts(panel)


def test_every_step_has_its_line_current_and_in_sight(make_panel, model):
    panel = make_panel(model, height=240)
    for position in (*range(1, 122), *range(120, 0, -7)):
        model.go_to_position(position)
        index = panel.tree.currentIndex()
        assert f"Step {position}:" in index.data(Qt.ItemDataRole.ToolTipRole)
        assert panel.tree.viewport().rect().contains(panel.tree.visualRect(index).center())
        assert (
            sum(
                "current step" in said and "in here" not in said
                for said in texts(panel, Qt.ItemDataRole.AccessibleTextRole)
            )
            == 1
        )


def test_closes_what_it_opened_and_leaves_open_what_the_user_opened(qtbot, make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (2, 1, 1)))
    assert panel.tree.isExpanded(line(panel, "L₂"))
    model.jump(Address(Phase.BACKWARD, "W", (3, 1, 1)))
    assert not panel.tree.isExpanded(line(panel, "L₂"))
    arrow = line(panel, "L₁")
    rect = panel.tree.visualRect(arrow)
    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() - 8, rect.center().y()))
    assert panel.tree.isExpanded(line(panel, "L₁"))
    model.jump(Address(Phase.BACKWARD, "W", (4, 1, 1)))
    assert panel.tree.isExpanded(line(panel, "L₁"))
    model.jump(Address(Phase.UPDATE, "V"))
    assert not panel.tree.isExpanded(line(panel, "∂L/∂W"))
    assert panel.tree.isExpanded(line(panel, "Update"))


def test_a_line_that_the_user_closed_opens_again_when_the_cursor_moves_in_it(qtbot, make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 1, 1)))
    panel.tree.setFocus()
    panel.tree.setCurrentIndex(line(panel, "∂L/∂W"))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Left)
    assert not panel.tree.isExpanded(line(panel, "∂L/∂W"))
    model.do(Command.INTO)
    assert "(3, 2, 1)" in texts(panel)


@pytest.mark.parametrize("key", [Qt.Key.Key_Plus, Qt.Key.Key_Right])
def test_a_step_cannot_be_opened_and_stepping_on_tells_of_lines_that_there_are(qtbot, make_panel, model, key):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 1)))
    told: list[bool] = []
    panel.tree.model().dataChanged.connect(lambda first, last: told.append(first.isValid() and last.isValid()))
    panel.tree.setFocus()
    before = texts(panel)
    qtbot.keyClick(panel.tree, key)
    assert not panel.tree.isExpanded(line(panel, "(3, 3, 1)"))
    assert texts(panel) == before
    model.do(Command.INTO)
    model.jump_to_epoch(2)
    assert told
    assert all(told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(3, 3, 1)", Address(Phase.BACKWARD, "W", (3, 3, 1))),
        ("(3, 3, 3)", Address(Phase.BACKWARD, "W", (3, 3, 3))),
        ("L₄", Address(Phase.BACKWARD, "W", (4, 4, 4))),  # to come: its end
        ("L₂", Address(Phase.BACKWARD, "W", (2, 1, 1))),  # past: its start
        ("∂L/∂U", Address(Phase.BACKWARD, "U")),
        ("t = 1", Address(Phase.FORWARD, "letter", (1,))),
        ("Update", Address(Phase.UPDATE, "b")),
        ("Total loss", Address(Phase.FORWARD, "L")),
    ],
)
def test_a_click_and_enter_go_to_a_line(qtbot, make_panel, model, text, expected):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    asked: list[Address] = []
    panel.jump_requested.connect(asked.append)
    index = line(panel, text)
    place = centre(panel, index)
    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == [expected]
    qtbot.mouseDClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == [expected]
    panel.tree.setCurrentIndex(index)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert asked == [expected, expected]


def test_rendering_emits_nothing(qtbot, make_panel, model):
    panel = make_panel(model)
    with qtbot.assertNotEmitted(panel.jump_requested), qtbot.assertNotEmitted(panel.position_requested):
        for position in (62, 5, 121):
            model.go_to_position(position)


def test_stepping_tells_only_of_the_lines_that_changed(make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 1)))
    told: list[int] = []
    panel.tree.model().dataChanged.connect(lambda first, last: told.extend(range(first.row(), last.row() + 1)))
    model.do(Command.INTO)
    assert len(told) <= 3  # the epoch, the step before and the step


def test_tooltips_say_what_a_step_does(make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    said = line(panel, "(3, 3, 2)").data(Qt.ItemDataRole.ToolTipRole)
    assert "∂L/∂W: loss 3, via h₃, W used at t = 2" in said


def test_another_epoch_is_named(qtbot, make_panel, model):
    panel = make_panel(model)
    model.do(Command.NEXT_EPOCH)
    assert texts(panel)[0] == "Epoch 2"
    model.do(Command.OUT)
    assert "Total loss   5.7791" in texts(panel)  # sheet A, section 6.7


def test_another_order_and_another_network_make_another_tree(make_panel, model):
    panel = make_panel(model)
    model.set_order("stage")
    assert "h₂   reads e" in texts(panel)
    model.open(open_source("embedding"))
    assert "∂L/∂E" in texts(panel)
    assert panel.tree.currentIndex().data() == "letter"


@pytest.mark.parametrize("attention", [True, False])
def test_all_steps_of_a_very_long_program_are_reached_through_short_lists(make_panel, attention):
    model = long_model(1000, attention=attention)
    panel = make_panel(model)
    length = len(model.view.program)
    for position in (1, length // 7, length // 2, length - 900, length):
        model.go_to_position(position)
        index = panel.tree.currentIndex()
        assert f"Step {position:,}:" in index.data(Qt.ItemDataRole.ToolTipRole)
        assert panel.tree.viewport().rect().intersects(panel.tree.visualRect(index))
        above = index.parent()
        while above.isValid():
            assert panel.tree.model().rowCount(above) <= RANGE + 1
            above = above.parent()


def test_ranges_cover_every_line_once_and_leave_the_total_alone():
    lines = Lines(Outline(Program(network(1234, attention=False))))
    forward = lines.child(lines.root, 0)
    labels = [lines.label(lines.child(forward, row)).text for row in range(lines.count(forward))]
    assert labels[:2] == ["t = 1 … 100", "t = 101 … 200"]
    assert labels[-2:] == ["t = 1201 … 1234", "Total loss"]
    spans = [lines.span(lines.child(forward, row)) for row in range(lines.count(forward))]
    assert spans[0].first == 1
    assert spans[-1].last == lines.span(forward).last
    assert all(after.first == before.last + 1 for before, after in pairwise(spans))


def test_ranges_of_ranges_hold_a_million_lines():
    T = 1_000_000
    lines = Lines(Outline(Program(network(T, attention=False))))
    found = lines.child(lines.root, 0)
    depth = 0
    position = 5 * 765_432 + 2  # five steps a timestep: letter, h, Ω, ŷ, L
    while lines.span(found).first != lines.span(found).last:
        assert lines.count(found) <= RANGE + 1
        found = lines.child(found, lines.row_of(found, position))
        depth += 1
    assert lines.label(found).text == "h₇₆₅₄₃₃"
    assert depth < 7


@pytest.mark.parametrize("zoom", [0.75, 1.0, 3.0])
def test_the_line_keeps_its_place_at_every_zoom_and_in_both_themes(make_panel, model, theme, zoom):
    panel = make_panel(model, width=280)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    theme.set_palette(DARK)
    theme.set_zoom(zoom)
    model.do(Command.INTO)
    rect = panel.tree.visualRect(panel.tree.currentIndex())
    assert rect.height() == round(24 * zoom)
    assert panel.tree.viewport().rect().contains(rect.left(), rect.center().y())


def test_the_current_line_stays_in_sight_when_the_panel_gets_lower(qtbot, make_panel):
    model = long_model(300, attention=True)
    panel = make_panel(model, height=900)
    model.go_to_position(model.view.program.position(Address(Phase.BACKWARD, "W", (250, 240, 201))))
    tree = panel.tree
    assert tree.viewport().rect().contains(tree.visualRect(tree.currentIndex()).center())
    panel.resize(300, 300)
    qtbot.waitUntil(lambda: tree.viewport().rect().contains(tree.visualRect(tree.currentIndex()).center()))


def test_a_line_that_fits_is_seen_with_all_that_it_stands_in(make_panel):
    model = long_model(300, attention=True)
    panel = make_panel(model, width=200)
    model.go_to_position(model.view.program.position(Address(Phase.BACKWARD, "W", (250, 240, 201))))
    assert panel.tree.horizontalScrollBar().value() > 0
    model.do(Command.START)
    assert panel.tree.horizontalScrollBar().value() == 0


def inked(image, rect):
    """The places in *rect* that differ from its corner, from its own corner on."""
    ground = image.pixelColor(rect.topLeft())
    return {
        (x, y)
        for x in range(rect.width())
        for y in range(rect.height())
        if image.pixelColor(rect.left() + x, rect.top() + y) != ground
    }


def test_a_step_that_is_done_has_a_tick_and_one_to_come_a_ring(make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    image = panel.tree.viewport().grab().toImage()
    marks = []
    for text in ("(3, 3, 1)", "(3, 3, 3)"):
        rect = panel.tree.visualRect(line(panel, text))
        marks.append(inked(image, QRect(panel.tree.viewport().width() - 22, rect.top(), 22, rect.height())))
    tick, ring = ({("left" if x < 11 else "right", "high" if y < 11 else "low") for x, y in mark} for mark in marks)
    assert tick == {("left", "low"), ("right", "high"), ("right", "low")}
    assert ring == {("left", "high"), ("left", "low"), ("right", "high"), ("right", "low")}
    assert not {(11, 12), (10, 12), (11, 11)} & marks[1], "it is hollow"


def test_a_line_that_holds_others_has_an_arrow_and_a_step_has_none(make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    image, found = panel.tree.viewport().grab().toImage(), {}
    for text in ("t = 1", "(3, 3, 3)"):
        rect = panel.tree.visualRect(line(panel, text))
        found[text] = inked(image, QRect(rect.left() - 15, rect.top() + 2, 14, rect.height() - 4))
    assert found["t = 1"]
    assert not found["(3, 3, 3)"]
