"""The first step of an epoch that makes a number which is infinite or no number: looked for, never walked to."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from core.epoch.backward import output_error
from core.epoch.epoch import Epoch
from core.epoch.recursion import through_time
from core.epoch.totals import running_total
from core.network.arrays import Array
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate


@np.errstate(all="ignore")
def first_not_finite(epoch: Epoch, program: Program) -> int | None:
    """The position of that step; None where all numbers are finite.

    What is not finite stays so where it is added to, so the terms of a gradient are found by halving.
    """
    found = [*_forward(epoch, program)]
    if found:
        return min(found)
    return _backward(epoch, program) or _update(epoch, program)


def _forward(epoch: Epoch, program: Program) -> list[int]:
    tape, forward = epoch.tape, Phase.FORWARD
    network, rows = epoch.network, dict[str, list[Array]]()
    for name in ("x", *(each for line in network.lines.equations for each in (line.name, line.loss) if each)):
        stage = name if name == "x" else network.lines.made(name).part_of or name
        rows.setdefault(stage, []).append(tape[name][1:] if name in network.states else tape[name])
    found = [
        program.position(Address(forward, name, (t,)))
        for name, arrays in rows.items()
        if Address(forward, name, (1,)) in program
        for t in {_first_bad(array.reshape(len(array), -1)) for array in arrays}
        if t
    ]
    t = _first_bad(tape["A"]) if "A" in tape else 0
    if t:
        found.append(program.position(Address(forward, "A", (t, _first_bad(tape["A"][t - 1][:, None])))))
    if not np.isfinite(tape.total):
        found.append(program.forward.last)
    return found


def _backward(epoch: Epoch, program: Program) -> int | None:
    if program.way == "terms":
        t = _first_bad(output_error(epoch.tape)) if program.adjoints else 0
        if t:
            return program.gradient_span("Omega").first + t - 1
    elif not epoch.network.by_arrays or not all(
        np.isfinite(array).all() for array in (output_error(epoch.tape), *through_time(epoch))
    ):
        way_back = program.gradient_span("Omega")
        for position in range(way_back.first, way_back.last + 1):
            if not np.isfinite(evaluate(epoch, program[position], program.way).value).all():
                return position
    for name in program.updated:
        if not np.isfinite(epoch.gradients[name]).all():
            span = program.gradient_span(name)

            def is_bad(position: int, name: str = name) -> bool:
                return not np.isfinite(running_total(epoch, name, *program[position].indices)).all()

            return bisect_left(range(span.last), True, span.first, span.last, key=is_bad)
    return None


def _update(epoch: Epoch, program: Program) -> int | None:
    found = (name for name in program.updated if not np.isfinite(epoch.updated[name]).all())
    return next((program.position(Address(Phase.UPDATE, name)) for name in found), None)


def _first_bad(rows: Array) -> int:
    """The first row, from 1, that is not finite; 0 where there is none."""
    bad = ~np.isfinite(rows).all(axis=1)
    return int(np.argmax(bad)) + 1 if bad.any() else 0
