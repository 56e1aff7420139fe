"""The sheets of numbers in the real window: opened by their menu, what they print and say beside their steps."""

from collections.abc import Iterator

import pytest

from core.program.program import Address, Phase
from gui.panels.sheet.panel import SheetPanel
from tests import worked_sheets
from tests.gui.driving import Window, opened

ACTIONS = {"lstm": "open_lstm", "last-step": "open_last_step"}


@pytest.fixture(scope="module")
def any_window() -> Iterator[Window]:
    with opened("embedding") as made:
        yield made


@pytest.fixture(scope="module", params=ACTIONS)
def window(request, any_window: Window) -> Window:
    any_window.press(ACTIONS[request.param])
    return any_window


def stand_at(window, phase, name, *indices):
    window.go_to(window.bench.model.view.program.position(Address(phase, name, indices)))


def test_what_a_script_worked_stands_beside_every_step_that_makes_it(window):
    name = window.bench.model.view.source.name
    for symbol, value in list(worked_sheets.sheets()[name]["printed"]["1"].items())[::5]:
        base, _, t = symbol.removeprefix("dL/d").removesuffix("_new").removesuffix("]").partition("[")
        phase = Phase.UPDATE if "_new" in symbol else Phase.BACKWARD if symbol.startswith("dL/d") else Phase.FORWARD
        stand_at(window, phase, base, *([int(t)] if t else []))
        numbers = value if isinstance(value, list) else [value]
        numbers = [x for row in numbers for x in (row if isinstance(row, list) else [row])]
        printed = "  ".join(f"{number:.4f}".replace("-", "−") for number in numbers)
        said = window.bench.formula.note.sheet.text()
        assert said.startswith(f"The sheet prints {printed}   ✓ "), symbol
        assert "differs" not in said
        shown = [number for row in window.result() for number in row]
        assert sorted(shown) == sorted(printed.split("  ")), symbol


def test_a_note_stands_below_what_is_printed_in_the_first_epoch_alone(window):
    stand_at(window, Phase.BACKWARD, "h", 3 if window.bench.model.view.source.name == "lstm" else 2)
    lines = window.bench.formula.note.sheet.text().splitlines()
    assert lines[1] in (
        "Only its own error asks of h₃, since no timestep comes after it.",
        "There is no loss at t = 2: all of it comes back through W.",
    )
    position = window.place[1]
    window.go_to(position, epoch=2)
    assert window.bench.formula.note.sheet.text().startswith("Of epoch 2 the sheet prints only ")
    assert len(window.bench.formula.note.sheet.text().splitlines()) == 1
    window.go_to(1)


def test_all_printed_numbers_are_checked_at_the_end_of_the_second_epoch_and_no_errata_are_offered(window):
    panel = window.front("sheet")
    assert isinstance(panel, SheetPanel)
    window.go_to(window.length, epoch=2)
    total = 82 if window.bench.model.view.source.name == "lstm" else 54
    assert panel.count.text() == f"{total} of {total} checked so far: {total} equal, 0 one unit off, 0 differ."
    assert not panel.tabs.isTabVisible(1)
