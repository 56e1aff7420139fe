"""Random hands: all that a user may do in the window, each of it at random."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from shiboken6 import isValid

from core.network.initial import initial
from core.network.network import Network
from core.network.number import Number
from core.network.rule import EXACT
from core.network.symbols import exists
from core.network.task import Loss, Output, Task
from core.program.program import Address, Phase
from core.sources.source import Source
from core.watching.stop import AtKind, AtStep
from gui.window.actions import ACTIONS
from tests.gui.driving import ALT, CTRL, PLAIN, SHIFT, surface

FILES = [
    "network.json",
    "arrays.csv",
    "terms.npz",
    "none",
    "one.chainrule",
    "two.chainrule",
]  # by which a dialog for files is answered, if it is
KEYS = [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Left,
        Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown, Qt.Key.Key_F6, Qt.Key.Key_F10, Qt.Key.Key_F11, Qt.Key.Key_Plus, Qt.Key.Key_Minus,
        Qt.Key.Key_0, Qt.Key.Key_H, Qt.Key.Key_P, Qt.Key.Key_U, Qt.Key.Key_O, Qt.Key.Key_Question, Qt.Key.Key_A,
        Qt.Key.Key_Z, Qt.Key.Key_Delete, Qt.Key.Key_W, Qt.Key.Key_F2, Qt.Key.Key_F5, Qt.Key.Key_F9]  # fmt: skip
WORDS = ["ab", "banana", "hello", "aaaa", "a", "", "é", "x" * 40, "ab" * 700]
NUMBERS = ["0.0402", "-0.0274", "1", "0", "nan", "1e308", "[1 2; 3 4]", "0.1, 0.2, 0.3, 0.4", "+", "-", "U = [1]"]
LINES = ["h1 = 0.1432", "h1 = 0.1432\nL1 = 1.3\ndL/dW = 0.0402", "nonsense", ""]
EXPRESSIONS = ["h[2]", "dW", "norm(dW)", "W @ h[1]", "alpha[3,1]", "L", "yhat[2]", "dW_so_far", "h[99]", "i[2]", "1/0",
               "L < 2", "abs(dW) > 1", "dW changes sign", "h[2] crosses 0.5", "L > 0", "h[1][1]", "((", "norm(h)", "U",
               "L < 5.8", "dW[1,1]", "C[2]", "exp(1000)", "dL/dh[1]", "x[1]"]  # fmt: skip
QUERIES = ["h3", "dW 3 3 2", "epoch 40", "step over", "softmax 2", "color", "sum of W", "zzzz", "", "dL/dh 2",
           "erratum", "W", "loss", "17 digits", "exact rule", "help", "0.0274", "C2", "é", "run", "12"]  # fmt: skip
VALUES = ["0.5", "-0.6", "0", "1", "-2", "1e308", "nan", "x", "0.3333333", "", "1e-300", "e", "h", "l", "-1e308", "3"]
LESSONS = ["one.chainrule", "two.chainrule"]


KINDS = [(cell, embedded, attention) for cell in ("tanh", "relu", "sigmoid", "lstm", "gru")
         for embedded in (False, True) for attention in (False, True)]  # fmt: skip
NUMBERED: list[tuple[Output, Loss]] = [
    ("linear", "squared"),
    ("linear", "half-squared"),
    ("sigmoid", "logistic"),
    ("none", "squared"),
]


def of_letters(cell, embedded, attention):
    """A network that reads letters."""
    network = Network(tuple("helo"), (0, 1, 2, 2), (1, 2, 2, 3), 2, 2 if embedded else None, attention, cell)
    return Source("own", f"Own {cell}", network, initial(network, "uniform", 3), EXACT, 0.1)


def of_numbers(cell, output, loss):
    """A network that reads vectors of numbers, with one timestep that has no target."""
    read, wanted = ((1.0, 2.0), (0.5, 3.0), (-1.0, 0.0)), ((0.2, 0.4), None, (0.75, 0.25))
    task = Task(output, loss, "mean", "two", (("h", (0.1, -0.2)),), read, wanted)
    network = Network((), (), (), 2, None, cell == "tanh", cell, task)
    return Source("own", "Numbers", network, initial(network, "uniform", 4), EXACT, 0.1)


def is_usable(widget):
    """Whether it can be pointed at."""
    return widget.isVisible() and widget.isEnabled() and not widget.visibleRegion().isEmpty()


class Hands:
    """What a user may do, each a method that does one of its kind at random."""

    def __init__(self, window, seed):
        self.window, self.chance = window, random.Random(seed)
        self.done: deque[str] = deque(maxlen=12)  # the last of it; thousands of words would weigh too
        self.seen: list[QWidget] = []
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
            (30, self.action), (22, self.key), (20, self.click), (4, self.menu), (3, self.word), (6, self.ask),
            (2, self.lines), (3, self.dock), (2, self.resize), (1, self.sheet), (3, self.epoch), (1, self.rate),
            (4, self.wheel), (2, self.way), (2, self.network), (8, self.what_if), (2, self.let_go), (4, self.watch),
            (4, self.stop), (5, self.run), (2, self.note), (1, self.below), (5, self.find), (5, self.why),
            (2, self.save), (2, self.lesson), (3, self.take_back),
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
        """All that can be used, from the top down: in what is out of sight or off, nothing can.

        No search of the whole window: whatever Python once saw of it is kept until the window goes. What was found is
        held until the next time, since what Qt made is not known to Python any more when what it lies in is not.
        """
        self.seen = [self.in_front() or self.window.shell]
        for widget in self.seen:  # which grows meanwhile
            self.seen += [child for child in widget.children() if isinstance(child, QWidget) and is_usable(child)]
        return self.seen

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
        link = self.window.bench.formula.head.other_way
        if link.isVisible() and self.chance.random() < 0.5:
            QTest.mouseClick(link, Qt.MouseButton.LeftButton)
            return link.text()
        way = self.chance.choice(["terms", "timesteps"])
        self.window.bench.panels["program"].way_asked.emit(way)
        return way

    def network(self):
        """Another network: of any cell, of letters or of numbers."""
        cell, embedded, attention = self.chance.choice(KINDS)
        output, loss = self.chance.choice(NUMBERED)
        by_letters = self.chance.random() < 0.7
        source = of_letters(cell, embedded, attention) if by_letters else of_numbers(cell, output, loss)
        self.window.bench.files.lessons.open(source)
        return f"{cell} {(embedded, attention) if by_letters else (output, loss)}"

    def number(self):
        """A number of the network that is open, the likelier the more of its kind there are."""
        view = self.window.bench.model.view
        network, t = view.network, self.chance.randrange(view.network.T + 1)
        names = [*network.parameter_shapes, *(f"{name}[{t}]" for name in view.program.stages if name != "letter"),
                 *(f"dL/d{name}" for name in network.parameter_shapes), "eta", "L", f"x[{t}]", f"y[{t}]", f"h[{t}]",
                 f"dL/dh[{t}]", f"alpha[{t},{max(t - 1, 1)}]", f"A[{t},1]", f"dL/dW[{t},{t},1]",
                 f"a[{t}]",
                 *(f"{name}_new" for name in network.parameter_shapes)]  # fmt: skip
        return Number(self.chance.choice([name for name in names if exists(name, network)]))

    def what_if(self):
        """Change, scale or hold a number, by typing or with the slider, and end it in some way or not at all."""
        what_if, number = self.window.bench.what_if, self.number()
        what_if.change(self.window.bench.numbers.placed(number), whole=self.chance.random() < 0.2)
        card, said = what_if.card, f"{number.symbol}"
        if not what_if.is_open:
            return f"{said} not"
        if self.chance.random() < 0.2 and card.ranging.isEnabled():
            card.ranging.click()
        for _ in range(self.chance.randrange(1, 4)):
            if self.chance.random() < 0.5:
                value = self.chance.choice(VALUES)
                card.field.selectAll()
                QTest.keyClicks(card.field, value) if value else QTest.keyClick(card.field, Qt.Key.Key_Delete)
                said += f" {value}"
            else:
                QTest.keyClick(card.slider, self.chance.choice([Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_Home]))
            QApplication.processEvents()
        key = self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape, None])
        if key is not None and card.isVisible():
            QTest.keyClick(card.field, key)
        return f"{said} {key.name if key is not None else 'left'}"

    def let_go(self):
        changes = list(self.window.bench.model.state.changes.values)
        if changes:
            self.window.bench.what_if.let_go(self.chance.choice(changes))
        return str(len(changes))

    def watch(self):
        """Shift+F9 and an expression or a condition; or a number by its menu."""
        if self.chance.random() < 0.3:
            number = self.number()
            stopping = self.window.bench.stopping
            stopping.toggle_watch(number.symbol, stopping.entry(number))
            return number.symbol
        text = self.chance.choice(EXPRESSIONS)
        self.press("watch")
        panel = self.window.bench.panels["watch"]
        panel.field.setText("")
        QTest.keyClicks(panel.field, text)
        QTest.keyClick(panel.field, self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape]))
        return text

    def stop(self):
        """A stop at a step, at a kind of step, or where a number changes."""
        stopping, view = self.window.bench.stopping, self.window.bench.model.view
        position = self.chance.randrange(1, len(view.program) + 1)
        kind = self.chance.choice(["softmax", "t 3", "sum", "update", "term W", "h"])
        at = self.chance.choice([AtStep(view.program[position]), AtKind(kind),
            stopping.changing(self.number()), AtStep(Address(Phase.BACKWARD, "E", (2, 2, 1)))])  # fmt: skip
        stopping.toggle(at)
        return str(at)

    def run(self):
        return self.press(self.chance.choice(["run", "run", "run_back", "run_on"]))

    def note(self):
        self.press("note")
        QApplication.processEvents()
        target = QApplication.focusWidget() or self.window.shell
        QTest.keyClicks(target, "look")
        QTest.keyClick(target, self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape]))
        return ""

    def below(self):
        loss = self.window.front("loss")
        text = self.chance.choice(["2", "5.8", "1e-9", "x", "", "1e300"])
        loss.below.setText(text)
        QTest.keyClick(loss.below, Qt.Key.Key_Return)
        return text

    def find(self):
        query = self.chance.choice(QUERIES)
        field = self.window.bench.find.field
        self.press("find")
        QTest.keyClicks(field, query) if query.isascii() else field.setText(query)
        for _ in range(self.chance.choice([0, 0, 1, 3])):
            QTest.keyClick(field, Qt.Key.Key_Down)
        QTest.keyClick(field, self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape]))
        return query

    def why(self):
        """The trail of a number, opened at some of its lines and gone along."""
        number = self.number()
        placed = self.window.bench.numbers.placed(number)
        self.window.bench.show_why(placed)
        tree = self.window.bench.panels["why"].tree
        moves = [Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left]
        for _ in range(self.chance.randrange(6)):
            QTest.keyClick(tree, self.chance.choice(moves))
        if self.chance.random() < 0.3:
            QTest.keyClick(tree, Qt.Key.Key_Return)
        return f"{number.symbol}"

    def save(self):
        return self.press(self.chance.choice(["save_lesson", "save_lesson_as", "save_class_copy"]))

    def lesson(self):
        """Open a lesson that was saved, if it was."""
        name = self.chance.choice(LESSONS)
        if Path(name).exists():
            self.window.bench.files.open(name)
        return name

    def take_back(self):
        for _ in range(self.chance.randrange(1, 4)):
            self.press("undo")
        return self.press(self.chance.choice(["undo", "redo"]))

    def press(self, name):
        action = self.window.action(name)
        if action.isEnabled():
            action.trigger()
        return name

    def wheel(self):
        model = self.window.bench.model
        position = self.chance.randrange(1, len(model.view.program) + 1)
        model.go_to_position(position)
        return f"to {position}"
