"""A network for one's own text: every problem in words, the summary, the network."""

from __future__ import annotations

import dataclasses
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.epoch.training import Training
from core.network.initial import Scheme, initial
from core.network.network import NetworkError
from core.network.rule import EXACT, NAMED_RULES, PRINTED
from core.sources.design import Design, Problem
from core.sources.opening import open_source
from core.sources.own_network import build, for_word, summary
from core.sources.problems import check
from tests import oracles
from tests.strategies import damaged

NO_NEXT = "One letter has no next letter; type at least two."
MANY = "".join(map(chr, range(0x4E00, 0x4E00 + 201)))


def design(text="banana", **changes):
    given = {"hidden_size": 2, "embedding_size": None, "attention": True, "learning_rate": 0.1, "seed": 7}
    return Design(text=text, **(given | changes))


def given_values(**changes):
    """What *design* with D = 3 needs, H = 2 and K = 3."""
    shapes = {"U": (2, 3), "W": (2, 2), "b": (2,), "V": (3, 2), "c": (3,), "E": (3, 3)}
    random = np.random.default_rng(1)
    values = {name: random.normal(size=shape) for name, shape in shapes.items()} | changes
    return {name: value for name, value in values.items() if value is not None}


def given_design(**changes):
    return design(embedding_size=3, scheme="given", parameters=given_values(**changes))


def test_banana_with_attention():
    found = summary(design())
    assert found.line == "5 timesteps · letters b a n · 35 terms in ∂L/∂W · seed 7"
    assert (found.T, found.K, found.alphabet, found.terms, found.note) == (5, 3, ("b", "a", "n"), 35, "")
    assert found.shapes == {"U": (2, 3), "W": (2, 2), "b": (2,), "V": (3, 2), "c": (3,)}
    assert found.parameter_count == 6 + 4 + 2 + 6 + 3


def test_banana_without_attention_has_15_terms():
    found = summary(design(attention=False))
    assert found.line == "5 timesteps · letters b a n · 15 terms in ∂L/∂W · seed 7"
    assert found.terms == 15


def test_a_text_of_one_letter_has_nothing_to_learn():
    assert summary(design("aaa")).note == "One letter: ŷ = 1, L = 0, nothing to learn."
    source = build(design("aaa"))
    epoch = Training(source.network, source.parameters, source.rule, 0.1).epoch(1)
    assert epoch.tape.total == 0
    assert (epoch.tape["yhat"] == 1).all()
    for name, array in epoch.updated.items():
        np.testing.assert_array_equal(array, source.parameters[name])


@pytest.mark.parametrize("rule", NAMED_RULES.values(), ids=NAMED_RULES)
@pytest.mark.parametrize("embedding", [None, 2])
def test_from_zeros_only_c_learns_as_the_note_says(rule, embedding):
    asked = design(scheme="zeros", rule=rule, embedding_size=embedding)
    assert summary(asked).note == "All zeros: every hidden unit stays alike, at 0; only c can learn."
    source = build(asked)
    tenth = Training(source.network, source.parameters, source.rule, 0.1).epoch(10)
    assert {name for name, array in tenth.updated.items() if array.any()} == {"c"}
    assert not tenth.tape["h"].any()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"text": "ab"}, "1 timestep · letters a b · 1 term in ∂L/∂W · seed 7"),
        ({"text": "aa"}, "1 timestep · letter a · 1 term in ∂L/∂W · seed 7"),
        ({"text": "a b", "scheme": "zeros"}, "2 timesteps · letters a ␣ b · 4 terms in ∂L/∂W · all zeros"),
        ({"text": "ab" * 500}, "999 timesteps · letters a b · 166,666,500 terms in ∂L/∂W · seed 7"),
        (
            {"text": "مح"},
            "1 timestep · letters \u2068م\u2069 \u2068ح\u2069 · 1 term in ∂L/∂W · seed 7",
        ),
        (
            {"text": "abcdefghijklm"},
            "12 timesteps · letters a b c d e f g h i j k l … 13 in all · 364 terms in ∂L/∂W · seed 7",
        ),
        (
            {"embedding_size": 3, "scheme": "given", "parameters": given_values()},
            "5 timesteps · letters b a n · 35 terms in ∂L/∂W · own values",
        ),
    ],
)
def test_the_line_fits_what_it_counts(changes, line):
    assert summary(design(**changes)).line == line


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("embedding", [None, 3])
def test_the_summary_counts_what_an_epoch_has(attention, embedding):
    asked = design(attention=attention, embedding_size=embedding)
    source, found = build(asked), summary(asked)
    listing = oracles.listing(source.network)
    assert found.steps == len(listing)
    assert found.terms == sum(line.quantity == "W" and len(line.indices) == 3 for line in listing)
    assert found.parameter_count == sum(array.size for _, array in source.parameters.items())
    assert found.shapes == {name: array.shape for name, array in source.parameters.items()}


def test_each_letter_should_be_followed_by_the_next():
    network = build(design("  ba\u0301na ")).network
    assert network.alphabet == ("b", "á", "n", "a")
    assert (network.inputs, network.targets) == ((0, 1, 2), (1, 2, 3))


def test_own_targets_stand_below_each_letter_and_extend_the_alphabet():
    source = build(design("hund", targets="DOGh"))
    network = source.network
    assert network.alphabet == ("h", "u", "n", "d", "D", "O", "G")
    assert (network.inputs, network.targets) == ((0, 1, 2, 3), (4, 5, 6, 0))
    assert source.title == "hund"


def test_a_network_is_built_as_it_was_asked_for():
    asked = design(" ba\nna", embedding_size=3, rule=PRINTED, learning_rate=0.25, scheme="normal", scale=2.0)
    source = build(asked)
    assert (source.name, source.title, source.worksheet) == ("ba na", "ba na", None)
    assert (source.rule, source.learning_rate) == (PRINTED, 0.25)
    network = source.network
    assert (network.hidden_size, network.embedding_size, network.attention) == (2, 3, True)
    for name, array in initial(network, "normal", 7, 2.0).items():
        np.testing.assert_array_equal(source.parameters[name], array)


@pytest.mark.parametrize("scheme", get_args(Scheme))
def test_a_design_always_gives_the_same_network(scheme):
    first, second = build(design(scheme=scheme)), build(design(scheme=scheme))
    assert first.network == second.network
    for name, array in first.parameters.items():
        np.testing.assert_array_equal(array, second.parameters[name])


def test_given_values_are_taken_and_a_vector_may_be_a_row_or_a_column():
    b, c = np.array([[1.0, 2.0]]), np.array([[1.0], [2.0], [3.0]])
    asked = given_design(b=b, c=c)
    assert check(asked) == ()
    found = build(asked).parameters
    assert (found["b"].tolist(), found["c"].tolist()) == ([1, 2], [1, 2, 3])
    np.testing.assert_array_equal(found["E"], given_values()["E"])


@pytest.mark.parametrize("embedding", [None, 4])
@pytest.mark.parametrize("attention", [False, True])
def test_a_network_for_another_word_keeps_the_sizes_and_has_the_exact_rule(embedding, attention):
    like = build(design(hidden_size=3, embedding_size=embedding, attention=attention, learning_rate=0.3, rule=PRINTED))
    source = build(for_word("house", like, 11))
    network = source.network
    assert network.alphabet == ("h", "o", "u", "s", "e")
    assert (network.H, network.embedding_size, network.attention) == (3, embedding, attention)
    assert (source.rule, source.learning_rate) == (EXACT, 0.3)
    np.testing.assert_array_equal(source.parameters["W"], initial(network, "uniform", 11)["W"])


def test_a_network_like_the_sheets_can_be_built_for_a_word():
    source = build(for_word("banana", open_source("embedding"), 1))
    assert (source.network.H, source.network.embedding_size, source.learning_rate) == (1, 2, 0.1)
    assert source.worksheet is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"text": ""}, "text", "Type at least two letters."),
        ({"text": " \n "}, "text", "Type at least two letters."),
        ({"text": "a"}, "text", NO_NEXT),
        ({"text": " 👩‍👩‍👧 "}, "text", NO_NEXT),
        ({"text": "", "targets": ""}, "text", "Type at least one letter."),
        ({"text": "a\x00"}, "text", "Letter 2 is a control character (U+0000); leave it out."),
        ({"text": "ab" * 501}, "text", "The text has 1,002 letters; the most is 1,001."),
        (
            {"text": "a" * 1001, "targets": "b" * 1001},
            "text",
            "The text has 1,001 letters; the most is 1,000.",
        ),
        ({"text": "a" * 50_001}, "text", "50,001 characters are too many to read; the most is 50,000."),
        ({"text": MANY}, "text", "The alphabet has 201 letters; the most is 200."),
        (
            {"text": MANY[:199], "targets": MANY[2:]},
            "text",
            "The alphabet has 201 letters; the most is 200.",
        ),
        ({"targets": "ban"}, "targets", "3 targets for 6 letters; type one for each."),
        ({"text": "a", "targets": ""}, "targets", "0 targets for 1 letter; type one for each."),
        ({"targets": "b\u200banana"}, "targets", "Letter 2 cannot be seen (U+200B); leave it out."),
        ({"targets": "a" * 50_001}, "targets", "50,001 characters are too many to read; the most is 50,000."),
        ({"hidden_size": 0}, "hidden_size", "The hidden size is a whole number from 1 to 128."),
        ({"hidden_size": 129}, "hidden_size", "The hidden size is a whole number from 1 to 128."),
        ({"embedding_size": 0}, "embedding_size", "The embedding size is a whole number from 1 to 128."),
        ({"embedding_size": 129}, "embedding_size", "The embedding size is a whole number from 1 to 128."),
        ({"learning_rate": -0.1}, "learning_rate", "The learning rate is a number from 0 to 1,000,000."),
        ({"learning_rate": 1e6 + 1}, "learning_rate", "The learning rate is a number from 0 to 1,000,000."),
        ({"learning_rate": float("nan")}, "learning_rate", "The learning rate is a number from 0 to 1,000,000."),
        ({"scheme": "normal", "scale": -1.0}, "scale", "The scale is a number from 0 to 1,000."),
        ({"scheme": "normal", "scale": float("inf")}, "scale", "The scale is a number from 0 to 1,000."),
        ({"seed": -1}, "seed", "The seed is a whole number from 0 to 1,000,000,000,000."),
        ({"seed": 10**5000}, "seed", "The seed is a whole number from 0 to 1,000,000,000,000."),
    ],
)
def test_a_problem_has_its_field_and_says_what_is_expected(changes, field, words):
    asked = design(**changes)
    assert check(asked) == (Problem(field, words),)
    with pytest.raises(NetworkError) as caught:
        build(asked)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"b": None}, "b is missing: 2 numbers are needed."),
        ({"W": np.zeros((2, 3))}, "W has 2×3 numbers; 2×2 numbers are needed."),
        ({"V": np.zeros((2, 3))}, "V has 2×3 numbers; 3×2 numbers are needed."),
        ({"c": np.zeros((3, 3))}, "c has 3×3 numbers; 3 numbers are needed."),
        ({"c": np.zeros((4, 1))}, "c has 4 numbers; 3 numbers are needed."),
        ({"b": np.zeros(1)}, "b has 1 number; 2 numbers are needed."),
        ({"W": np.array([[1, 2], [np.inf, 3]])}, "W[2, 1] is not a finite number."),
        ({"c": np.array([1, 2, np.nan])}, "c[3] is not a finite number."),
        ({"Q": np.zeros(2)}, "Q is no parameter of this network; it has U, W, b, V, c, E."),
    ],
)
def test_given_values_that_do_not_fit_are_named(changes, words):
    assert check(given_design(**changes)) == (Problem("parameters", words),)


def test_all_values_are_missing_where_none_is_given():
    found = check(design(hidden_size=1, scheme="given"))
    assert [problem.words for problem in found] == [
        "U is missing: 1×3 numbers are needed.",
        "W is missing: 1 number is needed.",
        "b is missing: 1 number is needed.",
        "V is missing: 3×1 numbers are needed.",
        "c is missing: 3 numbers are needed.",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "ab" + "a" * 999},
        {"text": "a", "targets": "b"},
        {"text": "a" * 1000, "targets": "b" * 1000},
        {"text": MANY[:200]},
        {"hidden_size": 1, "embedding_size": 1},
        {"hidden_size": 128, "embedding_size": 128},
        {"learning_rate": 0},
        {"learning_rate": 1e6},
        {"seed": 0},
        {"seed": 10**12},
        {"scheme": "normal", "scale": 1000.0},
        {"scheme": "uniform", "scale": -1.0},
        {"scheme": "xavier", "parameters": {"Q": np.zeros(1)}},
    ],
)
def test_designs_up_to_the_limits_are_built(changes):
    asked = design(**changes)
    assert check(asked) == ()
    build(asked)


def test_all_problems_come_in_the_order_of_the_fields():
    asked = design(
        "a\x00",
        targets="\x00",
        hidden_size=0,
        embedding_size=0,
        learning_rate=-1,
        scheme="normal",
        scale=-1.0,
        seed=-1,
    )
    order = [field.name for field in dataclasses.fields(Design)]
    found = [problem.field for problem in check(asked)]
    assert found == ["text", "targets", "hidden_size", "embedding_size", "learning_rate", "scale", "seed"]
    assert found == sorted(found, key=order.index)
    with pytest.raises(NetworkError) as caught:
        build(asked)
    assert str(caught.value) == " ".join(problem.words for problem in check(asked))


@pytest.mark.parametrize("field", ["hidden_size", "embedding_size"])
def test_given_values_are_not_measured_by_a_size_that_cannot_be(field):
    found = check(design(**({"embedding_size": 3, "scheme": "given", "parameters": given_values()} | {field: 0})))
    assert [problem.field for problem in found] == [field]


@st.composite
def texts_and_targets(draw):
    """A text, and nothing, as many of its own letters or any text for its targets; then either may be damaged."""
    text = draw(st.text(st.sampled_from("abc é👩‍👩‍👧"), min_size=2, max_size=12) | st.text(max_size=12))
    own = draw(st.lists(st.sampled_from(text or "a"), min_size=len(text), max_size=len(text)))
    targets = draw(st.sampled_from([None, "".join(own)]) | st.text(max_size=12))
    return draw(damaged(text, "ab\n\x00")), targets if targets is None else draw(damaged(targets, "ab\n\x00"))


@given(texts_and_targets())
def test_every_text_is_built_or_has_a_problem(case):
    text, targets = case
    asked = design(text, targets=targets)
    if not check(asked):
        source, found = build(asked), summary(asked)
        assert source.network.T == found.T
        assert "\n" not in found.line
    else:
        with pytest.raises(NetworkError):
            build(asked)
