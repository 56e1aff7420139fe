"""An epoch by the lines of the network and the edges of a rule, on any numbers: traced ones, or many runs at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from core.epoch.backward import Gradients, finished
from core.epoch.forward import Tape
from core.equations.beside import Beside
from core.equations.description import Description
from core.equations.expressions import ADJOINT
from core.equations.length import Length, fits
from core.equations.operations import Values
from core.equations.running import Noted, Read, Run, as_computed
from core.network.arrays import Array, freeze
from core.network.described import by_place, reader, ruled
from core.network.network import Network, Parameters
from core.network.rule import Rule

Lifted = Callable[[npt.ArrayLike], npt.NDArray[Any]]
LONG = 64  # timesteps: fewer the interpreter walks in a few milliseconds


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
    given, numbers = _given(network, parameters, lifted), by_place(network, held)
    run = Run(ruled(network, rule), network.T, given, held=numbers, reach=rule)
    run.forward()
    run.adjoints()
    gradients = {name: run.summed(name) for name in network.parameter_shapes}
    letters = _by_loss(network, rule)
    for letter, losses in letters.items():
        run.losses = losses
        run.adjoints()
        gradients["E"][..., letter, :] = _asked_of_x(run)
    if letters:
        run.losses = None
        run.adjoints()
    return run, gradients


def walked_beside(
    network: Network,
    rule: Rule,
    parameters: Mapping[str, Array],
    slipped: Sequence[Description],
    places: Sequence[int] = (),
) -> tuple[Beside, dict[str, Any]]:
    """The same of lines with a slip in them, for each of *slipped* a run along the first axis.

    *parameters*: the same for all, or of each its own. *places*: to how many decimals each rounds on the way. Where a
    rule asks by the letter of a loss, all runs stand there once more for every letter, with its losses alone.
    """
    letters, runs = _by_loss(network, rule), len(slipped)
    copies = [range(1, network.T + 1), *letters.values()] if letters else []
    if letters and any(array.ndim > len(network.parameter_shapes[name]) for name, array in parameters.items()):
        parameters = {name: np.concatenate([array] * len(copies)) for name, array in parameters.items()}
    given, others = _given(network, parameters, np.asarray), [ruled(network, rule, each) for each in slipped]
    noted = rounded_each([*places] * max(1, len(copies))) if places else as_computed
    run = Beside(ruled(network, rule), others, network.T, given, by_place(network), copies, noted)
    run.forward()
    run.adjoints()
    gradients = {name: run.summed(name)[:runs] for name in network.parameter_shapes}
    if letters:
        _, *asked = np.split(_asked_of_x(run), len(copies))
        for letter, its in zip(letters, asked, strict=True):
            gradients["E"][:, letter] = its
    return run, gradients


def rounded_each(places: Sequence[int]) -> Noted:
    """Rounds each run, along the first axis, to so many decimals."""
    own = [(decimals, [each == decimals for each in places]) for decimals in dict.fromkeys(places)]

    def noted(_name: str, _t: int, computed: Values) -> Values:
        found = np.array(computed)
        for decimals, rows in own:
            found[rows] = np.round(found[rows], decimals)
        return found

    return noted


def _given(network: Network, parameters: Mapping[str, Values], lifted: Lifted) -> Read:
    """Reads what no line makes."""
    targets, shares = list(lifted(network.one_hot_targets)), list(lifted(network.shares))
    inputs = list(lifted(network.one_hot_inputs))
    start = {name: lifted(network.start(name)) for name in network.states}

    def given(name: str, t: int) -> Values:
        if name in parameters:
            return parameters[name]
        if t < 1:  # a slip may look further back
            return start[name]
        found: Values = np.asarray({"y": targets, "share": shares}.get(name, inputs)[t - 1])
        return found

    return given


def _by_loss(network: Network, rule: Rule) -> dict[int, list[int]]:
    """The timesteps of every letter that is read, where a term of ∂L/∂E goes to the row of the letter of its loss."""
    found: dict[int, list[int]] = {}
    for t, letter in enumerate(network.inputs, 1):
        found.setdefault(letter, []).append(t)
    return found if rule.embedding_row == "t" and network.embedding_size is not None else {}


def _asked_of_x(run: Run) -> Values:
    return reduce(add, (run.read("dL/dx", t) for t in range(1, run.T + 1)))


def rows_of(
    run: Run, network: Network, lifted: Lifted = np.asarray, known: Collection[str] = ()
) -> dict[str, npt.NDArray[Any]]:
    """What every line of *network* made in *run*, as `Tape.rows` has it, but for those whose rows are *known*; of many
    runs these are along the second axis.
    """
    T, found = network.T, dict[str, npt.NDArray[Any]]()
    names = [name for each in network.lines.equations for name in (each.name, each.loss) if name]
    for name in [name for name in names if name not in known]:
        rows = [run.read(name, t) for t in range(1, T + 1)]
        if rows[-1].shape != rows[0].shape:  # grows with t: zeros after the last entry
            zeros = [lifted(np.zeros((*row.shape[:-1], T - row.shape[-1]), int)) for row in rows]
            rows = [np.concatenate(each, axis=-1) for each in zip(rows, zeros, strict=True)]
        found[name] = np.stack([lifted(run.read(name, 0)), *rows] if name in network.states else rows)
    return found


def on_lines(
    network: Network,
    parameters: Parameters,
    lines: Description | None = None,
    noted: Noted = as_computed,
    known: tuple[Description, Tape] | None = None,
) -> Tape:
    """The forward pass of any lines: of all timesteps at once where that can be, else by the interpreter.

    *lines*: others, with a slip in them, which make the same. *noted*: as a `Run` takes it. *known*: lines, and the
    tape that these make, on which stands already what comes before the first line that is another one.
    """
    run = Run(lines or network.lines, network.T, reader(network, parameters), noted, by_place(network))
    is_slow = run.description.looks_ahead and network.T > LONG  # a timestep at a time
    taken = {} if known is None or is_slow else _taken(run, *known)
    if not taken and noted is as_computed and _is_at_once(network, lines):
        length = _length(network, parameters, lines or network.lines)
        length.forward()
        rows = {
            name: np.concatenate([network.start(name)[None], made]) if name in network.states else made
            for name, made in length.rows.items()
        }
    else:
        run.forward(at_once=True)
        rows = rows_of(run, network, known=taken) | taken
    if network.embedding_size is None:
        rows["x"] = network.one_hot_inputs
    freeze(rows.values())
    return Tape(network, parameters, rows, network.total(rows["L"]))


def _taken(run: Run, lines: Description, tape: Tape) -> dict[str, Array]:
    """What *run* takes from a *tape* by *lines*: what no line makes otherwise, where all that goes on is the same."""
    pairs = zip(lines.equations, run.description.equations, strict=False)
    first = [*(one == other for one, other in pairs), False].index(False)
    if first < max(lines.recurrent, run.description.recurrent):
        return {}
    found = {each.name: tape[each.name] for each in lines.equations[:first]}
    for name in found:
        rows = own_rows(tape, name)
        run.know(name, [row[:t] for t, row in enumerate(rows, 1)] if "t" in lines.shapes[name] else rows)
    return found


def _is_at_once(network: Network, lines: Description | None) -> bool:
    """Whether all timesteps go at once; where a number is held, its line is looked at by itself.

    Of a short text that takes longer to prepare than other *lines* are wanted.
    """
    return not network.held and (lines is None or network.T > LONG) and fits(lines or network.lines)


def _length(
    network: Network,
    parameters: Parameters,
    lines: Description,
    tape: Tape | None = None,
    losses: Collection[int] | None = None,
) -> Length:
    """All timesteps of *network*, with the rows of *tape*; *losses*: as in `back_on`."""
    given = dict(parameters) | {"y": network.one_hot_targets, "share": network.shares}
    if losses is not None and tape is not None:  # all others want what is predicted
        own = np.isin(np.arange(1, network.T + 1), list(losses))[:, None]
        given["y"] = np.where(own, network.one_hot_targets, tape["yhat"])
    given["x" if network.embedding_size is None else "xo"] = network.one_hot_inputs
    rows = {} if tape is None else {name: own_rows(tape, name) for name in lines.shapes.keys() & tape.rows.keys()}
    return Length(lines, network.T, given, {name: network.start(name) for name in network.states}, rows)


def own_rows(tape: Tape, name: str) -> Array:
    """A row for each of the timesteps 1 … T."""
    return tape[name][1:] if name in tape.network.states else tape[name]


def back_on(tape: Tape, rule: Rule, losses: Collection[int] | None = None) -> Run:
    """The way back from *tape* by its lines; *losses*: the timesteps whose losses alone are gone back from."""
    return way_back(tape, rule, losses)[0]


def way_back(
    tape: Tape,
    rule: Rule,
    losses: Collection[int] | None = None,
    slipped: Description | None = None,
    noted: Noted = as_computed,
) -> tuple[Run, Length | None]:
    """The run of `back_on`, and what it was made of, where all timesteps went at once.

    *slipped*: lines whose edges have a slip in them. *noted*: as a `Run` takes it.
    """
    network = tape.network
    lines, read = ruled(network, rule, slipped), reader(network, tape.parameters)
    run = Run(lines, network.T, read, noted, by_place(network), rule, losses)
    at_once = noted is as_computed and not rule.cuts(network.T) and _is_at_once(network, slipped)
    length = _length(network, tape.parameters, lines, tape, losses) if at_once else None
    if length is not None:
        length.adjoints()
    rows = {name: own_rows(tape, name) for name in lines.shapes.keys() & tape.rows.keys()}
    for name, whole in (rows if length is None else length.rows).items():
        is_over_past = "t" in lines.shapes[name.removeprefix(ADJOINT)]
        known = [row[:t] for t, row in enumerate(whole, 1)] if is_over_past else whole
        run.know(name, known)
    if length is None:
        run.adjoints()
    return run, length


def back_by_lines(
    tape: Tape, rule: Rule, slipped: Description | None = None, noted: Noted = as_computed
) -> tuple[Run, Gradients]:
    """∂L/∂ of every quantity of *tape*, and the gradients. *slipped*, *noted*: as in `way_back`."""
    run, length = way_back(tape, rule, None, slipped, noted)
    summed = run.summed if length is None else length.summed  # where a number is held, what is asked goes line by line
    gradients = {name: np.asarray(summed(name), np.float64) for name in tape.parameters}
    if rule.embedding_row == "t" and "E" in gradients:
        for letter, of_letter in by_loss_letter(tape, rule, slipped, noted):
            gradients["E"][letter] = reduce(add, [of_letter.read("dL/dx", t) for t in range(1, tape.network.T + 1)])
    return run, finished(gradients, rule, (run, length), slipped)


def by_loss_letter(
    tape: Tape, rule: Rule, slipped: Description | None = None, noted: Noted = as_computed
) -> Iterator[tuple[int, Run]]:
    """The letters that are read, each with the way back of its losses alone."""
    for letter in sorted(set(tape.network.inputs)):
        own = [t for t, index in enumerate(tape.network.inputs, 1) if index == letter]
        yield letter, way_back(tape, rule, own, slipped, noted)[0]
