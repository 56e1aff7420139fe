"""Every number that the sheets print, visited through the window: what it shows there is the printed number."""

import pytest
from PySide6.QtCore import Qt

from core.program.program import Address, Phase
from tests.gui.driving import SHIFT, click, leaves, number, texts_of, values_of
from tests.gui.workbench.printed import SHEETS, is_near, printed


def test_all_numbers_are_there():
    assert {sheet: len(printed(sheet)) for sheet in SHEETS} == SHEETS
    assert sum(SHEETS.values()) == 245


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_click_on_a_printed_number_leads_to_where_it_is_shown(window, sheet):
    window.reset(sheet)
    table = window.front("sheet").table
    expected = {
        epoch: sorted(value for number_epoch, _, _, value in printed(sheet) if number_epoch == epoch)
        for epoch in (1, 2)
    }
    visited: dict[int, list[float]] = {1: [], 2: []}
    met: dict[tuple[int, int], int] = {}
    for index in leaves(table):
        if index.parent().data().startswith(("Loss", "Smallest")):  # of later epochs
            continue
        value = number(index.siblingAtColumn(1).data())
        table.scrollTo(index)
        click(table, table.visualRect(index).center())
        place = window.place
        visited[place[0]].append(value)
        # The lines of one step stand in the order of its entries.
        shown = [text for row in window.result() for text in row][met.setdefault(place, 0)]
        met[place] += 1
        line = index.data()
        assert is_near(shown, value), (line, value, shown)
        assert is_near(index.siblingAtColumn(2).data(), value), line
        assert index.siblingAtColumn(3).data()[2:] in ("equal", "one unit off", "1 off"), line
        assert any(is_near(word, value) for word in verdict_line(window)), line
    assert {epoch: sorted(values) for epoch, values in visited.items()} == expected
    assert sum(map(len, visited.values())) == SHEETS[sheet]
    checked = f"{SHEETS[sheet]} of {SHEETS[sheet]} checked so far"
    window.key(Qt.Key.Key_End)
    assert window.front("sheet").count.text().startswith(checked)
    assert window.front("sheet").count.text().endswith("0 differ.")


def verdict_line(window):
    """The numbers that the formula panel quotes from the sheet."""
    line = window.bench.formula.note.sheet.text().split("\n")[0]
    assert line.startswith("The sheet prints "), line
    return [word for word in line.removeprefix("The sheet prints ").split("   ")[0].split() if word[-1].isdigit()]


def test_values_of_the_forward_pass_stand_in_the_values_panel_too(window):
    window.reset()
    window.front("values")
    window.go_to(window.length)
    rows = values_of(window)
    for epoch, symbol, entry, value in printed("attention"):
        name, _, rest = symbol.partition("[")
        indices = [int(i) for i in rest.rstrip("]").split(",") if i]
        labels = {"h": "hₜ", "Z": "Zₜ", "L": "Lₜ" if indices else "L"}
        if epoch != 1 or name not in labels:
            continue
        text = rows[labels[name]][indices[0] - 1 if indices else 0]
        assert is_near(text, value), (symbol, entry, text, value)


def test_a_number_that_is_not_reached_is_not_shown(window):
    window.reset()
    table = window.front("sheet").table
    assert not any(index.siblingAtColumn(3).data() for index in leaves(table))
    window.front("values")
    assert not any("." in text for row in values_of(window).values() for text in row)
    window.key(Qt.Key.Key_Space)
    assert [text for row in values_of(window).values() for text in row if "." in text] == ["0.1442", "0.1432"]
    window.key(Qt.Key.Key_Space, SHIFT)
    assert not any("." in text for row in values_of(window).values() for text in row)


@pytest.mark.parametrize("t", [1, 2, 3, 4])
@pytest.mark.parametrize("epoch", [1, 1000])
def test_a_prediction_marks_the_letter_that_was_wanted_and_the_likeliest(window, t, epoch):
    window.reset()
    view = window.bench.model.view
    window.go_to(view.program.position(Address(Phase.FORWARD, "yhat", (t,))), epoch)
    shown = [float(row[2]) for row in texts_of(window.bench.formula.softmax.table)]
    likeliest, wanted = shown.index(max(shown)), "helo".index("ello"[t - 1])
    expected = list("helo")
    expected[wanted] = f"▶ {expected[wanted]} wanted"
    expected[likeliest] += ", predicted" if likeliest == wanted else " predicted"
    assert list(window.bench.formula.softmax.table.picture.row_labels) == expected
