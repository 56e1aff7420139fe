"""What a user asks for in a form: everything that makes a network, as it was typed, and the network that it makes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.network import cells, own_cell
from core.network.arrays import Array
from core.network.cells import Biases
from core.network.initial import Scheme
from core.network.network import CELL, NONE, Network
from core.network.rule import EXACT, Rule
from core.network.task import Loss, Output, Reduction, Row, Task
from core.sources.typed import NOTHING, Kind, TypedError, rows, tokens
from core.writing.notation import NotationError, read

MOST_TIMESTEPS = 1_000
MOST_HIDDEN = 128
MOST_LETTERS = 200
MOST_NUMBERS = 128  # of a vector that is read or wanted
MOST_EMBEDDING = 128
MOST_LEARNING_RATE = 1e6
MOST_SCALE = 1_000
MOST_SEED = 10**12

Field = Literal[
    "text",
    "targets",
    "loss",
    "lines",
    "hidden_size",
    "own_sizes",
    "embedding_size",
    "initial",
    "learning_rate",
    "scheme",
    "scale",
    "seed",
    "parameters",
]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Design:
    """What a user asks for; nothing of it is checked yet.

    *text*: what is read, *reads*: as what; numbers are a row a timestep. *targets*: what is wanted, a letter, a word or
    a row of numbers a timestep, or nothing; None where each letter or word should be followed by the next. They are
    numbers but for the *output* softmax. *lines*: those of a cell of one's own, in the place of *cell*, else None.
    *own_sizes*: by letter those that the lines leave open; where one is empty, as *parameters* have it, else H.
    *embedding_size*: D, or None where x_t is the one-hot vector; not read where numbers are. *initial*: of states by
    name the numbers before the first timestep, else 0. *scheme*: how initial values are drawn, or ``given`` where they
    are *parameters*; a vector may be a row or a column there. *scale*: read by ``normal``.
    """

    text: str
    reads: Kind = "letters"
    targets: str | None = None
    output: Output = "softmax"
    loss: Loss = "cross-entropy"
    reduction: Reduction = "sum"
    cell: str = CELL
    lines: str | None = None
    hidden_size: int
    embedding_size: int | None
    attention: bool
    biases: Biases = "one"
    own_sizes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    initial: Mapping[str, str] = dataclasses.field(default_factory=dict)
    learning_rate: float
    rule: Rule = EXACT
    scheme: Scheme | Literal["given"] = "uniform"
    scale: float = 1.0
    seed: int
    parameters: Mapping[str, Array] | None = None

    @property
    def wants(self) -> Kind:
        """What targets are: numbers, or else what is read; words beside numbers."""
        if self.output != "softmax":
            return "numbers"
        return "letters" if self.reads == "letters" else "words"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a design cannot be: the *field* to change, and in *words* what is expected there.

    *name*: of the parameter or the state that it is about, where there are several.
    """

    field: Field
    words: str
    name: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Timesteps:
    """What a design reads and wants: of letters and words the *inputs* and *targets*, None where nothing is wanted; of
    numbers the rows that are *read* and *wanted*.
    """

    inputs: tuple[str, ...] = ()
    targets: tuple[str | None, ...] = ()
    read: tuple[Row, ...] = ()
    wanted: tuple[Row | None, ...] = ()

    @property
    def alphabet(self) -> tuple[str, ...]:
        """What is read and wanted, each once, in order."""
        return tuple(dict.fromkeys((*self.inputs, *filter(None, self.targets))))


def rows_read(design: Design) -> tuple[Row | None, ...]:
    """The rows of numbers that are typed to be read; else `TypedError`."""
    return _without_end(rows(design.text))


def rows_wanted(design: Design, T: int) -> tuple[Row | None, ...]:
    """The rows of numbers that are typed to be wanted at *T* timesteps; else `TypedError`."""
    found = rows(design.targets or "")
    return (*found[:T], *_without_end(found[T:]))


def tokens_wanted(design: Design) -> tuple[str | None, ...]:
    """The letters or words that are typed to be wanted, None where nothing is; else `TypedError`."""
    found = tokens(design.targets or "", design.wants)
    is_read = design.reads != "numbers" and NOTHING in tokens(design.text, design.reads)
    return found if is_read else tuple(None if each == NOTHING else each for each in found)


def read_state(text: str, H: int) -> Row:
    """The numbers of a state before the first timestep, H; none where nothing is typed; else `TypedError`."""
    if not text.strip():
        return ()
    try:
        values = read(text, (H,)).values
    except NotationError as error:
        raise TypedError(str(error)) from None
    if not np.isfinite(values).all():
        raise TypedError("one of the numbers is not finite")
    return tuple(values.tolist())


def timesteps(design: Design) -> Timesteps:
    """What *design*, of which that can be read, reads and wants."""
    inputs: tuple[str, ...] = ()
    read: tuple[Row, ...] = ()
    if design.reads == "numbers":
        read = tuple(row for row in rows_read(design) if row is not None)
    else:
        inputs = tokens(design.text, design.reads)
    if design.targets is None:
        return Timesteps(inputs[:-1], inputs[1:])
    if design.wants == "numbers":
        return Timesteps(inputs, (), read, rows_wanted(design, len(inputs or read)))
    return Timesteps(inputs, tokens_wanted(design), read)


def cell(design: Design) -> cells.Cell:
    """The cell that *design* asks for; `CellError` where its lines are none."""
    return design.cell if design.lines is None else own_cell.typed(design.lines, sizes(design)).lines


def sizes(design: Design) -> Mapping[str, int]:
    """How long h_t and x_t are, where that is known."""
    try:
        found = timesteps(design)
    except TypedError:
        return {}
    D = None if found.read else design.embedding_size
    return {"H": design.hidden_size, "X": len(found.read[0]) if found.read else D or len(found.alphabet)}


def network(design: Design) -> Network:
    """The network that *design*, which has no problems, asks for."""
    found = timesteps(design)
    index: dict[str | None, int] = {token: i for i, token in enumerate(found.alphabet)} | {None: NONE}
    made_by = cell(design)
    typed = {state: design.initial.get(state, "") for state in cells.states(made_by)}
    first = {state: read_state(text, design.hidden_size) for state, text in typed.items()}
    task = Task(
        design.output,
        design.loss,
        design.reduction,
        design.biases,
        tuple((state, row) for state, row in first.items() if any(row)),
        found.read,
        found.wanted,
    )
    return Network(
        found.alphabet,
        tuple(index[token] for token in found.inputs),
        tuple(index[token] for token in found.targets),
        design.hidden_size,
        None if found.read else design.embedding_size,
        design.attention,
        made_by,
        task,
        own_sizes=tuple(own_sizes(design, made_by)),
    )


def own_sizes(design: Design, made_by: cells.Cell) -> Iterator[tuple[str, int]]:
    """The sizes that the lines leave open and *design* tells, by itself or by the numbers of parameters."""
    given = dict(cells.sizes_in(made_by, design.parameters or {}))
    for letter in cells.open_sizes(made_by):
        typed = design.own_sizes.get(letter, "").strip()
        if typed or letter in given:
            yield letter, int(typed) if typed else given[letter]


def _without_end(found: tuple[Row | None, ...]) -> tuple[Row | None, ...]:
    """*found* without what is empty at its end."""
    while found and found[-1] is None:
        found = found[:-1]
    return found
