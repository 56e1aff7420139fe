r"""The table of operations: what each computes, how it is written, its shape, and what it asks of its operands.

Backpropagation is the last column. Given how fast the loss rises with its result, an operation says how fast it rises
with each operand; the answer is an expression again. The rows without that column appear in such answers only.

Values: vectors lie along the last axis and matrices along the last two; all axes before are many runs side by side.
They hold for complex numbers too, since nothing in them takes an absolute value or conjugates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from core.equations.expressions import Expression, Number, Operation, Ref, op

Values = npt.NDArray[np.inexact[Any]]
_Kind = TypeVar("_Kind", bound=np.inexact[Any])
Shape = tuple[str, ...]  # the letters of its axes, such as ("K", "H"); () for a number
Entries = Mapping[tuple[int, ...], npt.ArrayLike]  # numbers at some entries; of many runs, one for each or for all
Made = Callable[[Callable[[Ref], Values]], Values]
Asks = Callable[[Expression, tuple[Expression, ...], Expression], tuple[Expression, ...]]

SUM, NEGATED, ELEMENTWISE, DOT, PRODUCT, ATOM = range(1, 7)  # how tightly what is written holds together


class ShapeError(ValueError):
    """Operands that do not fit one another; the message says how. Where known, of which operation, and their shapes."""

    operation: Operation | None = None
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table.

    *value*: the result from the operands' values. *shape*: its shape from theirs, else `ShapeError`. *latex*: with
    ``{0}`` and ``{1}`` for the operands. *binds*: how tightly that holds together; *wants*: what each operand must, to
    stand there without brackets. *asks*: what is asked of each operand, given what is asked of the result, the
    operands, and the result.
    """

    value: Callable[..., Values]
    shape: Callable[..., Shape]
    latex: str
    binds: int
    wants: tuple[int, ...]
    asks: Asks | None = None


# -- values ------------------------------------------------------------------------------------------------


def _column(v: Values) -> Values:
    return v[..., None]


def matrix_vector(M: Values, v: Values) -> Values:
    """M v."""
    return np.asarray(np.matvec(M, v))


def vector_matrix(v: Values, M: Values) -> Values:
    """vᵀ M."""
    return np.asarray((v[..., None, :] @ M)[..., 0, :])


def dot(u: Values, v: Values) -> Values:
    """The product u · v, without conjugation."""
    return np.asarray((u * v).sum(axis=-1))


def softmax(scores: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
    """e^score over the sum of these. The shift spares overflow; it is real, and so no part of a derivative."""
    e = np.exp(scores - np.max(np.real(scores), axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def softmax_over_timesteps(scores: Values, of_all: Values) -> Values:
    """e^score over the sum of those *of_all* timesteps, which lie along the last axis but one."""
    largest = np.max(np.real(of_all), axis=-2)
    return np.asarray(np.exp(scores - largest) / np.exp(of_all - largest[..., None, :]).sum(axis=-2))


def positive(a: Values) -> Values:
    """1 where a > 0, else 0; of objects, whatever they take for it."""
    return np.asarray(np.greater(np.real(a), 0, dtype=object if a.dtype == object else None) * 1.0)


def larger(a: npt.NDArray[Any], least: float) -> npt.NDArray[Any]:
    """Every entry that is larger than *least*, and that for all others; of objects, whatever they take for it."""
    return np.asarray(np.maximum(a, least) if a.dtype != object else np.frompyfunc(lambda x: x.larger(least), 1, 1)(a))


def sigmoid(a: Values) -> Values:
    """1 / (1 + e^-a), finite whatever a is."""
    return np.asarray(1 / (1 + np.exp(-a)))


def with_entries(row: Values, entries: Entries) -> Values:
    """*row* with other numbers at some *entries* of its last axes; of many runs, a number for each or for all."""
    for entry, number in entries.items():
        there = np.zeros(row.shape[row.ndim - len(entry) :], bool)
        there[entry] = True
        row = np.where(there, np.asarray(number)[(..., *[None] * len(entry))], row)
    return row


# -- shapes ------------------------------------------------------------------------------------------------


def _said(shape: Shape) -> str:
    return "×".join(shape) if shape else "a single number"


def _same(shape: Shape) -> Shape:
    return shape


def _alike(*shapes: Shape) -> Shape:
    """Of operands taken entry by entry: one shape, beside which only a single number may stand."""
    largest = max(shapes, key=len)
    for shape in shapes:
        if shape not in (largest, ()):
            raise ShapeError(f"{_said(shapes[0])} does not fit {_said(shapes[1])}")
    return largest


def _entry_by_entry(first: Shape, second: Shape) -> Shape:
    if first != second:
        raise ShapeError(f"{_said(first)} does not fit {_said(second)}")
    return first


def _scaled(factor: Shape, shape: Shape) -> Shape:
    if factor:
        raise ShapeError(f"expected a single number, found {_said(factor)}")
    return shape


def _vector(shape: Shape) -> Shape:
    if len(shape) != 1:
        raise ShapeError(f"expected a vector, found {_said(shape)}")
    return shape


def _transposed(shape: Shape) -> Shape:
    if len(shape) != 2:
        raise ShapeError(f"only a matrix can be transposed, not {_said(shape)}")
    return shape[::-1]


def product_kind(first: Shape, second: Shape) -> str:
    """What ``@`` means between two shapes."""
    kind = {(2, 1): "matrix·vector", (1, 2): "vector·matrix", (1, 1): "dot"}.get((len(first), len(second)))
    if kind is None:
        raise ShapeError(f"@ multiplies a matrix and a vector, or two vectors, not {_said(first)} and {_said(second)}")
    if first[-1] != second[0]:
        raise ShapeError(f"@ takes the last axis of {_said(first)} with the first of {_said(second)}")
    return kind


def _product(kind: str) -> Callable[[Shape, Shape], Shape]:
    def shape(first: Shape, second: Shape) -> Shape:
        if product_kind(first, second) != kind:
            raise ShapeError(f"{kind}: not {_said(first)} and {_said(second)}")
        return first[:-1] + second[1:]

    return shape


# -- the table ---------------------------------------------------------------------------------------------


def _function(value: Callable[[Values], Values], latex: str, slope: str) -> Kind:
    """A function of every entry by itself, whose *slope* is an operation on its result."""
    return Kind(value, _same, latex, ATOM, (0,), lambda y, _operands, result: (op("*", y, op(slope, result)),))


TABLE: dict[str, Kind] = {
    "+": Kind(
        lambda a, b: a + b, _alike, "{0} + {1}", SUM, (SUM, NEGATED + 1),
        lambda y, _operands, _result: (y, y),
    ),
    "-": Kind(
        lambda a, b: a - b, _alike, "{0} - {1}", SUM, (SUM, NEGATED + 1),
        lambda y, _operands, _result: (y, op("negated", y)),
    ),
    "negated": Kind(
        lambda a: -a, _same, "-{0}", NEGATED, (ELEMENTWISE,),
        lambda y, _operands, _result: (op("negated", y),),
    ),
    "*": Kind(
        lambda a, b: a * b, _entry_by_entry, r"{0} \odot {1}", ELEMENTWISE, (ELEMENTWISE, DOT),
        lambda y, operands, _result: (op("*", y, operands[1]), op("*", y, operands[0])),
    ),
    "scaled": Kind(
        lambda a, b: a[..., None] * b if np.ndim(a) and np.ndim(b) else a * b, _scaled,
        r"{0} \, {1}", PRODUCT, (PRODUCT, ATOM),
        lambda y, operands, _result: (op("dot", y, operands[1]), op("scaled", operands[0], y)),
    ),
    "/": Kind(
        lambda a, b: a / b, _alike, r"\frac{{0}}{{1}}", ATOM, (0, 0),
        lambda y, operands, result: (op("/", y, operands[1]), op("negated", op("/", op("*", y, result), operands[1]))),
    ),
    "matrix·vector": Kind(
        matrix_vector, _product("matrix·vector"), r"{0} \, {1}", PRODUCT, (ATOM, ATOM),
        lambda y, operands, _result: (
            op("outer", y, operands[1]), op("matrix·vector", op("transposed", operands[0]), y),
        ),
    ),
    "vector·matrix": Kind(
        vector_matrix, _product("vector·matrix"), r"{0}^{\top} \, {1}", PRODUCT, (ATOM, ATOM),
        lambda y, operands, _result: (op("matrix·vector", operands[1], y), op("outer", operands[0], y)),
    ),
    "dot": Kind(
        dot, _product("dot"), r"{0} \cdot {1}", DOT, (PRODUCT, PRODUCT),
        lambda y, operands, _result: (op("scaled", y, operands[1]), op("scaled", y, operands[0])),
    ),
    "outer": Kind(
        lambda u, v: _column(u) * v[..., None, :], lambda s, r: _vector(s) + _vector(r),
        r"{0} \, {1}^{\top}", PRODUCT, (ATOM, ATOM),
    ),
    "transposed": Kind(
        lambda M: M.swapaxes(-1, -2), _transposed, r"{0}^{\top}", ATOM, (ATOM,),
        lambda y, _operands, _result: (op("transposed", y),),
    ),
    "sum": Kind(lambda v: v.sum(axis=-1), lambda s: s[:-1], r"\textstyle\sum {0}", PRODUCT, (ATOM,)),
    "tanh": _function(np.tanh, r"\tanh\left( {0} \right)", "1-h²"),
    "1-h²": Kind(lambda h: 1 - h * h, _same, r"\left(1 - {0}^{2}\right)", ATOM, (ATOM,)),
    "exp": Kind(
        np.exp, _same, r"e^{{0}}", ATOM, (0,), lambda y, _operands, result: (op("*", y, result),),
    ),
    "log": Kind(
        np.log, _same, r"\ln {0}", PRODUCT, (ATOM,), lambda y, operands, _result: (op("/", y, operands[0]),),
    ),
    "sigmoid": _function(sigmoid, r"\sigma\left( {0} \right)", "s(1-s)"),
    "s(1-s)": Kind(
        lambda s: s * (1 - s), _same, r"{0} \odot \left(1 - {0}\right)", ELEMENTWISE, (DOT,),
    ),
    "relu": _function(lambda a: a * positive(a), r"\max\left( 0, {0} \right)", ">0"),
    ">0": Kind(positive, _same, r"\left[ {0} > 0 \right]", ATOM, (0,)),
    "softmax": Kind(
        softmax, _vector, r"\operatorname{softmax}\left( {0} \right)", ATOM, (0,),
        lambda y, _operands, result: (op("softmax back", y, result),),
    ),
    "softmax over timesteps": Kind(
        softmax_over_timesteps, lambda row, rows: _alike(("T", *_vector(row)), rows)[1:],
        r"\operatorname{softmax}\left( {0}; {1} \right)", ATOM, (0, 0),
    ),
    "softmax back": Kind(
        lambda y, s: s * (y - _column(dot(s, y))), _alike,
        r"{1} \odot \left( {0} - {1} \cdot {0} \right)", ELEMENTWISE, (PRODUCT, PRODUCT),
    ),
}  # fmt: skip


FUNCTIONS = ("tanh", "sigmoid", "relu", "exp", "log", "softmax")  # those that a line may call


# -- what an expression comes to -----------------------------------------------------------------------------


def value(expression: Expression, at: Callable[[Ref], Values], kinds: Mapping[str, Kind] | None = None) -> Values:
    """What *expression* comes to, its quantities read by *at*."""
    if isinstance(expression, Ref):
        return at(expression)
    if isinstance(expression, Number):
        return np.asarray(expression.value)
    return (kinds or TABLE)[expression.kind].value(*[value(operand, at, kinds) for operand in expression.operands])


def compiled(expression: Expression) -> Made:
    """`value` of *expression* as a function of what reads its quantities, for one that is wanted often."""
    if isinstance(expression, Ref):
        return lambda at: at(expression)
    if isinstance(expression, Number):
        number = np.asarray(expression.value)
        return lambda _at: number
    kind, (first, *others) = expression.kind, map(compiled, expression.operands)
    if not others:
        return lambda at: TABLE[kind].value(first(at))
    (last,) = others
    return lambda at: TABLE[kind].value(first(at), last(at))
