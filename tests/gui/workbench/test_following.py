"""What is computed stays in sight: in the tree, in long texts, in panels that are too small for all they hold."""

from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QScrollArea

from core.program.program import Address, Phase
from core.sources.design import Design
from core.sources.own_network import build
from tests.gui.driving import settle, wait_until

BACKWARD, UPDATE, FORWARD = Phase.BACKWARD, Phase.UPDATE, Phase.FORWARD


@pytest.fixture(scope="module")
def long():
    return build(
        Design(
            text="to be or not " * 12,
            targets=None,
            hidden_size=12,
            embedding_size=None,
            attention=True,
            learning_rate=0.1,
            seed=1,
        )
    )


def stand_at(window, *address):
    window.go_to(window.bench.model.view.program.position(Address(*address)))
    settle()


def in_sight(part, area):
    """Whether *area* of *part* is within everything that it is scrolled by."""
    return QRect(area).intersected(part.visibleRegion().boundingRect()) == area


def shows_its_own(row):
    return in_sight(row, row.current_area())


def test_the_parameter_at_work_is_in_sight(window):
    window.reset("embedding")
    rows = window.bench.panels["parameters"].rows
    for name in ("c", "V", "E", "U", "c"):
        stand_at(window, UPDATE, name)
        wait_until(partial(shows_its_own, rows[name]))
    stand_at(window, FORWARD, "h", (2,))
    bar = window.bench.panels["parameters"].findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    for name in ("yhat", "L", "h"):
        stand_at(window, FORWARD, name, (3,))
        assert bar.value() == bar.maximum(), "in the forward pass nothing takes the user away from where he looks"


def test_the_timestep_at_work_stays_in_sight_where_the_panel_gets_narrower(window, long):
    window.reset(long, way="terms")
    window.front("values")
    stand_at(window, FORWARD, "A", (120, 7))
    grid = window.bench.panels["values"].grid
    sizes = [grid.size(), grid.size() * 0.75, grid.size()]
    for size in sizes:
        grid.resize(size)
        settle()
        column = grid.cell_rect(0, 119).toAlignedRect()
        assert grid.viewport().rect().contains(column.center())


def test_the_attention_of_the_timestep_at_work_is_in_sight(window, long):
    window.reset(long, way="terms")
    panel = window.front("attention")
    for t in (120, 5, 150):
        stand_at(window, FORWARD, "A", (t, t - 2))
        view = panel.matrix("alpha" if panel.choice == "alpha" else "A")
        stand_at(window, FORWARD, "alpha", (t,))
        assert view.viewport().rect().contains(view.cell_rect(t - 1, 0).center().toPoint())


def test_the_mark_of_a_line_is_in_sight_in_a_narrow_tree(window, long):
    window.reset(long, way="terms")
    tree = window.bench.panels["program"].tree
    stand_at(window, BACKWARD, "W", (150, 140, 120))
    tree.resize(100, tree.height())
    settle()
    line = tree.visualRect(tree.currentIndex())
    mark = QRect(0, 0, 3, 3)  # the arrow is solid there, as no letter is
    mark.moveCenter(QPoint(tree.viewport().width() - 13, line.center().y()))
    image = tree.viewport().grab(mark).toImage()
    assert all(image.pixelColor(x, y) == window.theme.palette.accent for x in range(3) for y in range(3))


def test_a_blank_letter_is_seen_in_the_tree_and_in_the_sentence(window, long):
    window.reset(long, way="terms")
    stand_at(window, FORWARD, "letter", (3,))
    assert window.bench.model.view.network.input_letter(3) == " "
    assert "“␣”" in window.bench.formula.sentence.text()
    tree = window.bench.panels["program"].tree
    assert "␣ → b" in tree.currentIndex().parent().data()


def test_where_the_result_stands_does_not_depend_on_where_one_comes_from(window, long):
    window.reset(long, way="terms")
    found = set()
    for before in (("letter", (1,)), ("h", (150,)), ("yhat", (40,)), ("A", (7, 2))):
        stand_at(window, FORWARD, *before)
        stand_at(window, FORWARD, "A", (130, 91))
        result, numbers = window.bench.formula.result, window.bench.formula.numbers
        found.add((result.name.text(), result.geometry().left() > numbers.geometry().left()))
    assert len(found) == 1


def test_the_sum_of_all_that_went_before_is_not_called_the_largest_term(window, long):
    window.reset(long, way="terms")
    panel = window.front("contributions")
    stand_at(window, BACKWARD, "W", (100, 60, 30))
    picture = panel.chart.picture
    assert abs(picture.values[0]) > abs(picture.values[1:]).max(), "else there is nothing to confuse"
    assert not any(picture.lead in fact.left for fact in panel.facts.facts)
