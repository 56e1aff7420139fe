"""What the tests of the window share: a window for each file, sheet A, and nothing is left over afterwards."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QStatusBar, QWidget
from shiboken6 import isValid

from core.sources.opening import open_source
from gui.debugger.model import DebuggerModel
from gui.look.theme import Theme
from tests.gui.driving import Window, opened


def _owned(kind: type[QObject]) -> set[QObject]:
    """The objects of *kind* that the application or one of its windows owns."""
    application = QCoreApplication.instance()
    assert application is not None
    owners: list[QObject] = [application, *_top_level()]
    return {found for owner in owners for found in owner.findChildren(kind) if isValid(found)}


def _known(kind: type[QObject]) -> set[QObject]:
    """The objects of *kind* that Python knows, without the destroyed ones: a search through all there is."""
    objects = gc.get_objects()
    types = {each for each in set(map(type, objects)) if issubclass(each, kind)}  # far fewer than objects
    return {found for found in objects if type(found) in types and isValid(found)}


def _top_level() -> set[QWidget]:
    return set(filter(isValid, QApplication.topLevelWidgets()))


def _at_work(search: Callable[[type[QObject]], set[QObject]]) -> Mapping[str, set[Any]]:
    """What *search* finds of running threads and of active timers, but for the one with which a message goes."""
    timers = [timer for timer in search(QTimer) if isinstance(timer, QTimer) and timer.isActive()]
    return {
        "active timers": {timer for timer in timers if not isinstance(timer.parent(), QStatusBar)},
        "running Qt threads": {each for each in search(QThread) if isinstance(each, QThread) and each.isRunning()},
    }


def _at_a_glance() -> Mapping[str, set[Any]]:
    """Top-level widgets, active timers and running threads."""
    threads = {each for each in threading.enumerate() if not each.name.startswith("pytest_timeout")}
    return {"top-level widgets": _top_level(), "threads": threads, **_at_work(_owned)}


def _left_over(before: Mapping[str, set[Any]], now: Mapping[str, set[Any]]) -> list[str]:
    """What is there *now* that was not *before*, in words."""
    left = [f"{kind}: {found}" for kind, after in now.items() for found in after - before[kind]]
    return [*left, *["work in the global thread pool"] * bool(QThreadPool.globalInstance().activeThreadCount())]


def _collect() -> None:
    """Destroy what is to be destroyed, and what nothing holds but itself."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module", autouse=True)
def nothing_at_work_after_a_file(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a file that leaves active timers or threads that only Python knows, when its window is closed.

    One that is marked `without_qt` can leave nothing, and gets no application.
    """
    if request.node.get_closest_marker("without_qt"):
        yield
        return
    request.getfixturevalue("qapp")
    gc.collect()
    gc.freeze()  # what is there already is passed by: it is twenty times as much as a window
    before = _at_work(_known)
    yield
    _collect()
    left = _left_over(before, _at_work(_known))
    assert not left, "left over after the file: " + "; ".join(left)


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves widgets, timers of theirs or threads; widgets given to qtbot are closed before this.

    What only Python knows is looked for after the file: that search takes longer than most tests.
    """
    if request.node.get_closest_marker("without_qt"):
        yield
        return
    before = _at_a_glance()
    yield
    if _left_over(before, _at_a_glance()):
        _collect()
    left = _left_over(before, _at_a_glance())
    assert not left, "left over after the test: " + "; ".join(left)


@pytest.fixture(scope="module")
def window(qapp: QApplication) -> Iterator[Window]:
    """The window with sheet A, for all tests of a file: making one takes longer than most of them."""
    with opened() as made:
        yield made


@pytest.fixture
def model(qapp: QApplication) -> DebuggerModel:
    """Sheet A at its first step."""
    return DebuggerModel(open_source("attention"))


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light theme at zoom 1, as a test's own."""
    return Theme()
