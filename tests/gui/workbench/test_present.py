"""Present: the formula fills the screen at every step, a clicker steps, and Escape puts everything back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLineEdit
from shiboken6 import isValid

from core.network.initial import initial
from core.network.network import Network
from core.network.rule import EXACT
from core.program.program import Phase
from core.sources.source import Source
from gui.workbench.autosave import OfferBar
from tests.gui.driving import CTRL, PLAIN, SHIFT, opened, settle, wait_until
from tests.gui.hands import of_letters

Key = Qt.Key


def as_found(window):
    """What Escape has to bring back."""
    docks = {name: None if dock.isHidden() else dock.geometry().getRect() if dock.x() >= 0 else "behind another tab"
             for name, dock in window.shell.docks.items()}  # fmt: skip
    bars = [part.isVisible() for part in (window.shell.menuBar(), window.shell.toolbar, window.shell.statusBar())]
    return docks, bars, window.theme.zoom, window.shell.geometry().getRect(), window.shell.focusWidget()


def calm():
    for _ in range(5):  # layouts take more than one turn of the event loop
        settle()


def present(window):
    window.focus_formula()
    window.key(Key.Key_F, CTRL | SHIFT)
    calm()


def test_escape_ends_it_and_all_is_as_before(qapp):
    with opened() as window:
        window.shell.move(70, 40)
        window.go_to(62)
        window.front("values")
        calm()
        before = as_found(window)
        present(window)
        assert window.shell.isFullScreen()
        assert not window.shell.toolbar.isVisible()
        assert all(dock.isHidden() for dock in window.shell.docks.values())
        assert window.bench.present.counter.text() == "step 62 of 121  ·  epoch 1"
        window.bench.present.choice.setCurrentIndex(window.bench.present.choice.findText("Attention"))
        calm()
        assert [name for name, dock in window.shell.docks.items() if not dock.isHidden()] == ["attention"]
        window.key(Key.Key_Escape)
        wait_until(lambda: as_found(window) == before)


def test_what_is_offered_to_the_lecturer_is_not_shown_to_the_room(qapp):
    with opened() as window:
        offer = OfferBar(window.shell, window.theme, "&Restore", "&Discard")
        offer.offer("A window ended without being closed.")
        wait_until(offer.isVisible)
        present(window)
        assert not offer.isVisible()
        window.key(Key.Key_Escape)
        calm()
        assert offer.isVisible()
        assert window.shell.toolbar.isVisible()


def test_a_clicker_steps_and_its_other_keys_do_nothing(window):
    window.reset()
    present(window)
    for key, modifiers in ((Key.Key_F5, PLAIN), (Key.Key_F5, SHIFT), (Key.Key_B, PLAIN), (Key.Key_Period, PLAIN)):
        window.key(key, modifiers)
        assert window.bench.model.view.cursor.position == 1
    window.key(Key.Key_PageDown, times=2)
    assert window.bench.present.counter.text().startswith("step 3 of 121")
    window.key(Key.Key_PageUp)
    window.key(Key.Key_H)
    assert window.bench.formula.veil.isVisible()
    window.key(Key.Key_PageDown)
    assert not window.bench.formula.veil.isVisible()
    assert window.bench.model.view.cursor.position == 2
    window.key(Key.Key_Escape)
    window.key(Key.Key_PageDown)
    assert window.place == (1, 9)  # a group, as ever


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
@pytest.mark.parametrize("way", ["terms", "timesteps"])
def test_presented_on_a_small_projector_no_step_is_below_the_fold(qapp, sheet, way):
    with opened(sheet, size=(1280, 720)) as window:
        window.bench.model.set_way(way)
        present(window)
        window.shell.showNormal()
        window.shell.resize(1280, 720)
        calm()
        formula = window.bench.formula
        assert QFontMetricsF(window.theme.font(12)).height() >= 20
        assert window.theme.px(24) >= 36
        for position in range(1, len(window.bench.model.view.program) + 1):
            window.bench.model.go_to_position(position)
            settle()
            assert formula.overflow() == 0, position
        window.key(Key.Key_Escape)


def own(*lines, H=2):
    """A network with a cell of these lines."""
    network = Network(tuple("helo"), (0, 1, 2, 2), (1, 2, 2, 3), H, None, False, lines)
    return Source("own", "Own", network, initial(network, "uniform", 3), EXACT, 0.1)


TWICE = "m[t] = tanh(W @ h[t-1] + b)", "h[t] = tanh(U @ x[t] + W @ m[t] + b)"
THRICE = "a[t] = tanh(W @ h[t-1] + U @ x[t])", "m[t] = sigmoid(W @ a[t] + b)", "h[t] = tanh(W @ m[t] + b)"
OFTEN = "a[t] = tanh(W @ h[t-1] + U @ x[t])", "m[t] = sigmoid(W @ a[t])", "h[t] = W @ m[t] * (W @ a[t]) + W @ h[t-1]"


@pytest.mark.parametrize(
    ("source", "way", "name"),
    [
        (of_letters("lstm", False, True), "timesteps", "h"),
        (own(*TWICE), "terms", "W"),
        (own(*THRICE), "terms", "W"),
        (own(*THRICE), "terms", "U"),  # a ladder of 25 links
        (own(*OFTEN, H=8), "terms", "W"),
        (own(*TWICE, H=8), "terms", "V"),
        (of_letters("lstm", False, True), "terms", "W_f"),
        (of_letters("gru", True, True), "terms", "E"),
    ],
    ids=["lstm", "twice", "thrice", "thrice U", "often", "wide", "lstm by terms", "gru"],
)
def test_the_highest_steps_of_other_cells_are_written_so_that_none_is_below_the_fold(qapp, source, way, name):
    with opened(source, size=(1280, 720)) as window:
        window.bench.model.set_way(way)
        present(window)
        window.shell.showNormal()
        window.shell.resize(1280, 720)
        calm()
        program, formula = window.bench.model.view.program, window.bench.formula
        of_it = [position for position in range(1, len(program) + 1) if program[position].quantity == name]
        highest = [position for position in of_it if program[position].phase is Phase.BACKWARD]
        for position in {*highest[-4:], *of_it[-1:]}:  # the last is its update, where it has one
            window.bench.model.go_to_position(position)
            calm()
            assert formula.overflow() == 0, position
            assert formula._scroll.verticalScrollBar().maximum() == 0, position
        window.key(Key.Key_Escape)
        calm()
        window.bench.model.go_to_position(2)
        settle()
        assert formula.head.subtitle.isVisible()


def test_where_no_smaller_ladder_fits_its_ends_are_shown_and_what_is_left_out_is_said(qapp):
    with opened(own(*OFTEN, H=8), size=(1280, 720)) as window:
        window.bench.model.set_way("terms")
        window.shell.resize(1280, 720)
        program, formula = window.bench.model.view.program, window.bench.formula
        window.bench.model.go_to_position(
            program.position(next(p for p in reversed(list(program)) if p.quantity == "W" and len(p.indices) > 1))
        )
        calm()
        whole = formula.ladder.texts()
        present(window)
        window.shell.showNormal()
        window.shell.resize(1280, 720)
        calm()
        shown = formula.ladder.texts()
        between = shown.index(("", "⋯ more rows than there is room for"))
        assert shown[:between] == whole[:between]
        assert shown[between + 1 :] == whole[len(whole) - len(shown) + between + 1 :]
        window.key(Key.Key_Escape)
        calm()
        assert formula.ladder.texts() == whole


def test_beside_a_panel_of_choice_no_step_is_below_the_fold_either(qapp):
    with opened(size=(1280, 720)) as window:
        present(window)
        window.shell.showNormal()
        window.shell.resize(1280, 720)
        window.bench.present.choice.setCurrentIndex(window.bench.present.choice.findText("Program"))
        calm()
        for position in (1, 2, 23, 44, 63, 74, 92, 118):
            window.bench.model.go_to_position(position)
            calm()
            assert window.bench.formula.overflow() == 0, position
            assert window.bench.formula.head.title.isVisible()
        window.key(Key.Key_Escape)


@pytest.mark.parametrize(("size", "zoom"), [((1280, 720), 5 / 3), ((1920, 1080), 5 / 2), ((3840, 2160), 5)])
def test_a_larger_screen_is_filled_in_proportion(qapp, monkeypatch, size, zoom):
    with opened(size=(1280, 720)) as window:
        window.shell.move(70, 40)
        settle()
        before = window.shell.geometry()
        monkeypatch.setattr(window.shell, "showFullScreen", lambda: window.shell.setGeometry(0, 0, *size))
        present(window)
        assert window.theme.zoom == pytest.approx(zoom)
        window.bench.model.go_to_position(63)
        calm()
        assert window.bench.formula.overflow() == 0
        window.key(Key.Key_Escape)
        assert window.theme.zoom == 1.0
        assert window.shell.geometry() == before


def test_find_goes_there_while_the_formula_fills_the_screen(window):
    window.reset()
    present(window)
    field = window.bench.find.presented
    window.key(Key.Key_P, CTRL | SHIFT)
    calm()
    assert field.hasFocus()
    assert not field.visibleRegion().isEmpty()
    window.type("bars.")  # whose keys are a clicker's elsewhere
    assert field.text() == "bars."
    window.key(Key.Key_Escape)
    calm()
    assert window.bench.present.is_on
    assert not field.isVisible()
    window.key(Key.Key_P, CTRL | SHIFT)
    window.type("dW 3 3 2")
    window.key(Key.Key_Return)
    calm()
    assert window.bench.present.counter.text() == "step 62 of 121  ·  epoch 1"
    assert not field.isVisible()
    window.key(Key.Key_P, CTRL | SHIFT)
    window.type("attention")
    entries = [entry.title for entry in field.listing.lines.entries]
    window.key(Key.Key_Down, times=entries.index("Attention"))
    window.key(Key.Key_Return)
    calm()
    assert window.bench.present.choice.currentText() == "Attention"
    window.key(Key.Key_Space)
    assert window.place == (1, 63)
    window.bench.present.choose("")
    window.key(Key.Key_Escape)
    calm()
    assert not window.bench.present.is_on


def test_it_ends_though_what_had_the_keyboard_before_is_gone(window):
    window.reset()
    window.press("note")
    editor = window.shell.focusWidget()
    assert isinstance(editor, QLineEdit)
    window.action("present").trigger()
    calm()
    assert not isValid(editor)
    window.key(Key.Key_Escape)
    calm()
    assert not window.bench.present.is_on
    assert window.shell.toolbar.isVisible()
    window.press("undo")
