"""A network that reads words speaks of words, and a word that is “letter” stays what it is."""

import re

import pytest

from core.epoch.training import Training
from core.network.symbols import words
from core.program.program import Program
from core.sources.design import Design
from core.sources.own_network import build
from core.steps.evaluate import evaluate


def everything_said(text, reads, **options):
    """The titles, sentences and reasons of all steps, and what every operand is."""
    design = Design(text=text, reads=reads, hidden_size=2, attention=True, learning_rate=0.1, seed=1, **options)
    source = build(design)
    epoch = Training(source.network, source.parameters, source.rule, 0.1).epoch(1)
    for address in Program(source.network):
        step = evaluate(epoch, address)
        yield step.formula.title
        yield step.formula.sentence
        yield step.zero or ""
        yield from (words(operand.symbol, source.network, source.rule) for operand in step.operands)


@pytest.mark.parametrize("D", [None, 2])
def test_of_words_no_letter_is_spoken_of_but_in_quotes(D):
    said = set(everything_said("the letter opens the alphabet", "words", embedding_size=D))
    assert any("“letter”" in each for each in said)
    unquoted = [re.sub("“[^”]*”", "", each) for each in said]
    assert not [each for each in unquoted if re.search("letter|alphabet", each, re.IGNORECASE)]
    assert "The surprise at the wanted word “letter”: 0 if it was certain, larger the less likely it was." in said


def test_of_letters_no_word_is_spoken_of():
    said = everything_said("hello", "letters", embedding_size=None)
    assert not [each for each in said if re.search(r"\bwords?\b|vocabulary", each)]
