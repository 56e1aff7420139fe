"""Random hands in the real window: nothing fails, nothing warns, and what is shown is what a fresh evaluation gives.

`RANDOM_ACTIONS=20000 RANDOM_SEED=3` before the command does as many actions, from another seed, with
`--timeout=0 -n0 -s` to wait for them and to see how much memory there is on the way.
"""

from __future__ import annotations

import ctypes
import gc
import os
import re
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import _lru_cache_wrapper

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from core.epoch.epoch import Epoch, run_epoch
from core.epoch.training import Training
from core.network.network import Network
from core.network.symbols import PAIRS
from core.program.program import Program
from core.steps.evaluate import evaluate
from core.watching.stop import AT_FIRST
from gui.debugger.view import View
from tests.gui.driving import opened, settle, wait_until
from tests.gui.hands import Hands

COUNT = int(os.environ.get("RANDOM_ACTIONS", "15"))
SEED = int(os.environ.get("RANDOM_SEED", "1"))
SCENE = 250  # actions between two times that all is undone
FAR = 60  # epochs that a fresh training follows
WHOLE = (Epoch, Network, Program, Training, View)  # of which each holds much: none may be left behind by the actions
MANY = 100  # of each that panels may keep at one time more than at another: a training keeps those by other rules
MORE = (1.1, 1.25)  # shares by which objects of Python and widgets may grow: some are made when they are first needed
ROOM = 30  # megabytes that fill up once: a picture of every window that was ever open, letters of every size
LEFT = 0.5  # megabytes in a thousand actions: with any style sheet, Qt keeps 1.6 kB of each dialog for files, for ever
WARNINGS = (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg)


@pytest.fixture
def warned(request):
    """What Qt warns of from now on, but for what it says of the platform: also where pytest is not to look (`-s`)."""
    found, known = [], request.config.getini("qt_log_ignore")

    def hear(kind, _context, words):
        if kind in WARNINGS and not any(re.search(each, words) for each in known):
            found.append(words)

    before = qInstallMessageHandler(hear)
    yield found
    qInstallMessageHandler(before)


@contextmanager
def unharmed(qtbot, warned):
    """Nothing fails meanwhile, wherever Qt calls, and Qt warns of nothing."""
    with qtbot.captureExceptions() as caught:
        yield
    if caught:
        raise caught[0][1]
    assert not warned


def leave_dialogs(window):
    """Close what was opened beside the window now and then, so that it is not all that is clicked."""
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget is not window.shell and widget not in window.shell.docks.values():
            widget.close()
    settle()


def afresh(epoch):
    """The same epoch, worked out again."""
    with np.errstate(all="ignore"):
        return run_epoch(epoch.network, epoch.tape.parameters, epoch.rule, epoch.learning_rate, epoch.number)


def is_seen(panel):
    """Whether it is painted: not behind another tab, nor come from there a moment ago."""
    return not panel.visibleRegion().isEmpty() and panel.updatesEnabled()


def caught_up(window):
    """Every panel that is painted has rendered what it was given last."""
    wait_until(lambda: not any(is_seen(panel) and panel._waiting is not None for panel in window.bench.panels.values()))


def shown(window):
    """Everything that should agree: the place, the title and the numbers, and what a fresh evaluation says."""
    caught_up(window)
    view = window.bench.model.view
    epoch, fresh = view.epoch, afresh(view.epoch)
    with np.errstate(all="ignore"):
        step = evaluate(fresh, view.program[view.cursor.position], view.program.way)
    assert window.place == (view.cursor.epoch, view.cursor.position)
    assert window.bench.formula.head.title.text() == step.formula.title
    if not view.hidden and step.value.size == 1:
        found = window.result()
        if found and len(found) == 1 and len(found[0]) == 1:
            assert found[0][0] == view.form(float(step.value.ravel()[0]))
    why = window.bench.panels["why"]
    if why.tree.isVisible() and is_seen(why) and why.number.epoch == epoch.number:
        value = float(fresh.value(why.number.symbol)[why.number.entry])
        assert why.title.endswith(f" = {view.form(value)}"), (why.title, value)


def trained(window):
    """The parameters and losses are what plain epochs, one after the other, lead to, with all that is changed."""
    view = window.bench.model.view
    state, last = view.state, view.cursor.epoch
    if last > FAR:
        return
    parameters = state.source.parameters
    for number in range(1, last + 1):
        network = state.changes.network(state.source.network, number)
        parameters = state.changes.parameters(parameters, number)
        with np.errstate(all="ignore"):
            epoch = run_epoch(network, parameters, state.rule, state.learning_rate, number)
        assert view.training.losses[number - 1] == epoch.tape.total or np.isnan(epoch.tape.total)
        parameters = epoch.updated if number < last else parameters
    for name, array in parameters.items():
        assert np.array_equal(array, view.epoch.tape.parameters[name], equal_nan=True), name


def values(window):
    """What stands in the Values panel, where it is in sight: known numbers, as a fresh evaluation of the epoch."""
    panel, view = window.bench.panels["values"], window.bench.model.known
    cells = panel.grid.cells
    if cells is None or not is_seen(panel):
        return
    fresh = afresh(view.epoch)
    for row, found in enumerate(cells.rows):
        if found.kind == "number" and found.name not in PAIRS and not cells.shown[found.name].quantity.is_one_hot:
            for column in range(min(cells.columns, 6)):
                if cells.exists(row, column) and cells.is_known(row, column):
                    number = fresh.value(f"{found.name}[{column + 1}]").ravel()[found.entry]
                    assert cells.text(row, column) == view.form(float(number)), (found.name, column)


def edits(window):
    """What Undo is about."""
    state = window.bench.model.state
    return {name: getattr(state, name) for name in ("source", "rule", "learning_rate", "changes", "watches", "stops")}


def undone(window, first):
    """All that was done is undone: it is as at *first*; and done again, as it is now."""
    bench = window.bench
    bench.what_if.put_back()
    bench.stopping.runner.cancel()
    bench.model.cancel_training()
    bench.model.jump_to_epoch(1)
    last = edits(window)
    for index, expected in ((0, first), (bench.undo.index(), last)):
        bench.undo.setIndex(index)
        wait_until(lambda: not bench.model.is_training, 60)
        found = edits(window)
        assert found == expected, [name for name in expected if found[name] != expected[name]]


def as_at_first(window):
    """Sheet A without anything, as few objects as there can be."""
    window.bench.undo.clear()
    window.bench.model.set_predicts(False)
    window.reset("attention")
    window.bench.panels["sheet"].own.set_text("")  # what is written there trains under other rules
    window.reset("attention")
    leave_dialogs(window)
    for name in ("theme_light", "zoom_reset", "reset_layout"):
        window.action(name).trigger()
    for name in window.shell.docks:
        window.shell.show_dock(name)
        settle()
    window.press("reset_layout")
    window.shell.resize(1440, 900)
    settle()


class Heap(ctypes.Structure):
    """What the C library says of its memory, in bytes: the fifth is what is held in pages, the eighth all else held."""

    _fields_ = (("numbers", ctypes.c_size_t * 10),)


def in_use():
    """Bytes that are held; what is free in pieces between them is not counted, 0 where the C library does not say."""
    if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallinfo2"):
        return 0
    asked = ctypes.CDLL(None).mallinfo2
    asked.restype = Heap
    numbers = asked().numbers
    return numbers[4] + numbers[7] + sys.getallocatedblocks() * 96  # in the mean, of a block of Python's own


def weight(window):
    """What is held, without what is kept to be quick: megabytes in use, objects that Python knows, and how many of
    each of *WHOLE*.
    """
    window.press("zoom_in")
    window.press("zoom_reset")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.unfreeze()
    for kept in gc.get_objects():
        if isinstance(kept, _lru_cache_wrapper):
            kept.cache_clear()
    QPixmapCache.clear()
    sys._clear_type_cache()  # it holds names
    gc.collect()
    objects = gc.get_objects()
    kinds = Counter(type(each) for each in objects)
    return in_use() / 1e6, len(objects), len(QApplication.allWidgets()), *(kinds[kind] for kind in WHOLE)


def grown(weights):
    """What has grown by more than it may from the first thousand actions to the last; "" where nothing has."""
    (megabytes, *shares), last, thousands = weights[0], weights[-1], len(weights) - 1
    limits = (
        megabytes + ROOM + LEFT * thousands,
        *(count * more for count, more in zip(shares, MORE, strict=False)),
        *(count + MANY for count in shares[len(MORE) :]),
    )
    names = ("megabytes", "objects of Python", "widgets", *(kind.__name__ for kind in WHOLE))
    found = zip(names, weights[0], last, limits, strict=True)
    return ", ".join(f"{name}: {then:,.0f} became {now:,.0f}" for name, then, now, limit in found if now > limit)


def test_random_hands_break_nothing(qtbot, warned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    with opened() as window:
        window.action("quit").setEnabled(False)
        break_nothing(window, qtbot, warned)


def break_nothing(window, qtbot, warned):
    hands, first, began = Hands(window, SEED), edits(window), time.process_time()
    weights = []
    assert window.bench.model.state.stops == AT_FIRST
    for count in range(1, COUNT + 1):
        try:
            with unharmed(qtbot, warned):
                hands.act()
                settle()
            if not window.bench.model.is_training:
                shown(window)
            if count % 10 == 0:
                leave_dialogs(window)
                window.activate()
                if not window.bench.model.is_training:
                    trained(window)
                    values(window)
            if window.bench.undo.count() > window.bench.undo.undoLimit() - 8 or count % SCENE == 0 or count == COUNT:
                with unharmed(qtbot, warned):
                    undone(window, first)
                window.bench.undo.clear()
                first = edits(window)
            if count % 1000 == 0:
                as_at_first(window)
                first = edits(window)
                weights.append(weight(window))
                megabytes, objects, widgets, *whole = weights[-1]
                print(f"{count:,} actions, {time.process_time() - began:.0f} s: {megabytes:.1f} MB, "
                      f"{objects:,} objects, {widgets:,} widgets, {whole}", flush=True)  # fmt: skip
        except BaseException as error:
            error.add_note(f"seed {SEED}, action {count}; the last: {'; '.join(hands.done)}")
            raise
    leave_dialogs(window)
    window.bench.model.cancel_training()
    assert not weights or grown(weights) == ""
