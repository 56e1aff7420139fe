"""The Why panel: what a number was made of, back to what was given, and who uses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from core.epoch.epoch import Epoch
from core.epoch.training import Training
from core.network.number import Number
from core.network.symbols import exists
from core.program.cursor import Cursor
from core.program.program import Address
from core.why.numbers import Origins
from core.why.trail import Part, Trail
from core.why.users import uses
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.why.lines import Line, part_lines, trail_text, use_lines
from gui.panels.why.tree import TrailTree
from gui.widgets.formula.view import FormulaView
from gui.widgets.parts.flow_layout import FlowLayout
from gui.widgets.parts.speech import announce

_NOTHING = "Right click a number, or point at one and press W: here stands what it was made of."
_LOW = 210  # where it is lower, in pixels at zoom 1, the trail has the room of the formula
_LONG = 128  # in a longer text who uses the number comes a moment after what it was made of


class WhyPanel(Panel):
    """The trail of one number, which stays while one steps.

    Attributes:
        number: what it is about, None before it was used. tree: the lines.

    Signals:
        titled(str): the dock is about that number now.
    """

    titled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Why")
        self.number: Number | None = None
        self._view: View | None = None
        self._whole: Part | None = None
        self._has_formula = False
        self._epochs: dict[int, Epoch] = {}
        self._of: tuple[object, ...] = ()
        self._title, self._place, self._words = QLabel(), QLabel(), QLabel(_NOTHING, wordWrap=True)
        self.formula = FormulaView(theme, size=15)
        self.tree = TrailTree(theme, self._lines_of)
        self._pages = QStackedWidget()
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._show_users)
        self._arrange()
        self.tree.entered_part.connect(self._go)
        self.tree.symbol_hovered.connect(self.symbol_hovered)
        self.tree.copy_asked.connect(self.copy_trail)
        self.formula.symbol_hovered.connect(self.symbol_hovered)
        self.formula.symbol_clicked.connect(self.symbol_clicked)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def title(self) -> str:
        """Which number it is, and its value."""
        return self._title.text()

    def ask(self, number: Number) -> None:
        """Show why *number*, placed in an epoch and at an entry, is what it is."""
        self._render_waiting()  # in sight or not: the number is one of the network that is open now
        self.number = number
        self._of = ()
        if self._view is not None:
            self.render_view(self._view)
            announce(self, f"{self._title.accessibleName()}. {len(self.tree.rows()) - 1} lines")

    def render_view(self, view: View) -> None:
        """Stay at the number; another network, rule or η may have made it another."""
        self._view = view
        if self.number is None:
            return
        gone = not exists(self.number.symbol, view.network) or not view.has_step_of(self.number.symbol)
        is_hidden = not gone and view.state.predicts and not view.is_known(self.number.symbol)
        made = (view.training, view.program.way, view.form, is_hidden)
        if gone:
            self._show_nothing("This network has no such number.")
            self._of = ()
        elif made != self._of:
            if not self._of or made[0] is not self._of[0]:
                self._epochs = {view.epoch.number: view.epoch}
            self._of = made
            self._show(view, self.number, hidden=bool(made[-1]))
        self._show_place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lower or higher, it has room for the trail alone or for the formula too."""
        super().resizeEvent(event)
        self._share_height()

    def set_highlight(self, symbol: str) -> None:
        """Light up *symbol* in the formula."""
        self.formula.set_highlight(symbol or None)

    def copy_trail(self) -> None:
        """Copy what is open as text."""
        if self._whole is None or self._view is None:
            return
        made = f"{self._title.text()}  ({self._place.text()})"
        QGuiApplication.clipboard().setText(trail_text(made, self.tree.rows()))

    # -- inside ---------------------------------------------------------------------------------------------

    def _show(self, view: View, number: Number, *, hidden: bool) -> None:
        if hidden:
            self._show_nothing("It is not to be seen yet.")
            return
        origins = Origins(self._epoch, view.program.way)
        number = number.within(self._epoch(number.epoch).value(number.symbol))
        with np.errstate(all="ignore"):
            whole, trail = origins.part(number), origins.trail(number)
            whole = replace(whole, number=number)
            self._whole, self.number = whole, number
            name = whole.words if not number.entry else origins.called(number)
            self._title.setText(f"{name} = {view.form(origins.value(number))}")
            self._title.setAccessibleName(f"Why {name} is {view.form.spoken(origins.value(number))}")
            self._place.setText(trail.words if whole.place is None else "")
            pieces = origins.formula(number)
            self._has_formula = bool(pieces)
            self._share_height()
            if pieces:
                self.formula.set_formula(pieces[0], f"The formula of {name}")
            self.tree.set_lines(self._lines_of(trail))
        self._pages.setCurrentIndex(1)
        self.titled.emit(f"Why {name}")
        if view.network.T <= _LONG:
            self._show_users()
        else:
            self._rest.start()  # once the trail is painted

    def _show_nothing(self, words: str) -> None:
        """*words* in the place of a trail."""
        self._words.setText(words)
        self._pages.setCurrentIndex(0)
        self._whole, self._epochs = None, {}
        self.tree.clear()

    def _show_users(self) -> None:
        """Who uses the number, below what it was made of."""
        view, number = self._view, self.number
        if view is not None and number is not None and exists(number.symbol, view.network):
            with np.errstate(all="ignore"):
                used = uses(Origins(self._epoch, view.program.way), view.program, number)
            self.tree.add_lines(use_lines(used, view.form))

    def _lines_of(self, trail: Trail) -> Iterable[Line]:
        assert self._view is not None
        return part_lines(trail, self._view.form, self._said_place)

    def _epoch(self, number: int) -> Epoch:
        if number not in self._epochs:
            assert self._view is not None
            training: Training = self._view.training
            self._epochs[number] = next(training.walk(number))
        return self._epochs[number]

    def _said_place(self, place: tuple[int, Address]) -> str:
        """``step 23``, of another epoch than that of the number with it."""
        epoch, address = place
        assert self._view is not None
        assert self.number is not None
        step = f"step {self._view.program.place(address):,}"
        return step if epoch == self.number.epoch else f"epoch {epoch:,}, {step}"

    def _show_place(self) -> None:
        """Where the number was made, with its epoch where one is in another."""
        if self._whole is None or self._view is None or self.number is None or self._whole.place is None:
            return
        said = self._said_place(self._whole.place)
        is_here = self.number.epoch == self._view.cursor.epoch or said.startswith("epoch")
        self._place.setText(said if is_here else f"epoch {self.number.epoch:,}, {said}")

    def _go(self, part: Part) -> None:
        if part.place is not None and self._view is not None:
            epoch, address = part.place
            self.cursor_requested.emit(Cursor(epoch, self._view.program.place(address)))

    def _share_height(self) -> None:
        self.formula.setVisible(self._has_formula and self.height() >= self.theme.px(_LOW))

    def _arrange(self) -> None:
        empty, full = QWidget(), QWidget()
        QVBoxLayout(empty).addWidget(self._words)
        self._column = QVBoxLayout(full)
        self._head = FlowLayout()
        for label in (self._title, self._place):
            self._head.addWidget(label)
        self._column.addLayout(self._head)
        self._column.addWidget(self.formula)
        self._column.addWidget(self.tree, 1)
        self._pages.addWidget(empty)
        self._pages.addWidget(full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _restyle(self) -> None:
        px, dim = self.theme.px, self.theme.palette.dim.name()
        self._title.setStyleSheet(f"font-size: {px(14)}px; font-weight: bold;")
        for label in (self._place, self._words):
            label.setStyleSheet(f"font-size: {px(12)}px; color: {dim};")
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._column.setContentsMargins(px(12), px(2), px(8), px(4))
        self._column.setSpacing(px(2))
        self._head.set_gaps(px(10), 0)
        self._share_height()
