"""A form filled from an exercise: what the text says is asked for, what it does not say stays as it is."""

from __future__ import annotations

from dataclasses import replace

from core.exercise.pasted import Exercise
from core.network.network import CELL
from core.network.task import Output
from core.sources.design import Design
from core.sources.typed import written


def filled(before: Design, found: Exercise) -> Design:
    """*before* with all that *found* says; where it says nothing at all, *before* itself."""
    if not found.parameters and not found.inputs:
        return before
    asked = replace(before, embedding_size=None, attention=False)
    if found.inputs:
        asked = replace(asked, reads="numbers", text=written(found.inputs))
    if found.inputs or any(found.targets):
        targets = before.targets if before.wants == "numbers" else ""
        output: Output = "linear" if found.scores else "none"
        output = before.output if before.output in ("linear", "sigmoid") and found.scores else output
        asked = replace(
            asked,
            targets=written(found.targets) if any(found.targets) else targets,
            output=output,
            loss=before.loss if before.output == output else "half-squared",
        )
    if found.cell is not None:
        own = None if isinstance(found.cell, str) else "\n".join(found.cell)
        asked = replace(asked, cell=CELL if own else str(found.cell), lines=own, biases=found.biases)
    if found.parameters:
        first = {state: written((row,)) for state, row in found.initial.items() if any(row)}
        parameters = found.parameters
        asked = replace(asked, hidden_size=found.hidden_size, initial=first, scheme="given", parameters=parameters)
    return asked if found.learning_rate is None else replace(asked, learning_rate=found.learning_rate)
