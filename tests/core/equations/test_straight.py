"""Straight-line code of every cell that can be written in lines: beside the interpreter, and walked beside compiled."""

import io
import keyword
import token
import tokenize
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.equations.operations import TABLE
from core.equations.running import Run
from core.equations.straight import WALKED, Descent
from core.equations.tracing import Trace
from tests.core.equations.test_backward import CELLS, OUTPUT, SIZES, T, described_with, drawn, parameters, run

RATE = 0.03


def descent(lines):
    """The code of *lines*, and the shapes of the parameters in order; shown are the states and the predictions."""
    trace, random = Trace(), np.random.default_rng(5)
    P = {name: trace.given(tuple(SIZES[a] for a in axes)) for name, axes in parameters(lines).items()}
    inputs = {"x": random.normal(size=(T, SIZES["X"])), "y": np.eye(SIZES["K"])[random.integers(0, SIZES["K"], T)]}
    known = {name: trace.lifted(rows) for name, rows in inputs.items()}
    start = trace.lifted(random.normal(size=SIZES["H"]))
    done = Run(described_with(lines), T, lambda name, t: P.get(name, known[name][t - 1] if name in known else start))
    done.forward()
    terms = done.backward()
    slopes = [number.place for name in P for number in trace.lifted(reduce(add, terms[name])).flat]
    shown = [
        number.place for t in range(1, T + 1) for name in ("h", "yhat") for number in trace.lifted(done.read(name, t))
    ]
    loss = reduce(add, trace.lifted([done.read("L", t)[()] for t in range(1, T + 1)]))
    return Descent(trace.steps, loss.place, slopes, shown)


CODE = {cell: descent(lines + OUTPUT) for cell, lines in CELLS.items()}


def flat(arrays):
    return [number for array in arrays for number in np.asarray(array).ravel().tolist()]


@pytest.mark.parametrize("cell", CELLS)
@settings(deadline=None, max_examples=4)
@given(seed=st.integers(0, 2**32 - 1))
def test_code_gives_what_the_interpreter_gives(cell, seed):
    lines = CELLS[cell] + OUTPUT
    values = drawn(lines, seed)
    interpreted = run(lines, values)
    slopes = flat(sum(terms) for terms in interpreted.backward().values())
    losses, after, results = CODE[cell].run(1, RATE, flat(values.values()))
    order = [*interpreted.description.parameters]
    by_name = dict(zip(order, [sum(terms) for terms in interpreted.backward().values()], strict=True))
    slopes = flat(by_name[name] for name in values)
    shown = flat(interpreted.read(name, t) for t in range(1, T + 1) for name in ("h", "yhat"))
    np.testing.assert_allclose(losses, [sum(interpreted.read("L", t) for t in range(1, T + 1))], rtol=1e-13)
    np.testing.assert_allclose(results, slopes + shown, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(after, np.array(flat(values.values())) - RATE * np.array(slopes), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_walked_and_compiled_agree_to_the_last_bit(cell):
    start = flat(drawn(CELLS[cell] + OUTPUT, 3).values())
    fresh = descent(CELLS[cell] + OUTPUT)
    losses, stepped = [], start
    for _ in range(2 * WALKED):  # one at a time, it is walked
        loss, stepped, results = fresh.run(1, RATE, stepped)
        losses += loss
    compiled = fresh.run(2 * WALKED, RATE, start)
    assert np.array(compiled[0]).tobytes() == np.array(losses).tobytes()
    assert np.array(compiled[1]).tobytes() == np.array(stepped).tobytes()
    assert np.array(compiled[2]).tobytes() == np.array(results).tobytes()
    again = fresh.run(1, RATE, start)  # now that it is compiled
    assert again[0] == losses[:1]


@pytest.mark.parametrize("cell", CELLS)
def test_the_text_has_only_numbers_and_names_made_for_it(cell):
    words = {"run", "times", "rate", "given", "losses", "append", "_", "range", "exp", "log", "tanh"}
    for each in tokenize.generate_tokens(io.StringIO(CODE[cell].text()).readline):
        if each.type == token.NAME and not keyword.iskeyword(each.string):
            assert each.string in words or (each.string[0] in "gv" and each.string[1:].isdigit())
        assert each.type != token.STRING


def test_one_hot_vectors_zeros_and_what_is_not_read_cost_nothing():
    trace = Trace()
    M, one_hot = trace.given((3, 4)), trace.lifted([0, 0, 1, 0])
    column = TABLE["matrix·vector"].value(M, one_hot)
    assert [number is M[i, 2] for i, number in enumerate(column)] == [True] * 3
    outer = TABLE["outer"].value(M[:, 0], one_hot)
    assert [number.known for number in outer[0]] == [0, 0, None, 0]
    steps = len(trace.steps)
    assert TABLE["softmax"].value(trace.lifted([0.0]))[0].known == 1
    assert TABLE["tanh"].value(trace.lifted([0.0]))[0].known == 0
    assert len(trace.steps) == steps
    a, b = M[0, 0], M[0, 1]
    assert (a * b) is (b * a)
    assert (a - a).known == (0 * a).known == 0
    assert (0 - a) is -a
    both = a * b
    unread = both / 3
    assert unread.place < len(trace.steps)
    assert "/" not in Descent(trace.steps, both.place, [0] * 12, []).text()


def test_what_a_number_decides_is_refused():
    trace = Trace()
    (a,) = trace.given((1,))
    with pytest.raises(TypeError, match="arithmetic alone"):
        bool(a > 0)
    with pytest.raises(TypeError, match="finite"):
        a * float("inf")


def test_brackets_stand_where_they_are_needed():
    trace = Trace()
    a, b, c = trace.given((3,))
    made = [a - (b - c), a / (b / c), -(a + b) * c, a - -b, (a > b) * c, a * (b > c), -(a * b), -5 * a, (a - b) - c]
    code = Descent(trace.steps, made[0].place, [0, 0, 0], [number.place for number in made])
    a, b, c = 3.7, -1.9, 0.3
    expected = [a - (b - c), a / (b / c), -(a + b) * c, a - -b, c, 0, -(a * b), -5 * a, (a - b) - c]
    for times in (1, WALKED):
        assert code.run(times, 0.0, [a, b, c])[2][3:] == pytest.approx(expected, rel=1e-15)


def test_a_long_sum_is_cut_into_lines_that_any_parser_takes():
    trace = Trace()
    numbers = trace.given((3000,))
    total = reduce(add, [number * number for number in numbers])
    code = Descent(trace.steps, total.place, [0] * 3000, [])
    values = np.random.default_rng(0).normal(size=3000).tolist()
    expected = reduce(add, [value * value for value in values])
    assert code.run(WALKED, 0.0, values)[0] == [expected] * WALKED
