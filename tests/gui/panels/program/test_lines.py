"""The lines of the program tree, without a window: every step is below just one line, and can be found there."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.program.outline import Outline
from core.program.program import Program
from core.sources.opening import open_source
from core.sources.own_network import build, for_word
from gui.panels.program.lines import RANGE, Line, Lines

pytestmark = pytest.mark.without_qt


def lines_of(word=""):
    source = open_source("attention")
    if word:
        source = build(for_word(word, source, 7))
    program = Program(source.network)
    return Lines(Outline(program)), program


def steps_below(lines: Lines, line: Line) -> list[int]:
    """The steps below *line*, by walking down to every one."""
    count = lines.count(line)
    if not count:
        return [lines.span(line).first]
    return [step for row in range(count) for step in steps_below(lines, lines.child(line, row))]


@pytest.mark.parametrize("word", ["", "abcdefghij" * 3, "a" * 12])
def test_walking_all_lines_meets_every_step_once_and_in_order(word):
    lines, program = lines_of(word)
    assert steps_below(lines, lines.root) == list(range(1, len(program) + 1))


@pytest.mark.parametrize("word", ["", "abcdefghij" * 3, "abc" * 120])
def test_following_the_rows_of_a_position_leads_to_its_step_past_no_more_than_a_hundred_lines(word):
    lines, program = lines_of(word)
    for position in {1, 2, len(program) // 3, len(program) // 2, len(program) - 1, len(program)}:
        line, last = lines.root, None
        while lines.count(line):
            assert lines.count(line) <= RANGE + 1
            row = lines.row_of(line, position)
            last = lines.is_step(line, row)
            line = lines.child(line, row)
            assert lines.span(line).first <= position <= lines.span(line).last
        assert last
        assert lines.span(line).first == lines.span(line).last == position


def test_a_range_says_its_first_and_its_last_and_holds_what_lies_between():
    lines, _ = lines_of("abc" * 120)
    forward = lines.child(lines.root, 0)
    ranges = [line for line in (lines.child(forward, row) for row in range(lines.count(forward))) if line.is_range]
    assert [lines.label(line).name.count("…") for line in ranges] == [1] * len(ranges)
    spans = [lines.span(line) for line in ranges]
    assert all(before.last + 1 == after.first for before, after in pairwise(spans))
    assert len(ranges) == 4  # 359 timesteps
