"""What the Contributions panel shows, without a window, beside the terms that plain loops add up."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import numpy as np
import pytest

from core.network.initial import initial
from core.network.network import NONE, Network
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.sources.opening import open_source
from core.sources.source import Source
from core.studies.contributions import Grouping
from core.studies.term_sizes import TermSizes
from gui.panels.contributions.size_state import sizes
from gui.panels.contributions.state import Contributions, Nothing, contributions, offered_groupings
from gui.widgets.bars.picture import BarPicture
from gui.widgets.triangle.picture import TrianglePicture
from tests import oracles
from tests.gui.views import view_at

pytestmark = pytest.mark.without_qt


def number_of(by, indices):
    """The number of the group that a term (t, m, k) belongs to."""
    t, m, k = indices
    return {"t": t, "m": m, "k": k, "t-k": t - k}[by]


def source(sheet):
    return replace(open_source(sheet), rule=EXACT)


def every_term(sheet, name, entry=(0, 0)):
    """(t, m, k) → that entry of each term, in the order of the program."""
    made = source(sheet)
    found = oracles.terms(made.network, made.parameters, EXACT)[name]
    return {indices: float(found[indices][entry[: np.ndim(found[indices])]]) for indices in sorted(found)}


def shown(sheet, address, by: Grouping = "term", *, is_log=False) -> Contributions:
    found = contributions(view_at(address, source=source(sheet)), by, is_log=is_log)
    assert isinstance(found, Contributions)
    return found


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
@pytest.mark.parametrize("name", ["U", "W", "b"])
def test_there_is_a_bar_for_every_term_and_a_line_for_what_they_add_up_to(sheet, name):
    found = shown(sheet, Address(Phase.BACKWARD, name))
    every, picture = every_term(sheet, name, found.entry), found.picture
    assert picture.values == pytest.approx([*every.values()], abs=1e-14)
    assert picture.totals == pytest.approx([*accumulate(every.values())], abs=1e-14)
    if sheet == "attention":
        assert picture.part_names == ("value", "key", "query")
        assert picture.part_values.sum(axis=1) == pytest.approx(picture.values, abs=1e-14)


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
@pytest.mark.parametrize("by", ["t", "m", "k", "t-k"])
def test_a_grouped_bar_is_the_sum_of_the_terms_with_that_number(sheet, by):
    every = every_term(sheet, "W")
    offered = offered_groupings(Program(source(sheet).network), "W")
    assert (by in offered) == (sheet == "attention" or by != "m")
    if by not in offered:
        return
    sums: dict[int, float] = {}
    for indices, value in every.items():
        sums[number_of(by, indices)] = sums.get(number_of(by, indices), 0.0) + value
    found = shown(sheet, Address(Phase.BACKWARD, "W"), by)
    assert found.picture.values == pytest.approx([sums[number] for number in sorted(sums)], abs=1e-14)
    assert [slot[0] for slot in found.picture.slots] == sorted(sums)
    view = view_at(Address(Phase.BACKWARD, "W"), source=source(sheet))
    for place, number in enumerate(sorted(sums)):
        assert number_of(by, found.address_of(place).indices) == number
        meant = found.picture.number(place)
        assert meant is not None
        whole = sums[number] if by == "k" else sum(sums.values())  # what stands for no group opens into all of them
        assert view.epoch.value(meant.symbol)[meant.entry] == pytest.approx(whole, abs=1e-14)
    term = Address(Phase.BACKWARD, "W", (3, 3, 2))
    assert all(shown(sheet, term, by).picture.number(place) is None for place in range(3))


def test_at_a_term_all_up_to_it_are_shown_and_the_rest_is_to_go():
    every = [*every_term("attention", "W")]
    for count, indices in enumerate(every, start=1):
        address = Address(Phase.BACKWARD, "W", indices)
        found = shown("attention", address)
        assert len(found.picture.values) == count
        assert found.picture.current == count - 1
        assert len(found.picture.slots) == len(every)
        assert found.address_of(count - 1) == address


def test_largest_terms_are_listed_by_size_and_lead_to_their_places():
    found = shown("attention", Address(Phase.BACKWARD, "W"))
    listed = [abs(found.picture.values[place]) for _, place in sorted(found.leads.items())]
    assert listed == sorted(map(abs, found.picture.values.tolist()), reverse=True)[: len(listed)]


def test_on_a_logarithmic_axis_the_same_values_add_up_to_nothing():
    plain = shown("attention", Address(Phase.BACKWARD, "W"))
    found = shown("attention", Address(Phase.BACKWARD, "W"), is_log=True)
    assert found.picture.is_log
    assert not found.picture.adds_up
    assert found.picture.values.tolist() == plain.picture.values.tolist()
    assert found.picture.part_names == ()


@pytest.mark.parametrize("place", [1, 39, Address(Phase.BACKWARD, "Omega", (2,))])
def test_where_nothing_is_added_it_says_the_first_step_where_something_is(place):
    view = view_at(place)
    found = contributions(view, "term")
    assert isinstance(found, Nothing)
    assert found.first == Address(Phase.BACKWARD, "V", (1,))
    assert f"step {view.program.position(found.first):,}" in found.words


def computed(sheet, address):
    view = view_at(address, source=source(sheet))
    found = TermSizes(view.epoch, "W", negligible=0.0)
    assert found.run()
    return view, found


def test_sizes_are_those_of_the_terms_and_the_largest_cells_are_listed():
    view, found = computed("attention", Address(Phase.BACKWARD, "W"))
    by_cell: dict[tuple[int, int], float] = {}
    for (t, _, k), value in every_term("attention", "W").items():
        by_cell[t, k] = by_cell.get((t, k), 0.0) + abs(value)
    result = sizes(view, found, "term")
    assert isinstance(result.picture, TrianglePicture)
    assert result.share == 1
    for (t, k), size in by_cell.items():
        assert result.picture.sizes[t - 1, k - 1] == pytest.approx(size, abs=1e-14)
    largest = sorted(by_cell, key=lambda cell: -by_cell[cell])
    assert [cell for _, cell in sorted(result.leads.items())] == largest[: len(result.leads)]


@pytest.mark.parametrize("by", ["t", "m", "k"])
def test_sizes_added_up_are_those_of_the_groups_and_nothing_cancels(by):
    view, found = computed("attention", Address(Phase.BACKWARD, "W"))
    sums: dict[int, float] = {}
    for indices, value in every_term("attention", "W").items():
        sums[number_of(by, indices)] = sums.get(number_of(by, indices), 0.0) + abs(value)
    picture = sizes(view, found, by).picture
    assert isinstance(picture, BarPicture)
    assert not picture.adds_up
    assert picture.values == pytest.approx([sums[number] for number in sorted(sums)], abs=1e-14)


@pytest.mark.parametrize(("indices", "known"), [((3, 3, 2), (2, 2)), ((3, 2, 2), (2, 0)), ((3, 3, 3), (3, 0))])
def test_a_size_is_shown_once_all_terms_of_its_cell_are_computed(indices, known):
    view, found = computed("attention", Address(Phase.BACKWARD, "W", indices))
    result = sizes(view, found, "term")
    assert isinstance(result.picture, TrianglePicture)
    assert (result.picture.rows, result.picture.cells) == known
    rows, cells = known
    assert all(t <= rows or (t == rows + 1 and k <= cells) for t, k in result.leads.values())


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("by", ["term", "t", "m", "k", "t-k"])
def test_where_some_timesteps_have_no_target_every_place_is_of_a_term_that_there_is(attention, by):
    network = Network(("a", "b"), (0, 1, 1, 0, 1), (NONE, 1, NONE, 0, NONE), 2, None, attention, "relu")
    made = Source("own", "own", network, initial(network, "uniform", 2), EXACT, 0.1)
    listed = [line for line in oracles.listing(network) if line.quantity == "W"]
    terms: list[tuple[int, ...]] = [line.indices for line in listed if len(line.indices) == 3]
    assert {t for t, _, _ in terms} == {2, 4}
    if by not in offered_groupings(Program(network), "W"):
        return
    for end in (*terms, ()):
        found = contributions(view_at(Address(Phase.BACKWARD, "W", end), source=made), by)
        assert isinstance(found, Contributions)
        numbers = terms if by == "term" else sorted({(number_of(by, indices),) for indices in terms})
        slots = [each if attention or by != "term" else each[::2] for each in numbers]
        assert [*found.picture.slots] == slots
        for place, number in enumerate(numbers):
            led = found.address_of(place)
            assert led.indices in terms
            assert led.indices == number or (number_of(by, led.indices),) == number
            assert found.picture.label(place)
        done = terms[: terms.index(end) + 1] if end else terms
        groups = {indices if by == "term" else (number_of(by, indices),) for indices in done}
        assert len(found.picture.values) == len(groups)
