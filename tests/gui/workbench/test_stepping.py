"""A whole epoch of both sheets by real keys, there and back, and every key of stepping."""

from functools import partial

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest

from core.program.cursor import Command, Cursor, move
from core.program.program import Address, Phase
from core.sources.design import Design
from core.sources.own_network import build
from core.steps.formulas import formula
from tests.gui.driving import ALT, CTRL, SHIFT, click, settle, wait_until

Key = Qt.Key
KEYS = [
    (Key.Key_Space, None, Command.INTO),
    (Key.Key_Right, None, Command.INTO),
    (Key.Key_F11, None, Command.INTO),
    (Key.Key_Space, SHIFT, Command.BACK),
    (Key.Key_Left, None, Command.BACK),
    (Key.Key_F10, None, Command.OVER),
    (Key.Key_O, None, Command.OVER),
    (Key.Key_F10, SHIFT, Command.OVER_BACK),
    (Key.Key_F11, SHIFT, Command.OUT),
    (Key.Key_U, None, Command.OUT),
    (Key.Key_F11, CTRL | SHIFT, Command.OUT_BACK),
    (Key.Key_Home, None, Command.START),
    (Key.Key_End, None, Command.END),
    (Key.Key_PageDown, None, Command.NEXT_GROUP),
    (Key.Key_PageUp, None, Command.PREVIOUS_GROUP),
    (Key.Key_PageDown, CTRL, Command.NEXT_EPOCH),
    (Key.Key_PageUp, CTRL, Command.PREVIOUS_EPOCH),
]


def stands_at(tree, text):
    return tree.currentIndex().data() == text


@pytest.mark.parametrize(("key", "modifiers", "command"), KEYS)
def test_a_key_does_what_its_command_says(window, key, modifiers, command):
    window.reset()
    program = window.bench.model.view.program
    is_first = (key, modifiers, command) == next(found for found in KEYS if found[2] is command)
    ends = [(1, 1), (1, 2), (1, 39), (1, 121), (2, 1)] if is_first else []  # of one key for every command
    for epoch, position in (*ends, (1, 62), (2, 74)):
        window.go_to(position, epoch)
        window.key(key, modifiers or Qt.KeyboardModifier.NoModifier)
        expected = move(program, Cursor(epoch, position), command)
        assert window.place == (expected.epoch, expected.position), (epoch, position)


def test_arrows_for_over_and_out_are_said_on_the_buttons(window):
    window.reset()
    window.go_to(62)
    for name, text in (("over", "Finish L₃"), ("out", "Finish ∂L/∂W")):
        button = window.shell.toolbar.buttons[name]
        assert button.text() == text
    click(window.shell.toolbar.buttons["over"])
    assert window.bench.formula.head.subtitle.text().startswith("t = 3, m = 3, k = 3  ·  10 of 20")
    click(window.shell.toolbar.buttons["out"])
    assert window.bench.formula.head.title.text().startswith("∂L/∂W")
    assert "20 terms" in window.bench.formula.head.subtitle.text()
    click(window.shell.toolbar.buttons["back"])
    assert window.place == (1, 73)
    click(window.shell.toolbar.buttons["into"])
    assert window.place == (1, 74)


def test_what_leads_nowhere_is_disabled(window):
    window.reset()
    for name in ("back", "over_back", "out_back", "start", "previous_epoch", "previous_group", "previous_place"):
        assert not window.action(name).isEnabled(), name
    window.key(Key.Key_End)
    for name in ("over", "out", "end", "next_group"):
        assert not window.action(name).isEnabled(), name
    assert window.action("into").isEnabled()
    assert window.action("previous_place").isEnabled()
    assert not window.action("next_place").isEnabled()


def test_ctrl_g_goes_to_an_epoch_and_alt_left_returns(window):
    window.reset()
    window.go_to(62)
    window.key(Key.Key_G, CTRL)
    assert window.shell.toolbar.epoch.hasFocus()
    window.type("100")
    window.key(Key.Key_Return)
    wait_until(lambda: window.place == (100, 1))
    window.key(Key.Key_U)
    assert window.place == (100, 39)
    assert [row[0] for row in window.result()] == ["4.6789"]
    assert "The sheet prints 4.6789   ✓ equal" in window.bench.formula.note.sheet.text()
    window.key(Key.Key_Left, ALT)
    window.key(Key.Key_Left, ALT)
    assert window.place == (1, 62)


def test_f6_goes_round_the_panels_and_shift_f6_back(window):
    window.reset()
    met = []
    for _ in range(len(window.shell.focus.panels())):
        window.key(Key.Key_F6)
        focus = window.shell.focusWidget()
        met.append(next(panel for panel in window.shell.focus.panels() if panel.isAncestorOf(focus)))
    assert len(set(met)) == len(met) == len(window.shell.focus.panels())
    back = []
    for _ in met:
        window.key(Key.Key_F6, SHIFT)
        focus = window.shell.focusWidget()
        back.append(next(panel for panel in window.shell.focus.panels() if panel.isAncestorOf(focus)))
    assert back[:-1] == met[-2::-1]


def test_holding_the_key_keeps_up(window):
    window.reset()
    for _ in range(40):
        QTest.keyClick(window.bench.formula, Key.Key_Space)
    assert window.place == (1, 41)


def test_the_hints_go_after_five_steps_and_come_back_from_help(window):
    window.reset()
    window.press("hints")
    for _ in range(4):
        window.key(Key.Key_Space)
        assert window.shell.hint.text().startswith("Space: next formula")
    window.key(Key.Key_Space)
    assert window.shell.hint.text() == ""
    window.press("hints")
    assert "hover a number" in window.shell.hint.text()


def test_sheet_a_s_own_order_keeps_the_step_and_changes_what_comes_next(window):
    window.reset()
    title = window.bench.formula.head.title
    window.go_to(10)
    assert title.text() == "Hidden state h₂"
    window.press("stage_order")
    assert window.place == (1, 4)
    assert title.text() == "Hidden state h₂"
    window.key(Key.Key_Space, times=2)
    assert title.text() == "Hidden state h₃"
    window.key(Key.Key_Space, times=2)
    assert title.text() == "Hidden state h₄"
    window.press("stage_order")
    assert title.text() == "Hidden state h₄"
    assert window.place[1] > 10


def test_skipping_zero_terms_passes_by_them_both_ways(window):
    window.reset()
    first = window.bench.model.view.program.gradient_span("W").first
    window.go_to(first + 1)
    assert "h₀ = 0" in window.bench.formula.sentence.text()
    window.press("skip_zero")
    window.go_to(first)
    window.key(Key.Key_Space)
    subtitle = window.bench.formula.head.subtitle.text()
    assert subtitle.startswith("t = 2, m = 2, k = 2")
    window.key(Key.Key_Space)
    assert window.bench.formula.head.subtitle.text().startswith("t = 3, m = 2, k = 2")
    window.key(Key.Key_Space, SHIFT)
    assert window.bench.formula.head.subtitle.text() == subtitle


def test_the_formula_follows_a_hand_that_scrubs_at_once_and_the_rest_follows_after_it(window):
    design = Design(
        text="ab" * 100, targets=None, hidden_size=2, embedding_size=None, attention=True, learning_rate=0.1, seed=1
    )
    for source in (build(design), "attention"):
        window.reset(source, way="terms")
        program = window.bench.model.view.program
        position = program.position(Address(Phase.BACKWARD, "W", (3, 2, 2)))
        title = formula(window.bench.model.view.network, window.bench.model.state.rule, program[position]).title
        tree = window.bench.panels["program"].tree
        before = tree.currentIndex().data()
        window.bench.panels["timeline"].position_requested.emit(position, 1)
        assert window.bench.formula.head.title.text() == title
        assert tree.currentIndex().data() == before
        wait_until(partial(stands_at, tree, "(3, 2, 2)"))


def test_hardly_a_step_arranges_the_docks(window):
    class Watch(QObject):
        arranged = 0

        def eventFilter(self, _watched, event):
            self.arranged += event.type() == QEvent.Type.LayoutRequest
            return False

    watch = Watch()
    for name in ("into", "back"):  # the second time, every card knows how much room it ever needs
        if name == "back":
            window.shell.installEventFilter(watch)
        for _ in range(60):
            window.action(name).trigger()
            settle()
    window.shell.removeEventFilter(watch)
    assert watch.arranged <= 2  # a third of the steps once did
