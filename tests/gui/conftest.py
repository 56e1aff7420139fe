"""What the tests of the window share: a window for each file, sheet A, and nothing is left over afterwards."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator

import pytest

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from core.sources.opening import open_source
from gui.debugger.model import DebuggerModel
from gui.look.theme import Theme
from tests.gui.driving import Window, opened


def _alive(*kinds: type[QObject]) -> list[QObject]:
    """The objects of *kinds* that Python knows or that the application owns, without the destroyed ones."""
    application = QCoreApplication.instance()
    assert application is not None
    objects = gc.get_objects()
    types = {kind for kind in set(map(type, objects)) if issubclass(kind, kinds)}  # far fewer than objects
    known = [found for found in objects if type(found) in types]
    owned = [found for kind in kinds for found in application.findChildren(kind)]
    return [found for found in {id(found): found for found in [*known, *owned]}.values() if isValid(found)]


def _left_over() -> dict[str, set[object]]:
    """Top-level widgets, active timers and running threads."""
    alive = _alive(QTimer, QThread)
    return {
        "top-level widgets": {widget for widget in QApplication.topLevelWidgets() if isValid(widget)},
        "active timers": {timer for timer in alive if isinstance(timer, QTimer) and timer.isActive()},
        "running Qt threads": {thread for thread in alive if isinstance(thread, QThread) and thread.isRunning()},
        "threads": set(threading.enumerate()),
    }


@pytest.fixture(scope="session", autouse=True)
def modules_set_aside() -> None:
    """Keep what the imports made out of the searches below: it is twenty times as much as a window."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves widgets, active timers or threads; widgets given to qtbot are closed before this.

    A test that is marked `without_qt` can leave nothing, and gets no application.
    """
    if request.node.get_closest_marker("without_qt"):
        yield
        return
    request.getfixturevalue("qapp")
    before = _left_over()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    after = _left_over()
    left = [f"{kind}: {found}" for kind in after for found in after[kind] - before[kind]]
    if QThreadPool.globalInstance().activeThreadCount():
        left.append("work in the global thread pool")
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
