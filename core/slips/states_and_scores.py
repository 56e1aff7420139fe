"""The table of slips, its first part: the forward pass, from the letters to the loss."""

from __future__ import annotations

from math import log

from core.equations import edits
from core.equations.description import Description
from core.equations.expressions import Expression, Ref
from core.slips import forward
from core.slips.case import Slip, Tier, elsewhere, lined, of_arrays, together, uncut


def is_bias_of_the_cell(part: Expression, lines: Description) -> bool:
    """Whether *part* is a bias, but not c."""
    return edits.is_bias(part, lines) and not is_bias_of_the_output(part, lines)


def is_bias_of_the_output(part: Expression, _lines: Description) -> bool:
    """Whether *part* is c."""
    return part == Ref("c")


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
        "tanh is left out in the line of {which}.",
        "It belongs there, and keeps what goes on between −1 and 1.",
        lined(edits.function_for("tanh", None), "{0}"),
    ),
    Slip(
        "tanh left out here",
        "This is {which}, before tanh.",
        "The line ends with tanh.",
        forward.left_out_here("tanh", "tanh"),
    ),
    Slip(
        "no sigmoid",
        "The sigmoid is left out in the line of {which}.",
        "It belongs there, and keeps what goes on between 0 and 1.",
        lined(edits.function_for("sigmoid", None), "{0}"),
    ),
    Slip(
        "the sigmoid left out here",
        "This is {which}, before the sigmoid.",
        "The line ends with the sigmoid.",
        forward.left_out_here("sigmoid", "σ"),
    ),
    Slip(
        "no ReLU",
        "ReLU is left out in the line of {which}.",
        "It belongs there: what is negative becomes 0.",
        lined(edits.function_for("relu", None), "{0}"),
    ),
    Slip(
        "ReLU left out here",
        "This is {which}, before ReLU.",
        "The line ends with ReLU.",
        forward.left_out_here("relu", "ReLU"),
    ),
    Slip(
        "sigmoid for tanh",
        "The sigmoid σ stands for tanh in the line of {which}.",
        "tanh belongs there, which is 2σ(2a) − 1.",
        forward.squashed("tanh", "sigmoid", "its own, σ(1 − σ)"),
        Tier.RARE,
    ),
    Slip(
        "tanh for sigmoid",
        "tanh stands for the sigmoid in the line of {which}.",
        "The sigmoid belongs there: a share lies between 0 and 1.",
        forward.squashed("sigmoid", "tanh", "its own, 1 − tanh²"),
        Tier.RARE,
    ),
    Slip(
        "ReLU for tanh",
        "max(0, a) stands for tanh in the line of {which}.",
        "tanh belongs there.",
        forward.squashed("tanh", "relu", "its own, 1 or 0"),
        Tier.RARE,
    ),
    Slip(
        "tanh for ReLU",
        "tanh stands for max(0, a) in the line of {which}.",
        "ReLU leaves what is positive as it is.",
        forward.squashed("relu", "tanh", "its own, 1 − tanh²"),
        Tier.RARE,
    ),
    Slip(
        "no memory",
        "{which}.",
        "The line reads the timestep before, too.",
        lined(edits.addend(edits.is_carried, 0), "{0} is left out of the line of {1}"),
    ),
    Slip(
        "Wᵀ for W",
        "The forward pass multiplies by {which}.",
        "It multiplies by the matrix as it stands; transposed, it is for the way back.",
        forward.wide(lined(edits.matrix_transposed, "{0}ᵀ")),
    ),
    Slip(
        "Uᵀ for U",
        "The forward pass multiplies by {which}.",
        "It multiplies by the matrix as it stands, which has a row for every hidden unit.",
        forward.transposed(("H", "X")),
        Tier.RARE,
    ),
    Slip(
        "Vᵀ for V",
        "The forward pass multiplies by {which}.",
        "It multiplies by the matrix as it stands, which has a row for every score.",
        forward.transposed(("K", "H")),
        Tier.RARE,
    ),
    Slip(
        "all matrices transposed",
        "The forward pass multiplies by {which}, or by rows from the left.",
        "It multiplies by the matrices from the left, as they stand.",
        forward.transposed(("H", "X"), ("H", "H"), ("K", "H")),
        Tier.ODD,
    ),
    Slip(
        "b left out",
        "The bias {which}.",
        "Every line has its bias.",
        lined(edits.addend(is_bias_of_the_cell, 0), "{0} is left out of the line of {1}"),
    ),
    Slip(
        "b counted twice",
        "The bias {which}, as if input and state each had one.",
        "It is added once.",
        lined(edits.addend(is_bias_of_the_cell, 2), "{0} is added twice in the line of {1}"),
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
        uncut(lined(edits.unmasked)),
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
        lined(edits.softmax_from_zero),
        Tier.RARE,
    ),
    Slip(
        "softmax over the wrong axis",
        "The softmax of attention runs down the columns: over all timesteps that look at i.",
        "It runs along a row: over all i that timestep t looks at, so that the weights of one t sum to 1.",
        lined(edits.softmax_over_timesteps),
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
        "the state before",
        "The line of {which}, what the timestep before has left.",
        "It reads what this timestep has made.",
        together(
            elsewhere(lined(edits.state_before, "{1} reads {0}")),
            of_arrays(forward.written("Omega[t] = V @ STATE[t-1] + c", which="Ω reads STATEₜ₋₁")),
        ),
        Tier.RARE,
    ),
    Slip(
        "c left out",
        "The bias c is left out.",
        "Every score has its bias: Ω = V · + c.",
        lined(edits.addend(is_bias_of_the_output, 0)),
    ),
    Slip(
        "c counted twice",
        "The bias c is added twice.",
        "Ω = V · + c, with one c.",
        lined(edits.addend(is_bias_of_the_output, 2)),
        Tier.ODD,
    ),
    Slip(
        "softmax over the timesteps",
        "The softmax of the output runs over the timesteps.",
        "It runs over the letters: the probabilities of one timestep sum to 1.",
        forward.over_timesteps,
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
