"""What is painted bit by bit while stepping looks as if it had been painted at once."""

import pytest
from PySide6.QtGui import QImage

from gui.panels.timeline.panel import TimelinePanel
from gui.panels.values.panel import ValuesPanel
from tests.gui.driving import opened, panel_of, settle


def seen(widget):
    """What is on the screen where *widget* is, without asking it to paint."""
    picture = widget.screen().grabWindow(widget.window().winId()).toImage()
    corner = widget.mapTo(widget.window(), widget.rect().topLeft())
    return picture.copy(corner.x(), corner.y(), widget.width(), widget.height())


def painted_anew(widget):
    """The same, all of it painted again."""
    widget.repaint()
    settle()
    return seen(widget)


@pytest.mark.parametrize("source", ["attention", "embedding"])
def test_parts_painted_after_a_step_leave_nothing_of_the_step_before(source):
    with opened(source) as window:
        formula, grid = window.bench.formula, panel_of(window, ValuesPanel).grid
        parts = {"strip": formula.strip, "values": grid.viewport(), "timeline": panel_of(window, TimelinePanel).bar}
        positions = [*range(1, window.length + 1), window.length // 2, 3, window.length]
        pictures: dict[str, set[bytes]] = {name: set() for name in parts}
        for position in positions:
            window.go_to(position)
            for _ in range(3):  # layouts take more than one turn of the event loop
                settle()
            for name, part in parts.items():
                before = seen(part)
                assert not before.isNull()
                assert before == painted_anew(part), f"{name} at step {position}"
                pictures[name].add(before.convertToFormat(QImage.Format.Format_RGB32).constBits().tobytes())
        assert all(len(found) > 10 for found in pictures.values())
