"""The forward pass as one does it by hand: with a line done wrongly, or with every value rounded as it is put down.

Without any of these it computes what `core.epoch.forward.forward` does, slower.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import lru_cache

import numpy as np

from core.epoch.forward import Tape
from core.epoch.walked import LONG, on_lines, rows_of
from core.equations.description import Description
from core.equations.operations import Values
from core.equations.running import Run, as_computed
from core.network import symbols
from core.network.arrays import Array, freeze
from core.network.described import by_place, described, reader
from core.network.network import Network, Parameters

Rounding = Callable[[Array], Array]
# Who works by hand reads the loss off the prediction that stands on the paper, not off the scores.
OUTPUT = "yhat[t] = softmax(Omega[t])\nL[t] = -log(y[t] @ yhat[t])"


@np.errstate(all="ignore")  # a slip may divide by zero; what comes of it is shown
def forward_by_hand(
    network: Network,
    parameters: Parameters,
    paper: Description | None = None,
    rounded: Rounding | None = None,
    right: Tape | None = None,
) -> Tape:
    """The tape of *network* by the lines on *paper*, None for the right ones.

    *rounded*: how each value is rounded as it is written down. *right*: a tape on which stands already what comes
    before the first line that is another one.
    """

    def noted(_name: str, _t: int, computed: Values) -> Values:
        return np.real(computed) if rounded is None else rounded(np.real(computed))

    description = described(network, OUTPUT) if paper is None else paper
    put_down = noted if rounded else as_computed
    run = Run(description, network.T, reader(network, parameters), put_down, by_place(network))
    kept = () if right is None else _take_over(run, right)
    if network.T > LONG and not kept and rounded is None:
        return on_lines(network, parameters, description)
    run.forward(at_once=True)

    rows = rows_of(run, network, known=kept) | {name: right[name] for name in kept if right is not None}
    if "x" not in rows:
        rows["x"] = np.array([run.read("x", t) for t in range(1, network.T + 1)])
    freeze(rows.values())
    return Tape(network, parameters, rows, float(np.add.reduce(rows["L"])))


@lru_cache(maxsize=256)
def on_paper(network: Network, slipped: Description) -> Description:
    """The lines *slipped*, but the loss from the prediction."""
    paper = described(network, OUTPUT)
    bodies = {each.name: each.body for each in slipped.equations if not each.output}
    return replace(paper, shapes={**paper.shapes, **slipped.shapes}).saying(bodies)


def _take_over(run: Run, right: Tape) -> Collection[str]:
    """Take from the *right* tape what comes before the first line that is another one; the names of all that."""
    equations, others = run.description.equations, described(right.network, OUTPUT)
    pairs = zip(others.equations, equations, strict=False)
    same = [right == wrong for right, wrong in pairs]
    first = [*same, False].index(False)
    if first < max(others.recurrent, run.description.recurrent):
        return ()
    kept = [equation.name for equation in equations[:first]]
    for name in kept:
        array = right[name][1:] if name in right.network.states else right[name]
        run.know(name, [row[:t] for t, row in enumerate(array, 1)] if name in symbols.OVER_THE_PAST else array)
    return kept
