"""The Contributions panel: terms, groups, entries, what is still to come, and where clicks lead."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox, QToolTip

from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED
from core.program.cursor import Cursor
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.sources.source import Source
from core.writing.form import NumberFormat
from gui.debugger.labels import counted
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK, Theme
from gui.panels.contributions.panel import ContributionsPanel
from gui.widgets.bars.table import BarTable
from tests import oracles
from tests.gui.driving import opened, panel_of, settle, wait_until
from tests.gui.shown import show_panel


def random_source(T, H, K, D, attention):
    draw = np.random.default_rng(7)
    letters = tuple("abcdefghijklmnopqrstuvwxyz "[:K])
    inputs, targets = (tuple(draw.integers(0, K, T).tolist()) for _ in range(2))
    network = Network(letters, inputs, targets, H, D, attention)
    values = {name: draw.normal(0, 0.5, shape) for name, shape in network.parameter_shapes.items()}
    return Source("example", "example", network, Parameters.checked(network, values), EXACT, 0.1)


def term(name, *indices):
    return Address(Phase.BACKWARD, name, indices)


@pytest.fixture
def make_panel(qtbot):
    def make(model, width=900, height=320, theme=None):
        return show_panel(qtbot, ContributionsPanel(theme or Theme()), model, width, height)

    return make


def fact(panel, left):
    return next(f for f in panel.facts.facts if f.left == left)


def terms_of(model, name, entry=(0, 0)):
    """Every term of one entry, from the slow sums of the oracle."""
    source = model.state.source
    every = oracles.terms(source.network, source.parameters, model.state.rule)[name]
    return {key: float(value[entry] if np.ndim(value) == 2 else value[entry[0]]) for key, value in every.items()}


def click_place(qtbot, panel, place):
    qtbot.mouseClick(panel.chart, Qt.MouseButton.LeftButton, pos=panel.chart.place_rect(place).center())


def table_texts(table: BarTable):
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def headers(table: BarTable):
    model = table.model()
    return [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]


def test_bars_are_the_terms_up_to_the_cursor_and_places_wait_for_the_rest(model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    expected = terms_of(model, "W")
    shown = [key for key in expected if key <= (3, 3, 2)]
    picture = panel.chart.picture
    assert picture.slots == tuple(expected)
    assert picture.values == pytest.approx([expected[key] for key in shown], abs=1e-15)
    assert picture.totals[-1] == pytest.approx(sum(expected[key] for key in shown), abs=1e-15)
    assert picture.current == 8
    assert panel.title == "∂L/∂W"


def test_the_side_list_says_this_term_the_total_and_how_many_are_to_go(model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    assert fact(panel, "▶ this term").right == "0.0103"
    assert fact(panel, "running total").right == "−0.0410"
    assert fact(panel, "final ∂L/∂W").right == "11 terms to go"
    assert [f.left for f in panel.facts.facts if f.leads] == ["(2, 2, 2)", "(3, 2, 2)", "▶ (3, 3, 2)"]


def test_the_final_gradient_appears_only_at_its_sum(model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 4, 4, 4))
    assert fact(panel, "final ∂L/∂W").right == "next step"
    model.jump(term("W"))
    assert fact(panel, "final ∂L/∂W").right == "0.0274"
    assert panel.chart.picture.current is None


def test_nothing_of_later_terms_is_shown(model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 2, 2, 2))
    assert len(panel.chart.picture.values) == 4
    assert panel.chart.picture.tooltip(10) == "(4, 1, 1): not computed yet, step 64"
    panel.form.button("Table").click()
    assert len(table_texts(panel.table)) == 4


@pytest.mark.parametrize(("by", "index"), [("t", 0), ("m", 1), ("k", 2)])
def test_groups_add_the_terms_that_share_an_index(qtbot, model, make_panel, by, index):
    panel = make_panel(model)
    model.jump(term("W"))
    qtbot.mouseClick(panel.grouping.button(by), Qt.MouseButton.LeftButton)
    expected = [sum(v for key, v in terms_of(model, "W").items() if key[index] == n) for n in range(1, 5)]
    assert panel.chart.picture.values == pytest.approx(expected, abs=1e-15)
    assert panel.chart.picture.levels == (by,)


def test_grouping_by_distance_adds_the_terms_that_lie_equally_far_back(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W"))
    qtbot.mouseClick(panel.grouping.button("t-k"), Qt.MouseButton.LeftButton)
    expected = [sum(v for (t, _, k), v in terms_of(model, "W").items() if t - k == n) for n in range(4)]
    assert panel.chart.picture.values == pytest.approx(expected, abs=1e-15)
    assert [panel.chart.picture.label(place) for place in (0, 3)] == ["t − k = 0", "t − k = 3"]
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        click_place(qtbot, panel, 2)
    assert wanted.args == [term("W", 3, 1, 1)]


def test_a_logarithmic_axis_shows_sizes_and_marks_the_negative_by_stripes(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W"))
    plain = panel.chart.picture
    qtbot.mouseClick(panel.form.button("Log"), Qt.MouseButton.LeftButton)
    picture, scale = panel.chart.picture, panel.chart._scale
    assert picture.values == pytest.approx(plain.values)
    assert not picture.adds_up
    bottom = scale.y(0.0)
    small, large = scale.y(1e-3), scale.y(1e-2)
    assert bottom >= small > large
    assert scale.y(-1e-2) == large
    assert scale.y(1e-1) - large == pytest.approx(large - small)
    drawn = panel.chart.grab().toImage()
    negative, positive = (next(p for p, v in enumerate(picture.values) if sign * v > 0.02) for sign in (-1, 1))

    def shades(place):
        x, top = round(scale.x(place)), round(scale.y(float(picture.values[place])))
        return {drawn.pixel(x, y) for y in range(top + 3, round(bottom) - 3)}

    assert len(shades(positive)) == 1
    assert len(shades(negative)) > 1


def test_grouping_by_use_says_what_is_added(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    qtbot.mouseClick(panel.grouping.button("k"), Qt.MouseButton.LeftButton)
    assert panel.words == "One W, used four times: add what each use contributes."
    model.jump(term("b", 3, 3, 2))
    assert panel.words == "One b, added four times: add what each use contributes."


def test_a_click_on_a_bar_or_an_empty_place_leads_to_its_step(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    for place, address in ((3, term("W", 2, 2, 2)), (19, term("W", 4, 4, 4))):
        with qtbot.waitSignal(panel.jump_requested) as wanted:
            click_place(qtbot, panel, place)
        assert wanted.args == [address]


def test_a_click_on_a_group_leads_to_its_first_term(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W"))
    for by, address in (("t", term("W", 3, 1, 1)), ("m", term("W", 3, 3, 1)), ("k", term("W", 3, 3, 3))):
        panel.grouping.button(by).click()
        with qtbot.waitSignal(panel.jump_requested) as wanted:
            click_place(qtbot, panel, 2)
        assert wanted.args == [address]


def test_a_click_on_one_of_the_largest_leads_to_its_step(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    row = next(i for i, f in enumerate(panel.facts.facts) if f.left == "(3, 2, 2)")
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        qtbot.mouseClick(panel.facts.row(row), Qt.MouseButton.LeftButton)
    assert wanted.args == [term("W", 3, 2, 2)]
    with qtbot.waitSignal(panel.jump_requested):
        qtbot.keyClick(panel.facts.row(row), Qt.Key.Key_Return)


def test_keys_select_a_bar_and_enter_follows_it(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    panel.chart.setFocus()
    qtbot.keyClick(panel.chart, Qt.Key.Key_Left)
    qtbot.keyClick(panel.chart, Qt.Key.Key_Left)
    assert panel.chart.selected == 6
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        qtbot.keyClick(panel.chart, Qt.Key.Key_Return)
    assert wanted.args == [term("W", 3, 2, 2)]
    qtbot.keyClick(panel.chart, Qt.Key.Key_End)
    assert panel.chart.selected == 19
    qtbot.keyClick(panel.chart, Qt.Key.Key_Escape)
    assert panel.chart.selected is None


def test_pointing_at_a_bar_tells_its_value_and_its_parts(qtbot, model, make_panel):
    model.set_rule(EXACT)
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    place = panel.chart.place_rect(8).center()
    QApplication.sendEvent(panel.chart, QHelpEvent(QEvent.Type.ToolTip, place, panel.chart.mapToGlobal(place)))
    first, full, _, step, *_ = QToolTip.text().split("\n")
    QToolTip.hideText()
    assert step == f"step {model.view.cursor.position}"
    assert first == "(3, 3, 2): 0.0129 · value 0.0103 · key 0.0010 · query 0.0017"
    value = terms_of(model, "W")[3, 3, 2]
    assert float(full.removeprefix("in full ")) == pytest.approx(value, abs=1e-15)
    assert panel.chart.tooltip_at(QPoint(0, 0)) == ""


def test_parts_stack_up_to_each_term(model, make_panel):
    model.set_rule(EXACT)
    panel = make_panel(model)
    model.jump(term("W"))
    picture = panel.chart.picture
    assert picture.part_names == ("value", "key", "query")
    assert picture.part_values.sum(axis=1) == pytest.approx(list(terms_of(model, "W").values()), abs=1e-15)
    assert (picture.stacks()[..., 1] - picture.stacks()[..., 0]) == pytest.approx(picture.part_values, abs=1e-15)


def test_under_one_path_bars_have_no_parts(model, make_panel):
    panel = make_panel(model)
    model.jump(term("W"))
    assert model.state.rule == PRINTED
    assert panel.chart.picture.part_names == ()


def test_zero_terms_say_why(model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 1))
    assert any(f.left.startswith("0, because h₀ = 0") for f in panel.facts.facts)
    model.jump(term("U", 3, 3, 3))
    model.follow_entry(0, 1)
    assert any(f.left == "0: x₃ is “l”, this is column “e”." for f in panel.facts.facts)
    assert "0: x₁ is “h”, this is column “e”." in panel.chart.picture.tooltip(0)


def test_terms_of_another_row_of_the_embedding_say_so(make_panel):
    model = DebuggerModel(open_source("embedding"))
    model.set_rule(EXACT)
    panel = make_panel(model)
    model.jump(term("E", 3, 3, 2))
    model.follow_entry(0, 0)
    assert panel.title == "∂L/∂E entry (“h”, 1)"
    assert any(f.left == "0: letter 2 is “e”, this is row “h”." for f in panel.facts.facts)


def test_the_picker_follows_another_entry(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("U", 2, 2, 2))
    panel.entry_followed.connect(model.follow_entry)
    assert panel.title == "∂L/∂U entry (1, “e”)"
    assert not panel.row.isVisible()
    panel.column.setFocus()
    with qtbot.waitSignal(panel.entry_followed) as wanted:
        qtbot.keyClick(panel.column, Qt.Key.Key_Up)
    assert wanted.args == [0, 0]
    assert panel.title == "∂L/∂U entry (1, “h”)"
    expected = terms_of(model, "U", (0, 0))
    assert panel.chart.picture.values == pytest.approx([v for k, v in expected.items() if k <= (2, 2, 2)], abs=1e-15)


def test_rendering_emits_nothing(model, make_panel):
    panel = make_panel(model)
    told = []
    for signal in (panel.jump_requested, panel.entry_followed, panel.epoch_requested, panel.symbol_hovered):
        signal.connect(lambda *args: told.append(args))
    for position in range(1, len(model.view.program) + 1, 3):
        model.go_to_position(position)
    assert told == []


def test_gradients_without_chains_have_one_bar_a_loss(model, make_panel):
    panel = make_panel(model)
    model.jump(term("V", 3))
    model.follow_entry(2, 0)
    expected = terms_of(model, "V", (2, 0))
    assert panel.title == "∂L/∂V entry (“l”, 1)"
    assert panel.chart.picture.levels == ("t",)
    assert panel.chart.picture.values == pytest.approx([expected[key] for key in sorted(expected)][:3], abs=1e-15)
    assert not panel.grouping.isVisible()


def test_without_attention_there_is_no_m(make_panel):
    model = DebuggerModel(open_source("embedding"))
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    assert panel.chart.picture.levels == ("t", "k")
    assert panel.chart.picture.slots[:3] == ((1, 1), (2, 1), (2, 2))
    assert not panel.grouping.button("m").isVisible()
    assert fact(panel, "final ∂L/∂W").right == "5 terms to go"


def test_the_forward_phase_says_where_sums_begin_and_leads_there(qtbot, model, make_panel):
    panel = make_panel(model)
    model.go_to_position(5)
    assert (
        panel.words == "Gradients are summed in the backward phase, from step 40. The first term, of ∂L/∂V, is step 44."
    )
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        qtbot.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    assert wanted.args == [term("V", 1)]
    model.go_to_position(41)
    assert panel.words.startswith("Every loss has its own ∂L/∂Ω: there is nothing to add.")


def test_an_update_shows_the_whole_gradient_that_it_uses(model, make_panel):
    panel = make_panel(model)
    model.jump(Address(Phase.UPDATE, "W"))
    assert panel.chart.picture.values == pytest.approx(list(terms_of(model, "W").values()), abs=1e-15)
    assert fact(panel, "final ∂L/∂W").right == "0.0274"


def test_the_table_has_indices_parts_and_totals(model, make_panel):
    model.set_rule(EXACT)
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    panel.form.button("Table").click()
    assert headers(panel.table) == ["t", "m", "k", "value", "value path", "key path", "query path", "running total"]
    assert table_texts(panel.table)[-1] == ["3", "3", "2", "0.0129", "0.0103", "0.0010", "0.0017", "−0.0438"]


def test_the_table_copies_rows_in_full_and_enter_follows_one(qtbot, model, make_panel):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    panel.form.button("Table").click()
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_Up)
    qtbot.keyClick(panel.table, Qt.Key.Key_Up)
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    t, m, k, value, total = QApplication.clipboard().text().split("\t")
    expected = terms_of(model, "W")
    assert (t, m, k) == ("3", "2", "2")
    assert float(value) == pytest.approx(expected[3, 2, 2], abs=1e-15)
    assert float(total) == pytest.approx(expected[2, 2, 2] + expected[3, 2, 2], abs=1e-15)
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert wanted.args == [term("W", 3, 2, 2)]


def test_many_losses_are_one_bar_and_the_current_loss(qtbot, make_panel):
    model = DebuggerModel(random_source(60, 2, 4, None, attention=False))
    model.set_way("terms")
    panel = make_panel(model)
    model.jump(term("b", 43, 43, 5))
    picture = panel.chart.picture
    assert picture.lead == "losses 1–42"
    assert picture.label(0) == "losses 1–42"
    assert [picture.label(place) for place in range(1, 6)] == [f"(43, {k})" for k in range(1, 6)]
    assert picture.to_go == 60 * 61 // 2 - 42 * 43 // 2 - 5
    row = model.view.entry[0]
    running = model.view.step.running
    assert running is not None
    assert picture.totals[-1] == pytest.approx(running[row], rel=1e-9)
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        click_place(qtbot, panel, 0)
    assert wanted.args == [term("b", 42, 42, 42)]


def test_the_last_loss_that_is_listed_with_all_others_and_the_first_that_is_not(make_panel):
    model = DebuggerModel(random_source(60, 1, 4, None, attention=False))
    model.set_way("terms")
    panel = make_panel(model)
    model.jump(term("b", 40, 40, 40))
    assert (panel.chart.picture.lead, len(panel.chart.picture.values)) == ("", 820)
    model.jump(term("b", 41, 41, 1))
    assert (panel.chart.picture.lead, len(panel.chart.picture.values)) == ("losses 1–40", 2)


@pytest.mark.parametrize(("width", "zoom"), [(280, 0.75), (280, 3.0), (900, 1.0), (1900, 2.0)])
def test_large_networks_fit_any_size(make_panel, width, zoom):
    model = DebuggerModel(random_source(12, 8, 27, 5, attention=True))
    model.set_way("terms")
    theme = Theme(DARK, zoom)
    panel = make_panel(model, width, 700, theme)
    for address in (term("W", 9, 7, 3), term("E", 12, 12, 12), term("V", 5), term("U")):
        model.jump(address)
        panel.grab()
        rects = [panel.chart.place_rect(place) for place in range(len(panel.chart.picture.slots))]
        assert rects[-1].right() <= panel.chart.width()
        assert all(a.left() <= b.left() for a, b in pairwise(rects))


def test_numbers_that_overflow_are_drawn_without_a_warning(make_panel):
    model = DebuggerModel(open_source("attention"))
    model.set_learning_rate(1e300)
    panel = make_panel(model)
    model.jump_to_epoch(3)
    for name in ("W", "U", "V"):
        model.jump(term(name))
        panel.grab()
        assert panel.chart.picture is not None


def test_another_theme_is_drawn_at_once(make_panel, model):
    theme = Theme()
    panel = make_panel(model, theme=theme)
    model.jump(term("W", 3, 3, 2))
    bar = panel.chart.place_rect(3).center()
    assert panel.chart.grab().toImage().pixelColor(bar) == theme.palette.border
    theme.set_palette(DARK)
    assert panel.chart.grab().toImage().pixelColor(bar) == DARK.border


def test_the_gradient_pointed_at_elsewhere_lights_the_title(make_panel, model):
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    plain = panel.grab().toImage()
    panel.set_highlight("dL/dU")
    assert panel.grab().toImage() == plain
    panel.set_highlight("dL/dW")
    assert panel.grab().toImage() != plain


def test_legend_bars_and_all_rows_of_numbers_fit_a_low_dock(make_panel, model):
    panel = make_panel(model, width=760, height=190)
    model.jump(term("W", 3, 3, 2))
    assert panel.rect().contains(panel.chart.mapTo(panel, panel.chart.rect().bottomRight()))
    assert panel.chart.height() >= panel.chart.minimumSizeHint().height()


def test_one_of_a_thing_is_singular():
    assert counted(1, "term") == "1 term"
    assert counted(1200, "term") == "1,200 terms"


# -- the sizes of very many terms


def many(attention=True, D=None):
    """A little more than 2,000 terms."""
    model = DebuggerModel(random_source(24 if attention else 70, 2, 4, D, attention))
    model.set_way("terms")
    return model


def show_sizes(panel):
    """Choose the sizes, and wait until they are computed."""
    panel.form.button("Sizes").click()
    wait_until(lambda: not panel.sizes.is_computing)


def sizes_of(model, name, last=None):
    """The norms of the oracle's terms up to *last*, added up by t and k; nan where not all terms of a cell are in."""
    source = model.state.source
    every = oracles.terms(source.network, source.parameters, model.state.rule)[name]
    found = np.full((source.network.T, source.network.T), np.nan)
    for t, m, k in every:
        if m == t and (last is None or (t, m, k) <= last):
            via = range(k, t + 1) if source.network.attention else (t,)
            found[t - 1, k - 1] = sum(np.linalg.norm(every[t, m, k]) for m in via)
    return found


def shown_sizes(picture):
    return picture.block(1, picture.T, 1, picture.T)


def test_sizes_are_offered_from_two_thousand_terms_on(make_panel):
    for T, offered in ((62, False), (63, True)):
        model = DebuggerModel(random_source(T, 1, 3, None, attention=False))
        model.set_way("terms")
        panel = make_panel(model)
        model.jump(term("W", 3, 3, 2))
        assert panel.form.button("Sizes").isVisible() == offered
        model.jump(term("V", 3))
        assert not panel.form.button("Sizes").isVisible()


@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("name", ["W", "E"])
def test_the_triangle_holds_the_sizes_up_to_the_cursor(make_panel, attention, name):
    model = many(attention, D=3)
    panel = make_panel(model)
    model.jump(term(name, 20, 20, 7))
    show_sizes(panel)
    picture = panel.sizes.triangle.picture
    np.testing.assert_allclose(shown_sizes(picture), sizes_of(model, name, (20, 20, 7)), rtol=0, atol=1e-13)
    assert picture.current == (20, 7)
    model.jump(term(name))
    wait_until(lambda: not panel.sizes.is_computing)
    np.testing.assert_allclose(shown_sizes(panel.sizes.triangle.picture), sizes_of(model, name), rtol=0, atol=1e-13)


def test_a_cell_appears_with_its_last_term(make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 19, 7))
    show_sizes(panel)
    words = panel.sizes.triangle.picture.words
    assert np.isnan(shown_sizes(panel.sizes.triangle.picture)[19]).all()
    position = model.view.program.position(term("W", 20, 20, 7))
    assert words((20, 7)) == (f"t = 20, k = 7: not all of its 14 terms are computed yet, the last is step {position:,}")
    later = model.view.program.position(term("W", 22, 3, 3))
    assert words((22, 3)) == f"t = 22, k = 3: not computed yet, step {later:,}"


def test_pointing_tells_the_size_and_how_many_terms_it_holds(make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    size = NumberFormat("significant", 2)(sizes_of(model, "W")[17, 4])
    assert panel.sizes.triangle.picture.words((18, 5)) == f"t = 18, k = 5: size {size}, 14 terms"
    first, reason = panel.sizes.triangle.picture.words((18, 1)).split("\n")
    assert first == "t = 18, k = 1: size 0, 18 terms"
    assert reason.startswith("0, because h₀ = 0")
    assert [f.left for f in panel.sizes.facts.facts if f.style == "accent"] == ["▶ t = 20, k = 7"]
    plain = many(attention=False)
    other = make_panel(plain)
    plain.jump(term("W", 60, 60, 7))
    show_sizes(other)
    size = NumberFormat("significant", 2)(sizes_of(plain, "W")[17, 16])
    assert other.sizes.triangle.picture.words((18, 17)) == f"t = 18, k = 17: size {size}, 1 term"


@pytest.mark.parametrize(("attention", "address"), [(True, (18, 5, 5)), (False, (18, 18, 5))])
def test_a_click_on_a_cell_leads_to_its_first_term(qtbot, make_panel, attention, address):
    model = many(attention)
    panel = make_panel(model, height=500)
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    triangle = panel.sizes.triangle
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        qtbot.mouseClick(triangle, Qt.MouseButton.LeftButton, pos=triangle.scale.rect((18, 5)).center().toPoint())
    assert wanted.args == [term("W", *address)]
    assert min(key for key in oracles_terms(model) if key[0] == 18 and key[2] == 5) == address


def oracles_terms(model):
    return oracles.terms(model.state.source.network, model.state.source.parameters, model.state.rule)["W"]


def test_the_largest_sizes_are_listed_and_lead_there(qtbot, make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    known = np.nan_to_num(sizes_of(model, "W", (20, 20, 7)))
    expected = [tuple(int(n) + 1 for n in np.unravel_index(i, known.shape)) for i in np.argsort(-known, axis=None)[:5]]
    facts = panel.sizes.facts.facts
    assert [f.left for f in facts if f.leads] == [f"t = {t}, k = {k}" for t, k in expected]
    row = next(i for i, f in enumerate(facts) if f.leads)
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        qtbot.mouseClick(panel.sizes.facts.row(row), Qt.MouseButton.LeftButton)
    t, k = expected[0]
    assert wanted.args == [term("W", t, k, k)]


@pytest.mark.parametrize(("by", "index"), [("t", 0), ("m", 1), ("k", 2)])
def test_sizes_add_up_by_an_index_over_whole_losses(qtbot, make_panel, by, index):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    panel.grouping.button(by).click()
    expected = np.zeros(19)
    for key, value in oracles_terms(model).items():
        if key[0] < 20:
            expected[key[index] - 1] += np.linalg.norm(value)
    picture = panel.sizes.chart.picture
    assert panel.sizes.chart.isVisible()
    np.testing.assert_allclose(picture.values, expected, rtol=0, atol=1e-13)
    with qtbot.waitSignal(panel.jump_requested) as wanted:
        qtbot.mouseClick(panel.sizes.chart, Qt.MouseButton.LeftButton, pos=panel.sizes.chart.place_rect(2).center())
    assert wanted.args == [term("W", *{"t": (3, 1, 1), "m": (3, 3, 1), "k": (3, 3, 3)}[by])]


def test_bars_of_sizes_have_no_running_total(make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W"))
    show_sizes(panel)
    panel.grouping.button("t").click()
    picture = panel.sizes.chart.picture
    top = panel.sizes.chart.place_rect(int(np.argmax(picture.values))).top()
    image = panel.sizes.chart.grab().toImage()
    tall = panel.sizes.chart.place_rect(int(np.argmax(picture.values))).center().x()
    assert image.pixelColor(tall, top + 3) == panel.theme.palette.border  # the largest bar fills the height


def test_the_entry_and_the_choices_stand_in_one_line_of_a_narrow_dock(qapp):
    with opened(random_source(4, 3, 4, None, True), size=(1280, 720)) as window:
        panel = panel_of(window, ContributionsPanel)
        for name in ("W", "U"):
            window.bench.model.jump(term(name, 4, 4, 3))
            settle()
            middles = {round(each.mapTo(panel, each.rect().center()).y()) for each in (panel.row, panel.form)}
            assert max(middles) - min(middles) <= 1
            assert panel.row.currentText()
            field = QStyleOptionComboBox()
            panel.row.initStyleOption(field)
            part = QStyle.SubControl.SC_ComboBoxEditField
            place = panel.row.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, field, part, panel.row)
            assert place.width() >= panel.row.fontMetrics().horizontalAdvance(panel.row.currentText())


def test_entries_belong_to_the_bars_and_not_to_the_sizes(make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 20, 7))
    assert panel.row.isVisible()
    show_sizes(panel)
    assert not panel.row.isVisible()
    assert panel.title == "∂L/∂W"
    assert panel.words.startswith("How large the terms of each loss t are for each use k of W")
    panel.form.button("Bars").click()
    assert panel.row.isVisible()
    assert "entry" in panel.title


def test_small_gradients_show_bars_and_large_ones_the_sizes_again(make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    model.jump(term("V", 3))
    assert (panel.form.current, panel.chart.isVisible()) == ("Bars", True)
    model.jump(term("U", 3, 3, 1))
    assert (panel.form.current, panel.sizes.triangle.isVisible()) == ("Sizes", True)


def test_a_hidden_result_hides_the_sizes_too(make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    model.set_predicts(True)
    assert panel.words == "The result of this step is hidden: predict it, or reveal it."
    assert not panel.sizes.isVisible()


def test_sizes_are_computed_in_slices_and_rows_appear_as_they_are_done(make_panel):
    model = DebuggerModel(random_source(300, 8, 4, None, attention=True))
    model.set_way("terms")
    panel = make_panel(model)
    model.jump(term("W", 299, 299, 7))
    panel.form.button("Sizes").click()
    assert panel.sizes.is_computing
    wait_until(lambda: panel.sizes.triangle.picture.rows)
    assert panel.sizes.is_computing
    rows = panel.sizes.triangle.picture.rows
    assert panel.sizes.words == f"Computing the sizes: loss {rows:,} of 299 …"
    assert panel.sizes.progress.isVisible()
    assert panel.sizes.progress.value() == round(100 * rows / 299)
    wait_until(lambda: not panel.sizes.is_computing)
    assert panel.sizes.words.startswith("All sizes are computed.")
    assert not panel.sizes.progress.isVisible()
    assert panel.sizes.triangle.picture.rows == 298


def test_only_the_losses_up_to_the_cursor_are_computed(make_panel):
    model = DebuggerModel(random_source(120, 8, 4, None, attention=True))
    model.set_way("terms")
    panel = make_panel(model)
    model.jump(term("W", 5, 5, 5))
    show_sizes(panel)
    sizes = panel.sizes.triangle.picture.sizes
    assert np.isnan(sizes[60:]).all()
    model.jump(term("W", 90, 90, 90))
    assert panel.sizes.is_computing
    wait_until(lambda: not panel.sizes.is_computing)
    assert panel.sizes.triangle.picture.sizes is sizes  # what was known is kept
    assert not np.isnan(sizes[89, :90]).any()


def test_out_of_sight_nothing_is_computed(make_panel):
    model = DebuggerModel(random_source(120, 8, 4, None, attention=True))
    model.set_way("terms")
    panel = make_panel(model)
    model.jump(term("W"))
    panel.form.button("Sizes").click()
    assert panel.sizes.is_computing
    panel.come_into_sight(False)
    assert not panel.sizes.is_computing
    panel.come_into_sight(True)
    assert panel.sizes.is_computing
    panel.form.button("Bars").click()
    assert not panel.sizes.is_computing


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.set_rule(PRINTED),
        lambda model: model.set_learning_rate(0.5),
        lambda model: model.jump_to(Cursor(2, model.view.cursor.position)),
        lambda model: model.jump(term("U")),
    ],
)
def test_another_rule_epoch_or_gradient_has_other_sizes(make_panel, change):
    model = many()
    panel = make_panel(model)
    model.jump(term("W"))
    show_sizes(panel)
    before = panel.sizes.triangle.picture.sizes
    change(model)
    assert panel.sizes.triangle.picture.sizes is not before
    wait_until(lambda: not panel.sizes.is_computing)
    name = model.view.step.address.quantity
    if model.view.cursor.epoch == 1:
        found = shown_sizes(panel.sizes.triangle.picture)
        np.testing.assert_allclose(found, sizes_of(model, name), rtol=0, atol=1e-13)


def test_the_triangle_says_in_words_what_it_shows(make_panel):
    model = many()
    panel = make_panel(model)
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    triangle = panel.sizes.triangle
    known = np.nan_to_num(sizes_of(model, "W", (20, 20, 7)))
    t, k = np.unravel_index(np.argmax(known), known.shape)
    spoken = NumberFormat("significant", 2).spoken(known.max())
    assert triangle.accessibleName() == "Sizes of the terms of ∂L/∂W, by loss t and use k"
    assert triangle.accessibleDescription().startswith(
        f"Losses 1 to 19 of 24 are shown. The largest size is {spoken}, at t = {t + 1}, k = {k + 1}."
    )


@pytest.mark.parametrize(("width", "zoom"), [(280, 0.75), (320, 1.0), (900, 2.0)])
def test_the_sizes_fit_any_width(make_panel, width, zoom):
    model = many()
    panel = make_panel(model, width, 700, Theme(DARK, zoom))
    model.jump(term("W", 20, 20, 7))
    show_sizes(panel)
    right = panel.sizes.triangle.mapTo(panel, panel.sizes.triangle.rect().bottomRight()).x()
    assert right <= panel.width()


def test_no_word_of_the_legend_is_cut_at_any_width(model, make_panel):
    model.set_rule(EXACT)  # whose bars have three parts
    panel = make_panel(model)
    model.jump(term("W", 3, 3, 2))
    for width in range(260, 460, 10):
        panel.chart.resize(width, 260)
        picture = panel.chart.grab(QRect(width - 2, 0, 2, 36)).toImage()
        edge = {picture.pixelColor(x, y).name() for x in range(2) for y in range(picture.height())}
        assert len(edge) == 1, width
