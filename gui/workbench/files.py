"""Opening, making, saving and exporting networks: what the File menu and the word at the top right ask for.

What a request needs is imported when it comes: together it takes as long to load as half of the panels, and most
windows need none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtWidgets  # dialogs, each made when it is first named
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu

from core.lessons.lesson_file import open_any
from core.sources.source import SHEETS, Source
from gui.debugger.model import DebuggerModel
from gui.debugger.ways import WAYS
from gui.look.theme import Theme
from gui.window.main_window import MainWindow
from gui.window.word_field import WordField
from gui.workbench.lessons import Lessons
from gui.workbench.settings import Settings

if TYPE_CHECKING:
    from gui.workbench.exporting import Exporting

SEED = 7  # of a word typed at the top right: everyone in a class who types the same word has the same numbers
_NETWORK_FILES = "Network files (*.json);;All files (*)"
_FILES = "Lessons and networks (*.chainrule *.json);;All files (*)"


class Files(QObject):
    """What a window opens, makes and saves.

    Attributes:
        word: the field at the top right. lessons: what is open, and whether it is saved.
    """

    def __init__(
        self, window: MainWindow, model: DebuggerModel, settings: Settings, undo: QUndoStack, theme: Theme
    ) -> None:
        super().__init__(window)
        self._window, self._model, self._settings, self._theme = window, model, settings, theme
        self.lessons = Lessons(window, model, settings, undo)
        self.lessons.saved.connect(self._remember)
        self.word = WordField(theme)
        self.word.word_asked.connect(self.open_word)
        self.word.more_asked.connect(self.new_network)
        window.set_corner(self.word)
        window.file_dropped.connect(self.open)
        self._recent = QMenu("Open recent", window)
        window.menu("File").insertMenu(window.actions_by_id["new_network"], self._recent)
        model.source_changed.connect(self._show_source)
        self._show_source(model.state.source)
        self._show_recent()

    @property
    def handlers(self) -> dict[str, Callable[[], object]]:
        """What to do for each action of the table."""
        return {
            **self.lessons.handlers,
            **{f"open_{name.replace('-', '_')}": partial(self.open, name) for name in SHEETS},
            "open_file": self.ask_file,
            "new_network": self.new_network,
            "own_word": self.word.focus_field,
            "save_file": self.save,
            "export_arrays": lambda: self.exporting.export_arrays(),
            "export_terms": lambda: self.exporting.export_terms(),
            "copy_parameters": lambda: self.exporting.copy_parameters(),
            "copy_gradients": lambda: self.exporting.copy_gradients(),
            "copy_tape": lambda: self.exporting.copy_tape(),
            "copy_steps": lambda: self.exporting.copy_steps(),
            "copy_terms": lambda: self.exporting.copy_terms(),
        }

    @cached_property
    def exporting(self) -> Exporting:
        """What takes numbers away, made when it is first asked for."""
        from gui.workbench.exporting import Exporting

        return Exporting(self._window, self._model)

    # -- opening and making ---------------------------------------------------------------------------------

    def open(self, text: str) -> None:
        """Open the sheet, the network file or the lesson *text*; what is open stays where that cannot be."""
        from core.writing.files import FileError

        try:
            found = open_any(text)
        except FileError as error:
            QtWidgets.QMessageBox.warning(self._window, "Chainrule", f"The file cannot be opened.\n\n{error}")
            return
        if not self.lessons.may_leave():
            return
        if text not in SHEETS:
            self._remember(text)
        self.lessons.open(found, text)

    def ask_file(self) -> None:
        """Choose a file to open."""
        name, _ = QtWidgets.QFileDialog.getOpenFileName(self._window, "Open a lesson or a network", "", _FILES)
        if name:
            self.open(str(Path(name)))

    def open_word(self, word: str) -> None:
        """Debug a network like this one that reads *word*; Undo brings this one back."""
        from core.sources.own_network import build, for_word
        from core.sources.problems import check

        design = for_word(word, self._current(), SEED)
        problems = check(design)
        if problems:
            self.word.refuse(problems[0].words)
            return
        has_another_rule = self._model.state.rule != design.rule
        if not self.lessons.may_leave():
            return
        self.lessons.open(build(design))
        if has_another_rule:
            self._say(f"Your word has no sheet: the exact derivative, {WAYS[self._model.state.way]}")

    def new_network(self) -> None:
        """Choose all of a new network."""
        from gui.new_network.form.dialog import NewNetworkDialog

        dialog = NewNetworkDialog(self._theme, self._current(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(self._take)
        dialog.open()

    # -- saving -----------------------------------------------------------------------------

    def save(self) -> None:
        """Save the network with its initial parameters, its rule and η."""
        from core.sources.network_file import write
        from core.writing.files import FileError

        ask = QtWidgets.QFileDialog.getSaveFileName
        name, _ = ask(self._window, "Save the network", "network.json", _NETWORK_FILES)
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".json")
        try:
            write(path, self._current())
        except FileError as error:
            QtWidgets.QMessageBox.warning(self._window, "Chainrule", f"The network is not saved.\n\n{error}")
            return
        self._remember(str(path))
        self._say(f"Saved to {path.name}")

    # -- inside ---------------------------------------------------------------------------------------------

    def _current(self) -> Source:
        """The network that is open, with the rule and η that are in use."""
        state = self._model.state
        return replace(state.source, rule=state.rule, learning_rate=state.learning_rate)

    def _take(self, source: Source) -> None:
        if self.lessons.may_leave():
            self.lessons.open(source)

    def _show_source(self, source: Source) -> None:
        network = source.network
        if network.reads_numbers:
            self.word.show_network("", source.about)
            return
        read = [network.input_letter(t) for t in range(1, network.T + 1)]
        if network.inputs[1:] == network.targets[:-1] and network.has_target(network.T):  # each is followed by the next
            read.append(network.target_letter(network.T))
        self.word.show_network((" " if any(map(_is_word, read)) else "").join(read), source.about)

    def _remember(self, path: str) -> None:
        self._settings.add_recent(path)
        self._show_recent()

    def _show_recent(self) -> None:
        self._recent.clear()
        paths = self._settings.recent
        for path in paths:
            self._recent.addAction(path, partial(self.open, path))
        self._recent.setEnabled(bool(paths))
        why = "" if paths else "No file was opened or saved yet"
        self._recent.menuAction().setStatusTip(why)
        self._recent.menuAction().setToolTip(why or "The files that were opened or saved last")

    def _say(self, words: str) -> None:
        self._window.statusBar().showMessage(words, 5000)


def _is_word(token: str) -> bool:
    """Whether *token* is more than one letter."""
    if len(token) == 1:
        return False
    from core.writing.letters import letters

    return len(letters(token)) > 1
