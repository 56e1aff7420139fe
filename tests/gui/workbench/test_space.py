"""Whatever was clicked, Space is Step: everything in the window that answers to a click is found, clicked and left."""

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from tests.gui.driving import PLAIN, settle, surface, wait_until

Key = Qt.Key
TYPED = (QLineEdit, QAbstractSpinBox, QPlainTextEdit)
OPENS_A_FIELD = "Checkmyworksheet"  # there one types
PRESSED = (QAbstractButton, QComboBox, QTabBar)


def answers_to_clicks(widget):
    """Whether a class of ours, or one of Qt's that is pressed, does something with the mouse there."""
    if not (widget.isVisible() and widget.isEnabled()) or widget.visibleRegion().isEmpty():
        return False
    if isinstance(widget, TYPED) or isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox)):
        return False
    ours = (vars(kind) for kind in type(widget).__mro__ if kind.__module__.startswith("gui."))
    takes = any("mousePressEvent" in names or "mouseReleaseEvent" in names for names in ours)
    return takes or isinstance(widget, (*PRESSED, QAbstractItemView))


def spots(widget):
    """Where to click: every tab of a bar; of what shows many things some places; of all else the middle."""
    if isinstance(widget, QTabBar):
        return [widget.tabRect(index).center() for index in range(widget.count())]
    middle = surface(widget).visibleRegion().boundingRect().center()
    if isinstance(widget, PRESSED):
        return [middle]
    return [middle, QPoint(min(30, middle.x()), min(12, middle.y()))]


def name_of(widget, number):
    """What is the same at every step: where it stands in the tree of widgets, its class and what it is called."""
    above, path = widget, []
    while above is not None:
        path.append(above.objectName() or type(above).__name__)
        above = above.parentWidget()
    said = widget.text() if isinstance(widget, QAbstractButton) else widget.accessibleName()
    return "/".join(reversed(path)), "".join(letter for letter in said if letter.isalpha()), number


def clickable(shell):
    found: dict[tuple[str, str, int], tuple[QWidget, QPoint]] = {}
    for widget in shell.findChildren(QWidget):
        if widget.window() in (shell, *shell.docks.values()) and answers_to_clicks(widget):
            for number, spot in enumerate(spots(widget)):
                found.setdefault(name_of(widget, number), (widget, spot))
    return found


def close_what_opened():
    """Popups and dialogs are left by Escape, as a user would."""
    while (opened := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
        QTest.qWaitForWindowExposed(opened)
        QTest.keyClick(opened.focusWidget() or opened, Key.Key_Escape)
        settle()


def click_and_leave(shell, widget, spot):
    """Click; what waits in a loop of its own until it is closed is closed from within."""
    closer = QTimer()
    closer.timeout.connect(close_what_opened)
    closer.start(100)
    QTest.mouseClick(surface(widget), Qt.MouseButton.LeftButton, PLAIN, spot)
    settle()
    closer.stop()
    close_what_opened()
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, QDialog) and dialog.isVisible():
            dialog.close()
    settle()
    if QApplication.activeWindow() is None:  # the desktop goes back to the window when another has been closed
        shell.activateWindow()
        QTest.qWaitForWindowActive(shell)


def stand_at(window, source, position, typed, way):
    """The same for every click: at a step, with an answer where something is *typed*."""
    shell, model = window.shell, window.bench.model
    model.cancel_training()
    if window.bench.undo.canUndo() or model.state.source.name != source:
        window.reset(source)
    if any(dock.isFloating() or dock.isHidden() for dock in shell.docks.values()):
        shell.arrangement.reset()
    model.set_way(way)
    window.go_to(position)
    window.activate()
    if typed and not window.bench.formula.prompt.answer.isVisible():
        window.key(Key.Key_Question)
        window.type(typed)
        window.key(Key.Key_Return)


@pytest.fixture(scope="module", autouse=True)
def all_pages_made(window):
    """What a page makes when it is first looked at is there before a test begins to count."""
    for dock in window.shell.docks:
        for bar in window.front(dock).findChildren(QTabBar):
            for page in (*range(bar.count()), 0):
                bar.setCurrentIndex(page)
                settle()


@pytest.fixture(scope="module")
def seen():
    """What was clicked already, at another step."""
    return set()


@pytest.mark.parametrize(
    ("source", "position", "typed", "way"),
    [("attention", 74, "0.0402", "terms"), ("attention", 63, "", "terms"), ("attention", 4, "", "terms"),
     ("embedding", 75, "3", "terms"), ("embedding", 88, "", "terms"), ("attention", 50, "", "timesteps"),
     ("attention", 78, "", "timesteps")],
)  # fmt: skip
def test_after_every_click_space_steps(window, seen, source, position, typed, way):
    wrong = []
    found: dict[tuple[str, str, int], tuple[str, QWidget, QPoint]] = {}
    stand_at(window, source, position, typed, way)
    for dock in window.shell.docks:
        window.front(dock)
        new = {name: (dock, *there) for name, there in clickable(window.shell).items() if name not in {*seen, *found}}
        new = {name: there for name, there in new.items() if not name[1].startswith(OPENS_A_FIELD)}
        found.update(new)
    assert len(found) > 3  # what was not there at the steps before
    for name, (dock, widget, spot) in found.items():
        if not (isValid(widget) and answers_to_clicks(widget)):
            stand_at(window, source, position, typed, way)
            window.front(dock)
            if name not in clickable(window.shell):  # what stood there was changed by a click before
                continue
            widget, spot = clickable(window.shell)[name]
        seen.add(name)
        click_and_leave(window.shell, widget, spot)
        wait_until(lambda: not window.bench.model.is_training)
        epoch, step = window.place
        window.key(Key.Key_Space)
        expected = (epoch, step + 1) if step < window.length else (epoch + 1, 1)
        if window.place != expected:
            wrong.append((name, (epoch, step), window.place, type(QApplication.focusWidget()).__name__))
    stand_at(window, source, position, "", "terms")
    assert wrong == []
