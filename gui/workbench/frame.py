"""What the frame around the panels shows of a view: toolbar, menus, status bar."""

from __future__ import annotations

from core.watching.stop import AtStep
from gui.debugger import wording
from gui.debugger.reasons import Moment
from gui.debugger.view import View
from gui.window.actions import ACTIONS, set_off
from gui.window.choices import FormatButton, RuleButton
from gui.window.main_window import MainWindow
from gui.window.present import Present


class Frame:
    """Keeps *window* and the choices in its toolbar at the view that is shown."""

    def __init__(self, window: MainWindow, rule: RuleButton, form: FormatButton, present: Present) -> None:
        self._window, self._rule, self._form, self._present = window, rule, form, present
        self._off: dict[str, str] = {}  # why each action is off, "" where it is on

    def show_moment(self, moment: Moment) -> None:
        """Enable what can be done; what can not says why."""
        actions = self._window.actions_by_id
        for name, done in (("undo", moment.undone), ("redo", moment.redone)):
            actions[name].setText(f"{name.capitalize()} {done}".rstrip())
        off = {spec.id: spec.why_off(moment) for spec in ACTIONS}
        for spec in ACTIONS:
            if off[spec.id] != self._off.get(spec.id):
                set_off(actions[spec.id], spec, off[spec.id])
        self._off = off

    def show_view(self, view: View) -> None:
        """Say where *view* is and where the buttons lead."""
        state, actions, toolbar = view.state, self._window.actions_by_id, self._window.toolbar
        toolbar.show_stepping(wording.stepping_labels(view))
        toolbar.show_epoch(view.cursor.epoch)
        sheet = view.source.worksheet
        toolbar.show_learning_rate(state.learning_rate, sheet.learning_rate_stated if sheet else None)
        if state.rule != self._rule.rule:
            self._rule.show_rule(state.rule)
        self._form.show_form(state.form)
        actions["skip_zero"].setChecked(state.skips_zero_terms)
        actions["stage_order"].setChecked(state.order == "stage")
        actions["timesteps"].setChecked(state.way == "timesteps")
        actions["predict"].setChecked(state.predicts)
        actions["stop"].setChecked(any(stop.at == AtStep(view.step.address) for stop in state.stops))
        if view.step.kind in ("term", "sum", "clip", "update"):
            self._window.arrangement.unfold()
        self._window.place.setText(wording.place(view))
        self._present.show_place(view.cursor.position, len(view.program), view.cursor.epoch)
