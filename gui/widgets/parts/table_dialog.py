"""A dialog that holds one real table, for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QDialog, QTableView, QVBoxLayout

from gui.look.theme import Theme


def fill_with_table(
    dialog: QDialog, model: QAbstractTableModel, name: str, theme: Theme, size: tuple[int, int]
) -> None:
    """Show *model* in *dialog* under *name*, in that *size* at zoom 1; closing it deletes it."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(name)
    table = QTableView(dialog)
    table.setModel(model)
    table.setAccessibleName(name)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setDefaultSectionSize(theme.px(170))
    table.verticalHeader().setDefaultSectionSize(theme.px(28))
    layout = QVBoxLayout(dialog)
    layout.addWidget(table)
    dialog.resize(*map(theme.px, size))
