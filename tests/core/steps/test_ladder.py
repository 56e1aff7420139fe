"""The ladder of a term along any lines: a link for every factor where one way leads back, else a link a timestep."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.epoch.epoch import made_at, run_epoch
from core.equations.expressions import Ref
from core.network import symbols
from core.network.held import Held
from core.network.network import Network, Parameters
from core.network.own_cell import typed
from core.network.routes import back_in_time, product, route
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.steps.entry import Where
from core.steps.evaluate import evaluate
from core.steps.ladder import zero_reason
from core.steps.links import through_words
from core.steps.template import plain, symbolic
from core.steps.written_out import writes_out, written_out
from core.writing.form import NumberFormat
from tests.cells import sigma

B, T, K = Phase.BACKWARD, 4, 3
SLOPES: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda a: 1 / np.cosh(a) ** 2,
    "sigmoid": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
    "relu": lambda a: np.where(a > 0, 1.0, 0.0),
    "identity": np.ones_like,
}
VALUES: dict[str, Callable[[Any], Any]] = {
    "tanh": np.tanh,
    "sigmoid": sigma,
    "relu": lambda a: np.maximum(a, 0),
    "identity": lambda a: a,
}
INSIDE = "U @ x[t] + W @ h[t-1] + b"
LINES = {
    "as it ships": "h[t] = {0}(a := " + INSIDE + ")",
    "without a name": "h[t] = {0}(" + INSIDE + ")",
    "two lines": "a[t] = " + INSIDE + "\nh[t] = {0}(a[t])",
}


def made(cell, *, embedding=False, H=2, seed=3):
    random = np.random.default_rng(seed)
    network = Network(tuple("abc"), (0, 2, 1, 0), (1, 0, 2, 2), H, 2 if embedding else None, False, cell)
    shapes = network.parameter_shapes
    return network, Parameters.checked(network, {name: random.normal(size=shape) for name, shape in shapes.items()})


def cell_of(function, form):
    lines = LINES[form].format("" if function == "identity" else function)
    return typed(lines if function != "identity" else lines.replace("a := ", "")).lines


def by_loops(network, P, function, t, k, name):
    """The products of the term (t, k), one after the other, for a cell h = f(U x + W h + b)."""
    xs = [np.eye(K)[i] if "E" not in P else P["E"][i] for i in network.inputs]
    h, a = [np.zeros(network.H)], [np.zeros(network.H)]
    for x in xs:
        a.append(P["U"] @ x + P["W"] @ h[-1] + P["b"])
        h.append(VALUES[function](a[-1]))
    scores = P["V"] @ h[t] + P["c"]
    error = np.exp(scores) / np.exp(scores).sum() - np.eye(K)[network.targets[t - 1]]
    found = [P["V"].T @ error]
    for j in range(t, k - 1, -1):
        if j < t:
            found.append(P["W"].T @ found[-1])
        if function != "identity":
            found.append(SLOPES[function](a[j]) * found[-1])
    last = {"W": lambda r: np.outer(r, h[k - 1]), "U": lambda r: np.outer(r, xs[k - 1]), "E": lambda r: P["U"].T @ r}
    return found if name == "b" else [*found, last[name](found[-1])]


@pytest.mark.parametrize("function", SLOPES)
@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize("H", [1, 2])
def test_where_one_way_leads_back_every_factor_is_a_link(function, form, H):
    for embedding in (False, True):
        network, parameters = made(cell_of(function, form), embedding=embedding, H=H)
        epoch = run_epoch(network, parameters, EXACT, 0.1)
        for name in network.chained:
            for t, k in [(4, 4), (4, 2), (3, 1)]:
                step = evaluate(epoch, Address(B, name, (t, t, k)))
                expected = by_loops(network, parameters, function, t, k, name)
                assert len(step.products) == len(expected) == len(step.formula.links)
                for found, product_so_far in zip(step.products, expected, strict=True):
                    np.testing.assert_allclose(found, product_so_far, rtol=1e-12, atol=1e-14)
                slopes = [link.note for link in step.formula.links if link.kind == "slope"]
                at = range(t, k - 1, -1) if function != "identity" else ()
                assert [note.removesuffix(": r") for note in slopes] == [f"{function}′ at t = {j}" for j in at]
                ways = [link.note for link in step.formula.links if link.note.startswith("back in time")]
                assert ways == [f"back in time, to h{symbols.subscript(j)}" for j in range(t - 1, k - 1, -1)]


@pytest.mark.parametrize("cell", ["gru", "lstm", typed("h[t] = tanh(U @ x[t]) + W @ h[t-1] * relu(h[t-1])").lines],
                         ids=str)  # fmt: skip
def test_where_several_ways_lead_back_a_timestep_is_a_link(cell):
    network, parameters = made(cell)
    assert back_in_time(network) == ()
    assert through_words(network) == "timesteps back"
    step = evaluate(run_epoch(network, parameters, EXACT, 0.1), Address(B, network.chained[0], (4, 4, 2)))
    assert [link.kind for link in step.formula.links[1:3]] == ["timestep", "timestep"]


def test_of_two_functions_in_a_row_each_has_its_slope():
    network, parameters = made(typed("p[t] = relu(W @ h[t-1] + U @ x[t])\nh[t] = sigmoid(Q @ p[t] + b)").lines)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    step = evaluate(epoch, Address(B, "U", (4, 4, 3)))
    assert [link.note for link in step.formula.links] == [
        "v₄, the error at h₄", "sigmoid′ at t = 4", "back to p₄", "relu′ of p₄", "back in time, to h₃",
        "sigmoid′ at t = 3", "back to p₃", "relu′ of p₃: r", "what U multiplied",
    ]  # fmt: skip
    uses = [(t, t, k) for t in range(1, T + 1) for k in range(1, t + 1)]
    total = sum(evaluate(epoch, Address(B, "U", each)).value for each in uses)
    np.testing.assert_allclose(total, epoch.gradients["U"], rtol=1e-10)
    assert through_words(network) == "links through W and relu′ and Q and sigmoid′"


@pytest.mark.parametrize(("cell", "written"), [
    ("sigmoid", r"\operatorname{diag}\left(h_{j} \odot \left(1 - h_{j}\right)\right)"),
    ("relu", r"\operatorname{diag}\left(\left[ h_{j} > 0 \right]\right)"),
    ("tanh", r"\operatorname{diag}\left(1 - h_{j}^{2}\right)"),
])  # fmt: skip
def test_what_the_slope_is_comes_from_the_table(cell, written):
    network, parameters = made(cell)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    step = evaluate(epoch, Address(B, "W", (3, 3, 2)))
    [line] = step.formula.symbolic
    assert line.endswith(rf"D_{{j}} = {written}")
    assert r"V \cdot D_{3} \, W \, D_{2}" in plain(symbolic(line))
    symbol = step.formula.links[1].symbol
    assert symbols.exists(symbol, network)
    assert made_at(symbol, network) == Address(Phase.FORWARD, "h", (3,))
    made_of = parameters["U"] @ np.eye(K)[1] + parameters["W"] @ epoch.value("h[2]") + parameters["b"]
    np.testing.assert_allclose(epoch.value(symbol), SLOPES[cell](made_of), rtol=1e-12)
    name = {"tanh": "1−h²₃"}.get(cell, f"{cell}′₃")
    assert symbols.text(symbol) == name


def test_the_slope_of_a_sigmoid_is_written_out_entry_by_entry():
    network, parameters = made("sigmoid")
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    where, step = Where(network, EXACT, Address(B, "W", (3, 3, 2))), evaluate(epoch, Address(B, "W", (3, 3, 2)))
    assert [writes_out(where, row) for row in range(len(step.formula.links))] == [True, True, True, True, False]
    lines = written_out(epoch, where, 1, step.products[0], NumberFormat("significant", 17))
    for line, h in zip(lines, epoch.value("h[3]").tolist(), strict=True):
        _, numbers, value = plain(line).split(" = ")
        first, second = numbers.split(r" \cdot \left(1 - ")
        assert float(first) == float(second.removesuffix(r"\right)")) == h
        assert float(value) == pytest.approx(h * (1 - h), rel=1e-15)


@pytest.mark.parametrize("cell", ["sigmoid", "relu", "identity", cell_of("tanh", "without a name")], ids=str)
def test_where_all_of_a_state_is_held_nothing_flows_back_and_it_is_said(cell):
    network, parameters = made(cell, H=1)
    held = replace(network, held=(Held("h", 3, (0,), 0.4),))
    epoch = run_epoch(held, parameters, EXACT, 0.1)
    for name in network.chained:
        for k, is_cut in ((4, False), (3, True), (1, True)):
            address = Address(B, name, (4, 4, k))
            step = evaluate(epoch, address)
            assert not step.value.any() or not is_cut
            reason = zero_reason(Where(held, EXACT, address)) or ""
            if is_cut and k > 1:
                assert any("held" in text for text in (reason, *(link.note for link in step.formula.links)))
            if not is_cut:
                assert step.value.any()


@pytest.mark.parametrize("form", ["as it ships", "two lines"])
def test_where_the_pre_activation_is_held_its_slope_says_so_whatever_the_parameter(form):
    network, parameters = made(cell_of("tanh", form), H=1)
    epoch = run_epoch(replace(network, held=(Held("a", 3, (0,), 0.4),)), parameters, EXACT, 0.1)
    for name in ("W", "U", "b"):
        step = evaluate(epoch, Address(B, name, (4, 4, 3)))
        note = "a₃ is held: nothing flows back through its line"
        assert [link.note for link in step.formula.links][:4] == ["v₄, the error at h₄", "tanh′ at t = 4",
                                                                 "back in time, to h₃", note]  # fmt: skip
        assert [link.factor for link in step.formula.links][3] == "0"
        assert not step.products[3].any()
        assert step.zero == "0, because a₃ is held: it stays so, whatever comes before."


def test_a_route_is_the_only_way_and_a_product():
    network, _ = made("tanh")
    lines = network.lines
    found = route(lines, "h", Ref("h", -1))
    assert found is not None
    assert [factor.name for factor in found.factors] == ["tanh′", "W"]
    assert [factor.through for factor in found.factors] == [("h", "a"), ()]
    assert found.unmet == ()
    gru, _ = made("gru")
    assert route(gru.lines, "h", Ref("h", -1)) is None
    assert route(lines, "h", Ref("nowhere")) is None
    assert product(lines.edge("a", Ref("W")).asks, "h") is None
