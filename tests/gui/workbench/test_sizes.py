"""The sizes of very many terms, in the real window: found, seen, pointed at and followed."""

import pytest
from PySide6.QtCore import Qt

from core.program.program import Address, Phase
from core.sources.design import Design
from core.sources.own_network import build
from gui.widgets.matrix.surface import MatrixSurface
from tests.gui.driving import click, opened, settle, wait_until

TEXT = "the quick brown fox jumps over the lazy dog and runs into the green wood"


@pytest.fixture(scope="module")
def source():
    return build(
        Design(text=TEXT, targets=None, hidden_size=8, embedding_size=None, attention=True, learning_rate=0.1, seed=1)
    )


def stand_at(window, source, *address):
    """The Contributions panel, with the cursor there."""
    window.reset(source, way="terms")
    panel = window.front("contributions")
    window.go_to(window.bench.model.view.program.position(Address(Phase.BACKWARD, *address)))
    return panel


def test_a_cell_of_the_triangle_leads_to_its_first_term_and_back(window, source):
    panel = stand_at(window, source, "W", (50, 50, 20))
    program = window.bench.model.view.program
    here = window.place
    click(panel.form.button("Sizes"))
    wait_until(lambda: not panel.sizes.is_computing)
    triangle = panel.sizes.triangle
    assert triangle.isVisible()
    click(triangle, triangle.scale.rect((40, 12)).center())
    t, k = triangle.selected
    assert window.place == (1, program.position(Address(Phase.BACKWARD, "W", (t, k, k))))
    window.press("previous_place")
    assert window.place == here


def test_keys_of_the_triangle_are_not_the_windows(window, source):
    panel = stand_at(window, source, "W", (50, 50, 20))
    program = window.bench.model.view.program
    click(panel.form.button("Sizes"))
    wait_until(lambda: not panel.sizes.is_computing)
    here, triangle = window.place, panel.sizes.triangle
    triangle.setFocus()
    window.key(Qt.Key.Key_Escape)  # whatever was selected
    window.key(Qt.Key.Key_Left, times=3)
    assert (triangle.selected, window.place) == ((50, 18), here)
    window.key(Qt.Key.Key_Return)
    assert window.place == (1, program.position(Address(Phase.BACKWARD, "W", (50, 18, 18))))


def test_behind_another_tab_nothing_is_computed(window, source):
    panel = stand_at(window, source, "W")
    program = window.bench.model.view.program
    click(panel.form.button("Sizes"))
    wait_until(lambda: not panel.sizes.is_computing)
    other = next(
        name for name, dock in window.shell.docks.items()
        if dock in window.shell.tabifiedDockWidgets(window.shell.docks["contributions"])
    )  # fmt: skip
    window.front(other)
    window.go_to(program.position(Address(Phase.BACKWARD, "U")))
    assert not panel.sizes.is_computing
    window.front("contributions")
    settle()
    wait_until(lambda: panel.sizes.triangle.picture.rows == len(TEXT) - 1)
    assert panel.title == "∂L/∂U"


def test_a_high_matrix_beside_a_narrow_dock_is_laid_out_once(monkeypatch):
    """A bar below it took height, with the height of a bar it needed none: both in turns, without end."""
    laid = []
    fitted = MatrixSurface._fit

    def fit(surface):
        laid.append(surface)
        fitted(surface)

    monkeypatch.setattr(MatrixSurface, "_fit", fit)
    design = Design(
        text="abcdefghijklmnop",
        targets=None,
        hidden_size=5,
        embedding_size=4,
        attention=True,
        learning_rate=0.1,
        seed=1,
    )
    with opened(build(design), size=(1280, 720)) as window:
        window.press("present")
        window.key(Qt.Key.Key_Escape)
        for _ in range(2):  # once more than what was asked for before, and as often as an endless one likes
            laid.clear()
            for _ in range(40):
                settle()
        assert not laid
