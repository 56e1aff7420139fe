"""Networks that the form makes, in the real window: an LSTM over numbers, and a cell typed as lines."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from core.program.program import Address, Phase
from core.sources.design import Design
from core.sources.own_network import build
from gui.new_network.form.dialog import NewNetworkDialog
from tests.gui.driving import ALT, CTRL, settle, wait_until

Key = Qt.Key
MINIMAL_GATED_UNIT = (
    "f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + b_f)",
    "g[t] = tanh(U_g @ x[t] + W_g @ (f[t] * h[t-1]) + b_g)",
    "h[t] = (1 - f[t]) * h[t-1] + f[t] * g[t]",
)

# Aidan Gomez, “Backpropogating an LSTM: A Numerical Example”
LSTM = """Wa = [0.45, 0.25], Ua = 0.15, ba = 0.2;  Wi = [0.95, 0.8], Ui = 0.8, bi = 0.65
Wf = [0.7, 0.45], Uf = 0.1, bf = 0.15;  Wo = [0.6, 0.4], Uo = 0.25, bo = 0.1
x1 = [1, 2], x2 = [0.5, 3], y1 = 0.5, y2 = 1.25"""


def form(window):
    """Ctrl+N; the form that it opens."""
    window.key(Key.Key_N, CTRL)
    dialog = next(each for each in window.shell.findChildren(NewNetworkDialog) if each.isVisible())
    QTest.qWaitForWindowActive(dialog)
    return dialog


def numbers():
    return build(
        Design(
            text="1 2\n0.5 3\n-1 0", reads="numbers", targets="\n\n0.25", output="linear", loss="half-squared",
            cell="lstm", hidden_size=2, embedding_size=None, attention=False, initial={"C": "0.1 0.2"},
            learning_rate=0.5, seed=3,
        )
    )  # fmt: skip


def test_a_network_of_numbers_is_opened_by_the_form_saved_and_opened_again(window, tmp_path, monkeypatch):
    like = numbers()
    window.reset(like)
    word = window.bench.files.word.field
    assert (word.text(), word.placeholderText()) == ("", "reads numbers")
    dialog = form(window)
    assert dialog.text.rows.words.text() == "3 timesteps of 2 numbers"
    window.key(Key.Key_P, ALT)
    window.key(Key.Key_End)  # its own numbers, which are those that are open
    window.key(Key.Key_Return)
    window.activate()
    made = window.bench.model.state.source
    assert made is not like
    assert made.network == like.network
    path = tmp_path / "numbers.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.bench.files.save()
    window.reset("attention")
    assert word.text() == "hello"
    window.bench.files.open(str(path))
    again = window.bench.model.state.source
    assert again.network == like.network
    assert all((again.parameters[name] == array).all() for name, array in like.parameters.items())
    window.go_to(window.bench.model.view.program.position(Address(Phase.FORWARD, "L", (3,))))
    assert "0.25" in window.bench.formula.strip.accessibleDescription()


def test_words_stand_in_the_field_as_words_and_are_read_so_again(window):
    window.reset(build(Design(text="I love it", reads="words", hidden_size=1, embedding_size=None, attention=False,
                              learning_rate=0.1, seed=1)))  # fmt: skip
    assert window.bench.files.word.field.text() == "I love it"
    window.key(Key.Key_L, CTRL)
    window.type("I hate it too")
    window.key(Key.Key_Return)
    assert window.bench.model.view.network.alphabet == ("I", "hate", "it", "too")


def test_a_minimal_gated_unit_is_typed_stepped_checked_and_a_wrong_number_of_it_explained(window):
    window.reset("attention")
    dialog = form(window)
    window.key(Key.Key_C, ALT)
    window.key(Key.Key_End)
    window.key(Key.Key_Tab)
    assert dialog.cell.own_field.toPlainText() == "h[t] = tanh(U @ x[t] + W @ h[t-1] + b)"  # to begin with
    window.key(Key.Key_A, CTRL)
    window.type(MINIMAL_GATED_UNIT[0].replace("h[t-1]", "h[t-2]"))
    wait_until(lambda: dialog.cell.own.words.problem == "Line 1: expected [t], [t-1] or [1:t+1].")
    (underlined,) = dialog.cell.own_field.extraSelections()
    assert underlined.cursor.selectedText() == "h[t-2]"
    window.key(Key.Key_A, CTRL)
    window.type(MINIMAL_GATED_UNIT[0])
    for line in MINIMAL_GATED_UNIT[1:]:
        window.key(Key.Key_Return)
        window.type(line)
    window.key(Key.Key_H, ALT)
    window.type("2")
    assert dialog.check()
    assert not dialog.cell.own_field.extraSelections()
    for symbol in ("f[1]", "U_g", "b_g"):
        assert not dialog.cell.lines.operand_rect(symbol).isEmpty()
    assert dialog.summary.details.text().startswith("U_f U_g 2×4  ·  W_f W_g 2×2  ·  b_f b_g 2  ·  V 4×2  ·  c 4")
    dialog.cell.attention.setChecked(False)
    window.key(Key.Key_Return)
    window.activate()
    assert window.bench.model.view.network.cell == MINIMAL_GATED_UNIT
    for step in range(2, 9):
        window.key(Key.Key_Space)
        assert window.place == (1, step)
    for step in range(9, window.length + 1, 9):
        window.go_to(step)
        assert window.place == (1, step)
    window.go_to(window.bench.model.view.program.position(Address(Phase.BACKWARD, "W_g")))
    wrong = "; ".join(" ".join(f"{-number:.6f}" for number in row) for row in window.bench.model.view.step.value)
    window.key(Key.Key_Question)
    window.type(wrong)
    window.key(Key.Key_Return)
    answer = window.bench.formula.prompt.answer
    wait_until(lambda: "Your number takes y − ŷ for the error of the output" in answer.text)
    window.go_to(window.bench.model.view.program.position(Address(Phase.BACKWARD, "W_g", (3,))))
    rules = window.front("rules")
    rules.tabs.setCurrentIndex(2)  # Check this term
    settle()

    def checked():
        return " ".join(label.text() for label in rules.findChildren(QLabel) if label.isVisible())

    wait_until(lambda: checked().endswith("the true derivative."))
    assert checked().startswith("∂L/∂W_g, entry 2, 2")


def test_the_numbers_of_an_exercise_are_pasted_and_stepped(window):
    window.reset("attention")
    dialog = form(window)
    window.key(Key.Key_X, ALT)
    wait_until(dialog.exercise.text.hasFocus)
    QApplication.clipboard().setText(LSTM)
    window.key(Key.Key_V, CTRL)
    said = "LSTM · 2 timesteps · 2 numbers in, 1 out · own values"
    wait_until(lambda: dialog.summary.line.text() == said)
    shown = dialog.exercise.mapping.text().replace("\N{NO-BREAK SPACE}", " ")
    for each in ("Wf → U_f", "Uf → W_f", "Wa → U_q", "x1 → x₁", "y2 → y₂"):
        assert each in shown
    assert not dialog.exercise.missing.isVisible()
    window.key(Key.Key_Return, CTRL)
    window.activate()
    window.go_to(window.bench.model.view.program.position(Address(Phase.FORWARD, "h", (2,))))
    assert window.result() == [["0.7720"]]  # 0.77198 is printed
