"""The table of slips, its second part: the errors, and the way back through time."""

from __future__ import annotations

from collections.abc import Callable

from core.equations import edges
from core.equations.description import Description
from core.equations.expressions import Expression, Number, Operation, Ref, op, shifted
from core.equations.operations import Asks
from core.equations.outputs import OUTPUTS
from core.slips import backward as by
from core.slips.case import Slip, Tier, elsewhere, lined, together

_BY_CROSS_ENTROPY = ("softmax_cross_entropy",)
_SQUARED, _HALVED = ("squared", "sigmoid_squared"), ("half_squared", "sigmoid_half_squared")
_ONE = Number(1.0)


def _difference(predicted: Expression, wanted: Expression) -> Expression:
    return op("-", predicted, wanted)


def _twice(predicted: Expression, wanted: Expression) -> Expression:
    return op("scaled", Number(2.0), _difference(predicted, wanted))


def _sloped(predicted: Expression, wanted: Expression) -> Expression:
    return op("*", _difference(predicted, wanted), op("s(1-s)", predicted))


def slope(wrong: Callable[[Expression, Expression], Expression]) -> Asks:
    """Another slope of a function, from what stands in its brackets and from its result."""
    return lambda asked, operands, result: (op("*", asked, wrong(operands[0], result)),)


def _none(asked: Expression, _operands: tuple[Expression, ...], _result: Expression) -> tuple[Expression, ...]:
    return (asked,)


def _at(offset: int) -> Callable[[Expression, Expression], Expression]:
    """The slope of tanh at another timestep."""
    return lambda _a, h: op("1-h²", shifted(h, offset))


def _unsloped(matrix: Expression, asked: Expression, lines: Description) -> Expression:
    return op("matrix·vector", matrix, edges.unsloped(asked, lines))


def _untransposed(matrix: Expression, asked: Expression, _lines: Description) -> Expression:
    match matrix:
        case Operation("transposed", (inside,)):
            return op("matrix·vector", inside, asked)
    return op("matrix·vector", op("transposed", matrix), asked)


ERRORS: tuple[Slip, ...] = (
    Slip(
        "the sign of the error",
        "The error of the output is taken as y − ŷ.",
        "It is ŷ − y: what was predicted minus what was wanted.",
        together(
            by.output_error_negated,
            elsewhere(lined(edges.output_asking(OUTPUTS, lambda predicted, y: _difference(y, predicted)))),
        ),
    ),
    Slip(
        "softmax’s diagonal only",
        "The softmax is differentiated as if each probability depended on its own score only: the error is −y(1 − ŷ).",
        "Every probability depends on every score; all of them together give ŷ − y.",
        lined(edges.output_asking(_BY_CROSS_ENTROPY, lambda yhat, y: op("*", op("negated", y), op("-", _ONE, yhat)))),
    ),
    Slip(
        "the slope of a sigmoid at the output",
        "The error is multiplied by ŷ(1 − ŷ).",
        "ŷ − y is the whole derivative by the scores; no slope is left to multiply by.",
        lined(edges.output_asking((*_BY_CROSS_ENTROPY, "sigmoid_logistic", "half_squared"), _sloped)),
    ),
    Slip(
        "no slope at the output",
        "The slope of the output’s sigmoid is left out.",
        "What is asked of ŷ goes back to the scores times ŷ(1 − ŷ).",
        together(
            lined(edges.output_asking(("sigmoid_squared",), _twice)),
            lined(edges.output_asking(("sigmoid_half_squared",), _difference)),
        ),
    ),
    Slip(
        "squared error",
        "The loss is ½ Σ (ŷ − y)², whose derivative goes back through the softmax.",
        "The loss is −ln ŷ at the wanted letter, which asks ŷ − y of the scores.",
        lined(edges.output_asking(_BY_CROSS_ENTROPY, lambda yhat, y: op("softmax back", _difference(yhat, y), yhat))),
        Tier.RARE,
    ),
    Slip(
        "2(ŷ − y)",
        "The error is taken as 2(ŷ − y), as for a squared error.",
        "With this loss it is ŷ − y.",
        lined(edges.output_asking((*_BY_CROSS_ENTROPY, *_HALVED, "sigmoid_logistic"), _twice)),
    ),
    Slip(
        "ŷ − y without its 2",
        "The error is taken as ŷ − y, as for half of a squared error.",
        "The derivative of (ŷ − y)² is 2(ŷ − y).",
        together(
            lined(edges.output_asking(("squared",), _difference)),
            lined(edges.output_asking(("sigmoid_squared",), _sloped)),
        ),
    ),
    Slip(
        "−1/ŷ for the error",
        "The error is −1/ŷ at the wanted letter, the derivative of −ln ŷ by ŷ alone.",
        "That goes back through the softmax too; together they give ŷ − y.",
        lined(edges.output_asking(_BY_CROSS_ENTROPY, lambda yhat, y: op("negated", op("/", y, yhat)))),
    ),
    Slip(
        "Ω − y for the error",
        "The error is taken from the scores, before the softmax: Ω − y.",
        "It is ŷ − y, with the probabilities.",
        lined(edges.output_asking(_BY_CROSS_ENTROPY, lambda _yhat, y: _difference(Ref("Omega", 0), y))),
        Tier.ODD,
    ),
    Slip(
        "the new V in the chain",
        "The chain starts with the V after its update.",
        "All gradients are taken at the old parameters; all updates come after.",
        by.new_V,
        Tier.RARE,
    ),
    Slip(
        "attention’s softmax on its diagonal only",
        "The softmax of attention is differentiated as if each weight depended on its own score only: α(1 − α).",
        "Every weight depends on every score of its timestep: what is asked of A is α((h − Z) · v).",
        lined(edges.asking("softmax", slope(lambda _scores, alpha: op("*", alpha, op("-", _ONE, alpha))))),
        Tier.RARE,
    ),
)

SLOPES: tuple[Slip, ...] = (
    Slip(
        "no tanh′",
        "The slope of tanh is left out{which}.",
        "Every tanh on the way back multiplies by its slope, 1 − h², with h its result.",
        lined(edges.asking("tanh", _none, each=True), " in the line of {0}"),
    ),
    Slip(
        "tanh′ of a as 1 − a²",
        "The slope of tanh is taken as 1 − a², with the pre-activation.",
        "It is 1 − h², with h = tanh(a).",
        lined(edges.asking("tanh", slope(lambda a, _h: op("1-h²", a)))),
        Tier.RARE,
    ),
    Slip(
        "tanh twice in the slope",
        "The slope of tanh is taken as 1 − tanh(h)²: h is tanh(a) already.",
        "It is 1 − h², with h the result of tanh.",
        lined(edges.asking("tanh", slope(lambda _a, h: op("1-h²", op("tanh", h))))),
    ),
    Slip(
        "divided by the slope",
        "The way back divides by the slope of tanh, 1 − h².",
        "It multiplies by 1 − h², with h the result of tanh: one that has flattened out lets little through.",
        lined(edges.asking("tanh", lambda asked, _a, h: (op("/", asked, op("1-h²", h)),))),
    ),
    Slip(
        "the slope one timestep later",
        "The slope of tanh at each timestep is that of the next, 1 − h² with the state after it.",
        "At timestep j it is 1 − hⱼ².",
        lined(edges.asking("tanh", slope(_at(1)))),
    ),
    Slip(
        "the slope one timestep before",
        "The slope of tanh at each timestep is that of the one before, 1 − h² with the state that it began with.",
        "At timestep j it is 1 − hⱼ².",
        lined(edges.asking("tanh", slope(_at(-1)))),
    ),
    Slip(
        "h for the slope",
        "The way back multiplies by h, the result of tanh.",
        "It multiplies by the slope of tanh, 1 − h², with h its result.",
        lined(edges.asking("tanh", slope(lambda _a, h: h))),
        Tier.ODD,
    ),
    Slip(
        "1 − h for the slope",
        "The slope of tanh is taken as 1 − h: the square is missing.",
        "It is 1 − h², with h the result of tanh.",
        lined(edges.asking("tanh", slope(lambda _a, h: op("-", _ONE, h)))),
    ),
    Slip(
        "the slope of a sigmoid",
        "The slope of tanh is taken as h(1 − h), which is that of a sigmoid.",
        "Of tanh it is 1 − h², with h its result.",
        lined(edges.asking("tanh", slope(lambda _a, h: op("s(1-s)", h)))),
    ),
    Slip(
        "1 + h² for the slope",
        "The slope of tanh is taken as 1 + h².",
        "It is 1 − h², with h the result of tanh, which is steepest at 0, and nowhere steeper than 1.",
        lined(edges.asking("tanh", slope(lambda _a, h: op("+", _ONE, op("*", h, h))))),
        Tier.ODD,
    ),
    Slip(
        "−2h for the slope",
        "The slope of tanh is taken as −2h, which is that of 1 − h².",
        "It is 1 − h² itself, with h the result of tanh.",
        lined(edges.asking("tanh", slope(lambda _a, h: op("scaled", Number(-2.0), h)))),
        Tier.ODD,
    ),
    Slip(
        "the slope of ReLU",
        "The slope of tanh is taken as 1 where its result is positive, else as 0.",
        "Of tanh it is 1 − h², with h its result.",
        lined(edges.asking("tanh", slope(lambda _a, h: op(">0", h)))),
        Tier.ODD,
    ),
    Slip(
        "no sigmoid′",
        "The slope of the sigmoid is left out{which}.",
        "Every sigmoid on the way back multiplies by its slope, s(1 − s), with s its result.",
        lined(edges.asking("sigmoid", _none, each=True), " in the line of {0}"),
    ),
    Slip(
        "the slope of tanh for a sigmoid’s",
        "The slope of the sigmoid is taken as 1 − s², which is that of tanh{which}.",
        "Of a sigmoid it is s(1 − s).",
        lined(edges.asking("sigmoid", slope(lambda _a, s: op("1-h²", s)), each=True), ", in the line of {0}"),
    ),
    Slip(
        "the sigmoid twice in the slope",
        "The slope is taken as σ(s)(1 − σ(s)): s is σ(a) already.",
        "It is s(1 − s).",
        lined(edges.asking("sigmoid", slope(lambda _a, s: op("s(1-s)", op("sigmoid", s))))),
    ),
    Slip(
        "s for the slope",
        "The slope of the sigmoid is taken as s, its result.",
        "It is s(1 − s).",
        lined(edges.asking("sigmoid", slope(lambda _a, s: s))),
        Tier.ODD,
    ),
    Slip(
        "1 − s for the slope",
        "The slope of the sigmoid is taken as 1 − s.",
        "It is s(1 − s).",
        lined(edges.asking("sigmoid", slope(lambda _a, s: op("-", _ONE, s)))),
        Tier.ODD,
    ),
    Slip(
        "no slope of ReLU",
        "The way back goes through ReLU as if it were not there.",
        "Where ReLU has given 0, nothing goes back.",
        lined(edges.asking("relu", _none)),
    ),
    Slip(
        "the slope only at k",
        "The slopes on the way are left out: what goes back from a timestep to the one before is Wᵀ ∂L/∂h.",
        "It is Wᵀ ∂L/∂a: the slope of every timestep on the way counts, of tanh 1 − h².",
        lined(edges.back_through_matrix(_unsloped)),
    ),
)

BACK: tuple[Slip, ...] = (
    Slip(
        "W for Wᵀ",
        "The way back multiplies by W.",
        "What W carries forward, Wᵀ carries back.",
        lined(edges.back_through_matrix(_untransposed)),
    ),
    Slip(
        "no Jacobian product",
        "The product over the timesteps between m and k is left out.",
        "Wᵀ diag(1 − h²), once for every timestep on the way, takes the error from hₘ back to hₖ.",
        lined(edges.carried_whole),
    ),
    Slip(
        "W left out of the chain",
        "The way back has the slopes of tanh only, without W.",
        "Going back by one timestep multiplies by Wᵀ too.",
        lined(edges.back_through_matrix(lambda _matrix, asked, _lines: asked)),
        Tier.RARE,
    ),
    Slip(
        "only k = m",
        "Only the terms with k = m are there: the chain does not go back in time, ∂L/∂h is not carried on.",
        "The parameter was used at every timestep before, so the chain goes on to k = 1.",
        lined(edges.carry_cut),
    ),
    Slip(
        "truncated",
        "The way back is truncated: a loss reaches back by {which} at most.",
        "The chain goes on to k = 1, where the text begins.",
        by.truncated,
        Tier.ODD,
    ),
)

BESIDE: tuple[Slip, ...] = (
    Slip(
        "hₖ for hₖ₋₁",
        "The last factor is hₖ.",
        "At timestep k, W multiplied the state before it, hₖ₋₁.",
        lined(edges.read_otherwise(edges.at(0), of_parameters=True)),
    ),
    Slip(
        "hₖ for hₖ₋₁ at one timestep",
        "At {which} the last factor is hₖ.",
        "At every timestep k, W multiplied the state before it, hₖ₋₁.",
        by.one_later,
        Tier.ODD,
    ),
    Slip(
        "hₖ₊₁ for hₖ₋₁",
        "The last factor is hₖ₊₁, and at the last timestep its own state.",
        "At timestep k, W multiplied the state before it, hₖ₋₁.",
        lined(edges.read_otherwise(edges.at(1), of_parameters=True)),
        Tier.ODD,
    ),
    Slip(
        "the last state everywhere",
        "The last factor is the last state, at every timestep.",
        "At timestep k, W multiplied the state before it, hₖ₋₁.",
        lined(edges.read_otherwise(edges.at(edges.LAST), of_parameters=True)),
        Tier.ODD,
    ),
    Slip(
        "xₖ₋₁ for xₖ",
        "The last factor is xₖ₋₁.",
        "At timestep k, U multiplied that timestep’s own input, xₖ.",
        lined(edges.input_before),
        Tier.RARE,
    ),
)
