"""The terms of a gradient, as the symbols that its sum reads: counted and addressed, never listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from core.network import symbols
from core.program.program import Program


class Terms(Sequence[str]):
    """The terms of ∂L/∂name in the order of *program*: ``dL/dV[3]``; ``dL/dW[3,3,2]``, or by its use ``dL/dW[2]``."""

    def __init__(self, program: Program, name: str) -> None:
        self._program = program
        self._name = name

    def __len__(self) -> int:
        return self._program.term_count(self._name)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(len(self))[place])
        position = self._program.gradient_span(self._name).first + range(len(self))[place]
        return symbols.symbol(f"dL/d{self._name}", *self._program[position].indices)

    def __contains__(self, symbol: object) -> bool:
        found = symbols.parse(str(symbol))
        count = 3 if self._program.is_chained(self._name) else 1
        is_one = found.name == f"dL/d{self._name}" and len(found.indices) == count
        return is_one and symbols.exists(str(symbol), self._program.network)
