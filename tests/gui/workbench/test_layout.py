"""Docks, theme and zoom: closed and brought back, floated, reset, remembered."""

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from core.network.rule import NAMED_RULES
from core.writing.form import NumberFormat
from gui.look.theme import DARK, LIGHT
from gui.panels.contributions.panel import ContributionsPanel
from gui.window.help import HelpDialog
from gui.workbench.settings import Settings
from tests.gui.driving import CTRL, opened, settle

Key = Qt.Key


@pytest.fixture(autouse=True)
def as_at_first(window):
    window.reset()
    window.press("reset_layout")
    window.press("zoom_reset")
    window.press("theme_light")


def panel_action(window, title):
    """The line of View › Panels with that title."""
    panels = next(menu for menu in window.shell.findChildren(QMenu) if menu.title() == "Panels")
    return next(action for action in panels.actions() if action.text() == title)


@pytest.mark.parametrize("name", ["program", "parameters", "values", "attention", "contributions", "loss", "sheet",
                                  "rules", "timeline"])  # fmt: skip
def test_a_dock_is_closed_and_brought_back_from_the_menu(window, name):
    dock = window.shell.docks[name]
    dock.close()
    settle()
    assert not dock.isVisible()
    action = panel_action(window, dock.windowTitle())
    assert not action.isChecked()
    window.go_to(62)
    action.trigger()
    settle()
    assert action.isChecked()
    assert not dock.isHidden()


def test_a_dock_that_was_closed_shows_where_the_cursor_is_now(window):
    window.go_to(2)
    window.shell.docks["program"].close()
    window.go_to(62)
    window.front("program")
    assert "(3, 3, 2)" in window.bench.panels["program"].tree.currentIndex().data()


def test_every_dock_floats_and_follows_there(window):
    for name, dock in window.shell.docks.items():
        dock.setFloating(True)
        settle()
        assert dock.isFloating(), name
    window.go_to(62)
    assert window.bench.panels["timeline"].label.text() == "step 62 of 121"
    window.press("reset_layout")
    assert not any(dock.isFloating() for dock in window.shell.docks.values())
    assert window.place == (1, 62)


def test_keys_work_from_a_floating_dock(window):
    dock = window.shell.docks["timeline"]
    dock.setFloating(True)
    dock.activateWindow()
    QTest.qWaitForWindowActive(dock)
    window.bench.panels["timeline"].bar.setFocus()
    window.key(Key.Key_Space)
    assert window.place == (1, 2)
    window.press("reset_layout")
    settle()


def test_reset_brings_every_dock_back_where_it_was(window):
    before = {name: dock.geometry() for name, dock in window.shell.docks.items() if dock.isVisible()}
    window.shell.docks["program"].close()
    window.shell.docks["values"].setFloating(True)
    window.shell.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.shell.docks["loss"])
    settle()
    window.press("reset_layout")
    settle()
    assert [name for name, dock in window.shell.docks.items() if dock.isHidden()] == ["watch", "why", "rules"]
    after = {name: dock.geometry() for name, dock in window.shell.docks.items() if dock.isVisible()}
    assert set(after) == set(before)
    assert [n for n in after if (after[n].topLeft() - before[n].topLeft()).manhattanLength() > 60] == []


def contributions(window):
    bars = window.front("contributions")
    assert isinstance(bars, ContributionsPanel)
    return bars


def test_layout_and_choices_are_remembered(qapp, tmp_path):
    file = str(tmp_path / "chainrule.ini")

    def settings():
        return Settings(QSettings(file, QSettings.Format.IniFormat))

    with opened(settings=settings()) as first:
        first.shell.docks["program"].close()
        first.shell.docks["loss"].setFloating(True)
        first.press("theme_dark")
        first.press("zoom_in")
        first.press("stage_order")
        first.press("skip_zero")
        first.bench.form_button.choices[NumberFormat("significant", 6)].trigger()
        first.go_to(100)
        bars = contributions(first)
        for choice in (bars.grouping.button("t-k"), bars.form.button("Log")):
            QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
        first.activate()
        first.key(Key.Key_Space, times=6)
    with opened(settings=settings()) as second:
        assert second.shell.docks["program"].isHidden()
        assert second.shell.docks["loss"].isFloating()
        assert not second.shell.docks["values"].isHidden()
        assert second.theme.palette is DARK
        assert second.action("theme_dark").isChecked()
        assert second.theme.zoom == 1.15
        assert second.action("stage_order").isChecked()
        assert second.bench.model.state.order == "stage"
        assert second.action("skip_zero").isChecked()
        assert second.bench.form_button.choices[NumberFormat("significant", 6)].isChecked()
        assert second.shell.hint.text() == ""
        second.go_to(100)
        bars = contributions(second)
        assert bars.grouping.button("t-k").isChecked()
        assert bars.form.button("Log").isChecked()
        assert bars.words.startswith("Add what lies equally far back")


def test_a_store_full_of_rubbish_gives_the_defaults(qapp, tmp_path):
    store = QSettings(str(tmp_path / "chainrule.ini"), QSettings.Format.IniFormat)
    for name in ("theme", "zoom", "style", "digits", "hinted_steps", "skip_zero", "stage_order", "layout", "place",
                 "group_by", "terms_as"):  # fmt: skip
        store.setValue(name, "rubbish")
    with opened(settings=Settings(store)) as window:
        assert window.theme.zoom == 1.0
        assert not window.action("skip_zero").isChecked()
        window.key(Key.Key_Space)
        assert window.result() == [["0.1432"]]
        bars = contributions(window)
        assert (bars.grouping.current, bars.form.current) == ("term", "Bars")


@pytest.mark.parametrize(
    "number", ["nan", "inf", "-inf", "1e400", "0.1", "1e300", "-1", "99", b"\x01", ["1", "2"], True, None, {"a": 1}]
)
def test_numbers_in_the_store_that_are_none_give_the_defaults(tmp_path, number):
    store = QSettings(str(tmp_path / "chainrule.ini"), QSettings.Format.IniFormat)
    for name in ("zoom", "digits", "hinted_steps"):
        store.setValue(name, number)
    settings = Settings(store)
    assert (settings.zoom, settings.form, settings.hinted_steps) == (1.0, NumberFormat(), 5)


def test_light_and_dark_are_set_and_seen(window):
    def background():
        settle()
        return window.shell.grab().toImage().pixelColor(QPoint(3, window.shell.height() - 3))

    assert window.theme.palette is LIGHT
    assert background().lightness() > 200
    window.press("theme_dark")
    assert window.theme.palette is DARK
    assert background().lightness() < 60
    assert [window.action(f"theme_{name}").isChecked() for name in ("system", "light", "dark")] == [False, False, True]
    window.press("theme_system")
    assert window.action("theme_system").isChecked()
    assert not window.action("theme_dark").isChecked()


def test_zoom_scales_fonts_and_targets_and_comes_back(window):
    formula = window.bench.formula
    window.go_to(62)

    def sizes():
        settle()
        why = formula.head.copy
        labels = [label.fontMetrics().height() for label in (formula.head.title, formula.head.subtitle)]
        row = formula.ladder.row_rect(0).height()  # of all its rows, fewer may be open
        return [*labels, row, why.sizeHint().height(), window.shell.font().pixelSize()]

    before = sizes()
    window.key(Key.Key_Plus, CTRL, times=3)
    larger = sizes()
    assert all(after > 1.2 * size for after, size in zip(larger, before, strict=True)), (before, larger)
    window.key(Key.Key_0, CTRL)
    assert sizes() == before
    window.key(Key.Key_Minus, CTRL, times=2)
    smaller = sizes()
    assert all(after < size for after, size in zip(smaller, before, strict=True)), (before, smaller)
    window.key(Key.Key_0, CTRL)
    assert sizes() == before


def test_zoom_ends_at_its_largest_and_smallest(window):
    for nearly, key, end in ((2.5, Key.Key_Plus, 3.0), (0.85, Key.Key_Minus, 0.75)):
        window.theme.set_zoom(nearly)
        window.key(key, CTRL, times=2)
        assert window.theme.zoom == end
        window.go_to(62)


@pytest.mark.parametrize("size", [(1280, 720), (1024, 640)])
def test_a_small_window_shows_every_step(qapp, size):
    with opened(size=size) as window:
        assert (window.shell.width(), window.shell.height()) == size
        for position in range(1, window.length + 1, 7):
            window.go_to(position)
            assert window.bench.formula.head.title.isVisible()
        assert window.shell.tabifiedDockWidgets(window.shell.docks["parameters"])


# Ten of all steps × zooms × sizes × rules, which `tests.benchmarks.bench_fit` counts.
_WIDE = [(1.0, "exact", 63), (1.0, "printed", 92), (1.5, "exact", 72), (2.0, "printed", 23), (2.0, "exact", 118)]
_LOW = [(1.0, "exact", 93), (1.0, "printed", 44), (1.5, "printed", 2), (2.0, "exact", 63), (2.0, "printed", 95)]


@pytest.mark.parametrize(("size", "seen"), [((1440, 900), _WIDE), ((1280, 720), _LOW)])
def test_every_step_shows_its_result_without_scrolling(qapp, size, seen):
    with opened(size=size) as window:
        formula = window.bench.formula
        for zoom, rule, position in seen:
            window.theme.set_zoom(zoom)
            window.bench.model.set_rule(NAMED_RULES[rule])
            window.go_to(position)
            for _ in range(5):  # layouts take more than one turn of the event loop
                settle()
            head = formula.head.value
            is_head_seen = bool(head.text()) and head.visibleRegion().boundingRect().size() == head.size()
            whole = formula.head.title.parentWidget()
            assert whole is not None
            is_all_seen = whole.visibleRegion().boundingRect().height() == whole.height()
            assert is_head_seen or is_all_seen, (zoom, rule, position)
            if zoom == 1.0:
                assert formula.overflow() == 0, (rule, position)


def test_help_lists_every_key_and_the_window_works_beside_it(qapp):
    with opened() as window:
        window.key(Key.Key_F1)
        dialog = window.shell.findChild(HelpDialog)
        assert dialog is not None
        assert dialog.isVisible()
        text = dialog.page.toPlainText()
        for action in window.shell.actions_by_id.values():
            assert all(shortcut.toString() in text for shortcut in action.shortcuts()), action.text()
        window.activate()
        window.key(Key.Key_Space)
        assert window.place == (1, 2)
