"""The switches of a rule that need a number: where chains are cut, and to what gradients are clipped."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from core.network.rule import Clip, ClipKind, Rule

LABELS = ("Chains cut", "Gradients clipped")
_LONGEST, _MOST, _PLACES = 2**31 - 1, 1e9, 6


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
