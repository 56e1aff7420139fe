"""What is read and wanted as numbers, and what stands around the cell: output, loss, biases, where the states begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.network.cells import Biases

Output = Literal["softmax", "linear", "sigmoid", "none"]
Loss = Literal["cross-entropy", "squared", "half-squared", "logistic"]
Reduction = Literal["sum", "mean"]
Row = tuple[float, ...]

FUNCTION: Mapping[Output, Mapping[Loss, str]] = {
    "softmax": {"cross-entropy": "softmax_cross_entropy"},
    "linear": {"squared": "squared", "half-squared": "half_squared"},
    "sigmoid": {"logistic": "sigmoid_logistic", "squared": "sigmoid_squared", "half-squared": "sigmoid_half_squared"},
    "none": {"squared": "squared", "half-squared": "half_squared"},
}  # of every output the losses that fit it, and the operation that is both


@dataclass(frozen=True, slots=True)
class Task:
    """As the sheets have it where nothing else is said.

    *initial*: of states by name what they are before the first timestep, else 0. *read*: x_1 … x_T where they are
    vectors of numbers; *wanted*: y_1 … y_T where these are, None where a timestep has no target.
    """

    output: Output = "softmax"
    loss: Loss = "cross-entropy"
    reduction: Reduction = "sum"
    biases: Biases = "one"
    initial: tuple[tuple[str, Row], ...] = ()
    read: tuple[Row, ...] = ()
    wanted: tuple[Row | None, ...] = ()

    @property
    def function(self) -> str:
        """The operation that makes prediction and loss; `KeyError` where they do not fit."""
        return FUNCTION[self.output][self.loss]


AS_SHEETS = Task()
_FEW = 4  # numbers of a vector that are listed


def listed(row: Row | None) -> str:
    """Numbers for a reader: ``(1, 2)``, of many the first, a single one as it is, a dash for none."""
    if row is None:
        return "–"
    numbers = [f"{number:.6g}".replace("-", "−") for number in row]
    if len(numbers) > _FEW:
        numbers = [*numbers[: _FEW - 1], "…"]
    return numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"
