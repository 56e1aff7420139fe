"""One table of all actions: id, text, icon, shortcuts, what it does in words, and why it can not be given now.

Menus, toolbar, tooltips, Find and the help page are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from core.program.cursor import Command
from gui.debugger import reasons
from gui.debugger.reasons import Moment, Reason


class ActionSpec(NamedTuple):
    """One action.

    *menu*: where it stands; "" only in its shortcut. *command*: the name of the debugger's command that it gives.
    *checkable*: whether it is on or off. *group*: of several checkable ones with the same group just one is on.
    *off*: why it can not be given at a moment, "" where it can; of a command, that it leads nowhere. *also*: other
    words for it, by which it is found.
    """

    id: str
    text: str
    tip: str
    menu: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    command: str = ""
    checkable: bool = False
    group: str = ""
    off: Reason = reasons.never
    also: str = ""

    def why_off(self, moment: Moment) -> str:
        """Why it can not be given now, in words; "" where it can."""
        return reasons.leads_nowhere(Command[self.command], moment) if self.command else self.off(moment)


MENUS = ("File", "Edit", "Step", "Go", "Ask", "View", "Help")

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open_attention", "Sheet A: attention", "Debug the worksheet with attention", "File",
               also="worksheet, example, hello"),
    ActionSpec("open_embedding", "Sheet B: embedding", "Debug the worksheet with an embedding", "File",
               also="worksheet, example"),
    ActionSpec("open_lstm", "Sheet C: LSTM in numbers", "Debug a worksheet of an LSTM that reads numbers", "File",
               also="worksheet, example, gates, regression"),
    ActionSpec("open_last_step", "Sheet D: last step only", "Debug a worksheet with one target, at the end", "File",
               also="worksheet, example, sigmoid, regression, squared error"),
    ActionSpec("open_file", "Open…", "Open a lesson, or a network from a file", "File", ("Ctrl+O",),
               also="load, import, json, open network file, restore"),
    ActionSpec("new_network", "New network…", "Choose cell, inputs, targets, loss, initial parameters", "File",
               ("Ctrl+N",), also="create, own text, lstm, gru, rnn, size, seed, numbers, import weights, "
               "load weights, my weights"),
    ActionSpec("own_word", "Your own word", "Type the word that a network like this one should read", "File",
               ("Ctrl+L",), also="text, banana, type a word"),
    ActionSpec("save_lesson", "Save lesson…", "Keep this step, with all choices and your own lines, to come back to",
               "File", ("Ctrl+S",), also="store, write, session, bookmark, prepare"),
    ActionSpec("save_lesson_as", "Save lesson as…", "Keep the lesson under another name", "File", ("Ctrl+Shift+S",),
               also="store, write, session, rename"),
    ActionSpec("save_class_copy", "Save class copy…", "For others to work in: your own lines left out, all results "
               "hidden; it opens as a copy, so that nobody saves over it", "File",
               also="students, exercise, hand out, template"),
    ActionSpec("save_file", "Save network as…", "Save the network alone: its initial parameters, rule and η", "File",
               also="store, write, export network, json"),
    ActionSpec("export_arrays", "Export arrays…", "Parameters, gradients and all values of an epoch: CSV, JSON, NPZ",
               "File", ("Ctrl+E",), also="csv, npz, json, numpy, download"),
    ActionSpec("export_terms", "Export terms…",
               "Every term of the followed entry of this gradient as CSV, JSON or NPZ", "File", ("Ctrl+Shift+E",),
               also="csv, npz, json, paths"),
    ActionSpec("quit", "Quit", "Close the window", "File", ("Ctrl+Q",), also="exit, close, leave"),
    ActionSpec("undo", "Undo", "Take back what was last opened or set", "Edit", ("Ctrl+Z",),
               off=reasons.nothing_to_undo, also="take back, revert"),
    ActionSpec("redo", "Redo", "Do again what was taken back", "Edit", ("Ctrl+Shift+Z",), off=reasons.nothing_to_redo,
               also="again"),
    ActionSpec("change", "Change a number…", "Let what is pointed at, of what is given, be another number", "Edit",
               ("F2",), off=reasons.while_training, also="what if, edit, weight, parameter, letter, "
               "slider, try a range, range, slope, scale"),
    ActionSpec("hold", "Hold a number…", "Hold what is pointed at, else the result here, at another value", "Edit",
               ("Shift+F2",), off=reasons.while_training, also="what if, pin, fix, freeze, intervene, clamp"),
    ActionSpec("all_back", "Back to the numbers given", "Let go of all that is changed or held; Undo brings it back",
               "Edit", off=reasons.nothing_changed, also="back to the sheet, reset, what if, original, "
               "restore, put back, let go"),
    ActionSpec("learning_rate", "Learning rate…", "Go to the field of η in the toolbar", "Edit",
               also="eta, η, step size"),
    ActionSpec("copy_latex", "Copy formula as LaTeX", "Copy the formula for a document", "Edit", ("Ctrl+Shift+C",),
               "copy", also="tex, equation, clipboard"),
    ActionSpec("copy_steps", "Copy steps as LaTeX…", "Several steps for a hand-out, solved or with blanks", "Edit",
               also="tex, handout, worksheet, exercise, print"),
    ActionSpec("copy_parameters", "Copy parameters", "As tables for a spreadsheet", "Edit",
               also="excel, clipboard"),
    ActionSpec("copy_gradients", "Copy gradients", "As tables for a spreadsheet", "Edit",
               also="derivatives, excel, clipboard"),
    ActionSpec("copy_tape", "Copy all values", "What the forward pass computes, as tables for a spreadsheet", "Edit",
               also="activations, excel, clipboard, tape"),
    ActionSpec("copy_terms", "Copy terms", "Every term of the followed entry of this gradient, for a spreadsheet",
               "Edit", also="paths, addends, excel, clipboard"),
    ActionSpec("into", "Step", "Compute the next formula", "Step", ("Space", "Right", "F11"), "step", "INTO",
               also="step into, next, forward, advance, continue"),
    ActionSpec("back", "Back", "Go back one formula", "Step", ("Shift+Space", "Left"), "back", "BACK",
               also="step back, previous, undo a step, reverse"),
    ActionSpec("over", "Finish block", "Compute to the end of the timestep, or of the terms of one loss", "Step",
               ("F10", "O"), "over", "OVER", also="step over, next line, finish timestep, skip"),
    ActionSpec("out", "Finish group", "Compute to the end of the gradient or of the phase", "Step",
               ("Shift+F11", "U"), "out", "OUT", also="step out, finish gradient, finish phase, return"),
    ActionSpec("over_back", "Back over a block", "Go back to the end of the block before", "Step", ("Shift+F10",), "",
               "OVER_BACK", also="reverse step over"),
    ActionSpec("out_back", "Back out of the group", "Go back to the end of the gradient or phase before", "Step",
               ("Ctrl+Shift+F11",), "", "OUT_BACK", also="reverse step out"),
    ActionSpec("run", "Run to the next stop", "Compute to the next stop, or to the end of the epoch", "Step", ("F5",),
               off=reasons.while_training, also="continue, go, play, resume, debug, breakpoint"),
    ActionSpec("run_back", "Run back to a stop", "Go back to the stop before, or to the start of the epoch", "Step",
               ("Shift+F5",), off=reasons.nowhere_to_run_back, also="reverse continue, breakpoint, previous stop"),
    ActionSpec("run_on", "Run on through the epochs", "Train and compute up to the next stop, in whichever epoch",
               "Step", ("Ctrl+F5",), off=reasons.while_training, also="continue, train until, run until, epochs"),
    ActionSpec("stop", "Stop at this step", "Have running stop at this step, or no longer", "Step", ("F9",),
               checkable=True, also="breakpoint, toggle, pause, halt"),
    ActionSpec("note", "Note at this step…", "A stop with a note, which is shown whenever one comes here", "Step",
               ("Ctrl+F9",), also="comment, annotate, remark, lesson, task"),
    ActionSpec("skip_zero", "Skip zero terms", "Step and Back pass by terms that must be zero", "Step",
               checkable=True, also="ignore zeros, h0"),
    ActionSpec("stage_order", "All hidden states first",
               "Order the forward pass as sheet A does: all hidden states, then every output stage", "Step",
               checkable=True, also="order, forward order"),
    ActionSpec("timesteps", "Back timestep by timestep",
               "Go back by ∂L/∂h from the last timestep to the first, as code does; else term by term, as the sheets "
               "do",
               "Step", ("Ctrl+T",), checkable=True,
               also="recursion, bptt, delta, as code, term by term, way back"),
    ActionSpec("next_group", "Next group", "Go to the start of the next timestep or gradient", "Go", ("PgDown",),
               "", "NEXT_GROUP", also="next timestep, next gradient, jump"),
    ActionSpec("previous_group", "Previous group",
               "Go to the start of this timestep or gradient, or of the one before", "Go", ("PgUp",), "",
               "PREVIOUS_GROUP", also="previous timestep, previous gradient"),
    ActionSpec("start", "Start of the epoch", "Go to step 1", "Go", ("Home",), "start", "START",
               also="restart, reset, first step, beginning, home, start over, from the start"),
    ActionSpec("end", "End of the epoch", "Compute the whole epoch", "Go", ("End",), "end", "END",
               also="last step, run all, whole epoch"),
    ActionSpec("next_epoch", "Next epoch", "The same step, one epoch later", "Go", ("Ctrl+PgDown",), "next-epoch",
               "NEXT_EPOCH", also="iteration, train once, training"),
    ActionSpec("previous_epoch", "Previous epoch", "The same step, one epoch earlier", "Go", ("Ctrl+PgUp",),
               "previous-epoch", "PREVIOUS_EPOCH", also="iteration before"),
    ActionSpec("go_to_epoch", "Go to epoch…", "Train up to an epoch and stand at its first step", "Go", ("Ctrl+G",),
               off=reasons.while_training, also="train, training, iterations, run to, train epochs"),
    ActionSpec("previous_place", "Previous place", "Where you were before the last move of more than one step",
               "Go", ("Alt+Left",), off=reasons.nowhere_back, also="history, where I was, return, go back"),
    ActionSpec("next_place", "Next place", "Where you were before you went back", "Go", ("Alt+Right",),
               off=reasons.nowhere_forth, also="history, go forward"),
    ActionSpec("why", "Why this number?",
               "What the number pointed at was made of, and who uses it; once more: the keyboard goes there", "Ask",
               ("W",), also="origin, explain, made of, where from, precedents, dependents, uses, trace"),
    ActionSpec("watch", "Watch, or stop when…",
               "Keep a number or an expression in sight, or stop when a condition holds", "Ask",
               ("Shift+F9",), also="expression, condition, breakpoint, inspect, watchpoint, data, nan, "
               "infinity, infinite"),
    ActionSpec("your_number", "Got a different number?", "Ask about a number of your own, or predict a hidden one",
               "Ask", ("?",), off=reasons.no_result,
               also="mine, my answer, wrong, mistake, error, other result, ask"),
    ActionSpec("check_worksheet", "Check my worksheet", "Your own lines; the first that is wrong is found", "Ask",
               ("Ctrl+B",), also="my lines, mark, homework, mistakes, bisect, errors"),
    ActionSpec("predict", "Predict each result", "Hide every result until it is predicted or revealed", "Ask",
               ("P",), checkable=True, also="quiz, test me, guess, exercise"),
    ActionSpec("result", "Hide or reveal the result", "Hide the result of this step, or show it again", "Ask",
               ("H",), off=reasons.no_result, also="answer, cover, solution"),
    ActionSpec("find", "Find…", "A step, a number, a command, a panel: type its name", "View", ("Ctrl+Shift+P",),
               also="search, palette, command palette, go to, look for"),
    ActionSpec("present", "Present", "Fill the screen for a room; Page Down and Page Up step, Escape ends it", "View",
               ("Ctrl+Shift+F",), also="projector, full screen, fullscreen, slides, lecture, clicker"),
    ActionSpec("zoom_in", "Larger", "Everything larger, for a projector", "View", ("Ctrl++", "Ctrl+="), "zoom-in",
               off=reasons.largest, also="font size, bigger, text size, magnify, zoom in"),
    ActionSpec("zoom_out", "Smaller", "Everything smaller", "View", ("Ctrl+-",), "zoom-out", off=reasons.smallest,
               also="font size, tinier, text size, zoom out"),
    ActionSpec("zoom_reset", "Normal size", "Everything at its normal size", "View", ("Ctrl+0",),
               also="font size, reset zoom, 100 %"),
    ActionSpec("theme_system", "Theme of the system", "Light or dark as the system is", "View", checkable=True,
               group="theme", also="color, colour, appearance, automatic"),
    ActionSpec("theme_light", "Light", "Dark ink on a light window", "View", checkable=True, group="theme",
               also="color, colour, light mode, white, bright, appearance, theme"),
    ActionSpec("theme_dark", "Dark", "Light ink on a dark window", "View", checkable=True, group="theme",
               also="color, colour, dark mode, night, black, appearance, theme"),
    ActionSpec("next_panel", "Next panel", "Move the keyboard to the next panel", "View", ("F6",),
               also="focus, window, tab"),
    ActionSpec("previous_panel", "Previous panel", "Move the keyboard to the panel before", "View", ("Shift+F6",),
               also="focus, window, tab"),
    ActionSpec("reset_layout", "Reset layout", "Put all panels back where they were at first", "View",
               also="docks, windows, restore, default, arrange"),
    ActionSpec("help", "Help and keys", "How to use the window, and all its keys", "Help", ("F1",), "help",
               also="help, manual, documentation, shortcuts, keyboard, mouse, gestures, how to, tour, tutorial"),
    ActionSpec("hints", "Show hints", "Show the line of hints at the bottom", "Help", also="tips"),
    ActionSpec("about", "About Chainrule", "What this program is", "Help", also="version, license"),
)  # fmt: skip


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """A `QAction` for every line of the table, with its shortcuts on *parent*."""
    actions: dict[str, QAction] = {}
    for spec in ACTIONS:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(shortcut) for shortcut in spec.shortcuts])
        action.setCheckable(spec.checkable)
        action.setToolTip(tooltip(spec))
        action.setIconVisibleInMenu(False)
        parent.addAction(action)
        actions[spec.id] = action
    return actions


def tooltip(spec: ActionSpec, text: str = "", off: str = "") -> str:
    """What hovering says: the words, then the keys, then why it is *off*."""
    keys = " or ".join(key_text(shortcut) for shortcut in spec.shortcuts)
    said = f"{text or spec.tip} ({keys})" if keys else text or spec.tip
    return f"{said}\n{off}" if off else said


def set_off(action: QAction, spec: ActionSpec, reason: str) -> None:
    """Let *action* be off where there is a *reason*, which it then says wherever it stands."""
    action.setEnabled(not reason)
    action.setStatusTip(reason)
    action.setToolTip(tooltip(spec, off=reason))


def key_text(shortcut: str) -> str:
    """A shortcut as it stands on the keys of this machine."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def give_mnemonics(actions: Iterable[QAction]) -> None:
    """Underline a letter of every action of a menu, in each another."""
    named = [action for action in actions if action.text() and not action.isSeparator()]
    for action, text in zip(named, with_mnemonics([action.text() for action in named]), strict=True):
        action.setText(text)


def with_mnemonics(texts: Sequence[str]) -> tuple[str, ...]:
    """*texts* with an ampersand before a letter of each, no two the same: the first of a word where that goes.

    Who finds all its letters taken takes one from a text that has others, as long as there are as many.
    """
    plain = [text.replace("&", "") for text in texts]
    places = [
        {text[at].lower(): at for at in sorted(range(len(text)), key=lambda at: (text[at - 1 : at] in ("", " "), -at))}
        for text in plain
    ]
    owner: dict[str, int] = {}

    def take(which: int, asked: set[str]) -> bool:
        letters = [letter for letter in reversed(places[which]) if letter.isascii() and letter.isalnum()]
        for letter in sorted(letters, key=owner.__contains__):
            if letter not in asked:
                asked.add(letter)
                if letter not in owner or take(owner[letter], asked):
                    owner[letter] = which
                    return True
        return False

    for which in range(len(plain)):
        take(which, set())
    at = {which: places[which][letter] for letter, which in owner.items()}
    return tuple(f"{text[: at[i]]}&{text[at[i] :]}" if i in at else text for i, text in enumerate(plain))
