"""The attention panel: weights and scores as far as they are known."""

import math

import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from core.network.network import Network, Parameters
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.sources.source import Source
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK, Theme
from gui.panels.attention.panel import AttentionPanel
from gui.widgets.parts.segments import Segments
from tests.gui.shown import show_panel

STATES = [0.1432, -0.3055, -0.4540, -0.3821]  # h of sheet A, as it prints them


def opened(qtbot, source):
    model = DebuggerModel(source)
    panel = show_panel(qtbot, AttentionPanel(Theme()), model, 500, 400)
    return model, panel


def choose(qtbot, panel, text):
    qtbot.mouseClick(panel.findChild(Segments).button(text), Qt.MouseButton.LeftButton)


def pointed(matrix, cell):
    return matrix.cell_rect(*cell).center().toPoint() + QPoint(1, 1)


def expected_weights(t):
    powers = [math.exp(STATES[i] * STATES[t - 1]) for i in range(t)]
    return [power / sum(powers) for power in powers]


def test_the_weights_of_a_row_are_the_softmax_of_its_products(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(model.view.program.forward.last)
    description = panel.matrix("alpha").accessibleDescription()
    for t in range(1, 5):
        for weight in expected_weights(t):
            # The sheet's states have four decimals, so the last digit may differ.
            assert any(f"{weight + d:.4f}" in description for d in (-1e-4, 0, 1e-4))


def test_rows_that_are_not_computed_say_when_and_show_no_number(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.jump(Address(Phase.FORWARD, "alpha", (2,)))
    description = panel.matrix("alpha").accessibleDescription()
    assert "row 3 l: at t = 3, not computed yet" in description
    assert "row 2 e: 0.4658, 0.5342" in description
    model.go_to_position(1)
    assert "0." not in panel.matrix("alpha").accessibleDescription()


def test_scores_appear_one_by_one(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    choose(qtbot, panel, "A scores")
    model.jump(Address(Phase.FORWARD, "A", (3, 2)))
    assert "row 3 l: minus 0.0650, 0.1387, not computed yet" in panel.matrix("A").accessibleDescription()


def test_the_switch_shows_one_map_or_both_and_is_remembered(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    assert (panel.matrix("alpha").isVisible(), panel.matrix("A").isVisible()) == (True, False)
    choose(qtbot, panel, "both")
    assert (panel.matrix("alpha").isVisible(), panel.matrix("A").isVisible()) == (True, True)
    choose(qtbot, panel, "A scores")
    model.open(open_source("attention"))
    assert (panel.choice, panel.matrix("alpha").isVisible(), panel.matrix("A").isVisible()) == ("A", False, True)


def test_a_map_that_was_hidden_is_up_to_date_when_it_is_shown(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(model.view.program.forward.last)
    choose(qtbot, panel, "A scores")
    assert "0.2061" in panel.matrix("A").accessibleDescription()


def test_pointing_and_clicking_tell_the_symbol(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(model.view.program.forward.last)
    matrix = panel.matrix("alpha")
    with qtbot.waitSignal(panel.symbol_hovered) as hovered:
        qtbot.mouseMove(matrix.viewport(), pointed(matrix, (2, 1)))
    assert hovered.args == ["alpha[3,2]"]
    with qtbot.waitSignal(panel.symbol_clicked) as clicked:
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=pointed(matrix, (2, 0)))
    assert clicked.args == ["alpha[3,1]", False]


def test_without_attention_a_sentence_says_so(qtbot):
    _, panel = opened(qtbot, open_source("embedding"))
    shown = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert shown == ["This network has no attention: Zₜ is hₜ."]


def test_moving_between_networks_with_and_without_attention(qtbot):
    model, panel = opened(qtbot, open_source("embedding"))
    model.open(open_source("attention"))
    assert panel.matrix("alpha").isVisible()
    model.open(open_source("embedding"))
    assert not panel.matrix("alpha").isVisible()


@pytest.mark.parametrize("T", [1, 40, 200])
def test_any_length_of_text_is_drawn(qtbot, T):
    network = Network(("a", "b"), (0, 1) * (T // 2) + (0,) * (T % 2), (1,) * T, 1, None, True)
    values: dict[str, npt.ArrayLike] = {
        "U": [[0.3, -0.4]],
        "W": [[0.5]],
        "b": [0.1],
        "V": [[0.2], [-0.1]],
        "c": [0.0, 0.0],
    }
    source = Source("long", "Long", network, Parameters.checked(network, values), open_source("attention").rule, 0.1)
    model, panel = opened(qtbot, source)
    model.go_to_position(model.view.program.forward.last)
    panel.theme.set_palette(DARK)
    panel.theme.set_zoom(2.0)
    assert not panel.grab().isNull()
