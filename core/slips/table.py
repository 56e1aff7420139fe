"""The table of slips: what learners do wrongly on the way to a number, what should be done, and how that computes.

Beside these stand the five switches of the rule (`core.slips.rules`) and rounding on the way. A slip that changes
no digit of a step is not claimed there. How common a slip is decides how much must speak for it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.program.program import Phase
from core.slips import backward as by
from core.slips import forward
from core.slips.by_hand import Stages
from core.slips.case import Slip, Tier

FORWARD, BACKWARD, UPDATE = Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE

SLIPS: tuple[Slip, ...] = (
    Slip(
        "raw scores for weights",
        "The context Z is summed up with the raw scores A.",
        "The softmax weights α belong there: they are positive and sum to 1.",
        forward.staged(Stages(context=lambda A, _alpha, h: np.asarray(A @ h)), attention=True),
        Tier.RARE,
    ),
    Slip(
        "softmax from i = 0",
        "The softmax of attention counts i = 0 too: h₀ = 0 adds e⁰ = 1 to every sum.",
        "It runs over i = 1 … t; h₀ takes no part.",
        forward.staged(Stages(weights=forward.from_zero), attention=True),
        Tier.RARE,
    ),
    Slip(
        "softmax over the wrong axis",
        "The softmax of attention runs down the columns: over all timesteps that look at i.",
        "It runs along a row: over all i that timestep t looks at, so that the weights of one t sum to 1.",
        forward.staged(Stages(weights=forward.down_columns), attention=True),
    ),
    Slip(
        "h for Z",
        "V reads the hidden state h.",
        "V reads the context Z, the weighted mean of the hidden states.",
        forward.staged(Stages(scores=lambda P, _Z, h: np.asarray(h @ P.V.T + P.c)), attention=True),
    ),
    Slip(
        "softmax over the timesteps",
        "The softmax of the output runs over the timesteps.",
        "It runs over the letters: the probabilities of one timestep sum to 1.",
        forward.staged(Stages(predict=forward.over_timesteps)),
        Tier.RARE,
    ),
    Slip(
        "not divided by the sum",
        "The exponentials e^Ω are not divided by their sum.",
        "Softmax divides each e^Ω by the sum of them all.",
        forward.staged(Stages(predict=forward.not_divided)),
    ),
    Slip(
        "no tanh",
        "tanh is left out: each state is its pre-activation.",
        "h = tanh(a).",
        forward.staged(Stages(squash=np.array)),
    ),
    Slip(
        "tanh left out here",
        "This is a{which}, before tanh.",
        "h{which} = tanh(a{which}).",
        forward.tanh_forgotten_here,
    ),
    Slip(
        "no memory",
        "W h of the timestep before is left out.",
        "The state reads the letter and the state before: a = U x + W h + b.",
        forward.staged(Stages(pre_activation=forward.without_memory)),
    ),
    Slip(
        "Wᵀ for W",
        "The forward pass multiplies by Wᵀ.",
        "It multiplies by W; Wᵀ is for the way back.",
        forward.staged(Stages(pre_activation=forward.transposed_W)),
    ),
    Slip(
        "the wrong target letter",
        "The letter wanted is taken as {which}.",
        "The letter wanted at each timestep is given.",
        forward.wrong_targets,
        Tier.RARE,
    ),
    Slip(
        "log base 10",
        "The logarithm is to base 10.",
        "The loss takes the natural logarithm, ln.",
        forward.staged(forward.log_loss_to(10)),
    ),
    Slip(
        "log base 2",
        "The logarithm is to base 2.",
        "The loss takes the natural logarithm, ln.",
        forward.staged(forward.log_loss_to(2)),
        Tier.RARE,
    ),
    Slip(
        "the loss without its minus",
        "The minus before the logarithm is missing.",
        "L = −ln ŷ at the wanted letter; the logarithm of a probability is never positive.",
        forward.staged(Stages(loss=lambda yhat, y: np.asarray(np.log(np.add.reduce(yhat * y, axis=1))))),
    ),
    Slip(
        "the sign of the error",
        "The error of the output is taken as y − ŷ.",
        "It is ŷ − y: what was predicted minus what was wanted.",
        by.output_error_negated,
    ),
    Slip(
        "no tanh′",
        "The slope of tanh is left out.",
        "Every tanh on the way back multiplies by its slope, 1 − h².",
        by.chained(by.in_chain(h=lambda tape: np.zeros(tape.h.shape))),
    ),
    Slip(
        "tanh′ of a as 1 − a²",
        "The slope of tanh is taken as 1 − a², with the pre-activation.",
        "It is 1 − h², since h = tanh(a).",
        by.chained(by.in_chain(h=by.h_as_a)),
        Tier.RARE,
    ),
    Slip(
        "hₖ for hₖ₋₁",
        "The last factor is hₖ.",
        "At timestep k, W multiplied the state before it, hₖ₋₁.",
        by.chained(by.beside(h=lambda tape: by.shifted(tape.h, -1)), "W"),
    ),
    Slip(
        "xₖ₋₁ for xₖ",
        "The last factor is xₖ₋₁.",
        "At timestep k, U multiplied that timestep’s own input, xₖ.",
        by.chained(by.beside(x=lambda tape: by.shifted(tape.x, 1)), "U"),
        Tier.RARE,
    ),
    Slip(
        "W for Wᵀ",
        "The way back multiplies by W.",
        "What W carries forward, Wᵀ carries back.",
        by.chained(by.in_chain(W=lambda tape: tape.parameters.W.T)),
    ),
    Slip(
        "no Jacobian product",
        "The product over the timesteps between m and k is left out.",
        "Wᵀ diag(1 − h²), once for every timestep on the way, takes the error from hₘ back to hₖ.",
        by.chained(lambda right: replace(right, jacobians=False)),
    ),
    Slip(
        "W left out of the chain",
        "The way back has the slopes of tanh only, without W.",
        "Going back by one timestep multiplies by Wᵀ too.",
        by.chained(by.in_chain(W=lambda tape: np.eye(tape.network.H))),
        Tier.RARE,
    ),
    Slip(
        "only k = m",
        "Only the terms with k = m are there: the chain does not go back in time.",
        "The parameter was used at every timestep before, so the chain goes on to k = 1.",
        by.chained(by.in_chain(W=lambda tape: np.zeros(tape.parameters.W.shape))),
    ),
    Slip(
        "the last term missing",
        "The last term is not added.",
        "The sum goes up to the last timestep, with all its terms.",
        by.altered(by.without_last, BACKWARD, UPDATE),
    ),
    Slip(
        "overwritten, term by term",
        "Only the last term is left: each overwrites the one before.",
        "The terms of all uses are added.",
        by.altered(by.only_last, BACKWARD, UPDATE),
    ),
    Slip(
        "overwritten, loss by loss",
        "Only what the last loss gives is left: each loss overwrites the one before.",
        "The gradients of all losses are added.",
        by.altered(by.only_last_loss, BACKWARD, UPDATE),
        Tier.RARE,
    ),
    Slip(
        "the running total for the term",
        "This is the sum of the terms so far.",
        "The step is one term; the running total stands beside it.",
        by.summed_up,
        Tier.RARE,
    ),
    Slip(
        "the mean for the sum",
        "Everything is divided by the number of timesteps, as for a mean loss.",
        "The loss is the sum over the timesteps, and so are its gradients.",
        by.altered(by.mean, FORWARD, BACKWARD, UPDATE),
    ),
    Slip(
        "the new V in the chain",
        "The chain starts with the V after its update.",
        "All gradients are taken at the old parameters; all updates come after.",
        by.new_V,
        Tier.RARE,
    ),
    Slip(
        "the stated η",
        "The learning rate is the stated η = {which}.",
        "The numbers here are made with the learning rate in use.",
        by.rate,
        Tier.SWITCH,
        trains=True,
    ),
    Slip(
        "the exact rule with the stated η",
        "This is what autograd gives with the η that the sheet states: the exact derivative, and η = {which}.",
        "The numbers here are made with the rule and the learning rate in use.",
        by.exact_with_stated_rate,
        Tier.SWITCH,
        trains=True,
    ),
    Slip(
        "the neighbouring epoch",
        "This is the number of epoch {which}.",
        "Epochs are counted from 1: epoch 1 is computed before any update.",
        by.neighbouring_epoch,
        trains=True,
    ),
    Slip(
        "+ η",
        "The gradient is added.",
        "Downhill is against the gradient: P − η ∂L/∂P.",
        by.uphill,
        trains=True,
    ),
    Slip(
        "transposed",
        "The matrix is transposed.",
        "Rows and columns are the other way round.",
        by.transposed,
    ),
)
