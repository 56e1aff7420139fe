"""What if a number were another one: the card, what it does to the model, and what Undo takes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QUndoStack
from PySide6.QtWidgets import QWidget

from core.epoch.epoch import Epoch
from core.network.changes import NONE, is_given
from core.network.number import Number
from core.studies.ranging import POINTS, can_be_watched, ranged, why_no_range
from gui.debugger.edits import ChangesEdit, TrainingEdit
from gui.debugger.labels import name_of
from gui.debugger.model import DebuggerModel
from gui.debugger.state import State
from gui.look.theme import Theme
from gui.numbers.menu import NumberMenu, Row
from gui.panels.what_if.card import ChangeCard
from gui.panels.what_if.state import Trial, let_go, told, trial, was, why_off
from gui.widgets.parts.numbers import number_under
from gui.widgets.parts.speech import announce

AHEAD = 1000  # epochs whose loss is looked at while a number is tried
_LONG, _REST = 128, 300  # in a text of more timesteps a range waits until the hand rests, for so many milliseconds
_SLICE = 0.02  # seconds of looking ahead between two turns of the event loop


class WhatIf(QObject):
    """Opens the card for a number, lets the model be as the card says, and puts what is kept on the undo stack.

    Attributes:
        card: the card.

    Signals:
        looked_ahead(): the losses of later epochs are known as far as they were asked for.
        refused(str): a number that can not be changed, in words.
        ended(): the card is closed.
    """

    looked_ahead = Signal()
    refused = Signal(str)
    ended = Signal()

    def __init__(self, model: DebuggerModel, undo: QUndoStack, numbers: NumberMenu, theme: Theme) -> None:
        super().__init__(model)
        self._model, self._undo, self._numbers = model, undo, numbers
        self.card = ChangeCard(theme)
        self._trial: Trial | None = None
        self._before: State | None = None  # as it was when the card was opened
        self._latest: float | None = None  # what was asked for last and is not computed yet: newest wins
        self._at_once, self._ahead = (QTimer(self, singleShot=True, interval=0) for _ in range(2))
        self._at_once.timeout.connect(self._try_latest)
        self._ahead.timeout.connect(self._look_ahead)
        self._pressed: tuple[Number | None, State] | None = None
        self._pressed_at = -1
        self.card.tried.connect(self._try)
        self.card.kept.connect(self.keep)
        self.card.given_up.connect(self.put_back)
        self.card.range_asked.connect(lambda _on: self._ahead.start())
        model.view_changed.connect(self._follow)
        numbers.rows[-1:-1] = self._rows()

    @property
    def is_open(self) -> bool:
        """Whether a number is on the card."""
        return self._trial is not None

    # -- what is asked for ----------------------------------------------------------------------------------

    def change(self, number: Number, *, whole: bool = False, typed: str = "") -> None:
        """Put *number* on the card, *whole*: all of its parameter; or say why it can not be another.

        *typed*: what is typed there at once.
        """
        self.put_back()
        off = self._off_whole(number) if whole else self._off(number)
        if off:
            self.refused.emit(off)
            return
        self._before = self._model.state
        self._ahead.setInterval(_REST if self._model.view.network.T > _LONG else 0)
        self._trial, value = trial(self._model.view, number, whole=whole)
        self.card.open(self._trial, value, self._model.state.form, why_no_range(self._model.view.network, number))
        self._say()
        self._ahead.start()
        if typed:
            self.card.type(typed)

    def scale(self, name: str) -> None:
        """Put a factor for all of a parameter on the card."""
        self.change(self._numbers.placed(Number(name)), whole=True)

    def change_meant(self) -> None:
        """Change what is pointed at, else the result of the step."""
        number = self._numbers.meant()
        off = self._off_change(number)
        if off:
            self.refused.emit(f"{self._numbers.called(number)}. {off}")
        else:
            self.change(number)

    def hold_meant(self) -> None:
        """Hold what is pointed at, else the result of the step."""
        number = self._numbers.meant()
        off = self._off_hold(number)
        if off:
            self.refused.emit(f"{self._numbers.called(number)}. {off}")
        else:
            self.change(number)

    def keep(self) -> None:
        """Go on with the number on the card."""
        self._try_latest()
        subject, before = self._trial, self._before
        if subject is None or before is None:
            return
        after, form = self._model.state, self._model.state.form
        self._end()
        if subject.is_rate and after.learning_rate != before.learning_rate:
            words = subject.words(before.learning_rate, after.learning_rate, form)
            self._model.set(replace(after, learning_rate=before.learning_rate))
            self._undo.push(TrainingEdit(self._model, words, after.rule, after.learning_rate))
        elif after.changes != before.changes:
            value = after.changes.values[subject.number]
            words = subject.words(before.changes.values.get(subject.number, subject.before), value, form)
            self._undo.push(ChangesEdit(self._model, words, before.changes, after.changes))

    def put_back(self) -> None:
        """Leave the number as it was when the card was opened."""
        subject, before = self._trial, self._before
        if subject is None or before is None:
            return
        self._latest = None
        self._end()
        now = self._model.state
        if subject.is_rate:
            self._model.set(replace(now, learning_rate=before.learning_rate))
        else:
            self._model.set(replace(now, changes=before.changes))

    def let_go(self, number: Number) -> None:
        """Let *number* be again as it is without a change."""
        self.put_back()
        state, view = self._model.state, self._model.view
        after = let_go(state.changes, number)
        if after != state.changes:
            gone = next(each for each in state.changes.values if each not in after.values)
            words = f"letting go of {told(view, gone, state.changes.values[gone])}"
            self._undo.push(ChangesEdit(self._model, words, state.changes, after))

    def take_all_back(self) -> None:
        """Let everything be as the network was opened: no number changed, none held."""
        self.put_back()
        state = self._model.state
        if state.changes:
            self._undo.push(ChangesEdit(self._model, "return to the numbers given", state.changes, NONE))

    def press(self, pressed: QWidget, event: QMouseEvent) -> bool:
        """A double click on a number that is given changes it; the step stays, wherever the first click led."""
        if event.type() == QEvent.Type.MouseButtonPress and event.timestamp() != self._pressed_at:
            self._pressed_at = event.timestamp()  # then it comes by again for what is around, which has no number
            self._pressed = number_under(pressed, event.globalPosition().toPoint()), self._model.state
        if event.type() != QEvent.Type.MouseButtonDblClick:
            return False
        number, state = self._pressed or (None, self._model.state)
        if number is None or not is_given(self._model.view.network, number.symbol):
            return False
        self._model.set(replace(self._model.state, cursor=state.cursor, past=state.past, future=state.future))
        self.change(self._numbers.placed(number))
        return True

    # -- inside ---------------------------------------------------------------------------------------------

    def _rows(self) -> list[Row]:
        def is_changed(number: Number) -> bool:
            return let_go(self._model.state.changes, number) != self._model.state.changes

        return [
            Row(
                lambda _number: "Change…",
                "F2",
                "Let it be another number, and see what follows",
                self.change,
                self._off_change,
                "change",
            ),
            Row(
                lambda _number: "Hold at…",
                "Shift+F2",
                "Let what follows use another number",
                self.change,
                self._off_hold,
                "change",
            ),
            Row(
                lambda _number: "Scale the whole parameter…",
                "",
                "Multiply all its entries by a factor",
                lambda number: self.change(number, whole=True),
                self._off_whole,
            ),
            Row(
                lambda _number: "Let go",
                "",
                "Let it be again as it was given or computed",
                self.let_go,
                lambda number: "" if is_changed(number) else "It is neither changed nor held",
            ),
        ]

    def _off_change(self, number: Number) -> str:
        is_computed = not is_given(self._model.view.network, number.symbol)
        return self._off(number) or ("It is computed: hold it at another value" if is_computed else "")

    def _off_hold(self, number: Number) -> str:
        is_one = is_given(self._model.view.network, number.symbol)
        return self._off(number) or ("It is given: change it" if is_one else "")

    def _is_parameter(self, number: Number) -> bool:
        return number.symbol in self._model.view.network.parameter_shapes

    def _off(self, number: Number) -> str:
        if self._model.is_training:
            return "An epoch is being trained: wait, or cancel it"
        if number.epoch not in (0, self._model.view.cursor.epoch):
            return f"Go to epoch {number.epoch:,} first: a change holds from the epoch that is looked at"
        return why_off(self._model.view, number)

    def _off_whole(self, number: Number) -> str:
        return self._off(number) if self._is_parameter(number) else "Only a parameter can be scaled as a whole"

    def _try(self, value: float) -> None:
        self._latest = value
        self._at_once.start()

    def _try_latest(self) -> None:
        value, self._latest = self._latest, None
        if value is None or self._trial is None or self._before is None:
            return
        self._model.set(self._trial.put_in(self._model.state, value))
        self._say()
        self._ahead.start()

    def _follow(self) -> None:
        """Where something else was opened or undone meanwhile, the card is about nothing any more."""
        if self._before is not None and self._model.state.source is not self._before.source:
            self._end()
        elif self._trial is not None and self._model.state.cursor.epoch != self._trial.number.epoch:
            self.keep()
        elif self._trial is not None:
            self._say()

    def _say(self) -> None:
        view, subject = self._model.view, self._trial
        if subject is None:
            return
        form, original = view.form, view.plain.epoch(view.cursor.epoch)
        parts = []
        if not subject.choices and not subject.is_factor:
            now = self._now()
            parts.append("as it was" if now == subject.before else was(subject.before, now, form))
        now, before = view.epoch.tape.total, original.tape.total
        total = f"total loss of epoch {view.cursor.epoch:,}: {form(before)}"
        parts.append(
            f"{total} → {form(now)} ({'+' if now >= before else ''}{form(now - before)})" if now != before else total
        )
        last = view.cursor.epoch + AHEAD - 1
        if min(view.training.reached, view.plain.reached) >= last and view.training is not view.plain:
            parts.append(
                f"of epoch {last:,}: {form(view.plain.losses[last - 1])} → {form(view.training.losses[last - 1])}"
            )
        self.card.say("  ·  ".join([*parts, *filter(None, [subject.note])]))

    def _now(self) -> float:
        state, subject = self._model.state, self._trial
        assert subject is not None
        if subject.is_rate:
            return state.learning_rate
        return state.changes.values.get(subject.number, subject.before)

    def _look_ahead(self) -> None:
        """Train on while nothing else is to be done: the losses of the next epochs."""
        if self._trial is None or self._model.is_training:
            return
        self._show_range()
        if self._model.view.network.T > _LONG:  # an epoch takes longer than a turn of the event loop may
            announce(self.card, self.card.words.text())
            return
        if self._model.look_ahead(AHEAD, _SLICE):
            self._say()
            announce(self.card, self.card.words.text())
            self.looked_ahead.emit()
        else:
            self._ahead.start(0)

    def _show_range(self) -> None:
        """The loss for every value of the slider, where that is asked for; once what follows the hand is painted."""
        view, subject = self._model.view, self._trial
        if subject is None or not self.card.ranging.isChecked():
            self.card.show_range(None)
            return
        values = np.linspace(subject.low, subject.high, POINTS)
        wanted = [Number(view.state.watched)] if view.state.watched else []
        watched = [self._numbers.placed(each) for each in (*wanted, view.result) if can_be_watched(view.network, each)]
        other = next((each for each in watched if (each.symbol, each.entry) != _place(subject.number)), None)
        found = ranged(self._ranged_from(), subject.number, values, other)
        self.card.show_range(found, "" if other is None else name_of(view.network, other))

    def _ranged_from(self) -> Epoch:
        """The epoch that the range is about: of a factor, that without it."""
        subject, before, view = self._trial, self._before, self._model.view
        if subject is None or before is None or subject.number.entry or not subject.is_factor:
            return view.epoch
        return view.training.changed(before.changes.without(subject.number)).epoch(view.cursor.epoch)

    def _end(self) -> None:
        self._at_once.stop()
        self._ahead.stop()
        self._trial = self._before = None
        self.card.hide()
        self.ended.emit()


def _place(number: Number) -> tuple[str, tuple[int, ...]]:
    return number.symbol, number.entry
