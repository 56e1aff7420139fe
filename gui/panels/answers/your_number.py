"""The prompt below a step: a number of one's own to ask about, or a prediction of a result that is hidden.

What answers is imported when a number comes: it takes as long to load as all that shows a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.network import symbols
from core.program.cursor import Cursor
from core.program.program import Address
from core.sources.source import Source
from core.studies.contributions import largest_entry
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.answers.answer_view import AnswerView
from gui.widgets.parts.keys import ENTER, NumberField

if TYPE_CHECKING:
    from core.answers.answer import Search
    from core.slips.case import Case

ASK, PREDICT = "Got a different number?", "What will it be?"
_ASK_HINT = {True: "yours, then Enter", False: "one, a row, a column or all"}
_PREDICT_HINT = "a number, or only + or −"
_JUDGED = "judged as changed"
_JUDGED_TIP = "Slips are looked for in the network as it is here, with the numbers that are changed or held"
_AT_ONCE, _SLICE = 0.1, 0.02  # seconds of a search before the window goes on, and between two turns of its loop


class YourNumber(QWidget):
    """A field for a number of one's own; the answer stands where its owner puts it.

    Attributes:
        field: where it is typed. answer: what is said of it. reveal: the button that shows a hidden result.
        judged: says, where a number is changed or held, that answers are about the network as it is then.

    Signals:
        rule_requested(Rule), paths_requested(Rule), jump_requested(Address), worksheet_requested(): as the answer's.
        predicted(Judgement): the hidden result was predicted, so it may be shown. reveal_requested(): show it.
        opened(), closed(): there is an answer, or there is none any more.
        answered(str): what is said, for a screen reader. left(): the field was left by Escape.
    """

    rule_requested = Signal(object)
    paths_requested = Signal(object)
    jump_requested = Signal(object)
    worksheet_requested = Signal()
    opened = Signal()
    closed = Signal()
    predicted = Signal(object)
    reveal_requested = Signal()
    answered = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        # What was asked where, so that coming back shows it again; a network that nobody needs any more is let go.
        self._asked: WeakKeyDictionary[Source, dict[Cursor, str]] = WeakKeyDictionary()
        self._search: Search | None = None
        self._says_so_far = False
        self._place = ""  # of the quantity that was named, empty where the step itself is meant
        self._searching = QTimer(self, interval=0)
        self._searching.timeout.connect(self._go_on)
        self.label, self.score, self.judged = QLabel(), QLabel(), QLabel(_JUDGED)
        self.judged.setToolTip(_JUDGED_TIP)
        self.field = NumberField()
        self.field.setProperty("small", True)
        self.field.textEdited.connect(self._edited)
        self.field.installEventFilter(self)
        self.label.setBuddy(self.field)
        self.reveal = QPushButton("Reveal")
        self.reveal.setProperty("small", True)
        self.reveal.setToolTip("Show the result (H)")
        self.reveal.clicked.connect(self.reveal_requested)
        self.answer = AnswerView(theme)
        self.answer.rule_requested.connect(self.rule_requested)
        self.answer.paths_requested.connect(self.paths_requested)
        self.answer.jump_requested.connect(self.jump_requested)
        self.answer.worksheet_requested.connect(self.worksheet_requested)
        self.answer.hide()
        self._line = QFrame()
        self._line.setObjectName("rule")
        self._line.setFixedHeight(1)
        self._prompt = QWidget()
        self._row = QHBoxLayout(self._prompt)
        for widget in (self.label, self.field, self.reveal, self.judged):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self.score)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        for part in (self._line, self._prompt):
            self._column.addWidget(part)
        for label in (self.label, self.score, self.judged):
            label.setProperty("role", "dim")
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_view(self, view: View) -> None:
        """Be about the step of *view*; what was asked there is asked again, since the rule may be another."""
        before, self._view = self._view, view
        self.setVisible(view.step.address.quantity != "letter")
        self.label.setText(PREDICT if view.hidden else ASK)
        single = view.step.value.size == 1
        self.field.setPlaceholderText(_PREDICT_HINT if view.hidden and single else _ASK_HINT[single])
        self.field.setAccessibleName(self.label.text())
        self.field.setAccessibleDescription(_JUDGED_TIP if view.is_changed else "")
        self.judged.setVisible(view.is_changed)
        if before is None or before.hidden != view.hidden:
            asked = (
                "What you expect; then the result is shown" if view.hidden else "What you got instead, in any notation"
            )
            self.field.setToolTip(f"{asked} (?)")
        self.reveal.setVisible(view.hidden)
        self.field.predicts = view.hidden
        self.score.setVisible(view.state.predicts)
        moved = before is None or (before.source, before.cursor) != (view.source, view.cursor)
        if moved:
            self.field.setText(self._asked.get(view.source, {}).get(view.cursor, ""))
        if view.hidden or not self.field.text():
            self._close()
        elif moved or before is None or _asked_of(before) != _asked_of(view):
            self._show_answer()

    def show_score(self, words: str, tip: str) -> None:
        """Say how predictions went, quietly."""
        self.score.setText(words)
        self.score.setToolTip(tip)

    def focus_field(self) -> None:
        """Take the keyboard."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter asks, and is nobody else's then; Escape closes the answer and leaves the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in ENTER:
                self._ask()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.put_away()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def put_away(self) -> None:
        """Forget what was asked here, and its answer."""
        self.field.clear()
        self._edited()

    # -- inside ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Answer what was typed, or judge it as a prediction."""
        view = self._view
        if view is None or not self.field.text().strip():
            return
        if not view.hidden:
            self._show_answer()
            self.left.emit()
            return
        from core.answers.predict import judge_prediction
        from core.writing.notation import NotationError

        try:
            judgement = judge_prediction(_case(view, view.step.address), self.field.text(), view.entry)
        except NotationError as error:
            self._say(f"Not understood: {error}.")
            return
        if judgement.answer is not None and judgement.answer.kind == "too coarse":  # it stays hidden, for more digits
            self.answer.show_answer(view, judgement.answer)
            self._open()
            self.answered.emit(self.answer.text)
            return
        self._keep(view, self.field.text() if judgement.answer is not None else "")
        self.predicted.emit(judgement)
        if judgement.words:
            self._say(judgement.words)
        self.answered.emit(self.answer.text)

    def _show_answer(self) -> None:
        view = self._view
        if view is None:
            return
        from core.answers.answer import Search
        from core.answers.asked import asked
        from core.writing.notation import NotationError

        text = self.field.text()
        self._keep(view, text)
        try:
            question = asked(text, view.step.address, view.step.value, view.network)
        except NotationError as error:
            self._say(f"Not understood: {error}.")
            return
        self._place = ""
        if question.symbol is not None:
            self._place = f"{symbols.text(question.symbol)}, step {view.program.place(question.address):,}"
        case = _case(view, question.address)
        here = question.address == view.step.address
        entry = view.entry if here else largest_entry(case.right.value(case.address), None)
        self._search, self._says_so_far = Search(case, question.given, question.entry or entry), False
        self._searching.start()
        self._run(_AT_ONCE)

    def _go_on(self) -> None:
        self._run(_SLICE)

    def _run(self, seconds: float) -> None:
        """Search on for so many *seconds*; what is said when it is done, or what can be so far, and how far it is."""
        view, search = self._view, self._search
        if view is None or search is None:
            return
        if not search.run(seconds):
            trained = f", other trainings {search.trained:.0%} done" if search.trained else ""
            if search.so_far is not None and not self._says_so_far:
                self._says_so_far = True
                self.answer.show_answer(view, search.so_far, self._place, is_last=False)
            self.answer.show_progress(f"Looking: {search.tried} known ways tried{trained} …")
            self._open()
            return
        self._end_search()
        self.answer.show_answer(view, search.answer, self._place)
        self._open()
        self.answered.emit(self.answer.text)

    def _end_search(self) -> None:
        self._searching.stop()
        self._search = None

    def _say(self, words: str) -> None:
        self.answer.say(words)
        self._open()

    def _edited(self) -> None:
        """What was said is not about what is being typed."""
        if self._view is not None:
            self._keep(self._view, "")
        self._close()

    def _keep(self, view: View, text: str) -> None:
        self._asked.setdefault(view.source, {})[view.cursor] = text

    def _open(self) -> None:
        self.answer.show()
        self.opened.emit()

    def _close(self) -> None:
        self._end_search()
        if not self.answer.isHidden():
            self.answer.hide()
            self.closed.emit()

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(20), 0, px(20), px(4))
        self._row.setContentsMargins(0, px(3), 0, 0)
        self._row.setSpacing(px(8))
        self.field.setMinimumWidth(px(230))
        self.field.setMaximumWidth(px(320))


def _case(view: View, address: Address) -> Case:
    from core.slips.case import Case

    sheet = view.source.worksheet
    stated = sheet.learning_rate_stated if sheet is not None else None
    return Case.of(view.training, view.cursor.epoch, address, stated)


def _asked_of(view: View) -> tuple[object, ...]:
    """What an answer depends on."""
    return view.training, view.entry, view.hidden, view.form
