"""What is computed: the network, its text, and its parameters with validated shapes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np
import numpy.typing as npt

from core.equations.description import Description, vanishes
from core.equations.expressions import Expression, Ref, references
from core.network import cells, own_cell
from core.network.arrays import Array, Arrays, frozen
from core.network.held import Held
from core.network.task import AS_SHEETS, FUNCTION, Row, Task, listed

_OF_LETTERS = re.compile(r"“[^”]*”|\b([Ll]etter|alphabet)")
_OF_WORDS = {"letter": "word", "Letter": "Word", "alphabet": "vocabulary"}

CELL = "tanh"
NONE = -1  # the target of a timestep that has none


class NetworkError(ValueError):
    """A network or parameter that cannot be; the message names the place and what was expected."""


@dataclass(frozen=True)
class Network:
    """A recurrent network that reads one letter a timestep and predicts the wanted one, or numbers in their place.

    *alphabet*: K distinct letters. *inputs*, *targets*: T indices into it, 0-based; empty where the *task* has numbers
    in their place. A target is -1 where the timestep has none.
    *hidden_size*: H. *embedding_size*: D, or None where x_t is the one-hot vector itself.
    *attention*: whether Z_t attends over h_1 … h_t; without it Z_t is h_t. *cell*: which lines make h_t, by
    the name of their file, or lines of one's own.
    *held*: numbers in the place of computed ones. *own_sizes*: by the letters of its lines' shapes those that no line
    tells; one that is left out is H.

    Not slotted, since it keeps the constant arrays that every forward pass reads.
    """

    alphabet: tuple[str, ...]
    inputs: tuple[int, ...]
    targets: tuple[int, ...]
    hidden_size: int
    embedding_size: int | None
    attention: bool
    cell: cells.Cell = CELL
    task: Task = AS_SHEETS
    held: tuple[Held, ...] = ()
    own_sizes: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        self._check_cell()
        if self.task != AS_SHEETS:
            self._check_task()
        elif not self.alphabet:
            raise NetworkError("alphabet: expected at least one letter")
        if len(set(self.alphabet)) != len(self.alphabet):
            raise NetworkError("alphabet: expected distinct letters")
        if not self.inputs and not self.task.read:
            raise NetworkError("inputs: expected at least one letter")
        wanted = self.targets or self.task.wanted
        if len(wanted) != self.T:
            raise NetworkError(f"targets: expected {self.T} letters, as many as inputs, found {len(wanted)}")
        for name, indices in (("inputs", self.inputs), ("targets", self.targets)):
            for t, index in enumerate(indices, 1):
                if index not in self.indices and (name, index) != ("targets", NONE):
                    raise NetworkError(f"{name}[{t}]: expected an index below {len(self.alphabet)}, found {index}")
        if not self.judged:
            raise NetworkError("targets: expected at least one timestep with a target, found none")
        if self.hidden_size < 1:
            raise NetworkError("hidden size: expected at least 1")
        for letter, size in self.own_sizes:
            if letter not in self.open_sizes or size < 1:
                raise NetworkError(f"size {letter}: expected at least 1, of a size that the lines leave open")
        if self.embedding_size is not None and self.embedding_size < 1:
            raise NetworkError("embedding size: expected at least 1")

    def _check_cell(self) -> None:
        """That there is such a cell, or that its lines are one; else `NetworkError`."""
        if self.cell == CELL:
            return
        if isinstance(self.cell, str) and self.cell not in cells.cells():
            raise NetworkError(f"cell: expected one of {', '.join(cells.cells())}, found {self.cell!r}")
        try:
            own_cell.checked(tuple(cells.text(self.cell).split("\n")))
        except own_cell.CellError as error:
            raise NetworkError(f"cell: {error}") from None
        if self.task.biases == "two" and not isinstance(self.cell, str):
            raise NetworkError("biases: lines of one's own say their biases themselves")

    def _check_task(self) -> None:
        """That output, loss, targets and states fit one another; else `NetworkError`."""
        task = self.task
        fitting = FUNCTION.get(task.output, {})
        if task.loss not in fitting:
            said = " or ".join(f'"{loss}"' for loss in fitting)
            raise NetworkError(f'loss: expected {said} beside the output "{task.output}", found "{task.loss}"')
        if task.read and self.embedding_size is not None:
            raise NetworkError("parameters.E: an embedding reads letters, and these inputs are numbers")
        if self.by_letter != bool(self.targets):
            kind = "letters of the alphabet" if self.by_letter else "numbers"
            raise NetworkError(f'targets: expected {kind} beside the output "{task.output}"')
        if (self.inputs or self.targets) and not self.alphabet:
            raise NetworkError("alphabet: expected at least one letter")
        if self.alphabet and not (self.inputs or self.targets):
            raise NetworkError("alphabet: not expected where inputs and targets are numbers")
        count = len(self.targets or task.wanted)
        if count != self.T:
            raise NetworkError(f"targets: expected {self.T} targets, as many as inputs, found {count}")
        self._check_rows("inputs", task.read, len(task.read[0]) if task.read else 1)
        self._check_rows("targets", task.wanted, self.K)
        for name, row in task.initial:
            if name not in self.states:
                raise NetworkError(f"initial.{name}: expected one of {', '.join(self.states)}")
            self._check_rows(f"initial.{name}", (row,), self.H)
        for t, wanted in enumerate(task.wanted, 1):
            for i, number in enumerate(wanted or (), 1):
                if task.output == "sigmoid" and not 0 <= number <= 1:
                    raise NetworkError(f"targets[{t}][{i}]: expected a number from 0 to 1, found {number:g}")

    def _check_rows(self, place: str, rows: tuple[Row | None, ...], length: int) -> None:
        """That every row has *length* finite numbers."""
        for t, row in enumerate(rows, 1):
            at = place if place.startswith("initial") else f"{place}[{t}]"
            if row is not None and (len(row) != length or not length):
                expected = f"{max(length, 1)} number{'' if length == 1 else 's'}"
                raise NetworkError(f"{at}: expected {expected}, found {len(row)}")
            for i, number in enumerate(row or (), 1):
                if not isfinite(number):
                    raise NetworkError(f"{at}[{i}]: expected a finite number")

    @classmethod
    def from_letters(
        cls,
        alphabet: Sequence[str],
        inputs: Sequence[str],
        targets: Sequence[str],
        *,
        hidden_size: int,
        embedding_size: int | None,
        attention: bool,
        cell: cells.Cell = CELL,
    ) -> Network:
        """The network that reads the letters *inputs* and should say *targets*."""
        index = {letter: i for i, letter in enumerate(alphabet)}
        for name, letters in (("inputs", inputs), ("targets", targets)):
            for t, letter in enumerate(letters, 1):
                if letter not in index:
                    raise NetworkError(f"{name}[{t}]: the letter {letter!r} is not in the alphabet")
        return cls(
            tuple(alphabet),
            tuple(index[c] for c in inputs),
            tuple(index[c] for c in targets),
            hidden_size,
            embedding_size,
            attention,
            cell,
        )

    @property
    def T(self) -> int:
        """The number of timesteps."""
        return len(self.task.read or self.inputs)

    @cached_property
    def K(self) -> int:
        """The length of what is predicted: the size of the alphabet where letters are."""
        if self.by_letter:
            return len(self.alphabet)
        return self.H if self.task.output == "none" else len(next(filter(None, self.task.wanted), ()))

    @cached_property
    def reads_words(self) -> bool:
        """Whether what it calls letters are words."""
        return any(sum(map(str.isalpha, each)) > 1 for each in self.alphabet)

    def spoken(self, text: str) -> str:
        """*text*, which speaks of letters, as it is said of this network; what stands in quotes is its own."""
        if not self.reads_words:
            return text
        return _OF_LETTERS.sub(lambda found: _OF_WORDS.get(found[1], found[0]), text)

    @property
    def by_letter(self) -> bool:
        """Whether the output predicts letters."""
        return self.task.output == "softmax"

    @property
    def reads_numbers(self) -> bool:
        """Whether x_t is a vector of numbers, and no letter."""
        return bool(self.task.read)

    @property
    def is_certain(self) -> bool:
        """Whether the one letter that there is always has probability 1."""
        return self.by_letter and self.K == 1

    def has_target(self, t: int) -> bool:
        """Whether timestep *t*, 1-based, has a target, and so a loss."""
        return self.targets[t - 1] != NONE if self.targets else self.task.wanted[t - 1] is not None

    @cached_property
    def judged(self) -> Sequence[int]:
        """The timesteps that have a target, rising."""
        found = tuple(filter(self.has_target, range(1, self.T + 1)))
        return range(1, self.T + 1) if len(found) == self.T else found

    @property
    def is_whole(self) -> bool:
        """Whether every timestep has a target."""
        return len(self.judged) == self.T

    @cached_property
    def divisor(self) -> int:
        """What the sum of the losses is divided by: in a mean, by how many timesteps have a target."""
        return len(self.judged) if self.task.reduction == "mean" else 1

    @cached_property
    def shares(self) -> Array:
        """What the loss of each timestep counts for in the total, T."""
        return frozen(np.array([self.has_target(t) / self.divisor for t in range(1, self.T + 1)]))

    def total(self, losses: Array) -> float:
        """The loss of an epoch whose timesteps have *losses*, 0 where there is none."""
        return float(np.add.reduce(losses) / self.divisor)

    @property
    def H(self) -> int:
        """The hidden size."""
        return self.hidden_size

    @property
    def input_size(self) -> int:
        """The length of x_t: that of a vector of numbers, D with an embedding, else of a letter one-hot."""
        return len(self.task.read[0]) if self.task.read else self.embedding_size or len(self.alphabet)

    def input_letter(self, t: int) -> str:
        """The letter read at timestep *t*, 1-based; of numbers as they are listed."""
        return listed(self.task.read[t - 1]) if self.task.read else self.alphabet[self.inputs[t - 1]]

    def target_letter(self, t: int) -> str:
        """The letter wanted at timestep *t*, 1-based; of numbers as they are listed, and where there is none a dash."""
        if not self.has_target(t):
            return listed(None)
        return self.alphabet[self.targets[t - 1]] if self.targets else listed(self.task.wanted[t - 1])

    @cached_property
    def letters(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The letters read and the letters wanted, T each."""
        timesteps = range(1, self.T + 1)
        return tuple(map(self.input_letter, timesteps)), tuple(map(self.target_letter, timesteps))

    def is_of_letters(self, axis: str) -> bool:
        """Whether the entries along *axis* of a shape are those of the alphabet."""
        if axis == "X":
            return self.embedding_size is None and not self.task.read
        return axis == "N" or (axis == "K" and self.by_letter)

    def is_one_hot(self, name: str) -> bool:
        """Whether *name*, an input or what is wanted, is a letter as a one-hot vector."""
        return self.by_letter if name == "y" else not self.task.read

    @property
    def indices(self) -> range:
        """The indices of the letters."""
        return range(len(self.alphabet))

    def start(self, state: str) -> Array:
        """What *state* is before the first timestep, H."""
        return np.array(dict(self.task.initial).get(state, (0.0,) * self.H))

    @cached_property
    def input_indices(self) -> npt.NDArray[np.intp]:
        """The inputs as an index array (T)."""
        return np.array(self.inputs)

    @cached_property
    def one_hot_inputs(self) -> Array:
        """One-hot rows of the letters read, T×K; the rows themselves where they are numbers."""
        if self.task.read:
            return frozen(np.array(self.task.read))
        return frozen(np.eye(len(self.alphabet))[self.input_indices])

    @cached_property
    def letters_read(self) -> tuple[Array, Array]:
        """The N distinct letters read, as one-hot columns (K×N), and where each is read, as ones (T×N×1)."""
        letters = np.eye(self.K)[:, sorted(set(self.inputs))]
        return frozen(letters), frozen(self.one_hot_inputs.dot(letters)[:, :, None])

    @cached_property
    def one_hot_targets(self) -> Array:
        """One-hot rows y_t of the letters wanted, T×K, or numbers; 0 where a timestep has no target."""
        if not self.targets:
            return frozen(np.array([wanted or (0.0,) * self.K for wanted in self.task.wanted]))
        return frozen(np.vstack([np.eye(self.K), np.zeros(self.K)])[list(self.targets)])

    @property
    def given_at_start(self) -> tuple[str, ...]:
        """The states that are given before the first timestep, in the place of 0."""
        held = [each.name for each in self.held if each.t == 0]
        return (*held, *(name for name, row in self.task.initial if any(row)))

    @property
    def starts_elsewhere(self) -> bool:
        """Whether a state before the first letter is given, in the place of 0."""
        return bool(self.given_at_start)

    @cached_property
    def causal(self) -> Array:
        """T×T, 1 where i ≤ t: what timestep t may attend to."""
        return frozen(np.tri(self.T))

    @cached_property
    def lines(self) -> Description:
        """The lines of one timestep."""
        return cells.described(
            self.cell, embedding=self.embedding_size is not None, attention=self.attention, head=self.head
        )

    @property
    def head(self) -> cells.Head:
        """What stands around the cell."""
        task = self.task
        shares = not self.is_whole or self.divisor > 1
        return cells.Head(task.function, task.output != "none", shares, task.biases)

    @property
    def state(self) -> str:
        """The name of what the cell makes for all that comes after it: the hidden state."""
        return cells.state(self.cell)

    @property
    def by_arrays(self) -> bool:
        """Whether whole arrays know its arithmetic: where the cell, and all around it, is that of the sheets."""
        return cells.is_plain(self.cell) and self.is_as_sheets

    @property
    def by_sheets(self) -> bool:
        """Whether slips, and lines of one's own, are made in the arithmetic of the sheets: where whole arrays know it,
        and no number is held, through whose line nothing would flow.
        """
        return self.by_arrays and not any(each.t for each in self.held)

    @cached_property
    def is_as_sheets(self) -> bool:
        """Whether all around the cell is as the sheets have it: letters, a softmax, and a loss at every timestep."""
        return self.task == AS_SHEETS and NONE not in self.targets

    @cached_property
    def cell_lines(self) -> tuple[str, ...]:
        """What the cell makes, in the order of its lines, without inner values."""
        return cells.made(self.cell)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """What the cell carries from one timestep to the next, 0 before the first: the hidden state, and others."""
        return cells.states(self.cell)

    @cached_property
    def made(self) -> tuple[str, ...]:
        """What the lines make after x_t, in their order; of the sheets' cell without a_t, a part of its one step."""
        lines = self.lines.equations
        names = [name for each in lines for name in (each.name, each.loss) if name not in ("", "x")]
        return tuple(name for name in names if not (self.by_arrays and name == "a"))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The quantities by which there is a derivative of the loss, in the order of the way back."""
        return tuple(each.name for each in reversed(self.lines.equations) if not each.output)

    @cached_property
    def asked_by_loss(self) -> tuple[str, ...]:
        """Those of `asked` that stand after the hidden state: only the loss of their own timestep asks of them."""
        made = [each.name for each in self.lines.equations]
        return tuple(name for name in self.asked if made.index(name) > made.index(self.state))

    @cached_property
    def carriers(self) -> frozenset[str]:
        """The parameters that multiply nothing but the states of the timestep before."""
        return self._idle_where(())

    @cached_property
    def idle_at_start(self) -> frozenset[str]:
        """The parameters that have nothing to multiply at t = 1, where the states before are 0."""
        return self._idle_where(self.given_at_start)

    @cached_property
    def idle_gates(self) -> frozenset[str]:
        """What the cell makes that has nothing to multiply at t = 1, where the states before are 0."""
        edges = [edge for edge in self.lines.edges if edge.operand.offset == 0]
        moved = {
            edge.operand.name for edge in edges if edge.asks is None or not vanishes(edge.asks, self.given_at_start)
        }
        return frozenset(name for name in self.cell_lines if name != self.state) - moved

    def zero_beside(self, names: Collection[str]) -> tuple[str, ...]:
        """The states that, were they not 0 at the start, would give *names* something to multiply there."""
        edges = [edge for edge in self.lines.edges if edge.operand.name in names and edge.operand.offset in (None, 0)]
        states = [state for state in self.states if state in self.lines.states]
        found = (
            s for s in states if not all(edge.asks and vanishes(edge.asks, {*self.given_at_start, s}) for edge in edges)
        )
        return tuple(found) or tuple(states)

    def _idle_where(self, given: Collection[str]) -> frozenset[str]:
        """The parameters that have nothing to multiply where all states are 0 but for those *given*."""
        edges = [edge for edge in self.lines.edges if edge.operand.offset is None]
        moved = {edge.operand.name for edge in edges if edge.asks is None or not vanishes(edge.asks, given)}
        return frozenset(self.lines.parameters) - moved

    @cached_property
    def chained(self) -> tuple[str, ...]:
        """The parameters of the cell and of the embedding, in the order of their gradients: what a loss asks of them
        goes back in time. Of a line, first those that multiply the states, then the others.
        """
        lines = [self.lines.made(name) for name in self.cell_lines]
        bodies = {each.name: [each.body, *self._inner(each.name)] for each in lines}
        found: dict[str, None] = {}
        for parts in bodies.values():
            own = dict.fromkeys(ref.name for body in parts for ref in references(body) if ref.offset is None)
            found |= dict.fromkeys(sorted(own, key=lambda name: name not in self.carriers))
        return (*found, *(["E"] if self.embedding_size is not None else []))

    @cached_property
    def reads_input(self) -> frozenset[str]:
        """The parameters that are multiplied by x_t."""
        edges = [edge for edge in self.lines.edges if edge.operand.offset is None and edge.asks is not None]
        return frozenset(edge.operand.name for edge in edges if edge.asks and Ref("x", 0) in references(edge.asks))

    @property
    def taker(self) -> str:
        """A parameter that takes what is asked of the cell at every timestep."""
        return next((name for name in reversed(self.chained) if name not in ("E", *self.carriers)), "V")

    def _inner(self, name: str) -> list[Expression]:
        return [each.body for each in self.lines.equations if each.part_of == name]

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How long each axis of a shape is, by its letter."""
        known = {"H": self.hidden_size, "K": self.K, "X": self.input_size, "N": len(self.alphabet)}
        return dict.fromkeys(self.open_sizes, self.hidden_size) | dict(self.own_sizes) | known

    @cached_property
    def open_sizes(self) -> tuple[str, ...]:
        """The letters of the sizes that no line tells, in the order in which quantities have them."""
        return tuple(cells.open_sizes(self.cell))

    @cached_property
    def parameter_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of every parameter that this network has: the cell's, the output's, last the embedding's."""
        names, sizes = self.lines.parameters, self.sizes
        before = {ref.name for ref in references(self.lines.equations[0].body)} if self.embedding_size else set()
        shapes = {name: tuple(sizes[axis] for axis in self.lines.shapes[name]) for name in names}
        return {name: shapes[name] for name in sorted(names, key=before.__contains__)}


class Parameters(Arrays):
    """The arrays that training changes, by name."""

    @classmethod
    def checked(cls, network: Network, values: Mapping[str, npt.ArrayLike]) -> Parameters:
        """*values* as read-only float64 arrays of the shapes that *network* needs, else `NetworkError`."""
        shapes = network.parameter_shapes
        for name in values:
            if name not in shapes:
                raise NetworkError(
                    f"parameters.{name}: this network has no such parameter, expected {', '.join(shapes)}"
                )
        arrays: dict[str, Array] = {}
        for name, shape in shapes.items():
            if name not in values:
                raise NetworkError(f"parameters.{name}: missing, expected {_shape_text(shape)} numbers")
            try:
                array = np.array(values[name], dtype=np.float64)
            except (TypeError, ValueError, OverflowError):
                raise NetworkError(f"parameters.{name}: expected {_shape_text(shape)} numbers") from None
            if array.shape != shape:
                raise NetworkError(
                    f"parameters.{name}: expected {_shape_text(shape)} numbers, found {_shape_text(array.shape)}"
                )
            if not np.isfinite(array).all():
                place = ", ".join(str(i + 1) for i in np.argwhere(~np.isfinite(array))[0])
                raise NetworkError(f"parameters.{name}[{place}]: expected a finite number")
            arrays[name] = frozen(array)
        return cls(arrays)


def _shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single"
