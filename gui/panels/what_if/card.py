"""The card of one number: a field and a slider, what follows from it, Keep and Put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSlider, QVBoxLayout

from core.studies.ranging import Ranged
from core.writing.form import NumberFormat
from gui.look.theme import Theme
from gui.panels.what_if.state import Trial
from gui.widgets.parts.keys import ENTER, asks_for_key

if TYPE_CHECKING:
    from gui.panels.what_if.curves import RangeCurves


_RANGE_TIP = "The total loss for every value on the slider, with its slope here (Alt+R)"


class ChangeCard(QFrame):
    """A number that may be another.

    Attributes:
        field, slider: what it is. words: what follows. keep, put_back, ranging: the buttons.

    Signals:
        tried(float): let it be that for now. kept(), given_up(): end so. range_asked(bool): show the loss over a range.
    """

    tried = Signal(float)
    kept = Signal()
    given_up = Signal()
    range_asked = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("note")
        self._theme = theme
        self._trial: Trial | None = None
        self._form = NumberFormat()
        self._curves: RangeCurves | None = None
        self.name, self.words = QLabel(), QLabel(wordWrap=True)
        self.field = QLineEdit()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.keep, self.put_back = QPushButton("Keep"), QPushButton("Put back")
        self.ranging = QPushButton("Try a &range")
        self.ranging.setCheckable(True)
        for button, tip in (
            (self.keep, "Go on with this number (Enter); Undo takes it back"),
            (self.put_back, "Leave it as it was (Escape)"),
            (self.ranging, _RANGE_TIP),
        ):
            button.setProperty("small", True)
            button.setToolTip(tip)
        self.field.setProperty("small", True)
        self.field.installEventFilter(self)
        self.slider.installEventFilter(self)
        self._row = QHBoxLayout()
        for widget in (self.name, self.field, self.slider, self.keep, self.put_back, self.ranging):
            self._row.addWidget(widget, int(widget is self.slider))
        self.column = QVBoxLayout(self)
        self.column.addLayout(self._row)
        self.column.addWidget(self.words)
        self.name.setProperty("role", "strong")
        self.words.setProperty("role", "body")
        self.field.textEdited.connect(self.type)
        self.slider.valueChanged.connect(self._slide)
        self.keep.clicked.connect(self.kept)
        self.put_back.clicked.connect(self.given_up)
        self.ranging.toggled.connect(self.range_asked)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def open(self, trial: Trial, value: float, form: NumberFormat, no_range: str = "") -> None:
        """Be about *trial*, whose value is *value* now, with the keyboard in the field.

        *no_range*: why there is no range to try, else "".
        """
        self._trial, self._form = trial, form
        self.ranging.setEnabled(not no_range)
        self.ranging.setToolTip(f"{_RANGE_TIP}\n{no_range}" if no_range else _RANGE_TIP)
        if no_range:
            self.ranging.setChecked(False)
        verb = "Hold" if trial.is_held else "Scale" if trial.is_factor else "Change"
        self.name.setText(f"{trial.name} {'held at' if trial.is_held else '×' if trial.is_factor else '='}")
        self.setAccessibleName(f"{verb} {trial.name}")
        for widget, what in ((self.field, "value"), (self.slider, "slider")):
            widget.setAccessibleName(f"{trial.name}, {what}")
        self.field.setToolTip(
            f"One of {' '.join(trial.choices)}"
            if trial.choices
            else "Its value; Up and Down move the slider, Page Up and Page Down far"
        )
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, trial.steps)
            self.slider.setPageStep(max(trial.steps // 10, 1))
            self.slider.setValue(trial.step_at(value))
        self.field.setText(trial.text(value, form))
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def show_range(self, ranged: Ranged | None, watched: str = "") -> None:
        """Show what follows from every value of the slider, and beside it *watched*; None: nothing."""
        if ranged is None:
            if self._curves is not None:
                self._curves.hide()
            return
        if self._curves is None:
            from gui.panels.what_if.curves import RangeCurves

            self._curves = RangeCurves(self._theme)
            self._curves.chosen.connect(lambda value: self.slider.setValue(self._step_of(value)))
            self.column.addWidget(self._curves)
        if self._trial is not None:
            self._curves.show_range(ranged, self._trial, self._form, watched)
            self._curves.show()

    def _step_of(self, value: float) -> int:
        return self.slider.value() if self._trial is None else self._trial.step_at(value)

    def say(self, words: str) -> None:
        """Say what follows from the number."""
        self.words.setText(words)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Enter keeps, Escape puts back, Up and Down move the slider from the field too."""
        if asks_for_key(event) and event.key() in (*ENTER, Qt.Key.Key_Escape):
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = {
                Qt.Key.Key_Up: self.slider.singleStep(),
                Qt.Key.Key_Down: -self.slider.singleStep(),
                Qt.Key.Key_PageUp: self.slider.pageStep(),
                Qt.Key.Key_PageDown: -self.slider.pageStep(),
            }
            if event.key() in ENTER:
                self.kept.emit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.given_up.emit()
                return True
            if watched is self.field and event.key() in moves:
                self.slider.setValue(self.slider.value() + moves[Qt.Key(event.key())])
                return True
        return super().eventFilter(self.field, event)

    def type(self, text: str) -> None:
        """Take *text* for what is typed."""
        if self._trial is None:
            return
        if self.field.text() != text:
            self.field.setText(text)
        value = self._trial.read(text)
        if value is None:
            self.say(self._trial.why_none())
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._trial.step_at(value))
        self.tried.emit(value)

    def _slide(self, step: int) -> None:
        if self._trial is not None:
            value = self._trial.value_at(step)
            self.field.setText(self._trial.text(value, self._form))
            self.tried.emit(value)

    def _restyle(self) -> None:
        px = self._theme.px
        self.field.setFixedWidth(px(96))
        self.slider.setMinimumWidth(px(80))
        self._row.setSpacing(px(8))
        self.column.setContentsMargins(px(12), px(6), px(12), px(6))
        self.column.setSpacing(px(2))
