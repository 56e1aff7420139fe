"""The values panel: one table of all quantities by timestep, as far as they are known."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.sources.source import Source
from core.writing.form import exact
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK, Theme
from gui.panels.values.panel import ValuesPanel
from tests.gui.shown import show_panel


def opened(qtbot, source, width=700, height=900):
    model = DebuggerModel(source)
    panel = show_panel(qtbot, ValuesPanel(Theme()), model, width, height)
    return model, panel


def made(T=12, H=8, D=5, K=27, attention=True):
    network = Network(
        tuple("abcdefghijklmnopqrstuvwxyz ")[-K:],
        tuple((3 * t) % K for t in range(T)),
        tuple((3 * t + 3) % K for t in range(T)),
        H,
        D,
        attention,
    )
    rng = np.random.default_rng(3)
    values = {name: rng.normal(0, 0.4, shape) for name, shape in network.parameter_shapes.items()}
    return Source("made", "Made", network, Parameters.checked(network, values), EXACT, 0.1)


def row_of(panel, name):
    cells = panel.grid.cells
    return next(i for i in range(len(cells.rows)) if cells.row_name(i) == name)


def shown(panel, name, t):
    """What stands in the cell of row *name* at timestep *t*."""
    cells, row = panel.grid.cells, row_of(panel, name)
    return cells.text(row, t - 1) if cells.is_known(row, t - 1) else cells.placeholder(row, t - 1)


def spot(panel, name, t):
    return panel.grid.cell_rect(row_of(panel, name), t - 1).center().toPoint() + QPoint(1, 1)


def forward(source):
    """The forward pass in plain sums, for a hidden state of one number."""
    p, network = source.parameters, source.network
    U, W, b, V, c = p["U"][0], p["W"][0, 0], p["b"][0], p["V"][:, 0], p["c"]
    h: list[float] = []
    found, losses = [], []
    for read, wanted in zip(network.inputs, network.targets, strict=True):
        h.append(math.tanh(U[read] + W * (h[-1] if h else 0.0) + b))
        scores = [past * h[-1] for past in h]
        powers = [math.exp(score) for score in scores]
        alpha = [power / sum(powers) for power in powers]
        Z = sum(weight * past for weight, past in zip(alpha, h, strict=True))
        Omega = [V[k] * Z + c[k] for k in range(network.K)]
        odds = [math.exp(score) for score in Omega]
        yhat = [odd / sum(odds) for odd in odds]
        found.append({"h": h[-1], "A": scores, "α": alpha, "Z": Z, "Ω": Omega, "ŷ": yhat})
        losses.append(-math.log(yhat[wanted]))
    return found, losses


def test_every_number_of_sheet_a_is_what_plain_sums_give(qtbot):
    source = open_source("attention")
    model, panel = opened(qtbot, source)
    model.go_to_position(model.view.program.forward.last)
    form = model.view.form
    found, losses = forward(source)
    for t, (one, loss) in enumerate(zip(found, losses, strict=True), 1):
        assert shown(panel, "hₜ", t) == form(one["h"])
        assert shown(panel, "Zₜ", t) == form(one["Z"])
        assert shown(panel, "Lₜ", t) == form(loss)
        for i in range(t):
            assert shown(panel, f"Aₜ,ᵢ {i + 1}", t) == form(one["A"][i])
            assert shown(panel, f"αₜ,ᵢ {i + 1}", t) == form(one["α"][i])
        for k, letter in enumerate("helo"):
            assert shown(panel, f"Ωₜ {letter}", t) == form(one["Ω"][k])
            assert shown(panel, f"ŷₜ {letter}", t) == form(one["ŷ"][k])
    assert shown(panel, "L", 1) == form(sum(losses))


def test_later_values_are_placeholders_and_only_the_next_says_when(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.jump(Address(Phase.FORWARD, "Z", (1,)))
    assert [shown(panel, "Zₜ", t) for t in range(1, 5)] == ["0.1432", "at t = 2", "·", "·"]
    assert shown(panel, "Ωₜ h", 1) == "at t = 1"
    assert shown(panel, "predicted", 1) == "at t = 1"
    assert shown(panel, "L", 1) == "at step 39"


def test_no_later_number_is_said_anywhere(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    for position in range(1, model.view.program.forward.last + 1):
        model.go_to_position(position)
        cells = panel.grid.cells
        for row in range(1, len(cells.rows)):
            for column in range(cells.columns):
                if cells.exists(row, column):
                    known = model.view.is_known(cells.symbol(row, column))
                    assert known == cells.is_known(row, column)
                    assert known == bool(cells.clipboard(row, column))
                    assert known or cells.reading(row, column).startswith(("at t = ", "after the last"))


@pytest.mark.parametrize("order", ["timestep", "stage"])
def test_known_follows_the_order_of_the_forward_pass(qtbot, order):
    model, panel = opened(qtbot, open_source("attention"))
    model.set_order(order)
    model.jump(Address(Phase.FORWARD, "h", (3,)))
    assert panel.grid.cells.is_known(row_of(panel, "hₜ"), 2)
    assert not panel.grid.cells.is_known(row_of(panel, "hₜ"), 3)
    assert panel.grid.cells.is_known(row_of(panel, "Lₜ"), 0) == (order == "timestep")


def test_the_value_just_made_is_described_in_full(qtbot):
    source = open_source("attention")
    model, panel = opened(qtbot, source)
    model.jump(Address(Phase.FORWARD, "Z", (2,)))
    assert panel.grid.accessibleDescription() == f"Z₂: {exact(model.view.epoch.tape.read_out[1, 0])}"
    assert float(exact(forward(source)[0][1]["Z"]).replace("−", "-")) == pytest.approx(
        float(panel.grid.accessibleDescription().split(": ")[1].replace("−", "-")), rel=1e-12
    )


def test_predictions_say_what_was_wanted(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(model.view.program.forward.last)
    row = row_of(panel, "predicted")
    assert panel.grid.cells.reading(row, 0) == "predicted l · wanted e"
    found, _ = forward(open_source("attention"))
    for t, one in enumerate(found, 1):
        letter = "helo"[one["ŷ"].index(max(one["ŷ"]))]
        right = letter == "ello"[t - 1]
        assert shown(panel, "predicted", t) == letter + (" ✓" if right else "")


def test_clicking_a_cell_goes_to_its_step_once_and_with_ctrl_tells_its_symbol(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(62)
    clicked: list[tuple[str, bool]] = []
    jumps: list[Address] = []
    panel.symbol_clicked.connect(lambda symbol, watched: clicked.append((symbol, watched)))
    panel.jump_requested.connect(jumps.append)
    place, viewport = spot(panel, "αₜ,ᵢ 2", 3), panel.grid.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert (clicked, jumps) == ([], [Address(Phase.FORWARD, "alpha", (3,))])
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert len(jumps) == 1
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    assert (clicked, len(jumps)) == ([("alpha[3,2]", True)], 1)


def test_pointing_tells_the_symbol_and_leaving_ends_it(qtbot):
    _, panel = opened(qtbot, open_source("attention"))
    hovered: list[str] = []
    panel.symbol_hovered.connect(hovered.append)
    qtbot.mouseMove(panel.grid.viewport(), spot(panel, "hₜ", 2))
    qtbot.mouseMove(panel.grid.viewport(), spot(panel, "hₜ", 2) + QPoint(2, 0))
    qtbot.mouseMove(panel.grid.viewport(), QPoint(3, 3))
    assert hovered == ["h[2]", ""]


def test_keys_move_over_cells_that_do_not_exist_and_enter_goes_to_the_step(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.go_to_position(62)
    grid = panel.grid
    hovered: list[str] = []
    jumps: list[Address] = []
    panel.symbol_hovered.connect(hovered.append)
    panel.jump_requested.connect(jumps.append)
    grid.setFocus()
    down = row_of(panel, "Aₜ,ᵢ 1") + 1
    for _ in range(down):
        qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert hovered[-1] == "A[1,1]"
    qtbot.keyClick(grid, Qt.Key.Key_Down)  # A[1,2] is no cell
    assert hovered[-1] == "alpha[1,1]"
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert hovered[-1] == "alpha[2,1]"
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert jumps == [Address(Phase.FORWARD, "alpha", (2,))]
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert hovered[-1] == ""


def test_copying_gives_the_cell_in_full_or_the_whole_table(qtbot):
    source = open_source("attention")
    model, panel = opened(qtbot, source)
    model.jump(Address(Phase.FORWARD, "h", (2,)))
    qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(panel, "hₜ", 2))
    qtbot.keyClick(panel.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert float(QGuiApplication.clipboard().text()) == pytest.approx(forward(source)[0][1]["h"], rel=1e-15)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Escape)
    qtbot.keyClick(panel.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == "\tt = 1\tt = 2\tt = 3\tt = 4"
    states = next(line for line in lines if line.startswith("hₜ\t")).split("\t")
    assert [bool(cell) for cell in states] == [True, True, True, False, False]


def test_short_vectors_are_unfolded_long_ones_folded_and_a_label_changes_that(qtbot):
    model, panel = opened(qtbot, made())
    model.go_to_position(100)
    cells = panel.grid.cells
    assert (cells.is_unfolded("h"), cells.is_unfolded("Omega")) == (True, False)
    row = row_of(panel, "Ωₜ")
    assert shown(panel, "Ωₜ", 1) == "27 numbers"
    label = panel.grid.cell_rect(row, -1)
    panel.grid.scroll_to((row, -1))
    label = panel.grid.cell_rect(row, -1)
    qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=label.center().toPoint())
    assert panel.grid.cells.is_unfolded("Omega")
    tape = model.view.epoch.tape
    assert shown(panel, "Ωₜ d", 2) == model.view.form(tape["Omega"][1, 3])


def test_the_keyboard_folds_too(qtbot):
    _, panel = opened(qtbot, open_source("attention"))
    panel.grid.setFocus()
    assert not panel.grid.cells.is_unfolded("x")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(panel.grid, key)
    assert panel.grid.cells.is_unfolded("x")
    assert [shown(panel, f"xₜ {letter}", 1) for letter in "helo"] == ["1", "0", "0", "0"]


def test_the_current_timestep_comes_into_sight_in_a_long_text(qtbot):
    model, panel = opened(qtbot, made(T=200, H=2, D=2, K=10), 300, 300)
    for t in (150, 3, 200):
        model.jump(Address(Phase.FORWARD, "h", (t,)))
        rect = panel.grid.cell_rect(row_of(panel, "hₜ 1"), t - 1)
        assert panel.grid.viewport().rect().contains(rect.toRect())
        assert panel.grid.cell_at(rect.center()) == (row_of(panel, "hₜ 1"), t - 1)


def test_the_total_stays_in_sight_and_is_a_cell(qtbot):
    model, panel = opened(qtbot, open_source("attention"), 300, 200)
    model.go_to_position(model.view.program.forward.last)
    grid, last = panel.grid, len(panel.grid.cells.rows) - 1
    assert grid.viewport().rect().contains(grid.cell_rect(last, 0).toRect())
    with qtbot.waitSignal(panel.jump_requested) as asked:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.cell_rect(last, 0).center().toPoint())
    assert asked.args == [Address(Phase.FORWARD, "L")]


def test_the_cell_at_a_point_is_the_one_drawn_there(qtbot):
    _, panel = opened(qtbot, open_source("attention"))
    grid = panel.grid
    for row in range(len(grid.cells.rows)):
        for column in range(grid.cells.columns):
            rect = grid.cell_rect(row, column)
            expected = (row, column) if grid.cells.exists(row, column) else None
            if row < len(grid.cells.rows) - 1 and rect.bottom() < grid.viewport().height() - 40:
                assert grid.cell_at(QPointF(rect.center())) == expected


def test_a_screen_reader_gets_a_real_table_that_follows_the_cursor(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    model.jump(Address(Phase.FORWARD, "h", (1,)))
    panel.grid.show_reading()
    table = panel.grid.findChild(QTableView)
    row = row_of(panel, "hₜ")
    index = table.model().index(row, 1)
    assert index.data(Qt.ItemDataRole.DisplayRole).startswith("at t = 2, step ")
    model.jump(Address(Phase.FORWARD, "h", (2,)))
    assert index.data(Qt.ItemDataRole.DisplayRole) == exact(model.view.epoch.tape["h"][2, 0])
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("h₂: ")
    assert table.model().headerData(row, Qt.Orientation.Vertical) == "hₜ"
    table.window().close()


@pytest.mark.parametrize(
    "source",
    [open_source("embedding"), made(T=1, H=1, D=None, K=1), made(T=3, H=3, D=1, K=5, attention=False)],
    ids=["sheet B", "one letter", "no attention"],
)
def test_any_network_is_drawn_at_any_zoom_and_theme(qtbot, source):
    model, panel = opened(qtbot, source, 280, 300)
    for position in range(1, len(model.view.program) + 1, 3):
        model.go_to_position(position)
    for zoom in (0.75, 3.0):
        panel.theme.set_zoom(zoom)
        assert not panel.grab().isNull()
    panel.theme.set_palette(DARK)
    assert not panel.grab().isNull()
    assert any(row.name == "Z" for row in panel.grid.cells.rows) == source.network.attention


def test_rendering_emits_nothing(qtbot):
    model, panel = opened(qtbot, open_source("attention"))
    emitted = []
    for signal in (panel.symbol_hovered, panel.symbol_clicked, panel.jump_requested):
        signal.connect(lambda *values: emitted.append(values))
    for position in (5, 62, 121, 1):
        model.go_to_position(position)
    panel.set_highlight("h[2]")
    panel.grab()
    assert emitted == []


@pytest.mark.parametrize(("T", "scale"), [(4, 1), (5, 1), (4, 14)])  # the last with two digits before the point
def test_a_short_word_needs_no_bar_across_in_the_narrowest_column(qtbot, T, scale):
    source = made(T=T, H=1, D=None, K=4)
    values = {name: array * scale for name, array in source.parameters.items()}
    scaled = replace(source, parameters=Parameters.checked(source.network, values))
    model, panel = opened(qtbot, scaled, width=338)
    model.go_to_position(len(model.view.program))
    largest = max(abs(float(shown(panel, "aₜ", t).replace("−", "-"))) for t in range(1, T + 1))
    assert largest < 10 if scale == 1 else 10 <= largest < 100
    assert panel.grid.horizontalScrollBar().maximum() == 0
