"""Watching and stopping, by the model alone."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QUndoStack

from core.network.rule import EXACT, Clip
from core.sources.opening import open_source
from gui.debugger.model import DebuggerModel
from gui.debugger.stopping import Stopping
from gui.panels.watch.state import watch_rows


@pytest.mark.parametrize(("way", "known"), [("terms", {"h", "U_", "L"}), ("timesteps", {"h", "U_", "dL/dh"})])
def test_every_number_of_a_formula_is_watched_by_its_name_or_says_that_it_has_none(qapp, way, known):
    model, said, met, nameless = DebuggerModel(open_source("lstm")), list[str](), set[str](), set[str]()
    stopping = Stopping(model, QUndoStack(model), model)
    model.set_way(way)
    model.set_rule(replace(EXACT, clip=Clip("norm", 1.0), truncate=2))
    model.refused.connect(said.append)
    for position in range(1, len(model.view.program) + 1):
        model.go_to_position(position)
        for symbol in {*model.view.step.formula.reads, *model.view.step.formula.writes}:
            kind = symbol.partition("[")[0].rstrip("ifoq")
            if kind in met:
                continue
            met.add(kind)
            said.clear()
            stopping.toggle_watch(symbol)
            rows = watch_rows(model.view)
            assert all(not row.problem for row in rows), symbol
            assert len(rows) + len(said) == 1, symbol
            if said:
                nameless.add(kind)
                assert "has no name to be watched by" in said[0]
            else:
                stopping.toggle_watch(symbol)
    assert known <= met - nameless
    assert "dnorm" in nameless
