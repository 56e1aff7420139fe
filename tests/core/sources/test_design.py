"""Designs of any network: words, rows of numbers, timesteps without a target, other cells, outputs and states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.network import cells
from core.network.network import Network
from core.network.task import FUNCTION, Task
from core.sources import network_file
from core.sources.design import Design, Problem
from core.sources.opening import open_source
from core.sources.own_network import as_design, build, for_word, summary
from core.sources.problems import check
from core.sources.typed import TypedError, rows, written


def design(text="1 2\n3 4\n5 6", **changes):
    sizes = {"hidden_size": 2, "embedding_size": None, "attention": False, "learning_rate": 0.1, "seed": 7}
    given = {"reads": "numbers", "targets": "\n\n0.5", "output": "linear", "loss": "squared"} | sizes
    return Design(text=text, **(given | changes))


def test_rows_of_numbers_and_a_target_at_the_last_timestep():
    source = build(design(cell="lstm", initial={"C": "0.1 0.2"}, reduction="mean", biases="two"))
    network = source.network
    assert network.task == Task(
        "linear", "squared", "mean", "two", (("C", (0.1, 0.2)),), ((1, 2), (3, 4), (5, 6)), (None, None, (0.5,))
    )
    assert (network.cell, network.alphabet, network.input_size, network.K) == ("lstm", (), 2, 1)
    assert source.title == "LSTM, 3 timesteps of numbers"
    assert source.about == "LSTM · 3 timesteps · 2 numbers in, 1 out · 1 target · seed 7"


def test_words_are_read_word_by_word_and_an_underscore_wants_nothing():
    asked = design(
        "I  love it", reads="words", targets="_ _ good", output="softmax", loss="cross-entropy", embedding_size=2
    )
    network = build(asked).network
    assert network.alphabet == ("I", "love", "it", "good")
    assert (network.inputs, network.targets) == ((0, 1, 2), (-1, -1, 3))
    assert summary(asked).line == "tanh · 3 timesteps · words I love it good · 1 target · seed 7"


def test_an_underscore_that_is_read_is_a_letter():
    asked = design("a_", reads="letters", targets="_a", output="softmax", loss="cross-entropy")
    assert build(asked).network.targets == (1, 0)


def test_an_embedding_is_not_asked_for_beside_numbers():
    assert check(design(embedding_size=0)) == ()
    assert build(design(embedding_size=3)).network.embedding_size is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"text": ""}, "text", "Type at least one row of numbers."),
        ({"text": "1 2\n\n3 4"}, "text", "Row 2 is empty; each timestep reads one row of numbers."),
        ({"text": "1 2\n3"}, "text", "Row 2: expected 2 numbers, found 1."),
        ({"text": "1 2\n3 x\n4 5"}, "text", "Entry 4: expected a number, found 'x'."),
        ({"text": "1 2\n3 inf\n4 5"}, "text", "One of the numbers is not finite."),
        ({"text": "1 " * 129, "targets": "1"}, "text", "A row has 129 numbers; the most is 128."),
        ({"targets": "1\n2"}, "targets", "2 rows for 3 timesteps; leave a row empty where nothing is wanted."),
        ({"targets": "1\n2\n3\n4"}, "targets", "4 rows for 3 timesteps; leave a row empty where nothing is wanted."),
        ({"targets": "\n\n"}, "targets", "At least one timestep needs a target."),
        ({"targets": None}, "targets", "Say what is wanted; numbers have no next letter."),
        (
            {"output": "sigmoid", "loss": "logistic", "targets": "1\n\n2"},
            "targets",
            "A sigmoid is compared with numbers from 0 to 1; at t = 3 stands 2.",
        ),
        (
            {"output": "none"},
            "targets",
            "The state itself is compared, so a target has 2 numbers, as it has; here it has 1 number.",
        ),
        ({"loss": "logistic"}, "loss", "Beside this output the loss is squared or half-squared."),
        (
            {"lines": "h[t] = tanh(U @ x[t] + U @ h[t-1])", "hidden_size": 3},
            "lines",
            "Line 1: U is 3×2, but h[t-1] has 3.",
        ),
        ({"lines": "h[t] = tanh(U @ x[t]\n"}, "lines", "Line 1: this bracket is never closed."),
        ({"initial": {"h": "1 2 3"}}, "initial", "h₀: expected 2 numbers, found 3."),
        ({"initial": {"h": "1 x"}}, "initial", "h₀: entry 2: expected a number, found 'x'."),
        ({"initial": {"h": "1 inf"}}, "initial", "h₀: one of the numbers is not finite."),
    ],
)
def test_a_problem_has_its_field_and_says_what_is_expected(changes, field, words):
    assert check(design(**changes)) == (Problem(field, words),)


def test_the_state_of_another_cell_is_kept_but_not_looked_at():
    assert check(design(initial={"C": "not a number"})) == ()
    assert [each.name for each in check(design(cell="lstm", initial={"C": "not a number"}))] == ["C"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1\n2\n", ((1,), (2,), None)),
        ("–\n1,5\t2\n_\n3\t4", (None, (1.5, 2), None, (3, 4))),
        ("[[1, 2], [3, 4]]", ((1, 2), (3, 4))),
        ("[[1, 2],\n [3, 4]]", ((1, 2), (3, 4))),
        ("1; 2; 3\n", ((1,), (2,), (3,))),
        ("−0.5", ((-0.5,),)),
        ("\n", (None, None)),
    ],
)
def test_rows_are_read_in_any_notation(text, found):
    assert rows(text) == found


def test_rows_between_which_nothing_stands_for_a_timestep_are_refused():
    with pytest.raises(TypedError, match="one row of numbers on each line"):
        rows("[[1, 2],\n\n[3, 4], [5, 6]]")


numbers = st.floats(-1e6, 1e6)


@settings(max_examples=40)
@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.none() | st.tuples(*[numbers] * n), min_size=1, max_size=5)))
def test_rows_that_are_written_are_read_again(found):
    assert rows(written(tuple(found))) == tuple(found)


GATED = (
    "f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + b_f)",
    "g[t] = tanh(U_g @ x[t] + W_g @ (f[t] * h[t-1]) + b_g)",
    "h[t] = (1 - f[t]) * h[t-1] + f[t] * g[t]",
)


@st.composite
def networks(draw):
    """Any network that a form can ask for."""
    T, H = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    cell = draw(st.sampled_from([*cells.cells(), GATED]))
    output = draw(st.sampled_from(list(FUNCTION)))
    loss = draw(st.sampled_from(list(FUNCTION[output])))
    share, length = st.floats(0, 1), draw(st.integers(1, 3))

    def rows_of(n):
        return st.tuples(*[share] * n)

    words = draw(st.sampled_from(["abc", ("one", "two", "3")]))
    indices = st.lists(st.integers(0, 2), min_size=T, max_size=T)
    given_at = draw(st.lists(st.booleans(), min_size=T, max_size=T).filter(any))
    reads_numbers, by_letter, size = draw(st.booleans()), output == "softmax", H if output == "none" else length
    read = tuple(draw(rows_of(length)) for _ in range(T)) if reads_numbers else ()
    read_at = [] if reads_numbers else draw(indices)
    wanted_at = [i if on else -1 for i, on in zip(draw(indices), given_at, strict=True)] if by_letter else []
    wanted = () if by_letter else tuple(draw(rows_of(size)) if on else None for on in given_at)
    order = list(dict.fromkeys(i for i in read_at + wanted_at if i >= 0))
    inputs = tuple(order.index(i) for i in read_at)
    targets = tuple(order.index(i) if i >= 0 else -1 for i in wanted_at)
    first = tuple((s, tuple(draw(rows_of(H)))) for s in ("h", *(["C"] if cell == "lstm" else [])))
    task = Task(
        output,
        loss,
        draw(st.sampled_from(["sum", "mean"])),
        draw(st.sampled_from(["one", "none"] + ["two"] * (cell != GATED))),
        tuple((name, row) for name, row in first if any(row) and draw(st.booleans())),
        read,
        wanted,
    )
    D = draw(st.sampled_from([None, 2])) if inputs else None
    return Network(tuple(words[i] for i in order), inputs, targets, H, D, draw(st.booleans()), cell, task)


@settings(max_examples=60)
@given(networks())
def test_the_design_of_a_network_builds_it_again_and_its_file_opens_as_it(network):
    source = build(for_word("ab", open_source("attention"), 1))
    values = {name: np.ones(shape) for name, shape in network.parameter_shapes.items()}
    source = type(source)("a", "a", network, type(source.parameters).checked(network, values), source.rule, 0.1)
    asked = as_design(source)
    assert check(asked) == ()
    made = build(asked)
    assert made.network == network
    assert asked.parameters is source.parameters
    again = network_file.content(network_file.text(made).encode(), "a", "a")
    assert again.network == network
    assert summary(asked).parameter_count == sum(array.size for array in made.parameters.values())


def test_a_word_keeps_the_cell_its_biases_and_where_its_states_begin():
    like = build(design(cell="lstm", initial={"C": "0.1 0.2"}, reduction="mean", biases="none"))
    network = build(for_word("ab", like, 1)).network
    assert (network.cell, network.task) == ("lstm", Task(reduction="mean", biases="none", initial=(("C", (0.1, 0.2)),)))
