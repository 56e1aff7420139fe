"""The dialog that makes a network for one's own text: one form, checked while it is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.exercise.filling import filled
from core.exercise.pasted import Exercise
from core.network.network import Network
from core.sources.design import Design, Field, Problem, network, sizes
from core.sources.own_network import as_design, build, summary
from core.sources.problems import check
from core.sources.source import Source
from gui.look.theme import Theme
from gui.new_network.cards.cell import CellCard
from gui.new_network.cards.exercise import ExerciseCard
from gui.new_network.cards.start import StartCard
from gui.new_network.cards.text import TextCard
from gui.new_network.cards.training import LossCard, TrainingCard
from gui.new_network.fields.parts import Entry
from gui.new_network.form.columns import Columns
from gui.new_network.form.summary import SummaryView
from gui.widgets.parts.keys import ENTER
from gui.widgets.parts.scroll import Scroll

_PAUSE = 120  # milliseconds after the last key before the form is checked
_WIDTH, _HEIGHT = 1020, 676
_LEAST = QSize(620, 320)
_NAMES = {"hidden_size": "hidden size", "embedding_size": "embedding", "learning_rate": "learning rate",
          "scale": "standard deviation"}  # fmt: skip
_FRAME = 40  # what the desktop may put around the dialog

_BAD = """
QLineEdit[bad="true"], QPlainTextEdit[bad="true"] {{ border: 2px solid {bad}; padding: {inside}px {beside}px; }}
QLabel[bad="true"] {{ color: {bad}; }}
"""


class NewNetworkDialog(QDialog):
    """Asks for everything that makes a network.

    Attributes:
        exercise, text, loss, cell, training, start: the cards of the form; the first only while *paste_button* is down.
        summary: what it will be. create_button, cancel_button: what ends it.

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
        self.text, self.loss, self.cell = TextCard(theme), LossCard(theme), CellCard(theme)
        self.training = TrainingCard(theme)
        self.start = StartCard(theme, lambda title, kinds: self.choose_file(title, kinds))
        self.summary = SummaryView(theme)
        self.exercise, self.paste_button = ExerciseCard(theme), QPushButton("Paste an e&xercise")
        self.create_button, self.cancel_button = QPushButton("Create"), QPushButton("Cancel")
        self._lay_out()
        self._fill(as_design(like), "the network that is open")
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self.check)
        for card in self._cards:
            card.edited.connect(self._pause.start)
        self.start.scheme.currentIndexChanged.connect(lambda: self.check())  # it shows other fields
        for choice in (self.text.reads, self.text.wants):
            choice.changed.connect(self._follow)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.check()
        self.text.text_field.setFocus()
        self.text.text_field.selectAll()

    def design(self) -> Design:
        """What the form asks for now, good or not."""
        text, cell, start = self.text, self.cell, self.start
        output, loss, reduction = self.loss.asked()
        design = Design(
            text=text.asked,
            reads=text.kind,
            targets=text.asked_targets,
            output=output,
            loss=loss,
            reduction=reduction,
            cell=cell.cells.key,
            lines=cell.asked_lines,
            hidden_size=cell.hidden_field.whole,
            embedding_size=cell.embedding_size,
            attention=cell.attention.isChecked(),
            biases=cell.bias,
            initial=cell.states.texts,
            own_sizes=cell.sizes.texts,
            learning_rate=self.training.rate_field.real,
            rule=self.training.rule,
            scheme=start.choice,
            scale=start.scale_field.real,
            seed=start.seed_field.whole if start.is_seeded else 0,
        )
        return replace(design, parameters=start.given.read(_network(design))) if start.choice == "given" else design

    def check(self) -> bool:
        """Say what is wrong at its field, and at the bottom what the network will be; whether nothing is wrong."""
        self._pause.stop()
        design = self.design()
        problems = check(design)
        self._describe(design)
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
    def _cards(self) -> tuple[TextCard, LossCard, TrainingCard, CellCard, StartCard]:
        return self.text, self.loss, self.training, self.cell, self.start

    def _lay_out(self) -> None:
        self.create_button.setProperty("primary", True)
        self.create_button.setDefault(True)
        self.create_button.setToolTip("Make the network and debug it (Enter)")
        self.create_button.clicked.connect(self._create)
        self.cancel_button.setToolTip("Keep the network that is open (Esc)")
        self.cancel_button.clicked.connect(self.reject)
        self.paste_button.setToolTip("Fill the form with the numbers of an exercise, pasted as they are")
        self.paste_button.setCheckable(True)
        self.paste_button.toggled.connect(self._open_exercise)
        self.exercise.found.connect(self._take_exercise)
        self.exercise.hide()
        columns = ((self.text, self.loss, self.training), (self.cell, self.start))
        self._scroll = Scroll(Columns(self._theme, self.exercise, columns, self.start.numbers))
        self._bottom = QHBoxLayout()
        self._bottom.addWidget(self.summary, 1)
        for button in (self.paste_button, self.cancel_button, self.create_button):
            self._bottom.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(rule)
        self._column.addLayout(self._bottom)

    def _fill(self, asked: Design, origin: str) -> None:
        """Show *asked*, whose numbers come from *origin*."""
        self.text.fill(asked.reads, asked.text, asked.targets, wants_numbers=asked.wants == "numbers")
        self.loss.fill(asked.output, asked.loss, asked.reduction)
        self.cell.fill(asked.cell, asked.lines, asked.biases, asked.initial)
        self.cell.fill_sizes(asked.hidden_size, asked.embedding_size, asked.own_sizes, attention=asked.attention)
        self.training.fill(asked.learning_rate, asked.rule)
        for name, array in (asked.parameters or {}).items():
            self.start.given.row(name).set_array(array, origin)
        self._follow()

    def _open_exercise(self, opened: bool) -> None:
        """Show where an exercise is pasted, or hide it; what it has filled stays."""
        self.exercise.setVisible(opened)
        if opened:
            self._scroll.verticalScrollBar().setValue(0)
            self.exercise.text.setFocus()

    def _take_exercise(self, found: Exercise) -> None:
        """Fill the form with what *found* says."""
        before = self.design()
        asked = filled(before, found)
        if asked is not before:
            self._fill(asked, "the exercise")
            if asked.scheme == "given":
                self.start.choose_given()
            self.check()

    def _follow(self) -> None:
        """Show what applies to what is read and wanted."""
        self.loss.show_numbers(self.text.wants_numbers)
        self.cell.show_numbers(self.text.kind == "numbers")

    def _describe(self, design: Design) -> None:
        """Show what *design* reads and wants, and what attention adds to a network of its sizes."""
        known = _network(design) is not None
        terms = [summary(_drawn(replace(design, attention=on))).terms if known else 0 for on in (False, True)]
        self.cell.show_terms(terms)
        self.text.count(design)
        self.cell.show_lines(sizes(design))

    def _mark(self, problems: Sequence[Problem]) -> None:
        words = {problem.field: problem.words for problem in problems if not problem.name}
        for field, entry in self._entries():
            entry.say(words.get(field, ""))
        self.cell.states.say(_by_name(problems, "initial"))
        self.cell.sizes.say(_by_name(problems, "own_sizes"))
        of_parameters = _by_name(problems, "parameters")
        for name, row in self.start.given.rows.items():
            row.say((row.problem or of_parameters[name]) if name in of_parameters else "")

    def _entries(self) -> tuple[tuple[Field, Entry], ...]:
        """The fields with words of their own, from top to bottom."""
        return (
            ("text", self.text.input_entry),
            ("targets", self.text.target_entry),
            ("learning_rate", self.training.rate),
            ("lines", self.cell.own),
            ("hidden_size", self.cell.hidden),
            ("embedding_size", self.cell.embedding),
            ("scale", self.start.scale),
            ("seed", self.start.seed),
        )

    def _fields(self) -> list[tuple[str, str, QWidget]]:
        """Name, problem and widget of every field, from top to bottom."""
        states, rows = self.cell.states, self.start.given.rows
        found = [(_NAMES.get(name, name), entry.words.problem, entry.field) for name, entry in self._entries()]
        sizes = self.cell.sizes
        found += [(f"size {name}", sizes.problem(name), field) for name, field in sizes.fields.items()]
        found += [(f"initial {name}", states.problem(name), field) for name, field in states.fields.items()]
        return found + [(name, row.words.problem, row.edit) for name, row in rows.items()]

    def _create(self) -> None:
        if self.check():
            source = build(self.design())
            self.accept()
            self.made.emit(source)
            return
        for row in self.start.given.rows.values():
            row.insist()
        field = next(field for _, problem, field in self._fields() if problem)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if field is self.cell.own_field:
            self.cell.own_field.go_to_problem()
        self._scroll.ensureWidgetVisible(field, 0, self._theme.px(60))

    def _restyle(self) -> None:
        theme, px = self._theme, self._theme.px
        bad = theme.palette.families["W"].name()  # the palette's warm colour; the words say what is meant
        self.setStyleSheet(_BAD.format(bad=bad, inside=px(3) - 1, beside=px(8) - 1))
        self._bottom.setContentsMargins(px(16), px(10), px(16), px(12))
        self._bottom.setSpacing(px(8))
        self._column.setContentsMargins(0, 0, 0, 0)
        room = self.screen().availableSize() - QSize(_FRAME, _FRAME)
        self.setMinimumSize((_LEAST * theme.zoom).boundedTo(room))
        if theme.zoom != self._zoom:  # else the user's own size stays
            self.resize(QSize(px(_WIDTH), px(_HEIGHT)).boundedTo(room))
            self._zoom = theme.zoom


def _by_name(problems: Sequence[Problem], field: Field) -> Mapping[str, str]:
    """What is wrong with each of the parts of *field*."""
    return {problem.name: problem.words for problem in problems if problem.field == field}


def _drawn(design: Design) -> Design:
    """*design*, with what can be wrong apart from its shapes left out."""
    return replace(design, learning_rate=0, scheme="zeros", seed=0, initial={})


def _network(design: Design) -> Network | None:
    """The network of *design*; None where its text or a size is not good."""
    drawn = _drawn(design)
    return None if check(drawn) else network(drawn)
