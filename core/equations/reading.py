"""Reading a line such as ``h[t] = tanh(a := U @ x[t] + W @ h[t-1] + b)``: Python's grammar, little of it allowed.

Nothing is ever executed: a line is a tree of words, and every word that is not understood is refused, with its place.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from core.equations.expressions import Expression, Number, Offset, Ref, op
from core.equations.operations import FUNCTIONS, OUTPUTS

LONGEST = 1000  # characters of a line
_LARGEST = 1e300
_DEEPEST = 40  # brackets in brackets
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.MatMult: "@", ast.Mult: "*", ast.Div: "/",
}  # fmt: skip


class EquationError(ValueError):
    """A line that is not understood; the message quotes the place and says what may stand there."""


@dataclass(frozen=True, slots=True)
class Equation:
    """What makes *name* at timestep t.

    *part_of*: the quantity in whose line an inner value is named, else "". *loss*: of an output, which makes a
    prediction and a loss together, the name of the loss; its *body* is then the scores, and *wanted* the target.
    """

    name: str
    body: Expression
    part_of: str = ""
    output: str = ""
    loss: str = ""
    wanted: Ref | None = None


def read(line: str) -> tuple[Equation, ...]:
    """The equations of one *line*, inner values before what reads them."""
    if len(line) > LONGEST:
        raise EquationError(f"a line of {len(line):,} characters: expected at most {LONGEST:,}")
    try:
        tree = ast.parse(line.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise EquationError(f"“{line.strip()}”: not a line such as h[t] = tanh(U @ x[t] + b)") from error
    match tree.body:
        case [ast.Assign([target], value)]:
            return _Reader(line.strip()).equations(target, value)
    raise EquationError(f"“{line.strip()}”: expected one quantity, =, and what makes it")


class _Reader:
    """Reads the tree of one line; gathers the inner values that it names."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._inner: list[tuple[str, Expression]] = []

    def equations(self, target: ast.expr, value: ast.expr) -> tuple[Equation, ...]:
        match target, value:
            case ast.Tuple([predicted, loss]), ast.Call(ast.Name(function), [scores, wanted], []):
                if function not in OUTPUTS:
                    raise self._refused(value, f"two results come from {', '.join(OUTPUTS)} only")
                target_ref = self._expression(wanted)
                if not isinstance(target_ref, Ref):
                    raise self._refused(wanted, "expected what is wanted, such as y[t]")
                body = self._expression(scores)
                return (Equation(self._made(predicted), body, "", function, self._made(loss), target_ref),)
            case ast.Tuple(), _:
                raise self._refused(target, "expected one quantity, or a prediction and a loss")
        name, body = self._made(target), self._expression(value)
        return (*(Equation(inner, made, name) for inner, made in self._inner), Equation(name, body))

    def _made(self, node: ast.expr) -> str:
        match node:
            case ast.Subscript(ast.Name(name), ast.Name("t")):
                return name
        raise self._refused(node, "what a line makes is a quantity of timestep t, such as h[t]")

    def _expression(self, node: ast.expr, depth: int = 0) -> Expression:
        if depth > _DEEPEST:
            raise self._refused(node, f"more than {_DEEPEST} operations one in another")
        match node:
            case ast.Name(name):
                return Ref(name)
            case ast.Constant(bool()):
                pass
            case ast.Constant(int() | float() as number):
                if not abs(number) < _LARGEST:
                    raise self._refused(node, "expected a smaller number")
                return Number(float(number))
            case ast.Subscript(ast.Name(name), index):
                return Ref(name, self._offset(node, index))
            case ast.Attribute(ast.Name(name), "T"):
                return op("transposed", Ref(name))
            case ast.UnaryOp(ast.USub(), operand):
                return op("negated", self._expression(operand, depth + 1))
            case ast.BinOp(left, sign, right) if type(sign) in _SIGNS:
                operands = self._expression(left, depth + 1), self._expression(right, depth + 1)
                return op(_SIGNS[type(sign)], *operands)
            case ast.Call(ast.Name(function), [ast.NamedExpr(ast.Name(inner), value)], []) if function in FUNCTIONS:
                self._inner.append((inner, self._expression(value, depth + 1)))
                return op(function, Ref(inner, 0))
            case ast.Call(ast.Name(function), [operand], []) if function in FUNCTIONS:
                return op(function, self._expression(operand, depth + 1))
            case ast.Call(ast.Name(function)) if function in FUNCTIONS:
                raise self._refused(node, f"{function} takes one operand")
            case ast.Call():
                raise self._refused(node, f"expected one of {', '.join(FUNCTIONS)}")
        raise self._refused(node, "expected names, numbers, + − * / @ and brackets")

    def _offset(self, node: ast.expr, index: ast.expr) -> Offset:
        match index:
            case ast.Name("t"):
                return 0
            case ast.BinOp(ast.Name("t"), ast.Sub(), ast.Constant(1)):
                return -1
            case ast.Slice(ast.Constant(1), ast.BinOp(ast.Name("t"), ast.Add(), ast.Constant(1)), None):
                return "past"
            case ast.Slice(ast.Constant(1), ast.Name("t"), None):
                name = ast.unparse(node).partition("[")[0]
                raise self._refused(node, f"this would leave out {name}[t]; the rows so far are {name}[1:t+1]")
        raise self._refused(node, "expected [t], [t-1] or [1:t+1]")

    def _refused(self, node: ast.expr, why: str) -> EquationError:
        place = self._line.encode()[node.col_offset : node.end_col_offset].decode(errors="replace")
        short = place if len(place) <= 60 else f"{place[:57]}…"
        return EquationError(f"“{short}” at character {node.col_offset + 1}: {why}")
