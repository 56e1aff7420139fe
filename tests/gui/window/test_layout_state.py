"""Layouts as text of our own: what is taken is built again; what is damaged is refused, and ends nothing."""

from __future__ import annotations

import json
import random

import pytest
from PySide6.QtCore import QRect, QSettings, Qt

from gui.window import layout_state
from gui.window.main_window import MainWindow
from gui.workbench.settings import Settings
from tests.gui.driving import settle


@pytest.fixture(autouse=True)
def as_at_first(window):
    window.shell.arrangement.unfold()
    settle()
    yield
    window.press("reset_layout")


def looks(window):
    """Where every dock is that can be seen, and which are closed or float."""
    settle()
    docks = window.shell.docks
    return {
        name: "closed"
        if dock.isHidden()
        else ("floats", (dock.width(), dock.height()))  # its place may be on no screen of a test
        if dock.isFloating()
        else ("", dock.geometry().getRect())
        if not dock.visibleRegion().isEmpty()
        else "behind"
        for name, dock in docks.items()
    }


def near(found, wanted):
    """The same docks at the same places, to the few pixels by which Qt shares out what it cannot divide."""
    assert found.keys() == wanted.keys()
    for name in wanted:
        if isinstance(wanted[name], str) or isinstance(found[name], str):
            assert found[name] == wanted[name], name
        else:
            assert found[name][0] == wanted[name][0], name
            assert all(abs(a - b) <= 4 for a, b in zip(found[name][1], wanted[name][1], strict=True)), (
                name,
                found[name],
                wanted[name],
            )


def arrange_at_random(window, chance):
    """Move docks about as a user might: split, tab, move to another area, close, resize."""
    shell = window.shell
    for _ in range(5):
        one, other = (shell.docks[name] for name in chance.sample(list(shell.docks), 2))
        act = chance.choice(["split", "tab", "move", "close", "resize", "float"])
        if act == "split" and not (one.isHidden() or one.isFloating() or shell.tabifiedDockWidgets(one)):
            # Of a closed one, or one behind tabs, Qt would lose the other.
            shell.splitDockWidget(one, other, chance.choice(list(Qt.Orientation)))
        elif act == "tab" and not one.isFloating():
            shell.tabifyDockWidget(one, other)
        elif act == "move":
            shell.addDockWidget(chance.choice([Qt.DockWidgetArea.LeftDockWidgetArea,
                                               Qt.DockWidgetArea.BottomDockWidgetArea]), one)  # fmt: skip
        elif act == "close":
            one.close()
        elif act == "float":
            one.setFloating(True)
        else:
            shell.resizeDocks([one], [chance.randrange(150, 500)], chance.choice(list(Qt.Orientation)))
            shell.arrangement.hand_over()  # as after a drag
    settle()


@pytest.mark.parametrize("seed", range(6))
def test_what_is_taken_is_built_again(window, seed):
    arrange_at_random(window, random.Random(seed))
    wanted = looks(window)
    text = window.shell.arrangement.state()
    window.press("reset_layout")
    assert window.shell.arrangement.restore(text)
    near(looks(window), wanted)


def test_the_arrangement_of_the_first_start_is_built_again(window):
    wanted, docks = looks(window), window.shell.docks
    text = layout_state.taken(window.shell, docks)
    docks["program"].close()
    docks["values"].setFloating(True)
    settle()
    layout = layout_state.read(text, tuple(docks))
    assert layout is not None
    layout_state.build(window.shell, docks, layout)
    near(looks(window), wanted)


def test_a_floating_dock_that_no_screen_shows_comes_back_in_sight(window):
    docks = window.shell.docks
    docks["loss"].setFloating(True)
    docks["loss"].setGeometry(QRect(90_000, 90_000, 300, 200))
    text = window.shell.arrangement.state()
    window.press("reset_layout")
    window.shell.arrangement.restore(text)
    assert window.shell.screen().availableGeometry().intersects(docks["loss"].geometry())


def test_damaged_layouts_are_refused_or_built_and_end_nothing(window):
    chance = random.Random(1)
    arrange_at_random(window, chance)
    text = window.shell.arrangement.state()
    before, refused = looks(window), 0
    for _ in range(200):
        data = bytearray(text.encode())
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(32, 127)
        if layout_state.read(data.decode(), tuple(window.shell.docks)) is None:
            assert not window.shell.arrangement.restore(data.decode())
            refused += 1
    assert refused > 150
    assert looks(window) == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: state["closed"].pop("loss"),
        lambda state: state["closed"].update(values="left"),
        lambda state: state["closed"].update(other="left"),
        lambda state: state["closed"].update(loss="middle"),
        lambda state: state["floating"]["program"].update(place=[0, 0, 0, 10]),
        lambda state: state["floating"]["program"].update(place=[10**12, 0, 9, 9]),
        lambda state: state["areas"].update(left={"type": "split", "along": "down", "parts": []}),
        lambda state: state.update(more=1),
    ],
    ids=range(8),
)
def test_a_layout_that_cannot_be_is_refused(window, spoil):
    window.shell.docks["loss"].close()
    window.shell.docks["program"].setFloating(True)
    state = json.loads(window.shell.arrangement.state())
    names = tuple(window.shell.docks)
    assert layout_state.read(json.dumps(state), names) is not None
    spoil(state)
    assert layout_state.read(json.dumps(state), names) is None


@pytest.mark.parametrize("text", ["", "{}", "null", "\ud800", "[" * 100_000, '{"areas":' * 10_000])
def test_what_is_no_layout_is_refused(window, text):
    assert layout_state.read(text, tuple(window.shell.docks)) is None


def test_a_layout_with_which_the_last_start_did_not_get_through_is_dropped(tmp_path):
    def settings():
        return Settings(QSettings(str(tmp_path / "chainrule.ini"), QSettings.Format.IniFormat))

    first = settings()
    first.layout = "a layout"
    first.begin()
    first.end()
    second = settings()
    second.begin()
    assert second.layout == "a layout"  # and here it ends
    third = settings()
    third.begin()
    third.end()
    assert (third.layout, settings().layout) == ("", "")


def test_the_place_of_the_window_is_remembered_as_far_as_there_is_a_screen(theme, tmp_path):
    store = QSettings(str(tmp_path / "chainrule.ini"), QSettings.Format.IniFormat)
    Settings(store).place = QRect(30, 40, 700, 500), False
    assert Settings(store).place == (QRect(30, 40, 700, 500), False)
    window = MainWindow(theme)  # as it is before its first frame
    window.stand(QRect(30, 40, 700, 500), False)
    assert window.geometry() == QRect(30, 40, 700, 500)
    window.stand(QRect(90_000, 40, 710, 500), False)
    assert window.geometry() == QRect(30, 40, 700, 500)
    window.deleteLater()
    for rubbish in ("rubbish", "1 2 3", b"\x01", 7, ["1"], "9999999 0 1 1 0", "1 2 3 4 5"):
        store.setValue("place", rubbish)
        assert Settings(store).place is None
