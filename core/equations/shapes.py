"""The shapes of parameters, which follow from the lines that read them and from the sizes of what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.equations.expressions import Expression, Number, Ref, references
from core.equations.operations import Shape
from core.equations.reading import Equation, EquationError


def inferred(equations: Iterable[Equation], known: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shapes of the parameters of *equations*, in the order in which they are read; `EquationError` where one is
    open.

    *known*: the shapes of what else no line makes, and of what is read of the timestep before. What stands between
    two operands alike in size is taken to be of that size too, not a single number beside every entry.
    """
    equations = tuple(equations)
    shapes, before = dict(known), -1
    while len(shapes) > before:
        before = len(shapes)
        for equation in equations:
            made = equation.wanted.name if equation.wanted else equation.name
            found = _met(equation.body, shapes.get(made), shapes)
            if found is not None:
                shapes.setdefault(equation.name, found)
    parameters = dict.fromkeys(
        ref.name for equation in equations for ref in references(equation.body) if ref.offset is None
    )
    for name in parameters:
        if name not in shapes:
            raise EquationError(f"{name}: its size does not follow from the lines")
    return {name: shapes[name] for name in parameters}


def _met(expression: Expression, expected: Shape | None, shapes: dict[str, Shape]) -> Shape | None:
    """The shape of *expression* as far as it is known; what is found on the way goes into *shapes*."""
    if isinstance(expression, Number):
        return ()
    if isinstance(expression, Ref):
        shape = shapes.get(expression.name)
        if shape is None and expected is not None and expression.offset != "past":
            shapes[expression.name] = shape = expected
        return ("t", *shape) if shape is not None and expression.offset == "past" else shape
    operands = expression.operands
    if expression.kind == "@":
        return _product(operands, expected, shapes)
    if expression.kind == "transposed":
        inside = _met(operands[0], expected and expected[::-1], shapes)
        return inside and inside[::-1]
    found = [_met(operand, None, shapes) for operand in operands]
    size = max((shape for shape in found if shape), key=len, default=expected)
    if size is not None:
        found = [
            _met(operand, size, shapes) if shape is None else shape
            for operand, shape in zip(operands, found, strict=True)
        ]
    return max((shape for shape in found if shape is not None), key=len, default=None) if None not in found else size


def _product(operands: tuple[Expression, ...], expected: Shape | None, shapes: dict[str, Shape]) -> Shape | None:
    """That of ``@``: of a matrix that is not known yet, from the vector beside it and from the result."""
    first, second = (_met(operand, None, shapes) for operand in operands)
    if first is None and second is not None and expected is not None:
        first = _met(operands[0], (*expected, *second[:1]), shapes)
    elif second is None and first is not None and (len(first) == 2 or expected is not None):
        second = _met(operands[1], first[1:] if len(first) == 2 else (*first, *(expected or ())), shapes)
    return None if first is None or second is None else first[:-1] + second[1:]
