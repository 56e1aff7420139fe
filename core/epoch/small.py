"""Small networks: an epoch as straight-line code, from their lines of equations and the edits of a rule.

Training, the tape that is shown and the update come from the same arithmetic, so an epoch has the same bits whether it
is stepped, replayed or run past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, reduce
from math import isfinite, prod
from operator import add

import numpy as np

from core.epoch.backward import Gradients
from core.epoch.forward import Tape
from core.epoch.walked import rows_of, walked
from core.equations.description import shape_of
from core.equations.expressions import Expression, Operation, Ref
from core.equations.straight import Descent, Numbers
from core.equations.tracing import Trace
from core.network.arrays import Array, frozen
from core.network.described import described
from core.network.network import Network, Parameters
from core.network.rule import Rule, clipped

MOST_OPERATIONS = 2500  # some 4,000 steps of code, with the additions: beyond that, whole arrays are as fast

Shapes = Mapping[str, tuple[int, ...]]


@lru_cache
def is_small(network: Network) -> bool:
    """Whether an epoch of *network* is straight-line code: by its size alone, whatever the rule."""
    return operations(network) <= MOST_OPERATIONS


def operations(network: Network) -> float:
    """About how many operations on single numbers an exact epoch takes.

    Each in a line or on an edge counts for all the entries that it takes together, and with a one-hot vector for one of
    that vector's.
    """
    sizes = {**network.sizes, "t": (network.T + 1) / 2}
    description, one_hot = described(network), ["y"] if network.by_letter else []
    if not network.reads_numbers:
        one_hot.append("x" if network.embedding_size is None else "xo")

    def count(expression: Expression) -> float:
        if not isinstance(expression, Operation):
            return 0
        shapes = [(operand, shape_of(operand, description.shapes)) for operand in expression.operands]
        free = {
            axis for operand, shape in shapes for axis in shape if isinstance(operand, Ref) and operand.name in one_hot
        }
        axes = {axis for _, shape in shapes for axis in shape} - free
        return prod(sizes[axis] for axis in axes) + sum(map(count, expression.operands))

    lines = sum(count(equation.body) for equation in description.equations)
    edges = [(edge, count(edge.asks)) for edge in description.edges if edge.asks is not None]
    return network.T * (
        lines + sum(found * (sizes["t"] if edge.operand.offset == "past" else 1) for edge, found in edges)
    )


def train(
    network: Network, parameters: Parameters, rule: Rule, rate: float, times: int
) -> tuple[list[float], Parameters] | None:
    """The losses of so many epochs and the parameters after them; None where a number would not be finite."""
    found = _descended(network, parameters, rule, rate, times)
    return None if found is None else (found[0], _parameters(network, found[1]))


def work_out(
    network: Network, parameters: Parameters, rule: Rule, rate: float
) -> tuple[Tape, Gradients, Parameters] | None:
    """One epoch with all that it makes on the way; None where a number would not be finite."""
    found = _descended(network, parameters, rule, rate, 1)
    if found is None:
        return None
    (total,), after, results = found
    made = _split(np.array(results) + 0.0, _traced_of(network, rule)[1])  # a zero without a sign
    names = network.parameter_shapes
    cut = None if rule.clip is None else {name: made.pop(f"dL/d{name}_clipped") for name in names}
    gradients = Gradients({name: made.pop(f"dL/d{name}") for name in names}, clipped=cut)
    if network.embedding_size is None:
        made["x"] = network.one_hot_inputs
    return Tape(network, parameters, made, total), gradients, _parameters(network, after)


def _descended(
    network: Network, parameters: Parameters, rule: Rule, rate: float, times: int
) -> tuple[list[float], Numbers, Numbers] | None:
    given = [number for name in network.parameter_shapes for number in parameters[name].ravel().tolist()]
    given += [each.number for each in network.held]
    try:
        losses, after, results = _traced_of(network, rule)[0].run(times, rate, given)
    except (ArithmeticError, ValueError):
        return None
    # What is not finite on the way makes parameters that are not, and those stay so: it is enough to look at the last.
    return (losses, after, results) if all(map(isfinite, after)) else None


def _traced_of(network: Network, rule: Rule) -> tuple[Descent, Shapes]:
    """`_traced`, which is the same whichever numbers are held."""
    if not network.held:
        return _traced(network, rule)
    return _traced(replace(network, held=tuple(each._replace(number=0.0) for each in network.held)), rule)


@lru_cache(maxsize=64)
def _traced(network: Network, rule: Rule) -> tuple[Descent, Shapes]:
    """The code of an epoch, and what its results are, in order: the gradients, and what is shown."""
    trace = Trace()
    parameters = {name: trace.given(shape) for name, shape in network.parameter_shapes.items()}
    run, gradients = walked(network, rule, parameters, trace.lifted, list(trace.given((len(network.held),))))

    found = {f"dL/d{name}": gradients[name] for name in parameters}
    if rule.clip is not None:
        of_all = {name: trace.lifted(gradients[name]) for name in parameters}
        found = {f"dL/d{name}_clipped": cut for name, cut in clipped(of_all, rule.clip).items()} | found
    found |= rows_of(run, network, trace.lifted)
    places = [number.place for array in found.values() for number in trace.lifted(array).flat]
    moved = sum(array.size for array in parameters.values())
    total = trace.lifted(reduce(add, found["L"]) / network.divisor)
    descent = Descent(trace.steps, total.item().place, places[:moved], places[moved:])
    return descent, {name: array.shape for name, array in found.items()}


def _parameters(network: Network, numbers: Numbers) -> Parameters:
    return Parameters(_split(np.array(numbers), network.parameter_shapes))


def _split(numbers: Array, shapes: Shapes) -> dict[str, Array]:
    """*numbers* as read-only arrays of these *shapes*, one after another."""
    whole, start, found = frozen(numbers), 0, {}
    for name, shape in shapes.items():
        size = prod(shape)
        found[name] = whole[start : start + size].reshape(shape)
        start += size
    return found
