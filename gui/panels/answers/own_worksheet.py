"""A learner's own lines with their verdicts: which is the first that is wrong, and what follows from it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from core.answers.lines import BadLine, OwnLine, read_lines
from core.answers.verdicts import MARKS, at_steps, in_text, right_numbers, summed_up, words
from core.answers.worksheet import Judged, explanation, first_wrong, judge, latest_epoch
from core.epoch.training import Training
from core.network import symbols
from core.program.cursor import Cursor
from core.writing.form import NumberFormat
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.answers.answer_view import AnswerView
from gui.widgets.parts.fact import Fact, Style
from gui.widgets.parts.facts import FactList
from gui.widgets.parts.flow_layout import FlowLayout
from gui.widgets.parts.keys import ENTER
from gui.widgets.parts.scroll import Scroll

PLACEHOLDER = "Your own lines, such as\nh₁ = −0.2273\nZ_2: −0.40\nyhat_1 = 0.2455 0.25 …\ndL/dW = 0.0274"
EMPTY = (
    "Each line is compared with the right value, and with what follows from your own lines before it. "
    "Lines below “epoch 2:” are of that epoch."
)
_PAUSE = 150  # milliseconds after the last key before the lines are judged
_MOST_SHOWN = 200  # lines in the list of verdicts; of more, right ones are left out first
_ROOMY = 520  # from this width on, in pixels at zoom 1, lines and verdicts stand side by side


class OwnWorksheet(QWidget):
    """An editor for one's own lines, with the verdicts beside it.

    Attributes:
        editor: the lines. facts: the verdicts. answer: what explains the first line that is wrong.

    Signals:
        judged(dict): the verdicts are up to date; what lines say of their steps. jump_requested(Address),
        cursor_requested(Cursor), rule_requested(Rule), paths_requested(Rule): as every panel's, and as an answer's.
        text_changed(str): the lines, to be remembered.
    """

    judged = Signal(object)
    jump_requested = Signal(object)
    cursor_requested = Signal(object)
    rule_requested = Signal(object)
    paths_requested = Signal(object)
    text_changed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._judged_for: object = None
        self._found: tuple[Judged, ...] = ()
        self._bad: tuple[BadLine, ...] = ()
        self._shown: list[Judged | BadLine] = []
        self._explained: Judged | None = None
        self._was_empty = True
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
        self.copy = QPushButton("Copy verdicts")
        self.copy.setProperty("small", True)
        self.copy.setToolTip("Copy every verdict as text")
        self.copy.clicked.connect(self.copy_verdicts)
        self.add = QPushButton()
        self.add.setProperty("small", True)
        self.add.setToolTip("Lines below “epoch …:” are compared with that epoch")
        self.add.clicked.connect(self._add_epoch)
        self._buttons = FlowLayout()
        for button in (self.go, self.copy, self.add):
            self._buttons.addWidget(button)
        verdicts = QWidget()
        self._column = QVBoxLayout(verdicts)
        for part in (self.summary, self.answer):
            self._column.addWidget(part)
        self._column.addLayout(self._buttons)
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
        """Judge the lines anew where *view* has another training; each is of the epoch that it was written for."""
        self._view = view
        judged_for = (view.training, latest_epoch(view.training), view.form)
        if self._judged_for != judged_for:
            self._judged_for = None  # the training before is let go, where there are no lines too
            if self.editor.toPlainText().strip():
                self._judge()
        self._offer_epoch()

    def set_text(self, text: str) -> None:
        """Show *text*, such as the lines that were remembered."""
        if text != self.editor.toPlainText():
            self._was_empty = False
            self.editor.setPlainText(text)
            self._found, self._bad, self._shown, self._judged_for = (), (), [], None
            self._show()
            self.judged.emit({})

    def go_to_first(self) -> None:
        """Stand at the step of the first line that is wrong."""
        if self._timer.isActive():
            self._judge()
        first = first_wrong(self._found)
        if first is not None:
            self._go_to(first)

    def copy_verdicts(self) -> None:
        """Put every verdict on the clipboard, a line each."""
        form = self._view.form if self._view is not None else NumberFormat()
        QGuiApplication.clipboard().setText("\n".join(in_text(self._found, self._bad, form)))

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
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in ENTER
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.go_to_first()
                return True
        return super().eventFilter(watched, event)

    # -- inside ---------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        text = self.editor.toPlainText()
        was_empty, self._was_empty = self._was_empty, not text
        if was_empty and text and self._view is not None and self._view.cursor.epoch > 1:
            cursor = QTextCursor(self.editor.document())
            cursor.joinPreviousEditBlock()
            cursor.insertText(f"epoch {self._view.cursor.epoch}:\n")  # which signals again, so that it is remembered
            cursor.endEditBlock()
        self._timer.start()
        self.text_changed.emit(self.editor.toPlainText())

    def _judge(self) -> None:
        view = self._view
        if view is None:
            return
        self._timer.stop()
        latest = latest_epoch(view.training)
        lines = read_lines(self.editor.toPlainText(), view.network, latest=latest)
        good = [line for line in lines if isinstance(line, OwnLine)]
        self._found = judge(_reaching(view.training, max((line.epoch for line in good), default=1)), good)
        self._bad = tuple(line for line in lines if isinstance(line, BadLine))
        self._judged_for = (view.training, latest, view.form)
        self._shown = _chosen([*self._found, *self._bad])
        self._show()
        self.judged.emit(at_steps(self._found, view.form))

    def _show(self) -> None:
        first = first_wrong(self._found)
        self.summary.setText(summed_up(self._found, self._bad) or EMPTY)
        self._explain(first)
        self.go.setVisible(first is not None)
        self.copy.setVisible(bool(self._found or self._bad))
        self._offer_epoch()
        form = self._view.form if self._view is not None else NumberFormat()
        several = {found.line.epoch for found in self._found} - {1}
        facts = [_fact(line, first, form, with_epoch=bool(several)) for line in self._shown]
        left_out = len(self._found) + len(self._bad) - len(self._shown)
        if left_out:
            facts.append(Fact(f"{left_out:,} more lines are not listed; Copy verdicts has all.", style="note"))
        self.facts.set_facts(facts)

    def _explain(self, found: Judged | None) -> None:
        """Show what explains a wrong line; of all lines only of that which is asked for, since it takes long."""
        self._explained = found
        view = self._view
        self.answer.setVisible(False)
        if view is None or found is None:
            return
        sheet = view.source.worksheet
        stated = sheet.learning_rate_stated if sheet is not None else None
        explained = explanation(_reaching(view.training, found.line.epoch), found, stated)
        if explained is not None and explained.kind != "unknown":
            self.answer.show_answer(view, explained)
            self.answer.setVisible(True)

    def _offer_epoch(self) -> None:
        epoch = self._view.cursor.epoch if self._view is not None else 1
        has_lines = any(found.line.epoch == epoch for found in self._found)
        self.add.setVisible(bool(self._found or self._bad) and not has_lines)
        self.add.setText(f"Add lines of epoch {epoch:,}")

    def _add_epoch(self) -> None:
        if self._view is None:
            return
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.editor.insertPlainText(f"\nepoch {self._view.cursor.epoch}:\n")
        self.editor.setFocus()

    def _go_to(self, found: Judged) -> None:
        """Stand at the step of a line; where it is wrong, say why."""
        if found.verdict == "wrong" and found is not self._explained:
            self._explain(found)
        if self._view is not None:
            self.cursor_requested.emit(Cursor(found.line.epoch, self._view.program.place(found.address)))

    def _follow(self, index: int) -> None:
        line = self._shown[index]
        if isinstance(line, Judged):
            self._go_to(line)
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
        self._buttons.set_gaps(px(8), px(4))
        self.editor.setFont(self._theme.font(13))


def _reaching(training: Training, epoch: int) -> Training:
    """*training*, or one like it where it has not reached *epoch*, so that nothing is trained that nobody asked for."""
    if epoch <= training.reached:
        return training
    return Training(training.network, training.initial, training.rule, training.learning_rate, training.changes)


def _chosen(lines: list[Judged | BadLine]) -> list[Judged | BadLine]:
    """The lines that are listed, in their order: where there are too many, right ones only as far as there is room."""
    room = _MOST_SHOWN - sum(isinstance(line, BadLine) or line.verdict != "right" for line in lines)
    chosen: list[Judged | BadLine] = []
    for line in lines:
        is_right = isinstance(line, Judged) and line.verdict == "right"
        if not is_right or room > 0:
            chosen.append(line)
        room -= is_right
    return chosen[:_MOST_SHOWN]


def _fact(line: Judged | BadLine, first: Judged | None, form: NumberFormat, *, with_epoch: bool) -> Fact:
    if isinstance(line, BadLine):
        return Fact(f"?  line {line.number}: {line.problem}", style="note", tip=line.text, leads=True)
    name = symbols.text(line.line.symbol) + (f", epoch {line.line.epoch:,}" if with_epoch else "")
    note = f"\n{line.line.note}" if line.line.note else ""
    yours = " ".join(line.line.given.written.split())
    tip = f"yours {yours}{note}\nright {right_numbers(line, form)}\nGo to its step"
    style: Style = "strong" if line.verdict == "wrong" else "plain"
    return Fact(f"{MARKS[line.verdict]}  {name}", words(line, first, form), tip, style, leads=True)
