r"""How an expression is written: the table's LaTeX around its operands, in brackets where they are needed."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.equations.expressions import Expression, Number, Ref
from core.equations.operations import ATOM, TABLE

Mark = Callable[[Ref, str], str]  # a quantity with a suffix that belongs to it (a power, ``^{\top}``), as LaTeX
_PLACE = re.compile(r"\{(\d)\}(\^\{[^{}]*\})?")


def written(expression: Expression, mark: Mark, wanted: int = 0, suffix: str = "") -> str:
    """*expression* as LaTeX, its quantities by *mark*; in brackets where it binds less than is *wanted*."""
    if isinstance(expression, Ref):
        return mark(expression, suffix)
    if isinstance(expression, Number):
        return f"{expression.value:g}{suffix}"
    kind = TABLE[expression.kind]

    def operand(found: re.Match[str]) -> str:
        number = int(found[1])
        return written(expression.operands[number], mark, kind.wants[min(number, len(kind.wants) - 1)], found[2] or "")

    body = _PLACE.sub(operand, kind.latex)
    return rf"\left( {body} \right){suffix}" if kind.binds < max(wanted, ATOM if suffix else 0) else body + suffix
