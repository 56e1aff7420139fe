"""Two buttons of the toolbar: the gradient rule with its switches, and how numbers are written.

The switches that need a number, `Cuts`, stand in the form of a new network too.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QButtonGroup,
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QRadioButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from core.network.rule import NAMED_RULES, PATHS, Clip, ClipKind, Rule
from core.writing.form import NumberFormat
from gui.debugger.labels import PATH_TEXTS, RULE_NAMES, RULE_TEXTS

_SWITCHES: tuple[tuple[str, str, tuple[tuple[object, str], ...]], ...] = (
    ("sign", "Output error in W, U, b, E", ((1, "ŷ − y"), (-1, "y − ŷ"))),
    ("weight", "Weight of the value path", (("softmax", "softmax α"), ("score", "raw score A"))),
    ("output_state", "State in ∂L/∂V", (("Z", "Zₜ"), ("h", "hₜ"))),
    ("embedding_row", "Row of ∂L/∂E", (("k", "letter at k"), ("t", "letter at t"))),
)

LABELS = ("Chains cut", "Gradients clipped")
_LONGEST, _MOST, _PLACES = 2**31 - 1, 1e9, 6

STYLES = {"decimals": "decimals", "significant": "significant digits"}
FORMS = (
    *(NumberFormat("decimals", digits) for digits in (2, 3, 4, 6, 8)),
    *(NumberFormat("significant", digits) for digits in (3, 4, 6, 9, 17)),
)


class _Most(QDoubleSpinBox):
    """A bound, without the zeros after its last digit."""

    def textFromValue(self, value: float) -> str:
        """As short as it goes."""
        return f"{value:g}"


class Cuts(QWidget):
    """Four fields, in two rows that belong to `LABELS`; 0 is off.

    Attributes:
        rows: the fields, in the order in which they stand.

    Signals:
        asked(Rule): the rule with one of them set.
    """

    asked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()  # its fields are placed by whoever shows them
        self._rule = Rule()
        self.truncate = _timesteps(
            "t − k < ", "not truncated", "Truncated: a loss at t reaches uses at k with t − k < τ"
        )
        self.chunks = _timesteps(
            "chunks of ",
            "not in chunks",
            "In chunks of so many timesteps: no way back crosses an edge, as with detach()",
        )
        self.norm = _most("norm ≤ ", "not by norm", "By the norm of all gradients together")
        self.value = _most("entries ≤ ±", "not by value", "Every entry by itself")
        self.rows: tuple[tuple[QAbstractSpinBox, QAbstractSpinBox], ...] = (
            (self.truncate, self.chunks),
            (self.norm, self.value),
        )
        self.truncate.valueChanged.connect(lambda n: self._ask(replace(self._rule, truncate=n or None)))
        self.chunks.valueChanged.connect(lambda n: self._ask(replace(self._rule, chunks=n or None)))
        self.norm.valueChanged.connect(lambda most: self._ask_clip("norm", most))
        self.value.valueChanged.connect(lambda most: self._ask_clip("value", most))

    @property
    def rule(self) -> Rule:
        """The rule that is shown."""
        return self._rule

    def show_rule(self, rule: Rule) -> None:
        """Show *rule* without asking for it."""
        self._rule = rule
        bounds = {} if rule.clip is None else {rule.clip.kind: rule.clip.most}
        with QSignalBlocker(self.truncate), QSignalBlocker(self.chunks):
            self.truncate.setValue(min(rule.truncate or 0, _LONGEST))
            self.chunks.setValue(min(rule.chunks or 0, _LONGEST))
        with QSignalBlocker(self.norm), QSignalBlocker(self.value):
            self.norm.setValue(bounds.get("norm", 0.0))
            self.value.setValue(bounds.get("value", 0.0))

    def _ask_clip(self, kind: ClipKind, most: float) -> None:
        self._ask(replace(self._rule, clip=Clip(kind, most) if most else None))

    def _ask(self, rule: Rule) -> None:
        self.show_rule(rule)
        self.asked.emit(rule)


def _timesteps(before: str, off: str, words: str) -> QSpinBox:
    field = QSpinBox()
    field.setRange(0, _LONGEST)
    field.setPrefix(before)
    _describe(field, off, words)
    return field


def _most(before: str, off: str, words: str) -> QDoubleSpinBox:
    field = _Most()
    field.setDecimals(_PLACES)
    field.setRange(0, _MOST)
    field.setPrefix(before)
    _describe(field, off, words)
    return field


def _describe(field: QAbstractSpinBox, off: str, words: str) -> None:
    field.setSpecialValueText(off)
    field.setKeyboardTracking(False)
    field.setAccessibleName(words)
    field.setToolTip(f"{words}; 0 is off")


class RuleButton(QToolButton):
    """Shows the rule; its menu holds the named ones, the switches, and the way to all rules side by side.

    Signals:
        rule_asked(Rule): form gradients by that rule. comparison_asked(): show the rules side by side.
    """

    rule_asked = Signal(object)
    comparison_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._rule = Rule()
        menu = QMenu(self)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self._form())
        menu.addAction(action)
        self.compare = menu.addAction("Rules side by side…")
        self.compare.triggered.connect(self.comparison_asked)
        self.setMenu(menu)
        self.show_rule(self._rule)

    @property
    def rule(self) -> Rule:
        """The rule that is shown."""
        return self._rule

    def show_rule(self, rule: Rule) -> None:
        """Show *rule* without asking for it."""
        self._rule = rule
        self.setText(RULE_NAMES[rule.name])
        self.setAccessibleName(f"Rule: {RULE_TEXTS[rule.name]}")
        self.setToolTip(f"{RULE_TEXTS[rule.name]}: how the gradient is formed; another rule trains again from epoch 1")
        for name, button in self.names.items():
            button.setChecked(name == rule.name)
        for (switch, value), button in self.switches.items():
            button.setChecked(getattr(rule, switch) == value)
        for path, box in self.paths.items():
            box.setChecked(path in rule.paths)
        self.cuts.show_rule(rule)

    def _form(self) -> QWidget:
        form = QFrame()
        column = QVBoxLayout(form)
        column.setContentsMargins(8, 0, 8, 0)
        self.names: dict[str, QRadioButton] = {}
        names, above = QButtonGroup(form), QGridLayout()
        for place, name in enumerate(("exact", "custom", "printed", "typeset")):
            button = QRadioButton(RULE_TEXTS[name])
            names.addButton(button)
            above.addWidget(button, place % 2, place // 2)
            self.names[name] = button
            if name in NAMED_RULES:
                button.clicked.connect(lambda _=False, rule=NAMED_RULES[name]: self._ask(rule))
        self.names["custom"].setToolTip("Any setting of the switches below")
        self.names["custom"].clicked.connect(lambda: self.show_custom())
        column.addLayout(above)
        grid = QGridLayout()
        grid.setContentsMargins(22, 0, 4, 0)
        for each in (above, grid):  # low, so that the list covers no more than it must at any zoom
            each.setHorizontalSpacing(10)
            each.setVerticalSpacing(0)
        self.switches: dict[tuple[str, object], QRadioButton] = {}
        for row, (switch, text, values) in enumerate(_SWITCHES):
            grid.addWidget(QLabel(text), row, 0)
            group = QButtonGroup(form)
            for place, (value, label) in enumerate(values):
                button = QRadioButton(label)
                button.setAccessibleName(f"{text}: {label}")
                group.addButton(button)
                grid.addWidget(button, row, place + 1)
                self.switches[switch, value] = button
                button.clicked.connect(
                    lambda _=False, switch=switch, value=value: self._ask(replace(self._rule, **{switch: value}))
                )
        row = len(_SWITCHES)
        grid.addWidget(QLabel("Paths through attention"), row, 0)
        self.paths: dict[str, QCheckBox] = {}
        boxes = QHBoxLayout()
        for path in PATHS:
            box = QCheckBox(path)
            box.setToolTip(PATH_TEXTS[path])
            box.setAccessibleName(f"Paths through attention: {PATH_TEXTS[path]}")
            box.clicked.connect(self._ask_paths)
            boxes.addWidget(box)
            self.paths[path] = box
        boxes.addStretch(1)
        grid.addLayout(boxes, row, 1, 1, 2)
        self.cuts = Cuts(form)
        self.cuts.asked.connect(self._ask)
        for below, (label, fields) in enumerate(zip(LABELS, self.cuts.rows, strict=True), 1):
            grid.addWidget(QLabel(label), row + below, 0)
            for place, field in enumerate(fields, 1):
                grid.addWidget(field, row + below, place)
        column.addLayout(grid)
        return form

    def show_custom(self) -> None:
        """Custom is no rule of its own: it stands for the switches as they are set."""
        self.show_rule(self._rule)

    def _ask_paths(self) -> None:
        self._ask(replace(self._rule, paths=frozenset(path for path in PATHS if self.paths[path].isChecked())))

    def _ask(self, rule: Rule) -> None:
        self.show_rule(rule)
        self.rule_asked.emit(rule)


class FormatButton(QToolButton):
    """Shows how numbers are written; its menu has decimals and significant digits.

    Signals:
        form_asked(NumberFormat): write numbers so.
    """

    form_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip("How numbers are written; hovering a number shows all its digits")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        group = QActionGroup(menu)
        self.choices = {}
        for style, forms in groupby(FORMS, lambda form: form.style):
            menu.addSection(STYLES[style].capitalize())
            for form in forms:
                action = menu.addAction(f"{form.digits} {STYLES[style]}")
                action.setCheckable(True)
                group.addAction(action)
                action.triggered.connect(lambda _=False, form=form: self.form_asked.emit(form))
                self.choices[form] = action
        self.setMenu(menu)
        self._form, self._short = NumberFormat(), False
        self.show_form(self._form)

    def show_form(self, form: NumberFormat) -> None:
        """Show *form* without asking for it."""
        self._form = form
        short, word = ("dec.", "decimals") if form.style == "decimals" else ("dig.", "digits")
        words = f"{form.digits} {word}"
        self.setText(f"{form.digits} {short}" if self._short else words)
        self.setAccessibleName(f"Numbers: {words}")
        if form in self.choices:
            self.choices[form].setChecked(True)

    def set_short(self, short: bool) -> None:
        """Show it in fewer words, or in full."""
        if short != self._short:
            self._short = short
            self.show_form(self._form)
