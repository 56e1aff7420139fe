"""The lines of the Why panel, without a window."""

from core.why.trail import Part
from core.why.users import Use
from core.writing.form import NumberFormat
from gui.panels.why.lines import use_lines


def test_who_uses_a_number_moves_about_so_far_and_what_is_held_stays():
    used = (Use(Part("h₂", 0.3), 0.0, is_exact=True, is_held=True), Use(Part("L", 5.8), -2.0))
    head, held, loss = use_lines(used, NumberFormat())
    assert "if it rises by 0.01" in head.words
    assert (held.words, held.aside, held.value) == ("h₂", "held at 0.3000", "0.0000")
    assert "is held" in held.spoken
    assert (loss.aside, loss.value) == ("now 5.8000", "about −0.0200")
    assert not list(use_lines((), NumberFormat()))
