"""A panel by itself, shown as its dock shows it."""

from __future__ import annotations

from typing import TypeVar

from pytestqt.qtbot import QtBot

from gui.debugger.model import DebuggerModel
from gui.panels.base.panel import Panel

Shown = TypeVar("Shown", bound=Panel)


def show_panel(qtbot: QtBot, panel: Shown, model: DebuggerModel, width: int, height: int) -> Shown:
    """Show *panel* in that size, and from then on whatever *model* comes to."""
    qtbot.addWidget(panel)
    model.view_changed.connect(panel.show_view)
    panel.resize(width, height)
    panel.show()
    panel.show_view(model.view)
    return panel
