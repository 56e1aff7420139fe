"""An epoch by the lines of the network and the edges of a rule, on any numbers: traced ones, or many runs at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from core.epoch.backward import Gradients
from core.epoch.forward import Tape
from core.equations.operations import Values
from core.equations.running import Run
from core.network.arrays import Array, freeze
from core.network.described import by_place, reader, ruled
from core.network.network import Network, Parameters
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
    wanted = lifted(network.one_hot_targets)
    targets, shares = list(wanted), list(lifted(network.shares))
    inputs = list(lifted(network.one_hot_inputs))
    start = {name: lifted(network.start(name)) for name in network.states}

    def given(name: str, t: int) -> Values:
        if name in parameters:
            return parameters[name]
        if not t:
            return start[name]
        found: Values = np.asarray({"y": targets, "share": shares}.get(name, inputs)[t - 1])
        return found

    run = Run(ruled(network, rule), network.T, given, held=by_place(network, held))
    timesteps = range(1, network.T + 1)
    run.forward()
    run.adjoints()
    gradients = {name: run.summed(name) for name in network.parameter_shapes}
    if rule.embedding_row == "t" and "E" in parameters:
        for letter in set(network.inputs):  # the losses of this letter only: the others want what is predicted
            own = [index == letter for index in network.inputs]
            targets[:] = [y if mine else run.read("yhat", t) for t, y, mine in zip(timesteps, wanted, own, strict=True)]
            run.adjoints()
            gradients["E"][..., letter, :] = reduce(add, (run.read("dL/dx", t) for t in timesteps))
        targets[:] = wanted
        run.adjoints()
    return run, gradients


def rows_of(run: Run, network: Network, lifted: Lifted = np.asarray) -> dict[str, npt.NDArray[Any]]:
    """What every line of *network* made in *run*, as `Tape.rows` has it."""
    T, found = network.T, dict[str, npt.NDArray[Any]]()
    for name in [name for each in network.lines.equations for name in (each.name, each.loss) if name]:
        rows = [run.read(name, t) for t in range(1, T + 1)]
        if rows[-1].shape != rows[0].shape:  # grows with t: zeros after the last entry
            rows = [np.append(row, lifted([0] * (T - len(row)))) for row in rows]
        found[name] = np.stack([lifted(run.read(name, 0)), *rows] if name in network.states else rows)
    return found


def on_lines(network: Network, parameters: Parameters) -> Tape:
    """The forward pass of any lines by the interpreter, what no later timestep reads at once."""
    run = Run(network.lines, network.T, reader(network, parameters), held=by_place(network))
    run.forward(at_once=True)
    rows = rows_of(run, network)
    if network.embedding_size is None:
        rows["x"] = network.one_hot_inputs
    freeze(rows.values())
    return Tape(network, parameters, rows, network.total(rows["L"]))


def back_on(tape: Tape, rule: Rule, wanted: Array | None = None) -> Run:
    """The way back from *tape* by its lines; *wanted*: T×K, in the place of the targets."""
    network, read = tape.network, reader(tape.network, tape.parameters)
    run = Run(
        ruled(network, rule),
        network.T,
        lambda name, t: wanted[t - 1] if name == "y" and wanted is not None else read(name, t),
        held=by_place(network),
    )
    for name in network.lines.shapes.keys() & tape.rows.keys():
        rows = list(tape[name][1:] if name in network.states else tape[name])
        run.know(name, [row[:t] for t, row in enumerate(rows, 1)] if name in ("A", "alpha") else rows)
    run.adjoints()
    return run


def back_by_lines(tape: Tape, rule: Rule) -> tuple[Run, Gradients]:
    """∂L/∂ of every quantity of *tape*, and the gradients."""
    run = back_on(tape, rule)
    at_once = not tape.network.held  # else what is asked is looked at line by line
    gradients = {name: np.asarray(run.summed(name, at_once=at_once), np.float64) for name in tape.parameters}
    if rule.embedding_row == "t" and "E" in gradients:
        for letter, of_letter in by_loss_letter(tape, rule):
            gradients["E"][letter] = reduce(add, [of_letter.read("dL/dx", t) for t in range(1, tape.network.T + 1)])
    freeze(gradients.values())
    return run, Gradients(gradients)


def by_loss_letter(tape: Tape, rule: Rule) -> Iterator[tuple[int, Run]]:
    """The letters that are read, each with the way back of its losses alone: all others want what is predicted."""
    network = tape.network
    for letter in sorted(set(network.inputs)):
        own = (network.input_indices == letter)[:, None]
        yield letter, back_on(tape, rule, np.where(own, network.one_hot_targets, tape["yhat"]))
