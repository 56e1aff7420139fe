"""The head of a step: what is computed and what it comes to; below it where in the program, or what is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.debugger import ways
from gui.debugger.view import View
from gui.look.icons import icon
from gui.look.theme import Theme
from gui.panels.formula import explain, picture
from gui.panels.formula.middle_label import MiddleLabel
from gui.widgets.parts.copied_label import CopiedLabel


class Head(QVBoxLayout):
    """Two lines; what comes and goes in them shifts nothing.

    Signals:
        way_asked(str): go back by this way.
        watch_asked(str): watch this symbol, or where it is watched, no more.
    """

    way_asked = Signal(str)
    watch_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._pointed = ""
        self._is_presented = self._is_spared = False
        self.title, self.subtitle = CopiedLabel(), CopiedLabel()
        self.value = QLabel()
        self.copy = QPushButton()  # without words, which would have the title wrapped
        self.copy.setProperty("small", True)
        self.copy.setAccessibleName("Copy LaTeX")
        self.copy.setToolTip("Copy the formula as LaTeX (Ctrl+Shift+C)")
        self.other_way = QPushButton()  # to the counterpart of a backward step
        self.other_way.setProperty("small", True)
        self.other_way.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.other_way.setToolTip("The same place, going back the other way (Ctrl+T)")
        self.other_way.clicked.connect(lambda: self._view and self.way_asked.emit(ways.other(self._view.program.way)))
        self.operand = MiddleLabel()
        self.let_go = QToolButton()  # of what is watched
        self.let_go.setAutoRaise(True)
        self.let_go.setProperty("small", True)
        self.let_go.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.let_go.setAccessibleName("Watch no more")
        self.let_go.setToolTip("Watch it no more (Ctrl and a click do the same)")
        self.let_go.clicked.connect(lambda: self.watch_asked.emit(self._pointed))
        self.eye = QPushButton()  # of what the step makes
        self.eye.setCheckable(True)
        self.eye.setProperty("small", True)
        self.eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.eye.setAccessibleName("Watch the result")
        self.eye.setToolTip("Watch what this step makes: it stays lit, and in Watch (Ctrl and a click: any number)")
        self.eye.clicked.connect(self._watch)
        self._strut = QWidget()  # keeps the line as high with either of its two texts
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_step(self, view: View) -> None:
        """Show the step of *view*, but for its value."""
        self._view, self._is_spared = view, False
        self.title.set_words(view.step.formula.title)
        self.subtitle.set_words(picture.subtitle(view))
        self.eye.setChecked(view.state.watched == view.result.symbol)
        self.other_way.setAccessibleName(ways.link_text(view))
        self.other_way.setVisible(bool(ways.link_text(view)) and not self._is_presented)

    def show_value(self, *, is_low: bool) -> None:
        """Show the result, of a term, and wherever the step is higher than its place, *is_low* being that."""
        if self._view is None:
            return
        view, is_term = self._view, self._view.step.kind == "term"
        is_known = not view.hidden and (is_term or is_low)
        self.value.setText(explain.value_line(view) if is_known else "= ?" if is_term else "")

    def point_at(self, symbol: str) -> None:
        """Say what *symbol* is, which is pointed at or watched, in the place of the words below the title."""
        self._pointed = symbol
        view = self._view
        parts = explain.operand_line(view, symbol) if view is not None and symbol else ("", "", "")
        is_said = any(parts)
        self.operand.set_parts(parts)
        self.subtitle.setVisible(not is_said and not self._is_spared)
        self.operand.setVisible(is_said)
        self.other_way.setText("→" if is_said else self.other_way.accessibleName())  # what is pointed at needs the room
        is_watched = view is not None and is_said and view.state.watched == symbol
        self.let_go.setVisible(is_watched and not self._is_presented)
        if symbol != self._pointed:  # what comes and goes under the mouse changes what it points at
            self.point_at(self._pointed)

    def hide_subtitle(self) -> None:
        """Until the next step, leave out what stands below the title."""
        self._is_spared = True
        self.subtitle.hide()

    def set_presented(self, on: bool) -> None:
        """Leave out what a room has no use for."""
        self._is_presented = on
        for part in (self.eye, self.copy, self._strut):
            part.setVisible(not on)

    def is_on_value(self, place: QPoint) -> bool:
        """Whether the result stands at *place* in the panel."""
        return self.value.isVisible() and self.value.geometry().contains(place)

    def _watch(self) -> None:
        """Ask for it; the eye is as it is watched by then, or as it was where that can not be."""
        if self._view is not None:
            self.watch_asked.emit(self._view.result.symbol)
            self.eye.setChecked(self._view.state.watched == self._view.result.symbol)

    def _lay_out(self) -> None:
        self.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self.title, 1)
        line.addSpacing(12)
        line.addWidget(self.value)
        line.addSpacing(12)
        for button in (self.eye, self.copy):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.addLayout(line)
        under = QHBoxLayout()  # as wide as the panel; the chip first, at the same place whatever the words are
        for part in (self.subtitle, self.operand, self.let_go, self.other_way, self._strut):
            under.addWidget(part, int(part in (self.subtitle, self.operand)))
        self.addLayout(under)
        roles = {"title": self.title, "dim": self.subtitle, "number": self.value, "body": self.operand}
        for role, label in roles.items():
            label.setProperty("role", role)

    def _restyle(self) -> None:
        px = self._theme.px
        for button, name in ((self.eye, "eye"), (self.copy, "copy")):
            button.setIcon(icon(name, self._theme))
            button.setIconSize(QSize(px(16), px(16)))
        self.let_go.setIcon(icon("close", self._theme))
        self.let_go.setIconSize(QSize(px(14), px(14)))
        self.setSpacing(px(2))
        self._strut.setFixedSize(1, px(26))
