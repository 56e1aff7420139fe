"""The numbers of an exercise, mapped to a network: ``Wf → U_f (2 numbers)``; what is open is asked.

A form calls `read`, shows `Exercise.mapping`, asks its `questions`, and calls `read` again with the answers; `build`
makes the network of it where nothing is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.exercise import places, timesteps
from core.exercise.fitting import Placed, Sizes, sizes
from core.exercise.names import Role, gates, role
from core.exercise.notes import Mapped, Notes, Question
from core.exercise.stated import MOST_CHARACTERS, stated
from core.exercise.timesteps import Rows, Timed
from core.network import cells
from core.network.arrays import Array, frozen
from core.network.network import Network, NetworkError, Parameters
from core.network.own_cell import checked, typed
from core.network.rule import EXACT
from core.network.task import FUNCTION, Loss, Output, Row, Task
from core.sources.source import Source

_ACTIVATIONS = ("tanh", "sigmoid", "relu", "identity")
_SAID = {"logistic": "sigmoid", "linear": "identity"}
_RESET = ("r ⊙ (W h)", "W (r ⊙ h)")
_UPDATE = ("(1 − z) ⊙ n + z ⊙ h", "(1 − z) ⊙ h + z ⊙ n")
_RATE = 0.1
_WHY_UNUSED = {"result": "computed, not given", "unknown": "of no gate or layer that is known here"}


@dataclass(frozen=True, slots=True, eq=False)
class Exercise:
    """What a text says.

    *cell*: None where nothing tells. *parameters*: by our names, in the shapes that *hidden_size* and *input_size*
    give. *inputs*, *targets*: of t = 1 … T, as a `Task` has them; *initial*: of states by name. *scores*: whether there
    is an output layer, V. *mapping*: what became of every name that is used, and *unused* of every other. *missing*,
    *contradictions*: in words; a network can be built where there are none of either.
    """

    cell: cells.Cell | None
    hidden_size: int
    input_size: int
    parameters: Mapping[str, Array]
    inputs: Rows
    targets: tuple[Row | None, ...]
    initial: Mapping[str, Row]
    learning_rate: float | None
    biases: cells.Biases
    scores: bool
    mapping: tuple[Mapped, ...]
    questions: tuple[Question, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    contradictions: tuple[str, ...]


def read(text: str, answers: Mapping[str, str] | None = None, own: tuple[str, ...] = ()) -> Exercise:
    """What *text* says; *answers*: to questions, by their keys. *own*: lines of a cell, by whose names it is read."""
    notes = Notes(answers or {})
    ready, arrays, shipped = places.taken_apart(_arrays(text, notes))
    kind, known = ("", {}) if own or ready else gates(arrays)
    roles = {name: role(name, known, tuple(arrays)) for name in arrays}
    given = {
        wanted: [Timed(name, roles[name].index, arrays[name]) for name in arrays if roles[name].kind == wanted]
        for wanted in ("input", "target", "state", "cell", "rate")
    }
    placed, rows, long = _fitted(arrays, roles, given, own, ready, notes, gated=bool(known))
    notes.contradictions += long.misfits
    timesteps.noted(given["input"], rows, notes)
    parameters = {} if long.misfits or not placed else places.parameters(placed, long, notes)
    biases, scores = _biases(placed), any(each.ours == "V" for each in placed)
    cell: cells.Cell | None = own or shipped or (_cell(kind, parameters, biases, text, notes) if placed else None)
    if cell is not None and parameters:
        parameters = _whole(cell, parameters, long, biases, scores, notes)
    elif not placed:
        notes.missing.append("matrices and biases, such as U = [0.1, 0.2]")
    wanted = timesteps.targets(given["target"], given["input"], len(rows), long.K if scores else long.H, notes)
    states = [("h", each) for each in given["state"]] + [("C", each) for each in given["cell"] if cell == "lstm"]
    initial = timesteps.initial(states, long.H, notes) if long.H else {}
    notes.mapping += [Mapped(each.name, "η", each.values.size) for each in given["rate"][:1]]
    used = {each.name for each in notes.mapping}
    notes.unused += [
        f"{name}: {_WHY_UNUSED.get(roles[name].kind, 'not used')}"
        for name in arrays
        if name not in used and not notes.contradictions
    ]
    rate = float(given["rate"][0].values.flat[0]) if given["rate"] else None
    return Exercise(
        cell, long.H, long.X, parameters, rows, wanted, initial, rate, biases, scores, tuple(notes.mapping),
        tuple(notes.questions), tuple(notes.unused), tuple(notes.missing), tuple(notes.contradictions),
    )  # fmt: skip


def build(
    found: Exercise, output: Output | None = None, loss: Loss = "half-squared", title: str = "An exercise"
) -> Source:
    """The network of an exercise of which nothing is missing, else `NetworkError`; *output*, *loss*: as in a `Task`."""
    problems = (*found.contradictions, *(f"missing: {each}" for each in found.missing))
    if problems or found.cell is None:
        raise NetworkError("; ".join(problems) or "missing: the cell")
    output = output or ("linear" if found.scores else "none")
    loss = loss if loss in FUNCTION[output] else next(iter(FUNCTION[output]))
    start = tuple(found.initial.items())
    task = Task(output, loss, biases=found.biases, initial=start, read=found.inputs, wanted=found.targets)
    network = Network((), (), (), found.hidden_size, None, False, found.cell, task)
    parameters = Parameters.checked(network, found.parameters)
    rate = _RATE if found.learning_rate is None else found.learning_rate
    return Source(title, title, network, parameters, EXACT, rate)


def _arrays(text: str, notes: Notes) -> dict[str, Array]:
    """The numbers of every name, each once."""
    found: dict[str, Array] = {}
    if len(text) > MOST_CHARACTERS:
        notes.unused.append(f"what comes after the first {MOST_CHARACTERS:,} characters")
    for each in stated(text):
        if each.values is None:
            notes.unused.append(f"{each.name}: {each.problem}")
        elif each.name in found and not np.array_equal(found[each.name], each.values):
            notes.contradictions.append(f"{each.name} is given twice, with other numbers")
        else:
            found[each.name] = each.values
    return found


def _fitted(
    arrays: Mapping[str, Array],
    roles: Mapping[str, Role],
    given: Mapping[str, list[Timed]],
    own: tuple[str, ...],
    ready: list[Placed],
    notes: Notes,
    *,
    gated: bool,
) -> tuple[list[Placed], Rows, Sizes]:
    """The places of the matrices, the inputs, and the sizes, that fit one another best; asks where two fit alike."""
    choices = (places.INPUTS, places.STATES) if gated else (places.STATES, places.INPUTS)
    states = [each.values.size for each in (*given["state"], *given["cell"])]
    found = []
    for W_at in choices:
        placed = places.own_placed(arrays, checked(own)) if own else [*ready, *places.placed(arrays, roles, W_at)]
        for rows in timesteps.readings(given["input"]) or [()]:
            found.append((W_at, placed, rows, sizes(placed, len(rows[0]) if rows else None, states)))
    fits = [each for each in found if not each[3].misfits]
    if len({each[0] for each in fits}) > 1 and not own and not places.is_told(roles):
        chosen = notes.ask("W", "Sizes do not tell what the matrices called W multiply:", *choices)
        fits = [each for each in fits if each[0] == chosen]
    _, placed, rows, long = min(fits or found, key=lambda each: len(each[3].misfits))
    return placed, rows, long


def _biases(placed: list[Placed]) -> cells.Biases:
    found = [each.ours for each in placed if each.axes == "H" and each.ours.startswith("b")]
    return "two" if any(ours.startswith("b_hh") for ours in found) else "one" if found else "none"


def _cell(kind: str, parameters: Mapping[str, Array], biases: cells.Biases, text: str, notes: Notes) -> cells.Cell:
    """The cell, whose variant the numbers alone may not tell."""
    if kind == "gru":
        return _gru(parameters, biases, notes)
    if kind:
        return kind
    found = re.finditer(r"(?i)\b(tanh|sigmoid|logistic|relu|identity|linear)\b", text)
    said = {_SAID.get(word[0].lower(), word[0].lower()) for word in found}
    if len(said) == 1:
        return next(iter(said))
    return notes.ask("activation", "What makes the state of the sum?", *_ACTIVATIONS)


def _gru(parameters: Mapping[str, Array], biases: cells.Biases, notes: Notes) -> cells.Cell:
    """As it ships where that is meant, else its lines with what is otherwise."""
    inside = notes.ask("reset", "Where does the reset gate stand?", *_RESET) == _RESET[1]
    other = notes.ask("update", "What does the update gate keep?", *_UPDATE) == _UPDATE[1]
    if not inside and not other and (biases != "one" or "b_hn" in parameters):
        return "gru"
    text = cells.text("gru").replace(" + b_hn", "")
    text = text.replace("r[t] * (W_n @ h[t-1])", "W_n @ (r[t] * h[t-1])") if inside else text
    text = text.replace("(1 - z[t]) * n[t] + z[t] * h[t-1]", "(1 - z[t]) * h[t-1] + z[t] * n[t]") if other else text
    return typed(re.sub(r" \+ b_\w+", "", text) if biases == "none" else text).lines


def _whole(
    cell: cells.Cell, parameters: dict[str, Array], long: Sizes, biases: cells.Biases, scores: bool, notes: Notes
) -> dict[str, Array]:
    """*parameters* in the order of the lines, with a bias of 0 where only some are given; says what is missing."""
    head = cells.Head("squared", scores, False, biases)
    lines = cells.described(cell, embedding=False, attention=False, head=head)
    found: dict[str, Array] = {}
    for name in lines.parameters:
        shape = long.of("".join(lines.shapes[name]))
        if name in parameters:
            found[name] = parameters[name]
        elif name == "c":
            found[name] = frozen(np.zeros(shape))
            notes.mapping.append(Mapped("(not given)", "c", found[name].size, "0"))
        else:
            notes.missing.append(f"{name}, {'×'.join(map(str, shape))}")
    notes.unused += [f"{name}: this cell has none" for name in parameters if name not in found]
    return found
