"""The dialog that makes a network for one's own text: one form, checked while it is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.network.rule import EXACT
from core.sources.own_network import MOST_CHARACTERS, Design, Problem, build, check, summary
from core.sources.source import Source
from core.writing.letters import TextError, letters
from gui.look.theme import Theme
from gui.new_network.cards import NetworkCard, TextCard, TrainingCard
from gui.new_network.start import StartCard
from gui.new_network.summary import SummaryView
from gui.widgets.parts.keys import ENTER
from gui.widgets.parts.scroll import Scroll

_PAUSE = 120  # milliseconds after the last key before the form is checked
_WIDTH, _HEIGHT = 740, 676
_LEAST = QSize(620, 320)
_SHAPING = {"text", "targets", "hidden_size", "embedding_size"}  # the fields that shapes follow from
_FRAME = 40  # what the desktop may put around the dialog

_BAD = """
QLineEdit[bad="true"], QPlainTextEdit[bad="true"] {{ border: 2px solid {bad}; padding: {inside}px {beside}px; }}
QLabel[bad="true"] {{ color: {bad}; }}
"""


class NewNetworkDialog(QDialog):
    """Asks for everything that makes a network.

    Attributes:
        text, network, training, start: the cards of the form. summary: what it will be. create, cancel: the buttons.

    Signals:
        made(Source): the network that was asked for.
    """

    made = Signal(object)

    def __init__(self, theme: Theme, like: Source, parent: QWidget | None) -> None:
        """*like*: what the form is filled with."""
        super().__init__(parent)
        self._theme = theme
        self._zoom = 0.0
        self.setWindowTitle("New network")
        self.setModal(True)
        self.text, self.network, self.training = TextCard(theme), NetworkCard(theme), TrainingCard(theme)
        self.start = StartCard(theme, lambda title, kinds: self.choose_file(title, kinds))
        self.summary = SummaryView(theme)
        self.create_button, self.cancel_button = QPushButton("&Create"), QPushButton("Cancel")
        self._lay_out()
        self._fill(like)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self.check)
        for card in self._cards:
            card.edited.connect(self._pause.start)
        self.start.scheme.currentIndexChanged.connect(lambda: self.check())  # it shows other fields
        theme.changed.connect(self._restyle)
        self._restyle()
        self.check()
        self.text.text_field.setFocus()
        self.text.text_field.selectAll()

    def design(self) -> Design:
        """What the form asks for now, good or not."""
        start = self.start
        design = Design(
            text=self.text.text_field.text(),
            targets=self.text.asked,
            hidden_size=self.network.hidden_field.whole,
            embedding_size=self.network.embedding_size,
            attention=self.network.attention.isChecked(),
            learning_rate=self.training.rate_field.real,
            rule=self.training.rule,
            scheme=start.choice,
            scale=start.scale_field.real,
            seed=start.seed_field.whole if start.is_seeded else 0,
        )
        return replace(design, parameters=start.given.read(_shapes(design))) if start.choice == "given" else design

    def check(self) -> bool:
        """Say what is wrong at its field, and at the bottom what the network will be; whether nothing is wrong."""
        self._pause.stop()
        design = self.design()
        problems = check(design)
        self._describe(design, problems)
        self._mark(problems)
        if problems:
            self.summary.show_missing([name for name, problem, _ in self._fields() if problem])
        else:
            self.summary.show_summary(summary(design))
        self.create_button.setEnabled(not problems)
        return not problems

    def choose_file(self, title: str, kinds: str) -> Path | None:
        """Ask which file to read; *kinds* as Qt writes them."""
        name, _ = QFileDialog.getOpenFileName(self, title, "", kinds)
        return Path(name) if name else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter creates, or goes to the first field that is bad."""
        if event.key() in ENTER:
            self._create()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is checked any more."""
        self._pause.stop()
        super().hideEvent(event)

    # -- inside ---------------------------------------------------------------------------------------------

    @property
    def _cards(self) -> tuple[TextCard, NetworkCard, TrainingCard, StartCard]:
        return self.text, self.network, self.training, self.start

    def _lay_out(self) -> None:
        self.create_button.setProperty("primary", True)
        self.create_button.setDefault(True)
        self.create_button.setToolTip("Make the network and debug it (Enter)")
        self.create_button.clicked.connect(self._create)
        self.cancel_button.setToolTip("Keep the network that is open (Esc)")
        self.cancel_button.clicked.connect(self.reject)
        form = QWidget()
        self._form = QVBoxLayout(form)
        for card in self._cards:
            self._form.addWidget(card)
        self._form.addStretch(1)
        self._scroll = Scroll(form)
        self._bottom = QHBoxLayout()
        self._bottom.addWidget(self.summary, 1)
        for button in (self.cancel_button, self.create_button):
            self._bottom.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(rule)
        self._column.addLayout(self._bottom)

    def _fill(self, like: Source) -> None:
        network = like.network
        inputs, targets = network.letters
        follows = inputs[1:] == targets[:-1]
        self.text.fill("".join([*inputs, *targets[-1:]] if follows else inputs), None if follows else "".join(targets))
        self.network.fill(network.hidden_size, network.embedding_size, attention=network.attention)
        # A sheet's rule is about the sheet.
        self.training.fill(like.learning_rate, like.rule if like.worksheet is None else EXACT)
        design = self.design()
        is_alike = network.has_terms and not check(design)
        if is_alike and summary(design).alphabet == network.alphabet:  # else rows stand for other letters
            for name, array in like.parameters.items():
                self.start.given.rows[name].set_array(array, "the network that is open")

    def _describe(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the letters of *design*, and what attention adds to a network of its sizes."""
        known = not _SHAPING & {problem.field for problem in problems}
        self.network.show_terms(*(summary(replace(design, attention=on)).terms if known else 0 for on in (False, True)))
        text = _readable(design.text)
        self.text.count(*((text[:-1], text[1:]) if design.targets is None else (text, _readable(design.targets))))

    def _mark(self, problems: Sequence[Problem]) -> None:
        words = {problem.field: problem.words for problem in problems if problem.field != "parameters"}
        self.text.text.say(words.get("text", ""))
        self.text.targets.say(words.get("targets", ""))
        self.network.hidden.say(words.get("hidden_size", ""))
        self.network.embedding.say(words.get("embedding_size", ""))
        self.training.rate.say(words.get("learning_rate", ""))
        self.start.scale.say(words.get("scale", ""))
        self.start.seed.say(words.get("seed", ""))
        # The words about a parameter start with its name.
        by_name = {problem.words[0]: problem.words for problem in problems if problem.field == "parameters"}
        for name, row in self.start.given.rows.items():
            row.say((row.problem or by_name[name]) if name in by_name else "")

    def _fields(self) -> list[tuple[str, str, QWidget]]:
        """Name, problem and widget of every field, from top to bottom."""
        text, network, training, start = self._cards
        return [
            (name, entry.words.problem, entry.field)
            for name, entry in (
                ("text", text.text),
                ("targets", text.targets),
                ("hidden size", network.hidden),
                ("embedding", network.embedding),
                ("learning rate", training.rate),
                ("standard deviation", start.scale),
                ("seed", start.seed),
            )
        ] + [(name, row.words.problem, row.edit) for name, row in start.given.rows.items()]

    def _create(self) -> None:
        if self.check():
            source = build(self.design())
            self.accept()
            self.made.emit(source)
            return
        field = next(field for _, problem, field in self._fields() if problem)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(field, 0, self._theme.px(60))

    def _restyle(self) -> None:
        theme, px = self._theme, self._theme.px
        bad = theme.palette.families["W"].name()  # the palette's warm colour; the words say what is meant
        self.setStyleSheet(_BAD.format(bad=bad, inside=px(3) - 1, beside=px(8) - 1))
        self._form.setContentsMargins(px(14), px(14), px(14), px(14))
        self._form.setSpacing(px(10))
        self._bottom.setContentsMargins(px(16), px(10), px(16), px(12))
        self._bottom.setSpacing(px(8))
        self._column.setContentsMargins(0, 0, 0, 0)
        room = self.screen().availableSize() - QSize(_FRAME, _FRAME)
        self.setMinimumSize((_LEAST * theme.zoom).boundedTo(room))
        if theme.zoom != self._zoom:  # else the user's own size stays
            self.resize(QSize(px(_WIDTH), px(_HEIGHT)).boundedTo(room))
            self._zoom = theme.zoom


def _readable(text: str) -> tuple[str, ...]:
    """The letters of *text*; none where it is too long for a network, or cannot be read."""
    try:
        return letters(text) if len(text) <= MOST_CHARACTERS else ()
    except TextError:
        return ()


def _shapes(design: Design) -> Mapping[str, tuple[int, ...]]:
    """The shapes of the parameters of *design*; none where its text or a size is not good."""
    drawn = replace(design, learning_rate=0, scheme="zeros", seed=0)
    return {} if check(drawn) else summary(drawn).shapes
