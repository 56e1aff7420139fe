r"""How an expression is written: the table's LaTeX around its operands, in brackets where they are needed."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.equations.expressions import Expression, Number, Ref
from core.equations.operations import ATOM, TABLE

Mark = Callable[[Ref, str], str]  # a quantity with a suffix that belongs to it (a power, ``^{\top}``), as LaTeX
TRANSPOSED = r"^{\top}"
_PLACE = re.compile(r"\{(\d)\}(\^\{[^{}]*\})?")


def written(
    expression: Expression,
    mark: Mark,
    wanted: int = 0,
    suffix: str = "",
    are_numbers: Callable[[Expression], bool] = lambda _operand: False,
) -> str:
    """*expression* as LaTeX, its quantities by *mark*; in brackets where it binds less than is *wanted*.

    *are_numbers*: whether an operand is a single number: a product with one has a dot, and it is not transposed.
    """
    if isinstance(expression, Ref):
        return mark(expression, suffix)
    if isinstance(expression, Number):
        return f"{expression.value:g}{suffix}"
    kind = TABLE[expression.kind]

    def operand(found: re.Match[str]) -> str:
        inside, power = expression.operands[int(found[1])], found[2] or ""
        if power == TRANSPOSED and are_numbers(inside):
            power = ""
        return written(inside, mark, kind.wants[int(found[1])], power, are_numbers)

    latex = kind.latex
    if any(map(are_numbers, expression.operands)):
        latex = latex.replace(r"\odot", r"\cdot").replace(r" \, ", r" \cdot ")
    body = _PLACE.sub(operand, latex)
    return rf"\left( {body} \right){suffix}" if kind.binds < max(wanted, ATOM if suffix else 0) else body + suffix
