"""Opening sheets and files; a bad file says what is wrong and where, and nothing is lost."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.sources import network_file
from core.sources.source import Source
from gui.panels.sheet.panel import NO_SHEET
from tests.gui.driving import number, opened

Key = Qt.Key


@pytest.fixture
def answers(monkeypatch):
    """What the user is told, and the file that the user picks."""
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, text: told.append(text))

    def pick(path):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path) if path else "", ""))
        return told

    return pick


@pytest.fixture
def good_file(tmp_path):
    network = Network(("a", "b"), (0, 1, 1), (1, 1, 0), 2, None, False)
    values = {name: np.full(shape, 0.25) for name, shape in network.parameter_shapes.items()}
    path = tmp_path / "two letters.json"
    network_file.write(path, Source("", "", network, Parameters.checked(network, values), EXACT, 0.5))
    return path


def test_sheet_b_opens_from_the_menu_at_its_first_step(window):
    window.reset()
    window.go_to(62)
    window.press("open_embedding")
    assert window.place == (1, 1)
    assert window.length == 89
    assert window.shell.windowTitle().startswith("Sheet B")
    assert "E" in window.bench.panels["parameters"].rows
    assert window.shell.toolbar.learning_rate.text() == "0.1"
    window.press("open_attention")
    assert window.length == 121
    assert "E" not in window.bench.panels["parameters"].rows


def test_a_network_file_opens_with_its_own_rule_and_rate(window, answers, good_file):
    window.reset()
    told = answers(good_file)
    window.press("open_file")
    assert told == []
    assert window.shell.windowTitle().startswith("two letters.json")
    assert window.place == (1, 1)
    assert window.bench.rule_button.names["exact"].isChecked()
    assert window.shell.toolbar.learning_rate.text() == "0.5"
    assert not window.shell.toolbar.stated.isVisible()
    assert not window.bench.formula.note.isVisible()
    assert window.front("sheet").empty.text() == NO_SHEET
    window.key(Key.Key_Space)
    shown = [number(text) for row in window.result() for text in row]
    assert shown == pytest.approx(np.tanh([0.5, 0.5]), abs=1e-4)
    for dock in window.shell.docks:
        window.front(dock)
    window.key(Key.Key_Space, times=window.length)
    assert window.place == (2, 2)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1"),
        ("{", "line 1"),
        ("[1, 2]", "expected an object"),
        ('{"format": "other"}', "format"),
        ("[" * 100_000, ""),
        ('{"format": "chainrule-network", "version": 1}', "alphabet"),
    ],
)
def test_a_bad_file_is_named_with_its_place_and_nothing_is_lost(window, answers, tmp_path, text, place):
    window.reset()
    window.go_to(62)
    window.bench.rule_button.names["exact"].click()
    before = window.words()
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    told = answers(path)
    window.press("open_file")
    assert len(told) == 1
    assert "bad.json" in told[0]
    assert place in told[0]
    assert window.words() == before
    assert window.bench.undo.canUndo()


def test_a_file_with_a_wrong_shape_names_the_parameter(window, answers, good_file):
    window.reset()
    good_file.write_text(good_file.read_text().replace('"b": [0.25, 0.25]', '"b": [0.25]'))
    told = answers(good_file)
    window.press("open_file")
    assert "parameters.b" in told[0]


def test_a_file_that_is_not_there_and_no_file_at_all(window, answers, tmp_path):
    window.reset()
    told = answers(tmp_path / "nowhere.json")
    window.press("open_file")
    assert "nowhere.json: no such file" in told[0]
    answers(None)
    window.press("open_file")
    assert len(told) == 1
    assert window.shell.windowTitle().startswith("Sheet A")


def test_opening_again_starts_anew(window, good_file):
    source = network_file.read(good_file)
    window.reset(source)
    window.go_to(5, epoch=4)
    window.reset(replace(source, learning_rate=2.0))
    assert window.place == (1, 1)
    assert not window.action("previous_place").isEnabled()
    assert window.shell.toolbar.epoch.value() == 1


def test_windows_open_and_close_without_a_trace(qapp):
    for sheet in ("attention", "embedding", "attention"):
        with opened(sheet) as made:
            made.key(Key.Key_Space, times=3)
            made.press("help")
            made.front("loss")
    # What the system says now reaches no window that is gone.
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
