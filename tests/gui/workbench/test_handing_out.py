"""Steps copied as LaTeX, from the menu."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

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
    dialog = CopySteps(window.bench.model.view, window.shell)
    assert (dialog.first.value(), dialog.last.value()) == (58, 63)
    dialog.deleteLater()
