"""The words of the field: what each of them means, said wherever it stands on the screen."""

from __future__ import annotations

import re
from functools import lru_cache

PATHS = {
    "value": "hₘ is part of the mix Zₜ",
    "key": "hₘ decides how much of it is taken",
    "query": "hₜ decides how all are weighed",
}

# By the forms in which each is met, the first of them its name.
_WORDS = {
    "term by term": "a product for each path from a loss to a use of a parameter, as the worksheets do",
    "timestep by timestep": "by ∂L/∂h from the last timestep to the first, as code does",
    "timestep, timesteps": "a place in the sequence: at t = 1 the first letter or vector is read",
    "h₀": "the hidden state before the first timestep: 0, unless it is given",
    "hidden state, hidden states": "the numbers that a timestep hands on to the next",
    "cell state": "what an LSTM hands on beside the hidden state: what is kept of the one before, and what is added",
    "forget gate": "how much is kept of the cell state before: 0 nothing, 1 all",
    "input gate": "how much of the candidate is added to the cell state: 0 nothing, 1 all",
    "output gate": "how much of tanh of the cell state becomes the hidden state: 0 nothing, 1 all",
    "LSTM": "a cell with a state of its own beside h, and gates for what it keeps, takes in and shows",
    "GRU": "a cell whose gates say how much of the state before is kept, and how much its candidate reads of it",
    "gate, gates": "a factor between 0, where nothing passes, and 1, where all does",
    "candidate": "what is to be taken into the state, before a gate says how much of it",
    "pre-activation": "the sum before tanh, or before what else squashes it",
    "tanh": "squashes any number into −1 … 1",
    "tanh′": "the slope of tanh, 1 − tanh²: 1 at 0, nearly 0 where tanh is near −1 or 1",
    "sigmoid": "1 / (1 + e⁻ˣ), squashes any number into 0 … 1",
    "ReLU": "0 for what is negative, all else as it is",
    "softmax": "e to each score over the sum of them all: shares between 0 and 1 that sum to 1",
    "cross-entropy": "−log of the probability given to what is wanted: 0 if that is 1, larger the smaller it is",
    "surprise": "−log of the probability: 0 if that is 1, larger the smaller it is",
    "squared error, squared": "the difference of prediction and target times itself, summed over the entries",
    "logistic": "−log of the probability that a sigmoid gives to a target of 1, and of what is left to 1, to one of 0",
    "one-hot, onehot": "a vector with a 1 at the place of one letter and 0 elsewhere",
    "score, scores, logit, logits": "what softmax, or what else follows, makes a probability, weight or prediction of",
    "embedding": "a matrix with a row of numbers for each letter, trained with all else; the row is what is read",
    "attention, attend": "each timestep takes a mix of the hidden states so far, weighed by how well they fit its own",
    "context": "the mix that attention takes of the hidden states so far: Z, their mean weighed by α",
    **{f"{name} path, {name} paths": words for name, words in PATHS.items()},
    "bias, biases": "numbers that are added whatever is read",
    "parameter, parameters": "the numbers that training changes",
    "learning rate, η": "how far an update goes: it takes η times the gradient off",
    "epoch, epochs": "one round: forward through all timesteps, back, and one update of the parameters",
    "total loss": "the loss of all timesteps together, which training is to make smaller",
    "loss, losses": "how far a prediction is from what is wanted: 0 would be without a fault",
    "gradient, gradients": "the derivative of the loss by every entry of a parameter",
    "derivative, derivatives": "how fast one number changes with another: by how many times as much, at first",
    "slope, slopes": "how fast a curve rises at a place: the derivative there",
    "term, terms": "one addend of a gradient: what one loss, or one timestep, asks of one use of a parameter",
    "truncated": "a loss reaches back over so many timesteps only; what is farther counts as 0",
    "chunk, chunks": "pieces of the sequence that no derivative leaves: states are handed on, nothing flows back",
    "clip, clipped": "a gradient that is too large is made smaller: all by one factor, or each entry to the bound",
    "norm": "the root of the sum of all squares",
    "autograd": "how programs differentiate: the exact derivative of what was computed",
    "seed": "the number that random ones start from: the same seed draws the same numbers",
    "erratum, errata": "a mistake in the printed sheet",
    "product so far": "the factors down to this row, multiplied",
}
_MEANT = {form.lower(): words for forms, words in _WORDS.items() for form in forms.split(", ")}


@lru_cache
def _any() -> re.Pattern[str]:
    """What finds a word: the longest first; no part of another word, but for an index below."""
    forms = "|".join(rf"(?<![^\W_]){re.escape(form)}(?![^\W\d_])" for form in sorted(_MEANT, key=len, reverse=True))
    return re.compile(forms, re.IGNORECASE)  # when the first is looked for, which is long after the first frame


def explained(tip: str, *shown: str) -> str:
    """*tip*, and below it a line for each word of the field in what is *shown* there: ``softmax: …``."""
    lines: dict[str, str] = {}
    for found in _any().findall("\n".join(shown)):
        words = _MEANT[found.lower()]
        lines.setdefault(words, f"{found}: {words}")
    return "\n".join(filter(None, (tip, *lines.values())))


def glossary() -> tuple[tuple[str, str], ...]:
    """Every word with what it means, in the order of the alphabet."""
    return tuple(sorted((forms.split(", ")[0], words) for forms, words in _WORDS.items()))
