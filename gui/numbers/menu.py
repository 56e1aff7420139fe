"""What can be done with a number, the same wherever it is shown: one table of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QCursor, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from core.epoch.epoch import Epoch
from core.network.number import Number
from core.watching.stop import AtStep
from gui.debugger.labels import name_of
from gui.debugger.model import DebuggerModel
from gui.debugger.stopping import Stopping
from gui.panels.what_if.state import difference, was
from gui.widgets.parts.keys import watches
from gui.widgets.parts.numbers import number_under, shown_under
from gui.window.actions import key_text

if TYPE_CHECKING:
    from core.finding.doing import Deed


def always(_number: Number) -> str:
    """Nothing keeps it from being done."""
    return ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do with a number.

    *text*: of the number. *keys*: how it is done without the menu. *tip*: what it does. *off*: why it can not be done
    with this number, "" where it can. *deed*: as Find understands it.
    """

    text: Callable[[Number], str]
    keys: str
    tip: str
    do: Callable[[Number], object]
    off: Callable[[Number], str] = always
    deed: Deed | None = None


class NumberMenu:
    """Fills the menus of numbers, and knows which number is meant where nothing but a key is pressed.

    Attributes:
        rows: what can be done with a number, in the order of the menu.
    """

    def __init__(self, model: DebuggerModel, show_why: Callable[[Number], object], stopping: Stopping) -> None:
        self._model, self._stopping = model, stopping
        self._is_watching = False  # from where Ctrl and a button were pressed until that is let go
        self.rows = [
            Row(lambda _number: "Why", "W", "What it was made of, and who uses it", show_why, self.why_unknown, "why"),
            Row(
                lambda number: "Watch no more" if stopping.is_watched(number) else "Watch",
                "Ctrl+click",
                "Keep it in sight, and lit wherever it stands",
                lambda number: stopping.toggle_watch(number.symbol, stopping.entry(number)),
                stopping.why_nameless,
                "watch",
            ),
            Row(
                lambda number: "Stop here no more" if stopping.has(AtStep(stopping.made(number))) else "Stop here",
                "",
                "Stop at the step that makes it",
                lambda number: stopping.toggle(AtStep(stopping.made(number))),
                stopping.why_given,
                "stop",
            ),
            Row(
                lambda number: f"Stop when it changes{' no more' if stopping.has(stopping.changing(number)) else ''}",
                "",
                "Stop where it becomes another number than it was before, or in the epoch before",
                lambda number: stopping.toggle(stopping.changing(number)),
                stopping.why_nameless,
            ),
            Row(
                lambda _number: "Run to here",
                "",
                "Go to the step that makes it, or to a stop on the way",
                lambda number: stopping.run_to(model.view.origin(number.symbol) or model.view.cursor),
                stopping.why_given,
                "run",
            ),
            Row(lambda _number: "Copy", "", "Copy it in full", self._copy, self.why_unknown, "copy"),
        ]

    def press(self, pressed: QWidget, event: QMouseEvent) -> bool:
        """Ctrl and a click watch a number in a list or a chart too, where a click goes; True where that is done."""
        if event.type() == QEvent.Type.MouseButtonRelease and self._is_watching:
            self._is_watching = False
            return True
        if event.type() != QEvent.Type.MouseButtonPress or not watches(event):
            return False
        around, number = shown_under(pressed, event.globalPosition().toPoint())
        if number is None or hasattr(around, "symbol_clicked"):  # which tells of it by itself
            return False
        self._is_watching = True
        self._stopping.toggle_watch(number.symbol, self._stopping.entry(number))
        return True

    def fill(self, menu: QMenu, number: Number) -> None:
        """Put into *menu* which number is meant, and what can be done with it."""
        number = self.placed(number)
        menu.addAction(self.called(number)).setEnabled(False)
        for row in self.rows:
            off = row.off(number)
            action = QAction(f"{row.text(number)}\t{key_text(row.keys) or row.keys}", menu)
            action.setToolTip(off or row.tip)
            action.setEnabled(not off)
            action.triggered.connect(lambda _checked=False, row=row: row.do(number))
            menu.addAction(action)

    def meant(self) -> Number:
        """What was pointed at last, by mouse or key; where nothing is, the result of the step."""
        lit = self._model.hovered
        spot, focused = QCursor.pos(), QApplication.focusWidget()
        over = QApplication.widgetAt(spot)
        found = [number_under(over, spot), number_under(focused, None)]
        by_symbol = [number for number in found if number is not None and number.symbol == lit]
        if by_symbol or lit:
            return self.placed(by_symbol[0] if by_symbol else Number(lit))
        return self.placed(next((number for number in found if number is not None), self._model.view.result))

    def placed(self, number: Number) -> Number:
        """*number* with its epoch, and the entry that it is."""
        epoch = number.epoch or self._model.view.cursor.epoch
        value = self._epoch(epoch).value(number.symbol)
        return Number(number.symbol, number.within(value).entry, epoch)

    def called(self, number: Number) -> str:
        """Its name and its value, as far as that is known."""
        view = self._model.view
        value = "" if self.why_unknown(number) else f" = {view.form(self.value(number))}"
        later = f", epoch {number.epoch:,}" if number.epoch != view.cursor.epoch else ""
        moved = difference(view, number) if value and not later else None
        return f"{name_of(view.network, number)}{later}{value}{f' ({was(*moved, view.form)})' if moved else ''}"

    def value(self, number: Number) -> float:
        """Its value."""
        return float(self._epoch(number.epoch).value(number.symbol)[number.entry])

    def _epoch(self, number: int) -> Epoch:
        view = self._model.view
        return view.epoch if number == view.cursor.epoch else next(view.training.walk(number))

    def why_unknown(self, number: Number) -> str:
        """Why its value is not to be told, "" where it is known."""
        view = self._model.view
        if number.epoch != view.cursor.epoch or view.is_known(number.symbol):
            return ""
        made = view.origin(number.symbol)
        return "Not computed yet" + (f": at step {made.position:,}" if made is not None else "")

    def _copy(self, number: Number) -> None:
        QGuiApplication.clipboard().setText(repr(self.value(number)))
