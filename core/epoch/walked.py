"""An epoch by the lines of the network and the edges of a rule, on any numbers: traced ones, or many runs at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from core.equations.operations import Values
from core.equations.running import Run
from core.network.described import by_place, ruled
from core.network.network import Network
from core.network.rule import Rule

Lifted = Callable[[npt.ArrayLike], npt.NDArray[Any]]


def walked(
    network: Network,
    rule: Rule,
    parameters: Mapping[str, Values],
    lifted: Lifted = np.asarray,
    held: Sequence[npt.ArrayLike] | None = None,
) -> tuple[Run, dict[str, Any]]:
    """The run forwards and back, and the gradient of every parameter.

    *lifted*: what makes numbers of the kind of *parameters*, whose axes before their own are many runs. *held*: other
    numbers at the places that the network holds.
    """
    inputs, wanted, start = (
        lifted(array) for array in (network.one_hot_inputs, network.one_hot_targets, np.zeros(network.H))
    )
    targets = list(wanted)

    def given(name: str, t: int) -> Values:
        if name in parameters:
            return parameters[name]
        found: Values = targets[t - 1] if name == "y" else inputs[t - 1] if t else start
        return found

    run = Run(ruled(network, rule), network.T, given, held=by_place(network, held))
    timesteps = range(1, network.T + 1)
    run.forward()
    gradients = {name: reduce(add, terms) for name, terms in run.backward().items()}
    if rule.embedding_row == "t" and "E" in parameters:
        for letter in set(network.inputs):  # the losses of this letter only: the others want what is predicted
            own = [index == letter for index in network.inputs]
            targets[:] = [y if mine else run.read("yhat", t) for t, y, mine in zip(timesteps, wanted, own, strict=True)]
            run.adjoints()
            gradients["E"][..., letter, :] = reduce(add, (run.read("dL/dx", t) for t in timesteps))
        targets[:] = wanted
        run.adjoints()
    return run, gradients
