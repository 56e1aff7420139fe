"""What an exercise gives of timesteps: the inputs, what is wanted, and the states before the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.exercise.notes import Mapped, Notes
from core.network.arrays import Array
from core.network.symbols import subscript
from core.network.task import Row

Rows = tuple[Row, ...]


class Timed(NamedTuple):
    """An array of the text, and the timestep that its name says, None for none."""

    name: str
    t: int | None
    values: Array


def readings(given: Sequence[Timed]) -> list[Rows]:
    """Each way to take the *given* inputs: vectors of x_1 … x_T, of one length."""
    indexed = sorted((each for each in given if each.t is not None), key=lambda each: each.t or 0)
    if indexed:
        rows = tuple(_row(each.values) for each in indexed)
        return [rows] if len({len(row) for row in rows}) == 1 else []
    if not given:
        return [()]
    values = given[0].values
    if values.ndim == 2 and min(values.shape) > 1:
        return [tuple(map(_row, values))]
    each, together = tuple((number,) for number in _row(values)), (_row(values),)
    return [together, each] if values.size > 1 else [together]


def noted(given: Iterable[Timed], rows: Rows, notes: Notes) -> None:
    """Say which inputs are taken for which timesteps."""
    indexed = sorted((each for each in given if each.t is not None), key=lambda each: each.t or 0)
    for t, each in enumerate(indexed, 1):
        notes.mapping.append(Mapped(each.name, f"x{subscript(t)}", each.values.size))
    for n, each in enumerate(each for each in given if each.t is None):
        if indexed or n or not rows:
            notes.unused.append(f"{each.name}: the inputs are given already")
        else:
            last = f" … x{subscript(len(rows))}" if len(rows) > 1 else ""
            notes.mapping.append(Mapped(each.name, f"x₁{last}", each.values.size))
    if not rows:
        lengths = ", ".join(f"{each.name} has {each.values.size}" for each in indexed)
        words = f"the inputs differ in length: {lengths}" if indexed else "inputs, such as x1 = [1, 2]"
        (notes.contradictions if indexed else notes.missing).append(words)


def targets(given: Sequence[Timed], inputs: Iterable[Timed], T: int, K: int, notes: Notes) -> tuple[Row | None, ...]:
    """What is wanted at each of *T* timesteps, *K* numbers, None where nothing is."""
    found: list[Row | None] = [None] * T
    first = min((each.t for each in inputs if each.t is not None), default=None)
    if first is None:
        first = 0 if any(each.t == 0 for each in given) else 1
    for each in given:
        size = each.values.size
        if each.t is not None:
            t = each.t - first + 1
            if not 1 <= t <= T or size != K:
                said = f"expected {_counted(K, 'number')}, found {size}"
                said = said if size != K else f"there {'is' if T == 1 else 'are'} {_counted(T, 'timestep')}"
                notes.contradictions += [f"{each.name}: {said}"] if T else []
                continue
            found[t - 1] = _row(each.values)
            notes.mapping.append(Mapped(each.name, f"y{subscript(t)}", size))
        elif size == T * K and T > 0:
            found = [*map(_row, each.values.reshape(T, K))]
            last = f" … y{subscript(T)}" if T > 1 else ""
            notes.mapping.append(Mapped(each.name, f"y₁{last}", size))
        elif size == K and T > 0:
            found[-1] = _row(each.values)
            notes.mapping.append(Mapped(each.name, f"y{subscript(T)}", size, "at the last timestep alone"))
        elif T:
            said = f"expected {_counted(K, 'number')} for each of {_counted(T, 'timestep')}, found {size}"
            notes.contradictions.append(f"{each.name}: {said}")
    if not any(found) and not given:
        notes.missing.append("targets, such as y = 0.5")
    return tuple(found)


def initial(given: Iterable[tuple[str, Timed]], H: int, notes: Notes) -> dict[str, Row]:
    """The states before the first timestep, *H* numbers each; *given*: with the state that each is of."""
    found: dict[str, Row] = {}
    for state, each in given:
        row, note = _row(each.values), ""
        if len(row) == 1 and row[0] == 0 and H > 1:
            row, note = row * H, "all 0"
        if len(row) != H:
            notes.contradictions.append(f"{each.name} has {len(row)}, but a state has {H}")
            continue
        found[state] = row
        notes.mapping.append(Mapped(each.name, f"{state}₀", each.values.size, note))
    return found


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _row(values: Array) -> Row:
    return tuple(map(float, values.ravel()))
