"""Words that the mouse can select."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest

from gui.widgets.parts.copied_label import CopiedLabel


def test_words_are_selected_by_the_mouse_and_only_then_made_a_document(qtbot):
    label = CopiedLabel()
    qtbot.addWidget(label)
    label.set_words("loss 3, via h₃")
    label.resize(label.sizeHint())
    label.show()
    assert not label.findChildren(QTextDocument)
    QTest.mouseDClick(label, Qt.MouseButton.LeftButton, pos=QPoint(12, label.height() // 2))
    assert label.selectedText() == "loss"
    label.set_words("loss 4, via h₃")
    assert not label.hasSelectedText()
    assert label.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction
