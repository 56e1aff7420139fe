"""The parameters panel: values, gradients so far and new values, where and when they belong."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent

from core.epoch.epoch import run_epoch
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.sources.source import Source
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK, Theme
from gui.panels.parameters.panel import ParametersPanel
from tests.gui.shown import show_panel


def opened(qtbot, source, width=340):
    model = DebuggerModel(source)
    model.set_way("terms")
    panel = show_panel(qtbot, ParametersPanel(Theme()), model, width, 900)
    qtbot.waitUntil(lambda: panel.rows["W"].isVisible())
    return model, panel


def small():
    network = Network.from_letters("abc", "abca", "bcab", hidden_size=2, embedding_size=None, attention=True)
    rng = np.random.default_rng(7)
    values = {name: rng.normal(0, 0.5, shape) for name, shape in network.parameter_shapes.items()}
    return Source("small", "Small", network, Parameters.checked(network, values), EXACT, 0.1)


def block(panel, name, place):
    return panel.rows[name].shown[place]


def said(matrix):
    return matrix.accessibleDescription()


def click(qtbot, matrix, cell):
    qtbot.mouseClick(
        matrix.viewport(), Qt.MouseButton.LeftButton, pos=matrix.cell_rect(*cell).center().toPoint() + QPoint(1, 1)
    )


def test_a_gradient_says_from_which_step_before_its_first_term_and_shows_no_number(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(53)
    assert block(panel, "W", 1).title == "∂L/∂W from step 54"
    assert not panel.rows["W"].matrices[1].isVisible()
    model.go_to_position(54)
    assert block(panel, "W", 1).title == "▶ ∂L/∂W so far"
    assert panel.rows["W"].matrices[1].isVisible()


def test_a_gradient_so_far_is_the_sum_of_its_terms_up_to_the_cursor(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    span = model.view.program.gradient_span("W")
    total = 0.0
    for position in range(span.first, span.last):
        model.go_to_position(position)
        total += float(model.view.step.value[0, 0])
        shown = panel.rows["W"].matrices[1]
        assert said(shown).endswith(f": {model.view.form.spoken(total)}")
    assert "0.0274" in said(panel.rows["W"].matrices[1])


def test_going_back_hides_what_is_not_known_any_more(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(len(model.view.program))
    assert all(matrix.isVisible() for row in panel.rows.values() for matrix in row.matrices)
    model.go_to_position(1)
    assert all([m.isVisible() for m in row.matrices] == [True, False, False] for row in panel.rows.values())


def test_a_new_value_appears_at_its_update_and_is_old_minus_step_times_gradient(qtbot):
    source = small()
    model, panel = opened(qtbot, source)
    model.jump(Address(Phase.UPDATE, "V"))
    gradient = run_epoch(source.network, source.parameters, EXACT, 0.1).gradients["V"]
    expected = source.parameters["V"] - 0.1 * gradient
    assert block(panel, "V", 2).title == "▶ V new"
    shown = panel.rows["V"].matrices[2]
    words = said(shown).replace("minus ", "-")
    for number in expected.ravel():
        assert f"{number:.4f}" in words
    assert block(panel, "W", 2).title == f"W new at step {model.view.program.position(Address(Phase.UPDATE, 'W'))}"


@pytest.mark.parametrize("entry", [(0, 1), (1, 0)])
def test_clicking_an_entry_of_the_gradient_being_summed_follows_it(qtbot, entry):
    model, panel = opened(qtbot, small(), 900)
    model.go_to_position(model.view.program.gradient_span("W").first + 8)
    with qtbot.waitSignal(panel.entry_followed) as followed, qtbot.assertNotEmitted(panel.symbol_clicked):
        click(qtbot, panel.rows["W"].matrices[1], entry)
    assert tuple(followed.args) == entry
    model.follow_entry(*entry)
    assert block(panel, "W", 1).picture.current == {entry}


def test_clicking_a_parameter_goes_nowhere_and_with_ctrl_it_is_watched(qtbot):
    _, panel = opened(qtbot, open_source("attention"))
    matrix = panel.rows["V"].matrices[0]
    with qtbot.assertNotEmitted(panel.symbol_clicked), qtbot.assertNotEmitted(panel.entry_followed):
        click(qtbot, matrix, (2, 0))
    place, control = matrix.cell_rect(2, 0).center().toPoint(), Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(panel.symbol_clicked) as clicked, qtbot.assertNotEmitted(panel.entry_followed):
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, control, place)
    assert clicked.args == ["V", True]


def test_the_followed_entry_of_a_vector_has_column_zero(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(model.view.program.gradient_span("c").first)
    with qtbot.waitSignal(panel.entry_followed) as followed:
        click(qtbot, panel.rows["c"].matrices[1], (3, 0))
    assert followed.args == [3, 0]


def test_the_parameters_that_the_step_reads_are_marked(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.jump(Address(Phase.FORWARD, "h", (2,)))
    assert {name for name in panel.rows if block(panel, name, 0).outlined} == {"U", "W", "b"}
    # The second letter of "hell" is "e", the second column of U, which stands upright.
    assert block(panel, "U", 0).picture.current == {(1, 0)}
    model.jump(Address(Phase.FORWARD, "Omega", (2,)))
    assert {name for name in panel.rows if block(panel, name, 0).outlined} == {"V", "c"}


def test_axes_are_named_by_letters_and_hidden_units(qtbot):
    _, panel = opened(qtbot, small())
    picture = block(panel, "U", 0).picture
    assert (picture.row_labels, picture.column_labels) == (("1", "2"), ("a", "b", "c"))
    assert block(panel, "V", 0).picture.row_labels == ("a", "b", "c")
    assert "V[“b”, 2]" in block(panel, "V", 0).picture.tooltip(1, 1)


def test_a_matrix_of_one_row_stands_upright_beside_the_others(qtbot):
    model, panel = opened(qtbot, open_source("attention"), 338)
    model.jump(Address(Phase.BACKWARD, "U", (3, 3, 3)))
    value, gradient = block(panel, "U", 0), block(panel, "U", 1)
    assert (value.name, gradient.name) == ("Uᵀ", "∂L/∂Uᵀ")
    assert value.picture.texts() == [["0.1442"], ["−0.2315"], ["−0.6690"], ["1.1585"]]  # as the sheet prints U
    assert "[“l”]" in value.picture.tooltip(2, 0) or "[1, “l”]" in value.picture.tooltip(2, 0)
    qtbot.waitUntil(lambda: not any(row.is_stacked for row in panel.rows.values()))
    asked = []
    panel.entry_followed.connect(lambda row, column: asked.append((row, column)))
    matrix = panel.rows["U"].matrices[1]
    qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=matrix.cell_rect(2, 0).center().toPoint())
    assert asked == [(0, 2)]


def test_an_unchanged_matrix_is_not_set_again(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(60)
    before = {name: row.shown for name, row in panel.rows.items()}
    model.go_to_position(61)
    changed = {
        (name, place)
        for name, row in panel.rows.items()
        for place in range(3)
        if row.shown[place] is not before[name][place] and row.shown[place] != before[name][place]
    }
    assert changed <= {("W", 0), ("W", 1)}


def test_a_narrow_panel_stacks_and_a_wide_one_aligns_in_columns(qtbot):
    _, panel = opened(qtbot, open_source("attention"), 280)
    qtbot.waitUntil(lambda: panel.rows["V"].is_stacked)
    panel.resize(1200, 900)
    qtbot.waitUntil(lambda: not any(row.is_stacked for row in panel.rows.values()))


def test_another_network_shows_its_own_parameters(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.open(open_source("embedding"))
    assert list(panel.rows) == ["U", "W", "b", "V", "c", "E"]
    model.open(open_source("attention"))
    assert list(panel.rows) == ["U", "W", "b", "V", "c"]


def test_rendering_emits_nothing_and_theme_and_zoom_keep_working(qtbot):
    model, panel = opened(qtbot, open_source("embedding"))
    signals = (panel.symbol_hovered, panel.symbol_clicked, panel.entry_followed, panel.jump_requested)
    emitted = []
    for signal in signals:
        signal.connect(lambda *values: emitted.append(values))
    for position in (1, 60, 89):
        model.go_to_position(position)
    model.set_rule(PRINTED)
    panel.theme.set_palette(DARK)
    panel.theme.set_zoom(3.0)
    panel.grab()
    assert emitted == []


def test_wheel_with_control_sizes_the_cells_of_one_parameter_on_its_matrices_and_beside_them(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(len(model.view.program))

    def turn(widget, at):
        event = QWheelEvent(
            QPointF(at),
            QPointF(widget.mapToGlobal(at)),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QGuiApplication.sendEvent(widget, event)
        return [matrix.cell_rect(0, 0).height() for matrix in panel.rows["V"].matrices]

    assert turn(panel.rows["V"].matrices[1].viewport(), QPoint(4, 4)) == [18, 18, 18]
    assert turn(panel.rows["V"], QPoint(1, 1)) == [12, 12, 12]
    assert panel.rows["W"].matrices[0].cell_rect(0, 0).height() == 24
