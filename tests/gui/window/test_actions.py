"""The table of actions: ids, keys, menus and commands that fit together."""

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest

from core.program.cursor import Command
from gui.look.icons import path
from gui.window.actions import ACTIONS, MENUS, key_text, tooltip
from gui.window.help import HelpDialog, help_html
from tests.gui.driving import opened, settle


def test_ids_and_keys_are_given_once():
    assert Counter(spec.id for spec in ACTIONS).most_common(1)[0][1] == 1
    assert Counter(key for spec in ACTIONS for key in spec.shortcuts).most_common(1)[0][1] == 1


def test_no_two_actions_of_the_window_share_a_key(window):
    keys = Counter(key.toString() for action in window.shell.findChildren(QAction) for key in action.shortcuts())
    assert keys
    assert [key for key, times in keys.items() if times > 1] == []


def test_the_tooltip_of_every_action_names_its_keys_wherever_one_stands(window):
    for position in (1, 40, 63, 74, 121):  # where an action leads is in its words
        window.go_to(position)
        for action in window.shell.findChildren(QAction):
            named = action.toolTip().rpartition("(")[2]
            for key in action.shortcuts():
                assert key.toString(QKeySequence.SequenceFormat.NativeText) in named, action.objectName()


def test_escape_closes_the_help_and_the_window_has_the_keyboard_again(qapp):
    with opened() as window:
        window.press("help")
        (help_page,) = window.shell.findChildren(HelpDialog)
        QTest.qWaitForWindowExposed(help_page)
        QTest.keyClick(help_page.page, Qt.Key.Key_Escape)
        settle()
        assert not help_page.isVisible()
        window.activate()
        before = window.place
        window.key(Qt.Key.Key_Space)
        assert window.place != before


def test_every_command_of_the_debugger_has_just_one_action():
    assert sorted(spec.command for spec in ACTIONS if spec.command) == sorted(command.name for command in Command)


def test_every_action_says_what_it_does_and_stands_in_a_menu():
    for spec in ACTIONS:
        assert spec.text, spec.id
        assert spec.tip, spec.id
        assert spec.menu in MENUS, spec.id


def test_every_icon_is_there():
    assert [spec.id for spec in ACTIONS if spec.icon and not path(spec.icon).is_file()] == []


def test_a_tooltip_ends_with_the_keys():
    spec = next(spec for spec in ACTIONS if spec.id == "over")
    assert tooltip(spec).endswith("(F10 or O)")
    without = next(spec for spec in ACTIONS if not spec.shortcuts)
    assert tooltip(without) == without.tip


def test_the_help_page_has_every_action_with_its_keys():
    page = help_html()
    for spec in ACTIONS:
        assert spec.text.replace("&", "&amp;") in page
        assert all(key_text(key) in page for key in spec.shortcuts)
