"""What of an epoch can be taken elsewhere, against loops and the program."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given

from core.commands.trace import write_trace
from core.epoch.epoch import run_epoch
from core.exports.arrays import gradients, parameters, tables, tape, terms
from core.exports.tables import Writable, tab_separated, write_csv, write_json
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.program import Program
from core.sources.opening import open_source
from core.sources.source import Source
from tests import oracles
from tests.strategies import KINDS, networks, of_kind, random_network, rules


def sheet():
    source = open_source("attention")
    return run_epoch(source.network, source.parameters, source.rule, source.learning_rate)


def rows(text):
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_every_array_of_an_epoch_is_there_and_nothing_else(kind):
    embedded, attention = kind
    epoch = run_epoch(*of_kind(kind), EXACT, 0.1)
    names = ["U", "W", "b", "V", "c", *(["E"] if embedded else [])]
    assert list(parameters(epoch)) == names
    assert list(gradients(epoch)) == ["dL/dOmega", *(f"dL/d{name}" for name in names)]
    attended = ["A", "alpha", "Z"] if attention else []
    assert list(tape(epoch)) == ["x", "a", "h", *attended, "Omega", "yhat", "L"]
    assert list(tables(epoch)) == [*parameters(epoch), *gradients(epoch), *tape(epoch)]


@given(networks(), rules)
def test_the_arrays_are_those_of_the_loops(case, rule):
    network, drawn = case
    epoch = run_epoch(network, drawn, rule, 0.1)
    found, T = tables(epoch), network.T
    done = oracles.forward(network, oracles.values(drawn))
    expected = {name: np.array(getattr(done, name)[1:]) for name in ("x", "a", "h", "Omega", "yhat", "L")}
    if network.attention:
        expected["Z"] = np.array(done.Z[1:])
        for name in ("A", "alpha"):
            of = getattr(done, name)
            expected[name] = np.array([of[t][1:] + [0] * (T - t) for t in range(1, T + 1)])
    for name, array in expected.items():
        np.testing.assert_allclose(found[name].values, array, rtol=1e-12, atol=1e-13, err_msg=name)
    for name, addends in oracles.terms(network, drawn, rule).items():
        listed = np.array(list(addends.values()))
        total = listed if name == "Omega" else listed.sum(axis=0)
        close = {"rtol": 0, "atol": 2e-13 * max(1, np.abs(listed).max()) * len(listed), "err_msg": name}
        np.testing.assert_allclose(found[f"dL/d{name}"].values, total, **close)
    for name, array in drawn.items():
        np.testing.assert_array_equal(found[name].values, array)


@given(networks())
def test_every_row_and_column_has_a_heading(case):
    network, drawn = case
    for name, table in tables(run_epoch(network, drawn, EXACT, 0.1)).items():
        assert table.name == name
        assert tuple(map(len, filter(None, (table.rows, table.columns)))) == table.values.shape


def test_headings_are_letters_where_the_axis_is_the_alphabet():
    drawn = random_network(1, T=2, K=3, H=2, D=4)
    found = tables(run_epoch(*drawn, EXACT, 0.1))
    letters, H, D, T = ("é", "ß", "👩‍👩‍👧"), ("1", "2"), ("1", "2", "3", "4"), ("1", "2")
    assert (found["U"].rows, found["U"].columns) == (H, D)
    assert (found["V"].rows, found["V"].columns) == (letters, H)
    assert (found["dL/dE"].rows, found["dL/dE"].columns) == (letters, D)
    assert (found["dL/db"].rows, found["dL/db"].columns) == (H, ())
    assert (found["c"].rows, found["c"].columns) == (letters, ())
    assert (found["x"].rows, found["x"].columns) == (T, D)
    assert (found["yhat"].rows, found["yhat"].columns) == (T, letters)
    assert (found["dL/dOmega"].rows, found["dL/dOmega"].columns) == (T, letters)
    assert (found["alpha"].rows, found["alpha"].columns, found["alpha"].causal) == (T, T, True)
    assert (found["L"].rows, found["L"].columns) == (T, ())
    one_hot = tables(run_epoch(*random_network(1, T=2, K=3, H=2), EXACT, 0.1))
    assert one_hot["U"].columns == one_hot["x"].columns == letters


def test_the_sheets_parameters_are_copied_with_their_letters():
    assert tab_separated(tables(sheet())["U"]) == "U\th\te\tl\to\n1\t0.1442\t-0.2315\t-0.669\t1.1585"
    assert [len([cell for cell in row if cell]) for row in rows(tab_separated(tables(sheet())["A"]))] == [5, 2, 3, 4, 5]


def test_the_terms_of_the_sheets_W_sum_to_its_printed_gradient():
    epoch = sheet()
    found = list(terms(epoch, Program(epoch.network), "W", (0, 0)).rows())
    assert len(found) == 20
    assert [row[:3] for row in found[:5]] == [(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2), (3, 1, 1)]
    assert round(sum(row[-1] for row in found), 4) == 0.0274


@given(networks(4), rules)
def test_terms_are_those_of_the_loops_in_the_order_of_the_program(case, rule):
    network, drawn = case
    epoch, program = run_epoch(network, drawn, rule, 0.1), Program(network)
    for name, addends in oracles.terms(network, drawn, rule).items():
        if name == "Omega":
            continue
        for entry in np.ndindex(drawn[name].shape):
            listing = terms(epoch, program, name, entry)
            found = list(listing.rows())
            addresses = [program[p].indices for p in map(int, span(program, name))]
            assert listing.name == f"dL/d{name}[{','.join(str(i + 1) for i in entry)}]"
            assert listing.count == len(found)
            assert [row[:-1] for row in found] == list(addends) == addresses
            assert listing.columns == (("t", "value") if name in ("V", "c") else ("t", "m", "k", "value"))
            expected = [value[entry] for value in addends.values()]
            np.testing.assert_allclose([row[-1] for row in found], expected, rtol=1e-12, atol=1e-13)


def span(program, name):
    of = program.gradient_span(name)
    return range(of.first, of.last)  # without the sum


@given(networks(4), rules)
def test_terms_are_those_of_the_trace_to_the_last_bit(case, rule):
    network, drawn = case
    out = io.StringIO()
    write_trace(Source("", "", network, drawn, rule, 0.1), out, terms=True)
    epoch = run_epoch(network, drawn, rule, 0.1)
    for name, traced in json.loads(out.getvalue())["terms"].items():
        for entry in np.ndindex(drawn[name].shape):
            found = [row[-1] for row in terms(epoch, Program(network), name, entry).rows()]
            assert found == [np.array(term["value"])[entry] for term in traced]


def test_terms_come_before_all_are_made():
    network = Network(("a", "b"), (0, 1) * 500, (1, 0) * 500, 1, None, attention=True)
    drawn = Parameters.checked(network, {name: np.ones(shape) for name, shape in network.parameter_shapes.items()})
    listing = terms(run_epoch(network, drawn, EXACT, 0.1), Program(network), "W", (0, 0))
    assert listing.count == 1000 * 1001 * 1002 // 6
    assert [row[:3] for row, _ in zip(listing.rows(), range(3), strict=False)] == [(1, 1, 1), (2, 1, 1), (2, 2, 1)]


def test_terms_that_overflow_are_infinite_without_a_warning():
    network, drawn = random_network(1, H=2)
    values = {name: array * 1e-150 for name, array in drawn.items()}
    values["V"] = np.where(np.arange(3) % 2, 1.7e308, -1.7e308)[:, None] * np.ones(2)
    with np.errstate(all="ignore"):
        epoch = run_epoch(network, Parameters(values), EXACT, 0.1)
    assert np.isfinite(epoch.tape["yhat"]).all()
    assert any(np.isinf(row[-1]) for row in terms(epoch, Program(network), "b", (0,)).rows())


def test_training_that_diverged_is_written(tmp_path):
    network, drawn = of_kind((True, True))
    with np.errstate(all="ignore"):
        epoch = run_epoch(network, Parameters({name: array * np.inf for name, array in drawn.items()}), EXACT, 0.1)
    everything: list[Writable] = [
        *tables(epoch).values(),
        *(terms(epoch, Program(network), name, (0, 0)) for name in "WUVE"),
    ]
    write_json(tmp_path / "out.json", everything)
    write_csv(tmp_path / "out.csv", everything)
    read = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert read["U"]["values"][0] == [{np.inf: "Infinity", -np.inf: "-Infinity"}[x] for x in epoch.value("U")[0]]
    assert read["dL/dW[1,1]"]["values"][-1] == [4, 4, 4, "NaN"]
    assert "4,4,4,nan" in (tmp_path / "out.csv").read_text(encoding="utf-8")
