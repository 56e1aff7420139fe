"""A network that reads long words: none is painted over what stands beside it."""

import pytest

from core.sources.design import Design
from core.sources.own_network import build
from gui.panels.values.grid import ValuesGrid
from tests.gui.driving import opened, settle

TEXT = "understanding recurrent networks requires considerable patience"


@pytest.fixture(scope="module")
def window(qapp):
    design = Design(
        text=TEXT, reads="words", hidden_size=2, embedding_size=None, attention=False, learning_rate=0.1, seed=1
    )
    with opened(build(design), size=(1280, 720)) as made:
        made.bench.model.go_to_position(30)
        made.front("values")
        settle()
        yield made


def is_plain(image, left, right, top, bottom):
    """Whether nothing is painted between *left* and *right*."""
    colours = {image.pixelColor(x, y).rgb() for x in range(left, right) for y in range(top, bottom)}
    return len(colours) == 1


def test_wanted_and_read_words_end_before_the_next_node_of_the_strip(window):
    strip = window.bench.formula.strip
    image = strip.grab().toImage()
    for t in range(2, 6):
        for name in (f"yhat[{t}]", f"x[{t}]"):
            node = strip.node_rect(name)
            assert is_plain(image, node.left() - 5, node.left() - 2, node.top() + 2, node.bottom() - 2), name


def test_words_stay_in_their_columns_of_values(window):
    grid = window.bench.panels["values"].grid
    assert isinstance(grid, ValuesGrid)
    assert grid.cells is not None
    image = grid.viewport().grab().toImage()
    row = next(i for i, each in enumerate(grid.cells.rows) if each.kind == "letters")
    for column in range(grid.cells.columns - 1):
        left, right = (grid.cell_rect(row, each) for each in (column, column + 1))
        if left.left() > 0 and right.left() < grid.viewport().width():
            gap = round(left.right()) + 1, round(right.left())
            assert is_plain(image, *gap, round(left.top()), round(left.bottom())), column


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_what_the_network_is_is_said_from_its_beginning(window, width):
    window.shell.resize(width, 720)
    for _ in range(3):
        settle()
    label = window.bench.files.word.words
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    assert label.text().startswith("5 timesteps") or label.width() < 60
