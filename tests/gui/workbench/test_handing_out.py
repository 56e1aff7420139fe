"""Steps copied as LaTeX, from the menu."""

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from gui.workbench.handing_out import CopySteps

Key = Qt.Key


def copied(window, first, last, *, blanks):
    """What the clipboard holds after the menu was used and the dialog filled in."""

    def fill():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, CopySteps)
        dialog.first.setValue(first)
        dialog.last.setValue(last)
        dialog.blanks.setChecked(blanks)
        dialog.accept()

    QTimer.singleShot(0, fill)
    window.press("copy_steps")
    return QApplication.clipboard().text()


def offered(ask):
    """The first and the last step that the dialog offers once *ask* is done."""
    found: list[int] = []

    def look():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, CopySteps)
        found.extend((dialog.first.value(), dialog.last.value()))
        dialog.reject()

    QTimer.singleShot(0, look)
    ask()
    return tuple(found)


def test_a_range_of_steps_is_copied_solved_or_with_blanks(window):
    window.reset("attention")
    solved, blank = copied(window, 2, 4, blanks=False), copied(window, 2, 4, blanks=True)
    for text in (solved, blank):
        assert [f"Step {n}:" in text for n in range(1, 6)] == [False, True, True, True, False]
    assert "h_{1} = 0.1432" in solved
    assert "0.1432" not in blank.partition("Step 3")[0]
    assert r"h_{1} = \underline" in blank


def test_at_first_the_block_at_the_cursor_is_offered(window):
    window.reset("attention")
    window.go_to(63)
    assert offered(lambda: window.press("copy_steps")) == (58, 63)


@pytest.mark.parametrize("by_key", [False, True])
def test_the_steps_of_a_line_of_the_program_are_offered_by_its_menu(window, by_key):
    window.reset("attention")
    window.go_to(2)
    tree = window.front("program").tree
    line = tree.currentIndex().parent()
    assert line.data().startswith("t = 1 ")
    if by_key:
        tree.setFocus(Qt.FocusReason.TabFocusReason)
        tree.setCurrentIndex(line)
        reason, at = QContextMenuEvent.Reason.Keyboard, QPoint()
    else:
        reason, at = QContextMenuEvent.Reason.Mouse, tree.visualRect(line).center()
    QApplication.sendEvent(tree.viewport(), QContextMenuEvent(reason, at, tree.viewport().mapToGlobal(at)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert offered(lambda: QTest.keyClick(menu, Key.Key_C)) == (1, 8)
    assert window.place == (1, 2)
