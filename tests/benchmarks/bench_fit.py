"""How many steps of both sheets are higher than their place, by zoom, size, way back and rule; nothing is shown.

The place is taken from one offscreen window for each size and zoom; all 4,560 steps are then laid out in a panel that
is never shown. In brackets: of those, where the result is below the fold and not in the head either.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication

from core.network.rule import NAMED_RULES
from core.program.program import Way
from core.sources.opening import open_source
from gui.debugger.model import DebuggerModel
from gui.debugger.view import View
from gui.look.style import stylesheet
from gui.look.theme import Theme
from gui.panels.formula.panel import FormulaPanel
from gui.workbench.settings import Settings
from tests.gui.driving import opened, settle

SHEETS, RULES = ("attention", "embedding"), ("printed", "exact")
WAYS: tuple[Way, ...] = ("terms", "timesteps")
SIZES, ZOOMS = ((1440, 900), (1280, 720)), (1.0, 1.5, 2.0)


def views(sheet: str, rule: str, way: Way) -> list[View]:
    """Every step of a sheet under a rule, back by one way."""
    model, found = DebuggerModel(open_source(sheet)), []
    model.set_rule(NAMED_RULES[rule])
    model.set_way(way)
    for position in range(1, len(model.view.program) + 1):
        model.go_to_position(position)
        found.append(model.view)
    return found


def place(size: tuple[int, int], zoom: float) -> QSize:
    """How large the formula panel is in a window of that size."""
    with opened(settings=Settings(None, {"zoom": zoom}), size=size) as window:
        for _ in range(4):
            settle()
        return window.bench.formula.size()


def judge(panel: FormulaPanel, view: View) -> tuple[bool, bool]:
    """Whether the step is higher than its place, and whether its result is then nowhere in sight."""
    panel.render_view(view)
    panel.grab(QRect(0, 0, 1, 1))  # lays it out
    panel.render_view(view)
    is_high = panel.overflow() > 0
    shows_nothing = view.step.address.quantity == "letter"
    return is_high, is_high and not shows_nothing and not panel.head.value.text()


def main() -> None:
    """Print the table."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    steps = {(way, sheet, rule): views(sheet, rule, way) for way in WAYS for sheet in SHEETS for rule in RULES}
    total = [0, 0, 0]
    print("size       zoom  panel      " + "  ".join(f"{w[:4]} {s[:3]}. {r[:4]}" for w, s, r in steps))
    for size in SIZES:
        for zoom in ZOOMS:
            room, theme = place(size, zoom), Theme(zoom=zoom)
            application.setFont(theme.font())
            application.setStyleSheet(stylesheet(theme))
            panel = FormulaPanel(theme)
            panel.resize(room)
            cells = []
            for made in steps.values():
                judged = [judge(panel, view) for view in made]
                high, hidden = (sum(flags) for flags in zip(*judged, strict=True))
                cells.append(f"{high:3} of {len(made):3} ({hidden:2})")
                total = [total[0] + len(made), total[1] + high, total[2] + hidden]
            print(
                f"{size[0]}x{size[1]:<5} {zoom:<4}  {room.width()}x{room.height():<6} " + "  ".join(cells), flush=True
            )
            panel.deleteLater()
    print(f"higher than their place: {total[1]:,} of {total[0]:,}; with the result nowhere in sight: {total[2]}")


if __name__ == "__main__":
    main()
