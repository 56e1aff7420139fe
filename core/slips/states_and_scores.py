"""The table of slips, its first part: the forward pass, from the letters to the loss."""

from __future__ import annotations

from math import log

import numpy as np

from core.slips import forward
from core.slips.case import Slip, Tier

STATES: tuple[Slip, ...] = (
    Slip(
        "letters in sorted order",
        "The letters are numbered in sorted order.",
        "Their order is that of the alphabet: it says which row and column belongs to which letter.",
        forward.sorted_letters,
        Tier.ODD,
    ),
    Slip(
        "no tanh",
        "tanh is left out: each state is its pre-activation.",
        "h = tanh(a).",
        forward.written("a[t] = U @ x[t] + W @ h[t-1] + b\nh[t] = a[t]"),
    ),
    Slip(
        "tanh left out here",
        "This is a{which}, before tanh.",
        "h{which} = tanh(a{which}).",
        forward.tanh_forgotten_here,
    ),
    Slip(
        "sigmoid for tanh",
        "Each state is the sigmoid of its pre-activation, σ(a), {which}.",
        "h = tanh(a), which is 2σ(2a) − 1.",
        forward.squashed("sigmoid", lambda h: h * (1 - h), "on the way back with its own slope, h(1 − h)"),
        Tier.RARE,
    ),
    Slip(
        "ReLU for tanh",
        "Each state is max(0, a), {which}.",
        "h = tanh(a).",
        forward.squashed("relu", lambda h: np.where(h > 0, 1.0, 0.0), "on the way back with its own slope, 1 or 0"),
        Tier.RARE,
    ),
    Slip(
        "no memory",
        "W h of the timestep before is left out.",
        "The state reads the letter and the state before: a = U x + W h + b.",
        forward.written("h[t] = tanh(a := U @ x[t] + b)"),
    ),
    Slip(
        "Wᵀ for W",
        "The forward pass multiplies by Wᵀ.",
        "It multiplies by W; Wᵀ is for the way back.",
        forward.transposed("W"),
    ),
    Slip(
        "Uᵀ for U",
        "The forward pass multiplies by Uᵀ.",
        "It multiplies by U: a row of U for every hidden unit.",
        forward.transposed("U"),
        Tier.RARE,
    ),
    Slip(
        "Vᵀ for V",
        "The forward pass multiplies by Vᵀ.",
        "It multiplies by V: a row of V for every letter.",
        forward.transposed("V"),
        Tier.RARE,
    ),
    Slip(
        "all matrices transposed",
        "The forward pass multiplies by Uᵀ, Wᵀ and Vᵀ, or by rows from the left.",
        "It multiplies by U, W and V from the left: a = U x + W h + b.",
        forward.transposed("UWV"),
        Tier.ODD,
    ),
    Slip(
        "b left out",
        "The bias b is left out.",
        "a = U x + W h + b.",
        forward.written("h[t] = tanh(a := U @ x[t] + W @ h[t-1])"),
    ),
    Slip(
        "b counted twice",
        "The bias b is added twice, as if input and state each had one.",
        "a = U x + W h + b, with one b.",
        forward.written("h[t] = tanh(a := U @ x[t] + b + W @ h[t-1] + b)"),
        Tier.ODD,
    ),
)

ATTENTION: tuple[Slip, ...] = (
    Slip(
        "scaled scores",
        "The scores of attention are divided by √H, as a transformer does it.",
        "A is the plain dot product of two states.",
        forward.scaled,
        Tier.RARE,
    ),
    Slip(
        "no causal mask",
        "Attention looks at all timesteps, later ones too.",
        "Timestep t looks at i = 1 … t.",
        forward.unmasked,
        Tier.RARE,
    ),
    Slip(
        "raw scores for weights",
        "The context Z is summed up with the raw scores A.",
        "The softmax weights α belong there: they are positive and sum to 1.",
        forward.written("Z[t] = A[t] @ h[1:t+1]", attention=True),
        Tier.RARE,
    ),
    Slip(
        "softmax from i = 0",
        "The softmax of attention counts i = 0 too: h₀ = 0 adds e⁰ = 1 to every sum.",
        "It runs over i = 1 … t; h₀ takes no part.",
        forward.noted("alpha", forward.from_zero, attention=True),
        Tier.RARE,
    ),
    Slip(
        "softmax over the wrong axis",
        "The softmax of attention runs down the columns: over all timesteps that look at i.",
        "It runs along a row: over all i that timestep t looks at, so that the weights of one t sum to 1.",
        forward.noted("alpha", forward.down_columns, attention=True),
    ),
)

OUTPUT: tuple[Slip, ...] = (
    Slip(
        "h for Z",
        "V reads the hidden state h.",
        "V reads the context Z, the weighted mean of the hidden states.",
        forward.written("Omega[t] = V @ h[t] + c", attention=True),
    ),
    Slip(
        "the state before at the output",
        "V reads what the timestep before has left.",
        "It reads what this timestep has made, after its letter.",
        forward.written("Omega[t] = V @ STATE[t-1] + c"),
        Tier.RARE,
    ),
    Slip(
        "c left out",
        "The bias c is left out.",
        "Every score has its bias: Ω = V · + c.",
        forward.written("Omega[t] = V @ STATE[t]"),
    ),
    Slip(
        "c counted twice",
        "The bias c is added twice.",
        "Ω = V · + c, with one c.",
        forward.written("Omega[t] = V @ STATE[t] + c + c"),
        Tier.ODD,
    ),
    Slip(
        "softmax over the timesteps",
        "The softmax of the output runs over the timesteps.",
        "It runs over the letters: the probabilities of one timestep sum to 1.",
        forward.noted("yhat", forward.over_timesteps),
        Tier.RARE,
    ),
    Slip(
        "not divided by the sum",
        "The exponentials e^Ω are not divided by their sum.",
        "Softmax divides each e^Ω by the sum of them all.",
        forward.written("yhat[t] = exp(Omega[t])"),
    ),
    Slip(
        "softmax twice",
        "The softmax of the output is taken twice: {which}",
        "ŷ = softmax(Ω), once; a loss that takes the softmax itself is given Ω.",
        forward.softmax_twice,
        Tier.RARE,
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
        forward.written(f"L[t] = -log(y[t] @ yhat[t]) / {log(10)!r}"),
    ),
    Slip(
        "log base 2",
        "The logarithm is to base 2.",
        "The loss takes the natural logarithm, ln.",
        forward.written(f"L[t] = -log(y[t] @ yhat[t]) / {log(2)!r}"),
        Tier.RARE,
    ),
    Slip(
        "the loss without its minus",
        "The minus before the logarithm is missing.",
        "L = −ln ŷ at the wanted letter; the logarithm of a probability is never positive.",
        forward.written("L[t] = log(y[t] @ yhat[t])"),
    ),
)
