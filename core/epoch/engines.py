"""The engines: straight-line code for small networks; for all others whole arrays, or the interpreter of their lines.

Which one runs depends on the network alone, never on how an epoch is reached. An epoch of a small network in which a
number is not finite is left to those, where that number is what NumPy makes of it.
"""

from __future__ import annotations

import numpy as np

from core.epoch import small
from core.epoch.backward import Gradients, gradients, updated
from core.epoch.forward import Tape, forward
from core.epoch.walked import back_by_lines, on_lines
from core.equations.description import Description
from core.equations.running import Noted, as_computed
from core.network.network import Network, Parameters
from core.network.rule import Rule


def work_out(network: Network, parameters: Parameters, rule: Rule, rate: float) -> tuple[Tape, Gradients, Parameters]:
    """One epoch: forward, gradients, and the parameters of the next."""
    found = small.work_out(network, parameters, rule, rate) if small.is_small(network) else None
    return found or _at_length(network, parameters, rule, rate)


def _at_length(network: Network, parameters: Parameters, rule: Rule, rate: float) -> tuple[Tape, Gradients, Parameters]:
    return back_from(forward_at_length(network, parameters), rule, rate)


def forward_at_length(network: Network, parameters: Parameters) -> Tape:
    """The forward pass, not by straight-line code: of other lines, or where a number is held, by the lines."""
    return (forward if network.by_arrays and not network.held else on_lines)(network, parameters)


def back_from(
    tape: Tape, rule: Rule, rate: float, slipped: Description | None = None, noted: Noted = as_computed
) -> tuple[Tape, Gradients, Parameters]:
    """The epoch whose forward pass is *tape*, however that was made.

    *slipped*, *noted*: see `core.epoch.walked.way_back`.
    """
    is_right = slipped is None and noted is as_computed
    gradient = gradients_of(tape, rule) if is_right else back_by_lines(tape, rule, slipped, noted)[1]
    return tape, gradient, updated(tape.parameters, gradient, rate)


def gradients_of(tape: Tape, rule: Rule) -> Gradients:
    """The gradients of the epoch whose forward pass is *tape*, not by straight-line code."""
    return gradients(tape, rule) if tape.network.by_arrays else back_by_lines(tape, rule)[1]


@np.errstate(all="ignore")  # a learning rate that diverges is shown, not an error
def train(
    network: Network, parameters: Parameters, rule: Rule, rate: float, times: int
) -> tuple[list[float], Parameters]:
    """So many epochs, one or more: the loss of each, and the parameters after the last."""
    if small.is_small(network):
        found = small.train(network, parameters, rule, rate, times)
        if found is not None:
            return found
        if times > 1:  # some of them may be finite
            first, parameters = train(network, parameters, rule, rate, times // 2)
            then, parameters = train(network, parameters, rule, rate, times - times // 2)
            return first + then, parameters
    losses = []
    for _ in range(times):
        tape, _, parameters = _at_length(network, parameters, rule, rate)
        losses.append(tape.total)
    return losses, parameters
