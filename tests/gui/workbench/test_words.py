"""One's own word, files and tables in the real window: typed, opened, dropped, saved, exported, copied, undone."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from core.network.rule import EXACT, PRINTED
from core.sources.network_file import read
from tests import oracles
from tests.gui.driving import CTRL, click, number, values_of

Key = Qt.Key


@pytest.fixture(autouse=True)
def on_sheet_a(window):
    window.reset()


def type_word(window, word):
    """Click the word at the top right, type another and press Enter."""
    click(window.bench.files.word.field)
    window.type(word)
    window.key(Key.Key_Return)


def about(window):
    return window.bench.files.word.words.text()


def test_a_word_is_debugged_in_one_line_and_undo_brings_the_sheet_back(window):
    window.go_to(62)
    type_word(window, "banana")
    assert about(window) == "5 timesteps · letters b a n · 35 terms in ∂L/∂W · seed 7"
    assert window.shell.windowTitle() == "banana — Chainrule"
    assert window.length == 116
    assert values_of(window)["letter"] == ["b → a", "a → n", "n → a", "a → n", "n → a"]
    assert window.bench.formula.hasFocus()
    window.key(Key.Key_Space)
    assert window.place == (1, 2)
    window.key(Key.Key_Z, CTRL)
    assert window.place == (1, 62)
    assert window.bench.files.word.field.text() == "hello"
    assert "Sheet A" in window.shell.windowTitle()


def test_a_word_keeps_hidden_size_attention_rate_and_rule(window):
    window.press("open_embedding")
    click(window.bench.rule_button.names["exact"])
    type_word(window, "aba")
    network = window.bench.model.view.network
    assert (network.hidden_size, network.embedding_size, network.attention) == (1, 2, False)
    assert window.bench.model.state.learning_rate == 0.1
    assert "Exact" in window.bench.rule_button.text()
    assert about(window) == "2 timesteps · letters a b · 3 terms in ∂L/∂W · seed 7"


def test_the_same_word_again_changes_nothing(window):
    window.go_to(62)
    type_word(window, "hello")
    assert window.place == (1, 62)
    assert "Sheet A" in window.shell.windowTitle()
    assert window.bench.formula.hasFocus()


@pytest.mark.parametrize(
    ("word", "words"),
    [("a", "One letter has no next letter; type at least two."), ("", "Type")],
)
def test_a_word_that_cannot_be_is_refused_in_words_and_the_sheet_stays(window, word, words):
    click(window.bench.files.word.field)
    window.key(Key.Key_Delete)
    window.type(word)
    window.key(Key.Key_Return)
    assert about(window).startswith(f"✗ {words}")
    assert window.bench.files.word.field.text() == word
    assert "Sheet A" in window.shell.windowTitle()
    window.key(Key.Key_Escape)
    assert window.bench.files.word.field.text() == "hello"
    assert about(window) == ""


def test_a_word_of_one_letter_says_that_there_is_nothing_to_learn(window):
    type_word(window, "aaa")
    assert about(window).endswith("One letter: ŷ = 1, L = 0, nothing to learn.")
    window.press("out")
    assert window.result() == [["0.0000"]]


@pytest.mark.parametrize(
    ("word", "letters"),
    [("καλημέρα", list("καλημέρ")), ("مرحبا", list("مرحب")), ("你好世界", list("你好世")),
     ("👩‍👩‍👧😀👍🏽😀", ["👩‍👩‍👧", "😀", "👍🏽"])],
)  # fmt: skip
def test_words_in_any_script_are_read_letter_by_letter(window, word, letters):
    type_word(window, word)
    assert [pair.split(" → ")[0].strip("\u2066\u2067\u2068\u2069") for pair in values_of(window)["letter"]] == letters
    window.press("end")
    source = window.bench.model.state.source
    loss = oracles.forward(source.network, oracles.values(source.parameters)).total
    window.press("out_back")
    window.go_to(window.bench.model.view.program.forward.last)
    assert number(window.result()[0][0]) == pytest.approx(loss, abs=5e-5)


# -- files --------------------------------------------------------------------------------------------------


@dataclass
class Answers:
    """What the next file dialog answers, a path in a *directory* of its own; *warnings* are collected."""

    directory: Path
    path: Path = Path()
    kind: str = ""
    warnings: list[str] = field(default_factory=list)

    def __call__(self, name: str, kind: str = "(*.csv)") -> Path:
        self.path, self.kind = self.directory / name, kind
        return self.path


@pytest.fixture
def answers(monkeypatch, tmp_path):
    given = Answers(tmp_path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(given.path), given.kind))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(given.path), ""))
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, words: given.warnings.append(words))
    return given


def test_a_network_is_saved_with_the_rule_in_use_and_opened_again_from_the_recent_ones(window, answers):
    type_word(window, "banana")
    click(window.bench.rule_button.names["typeset"])
    path = answers("mine")
    window.press("save_file")
    saved = read(path.with_suffix(".json"))
    assert saved.rule.name == "typeset"
    assert saved.network == window.bench.model.state.source.network
    window.press("open_attention")
    recent = window.bench.files._recent.actions()[0]
    assert recent.text() == str(path.with_suffix(".json"))
    recent.trigger()
    assert window.bench.files.word.field.text() == "banana"
    assert "As typeset" in window.bench.rule_button.text()


def test_a_broken_file_is_named_and_what_is_open_stays(window, answers):
    answers("broken.json").write_text("{")
    window.press("open_file")
    assert len(answers.warnings) == 1
    assert "broken.json" in answers.warnings[0]
    assert "Sheet A" in window.shell.windowTitle()


def test_a_place_that_cannot_be_written_is_named(window, answers):
    answers("no/such/directory.json")
    window.press("save_file")
    assert "not saved" in answers.warnings[0]


def test_a_dropped_file_is_opened(window, answers):
    path = answers("dropped.json")
    window.press("save_file")
    window.press("open_embedding")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    middle = window.shell.rect().center()
    enter = QDragEnterEvent(
        middle, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window.shell, enter)
    assert enter.isAccepted()
    drop = QDropEvent(
        QPointF(middle), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window.shell, drop)
    assert window.bench.model.state.source.name == str(path)
    assert window.bench.model.view.network.attention


# -- tables -------------------------------------------------------------------------------------------------


def test_arrays_are_exported_as_csv_json_and_npz(window, answers):
    tape = window.bench.model.view.epoch.tape
    for name, filter_ in (("a.csv", "(*.csv)"), ("b", "JSON (*.json)"), ("c.npz", "(*.npz)")):
        path = answers(name, filter_)
        window.press("export_arrays")
    assert "-0.587" in (path.parent / "a.csv").read_text()
    found = json.loads((path.parent / "b.json").read_text())
    assert found["W"]["values"] == [[-0.587]]
    with np.load(path) as arrays:
        assert np.array_equal(arrays["h"], tape["h"][1:])


def test_the_terms_of_the_gradient_at_the_cursor_are_exported_and_copied(window, answers):
    window.go_to(62)
    path = answers("terms.csv")
    window.press("export_terms")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["t", "m", "k", "value"]
    assert len(rows) == 21
    assert sum(float(row[3]) for row in rows[1:]) == pytest.approx(0.0274, abs=5e-5)
    window.press("copy_terms")
    assert QApplication.clipboard().text().splitlines()[1].split("\t")[:3] == ["1", "1", "1"]
    window.press("copy_parameters")
    assert "W" in QApplication.clipboard().text()


def test_a_word_of_ones_own_starts_with_the_exact_rule_and_says_so_once(window):
    window.reset()
    assert window.bench.model.state.rule == PRINTED
    type_word(window, "banana")
    assert window.bench.model.state.rule == EXACT
    assert window.shell.statusBar().currentMessage() == (
        "Your word has no sheet: the exact derivative, timestep by timestep"
    )
    window.shell.statusBar().clearMessage()
    type_word(window, "papaya")
    assert window.shell.statusBar().currentMessage() == ""
    window.key(Key.Key_Z, CTRL)
    window.key(Key.Key_Z, CTRL)
    assert window.bench.model.state.rule == PRINTED
