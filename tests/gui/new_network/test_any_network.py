"""The form for a new network of any cell, inputs, targets, output and loss."""

from __future__ import annotations

import numpy as np
import pytest

from core.network.task import Task
from core.program.program import Program
from core.sources.design import Design
from core.sources.own_network import as_design, build
from tests.gui.driving import ALT, CTRL, wait_until
from tests.gui.new_network.form import GIVEN, Key, opened


@pytest.fixture
def form(qapp):
    with opened() as form:
        yield form


def lstm_over_numbers():
    return build(
        Design(
            text="1 2\n0.5 3\n-1 0",
            reads="numbers",
            targets="\n\n0.25",
            output="sigmoid",
            loss="logistic",
            reduction="mean",
            cell="lstm",
            hidden_size=2,
            embedding_size=None,
            attention=False,
            biases="two",
            initial={"C": "0.1 0.2"},
            learning_rate=0.5,
            seed=3,
        )
    )


def press(form, *keys):
    for key in keys:
        form.key(key)


def test_an_lstm_over_numbers_with_one_target_is_asked_for_by_keys_alone(form):
    form.key(Key.Key_N, ALT)
    press(form, Key.Key_Down, Key.Key_Down)
    form.key(Key.Key_T, ALT)
    form.paste("1\t2\n0.5\t3\n-1\t0\n")
    form.key(Key.Key_Tab)  # targets are numbers: the first that fits
    form.key(Key.Key_Tab)
    press(form, Key.Key_Return, Key.Key_Return)  # two timesteps without a target
    form.type("0.25")
    form.key(Key.Key_U, ALT)
    press(form, Key.Key_Down, Key.Key_Tab, Key.Key_Tab, Key.Key_Down)
    form.key(Key.Key_C, ALT)
    press(form, *[Key.Key_Down] * 4)
    form.key(Key.Key_H, ALT)
    form.type("2")
    form.key(Key.Key_A, ALT)
    form.key(Key.Key_B, ALT)
    press(form, Key.Key_End)
    form.key(Key.Key_I, ALT)
    form.key(Key.Key_Tab)
    form.type("0.1 0.2")
    wait_until(lambda: not form.dialog.cell.attention.isChecked())  # Qt shows it pressed for a while
    form.says("LSTM · 3 timesteps · 2 numbers in, 1 out · 1 target · seed 1")
    steps, back = (len(Program(lstm_over_numbers().network, way=way)) for way in ("terms", "timesteps"))
    assert form.dialog.summary.details.text() == (
        "U_i U_f U_o U_q 2×2  ·  W_i W_f W_o W_q 2×2  ·  b_ih_i b_hh_i b_ih_f b_hh_f b_ih_o b_hh_o b_ih_q b_hh_q 2  ·  "
        f"V 1×2  ·  c 1\n51 parameters  ·  {steps} steps an epoch by term, {back} by time"
    )
    form.key(Key.Key_Return)
    network = form.made[0].network
    assert (network.cell, network.H, network.attention) == ("lstm", 2, False)
    assert network.task == lstm_over_numbers().network.task


def test_it_opens_with_the_choices_and_the_numbers_of_the_network_that_is_open(qapp):
    like = lstm_over_numbers()
    with opened(like) as form:
        assert form.dialog.text.rows.words.text() == "3 timesteps of 2 numbers"
        form.choose(form.dialog.start.scheme, GIVEN)
        form.says("LSTM · 3 timesteps · 2 numbers in, 1 out · 1 target · own values")
        form.key(Key.Key_Return)
        (source,) = form.made
    assert source.network == like.network
    for name, array in like.parameters.items():
        np.testing.assert_array_equal(source.parameters[name], array)


def test_words_have_targets_of_their_own(form):
    card = form.dialog.text
    form.choose(card.reads, 1)
    form.refuses(card.text.words, "One word has no next word; type at least two.")
    form.fill(form.text, "I love it")
    form.choose(card.wants, 1)
    form.fill(card.targets_field, "_ _ good")
    form.says("tanh · 3 timesteps · words I love it good · 1 target · seed 1")
    assert form.dialog.text.letters.targets == ("–", "–", "good")
    form.key(Key.Key_Return)
    assert form.made[0].network.task == Task()


def test_what_was_chosen_and_typed_comes_back_with_what_it_belongs_to(form):
    text, loss, cell = form.dialog.text, form.dialog.loss, form.dialog.cell
    form.choose(text.reads, 2)
    form.fill(text.table, "1 2")
    assert text.wants.currentText() == "Numbers"
    form.choose(loss.outputs, 1)
    form.choose(loss.losses, 2)
    form.choose(cell.cells, 4)
    form.fill(cell.states.fields["C"], "0.5")
    before = form.dialog.design()
    form.choose(text.reads, 0)
    form.choose(cell.cells, 0)
    between = form.dialog.design()
    assert (between.text, between.targets, between.output, between.cell) == ("hello", None, "softmax", "tanh")
    assert not cell.states.fields["C"].isVisible()
    form.choose(text.reads, 2)
    form.choose(cell.cells, 4)
    after = form.dialog.design()
    assert (after.text, after.output, after.loss, after.cell) == ("1 2", "sigmoid", "half-squared", "lstm")
    assert after.initial["C"] == before.initial["C"] == "0.5"


def test_biases_that_lines_of_ones_own_cannot_have_come_back_after_them(form):
    cell = form.dialog.cell
    form.choose(cell.biases, 2)
    form.choose(cell.cells, cell.cells.count() - 1)
    assert (cell.biases.currentText(), form.dialog.design().biases) == ("As in the lines", "one")
    form.choose(cell.cells, 0)
    assert (form.dialog.design().biases, form.dialog.design().lines) == ("two", None)


def test_lines_of_ones_own_begin_as_those_of_the_cell_before_until_they_are_typed(form):
    cell = form.dialog.cell
    tanh, own = "h[t] = tanh(U @ x[t] + W @ h[t-1] + b)", "h[t] = relu(U @ x[t])"
    for place, lines in ((1, tanh.replace("tanh", "relu")), (0, tanh), (2, tanh.replace("tanh", "sigmoid"))):
        form.choose(cell.cells, place)
        form.key(Key.Key_End)
        assert form.dialog.design().lines == lines
    form.fill(cell.own_field, own)
    form.choose(cell.cells, 0)
    form.key(Key.Key_End)
    assert form.dialog.design().lines == own


def test_a_size_that_lines_leave_open_has_a_field_of_its_own(form):
    cell = form.dialog.cell
    assert not cell.sizes.isVisible()
    form.choose(cell.cells, cell.cells.count() - 1)
    form.fill(cell.own_field, "s[t] = Q @ h[t-1]\nh[t] = tanh(U @ x[t] + P @ s[t])")
    wait_until(lambda: "R" in cell.sizes.fields)
    assert cell.sizes.fields["R"].toolTip() == "R: how many numbers s[t] has; as many as H where it is empty"
    form.fill(cell.hidden_field, "3")
    form.fill(cell.sizes.fields["R"], "0")
    form.refuses(cell.sizes.words, "R, how many numbers s[t] has, is a whole number from 1 to 128.")
    assert form.dialog.summary.line.text() == "Still to put right: size R"
    form.fill(cell.sizes.fields["R"], "1")
    form.accepts()
    form.key(Key.Key_Return)
    made = form.made[0].network
    assert (made.parameter_shapes["Q"], made.parameter_shapes["P"]) == ((1, 3), (3, 1))
    assert as_design(form.made[0]).own_sizes == {"R": "1"}


def test_only_what_applies_is_shown(form):
    text, loss, cell = form.dialog.text, form.dialog.loss, form.dialog.cell
    assert (loss.fixed.isVisible(), loss.outputs.isVisible(), loss.losses.isVisible()) == (True, False, False)
    assert (text.letters.isVisible(), text.table.isVisible(), cell.one_hot.isVisible()) == (True, False, True)
    assert not cell.embedding_field.isVisible()
    form.choose(text.reads, 2)
    assert (loss.fixed.isVisible(), loss.outputs.isVisible(), loss.losses.isVisible()) == (False, True, True)
    assert (text.letters.isVisible(), text.table.isVisible(), cell.one_hot.isVisible()) == (False, True, False)
    assert [loss.losses.itemText(i) for i in range(loss.losses.count())] == ["Squared error", "Half the squared error"]
    form.choose(loss.outputs, 1)
    assert loss.losses.count() == 3
    assert "C" not in cell.states.fields
    form.choose(cell.cells, 4)
    assert cell.states.fields["C"].isVisible()


def test_what_is_wrong_with_numbers_is_said_at_their_field(form):
    text, cell = form.dialog.text, form.dialog.cell
    form.choose(text.reads, 2)
    form.fill(text.table, "1 2\n3\n4 5")
    form.refuses(text.rows.words, "Row 2: expected 2 numbers, found 1.")
    form.fill(text.table, "1 2\n3 4\n5 6")
    form.fill(text.targets_table, "1")
    form.refuses(text.target_rows.words, "1 row for 3 timesteps; leave a row empty where nothing is wanted.")
    form.fill(text.targets_table, "1\n\n2")
    form.choose(form.dialog.loss.outputs, 1)
    form.refuses(text.target_rows.words, "A sigmoid is compared with numbers from 0 to 1; at t = 3 stands 2.")
    form.choose(form.dialog.loss.outputs, 2)
    form.fill(cell.hidden_field, "2")
    form.fill(cell.states.fields["h"], "1")
    form.refuses(cell.states.words, "h₀: expected 2 numbers, found 1.")
    assert form.dialog.summary.line.text() == "Still to put right: targets, initial h"
    form.key(Key.Key_Return)
    assert text.targets_table.hasFocus()
    form.key(Key.Key_Return)  # here it begins a line
    assert text.targets_table.toPlainText().count("\n") == 3
    form.fill(text.targets_table, "1 0.5\n\n2 1")
    form.fill(cell.states.fields["h"], "1 0")
    form.accepts()
    text.targets_table.setFocus()
    form.key(Key.Key_Return, CTRL)
    assert form.made[0].network.task.wanted == ((1, 0.5), None, (2, 1))


def test_rows_are_numbered_as_timesteps_and_an_empty_one_says_that_it_wants_nothing(form):
    text = form.dialog.text
    form.choose(text.reads, 2)
    form.fill(text.table, "1 2\n3 4\n")
    form.fill(text.targets_table, "\n7\n")
    form.accepts()
    assert [text.table.is_timestep(line) for line in range(3)] == [True, True, False]
    assert [text.targets_table.is_timestep(line) for line in range(3)] == [True, True, False]
    empty, full = (rect.toRect() for _, rect in text.targets_table.lines()[:2])
    seen = text.targets_table.viewport().grab().toImage()
    ground = seen.pixelColor(seen.width() - 2, empty.center().y())
    inked = [x for x in range(seen.width()) if seen.pixelColor(x, empty.center().y()) != ground]
    assert len(inked) > 20  # “no target”
    assert full.top() > empty.top()


def test_the_lines_of_the_cell_follow_the_cell_and_its_biases(form):
    cell = form.dialog.cell
    heights = []
    for place in (0, 4):
        form.choose(cell.cells, place)
        heights.append(cell.lines.heightForWidth(300))
    assert heights[1] > 4 * heights[0]
    assert cell.lines.accessibleName() == "The lines of LSTM"
    assert not cell.lines.operand_rect("b_i").isEmpty()
    form.choose(cell.biases, 1)
    assert cell.lines.operand_rect("b_i").isEmpty()
    assert not cell.lines.operand_rect("U_i").isEmpty()


def test_what_an_exercise_leaves_open_is_asked_and_what_it_lacks_is_said(form):
    card = form.dialog.exercise
    form.key(Key.Key_X, ALT)
    wait_until(card.text.hasFocus)
    form.paste("U = 0.1, W = 0.5, z = 3, x = [1, 2, 3]")
    wait_until(lambda: "activation" in card.questions)
    assert card.missing.text() == "✗ Missing: targets, such as y = 0.5"
    assert card.left.text() == "Not used: z: computed, not given"
    assert form.dialog.text.table.toPlainText() == "1\n2\n3"
    form.choose(card.questions["activation"], 2)
    assert form.dialog.cell.cells.currentText() == "ReLU"
    card.text.setFocus()
    form.key(Key.Key_A, CTRL)
    form.paste("U = 0.1, W = 0.5, b = 0, x = [1, 2, 3], y3 = 0.5, relu")
    form.says("ReLU · 3 timesteps · 1 number in, 1 out · 1 target · own values")
    assert list(card.questions) == ["W"]
    form.key(Key.Key_Return, CTRL)
    assert form.made[0].network.task.wanted == (None, None, (0.5,))
