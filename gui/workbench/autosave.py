"""What stands in the window is kept beside it while it is open, and offered after an end that was none."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QLockFile, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QMainWindow, QPushButton, QSizePolicy, QToolBar

from core.lessons.unsaved import keep, kept, where_kept
from core.writing.files import FileError
from gui.look.theme import Theme
from gui.widgets.parts.speech import announce
from gui.window.main_window import MainWindow
from gui.workbench.lessons import Lessons

_PAUSE = 3000  # milliseconds from a change until it is kept; what comes meanwhile is kept with it
_SHARE = 50  # of the time, at most one part in so many is spent on keeping
_KEPT, _LOCK, _TRIED = ".unsaved", ".lock", "-tried"


@dataclass(frozen=True, slots=True, eq=False)
class LeftOver:
    """What a window left that did not end well. *lock*: held, so that no other window offers it too."""

    path: Path
    lock: QLockFile


class OfferBar(QToolBar):
    """A bar below the toolbar that offers something, and is in nobody's way: words, and what can be done about them.

    Signals:
        taken(), declined(): what the user chose.
    """

    taken = Signal()
    declined = Signal()

    def __init__(self, window: QMainWindow, theme: Theme, take: str, decline: str) -> None:
        """*take*, *decline*: the texts of the two buttons, each with its mnemonic."""
        super().__init__("Offer", window)
        self._theme = theme
        self.setObjectName("offer")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        self.words = QLabel(wordWrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.words.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        self.take, self.decline = QPushButton(take), QPushButton(decline)
        for part in (self.words, self.take, self.decline):
            self.addWidget(part)
        for button in (self.take, self.decline):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.take.clicked.connect(self.taken)
        self.decline.clicked.connect(self.declined)
        window.addToolBarBreak()
        window.addToolBar(self)

    def offer(self, words: str) -> None:
        """Say what is offered, to a screen reader too."""
        self.words.setText(words)
        announce(self, words)


class Autosave(QObject):
    """Keeps what stands in *window* in *folder*, under a lock of this process, and offers what others left there.

    What is offered is read only when it is asked for: what ended a window is never loaded by itself.
    """

    def __init__(self, folder: Path, window: MainWindow, lessons: Lessons, theme: Theme) -> None:
        super().__init__(window)
        self._folder, self._window, self._lessons, self._theme = folder, window, lessons, theme
        self._stem = f"{os.getpid()}-{time.time_ns()}"
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self.keep_now)
        self._offered: LeftOver | None = None
        self._bar: OfferBar | None = None
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder / f"{self._stem}{_LOCK}")
        self._left = list(self._left_over())
        lessons.touched.connect(self._touch)
        window.closing.connect(self.end)
        self._offer_next()

    @property
    def bar(self) -> OfferBar | None:
        """What offers something, while it does."""
        return self._bar

    def keep_now(self) -> None:
        """Keep what there is, if there is anything that would be missed."""
        unsaved, took = self._lessons.unsaved, QElapsedTimer()
        took.start()
        try:
            if unsaved is None:
                self._path.unlink(missing_ok=True)
            elif self._lock.isLocked():
                keep(self._path, unsaved)
        except (FileError, OSError) as error:
            self._window.statusBar().showMessage(f"What you do is not kept beside: {error}", 10_000)
        self._timer.setInterval(max(_PAUSE, _SHARE * took.elapsed()))

    def end(self) -> None:
        """The window ends as it should: nothing is left."""
        self._timer.stop()
        self._lessons.touched.disconnect(self._touch)
        self._path.unlink(missing_ok=True)
        self._lock.unlock()
        for left in [*self._left, *([self._offered] if self._offered else [])]:
            left.lock.unlock()  # another window may offer it

    # -- inside ---------------------------------------------------------------------------------------------

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._stem}{_KEPT}"

    def _touch(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _left_over(self) -> Iterator[LeftOver]:
        """What windows left whose process is gone, the latest last."""
        for path in sorted(self._folder.glob(f"*{_KEPT}"), key=_changed):
            lock = _lock(self._folder / f"{path.stem.removesuffix(_TRIED)}{_LOCK}")
            if lock.isLocked():
                yield LeftOver(path, lock)
        for path in self._folder.glob(f"*{_LOCK}"):
            if not list(self._folder.glob(f"{path.stem}*{_KEPT}")):
                _lock(path).unlock()  # of a window that kept nothing

    def _offer_next(self) -> None:
        self._offered = self._left.pop() if self._left else None
        if self._offered is None:
            if self._bar is not None:
                self._window.removeToolBar(self._bar)
                self._bar.deleteLater()
                self._bar = None
                self._window.focus.go_home()
            return
        if self._bar is None:
            self._bar = OfferBar(self._window, self._theme, "&Restore", "&Discard")
            self._bar.taken.connect(self._restore)
            self._bar.declined.connect(self._discard)
            self._bar.take.setToolTip("Let it stand here as it stood; Undo brings back what stands here now (Alt+R)")
            self._bar.decline.setToolTip("Forget it (Alt+D)")
        path = self._offered.path
        where, when = where_kept(path), datetime.fromtimestamp(_changed(path))
        what = ", ".join(part for part in (where.name, where.words) if part) or "what stood in it"
        tried = " It was being restored then." if path.stem.endswith(_TRIED) else ""
        self._bar.setEnabled(True)
        self._bar.offer(f"A window ended without being closed, {when:%d %B, %H:%M}: {what}.{tried}")

    def _restore(self) -> None:
        """Open what is offered; it is forgotten once that is done, so that it is offered again where that fails."""
        left = self._offered
        if left is None:
            return
        where = where_kept(left.path)
        if not left.path.stem.endswith(_TRIED):
            tried = left.path.with_name(f"{left.path.stem}{_TRIED}{_KEPT}")
            with suppress(OSError):
                left.path.rename(tried)
                left = self._offered = LeftOver(tried, left.lock)
        try:
            lesson = kept(left.path)
        except FileError as error:
            self._window.statusBar().showMessage(f"It cannot be restored: {error}", 10_000)
            self._offer_next()
            return
        if not self._lessons.may_leave():
            return
        if self._bar is not None:
            self._bar.setEnabled(False)  # it is taken
        self._lessons.restore(lesson, where.name, Path(where.path) if where.path else None)
        QTimer.singleShot(0, self, self._discard)  # once it stands there

    def _discard(self) -> None:
        left = self._offered
        if left is not None:
            self.keep_now()
            left.path.unlink(missing_ok=True)
            left.lock.unlock()
            self._offer_next()


def _lock(path: Path) -> QLockFile:
    """A lock on *path*, held if no running process has it."""
    lock = QLockFile(str(path))
    lock.setStaleLockTime(0)  # a window may be open for days
    lock.tryLock(0)
    return lock


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
