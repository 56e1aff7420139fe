"""Reading a line such as ``h[t] = tanh(a := U @ x[t] + W @ h[t-1] + b)``: Python's grammar, little of it allowed.

Nothing is ever executed: a line is a tree of words, and every word that is not understood is refused, with its place.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.equations.expressions import Expression, Number, Offset, Operation, Ref, op
from core.equations.operations import FUNCTIONS, Made, compiled
from core.equations.outputs import OUTPUTS

LONGEST = 1000  # characters of a line
_LARGEST = 1e300
_DEEPEST = 40  # brackets in brackets
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.MatMult: "@", ast.Mult: "*", ast.Div: "/",
}  # fmt: skip


Span = tuple[int, int]  # characters of a line: the first of them and the first behind them, from 0


class EquationError(ValueError):
    """A line that is not understood; the message quotes the place and says what may stand there.

    *why*: the message without the place. *span*: the place. *line*: which of several lines, from 0.
    """

    def __init__(self, message: str, why: str = "", span: Span = (0, 0), line: int = 0) -> None:
        super().__init__(message)
        self.why, self.span, self.line = why or message, span, line


@dataclass(frozen=True)
class Equation:
    """What makes *name* at timestep t.

    *part_of*: the quantity in whose line an inner value is named, else "". *loss*: of an output, which makes a
    prediction and a loss together, the name of the loss; its *body* is then the scores, *wanted* the target, and
    *share*, where not all losses count for the same, what this one counts for in the total: 0 is no loss at all.
    *places*: where in the line each part of it stands first, and *target* what is made; no part of what it says. Not
    slotted, since its body is compiled once.
    """

    name: str
    body: Expression
    part_of: str = ""
    output: str = ""
    loss: str = ""
    wanted: Ref | None = None
    share: Ref | None = None
    places: Mapping[Expression, Span] = field(default_factory=dict, compare=False, repr=False)
    target: Span = field(default=(0, 0), compare=False, repr=False)

    @cached_property
    def computed(self) -> Made:
        """What its body comes to, from what reads its quantities."""
        return compiled(self.body)

    @property
    def softmaxed(self) -> Expression | None:
        """What it makes, where that is a softmax, so that what is asked of one operand reads all of it; else None."""
        if self.output:
            return op("softmax", self.body) if OUTPUTS[self.output].is_joint else None
        return self.body if isinstance(self.body, Operation) and self.body.kind == "softmax" else None


def read(line: str) -> tuple[Equation, ...]:
    """The equations of one *line*, inner values before what reads them."""
    line = line.strip()
    match tree_of(line, "h[t] = tanh(U @ x[t] + b)").body:
        case [ast.Assign([target], value)]:
            return _Lines(line, FUNCTIONS).equations(target, value)
    why = "expected one quantity, =, and what makes it"
    raise EquationError(f"“{line}”: {why}", why, (0, len(line)))


def tree_of(line: str, such_as: str) -> ast.Module:
    """What Python's grammar makes of *line*, which may be anything; nothing of it is run."""
    if len(line) > LONGEST:
        raise EquationError(f"a line of {len(line):,} characters: expected at most {LONGEST:,}", span=(0, len(line)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what only looks odd
            return ast.parse(line)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        first = (getattr(error, "offset", 0) or 1) - 1
        raise EquationError(f"“{line}”: not a line such as {such_as}", span=(first, len(line))) from error


class Grammar:
    """Reads the tree of one line: operations on numbers and on quantities, which each language names in its own way.

    *functions*: those of one operand that may be called.
    """

    def __init__(self, line: str, functions: Collection[str]) -> None:
        self._line = line
        self._functions = functions

    def quantity(self, node: ast.expr, depth: int) -> Expression | None:
        """What *node* stands for where it names a quantity, else None."""
        raise NotImplementedError

    def expression(self, node: ast.expr, depth: int = 0) -> Expression:
        """The expression at *node*, so *depth* within others; else `EquationError`."""
        if depth > _DEEPEST:
            raise self.refused(node, f"more than {_DEEPEST} operations one in another")
        named = self.quantity(node, depth)
        if named is not None:
            return named
        match node:
            case ast.Constant(bool()):
                pass
            case ast.Constant(int() | float() as number):
                if not abs(number) < _LARGEST:
                    raise self.refused(node, "expected a smaller number")
                return Number(float(number))
            case ast.UnaryOp(ast.USub(), operand):
                return op("negated", self.expression(operand, depth + 1))
            case ast.BinOp(left, sign, right) if type(sign) in _SIGNS:
                operands = self.expression(left, depth + 1), self.expression(right, depth + 1)
                return op(_SIGNS[type(sign)], *operands)
            case ast.Call(ast.Name(function), [operand], []) if function in self._functions:
                return op(function, self.expression(operand, depth + 1))
            case ast.Call(ast.Name(function)) if function in self._functions:
                raise self.refused(node, f"{function} takes one operand")
            case ast.Call():
                raise self.refused(node, f"expected one of {', '.join(self._functions)}")
        raise self.refused(node, "expected names, numbers, + − * / @ and brackets")

    def refused(self, node: ast.expr, why: str) -> EquationError:
        """That what stands at *node* cannot be, and *why*."""
        return refused(self._line, *self.span(node), why)

    def span(self, node: ast.expr) -> Span:
        """The characters of *node*."""
        first, last = places(node)
        if self._line.isascii():
            return first, last
        line = self._line.encode()
        return len(line[:first].decode(errors="replace")), len(line[:last].decode(errors="replace"))


def places(node: ast.expr) -> tuple[int, int]:
    """Where *node* begins and ends, in bytes of its line."""
    return node.col_offset, node.end_col_offset or 0


def refused(line: str, first: int, last: int, why: str) -> EquationError:
    """That characters *first* … *last* - 1 of *line*, counted from 0, cannot be, and *why*."""
    place = line[first:last]
    short = place if len(place) <= 60 else f"{place[:57]}…"
    return EquationError(f"“{short}” at character {first + 1}: {why}", why, (first, last))


class _Lines(Grammar):
    """Reads lines of a network; gathers the inner values that they name."""

    def __init__(self, line: str, functions: Collection[str]) -> None:
        super().__init__(line, functions)
        self._inner: list[tuple[str, Expression, Span]] = []
        self._places: dict[Expression, Span] = {}

    def equations(self, target: ast.expr, value: ast.expr) -> tuple[Equation, ...]:
        match target, value:
            case ast.Tuple([predicted, loss]), ast.Call(ast.Name(function), [scores, wanted, *shares], []) if (
                len(shares) < 2
            ):
                if function not in OUTPUTS:
                    raise self.refused(value, f"two results come from {', '.join(OUTPUTS)} only")
                body, (given, *share) = self.expression(scores), [self._given(each) for each in (wanted, *shares)]
                made = Equation(self._made(predicted), body, "", function, self._made(loss), given)
                shared = share[0] if share else None
                return (replace(made, share=shared, places=self._places, target=self.span(predicted)),)
            case ast.Tuple(), _:
                raise self.refused(target, "expected one quantity, or a prediction and a loss")
        name, body = self._made(target), self.expression(value)
        found = [*((inner, made, name, span) for inner, made, span in self._inner), (name, body, "", self.span(target))]
        return tuple(
            Equation(name, body, part_of, places=self._places, target=span) for name, body, part_of, span in found
        )

    def expression(self, node: ast.expr, depth: int = 0) -> Expression:
        """The expression at *node*, whose place is kept."""
        found = super().expression(node, depth)
        self._places.setdefault(found, self.span(node))
        return found

    def _given(self, node: ast.expr) -> Ref:
        found = self.expression(node)
        if not isinstance(found, Ref):
            raise self.refused(node, "expected what is wanted, such as y[t]")
        return found

    def _made(self, node: ast.expr) -> str:
        match node:
            case ast.Subscript(ast.Name(name), ast.Name("t")):
                return name
        raise self.refused(node, "what a line makes is a quantity of timestep t, such as h[t]")

    def quantity(self, node: ast.expr, depth: int) -> Expression | None:
        """A parameter, a quantity at a timestep, or an inner value that is named where it stands."""
        match node:
            case ast.Name(name):
                return Ref(name)
            case ast.Subscript(ast.Name(name), index):
                return Ref(name, self._offset(node, index))
            case ast.Attribute(ast.Name(name), "T"):
                return op("transposed", Ref(name))
            case ast.Call(ast.Name(function), [ast.NamedExpr(ast.Name(inner) as named, value)], []) if (
                function in FUNCTIONS
            ):
                self._inner.append((inner, self.expression(value, depth + 1), self.span(named)))
                return op(function, Ref(inner, 0))
        return None

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
                raise self.refused(node, f"this would leave out {name}[t]; the rows so far are {name}[1:t+1]")
        raise self.refused(node, "expected [t], [t-1] or [1:t+1]")
