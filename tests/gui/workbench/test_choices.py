"""Rule, learning rate and number format: what they change on the screen, and how it is undone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest

from core.network.rule import PATHS
from core.writing.form import NumberFormat
from gui.window.choices import RuleButton
from tests.gui.driving import CTRL, SHIFT, click, leaves, number, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def at_the_gradient_of_w(window):
    window.reset()
    window.bench.form_button.choices[NumberFormat()].trigger()
    window.go_to(window.bench.model.view.program.gradient_span("W").last)


def choose_rule(window, name):
    """Click on a named rule in the rule's menu."""
    click(window.bench.rule_button.names[name])


def gradient(window):
    assert window.bench.formula.head.title.text().startswith("∂L/∂W")
    return window.result()[0][0]


@pytest.mark.parametrize(("name", "shown"), [("printed", "0.0274"), ("exact", "0.0402"), ("typeset", "−0.0327")])
def test_a_named_rule_gives_its_gradient(window, name, shown):
    choose_rule(window, name)
    assert gradient(window) == shown
    assert window.bench.rule_button.names[name].isChecked()
    where = {"printed": "As printed", "exact": "Exact", "typeset": "As typeset"}[name]
    assert where in window.bench.rule_button.text()


def test_undo_and_redo_of_a_rule(window):
    choose_rule(window, "exact")
    choose_rule(window, "typeset")
    assert gradient(window) == "−0.0327"
    window.focus_formula()
    window.key(Key.Key_Z, CTRL)
    assert gradient(window) == "0.0402"
    window.key(Key.Key_Z, CTRL)
    assert gradient(window) == "0.0274"
    window.key(Key.Key_Z, CTRL)
    assert gradient(window) == "0.0274"
    window.key(Key.Key_Z, CTRL | SHIFT)
    assert gradient(window) == "0.0402"
    assert window.bench.rule_button.names["exact"].isChecked()


@pytest.mark.parametrize(
    ("switch", "value", "quantity"),
    [("sign", -1, "W"), ("weight", "score", "W"), ("output_state", "Z", "V"), ("embedding_row", "k", "E")],
)
def test_every_switch_changes_what_is_shown_and_makes_the_rule_custom(window, switch, value, quantity):
    if quantity == "E":
        window.reset("embedding")
    window.go_to(window.bench.model.view.program.gradient_span(quantity).last)
    before = window.result()
    click(window.bench.rule_button.switches[switch, value])
    assert window.result() != before
    assert window.bench.rule_button.names["custom"].isChecked()
    assert "Custom" in window.bench.rule_button.text()
    window.focus_formula()
    window.key(Key.Key_Z, CTRL)
    assert window.result() == before
    assert window.bench.rule_button.names["printed"].isChecked()


def test_the_sign_alone_turns_the_gradient_round(window):
    click(window.bench.rule_button.switches["sign", -1])
    assert gradient(window) == "−0.0274"


@pytest.mark.parametrize("path", PATHS)
def test_every_path_through_attention_is_a_switch(window, path):
    box = window.bench.rule_button.paths[path]
    was = box.isChecked()
    before = gradient(window)
    box.click()
    assert box.isChecked() is not was
    assert gradient(window) != before
    box.click()
    assert gradient(window) == before
    assert window.bench.rule_button.names["printed"].isChecked()


def test_all_paths_and_the_right_state_are_the_exact_rule(window):
    for path in ("key", "query"):
        window.bench.rule_button.paths[path].click()
    click(window.bench.rule_button.switches["output_state", "Z"])
    click(window.bench.rule_button.switches["embedding_row", "k"])
    assert window.bench.rule_button.names["exact"].isChecked()
    assert gradient(window) == "0.0402"


def test_no_path_at_all_leaves_nothing_to_add(window):
    window.bench.rule_button.paths["value"].click()
    assert number(gradient(window)) == 0
    window.key(Key.Key_Space, SHIFT)
    assert window.place[1] == 73


def test_another_rule_trains_again(window):
    window.go_to(39, epoch=2)
    printed = window.result()
    choose_rule(window, "typeset")
    wait_until(lambda: not window.bench.model.is_training)
    assert window.place == (2, 39)
    assert window.result() != printed
    choose_rule(window, "printed")
    assert window.result() == printed == [["5.7791"]]


def test_the_sheet_panel_judges_by_the_rule_in_use(window):
    choose_rule(window, "typeset")
    table = window.front("sheet").table
    line = next(index for index in leaves(table) if index.data() == "∂L/∂W")
    assert line.siblingAtColumn(3).data().startswith("≠")
    assert "≠ differs" in window.bench.formula.note.sheet.text()
    choose_rule(window, "printed")
    assert line.siblingAtColumn(3).data().endswith("equal")


def test_another_learning_rate_moves_the_update_and_is_undone(window):
    window.go_to(window.bench.model.view.program.update.first + 2)
    assert window.bench.formula.head.title.text() == "Update W"
    before = window.result()
    field = window.shell.toolbar.learning_rate
    click(field)
    window.key(Key.Key_A, CTRL)
    window.type("1")
    window.key(Key.Key_Return)
    # W − 1 × ∂L/∂W
    assert window.result() == [["−0.6144"]]
    assert window.shell.toolbar.stated.text() == "the sheet states 0.1"
    window.key(Key.Key_Z, CTRL)
    assert window.result() == before
    assert field.text() == "0.01"


def test_the_sheets_rate_is_not_said_where_it_is_in_use(window):
    assert window.shell.toolbar.stated.isVisible()
    click(window.shell.toolbar.learning_rate)
    window.key(Key.Key_A, CTRL)
    window.type("0.1")
    window.key(Key.Key_Return)
    assert not window.shell.toolbar.stated.isVisible()


@pytest.mark.parametrize(
    ("style", "digits", "shown"),
    [("decimals", 2, "0.03"), ("decimals", 8, "0.02744168"), ("significant", 3, "0.0274")],
)
def test_numbers_are_written_as_asked_for(window, style, digits, shown):
    action = window.bench.form_button.choices[NumberFormat(style, digits)]
    action.trigger()
    assert len(gradient(window)) == len(shown)
    assert number(gradient(window)) == pytest.approx(0.0274, abs=0.003)
    assert action.isChecked()
    assert str(digits) in window.bench.form_button.text()


def test_all_digits_are_in_the_tooltip(window):
    tip = window.bench.formula.result.number.toolTip()
    assert tip.startswith("0.0274")
    assert len(tip) > 15


def test_a_choice_survives_opening_another_sheet(window):
    window.bench.form_button.choices[NumberFormat("decimals", 6)].trigger()
    window.press("open_embedding")
    window.key(Key.Key_Space, times=2)
    assert all(len(text.lstrip("−")) == 8 for text in window.result()[0])


def test_opening_is_undone_with_the_rule_and_the_step_from_before(window):
    choose_rule(window, "exact")
    place = window.place
    window.press("open_embedding")
    assert window.bench.rule_button.names["printed"].isChecked()
    window.focus_formula()
    window.key(Key.Key_Z, CTRL)
    assert gradient(window) == "0.0402"
    assert window.place == place
    window.key(Key.Key_Z, CTRL)
    assert gradient(window) == "0.0274"
    window.key(Key.Key_Z, CTRL | SHIFT)
    window.key(Key.Key_Z, CTRL | SHIFT)
    assert "Sheet B" in window.shell.windowTitle()


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_the_list_of_rules_covers_at_most_two_thirds_of_a_small_window(window, zoom):
    window.theme.set_zoom(zoom)
    settle()
    menu = next(button.menu() for button in window.shell.findChildren(RuleButton))
    assert menu.sizeHint().height() <= 720 * 2 / 3
    assert menu.sizeHint().width() <= 1024
    window.theme.set_zoom(1.0)
    settle()


@pytest.mark.parametrize("name", ["rule_button", "form_button"])
def test_a_choice_whose_menu_is_left_for_elsewhere_does_not_look_pointed_at(window, name):
    button = getattr(window.bench, name)
    QCursor.setPos(button.mapToGlobal(button.rect().center()))
    QTest.mouseMove(button)
    wait_until(button.underMouse)
    button.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))
    QCursor.setPos(window.bench.formula.mapToGlobal(window.bench.formula.rect().center()))
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as where a popup has the mouse, which tells of no leaving
    button.menu().close()
    settle()
    assert not button.underMouse()
