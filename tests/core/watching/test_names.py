"""The names of watches complete, each to something that the language reads."""

import pytest

from core.program.program import Program
from core.watching.language import WatchError, read
from core.watching.names import completions
from tests.strategies import KINDS, of_kind


def offered(text, network):
    return [each.text for each in completions(text, len(text), network)]


def test_a_name_completes_to_the_whole_gradient_and_its_parts():
    network, _ = of_kind((False, True))
    assert offered("dW", network) == ["dW_term", "dW_so_far"]
    assert offered("2 * norm(al", network) == ["2 * norm(alpha"]
    assert offered("2 *", network) == []
    assert completions("al + 1", 2, network)[0].text == "alpha + 1"


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_that_is_offered_is_read(kind):
    network, _ = of_kind(kind)
    names = {
        each.text: each.words for letter in "abcdefghijklmnopqrstuvwxyz" for each in completions(letter, 1, network)
    }
    assert ("alpha" in names) == kind[1]
    assert ("E" in names) == kind[0]
    for name, words in names.items():
        assert words
        if name.endswith("("):
            assert read(f"{name}h[1])", network)
            continue
        if name in ("g", "s"):
            with pytest.raises(WatchError, match="needs two timesteps"):
                read(name, network)
        else:
            assert read(name, network).first(Program(network)) >= 1
