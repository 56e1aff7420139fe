"""Where the rows of a ladder go, without a window."""

import numpy as np
import pytest

from core.steps.template import Piece
from core.writing.form import NumberFormat
from gui.widgets.formula.ladder_layout import Arrangements, Ladder, LadderRow

ONE = np.array([0.5])
ROWS = tuple(LadderRow("×", (Piece(f"h_{n}"),), (Piece("0.5"),), ONE, "") for n in range(12))
FOLDED = LadderRow("", (Piece("g"),), (), ONE, "", -1, aside="3 rows")


@pytest.fixture
def arrangements(qapp, theme):
    return Arrangements(Ladder(ROWS, 3, FOLDED), 700.0, NumberFormat(), theme)


def test_the_lower_the_room_the_lower_the_ladder(arrangements):
    whole = arrangements.within(1000.0)
    assert [placed.row for placed in whole.rows] == list(ROWS)
    beside = arrangements.within(whole.height - 1)
    folded = arrangements.within(beside.height - 1)
    assert whole.height > beside.height > folded.height
    assert folded.rows[0].row is FOLDED
    assert arrangements.within(0.0) is folded


def test_what_was_arranged_for_one_room_is_not_arranged_again_for_another(arrangements):
    whole, folded = arrangements.within(1000.0), arrangements.within(0.0)
    assert arrangements.within(1000.0) is whole
    assert arrangements.within(0.0) is folded


def test_no_numbers_stand_under_the_products(qapp, theme):
    numbers = (Piece(" ".join(["0.1234"] * 12)),)
    ladder = Ladder((LadderRow("×", (Piece("J"),), numbers, np.array([0.5] * 4), ""),))
    for width, shown in ((1200.0, True), (420.0, False)):
        (placed,) = Arrangements(ladder, width, NumberFormat(), theme).within(1000.0).rows
        rights = [at.x() + drawing.size(em).width() for drawing, em, at in placed.drawings]
        assert len(rights) == 1 + shown
        assert max(rights) <= placed.cells[0].left() + theme.px(12)
