"""A number of one's own, typed in the real window: what the window says of it, and where that leads."""

import re

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from core.program.program import Address, Phase
from gui.widgets.matrix.view import MatrixView
from tests.gui.driving import ALT, CTRL, click, leaves, number, texts_of, wait_until
from tests.gui.hands import of_letters

Key = Qt.Key


@pytest.fixture(autouse=True)
def at_the_gradient_of_w(window):
    window.reset()
    window.go_to(74)


def ask(window, text):
    """Press ?, type *text* and Enter; what is said when all known ways are tried."""
    begin_to_ask(window, text)
    wait_until(lambda: "Looking: " not in said(window))
    return said(window)


def begin_to_ask(window, text):
    window.focus_formula()
    window.key(Key.Key_Question)
    window.type(text)
    window.key(Key.Key_Return)


def said(window):
    prompt = window.bench.formula.prompt
    wait_until(lambda: not prompt.answer.text.startswith("Looking"))  # on a busy machine it takes several slices
    return prompt.answer.text if prompt.answer.isVisible() else ""


def button(window, words):
    found = [b for b in window.bench.formula.prompt.answer.findChildren(QPushButton) if b.text().startswith(words)]
    assert len(found) == 1, [b.text() for b in window.bench.formula.prompt.answer.findChildren(QPushButton)]
    return found[0]


@pytest.mark.parametrize(
    ("number", "headline", "words"),
    [
        ("-0.0274", "One known slip gives this: the sign of the error.", "takes y − ŷ for the error of the output"),
        ("0.0402", "This is the exact derivative, which is what autograd gives.",
         "0.0274 by the values + 0.0045 by the keys + 0.0083 by the query = 0.0402."),
        ("-0.0327", "This is what the sheets’ formulas give, taken as they are typeset.", "with the raw score A"),
        ("0.0246", "Could be softmax from i = 0.", "counts i = 0 too"),
        ("0.0230", "Could be only k = m.", "the chain does not go back in time"),
        ("0.2210", "One known slip gives this: hₖ for hₖ₋₁.", "The last factor is hₖ."),
        ("-0.0004", "Could be no Jacobian product.", "between m and k is left out"),
        ("0.0023", "Could be the last term missing.", "The last term is not added."),
        ("0.0401", "Could be the exact derivative, which is what autograd gives, with rounding on the way.",
         "rounded to 4 places it comes out as 0.0401"),
    ],
)  # fmt: skip
def test_every_known_number_for_the_gradient_of_w_is_explained(window, number, headline, words):
    answer = ask(window, number)
    mark = "?" if headline.startswith("Could be") else "≠"
    assert answer.splitlines()[0].startswith(f"{mark}  {headline}")
    assert words in answer


@pytest.mark.parametrize(
    ("step", "number", "headline", "words"),
    [
        (
            5,
            "0.7211",
            "One known slip gives this: sigmoid for tanh.",
            "The sigmoid σ stands for tanh in the line of q.",
        ),
        (15, "1.2756", "One known slip gives this: a gate left out.", "i is left out of the line of C."),
        (16, "0.3699", "One known slip gives this: another state.", "hₜ₋₁ stands for Cₜ₋₁ in the line of C."),
        (42, "0.5431", "One known slip gives this: no tanh′.", "The slope of tanh is left out."),
        (
            42,
            "-0.0893",
            "One known slip gives this: a way back left out.",
            "at the next timestep asks of C is left out",
        ),
    ],
)
def test_a_slip_in_a_gate_is_explained(window, step, number, headline, words):
    window.reset("lstm")
    window.go_to(step)
    answer = ask(window, number)
    assert answer.splitlines()[0].startswith(f"≠  {headline}")
    assert words in answer


@pytest.mark.parametrize("number", ["0.0274", "0,0274", "+2.74e-2 ", "≈0.02742", "[[0.0274]]"])
def test_the_right_number_agrees_in_any_notation(window, number):
    answer = ask(window, number)
    assert answer.startswith("✓  Agrees to the ")
    assert len(answer.splitlines()) == 1


def test_an_unknown_number_offers_to_check_more_of_the_worksheet(window):
    answer = ask(window, "0.5555")
    assert answer.startswith("?  No known slip gives this.")
    click(button(window, "Check my worksheet"))
    assert window.bench.panels["sheet"].own.editor.hasFocus()


def test_what_is_too_coarse_is_told_so_and_stays_hidden_in_a_prediction(window):
    window.press("predict")
    assert ask(window, "1").startswith("?  Too coarse to tell: ")
    assert window.bench.formula.veil.isVisible()
    assert window.result() == []
    assert window.bench.formula.prompt.score.text() == ""


def test_the_same_digits_at_another_step_are_listed_and_lead_there(window):
    answer = ask(window, "0.1432")
    assert "The same digits stand at:" in answer
    click(button(window, "h₁, step 2"))
    assert window.place == (1, 2)


def test_a_named_number_is_looked_up_where_it_is_made(window):
    window.go_to(10)
    assert ask(window, "dW = 0.0402").startswith("≠  ∂L/∂W, step 74: this is the exact derivative")


def test_other_trainings_are_tried_in_slices_below_what_is_known_so_far(window):
    window.go_to(39, 150)
    begin_to_ask(window, "4.1234")
    wait_until(lambda: said(window).startswith("?  So far: no known slip"))
    assert "Looking: " in said(window).splitlines()[-1]
    wait_until(lambda: "Looking: " not in said(window))
    assert said(window).startswith("?  No known slip")


def test_words_are_refused_and_kept(window):
    answer = ask(window, "about 3")
    assert answer.startswith("Not understood: ")
    assert "about" in answer
    assert window.bench.formula.prompt.field.text() == "about 3"


def test_escape_closes_the_answer_and_space_steps_on(window):
    ask(window, "0.0402")
    window.key(Key.Key_Escape)
    assert said(window) == ""
    assert window.bench.formula.prompt.field.text() == ""
    window.key(Key.Key_Space)
    assert window.place == (1, 75)


def test_typing_goes_on_without_stepping_and_takes_the_old_answer_away(window):
    ask(window, "0.0402")
    window.key(Key.Key_Question)
    window.type("1 uoh")
    assert window.place == (1, 74)
    assert said(window) == ""


def test_after_an_answer_space_steps_and_the_question_mark_is_never_typed(window):
    ask(window, "0.0402")
    window.key(Key.Key_Question)
    window.key(Key.Key_Question)
    assert window.bench.formula.prompt.field.text() == "0.0402"
    window.key(Key.Key_Return)
    window.key(Key.Key_Space)
    assert window.place == (1, 75)


def test_where_it_first_matters_leads_to_the_step_and_back_again(window):
    ask(window, "0.0402")
    assert "It first matters at step 57, the term (2, 2, 2): −0.0355 instead of −0.0307." in said(window)
    click(button(window, "Go to step 57"))
    assert window.place == (1, 57)
    assert window.result() == [["−0.0307"]]
    assert said(window) == ""
    window.focus_formula()
    window.key(Key.Key_Left, ALT)
    assert window.place == (1, 74)
    assert "exact derivative" in said(window)


def test_step_with_this_rule_sets_the_switches_and_then_the_number_agrees(window):
    ask(window, "-0.0274")
    click(button(window, "Step with this rule"))
    assert "Custom" in window.bench.rule_button.text()
    assert window.result() == [["−0.0274"]]
    assert said(window).startswith("✓  Agrees")
    window.focus_formula()
    window.key(Key.Key_Z, CTRL)
    assert window.result() == [["0.0274"]]
    assert "sign of the error" in said(window)


def test_show_the_paths_brings_the_bars_by_path_to_the_front(window):
    window.front("loss")
    ask(window, "0.0402")
    click(button(window, "Show the paths"))
    assert "Exact" in window.bench.rule_button.text()
    panel = window.bench.panels["contributions"]
    assert not panel.visibleRegion().isEmpty()
    assert panel.chart.picture.part_names == ("value", "key", "query")


def test_a_whole_vector_and_single_entries_of_it(window):
    window.go_to(window.bench.model.view.program.gradient_span("V").last)
    assert ask(window, "-0.1251 -0.2717 0.2327 0.1640").startswith("≠  This is the exact derivative")
    window.focus_formula()
    assert ask(window, "-0,2677; -0,4165; 0,5373; 0,1470").startswith("✓  All agree")
    answer = ask(window, "-0.2677 -0.4165 0.3573 0.1470")
    assert "entry 3: yours 0.3573, right 0.5373" in answer
    assert ask(window, "1 2 3").startswith("Not understood: ")


def test_letters_have_no_result_to_ask_about(window):
    window.go_to(1)
    assert not window.bench.formula.prompt.isVisible()
    assert not window.action("your_number").isEnabled()


# -- predictions --------------------------------------------------------------------------------------------


def test_the_result_is_hidden_until_it_is_predicted(window):
    window.focus_formula()
    window.key(Key.Key_P)
    formula = window.bench.formula
    assert formula.veil.isVisible()
    assert window.result() == []
    assert not formula.note.isVisible()
    assert not any("0.0274" in text for text in (formula.head.value.text(), formula.sentence.text()))
    assert "hidden" in window.bench.panels["contributions"].words
    assert "hidden" in window.front("rules").waiting[0].words
    window.front("contributions")
    answer = ask(window, "0.0274")
    assert answer.startswith("✓  Agrees")
    assert window.result() == [["0.0274"]]
    assert formula.prompt.score.text() == "sums: 1 of 1"


def test_a_wrong_prediction_is_explained_and_counted(window):
    window.press("predict")
    assert "sign of the error" in ask(window, "-0.0274")
    assert window.bench.formula.prompt.score.text().startswith("sums: ")
    window.focus_formula()
    window.key(Key.Key_Left)
    assert window.bench.formula.veil.isVisible()
    window.focus_formula()
    window.key(Key.Key_Space)
    assert not window.bench.formula.veil.isVisible()  # once it was predicted it stays


@pytest.mark.parametrize(("sign", "words"), [("+", "Right: it is positive."), ("−", "It is positive.")])
def test_only_the_sign_can_be_predicted(window, sign, words):
    window.press("predict")
    assert ask(window, sign) == words
    assert window.result() == [["0.0274"]]


def test_one_key_hides_the_result_and_reveals_it(window):
    window.focus_formula()
    window.key(Key.Key_H)
    assert window.result() == []
    click(window.bench.formula.prompt.reveal)
    assert window.result() == [["0.0274"]]
    window.focus_formula()
    window.key(Key.Key_H)
    window.key(Key.Key_H)
    assert window.result() == [["0.0274"]]


@pytest.mark.parametrize(
    ("phase", "quantity", "indices"),
    [("FORWARD", name, (2,)) for name in ("h", "alpha", "Z", "Omega", "yhat", "L")]
    + [("FORWARD", "A", (2, 1)), ("FORWARD", "L", ()), ("BACKWARD", "Omega", (2,)), ("BACKWARD", "V", (2,))]
    + [("BACKWARD", "W", (3, 3, 2)), ("BACKWARD", "U", (3, 3, 2)), ("BACKWARD", "U", ())]
    + [("UPDATE", "W", ()), ("UPDATE", "V", ())],
)
def test_a_hidden_result_stands_nowhere_in_the_formula(window, phase, quantity, indices):
    window.go_to(window.bench.model.view.program.position(Address(Phase[phase], quantity, indices)))
    result = {text for row in window.result() for text in row} - {"0.0000", "−0.0000"}
    assert result
    window.press("result")
    assert not result & numbers_in(window.bench.formula)
    assert not any(text in window.shell.accessibleDescription() for text in result)
    window.press("result")
    assert result <= numbers_in(window.bench.formula)


@pytest.mark.parametrize("t", [1, 2, 3, 4])
def test_a_hidden_relu_is_not_told_by_the_sum_that_it_leaves_as_it_is(window, t):
    window.reset(of_letters("relu", False, False))
    window.go_to(window.bench.model.view.program.position(Address(Phase.FORWARD, "h", (t,))))
    results = {text for row in window.result() for text in row if number(text) > 0}
    assert results <= numbers_of(window.bench.formula)
    window.press("result")
    assert not results & numbers_of(window.bench.formula)
    window.press("result")
    assert results <= numbers_of(window.bench.formula)


def test_a_hidden_row_of_an_embedding_does_not_stand_beside_its_name(window):
    window.reset("embedding")
    window.go_to(window.bench.model.view.program.position(Address(Phase.FORWARD, "x", (2,))))
    shown = window.bench.formula.numbers
    assert shown.operand_rect("x[2]").isValid()
    window.press("result")
    assert shown.isVisible()
    assert not shown.operand_rect("x[2]").isValid()
    window.press("result")


def numbers_of(formula):
    """All numbers of the line below the formula."""
    latex = " ".join(piece.latex for line in formula.numbers._lines for piece in line)
    return {text.replace("-", "−") for text in re.findall(r"-?\d+\.\d+", latex)}


def numbers_in(formula):
    """All the numbers that the formula panel shows as results, products and words."""
    words = " ".join(label.text() for label in formula.findChildren(QLabel) if label.isVisible())
    cells = [cell for m in formula.findChildren(MatrixView) if m.isVisible() for row in texts_of(m) for cell in row]
    products = [text for product, _ in formula.ladder.texts() for text in product.split(", ")]
    return {*words.split(), *cells, *(products if formula.ladder.isVisible() else ())}


def test_predicting_goes_by_the_keyboard_alone(window):
    window.press("predict")
    window.go_to(10)
    field = window.bench.formula.prompt.field
    window.focus_formula()
    assert field.hasFocus()
    window.type("-0.3055")
    window.key(Key.Key_Return)
    assert window.result() == [["−0.3055"]]
    assert window.place == (1, 10)
    window.key(Key.Key_Return)
    assert window.place == (1, 11)
    assert field.hasFocus()
    assert field.text() == ""
    window.key(Key.Key_Space)
    assert window.place == (1, 12)
    assert window.result() == []
    window.key(Key.Key_H)
    assert window.result() != []
    window.press("predict")
    assert not window.bench.formula.prompt.score.isVisible()


@pytest.mark.parametrize("position", [4, 54, 2, 10])
def test_nothing_in_the_window_tells_a_hidden_result(window, position):
    window.go_to(position)
    told = window.bench.formula.sentence.text().split("\n")
    window.go_to(position - 1)
    window.press("predict")
    window.go_to(position)
    for dock in window.shell.docks:
        window.front(dock)
        shown = [label.text() for label in window.shell.findChildren(QLabel) if label.isVisible()]
        assert not any(words and words in told for words in shown), dock
        assert not any("because" in words or "its weight is 1" in words for words in shown), dock
    table = window.front("sheet").table
    texts = [index.siblingAtColumn(1).data() for index in leaves(table)]
    ahead = [index.siblingAtColumn(2).data() for index in leaves(table)]
    for printed, computed in zip(texts, ahead, strict=True):
        assert (printed == "…") is computed.startswith(("at step", "step", "in epoch", "epoch", "once", "later")), (
            printed,
            computed,
        )
    window.press("predict")
    assert "…" not in [index.siblingAtColumn(1).data() for index in leaves(table)]


@pytest.mark.parametrize("by", ["predict", "result"])
def test_the_losses_do_not_tell_a_hidden_one_nor_later_ones_that_were_reached_before(window, by):
    window.go_to(74, 3)
    window.go_to(39)
    loss = window.front("loss")
    assert ("▶ epoch 1", "5.8071") in [(fact.left, fact.right) for fact in loss.facts.facts]
    window.press(by)
    told = [loss.words, *((fact.right for fact in loss.facts.facts) if loss.facts.isVisible() else ())]
    assert not re.search(r"\d\.\d", " ".join(told)), told
    window.go_to(40)
    ahead = {fact.left: fact.right for fact in loss.facts.facts if fact.left.startswith("epoch ")}
    assert ahead["epoch 1"] == "5.8071 ✓"
    assert (ahead["epoch 100"] == "… ○") is (by == "predict")
    window.go_to(39)
    window.press(by)


# -- one's own worksheet ------------------------------------------------------------------------------------


def enter(window, text):
    """Paste lines; the verdicts once they are there."""
    window.focus_formula()
    window.key(Key.Key_B, CTRL)
    own = window.bench.panels["sheet"].own
    own.editor.selectAll()
    seen: list[object] = []
    own.judged.connect(seen.append)
    own.editor.insertPlainText(text)
    wait_until(lambda: seen)
    own.judged.disconnect(seen.append)
    return own


def carried(slip):
    """A whole worksheet of sheet A by plain arithmetic, with *slip* at h₂, to four decimals: its lines."""
    U, W, V = (0.1442, -0.2315, -0.669, 1.1585), -0.587, np.array([-0.2246, -0.3053, 0.4905, 0.2768])
    inputs, targets, h, lines, total = (0, 1, 2, 2), (1, 2, 2, 3), [0.0], [], 0.0
    for t in range(1, 5):
        state = np.tanh(U[inputs[t - 1]] + W * h[-1])
        h.append(slip if t == 2 and slip is not None else float(state))
        scores = [h[i] * h[t] for i in range(1, t + 1)]
        weights = np.exp(scores) / np.sum(np.exp(scores))
        Z = float(np.dot(weights, h[1:]))
        e = np.exp(V * Z)
        loss = -np.log(e[targets[t - 1]] / e.sum())
        total += loss
        lines += [f"h_{t} = {h[t]:.4f}", f"Z_{t} = {Z:.4f}", f"L_{t} = {loss:.4f}",
                  f"yhat_{t} = {' '.join(f'{p:.4f}' for p in e / e.sum())}"]  # fmt: skip
    return "\n".join([*lines, f"L = {total:.4f}"])


def test_a_wrong_h2_carried_through_a_whole_worksheet_is_found(window):
    own = enter(window, carried(0.3055))
    assert own.summary.text().startswith("h₂ is the first that is wrong; ")
    verdicts = {fact.left: fact.right for fact in own.facts.facts}
    assert verdicts["✓  h₁"] == "right"
    assert verdicts["≠  h₂"].startswith("first wrong; right −0.3055")
    for name in ("Z₂", "ŷ₂", "L₂", "h₃", "Z₃", "h₄", "Z₄", "ŷ₄", "L"):
        assert verdicts[f"↳  {name}"].startswith("follows from h₂"), verdicts
    assert not any(fact.right.startswith("wrong by itself") for fact in own.facts.facts)


def test_a_right_worksheet_is_right(window):
    own = enter(window, carried(None))
    assert own.summary.text().startswith("All 17 lines are right")


def test_going_to_the_first_disagreement(window):
    own = enter(window, carried(0.3055))
    own.editor.setFocus()
    window.key(Key.Key_Return, CTRL)
    assert window.bench.formula.head.title.text() == "Hidden state h₂"
    enter(window, carried(0.3055) + "\nL_3 = 9")
    window.go_to(74)
    click(own.go)
    assert window.bench.formula.head.title.text() == "Hidden state h₂"


def test_the_first_that_is_wrong_is_explained_again_after_another_was(window):
    own = enter(window, "h_2 = -0.3156\ndW = 0.0402")
    click(own.facts.row(1))
    assert "exact derivative" in own.answer.text
    click(own.go)
    assert window.bench.formula.head.title.text() == "Hidden state h₂"
    assert "before tanh" in own.answer.text


def test_a_line_that_is_not_understood_is_named_and_leads_there(window):
    own = enter(window, "h1 = 0.1432\nnonsense = 3")
    assert own.summary.text() == "The line is right. 1 line is not understood."
    bad = next(fact for fact in own.facts.facts if fact.left.startswith("?"))
    assert bad.left.startswith("?  line 2: ")
    click(own.facts.row(own.facts.facts.index(bad)))
    assert own.editor.textCursor().blockNumber() == 1


def test_the_lines_are_remembered_for_each_sheet(window):
    enter(window, "h1 = 0.1432")
    window.press("open_embedding")
    assert window.bench.panels["sheet"].own.editor.toPlainText() == ""
    window.press("open_attention")
    assert window.bench.panels["sheet"].own.editor.toPlainText() == "h1 = 0.1432"


def sheet_line(window):
    formula = window.bench.formula
    return formula.note.sheet.text() if formula.note.isVisible() else ""


def test_a_line_speaks_at_its_step_under_the_sheets_number(window):
    own = enter(window, "h2 = -0.3055\nL = 5.9123")
    click(own.facts.row(0))
    assert window.bench.formula.head.title.text() == "Hidden state h₂"
    assert sheet_line(window).splitlines()[1:] == ["Your sheet: −0.3055 ✓"]
    click(own.go)
    assert sheet_line(window).splitlines()[1:] == ["Your sheet: 5.9123 ≠ first wrong; right 5.8071"]
    window.key(Key.Key_H)
    assert sheet_line(window) == ""
    window.key(Key.Key_H)
    window.go_to(74)
    assert "Your sheet" not in sheet_line(window)


def test_lines_stay_with_the_epoch_that_they_were_written_for(window):
    enter(window, "h2 = -0.3055")
    window.bench.model.jump_to_epoch(2)
    own = window.bench.panels["sheet"].own
    assert own.summary.text() == "The line is right."
    assert own.add.text() == "Add lines of epoch 2"
    click(own.add)
    seen: list[object] = []
    own.judged.connect(seen.append)
    own.editor.insertPlainText("W = -0.5873\nL = 5.7791")
    wait_until(lambda: seen)
    own.judged.disconnect(seen.append)
    assert own.editor.toPlainText() == "h2 = -0.3055\nepoch 2:\nW = -0.5873\nL = 5.7791"
    assert {fact.left: fact.right for fact in own.facts.facts} == {
        "✓  h₂, epoch 1": "right",
        "✓  W new, epoch 1": "right",
        "✓  L, epoch 2": "right",
    }
    click(own.facts.row(0))
    assert window.bench.model.view.cursor.epoch == 1
    click(own.facts.row(2))
    assert window.bench.model.view.cursor.epoch == 2


def test_first_lines_that_are_typed_at_a_later_epoch_say_so(window):
    window.bench.panels["sheet"].own.set_text("")
    window.bench.model.jump_to_epoch(2)
    own = enter(window, "L = 5.7791")
    assert own.editor.toPlainText() == "epoch 2:\nL = 5.7791"
    assert own.summary.text() == "The line is right."


def test_verdicts_are_copied_as_text(window):
    own = enter(window, "h1 = 0.1432\nhs[2] = 0.3055\nfoo = 3")
    click(own.copy)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "h₂ is the first that is wrong. 1 line is not understood.",
        "✓  line 1: h₁ = 0.1432: right",
        "≠  line 2: h₂ = 0.3055 (hs[2] is h₂ here): first wrong; right −0.3055",
        "?  line 3: unknown name 'foo', expected one such as h1, yhat1 or dL/dW",
    ]


def test_another_wrong_line_is_explained_when_it_is_clicked(window):
    own = enter(window, "h2 = 0.3055\ndL/dW = 0.2210\nL_1 = 5")
    wrong = next(i for i, fact in enumerate(own.facts.facts) if "∂L/∂W" in fact.left)
    click(own.facts.row(wrong))
    assert window.bench.formula.head.title.text().startswith("∂L/∂W")
    assert not own.answer.isVisible()  # nothing known gives it, and what was said of h₂ is not about it
