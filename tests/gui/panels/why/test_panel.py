"""The Why panel: asked by key and by menu, opened, followed, copied; it stays while one steps."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from core.network.number import Number
from core.network.rule import EXACT
from core.sources.opening import open_source
from tests.gui.driving import CTRL, click, number, settle
from tests.gui.workbench.test_number_menu import choose, menu_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
Key = Qt.Key


@pytest.fixture(autouse=True)
def at_the_sum(window):
    """At the sum of ∂L/∂W of sheet A, by the exact rule."""
    window.reset()
    window.bench.model.set_rule(EXACT)
    window.go_to(74)
    window.focus_formula()
    yield
    window.shell.docks["why"].hide()
    window.bench.panels["why"].number = None


def panel(window):
    return window.bench.panels["why"]


def shown(window):
    return [(depth, line.value, line.words) for depth, line in panel(window).tree.rows() if line.part is not None]


def test_three_keys_lead_to_what_the_query_path_of_loss_3_adds(window):
    window.key(Key.Key_W)
    assert panel(window).title == "∂L/∂W = 0.0402"
    assert QApplication.focusWidget() is window.bench.formula  # the dock never takes the keyboard by itself
    window.key(Key.Key_W)
    window.key(Key.Key_Right)
    assert (1, "+0.0083", "query path of loss 3") in shown(window)


def test_the_addends_that_are_shown_add_up_to_what_is_shown(window):
    window.key(Key.Key_W)
    top = [number(value.lstrip("+")) for depth, value, words in shown(window) if words.startswith("loss")]
    assert abs(sum(top) - number(panel(window).title.partition(" = ")[2])) <= 1.5e-4


def test_it_is_hidden_until_it_is_asked_and_its_tab_says_which_number(window):
    dock = window.shell.docks["why"]
    assert dock.isHidden()
    window.key(Key.Key_W)
    assert dock.isVisible()
    assert dock.windowTitle() == "Why ∂L/∂W"


def test_it_stays_on_its_number_while_one_steps(window):
    window.key(Key.Key_W)
    before = shown(window)
    window.press("back")
    window.press("next_epoch")
    assert panel(window).title == "∂L/∂W = 0.0402"
    assert shown(window) == before
    assert panel(window)._place.text() == "epoch 1, step 74"


def test_enter_and_a_click_go_to_the_step(window):
    window.bench.show_why(Number("h[3]", (0,), 1))
    settle()
    panel(window).tree.setFocus()
    window.key(Key.Key_Return)
    assert window.place == (1, 19)
    tree = panel(window).tree
    item = next(
        tree.topLevelItem(i) for i in range(tree.topLevelItemCount()) if "Z₃" in tree.topLevelItem(i).toolTip(0)
    )
    click(tree, tree.visualItemRect(item).center())
    assert window.bench.model.view.step.formula.title == "Context Z₃"
    window.focus_formula()


def test_the_menu_of_a_number_asks_and_so_does_a_line_of_the_trail(window):
    window.go_to(62)
    formula = window.bench.formula
    with menu_of(formula.symbols, formula.symbols.operand_rect("h[3]").center()) as menu:
        choose(menu, "Why")
    assert panel(window).title.startswith("h₃ = ")
    tree = panel(window).tree
    with menu_of(tree, tree.visualItemRect(tree.currentItem()).center()) as menu:
        choose(menu, "Why")
    assert panel(window).title.startswith("a₃ = ")


def test_weights_of_epoch_7_lead_to_the_update_of_epoch_6(window):
    window.go_to(1, epoch=7)
    window.bench.show_why(Number("W", (0, 0), 7))
    settle()
    assert panel(window)._place.text() == "epoch 6, step 119"
    line = next(line for _, line in panel(window).tree.rows() if line.words == "W")
    assert line.aside == "epoch 5, step 119"
    assert any("made by the update of epoch 6" in line.words for _, line in panel(window).tree.rows())


def test_what_is_open_is_copied_as_text(window):
    window.key(Key.Key_W)
    window.key(Key.Key_W)
    window.key(Key.Key_Right)
    window.key(Key.Key_C, CTRL)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Why ∂L/∂W = 0.0402  (step 74)"
    assert lines[1] == "one for each loss · 1 that is 0 not shown"
    assert lines[2] == "+0.0435  loss 3  6 terms · step 63"
    assert "    +0.0083  query path of loss 3  h₃ decides how all are weighed · step 63" in lines
    assert lines[-2] == "Used by · if it rises by 0.01, these change by"
    assert lines[-1].startswith("about −0.0001  W new  now ")


def test_lines_are_spoken(window):
    window.key(Key.Key_W)
    tree = panel(window).tree
    spoken = tree.topLevelItem(1).data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "loss 3, 0.0435, 6 terms · step 63"
    assert tree.accessibleName() == "What the number was made of"


def test_what_is_not_computed_yet_is_said_and_not_told(window):
    window.go_to(2)
    window.bench.show_why(Number("h[1]", (0,), 1))
    window.go_to(1)
    window.action("predict").setChecked(True)
    settle()
    assert panel(window).title == "h₁ = 0.1432"  # hidden with the rest
    assert not panel(window).tree.isVisible()
    window.action("predict").setChecked(False)
    settle()
    assert panel(window).tree.isVisible()


def test_another_network_without_the_number_says_so(window):
    window.bench.show_why(Number("alpha[3,2]", (), 1))
    settle()
    window.bench.model.open(open_source("embedding"))
    settle()
    assert not panel(window).tree.isVisible()


def test_in_the_trail_letters_are_the_windows_w_asks_about_its_line_and_about_what_the_mouse_points_at(window):
    window.go_to(74)
    window.key(Qt.Key.Key_W, times=2)
    why = window.bench.furnish().why
    assert why.tree.hasFocus()
    window.bench.model.hover("h[2]")
    window.key(Qt.Key.Key_W)
    assert why.number is not None
    assert why.number.symbol == "h[2]"
    window.bench.model.hover("")
    why.tree.setFocus()
    window.key(Qt.Key.Key_H)  # the result is hidden, as from anywhere
    assert window.bench.model.view.hidden
    window.key(Qt.Key.Key_H)
