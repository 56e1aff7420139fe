"""The Sheet panel: printed against computed while stepping, the verdicts, the errata, and where clicks lead."""

import json
import math
from importlib import resources

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from core.network.rule import EXACT, TYPESET
from core.program.cursor import Command, Cursor
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.sources.source import Source
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK
from gui.panels.sheet.panel import NO_SHEET, SheetPanel
from tests.gui.shown import show_panel


@pytest.fixture
def make_panel(qtbot, theme):
    def make(model, width=460, height=600):
        return show_panel(qtbot, SheetPanel(theme), model, width, height)

    return make


def sections(panel):
    """All rows as texts, by the title of their section."""
    found = panel.table.model()
    return {
        found.index(group, 0).data(): [
            tuple(found.index(row, column, found.index(group, 0)).data() for column in range(found.columnCount()))
            for row in range(found.rowCount(found.index(group, 0)))
        ]
        for group in range(found.rowCount())
    }


def index_of(panel, section, row, column=0):
    found = panel.table.model()
    group = next(g for g in range(found.rowCount()) if found.index(g, 0).data() == section)
    return found.index(row, column, found.index(group, 0))


def arrive(qtbot, model, epoch, position):
    """Stand at a position, however long the training takes."""
    model.jump_to(Cursor(epoch, position))
    qtbot.waitUntil(lambda: not model.is_training)


def slow_states(inputs, U, W):
    """The hidden states of sheet A, one multiplication after the other."""
    h, states = 0.0, []
    for letter in inputs:
        h = math.tanh(U[letter] + W * h)
        states.append(h)
    return states


def test_numbers_appear_as_their_steps_are_reached(make_panel, model):
    panel = make_panel(model)
    state = slow_states((0, 1, 2, 2), (0.1442, -0.2315, -0.669, 1.1585), -0.587)
    assert sections(panel)["5.1  Hidden State at t = 1"] == [("h₁", "0.1432", "at step 2", "")]
    model.do(Command.INTO)
    assert sections(panel)["5.1  Hidden State at t = 1"] == [("h₁", "0.1432", f"{state[0]:.4f}", "✓ equal")]
    assert sections(panel)["5.2  Hidden State at t = 2"] == [("h₂", "−0.3055", "at step 10", "")]
    model.do(Command.BACK)
    assert sections(panel)["5.1  Hidden State at t = 1"] == [("h₁", "0.1432", "at step 2", "")]


def test_vectors_and_matrices_name_their_letters(make_panel, model):
    panel = make_panel(model)
    assert [row[0] for row in sections(panel)["6.2  Update V"]][:4] == [f"∂L/∂V   {letter}" for letter in "helo"]
    model.open(open_source("embedding"))
    assert [row[0] for row in sections(panel)["6.7  Update E"]][:3] == ["∂L/∂E   h, 1", "∂L/∂E   h, 2", "∂L/∂E   e, 1"]


def test_every_printed_number_is_listed_once(make_panel, model):
    data = json.loads(resources.files("resources").joinpath("attention.json").read_text(encoding="utf-8"))

    def size(value):
        return sum(map(size, value)) if isinstance(value, list) else 1

    printed = sum(size(value) for values in data["printed"].values() for value in values.values())
    assert printed == 119
    rows = [row for found in sections(make_panel(model)).values() for row in found]
    assert len(rows) == printed + len(data["later"])


def test_counts_what_is_checked_so_far(qtbot, make_panel, model):
    panel = make_panel(model)
    assert panel.count.text() == "0 of 119 checked so far."
    model.go_to_position(5)
    assert panel.count.text() == "2 of 119 checked so far: 2 equal, 0 one unit off, 0 differ."
    arrive(qtbot, model, 2, len(model.view.program))
    rows = [row for title, found in sections(panel).items() if not title.startswith("Loss") for row in found]
    equal, off = (sum(row[3] == words for row in rows) for words in ("✓ equal", "≈ one unit off"))
    assert equal + off == 119
    assert panel.count.text() == f"119 of 119 checked so far: {equal} equal, {off} one unit off, 0 differ."


def test_epoch_2_waits_for_epoch_2(qtbot, make_panel, model):
    panel = make_panel(model)
    title = "Epoch 2 · 6.7  Following Epochs Loss Values"
    model.go_to_position(len(model.view.program))
    assert sections(panel)[title][-1] == ("L", "5.7791", "in epoch 2", "")
    arrive(qtbot, model, 2, 1)
    total = model.view.program.position(Address(Phase.FORWARD, "L"))
    assert sections(panel)[title][-1] == ("L", "5.7791", f"at step {total}", "")
    model.go_to_position(total)
    assert sections(panel)[title][-1] == ("L", "5.7791", "5.7791", "✓ equal")
    model.jump_to(Cursor(1, total))
    assert sections(panel)[title][-1] == ("L", "5.7791", "in epoch 2", "")


def test_another_rule_is_compared_too(make_panel, model):
    panel = make_panel(model)
    model.go_to_position(74)
    assert sections(panel)["6.4  Update W"][0] == ("∂L/∂W", "0.0274", "0.0274", "✓ equal")
    model.set_rule(EXACT)
    assert sections(panel)["6.4  Update W"][0] == ("∂L/∂W", "0.0274", "0.0402", "≠ differs")
    model.set_rule(TYPESET)
    assert sections(panel)["6.4  Update W"][0] == ("∂L/∂W", "0.0274", "−0.0327", "≠ differs")


def test_the_stated_learning_rate_gives_another_parameter(make_panel, model):
    panel = make_panel(model)
    model.set_learning_rate(0.1)
    model.go_to_position(len(model.view.program))
    assert sections(panel)["6.4  Update W"][1] == ("W new", "−0.5872", "−0.5897", "≠ differs")


def test_losses_of_later_epochs_appear_once_training_has_reached_them(qtbot, make_panel, model):
    panel = make_panel(model)
    assert sections(panel)["Loss at epoch"][0] == ("100", "4.6789", "later", "")
    arrive(qtbot, model, 101, 1)
    assert sections(panel)["Loss at epoch"][0] == ("100", "4.6789", "4.6789", "✓ equal")
    assert sections(panel)["Loss at epoch"][1][2:] == ("later", "")
    model.jump_to(Cursor(1, 1))
    assert sections(panel)["Loss at epoch"][0][3] == "✓ equal"


def test_figures_that_the_inputs_do_not_determine_say_so(qtbot, make_panel):
    model = DebuggerModel(open_source("embedding"))
    panel = make_panel(model)
    arrive(qtbot, model, 1001, 1)
    found = sections(panel)["Smallest loss up to epoch"]
    assert [row[3] for row in found] == ["✓ equal", "✓ equal", "? not determined", "? not determined"]
    assert "do not determine" in index_of(panel, "Smallest loss up to epoch", 2).data(Qt.ItemDataRole.ToolTipRole)


def test_tooltips_give_the_computed_number_in_full(make_panel, model):
    panel = make_panel(model)
    model.go_to_position(5)
    (value,) = slow_states((0,), (0.1442,), -0.587)
    said = index_of(panel, "5.1  Hidden State at t = 1", 0).data(Qt.ItemDataRole.ToolTipRole)
    assert repr(value) in said
    later = index_of(panel, "5.2  Hidden State at t = 2", 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "at step 10" in later
    assert repr(slow_states((0, 1), (0.1442, -0.2315), -0.587)[1]).lstrip("-") not in later


def test_the_numbers_of_the_current_step_are_marked_and_in_sight(make_panel, model):
    panel = make_panel(model, height=300)
    model.jump(Address(Phase.BACKWARD, "U"))
    spoken = [index_of(panel, "6.5  Update U", row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(5)]
    assert [text.endswith("current step") for text in spoken] == [True] * 4 + [False]
    for row in range(4):
        rect = panel.table.visualRect(index_of(panel, "6.5  Update U", row))
        assert panel.table.viewport().rect().contains(rect.center())


def test_of_a_step_without_printed_numbers_the_section_is_marked_and_in_sight(make_panel, model):
    panel = make_panel(model, height=235)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    section = index_of(panel, "6.4  Update W", 0).parent()
    assert section.data(Qt.ItemDataRole.AccessibleTextRole) == "6.4  Update W, current section"
    assert panel.table.visualRect(section).top() == 0
    before = index_of(panel, "5.1  Hidden State at t = 1", 0).parent()
    assert before.data(Qt.ItemDataRole.AccessibleTextRole) == "5.1  Hidden State at t = 1"


def test_a_low_dock_has_room_for_four_lines(make_panel, model):
    panel = make_panel(model, width=760, height=220)
    model.jump(Address(Phase.FORWARD, "Omega", (1,)))
    lines = [panel.table.visualRect(panel.table.model().sibling(row, 0, panel.table._current[0])) for row in range(4)]
    assert all(panel.table.viewport().rect().contains(line) for line in lines)


def test_a_click_or_enter_goes_to_the_step_of_a_number(qtbot, make_panel, model):
    panel = make_panel(model)
    asked: list[Cursor] = []
    panel.cursor_requested.connect(asked.append)
    index = index_of(panel, "5.2  Hidden State at t = 2", 0, column=1)
    place = panel.table.visualRect(index).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == [Cursor(1, 10)]
    index = index_of(panel, "Epoch 2 · 6.7  Following Epochs Loss Values", 20)
    panel.table.setCurrentIndex(index)
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    total = model.view.program.position(Address(Phase.FORWARD, "L"))
    assert asked[1:] == [Cursor(2, total)]


def test_a_click_on_a_section_closes_and_opens_it(qtbot, make_panel, model):
    panel = make_panel(model)
    section = index_of(panel, "5.1  Hidden State at t = 1", 0).parent()
    place = panel.table.visualRect(section).center()
    for is_open in (False, True):
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert panel.table.isExpanded(section) is is_open


def test_the_mouse_lights_up_the_symbol_under_it(qtbot, make_panel, model):
    panel = make_panel(model)
    lit: list[str] = []
    panel.symbol_hovered.connect(lit.append)
    place = panel.table.visualRect(index_of(panel, "5.2  Hidden State at t = 2", 0)).center()
    qtbot.mouseMove(panel.table.viewport(), place)
    qtbot.waitUntil(lambda: lit == ["h[2]"])


def test_a_lit_symbol_is_shown(make_panel, model):
    panel = make_panel(model)
    before = panel.table.viewport().grab().toImage()
    panel.set_highlight("h[2]")
    lit = panel.table.viewport().grab().toImage()
    panel.set_highlight("")
    assert before != lit
    assert panel.table.viewport().grab().toImage() == before


def test_stepping_tells_only_of_the_numbers_that_changed(make_panel, model):
    panel = make_panel(model)
    model.go_to_position(60)
    told = []
    panel.table.model().dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.do(Command.INTO)  # from one term of ∂L/∂W to the next: the sheet prints neither
    assert told == []
    model.jump(Address(Phase.BACKWARD, "W"))
    assert told == [(0, 0)]


def test_errata_that_concern_the_step_are_marked(qtbot, make_panel, model):
    panel = make_panel(model)
    panel.tabs.setCurrentIndex(1)
    model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2)))
    assert panel.tabs.tabText(1) == "Errata  ▶ 2 here"
    assert [card.erratum.number for card in panel.errata.cards if card.concerns_step] == [1, 2]
    card = panel.errata.cards[0]
    qtbot.waitUntil(card.isVisible)
    assert "▶ concerns this step" in [label.text() for label in card.findChildren(QLabel) if label.isVisible()]
    model.jump(Address(Phase.FORWARD, "Omega", (1,)))
    assert panel.tabs.tabText(1) == "Errata"
    assert not any(card.concerns_step for card in panel.errata.cards)


def test_errata_say_what_the_rule_in_use_follows(make_panel, model):
    panel = make_panel(model)
    panel.tabs.setCurrentIndex(1)

    def said():
        return [label.text() for label in panel.errata.cards[0].findChildren(QLabel)][-1]

    assert "follows the printed numbers and the true derivative" in said()
    model.set_rule(TYPESET)
    assert said().endswith("follows the formula.")


def test_errata_of_a_hidden_tab_are_up_to_date_when_it_is_shown(make_panel, model):
    panel = make_panel(model)
    model.jump(Address(Phase.UPDATE, "V"))
    panel.tabs.setCurrentIndex(1)
    assert [card.erratum.number for card in panel.errata.cards if card.concerns_step] == [5]


def test_the_first_erratum_that_concerns_the_step_is_in_sight(qtbot, make_panel, model):
    panel = make_panel(model, width=300, height=260)
    model.jump(Address(Phase.UPDATE, "V"))
    panel.tabs.setCurrentIndex(1)
    card = next(card for card in panel.errata.cards if card.concerns_step)
    qtbot.waitUntil(lambda: not card.visibleRegion().isEmpty())


def test_without_a_sheet_it_says_why_it_is_empty(make_panel, model):
    panel = make_panel(model)
    sheet = model.state.source
    model.open(Source("mine.json", "mine", sheet.network, sheet.parameters, EXACT, 0.1))
    assert panel.empty.isVisible()
    assert panel.empty.text() == NO_SHEET
    assert not panel.table.isVisible()
    model.open(open_source("embedding"))
    assert panel.table.isVisible()
    assert panel.count.text() == "0 of 126 checked so far."


def test_a_learning_rate_that_diverges_is_shown(qtbot, make_panel, model):
    panel = make_panel(model)
    model.set_learning_rate(1e200)
    arrive(qtbot, model, 2, len(model.view.program))
    assert "≠ differs" in [row[3] for row in sections(panel)["Epoch 2 · 6.7  Following Epochs Loss Values"]]


def test_rendering_emits_nothing(qtbot, make_panel, model):
    panel = make_panel(model)
    with qtbot.assertNotEmitted(panel.cursor_requested), qtbot.assertNotEmitted(panel.jump_requested):
        for position in (62, 5, 121):
            model.go_to_position(position)


@pytest.mark.parametrize("zoom", [0.75, 1.0])
@pytest.mark.parametrize("width", [280, 900])
def test_all_columns_fit_and_verdicts_keep_mark_and_words(make_panel, model, theme, zoom, width):
    panel = make_panel(model, width=width)
    theme.set_palette(DARK)
    theme.set_zoom(zoom)
    model.go_to_position(len(model.view.program))
    assert panel.table.header().length() <= panel.table.viewport().width()
    verdicts = {row[3] for found in sections(panel).values() for row in found}
    short = width == 280 and zoom == 1.0
    assert verdicts == {"", "✓ equal", "≈ 1 off" if short else "≈ one unit off"}
    assert panel.table.visualRect(index_of(panel, "6.6  Update b", 1)).height() == round(24 * zoom)
