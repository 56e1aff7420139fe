"""Every step of both sheets by real keys: what is shown there, once more going back, and how it is painted."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from core.program.program import Address
from core.sources.worksheets import load
from gui.panels.timeline.panel import TimelinePanel
from gui.panels.values.panel import ValuesPanel
from tests.gui.driving import SHIFT, panel_of, settle
from tests.gui.workbench.printed import SHEETS, is_near, printed

Key = Qt.Key


@dataclass
class Walk:
    """What was met on the way from the first step to the last that the sheet prints.

    *words*: what the window said, by epoch and step. *addresses*: which step it was. *blemishes*: the parts that
    looked other than when painted anew. *pictures*: the different looks of each part.
    """

    sheet: str
    length: int
    words: dict[tuple[int, int], dict[str, object]] = field(default_factory=dict)
    addresses: dict[tuple[int, int], Address] = field(default_factory=dict)
    blemishes: list[str] = field(default_factory=list)
    pictures: dict[str, set[bytes]] = field(default_factory=dict)


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


def look_at_the_parts(window, walk):
    """Note which of the parts that are painted bit by bit look other than painted at once."""
    for _ in range(3):  # layouts take more than one turn of the event loop
        settle()
    formula, grid = window.bench.formula, panel_of(window, ValuesPanel).grid
    parts = {"strip": formula.strip, "values": grid.viewport(), "timeline": panel_of(window, TimelinePanel).bar}
    for name, part in parts.items():
        before = seen(part)
        assert not before.isNull()
        if before != painted_anew(part):
            walk.blemishes.append(f"{name} at {window.place}")
        look = before.convertToFormat(QImage.Format.Format_RGB32).constBits().tobytes()
        walk.pictures.setdefault(name, set()).add(look)


@pytest.fixture(scope="module", params=SHEETS)
def walk(request, window):
    """The walk through epoch 1 and as far into epoch 2 as the sheet prints numbers."""
    window.reset(request.param)
    window.front("values")
    made = Walk(request.param, window.length)
    last = max(window.bench.model.view.program.position(p.address) for p in load(made.sheet).printed if p.epoch == 2)
    while True:
        if window.place[0] == 1 and window.place[1] % 4 == 0:
            look_at_the_parts(window, made)
        made.words[window.place] = window.words()
        made.addresses[window.place] = window.bench.model.view.step.address
        if window.place == (2, last):
            return made
        window.front("values")  # so that a step paints it bit by bit
        window.key(Key.Key_Space)


def test_every_step_is_met_and_is_another(walk):
    first = [words["symbols"] for (epoch, _), words in walk.words.items() if epoch == 1]
    assert len(set(first)) == len(first) == walk.length
    places = [(1, n) for n in range(1, walk.length + 1)]
    assert list(walk.words) == places + [(2, n) for n in range(1, len(walk.words) - walk.length + 1)]


def test_what_is_shown_going_back_is_what_was_shown_going_there(window, walk):
    for start, epoch, steps in ((3, 2, 40), (25, 1, 24)):
        window.go_to(start, epoch=epoch)
        for _ in range(steps):
            assert window.words() == walk.words[window.place]
            window.key(Key.Key_Space, SHIFT)
    assert window.place == (1, 1)
    assert window.words() == walk.words[1, 1]


def test_the_way_to_the_last_printed_number_shows_all_of_them(walk):
    here: dict[tuple[int, Address], list[tuple[str, int, float]]] = {}
    for epoch, symbol, _, value in printed(walk.sheet):
        address = next(p.address for p in load(walk.sheet).printed if (p.epoch, p.symbol) == (epoch, symbol))
        found = here.setdefault((epoch, address), [])
        found.append((symbol, sum(other == symbol for other, *_ in found), value))
    visited = 0
    for place, words in walk.words.items():
        texts = [text for row in words["result"] for text in row]
        for symbol, entry, value in here.pop((place[0], walk.addresses[place]), ()):
            # What is printed of α is one entry; all else is counted row by row.
            index = int(symbol.rstrip("]").split(",")[1]) - 1 if symbol.startswith("alpha[") else entry
            assert is_near(texts[index], value), (place, symbol, entry, texts, value)
            visited += 1
    assert not here
    assert visited == SHEETS[walk.sheet]


def test_parts_painted_after_a_step_leave_nothing_of_the_step_before(window, walk):
    window.go_to(walk.length, epoch=1)
    window.front("values")
    for position in (walk.length // 2, 3, walk.length):
        window.go_to(position)
        look_at_the_parts(window, walk)
    assert walk.blemishes == []
    looks = {name: len(found) for name, found in walk.pictures.items()}
    assert len(looks) == 3
    assert min(looks.values()) > 10, looks
