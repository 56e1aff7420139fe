"""The first three cards of the form for a new network: its text, its sizes, and how it is trained."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QLineEdit, QRadioButton, QWidget

from core.network.rule import NAMED_RULES, Rule
from core.sources.own_network import MOST_CHARACTERS, MOST_EMBEDDING, MOST_HIDDEN, MOST_LEARNING_RATE
from gui.debugger.labels import RULE_TEXTS, counted
from gui.look.theme import Theme
from gui.new_network.fields import ROW, Card, Entry, NumberField, Words
from gui.new_network.letters import LetterStrip
from gui.widgets.parts.segments import Picker


class TextCard(Card):
    """What the network reads, and what it should say.

    Attributes:
        text: the text, *text_field* where it is typed. letters: how it is counted. next_letter, own: what is wanted.
        targets: the targets of one's own, *targets_field* where they are typed.

    Signals:
        edited(): something is another than before.
    """

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.text_field, self.targets_field = QLineEdit(), QLineEdit()
        self.text_field.setAccessibleName("Text")
        self.text_field.setToolTip("A word or a sentence in any script, read letter by letter")
        self.targets_field.setAccessibleName("Targets of your own")
        self.targets_field.setToolTip("What the network should say at each letter of the text, a letter each")
        for field in (self.text_field, self.targets_field):
            field.setMaxLength(2 * MOST_CHARACTERS + 2)  # Qt counts halves of surrogate pairs; too many are still told
            field.textChanged.connect(self.edited)
        self.text = Entry(theme, self.text_field, beneath=True)
        self.targets = Entry(theme, self.targets_field, beneath=True)
        self.letters = LetterStrip(theme)
        self.next_letter, self.own = QRadioButton("The &next letter"), QRadioButton("O&wn:")
        self.next_letter.setToolTip("Each letter should be followed by the next one of the text")
        self.own.setToolTip("Type what should be said at each letter")
        self.next_letter.setAccessibleName("Targets: the next letter")
        self.own.setAccessibleName("Targets: own")
        wanted = _Line(theme, (self.next_letter, self.own), self.targets)
        self.own.toggled.connect(self._chosen)
        self.add("&Text", self.text, self.text_field)
        self.add("", self.letters)
        self.add("Targets", wanted)

    @property
    def asked(self) -> str | None:
        """The targets of one's own; None where they are the next letters."""
        return self.targets_field.text() if self.own.isChecked() else None

    def fill(self, text: str, targets: str | None) -> None:
        """Show *text*, and *targets* where they are not the next letters."""
        self.text_field.setText(text)
        self.targets_field.setText(targets or "")
        (self.next_letter if targets is None else self.own).setChecked(True)
        self._chosen()

    def count(self, inputs: Sequence[str], targets: Sequence[str]) -> None:
        """Show what is read and wanted at each timestep."""
        self.letters.set_letters(inputs, targets)
        length = len(inputs) + (self.asked is None)
        self.text.words.hint(f"{counted(length, 'letter')}, {counted(len(inputs), 'timestep')}")

    def _chosen(self) -> None:
        own = self.own.isChecked()
        self.targets_field.setEnabled(own)
        self.targets.words.setVisible(own)
        self.edited.emit()


class NetworkCard(Card):
    """Hidden size, input and attention.

    Attributes:
        hidden, embedding: the sizes, *…_field* where they are typed. one_hot, embedded: what the input is.
        attention: the switch. terms: what it adds.

    Signals:
        edited(): something is another than before.
    """

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.hidden_field = NumberField(theme, "Hidden size", "H: how many numbers the hidden state has")
        self.hidden = Entry(theme, self.hidden_field, f"H, 1 to {MOST_HIDDEN}")
        self.one_hot, self.embedded = QRadioButton("&One-hot"), QRadioButton("&Embedding of size")
        self.one_hot.setToolTip("The input is a vector with a 1 at the letter")
        self.embedded.setToolTip("The input is the letter’s row of a matrix E, which is trained too")
        self.one_hot.setAccessibleName("Input: one-hot")
        self.embedded.setAccessibleName("Input: embedding")
        tip = "D: how many numbers an embedded letter has"
        self.embedding_field = NumberField(theme, "Size of the embedding", tip)
        self.embedding = Entry(theme, self.embedding_field, f"D, 1 to {MOST_EMBEDDING}")
        self.attention, self.terms = QCheckBox("&Attend to all states so far"), Words()
        self.attention.setAccessibleName("Attention")
        self.attention.setToolTip("Each output looks at all hidden states so far; all else stays as it is")
        self.add("&Hidden size", self.hidden, self.hidden_field)
        self.add("Input", _Line(theme, (self.one_hot, self.embedded), self.embedding))
        self.add("Attention", _Line(theme, (self.attention,), self.terms))
        self.embedded.toggled.connect(self._chosen)
        self.attention.toggled.connect(self.edited)
        for field in (self.hidden_field, self.embedding_field):
            field.textChanged.connect(self.edited)

    @property
    def embedding_size(self) -> int | None:
        """D, or None where the input is one-hot."""
        return self.embedding_field.whole if self.embedded.isChecked() else None

    def fill(self, hidden: int, embedding: int | None, *, attention: bool) -> None:
        """Show these; a size for the embedding stands ready where there is none."""
        self.hidden_field.setText(str(hidden))
        self.embedding_field.setText(str(embedding or 2))
        (self.one_hot if embedding is None else self.embedded).setChecked(True)
        self.attention.setChecked(attention)
        self._chosen()

    def show_terms(self, without: int, with_attention: int) -> None:
        """Say what attention adds; nothing where the text or a size is not good."""
        words = f"{counted(without, 'term')} in ∂L/∂W without, {with_attention:,} with"
        self.terms.hint(words if without else "")

    def _chosen(self) -> None:
        self.embedding_field.setEnabled(self.embedded.isChecked())
        self.edited.emit()


class TrainingCard(Card):
    """Learning rate and rule.

    Attributes:
        rate: the learning rate, *rate_field* where it is typed. rules: chooses the rule.

    Signals:
        edited(): something is another than before.
    """

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._rules = list(NAMED_RULES.values())
        self.rate_field = NumberField(theme, "Learning rate", "η: how far an update goes", 120)
        self.rate = Entry(theme, self.rate_field, f"η, 0 to {MOST_LEARNING_RATE:,.0f}")
        self.rules = Picker()
        self.rules.setAccessibleName("Rule")
        self.rules.setToolTip("How the gradient is formed; it can be changed while debugging, too")
        self.rules.addItems([RULE_TEXTS[rule.name] for rule in self._rules])
        self.add("&Learning rate", self.rate, self.rate_field)
        self.add("R&ule", self.rules, self.rules)
        self.rate_field.textChanged.connect(self.edited)
        self.rules.currentIndexChanged.connect(self.edited)

    @property
    def rule(self) -> Rule:
        """The rule that is chosen."""
        return self._rules[self.rules.currentIndex()]

    def fill(self, rate: float, rule: Rule) -> None:
        """Show these; a rule without a name of its own is one more choice."""
        self.rate_field.setText(f"{rate:g}" if float(f"{rate:g}") == rate else repr(rate))
        if rule not in self._rules:
            self._rules.append(rule)
            self.rules.addItem(f"{RULE_TEXTS[rule.name]}, as in the network that is open")
        self.rules.setCurrentIndex(self._rules.index(rule))


_TABBED, _CLICKED = Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.ClickFocus  # Tab goes to the choice that is on


class _Line(QWidget):
    """Choices in one line, and what belongs to the last of them."""

    def __init__(self, theme: Theme, choices: Sequence[QRadioButton | QCheckBox], last: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self._group.setExclusive(len(choices) > 1)
        self._choices = choices
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for choice in choices:
            self._group.addButton(choice)
            if isinstance(choice, QRadioButton):
                choice.setFocusPolicy(_CLICKED)
                choice.toggled.connect(lambda on, choice=choice: choice.setFocusPolicy(_TABBED if on else _CLICKED))
            self._row.addWidget(choice, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(last, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._row.setSpacing(self._theme.px(10))
        for choice in self._choices:
            choice.setFixedHeight(self._theme.px(ROW))
