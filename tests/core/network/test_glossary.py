"""The words of the field are found where they stand, whole, the longest first, and each says what is so."""

import numpy as np
import pytest

from core.network.glossary import explained, glossary


def words_in(text):
    return [line.partition(": ")[0] for line in explained("", text).splitlines()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the total loss, by the value path of loss 3", ["total loss", "value path", "loss"]),
        (r"\operatorname{softmax}(A_3) + \tanh(a)", ["softmax", "tanh"]),
        ("tanh′ at t = 3", ["tanh′"]),
        ("timestep by timestep, 4 terms of the 2 timesteps", ["timestep by timestep", "terms", "timesteps"]),
        ("term_{t,m,k}", ["term"]),
        ("η 0.1, from h₀", ["η", "h₀"]),
        ("determine, biased, softmaxes, normal, aggregate, epochal", []),
        ("Loss and losses", ["Loss"]),
    ],
)
def test_words_are_found_whole_and_the_longest_first_each_once(text, words):
    assert words_in(text) == words


def test_a_tooltip_stays_above_what_is_explained():
    assert explained("Go there", "nothing") == "Go there"
    first, *others = explained("Go there", "softmax").splitlines()
    assert first == "Go there"
    assert len(others) == 1


def test_what_is_said_of_the_functions_is_so():
    meant = dict(glossary())
    x = np.linspace(-9, 9, 10_001)
    squashed, slope = np.tanh(x), np.gradient(np.tanh(x), x)
    assert "−1 … 1" in meant["tanh"]
    assert np.abs(squashed).max() <= 1
    assert "1 − tanh²: 1 at 0, nearly 0 where tanh is near −1 or 1" in meant["tanh′"]
    assert np.allclose(slope, 1 - squashed**2, atol=1e-5)
    assert slope.argmax() == len(x) // 2
    shares = np.exp(x[::1000]) / np.exp(x[::1000]).sum()
    assert "that sum to 1" in meant["softmax"]
    assert shares.sum() == pytest.approx(1)
    assert shares.min() > 0


def test_no_word_is_explained_by_itself_alone_and_none_twice():
    names = [name.lower() for name, _ in glossary()]
    assert len(names) == len(set(names))
    assert all(words and name.lower() != words.lower() for name, words in glossary())
    assert max(len(f"{name}: {words}") for name, words in glossary()) <= 130  # a tooltip's line does not break
