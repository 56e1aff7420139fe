"""The card that takes the numbers of an exercise as its text gives them, and fills the form with them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from core.exercise.notes import Mapped, Question
from core.exercise.pasted import read
from gui.look.theme import Theme
from gui.new_network.fields.choices import Choice
from gui.new_network.fields.parts import Card, Words

_PAUSE = 200  # milliseconds after the last key before the text is read
_HEIGHT = 132
_BETWEEN = 42  # so that both halves stand above the columns of the form
_EXAMPLE = "Wf = [0.7, 0.45], Uf = 0.1, bf = 0.15\nWi = [0.95, 0.8], …\nx1 = [1, 2], x2 = [0.5, 3], y2 = 1.25, h0 = 0"


class ExerciseCard(Card):
    """A text, and beside it what each of its names is taken for, what it leaves open, and what is missing.

    Attributes:
        text: where it is pasted. mapping: what its names are taken for. left: what is not used. missing: what it does
        not say, or contradicts itself in. questions: what it leaves open, by their keys.

    Signals:
        found(Exercise): another text was read, or a question answered.
    """

    found = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("The numbers of the exercise")
        self.text.setToolTip("Names with their numbers, as the exercise or a program writes them; they fill the form")
        self.text.setPlaceholderText(_EXAMPLE)
        self.text.setTabChangesFocus(True)
        self.mapping = Words("Paste what the exercise gives; what each name is taken for is said here.")
        self.left, self.missing = Words(), Words()
        self.questions: dict[str, Choice[str]] = {}
        self._form = QFormLayout()
        self._beside = QVBoxLayout()
        for part in (self.mapping, self.left, self.missing):
            self._beside.addWidget(part)
        self._beside.addLayout(self._form)
        self._beside.addStretch(1)
        both = QWidget()
        self._row = QHBoxLayout(both)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.text, 1, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._beside, 1)
        self.add_wide(both)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self.read)
        self.text.textChanged.connect(self._pause.start)
        theme.changed.connect(self._arrange)
        self._arrange()

    def read(self) -> None:
        """Read the text, say what was found, and let the form be filled with it."""
        self._pause.stop()
        text = self.text.toPlainText()
        exercise = read(text, {key: choice.key for key, choice in self.questions.items()})
        self._ask(exercise.questions)
        nothing = not text.strip()
        self.mapping.hint("" if nothing else ",   ".join(map(_short, exercise.mapping)))
        self.left.hint("" if nothing or not exercise.unused else f"Not used: {'; '.join(exercise.unused)}")
        wrong = [*exercise.contradictions, *(f"Missing: {each}" for each in exercise.missing)]
        self.missing.say("" if nothing else "; ".join(wrong))
        for part in (self.mapping, self.left, self.missing):
            part.setVisible(bool(part.text()))
        if not nothing:
            self.found.emit(exercise)

    def _ask(self, questions: tuple[Question, ...]) -> None:
        """Show a choice for each of *questions*; those that are asked no more go."""
        asked = {question.key: question for question in questions}
        for key in [*self.questions]:
            if key not in asked:
                self._form.removeRow(self.questions.pop(key))
        for key, question in asked.items():
            if key not in self.questions:
                choice = Choice(question.words, {option: (option, question.words) for option in question.options})
                choice.choose(question.assumed)
                choice.changed.connect(self.read)
                self.questions[key] = choice
                words = Words(question.words)
                self._form.addRow(words, choice)

    def _arrange(self) -> None:
        px = self._theme.px
        self.text.setFixedHeight(px(_HEIGHT))
        self._row.setSpacing(px(_BETWEEN))
        self._beside.setSpacing(px(6))
        self._form.setHorizontalSpacing(px(12))


def _short(mapped: Mapped) -> str:
    """``Wf → U_f``; a name that stays is said alone."""
    name = mapped.name if mapped.name == mapped.ours else f"{mapped.name} → {mapped.ours}"
    return (f"{name} ({mapped.note})" if mapped.note else name).replace(" ", "\N{NO-BREAK SPACE}")
