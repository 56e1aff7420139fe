"""A learner's own lines with their verdicts: which is the first that is wrong, and what follows from it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from core.answers.lines import BadLine, read_lines
from core.answers.worksheet import Judged, first_wrong, judge, summary
from core.network import symbols
from core.sources.worksheets import VERDICT_MARKS
from core.writing.form import NumberFormat
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.answers.answer_view import AnswerView
from gui.widgets.parts.facts import Fact, FactList
from gui.widgets.parts.keys import ENTER
from gui.widgets.parts.scroll import Scroll

PLACEHOLDER = "Your own lines, such as\nh₁ = −0.2273\nZ_2: −0.40\nyhat_1 = 0.2455 0.25 …\ndL/dW = 0.0274"
EMPTY = "Each line is compared with the right value, and with what follows from your own lines before it."
_PAUSE = 150  # milliseconds after the last key before the lines are judged
_MOST_IN_TIP = 16  # numbers that a tooltip has room for
_ROOMY = 520  # from this width on, in pixels at zoom 1, lines and verdicts stand side by side


class OwnWorksheet(QWidget):
    """An editor for one's own lines, with the verdicts beside it.

    Attributes:
        editor: the lines. facts: the verdicts. answer: what explains the first line that is wrong.

    Signals:
        judged(): the verdicts are up to date. jump_requested(Address), rule_requested(Rule), paths_requested(Rule): as
        every panel's, and as an answer's. text_changed(str): the lines, to be remembered.
    """

    judged = Signal()
    jump_requested = Signal(object)
    rule_requested = Signal(object)
    paths_requested = Signal(object)
    text_changed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._judged_for: object = None
        self._found: tuple[Judged, ...] = ()
        self._shown: list[Judged | BadLine] = []
        self.editor = QPlainTextEdit()
        self.editor.setPlaceholderText(PLACEHOLDER)
        self.editor.setAccessibleName("Lines of your own worksheet")
        self.editor.setToolTip("Type or paste your lines; Ctrl+Enter goes to the first that is wrong")
        self.editor.setTabChangesFocus(True)
        self.editor.installEventFilter(self)
        self.summary, self.facts = QLabel(EMPTY), FactList(theme)
        self.summary.setWordWrap(True)
        self.summary.setProperty("role", "fact")
        self.answer = AnswerView(theme)
        self.go = QPushButton("Go to the first that is wrong")
        self.go.setProperty("small", True)
        self.go.setToolTip("Stand at its step (Ctrl+Enter)")
        self.go.clicked.connect(self.go_to_first)
        verdicts = QWidget()
        self._column = QVBoxLayout(verdicts)
        for part in (self.summary, self.answer):
            self._column.addWidget(part)
        self._column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.facts)
        self._column.addStretch(1)
        self._outer = QVBoxLayout(self)
        self._halves = QSplitter()
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(self.editor)
        self._halves.addWidget(Scroll(verdicts))
        self._outer.addWidget(self._halves)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._judge)
        self.editor.textChanged.connect(self._typed)
        self.facts.chosen.connect(self._follow)
        self.answer.jump_requested.connect(self.jump_requested)
        self.answer.rule_requested.connect(self.rule_requested)
        self.answer.paths_requested.connect(self.paths_requested)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._show()

    def set_view(self, view: View) -> None:
        """Judge the lines as the epoch of *view* has them."""
        self._view = view
        if self._judged_for != (view.training, view.cursor.epoch, view.form) and self.editor.toPlainText().strip():
            self._judge()

    def set_text(self, text: str) -> None:
        """Show *text*, such as the lines that were remembered."""
        if text != self.editor.toPlainText():
            self.editor.setPlainText(text)

    def go_to_first(self) -> None:
        """Stand at the step of the first line that is wrong."""
        if self._timer.isActive():
            self._judge()
        first = first_wrong(self._found)
        if first is not None:
            self.jump_requested.emit(first.address)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The verdicts beside the lines where both have room, else below."""
        super().resizeEvent(event)
        beside = self.width() >= self._theme.px(_ROOMY)
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if wanted != self._halves.orientation():
            self._halves.setOrientation(wanted)
            self._halves.setSizes([1000, 1000])

    def minimumSizeHint(self) -> QSize:
        """It gets by with what the other tabs need."""
        return QSize(0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter goes to the first line that is wrong."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in ENTER
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.go_to_first()
                return True
        return super().eventFilter(watched, event)

    # -- inside ---------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._timer.start()
        self.text_changed.emit(self.editor.toPlainText())

    def _judge(self) -> None:
        view = self._view
        if view is None:
            return
        self._timer.stop()
        lines = read_lines(self.editor.toPlainText(), view.network)
        sheet = view.source.worksheet
        good = [line for line in lines if not isinstance(line, BadLine)]
        stated = sheet.learning_rate_stated if sheet is not None else None
        self._found = judge(view.training, view.cursor.epoch, good, stated)
        self._judged_for = (view.training, view.cursor.epoch, view.form)
        self._shown = [*self._found, *(line for line in lines if isinstance(line, BadLine))]
        self._show()
        self.judged.emit()

    def _show(self) -> None:
        view, first = self._view, first_wrong(self._found)
        bad = len(self._shown) - len(self._found)
        unread = f"{bad} line{'s are' if bad > 1 else ' is'} not understood." if bad else ""
        self.summary.setText(" ".join(part for part in (summary(self._found), unread) if part) or EMPTY)
        found = first.answer if first is not None else None
        self.answer.setVisible(found is not None and found.kind != "unknown")
        if view is not None and found is not None and found.kind != "unknown":
            self.answer.show_answer(view, found)
        self.go.setVisible(first is not None)
        form = view.form if view is not None else NumberFormat()
        self.facts.set_facts([_fact(line, first, form) for line in self._shown])

    def _follow(self, index: int) -> None:
        line = self._shown[index]
        if isinstance(line, Judged):
            self.jump_requested.emit(line.address)
        else:
            cursor = self.editor.textCursor()
            cursor.setPosition(self.editor.document().findBlockByNumber(line.number - 1).position())
            self.editor.setTextCursor(cursor)
            self.editor.setFocus()

    def _restyle(self) -> None:
        px = self._theme.px
        self._outer.setContentsMargins(px(8), px(6), px(8), px(6))
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(6))
        self.editor.setFont(self._theme.font(13))


def _fact(line: Judged | BadLine, first: Judged | None, form: NumberFormat) -> Fact:
    if isinstance(line, BadLine):
        return Fact(f"?  line {line.number}: {line.problem}", style="note", tip=line.text, leads=True)
    name = symbols.text(line.line.symbol)
    right = "  ".join(form(float(number)) for number in np.ravel(line.right)[:_MOST_IN_TIP])
    tip = f"yours {' '.join(line.line.given.written.split())}\nright {right}\nGo to its step"
    should = f"; right {right}" if line.right.size == 1 else ""
    if line.verdict in ("right", "one unit off", "by rounding"):
        mark = VERDICT_MARKS["equal" if line.verdict == "right" else "one unit off"]
        return Fact(f"{mark}  {name}", line.verdict, tip, leads=True)
    if line.verdict == "too coarse":
        return Fact(f"?  {name}", f"too coarse to tell{should}", tip, leads=True)
    if line.verdict == "follows":
        origin = ", ".join(symbols.text(symbol) for symbol in line.follows_from)
        return Fact(f"↳  {name}", f"follows from {origin}{should}", tip, leads=True)
    words = "first wrong" if line is first else "wrong by itself"
    return Fact(f"≠  {name}", f"{words}{should}", tip, "strong", leads=True)
