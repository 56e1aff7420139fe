"""The shapes of parameters, which follow from the lines that read them and from the sizes of what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.equations.expressions import Expression, Number, Operation, Ref, references
from core.equations.operations import Shape
from core.equations.reading import Equation, EquationError

OPEN = "RMPQGJFIOBCYZ"  # the letters of sizes that no line tells; all others have a meaning
_STATE: Shape = ("H",)


class OpenSizeError(EquationError):
    """A parameter, *name*, whose size does not follow from the lines."""

    def __init__(self, name: str, equations: Iterable[Equation]) -> None:
        products = (part.operands for each in equations for part in _parts(each.body) if part.kind == "@")
        is_nested = any(first == Ref(name) and _parts(second) for first, second in products)
        hint = ": give what it is multiplied with a line of its own" if is_nested else ""
        super().__init__(f"{name}: its size does not follow from the lines{hint}")
        self.name = name


def _parts(expression: Expression) -> list[Operation]:
    """Every operation in *expression*."""
    if not isinstance(expression, Operation):
        return []
    return [expression, *(part for operand in expression.operands for part in _parts(operand))]


def inferred(
    equations: Iterable[Equation], known: Mapping[str, Shape], own: Mapping[str, Shape]
) -> tuple[dict[str, Shape], list[str]]:
    """The shapes of the parameters of *equations*, in the order in which they are read, and the quantities whose size
    no line tells; `OpenSizeError` where a parameter is open.

    *known*: the shapes of what else no line makes, and of what is read of the timestep before. A parameter that stands
    between two operands alike in size is taken to be of that size too, not a single number beside every entry. A
    quantity whose line leaves its size open has that which the lines that read it need, else its *own*, which is that
    of the state, H, where there is none.
    """
    equations = tuple(equations)
    parameters = dict.fromkeys(
        ref.name for equation in equations for ref in references(equation.body) if ref.offset is None
    )
    shapes, free = dict(known), list[str]()
    while True:
        needed = _followed(equations, shapes)
        left_open = [each.name for each in equations if each.name not in shapes]
        if not left_open or all(name in shapes for name in parameters):
            break
        name = left_open[0]
        if name not in needed:
            free.append(name)
        shapes[name] = needed.get(name, own.get(name, _STATE))
    for name in parameters:
        if name not in shapes:
            raise OpenSizeError(name, equations)
    return {name: shapes[name] for name in parameters}, free


def _followed(equations: Iterable[Equation], shapes: dict[str, Shape]) -> dict[str, Shape]:
    """Put what follows from *shapes* into it; the sizes that lines need of those quantities that are still open."""
    before = -1
    while len(shapes) > before:
        before, needed = len(shapes), dict[str, Shape]()
        equations = [equation for equation in equations if not _is_settled(equation, shapes)]
        for equation in equations:
            made = equation.wanted.name if equation.wanted else equation.name
            found = _met(equation.body, shapes.get(made), shapes, needed)
            if found is not None:
                shapes.setdefault(equation.name, found)
    return needed


def _is_settled(equation: Equation, shapes: Mapping[str, Shape]) -> bool:
    """Whether nothing more follows from *equation*."""
    return equation.name in shapes and all(ref.name in shapes for ref in references(equation.body))


def _met(
    expression: Expression, expected: Shape | None, shapes: dict[str, Shape], needed: dict[str, Shape]
) -> Shape | None:
    """The shape of *expression* as far as it is known; what is found on the way goes into *shapes*, or of quantities
    into *needed*.
    """
    if isinstance(expression, Number):
        return ()
    if isinstance(expression, Ref):
        shape = shapes.get(expression.name)
        if shape is None and expected is not None and expression.offset is None:
            shapes[expression.name] = shape = expected
        elif shape is None and expected is not None and expression.offset == 0:
            needed.setdefault(expression.name, expected)
        return ("t", *shape) if shape is not None and expression.offset == "past" else shape
    operands = expression.operands
    if expression.kind == "@":
        return _product(operands, expected, shapes, needed)
    if expression.kind == "transposed":
        inside = _met(operands[0], expected and expected[::-1], shapes, needed)
        return inside and inside[::-1]
    found = [_met(operand, None, shapes, needed) for operand in operands]
    size = max((shape for shape in found if shape), key=len, default=expected)
    if size is not None:
        found = [
            _met(operand, size, shapes, needed) if shape is None else shape
            for operand, shape in zip(operands, found, strict=True)
        ]
    return max((shape for shape in found if shape is not None), key=len, default=None) if None not in found else size


def _product(
    operands: tuple[Expression, ...], expected: Shape | None, shapes: dict[str, Shape], needed: dict[str, Shape]
) -> Shape | None:
    """That of ``@``: of a matrix that is not known yet, from the vector beside it and from the result."""
    first, second = (_met(operand, None, shapes, needed) for operand in operands)
    if first is None and second is not None and expected is not None and len(expected) == len(second) == 1:
        first = _met(operands[0], (*expected, *second), shapes, needed)
    elif second is None and first is not None and (len(first) == 2 or expected is not None):
        second = _met(operands[1], first[1:] if len(first) == 2 else (*first, *(expected or ())), shapes, needed)
    return None if first is None or second is None else first[:-1] + second[1:]
