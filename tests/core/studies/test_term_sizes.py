"""The sizes of terms: sums of norms of the oracle's terms; how they are computed changes nothing."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

from core.epoch.epoch import run_epoch
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED, TYPESET, Rule
from core.studies import term_sizes
from core.studies.term_sizes import NEGLIGIBLE, TermSizes
from tests import oracles, strategies
from tests.oracles import CHAINED

OTHER = Rule(weight="score", paths=frozenset({"key", "query"}), embedding_row="t")


def names(network):
    return CHAINED if network.embedding_size is not None else CHAINED[:3]


def whole(epoch, name, negligible=NEGLIGIBLE):
    found = TermSizes(epoch, name, negligible)
    assert found.run()
    return found


def summed(network, terms, index):
    """The norms of *terms*, added up by t and by the index of that number."""
    found = np.full((network.T, network.T), np.nan)
    for indices, term in terms.items():
        place = indices[0] - 1, indices[index] - 1
        found[place] = np.nan_to_num(found[place]) + np.sqrt(np.sum(np.square(term)))
    return found


@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET, OTHER])
@pytest.mark.parametrize("kind", strategies.KINDS)
def test_sizes_are_the_sums_of_the_norms_of_the_terms(kind, rule):
    network, parameters = strategies.of_kind(kind, T=6, H=3)
    epoch = run_epoch(network, parameters, rule, 0.1)
    expected = oracles.terms(network, parameters, rule)
    for name in names(network):
        found = whole(epoch, name)
        np.testing.assert_allclose(found.sizes, summed(network, expected[name], 2), rtol=0, atol=1e-13)
        np.testing.assert_allclose(found.by_state, by_state(network, expected[name]), rtol=0, atol=1e-13)


def by_state(network, terms):
    """By m; without attention all chains of a loss begin at m = t, and the others have no terms: 0."""
    found = summed(network, terms, 1)
    return np.where(np.tril(np.ones_like(found)) == 1, np.nan_to_num(found), np.nan)


@given(strategies.networks(), strategies.rules)
def test_sizes_are_right_for_any_network_and_rule(made, rule):
    network, parameters = made
    expected = oracles.terms(network, parameters, rule)
    epoch = run_epoch(network, parameters, rule, 0.1)
    for name in names(network):
        np.testing.assert_allclose(whole(epoch, name).sizes, summed(network, expected[name], 2), rtol=1e-11, atol=1e-13)


def test_a_computation_in_slices_has_the_bits_of_one_at_once():
    network, parameters = strategies.random_network(5, T=9, H=3)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    at_once, in_slices = whole(epoch, "W"), TermSizes(epoch, "W")
    slices = 0
    while not in_slices.run(0):
        slices += 1
        done = in_slices.rows_done
        np.testing.assert_array_equal(in_slices.sizes[:done], at_once.sizes[:done])
        assert np.isnan(in_slices.sizes[done:]).all()
        assert not in_slices.largest[done:].any()
    assert slices > network.T * (network.T + 1) / 2  # a slice is no longer than one timestep of one loss
    np.testing.assert_array_equal(in_slices.sizes, at_once.sizes)
    np.testing.assert_array_equal(in_slices.by_state, at_once.by_state)
    np.testing.assert_array_equal(in_slices.largest, np.nanmax(at_once.sizes, axis=1))


def test_a_computation_that_is_done_stays_done():
    found = whole(run_epoch(*strategies.random_network(5), EXACT, 0.1), "W")
    before = found.sizes.copy()
    assert found.run(0)
    np.testing.assert_array_equal(found.sizes, before)


def is_negligible(epoch, name):
    """Whether following faded chains too makes no difference that matters, for any size; the tenth is rounding."""
    followed, cut = whole(epoch, name, 0.0), whole(epoch, name)
    away = np.nanmax(np.abs(followed.sizes - cut.sizes), axis=1)
    return bool(np.all(away <= 1.1 * NEGLIGIBLE * followed.largest))


@pytest.mark.parametrize("kind", strategies.KINDS)
@pytest.mark.parametrize("spread", [0.1, 0.5, 1.5])
def test_what_is_left_out_is_negligible(kind, spread):
    embedded, attention = kind
    network, parameters = strategies.random_network(
        4, T=60, H=4, D=3 if embedded else None, attention=attention, spread=spread
    )
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for name in names(network):
        assert is_negligible(epoch, name)


def test_a_chain_that_has_faded_for_good_is_followed_no_further():
    network, parameters = strategies.random_network(4, T=60, H=4, attention=False, spread=0.1)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    assert whole(epoch, "b", 0.0).sizes[-1, 0] > 0
    assert whole(epoch, "b").sizes[-1, 0] == 0


def test_a_chain_that_grows_again_after_it_has_faded_is_followed():
    """One unit, W = 30. At b the slope lets almost nothing pass; c undoes b; before b all grows 30 times a step."""
    early = 12
    network = Network(("a", "b", "c"), (0,) * early + (1, 2), (1,) * (early + 2), 1, None, False)
    values: dict[str, npt.ArrayLike] = {
        "U": [[0.0, 18.0, -30.0]],
        "W": [[30.0]],
        "b": [0.0],
        "V": [[1.0], [0.0], [0.0]],
        "c": [0.0] * 3,
    }
    epoch = run_epoch(network, Parameters.checked(network, values), EXACT, 0.1)
    last = whole(epoch, "b").sizes[-1]
    assert 0 < last[early] < NEGLIGIBLE * last[early + 1]
    assert last[0] > last[early + 1]
    assert is_negligible(epoch, "b")


@pytest.mark.parametrize("name", CHAINED)
def test_the_row_of_the_embedding_and_the_sign_change_no_size(name):
    network, parameters = strategies.random_network(3, D=2)
    first = whole(run_epoch(network, parameters, EXACT, 0.1), name)
    second = whole(run_epoch(network, parameters, Rule(sign=-1, embedding_row="t"), 0.1), name)
    np.testing.assert_array_equal(first.sizes, second.sizes)


def test_sizes_of_a_training_that_diverged_are_no_error():
    network, parameters = strategies.random_network(3, T=5)
    broken = Parameters(
        {name: np.full(array.shape, np.inf if name == "V" else 0.5) for name, array in parameters.items()}
    )
    with np.errstate(all="ignore"):
        epoch = run_epoch(network, broken, EXACT, 0.1)
    found = whole(epoch, "W")
    assert found.rows_done == 5
    assert not np.isfinite(found.sizes[np.tril_indices(5)]).all()


@pytest.mark.parametrize("rows", [0, 1, 7, 16, 17, 33, 100])
def test_a_product_in_blocks_is_the_whole_one(rows, monkeypatch):
    draw = np.random.default_rng(rows)
    array, matrix = draw.normal(size=(rows, 5)), draw.normal(size=(5, 3))
    monkeypatch.setattr(term_sizes, "_ONE_THREAD", 16 * matrix.size)
    expected = [[sum(row[i] * matrix[i, j] for i in range(5)) for j in range(3)] for row in array]
    np.testing.assert_allclose(
        term_sizes._times(array, matrix), np.reshape(expected, (rows, 3)), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("by", ["t", "m", "k"])
@pytest.mark.parametrize("rows", [1, 3, 5])
def test_sizes_are_added_up_over_the_losses_that_are_known(by, rows):
    network, parameters = strategies.random_network(5, T=5)
    addends = oracles.terms(network, parameters, EXACT)["W"]
    sums = np.zeros(rows)
    for indices, addend in addends.items():
        if indices[0] <= rows:
            sums[indices["tmk".index(by)] - 1] += np.linalg.norm(addend)
    found = whole(run_epoch(network, parameters, EXACT, 0.1), "W").added_up(by, rows)
    np.testing.assert_allclose(found, sums, rtol=1e-9)
