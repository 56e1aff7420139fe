"""Opening, making, saving and exporting networks: what the File menu and the word at the top right ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QUndoStack
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QProgressDialog

from core import exports
from core.array_files import write_npz
from core.network import Array
from core.network_file import NetworkFileError, write
from core.own_network import build, check, for_word
from core.sources import SHEETS, Source, open_source
from core.tables import Listing, TableError, Writable, tab_separated, write_csv, write_json
from gui.debugger_model import DebuggerModel
from gui.edits import SourceEdit
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import Theme
from gui.word_field import WordField

SEED = 7  # of a word typed at the top right: everyone in a class who types the same word has the same numbers
_NETWORK_FILES = "Network files (*.json);;All files (*)"
_MOST_COPIED = 200_000  # terms that fit a clipboard
_LONG = 200_000  # terms whose writing takes so long that it can be watched and stopped
_WRITERS: dict[str, Callable[[Path, Iterable[Writable]], None]] = {
    ".csv": write_csv,
    ".json": write_json,
    ".npz": write_npz,
}
_FORMATS = "Table (*.csv);;JSON (*.json);;NumPy arrays (*.npz)"


class _CancelledError(Exception):
    """The user has stopped a long export."""


class Files(QObject):
    """What a window opens, makes and saves.

    Attributes:
        word: the field at the top right.
    """

    def __init__(
        self, window: MainWindow, model: DebuggerModel, settings: Settings, undo: QUndoStack, theme: Theme
    ) -> None:
        super().__init__(window)
        self._window, self._model, self._settings, self._undo, self._theme = window, model, settings, undo, theme
        self.word = WordField(theme)
        self.word.word_asked.connect(self.open_word)
        self.word.more_asked.connect(self.new_network)
        window.set_corner(self.word)
        window.file_dropped.connect(self.open)
        self._recent = QMenu("Open recent", window)
        window.menu("File").insertMenu(window.actions_by_id["save_file"], self._recent)
        model.source_changed.connect(self._show_source)
        self._show_source(model.source)
        self._show_recent()

    @property
    def handlers(self) -> dict[str, Callable[[], object]]:
        """What to do for each action of the table."""
        return {
            "open_attention": lambda: self.open("attention"),
            "open_embedding": lambda: self.open("embedding"),
            "open_file": self.ask_file,
            "new_network": self.new_network,
            "own_word": self.word.focus_field,
            "save_file": self.save,
            "export_arrays": self.export_arrays,
            "export_terms": self.export_terms,
            "copy_parameters": lambda: self._copy(exports.parameters(self._model.view.epoch).values()),
            "copy_gradients": lambda: self._copy(exports.gradients(self._model.view.epoch).values()),
            "copy_tape": lambda: self._copy(exports.tape(self._model.view.epoch).values()),
            "copy_terms": self._copy_terms,
        }

    # -- opening and making ---------------------------------------------------------------------------------

    def open(self, text: str) -> None:
        """Debug the sheet or the file *text*; what is open stays where that cannot be."""
        try:
            source = open_source(text)
        except NetworkFileError as error:
            QMessageBox.warning(self._window, "Chainrule", f"The file cannot be opened.\n\n{error}")
            return
        if text not in SHEETS:
            self._remember(text)
        self._take(source)

    def ask_file(self) -> None:
        """Choose a file to open."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a network file", "", _NETWORK_FILES)
        if name:
            self.open(str(Path(name)))

    def open_word(self, word: str) -> None:
        """Debug a network like this one that reads *word*; Undo brings this one back."""
        design = for_word(word, self._current(), SEED)
        problems = check(design)
        if problems:
            self.word.refuse(problems[0].words)
            return
        self._take(build(design))
        self.word.left.emit()

    def new_network(self) -> None:
        """Choose all of a new network."""
        from gui.new_network import NewNetworkDialog  # it takes time to load, and few need it

        dialog = NewNetworkDialog(self._theme, self._current(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(self._take)
        dialog.open()

    # -- saving and taking away -----------------------------------------------------------------------------

    def save(self) -> None:
        """Save the network with its initial parameters, its rule and η."""
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the network", "network.json", _NETWORK_FILES)
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".json")
        try:
            write(path, self._current())
        except NetworkFileError as error:
            QMessageBox.warning(self._window, "Chainrule", f"The network is not saved.\n\n{error}")
            return
        self._remember(str(path))
        self._say(f"Saved to {path.name}")

    def export_arrays(self) -> None:
        """Write parameters, gradients and tape of this epoch to a file."""
        self._export("arrays", exports.tables(self._model.view.epoch).values())

    def export_terms(self) -> None:
        """Write every term of the followed entry of a gradient to a file."""
        self._export("terms", [self._terms()])

    def _export(self, stem: str, tables: Iterable[Writable]) -> None:
        epoch = self._model.view.cursor.epoch
        name, chosen = QFileDialog.getSaveFileName(self._window, "Export", f"{stem}-epoch-{epoch}.csv", _FORMATS)
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in _WRITERS:
            path = path.with_name(path.name + chosen.rpartition("*")[2].rstrip(")"))
        try:
            _WRITERS[path.suffix.lower()](path, [self._watched(table) for table in tables])
        except _CancelledError:
            self._say("Export stopped; nothing is written")
        except TableError as error:
            QMessageBox.warning(self._window, "Chainrule", f"Nothing is exported.\n\n{error}")
        else:
            self._say(f"Exported to {path.name}")

    def _copy(self, tables: Iterable[Writable]) -> None:
        QGuiApplication.clipboard().setText("\n\n".join(tab_separated(table) for table in tables))
        self._say("Copied; paste it into a spreadsheet")

    def _copy_terms(self) -> None:
        listing = self._terms()
        if listing.count > _MOST_COPIED:
            self._say(f"{listing.count:,} terms are too many for the clipboard: export them to a file")
            return
        self._copy([listing])

    def _terms(self) -> Listing:
        """The terms of the gradient at the cursor, else of ∂L/∂W."""
        view = self._model.view
        name, entry = view.step.address.quantity, view.entry
        if view.step.kind not in ("term", "sum", "update"):
            name, entry = "W", (0, 0)
        shape = view.network.parameter_shapes[name]
        return exports.terms(view.epoch, view.program, name, entry[: len(shape)])

    def _watched(self, table: Writable) -> Writable:
        """*table*, with progress and a button to stop where writing it takes long."""
        if not isinstance(table, Listing) or table.count < _LONG:
            return table
        dialog = QProgressDialog("Writing the terms…", "Stop", 0, 1000, self._window)
        dialog.setWindowTitle("Export")
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setMinimumDuration(300)

        def watched() -> Iterator[Array]:
            done = 0
            for block in table.source():
                yield block
                done += len(block)
                dialog.setValue(done * 1000 // table.count)
                QApplication.processEvents()
                if dialog.wasCanceled():
                    raise _CancelledError
            dialog.close()

        return replace(table, source=watched)

    # -- inside ---------------------------------------------------------------------------------------------

    def _current(self) -> Source:
        """The network that is open, with the rule and η that are in use."""
        model = self._model
        return replace(model.source, rule=model.rule, learning_rate=model.learning_rate)

    def _take(self, source: Source) -> None:
        self._undo.push(SourceEdit(self._model, source))

    def _show_source(self, source: Source) -> None:
        self._window.setWindowTitle(f"{source.title} — Chainrule")
        network = source.network
        letters = [network.input_letter(t) for t in range(1, network.T + 1)]
        if network.inputs[1:] == network.targets[:-1]:  # every letter is followed by the next
            letters.append(network.target_letter(network.T))
        self.word.show_network("".join(letters), source.about)

    def _remember(self, path: str) -> None:
        self._settings.add_recent(path)
        self._show_recent()

    def _show_recent(self) -> None:
        self._recent.clear()
        paths = self._settings.recent
        for path in paths:
            self._recent.addAction(path, partial(self.open, path))
        self._recent.setEnabled(bool(paths))

    def _say(self, words: str) -> None:
        self._window.statusBar().showMessage(words, 5000)
