"""What is said of terms and groups."""

import pytest

from core.program.program import Program
from core.writing.shown import entry_name
from gui.debugger.labels import counted, number_word, numbered, term_label
from gui.panels.contributions.words import late_sentence, sentence
from tests.strategies import plain_network

pytestmark = pytest.mark.without_qt


@pytest.mark.parametrize(
    ("T", "name", "by", "words"),
    [
        (1, "W", "k", "One W, used once: add what each use contributes."),
        (2, "b", "k", "One b, added twice: add what each use contributes."),
        (4, "c", "term", "One c, added four times: add what each use contributes."),
        (4, "E", "k", "One E, read four times: add what each use contributes."),
        (1, "W", "t", "One loss: add what each one asks of W."),
        (4, "U", "t", "Four losses: add what each one asks of U."),
        (1, "W", "m", "The losses look at one hidden state: add what comes by way of each."),
        (13, "W", "m", "The losses look at 13 hidden states: add what comes by way of each."),
        (4, "W", "term", "One bar a term: what loss t, by way of hₘ, asks of the W used at timestep k."),
    ],
)
def test_a_grouping_is_said_in_a_sentence(T, name, by, words):
    assert sentence(Program(plain_network(T)), name, by) == words


def test_without_attention_nothing_is_by_way_of_another_state():
    network = plain_network(4, attention=False)
    assert sentence(Program(network), "b", "term") == "One bar a term: what loss t asks of the b added at timestep k."
    assert late_sentence(network, 1200, 3, "term") == (
        "Loss 1,200: one bar a term. The first bar stands for all earlier terms."
    )
    assert late_sentence(plain_network(4), 1200, 3, "term").startswith("Loss 1,200 by way of h₃: one bar a term.")
    assert late_sentence(network, 9, 9, "k") == (
        "Loss 9: one bar for each k. The first bar stands for all earlier losses."
    )
    assert term_label(network, "W", (3, 3, 2)) == "(3, 2)"
    assert term_label(plain_network(4), "W", (3, 3, 2)) == "(3, 3, 2)"
    assert term_label(network, "V", (3,)) == "loss 3"


def test_counts_and_entries_are_named():
    assert [counted(n, "term") for n in (0, 1, 1200)] == ["0 terms", "1 term", "1,200 terms"]
    assert (number_word(0), number_word(12), number_word(13), number_word(1300)) == ("no", "twelve", "13", "1,300")
    assert (numbered(1), numbered(3)) == ((), ("1", "2", "3"))
    assert entry_name(plain_network(2), "dL/dU", (0, 1)) == "1, “b”"
    assert entry_name(plain_network(2, embedded=True), "dL/dU", (0, 1)) == "1, 2"
    assert entry_name(plain_network(2), "dL/dV", (1, 0)) == "“b”, 1"
