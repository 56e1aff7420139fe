"""A label whose middle gives way."""

from gui.panels.formula.middle_label import MiddleLabel

PARTS = ("W: ", "the weights from the state before to the state, as the sheets have it", " · 0.5 · made at step 62")


def test_its_end_is_said_however_long_the_middle_is(qtbot):
    label = MiddleLabel()
    qtbot.addWidget(label)
    label.resize(2000, 20)
    label.set_parts(PARTS)
    label.show()
    assert label.text() == "".join(PARTS)
    for width in (400, 300):
        label.resize(width, 20)
        assert label.text().startswith(PARTS[0])
        assert label.text().endswith(f"…{PARTS[2]}")
        assert label.fontMetrics().horizontalAdvance(label.text()) <= width
        assert label.toolTip() == "".join(PARTS)
    label.resize(2000, 20)
    assert label.text() == "".join(PARTS)
