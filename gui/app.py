"""The application: an empty window paints at once, then it is furnished, and core and panels are loaded into it."""

from __future__ import annotations

import builtins
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QSettings,
    QStandardPaths,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from core.commands.cli import WindowRequest
from gui.look.theme import ZOOMS, Theme
from gui.window.main_window import MainWindow
from gui.window.screens import ScreenFollowing, fit_to_screen
from gui.workbench.settings import Settings, palette_for

if TYPE_CHECKING:
    from gui.workbench.workbench import Workbench

_DEFAULT_SIZE = (1440, 900)
# Layouts settle over some turns of the event loop: a picture is taken when two looks at the window are equal.
_LOOK_MILLISECONDS, _MOST_LOOKS, _LONGEST_TURN_MILLISECONDS = 120, 40, 2_000
_COLLECTED = 10_000, 20, 50  # some steps' worth of objects; by default, refuse is looked for several times a step


def run(request: WindowRequest) -> int:
    """Open the window that *request* asks for, or render it to a picture; the exit code."""
    if request.screenshot is not None:
        qInstallMessageHandler(_say)
    # Said as a user would: `setStyle` gives the style back, and Python would make all that hangs on one.
    application = QApplication([*sys.argv[:1], "-style", "Fusion"])
    application.setApplicationName("Chainrule")
    application.setOrganizationName("Chainrule")
    zoom = None if request.zoom is None else min(max(request.zoom, ZOOMS[0]), ZOOMS[-1])
    asked = {"theme": request.theme, "zoom": zoom}
    overrides = {name: value for name, value in asked.items() if value is not None}
    settings = Settings(QSettings() if request.screenshot is None else None, overrides)
    theme = Theme(palette_for(settings.theme, application.palette()), settings.zoom)
    application.setFont(theme.font())
    window = MainWindow(theme)
    window.resize(*(request.size or _DEFAULT_SIZE))
    place = settings.place
    if place is not None and request.size is None:
        window.stand(*place)
    if request.size is None:
        fit_to_screen(window)
    window.show()
    if request.screenshot is not None:
        workbench = fill(request, window, theme, settings)
        complete(request, window, workbench, settings)
        return _take_picture(request, window, workbench)

    def furnish() -> None:
        ScreenFollowing(window)
        workbench = fill(request, window, theme, settings)
        window.centre.show()  # else Qt shows it in the next turn, and paints it after what waits for that
        workbench.formula.catch_up()
        QTimer.singleShot(0, lambda: finish(workbench))

    def finish(workbench: Workbench) -> None:
        complete(request, window, workbench, settings)
        keep(window, workbench)

    window.painted.connect(furnish)
    return application.exec()


def fill(request: WindowRequest, window: MainWindow, theme: Theme, settings: Settings) -> Workbench:
    """Load the core and the formula, and stand where *request* asks; `complete` is for once that is painted."""
    gc.disable()  # all that is made here stays: looking through it for what may go takes time and finds nothing
    # Qt for Python reads the source of every module imported after it, for features that are not used here.
    builtins.__import__ = vars(builtins).get("__orig_import__", builtins.__import__)
    window.furnish()
    from core.lessons.lesson import Lesson
    from core.lessons.lesson_file import open_any
    from core.network.rule import refined
    from core.program.cursor import Cursor
    from gui.workbench.workbench import Workbench

    found = open_any(request.source)
    is_lesson = isinstance(found, Lesson)
    workbench = Workbench(found.source if isinstance(found, Lesson) else found, window, theme, settings)
    if is_lesson:
        workbench.files.lessons.start_with(found, request.source)
    if settings.layout and request.size is None:
        settings.begin()
    _lay_out(request, window, settings)
    if request.rule is not None:
        workbench.model.set_rule(refined(workbench.model.state.rule, request.rule))
    if request.way is not None or (request.step is not None and not is_lesson):
        workbench.model.set_way(request.way)  # a step counts as the command does, whatever was chosen last
    if request.step is not None or request.epoch is not None:
        workbench.model.jump_to(Cursor(request.epoch or workbench.model.state.cursor.epoch, request.step or 1))
    return workbench


def complete(request: WindowRequest, window: MainWindow, workbench: Workbench, settings: Settings) -> None:
    """Load what stands in the docks."""
    workbench.furnish()
    _lay_out(request, window, settings)
    QTimer.singleShot(0, workbench, settings.end)  # once it is laid out and painted
    gc.freeze()  # nor is it looked through later, in the middle of a step
    gc.set_threshold(*_COLLECTED)
    gc.enable()


def keep(window: MainWindow, workbench: Workbench) -> None:
    """Keep from now on what stands in *window* in case it does not end well, and offer what others left so."""
    from gui.workbench.autosave import Autosave

    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    Autosave(Path(data) / "unsaved", window, workbench.files.lessons, workbench.theme)


def _lay_out(request: WindowRequest, window: MainWindow, settings: Settings) -> None:
    """Docks of a window in sight keep what they have: they are laid out, and then given what they should have."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    window.arrangement.share_room()
    if settings.layout and request.size is None:
        window.arrangement.restore(settings.layout)


def _say(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Pass Qt's messages on, but for the offscreen platform's word on an ordinary call that it does not implement."""
    if message != "This plugin does not support propagateSizeHints()":
        sys.stderr.write(f"{message}\n")


def _take_picture(request: WindowRequest, window: MainWindow, workbench: Workbench) -> int:
    """Wait until the window is trained and laid out, then save its picture."""
    wait = QEventLoop()
    if workbench.model.is_training:
        workbench.model.training_ended.connect(wait.quit)
        wait.exec()
    picture, before = window.grab().toImage(), None
    for _ in range(_MOST_LOOKS):
        if picture == before:
            break
        QTimer.singleShot(_LOOK_MILLISECONDS, wait.quit)
        wait.exec()
        # On a busy machine what is laid out in turns may stand still for longer than that.
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _LONGEST_TURN_MILLISECONDS)
        picture, before = window.grab().toImage(), picture
    saved = picture.save(str(request.screenshot))
    window.close()
    if not saved:
        sys.stderr.write(f"chainrule: the picture cannot be written to {request.screenshot}\n")
        return 2
    return 0
