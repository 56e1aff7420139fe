"""The table of slips: what learners do wrongly on the way to a number, what should be done, and how that computes.

Beside these stand the five switches of the rule (`core.slips.rules`) and rounding on the way. A slip that changes
no digit of a step is not claimed there. How common a slip is decides how much must speak for it.
"""

from __future__ import annotations

from core.equations import edges, edits
from core.slips.case import Slip, Tier, elsewhere, lined, together
from core.slips.states_and_scores import ATTENTION, OUTPUT, STATES
from core.slips.sums_and_updates import SUMS, UPDATES
from core.slips.way_back import BACK, BESIDE, ERRORS, SLOPES

GATES: tuple[Slip, ...] = (
    Slip(
        "a gate left out",
        "{which}.",
        "It multiplies there: it says how much goes through.",
        lined(edits.factor_left_out, "{0} is left out of the line of {1}"),
    ),
    Slip(
        "gates swapped",
        "In the line of {which} have changed places.",
        "Each gate multiplies what it is for.",
        lined(edits.partners_swapped, "{2}, {0} and {1}"),
    ),
    Slip(
        "the order of the gates",
        "{which} have each other’s parameters.",
        "Gates stand as i, f, candidate, o; of a GRU in PyTorch as r, z, candidate, in Keras as z, r, candidate.",
        lined(edits.lines_exchanged, "{0} and {1}"),
        Tier.RARE,
    ),
    Slip(
        "another state",
        "{which}.",
        "What is carried on in one state is not what is in the other.",
        together(
            lined(edits.state_beside_matrices, "{0} stands for {1} beside every matrix"),
            lined(edits.state_for_state, "{0} stands for {1} in the line of {2}"),
        ),
    ),
    Slip(
        "the gate inside or outside",
        "{which} belongs.",
        "Books and programs differ in where a gate multiplies; here it is as the line says.",
        lined(edits.gate_elsewhere, "In the line of {2} stands {0}, where {1}"),
    ),
    Slip(
        "a way back left out",
        "{which} is left out.",
        "What is asked of a quantity adds up over all lines that read it.",
        together(
            elsewhere(lined(edges.edge_cut, "What the line of {1} asks of {0}")),
            lined(edges.one_carry_cut, "What the line of {1} at the next timestep asks of {0}"),
        ),
    ),
    Slip(
        "a state not carried back",
        "What the next timestep asks of {which} is left out.",
        "A state is carried on, so what is asked of it at the next timestep comes back.",
        lined(edges.state_not_carried_back, "{0}"),
    ),
    Slip(
        "a factor left out on the way back",
        "{which}.",
        "A product asks of each of its factors what is asked of it, times the other.",
        lined(edges.edge_factor_left_out, "{0} is left out of what the line of {2} asks of {1}"),
    ),
    Slip(
        "a state one timestep later on the way back",
        "That of the timestep itself stands for {which} in what is asked of other quantities.",
        "The line has read that of the timestep before.",
        lined(edges.read_otherwise(edges.at(0), of_parameters=False), "{0}"),
    ),
)

SLIPS: tuple[Slip, ...] = (*STATES, *ATTENTION, *OUTPUT, *ERRORS, *SLOPES, *BACK, *BESIDE, *SUMS, *UPDATES, *GATES)
