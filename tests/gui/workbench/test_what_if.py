"""What if? Numbers changed and held in the window: by key, by mouse, live, undone to the last bit."""

from itertools import count

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.network.number import Number
from tests.gui.driving import ALT, CTRL, PLAIN, SHIFT, number, settle, surface, wait_until

CLOCK = count(1)


@pytest.fixture(scope="module")
def window(window):
    # What the card makes when a range is first tried should be there before a test begins to count.
    window.front("loss")
    window.bench.model.hover("W")
    window.press("change")
    window.bench.what_if.card.ranging.setChecked(True)
    rest(window)
    window.bench.what_if.card.ranging.setChecked(False)
    window.bench.what_if.put_back()
    settle()
    return window


@pytest.fixture(autouse=True)
def at_h2(window):
    """At h₂ of epoch 1."""
    window.reset()
    window.go_to(10)
    yield
    window.bench.what_if.put_back()
    settle()


def card(window):
    return window.bench.what_if.card


def rest(window):
    """Until what follows the hand has caught up."""
    timers = window.bench.what_if._at_once, window.bench.what_if._ahead
    wait_until(lambda: not any(timer.isActive() for timer in timers))
    settle()


def double_click(widget, spot):
    target = surface(widget)
    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick)
    for kind in kinds:
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
        event = QMouseEvent(
            kind, QPointF(spot), target.mapToGlobal(QPointF(spot)), Qt.MouseButton.LeftButton, held, PLAIN
        )
        event.setTimestamp(next(CLOCK))
        QApplication.sendEvent(target, event)
    settle()


def has_corner(window, node):
    """Whether the path strip marks *node* as one in which a number is held."""
    strip = window.bench.formula.strip
    corner = strip.node_rect(node).topRight() + QPoint(-2, 3)
    return strip.grab().toImage().pixelColor(corner) == window.theme.palette.accent


def change(window, symbol, text):
    window.bench.model.hover(symbol)
    window.key(Qt.Key.Key_F2)
    window.type(text)
    settle()


def losses(window, count):
    training = window.bench.model.view.training
    training.run(count)
    return training.losses[:count]


def test_what_would_the_loss_be_if_W_were_one_half(window):
    window.bench.model.hover("W")
    window.key(Qt.Key.Key_F2)
    assert card(window).name.text() == "W ="
    window.type("0.5")
    rest(window)
    assert "total loss of epoch 1: 5.8071 → 5.8376 (+0.0305)" in card(window).words.text()
    assert "of epoch 1,000: 2.1041 → 1.8751" in card(window).words.text()
    assert window.place == (1, 10)
    assert number(window.bench.formula.result.number.text()) == pytest.approx(-0.1585, abs=5e-5)
    assert (
        "Without the change it would be −0.3055; the difference is +0.1469." in window.bench.formula.note.sheet.text()
    )
    assert "Changed: the sheet, which prints −0.3055, no longer applies here." in window.bench.formula.note.sheet.text()
    plot = window.front("loss").plot
    wait_until(lambda: len(plot.line.before))
    assert plot.line.before[0] == pytest.approx(5.8071, abs=5e-5)
    assert plot.line.y[0] == pytest.approx(5.8376, abs=5e-5)


def test_escape_puts_back_and_leaves_nothing_to_undo(window):
    before = losses(window, 50)
    change(window, "W", "0.5")
    window.key(Qt.Key.Key_Escape)
    assert not card(window).isVisible()
    assert losses(window, 50) == before
    assert not window.bench.undo.canUndo()
    assert window.bench.formula.hasFocus()


def test_what_is_kept_is_undone_to_the_last_bit_and_has_words(window):
    before = losses(window, 50)
    change(window, "W", "-0.6")
    window.key(Qt.Key.Key_Return)
    assert window.action("undo").text() == "Undo W from −0.5870 to −0.6000"
    after = losses(window, 50)
    assert after != before
    window.press("undo")
    assert losses(window, 50) == before
    window.press("redo")
    assert losses(window, 50) == after


def test_a_change_holds_from_its_epoch_on(window):
    plain = losses(window, 12)
    window.go_to(10, epoch=7)
    change(window, "W", "-0.6")
    window.key(Qt.Key.Key_Return)
    assert losses(window, 12)[:6] == plain[:6]
    assert losses(window, 12)[6:] != plain[6:]
    assert window.bench.model.view.epoch.tape.parameters["W"].item() == -0.6
    window.go_to(10, epoch=6)
    assert "Changed" not in window.bench.formula.note.sheet.text()


def test_back_to_the_numbers_given_takes_all_back_in_one_step(window):
    before = losses(window, 30)
    assert not window.action("all_back").isEnabled()
    for symbol, value in (("W", "0.1"), ("U", "0.2")):
        change(window, symbol, value)
        window.key(Qt.Key.Key_Return)
    both = losses(window, 30)
    window.press("all_back")
    assert losses(window, 30) == before
    window.press("undo")
    assert losses(window, 30) == both


def test_a_computed_number_is_held_and_marked_wherever_it_is_shown(window):
    window.key(Qt.Key.Key_F2, SHIFT)
    assert card(window).name.text() == "h₂ held at"
    window.type("0")
    window.key(Qt.Key.Key_Return)
    assert window.action("undo").text() == "Undo h₂ held at 0.0000"
    assert "h₂ is held at 0.0000" in window.bench.formula.note.sheet.text()
    assert window.bench.formula.strip.accessibleDescription() == "reads e, should say l; held: h₂"
    assert [has_corner(window, f"h[{t}]") for t in (1, 2, 3)] == [False, True, False]
    grid = window.front("values").grid
    row = next(i for i in range(len(grid.cells.rows)) if grid.cells.row_name(i) == "hₜ")
    assert grid.cells.text(row, 1) == "0.0000"
    assert "changed or held" in grid.cells.tooltip(row, 1)
    assert "changed or held" not in grid.cells.tooltip(row, 0)
    window.go_to(56)  # loss 2, via h₂, W used at t = 1
    assert "0, because h" in window.bench.formula.sentence.text()


def test_what_is_given_is_not_held_and_what_is_computed_not_changed(window):
    window.key(Qt.Key.Key_F2)
    assert not card(window).isVisible()
    assert "It is computed: hold it at another value" in window.shell.statusBar().currentMessage()
    window.bench.model.hover("W")
    window.key(Qt.Key.Key_F2, SHIFT)
    assert not card(window).isVisible()
    assert "It is given: change it" in window.shell.statusBar().currentMessage()


def test_a_double_click_on_a_parameter_changes_it_and_the_step_stays(window):
    window.go_to(10, epoch=3)
    matrix = window.front("parameters").rows["W"].matrices[0]
    double_click(matrix, matrix.cell_rect(0, 0).center().toPoint())
    assert card(window).name.text() == "W ="
    assert window.place == (3, 10)


def test_the_slider_goes_by_keys_and_the_numbers_with_it(window):
    window.bench.model.hover("W")
    window.key(Qt.Key.Key_F2)
    window.key(Qt.Key.Key_Up, times=3)
    settle()
    shown = number(card(window).field.text())
    assert window.bench.model.view.epoch.tape.parameters["W"].item() == pytest.approx(shown, abs=5e-5)
    assert shown > -0.587
    card(window).slider.setValue(0)
    settle()
    assert window.bench.model.view.epoch.tape.parameters["W"].item() == -2.0


def test_a_letter_is_another_letter_of_the_alphabet(window):
    window.bench.model.hover("x[2]")
    window.key(Qt.Key.Key_F2)
    assert card(window).field.text() == "e"
    window.type("l")
    window.key(Qt.Key.Key_Return)
    assert window.bench.model.view.network.letters[0] == ("h", "l", "l", "l")
    assert window.action("undo").text() == "Undo x₂ from e to l"
    window.press("undo")
    assert window.bench.model.view.network.letters[0] == ("h", "e", "l", "l")


def test_try_a_range_shows_the_derivative_and_where_it_is_another_the_rules_slope(window):
    window.go_to(74)
    window.bench.model.hover("W")
    window.key(Qt.Key.Key_F2)
    window.key(Qt.Key.Key_R, ALT)
    wait_until(lambda: card(window).ranging.isChecked())
    rest(window)
    curves = card(window)._curves
    assert "Slope here: 0.0402" in curves.words.text()
    assert "takes 0.0274" in curves.words.text()
    line = curves.loss.line
    assert line.x[line.current] == -0.587
    spot = curves.loss.position(1.0, float(line.y[-1]))
    assert isinstance(spot, QPoint)
    curves.loss.clicked.emit(len(line.x) - 1)
    settle()
    assert window.bench.model.view.epoch.tape.parameters["W"].item() == 2.0
    card(window).ranging.setChecked(False)


def test_pale_bars_stand_behind_the_new_ones(window):
    window.go_to(74)
    chart = window.front("contributions").chart
    assert not len(chart.picture.before)
    plain = chart.picture.values.copy()
    change(window, "W", "0.5")
    window.key(Qt.Key.Key_Return)
    settle()
    assert chart.picture.before.tolist() == plain.tolist()
    assert chart.picture.values.tolist() != plain.tolist()


def test_a_lesson_brings_changes_back(window):
    from pathlib import Path

    from core.lessons.lesson_file import parsed, text

    change(window, "W", "0.5")
    window.key(Qt.Key.Key_Return)
    window.key(Qt.Key.Key_F2, SHIFT)
    window.bench.what_if.put_back()
    window.bench.model.hover("")
    window.key(Qt.Key.Key_F2, SHIFT)
    window.type("0.25")
    window.key(Qt.Key.Key_Return)
    state = window.bench.model.state
    assert len(state.changes.values) == 2
    assert parsed(Path("a.chainrule"), text(state.lesson).encode()).changes == state.changes


def test_the_watch_panel_lists_what_is_changed_and_lets_it_go(window):
    window.key(Qt.Key.Key_F2, SHIFT)
    window.type("0.25")
    window.key(Qt.Key.Key_Return)
    change(window, "W", "0.5")
    window.key(Qt.Key.Key_Return)
    panel = window.front("watch")
    wait_until(lambda: len(panel.changes.buttons) == 2)
    assert [button.text() for button in panel.changes.buttons] == ["h₂ held at 0.2500", "W = 0.5000"]
    panel.changes.buttons[0].click()
    settle()
    assert [button.text() for button in panel.changes.buttons] == ["W = 0.5000"]
    assert window.action("undo").text() == "Undo letting go of h₂ held at 0.2500"
    window.press("undo")
    assert window.bench.model.view.epoch.value("h[2]")[0] == 0.25


def test_it_is_said_that_an_answer_is_about_the_network_as_it_is_changed(window):
    prompt = window.bench.formula.prompt
    assert not prompt.judged.isVisible()
    change(window, "W", "0.5")
    window.key(Qt.Key.Key_Return)
    assert prompt.judged.isVisible()
    assert "as it is here" in prompt.field.accessibleDescription()
    window.press("undo")
    assert not prompt.judged.isVisible()
    assert not prompt.field.accessibleDescription()


@pytest.mark.parametrize("act", ["undo", "open_embedding"])
def test_what_is_only_tried_is_no_edit_and_goes_first(window, act):
    change(window, "W", "0.5")
    window.key(Qt.Key.Key_Return)
    change(window, "U", "3")
    rest(window)
    window.press(act)
    assert not window.bench.what_if.is_open
    if act != "undo":
        window.press("undo")
        assert [*window.bench.model.state.changes.values.values()] == [0.5]
        window.press("undo")
    assert not window.bench.model.state.changes
    window.bench.undo.setIndex(0)
    assert not window.bench.model.state.changes


@pytest.mark.parametrize(
    ("symbol", "row", "node"),
    [("a[2]", "aₜ", "h[2]"), ("alpha[2,1]", "αₜ,ᵢ 1", "Z[2]"), ("yhat[2]", "ŷₜ l", "yhat[2]"), ("L[2]", "Lₜ", "L[2]")],
)
def test_what_is_made_within_a_line_weights_predictions_and_losses_are_held_and_marked(window, symbol, row, node):
    window.go_to(18)
    before = window.bench.model.view.epoch.tape.total
    held = Number(symbol, (2,) if symbol == "yhat[2]" else (), 1)
    window.bench.what_if.change(window.bench.numbers.placed(held))
    window.type("0.5")
    rest(window)
    shares = "together they no longer come to 1" in card(window).words.text()
    assert shares == symbol.startswith(("alpha", "yhat"))
    window.key(Qt.Key.Key_Return)
    assert "held at 0.5000" in window.action("undo").text()
    assert window.bench.model.view.epoch.tape.total != before
    assert has_corner(window, node)
    cells = window.front("values").grid.cells
    place = next(i for i in range(len(cells.rows)) if cells.row_name(i) == row)
    assert cells.text(place, 1) == "0.5000"
    assert "changed or held" in cells.tooltip(place, 1)


def test_the_total_loss_is_not_held_and_says_why_by_key_in_its_menu_and_in_find(window):
    why = "It is what all losses come to, and every gradient is of it: hold one of the losses"
    window.bench.model.hover("L")
    window.key(Qt.Key.Key_F2, SHIFT)
    assert why in window.shell.statusBar().currentMessage()
    menu = QMenu()
    window.bench.numbers.fill(menu, Number("L"))
    assert next(action for action in menu.actions() if action.text().startswith("Hold at")).toolTip() == why
    found = window.bench.find._find("hold L")
    assert next(entry for entry in found if entry.title == "Hold at · L").reason == why


def test_a_probability_is_typed_from_0_to_1_and_0_makes_a_loss_without_a_slope(window):
    window.go_to(18)
    window.bench.what_if.change(window.bench.numbers.placed(Number("yhat[2]", (2,))))
    window.type("1.5")
    assert card(window).words.text() == "Not a number from 0 to 1 yet"
    window.key(Qt.Key.Key_A, CTRL)
    window.type("0")
    card(window).ranging.setChecked(True)
    rest(window)
    assert "the curve has no slope" in card(window)._curves.words.text()
    card(window).ranging.setChecked(False)


def test_a_double_click_on_what_is_given_in_the_ladder_changes_it_though_all_around_sees_the_mouse_too(window):
    window.go_to(62)
    ladder = window.bench.formula.ladder
    double_click(ladder, ladder.operand_rect("W").center())
    assert card(window).isVisible()
    assert card(window).accessibleName() == "Change W"
    assert window.place == (1, 62)


def test_a_double_click_on_the_name_of_a_parameter_scales_all_of_it(window):
    caption = window.front("parameters").rows["U"]._captions[0]
    before = window.bench.model.view.epoch.tape.parameters["U"]
    double_click(caption, caption.rect().center())
    assert card(window).name.text() == "U ×"
    window.type("0.5")
    window.key(Qt.Key.Key_Return)
    assert window.bench.model.view.epoch.tape.parameters["U"].tolist() == (before * 0.5).tolist()
    assert window.action("undo").text() == "Undo U × 0.5000"
