"""Two buttons: the gradient rule with its switches, and how numbers are written."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QActionGroup, QCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from core.network.rule import NAMED_RULES, PATHS, Clip, ClipKind, Rule
from core.writing.form import NumberFormat
from gui.debugger.labels import PATH_TEXTS, RULE_TEXTS, rule_name

_SWITCHES: tuple[tuple[str, str, tuple[tuple[object, str], ...]], ...] = (
    ("sign", "Output error in W, U, b, E", ((1, "ŷ − y"), (-1, "y − ŷ"))),
    ("weight", "Weight of the value path", (("softmax", "softmax α"), ("score", "raw score A"))),
    ("output_state", "State in ∂L/∂V", (("Z", "Zₜ"), ("h", "hₜ"))),
    ("embedding_row", "Row of ∂L/∂E", (("k", "letter at k"), ("t", "letter at t"))),
)

_CHAINS = ("truncate", "chunks")
_CLIPS: dict[str, ClipKind] = {"norm": "norm", "value": "value"}
_BOUNDS = (
    ("truncate", "t − k < ", "not truncated", "Truncated: a loss at t reaches uses at k with t − k < τ"),
    ("chunks", "chunks of ", "not in chunks", "In chunks of so many timesteps, as with detach() at their edges"),
    ("norm", "norm ≤ ", "not by norm", "Gradients clipped by the norm of all of them together"),
    ("value", "entries ≤ ±", "not by value", "Gradients clipped, every entry by itself"),
)
_LARGEST, _PLACES = 1e9, 6

STYLES = {"decimals": "decimals", "significant": "significant digits"}
FORMS = (
    *(NumberFormat("decimals", digits) for digits in (2, 3, 4, 6, 8)),
    *(NumberFormat("significant", digits) for digits in (3, 4, 6, 9, 17)),
)


class _Bound(QDoubleSpinBox):
    """The number that a switch needs; 0 is off."""

    def __init__(self, before: str, off: str, words: str, places: int) -> None:
        super().__init__()
        self.setDecimals(places)
        self.setRange(0, _LARGEST)
        self.setPrefix(before)
        self.setSpecialValueText(off)
        self.setKeyboardTracking(False)
        self.setAccessibleName(words)
        for part in (self, self.lineEdit()):
            part.setToolTip(f"{words}; 0 is off")

    def textFromValue(self, value: float) -> str:
        """Without the zeros after its last digit."""
        return f"{value:.10g}"


class _Choice(QToolButton):
    """A button with a menu, that looks pointed at no longer than it is: its menu takes the mouse away unseen."""

    def _have(self, menu: QMenu) -> None:
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(menu)
        menu.aboutToHide.connect(self._look_again)

    def _look_again(self) -> None:
        under = self.rect().contains(self.mapFromGlobal(QCursor.pos()))
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, under)
        self.update()


class RuleButton(_Choice):
    """Shows the rule; its menu holds the named ones, the switches, and the way to all rules side by side.

    Signals:
        rule_asked(Rule): form gradients by that rule. comparison_asked(): show the rules side by side.
    """

    rule_asked = Signal(object)
    comparison_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rule = Rule()
        self.names: dict[str, QRadioButton] = {}
        self.switches: dict[tuple[str, object], QRadioButton] = {}
        self.paths: dict[str, QCheckBox] = {}
        self.bounds: dict[str, _Bound] = {}
        self._have(QMenu(self))
        self.show_rule(self._rule)

    def furnish(self) -> None:
        """Make what is in the menu; the first formula does not wait for that."""
        menu = self.menu()
        action = QWidgetAction(menu)
        action.setDefaultWidget(self._form())
        menu.addAction(action)
        self.compare = menu.addAction("Rules side by side…")
        self.compare.triggered.connect(self.comparison_asked)
        self.show_rule(self._rule)

    @property
    def rule(self) -> Rule:
        """The rule that is shown."""
        return self._rule

    def show_rule(self, rule: Rule) -> None:
        """Show *rule* without asking for it."""
        self._rule = rule
        self.setText(rule_name(rule))
        full = RULE_TEXTS[rule.name] if rule.name in NAMED_RULES else rule_name(rule)
        self.setAccessibleName(f"Rule: {full}")
        self.setToolTip(f"{full}: how the gradient is formed; another rule trains again from epoch 1")
        for name, button in self.names.items():
            button.setChecked(name == rule.name)
        for (switch, value), button in self.switches.items():
            button.setChecked(getattr(rule, switch) == value)
        for path, box in self.paths.items():
            box.setChecked(path in rule.paths)
        bounds: dict[str, float] = {} if rule.clip is None else {rule.clip.kind: rule.clip.most}
        shown = {"truncate": rule.truncate, "chunks": rule.chunks, **{kind: bounds.get(kind) for kind in _CLIPS}}
        for switch, field in self.bounds.items():
            with QSignalBlocker(field):
                field.setValue(min(shown[switch] or 0, field.maximum()))

    def _form(self) -> QWidget:
        form = QFrame()
        column = QVBoxLayout(form)
        column.setContentsMargins(8, 0, 8, 0)
        names, above = QButtonGroup(form), QGridLayout()
        for place, name in enumerate(("exact", "custom", "printed", "typeset")):
            button = QRadioButton(RULE_TEXTS[name])
            button.setToolTip(RULE_TEXTS[name])
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
        for row, (switch, text, values) in enumerate(_SWITCHES):
            grid.addWidget(QLabel(text), row, 0)
            group = QButtonGroup(form)
            for place, (value, label) in enumerate(values):
                button = QRadioButton(label)
                button.setAccessibleName(f"{text}: {label}")
                button.setToolTip(button.accessibleName())
                group.addButton(button)
                grid.addWidget(button, row, place + 1)
                self.switches[switch, value] = button
                button.clicked.connect(
                    lambda _=False, switch=switch, value=value: self._ask(replace(self._rule, **{switch: value}))
                )
        row = len(_SWITCHES)
        grid.addWidget(QLabel("Paths through attention"), row, 0)
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
        for place, (switch, before, off, words) in enumerate(_BOUNDS):
            line, column_of_field = divmod(place, 2)
            field = self.bounds[switch] = _Bound(before, off, words, 0 if switch in _CHAINS else _PLACES)
            field.valueChanged.connect(lambda value, switch=switch: self._ask_bound(switch, value))
            grid.addWidget(field, row + 1 + line, 1 + column_of_field)
        for line, label in enumerate(("Chains cut", "Gradients clipped"), row + 1):
            grid.addWidget(QLabel(label), line, 0)
        column.addLayout(grid)
        return form

    def show_custom(self) -> None:
        """Custom is no rule of its own: it stands for the switches as they are set."""
        self.show_rule(self._rule)

    def _ask_paths(self) -> None:
        self._ask(replace(self._rule, paths=frozenset(path for path in PATHS if self.paths[path].isChecked())))

    def _ask_bound(self, switch: str, value: float) -> None:
        bound: dict[str, Any] = {switch: int(value) or None}
        if switch in _CLIPS:
            bound = {"clip": Clip(_CLIPS[switch], value) if value else None}
        self._ask(replace(self._rule, **bound))

    def _ask(self, rule: Rule) -> None:
        self.show_rule(rule)
        self.rule_asked.emit(rule)


class FormatButton(_Choice):
    """Shows how numbers are written; its menu has decimals and significant digits.

    Signals:
        form_asked(NumberFormat): write numbers so.
    """

    form_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip("How numbers are written; hovering a number shows all its digits")
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
        self._have(menu)
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
