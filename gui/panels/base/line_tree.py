"""What the trees of lines have in common: they are read, pointed at and followed, not selected and not edited."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QTreeView


def set_up(tree: QTreeView, model: QAbstractItemModel, delegate: QAbstractItemDelegate, name: str) -> None:
    """Have *tree*, that screen readers call *name*, show *model* in lines of one height and columns of fixed width."""
    tree.setModel(model)
    tree.setItemDelegate(delegate)
    tree.setAccessibleName(name)
    tree.setUniformRowHeights(True)
    tree.setRootIsDecorated(False)
    tree.setMouseTracking(True)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    tree.header().setStretchLastSection(False)
