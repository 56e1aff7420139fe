"""Initial parameters: their ranges, and that a seed decides them."""

from __future__ import annotations

from math import sqrt
from typing import get_args

import numpy as np
import pytest

from core.network.initial import Scheme, initial
from core.network.network import Network

NAMES = ("U", "W", "b", "V", "c", "E")
LARGE = Network(tuple(map(chr, range(1000, 1150))), (0, 1), (1, 2), 100, 80, attention=True)


def network(**changes):
    given = {"hidden_size": 3, "embedding_size": 2, "attention": True}
    return Network(("a", "b", "c", "d"), (0, 1, 2), (1, 2, 3), **(given | changes))


def arrays(*args):
    return {name: array.tolist() for name, array in initial(*args).items()}


def test_every_scheme_is_named():
    assert get_args(Scheme) == ("uniform", "xavier", "normal", "zeros")


@pytest.mark.parametrize("scheme", get_args(Scheme))
def test_a_seed_always_gives_the_same_network(scheme):
    assert arrays(network(), scheme, 7) == arrays(network(), scheme, 7)


@pytest.mark.parametrize("scheme", ["uniform", "xavier", "normal"])
def test_another_seed_gives_another_network(scheme):
    first, second = initial(network(), scheme, 7), initial(network(), scheme, 8)
    for name in ("U", "W", "V", "E"):
        assert (first[name] != second[name]).all()


def test_the_numbers_of_a_seed_are_those_of_numpys_generator_in_the_order_of_the_parameters():
    random, bound = np.random.default_rng(7), 1 / sqrt(3)
    found = initial(network(), "uniform", 7)
    for name, shape in zip("UWbVc", [(3, 2), (3, 3), (3,), (4, 3), (4,)], strict=True):
        np.testing.assert_array_equal(found[name], random.uniform(-bound, bound, shape))
    np.testing.assert_array_equal(found["E"], random.standard_normal((4, 2)))


def test_attention_changes_no_initial_value():
    assert arrays(network(attention=False), "uniform", 7) == arrays(network(), "uniform", 7)


def test_uniform_fills_the_range_of_pytorchs_layers():
    found = initial(LARGE, "uniform", 1)
    for name, least in (("U", 0.0999), ("W", 0.0999), ("b", 0.09), ("V", 0.0999), ("c", 0.09)):
        assert least < np.max(np.abs(found[name])) <= 0.1
        assert np.min(found[name]) < -least + 0.01
    assert found["E"].std() == pytest.approx(1, abs=0.03)  # 12,000 numbers: 0.0065 is one deviation of the estimate
    assert np.max(np.abs(found["E"])) > 3


def test_xavier_keeps_each_matrix_within_its_own_bound():
    found = initial(LARGE, "xavier", 1)
    for name, sides in (("U", 100 + 80), ("W", 100 + 100), ("V", 150 + 100), ("E", 150 + 80)):
        bound = sqrt(6 / sides)
        assert 0.998 * bound < np.max(np.abs(found[name])) <= bound
    assert not found["b"].any()
    assert not found["c"].any()


def test_normal_has_the_deviation_asked_for_and_no_biases():
    found = initial(LARGE, "normal", 1, 0.5)
    for name in ("U", "W", "V", "E"):
        assert found[name].std() == pytest.approx(0.5, abs=0.02)
        assert np.max(np.abs(found[name])) > 1.5
    assert not found["b"].any()
    assert not found["c"].any()


@pytest.mark.parametrize("scheme", ["uniform", "xavier", "normal"])
def test_the_matrices_are_drawn_independently(scheme):
    found = initial(LARGE, scheme, 1)
    drawn = [np.ravel(found[name])[:8000] for name in ("U", "W", "V", "E")]
    assert np.abs(np.corrcoef(drawn) - np.eye(4)).max() < 0.05  # 4.5 deviations of the estimate


def test_zeros_are_zeros():
    assert not any(array.any() for array in initial(network(), "zeros", 7).values())


@pytest.mark.parametrize("scheme", ["uniform", "xavier", "normal"])
def test_the_numbers_of_every_matrix_lie_about_zero(scheme):
    found = initial(LARGE, scheme, 1)
    for name in ("U", "W", "V", "E"):
        deviation = found[name].std() / sqrt(found[name].size)
        assert abs(found[name].mean()) < 4 * deviation, name


def test_normal_has_deviation_one_unless_another_is_asked_for():
    for name, array in initial(LARGE, "normal", 1).items():
        if name not in ("b", "c"):
            assert array.std() == pytest.approx(1, abs=0.03)
