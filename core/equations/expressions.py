"""Expressions: quantities, numbers, and operations on them. They are values: two that say the same are equal.

What stands in a line, and what is asked of a quantity on the way back, are expressions alike: both are computed,
written and followed by the same few functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

ADJOINT = "dL/d"
NEAR = "dnear/d"  # of those losses alone that reach an earlier timestep too
MARK = "t="
Offset = int | Literal["past", "all", "entry"] | None


@dataclass(frozen=True, slots=True)
class Ref:
    """A quantity that is read.

    *offset*: of timestep t + offset; None: a parameter, the same at every timestep; ``past``: the rows of
    timesteps 1 … t, one above the other; ``all``: those of all timesteps, as no line may say, but a slip; ``entry``: of
    a vector over these timesteps, the entry of one of them.
    """

    name: str
    offset: Offset = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in a line."""

    value: float


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation on its operands; *kind* is a row of `core.equations.operations.TABLE`."""

    kind: str
    operands: tuple[Expression, ...]


Expression = Ref | Number | Operation


def mark(t: int | Literal["T"]) -> Ref:
    """1 at timestep *t*, ``T`` for the last, and 0 at all others: what a slip counts at some timesteps alone."""
    return Ref(f"{MARK}{t}", 0)


def is_marked(ref: Ref, t: int, T: int) -> bool:
    """Whether timestep *t* of *T* is that of a mark."""
    return f"{MARK}{t}" == ref.name or (t == T and ref.name == f"{MARK}T")


def op(kind: str, *operands: Expression) -> Operation:
    """The operation *kind* on *operands*."""
    return Operation(kind, operands)


def adjoint(name: str) -> Expression:
    """∂L/∂name of timestep t: how fast the loss rises with it."""
    return Ref(ADJOINT + name, 0)


def references(expression: Expression) -> Iterator[Ref]:
    """Every quantity that *expression* reads, as often as it stands there, from left to right."""
    if isinstance(expression, Ref):
        yield expression
    elif isinstance(expression, Operation):
        for operand in expression.operands:
            yield from references(operand)


def shifted(expression: Expression, offset: int) -> Expression:
    """*expression* so many timesteps later."""
    if isinstance(expression, Ref) and isinstance(expression.offset, int):
        return replace(expression, offset=expression.offset + offset)
    if isinstance(expression, Operation):
        return replace(expression, operands=tuple(shifted(operand, offset) for operand in expression.operands))
    return expression


def replaced(expression: Expression, instead: Mapping[Any, Expression]) -> Expression:
    """*expression* with other parts in the places of some, wherever these stand in it."""
    if expression in instead:
        return instead[expression]
    if isinstance(expression, Operation):
        return replace(expression, operands=tuple(replaced(operand, instead) for operand in expression.operands))
    return expression
