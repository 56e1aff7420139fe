"""What is computed: the network, its text, and its parameters with validated shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.equations.description import Description, vanishes
from core.equations.expressions import Expression, Ref, references
from core.network import cells
from core.network.arrays import Array, Arrays, frozen
from core.network.held import Held

CELL = "tanh"


class NetworkError(ValueError):
    """A network or parameter that cannot be; the message names the place and what was expected."""


@dataclass(frozen=True)
class Network:
    """A recurrent network that reads one letter a timestep and predicts the wanted one.

    *alphabet*: K distinct letters. *inputs*, *targets*: T indices into it, 0-based.
    *hidden_size*: H. *embedding_size*: D, or None where x_t is the one-hot vector itself.
    *attention*: whether Z_t attends over h_1 … h_t; without it Z_t is h_t. *cell*: which lines make h_t.
    *held*: numbers in the place of computed ones.

    Not slotted, since it keeps the constant arrays that every forward pass reads.
    """

    alphabet: tuple[str, ...]
    inputs: tuple[int, ...]
    targets: tuple[int, ...]
    hidden_size: int
    embedding_size: int | None
    attention: bool
    cell: str = CELL
    held: tuple[Held, ...] = ()

    def __post_init__(self) -> None:
        if not self.alphabet:
            raise NetworkError("alphabet: expected at least one letter")
        if len(set(self.alphabet)) != len(self.alphabet):
            raise NetworkError("alphabet: expected distinct letters")
        if self.cell != CELL and self.cell not in cells.cells():
            raise NetworkError(f"cell: expected one of {', '.join(cells.cells())}, found {self.cell!r}")
        if not self.inputs:
            raise NetworkError("inputs: expected at least one letter")
        if len(self.targets) != len(self.inputs):
            raise NetworkError(
                f"targets: expected {len(self.inputs)} letters, as many as inputs, found {len(self.targets)}"
            )
        for name, indices in (("inputs", self.inputs), ("targets", self.targets)):
            for t, index in enumerate(indices, 1):
                if not 0 <= index < self.K:
                    raise NetworkError(f"{name}[{t}]: expected an index below {self.K}, found {index}")
        if self.hidden_size < 1:
            raise NetworkError("hidden size: expected at least 1")
        if self.embedding_size is not None and self.embedding_size < 1:
            raise NetworkError("embedding size: expected at least 1")

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
        cell: str = CELL,
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
        return len(self.inputs)

    @property
    def K(self) -> int:
        """The size of the alphabet."""
        return len(self.alphabet)

    @property
    def H(self) -> int:
        """The hidden size."""
        return self.hidden_size

    @property
    def input_size(self) -> int:
        """The length of x_t: D with an embedding, else K."""
        return self.embedding_size or self.K

    def input_letter(self, t: int) -> str:
        """The letter read at timestep *t*, 1-based."""
        return self.alphabet[self.inputs[t - 1]]

    def target_letter(self, t: int) -> str:
        """The letter wanted at timestep *t*, 1-based."""
        return self.alphabet[self.targets[t - 1]]

    @cached_property
    def letters(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The letters read and the letters wanted, T each."""
        read, wanted = (tuple(self.alphabet[i] for i in indices) for indices in (self.inputs, self.targets))
        return read, wanted

    @cached_property
    def input_indices(self) -> npt.NDArray[np.intp]:
        """The inputs as an index array (T)."""
        return np.array(self.inputs)

    @cached_property
    def one_hot_inputs(self) -> Array:
        """One-hot rows of the letters read, T×K."""
        return frozen(np.eye(self.K)[self.input_indices])

    @cached_property
    def letters_read(self) -> tuple[Array, Array]:
        """The N distinct letters read, as one-hot columns (K×N), and where each is read, as ones (T×N×1)."""
        letters = np.eye(self.K)[:, sorted(set(self.inputs))]
        return frozen(letters), frozen(self.one_hot_inputs.dot(letters)[:, :, None])

    @cached_property
    def one_hot_targets(self) -> Array:
        """One-hot rows y_t of the letters wanted, T×K."""
        return frozen(np.eye(self.K)[list(self.targets)])

    @property
    def starts_elsewhere(self) -> bool:
        """Whether a state before the first letter is given, in the place of 0."""
        return any(each.t == 0 for each in self.held)

    @cached_property
    def causal(self) -> Array:
        """T×T, 1 where i ≤ t: what timestep t may attend to."""
        return frozen(np.tri(self.T))

    @cached_property
    def lines(self) -> Description:
        """The lines of one timestep."""
        return cells.described(self.cell, embedding=self.embedding_size is not None, attention=self.attention)

    @property
    def state(self) -> str:
        """The name of what the cell makes for all that comes after it: the hidden state."""
        return cells.state(self.cell)

    @property
    def has_terms(self) -> bool:
        """Whether the gradients can be taken term by term, as the sheets do: where the cell is theirs."""
        return cells.is_plain(self.cell)

    @cached_property
    def cell_lines(self) -> tuple[str, ...]:
        """What the cell makes, in the order of its lines, without inner values."""
        return cells.made(self.cell)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """What the cell carries from one timestep to the next, 0 before the first: the hidden state, and others."""
        return tuple(dict.fromkeys((self.state, *self.lines.states)))

    @cached_property
    def made(self) -> tuple[str, ...]:
        """What the lines make after x_t, in their order; of the sheets' cell without a_t, a part of its one step."""
        lines = self.lines.equations
        names = [name for each in lines for name in (each.name, each.loss) if name not in ("", "x")]
        return tuple(name for name in names if not (self.has_terms and name == "a"))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The quantities by which there is a derivative of the loss, in the order of the way back."""
        return tuple(each.name for each in reversed(self.lines.equations) if not each.output)

    @cached_property
    def idle_at_start(self) -> frozenset[str]:
        """The parameters that have nothing to multiply at t = 1, where the states before are 0."""
        if self.starts_elsewhere:
            return frozenset()
        edges = [edge for edge in self.lines.edges if edge.operand.offset is None]
        moved = {edge.operand.name for edge in edges if edge.asks is None or not vanishes(edge.asks)}
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
            found |= dict.fromkeys(sorted(own, key=lambda name: name not in self.idle_at_start))
        return (*found, *(["E"] if self.embedding_size is not None else []))

    @cached_property
    def reads_input(self) -> frozenset[str]:
        """The parameters that are multiplied by x_t."""
        edges = [edge for edge in self.lines.edges if edge.operand.offset is None and edge.asks is not None]
        return frozenset(edge.operand.name for edge in edges if edge.asks and Ref("x", 0) in references(edge.asks))

    @property
    def taker(self) -> str:
        """A parameter that takes what is asked of the cell at every timestep."""
        return next((name for name in reversed(self.chained) if name not in ("E", *self.idle_at_start)), "V")

    def _inner(self, name: str) -> list[Expression]:
        return [each.body for each in self.lines.equations if each.part_of == name]

    @property
    def sizes(self) -> Mapping[str, int]:
        """How long each axis of a shape is, by its letter."""
        return {"H": self.hidden_size, "K": self.K, "X": self.input_size}

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
