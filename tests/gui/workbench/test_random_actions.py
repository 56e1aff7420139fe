"""Random hands in the real window: nothing fails, nothing warns, and what is shown is what a fresh evaluation gives.

`RANDOM_ACTIONS=20000 RANDOM_SEED=3` before the command does as many actions, from another seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from shiboken6 import isValid

from core.epoch.epoch import run_epoch
from core.steps.evaluate import evaluate
from gui.window.actions import ACTIONS
from tests.gui.driving import ALT, CTRL, PLAIN, SHIFT, opened, settle, surface

COUNT = int(os.environ.get("RANDOM_ACTIONS", "15"))
SEED = int(os.environ.get("RANDOM_SEED", "1"))
FILES = ["network.json", "arrays.csv", "terms.npz", "none"]  # by which a dialog for files is answered, if it is
KEYS = [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Left,
        Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown, Qt.Key.Key_F6, Qt.Key.Key_F10, Qt.Key.Key_F11, Qt.Key.Key_Plus, Qt.Key.Key_Minus,
        Qt.Key.Key_0, Qt.Key.Key_H, Qt.Key.Key_P, Qt.Key.Key_U, Qt.Key.Key_O, Qt.Key.Key_Question, Qt.Key.Key_A,
        Qt.Key.Key_Z, Qt.Key.Key_Delete]  # fmt: skip
WORDS = ["ab", "banana", "hello", "aaaa", "a", "", "é", "x" * 40, "ab" * 700]
NUMBERS = ["0.0402", "-0.0274", "1", "0", "nan", "1e308", "[1 2; 3 4]", "0.1, 0.2, 0.3, 0.4", "+", "-", "U = [1]"]
LINES = ["h1 = 0.1432", "h1 = 0.1432\nL1 = 1.3\ndL/dW = 0.0402", "nonsense", ""]


class Hands:
    """What a user may do, each a method that does one of its kind at random."""

    def __init__(self, window, seed):
        self.window, self.chance = window, random.Random(seed)
        self.done: list[str] = []
        self.turn = 0

    def act(self):
        """Do one thing; where that waits for an answer, give one."""
        self.turn += 1
        QTimer.singleShot(5, partial(self.attend, self.turn))
        try:
            self.do()
        finally:
            self.turn += 1

    def attend(self, turn, patience=4):
        """Use the dialog or menu that what was done in that *turn* waits for, and leave it in the end."""
        if turn != self.turn:
            return
        waiting = self.in_front()
        # First, since what is done now may wait too.
        QTimer.singleShot(5, partial(self.attend, turn, patience - 1 if waiting is not None else 4))
        if waiting is None:
            return
        if isinstance(waiting, QFileDialog):
            self.answer(waiting)
        elif patience <= 0:
            waiting.reject() if isinstance(waiting, QDialog) else waiting.close()
        else:
            self.done.append(f"in {type(waiting).__name__}")
            self.done[-1] += f" {self.chance.choice([self.key, self.click])()}"

    def answer(self, dialog):
        """Cancel a dialog for files, or give it a name in the folder of the test; its keys could delete files."""
        name = self.chance.choice([None, *FILES])
        self.done.append(f"file {name}")
        if name is None:
            dialog.reject()
        else:
            dialog.selectFile(name)
            dialog.accept()
            if dialog.isVisible():  # there is no such file
                dialog.reject()

    def in_front(self):
        """The menu, list or dialog that alone can be used, if there is one."""
        return QApplication.activePopupWidget() or QApplication.activeModalWidget()

    def do(self):
        kinds: list[tuple[int, Callable[[], str]]] = [
            (30, self.action), (22, self.key), (20, self.click), (4, self.menu), (5, self.word), (6, self.ask),
            (2, self.lines), (3, self.dock), (2, self.resize), (1, self.sheet), (3, self.epoch), (1, self.rate),
            (3, self.wheel), (2, self.way),
        ]  # fmt: skip
        kind = self.chance.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0]
        self.done.append(kind.__name__)
        self.done[-1] = f"{kind.__name__} {kind()}"

    def action(self):
        specs = [spec for spec in ACTIONS if spec.id != "quit"]
        # To dress the whole window anew takes as long as thirty other actions.
        spec = self.chance.choices(specs, [0.1 if spec.id.startswith(("theme", "zoom")) else 1 for spec in specs])[0]
        action = self.window.action(spec.id)
        if action.isEnabled():
            action.trigger()
        return spec.id

    def key(self):
        key, modifiers = self.chance.choice(KEYS), self.chance.choices([PLAIN, SHIFT, CTRL, ALT], [8, 2, 1, 1])[0]
        QTest.keyClick(self.target(), key, modifiers)
        return f"{key.name} {modifiers.name}"

    def target(self):
        popup = QApplication.activePopupWidget()
        return popup or QApplication.focusWidget() or QApplication.activeWindow() or self.window.shell

    def widgets(self):
        root = self.in_front() or self.window.shell
        return [found for found in [root, *root.findChildren(QWidget)] if found.isVisible() and found.isEnabled()
                and not found.visibleRegion().isEmpty()]  # fmt: skip

    def spot(self):
        """A place that can be pointed at, and what it is in words."""
        widget = self.chance.choice(self.widgets() or [self.window.shell])
        target = surface(widget)
        spot = QPoint(self.chance.randrange(max(target.width(), 1)), self.chance.randrange(max(target.height(), 1)))
        return target, spot, f"{type(widget).__name__} {widget.objectName()} {spot.toTuple()}"

    def click(self):
        target, spot, words = self.spot()
        QTest.mouseMove(target, spot)
        press = self.chance.choices([QTest.mouseClick, QTest.mouseDClick], [8, 1])[0]
        if isValid(target):  # else it went as the mouse came
            press(target, Qt.MouseButton.LeftButton, self.chance.choice([PLAIN, PLAIN, SHIFT, CTRL]), spot)
        return words

    def menu(self):
        target, spot, words = self.spot()
        reason = self.chance.choice([QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard])
        QApplication.sendEvent(target, QContextMenuEvent(reason, spot, target.mapToGlobal(spot)))
        return f"{reason.name} {words}"

    def word(self):
        word = self.chance.choice(WORDS)
        self.window.bench.files.word.focus_field()
        self.window.bench.files.word.field.setText(word)
        QTest.keyClick(self.window.bench.files.word.field, Qt.Key.Key_Return)
        return word[:10]

    def ask(self):
        text = self.chance.choice(NUMBERS)
        field = self.window.bench.formula.prompt.field
        field.setText(text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        return text

    def lines(self):
        text = self.chance.choice(LINES)
        self.window.bench.panels["sheet"].own.set_text(text)
        return text[:12]

    def dock(self):
        name, dock = self.chance.choice(list(self.window.shell.docks.items()))
        how = self.chance.choice(["close", "show", "float", "dock", "raise"])
        if how == "close":
            dock.close()
        elif how in ("float", "dock"):
            dock.setFloating(how == "float")
        else:
            dock.show()
            dock.raise_()
        return f"{name} {how}"

    def resize(self):
        size = self.chance.choice([(1440, 900), (1280, 720), (1024, 640), (700, 450), (1900, 1000)])
        self.window.shell.resize(*size)
        return str(size)

    def sheet(self):
        name = self.chance.choice(["attention", "embedding"])
        self.window.bench.files.open(name)
        return name

    def epoch(self):
        epoch = self.chance.choice([1, 2, 3, 25, 60])
        self.window.bench.model.jump_to_epoch(epoch)
        return str(epoch)

    def rate(self):
        rate = self.chance.choice(["0.1", "0", "1e308", "3", "x"])
        field = self.window.shell.toolbar.learning_rate
        field.setFocus()
        field.setText(rate)
        QTest.keyClick(field, Qt.Key.Key_Return)
        return rate

    def way(self):
        """Back the other way, by the link of a step where there is one."""
        link = self.window.bench.formula.other_way
        if link.isVisible() and self.chance.random() < 0.5:
            QTest.mouseClick(link, Qt.MouseButton.LeftButton)
            return link.text()
        way = self.chance.choice(["terms", "timesteps"])
        self.window.bench.panels["program"].way_asked.emit(way)
        return way

    def wheel(self):
        model = self.window.bench.model
        position = self.chance.randrange(1, len(model.view.program) + 1)
        model.go_to_position(position)
        return f"to {position}"


def leave_dialogs(window):
    """Close what was opened beside the window now and then, so that it is not all that is clicked."""
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget is not window.shell and widget not in window.shell.docks.values():
            widget.close()
    settle()


def shown(window):
    """Everything that should agree: the place, the title and the numbers, and what a fresh evaluation says."""
    view = window.bench.model.view
    epoch = view.epoch
    fresh = run_epoch(epoch.network, epoch.tape.parameters, epoch.rule, epoch.learning_rate, epoch.number)
    step = evaluate(fresh, view.program[view.cursor.position], view.program.way)
    assert window.place == (view.cursor.epoch, view.cursor.position)
    assert window.bench.formula.title.text() == step.formula.title
    if not view.hidden and step.value.size == 1:
        found = window.result()
        if found and len(found) == 1 and len(found[0]) == 1:
            assert found[0][0] == view.form(float(step.value.ravel()[0]))


def test_random_hands_break_nothing(qtbot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    with opened() as window:
        window.action("quit").setEnabled(False)
        break_nothing(window, qtbot)


def break_nothing(window, qtbot):
    hands = Hands(window, SEED)
    for count in range(COUNT):
        try:
            with qtbot.captureExceptions() as caught:
                hands.act()
                settle()
            assert not caught
            if not window.bench.model.is_training:
                shown(window)
            if count % 10 == 9:
                leave_dialogs(window)
                window.activate()
        except BaseException as error:
            error.add_note(f"seed {SEED}, action {count}; the last: {'; '.join(hands.done[-12:])}")
            raise
    leave_dialogs(window)
    window.bench.model.cancel_training()
