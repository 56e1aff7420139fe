"""The forward pass as one does it by hand, timestep by timestep: with a line done wrongly, with values of one's own in
the place of computed ones, or with every value rounded as it is written down.

Without any of these it computes what `core.epoch.forward.forward` does, slower.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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
    *instead: str,
    given: Mapping[str, Array] | None = None,
    rounded: Rounding | None = None,
    right: Tape | None = None,
    slipped: Description | None = None,
) -> Tape:
    """The tape of *network*, with the lines *instead* in the place of those that make the same.

    *slipped*: all its lines, with a slip in one of them.

    *given*: values that take the place of computed ones, by symbol (``h[2]``, ``alpha[3,1]``, ``L``; ``alpha[3]`` for
    the whole row); what comes after reads them. *rounded*: how each value is rounded as it is written down.
    *right*: a tape on which stands already what comes before those lines.
    """
    T, own, read = network.T, given or {}, reader(network, parameters)
    own_rows = {
        (each.name, each.indices[0]): own[str(each)] for each in map(symbols.parse, own) if len(each.indices) == 1
    }
    entries = [(each, own[str(each)]) for each in map(symbols.parse, own) if len(each.indices) == 2]

    def read_or_own(name: str, t: int) -> Values:
        return own_rows[name, t] if (name, t) in own_rows else read(name, t)

    def noted(name: str, t: int, computed: Values) -> Values:
        if (name, t) in own_rows:
            return own_rows[name, t]
        value = np.real(computed) if rounded is None else rounded(np.real(computed))
        for each, number in entries:
            if (each.name, each.indices[0]) == (name, t):
                value = np.array(value)
                value[each.indices[1] - 1] = number
        return value

    description = described(network, OUTPUT, *instead) if slipped is None else _on_paper(network, slipped)
    put_down = noted if own or rounded else as_computed
    run = Run(description, T, read_or_own if own else read, put_down, by_place(network))
    kept = () if right is None else _take_over(run, right, {symbols.parse(symbol).name for symbol in own})
    if network.T > LONG and not kept and put_down is as_computed:
        return on_lines(network, parameters, description)
    run.forward(at_once=True)

    rows = rows_of(run, network, known=kept) | {name: right[name] for name in kept if right is not None}
    if "x" not in rows:
        rows["x"] = np.array([run.read("x", t) for t in range(1, T + 1)])
    freeze(rows.values())
    total = float(own["L"]) if "L" in own else float(np.add.reduce(rows["L"]))
    return Tape(network, parameters, rows, total)


@lru_cache(maxsize=256)
def _on_paper(network: Network, slipped: Description) -> Description:
    """The lines *slipped*, but the loss from the prediction."""
    return described(network, OUTPUT).saying({each.name: each.body for each in slipped.equations if not each.output})


def _take_over(run: Run, right: Tape, own: Collection[str]) -> Collection[str]:
    """Take from the *right* tape what comes before the first line that is another one, or makes what is one's *own*.

    The names of all that.
    """
    equations, others = run.description.equations, described(right.network, OUTPUT)
    pairs = zip(others.equations, equations, strict=False)
    same = [right == wrong and right.name not in own for right, wrong in pairs]
    first = [*same, False].index(False)
    if first < max(others.recurrent, run.description.recurrent):
        return ()
    kept = [equation.name for equation in equations[:first]]
    for name in kept:
        array = right[name][1:] if name in right.network.states else right[name]
        run.know(name, [row[:t] for t, row in enumerate(array, 1)] if name in symbols.OVER_THE_PAST else array)
    return kept
