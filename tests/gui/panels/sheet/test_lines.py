"""What the Sheet panel shows, without a window: each printed number beside the computed one, once it is reached."""

from __future__ import annotations

import pytest

from core.sources.opening import open_source
from core.sources.worksheets import Printed
from gui.panels.sheet.lines import Checker, Line, Shown, counted, judged
from tests.gui.views import view_at

pytestmark = pytest.mark.without_qt

SHEETS = ("attention", "embedding")


def checked(view):
    assert view.source.worksheet is not None
    checker = Checker.made(view.source.worksheet, view.training, view.program)
    return checker, checker.shown(view)


def pairs(checker: Checker, shown: tuple[tuple[Shown, ...], ...]) -> list[tuple[Line, Shown]]:
    return [
        pair for group, states in zip(checker.groups, shown, strict=True)
        for pair in zip(group.lines, states, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_printed_number_has_just_one_line(sheet):
    source = open_source(sheet).worksheet
    assert source is not None
    checker, shown = checked(view_at(1, source=sheet))
    found = [line.source for line, _ in pairs(checker, shown)]
    assert len(found) == len(source.printed) + len(source.later)
    assert set(map(id, found)) == set(map(id, (*source.printed, *source.later)))


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_number_is_shown_from_its_step_on_and_before_it_says_where_it_will_be(sheet):
    last = len(view_at(1, source=sheet).program)
    for position in (1, 2, last // 3, last - 5, last):
        checker, shown = checked(view_at(position, source=sheet))
        for line, state in pairs(checker, shown):
            if isinstance(line.source, Printed):
                reached = (line.cursor.epoch, line.cursor.position) <= (1, position)
                assert (state.computed is not None) == (state.judgement is not None) == reached
                assert state.current == ((line.cursor.epoch, line.cursor.position) == (1, position))
                where = f"step {line.cursor.position:,}" if line.cursor.epoch == 1 else f"epoch {line.cursor.epoch:,}"
                assert reached or state.place.endswith(where)


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_verdict_is_what_comparing_the_written_decimals_gives(sheet):
    view = view_at(1, epoch=3, source=sheet)
    checker, shown = checked(view)
    for line, state in pairs(checker, shown):
        if not isinstance(line.source, Printed) or state.computed is None:
            continue
        off = abs(round(state.computed * 10**4) - round(line.source.value * 10**4))
        assert state.judgement == ("equal" if off == 0 else "one unit off" if off == 1 else "differs"), line.name


def test_the_count_adds_up_and_grows_with_the_steps():
    found = []
    for position in (1, 20, 74, 121):
        checker, shown = checked(view_at(position))
        words = counted(shown, checker)
        known = sum(isinstance(line.source, Printed) and state.computed is not None for line, state in
                    pairs(checker, shown))  # fmt: skip
        assert words.startswith(f"{known} of ")
        numbers = [int(part.split()[0]) for part in words.partition(": ")[2].split(", ") if part]
        assert sum(numbers) == known
        found.append(known)
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_in_short_a_verdict_keeps_its_mark():
    assert judged(None) == ""
    assert judged("one unit off").split()[0] == judged("one unit off", short=True).split()[0]
    assert len(judged("one unit off", short=True)) < len(judged("one unit off"))
