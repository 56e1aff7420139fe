"""What can not be done says why: in its tooltip, in its menu and in the status bar, from the table of actions."""

import pytest
from PySide6.QtWidgets import QMenu

from gui.look.theme import ZOOMS
from gui.window.actions import ACTIONS
from tests.gui.driving import settle, wait_until

TRAINING = "Epoch 9,000,000 is being trained: wait, or press Cancel in the toolbar"
FIRST = "This is the first step of the epoch"
LAST = "This is the last step of the epoch: Step leads into the next one"
GIVEN = "The letters are given: this step computes no number"
NO_UNDO = "Nothing was opened or set that could be taken back; Back goes back a step"
NO_REDO = "Nothing was taken back"
NOT_MOVED = "No move of more than one step led here"
NOT_BACK = "Previous place was not used just before"
NO_CHANGE = "No number is changed, and none held"
NEVER_MOVED = {
    "undo": NO_UNDO,
    "redo": NO_REDO,
    "all_back": NO_CHANGE,
    "previous_place": NOT_MOVED,
    "next_place": NOT_BACK,
}
AT_FIRST = dict.fromkeys(("start", "over_back", "out_back", "previous_group"), FIRST) | dict.fromkeys(
    ("result", "your_number"), GIVEN
)
AT_LAST = dict.fromkeys(("over", "out", "next_group", "end"), LAST)


@pytest.fixture(autouse=True)
def at_the_start(window):
    window.reset()
    yield
    window.bench.model.cancel_training()
    window.theme.set_zoom(1.0)
    for _ in range(10):  # layouts settle over some turns of the event loop
        settle()


def off(window):
    """What is off, with what it says."""
    shown = {spec.id: window.action(spec.id) for spec in ACTIONS}
    return {name: action.statusTip() for name, action in shown.items() if not action.isEnabled()}


def all_actions(menu):
    for action in menu.actions():
        if not action.isSeparator():
            yield action
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from all_actions(inner)


def assert_all_say_why(window):
    """Every action that a menu or the toolbar shows and that is off has more in its tooltip than its words."""
    menus = [action.menu() for action in window.shell.menuBar().actions()]
    seen = [action for menu in menus for action in all_actions(menu)]
    seen += [button.defaultAction() for button in window.shell.toolbar.buttons.values()]
    assert len(seen) > len(ACTIONS)
    for action in seen:
        if not action.isEnabled():
            assert action.toolTip() not in ("", action.text().replace("&", "")), action.text()
            assert action.toolTip().endswith(action.statusTip()), action.text()
    assert [spec.menu for spec in ACTIONS if not window.shell.menu(spec.menu).toolTipsVisible()] == []


def test_at_the_first_step_of_all(window):
    assert off(window) == NEVER_MOVED | AT_FIRST | {
        "back": "This is the first step of the first epoch",
        "run_back": "This is the first step of the first epoch",
        "previous_epoch": "This is the first epoch",
    }
    assert_all_say_why(window)


def test_in_the_middle(window):
    for _ in range(3):
        window.press("into")
    assert off(window) == NEVER_MOVED | {"previous_epoch": "This is the first epoch"}
    assert_all_say_why(window)


def test_at_the_last_step(window):
    window.press("end")
    expected = NEVER_MOVED | AT_LAST | {"previous_epoch": "This is the first epoch"}
    del expected["previous_place"]
    assert off(window) == expected
    window.press("previous_place")
    assert "next_place" not in off(window)
    assert_all_say_why(window)


def test_after_an_edit_that_was_taken_back(window):
    window.press("into")
    window.bench.rule_button.names["exact"].click()
    assert off(window)["redo"] == NO_REDO
    assert "undo" not in off(window)
    assert window.action("undo").text() == "Undo change of the rule"
    window.press("undo")
    assert off(window)["undo"] == NO_UNDO
    assert "redo" not in off(window)
    assert window.action("redo").text() == "Redo change of the rule"
    assert window.bench.model.state.rule.name == "printed"
    window.press("redo")
    assert window.bench.model.state.rule.name == "exact"


def test_while_an_epoch_is_trained(window):
    window.go_to(62)
    window.bench.model.jump_to_epoch(9_000_000)
    settle()
    said = off(window)
    movers = {spec.id for spec in ACTIONS if spec.command} | {"previous_place", "next_place", "go_to_epoch", "run"}
    movers |= {"run_back", "run_on"}
    assert {said.get(name) for name in movers} == {TRAINING}
    assert_all_say_why(window)
    window.bench.model.cancel_training()
    wait_until(lambda: "into" not in off(window))
    assert TRAINING not in off(window).values()


def test_at_the_smallest_and_the_largest_size(window):
    window.theme.set_zoom(ZOOMS[0])
    assert off(window)["zoom_out"] == "Everything is as small as it can be"
    assert "zoom_in" not in off(window)
    window.theme.set_zoom(ZOOMS[-1])
    assert off(window)["zoom_in"] == "Everything is as large as it can be"
    assert "zoom_out" not in off(window)


@pytest.mark.parametrize("source", ["attention", "embedding"])
@pytest.mark.parametrize("way", ["terms", "timesteps"])
def test_what_is_off_would_do_nothing(window, source, way):
    window.reset(source, way)
    for position in (1, 2, window.length // 2, window.length - 1, window.length):
        window.go_to(position)
        for spec in ACTIONS:
            action = window.action(spec.id)
            if not action.isEnabled() and spec.id not in ("undo", "redo", "your_number", "result"):
                place, state = window.place, window.bench.model.state
                action.setEnabled(True)
                action.trigger()
                action.setEnabled(False)
                assert window.place == place, spec.id
                assert window.bench.model.state == state, spec.id


def test_a_button_without_its_words_says_where_it_leads_and_why_it_does_not(window):
    window.press("end")
    before = window.shell.size()
    window.shell.resize(700, 600)
    settle()
    said = window.action("over").toolTip()
    window.shell.resize(before)
    settle()
    assert said == f"Finish block (F10 or O)\n{LAST}"


def test_every_action_of_the_window_that_is_no_heading_stands_in_the_table(window):
    docks = {dock.toggleViewAction() for dock in window.shell.docks.values()}
    table = {window.action(spec.id) for spec in ACTIONS}
    others = [
        action
        for menu in (window.shell.menu(name) for name in ("Edit", "Step", "Help"))
        for action in all_actions(menu)
        if action not in docks | table
    ]
    assert [action.text() for action in others] == []
