"""The composition root: the one place that makes model, panels and window know of one another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QUndoStack

from core.answers.predict import Judgement, Score
from core.network.rule import Rule
from core.program.cursor import Command, Cursor
from core.sources.source import Source
from core.steps.speech import spoken
from core.writing.form import NumberFormat
from gui.debugger import wording
from gui.debugger.edits import LearningRateEdit, RuleEdit
from gui.debugger.model import DebuggerModel
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.attention.panel import AttentionPanel
from gui.panels.base.panel import Panel
from gui.panels.contributions.panel import ContributionsPanel
from gui.panels.formula.panel import FormulaPanel
from gui.panels.loss.panel import LossPanel
from gui.panels.parameters.panel import ParametersPanel
from gui.panels.program.panel import ProgramPanel
from gui.panels.rules.panel import RulesPanel
from gui.panels.sheet.panel import SheetPanel
from gui.panels.timeline.panel import TimelinePanel
from gui.panels.values.panel import ValuesPanel
from gui.widgets.parts.speech import announce
from gui.window.actions import ACTIONS
from gui.window.choices import FormatButton, RuleButton
from gui.window.help import HelpDialog, show_about
from gui.window.main_window import MainWindow
from gui.workbench.appearance import Appearance
from gui.workbench.files import Files
from gui.workbench.settings import Settings
from gui.workbench.training_progress import TrainingProgress

_AT_CURSOR = ("formula", "program", "contributions", "rules", "timeline")  # these hide a hidden result themselves
_QUICK = ("formula", "timeline")  # these follow the hand that scrubs,
_LONG, _REST = 128, 60  # the others in a text of more timesteps after so many milliseconds of rest


class Workbench(QObject):
    """A window with a debugger in it.

    Attributes:
        model: the debugger. window: its shell. panels: by dock id, the formula as ``formula``. undo: the edits.
        appearance: light or dark, how large, hints. files: what is opened, saved and exported.
    """

    def __init__(self, source: Source, window: MainWindow, theme: Theme, settings: Settings) -> None:
        super().__init__(window)
        self.theme, self.window, self.settings = theme, window, settings
        self.model = DebuggerModel(source, self)
        self.undo = QUndoStack(self)
        self.rule_button, self.form_button = RuleButton(), FormatButton()
        self.formula = FormulaPanel(theme)
        self.sheet, self.rules = SheetPanel(theme), RulesPanel(theme)
        self.panels: dict[str, Panel] = {
            "formula": self.formula,
            "program": ProgramPanel(theme),
            "parameters": ParametersPanel(theme),
            "values": ValuesPanel(theme),
            "attention": AttentionPanel(theme),
            "contributions": ContributionsPanel(theme),
            "loss": LossPanel(theme),
            "sheet": self.sheet,
            "rules": self.rules,
            "timeline": TimelinePanel(theme),
        }
        self.files = Files(window, self.model, settings, self.undo, theme)
        self.files.word.left.connect(self.formula.setFocus)
        self._help: HelpDialog | None = None
        self._score = Score()
        self._is_scrubbing = False
        self._at_rest = QTimer(self, singleShot=True, interval=_REST)
        window.centre.set_content(self.formula)
        for name, dock in window.docks.items():
            dock.card.set_content(self.panels[name])
            dock.visibilityChanged.connect(self.panels[name].come_into_sight)
        self.appearance = Appearance(window, theme, settings)
        self._add_choices()
        self._connect_panels()
        self._connect_toolbar()
        self._connect_actions()
        self._connect_model()
        self._progress = TrainingProgress(self.model, window, self.panels["loss"])
        self.model.set_form(settings.form)
        self.model.set_skip_zero_terms(settings.flag("skip_zero"))
        self.model.set_order("stage" if settings.flag("stage_order") else "timestep")
        self._show_source(source)
        self.show_view(self.model.view)
        self.formula.setFocus()

    # -- what is shown --------------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """Give *view* to every panel, and what follows from it to the toolbar, the menus and the status bar."""
        model, actions, toolbar = self.model, self.window.actions_by_id, self.window.toolbar
        known = model.known
        for name, panel in self.panels.items():
            panel.keep(view if name in _AT_CURSOR else known)
            if not self._is_scrubbing or name in _QUICK:
                panel.catch_up()
        if self._is_scrubbing:
            self._at_rest.start()
        toolbar.show_stepping(wording.stepping_labels(view))
        toolbar.show_epoch(view.cursor.epoch)
        sheet = view.source.worksheet
        toolbar.show_learning_rate(model.learning_rate, sheet.learning_rate_stated if sheet else None)
        self.rule_button.show_rule(model.rule)
        self.form_button.show_form(view.form)
        for spec in ACTIONS:
            if spec.command:
                actions[spec.id].setEnabled(model.can(Command[spec.command]))
        actions["return"].setEnabled(model.can_return)
        actions["skip_zero"].setChecked(model.skips_zero_terms)
        actions["stage_order"].setChecked(model.order == "stage")
        actions["predict"].setChecked(model.predicts)
        actions["result"].setEnabled(view.step.address.quantity != "letter")
        actions["your_number"].setEnabled(view.step.address.quantity != "letter")
        if view.step.kind in ("term", "sum", "update"):
            self.window.arrangement.unfold()
        self.window.place.setText(wording.place(view))
        self.appearance.show_hint()

    def announce(self) -> None:
        """Say the step to a screen reader, in our own words."""
        view = self.model.view
        words = spoken(view.step, view.cursor.position, len(view.program), view.form, view.entry, hidden=view.hidden)
        self._say(words)

    def _say(self, words: str) -> None:
        self.window.setAccessibleDescription(words)
        announce(self.window, words)

    # -- connections ----------------------------------------------------------------------------------------

    def _add_choices(self) -> None:
        toolbar = self.window.toolbar
        toolbar.add_choice(self.rule_button)
        toolbar.add_choice(self.form_button)
        self.rule_button.rule_asked.connect(self._edit_rule)
        self.rule_button.comparison_asked.connect(lambda: self.window.show_dock("rules"))
        self.rules.rule_requested.connect(self._edit_rule)
        self.form_button.form_asked.connect(self._set_form)

    def _connect_panels(self) -> None:
        model = self.model
        for panel in self.panels.values():
            panel.jump_requested.connect(model.jump)
            panel.position_requested.connect(self._scrub)
            self._at_rest.timeout.connect(panel.catch_up)
            panel.epoch_requested.connect(model.jump_to_epoch)
            panel.cursor_requested.connect(model.jump_to)
            panel.symbol_hovered.connect(model.hover)
            panel.symbol_clicked.connect(model.pin)
            panel.entry_followed.connect(model.follow_entry)
            model.highlight_changed.connect(panel.set_highlight)
        prompt = self.formula.prompt
        prompt.rule_requested.connect(self._edit_rule)
        prompt.paths_requested.connect(self._show_paths)
        prompt.jump_requested.connect(model.jump)
        prompt.bisect_requested.connect(self._ask_worksheet)
        prompt.predicted.connect(self._count_prediction)
        prompt.reveal_requested.connect(model.reveal)
        prompt.answered.connect(self._say)
        prompt.left.connect(self.formula.setFocus)
        self.sheet.rule_requested.connect(self._edit_rule)
        self.sheet.paths_requested.connect(self._show_paths)
        self.sheet.own.text_changed.connect(lambda text: self.settings.set_lines(model.source.name, text))
        # After running to a line of the tree, Space should step on.
        self.panels["program"].jump_requested.connect(lambda _address: self.formula.setFocus())

    def _connect_toolbar(self) -> None:
        toolbar = self.window.toolbar
        toolbar.epoch_asked.connect(self._go_to_epoch)
        toolbar.learning_rate_asked.connect(self._edit_learning_rate)
        toolbar.left.connect(self.formula.setFocus)

    def _connect_model(self) -> None:
        model = self.model
        model.view_changed.connect(self.show_view)
        model.source_changed.connect(self._show_source)
        model.refused.connect(lambda words: self.window.statusBar().showMessage(words, 5000))
        self.window.closing.connect(self.remember)

    def _connect_actions(self) -> None:
        actions, window, model = self.window.actions_by_id, self.window, self.model
        handlers: dict[str, Callable[[], object]] = {
            **self.files.handlers,
            **self.appearance.handlers,
            "quit": window.close,
            "copy_latex": self.formula.copy_latex,
            "go_to_epoch": self._ask_epoch,
            "your_number": self.formula.prompt.focus_field,
            "bisect": self._ask_worksheet,
            "result": model.toggle_result,
            "return": model.go_back,
            "next_panel": lambda: window.focus.move(1),
            "previous_panel": lambda: window.focus.move(-1),
            "reset_layout": window.arrangement.reset,
            "help": self._show_help,
            "about": lambda: show_about(window),
        }
        for name, handler in handlers.items():
            actions[name].triggered.connect(lambda _checked=False, handler=handler: handler())
        for spec in ACTIONS:
            if spec.command:
                command = Command[spec.command]
                actions[spec.id].triggered.connect(lambda _checked=False, command=command: self.step(command))
        actions["skip_zero"].toggled.connect(self._set_skip_zero)
        actions["stage_order"].toggled.connect(self._set_stage_order)
        actions["predict"].toggled.connect(model.set_predicts)
        undo, redo = self.undo.createUndoAction(self.window, "Undo"), self.undo.createRedoAction(self.window, "Redo")
        undo.setShortcut("Ctrl+Z")
        redo.setShortcut("Ctrl+Shift+Z")
        edit = window.menu("Edit")
        edit.insertActions(actions["copy_latex"], [undo, redo])

    # -- what is asked for ----------------------------------------------------------------------------------

    def step(self, command: Command) -> None:
        """Move by *command*, say so, and use up one hinted step."""
        before = self.model.view
        self.model.do(command)
        if self.model.view is not before:
            self.appearance.use_up_hint()
            self.announce()

    def _scrub(self, position: int) -> None:
        """Follow the hand; in a long text the other panels catch up once it rests, so that none stutters."""
        self._is_scrubbing = self.model.view.network.T > _LONG
        self.model.go_to_position(position)
        self._is_scrubbing = False

    def remember(self) -> None:
        """Keep what the next window should start with."""
        self.settings.set_bytes("geometry", self.window.saveGeometry())
        self.settings.set_bytes("layout", self.window.arrangement.state())

    def _edit_rule(self, rule: Rule) -> None:
        if rule != self.model.rule:
            self.undo.push(RuleEdit(self.model, rule))

    def _edit_learning_rate(self, learning_rate: float) -> None:
        if learning_rate != self.model.learning_rate:
            self.undo.push(LearningRateEdit(self.model, learning_rate))

    def _show_paths(self, rule: Rule) -> None:
        """Step with *rule*, and bring the bars to the front, which tell the paths of attention apart."""
        self._edit_rule(rule)
        self.window.show_dock("contributions")

    def _count_prediction(self, judgement: Judgement) -> None:
        self._score = self._score.after(judgement)
        self.formula.prompt.show_score(self._score.of(judgement.kind), self._score.text)
        self.model.reveal()

    def _ask_worksheet(self) -> None:
        self.window.show_dock("sheet")
        self.sheet.focus_own_lines()

    def _set_form(self, form: NumberFormat) -> None:
        self.settings.form = form
        self.model.set_form(form)

    def _set_skip_zero(self, skip: bool) -> None:
        self.settings.set_flag("skip_zero", skip)
        self.model.set_skip_zero_terms(skip)

    def _set_stage_order(self, by_stage: bool) -> None:
        self.settings.set_flag("stage_order", by_stage)
        self.model.set_order("stage" if by_stage else "timestep")

    def _go_to_epoch(self, epoch: int) -> None:
        self.model.jump_to(Cursor(epoch, 1))
        self.formula.setFocus()

    def _ask_epoch(self) -> None:
        self.window.toolbar.epoch.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.window.toolbar.epoch.selectAll()

    # -- small things ---------------------------------------------------------------------------------------

    def _show_source(self, source: Source) -> None:
        self.sheet.own.set_text(self.settings.lines(source.name))

    def _show_help(self) -> None:
        if self._help is None:
            self._help = HelpDialog(self.theme, self.window)
        self._help.show()
        self._help.raise_()
