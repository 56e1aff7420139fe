"""What a number was made of comes to that number: at every step of both sheets and of other networks, all the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp, isclose, log, tanh
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.epoch.training import Training
from core.network.changes import Changes
from core.network.initial import initial
from core.network.network import Network
from core.network.number import Number
from core.network.rule import EXACT, NAMED_RULES
from core.network.symbols import shape
from core.network.task import Task
from core.program.program import Program
from core.sources.opening import open_source
from core.steps.formulas import formula
from core.why.numbers import Origins
from core.why.trail import MOST
from tests.strategies import Start, networks, rules

FUNCTIONS = {
    "tanh of": tanh,
    "relu of": lambda x: max(x, 0.0),
    "sigmoid of": lambda x: 1 / (1 + exp(-x)),
    "−ln of the probability of the letter wanted": lambda p: -log(p),
}


def origins(network, parameters, rule, way):
    return Origins(cache(lambda number: next(Training(network, parameters, rule, 0.1).walk(number))), way)


def numbers(program, epoch, way):
    """Every number that a step of the program makes, or that a sum adds up."""
    symbols: Sequence[str]
    for position in range(1, len(program) + 1):
        address = program[position]
        if address.is_term_of(program.network):
            symbols = [f"dL/d{address.quantity}[{','.join(map(str, address.indices))}]"]
        else:
            symbols = formula(program.network, epoch.rule, address, way).writes
        for symbol in symbols:
            for entry in np.ndindex(epoch.value(symbol).shape):
                yield Number(symbol, entry, epoch.number)


def check_all(where, wanted, deepest=5):
    """That what each number was made of comes to it, and what that was made of, and so on: each number once."""
    waiting, seen = list(wanted), set()
    while waiting:
        number = waiting.pop()
        if number not in seen and number.epoch > 0:
            seen.add(number)
            part = where.part(number)
            assert part.value == where.value(part.number)
            check(part, deepest, waiting)
    return len(seen)


def check(part, deepest, numbers):
    """That what *part* was made of comes to it; the *numbers* in it are for later, the rest is opened here."""
    if part.opens is None or deepest == 0:
        return
    trail = part.opens()
    if trail.how == "given":
        return
    assert trail.parts or part.value == 0, (part.words, trail)
    assert len(trail.parts) <= MOST + 1
    found, value = trail.total, part.value
    if part.number and part.words.startswith("−"):
        value = -value  # it opens as the number itself
    if trail.how == "function":
        x = trail.parts[0].value
        slope = {"²": 1 - x * x, ")": x * (1 - x), "]": x > 0}.get(trail.words[-1])  # 1 − x², x (1 − x), [x > 0]
        if trail.words == "the squared distance of ŷ from y":
            half = [each.value for each in trail.parts[len(trail.parts) // 2 :]]
            found = sum((said.value - wanted) ** 2 for said, wanted in zip(trail.parts, half, strict=False))
        else:
            found = FUNCTIONS[trail.words](x) if slope is None else slope
    assert isclose(found, value, rel_tol=1e-9, abs_tol=1e-15), (part.words, trail.words, found, value)
    if trail.how == "sum":
        sizes = [abs(each.value) for each in trail.parts if each.count == 1 or not each.words.startswith("the other")]
        assert sizes == sorted(sizes, reverse=True)
    for each in trail.parts:
        if each.number:
            numbers.append(each.number)
        else:
            check(each, deepest - 1, numbers)


SHEETS = ["attention", "embedding"]
WAYS = ["terms", "timesteps"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rule", NAMED_RULES.values(), ids=NAMED_RULES)
@pytest.mark.parametrize("sheet", SHEETS)
def test_parts_come_to_the_number_at_every_step_of_both_sheets(sheet, rule, way):
    source = open_source(sheet)
    where = origins(source.network, source.parameters, rule, way)
    program = Program(source.network, way=way)
    for epoch in (1, 2):
        assert check_all(where, numbers(program, where.epoch_of(epoch), way)) > 100


HELD = [
    [("a[2]", ()), ("h[3]", ())],
    [("h[2]", ()), ("L[3]", ())],
    [("A[3,1]", ()), ("Z[4]", ()), ("Omega[2]", (1,))],
    [("alpha[3,1]", ()), ("alpha[4,4]", ()), ("yhat[2]", (2,)), ("yhat[4]", (0,))],
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("held", "rule"), [*((held, "exact") for held in range(len(HELD))), (3, "printed")])
@pytest.mark.parametrize("sheet", SHEETS)
def test_parts_come_to_the_number_at_every_step_while_numbers_are_held(sheet, held, rule, way):
    source, rule = open_source(sheet), NAMED_RULES[rule]
    of_attention = ("A[", "alpha[", "Z[")
    places = [each for each in HELD[held] if source.network.attention or not each[0].startswith(of_attention)]
    network = holding(source.network, places)
    where = origins(network, source.parameters, rule, way)
    assert check_all(where, numbers(Program(network, way=way), where.epoch_of(1), way)) > 50


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "own", "output"])
def test_parts_come_to_the_number_in_gates_and_own_cells_while_numbers_are_held(cell, attention, way):
    if cell == "output":  # the state itself is compared
        task = Task("none", "squared", read=((0.5, 1.0),) * 3, wanted=((0.3, 0.2),) * 3)
        network = Network((), (), (), 2, None, attention, "gru", task)
        holds = [["yhat", "L"], ["n", "h", "yhat"]]
    else:
        own = ("g[t] = softmax(p := U @ x[t] + W @ h[t-1])", "h[t] = g[t] * tanh(M @ h[t-1] + b) + (1 - g[t]) * h[t-1]")
        lines = cell if cell == "lstm" else own
        network = Network(tuple("abc"), (0, 1, 2), (1, 2, 0), 2, None, attention, lines)
        holds = (
            [["g", "yhat", "h"], ["p", "Omega", "L"]] if cell == "own" else [["i", "yhat", "C"], ["o", "Omega", "L"]]
        )
    for held in holds:
        places = [(f"{name}[{t}]", () if name == "L" else (t % 2,)) for t, name in enumerate(held, 1)]
        found = holding(network, places + [("alpha[3,1]", ()), ("A[2,1]", ()), ("Z[2]", (1,))] * attention)
        where = origins(found, initial(network, "uniform", 3), EXACT, way)
        assert check_all(where, numbers(Program(found, way=way), where.epoch_of(1), way), deepest=3) > 30


def holding(network, places):
    """*network* with each of *places*, a symbol and an entry, held at 0.3."""
    full = [Number(symbol, entry or (0,) * len(shape(symbol, network)), 1) for symbol, entry in places]
    return Changes(dict.fromkeys(full, 0.3)).network(network, 1)


@settings(max_examples=25, deadline=None)
@given(networks(), rules, st.sampled_from(WAYS), st.integers(0, 999))
def test_parts_come_to_the_number_in_any_network(start: Start, rule, way, seed):
    network, parameters = start
    where = origins(network, parameters, rule, way)
    program = Program(network, way=way)
    made = list(numbers(program, where.epoch_of(2), way))
    for number in Random(seed).sample(made, min(len(made), 40)):
        check(where.part(number), 4, [])


def opened(part, *words):
    """The part that is found by opening *part*, then each of its parts that begins so."""
    for each in words:
        part = next(found for found in part.opens().parts if found.words.startswith(each))
    return part


def test_the_exact_gradient_of_sheet_a_leads_to_the_query_path_of_loss_3():
    source = open_source("attention")
    where = origins(source.network, source.parameters, EXACT, "terms")
    whole = where.part(Number("dL/dW", (0, 0), 1))
    losses = whole.opens().parts
    assert [(part.words, round(part.value, 4)) for part in losses] == [
        ("loss 3", 0.0435),
        ("loss 2", -0.0355),
        ("loss 4", 0.0321),
    ]
    paths = losses[0].opens().parts
    assert [(part.words.partition(":")[0], round(part.value, 4)) for part in paths] == [
        ("value path of loss 3", 0.0308),
        ("query path of loss 3", 0.0083),
        ("key path of loss 3", 0.0045),
    ]
    term = opened(whole, "loss 3", "query", "via h₃, W used at t = 2")
    assert [part.words for part in term.opens().parts] == ["∂L₃/∂h₃, query path", "(1 − h₃²)", "W", "(1 − h₂²)", "h₁"]


def test_weights_of_a_later_epoch_were_made_by_the_update_before_back_to_what_was_given():
    source = open_source("attention")
    where = origins(source.network, source.parameters, EXACT, "terms")
    part = where.part(Number("W", (0, 0), 7))
    assert part.place is not None
    for epoch in range(7, 1, -1):
        assert part.place == (epoch - 1, part.place[1])
        trail = part.opens()
        assert trail.folded == f"made by the update of epoch {epoch - 1}"
        part = next(each for each in trail.parts if each.number.symbol == "W")
        assert part.number.epoch == epoch - 1
    assert part.opens is None
    assert where.trail(Number("W", (0, 0), 1)).words == "W was given at the start"


def test_a_row_of_the_embedding_stands_for_the_input_that_repeats_it():
    source = open_source("embedding")
    where = origins(source.network, source.parameters, EXACT, "timesteps")
    part = opened(where.part(Number("h[1]", (0,), 1)), "a₁", "U x₁")
    inputs = [factor for product in part.opens().parts for factor in product.opens().parts if "copy" in factor.aside]
    assert inputs
    assert all(factor.number.symbol == "E" and factor.aside == "= x₁, a copy" for factor in inputs)


def test_zeros_are_folded_and_said():
    source = open_source("attention")
    where = origins(source.network, source.parameters, EXACT, "timesteps")
    trail = opened(where.part(Number("h[1]", (0,), 1)), "a₁").opens()
    assert trail.folded == "2 that are 0 not shown"  # W h₀ and b
    assert where.trail(Number("dL/dW[1]", (0, 0), 1)).total == 0


@pytest.mark.parametrize("cell", ["sigmoid", "relu", ("h[t] = sigmoid(U @ x[t] + W @ h[t-1] + b)",)], ids=str)
def test_of_one_hidden_number_a_term_of_any_cell_with_one_way_back_is_all_its_factors(cell):
    network = Network(tuple("abc"), (0, 1, 2), (1, 2, 0), 1, None, False, cell)
    parameters = initial(network, "uniform", 5)
    slope = "([h{} > 0])" if cell == "relu" else "(h{0} (1 − h{0}))"
    where = origins(network, parameters, EXACT, "terms")
    found = where.trail(Number("dL/dW[3,3,2]", (0, 0), 1))
    assert found.how == "product"
    assert [part.words for part in found.parts][1:] == [slope.format("₃"), "W", slope.format("₂"), "h₁"]
    assert check_all(where, numbers(Program(network, way="terms"), where.epoch_of(1), "terms")) > 40
    held = origins(holding(network, [("h[3]", ())]), parameters, EXACT, "terms")
    assert held.trail(Number("dL/dW[3,3,2]", (0, 0), 1)).parts[1].words == "h₃, held: nothing flows back"
