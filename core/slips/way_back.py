"""The table of slips, its second part: the errors, and the way back through time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.slips import backward as by
from core.slips.case import Slip, Tier

ERRORS: tuple[Slip, ...] = (
    Slip(
        "the sign of the error",
        "The error of the output is taken as y − ŷ.",
        "It is ŷ − y: what was predicted minus what was wanted.",
        by.output_error_negated,
    ),
    Slip(
        "softmax’s diagonal only",
        "The softmax is differentiated as if each probability depended on its own score only: the error is −y(1 − ŷ).",
        "Every probability depends on every score; all of them together give ŷ − y.",
        by.errors(lambda tape, y: -y * (1 - tape["yhat"])),
    ),
    Slip(
        "the slope of a sigmoid at the output",
        "The error is multiplied by ŷ(1 − ŷ).",
        "With softmax and −ln ŷ, ŷ − y is the whole derivative by the scores; no slope is left to multiply by.",
        by.errors(lambda tape, y: (tape["yhat"] - y) * tape["yhat"] * (1 - tape["yhat"])),
    ),
    Slip(
        "squared error",
        "The loss is ½ Σ (ŷ − y)², whose derivative goes back through the softmax.",
        "The loss is −ln ŷ at the wanted letter, which asks ŷ − y of the scores.",
        by.errors(lambda tape, y: by.through_softmax(tape["yhat"], tape["yhat"] - y)),
        Tier.RARE,
    ),
    Slip(
        "2(ŷ − y)",
        "The error is taken as 2(ŷ − y), as for a squared error.",
        "With softmax and −ln ŷ it is ŷ − y.",
        by.errors(lambda tape, y: 2 * (tape["yhat"] - y)),
    ),
    Slip(
        "−1/ŷ for the error",
        "The error is −1/ŷ at the wanted letter, the derivative of −ln ŷ by ŷ alone.",
        "That goes back through the softmax too; together they give ŷ − y.",
        by.errors(lambda tape, y: -y / tape["yhat"]),
    ),
    Slip(
        "Ω − y for the error",
        "The error is taken from the scores, before the softmax: Ω − y.",
        "It is ŷ − y, with the probabilities.",
        by.errors(lambda tape, y: tape["Omega"] - y),
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
        by.diagonal_attention,
        Tier.RARE,
    ),
)

SLOPES: tuple[Slip, ...] = (
    Slip(
        "no tanh′",
        "The slope of tanh is left out.",
        "Every tanh on the way back multiplies by its slope, 1 − h².",
        by.sloped(np.ones_like),
    ),
    Slip(
        "tanh′ of a as 1 − a²",
        "The slope of tanh is taken as 1 − a², with the pre-activation.",
        "It is 1 − h², since h = tanh(a).",
        by.chained(lambda right: replace(right, slopes=1 - np.square(right.tape["a"]))),
        Tier.RARE,
    ),
    Slip(
        "tanh twice in the slope",
        "The slope is taken as 1 − tanh(h)²: h is tanh(a) already.",
        "It is 1 − h².",
        by.sloped(lambda h: 1 - np.square(np.tanh(h))),
    ),
    Slip(
        "divided by the slope",
        "The way back divides by 1 − h².",
        "It multiplies by 1 − h²: a tanh that has flattened out lets little through.",
        by.sloped(lambda h: 1 / (1 - np.square(h))),
    ),
    Slip(
        "the slope one timestep later",
        "The slope at each timestep is that of the next, 1 − h² with the state after it.",
        "At timestep j it is 1 − hⱼ².",
        by.sloped(lambda h: 1 - np.square(by.next_of(h))),
    ),
    Slip(
        "the slope one timestep before",
        "The slope at each timestep is that of the one before, 1 − h² with the state that it began with.",
        "At timestep j it is 1 − hⱼ².",
        by.chained(lambda right: replace(right, slopes=1 - np.square(right.tape["h"][:-1]))),
    ),
    Slip(
        "h for the slope",
        "The way back multiplies by h.",
        "It multiplies by the slope of tanh, 1 − h².",
        by.sloped(np.array),
        Tier.ODD,
    ),
    Slip(
        "1 − h for the slope",
        "The slope is taken as 1 − h: the square is missing.",
        "It is 1 − h².",
        by.sloped(lambda h: 1 - h),
    ),
    Slip(
        "the slope of a sigmoid",
        "The slope is taken as h(1 − h), which is that of a sigmoid.",
        "Of tanh it is 1 − h².",
        by.sloped(lambda h: h * (1 - h)),
    ),
    Slip(
        "1 + h² for the slope",
        "The slope is taken as 1 + h².",
        "It is 1 − h²: tanh is steepest at 0, and nowhere steeper than 1.",
        by.sloped(lambda h: 1 + np.square(h)),
        Tier.ODD,
    ),
    Slip(
        "−2h for the slope",
        "The slope is taken as −2h, which is that of 1 − h².",
        "It is 1 − h² itself, the slope of tanh.",
        by.sloped(lambda h: -2 * h),
        Tier.ODD,
    ),
    Slip(
        "the slope of ReLU",
        "The slope is taken as 1 where h is positive, else as 0.",
        "Of tanh it is 1 − h².",
        by.sloped(lambda h: np.where(h > 0, 1.0, 0.0)),
        Tier.ODD,
    ),
    Slip(
        "the slope only at k",
        "The slopes of tanh on the way are left out: what goes back from a timestep to the one before is Wᵀ ∂L/∂h.",
        "It is Wᵀ ∂L/∂a: the slope 1 − h² of every timestep on the way counts.",
        by.chained(lambda right: replace(right, sloped=False)),
    ),
)

BACK: tuple[Slip, ...] = (
    Slip(
        "W for Wᵀ",
        "The way back multiplies by W.",
        "What W carries forward, Wᵀ carries back.",
        by.chained(lambda right: replace(right, back=right.parameters["W"].T)),
    ),
    Slip(
        "no Jacobian product",
        "The product over the timesteps between m and k is left out.",
        "Wᵀ diag(1 − h²), once for every timestep on the way, takes the error from hₘ back to hₖ.",
        by.chained(lambda right: replace(right, sloped=False, back=np.eye(right.network.H))),
    ),
    Slip(
        "W left out of the chain",
        "The way back has the slopes of tanh only, without W.",
        "Going back by one timestep multiplies by Wᵀ too.",
        by.chained(lambda right: replace(right, back=np.eye(right.network.H))),
        Tier.RARE,
    ),
    Slip(
        "only k = m",
        "Only the terms with k = m are there: the chain does not go back in time, ∂L/∂h is not carried on.",
        "The parameter was used at every timestep before, so the chain goes on to k = 1.",
        by.chained(lambda right: replace(right, carries=False)),
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
        by.beside(lambda h: h[1:]),
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
        by.beside(lambda h: by.next_of(h[1:])),
        Tier.ODD,
    ),
    Slip(
        "the last state everywhere",
        "The last factor is the last state, at every timestep.",
        "At timestep k, W multiplied the state before it, hₖ₋₁.",
        by.beside(lambda h: np.broadcast_to(h[-1], h[1:].shape)),
        Tier.ODD,
    ),
    Slip(
        "xₖ₋₁ for xₖ",
        "The last factor is xₖ₋₁.",
        "At timestep k, U multiplied that timestep’s own input, xₖ.",
        by.chained(lambda right: replace(right, inputs=by.before(right.tape["x"])), "U"),
        Tier.RARE,
    ),
)
