"""Back timestep by timestep: chosen in the tree or by a key, stepped through, shown everywhere, and back again."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QStyleOptionViewItem

from core.network.rule import EXACT, NAMED_RULES
from core.program.program import Address, Phase
from core.steps.template import plain
from gui.panels.formula import picture
from gui.panels.program.panel import ProgramPanel
from gui.panels.program.tree import ProgramModel
from gui.panels.timeline.panel import timeline_groups
from gui.widgets.matrix.view import MatrixView
from gui.workbench.settings import Settings
from tests.gui.driving import (
    CTRL,
    PLAIN,
    SHIFT,
    click,
    contributions_of,
    number,
    opened,
    panel_of,
    settle,
    texts_of,
    wait_until,
)

Key = Qt.Key
B = Phase.BACKWARD


@pytest.fixture
def back(window):
    """The window on sheet A, going back timestep by timestep."""
    window.reset()
    window.key(Key.Key_T, CTRL)
    assert window.length == 93
    yield window
    window.reset()


def backward_line(window):
    tree = panel_of(window, ProgramPanel).tree
    model = tree.model()
    return tree, model.index(Phase.BACKWARD, 0, model.index(0, 0))


def open_menu():
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_it_is_chosen_on_the_words_of_the_backward_line_and_the_key_turns_it_back(window):
    window.reset()
    tree, line = backward_line(window)
    assert line.data().startswith("Backward   by term ▾")
    tree.scrollTo(line)
    place = tree.visualRect(line)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, PLAIN, QPoint(place.left() + 100, place.center().y()))
    menu = open_menu()
    names = {action.text(): action for action in menu.actions()}
    assert names["Go back term by term"].isChecked()
    names["Go back timestep by timestep"].trigger()
    menu.close()
    settle()
    tree, line = backward_line(window)
    assert line.data().startswith("Backward   by time ▾")
    assert window.action("timesteps").isChecked()
    assert [tree.model().index(row, 0, line).data() for row in range(3)] == ["The way back", "∂L/∂V", "∂L/∂c"]
    window.activate()
    window.key(Key.Key_T, CTRL)
    assert window.length == 121


def test_it_is_chosen_by_the_menu_key_too(window):
    window.reset()
    tree, line = backward_line(window)
    tree.setCurrentIndex(line)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), tree.mapToGlobal(QPoint()))
    QApplication.sendEvent(tree.viewport(), asked)
    choice = next(action for action in open_menu().actions() if action.text() == "Go back timestep by timestep")
    open_menu().setActiveAction(choice)
    QTest.keyClick(open_menu(), Key.Key_Return)
    settle()
    assert window.length == 93
    window.reset()


def test_a_choice_made_is_kept(qapp, tmp_path):
    settings = Settings(None)
    with opened(settings=settings) as window:
        window.press("timesteps")
    with opened("embedding", settings=settings) as window:
        assert window.length == 77
        window.press("timesteps")
        assert window.length == 89


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
def test_every_step_forwards_and_backwards_shows_what_the_epoch_has(window, sheet):
    window.reset(sheet)
    window.key(Key.Key_T, CTRL)
    program, epoch = window.bench.model.view.program, window.bench.model.view.epoch
    window.go_to(program.backward.first - 1)
    met = []
    for position in range(program.backward.first, program.backward.last + 1):
        window.key(Key.Key_Space)
        assert window.place == (1, position)
        address, step = program[position], window.bench.model.view.step
        assert window.bench.formula.head.title.text() == step.formula.title
        shown = [number(text) for row in window.result() for text in row]
        expected = epoch.gradients[address.quantity] if address.is_sum else step.value
        assert len(shown) == np.size(expected), address
        assert shown == pytest.approx(np.ravel(expected).tolist(), abs=6e-5), address
        met.append((step.formula.title, shown))
    for title, shown in reversed(met[:-1]):
        window.key(Key.Key_Space, SHIFT)
        assert window.bench.formula.head.title.text() == title
        assert [number(text) for row in window.result() for text in row] == shown
    window.reset()


def test_switching_keeps_the_place_or_goes_to_what_holds_it(back):
    model = back.bench.model
    for address, there in [
        (Address(B, "W", (2,)), Address(B, "W", (2, 2, 2))),
        (Address(B, "h", (3,)), Address(B, "b", (3, 3, 3))),
        (Address(B, "A", (3,)), Address(B, "Omega", (3,))),
        (Address(B, "V", (2,)), Address(B, "V", (2,))),
        (Address(B, "W"), Address(B, "W")),
        (Address(Phase.FORWARD, "h", (2,)), Address(Phase.FORWARD, "h", (2,))),
    ]:
        model.jump(address)
        settle()
        back.key(Key.Key_T, CTRL)
        assert model.view.step.address == there
        back.key(Key.Key_T, CTRL)
        assert model.view.step.address == model.view.program.nearest(there)
    back.key(Key.Key_T, CTRL)
    model.jump(Address(B, "W", (4, 3, 2)))
    settle()
    back.key(Key.Key_T, CTRL)
    assert model.view.step.address == Address(B, "W", (2,))
    back.key(Key.Key_Left, Qt.KeyboardModifier.AltModifier)  # where one was before is renumbered too
    assert model.view.step.address.quantity in ("h", "a", "b", "W", "Omega", "A", "V")


def test_the_rule_of_the_sheet_shows_as_rows_that_it_leaves_out(back):
    back.bench.model.jump(Address(B, "h", (3,)))
    settle()
    ladder = back.bench.formula.ladder
    so_far = [text for text, _ in ladder.texts()]
    assert so_far[0] == so_far[1] == so_far[2] != so_far[3]
    back.bench.model.set_rule(EXACT)
    settle()
    assert len({text for text, _ in ladder.texts()}) == 4
    assert back.bench.formula.sentence.text().startswith("How fast the total loss changes with h₃")


def test_a_row_opens_to_its_arithmetic(back):
    back.bench.model.jump(Address(B, "h", (2,)))
    settle()
    ladder = back.bench.formula.ladder
    before = ladder.minimumSizeHint().height()
    QTest.mouseClick(ladder, Qt.MouseButton.LeftButton, PLAIN, ladder.opener_rect(0).center())
    settle()
    assert ladder.minimumSizeHint().height() > before


def test_the_two_ways_meet_in_a_table_at_the_sum_whose_cells_go_there(back):
    model, table = back.bench.model, back.bench.formula.bridge.table
    for way, there in (("timesteps", Address(B, "W", (3,))), ("terms", Address(B, "W", (4, 4, 3)))):
        model.set_way(way)
        model.jump(Address(B, "W"))
        wait_until(table.isVisible)
        rows = [[number(text) for text in row if text.strip("·. ")] for row in texts_of(table)]
        assert rows[-1][-1] == pytest.approx(0.0274, abs=1e-4)
        assert sum(row[-1] for row in rows[:-1]) == pytest.approx(0.0274, abs=3e-4)
        assert "20 terms" in back.bench.formula.bridge.words.text()
        assert "4 terms" in back.bench.formula.bridge.words.text()
        spot = table.cell_rect(2, 3).center().toPoint()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, PLAIN, spot)
        settle()
        assert model.view.step.address == there


def test_what_is_asked_leads_back_to_the_step_that_made_it(back):
    model = back.bench.model
    model.jump(Address(B, "a", (3,)))
    settle()
    formula = back.bench.formula
    spot = formula.symbols.operand_rect("dL/dh[3]").center()
    QTest.mouseClick(formula.symbols, Qt.MouseButton.LeftButton, PLAIN, spot)
    settle()
    assert model.view.step.address == Address(B, "h", (3,))
    assert formula.onward.buttons[0].text().startswith("∂L/∂a₃")


def test_contributions_and_the_rules_stand_beside_a_use(back):
    back.bench.model.jump(Address(B, "W", (3,)))
    settle()
    contributions = back.front("contributions")
    said = [label.text() for label in contributions.findChildren(QLabel) if label.isVisible()]
    assert "One W, used four times: add what each use contributes." in said
    back.front("rules")
    settle()
    rules = back.bench.panels["rules"]
    assert any("term t = 3" in label.text() for label in rules.findChildren(QLabel))
    back.bench.model.jump(Address(B, "h", (2,)))
    settle()
    refused = " ".join(label.text() for label in rules.findChildren(QLabel) if label.isVisible())
    assert "What a rule leaves out is seen in the rows of this step." in refused


def test_a_screen_reader_hears_what_is_asked(back):
    back.bench.model.jump(Address(B, "h", (3,)))
    settle()
    assert back.bench.formula.symbols.accessibleName().startswith("Step 50 of 93. ∂L/∂h 3.")
    back.bench.model.jump(Address(B, "W", (3,)))
    settle()
    assert "Gradient of W, W used at t = 3. Term 0.0494." in back.bench.formula.symbols.accessibleName()


def test_sums_have_air_where_there_is_room_and_the_words_fit_where_there_is_little(back):
    shell, ladder = back.shell, back.bench.formula.ladder
    back.bench.model.set_rule(EXACT)
    heights = []
    for size in ((1440, 900), (1280, 600)):
        shell.resize(*size)
        back.bench.model.jump(Address(B, "h", (2,)))
        settle()
        heights.append(ladder.minimumSizeHint().height())
    assert heights[0] >= heights[1] + 3 * 8  # of four rows, three have bounds above and below their sign
    shell.resize(1280, 720)
    settle()
    tree, line = backward_line(back)
    wide = tree.itemDelegate().sizeHint(QStyleOptionViewItem(), line).width()
    assert tree.visualRect(line).left() + tree.horizontalScrollBar().value() + wide <= 196  # its room on such a screen
    assert [group.label for group in timeline_groups(back.bench.model.view.program)][5] == "Way back"
    shell.resize(1440, 900)
    settle()


# -- what one's own opens with, and the way across ----------------------------------------------------------------


def way_of(window):
    return window.bench.model.view.program.way


def test_sheets_open_term_by_term_and_own_words_timestep_by_timestep_until_one_chooses(qapp):
    settings = Settings(None)
    with opened(settings=settings) as window:
        assert window.length == 121
        window.bench.files.open_word("banana")
        assert way_of(window) == "timesteps"
        window.press("open_embedding")
        assert window.length == 89
        window.bench.files.open_word("banana")
        window.press("timesteps")
        assert way_of(window) == "terms"
        window.bench.files.open_word("papaya")
        assert way_of(window) == "terms"
        window.press("open_attention")
        assert window.length == 121
    with opened(settings=settings) as window:
        window.bench.files.open_word("banana")
        assert window.shell.statusBar().currentMessage().endswith("the exact derivative, term by term")


@pytest.mark.parametrize(
    ("way", "here", "words", "there"),
    [
        ("timesteps", Address(B, "h", (3,)), "term by term: ∂L/∂b (3, 3, 3) →", Address(B, "b", (3, 3, 3))),
        ("timesteps", Address(B, "W", (2,)), "term by term: ∂L/∂W (2, 2, 2) →", Address(B, "W", (2, 2, 2))),
        ("terms", Address(B, "W", (4, 3, 2)), "timestep by timestep: ∂L/∂W, t = 2 →", Address(B, "W", (2,))),
        ("terms", Address(B, "V", (2,)), "timestep by timestep →", Address(B, "V", (2,))),
    ],
)
def test_every_step_back_leads_to_its_counterpart_and_what_is_another_is_said(window, way, here, words, there):
    window.reset(way=way)
    window.bench.model.jump(here)
    settle()
    link = window.bench.formula.head.other_way
    assert link.text() == words
    window.shell.statusBar().clearMessage()
    click(link)
    assert window.bench.model.view.step.address == there
    assert window.bench.model.view.program.way != way
    said = window.shell.statusBar().currentMessage()
    assert bool(said) == (here != there)
    assert said.endswith(
        {"h": "a term that goes through it.", "W": "(2, 2, 2)." if way == "timesteps" else "a sum that contains it."}
        .get(here.quantity, "")
    )  # fmt: skip
    window.bench.model.go_to_position(3)
    settle()
    assert not link.isVisible()
    window.reset()


def test_where_a_number_first_differs_is_said_and_led_to_in_the_way_that_is_open(window):
    window.reset(way="timesteps")
    window.bench.model.jump(Address(B, "W"))
    settle()
    prompt = window.bench.formula.prompt
    prompt.field.setText("0.0402")
    QTest.keyClick(prompt.field, Key.Key_Return)
    wait_until(lambda: "It first matters in the term (" in prompt.answer.text)  # which another step contains
    step = int(re.findall(r"It first matters in the term \([\d, ]+\) \(see step (\d+)\)", prompt.answer.text)[0])
    go = next(b for b in prompt.answer.findChildren(QPushButton) if b.text() == f"Go to step {step}")
    click(go)
    assert window.place == (1, step)
    assert window.bench.model.view.step.kind == "term"
    window.reset()


def test_the_link_leaves_its_room_to_what_is_pointed_at(window):
    window.reset(way="terms")
    window.shell.resize(1280, 720)
    window.bench.model.jump(Address(B, "W", (3, 3, 2)))
    settle()
    formula = window.bench.formula
    full = formula.head.other_way.text()
    window.bench.model.hover("W")
    settle()
    assert formula.head.other_way.text() == "→"
    assert formula.head.other_way.accessibleName() == full
    assert (
        formula.head.operand.fontMetrics().horizontalAdvance(formula.head.operand.text())
        <= formula.head.operand.width()
    )
    click(formula.head.other_way)
    assert way_of(window) == "timesteps"
    window.bench.model.hover("")
    settle()
    assert formula.head.other_way.text() == "term by term: ∂L/∂W (2, 2, 2) →"
    window.shell.resize(1440, 900)
    window.reset()


def test_an_lstm_goes_back_through_whole_timesteps_each_of_which_opens_into_its_gates(window):
    window.reset("lstm")
    assert way_of(window) == "timesteps"
    window.bench.model.jump(Address(B, "f", (2,)))
    window.key(Key.Key_T, CTRL)
    assert window.bench.model.view.step.address == Address(B, "b_f", (2, 2, 2))
    assert window.shell.statusBar().currentMessage().endswith("a term that goes through it.")
    window.bench.model.jump(Address(B, "W_f", (3, 3, 2)))
    settle()
    ladder = window.bench.formula.ladder
    assert [note for _, note in ladder.texts()] == [
        "the error at h₃: C is not read", "one timestep back, to h₂ and C₂", "to f₂, which uses W_f",
        "sigmoid′ of f₂", "what W_f multiplied",
    ]  # fmt: skip
    before = ladder.sizeHint().height()
    ladder.setFocus()
    window.key(Key.Key_Return)
    assert ladder.sizeHint().height() > before + 5 * 20
    under = picture.ladder(window.bench.model.view, frozenset({1})).rows[1].under
    said = [re.findall(r"text\{([\w ]+)\} .. ([\w{}_]+)", plain(line))[0] for line in under]
    assert said == [("through the gate", "i_{3}"), ("through the gate", "f_{3}"), ("through the gate", "o_{3}"),
                    ("through", "q_{3}"), ("straight to", "C_{3}")]  # fmt: skip
    window.bench.model.jump(Address(B, "W_f"))
    settle()
    assert window.bench.formula.bridge.isVisible()
    sheet = window.front("sheet")  # prints ∂L/∂h, which no step makes term by term
    printed = {line.address: line.cursor for group in sheet.table._numbers.groups for line in group.lines}
    there = window.bench.model.view.program[printed[Address(B, "h", (3,))].position]
    assert there.indices == (3, 3, 3)
    window.key(Key.Key_T, CTRL)
    assert (way_of(window), window.bench.model.view.step.address) == ("timesteps", Address(B, "W_f"))
    window.reset()


# -- predictions ----------------------------------------------------------------------------------------------


NUMBER = re.compile(r"−?\d+\.\d{4}")


def told(window):
    """All numbers that are said of the step, its way back and its gradients, and by the docks that follow it."""
    formula = window.bench.formula
    texts = [label.text() for label in window.shell.findChildren(QLabel) if label.isVisible()]
    for matrix in window.shell.findChildren(MatrixView):
        if matrix.isVisible():
            texts += [text for row in texts_of(matrix) for text in row]
    texts += [f"{product} {note}" for product, note in formula.ladder.texts() if formula.ladder.isVisible()]
    texts += [formula.symbols.accessibleName(), window.shell.accessibleDescription()]
    texts += [str(part) for part in contributions_of(window)]
    tree = panel_of(window, ProgramPanel).tree
    line, model = tree.currentIndex(), tree.model()
    assert isinstance(model, ProgramModel)
    while line.isValid():
        texts.append(f"{line.data()} {model.row(line).total}")
        line = line.parent()
    return set(NUMBER.findall(" ".join(texts)))


@pytest.mark.parametrize(("sheet", "rule"), [("attention", "printed"), ("attention", "exact"), ("embedding", "exact")])
def test_a_hidden_result_of_the_way_back_is_told_nowhere(window, sheet, rule):
    window.reset(sheet, way="timesteps")
    model = window.bench.model
    model.set_rule(NAMED_RULES[rule])
    program = model.view.program
    for position in range(program.backward.first, program.update.last + 1, 2):  # every kind, at odd or even timesteps
        model.go_to_position(position - 1)
        settle()
        before = told(window)
        model.go_to_position(position)
        settle()
        step = model.view.step
        results = {text for row in window.result() for text in row}
        read = {model.view.form(float(v)) for operand in step.operands for v in operand.value.ravel()}
        sums = {model.view.form(float(p)) for product in step.products for p in product.ravel()
                if not np.array_equal(product, step.products[-1])}  # fmt: skip
        after = told(window)
        window.press("result")
        hidden = told(window)
        assert not (after - before - read - sums) & hidden, step.address
        assert not (results - before - read - sums) & hidden, step.address
        assert not window.bench.formula.sentence.isVisible()
        assert not window.bench.formula.note.isVisible()
        assert not window.bench.formula.bridge.isVisible()
        window.press("result")
        assert results - before - read <= told(window)
    window.reset()


def test_of_hidden_sums_those_that_nothing_is_added_to_are_hidden_too(back):
    back.bench.model.jump(Address(B, "h", (4,)))  # of the last state, the sheet's rule keeps one path
    settle()
    back.press("result")
    assert [text for text, _ in back.bench.formula.ladder.texts()] == ["", "", ""]
    back.press("result")
    assert len({text for text, _ in back.bench.formula.ladder.texts()}) == 1


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
def test_the_table_has_room_in_a_small_window_where_the_sentence_says_less(qapp, sheet):
    with opened(sheet, size=(1280, 720)) as window:
        formula = window.bench.formula
        for way in ("terms", "timesteps"):
            window.bench.model.set_way(way)
            window.bench.model.jump(Address(B, "W"))
            wait_until(formula.bridge.isVisible)
            settle()
            assert formula.overflow() == 0
            assert "\n" not in formula.sentence.text()
        window.shell.resize(1440, 1000)
        wait_until(lambda: formula.sentence.text().count("\n") == 2)
        assert "By use: " in formula.sentence.text()
        assert formula.bridge.isVisible()
