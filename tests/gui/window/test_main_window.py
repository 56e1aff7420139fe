"""The shell for its size and zoom: three arrangements, the toolbar, floating docks, the outlined card."""

import gc

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton, QWidget

from core.commands.cli import WindowRequest, parse
from core.sources.opening import open_source
from gui.app import complete, fill
from gui.debugger.model import DebuggerModel
from gui.debugger.wording import stepping_labels
from gui.look.theme import Theme
from gui.window.dock import Card
from gui.window.main_window import MainWindow
from gui.workbench.settings import Settings
from tests.gui.driving import CTRL, FRONT, click, opened, settle, wait_until

Key = Qt.Key


@pytest.fixture(autouse=True)
def as_at_first(window):
    window.shell.resize(1440, 900)
    window.press("zoom_reset")
    window.press("reset_layout")
    window.reset()


def marked(window):
    """The cards that are outlined."""
    return [card for card in window.shell.findChildren(Card) if card.property("marked")]


def in_one_stack(window, name):
    docks = window.shell.docks
    return {dock.objectName() for dock in window.shell.tabifiedDockWidgets(docks[name])} | {name}


def share(window):
    """The formula's part of the window, in width and in height."""
    settle()
    centre, whole = window.shell.centre, window.shell
    return centre.width() / whole.width(), centre.height() / whole.height()


NUMBERS = {"parameters", "values", "attention"}
TIGHT = {"program", *NUMBERS, "contributions", "loss", "sheet"}


def test_zoomed_for_a_projector_the_formula_keeps_the_most_of_the_window(window):
    for size, zoom in (((1440, 900), 1.5), ((1440, 900), 2.0), ((1920, 1080), 2.0)):
        window.shell.resize(*size)
        window.theme.set_zoom(zoom)
        wait_until(lambda: in_one_stack(window, "parameters") == TIGHT)
        wait_until(lambda: share(window) >= (0.95, 0) and share(window)[1] >= 0.7)  # once all is laid out again
        assert (window.shell.width(), window.shell.height()) == size


def test_zooming_and_back_gives_the_formula_all_its_room_again(window):
    before = share(window)
    window.key(Key.Key_Plus, CTRL, times=3)
    wait_until(lambda: in_one_stack(window, "parameters") == TIGHT)
    window.key(Key.Key_0, CTRL)
    wait_until(lambda: in_one_stack(window, "parameters") == NUMBERS)
    assert share(window) == pytest.approx(before, abs=0.01)


def test_a_window_made_small_is_arranged_for_it_and_made_large_again_too(window):
    window.shell.resize(1024, 700)
    wait_until(lambda: in_one_stack(window, "parameters") == NUMBERS | {"program"})
    window.shell.resize(900, 560)
    wait_until(lambda: in_one_stack(window, "parameters") == TIGHT)
    assert window.shell.docks["timeline"].isHidden()
    window.shell.resize(1440, 900)
    wait_until(lambda: in_one_stack(window, "parameters") == NUMBERS)
    assert not window.shell.docks["timeline"].isHidden()


def tab_bars(window):
    """The tabs of the docks."""
    bars = window.shell.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [bar for bar in bars if bar.isVisible() and bar.count()]


def places(window):
    """Where every dock in sight and the formula are."""
    for _ in range(3):  # layouts take more than one turn of the event loop
        settle()
    docks = {name: dock for name, dock in window.shell.docks.items() if not dock.visibleRegion().isEmpty()}
    return {name: part.geometry().getRect() for name, part in {**docks, "formula": window.shell.centre}.items()}


@pytest.mark.parametrize("is_users", [False, True])
def test_docks_come_back_from_a_small_window_as_they_were(window, is_users):
    window.go_to(62)
    window.shell.resize(1436, 850)
    if is_users:
        drag(window, 40)
    before = places(window)
    window.shell.resize(800, 560)
    assert places(window) != before
    window.shell.resize(1436, 850)
    after = places(window)
    assert set(after) == set(before)
    assert {name: place[::2] for name, place in after.items()} == {name: place[::2] for name, place in before.items()}
    assert [name for name in after if abs(after[name][3] - before[name][3]) > 4] == []


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_no_dock_is_starved(window, size):
    window.shell.resize(*size)
    window.go_to(62)
    window.front("contributions")
    shown = places(window)
    assert set(shown) == {"program", "parameters", "contributions", "timeline", "formula"}
    assert shown["program"][2] == (230 if size[0] == 1440 else 212)
    assert shown["parameters"][2] == (389 if size[0] == 1440 else 340)
    for name in ("parameters", "contributions"):
        assert shown[name][3] >= 0.33 * size[1], name
    assert shown["timeline"][3] <= 70


def test_the_docks_that_tell_where_a_gradient_is_from_are_tabs_until_its_first_term(qapp):
    with opened() as window:
        assert {"program", "parameters", "timeline", "formula"} == set(places(window))
        window.go_to(window.length // 3)
        window.press("start")
        assert "contributions" not in places(window)
        window.go_to(62)
        assert "contributions" in places(window)
        window.press("start")
        assert "contributions" in places(window)


def test_a_click_on_a_tab_unfolds_its_stack_and_on_the_front_one_folds_it(window):
    window.shell.resize(900, 560)
    wait_until(lambda: in_one_stack(window, "parameters") == TIGHT)
    assert set(places(window)) == {"formula"}
    (bar,) = tab_bars(window)
    titles = [bar.tabText(tab) for tab in range(bar.count())]
    click(bar, bar.tabRect(titles.index("Values")).center())
    assert places(window)["values"][3] > 150
    click(bar, bar.tabRect(titles.index("Attention")).center())
    assert places(window)["attention"][3] > 150
    click(bar, bar.tabRect(titles.index("Attention")).center())
    assert set(places(window)) == {"formula"}


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (1024, 700)])
def test_the_names_of_all_tabs_are_shown_in_full(window, size):
    window.shell.resize(*size)
    settle()
    window.front("rules")
    settle()
    bars = tab_bars(window)
    assert len(bars) == 2
    for bar in bars:
        assert bar.tabRect(bar.count() - 1).right() <= bar.width()
        assert not any(button.isVisible() for button in bar.findChildren(QToolButton))
    window.press("reset_layout")


def test_rules_are_opened_from_the_button_of_the_rule(window):
    window.press("reset_layout")
    assert window.shell.docks["rules"].isHidden()
    window.bench.rule_button.compare.trigger()
    settle()
    assert "rules" in places(window)


def test_the_menu_lists_docks_by_the_question_that_they_answer(window):
    panels = next(menu for menu in window.shell.findChildren(QMenu) if menu.title() == "Panels")
    assert [action.text() for action in panels.actions() if not action.isSeparator()] == [
        "Where am I", "Program", "Timeline",
        "What are the numbers", "Parameters", "Values", "Attention", "Watch",
        "Where from", "Contributions", "Loss", "Why",
        "Is it right", "Sheet", "Rules",
    ]  # fmt: skip


def test_the_tab_in_front_stays_in_front(window):
    window.front("sheet")
    window.shell.resize(900, 560)
    wait_until(lambda: in_one_stack(window, "parameters") == TIGHT)
    settle()
    (bar,) = tab_bars(window)
    assert bar.tabText(bar.currentIndex()) == "Sheet"


@pytest.mark.parametrize("act", [
    lambda shell: shell.docks["loss"].setFloating(True),
    lambda shell: shell.docks["program"].close(),
    lambda shell: shell.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, shell.docks["loss"]),
])  # fmt: skip
def test_what_the_user_arranged_stays(window, act):
    act(window.shell)
    settle()
    window.shell.resize(900, 560)
    settle()
    settle()
    assert in_one_stack(window, "parameters") == NUMBERS
    window.press("reset_layout")
    assert in_one_stack(window, "parameters") == TIGHT


def drag(window, by):
    """Drag the separator right of the program."""
    program = window.shell.docks["program"].geometry()
    gap = QPoint(program.right() + 5, program.center().y())
    QTest.mousePress(window.shell, Qt.MouseButton.LeftButton, pos=gap)
    QTest.mouseMove(window.shell, gap + QPoint(by, 0))
    settle()
    QTest.mouseRelease(window.shell, Qt.MouseButton.LeftButton, pos=gap + QPoint(by, 0))
    settle()


def test_a_dragged_separator_is_the_users_and_remembered(window):
    assert window.shell.arrangement.state() == ""
    timeline, before = window.shell.docks["timeline"].height(), window.shell.docks["program"].width()
    drag(window, 40)
    assert window.shell.docks["program"].width() == before + 40
    assert window.shell.docks["timeline"].height() == timeline
    assert window.shell.arrangement.state() != ""


def test_a_remembered_layout_is_the_users(qapp, tmp_path):
    def settings():
        return Settings(QSettings(str(tmp_path / "chainrule.ini"), QSettings.Format.IniFormat))

    with opened(settings=settings()) as first:
        first.shell.docks["loss"].setFloating(True)
        first.shell.docks["loss"].setGeometry(QRect(50, 60, 400, 320))
        place = first.shell.docks["loss"].geometry()
    with opened(settings=settings()) as second:
        assert second.shell.docks["loss"].geometry() == place
        second.shell.resize(900, 560)
        settle()
        settle()
        assert in_one_stack(second, "parameters") == NUMBERS


# -- the toolbar ------------------------------------------------------------------------------------------------


def words(window):
    """What the toolbar says in words, from the least needed on."""
    toolbar = window.shell.toolbar
    button = toolbar.buttons["out"]
    assert isinstance(button, QToolButton)
    bare = button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    return [
        toolbar.stated.isVisible(),
        window.bench.form_button.text() == "4 decimals",
        all(label.isVisible() for label in toolbar._labels),
        not bare,
    ]


def test_a_narrower_toolbar_drops_whole_parts_the_least_needed_first(window):
    seen = []
    for width in range(1440, 770, -20):
        window.shell.resize(width, 600)
        settle()
        now = words(window)
        assert now == sorted(now), f"out of order at {width}"
        seen.append(tuple(now))
        into = window.shell.toolbar.buttons["into"]
        for name in ("back", "into", "over", "out"):
            button = window.shell.toolbar.buttons[name]
            assert button.width() >= button.sizeHint().width(), f"{name} is elided at {width}"
        assert into.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        assert window.action("into").text() == "Step"
    assert len(set(seen)) == 5
    assert seen[0] == (True, True, True, True)
    assert seen[-1] == (False, False, False, False)
    assert "the sheet states 0.1" in window.shell.toolbar.learning_rate.toolTip()
    assert "Finish" in window.action("out").toolTip()
    window.shell.resize(1440, 900)
    settle()
    assert words(window) == [True, True, True, True]


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
@pytest.mark.parametrize("way", ["terms", "timesteps"])
def test_the_toolbar_stands_still_at_every_step(window, sheet, size, way):
    window.shell.resize(*size)
    window.reset(sheet)
    toolbar, stepped = window.shell.toolbar, DebuggerModel(open_source(sheet))
    stepped.set_way(way)
    parts = [part for part in toolbar.children() if isinstance(part, QWidget)]
    seen = set()
    for position in range(1, len(stepped.view.program) + 1):
        stepped.go_to_position(position)
        toolbar.show_stepping(stepping_labels(stepped.view))
        settle()
        seen.add(tuple((part.isVisible(), part.geometry().getRect()) for part in parts))
    assert len(seen) == 1
    assert toolbar.buttons["out"].text() == "Finish phase"  # it did say where each leads


def test_stepping_drops_nothing_and_brings_nothing_back(window):
    window.shell.resize(1000, 700)
    settle()
    before = words(window)
    for position in range(1, window.length + 1, 5):
        window.go_to(position)
        assert words(window) == before


# -- leaving a field --------------------------------------------------------------------------------------------


def test_enter_gives_the_keyboard_back_to_the_formula_also_without_a_change(window):
    formula, toolbar = window.bench.formula, window.shell.toolbar
    for text in ("", "3"):
        window.key(Key.Key_G, CTRL)
        assert toolbar.epoch.hasFocus()
        window.type(text)
        window.key(Key.Key_Return)
        wait_until(formula.hasFocus)
    wait_until(lambda: window.place[0] == 3)
    assert formula.hasFocus()
    toolbar.learning_rate.setFocus()
    window.key(Key.Key_Return)
    assert formula.hasFocus()


def test_escape_leaves_a_field_as_it_was(window):
    formula, toolbar = window.bench.formula, window.shell.toolbar
    rate = toolbar.learning_rate.text()
    window.key(Key.Key_G, CTRL)
    window.type("7")
    window.key(Key.Key_Escape)
    assert formula.hasFocus()
    assert window.place[0] == 1
    assert toolbar.epoch.text() == "1"
    toolbar.learning_rate.setFocus()
    toolbar.learning_rate.selectAll()
    window.type("5")
    window.key(Key.Key_Escape)
    assert formula.hasFocus()
    assert toolbar.learning_rate.text() == rate


# -- docks ------------------------------------------------------------------------------------------------------


def test_just_the_card_with_the_keyboard_is_outlined(window):
    assert marked(window) == [window.shell.centre]
    for _ in range(3):
        window.key(Key.Key_F6)
        (card,) = marked(window)
        assert card.isAncestorOf(window.shell.focusWidget())
    window.shell.toolbar.epoch.setFocus()
    assert marked(window) == []


def test_outlining_a_card_lays_nothing_out_again(window):
    card = window.shell.docks["parameters"].card
    before = card.contentsRect(), card.geometry()
    card.set_marked(True)
    settle()
    assert (card.contentsRect(), card.geometry()) == before


def test_a_dock_floats_beside_its_place_and_is_wholly_on_the_screen_each_time(window):
    dock = window.shell.docks["timeline"]
    beside = dock.mapToGlobal(QPoint()) + QPoint(24, 24)
    dock.setFloating(True)
    settle()
    room = dock.screen().availableGeometry()
    assert room.contains(dock.geometry())
    assert dock.pos() == beside or not room.contains(QRect(beside, dock.size()))
    assert dock.width() >= 360
    assert dock.height() >= 300
    first = dock.pos()
    dock.setFloating(False)
    settle()
    dock.setFloating(True)
    settle()
    left_at = dock.pos()
    frame = dock.grab().toImage().pixelColor(0, dock.height() // 2)
    assert frame == window.theme.palette.border
    window.press("reset_layout")
    settle()
    assert left_at == first


def test_a_window_filled_in_sight_is_arranged_as_one_filled_before_it_was_shown(window):
    def places(shell):
        parts = {"formula": shell.centre, **{name: shell.docks[name] for name in ("program", "timeline", *FRONT)}}
        return {name: part.geometry().getRect() for name, part in parts.items()}

    window.shell.resize(1440, 900)
    window.go_to(62)
    window.shell.arrangement.reset()
    wait_until(lambda: window.shell.centre.height() > 300)
    theme = Theme()
    shell = MainWindow(theme)
    shell.resize(1440, 900)
    shell.show()
    QTest.qWaitForWindowExposed(shell)
    request, settings = parse(["attention", "--size", "1440x900", "--step", "62"]), Settings(None)
    assert isinstance(request, WindowRequest)
    complete(request, shell, fill(request, shell, theme, settings), settings)
    wait_until(lambda: places(shell) == places(window.shell))
    shell.close()
    shell.deleteLater()
    gc.unfreeze()  # what is left over after a test is looked for among all objects


def test_a_step_that_is_asked_for_counts_as_the_source_goes_back_whatever_was_chosen_last(qapp):
    for arguments, length, position in (
        (["--step", "110"], 121, 110),
        (["--way", "timesteps", "--step", "90"], 93, 90),
    ):
        theme, settings = Theme(), Settings(None, {"way": "timesteps"})
        shell = MainWindow(theme)
        request = parse(["attention", *arguments])
        assert isinstance(request, WindowRequest)
        model = fill(request, shell, theme, settings).model
        assert (len(model.view.program), model.view.cursor.position) == (length, position)
        shell.close()
        shell.deleteLater()
    gc.enable()
    gc.unfreeze()
