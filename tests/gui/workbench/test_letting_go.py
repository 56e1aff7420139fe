"""What nobody can come back to is let go: of another network nothing is kept once every panel shows the new one."""

from __future__ import annotations

import gc
import weakref

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QVBoxLayout, QWidget
from shiboken6 import isValid

from core.epoch.epoch import Epoch
from core.network.number import Number
from core.program.program import Address, Phase
from core.watching.stop import AtKind
from tests.gui.driving import click, settle, wait_until


def look_around(window):
    """At steps of several kinds, and in every panel."""
    for position in range(2, window.length, 25):
        window.go_to(position)
    for name in window.shell.docks:
        window.front(name)


def test_of_a_network_that_was_left_no_training_is_kept(window):
    window.reset("embedding")
    for way in ("terms", "timesteps"):
        window.bench.model.set_way(way)
        window.bench.model.jump(Address(Phase.BACKWARD, "W"))
        look_around(window)
    own = window.bench.panels["sheet"].own
    for lines in ("h1 = 0.1", ""):
        own.editor.setPlainText(lines)
        wait_until(lambda: not own._timer.isActive())
    window.bench.stopping.toggle(AtKind("softmax"))
    for name in ("start", "run"):
        window.press(name)
    wait_until(lambda: not window.bench.stopping.runner.is_running)
    left = weakref.ref(window.bench.model.view.training)
    window.reset("attention")
    look_around(window)
    gc.collect()
    assert left() is None


def test_pages_that_are_not_shown_again_keep_nothing_of_a_network_that_was_left(window):
    window.reset("embedding", way="terms")
    window.bench.model.jump(Address(Phase.BACKWARD, "W"))
    look_at = window.front("contributions"), window.front("rules")
    for form in ("Table", "Log", "Bars"):
        click(look_at[0].form.button(form))
    for tab in (2, 0):
        look_at[1].tabs.setCurrentIndex(tab)
        settle()
    left = weakref.ref(window.bench.model.view.training)
    window.reset("attention")  # at its first step, where neither has anything to show
    for name in window.shell.docks:
        window.front(name)
    gc.collect()
    assert left() is None


def test_why_keeps_no_epoch_of_a_number_that_another_network_lacks(window):
    window.reset("embedding")
    window.bench.model.jump_to_epoch(9)
    window.front("why")
    window.bench.panels["why"].ask(Number("E", (0, 0), 9))
    settle()
    tree = window.bench.panels["why"].tree
    tree.setCurrentItem(tree.topLevelItem(0))
    for _ in range(6):
        QTest.keyClick(tree, Qt.Key.Key_Asterisk)
        settle()
    window.reset("attention")
    window.front("why")
    for name in window.shell.docks:
        window.front(name)
    gc.collect()
    assert not any(isinstance(each, Epoch) and each.network.embedding_size for each in gc.get_objects())


def test_python_holds_no_widget_that_is_gone_because_it_was_found_once(window):
    def found():
        window.key(Qt.Key.Key_Tab)
        window.key(Qt.Key.Key_F6)
        window.press("reset_layout")
        window.bench.formula.prompt.field.setText("x")  # which has an answer at once
        QTest.keyClick(window.bench.formula.prompt.field, Qt.Key.Key_Return)
        settle()

    def held(widget):
        """What goes when *widget* goes, and no sooner."""
        return [each for each in gc.get_referents(widget) if isinstance(each, QWidget)]

    def dead():
        owners = [window.shell, *held(window.shell), window.bench.formula.prompt.answer]
        return sum(not isValid(each) for owner in owners for each in held(owner))

    found()
    before = dead()
    for _ in range(3):
        dialog = QDialog(window.shell)
        QVBoxLayout(dialog).addWidget(QComboBox())  # in which Qt makes widgets of its own
        dialog.show()
        found()
        dialog.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window.activate()
    assert dead() == before
