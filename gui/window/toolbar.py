"""The toolbar, with words: stepping, the epoch, the learning rate, the rule and how numbers are written.

Where it is too narrow for all its words it drops whole parts, the least needed first, and elides none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent, QValidator
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)

from core.writing.shown import one_line
from gui.look.icons import icon
from gui.look.theme import Theme
from gui.window.actions import ACTIONS, tooltip

_STEPPING = ("back", "into", "over", "out")
_RATE_TIP = "The learning rate; another one trains again from epoch 1"
_LAST_EPOCH = 10_000_000
_LARGEST_RATE = 1e6
_UNBOUND = 16_777_215  # Qt's own number for a length without a bound
_LONGEST_TYPED = 20  # of a number that is put back
# For these there is room, so that stepping moves nothing.
_LONGEST = {
    "over": ("Finish L₄ of ∂L/∂W", "Finish L₄ of ∂L/∂Ω", "Finish total loss"),
    "out": ("Finish forward", "Finish update", "Finish way back", "Finish ∂L/∂W", "Finish ∂L/∂Ω"),
}
# What is dropped, one after the other: what the sheet states, words of choices, labels, words of buttons; in the end
# the fields are as narrow as their numbers and the arrows alone are left.
_STATED, _CHOICES, _LABELS, _BUTTONS, _ALL = 1, 2, 3, 4, 5


@runtime_checkable
class Shortening(Protocol):
    """A choice that can be shown in fewer words."""

    def set_short(self, short: bool) -> None:
        """Show it in fewer words, or in full."""


_FINEST = 1_000_000  # steps of the progress bar


class Toolbar(QToolBar):
    """What one steps with. It shows what it is told and says what is asked for.

    Attributes:
        buttons: those that step, by the id of their action.

    Signals:
        epoch_asked(int): go to that epoch. learning_rate_asked(float): train at that rate.
        cancel_asked(): end a long run. left(): a field was left by Enter or Escape.
        put_back(str): what was typed cannot be and was put back, in words.
    """

    epoch_asked = Signal(int)
    learning_rate_asked = Signal(float)
    cancel_asked = Signal()
    left = Signal()
    put_back = Signal(str)

    def __init__(self, theme: Theme, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__("Stepping", parent)
        self.setObjectName("toolbar")
        self._theme = theme
        self._actions = actions
        self._labels: list[QAction] = []
        self._choices: list[QWidget] = []
        self._fitted: tuple[object, ...] = ()
        self._dropped = 0
        self._said: dict[str, tuple[str, str]] = {}  # where each button leads, and why it is off
        self._shown_rate = math.nan
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggleViewAction().setVisible(False)
        self._edge = QWidget()
        self.addWidget(self._edge)
        self.buttons = {name: self._add_button(actions[name]) for name in _STEPPING}
        self.buttons["into"].setProperty("primary", True)
        self.buttons["into"].setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.addSeparator()
        self._add_epoch()
        self._add_learning_rate()
        self._labels.append(self._add_label("Rule"))
        self._rule_place = self.addWidget(QWidget())
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        theme.changed.connect(self._restyle)
        self._restyle()

    def add_choice(self, widget: QWidget) -> None:
        """Put the rule's or the number format's button behind the learning rate."""
        self.insertWidget(self._rule_place, widget)
        self._choices.append(widget)

    # -- what it shows --------------------------------------------------------------------------------------

    def show_stepping(self, labels: Mapping[str, str]) -> None:
        """Say where each button leads: its text by action id."""
        said = {name: (words, self._actions[name].statusTip()) for name, words in labels.items()}
        if said != self._said:
            self._said = said
            for name, words in labels.items():
                self._actions[name].setText(words)
            self._say_where()
            self._fit()

    def show_epoch(self, epoch: int) -> None:
        """Show the epoch that the cursor is in."""
        is_typed = self.epoch.text() != self.epoch.textFromValue(epoch)
        if self.epoch.value() != epoch or (is_typed and not self.epoch.hasFocus()):
            self.epoch.blockSignals(True)
            self.epoch.setValue(epoch)
            self.epoch.blockSignals(False)

    def show_learning_rate(self, learning_rate: float, stated: float | None) -> None:
        """Show η, and what the sheet states where that is another number."""
        if learning_rate != self._shown_rate:  # else what is being typed there stays
            self._shown_rate = learning_rate
            self.learning_rate.setText(_in_full(learning_rate))
        words = "" if stated in (None, learning_rate) else f"the sheet states {stated:g}"
        if words != self.stated.text():
            self.stated.setText(words)
            self.learning_rate.setToolTip("\n".join([_RATE_TIP, *([f"Here {words}"] if words else [])]))
        self._stated_action.setVisible(bool(words) and self._dropped < _STATED)

    def show_progress(self, words: str, done: int = 0, goal: int = 0) -> None:
        """Show how far a long run is, with a button to cancel; "" where none is under way."""
        self._training_action.setVisible(bool(words))
        self._epoch_action.setVisible(not words)
        if words:
            scale = max(goal // _FINEST, 1)  # a position may exceed 32 bits
            self.progress.setRange(0, max(goal // scale, 1))
            self.progress.setValue(done // scale)
            self.progress.setFormat(words)

    # -- inside ---------------------------------------------------------------------------------------------

    def _add_button(self, action: QAction) -> QToolButton:
        """A button as the bar would make it; at every change of its own it would have the whole window arranged."""
        button = QToolButton()
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolButtonStyle(self.toolButtonStyle())
        button.setDefaultAction(action)
        self.iconSizeChanged.connect(button.setIconSize)
        self.addWidget(button)
        return button

    def _add_epoch(self) -> None:
        self._labels.append(self._add_label("Epoch"))
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for name in ("previous_epoch", "next_epoch"):
            button = QToolButton()
            button.setDefaultAction(self._actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.epoch = _EpochField()
        self.epoch.setRange(1, _LAST_EPOCH)
        self.epoch.put_back.connect(self.put_back)
        self.epoch.setProperty("plain", True)  # the buttons beside it keep the step, its own would not
        self.epoch.setKeyboardTracking(False)
        self.epoch.setAccessibleName("Epoch")
        self.epoch.setToolTip("The epoch; type a number and press Enter to train up to it (Ctrl+G)")
        self.epoch.valueChanged.connect(self.epoch_asked)
        self.epoch.lineEdit().returnPressed.connect(self.left)
        # Else it looks as if it had the keyboard.
        self.epoch.editingFinished.connect(lambda: self.epoch.lineEdit().deselect())
        row.insertWidget(1, self.epoch)
        self._epoch_action = self.addWidget(box)

        training = QWidget()
        row = QHBoxLayout(training)
        row.setContentsMargins(0, 0, 0, 0)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Cancel; what has been trained is kept (Esc)")
        self.cancel.setShortcut("Esc")
        self.cancel.clicked.connect(self.cancel_asked)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        self._training_action = self.addWidget(training)
        self._training_action.setVisible(False)

    def _add_learning_rate(self) -> None:
        self._add_label("η")
        self.learning_rate = QLineEdit()
        self.learning_rate.setAccessibleName("Learning rate η")
        self.learning_rate.setToolTip(_RATE_TIP)
        self.learning_rate.editingFinished.connect(self._ask_learning_rate)
        self.learning_rate.returnPressed.connect(self.left)
        self.addWidget(self.learning_rate)
        self.stated = QLabel()
        self.stated.setProperty("role", "dim")
        self._stated_action = self.addWidget(self.stated)

    def _add_label(self, text: str) -> QAction:
        label = QLabel(text)
        label.setContentsMargins(8, 0, 2, 0)
        return self.addWidget(label)

    def _ask_learning_rate(self) -> None:
        """Ask for what was typed; what is no learning rate is put back."""
        try:
            asked = float(self.learning_rate.text())
        except ValueError:
            asked = math.nan
        if not 0 <= asked <= _LARGEST_RATE:
            typed = one_line(self.learning_rate.text(), _LONGEST_TYPED)
            self.learning_rate.setText(_in_full(self._shown_rate))
            self.put_back.emit(
                f"η stays {self.learning_rate.text()}: it is from 0 to {_LARGEST_RATE:,.0f}, not “{typed}”"
            )
        elif asked != self._shown_rate:
            self.learning_rate_asked.emit(asked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer words fit."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """A part has another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves a field as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self.epoch.setValue(self.epoch.value())
            self.learning_rate.setText(_in_full(self._shown_rate))
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        """Drop as little as must be for the width; nothing to do while no part and no width is another.

        Before it is in sight its width is none that it will have.
        """
        if not self.isVisible():
            return
        words = [choice.accessibleName() for choice in self._choices]
        training = self._training_action.isVisible()
        # Words that are longer than those there is room for.
        words += [action.text() for name in _LONGEST if self._is_long(action := self._actions[name])]
        fitted = (self.width(), self._theme.zoom, self.font().key(), self.stated.text(), training, *words)
        if fitted == self._fitted:
            return
        self._fitted = fitted
        for dropped in range(_ALL + 1):
            self._drop(dropped)
            if self._needed_width() <= self.width():
                break

    def _is_long(self, action: QAction) -> bool:
        longest = max(len(text) for texts in _LONGEST.values() for text in texts)
        return len(action.text()) > longest

    def _needed_width(self) -> int:
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
        return self.sizeHint().width()

    def _drop(self, dropped: int) -> None:
        self._dropped = dropped
        self._stated_action.setVisible(bool(self.stated.text()) and dropped < _STATED)
        for choice in self._choices:
            if isinstance(choice, Shortening):
                choice.set_short(dropped >= _CHOICES)
        for label in self._labels:
            label.setVisible(dropped < _LABELS)
        styles = Qt.ToolButtonStyle
        for name in _STEPPING:
            button, bare = self.buttons[name], dropped >= (_ALL if name == "into" else _BUTTONS)
            button.setToolButtonStyle(styles.ToolButtonIconOnly if bare else styles.ToolButtonTextBesideIcon)
            if name in _LONGEST:
                self._make_room(button, () if bare else (button.text(), *_LONGEST[name]))
        px, tight = self._theme.px, dropped >= _ALL
        self.epoch.setFixedWidth(px(54 if tight else 84))
        self.learning_rate.setFixedWidth(px(58 if tight else 72))
        self.progress.setFixedWidth(px(110 if tight else 170))
        self._say_where()

    def _make_room(self, button: QToolButton, texts: tuple[str, ...]) -> None:
        """Of one size whatever it says of *texts*; one that is free has Qt arrange the whole window at a new text."""
        advance = button.fontMetrics().horizontalAdvance
        button.setMinimumSize(0, 0)
        button.setMaximumSize(_UNBOUND, _UNBOUND)
        if texts:
            hint = button.sizeHint()
            button.setFixedSize(hint.width() - advance(button.text()) + max(map(advance, texts)), hint.height())

    def _say_where(self) -> None:
        """Without words on the buttons, their tool tips say where they lead."""
        for spec in ACTIONS:
            if spec.id in ("over", "out"):
                action = self._actions[spec.id]
                words = action.iconText() if self._dropped >= _BUTTONS else ""
                action.setToolTip(tooltip(spec, words, action.statusTip()))

    def _restyle(self) -> None:
        theme = self._theme
        for spec in ACTIONS:
            if spec.icon:
                self._actions[spec.id].setIcon(icon(spec.icon, theme, on_accent=spec.id == "into"))
        self.setIconSize(QSize(theme.px(16), theme.px(16)))
        self._edge.setFixedWidth(theme.px(2))
        self._fit()


class _EpochField(QSpinBox):
    """A number that may be typed beyond the last epoch, is put back then, and says so."""

    put_back = Signal(str)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Any digits may stand here while they are typed."""
        beyond = text.isascii() and text.isdecimal() and int(text[:_LONGEST_TYPED]) > self.maximum()
        return (QValidator.State.Intermediate, text, position) if beyond else super().validate(text, position)

    def fixup(self, text: str) -> str:
        """What was typed is no epoch: the one from before."""
        typed = one_line(text, _LONGEST_TYPED)
        self.put_back.emit(f"The epoch stays {self.value():,}: it is from 1 to {self.maximum():,}, not “{typed}”")
        return str(self.value())


def _in_full(number: float) -> str:
    """All its digits, so that Enter without a change changes nothing."""
    return repr(number).removesuffix(".0")
