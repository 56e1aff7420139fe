"""What one wants done with a number, as people say it, and with which number."""

import pytest

from core.finding.doing import Wish, place_of, wish
from core.sources.opening import open_source

SAID = {
    "why is W negative": ("why", "W"), "why W": ("why", "W"), "Why is h2 so small?": ("why", "h[2]"),
    "what made h3": ("why", "h[3]"), "where does dW come from": ("why", "dL/dW"), "who uses h₂": ("why", "h[2]"),
    "why is the loss so high": ("why", "L"), "explain alpha 3 1": ("why", "alpha[3,1]"),
    "what if W = 0.5": ("change", "W", "0.5"), "what if h2 were 0": ("change", "h[2]", "0"),
    "hold h2 at −0.3": ("change", "h[2]", "−0.3"), "set eta to 0.1": ("change", "eta", "0.1"),
    "what would the loss be if W were 0.5": ("change", "W", "0.5"), "scale W": ("change", "W"),
    "what if learning rate = 1": ("change", "eta", "1"), "hold the hidden state": ("change", "h[2]"),
    "watch h2": ("watch", "h[2]"), "watch dW": ("watch", "dL/dW"), "stop at h3": ("stop", "h[3]"),
    "run to h3": ("run", "h[3]"), "copy h2": ("copy", "h[2]"),
    "stop at L<2": ("condition", "L<2"), "run until abs(dW) > 1": ("condition", "abs(dW) > 1"),
    "stop when the loss is below 2": ("condition", "L < 2"),
}  # fmt: skip
ELSE = ("why", "stop", "run", "W", "h2", "change the color", "copy gradients", "copy formula", "run on", "watch", "set",
        "zzz " * 40, "what if", "stop \x00", "hold it at", "")  # fmt: skip


@pytest.mark.parametrize(("query", "wanted"), SAID.items())
def test_what_is_wanted_of_which_number_is_understood(query, wanted):
    assert wish(query, open_source("attention").network, 2) == Wish(*wanted)


@pytest.mark.parametrize("query", ELSE)
def test_what_names_no_number_wants_nothing_done_with_one(query):
    assert wish(query, open_source("attention").network, 2) is None


def test_words_of_going_are_left_out_before_a_place():
    said = {"go to t=3": "t=3", "jump to h2": "h2", "take me to epoch 100": "epoch 100", "where is dW": "dW",
            "step 74": "74", "goal": "goal", "step": "step"}  # fmt: skip
    assert {query: place_of(query) for query in said} == said
