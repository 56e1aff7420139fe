"""The cards of how a prediction is judged, and of how the network is trained."""

from __future__ import annotations

from PySide6.QtCore import Signal

from core.network.rule import Rule
from core.network.task import FUNCTION, Loss, Output, Reduction
from core.sources.design import MOST_LEARNING_RATE
from gui.look.theme import Theme
from gui.new_network.fields.choices import Choice
from gui.new_network.fields.parts import Card, Entry, NumberField, Words
from gui.window.choices import RuleButton

_OUTPUTS: dict[Output, tuple[str, str]] = {
    "linear": ("Linear: the scores themselves", "ŷ = Ω = V h + c"),
    "sigmoid": ("Sigmoid: each from 0 to 1", "ŷ = σ(Ω), each entry by itself"),
    "none": ("None: the state itself", "h is compared with the target; there is no V and no c"),
}
_LOSSES: dict[Loss, tuple[str, str]] = {
    "squared": ("Squared error", "Σ (ŷ − y)² over the entries"),
    "half-squared": ("Half the squared error", "½ Σ (ŷ − y)² over the entries"),
    "logistic": ("Cross-entropy of each", "−Σ y ln ŷ + (1 − y) ln(1 − ŷ): the logistic loss"),
}
_REDUCTIONS: dict[Reduction, tuple[str, str]] = {
    "sum": ("Losses added", "The total loss is their sum"),
    "mean": ("Losses averaged", "The total loss is their sum over the number of targets"),
}
_TOKENS = "Softmax, with cross-entropy"


class LossCard(Card):
    """Output and loss, and how the losses of the timesteps come together.

    Attributes:
        outputs, losses, reductions: what is chosen. fixed: said in the place of the first two where letters are wanted.

    Signals:
        edited(): something is another than before.
    """

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.outputs = Choice("Output", _OUTPUTS)
        self.losses = Choice("Loss", _LOSSES)
        self.reductions = Choice("Total loss", _REDUCTIONS)
        self.fixed = Words(_TOKENS)
        self.add("Output", self.fixed)
        self.add("O&utput", self.outputs, self.outputs)
        self.add("Loss", self.losses, self.losses)
        self.add("Su&m or mean", self.reductions, self.reductions)
        self._follow()
        self.outputs.changed.connect(self._follow)
        for choice in (self.losses, self.reductions):
            choice.changed.connect(self.edited)
        self._is_of_numbers = True
        self.show_numbers(False)

    def asked(self) -> tuple[Output, Loss, Reduction]:
        """What is chosen, where letters are wanted what alone fits."""
        if self._is_of_numbers:
            return self.outputs.key, self.losses.key, self.reductions.key
        return "softmax", "cross-entropy", self.reductions.key

    def fill(self, output: Output, loss: Loss, reduction: Reduction) -> None:
        """Show these."""
        if output != "softmax":
            self.outputs.choose(output)
            self.losses.choose(loss)
        self.reductions.choose(reduction)

    def show_numbers(self, wanted: bool) -> None:
        """Offer what fits where numbers are *wanted*, or say what fits to letters."""
        if wanted != self._is_of_numbers:
            self._is_of_numbers = wanted
            self.show_row(self.fixed, not wanted)
            self.show_row(self.outputs, wanted)
            self.show_row(self.losses, wanted)

    def _follow(self) -> None:
        """The losses that fit the output."""
        self.losses.offer({loss: _LOSSES[loss] for loss in FUNCTION[self.outputs.key]})
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
        self.rate_field = NumberField(theme, "Learning rate", "η: how far an update goes", 120)
        self.rate = Entry(theme, self.rate_field, f"η, 0 to {MOST_LEARNING_RATE:,.0f}")
        self.rules = RuleButton()
        self.rules.furnish()
        self.rules.compare.setVisible(False)
        self.add("&Learning rate", self.rate, self.rate_field)
        self.add("&Rule", self.rules, self.rules)
        self.rate_field.textChanged.connect(self.edited)
        self.rules.rule_asked.connect(self.edited)

    @property
    def rule(self) -> Rule:
        """The rule that is chosen."""
        return self.rules.rule

    def fill(self, rate: float, rule: Rule) -> None:
        """Show these."""
        self.rate_field.setText(f"{rate:g}" if float(f"{rate:g}") == rate else repr(rate))
        self.rules.show_rule(rule)
