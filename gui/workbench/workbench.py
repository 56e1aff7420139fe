"""The composition root: the one place that makes model, panels and window know of one another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QUndoStack

from core.network.number import Number
from core.network.rule import Rule
from core.network.symbols import text
from core.program.cursor import Command, Cursor
from core.program.program import Way
from core.sources.source import Source
from core.writing.form import NumberFormat
from gui.debugger.edits import TrainingEdit
from gui.debugger.model import DebuggerModel
from gui.debugger.reasons import Moment
from gui.debugger.stopping import Stopping
from gui.debugger.view import View
from gui.debugger.ways import moved
from gui.look.theme import ZOOMS, Theme
from gui.numbers.menu import NumberMenu
from gui.numbers.what_if import WhatIf
from gui.panels.base.panel import Panel
from gui.panels.formula.panel import FormulaPanel
from gui.window.actions import ACTIONS
from gui.window.choices import FormatButton, RuleButton
from gui.window.main_window import MainWindow
from gui.window.present import Present
from gui.workbench.appearance import Appearance
from gui.workbench.files import Files
from gui.workbench.finding import Finding
from gui.workbench.frame import Frame
from gui.workbench.settings import Settings
from gui.workbench.speaker import Speaker
from gui.workbench.training_progress import TrainingProgress

if TYPE_CHECKING:
    from core.answers.predict import Judgement, Score
    from gui.panels.watch.state import Marks
    from gui.window.help import HelpDialog
    from gui.workbench.docked import Docked

_MOST_UNDONE = 50  # edits; each may keep a network
_DEEPEST = 6  # layouts within layouts that a step may change: what is laid out after it was painted is painted again
_LONG, _REST = 128, 60  # in a text of more timesteps, most panels follow a hand that scrubs after so many milliseconds


class Workbench(QObject):
    """A window with a debugger in it.

    Attributes:
        model: the debugger. window: its shell. panels: by dock id once they are made, the formula as ``formula``.
        undo: the edits.
        numbers: what can be done with a number wherever it stands. stopping: what is watched and stopped at.
        what_if: the card that changes a number.
        appearance: light or dark, how large, hints. files: what is opened, saved and exported. find: its field.
    """

    def __init__(self, source: Source, window: MainWindow, theme: Theme, settings: Settings) -> None:
        super().__init__(window)
        self.theme, self.window, self.settings = theme, window, settings
        self.model = DebuggerModel(source, self)
        self.undo = QUndoStack(self)
        self.stopping = Stopping(self.model, self.undo, self)
        self.numbers = NumberMenu(self.model, self.show_why, self.stopping)
        self.undo.setUndoLimit(_MOST_UNDONE)
        self.rule_button, self.form_button = RuleButton(), FormatButton()
        self.formula = FormulaPanel(theme)
        self.panels: dict[str, Panel] = {"formula": self.formula}
        self.what_if = WhatIf(self.model, self.undo, self.numbers, theme)
        self.formula.set_below(self.what_if.card)
        self._docked: Docked | None = None
        self.files = Files(window, self.model, settings, self.undo, theme)
        self.files.word.left.connect(self.formula.setFocus)
        self._help: HelpDialog | None = None
        self._score: Score | None = None
        self._is_scrubbing = self._has_marked = False
        self._arrived: tuple[Cursor, str] | None = None  # where a run ended, and what that says
        self._at_rest = QTimer(self, singleShot=True)
        self._at_rest.timeout.connect(self._catch_up)
        self._speaker = Speaker(window)
        window.centre.set_content(self.formula)
        self.appearance = Appearance(window, theme, settings)
        self.present = Present(window, theme)
        self.find = Finding(self, self._edit_rule, self._set_form, self._show_help)
        self._frame = Frame(window, self.rule_button, self.form_button, self.present)
        self._add_choices()
        self._connect_panel(self.formula)
        self._connect_prompt()
        self._connect_present()
        self._connect_toolbar()
        self._connect_actions()
        self._connect_model()
        self._connect_what_if()
        TrainingProgress(self.model, window, self.panels)
        self.model.set_form(settings.form)
        self.model.set_skip_zero_terms(settings.flag("skip_zero"))
        self.model.set_order("stage" if settings.flag("stage_order") else "timestep")
        self._set_way(settings.choice("way", ("", "terms", "timesteps")))
        self.show_view(self.model.view)
        window.focus.set_home(self.formula)
        self.formula.setFocus()

    def furnish(self) -> Docked:
        """The panels of the docks: made once the formula is in sight, or before if one is asked for."""
        if self._docked is not None:
            return self._docked
        from gui.workbench.docked import Docked

        model = self.model
        docked = self._docked = Docked(self.theme)
        self.panels |= vars(docked)
        for name, dock in self.window.docks.items():
            panel = self.panels[name]
            self._connect_panel(panel)
            dock.card.set_content(panel)
            dock.visibilityChanged.connect(panel.come_into_sight)
        docked.rules.rule_requested.connect(self._edit_rule)
        docked.sheet.rule_requested.connect(self._edit_rule)
        docked.sheet.paths_requested.connect(self._show_paths)
        # After running to a line of the tree, Space should step on.
        docked.program.jump_requested.connect(lambda _address: self.formula.setFocus())
        docked.why.titled.connect(self.window.docks["why"].setWindowTitle)
        docked.program.way_asked.connect(self._choose_way)
        docked.program.stop_asked.connect(self.stopping.toggle)
        docked.program.run_asked.connect(lambda position: self.stopping.run_to(self._at(position)))
        docked.loss.below_asked.connect(self.stopping.run_to_loss)
        docked.watch.marks_asked.connect(self._mark)
        docked.watch.let_go_asked.connect(self.what_if.let_go)
        docked.parameters.scale_asked.connect(self.what_if.scale)
        docked.watch.left.connect(self.formula.setFocus)
        docked.program.copy_asked.connect(lambda steps: self.files.exporting.copy_steps(steps))
        bars, choice = docked.contributions, self.settings.choice
        bars.choose(choice("group_by", bars.groupings), choice("terms_as", bars.forms))
        bars.chosen.connect(self._remember_terms)
        docked.sheet.own.judged.connect(self.formula.note.set_own_lines)
        self.files.lessons.attach(self.panels.values(), docked.sheet.own)
        self.rule_button.furnish()
        self._yield_keys()
        self.show_view(model.view)
        return docked

    # -- what is shown --------------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """Give *view* to every panel, and to the frame around them."""
        known, is_long = self.model.known, view.network.T > _LONG
        if self._docked is not None:
            self._docked.sheet.own.set_view(view)  # in sight or not: what it says stands at the formula too
        for name, panel in self.panels.items():
            panel.keep(view if panel.stands_at_cursor else known)
            if panel.follows_hand:
                self._render(name, panel)
        by_hand = self._is_scrubbing or self.what_if.is_open
        self._at_rest.start(_REST if by_hand and is_long else 0)  # once what follows the hand is painted
        self.show_moment()
        self._frame.show_view(view)
        self._leave(view.cursor)
        self.appearance.show_hint()

    def show_moment(self) -> None:
        """Let every action be on or off, as it is now."""
        self._frame.show_moment(self.moment)

    @property
    def moment(self) -> Moment:
        """What decides which commands can be given."""
        model, undo, zoom = self.model, self.undo, self.theme.zoom
        goal = model.goal.cursor.epoch if model.goal is not None else None
        return Moment(model.view, goal, undo.undoText(), undo.redoText(), zoom >= ZOOMS[-1], zoom <= ZOOMS[0])

    def _catch_up(self) -> None:
        """Let all panels show what they were given last; what came while they were at it is next."""
        for name, panel in self.panels.items():
            self._render(name, panel)
        with self.window.unheard():
            for _ in range(_DEEPEST):
                QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        self._speaker.say_where(self.model.view)

    def _render(self, name: str, panel: Panel) -> None:
        """Let *panel* catch up; a fault of it is reported, and never stops the others."""
        try:
            panel.catch_up()
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            title = self.window.docks[name].windowTitle() if name in self.window.docks else "Formula"
            self.window.statusBar().showMessage(f"{title} cannot show this step: {type(error).__name__}: {error}")

    # -- connections ----------------------------------------------------------------------------------------

    def _add_choices(self) -> None:
        toolbar = self.window.toolbar
        toolbar.add_choice(self.rule_button)
        toolbar.add_choice(self.form_button)
        self.rule_button.rule_asked.connect(self._edit_rule)
        self.rule_button.comparison_asked.connect(lambda: self.window.show_dock("rules"))
        self.form_button.form_asked.connect(self._set_form)

    def _connect_panel(self, panel: Panel) -> None:
        model = self.model
        panel.jump_requested.connect(model.jump)
        panel.position_requested.connect(self._scrub)
        panel.epoch_requested.connect(model.jump_to_epoch)
        panel.cursor_requested.connect(model.jump_to)
        panel.symbol_hovered.connect(model.hover)
        panel.symbol_clicked.connect(self._click)
        panel.entry_followed.connect(model.follow_entry)
        panel.menu_opened.connect(self.numbers.fill)
        model.highlight_changed.connect(panel.set_highlight)

    def _connect_prompt(self) -> None:
        model, prompt = self.model, self.formula.prompt
        self.formula.step_requested.connect(lambda: self.step(Command.INTO))
        prompt.rule_requested.connect(self._edit_rule)
        prompt.paths_requested.connect(self._show_paths)
        prompt.jump_requested.connect(model.jump)
        prompt.worksheet_requested.connect(self._ask_worksheet)
        prompt.predicted.connect(self._count_prediction)
        prompt.reveal_requested.connect(model.reveal)
        prompt.answered.connect(self._speaker.say)
        prompt.left.connect(self.formula.setFocus)
        self.formula.way_asked.connect(self._choose_way)

    def _connect_present(self) -> None:
        present = self.present
        present.started.connect(lambda: self.formula.set_presented(True))
        present.ended.connect(lambda: self.formula.set_presented(False))
        present.forward_asked.connect(self._reveal_or_step)
        present.back_asked.connect(lambda: self.step(Command.BACK))

    def _connect_toolbar(self) -> None:
        toolbar = self.window.toolbar
        toolbar.epoch_asked.connect(self._go_to_epoch)
        toolbar.learning_rate_asked.connect(self._edit_learning_rate)
        toolbar.left.connect(self.formula.setFocus)
        toolbar.put_back.connect(self.model.refused)

    def _step_back(self, source: Source) -> None:
        """Panels that have nothing to show of what is open stand behind others; none keeps what was open before."""
        for panel in self.panels.values():
            panel.let_go()
        if self._docked is not None:
            panels = vars(self._docked).items()
            self.window.arrangement.step_back([name for name, panel in panels if not panel.applies(source.network)])

    def _connect_model(self) -> None:
        model = self.model
        model.source_changed.connect(self.window.close_menus)
        model.source_changed.connect(self._step_back)
        model.view_changed.connect(self.show_view)
        for changed in (model.training_started, model.training_ended, self.undo.indexChanged, self.theme.changed):
            changed.connect(self.show_moment)
        model.refused.connect(self._tell)
        self.stopping.arrived.connect(self._say_arrival)
        self.stopping.progressed.connect(self.window.toolbar.show_progress)
        self.window.toolbar.cancel_asked.connect(self.stopping.runner.cancel)
        self.stopping.marked.connect(self._show_watch_first)
        self.window.closing.connect(self.remember)

    def _connect_what_if(self) -> None:
        what_if = self.what_if
        what_if.refused.connect(self.model.refused)
        what_if.ended.connect(self.formula.setFocus)
        what_if.looked_ahead.connect(self._show_losses)
        self.files.lessons.settle = what_if.put_back

    def _yield_keys(self) -> None:
        """Not before the docks: what a filter of the application is asked about, Python has to make, of every kind."""
        from gui.workbench.keys import KeyYielding

        pressed = (self.numbers.press, self.what_if.press)
        KeyYielding(
            self.window, lambda widget, event: any(press(widget, event) for press in pressed), self.present.takes
        )

    def _show_losses(self) -> None:
        """The curve with the losses that are known by now."""
        if "loss" in self.panels:
            self.panels["loss"].show_view(self.model.underway)

    def _connect_actions(self) -> None:
        actions, window, model = self.window.actions_by_id, self.window, self.model
        handlers: dict[str, Callable[[], object]] = {
            **self.files.handlers,
            **self.appearance.handlers,
            **self.stopping.handlers,
            "note": self._ask_note,
            "watch": self._ask_watch,
            "quit": window.close,
            "undo": lambda: self._take_back(self.undo.undo),
            "redo": lambda: self._take_back(self.undo.redo),
            "change": self.what_if.change_meant,
            "hold": self.what_if.hold_meant,
            "all_back": self.what_if.take_all_back,
            "copy_latex": self.formula.copy_latex,
            "go_to_epoch": self._ask_epoch,
            "learning_rate": self._ask_learning_rate,
            "your_number": self.formula.prompt.focus_field,
            "why": self._ask_why,
            "check_worksheet": self._ask_worksheet,
            "result": model.toggle_result,
            "previous_place": model.go_back,
            "next_place": model.go_forth,
            "next_panel": lambda: window.focus.move(1),
            "previous_panel": lambda: window.focus.move(-1),
            "present": self.present.start,
            "reset_layout": window.arrangement.reset,
            "help": self._show_help,
            "find": self.find.come,
            "about": self._show_about,
        }
        for name, handler in handlers.items():
            actions[name].triggered.connect(lambda _checked=False, handler=handler: handler())
        for spec in ACTIONS:
            if spec.command:
                command = Command[spec.command]
                actions[spec.id].triggered.connect(lambda _checked=False, command=command: self.step(command))
        actions["skip_zero"].toggled.connect(self._set_skip_zero)
        actions["stage_order"].toggled.connect(self._set_stage_order)
        actions["timesteps"].triggered.connect(lambda on: self._choose_way("timesteps" if on else "terms"))
        actions["predict"].toggled.connect(model.set_predicts)

    # -- what is asked for ----------------------------------------------------------------------------------

    def step(self, command: Command) -> None:
        """Move by *command*, and use up one hinted step."""
        before = self.model.view
        self.model.do(command)
        if self.model.view is not before:
            self.appearance.use_up_hint()

    def _reveal_or_step(self) -> None:
        """What a clicker asks for: a hidden result is shown first."""
        if self.model.view.hidden:
            self.model.reveal()
        else:
            self.step(Command.INTO)

    def _click(self, symbol: str, watched: bool) -> None:
        """Watch *symbol*, or go to the step that made it."""
        origin = self.model.view.origin(symbol)
        if watched:
            self.stopping.toggle_watch(symbol)
        elif origin is not None:
            self.model.jump_to(origin)
        else:
            self._tell(f"{text(symbol)} was given at the start: no step made it")

    def _scrub(self, position: int, origin: int) -> None:
        """Follow the hand; in a long text most panels catch up once it rests, so that none stutters."""
        self._is_scrubbing = True
        self.model.go_to_position(position, origin)
        self._is_scrubbing = False

    def remember(self) -> None:
        """Keep what the next window should start with."""
        self.settings.place = self.window.normalGeometry(), self.window.isMaximized()
        self.settings.layout = self.window.arrangement.state()

    def _take_back(self, undo: Callable[[], None]) -> None:
        """What is only tried on the card is no edit, and goes first."""
        self.what_if.put_back()
        undo()

    def _edit_rule(self, rule: Rule) -> None:
        state = self.model.state
        if rule != state.rule:
            self.undo.push(TrainingEdit(self.model, "change of the rule", rule, state.learning_rate))

    def _edit_learning_rate(self, learning_rate: float) -> None:
        state = self.model.state
        if learning_rate != state.learning_rate:
            self.undo.push(TrainingEdit(self.model, "change of η", state.rule, learning_rate))

    def _show_paths(self, rule: Rule) -> None:
        """Step with *rule*, and bring the bars to the front, which tell the paths of attention apart."""
        self._edit_rule(rule)
        self.window.show_dock("contributions")

    def _count_prediction(self, judgement: Judgement) -> None:
        from core.answers.predict import Score

        self._score = (self._score or Score()).after(judgement)
        self.formula.prompt.show_score(self._score.of(judgement.kind), self._score.text)
        self.model.reveal()

    def _ask_why(self) -> None:
        """Why the number pointed at is what it is; once more gives the keyboard to its trail."""
        number, why = self.numbers.meant(), self.furnish().why
        if number == why.number and not why.visibleRegion().isEmpty():
            why.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self.numbers.why_unknown(number):
            self._tell(self.numbers.why_unknown(number))
        else:
            self.show_why(number)

    def show_why(self, number: Number) -> None:
        """The trail of *number*, beside what is being done."""
        why = self.furnish().why
        self.window.show_dock("why")
        why.ask(number)

    def _ask_worksheet(self) -> None:
        self.window.show_dock("sheet")
        self.furnish().sheet.focus_own_lines()

    def _ask_watch(self) -> None:
        self.window.show_dock("watch")
        self.furnish().watch.focus_field()

    def _ask_note(self) -> None:
        row = self.stopping.with_note()
        self.window.show_dock("watch")
        self.furnish().watch.edit_note(row)

    def _mark(self, marks: Marks) -> None:
        self.stopping.set_watches(marks.watches, marks.words)
        self.stopping.set_stops(marks.stops, marks.words)

    def _show_watch_first(self) -> None:
        """Once, when something is watched or stopped at for the first time, the panel appears; the keyboard stays."""
        if not self._has_marked:
            self._has_marked = True
            self.window.show_dock("watch")

    def _tell(self, words: str, milliseconds: int = 5000) -> None:
        """Say *words* below the panels, and have them spoken, also where they are what was said last."""
        self.window.statusBar().clearMessage()
        self.window.statusBar().showMessage(words, milliseconds)

    def _say_arrival(self, words: str) -> None:
        self._tell(words, 20_000)
        self._arrived = self.model.view.cursor, words
        self.formula.setFocus()  # wherever it was asked for: one has come there to step on

    def _leave(self, cursor: Cursor) -> None:
        """Why a run ended is said no longer than one stays there."""
        if self._arrived is not None and cursor != self._arrived[0]:
            if self.window.statusBar().currentMessage() == self._arrived[1]:
                self.window.statusBar().clearMessage()
            self._arrived = None

    def _at(self, position: int) -> Cursor:
        return Cursor(self.model.view.cursor.epoch, position)

    def _set_form(self, form: NumberFormat) -> None:
        self.settings.form = form
        self.model.set_form(form)

    def _remember_terms(self, grouping: str, form: str) -> None:
        self.settings.set_choice("group_by", grouping)
        self.settings.set_choice("terms_as", form)

    def _set_skip_zero(self, skip: bool) -> None:
        if skip == self.model.state.skips_zero_terms:
            return  # it is shown, not asked for: a lesson's choice is not the user's
        self.settings.set_flag("skip_zero", skip)
        self.model.set_skip_zero_terms(skip)

    def _set_stage_order(self, by_stage: bool) -> None:
        if by_stage == (self.model.state.order == "stage"):
            return
        self.settings.set_flag("stage_order", by_stage)
        self.model.set_order("stage" if by_stage else "timestep")

    def _choose_way(self, way: str) -> None:
        before = self.model.view.step.address
        self.settings.set_choice("way", way)
        self._set_way(way)
        words = moved(self.model.view.program, before, self.model.view.step.address)
        if words:
            self._tell(words, 10_000)

    def _set_way(self, way: str) -> None:
        """Go back by *way*; "" leaves it to what is opened."""
        ways: dict[str, Way] = {"terms": "terms", "timesteps": "timesteps"}
        self.model.set_way(ways.get(way))

    def _go_to_epoch(self, epoch: int) -> None:
        self.model.jump_to(Cursor(epoch, 1))
        self.formula.setFocus()

    def _ask_epoch(self) -> None:
        self.window.toolbar.epoch.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.window.toolbar.epoch.selectAll()

    def _ask_learning_rate(self) -> None:
        self.window.toolbar.learning_rate.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.window.toolbar.learning_rate.selectAll()

    # -- small things ---------------------------------------------------------------------------------------

    def _show_help(self, heading: str = "") -> None:
        if self._help is None:
            from gui.window.help import HelpDialog

            self._help = HelpDialog(self.theme, self.window)
        self._help.show_at(heading)

    def _show_about(self) -> None:
        from gui.window.help import show_about

        show_about(self.window)
