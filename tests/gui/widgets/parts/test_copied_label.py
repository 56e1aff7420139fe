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


def test_words_are_as_high_as_in_a_new_label_whatever_was_said_and_in_which_font(qtbot):
    label = CopiedLabel()
    qtbot.addWidget(label)
    for words in ("loss 3", "a sentence of several words that takes more lines than one", "loss 3"):
        for size in (11, 22, 11):
            label.set_words(words)
            font = label.font()
            font.setPixelSize(size)
            label.setFont(font)
            new = CopiedLabel()
            qtbot.addWidget(new)
            new.setFont(font)
            new.set_words(words)
            assert [label.heightForWidth(width) for width in (60, 400)] == [
                new.heightForWidth(width) for width in (60, 400)
            ]
