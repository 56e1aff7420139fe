"""The table of slips, its third part: what is added up, what becomes of a whole gradient, and the update."""

from __future__ import annotations

from core.equations import edges
from core.equations.expressions import Ref, mark
from core.slips import backward as by
from core.slips import update
from core.slips.case import Slip, Tier, lined
from core.slips.states_and_scores import is_bias_of_the_cell

SUMS: tuple[Slip, ...] = (
    Slip(
        "the last term missing",
        "The last term is not added.",
        "The sum goes up to the last timestep, with all its terms.",
        by.counting(by.but(mark("T"))),
    ),
    Slip(
        "overwritten, term by term",
        "Only the last term is left: each overwrites the one before.",
        "The terms of all uses are added.",
        by.counting(mark("T")),
    ),
    Slip(
        "overwritten, loss by loss",
        "Only what the last loss gives is left: each loss overwrites the one before.",
        "The gradients of all losses are added.",
        lined(edges.losses_counted(mark("T"))),
        Tier.RARE,
    ),
    Slip(
        "overwritten in a reversed loop",
        "Only what the first timestep adds is left: a loop that runs backwards sets the gradient, and adds nothing up.",
        "What all timesteps add is summed up.",
        by.counting(mark(1), lambda part, _lines: part != Ref("E")),
    ),
    Slip(
        "rows of ∂L/∂E overwritten",
        "Each row of ∂L/∂E is set, not added to: of a letter that is read more than once only the {which} use is left.",
        "The row of a letter adds up all its uses.",
        by.rows_overwritten,
    ),
    Slip(
        "b not counted at t = 1",
        "What the first timestep adds to ∂L/∂b is missing, as if h₀ = 0 stood beside it.",
        "b is added at every timestep, at the first too; only ∂L/∂W has nothing there.",
        by.counting(by.but(mark(1)), is_bias_of_the_cell),
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
        by.mean,
    ),
    Slip(
        "the mean over the units",
        "Every entry of ∂L/∂b is the mean over the hidden units.",
        "Each hidden unit has a bias of its own: only timesteps are added up.",
        by.mean_over_units,
        Tier.ODD,
    ),
    Slip(
        "another parameter’s gradient",
        "This is made with {which}.",
        "Every parameter has a gradient of its own.",
        by.another_gradient,
        Tier.ODD,
    ),
    Slip(
        "clipped by value",
        "Every entry of the gradient beyond ±{which} is cut to it.",
        "The numbers here are made with the whole gradient.",
        by.clipped("value"),
        Tier.ODD,
    ),
    Slip(
        "clipped by norm",
        "All gradients are scaled down together, so that their norm is {which}.",
        "The numbers here are made with the gradients as they are.",
        by.clipped("norm"),
        Tier.ODD,
    ),
    Slip(
        "transposed",
        "The matrix is transposed.",
        "Rows and columns are the other way round.",
        by.transposed,
    ),
)

UPDATES: tuple[Slip, ...] = (
    Slip(
        "the stated η",
        "The learning rate is the stated η = {which}.",
        "The numbers here are made with the learning rate in use.",
        update.rate,
        Tier.SWITCH,
    ),
    Slip(
        "the exact rule with the stated η",
        "This is what autograd gives with the η that the sheet states: the exact derivative, and η = {which}.",
        "The numbers here are made with the rule and the learning rate in use.",
        update.exact_with_stated_rate,
        Tier.SWITCH,
    ),
    Slip(
        "the neighbouring epoch",
        "This is the number of epoch {which}.",
        "Epochs are counted from 1: epoch 1 is computed before any update.",
        update.neighbouring_epoch,
    ),
    Slip(
        "+ η",
        "The gradient is added.",
        "Downhill is against the gradient: P − η ∂L/∂P.",
        update.uphill,
    ),
    Slip(
        "b moves twice",
        "The step of b is made twice, as with two biases that are added and each updated.",
        "There is one b: b − η ∂L/∂b.",
        update.two_biases,
        Tier.RARE,
    ),
    Slip(
        "the gradient transposed",
        "{which} is transposed before it is used.",
        "A gradient has the rows and columns of its parameter.",
        update.gradient_transposed,
    ),
    Slip(
        "Adagrad’s or Adam’s step",
        "The step is η ∂L/∂P / {which} first step is.",
        "The step is η ∂L/∂P.",
        update.first_step,
        Tier.ODD,
    ),
)
