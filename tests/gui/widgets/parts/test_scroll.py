"""An area that scrolls, around a content that never has the right size."""

from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.parts.scroll import Scroll


class Restless(QWidget):
    """Asks for more once it has less, and for less once it has more."""

    def sizeHint(self):
        return self.minimumSizeHint()

    def minimumSizeHint(self):
        return QSize(50, 900 if self.height() < 900 else 880)

    def resizeEvent(self, _event):
        self.updateGeometry()


def test_a_content_that_is_never_content_is_shown_all_the_same(qapp):
    content = QWidget()
    column = QVBoxLayout(content)
    column.addWidget(Restless())
    area = Scroll(content)
    area.resize(200, 300)
    area.show()
    assert QTest.qWaitForWindowExposed(area)
    area.resize(220, 320)
    assert content.height() >= 880
    assert area.verticalScrollBar().maximum() > 0
