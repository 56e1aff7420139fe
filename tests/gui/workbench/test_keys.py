"""Plain keys yield to a field, a table or a tree that has the focus, and come back to the formula afterwards."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QMenu, QToolButton
from shiboken6 import isValid

from gui.window.actions import MENUS
from gui.workbench.keys import KeyYielding
from tests.gui.driving import CTRL, PLAIN, SHIFT, click, leave, opened, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def at_a_term(window):
    window.reset()
    window.go_to(62)


def edit_learning_rate(window, text):
    field = window.shell.toolbar.learning_rate
    click(field)
    assert field.hasFocus()
    window.key(Key.Key_A, CTRL)
    window.type(text)


def test_the_learning_rate_takes_keys_and_enter_gives_them_back(window):
    edit_learning_rate(window, "0.05")
    for key in (Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End, Key.Key_O, Key.Key_U, Key.Key_Space):
        window.key(key)
    assert window.place == (1, 62)
    assert window.shell.toolbar.learning_rate.text() == "0.05ou "
    window.key(Key.Key_Backspace, times=3)
    window.key(Key.Key_Return)
    wait_until(lambda: not window.bench.model.is_training)
    assert window.bench.model.state.learning_rate == 0.05
    window.key(Key.Key_Space)
    assert window.place == (1, 63)


def test_enter_without_a_change_gives_the_keys_back_too(window):
    click(window.shell.toolbar.learning_rate)
    window.key(Key.Key_Return)
    window.key(Key.Key_Space)
    assert window.place == (1, 63)
    window.key(Key.Key_G, CTRL)
    window.key(Key.Key_Return)
    window.key(Key.Key_Space)
    assert window.place == (1, 64)


def test_one_change_of_the_learning_rate_is_one_thing_to_undo(window):
    edit_learning_rate(window, "0.05")
    window.key(Key.Key_Return)
    assert window.bench.undo.count() == 1
    window.key(Key.Key_Z, CTRL)
    assert window.bench.model.state.learning_rate == 0.01
    assert window.shell.toolbar.learning_rate.text() == "0.01"
    assert window.place == (1, 62)


@pytest.mark.parametrize("text", ["", "-1", "1e", "abc", "1e9"])
def test_a_learning_rate_that_is_none_is_put_back(window, text):
    edit_learning_rate(window, text)
    window.key(Key.Key_Return)
    window.focus_formula()
    assert window.bench.model.state.learning_rate == 0.01
    assert window.shell.toolbar.learning_rate.text() == "0.01"
    assert not window.bench.undo.canUndo()


def test_keys_with_a_modifier_and_function_keys_work_from_a_field(window):
    click(window.shell.toolbar.learning_rate)
    window.key(Key.Key_F11)
    assert window.place == (1, 63)
    window.key(Key.Key_F11, SHIFT)
    assert window.place == (1, 74)


def test_the_epoch_takes_digits_and_arrows(window):
    window.key(Key.Key_G, CTRL)
    window.key(Key.Key_Left)
    window.key(Key.Key_Space)
    assert window.place == (1, 62)
    window.key(Key.Key_A, CTRL)
    window.type("3")
    window.key(Key.Key_Return)
    assert window.place == (3, 1)
    window.key(Key.Key_Space)
    assert window.place == (3, 2)


def test_the_tree_moves_by_arrows_and_enter_runs_there(window):
    tree = window.bench.panels["program"].tree
    tree.setFocus()
    before = tree.currentIndex().data()
    window.key(Key.Key_Down)
    assert window.place == (1, 62)
    assert tree.currentIndex().data() != before
    window.key(Key.Key_Return)
    assert window.place == (1, 63)
    window.key(Key.Key_Space)
    assert window.place == (1, 64)


def test_the_table_of_the_sheet_moves_by_arrows(window):
    table = window.front("sheet").table
    table.setFocus()
    before = table.currentIndex()
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Home, Key.Key_End, Key.Key_PageUp):
        window.key(key)
    assert window.place == (1, 62)
    assert table.currentIndex() != before
    window.key(Key.Key_F10)
    assert window.place == (1, 63)


def test_a_matrix_moves_its_cell_by_arrows_and_leaves_space_to_the_window(window):
    matrix = window.bench.panels["parameters"].rows["U"].matrices[0]
    matrix.setFocus()
    formula = window.bench.formula
    window.key(Key.Key_Down)
    window.key(Key.Key_Down)
    assert window.place == (1, 62)
    assert formula.head.operand.text().startswith("U: ")
    window.key(Key.Key_Space)
    assert window.place == (1, 63)


def test_values_move_their_cell_by_arrows_and_enter_goes_to_its_step(window):
    grid = window.bench.panels["values"].grid
    grid.setFocus()
    window.key(Key.Key_Down)
    window.key(Key.Key_Right)
    window.key(Key.Key_Right)
    assert window.place == (1, 62)
    window.key(Key.Key_Return)
    assert window.place[1] < 40
    leave(grid)


def test_a_button_that_has_the_focus_is_pressed_by_space(window):
    why = window.bench.formula.note.errata
    why.setFocus(Qt.FocusReason.TabFocusReason)
    assert isinstance(why, QToolButton)
    was = why.isChecked()
    window.key(Key.Key_Space)
    assert why.isChecked() is not was
    assert window.place == (1, 62)
    window.key(Key.Key_Space)


def test_stepping_goes_on_after_a_click_into_the_formula(window):
    click(window.shell.toolbar.learning_rate)
    formula = window.bench.formula
    click(formula.head.title)
    click(formula.head.copy)
    window.key(Key.Key_Right)
    assert window.place == (1, 63)


def test_tab_visits_all_that_is_in_sight_and_nothing_else_from_the_top_to_the_bottom(window):
    met = []
    while (focused := QApplication.focusWidget()) not in met:
        assert focused is not None
        met.append(focused)
        window.key(Key.Key_Tab)
        place = QRect(focused.mapTo(window.shell, QPoint()), focused.size())
        assert not focused.visibleRegion().isEmpty(), focused
        assert window.shell.rect().intersects(place), focused
    names = {type(widget).__name__ for widget in met}
    assert {"ProgramTree", "FormulaPanel", "TimelineBar"} <= names
    assert {window.shell.toolbar.epoch, window.shell.toolbar.learning_rate, window.bench.files.word.field} <= set(met)
    bars = [widget.mapTo(window.shell, QPoint()).y() for widget in met if window.shell.toolbar.isAncestorOf(widget)]
    assert max(bars) - min(bars) < window.shell.toolbar.height()
    back = []
    for _ in met:
        back.append(QApplication.focusWidget())
        window.key(Key.Key_Backtab, SHIFT)
    assert set(back) == set(met)


@pytest.mark.parametrize("way", ["hidden", "disabled", "closed", "behind another tab"])
def test_what_vanishes_gives_the_keyboard_to_the_formula(window, way):
    panel = window.front("contributions")
    button = next(b for b in panel.findChildren(QToolButton) if b.isVisible() and b.isEnabled())
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.hasFocus()
    vanish = {
        "hidden": button.hide,
        "disabled": lambda: button.setEnabled(False),
        "closed": window.shell.docks["contributions"].close,
        "behind another tab": lambda: window.front("loss"),
    }
    vanish[way]()
    wait_until(lambda: QApplication.focusWidget() is window.bench.formula)
    window.key(Key.Key_Space)
    assert window.place == (1, 63)
    button.show()
    button.setEnabled(True)
    window.front("contributions")


def test_a_held_key_takes_one_step_a_turn_and_none_after_it_is_let_go(window):
    def press(*, held):
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_Space, PLAIN, " ", held)
        asked.ignore()
        QApplication.sendEvent(window.bench.formula, asked)
        if asked.isAccepted():  # the key goes to the widget, and not to the shortcut
            down = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Space, PLAIN, " ", held)
            QApplication.sendEvent(window.bench.formula, down)
        return not asked.isAccepted()

    settle()
    assert press(held=False)
    assert [press(held=True) for _ in range(5)] == [False] * 5
    wait_until(lambda: press(held=True))
    assert not press(held=True)
    assert press(held=False), "a key that is pressed anew always counts"
    assert window.place == (1, 62)


def test_an_open_list_is_chosen_from_by_return_and_left_by_escape(window):
    box = next(found for found in window.front("rules").findChildren(QComboBox) if found.isVisible())
    assert box.count() > 1
    for leaving, chooses in ((Key.Key_Escape, False), (Key.Key_Return, True)):
        box.setCurrentIndex(0)
        box.setFocus(Qt.FocusReason.TabFocusReason)
        window.key(Key.Key_Space)
        popup = QApplication.activePopupWidget()
        assert popup is not None
        QTest.keyClick(popup.focusWidget(), Key.Key_Down)
        QTest.keyClick(popup.focusWidget(), leaving)
        settle()
        assert QApplication.activePopupWidget() is None
        assert (box.currentIndex() != 0) is chooses
    window.front("contributions")


def test_alt_and_a_letter_opens_every_menu(window):
    assert_each_has_a_letter([menu.title() for menu in map(window.shell.menu, MENUS)])


def assert_each_has_a_letter(texts):
    """Every text has a mnemonic, and no two the same."""
    letters = [text.partition("&")[2][:1].lower() for text in texts]
    assert all(letters), texts
    assert len(set(letters)) == len(letters), texts


@pytest.mark.parametrize("step", [1, 74])
def test_every_line_of_a_menu_has_a_letter_of_its_own(window, step):
    window.go_to(step)
    menus = [window.shell.menu(name) for name in MENUS]
    menus += [menu for menu in window.shell.findChildren(QMenu) if menu.title().replace("&", "") == "Panels"]
    assert len(menus) == len(MENUS) + 1
    for menu in menus:
        menu.aboutToShow.emit()
        assert_each_has_a_letter([line.text() for line in menu.actions() if line.text() and not line.isSeparator()])
    assert "&" not in window.action("over").toolTip()
    assert "&" not in window.shell.toolbar.buttons["over"].text()


def in_dialog(window, ask, *keys):
    """Press *keys* in the dialog that *ask* opens, once it has the keyboard; they are to close it."""
    found = []

    def use():
        dialogs = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        if not dialogs or not dialogs[0].isActiveWindow() or dialogs[0].focusWidget() is None:
            QTimer.singleShot(1, use)
            return
        found.append(dialogs[0])
        for key in keys:
            QTest.keyClick(dialogs[0].focusWidget(), key)

    QTimer.singleShot(0, use)
    ask()
    wait_until(lambda: bool(found))
    wait_until(lambda: not isValid(found[0]) or not found[0].isVisible())
    window.activate()


@pytest.mark.parametrize("name", ["copy_steps", "about", "new_network"])
def test_a_dialog_has_the_keyboard_and_escape_closes_it_and_gives_it_back(window, name):
    window.go_to(74)
    in_dialog(window, lambda: window.press(name), Key.Key_Escape)
    window.key(Key.Key_Space)
    assert window.place[-1] == 75


def test_an_error_is_read_and_put_away_by_return(window, tmp_path):
    window.go_to(74)
    in_dialog(window, lambda: window.bench.files.open(str(tmp_path / "none.json")), Key.Key_Return)
    window.key(Key.Key_Space)
    assert window.place[-1] == 75


def test_steps_are_copied_by_keys_alone(window):
    window.go_to(74)
    QApplication.clipboard().clear()
    in_dialog(window, lambda: window.press("copy_steps"), Key.Key_Tab, Key.Key_Tab, Key.Key_Space, Key.Key_Return)
    assert r"\underline" in QApplication.clipboard().text()  # the blanks


def test_the_filter_of_the_application_hears_hands_and_no_painting(monkeypatch):
    heard = []
    asked = KeyYielding.eventFilter

    def listen(self, watched, event):
        heard.append((self.parent(), event.type()))  # each window that is open has one
        return asked(self, watched, event)

    monkeypatch.setattr(KeyYielding, "eventFilter", listen)
    with opened("attention") as window:
        for _ in range(3):  # after each step it hears again
            heard.clear()
            window.key(Qt.Key.Key_Space)
            settle()
            assert (window.shell, QEvent.Type.ShortcutOverride) in heard
            assert (window.shell, QEvent.Type.Paint) not in heard
        assert window.place == (1, 4)
