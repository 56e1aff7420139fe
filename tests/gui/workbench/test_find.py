"""Find in the real window: by keys and by mouse, in a small window too; it gives the keyboard back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from core.network.rule import NAMED_RULES
from core.sources.opening import open_source
from gui.find.field import WORDS
from gui.window.help import HelpDialog
from gui.workbench.settings import Settings
from tests.gui.driving import CTRL, SHIFT, click, opened, point_at, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def at_the_start(window):
    window.reset()
    yield
    window.bench.model.cancel_training()
    window.activate()
    if window.bench.find.field.hasFocus():
        window.key(Key.Key_Escape)


def find(window, query, enters=True):
    window.key(Key.Key_P, CTRL | SHIFT)
    assert window.bench.find.field.hasFocus()
    window.type(query)
    settle()
    if enters:
        window.key(Key.Key_Return)


def lines(window):
    """The lines in sight: what each says to a screen reader."""
    listing = window.bench.find.field.listing
    if not listing.isVisible() or not listing.view.isVisible():
        return []
    model = listing.view.model()
    return [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def test_a_term_is_gone_to_and_space_steps_on(window):
    find(window, "dW 3 3 2")
    assert window.place == (1, 62)
    assert not window.bench.find.field.listing.isVisible()
    assert window.bench.find.field.text() == ""
    window.key(Key.Key_Space)
    assert window.place == (1, 63)
    window.press("previous_place")
    assert window.place == (1, 1)


def test_another_epoch_and_a_number_that_the_sheet_prints(window):
    find(window, "epoch 100")
    wait_until(lambda: window.place == (100, 1))
    find(window, "0.0274")
    wait_until(lambda: window.place == (1, 74))


def test_escape_gives_the_keyboard_back_where_it_was(window):
    field = window.bench.files.word.field
    window.key(Key.Key_L, CTRL)
    assert field.hasFocus()
    find(window, "step", enters=False)
    assert lines(window)[0].startswith("Step, Compute the next formula")
    window.key(Key.Key_Escape)
    assert field.hasFocus()
    assert lines(window) == []
    assert window.place == (1, 1)
    window.focus_formula()
    find(window, "step", enters=False)
    window.key(Key.Key_Escape)
    window.key(Key.Key_Space)
    assert window.place == (1, 2)


def test_arrows_choose_and_go_round(window):
    window.go_to(62)
    find(window, "color", enters=False)
    assert [line.split(",")[0] for line in lines(window)[:3]] == ["Theme of the system", "Light", "Dark"]
    listing = window.bench.find.field.listing
    window.key(Key.Key_Up)
    assert listing.current is listing.lines.entries[-1]
    window.key(Key.Key_Down, times=3)
    assert listing.current.title == "Dark"
    window.key(Key.Key_Return)
    assert window.action("theme_dark").isChecked()
    window.press("theme_system")


def test_what_is_off_is_listed_says_why_and_does_nothing(window):
    find(window, "undo")
    why = "Nothing was opened or set that could be taken back; Back goes back a step"
    assert lines(window)[0] == f"Undo, not now: {why}, Ctrl+Z"
    assert window.shell.statusBar().currentMessage() == why
    assert window.bench.find.field.hasFocus()


def test_where_nothing_is_found_it_says_what_could_be_typed(window):
    find(window, "xyzzy")
    listing = window.bench.find.field.listing
    assert lines(window) == []
    assert listing.words.isVisible()
    assert listing.words.text() == (
        "Nothing is called “xyzzy”. Try  h3  ·  dW 3 3 2  ·  softmax t=2  ·  total loss  ·  epoch 100"
        "  ·  dark mode  ·  step over"
    )


def test_what_was_chosen_last_stands_first(window):
    find(window, "dW 3 3 2")
    find(window, "loss curve")
    find(window, "6 decimals")
    find(window, "", enters=False)
    assert [line.split(",")[0] for line in lines(window)[:3]] == ["6 decimals", "Loss", "∂L/∂W"]
    assert "step 62" in lines(window)[2]
    window.key(Key.Key_Down, times=2)
    window.key(Key.Key_Return)
    assert window.place == (1, 62)
    find(window, "4 decimals")


def test_a_click_on_a_line_goes_there(window):
    click(window.bench.find.field)
    window.type("h3")
    view = window.bench.find.field.listing.view
    spot = view.visualRect(view.model().index(0, 0)).center()
    point_at(view, spot)
    click(view, spot)
    assert window.place == (1, 19)
    window.key(Key.Key_Space)
    assert window.place == (1, 20)


def test_a_click_elsewhere_closes_the_list(window):
    click(window.bench.find.field)
    assert window.bench.find.field.listing.isVisible()
    window.focus_formula()
    assert not window.bench.find.field.listing.isVisible()


def test_rules_panels_errata_and_questions(window):
    window.press("into")
    find(window, "autograd")
    assert window.bench.model.state.rule == NAMED_RULES["exact"]
    window.press("undo")
    find(window, "gradient check")
    assert window.shell.docks["rules"].isVisible()
    find(window, "erratum 3")
    sheet = window.bench.panels["sheet"]
    assert sheet.tabs.currentWidget() is sheet.errata
    wait_until(lambda: not next(c for c in sheet.errata.cards if c.erratum.number == 3).visibleRegion().isEmpty())
    sheet.tabs.setCurrentIndex(0)
    find(window, "0.1234")
    assert window.bench.formula.prompt.field.hasFocus()
    assert window.bench.formula.prompt.field.text() == "0.1234"
    window.focus_formula()
    window.shell.arrangement.reset()


def test_a_page_of_the_help_opens_where_it_is(qapp):
    with opened() as window:
        find(window, "your own text")
        (page,) = window.shell.findChildren(HelpDialog)
        assert page.isVisible()
        assert page.page.verticalScrollBar().value() > 0


def test_it_is_spoken(window, monkeypatch):
    said = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    find(window, "total loss", enters=False)
    assert said[-1].endswith("found: total loss, the sum of all losses · step 39")
    window.key(Key.Key_Down)
    assert said[-1].startswith("L₁, the loss · step 8, 2 of ")


@pytest.mark.parametrize(("size", "zoom"), [((1280, 720), 2.0), ((1440, 900), 2.0), ((1024, 700), 1.0)])
def test_beside_the_menus_nothing_is_cut_or_covered(qapp, size, zoom):
    with opened(size=size) as window:
        window.theme.set_zoom(zoom)
        settle()
        word, find_field = window.bench.files.word, window.bench.find.field
        assert find_field.geometry().right() < word.field.x()
        assert word.field.geometry().right() < word.more.x()
        assert word.more.width() >= word.more.sizeHint().width()
        assert word.field.width() >= word.field.fontMetrics().horizontalAdvance(word.field.text())
        assert word.more.geometry().right() < word.width()


@pytest.mark.parametrize(("size", "zoom"), [((1024, 700), 2.0), ((1280, 720), 3.0)])
def test_where_the_word_has_no_room_beside_the_menus_its_key_leads_to_all_of_a_network(qapp, size, zoom):
    with opened(size=size) as window:
        window.theme.set_zoom(zoom)
        for _ in range(4):
            settle()
        word, find_field = window.bench.files.word, window.bench.find.field
        assert find_field.isVisible()
        assert not word.field.isVisible()
        shown = [part for part in (find_field, word.more) if part.isVisible()]
        for part, after in zip(shown, [*shown[1:], None], strict=True):
            assert part.geometry().right() < (word.width() if after is None else after.x())
        window.press("own_word")
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        dialog.close()
        window.theme.set_zoom(1.0)
        for _ in range(4):
            settle()
        assert word.field.isVisible()
        assert word.more.isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (1024, 600), (640, 480)])
def test_in_a_small_window_all_of_it_is_in_sight(qapp, size):
    with opened(size=size) as window:
        field = window.bench.find.field
        assert field.isVisible()
        assert field.width() >= 100
        find(window, "e", enters=False)
        assert window.shell.rect().contains(field.listing.geometry())
        assert len(lines(window)) > 12
        assert not field.listing.view.visibleRegion().isEmpty()
        window.key(Key.Key_Escape)
        find(window, "h2")
        assert window.place == (1, 10)


def test_its_name_is_what_it_is_for(window):
    assert window.bench.find.field.accessibleName() == window.bench.find.field.placeholderText() == WORDS


def test_while_training_steps_wait_and_say_so(window):
    window.bench.model.jump_to_epoch(9_000_000)
    settle()
    find(window, "h3")
    assert "Epoch 9,000,000 is being trained" in lines(window)[0]
    assert QApplication.focusWidget() is window.bench.find.field
    window.bench.model.cancel_training()


@pytest.mark.parametrize(
    "changes", [lambda model: model.open(open_source("embedding")), lambda model: model.set_way("timesteps")]
)
def test_what_was_found_in_another_program_is_not_gone_to(window, changes):
    find(window, "step 121", enters=False)
    assert lines(window)
    changes(window.bench.model)
    settle()
    assert lines(window) == []
    place = window.place
    window.key(Key.Key_Return)
    assert window.place == place


def test_what_one_wants_done_with_a_number_is_done(window):
    find(window, "why is W negative", enters=False)
    assert lines(window)[0].startswith("Why · W")
    window.key(Key.Key_Return)
    why = window.front("why")
    wait_until(lambda: why.number is not None and why.number.symbol == "W")
    find(window, "what would the loss be if W were 0.5")
    card = window.bench.what_if.card
    wait_until(lambda: "5.8376" in card.words.text())
    assert card.field.hasFocus()
    window.key(Key.Key_Escape)
    window.go_to(10)
    find(window, "hold h2 at 0")
    window.key(Key.Key_Return)
    assert window.action("undo").text() == "Undo h₂ held at 0.0000"
    window.press("undo")


def test_what_can_not_be_done_with_a_number_says_why_and_a_condition_goes_into_watch(window):
    find(window, "hold dW", enters=False)
    assert any(line.startswith("Hold at · ∂L/∂W") and "It follows from other numbers" in line for line in lines(window))
    window.key(Key.Key_Escape)
    find(window, "stop when the loss is below 2")
    field = window.bench.furnish().watch.field
    wait_until(field.hasFocus)
    assert field.text() == "L < 2"
    window.key(Key.Key_Escape)
    field.clear()


@pytest.mark.parametrize("size", [(1024, 700), (1280, 720), (1440, 900)])
@pytest.mark.parametrize("zoom", [1.0, 2.0, 3.0])
def test_the_field_and_what_stands_beside_it_are_whole_at_every_zoom(qapp, size, zoom):
    with opened(settings=Settings(None, {"zoom": zoom}), size=size) as window:
        for _ in range(4):
            settle()
        bar = window.shell.menuBar()
        menus = bar.actionGeometry(bar.actions()[-1]).right()
        parts = [window.bench.find.field, window.bench.files.word.field, window.bench.files.word.more]
        assert parts[0].isVisible()
        for part in (part for part in parts if part.isVisible()):
            left = part.mapTo(window.shell, part.rect().topLeft()).x()
            assert menus < left
            assert left + part.width() <= size[0]
