"""What is computed: the network, its text, and its parameters with validated shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.equations.description import Description
from core.equations.expressions import references
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
