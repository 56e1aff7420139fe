"""Choices in a list."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.look.style import stylesheet
from gui.widgets.parts.segments import Picker


def test_a_long_list_that_was_made_before_its_window_has_no_arrows_at_its_ends(qtbot, theme):
    picker, window = Picker(), QWidget()
    qtbot.addWidget(window)
    picker.addItems([str(n) for n in range(64)])
    picker.setFont(theme.font(12))  # Qt makes the list for it
    window.setStyleSheet(stylesheet(theme))
    QVBoxLayout(window).addWidget(picker)
    window.show()
    picker.showPopup()
    made = {part.metaObject().className() for part in picker.findChildren(QWidget)}
    assert not any("Scroller" in name for name in made), made
    picker.hidePopup()
