"""Networks and parameters: what they accept, and what their refusals say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from core.network.network import Network, NetworkError, Parameters
from tests.strategies import ODD_LETTERS, networks


def network(**changes):
    given: dict[str, Any] = {
        "alphabet": ("a", "b"),
        "inputs": (0, 1, 1),
        "targets": (1, 1, 0),
        "hidden_size": 2,
        "embedding_size": None,
        "attention": True,
    }
    return Network(**(given | changes))


def numbers(**changes):
    shapes = network().parameter_shapes
    return {name: np.ones(shape).tolist() for name, shape in shapes.items()} | changes


def test_sizes_have_their_letters():
    found = network(embedding_size=3)
    assert (found.T, found.K, found.H, found.input_size) == (3, 2, 2, 3)
    assert network().input_size == 2
    assert dict(found.parameter_shapes) == {
        "U": (2, 3),
        "W": (2, 2),
        "b": (2,),
        "V": (2, 2),
        "c": (2,),
        "E": (2, 3),
    }


def test_letters_become_indices_and_back():
    found = Network.from_letters(
        ODD_LETTERS, ODD_LETTERS[2:5], ODD_LETTERS[:3], hidden_size=1, embedding_size=None, attention=False
    )
    assert (found.inputs, found.targets) == ((2, 3, 4), (0, 1, 2))
    assert [found.input_letter(t) for t in (1, 2, 3)] == list(ODD_LETTERS[2:5])
    assert [found.target_letter(t) for t in (1, 2, 3)] == list(ODD_LETTERS[:3])


@given(networks())
def test_one_hot_rows_hold_a_single_one(case):
    found, _ = case
    for rows, indices in ((found.one_hot_inputs, found.inputs), (found.one_hot_targets, found.targets)):
        assert rows.shape == (found.T, found.K)
        assert [list(row).index(1.0) for row in rows] == list(indices)
        assert rows.sum() == found.T


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alphabet": ()}, "alphabet: expected at least one letter"),
        ({"alphabet": ("a", "a")}, "alphabet: expected distinct letters"),
        ({"inputs": (), "targets": ()}, "inputs: expected at least one letter"),
        ({"targets": (1, 1)}, "targets: expected 3 letters, as many as inputs, found 2"),
        ({"inputs": (0, 2, 1)}, r"inputs\[2\]: expected an index below 2, found 2"),
        ({"targets": (0, 1, -2)}, r"targets\[3\]: expected an index below 2, found -2"),
        ({"hidden_size": 0}, "hidden size: expected at least 1"),
        ({"embedding_size": 0}, "embedding size: expected at least 1"),
    ],
)
def test_impossible_networks_are_refused_with_the_place(changes, message):
    with pytest.raises(NetworkError, match=f"^{message}$"):
        network(**changes)


@pytest.mark.parametrize(("inputs", "targets", "place"), [("ax", "ab", r"inputs\[2\]"), ("ab", "xb", r"targets\[1\]")])
def test_a_letter_outside_the_alphabet_is_named(inputs, targets, place):
    with pytest.raises(NetworkError, match=f"^{place}: the letter 'x' is not in the alphabet$"):
        Network.from_letters("ab", inputs, targets, hidden_size=1, embedding_size=None, attention=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"E": [[1.0]]}, "parameters.E: this network has no such parameter, expected U, W, b, V, c"),
        ({"W": [[1.0]]}, "parameters.W: expected 2×2 numbers, found 1×1"),
        ({"b": [[1.0, 2.0]]}, "parameters.b: expected 2 numbers, found 1×2"),
        ({"W": [[1.0], [1.0, 2.0]]}, "parameters.W: expected 2×2 numbers"),
        ({"W": "many"}, "parameters.W: expected 2×2 numbers"),
        ({"b": [1.0, 10**400]}, "parameters.b: expected 2 numbers"),
        ({"b": {}}, "parameters.b: expected 2 numbers"),
        ({"b": [1.0, float("nan")]}, r"parameters.b\[2\]: expected a finite number"),
        ({"W": [[1.0, 1.0], [float("inf"), 1.0]]}, r"parameters.W\[2, 1\]: expected a finite number"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_with_the_place(changes, message):
    with pytest.raises(NetworkError, match=f"^{message}$"):
        Parameters.checked(network(), numbers(**changes))


def test_a_missing_parameter_is_named():
    given = numbers()
    del given["V"]
    with pytest.raises(NetworkError, match=r"^parameters.V: missing, expected 2×2 numbers$"):
        Parameters.checked(network(), given)


def test_parameters_are_copies_and_read_only():
    W = np.ones((2, 2))
    checked = Parameters.checked(network(), numbers(W=W))
    W[0, 0] = 5
    assert checked["W"][0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        checked["W"][0, 0] = 5


def test_parameters_come_by_name_in_order():
    without, size = Parameters.checked(network(), numbers()), {"embedding_size": 1}
    assert list(without) == ["U", "W", "b", "V", "c"]
    with pytest.raises(KeyError):
        without["E"]
    shapes = network(**size).parameter_shapes
    full = Parameters.checked(network(**size), {name: np.zeros(shape) for name, shape in shapes.items()})
    assert list(full) == ["U", "W", "b", "V", "c", "E"]
    assert {name: array.shape for name, array in full.items()} == dict(shapes)
