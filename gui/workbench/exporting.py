"""Taking numbers away: to a file, or by the clipboard to a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMessageBox, QProgressDialog

from core.exports import arrays as exports
from core.exports.array_files import write_npz
from core.exports.tables import Listing, TableError, Writable, tab_separated, write_csv, write_json
from core.network.arrays import Array
from core.program.program import Span
from gui.debugger.model import DebuggerModel

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


class Exporting(QObject):
    """What a window writes and copies of the epoch that it shows."""

    def __init__(self, window: QMainWindow, model: DebuggerModel) -> None:
        super().__init__(window)
        self._window, self._model = window, model

    def export_arrays(self) -> None:
        """Write parameters, gradients and tape of this epoch to a file."""
        self._export("arrays", exports.tables(self._model.view.epoch).values())

    def export_terms(self) -> None:
        """Write every term of the followed entry of a gradient to a file."""
        self._export("terms", [self._terms()])

    def copy_parameters(self) -> None:
        """Copy the parameters of this epoch."""
        self._copy(exports.parameters(self._model.view.epoch).values())

    def copy_gradients(self) -> None:
        """Copy the gradients of this epoch."""
        self._copy(exports.gradients(self._model.view.epoch).values())

    def copy_tape(self) -> None:
        """Copy all that the forward pass of this epoch computes."""
        self._copy(exports.tape(self._model.view.epoch).values())

    def copy_steps(self, steps: Span | None = None) -> None:
        """Ask which steps, at first those or the block at the cursor, and copy them as LaTeX."""
        from gui.workbench.handing_out import CopySteps

        view = self._model.view
        dialog = CopySteps(view, steps or view.program.block(view.cursor.position), self._window)
        dialog.accepted.connect(lambda: self._say("Copied; paste it into a LaTeX document"))
        dialog.exec()
        dialog.deleteLater()

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

    def copy_terms(self) -> None:
        """Copy every term of the followed entry of a gradient, unless there are too many."""
        listing = self._terms()
        if listing.count > _MOST_COPIED:
            self._say(f"{listing.count:,} terms are too many for the clipboard: export them to a file")
            return
        self._copy([listing])

    def _terms(self) -> Listing:
        """The terms of the gradient at the cursor, else of the first that goes back in time: ∂L/∂W in most cells."""
        view = self._model.view
        name, entry = view.step.address.quantity, view.entry
        if view.step.kind not in ("term", "sum", "update"):
            name, entry = view.network.chained[0], (0, 0)
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

    def _say(self, words: str) -> None:
        self._window.statusBar().showMessage(words, 5000)
