"""What a screen reader says of a step."""

from __future__ import annotations

import re
from unicodedata import normalize

import numpy as np

from core.network.arrays import Array, entry_of
from core.network.words import used_words
from core.program.program import OUTPUTS
from core.steps.evaluate import Step
from core.writing.form import NumberFormat

_SUBSCRIPT = re.compile("[₀-₉]+")


def spoken(
    step: Step,
    position: int,
    length: int,
    form: NumberFormat,
    entry: tuple[int, int] | None = None,
    *,
    hidden: bool = False,
) -> str:
    """What a screen reader says of *step*; *entry* is the 0-based entry of a matrix that is followed.

    *hidden*: whether the result is not to be said.
    """
    parts = [f"Step {position} of {length}.", _spoken_title(step)]
    if hidden:
        return " ".join([*parts, "The result is hidden."])
    if step.kind == "term":
        parts.append(f"Term {form.spoken(_entry(step.value, entry))}.")
        parts.append(f"Running total {form.spoken(_entry(step.running, entry))}.")
    elif step.address.quantity != "letter" and step.value.size <= 4:
        parts.append("Result " + ", ".join(form.spoken(number) for number in np.ravel(step.value)) + ".")
    if step.zero is not None:
        parts.append(step.zero)
    return " ".join(parts)


def _entry(value: Array | None, entry: tuple[int, int] | None) -> float:
    if value is None:
        return float("nan")
    if entry is None:
        return float(np.ravel(value)[np.argmax(np.abs(value))])
    return entry_of(value, entry)


def _spoken_title(step: Step) -> str:
    address = step.address
    if step.kind != "term":
        return _SUBSCRIPT.sub(lambda run: " " + normalize("NFKC", run[0]), step.formula.title) + "."
    if address.quantity not in OUTPUTS and not address.is_chained:
        name = address.quantity
        return f"Gradient of {name}, {name} {used_words(name)} at t = {address.indices[0]}."
    if len(address.indices) == 1:
        return f"Gradient of {address.quantity}, loss {address.indices[0]}."
    t, _, k = address.indices
    via = "" if step.formula.via is None else f" via h {step.formula.via},"
    return f"Loss {t},{via} {address.quantity} {used_words(address.quantity)} at t = {k}."
