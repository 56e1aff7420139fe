"""Names in plain words: what stands below a letter is lowered, and what is read and wanted stays as it is."""

import pytest

from gui.look.names import lowered
from gui.widgets.parts.copied_label import CopiedLabel

NAMED = {
    "∂L/∂W_i: loss 4, via h₄, W_i used at t = 2": "∂L/∂W<sub>i</sub>: loss 4, via h₄, W<sub>i</sub> used at t = 2",
    "∂L/∂b_hn": "∂L/∂b<sub>hn</sub>",
    "Update U_o": "Update U<sub>o</sub>",
    "what loss t asks of the W_f used at timestep k": "what loss t asks of the W<sub>f</sub> used at timestep k",
    "b_o new": "b<sub>o</sub> new",
    "η times the gradient: U_o moves on": "η times the gradient: U<sub>o</sub> moves on",
    "∂L/∂U_i & U_ix <b>": "∂L/∂U<sub>i</sub> &amp; U_ix &lt;b&gt;",
}
AS_THEY_ARE = ["a_b → c_d", "should say a_b", "∂L/∂W: loss 3", "W_i", "snake_case", ""]


@pytest.mark.without_qt
@pytest.mark.parametrize("text", NAMED)
def test_what_stands_below_is_lowered_wherever_a_derivative_names_it(text):
    assert lowered(text) == NAMED[text]


@pytest.mark.without_qt
@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_words_that_may_be_a_readers_stay_as_they_are(text):
    assert lowered(text) == ""


@pytest.mark.without_qt
def test_names_alone_are_lowered_where_it_is_said_that_they_are_names():
    assert lowered("U_iᵀ new", named=True) == "U<sub>i</sub>ᵀ new"
    assert lowered("W_f@3", named=True) == "W<sub>f</sub>@3"
    assert lowered("W", named=True) == ""


def test_a_label_shows_names_lowered_and_says_its_words(qapp, theme):
    label = CopiedLabel()
    label.set_words("∂L/∂W_i: loss 4")
    narrow = label.sizeHint().width()
    assert label.text() == "∂L/∂W_i: loss 4"
    label.set_words("∂L/∂WWi: loss 4")
    assert narrow < label.sizeHint().width()
    metrics = theme.metrics(14)
    assert metrics.width("∂L/∂W_i") < metrics.width("∂L/∂Wii")
    assert metrics.width("U_i", named=True) < metrics.width("U_i")
