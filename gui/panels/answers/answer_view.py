"""What there is to say of a learner's number: a verdict, what was done and what should be done, and where to go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from core.network.symbols import text
from core.writing.shown import capital
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.widgets.parts.flow_layout import FlowLayout

if TYPE_CHECKING:
    from core.answers.said import Answer, Elsewhere, Match

_MARKS = {"agrees": "✓", "too coarse": "?", "explained": "≠", "could be": "?", "unknown": "?"}
_MOST_MATCHES = 6
_MOST_DIFFERING = 8


class AnswerView(QFrame):
    """An answer in words, with buttons that lead on.

    Signals:
        rule_requested(Rule): step with that rule. paths_requested(Rule): so too, and show the paths of attention.
        jump_requested(Address): go to that step. worksheet_requested(): enter more of one's worksheet.
    """

    rule_requested = Signal(object)
    paths_requested = Signal(object)
    jump_requested = Signal(object)
    worksheet_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("note")
        self._theme = theme
        self._body: QWidget | None = None
        self._progress: QLabel | None = None
        self._column = QVBoxLayout(self)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """All that is said, a line each."""
        body = self._body  # in which Python holds what is found until the next answer
        return "\n".join(each.text() for each in body.findChildren(QLabel) if not each.isHidden()) if body else ""

    def say(self, words: str) -> None:
        """Say why there is no answer, such as that the text is no number."""
        _add(self._fresh(), words, "body")

    def show_progress(self, words: str) -> None:
        """Say how far the search is, below what is said so far."""
        if self._progress is None:
            self._progress = _add(self._fresh(), "", "body")
        self._progress.setText(words)

    def show_answer(self, view: View, answer: Answer, named: str = "", *, is_last: bool = True) -> None:
        """Show *answer*, seen from the step of *view*; *named*: the quantity that it is about, where another is.

        *is_last*: else it is what can be said so far.
        """
        body = self._fresh()
        where = answer.place if named else answer.place[:1].upper() + answer.place[1:]  # a symbol keeps its case
        so_far = "" if is_last else "so far" if named or where else "So far"
        places = [part for part in (named, where, so_far) if part]
        place = f"{', '.join(places)}: " if places else ""
        headline = f"{answer.headline[0].lower()}{answer.headline[1:]}" if place else answer.headline
        _add(body, f"{_MARKS[answer.kind]}  {place}{headline}", "strong")
        differing = list(answer.differing[:_MOST_DIFFERING])
        if len(answer.differing) > _MOST_DIFFERING:
            differing.append(f"and {len(answer.differing) - _MOST_DIFFERING} more")
        if differing and answer.kind == "unknown":
            _add(body, "\n".join(differing), "fact")
        others = tuple(place for place in answer.elsewhere if place.address in view.program)
        if others:
            self._add_elsewhere(body, view, others)
        several = len(answer.matches) > 1
        for match in answer.matches[:_MOST_MATCHES]:
            self._add_match(body, view, match, titled=several)
        if len(answer.matches) > _MOST_MATCHES:
            _add(body, f"and {len(answer.matches) - _MOST_MATCHES} more", "fact")
        if not is_last:
            self._progress = _add(body, "", "body")
        elif answer.kind == "unknown":
            made = [*view.network.states, *(["Z"] if view.network.attention else []), "yhat"][:2]
            lines = ", ".join(text(f"{name}[1]") for name in made)
            _add(body, f"Enter more of your lines, {lines}, …: the first that is wrong tells where to look.", "body")
            buttons = self._row(body)
            self._button(buttons, "Check my worksheet…", "Enter your own lines (Ctrl+B)", self.worksheet_requested.emit)

    def _add_elsewhere(self, body: QVBoxLayout, view: View, places: tuple[Elsewhere, ...]) -> None:
        _add(body, "The same digits stand at:", "body")
        buttons = self._row(body)
        for place in places:
            address, rule = place.address, place.rule
            text = f"{place.words}, step {view.program.place(address):,} →"
            tip = "Go there; Back returns (Alt+Left)"
            if rule is not None:
                tip = "Go there, where the rule in use gives another number; Back returns (Alt+Left)"
            self._button(buttons, text, tip, partial(self.jump_requested.emit, address))

    def _add_match(self, body: QVBoxLayout, view: View, match: Match, *, titled: bool) -> None:
        if titled:
            _add(body, f"{capital(match.title)}{'' if match.equal else ', one unit off'}", "strong")
        first, rule = match.first, match.rule
        elsewhere = first if first is not None and first.address != view.step.address else None
        step = view.program.place(elsewhere.address) if elsewhere is not None else 0
        words = match.sentence
        if elsewhere is not None:
            values = f"{view.form(elsewhere.theirs)} instead of {view.form(elsewhere.right)}"
            at = "at step {}, {}" if elsewhere.address in view.program else "in {1} (see step {0})"
            words += f" It first matters {at.format(f'{step:,}', elsewhere.name)}: {values}."
        _add(body, words, "body")
        buttons = self._row(body)
        if elsewhere is not None:
            address = elsewhere.address
            tip = "Go there; Back returns (Alt+Left)"
            self._button(buttons, f"Go to step {step:,}", tip, lambda: self.jump_requested.emit(address))
        if rule is not None and match.shows_paths:
            tip = "Step with this rule, and show what the values, keys and query of attention add"
            self._button(buttons, "Show the paths", tip, lambda: self.paths_requested.emit(rule))
        if rule is not None:
            tip = "Set the switches of the rule so; Undo brings the present rule back (Ctrl+Z)"
            self._button(buttons, "Step with this rule", tip, lambda: self.rule_requested.emit(rule))

    def _row(self, body: QVBoxLayout) -> FlowLayout:
        row = FlowLayout()
        row.set_gaps(self._theme.px(8), self._theme.px(4))
        body.addLayout(row)
        return row

    def _button(self, row: FlowLayout, text: str, tip: str, chosen: Callable[[], object]) -> None:
        button = QPushButton(text)
        button.setProperty("small", True)
        button.setToolTip(tip)
        button.clicked.connect(lambda: chosen())
        row.addWidget(button)

    def _fresh(self) -> QVBoxLayout:
        """An empty body in the place of the last one."""
        self._progress = None
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.setParent(None)
            self._body.deleteLater()
        self._body = QWidget()
        self._column.addWidget(self._body)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(self._theme.px(4))
        return body

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(10), px(6), px(10), px(6))


def _add(body: QVBoxLayout, words: str, role: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    body.addWidget(label)
    return label
