"""The Rules panel: rules side by side, how they train, and the check against true derivatives."""

from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF

from core.epoch.training import Training
from core.network.rule import EXACT, PRINTED, TYPESET, Clip, Rule
from core.program.program import Address, Phase
from core.sources.source import Source
from core.studies.comparison import EPOCHS, LossesOfRules
from core.writing.form import NumberFormat
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK, LIGHT, Theme
from gui.panels.rules.panel import RulesPanel
from gui.widgets.plots.curves_picture import look, spread
from tests import oracles
from tests.gui.driving import number
from tests.gui.shown import show_panel
from tests.strategies import random_network

SIDE, CURVES, CHECK = range(3)
Key = Qt.Key


@pytest.fixture
def make_panel(qtbot):
    def make(model, tab=SIDE, width=900, height=420, theme=None):
        panel = RulesPanel(theme or Theme())
        panel.tabs.setCurrentIndex(tab)
        return show_panel(qtbot, panel, model, width, height)

    return make


def stand(model, name, *indices):
    model.jump(Address(Phase.BACKWARD, name, indices))


def lines(table):
    return {texts[0]: texts[1:] for texts in table.texts()}


def row_of(table, name):
    return [texts[0] for texts in table.texts()].index(name)


def middle(table, name):
    return table.visualRect(table.model().index(row_of(table, name), 0)).center()


def click(qtbot, table, name):
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle(table, name))


# -- side by side -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", [SIDE, CHECK])
def test_before_the_gradients_it_says_where_rules_begin_to_differ_and_leads_there(qtbot, model, make_panel, tab):
    panel = make_panel(model, tab)
    waiting = panel.waiting[tab // 2]
    assert waiting.words == (
        "Rules differ in how they form gradients. Step into ∂L/∂V, step 44, to see them side by side."
    )
    stand(model, "Omega", 2)
    assert waiting.words.startswith("∂L/∂Ω is ŷ − y under every rule.")
    with qtbot.waitSignal(panel.jump_requested) as asked:
        waiting.go.click()
    assert asked.args == [Address(Phase.BACKWARD, "V", (1,))]
    model.jump(asked.args[0])
    assert waiting.words == ""


def test_every_rule_gives_what_its_terms_add_up_to(model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    assert panel.compare.heading.text() == "∂L/∂W  ·  term (3, 3, 2)"
    found = lines(panel.compare.rules)
    source = model.state.source
    for name, rule in (("Exact", EXACT), ("As printed", PRINTED), ("As typeset", TYPESET)):
        term = oracles.terms(source.network, source.parameters, rule)["W"][3, 3, 2]
        whole = oracles.gradient(source.network, source.parameters, rule, "W")
        assert number(found[name][0]) == pytest.approx(term.item(), abs=5.1e-5)
        assert number(found[name][2]) == pytest.approx(whole.item(), abs=5.1e-5)
    assert found["As printed"] == ("0.0103", "in use", "0.0274", "in use")
    assert found["Exact"] == ("0.0129", "+0.0027", "0.0402", "+0.0128")
    assert found["sign: y − ŷ"][2:] == ("−0.0274", "−0.0548")


def test_what_has_no_effect_says_so(model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    silent = {name for name, texts in lines(panel.compare.rules).items() if texts == ("no effect here",)}
    assert silent == {"∂L/∂V with Zₜ", "∂L/∂E row: letter at k", "clipped: entries ≤ ±1"}
    stand(model, "c", 2)  # only the norm of all gradients together acts on it, and on none of its terms
    assert panel.compare.other.currentText() == "clipped: norm ≤ 1"
    assert panel.compare.count == "none"
    model.set_rule(Rule(clip=Clip("norm", 1e9)))
    stand(model, "c", 2)
    assert panel.compare.other.count() == 1
    model.set_rule(Rule(truncate=2))
    stand(model, "W", 4, 4, 1)
    assert lines(panel.compare.rules)["Exact, cut at 2"][:2] == ("0.0000", "in use")
    assert panel.compare.other.currentText() == "Exact"
    assert panel.compare.count == "3 terms"  # of loss 4 to k = 2, by three states; at k = 1 there is nothing


def test_at_a_sum_and_an_update_there_is_no_term(model, make_panel):
    panel = make_panel(model)
    stand(model, "V")
    assert [column.title for column in panel.compare.rules.listing.columns] == ["rule", "sum", "difference"]
    sums = lines(panel.compare.rules)
    model.jump(Address(Phase.UPDATE, "V"))
    assert lines(panel.compare.rules) == sums
    assert panel.compare.heading.text().startswith("∂L/∂V, entry “")


def test_the_terms_that_differ_are_listed_by_size_for_the_rule_that_is_chosen(qtbot, model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    compare, source = panel.compare, model.state.source
    own = oracles.terms(source.network, source.parameters, PRINTED)["W"]
    for name, rule in (("Exact", EXACT), ("As typeset", TYPESET)):
        compare.other.setCurrentText(name)
        compare.other.activated.emit(compare.other.currentIndex())
        other = oracles.terms(source.network, source.parameters, rule)["W"]
        apart = {i: (other[i] - own[i]).item() for i in own if abs(other[i] - own[i]).item() > 1e-15}
        expected = sorted(apart, key=lambda i: -abs(apart[i]))
        assert [texts[0] for texts in compare.terms.texts()] == [f"({t}, {m}, {k})" for t, m, k in expected]
        for texts, indices in zip(compare.terms.texts(), expected, strict=True):
            assert [number(text.replace("+", "")) for text in texts[1:]] == pytest.approx(
                [own[indices].item(), other[indices].item(), apart[indices]], abs=5.1e-5
            )
        assert compare.count == f"{len(expected)} terms"


def test_arrow_keys_compare_and_enter_asks(qtbot, model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    rules = panel.compare.rules
    asked: list[Rule] = []
    panel.rule_requested.connect(asked.append)
    rules.setFocus()
    rules.setCurrentIndex(rules.model().index(row_of(rules, "As printed"), 0))
    assert panel.compare.other.currentText() == "Exact"
    qtbot.keyClick(rules, Key.Key_Down)
    assert panel.compare.other.currentText() == "As typeset"
    qtbot.keyClick(rules, Key.Key_Down)  # past the heading
    assert panel.compare.other.currentText() == "sign: y − ŷ"
    assert asked == []
    qtbot.keyClick(rules, Key.Key_Return)
    assert [rule.sign for rule in asked] == [-1]


def test_a_click_asks_for_the_rule_but_not_for_the_one_in_use(qtbot, model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    asked: list[Rule] = []
    panel.rule_requested.connect(asked.append)
    for name in ("As printed", "Rules"):
        click(qtbot, panel.compare.rules, name)
    assert asked == []
    click(qtbot, panel.compare.rules, "Exact")
    assert asked == [EXACT]


def test_a_rule_without_a_name_stands_first_as_custom(model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    custom = next(row for row in panel.compare._rows if row is not None and row.alternative.name == "query")
    model.set_rule(custom.alternative.rule)
    rows = panel.compare.rules.texts()
    assert rows[1] == ("Custom", rows[1][1], "in use", rows[1][3], "in use")
    assert lines(panel.compare.rules)["query path off"][2] == "0.0274"


def test_pointing_at_a_term_lights_its_loss(qtbot, model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    lit: list[str] = []
    panel.symbol_hovered.connect(lit.append)
    table = panel.compare.terms
    qtbot.mouseMove(table.viewport(), middle(table, "(4, 4, 4)"))
    qtbot.waitUntil(lambda: lit == ["L[4]"])


def test_a_long_text_is_compared_by_loss_and_checked_when_asked(make_panel):
    network, parameters = random_network(1, T=60, H=1, attention=False)
    model = DebuggerModel(Source("x", "X", network, parameters, PRINTED, 0.1))
    model.set_way("terms")
    panel = make_panel(model)
    stand(model, "W", 30, 30, 20)
    assert {texts[0].split()[0] for texts in panel.compare.terms.texts()} == {"loss"}
    panel.tabs.setCurrentIndex(CHECK)
    assert not panel.check.table.isVisible()
    assert panel.check.words == "With 60 timesteps this takes a moment."
    panel.check.ask.click()
    assert panel.check.table.isVisible()
    assert not panel.check.ask.isVisible()
    assert panel.check.words.endswith("Of 60 uses those nearest are listed, 48 are left out.")
    stand(model, "W", 30, 30, 21)
    assert panel.check.ask.isVisible()


# -- check this term --------------------------------------------------------------------------------------------


def test_the_check_stands_beside_the_true_derivative(model, make_panel):
    panel = make_panel(model, CHECK)
    stand(model, "W", 3, 3, 2)
    assert panel.check.words == (
        "∂L/∂W  ·  term (3, 3, 2): the rule in use gives 0.0274, the true derivative is 0.0402."
    )
    texts = panel.check.table.texts()
    assert texts[:3] == [
        ("All losses",),
        ("∂L/∂W", "0.0274", "0.0402", "0.0402", "0.0128", "≠ differs"),
        ("W at k = 1", "0.0000", "0.0000", "0.0000", "0", "✓ agrees"),
    ]
    assert texts[6] == ("Loss 3 alone",)
    assert [row[0] for row in texts[7:]] == ["∂L₃/∂W", "W at k = 1", "W at k = 2", "W at k = 3"]
    model.set_rule(EXACT)
    verdicts = {row[-1] for row in panel.check.table.texts() if len(row) > 1}
    assert verdicts == {"✓ agrees"}
    assert panel.check.words.endswith("gives 0.0402, the true derivative.")


def test_numbers_are_written_as_chosen(model, make_panel):
    panel = make_panel(model, CHECK)
    stand(model, "W", 3, 3, 2)
    model.set_form(NumberFormat("decimals", 6))
    source = model.state.source
    whole = f"{oracles.gradient(source.network, source.parameters, PRINTED, 'W').item():.6f}"
    assert panel.check.table.texts()[1][1] == whole
    panel.tabs.setCurrentIndex(SIDE)
    assert lines(panel.compare.rules)["As printed"][2] == whole


# -- loss curves ------------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch):
    """Only so many epochs as a test needs."""
    monkeypatch.setattr("gui.panels.rules.curves.LossesOfRules", partial(LossesOfRules, epochs=100))


@pytest.fixture
def slow(monkeypatch):
    """What takes longer than the moment before anything is shown."""
    monkeypatch.setattr("gui.panels.rules.curves._AT_ONCE", 0.0)


def train(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.curves.is_training, timeout=30000)


@pytest.mark.usefixtures("short")
def test_curves_that_take_but_a_moment_are_there_as_soon_as_the_panel_is(model, make_panel, monkeypatch):
    monkeypatch.setattr("gui.panels.rules.curves._AT_ONCE", float("inf"))
    panel = make_panel(model, CURVES)
    assert not panel.curves.is_training
    assert all(len(curve.y) == 100 for curve in panel.curves.plot.curves)
    assert panel.curves.words.startswith("The first 100 epochs")


@pytest.mark.usefixtures("slow")
def test_curves_are_the_losses_of_training_and_the_list_names_them(qtbot, model, make_panel):
    panel = make_panel(model, CURVES)
    assert panel.curves.is_training
    train(qtbot, panel)
    curves, facts = panel.curves.plot.curves, panel.curves.facts.facts[1:]
    assert [curve.mark for curve in curves] == [fact.left.split()[0] for fact in facts]
    assert [fact.left for fact in facts][:3] == ["1  As printed", "2  Exact", "3  As typeset"]
    source = model.state.source
    for curve, fact, rule in zip(curves, facts, (PRINTED, EXACT, TYPESET), strict=False):
        alone = Training(source.network, source.parameters, rule, source.learning_rate)
        alone.run(EPOCHS)
        assert curve.y.tolist() == alone.losses
        assert number(fact.right) == pytest.approx(alone.losses[-1], abs=5.1e-5)
    assert panel.curves.words.startswith("The first 1,000 epochs")


@pytest.mark.usefixtures("short", "slow")
def test_it_trains_only_in_sight_and_goes_on_where_it_stopped(qtbot, model, make_panel):
    panel = make_panel(model, SIDE)
    assert not panel.curves.is_training
    panel.tabs.setCurrentIndex(CURVES)
    assert panel.curves.is_training
    qtbot.waitUntil(lambda: panel.curves._losses.progress > 0)
    panel.tabs.setCurrentIndex(SIDE)
    assert not panel.curves.is_training
    stopped = panel.curves._losses.progress
    assert stopped < 1
    panel.tabs.setCurrentIndex(CURVES)
    assert panel.curves._losses.progress == stopped
    train(qtbot, panel)
    panel.hide()
    panel.show()
    assert not panel.curves.is_training


@pytest.mark.usefixtures("short", "slow")
def test_another_rule_trains_again_with_it_first(qtbot, model, make_panel):
    panel = make_panel(model, CURVES)
    train(qtbot, panel)
    model.set_rule(EXACT)
    assert panel.curves.is_training
    assert panel.curves.words.startswith("Training under 9 rules")
    train(qtbot, panel)
    assert panel.curves.facts.facts[1].left == "1  Exact"


@pytest.mark.usefixtures("short")
def test_stepping_does_not_train_again(qtbot, model, make_panel):
    panel = make_panel(model, CURVES)
    train(qtbot, panel)
    stand(model, "W", 3, 3, 2)
    assert not panel.curves.is_training


@pytest.mark.usefixtures("short")
def test_pointing_reads_out_the_losses_of_that_epoch_and_a_click_goes_there(qtbot, model, make_panel):
    panel = make_panel(model, CURVES)
    train(qtbot, panel)
    plot = panel.curves.plot
    plot.setFocus()
    qtbot.keyClick(plot, Key.Key_Home)
    assert panel.curves.facts.facts[0].left == "at epoch 1"
    assert {fact.right for fact in panel.curves.facts.facts[1:]} == {"5.8071"}
    with qtbot.waitSignal(panel.epoch_requested) as asked:
        qtbot.keyClick(plot, Key.Key_Return)
    assert asked.args == [1]


@pytest.mark.usefixtures("short")
def test_marks_at_the_ends_do_not_overlap(qtbot, model, make_panel):
    panel = make_panel(model, CURVES, width=1000, height=420)
    train(qtbot, panel)
    shown = [mark for _, mark in panel.curves.plot._drawn if mark.isVisible()]
    assert len(shown) == 9
    heights = sorted(mark.mapToScene(QPoint(0, 0)).y() for mark in shown)
    assert min(b - a for a, b in pairwise(heights)) > 10


def test_no_two_curves_look_alike_without_colour_nearby():
    looks = [look(n) for n in range(10)]
    assert len(set(looks)) == 10
    assert all(dashes for _, dashes in looks)
    assert all(a[1] != b[1] for a, b in pairwise(looks))


@pytest.mark.parametrize(
    ("places", "expected"),
    [([1.0, 5.0], [1, 5]), ([5.0, 5.0, 1.0], [5, 6, 1]), ([10.0, 10.0], [9, 10]), ([0.0] * 12, None)],
)
def test_places_are_spread_within_their_bounds(places, expected):
    found = spread(places, 1, 0, 10)
    assert min(found) >= -1e-12
    assert max(found) <= 10 + 1e-12
    if expected is not None:
        assert found == expected
    else:
        assert sorted(found) == pytest.approx([i * 10 / 11 for i in range(12)])


# -- how it looks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [1, 2])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_no_number_is_cut_however_narrow_it_is(model, make_panel, zoom, palette):
    theme = Theme(palette, zoom)
    panel = make_panel(model, SIDE, 340 * zoom, 400 * zoom, theme)
    stand(model, "W", 3, 3, 2)
    for tab, tables in ((SIDE, (panel.compare.rules, panel.compare.terms)), (CHECK, (panel.check.table,))):
        panel.tabs.setCurrentIndex(tab)
        metrics = QFontMetricsF(theme.font(12, bold=True))
        for table in tables:
            columns = [c for c in range(len(table.listing.columns)) if not table.isColumnHidden(c)]
            assert len(columns) >= 3
            assert sum(map(table.columnWidth, columns)) <= table.viewport().width()
            for row in table.listing.rows:
                for column in columns[1:]:
                    if column < len(row.texts):
                        assert metrics.horizontalAdvance(row.texts[column]) <= table.columnWidth(column)


def test_what_is_spared_in_a_narrow_panel_comes_back_in_a_wide_one(model, make_panel):
    panel = make_panel(model, CHECK, 340)
    stand(model, "W", 3, 3, 2)
    assert [len(row) for row in panel.check.table.texts()][1] == 4
    panel.resize(900, 420)
    assert [len(row) for row in panel.check.table.texts()][1] == 6


def test_a_screen_reader_hears_which_rule_is_in_use(model, make_panel):
    panel = make_panel(model)
    stand(model, "W", 3, 3, 2)
    table = panel.compare.rules
    index = table.model().index(row_of(table, "As printed"), 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "As printed, in use"
    silent = table.model().index(row_of(table, "∂L/∂V with Zₜ"), 1)
    assert silent.data(Qt.ItemDataRole.AccessibleTextRole) == "no effect here"
