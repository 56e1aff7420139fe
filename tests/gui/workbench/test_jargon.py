"""Words of the field explain themselves: each that is looked for and found on the screen says what it means."""

import re
from html import unescape

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QTabBar,
    QToolTip,
    QWidget,
)

from core.network.rule import EXACT
from gui.new_network.form.dialog import NewNetworkDialog
from gui.widgets.formula.ladder import LadderView
from gui.widgets.formula.view import FormulaView
from tests.gui.driving import settle, surface, wait_until
from tests.gui.hands import of_letters, of_numbers

# What a first-year student stumbles over, by itself: not read from the table that explains it.
JARGON = re.compile(
    r"\b(softmax|cross-entropy|one-?hot|logits?|scores?|value path|key path|query path|learning rate|epoch|candidate"
    r"|(?:forget|input|output) gate|cell state|clipped|truncated|term by term|timestep by timestep|embedding"
    r"|bias(?:es)?|attention|context|pre-activation|tanh′?|sigmoid|relu|lstm|gru|surprise|autograd|hidden states?"
    r"|gradients?|derivative|norm|parameters|squared error|logistic|chunks|seed|erratum|errata|product so far"
    r"|timestep|total loss|loss(?:es)?|terms?)(?![^\W_])|η|h₀",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def no_tooltip_left():
    yield
    QToolTip.hideText()
    wait_until(lambda: all(widget.objectName() != "qtooltip_label" for widget in QApplication.topLevelWidgets()))


def visible(widget):
    """All in sight below *widget*."""
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            if not child.visibleRegion().isEmpty():  # nor covered by what lies in it
                yield child
            yield from visible(child)


def written(widget):
    """The texts that stand in *widget*, each with the place where."""
    middle = widget.rect().center()
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield widget.text(), middle
    elif isinstance(widget, QGroupBox):
        yield widget.title(), middle
    elif isinstance(widget, QComboBox):
        yield widget.currentText(), middle
    elif isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            if widget.isTabVisible(tab):
                yield widget.tabText(tab), widget.tabRect(tab).center()
    elif isinstance(widget, FormulaView):
        yield " ".join(piece.latex for line in widget._lines for piece in line), QPoint(1, 1)
    elif isinstance(widget, LadderView):
        yield " ".join(widget.heads), QPoint(5, 5)
        for placed in widget._layout.rows:
            yield f"{placed.row.aside} {placed.row.note}", placed.line.center().toPoint()
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        for y in range(0, widget.viewport().height(), 8):
            for x in range(4, widget.viewport().width(), 40):
                index = widget.indexAt(QPoint(x, y))
                if index.isValid():
                    yield str(index.data() or ""), QPoint(x, y)


def hovered(widget, place):
    """What the mouse is told that rests there."""
    target = surface(widget)
    QToolTip.hideText()
    QApplication.sendEvent(target, QHelpEvent(QEvent.Type.ToolTip, place, target.mapToGlobal(place)))
    return unescape(re.sub("<[^>]*>", "", QToolTip.text().replace("<br>", "\n")))


def asked(window, seen=frozenset()):
    """Every word of the field in sight in *window*, each text with it, and whether a tooltip explains it there.

    What stands in *seen* is passed by.
    """
    found = []
    for widget in visible(window):
        for text, place in dict(written(widget)).items():
            if (type(widget).__name__, text) in seen:
                continue
            if isinstance(seen, set):
                seen.add((type(widget).__name__, text))
            words = {match.group(0) for match in JARGON.finditer(text)}
            told = hovered(widget, place).lower() if words else ""
            found += [
                (word, text, bool(re.search(rf"^{word.lower().rstrip('s')}\w*: .", told, re.M))) for word in words
            ]
    return found


def unexplained(found):
    return {(word, text) for word, text, told in found if not told}


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("attention", "terms"),
        ("embedding", "timesteps"),
        ("lstm", "terms"),
        ("last-step", "timesteps"),
        (of_letters("gru", True, True), "timesteps"),
        (of_numbers("relu", "sigmoid", "logistic"), "terms"),
    ],
    ids=["a", "b", "c", "d", "gru", "numbers"],
)
def test_every_word_of_the_field_in_the_window_explains_itself(window, source, way):
    window.reset(source, way)
    window.bench.model.set_rule(EXACT)
    program, kinds = window.bench.model.view.program, set()
    met: set[str] = set()
    seen: set[tuple[str, str]] = set()
    for position in range(1, len(program) + 1):
        step = program[position]
        kind = step.phase, step.quantity.partition("_")[0], step.is_sum
        if kind not in kinds:
            kinds.add(kind)
            window.go_to(position)
            found = asked(window.bench.formula, seen)
            assert unexplained(found) == set(), position
            met |= {word.lower() for word, _, _ in found}
    for dock in window.shell.docks:
        window.front(dock)
        assert unexplained(asked(window.shell.docks[dock], seen)) == set()
    assert unexplained(asked(window.shell, seen)) == set()
    assert len(met) > 5
    if source == "attention":
        assert met >= {"softmax", "tanh", "onehot", "surprise", "score", "attention", "context", "term", "loss"}


def test_every_word_of_the_field_in_the_choices_explains_itself(window):
    window.reset("attention")
    menu = window.bench.rule_button.menu()
    menu.popup(window.shell.pos())
    settle()
    found = asked(menu)
    menu.close()
    assert unexplained(found) == set()
    assert {"value path", "softmax", "autograd", "score", "clipped"} <= {word for word, _, _ in found}
    for source in ("attention", "lstm"):
        window.reset(source)
        window.press("new_network")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, NewNetworkDialog)
        settle()
        found = asked(dialog)
        dialog.reject()
        settle()
        assert unexplained(found) == set()
        assert {"parameters", "learning rate", "epoch"} <= {word.lower() for word, _, _ in found}
