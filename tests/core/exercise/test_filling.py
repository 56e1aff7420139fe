"""A form filled with what an exercise says; what it does not say stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.exercise.filling import filled
from core.exercise.pasted import build, read
from core.network.network import CELL
from core.sources import own_network
from core.sources.design import Design
from core.sources.problems import check

LSTM = """Wa = [0.45, 0.25], Ua = 0.15, ba = 0.2;  Wi = [0.95, 0.8], Ui = 0.8, bi = 0.65
Wf = [0.7, 0.45], Uf = 0.1, bf = 0.15;  Wo = [0.6, 0.4], Uo = 0.25, bo = 0.1
x1 = [1, 2], x2 = [0.5, 3], y1 = 0.5, y2 = 1.25"""


def before(**changes):
    asked = Design(text="hello", hidden_size=3, embedding_size=2, attention=True, learning_rate=0.3, seed=1)
    return replace(asked, **changes)


def test_a_whole_exercise_is_the_network_that_is_built_of_it():
    found = read(LSTM)
    asked = filled(before(), found)
    assert check(asked) == ()
    made, expected = own_network.build(asked), build(found)
    assert made.network == expected.network
    assert made.learning_rate == 0.3  # the text says none
    for name, array in expected.parameters.items():
        np.testing.assert_array_equal(made.parameters[name], array)


def test_a_text_that_says_nothing_changes_nothing():
    asked = before()
    assert filled(asked, read("no numbers here")) is asked


def test_inputs_alone_leave_the_cell_and_its_numbers():
    asked = filled(before(cell="gru"), read("x1 = [1, 2], x2 = [3, 4]"))
    assert (asked.reads, asked.text, asked.cell, asked.hidden_size, asked.scheme) == (
        "numbers", "1  2\n3  4", "gru", 3, "uniform",
    )  # fmt: skip
    assert [each.words for each in check(asked)] == ["At least one timestep needs a target."]


def test_an_output_and_a_loss_that_were_chosen_for_numbers_stay():
    text = "U = 0.1, W = 0.5, V = 0.7, b = 0, c = 0, x1 = 1, x2 = 2, y2 = 0.5, eta = 0.2"
    chosen = before(reads="numbers", text="1", targets="1", output="sigmoid", loss="logistic")
    asked = filled(chosen, read(text))
    assert (asked.output, asked.loss, asked.targets, asked.learning_rate) == ("sigmoid", "logistic", "\n0.5", 0.2)
    assert filled(before(), read(text)).output == "linear"


def test_a_cell_that_does_not_ship_becomes_lines():
    gates = [f"W_{gate} = [1, 2], U_{gate} = 0.5, b_{gate} = 0.1" for gate in "rzn"]
    found = read("\n".join([*gates, "x1 = [1, 2], y1 = 0.5"]), {"reset": "W (r ⊙ h)"})
    assert not isinstance(found.cell, str)
    asked = filled(before(), found)
    assert (asked.cell, asked.lines) == (CELL, "\n".join(found.cell or ()))
    assert own_network.build(asked).network == build(found).network
