"""Lessons: what stands in the window is kept in a file, and comes back as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtWidgets  # dialogs, each made when it is first named
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.lessons.lesson import Lesson
from core.lessons.lesson_file import SUFFIX, write
from core.lessons.parts import work
from core.lessons.unsaved import Unsaved, Where
from core.sources.source import Source
from core.watching.stop import AT_FIRST
from core.writing.files import FileError
from gui.debugger.model import DebuggerModel
from gui.debugger.state import State
from gui.panels.base.panel import Panel
from gui.window.main_window import MainWindow
from gui.workbench.settings import Settings

if TYPE_CHECKING:
    from gui.panels.answers.own_worksheet import OwnWorksheet

_FILES = f"Lessons (*{SUFFIX});;All files (*)"


@dataclass(slots=True, eq=False)
class Document:
    """A lesson that is open: one object, however often Undo passes it by.

    *name*: what the title says. *path*: its file, None where it has none yet. *saved*: the work that is in the file.
    """

    name: str
    path: Path | None = None
    saved: object = None


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """All that gives way when something else is opened, and comes back when that is undone."""

    state: State
    document: Document | None = None
    lines: str = ""
    looks: Mapping[str, str] = field(default_factory=dict)
    front: tuple[str, ...] = ()


class Opening(QUndoCommand):
    """Put another desk in the place of the one that is there; again, as it stands by then, to undo it."""

    def __init__(self, words: str, swap: Callable[[Desk], Desk], desk: Desk) -> None:
        super().__init__(words)
        self._swap, self._desk = swap, desk

    def redo(self) -> None:
        """Put the other one there."""
        self._desk = self._swap(self._desk)

    undo = redo


class Lessons(QObject):
    """Opens, saves and names what stands in *window*, and asks before it would be lost.

    Attributes:
        settle: called before something else is opened, so that what is only tried is put back.

    Signals:
        touched(): what a lesson would keep may be another. saved(str): to that file, in a lesson or a copy of it.
    """

    touched = Signal()
    saved = Signal(str)

    def __init__(self, window: MainWindow, model: DebuggerModel, settings: Settings, undo: QUndoStack) -> None:
        super().__init__(window)
        self._window, self._model, self._settings, self._undo = window, model, settings, undo
        self._document: Document | None = None
        self._lines = settings.lines(model.state.source.name)
        self._own: OwnWorksheet | None = None
        self._panels: tuple[Panel, ...] = ()
        self._waiting: Desk | None = None  # whose panels are not made yet
        self._is_swapping = False
        self.settle: Callable[[], None] = lambda: None
        model.source_changed.connect(self._leave)
        model.view_changed.connect(lambda _view: self._show_name())
        window.may_close = self.may_close
        self._show_name()

    @property
    def handlers(self) -> dict[str, Callable[[], object]]:
        """What to do for each action of the table."""
        return {
            "save_lesson": self.save,
            "save_lesson_as": self.save_as,
            "save_class_copy": self.save_class_copy,
        }

    def attach(self, panels: Iterable[Panel], own: OwnWorksheet) -> None:
        """The panels are made: *own*, one's own lines, has the lesson's, and all are looked at as it says."""
        self._panels, self._own = tuple(panels), own
        own.set_text(self._lines)
        own.text_changed.connect(self._keep_lines)
        if self._waiting is not None:
            self._look(self._waiting)
            self._waiting = None

    # -- what there is --------------------------------------------------------------------------------------

    @property
    def lesson(self) -> Lesson:
        """What would be saved now."""
        return replace(self._bare, looks=self._looks, front=self._window.arrangement.in_sight())

    @property
    def document(self) -> Document | None:
        """The lesson that is open, if one is."""
        return self._document

    @property
    def is_changed(self) -> bool:
        """Whether a lesson is open, and other work is in it than in its file; where one stands is no work."""
        return self._document is not None and work(self._bare) != self._document.saved

    @property
    def unsaved(self) -> Unsaved | None:
        """What would be missed if the window ended now; None where one has only looked at the first step."""
        lesson, document = self._bare, self._document
        fresh = Lesson.of(lesson.source)
        if document is None and (work(lesson), lesson.cursor) == (work(fresh), fresh.cursor):
            return None
        path = str(document.path) if document is not None and document.path is not None else ""
        where = f"{lesson.source.title}, epoch {lesson.cursor.epoch:,}, step {lesson.cursor.position:,}"
        return Unsaved(Where(document.name if document is not None else "", path, where), self.lesson)

    # -- opening --------------------------------------------------------------------------------------------

    def open(self, found: Source | Lesson, name: str = "") -> None:
        """Let the network or the lesson *found*, of the file *name*, stand here; Undo brings back what stood here."""
        self.settle()
        what = "lesson" if isinstance(found, Lesson) else "network"
        self._undo.push(Opening(f"opening of a {what}", self._swap, self._desk(found, name)))
        self._window.focus.go_home()  # wherever it was asked for

    def start_with(self, found: Source | Lesson, name: str = "") -> None:
        """The same at the start, where there is nothing to go back to."""
        self._swap(self._desk(found, name))

    def restore(self, lesson: Lesson, name: str, path: Path | None) -> None:
        """Let a *lesson* stand here that was not saved, of the file at *path* if it has one."""
        self.settle()
        document = Document(name, path) if name else None
        self._undo.push(Opening("restoring", self._swap, replace(self._desk(lesson), document=document)))

    def may_leave(self) -> bool:
        """Whether what is open may go: it is saved, or it is said that it need not be."""
        if self._document is None or not self.is_changed:
            return True
        return self._may_lose(f"Save what has changed in {self._document.name}?")

    def may_close(self) -> bool:
        """The same at the end of the window, where stops and notes go too that are in no lesson."""
        stops = self._model.state.stops
        if self._document is not None or stops == AT_FIRST:
            return self.may_leave()
        what = "notes" if any(stop.note for stop in stops) else "stops"
        return self._may_lose(f"Save the {what} of this window as a lesson?")

    def _may_lose(self, question: str) -> bool:
        box = QtWidgets.QMessageBox(self._window)
        box.setIcon(QtWidgets.QMessageBox.Icon.Question)
        box.setWindowTitle("Chainrule")
        box.setText(question)
        save = box.addButton("&Save", QtWidgets.QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton("&Don’t save", QtWidgets.QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QtWidgets.QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(save)
        box.exec()
        chosen = box.clickedButton()
        box.deleteLater()
        return self.save() if chosen is save else chosen is leave

    # -- saving ---------------------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save the lesson to its file, or ask for one the first time; whether it is saved."""
        document = self._document
        return self._write(document.path) if document is not None and document.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Save to a file that is asked for, which is the lesson's from then on."""
        path = self._ask("Save the lesson", self._suggested)
        return path is not None and self._write(path)

    def save_class_copy(self) -> None:
        """Save a copy to work in: without one's own lines, with every result hidden."""
        path = self._ask("Save a copy for the class", f"{Path(self._suggested).stem} for class")
        lesson = replace(
            self.lesson, lines="", predicts=True, revealed=frozenset(), concealed=frozenset(), is_copy=True
        )
        if path is not None and self._is_written(path, lesson):
            self._say(f"Saved {path.name}: it opens as a copy, with results hidden and no lines of your own")

    # -- inside ---------------------------------------------------------------------------------------------

    @property
    def _bare(self) -> Lesson:
        """The lesson but for how panels are looked at, which takes longer to find out."""
        state = self._model.goal or self._model.state  # where one is going is where one wants to come back to
        return replace(state.lesson, lines=self._lines)

    @property
    def _looks(self) -> dict[str, str]:
        return {name: look for panel in self._panels for name, look in panel.looks.items()}

    @property
    def _suggested(self) -> str:
        if self._document is None:
            return "lesson"
        return str(self._document.path or self._document.name)

    def _desk(self, found: Source | Lesson, name: str = "") -> Desk:
        if isinstance(found, Source):
            return Desk(State.of(found), lines=self._settings.lines(found.name))
        path = Path(name).absolute()
        document = Document(f"{path.stem} (copy)") if found.is_copy else Document(path.stem, path)
        document.saved = work(found)
        return Desk(State.of_lesson(found), document, found.lines, found.looks, found.front)

    def _swap(self, desk: Desk) -> Desk:
        """Put *desk* here, and give the one that was."""
        lesson = self.lesson
        before = Desk(self._model.state, self._document, lesson.lines, lesson.looks, lesson.front)
        between_networks = self._document is None and desk.document is None
        self._document, self._lines = desk.document, desk.lines
        self._is_swapping = True
        (self._model.open if between_networks else self._model.set)(desk.state)
        self._is_swapping = False
        if self._own is not None:
            self._own.set_text(desk.lines)
        if not between_networks:
            self._look(desk)
        self._show_name()
        return before

    def _look(self, desk: Desk) -> None:
        if not self._panels:
            self._waiting = desk
            return
        for panel in self._panels:
            panel.look(desk.looks)
        for name in desk.front:
            self._window.arrangement.bring_into_sight(name)

    def _leave(self, source: Source) -> None:
        """Another network stands here, and by no desk: no lesson is open."""
        if not self._is_swapping:
            self._document, self._lines = None, self._settings.lines(source.name)
            if self._own is not None:
                self._own.set_text(self._lines)

    def _keep_lines(self, lines: str) -> None:
        self._lines = lines
        if self._document is None:
            self._settings.set_lines(self._model.state.source.name, lines)
        self._show_name()

    def _ask(self, title: str, suggested: str) -> Path | None:
        dialog = QtWidgets.QFileDialog(self._window, title, suggested, _FILES)
        dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)  # so that it asks before it replaces what is there by that name
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return Path(chosen[0]) if chosen else None

    def _write(self, path: Path) -> bool:
        lesson = self.lesson
        if not self._is_written(path, lesson):
            return False
        if self._document is None or self._document.path != path:
            self._document = Document(path.stem, path)
        self._document.saved = work(lesson)
        self._say(f"Saved to {path.name}")
        self._show_name()
        return True

    def _is_written(self, path: Path, lesson: Lesson) -> bool:
        try:
            write(path, lesson)
        except FileError as error:
            QtWidgets.QMessageBox.warning(self._window, "Chainrule", f"The lesson is not saved.\n\n{error}")
            return False
        self.saved.emit(str(path))
        return True

    def _show_name(self) -> None:
        document, title = self._document, self._model.state.source.title
        shown = title if document is None else f"{document.name}[*] · {title}"
        self._window.setWindowTitle(f"{shown} — Chainrule")
        if self._window.isWindowModified() != self.is_changed:
            self._window.setWindowModified(self.is_changed)
        self.touched.emit()

    def _say(self, words: str) -> None:
        self._window.statusBar().showMessage(words, 5000)
