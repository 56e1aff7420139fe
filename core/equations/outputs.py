"""Outputs: from scores and what is wanted to a prediction and a loss, also where some of that prediction is held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.equations.expressions import Expression, Number, Ref, op
from core.equations.operations import Entries, Values, positive, sigmoid, softmax, with_entries

NOTHING: Entries = {}


def cross_entropy(scores: Values, wanted: Values) -> Values:
    """-ln softmax(scores) at the *wanted* entry (one-hot), 0 elsewhere; finite where the probability underflows."""
    shifted = scores - np.max(np.real(scores), axis=-1, keepdims=True)
    return np.asarray(wanted * (np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) - shifted))


def squared(predicted: Values, wanted: Values) -> Values:
    """(predicted - wanted)² of every entry."""
    return np.asarray((predicted - wanted) * (predicted - wanted))


def half_squared(predicted: Values, wanted: Values) -> Values:
    """Half of that."""
    return np.asarray(0.5 * squared(predicted, wanted))


def logistic(scores: Values, wanted: Values) -> Values:
    """-wanted ln σ - (1 - wanted) ln(1 - σ), σ = sigmoid(scores), finite where σ is 0 or 1 to the last bit."""
    above = positive(scores)
    return np.asarray(scores * (above - wanted) + np.log(1 + np.exp(scores * (1 - 2 * above))))


def surprise(predicted: Values, wanted: Values) -> Values:
    """-wanted ln predicted, and 0 where nothing is wanted, of every entry."""
    return np.asarray(np.where(wanted != 0, -wanted * np.log(predicted), 0.0))


def surprise_both(predicted: Values, wanted: Values) -> Values:
    """That, and the same of 1 - predicted where 1 - wanted is."""
    return surprise(predicted, wanted) + surprise(1 - predicted, 1 - wanted)


def _at(values: Values, entry: tuple[int, ...]) -> Values:
    """An entry of the last axes."""
    place: Any = (..., *entry)
    return np.asarray(values[place])


@dataclass(frozen=True, slots=True)
class Output:
    """Prediction and loss in one operation, which stays finite where each by itself would not.

    *predict*: from the scores. *losses*: what every entry adds to the loss, from the scores and what is wanted;
    *judged*: the same from a prediction that no scores made. *latex*, *loss_latex*: how prediction and loss are
    written, the loss from the prediction. *asks*: of the scores, from the prediction and what is wanted. *is_joint*:
    whether a score moves all entries of the prediction.
    """

    predict: Callable[[Values], Values]
    losses: Callable[[Values, Values], Values]
    judged: Callable[[Values, Values], Values]
    latex: str
    loss_latex: str
    asks: Callable[[Ref, Expression], Expression]
    is_joint: bool = False

    def loss(self, scores: Values, wanted: Values, held: Entries = NOTHING) -> Values:
        """The loss; *held*: what the prediction is at some entries, in the place of what the scores make."""
        losses = self.losses(scores, wanted)
        with np.errstate(all="ignore"):  # of a probability held at 0
            own = {entry: self.judged(np.asarray(number), _at(wanted, entry)) for entry, number in held.items()}
        return np.asarray(with_entries(losses, own).sum(axis=-1))

    def heard(self, asked: Values, wanted: Values, held: Entries) -> Values:
        """What is *asked* of the scores, without what the loss no longer hears where the prediction is *held*."""
        if not self.is_joint:
            return with_entries(asked, dict.fromkeys(held, 0.0))
        left = np.asarray(1 - np.asarray(sum(_at(wanted, entry) for entry in held)))
        return np.asarray(asked * left[..., None])


def _difference(predicted: Expression, wanted: Expression) -> Expression:
    return op("-", predicted, wanted)


def _twice(predicted: Expression, wanted: Expression) -> Expression:
    return op("scaled", Number(2.0), op("-", predicted, wanted))


def _sloped(asks: Callable[[Ref, Expression], Expression]) -> Callable[[Ref, Expression], Expression]:
    """*asks* of a prediction, asked of its scores through the sigmoid."""
    return lambda predicted, wanted: op("*", asks(predicted, wanted), op("s(1-s)", predicted))


_SIGMOID, _ITSELF = r"\sigma\left( {0} \right)", "{0}"
_SQUARED, _HALF = r"\left\| {0} - {1} \right\|^{2}", r"\frac{ 1 }{ 2 } \left\| {0} - {1} \right\|^{2}"

OUTPUTS: dict[str, Output] = {
    "softmax_cross_entropy": Output(
        softmax, cross_entropy, surprise, r"\operatorname{softmax}\left( {0} \right)", r"-{1}^{\top} \ln {0}",
        _difference, is_joint=True,
    ),
    "squared": Output(lambda a: a, squared, squared, _ITSELF, _SQUARED, _twice),
    "half_squared": Output(lambda a: a, half_squared, half_squared, _ITSELF, _HALF, _difference),
    "sigmoid_logistic": Output(
        sigmoid, logistic, surprise_both, _SIGMOID,
        r"-{1}^{\top} \ln {0} - \left(1 - {1}\right)^{\top} \ln \left(1 - {0}\right)", _difference,
    ),
    "sigmoid_squared": Output(
        sigmoid, lambda a, y: squared(sigmoid(a), y), squared, _SIGMOID, _SQUARED, _sloped(_twice),
    ),
    "sigmoid_half_squared": Output(
        sigmoid, lambda a, y: half_squared(sigmoid(a), y), half_squared, _SIGMOID, _HALF, _sloped(_difference),
    ),
}  # fmt: skip
